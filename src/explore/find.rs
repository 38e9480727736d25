//! Cells as they are shown: what is masked can only be found by its code, and what is hidden not at all.

use std::borrow::Cow;

use crate::curation::{Cell, Codes};
use crate::domain::{Column, Privacy, format};

/// The text that is on the screen for a cell; none for a null and for what is hidden.
pub fn shown<'a>(column: &Column, cell: Cell<'a>, codes: &Codes, revealed: bool) -> Option<Cow<'a, str>> {
    match cell {
        Cell::Null => None,
        Cell::Integer(number) => Some(Cow::Owned(number.to_string())),
        Cell::Float(number) => Some(Cow::Owned(format!("{number:?}"))),
        Cell::Time(instant) => Some(Cow::Owned(format::utc(instant).unwrap_or_else(|| instant.to_string()))),
        Cell::Text(text) => match column.privacy {
            _ if revealed => Some(Cow::Borrowed(text)),
            Privacy::Open => Some(Cow::Borrowed(text)),
            Privacy::Person | Privacy::Device => codes.get(column, text).map(|code| Cow::Owned(code.to_string())),
            Privacy::Personal => None,
        },
    }
}

/// What stands on the screen for a text that is hidden.
pub const HIDDEN: &str = "•••";

/// A text as it stands on the screen: itself, its code, or dots. A blank text stays blank.
pub fn masked<'a>(column: &Column, text: &'a str, codes: &Codes, revealed: bool) -> Cow<'a, str> {
    if text.is_empty() {
        return Cow::Borrowed(text);
    }
    shown(column, Cell::Text(text), codes, revealed).unwrap_or(Cow::Borrowed(HIDDEN))
}

/// Whether a code has what was typed in it: its dot is on no keyboard, so what people type instead stands for it.
/// `needle` is in lower case.
pub fn code_contains(code: &str, needle: &str) -> bool {
    let needle: String = needle.chars().map(|one| if matches!(one, '.' | '-' | ' ') { '·' } else { one }).collect();
    contains(code, &needle)
}

/// Whether a text has another in it, whatever the case. `needle` is in lower case.
pub fn contains(text: &str, needle: &str) -> bool {
    if text.is_ascii() {
        let (text, needle) = (text.as_bytes(), needle.as_bytes());
        return needle.is_empty() || text.windows(needle.len()).any(|window| window.eq_ignore_ascii_case(needle));
    }
    text.to_lowercase().contains(needle)
}
