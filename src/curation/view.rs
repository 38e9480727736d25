//! A table as the window sees it: how many rows, which columns, and the content of single cells.

use polars::prelude::{ChunkCompareEq as _, DataFrame, DataType, Float64Chunked, Int64Chunked, StringChunked};

use crate::domain::{Column, Kind};

/// A table whose cells can be looked at. Cloning is cheap: the columns are shared.
#[derive(Clone, Debug)]
pub struct TableView {
    columns: Vec<(Column, Values)>,
    rows: usize,
}

/// A column's values, in one piece, so that a cell is one look-up away.
#[derive(Clone, Debug)]
enum Values {
    Text(StringChunked),
    Integer(Int64Chunked),
    Float(Float64Chunked),
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

impl Cell<'_> {
    /// A number or instant; NaN for everything else. Milliseconds since 1970 are exact as a floating-point number for far
    /// longer than there are calendars.
    pub fn number(self) -> f64 {
        match self {
            Self::Integer(number) | Self::Time(number) => number as f64,
            Self::Float(number) => number,
            Self::Null | Self::Text(_) => f64::NAN,
        }
    }
}

impl TableView {
    /// The columns of `frame` that `schema` names, in the schema's order; a column that the frame does not have
    /// is left out.
    pub fn new(frame: &DataFrame, schema: &[Column]) -> Self {
        let columns = schema
            .iter()
            .filter_map(|&column| {
                let series = frame.column(column.name).ok()?.as_materialized_series().rechunk();
                let values = match column.kind {
                    Kind::Text => Values::Text(series.str().ok()?.clone()),
                    Kind::Integer | Kind::Time => Values::Integer(series.i64().ok()?.clone()),
                    Kind::Float => Values::Float(series.f64().ok()?.clone()),
                };
                Some((column, values))
            })
            .collect();
        Self { columns, rows: frame.height() }
    }

    /// The columns, in order.
    pub fn columns(&self) -> impl ExactSizeIterator<Item = &Column> + Clone {
        self.columns.iter().map(|(column, _)| column)
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The content of a cell; null outside of the table.
    pub fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        let Some((column, values)) = self.columns.get(column) else { return Cell::Null };
        if row >= self.rows {
            return Cell::Null;
        }
        match values {
            Values::Text(values) => values.get(row).map_or(Cell::Null, Cell::Text),
            Values::Float(values) => values.get(row).map_or(Cell::Null, Cell::Float),
            Values::Integer(values) if column.kind == Kind::Time => values.get(row).map_or(Cell::Null, Cell::Time),
            Values::Integer(values) => values.get(row).map_or(Cell::Null, Cell::Integer),
        }
    }

    /// The numbers of the rows in which a column holds this text, in order.
    pub fn rows_with(&self, name: &str, text: &str) -> Vec<u32> {
        let column = self.position(name).and_then(|position| self.columns.get(position));
        let Some((_, Values::Text(values))) = column else { return vec![] };
        let is_equal = values.equal(text);
        (0..).zip(is_equal.iter()).filter(|(_, is_equal)| *is_equal == Some(true)).map(|(row, _)| row).collect()
    }

    /// A column by its position.
    pub fn column(&self, position: usize) -> Option<&Column> {
        self.columns.get(position).map(|(column, _)| column)
    }

    /// The position of a column by its name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|(column, _)| column.name == name)
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
