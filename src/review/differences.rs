//! The rows in which the tables of two engines differ. Tables are compared as multisets: engines order rows as they like.

use sha2::{Digest as _, Sha256};

use crate::curation::{Cell, Curation, CurationError, TableView};
use crate::domain::format::hexadecimal;
use crate::domain::{Progress, Table};

/// How a table of one curation differs from that of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableDifference {
    pub table: Table,
    /// Rows of each.
    pub rows: [u64; 2],
    /// The content hash of each: SHA-256 over the hashes of its rows in their order. Equal rows in any order give equal hashes,
    /// on any engine.
    pub hashes: [String; 2],
    /// Rows that only one of them has, by their numbers in it. Of equal rows each counts.
    pub only: [Vec<u32>; 2],
}

impl TableDifference {
    /// Whether both have the same rows.
    pub fn is_equal(&self) -> bool {
        self.only.iter().all(Vec::is_empty)
    }
}

/// The first 128 bits of the SHA-256 of a row.
type RowHash = [u8; 16];

/// Compares all derived tables. Progress counts rows.
///
/// # Errors
/// When cancelled.
pub fn differences(
    one: &Curation,
    other: &Curation,
    progress: &Progress,
) -> Result<Vec<TableDifference>, CurationError> {
    progress.set_total(Table::derived().map(|table| one.rows(table) + other.rows(table)).sum());
    Table::derived()
        .map(|table| {
            let one = row_hashes(&one.view(table), progress)?;
            let other = row_hashes(&other.view(table), progress)?;
            let rows = [one.len() as u64, other.len() as u64];
            let hashes = [content_hash(&one), content_hash(&other)];
            Ok(TableDifference { table, rows, hashes, only: only(&one, &other) })
        })
        .collect()
}

/// The hashes of all rows, in order, each with the number of its row.
fn row_hashes(view: &TableView, progress: &Progress) -> Result<Vec<(RowHash, u32)>, CurationError> {
    const LOOK_UP_EVERY: usize = 1 << 14;
    let mut hashes = Vec::with_capacity(view.rows());
    let mut bytes = vec![];
    for row in 0..view.rows() {
        if row.is_multiple_of(LOOK_UP_EVERY) {
            progress.check()?;
            progress.advance(LOOK_UP_EVERY.min(view.rows() - row) as u64);
        }
        bytes.clear();
        for column in 0..view.columns().len() {
            put(&mut bytes, view.cell(row, column));
        }
        let digest = Sha256::digest(&bytes);
        let mut hash = RowHash::default();
        hash.copy_from_slice(&digest[..size_of::<RowHash>()]);
        hashes.push((hash, row as u32));
    }
    hashes.sort_unstable();
    Ok(hashes)
}

/// A cell as bytes that no other cell has.
fn put(bytes: &mut Vec<u8>, cell: Cell<'_>) {
    match cell {
        Cell::Null => bytes.push(0),
        Cell::Text(text) => {
            bytes.push(1);
            bytes.extend((text.len() as u64).to_le_bytes());
            bytes.extend(text.as_bytes());
        }
        Cell::Integer(number) | Cell::Time(number) => {
            bytes.push(2);
            bytes.extend(number.to_le_bytes());
        }
        Cell::Float(number) => {
            bytes.push(3);
            bytes.extend(number.to_le_bytes());
        }
    }
}

fn content_hash(rows: &[(RowHash, u32)]) -> String {
    let mut hash = Sha256::new();
    rows.iter().for_each(|(row, _)| hash.update(row));
    hexadecimal(&hash.finalize())
}

/// The rows that only one has: of the same hash, those that the other has fewer of.
fn only(one: &[(RowHash, u32)], other: &[(RowHash, u32)]) -> [Vec<u32>; 2] {
    let mut only = [vec![], vec![]];
    let (mut left, mut right) = (one.iter().peekable(), other.iter().peekable());
    loop {
        let order = match (left.peek(), right.peek()) {
            (Some(one), Some(other)) => one.0.cmp(&other.0),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) => break,
        };
        let (one, other) = match order {
            std::cmp::Ordering::Less => (left.next(), None),
            std::cmp::Ordering::Greater => (None, right.next()),
            std::cmp::Ordering::Equal => {
                left.next();
                right.next();
                continue;
            }
        };
        only[0].extend(one.map(|(_, row)| *row));
        only[1].extend(other.map(|(_, row)| *row));
    }
    only.iter_mut().for_each(|rows| rows.sort_unstable());
    only
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_equal_rows_each_counts() {
        let rows = |hashes: &[u8]| {
            let mut rows: Vec<(RowHash, u32)> = hashes.iter().zip(0..).map(|(&hash, row)| ([hash; 16], row)).collect();
            rows.sort_unstable();
            rows
        };
        let (one, other) = (rows(&[7, 1, 7, 3]), rows(&[3, 7, 9, 9]));
        assert_eq!(only(&one, &other), [vec![1, 2], vec![2, 3]]);
        assert!(only(&one, &one).iter().all(Vec::is_empty));
        assert_eq!(content_hash(&one), content_hash(&rows(&[1, 3, 7, 7])), "whatever the order");
        assert_ne!(content_hash(&one), content_hash(&other));
    }

    #[test]
    fn cells_are_told_apart() {
        let cells =
            [Cell::Null, Cell::Text(""), Cell::Text("a"), Cell::Integer(0), Cell::Float(0.0), Cell::Float(-0.0)];
        let bytes = cells.map(|cell| {
            let mut bytes = vec![];
            put(&mut bytes, cell);
            bytes
        });
        for (place, one) in bytes.iter().enumerate() {
            assert!(bytes[..place].iter().all(|other| other != one));
        }
    }
}
