//! Cells as they are shown: what is masked can only be found by its code, and what is hidden not at all.

use std::borrow::Cow;

use crate::curation::{Cell, Codes};
use crate::domain::{Code, Column, Privacy, format};

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

/// A text that is looked for on the screen, whatever the case.
pub struct Sought {
    text: String,
    /// The same for codes: their dot is on no keyboard, so what people type instead stands for it.
    code: String,
}

impl Sought {
    /// What was typed.
    pub fn new(typed: &str) -> Self {
        let text = typed.to_lowercase();
        let code = text.chars().map(|one| if Code::is_dot(one) { '·' } else { one }).collect();
        Self { text, code }
    }

    /// Whether nothing in particular is looked for.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether it is in what stands on the screen for a cell.
    pub fn is_in(&self, column: &Column, cell: Cell<'_>, codes: &Codes, revealed: bool) -> bool {
        let is_code = !revealed && matches!(column.privacy, Privacy::Person | Privacy::Device);
        let sought = if is_code { &self.code } else { &self.text };
        shown(column, cell, codes, revealed).is_some_and(|text| contains(&text, sought))
    }
}

/// Whether a text has another in it, whatever the case. `needle` is in lower case.
fn contains(text: &str, needle: &str) -> bool {
    if text.is_ascii() {
        let (text, needle) = (text.as_bytes(), needle.as_bytes());
        return needle.is_empty() || text.windows(needle.len()).any(|window| window.eq_ignore_ascii_case(needle));
    }
    text.to_lowercase().contains(needle)
}
