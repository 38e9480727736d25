//! From the values of one record to typed cells: what counts as missing, as a number, as a consent.

use std::borrow::Cow;

use super::refused::RefusedReason;
use crate::domain::{Column, Kind};

/// What a record says for one column, as it stands in the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value<'a> {
    /// The key is not there.
    #[default]
    Absent,
    /// Null.
    Null,
    /// A text, escapes resolved.
    Text(Cow<'a, str>),
    /// A number as it is written, or one of the words for what is not finite.
    Number(&'a str),
    /// A whole number that is one already.
    Integer(i64),
    /// A number that is one already.
    Float(f64),
    /// True, false, an array or an object: no column holds one.
    Other,
}

/// What stood where a consent belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsentStood {
    Given,
    Absent,
    Null,
    Blank,
    Zero,
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Typed<'a> {
    Null,
    Text(Cow<'a, str>),
    Integer(i64),
    Float(f64),
}

/// The last millisecond of the year 9999.
const LAST_INSTANT: i64 = 253_402_300_799_999;

/// Reads a value as its column wants it.
///
/// # Errors
/// The reason for which its record is refused.
pub fn typed<'a>(column: &Column, value: &Value<'a>) -> Result<Typed<'a>, RefusedReason> {
    if is_nothing(value) {
        return match value {
            _ if column.required => Err(RefusedReason::Missing(column.name)),
            Value::Text(text) if column.kind == Kind::Text => Ok(Typed::Text(text.clone())),
            _ => Ok(Typed::Null),
        };
    }
    match column.kind {
        Kind::Text => text(column, value),
        Kind::Integer => integer(column, value).map(Typed::Integer),
        Kind::Float => float(column, value).map(Typed::Float),
        Kind::Time => {
            let instant = integer(column, value)?;
            if !(0..=LAST_INSTANT).contains(&instant) {
                return Err(RefusedReason::OutOfRange(column.name));
            }
            Ok(if column.consent && instant == 0 { Typed::Null } else { Typed::Integer(instant) })
        }
    }
}

/// What a value that was read well says as a consent.
pub fn consent_stood(value: &Value<'_>, typed: &Typed<'_>) -> ConsentStood {
    match (typed, value) {
        (Typed::Null, Value::Absent) => ConsentStood::Absent,
        (Typed::Null, Value::Null) => ConsentStood::Null,
        (Typed::Null, value) if is_nothing(value) => ConsentStood::Blank,
        (Typed::Null, _) => ConsentStood::Zero,
        _ => ConsentStood::Given,
    }
}

/// Whether an instant looks like seconds where milliseconds belong: from 1973 to 5138 as seconds, before March 1973
/// as milliseconds.
pub fn looks_like_seconds(instant: i64) -> bool {
    (100_000_000..100_000_000_000).contains(&instant)
}

/// Absent, null and blank.
fn is_nothing(value: &Value<'_>) -> bool {
    match value {
        Value::Absent | Value::Null => true,
        Value::Text(text) => text.trim().is_empty(),
        _ => false,
    }
}

fn text<'a>(column: &Column, value: &Value<'a>) -> Result<Typed<'a>, RefusedReason> {
    Ok(Typed::Text(match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => Cow::Borrowed(*number),
        Value::Integer(number) => Cow::Owned(number.to_string()),
        Value::Float(number) => Cow::Owned(number.to_string()),
        _ => return Err(RefusedReason::Mistyped(column.name)),
    }))
}

fn integer(column: &Column, value: &Value<'_>) -> Result<i64, RefusedReason> {
    let number = match value {
        Value::Integer(number) => return Ok(*number),
        Value::Float(number) => return whole(column, *number),
        Value::Number(number) => number,
        Value::Text(text) => text.trim(),
        _ => return Err(RefusedReason::Mistyped(column.name)),
    };
    if let Ok(number) = number.parse() {
        return Ok(number);
    }
    whole(column, decimal(column, number)?)
}

fn float(column: &Column, value: &Value<'_>) -> Result<f64, RefusedReason> {
    let number = match value {
        Value::Integer(number) => *number as f64,
        Value::Float(number) => *number,
        Value::Number(number) => decimal(column, number)?,
        Value::Text(text) => decimal(column, text.trim())?,
        _ => return Err(RefusedReason::Mistyped(column.name)),
    };
    if number.is_finite() { Ok(number) } else { Err(RefusedReason::NotFinite(column.name)) }
}

fn decimal(column: &Column, number: &str) -> Result<f64, RefusedReason> {
    if let Some(number) = short_decimal(number.as_bytes()) {
        return Ok(number);
    }
    number.parse().map_err(|_| RefusedReason::Mistyped(column.name))
}

/// A number of few digits without an exponent, correctly rounded: whole number and power of ten are both exact, so
/// their quotient is rounded once (Clinger 1990, the fast path). None for any other.
fn short_decimal(text: &[u8]) -> Option<f64> {
    const POWERS: [f64; 16] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > POWERS.len() || !digits[0].is_ascii_digit() {
        return None;
    }
    let mut whole = 0_u64;
    let mut decimals = None;
    for &byte in digits {
        match byte {
            b'0'..=b'9' => whole = whole * 10 + u64::from(byte - b'0'),
            b'.' if decimals.is_none() => {
                decimals = Some(0);
                continue;
            }
            _ => return None,
        }
        decimals = decimals.map(|count: usize| count + 1);
    }
    if decimals == Some(0) {
        return None;
    }
    let number = whole as f64 / POWERS[decimals.unwrap_or(0)];
    Some(if negative { -number } else { number })
}

/// A number without a fraction, up to the largest below which every whole number is told apart.
fn whole(column: &Column, number: f64) -> Result<i64, RefusedReason> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if !number.is_finite() {
        Err(RefusedReason::NotFinite(column.name))
    } else if number.fract() != 0.0 {
        Err(RefusedReason::Mistyped(column.name))
    } else if number.abs() > EXACT {
        Err(RefusedReason::OutOfRange(column.name))
    } else {
        Ok(number as i64)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_fast_way_gives_the_number_that_the_slow_way_gives(text in "-?[0-9]{0,9}[.]?[0-9]{0,8}[e]?") {
            if let Some(fast) = short_decimal(text.as_bytes()) {
                prop_assert_eq!(Ok(fast.to_bits()), text.parse().map(f64::to_bits), "{}", text);
            }
        }
    }

    #[test]
    fn the_fast_way_is_taken() {
        for (text, number) in [("0", 0.0), ("-1.0", -1.0), ("0.1", 0.1), ("-0.0", -0.0), ("123.4567", 123.4567)] {
            assert_eq!(short_decimal(text.as_bytes()).map(f64::to_bits), Some(f64::to_bits(number)), "{text}");
        }
        for text in ["", "-", ".5", "1.", "1e3", "1.2.3", "12345678901234567"] {
            assert_eq!(short_decimal(text.as_bytes()), None, "{text}");
        }
    }
}
