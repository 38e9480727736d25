//! A table as the window sees it: how many rows, which columns, and the content of single cells.

use polars::prelude::{AnyValue, DataFrame, DataType, Series};

use crate::domain::{Column, Kind};

/// A table whose cells can be looked at. Cloning is cheap: the columns are shared.
#[derive(Clone, Debug)]
pub struct TableView {
    columns: Vec<(Column, Series)>,
    rows: usize,
}

/// The content of one cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Nothing: the key was absent or null.
    Null,
    /// Text, which may be blank.
    Text(&'a str),
    /// A whole number.
    Integer(i64),
    /// Milliseconds since 1970-01-01 00:00 UTC.
    Time(i64),
    /// A number.
    Float(f64),
}

impl TableView {
    /// The columns of `frame` that `schema` names, in the schema's order; a column that the frame does not have
    /// is left out.
    pub fn new(frame: &DataFrame, schema: &[Column]) -> Self {
        let columns = schema
            .iter()
            .filter_map(|&column| {
                let series = frame.column(column.name).ok()?.as_materialized_series().rechunk();
                Some((column, series))
            })
            .collect();
        Self { columns, rows: frame.height() }
    }

    /// The columns, in order.
    pub fn columns(&self) -> impl ExactSizeIterator<Item = &Column> {
        self.columns.iter().map(|(column, _)| column)
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The content of a cell; null outside of the table.
    pub fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        let Some((column, series)) = self.columns.get(column) else { return Cell::Null };
        match (series.get(row), column.kind) {
            (Ok(AnyValue::String(text)), _) => Cell::Text(text),
            (Ok(AnyValue::Int64(value)), Kind::Time) => Cell::Time(value),
            (Ok(AnyValue::Int64(value)), _) => Cell::Integer(value),
            (Ok(AnyValue::Float64(value)), _) => Cell::Float(value),
            _ => Cell::Null,
        }
    }
}

/// How a kind of column is held in a frame.
pub fn data_type(kind: Kind) -> DataType {
    match kind {
        Kind::Text => DataType::String,
        Kind::Integer | Kind::Time => DataType::Int64,
        Kind::Float => DataType::Float64,
    }
}
