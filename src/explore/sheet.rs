//! A table as it is shown, to be copied, added up or saved just so.

use std::borrow::Cow;

use super::find::masked;
use super::select::Rows;
use crate::curation::{Cell, Codes, TableView};
use crate::domain::Column;

/// The rows and columns that are in sight, in their order, and how personal data stand in them.
#[derive(Clone, Copy)]
pub struct Sheet<'a> {
    /// The table.
    pub view: &'a TableView,
    /// Which of its rows.
    pub rows: &'a Rows,
    /// Which of its columns, by their positions in the table.
    pub columns: &'a [usize],
    /// What stands for people and devices.
    pub codes: &'a Codes,
    /// Personal data are shown as they are.
    pub revealed: bool,
}

impl<'a> Sheet<'a> {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len(self.view.rows())
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The columns in their order.
    pub fn titles(&self) -> impl Iterator<Item = &'a Column> {
        self.columns.iter().filter_map(|&position| self.view.column(position))
    }

    /// The cells of one column of the table, by its position, from one place to another.
    pub fn cells(&self, places: std::ops::Range<usize>, position: usize) -> impl Iterator<Item = Cell<'a>> {
        let (view, rows) = (self.view, self.rows);
        let end = places.end.min(self.len());
        (places.start..end).filter_map(|place| rows.get(place)).map(move |row| view.cell(row, position))
    }

    /// A text of a column as it stands on the screen.
    pub fn masked<'b>(&self, column: &Column, text: &'b str) -> Cow<'b, str> {
        masked(column, text, self.codes, self.revealed)
    }
}
