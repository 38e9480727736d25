//! An order of rows by one column. Every value becomes a number that is ordered as the value is, so that a pass sorts
//! plain numbers; passes from the last column to the first give an order by several.

use std::collections::{BTreeMap, HashMap};

use super::find::shown;
use super::query::Sort;
use super::select::LOOK_UP_EVERY;
use crate::curation::{Cell, Codes, TableView};
use crate::domain::{Cancelled, Column, Kind, Progress};

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
    let texts = Texts::number(view, &rows, column, progress)?;
    let ranks = texts.ranks(view.column(column), codes, revealed);
    let mut keys: Vec<Key> = Vec::with_capacity(rows.len());
    for (place, &row) in rows.iter().enumerate() {
        if place.is_multiple_of(LOOK_UP_EVERY) {
            progress.check()?;
        }
        let value = match view.cell(row as usize, column) {
            Cell::Null => None,
            Cell::Integer(number) | Cell::Time(number) => Some(number.cast_unsigned() ^ (1 << 63)),
            Cell::Float(number) => Some(order_of(number)),
            Cell::Text(_) => Some(ranks[texts.numbers[place] as usize]),
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

/// The different texts of a column, numbered as they come.
#[derive(Default)]
struct Texts<'a> {
    /// The number of the text in each row; of no meaning for a null.
    numbers: Vec<u32>,
    different: Vec<&'a str>,
}

impl<'a> Texts<'a> {
    /// Numbers them; nothing to do for a column of another kind.
    fn number(view: &'a TableView, rows: &[u32], column: usize, progress: &Progress) -> Result<Self, Cancelled> {
        let mut texts = Self::default();
        if view.column(column).is_none_or(|about| about.kind != Kind::Text) {
            return Ok(texts);
        }
        let mut known = HashMap::<&str, u32>::new();
        let mut last = ("", 0);
        for (place, &row) in rows.iter().enumerate() {
            if place.is_multiple_of(LOOK_UP_EVERY) {
                progress.check()?;
            }
            let number = match view.cell(row as usize, column) {
                // Readings of one session stand together, so the text is often that of the row before.
                Cell::Text(text) if text == last.0 && !texts.different.is_empty() => last.1,
                Cell::Text(text) => {
                    let next = texts.different.len() as u32;
                    let number = *known.entry(text).or_insert(next);
                    if number == next {
                        texts.different.push(text);
                    }
                    last = (text, number);
                    number
                }
                _ => 0,
            };
            texts.numbers.push(number);
        }
        Ok(texts)
    }

    /// The place of each text among all as they are shown; those that are hidden share one.
    fn ranks(&self, about: Option<&Column>, codes: &Codes, revealed: bool) -> Vec<u64> {
        let Some(about) = about else { return vec![] };
        let mut by_text = BTreeMap::<_, Vec<usize>>::new();
        for (number, text) in self.different.iter().enumerate() {
            by_text.entry(shown(about, Cell::Text(text), codes, revealed)).or_default().push(number);
        }
        let mut ranks = vec![0; self.different.len()];
        for (rank, numbers) in by_text.into_values().enumerate() {
            for number in numbers {
                ranks[number] = rank as u64;
            }
        }
        ranks
    }
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
