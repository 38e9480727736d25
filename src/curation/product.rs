//! Foresees a join that would make far more rows than it is given, before anything is joined.

use polars::prelude::*;

use super::Curation;
use super::compile::{self, ROWS};
use crate::domain::{Operation, Table};

/// A join may make this many rows whatever it is given.
const ALWAYS_FINE: u64 = 10_000_000;
/// Beyond that, a row of the larger side may stand in so many rows on average. A rule of thumb: a device and a phone that
/// send several readings an instant stay far below, a key that is the same for everybody is far above.
const MOST_EACH: u64 = 20;

/// A join that is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Rows at hand.
    pub rows: u64,
    /// The table that they would be joined with.
    pub other: Table,
    /// Its rows.
    pub others: u64,
    /// The columns at hand that are compared.
    pub by: Vec<&'static str>,
    /// Rows that there would be.
    pub foreseen: u64,
}

/// The most rows that a join of so many rows with so many others may make.
pub(super) fn most(rows: u64, others: u64) -> u64 {
    ALWAYS_FINE.max(rows.max(others).saturating_mul(MOST_EACH))
}

impl Product {
    /// A join of so many rows with so many others that is foreseen to make this many.
    pub(super) fn new(operation: &Operation, rows: u64, others: u64, foreseen: u64) -> Self {
        let by = operation.keys().iter().map(|(left, _)| *left).collect();
        // Only joins are foreseen, and each names its table.
        let other = operation.other().unwrap_or(Table::MachineLearningCurated);
        Self { rows, other, others, by, foreseen }
    }
}

impl Curation {
    /// What a join would make of the rows at hand, if that is too much. It costs nothing where even all pairs would be few;
    /// otherwise keys are counted on both sides, first the one that is cheapest to count.
    pub(super) fn product(&self, operation: &Operation, rows: &DataFrame) -> PolarsResult<Option<Product>> {
        let Operation::Join { other, on, bring, once } = operation else { return Ok(None) };
        let others = self.numbered(*other);
        let (height, other_height) = (rows.height() as u64, others.height() as u64);
        let most = most(height, other_height);
        if height.saturating_mul(other_height) <= most {
            return Ok(None);
        }
        let columns: Vec<&str> = rows.get_column_names().into_iter().map(PlSmallStr::as_str).collect();
        let foreseen = |on: &[_]| -> PolarsResult<u64> {
            let counted = compile::count_joined(on, bring, *once, rows.clone().lazy(), others.clone().lazy(), &columns);
            let counted = counted.collect()?;
            Ok(counted.column(ROWS)?.i64()?.get(0).unwrap_or(0).unsigned_abs())
        };
        // A join by one of the keys alone makes at least as many rows, and numbers are counted faster than texts.
        let is_number = |(left, _): &&(&str, _)| rows.column(left).is_ok_and(|column| column.dtype().is_integer());
        if let Some(number) = on.iter().find(is_number)
            && foreseen(std::slice::from_ref(number))? <= most
        {
            return Ok(None);
        }
        let foreseen = foreseen(on)?;
        Ok((foreseen > most).then(|| Product::new(operation, height, other_height, foreseen)))
    }
}
