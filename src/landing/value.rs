//! From the values of one record to typed cells: what counts as missing, as a number, as a consent.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::number::Digits;
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
    /// A number as it is written.
    Number(&'a str),
    /// A number with a fraction, as it is written and as it is read.
    Decimal(&'a str, f64),
    /// A whole number that is one already.
    Integer(i64),
    /// A number that is one already.
    Float(f64),
    /// True, false, an array or an object: no column holds one.
    Other,
}

/// What stood where a consent belongs, in the order in which it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentStood {
    /// A date: consent was given.
    Given,
    /// The key was not there.
    Absent,
    /// JSON null.
    Null,
    /// A blank text, or an empty cell of a CSV file.
    Blank,
    /// The number 0.
    Zero,
}

impl ConsentStood {
    /// All but given: how a consent can be missing.
    pub const MISSING: [Self; 4] = [Self::Absent, Self::Null, Self::Blank, Self::Zero];

    /// One word for a list of losses.
    pub fn label(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Absent => "absent",
            Self::Null => "null",
            Self::Blank => "blank",
            Self::Zero => "zero",
        }
    }

    /// A sentence for those who look at the rows of a loss: what stood there their cells do not tell, since none of it is an instant.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Given => "The customer's record has a consent for the chosen purpose.",
            Self::Absent => "The customer's record does not have the key of the consent; its cells show null.",
            Self::Null => "The customer's record has null where the consent belongs.",
            Self::Blank => {
                "The customer's record has a text without characters where the consent belongs; its cells show null."
            }
            Self::Zero => "The customer's record has 0 where the consent belongs; its cells show null.",
        }
    }
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
pub const LAST_INSTANT: i64 = 253_402_300_799_999;

/// Reads a value as its column wants it.
///
/// # Errors
/// The reason for which its record is refused.
pub fn typed<'a>(column: &Column, value: Value<'a>) -> Result<Typed<'a>, RefusedReason> {
    if is_nothing(&value) {
        return match value {
            _ if column.required => Err(RefusedReason::Missing(column.name)),
            Value::Text(text) if column.kind == Kind::Text => Ok(Typed::Text(text)),
            _ => Ok(Typed::Null),
        };
    }
    match column.kind {
        Kind::Text => text(column, value),
        Kind::Integer => integer(column, &value).map(Typed::Integer),
        Kind::Float => float(column, &value).map(Typed::Float),
        Kind::Time => {
            let instant = integer(column, &value)?;
            if !(0..=LAST_INSTANT).contains(&instant) {
                return Err(RefusedReason::OutOfRange(column.name));
            }
            Ok(if column.consent && instant == 0 { Typed::Null } else { Typed::Integer(instant) })
        }
    }
}

/// What a value says as a consent, if it can be read as one.
pub fn consent_stood(value: &Value<'_>) -> ConsentStood {
    match value {
        Value::Absent => ConsentStood::Absent,
        Value::Null => ConsentStood::Null,
        value if is_nothing(value) => ConsentStood::Blank,
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
        // Most texts say at their first byte that they are not blank.
        Value::Text(text) => !text.bytes().next().is_some_and(|byte| byte.is_ascii_graphic()) && text.trim().is_empty(),
        _ => false,
    }
}

fn text<'a>(column: &Column, value: Value<'a>) -> Result<Typed<'a>, RefusedReason> {
    Ok(Typed::Text(match value {
        Value::Text(text) => text,
        Value::Number(number) | Value::Decimal(number, _) => Cow::Borrowed(number),
        Value::Integer(number) => Cow::Owned(number.to_string()),
        Value::Float(number) => Cow::Owned(number.to_string()),
        _ => return Err(RefusedReason::Mistyped(column.name)),
    }))
}

fn integer(column: &Column, value: &Value<'_>) -> Result<i64, RefusedReason> {
    let number = match value {
        Value::Integer(number) => return Ok(*number),
        Value::Float(number) => return whole(column, *number),
        Value::Decimal(_, number) => return whole(column, *number),
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
        Value::Decimal(_, number) => *number,
        Value::Number(number) => decimal(column, number)?,
        Value::Text(text) => decimal(column, text.trim())?,
        _ => return Err(RefusedReason::Mistyped(column.name)),
    };
    if number.is_finite() { Ok(number) } else { Err(RefusedReason::NotFinite(column.name)) }
}

fn decimal(column: &Column, number: &str) -> Result<f64, RefusedReason> {
    if let Some(number) = Digits::of(number).and_then(Digits::float) {
        return Ok(number);
    }
    number.parse().map_err(|_| RefusedReason::Mistyped(column.name))
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
