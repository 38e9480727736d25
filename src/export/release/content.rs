//! A hash of what a table says, whatever files, row groups and formats it is written in.
//!
//! Each column is hashed for itself, its rows in order: a whole number as `1` and 8 bytes, little endian; a floating-point
//! number as `1` and the 8 bytes of its IEEE 754 bits; null as `0`; texts as runs of equal values, each as the number of
//! rows (8 bytes), `1`, its length (8 bytes) and its UTF-8 bytes, or the number of rows and `0` for null. The table's hash
//! is that of its number of rows (8 bytes) and, for each column, the length of its name (8 bytes), the name, its type's
//! name and the column's hash. All of it SHA-256.

use polars::prelude::*;
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use super::table::OutTable;
use crate::domain::Kind;
use crate::domain::format::hexadecimal;

/// The hash of a table that comes batch by batch.
#[derive(Debug)]
pub(super) struct ContentHash {
    rows: u64,
    columns: Vec<Hashed>,
}

#[derive(Debug)]
struct Hashed {
    name: &'static str,
    kind: Kind,
    hash: Sha256,
    /// A run of texts that may go on in the next batch.
    run: Option<(Option<String>, u64)>,
}

impl ContentHash {
    pub fn new(table: &OutTable) -> Self {
        let hashed = |column: &super::table::OutColumn| Hashed {
            name: column.name,
            kind: column.kind,
            hash: Sha256::new(),
            run: None,
        };
        Self { rows: 0, columns: table.columns.iter().map(hashed).collect() }
    }

    /// Takes the next rows, which have the table's columns in order.
    ///
    /// # Errors
    /// When a column has another type.
    pub fn add(&mut self, batch: &DataFrame) -> PolarsResult<()> {
        self.rows += batch.height() as u64;
        self.columns.par_iter_mut().try_for_each(|column| column.add(batch.column(column.name)?))
    }

    /// The hash as hexadecimal digits.
    pub fn finish(self) -> String {
        let mut hash = Sha256::new();
        hash.update(self.rows.to_le_bytes());
        for mut column in self.columns {
            column.end_run();
            hash.update((column.name.len() as u64).to_le_bytes());
            hash.update(column.name.as_bytes());
            hash.update(type_name(column.kind).as_bytes());
            hash.update(column.hash.finalize());
        }
        hexadecimal(&hash.finalize())
    }
}

impl Hashed {
    fn add(&mut self, column: &Column) -> PolarsResult<()> {
        match self.kind {
            Kind::Text => {
                let mut before: Option<Option<&str>> = None;
                for text in column.str()?.iter() {
                    // Equal texts mostly lie at one place in memory, which is told faster than what they say.
                    let is_there = before.is_some_and(|before| match (before, text) {
                        (Some(before), Some(text)) => std::ptr::eq(before, text),
                        (before, text) => before == text,
                    });
                    before = Some(text);
                    match &mut self.run {
                        Some((run, rows)) if is_there || run.as_deref() == text => *rows += 1,
                        _ => {
                            self.end_run();
                            self.run = Some((text.map(str::to_owned), 1));
                        }
                    }
                }
            }
            // Without nulls, values are at hand.
            Kind::Integer | Kind::Time => match column.i64()?.cont_slice() {
                Ok(values) => self.add_fixed(values.iter().map(|value| Some(value.to_le_bytes()))),
                Err(_) => self.add_fixed(column.i64()?.iter().map(|value| value.map(i64::to_le_bytes))),
            },
            Kind::Float => match column.f64()?.cont_slice() {
                Ok(values) => self.add_fixed(values.iter().map(|value| Some(value.to_le_bytes()))),
                Err(_) => self.add_fixed(column.f64()?.iter().map(|value| value.map(f64::to_le_bytes))),
            },
        }
        Ok(())
    }

    fn add_fixed(&mut self, values: impl Iterator<Item = Option<[u8; 8]>>) {
        let mut bytes = Vec::with_capacity(1 << 16);
        for value in values {
            match value {
                Some(value) => {
                    bytes.push(1);
                    bytes.extend_from_slice(&value);
                }
                None => bytes.push(0),
            }
            if bytes.len() > (1 << 16) - 16 {
                self.hash.update(&bytes);
                bytes.clear();
            }
        }
        self.hash.update(&bytes);
    }

    fn end_run(&mut self) {
        let Some((text, rows)) = self.run.take() else { return };
        self.hash.update(rows.to_le_bytes());
        match text {
            Some(text) => {
                self.hash.update([1]);
                self.hash.update((text.len() as u64).to_le_bytes());
                self.hash.update(text.as_bytes());
            }
            None => self.hash.update([0]),
        }
    }
}

/// What a kind of column is called in manifests and hashes.
pub(super) fn type_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "string",
        Kind::Integer | Kind::Time => "int64",
        Kind::Float => "float64",
    }
}
