//! Numbers and instants as people read them, the same on the screen and on the command line.

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat};

/// `1234567` as `1,234,567`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Bytes as lower-case hexadecimal digits.
pub fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// A number and what it counts: `1 record`, `2,000 records`.
pub fn counted(number: u64, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{} {one}s", thousands(number)) }
}

/// What the system says of a failure, without the number that it has for it.
pub fn why(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(" (os error ") {
        Some((words, _)) if error.raw_os_error().is_some() => words.to_owned(),
        _ => text,
    }
}

/// A difference with its sign: `+1,234`, `−1,234`, `±0`.
pub fn difference(before: u64, after: u64) -> String {
    match after.checked_sub(before) {
        Some(0) => "±0".to_owned(),
        Some(more) => format!("+{}", thousands(more)),
        None => format!("−{}", thousands(before.abs_diff(after))),
    }
}

/// Milliseconds since 1970 as `2022-06-18 17:58:55.123` in UTC; none for an instant that no calendar holds.
pub fn utc(milliseconds: i64) -> Option<String> {
    let instant = DateTime::from_timestamp_millis(milliseconds)?;
    Some(instant.format("%Y-%m-%d %H:%M:%S%.3f").to_string())
}

/// Milliseconds since 1970 as `2022-06-18T17:58:55.123Z`, ISO 8601 as files have it; the milliseconds where no calendar holds the
/// instant.
pub fn iso(milliseconds: i64) -> String {
    let instant = DateTime::from_timestamp_millis(milliseconds);
    instant.map_or_else(|| milliseconds.to_string(), |instant| instant.to_rfc3339_opts(SecondsFormat::Millis, true))
}

/// A number with as many digits as it takes to tell it from its neighbours on the screen.
pub fn short(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return format!("{number:.0}").replace('-', "−");
    }
    format!("{number:.4}").trim_end_matches('0').replace('-', "−")
}

/// An instant as people write it, in milliseconds since 1970 UTC: RFC 3339 (`2022-06-18T17:58:55Z`, with any offset), a
/// day (`2022-06-18`, at its start in UTC), what [`utc`] and a time zone give, or the milliseconds themselves. None for anything else.
pub fn instant(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(milliseconds) = text.parse() {
        return utc(milliseconds).map(|_| milliseconds);
    }
    let with_offset =
        DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f %:z"));
    if let Ok(instant) = with_offset {
        return Some(instant.timestamp_millis());
    }
    let text = text.strip_suffix(" UTC").unwrap_or(text);
    let at_midnight = |day: NaiveDate| day.and_hms_opt(0, 0, 0);
    let in_utc = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f")
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f"))
        .ok()
        .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().and_then(at_midnight))?;
    Some(in_utc.and_utc().timestamp_millis())
}

/// Bytes in a unit that leaves up to three digits: `12 MB`, `1.4 GB`.
pub fn bytes(bytes: u64) -> String {
    let mut value = bytes as f64;
    let mut unit = "B";
    for next in ["kB", "MB", "GB", "TB"] {
        if value < 999.5 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    if value < 9.95 && unit != "B" { format!("{value:.1} {unit}") } else { format!("{value:.0} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1000), "1,000");
        assert_eq!(thousands(13_823_760), "13,823,760");
    }

    #[test]
    fn what_the_system_says_has_no_number_of_its_own() {
        assert_eq!(why(&std::io::Error::from_raw_os_error(2)), "No such file or directory");
        assert_eq!(why(&std::io::Error::other("a disk (os error 5)")), "a disk (os error 5)");
    }

    #[test]
    fn a_difference_has_a_sign() {
        assert_eq!(difference(956, 482), "−474");
        assert_eq!(difference(14_460, 43_681), "+29,221");
        assert_eq!(difference(482, 482), "±0");
    }

    #[test]
    fn instants_are_utc_to_the_millisecond() {
        assert_eq!(utc(1_655_564_376_361).as_deref(), Some("2022-06-18 14:59:36.361"));
        assert_eq!(utc(i64::MAX), None);
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!([short(-1.0), short(0.5), short(1.0 / 3.0), short(-0.25)], ["−1", "0.5", "0.3333", "−0.25"]);
    }

    #[test]
    fn instants_are_read_in_every_form_that_they_are_written_in() {
        for text in [
            "1655564376361",
            "2022-06-18T14:59:36.361Z",
            "2022-06-18T16:59:36.361+02:00",
            " 2022-06-18 14:59:36.361 ",
            "2022-06-18T14:59:36.361",
        ] {
            assert_eq!(instant(text), Some(1_655_564_376_361), "{text}");
        }
        assert_eq!(instant("2022-06-18"), Some(1_655_510_400_000));
        for text in ["", "yesterday", "2022-06", "9223372036854775807"] {
            assert_eq!(instant(text), None, "{text}");
        }
    }

    #[test]
    fn bytes_have_a_readable_unit() {
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(1_400), "1.4 kB");
        assert_eq!(bytes(10_500_000), "10 MB");
        assert_eq!(bytes(999_600), "1.0 MB");
    }
}
