//! An order of rows by one column. Every value becomes a number that is ordered as the value is, so that a pass sorts
//! plain numbers; passes from the last column to the first give an order by several.

use std::collections::{BTreeMap, HashMap};

use super::find::shown;
use super::query::Sort;
use super::select::LOOK_UP_EVERY;
use crate::curation::{Cell, Codes, TableView};
use crate::domain::{Cancelled, Progress};

/// Where a row belongs: nulls apart from the others, then by value, then as it was.
type Key = (bool, u64, u32);

/// The rows, ordered by one column; rows that are equal in it keep their order.
///
/// # Errors
/// When cancelled.
pub fn sorted(
    view: &TableView,
    rows: Vec<u32>,
    (column, sort): (usize, Sort),
    codes: &Codes,
    revealed: bool,
    progress: &Progress,
) -> Result<Vec<u32>, Cancelled> {
    let ranks = ranks(view, &rows, column, codes, revealed, progress)?;
    let mut keys: Vec<Key> = Vec::with_capacity(rows.len());
    for (place, &row) in rows.iter().enumerate() {
        if place.is_multiple_of(LOOK_UP_EVERY) {
            progress.check()?;
        }
        let value = match view.cell(row as usize, column) {
            Cell::Null => None,
            Cell::Integer(number) | Cell::Time(number) => Some(number.cast_unsigned() ^ (1 << 63)),
            Cell::Float(number) => Some(order_of(number)),
            Cell::Text(text) => ranks.get(text).copied(),
        };
        let value = value.map(|value| if sort.descending { !value } else { value });
        keys.push((value.is_some() == sort.nulls_first, value.unwrap_or(0), place as u32));
    }
    // Sorted piece by piece, so that it can be stopped; the last sort only merges the pieces.
    for piece in keys.chunks_mut(1 << 20) {
        progress.check()?;
        piece.sort_unstable();
        progress.advance(piece.len() as u64);
    }
    keys.sort();
    progress.check()?;
    Ok(keys.into_iter().map(|(.., place)| rows[place as usize]).collect())
}

/// The place of each text of a column among its different texts, as they are shown; what is hidden has none.
fn ranks<'a>(
    view: &'a TableView,
    rows: &[u32],
    column: usize,
    codes: &Codes,
    revealed: bool,
    progress: &Progress,
) -> Result<HashMap<&'a str, u64>, Cancelled> {
    let Some(about) = view.column(column) else { return Ok(HashMap::new()) };
    let mut ranks = HashMap::new();
    for (place, &row) in rows.iter().enumerate() {
        if place.is_multiple_of(LOOK_UP_EVERY) {
            progress.check()?;
        }
        if let Cell::Text(text) = view.cell(row as usize, column) {
            ranks.entry(text).or_insert(0);
        }
    }
    let mut by_text = BTreeMap::<_, Vec<&str>>::new();
    for text in ranks.keys() {
        by_text.entry(shown(about, Cell::Text(text), codes, revealed)).or_default().push(text);
    }
    for (rank, texts) in by_text.into_values().enumerate() {
        for text in texts {
            ranks.insert(text, rank as u64);
        }
    }
    Ok(ranks)
}

/// A number whose order is that of the floating-point number (IEEE 754, total order).
fn order_of(number: f64) -> u64 {
    let bits = number.to_bits();
    if number.is_sign_negative() { !bits } else { bits | (1 << 63) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_order() {
        let numbers = [f64::NEG_INFINITY, -2.5, -1.0, -0.0, 0.0, 1e-300, 1.0, 2.5, f64::INFINITY];
        assert!(numbers.map(order_of).is_sorted());
    }
}
