//! Texts that others wrote: names of files, keys and values of records, what stands in an export from elsewhere. They are shown
//! and handed on so that nothing acts on them. The rules are here, and are applied where texts go out:
//!
//! - On a terminal, in the window, in reports and pictures, a character that acts instead of being read is written as JSON
//!   escapes it: `\u001b`. What is JSON already stays the same JSON.
//! - In CSV and on the clipboard, a text that a spreadsheet would run begins with an apostrophe.
//! - In Markdown, characters that mean something have a backslash before them, and names are code.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character does something instead of being read: steers a terminal, turns the direction of writing, is not seen,
/// or is none that XML can hold.
fn acts(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
            | '\u{e0000}'..='\u{e007f}')
}

/// A text in one line that can be read whole.
pub fn visible(text: &str) -> Cow<'_, str> {
    escaped(text, acts)
}

/// The same for a text of this program, whose lines and columns stay.
pub fn visible_lines(text: &str) -> Cow<'_, str> {
    escaped(text, |letter| acts(letter) && !matches!(letter, '\n' | '\t'))
}

/// As much of a text as a cell or a label has room for.
pub fn excerpt(text: &str) -> Cow<'_, str> {
    const MOST: usize = 200;
    match text.char_indices().nth(MOST) {
        None => visible(text),
        Some((end, _)) => Cow::Owned(format!("{}…", visible(&text[..end]))),
    }
}

fn escaped(text: &str, is_meant: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_meant) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if is_meant(letter) {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                // Writing to a text cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(letter);
        }
    }
    Cow::Owned(out)
}

/// Whether a spreadsheet would run a text instead of showing it. A sign before nothing but digits and what stands between
/// them is a number or that of a phone, which runs nothing.
pub fn is_formula(text: &str) -> bool {
    match text.as_bytes() {
        [b'=' | b'@' | b'\t' | b'\r' | b'\n', ..] => true,
        [b'+' | b'-', rest @ ..] => !rest.iter().all(|byte| byte.is_ascii_digit() || b" .()-".contains(byte)),
        // The same signs at full width.
        _ => text.starts_with(['＝', '＋', '－', '＠']),
    }
}

/// A text that a spreadsheet shows as it is.
pub fn disarmed(text: &str) -> Cow<'_, str> {
    if is_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// A text of somebody's within a line of Markdown.
pub fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in visible(text).chars() {
        if "\\`*_{}[]<>#|!&~$".contains(letter) {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

/// A name as code within a table of Markdown.
pub fn markdown_code(name: &str) -> String {
    format!("`{}`", visible(name).replace('`', "\\u0060").replace('|', "\\|"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_seen_and_what_is_read_stays() {
        assert_eq!(visible("\u{1b}]0;x\u{7}\u{9b}2J\r\n"), "\\u001b]0;x\\u0007\\u009b2J\\u000d\\u000a");
        assert_eq!(visible("a\u{202e}b\u{e0041}c\u{200b}\u{ffff}"), "a\\u202eb\\udb40\\udc41c\\u200b\\uffff");
        assert_eq!(visible_lines("a\n\tb\u{1b}"), "a\n\tb\\u001b");
        for text in ["", "Zoë Müller-Łuk", "محمد", "אבג", "नमस्ते", "می\u{200c}خواهم", "👩\u{200d}🔬", "a\\u001b"]
        {
            assert!(matches!(visible(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn what_is_escaped_in_json_is_the_same_json() {
        let text = "\"\\\u{7f}\u{9b}\u{202e}\u{e0041}\u{fffe}\n";
        let json = serde_json::to_string(text).unwrap();
        let shown = visible_lines(&json);
        assert!(!shown.contains(acts));
        assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), text);
    }

    #[test]
    fn a_long_text_is_cut() {
        assert_eq!(excerpt("é\u{1b}"), "é\\u001b");
        let long = excerpt(&"é".repeat(1 << 20)).into_owned();
        assert_eq!(long, "é".repeat(200) + "…");
    }

    #[test]
    fn formulas_are_told_from_numbers() {
        for text in
            ["=1", "@a", "+a", "-a", "+1+cmd|' /C calc'!A0", "-2+3+a", "\t=1", "\r", "\n=1", "＝1", "+49/1", "+é"]
        {
            assert!(is_formula(text), "{text:?}");
            assert_eq!(disarmed(text), format!("'{text}"));
        }
        for text in ["", "a=1", "+49 (171) 123-45", "-0.5", "-", "2022-01-01", "'=1", "Ann"] {
            assert!(!is_formula(text), "{text:?}");
        }
    }

    #[test]
    fn markdown_shows_what_was_written() {
        assert_eq!(markdown("![x](http://a) <b> a_b|\u{1b}"), "\\!\\[x\\](http://a) \\<b\\> a\\_b\\|\\\\u001b");
        assert_eq!(markdown_code("a`|<img>\n"), "`a\\u0060\\|<img>\\u000a`");
    }
}
