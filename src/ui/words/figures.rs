//! Figures: those of English text with the separators of another language.

use crate::state::Spoken;

/// What may stand behind a number.
const UNITS: [&str; 14] = ["B", "kB", "MB", "GB", "TB", "%", "ms", "s", "min", "h", "d", "µs", "ns", "Hz"];

/// Before a number: its sign, or that it is not exact.
const SIGNS: [char; 8] = ['+', '-', '−', '±', '~', '≈', '<', '>'];

/// Whether a text is a number with its unit and nothing else: `43,681`, `−474`, `1.4 GB`, `2 h 5 min`.
pub fn is_figure(text: &str) -> bool {
    let is_word = |word: &str| is_unit(word) || is_number(word.strip_suffix('%').unwrap_or(word));
    text.contains(|c: char| c.is_ascii_digit()) && text.split(' ').all(is_word)
}

/// Whether a text is a unit.
pub fn is_unit(text: &str) -> bool {
    UNITS.contains(&text)
}

fn is_number(word: &str) -> bool {
    let digits = word.trim_start_matches(SIGNS);
    // What is not there, or a length of time.
    if word == "–" || digits.contains(':') {
        return digits.split([':', '.']).all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    }
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let are_groups = groups.all(|group| group.len() == 3 && is_digits(group));
    is_digits(first) && (first.len() == whole.len() || first.len() <= 3) && are_groups && is_digits(fraction)
}

/// A number as people of a language type it, as machines read it: marks stand between thousands or not at all, and a point is a
/// fraction's in German, too, where it cannot stand between thousands. None where the marks are at other places.
pub fn typed(text: &str, language: Spoken) -> Option<String> {
    let (mark, point) = match language {
        Spoken::English => (',', '.'),
        Spoken::German => ('.', ','),
    };
    let text = text.trim().replace('−', "-");
    let is_of_fraction = |c: char| c.is_ascii_digit() || matches!(c, 'e' | 'E' | '-' | '+');
    let is_mark = |c: char| c == mark || c.is_whitespace() || matches!(c, '_' | '\'' | '’');
    let (whole, fraction) = text.split_once(point).map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let digits = whole.trim_start_matches(['-', '+']);
    let groups: Vec<&str> = digits.split(is_mark).collect();
    let are_thousands = groups.len() == 1
        || (groups[0].len() <= 3 && !groups[0].is_empty() && groups[1..].iter().all(|group| group.len() == 3));
    if !fraction.is_none_or(|fraction| fraction.chars().all(is_of_fraction)) {
        return None;
    }
    if are_thousands {
        let whole: String = whole.chars().filter(|c| !is_mark(*c)).collect();
        return Some(fraction.map_or_else(|| whole.clone(), |fraction| format!("{whole}.{fraction}")));
    }
    let is_plain = language == Spoken::German && fraction.is_none() && groups.len() == 2 && digits.contains('.');
    is_plain.then_some(text)
}

/// The figures of a text with a comma before their fraction and points between their thousands. Instants, versions and numbers
/// within names stay as they are.
pub fn with_comma(text: &str) -> String {
    let is_of_number = |c: char| c.is_ascii_digit() || c == '.' || c == ',';
    let (mut result, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(place) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(place);
        let end = from.find(|c| !is_of_number(c)).unwrap_or(from.len());
        // What ends a clause is not of the number.
        let number = from[..end].trim_end_matches(['.', ',']);
        let behind = &from[number.len()..];
        result.push_str(before);
        let is_within = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '·' | '/' | '-' | '.');
        let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '/' | '-');
        let alone = !result.chars().next_back().is_some_and(is_within) || is_sign(&result);
        if alone && is_number(number) && !behind.chars().next().is_some_and(goes_on) {
            result.extend(number.chars().map(|c| match c {
                ',' => '.',
                '.' => ',',
                other => other,
            }));
        } else {
            result.push_str(number);
        }
        rest = behind;
    }
    result + rest
}

/// Whether a hyphen at the end of a text is the sign of what follows.
fn is_sign(text: &str) -> bool {
    text.strip_suffix('-').is_some_and(|before| !before.ends_with(|c: char| c.is_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_told_from_words_and_names() {
        for figure in
            ["0", "43,681", "−474", "±0", "12.5 %", "1.4 GB", "2 h 5 min", "1,234.5 s", "100%", "+29,221", "0:18"]
        {
            assert!(is_figure(figure), "{figure}");
        }
        for other in ["", "–", "12 rows", "1,23", "2022-06-18", "1.2.3", "1,234,5", "a1", ",5", "GB"] {
            assert!(!is_figure(other), "{other}");
        }
    }

    #[test]
    fn separators_follow_and_what_machines_wrote_stays() {
        for (english, other) in [
            ("43,681 rows, of 1,000,000.", "43.681 rows, of 1.000.000."),
            ("12.5 %", "12,5 %"),
            ("-0.5 and −0.5", "-0,5 and −0,5"),
            ("2022-06-18 17:58:55.123 UTC", "2022-06-18 17:58:55.123 UTC"),
            ("SHA-256 of D·12.5, version 0.55.2", "SHA-256 of D·12.5, version 0.55.2"),
            ("x1,234", "x1,234"),
            ("1.5e3", "1.5e3"),
        ] {
            assert_eq!(with_comma(english), other);
        }
    }

    #[test]
    fn what_is_typed_is_read_as_the_language_writes_it() {
        for (text, english, german) in [
            ("28680", Some("28680"), Some("28680")),
            ("28,680", Some("28680"), Some("28.680")),
            ("81.273", Some("81.273"), Some("81273")),
            ("1,234.5", Some("1234.5"), None),
            ("1.234,5", None, Some("1234.5")),
            ("280,5", None, Some("280.5")),
            ("280.5", Some("280.5"), Some("280.5")),
            ("956,0", None, Some("956.0")),
            ("\u{2212}1 234 567", Some("-1234567"), Some("-1234567")),
            ("12,34", None, Some("12.34")),
        ] {
            let read = |language| typed(text, language);
            assert_eq!(read(Spoken::English).as_deref(), english, "{text}");
            assert_eq!(read(Spoken::German).as_deref(), german, "{text}");
        }
    }
}
