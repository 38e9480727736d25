//! A table as the window sees it: how many rows, which columns, and the content of single cells.

use std::ops::RangeInclusive;
use std::sync::Arc;

use polars::prelude::{
    BooleanChunked, ChunkCompareEq as _, ChunkCompareIneq as _, DataFrame, DataType, Float64Chunked, Int64Chunked,
    StringChunked, UInt32Chunked,
};

use crate::domain::{Column, Dataset, Kind};
use crate::landing::{Dictionaries, Dictionary, Landing};

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
    /// Numbers of the texts that are meant.
    Numbered(UInt32Chunked, Arc<Dictionary>),
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

impl<'a> Cell<'a> {
    /// A number or instant; NaN for everything else. Milliseconds since 1970 are exact as a floating-point number for
    /// far longer than there are calendars.
    pub fn number(self) -> f64 {
        match self {
            Self::Integer(number) | Self::Time(number) => number as f64,
            Self::Float(number) => number,
            Self::Null | Self::Text(_) => f64::NAN,
        }
    }

    /// A text, if it is one.
    pub fn text(self) -> Option<&'a str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// An instant, if it is one, in milliseconds since 1970-01-01 00:00 UTC.
    pub fn time(self) -> Option<i64> {
        if let Self::Time(at) = self { Some(at) } else { None }
    }
}

impl TableView {
    /// The columns of `frame` that `schema` names, in the schema's order; a column that the frame does not have
    /// is left out.
    pub fn new(frame: &DataFrame, schema: &[Column]) -> Self {
        Self::numbered(frame, schema, &Dictionaries::default())
    }

    /// The same of a frame with numbers for the texts that stand for people and devices.
    pub fn numbered(frame: &DataFrame, schema: &[Column], dictionaries: &Dictionaries) -> Self {
        let columns = schema
            .iter()
            .filter_map(|&column| {
                let series = frame.column(column.name).ok()?.as_materialized_series().rechunk();
                let values = match (column.kind, dictionaries.of(&column)) {
                    (Kind::Text, Some(dictionary)) if series.dtype() == &DataType::UInt32 => {
                        Values::Numbered(series.u32().ok()?.clone(), Arc::clone(dictionary))
                    }
                    (Kind::Text, _) => Values::Text(series.str().ok()?.clone()),
                    (Kind::Integer | Kind::Time, _) => Values::Integer(series.i64().ok()?.clone()),
                    (Kind::Float, _) => Values::Float(series.f64().ok()?.clone()),
                };
                Some((column, values))
            })
            .collect();
        Self { columns, rows: frame.height() }
    }

    /// A data set as it landed.
    pub fn landed(landing: &Landing, dataset: Dataset) -> Self {
        Self::numbered(landing.numbered(dataset), dataset.schema(), landing.dictionaries())
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
            Values::Numbered(values, dictionary) => {
                values.get(row).and_then(|number| dictionary.get(number)).map_or(Cell::Null, Cell::Text)
            }
            Values::Float(values) => values.get(row).map_or(Cell::Null, Cell::Float),
            Values::Integer(values) if column.kind == Kind::Time => values.get(row).map_or(Cell::Null, Cell::Time),
            Values::Integer(values) => values.get(row).map_or(Cell::Null, Cell::Integer),
        }
    }

    /// The content of a cell in a column with this name; null where there is none.
    pub fn cell_of(&self, row: u32, name: &str) -> Cell<'_> {
        self.position(name).map_or(Cell::Null, |column| self.cell(row as usize, column))
    }

    /// The numbers of the rows in which a column holds this text, in order.
    pub fn rows_with(&self, name: &str, text: &str) -> Vec<u32> {
        match self.values(name) {
            Some(Values::Text(values)) => numbers(&values.equal(text)),
            Some(Values::Numbered(values, dictionary)) => {
                dictionary.number(text).map(|number| numbers(&values.equal(number))).unwrap_or_default()
            }
            _ => vec![],
        }
    }

    /// The numbers of the rows in which a column holds a whole number or an instant in a range, in order.
    pub fn rows_within(&self, name: &str, range: RangeInclusive<i64>) -> Vec<u32> {
        match self.values(name) {
            Some(Values::Integer(values)) => numbers(&(values.gt_eq(*range.start()) & values.lt_eq(*range.end()))),
            _ => vec![],
        }
    }

    /// The numbers that stand for the texts of a column, where it is held so.
    pub fn numbers(&self, column: usize) -> Option<(&UInt32Chunked, &Dictionary)> {
        match &self.columns.get(column)?.1 {
            Values::Numbered(values, dictionary) => Some((values, dictionary)),
            Values::Text(_) | Values::Integer(_) | Values::Float(_) => None,
        }
    }

    fn values(&self, name: &str) -> Option<&Values> {
        self.columns.iter().find(|(column, _)| column.name == name).map(|(_, values)| values)
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

/// The places of what is true.
fn numbers(is_true: &BooleanChunked) -> Vec<u32> {
    let mut numbers = vec![];
    let mut before = 0;
    for part in is_true.downcast_iter() {
        let bits = part.validity().map_or_else(|| part.values().clone(), |is_known| part.values() & is_known);
        numbers.extend(bits.true_idx_iter().map(|place| before + place as u32));
        before += part.len() as u32;
    }
    numbers
}
