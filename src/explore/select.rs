//! The rows of a table that pass a query, in its order.

use std::sync::Arc;

use super::find::{code_contains, contains, shown};
use super::query::{Filter, Query, Test};
use super::sort::sorted;
use crate::curation::{Cell, Codes, TableView};
use crate::domain::{Cancelled, Column, Privacy, Progress};

/// Whether what stands on the screen for a cell has a text in it, which is in lower case.
fn has(column: &Column, cell: Cell<'_>, text: &str, codes: &Codes, revealed: bool) -> bool {
    let is_code = !revealed && matches!(column.privacy, Privacy::Person | Privacy::Device);
    let contains = if is_code { code_contains } else { contains };
    shown(column, cell, codes, revealed).is_some_and(|shown| contains(&shown, text))
}

/// Which rows of a table, and in which order.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Rows {
    /// All, as they are.
    #[default]
    All,
    /// These, by their numbers.
    Chosen(Arc<[u32]>),
}

impl Rows {
    /// How many, of a table of `all`.
    pub fn len(&self, all: usize) -> usize {
        match self {
            Self::All => all,
            Self::Chosen(rows) => rows.len(),
        }
    }

    /// The row of the table at a place; none behind the last.
    pub fn get(&self, place: usize) -> Option<usize> {
        match self {
            Self::All => Some(place),
            Self::Chosen(rows) => rows.get(place).map(|&row| row as usize),
        }
    }

    /// All of them in order, of a table of `all`.
    pub fn iter(&self, all: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.len(all)).filter_map(|place| self.get(place))
    }
}

/// Rows between two looks at whether to stop.
pub(super) const LOOK_UP_EVERY: usize = 1 << 16;

/// Finds the rows. With `revealed` off, what is masked is compared and ordered by its code, so that neither its text
/// nor its place in the alphabet shows. Progress counts rows, a pass at a time.
///
/// # Errors
/// When cancelled.
pub fn select(
    view: &TableView,
    query: &Query,
    codes: &Codes,
    revealed: bool,
    progress: &Progress,
) -> Result<Rows, Cancelled> {
    if query.is_plain() {
        return Ok(Rows::All);
    }
    let find = query.find.trim().to_lowercase();
    let filters: Vec<&Filter> = query.filters.iter().filter(|filter| filter.on).collect();
    let passes = filters.len() + usize::from(!find.is_empty()) + query.sorts.len();
    progress.set_total((passes * view.rows()) as u64);
    let mut rows: Vec<u32> = (0..view.rows() as u32).collect();
    for filter in filters {
        let Some(column) = view.position(filter.column) else { continue };
        retain(&mut rows, progress, |row| passes_test(view, row, column, &filter.test, codes, revealed))?;
    }
    if !find.is_empty() {
        let columns: Vec<_> = view.columns().copied().collect();
        retain(&mut rows, progress, |row| {
            columns
                .iter()
                .enumerate()
                .any(|(position, column)| has(column, view.cell(row, position), &find, codes, revealed))
        })?;
    }
    for sort in query.sorts.iter().rev() {
        let Some(column) = view.position(sort.column) else { continue };
        rows = sorted(view, rows, (column, *sort), codes, revealed, progress)?;
    }
    Ok(Rows::Chosen(rows.into()))
}

fn retain(rows: &mut Vec<u32>, progress: &Progress, keep: impl Fn(usize) -> bool) -> Result<(), Cancelled> {
    let mut kept = 0;
    for start in (0..rows.len()).step_by(LOOK_UP_EVERY) {
        progress.check()?;
        let end = rows.len().min(start + LOOK_UP_EVERY);
        for place in start..end {
            rows[kept] = rows[place];
            kept += usize::from(keep(rows[place] as usize));
        }
        progress.advance((end - start) as u64);
    }
    rows.truncate(kept);
    Ok(())
}

fn passes_test(view: &TableView, row: usize, column: usize, test: &Test, codes: &Codes, revealed: bool) -> bool {
    match (test, view.cell(row, column)) {
        (Test::Missing, Cell::Null) => true,
        (Test::Missing, _) | (_, Cell::Null) => false,
        (Test::Present, _) => true,
        (Test::Between(from, to), Cell::Float(number)) => (*from..=*to).contains(&number),
        (Test::Between(from, to), Cell::Integer(number) | Cell::Time(number)) => {
            (*from..=*to).contains(&(number as f64))
        }
        (Test::Within(from, to), Cell::Integer(number) | Cell::Time(number)) => (*from..=*to).contains(&number),
        (Test::OneOf(texts), Cell::Text(text)) => texts.contains(text),
        (Test::Contains(part), cell) => {
            let Some(about) = view.column(column) else { return false };
            has(about, cell, &part.to_lowercase(), codes, revealed)
        }
        _ => false,
    }
}
