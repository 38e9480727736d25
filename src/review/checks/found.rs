//! What a check found, before it is weighed.

use crate::domain::Table;
use crate::domain::format::{counted, thousands};

use super::Behind;

/// A figure, its words and the rows behind it.
pub struct Found {
    pub number: u64,
    pub figure: String,
    pub words: String,
    pub behind: Vec<Behind>,
    /// Never more than a warning, whatever the recipe says: the recipe itself takes care of it, or does not ask for it.
    pub is_only_odd: bool,
}

/// Why there is no figure, as a sentence.
pub struct NotComputed(pub String);

impl Found {
    /// A number of things.
    pub fn number(number: u64, one: &str, words: impl Into<String>) -> Self {
        Self { number, figure: counted(number, one), words: words.into(), behind: vec![], is_only_odd: false }
    }

    /// Rows of a table, of all that it has.
    pub fn rows(table: Table, rows: Vec<u32>, of: usize, words: impl Into<String>) -> Self {
        let figure = format!("{} of {}", thousands(rows.len() as u64), counted(of as u64, "row"));
        let number = rows.len() as u64;
        Self { number, figure, words: words.into(), behind: vec![], is_only_odd: false }.on(table, rows)
    }

    /// With another figure than the number of rows behind it.
    pub fn figured(self, number: u64, figure: impl Into<String>) -> Self {
        Self { number, figure: figure.into(), ..self }
    }

    /// With rows of a table behind it, if there are any.
    pub fn on(mut self, table: Table, rows: Vec<u32>) -> Self {
        if !rows.is_empty() {
            self.behind.push(Behind::Rows { table, rows: rows.into() });
        }
        self
    }

    /// With something else behind it.
    pub fn behind(mut self, behind: impl IntoIterator<Item = Behind>) -> Self {
        self.behind.extend(behind);
        self
    }

    /// A warning at most, if this is so.
    pub fn only_odd_if(self, is_so: bool) -> Self {
        Self { is_only_odd: is_so, ..self }
    }
}

/// There must be rows to look at: of none, nothing can be said.
///
/// # Errors
/// Names the table that has none.
pub fn need(table: Table, rows: usize) -> Result<(), NotComputed> {
    if rows == 0 { Err(NotComputed(format!("{} has no row to look at.", table.name()))) } else { Ok(()) }
}

/// The numbers of the rows for which something holds.
pub fn rows_where(rows: usize, holds: impl Fn(usize) -> bool) -> Vec<u32> {
    (0..rows).filter(|row| holds(*row)).map(|row| row as u32).collect()
}
