//! The little HTML that a report takes.

use std::fmt::Write as _;

use crate::domain::foreign::visible_lines;

/// Light and dark as the reader has it, and on paper.
const STYLE: &str = "\
:root{--ground:#fff;--panel:#f5f6f8;--line:#d8dce2;--text:#1d2229;--weak:#5c6572;--accent:#1263b5;--warning:#965800;\
--soft:#fbedd2}\n\
@media (prefers-color-scheme:dark){:root{--ground:#15171b;--panel:#1b1e23;--line:#313640;--text:#dee2e8;--weak:#969eaa;\
--accent:#5ab0f2;--warning:#e8ab4a;--soft:#3d3018}}\n\
@media print{:root{--ground:#fff;--panel:#fff;--line:#bbb;--text:#000;--weak:#444;--accent:#1263b5;--warning:#965800;\
--soft:#fbedd2}tr,img{break-inside:avoid}h2,h3{break-after:avoid}}\n\
@page{margin:14mm}\n\
body{background:var(--ground);color:var(--text);font:14px/1.45 'IBM Plex Sans','Segoe UI','Helvetica Neue',Arial,sans-serif;\
font-variant-numeric:tabular-nums;max-width:1100px;margin:32px auto;padding:0 24px}\n\
h1{font-size:24px;margin:0 0 8px}h2{font-size:17px;margin:32px 0 8px}h3{font-size:14px;margin:20px 0 4px}\n\
table{border-collapse:collapse;width:100%;margin:8px 0 16px}\n\
th{text-align:left;color:var(--weak);font-weight:600;font-size:12px}\n\
th,td{padding:4px 12px 4px 0;border-bottom:1px solid var(--line);vertical-align:top}\n\
code{font:12px ui-monospace,Consolas,monospace;color:var(--weak);overflow-wrap:anywhere}\n\
.weak{color:var(--weak)}.large{font-size:17px;font-weight:600}p.bad,tr.bad td:first-child{color:var(--warning);font-weight:600}\n\
tr.bad{background:var(--soft)}.bar{width:320px;height:12px}.bar div{height:12px;border-radius:2px}\n\
.stands{background:var(--accent)}.added{background:var(--accent);opacity:.5}.removed{background:var(--warning)}\n\
img{display:block;max-width:100%;margin:8px 0;border:1px solid var(--line)}\n\
@media print{body{font-size:11px;max-width:none;margin:0;padding:0}th,td{padding:2px 8px 2px 0}th,code{font-size:10px}\
table:first-of-type th:last-child{width:42%}h2{margin-top:20px}img{max-height:110mm;width:auto}}\n";

/// A whole page.
pub fn page(title: &str, body: &str) -> String {
    let title = escaped(title);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n{body}</body>\n</html>\n"
    )
}

/// A page that says something that is to be known before all else, right below its title.
pub fn said_first(page: &str, words: &str) -> String {
    const TITLE_ENDS: &str = "</h1>\n";
    let at = page.find(TITLE_ENDS).map_or(0, |at| at + TITLE_ENDS.len());
    let (before, behind) = page.split_at(at);
    format!("{before}<p class=\"bad\">{}</p>\n{behind}", escaped(words))
}

/// A table of cells that are HTML already.
pub struct Table<const COLUMNS: usize>(String);

impl<const COLUMNS: usize> Table<COLUMNS> {
    /// With these titles.
    pub fn new(titles: [&str; COLUMNS]) -> Self {
        let titles: String = titles.iter().map(|title| format!("<th>{}</th>", escaped(title))).collect();
        Self(format!("<table>\n<thead><tr>{titles}</tr></thead>\n<tbody>\n"))
    }

    /// Adds a row of a class; blank for none.
    pub fn row(&mut self, class: &str, cells: [String; COLUMNS]) {
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        let cells: String = cells.iter().map(|cell| format!("<td>{cell}</td>")).collect();
        // Writing to a text cannot fail.
        let _ = writeln!(self.0, "<tr{class}>{cells}</tr>");
    }

    /// The table.
    pub fn text(self) -> String {
        self.0 + "</tbody>\n</table>\n"
    }
}

/// A text as it is, whatever it looks like, in one line.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in visible_lines(text).chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(' '),
            letter => out.push(letter),
        }
    }
    out
}

/// A picture in the page itself. It is an image and no part of the page, so that names within it stay its own.
pub fn image(svg: &str, title: &str) -> String {
    let mut address = "data:image/svg+xml,".to_owned();
    for byte in svg.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/:;,=()*!$ ".contains(&byte) {
            address.push(char::from(byte));
        } else {
            let _ = write!(address, "%{byte:02X}");
        }
    }
    format!("<img alt=\"{}\" src=\"{address}\">\n", escaped(title))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_markup_is_text() {
        assert_eq!(escaped("<b onload='x'>\u{202e}&\u{1b}"), "&lt;b onload=&#39;x&#39;&gt;\\u202e&amp;\\u001b");
        assert!(!image("<svg \"#\"/>", "\"><script>").contains("<script"));
        assert_eq!(image("<a b=\"#\"/>", "t"), "<img alt=\"t\" src=\"data:image/svg+xml,%3Ca b=%22%23%22/%3E\">\n");
    }
}
