//! The rows of a table that pass a query, in its order.

use std::sync::Arc;

use super::find::Sought;
use super::query::{Filter, Query, Test};
use super::sort::sorted;
use crate::curation::{Cell, Codes, TableView};
use crate::domain::{Cancelled, Progress};

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
    let find = Sought::new(query.find.trim());
    let filters: Vec<&Filter> = query.filters.iter().filter(|filter| filter.on).collect();
    let passes = filters.len() + usize::from(!find.is_empty()) + query.sorts.len();
    progress.set_total((passes * view.rows()) as u64);
    let mut rows: Vec<u32> = (0..view.rows() as u32).collect();
    for filter in filters {
        let Some(column) = view.position(filter.column) else { continue };
        match (&filter.test, view.column(column)) {
            (Test::Contains(part), Some(about)) => {
                let part = Sought::new(part);
                retain(&mut rows, progress, |row| part.is_in(about, view.cell(row, column), codes, revealed))?;
            }
            (test, _) => retain(&mut rows, progress, |row| passes_test(view.cell(row, column), test))?,
        }
    }
    if !find.is_empty() {
        let columns: Vec<_> = view.columns().copied().collect();
        retain(&mut rows, progress, |row| {
            columns
                .iter()
                .enumerate()
                .any(|(position, column)| find.is_in(column, view.cell(row, position), codes, revealed))
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

/// Whether a cell passes a test of what it holds.
fn passes_test(cell: Cell<'_>, test: &Test) -> bool {
    match (test, cell) {
        (Test::Missing, Cell::Null) => true,
        (Test::Missing, _) | (_, Cell::Null) => false,
        (Test::Present, _) => true,
        (Test::Between(from, to), Cell::Float(number)) => (*from..=*to).contains(&number),
        (Test::Between(from, to), Cell::Integer(number) | Cell::Time(number)) => {
            (*from..=*to).contains(&(number as f64))
        }
        (Test::Within(from, to), Cell::Integer(number) | Cell::Time(number)) => (*from..=*to).contains(&number),
        (Test::OneOf(texts), Cell::Text(text)) => texts.contains(text),
        _ => false,
    }
}
