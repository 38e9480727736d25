//! Parquet: typed already, but by somebody else; every value goes through the same rules as one from JSON.

use std::borrow::Cow;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use polars::prelude::*;

use super::LandingError;
use super::columns::{Columns, same_key};
use super::file::Place;
use super::input::most_unpacked;
use super::parquet_bounds;
use super::value::Value;
use crate::domain::{Dataset, Kind, Progress};

/// The table in the file.
///
/// # Errors
/// When it is damaged, unpacks to far more than its size, or uses what this program does not read.
pub fn open(mut bytes: Vec<u8>) -> PolarsResult<DataFrame> {
    let most = most_unpacked(bytes.len() as u64);
    parquet_bounds::check(&bytes).map_err(|error| polars_err!(ComputeError: "{error}"))?;
    parquet_bounds::forget_arrow_schema(&mut bytes);
    unless_damaged(|| {
        let frame = ParquetReader::new(Cursor::new(bytes)).finish()?;
        // One long text may stand in every row and be in the file once.
        let texts = frame.columns().iter().filter_map(|column| column.as_materialized_series().str().ok());
        let length = texts.flat_map(|texts| texts.iter().flatten()).fold(0, |sum: u64, text| sum + text.len() as u64);
        polars_ensure!(length <= most, ComputeError: "its texts are far longer than its size; it was not read");
        Ok(frame)
    })
}

/// Reads with the library, which panics at some damage.
///
/// # Errors
/// As of reading, and when it panics.
pub fn unless_damaged(read: impl FnOnce() -> PolarsResult<DataFrame>) -> PolarsResult<DataFrame> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(polars_err!(ComputeError: "it is damaged")))
}

/// Reads all rows; each is a record, and its row number stands for its offset.
///
/// # Errors
/// When cancelled.
pub fn read(
    frame: &DataFrame,
    dataset: Dataset,
    columns: &mut Columns<'_>,
    progress: &Progress,
) -> Result<Vec<Place>, LandingError> {
    let sources: Vec<(String, Series)> = frame
        .columns()
        .iter()
        .map(|source| {
            let name = source.name().to_string();
            let kind = dataset.schema().iter().find(|column| same_key(column.name, &name)).map(|column| column.kind);
            (name, readable(source.as_materialized_series(), kind))
        })
        .collect();
    let mut refused = vec![];
    for row in 0..frame.height() {
        columns.begin();
        for (name, series) in &sources {
            columns.member(name, value(series, row));
        }
        if let Err(reason) = columns.commit() {
            refused.push(Place { offset: row as u64, length: 0, reason });
        }
        progress.check()?;
    }
    Ok(refused)
}

/// The same values as text, 64-bit integers or floats; what cannot be had as those stays, and is refused later.
fn readable(series: &Series, kind: Option<Kind>) -> Series {
    let wanted = match (series.dtype(), kind) {
        (DataType::Datetime(TimeUnit::Milliseconds, _), _) => DataType::Int64,
        (DataType::Datetime(unit, _), _) => {
            let to_milliseconds = match unit {
                TimeUnit::Nanoseconds => 1_000_000,
                TimeUnit::Microseconds => 1000,
                TimeUnit::Milliseconds => 1,
            };
            return series.cast(&DataType::Int64).map_or_else(|_| series.clone(), |time| time / to_milliseconds);
        }
        (DataType::Date, Some(Kind::Text)) => DataType::String,
        (dtype, _) if dtype.is_integer() => DataType::Int64,
        (dtype, _) if dtype.is_float() => DataType::Float64,
        (DataType::String, _) => return series.clone(),
        (DataType::Categorical(..) | DataType::Enum(..), _) => DataType::String,
        _ => return series.clone(),
    };
    series.strict_cast(&wanted).unwrap_or_else(|_| series.clone())
}

fn value(series: &Series, row: usize) -> Value<'static> {
    match series.get(row) {
        Ok(AnyValue::Null) | Err(_) => Value::Null,
        Ok(AnyValue::String(text)) => Value::Text(Cow::Owned(text.to_owned())),
        Ok(AnyValue::StringOwned(text)) => Value::Text(Cow::Owned(text.to_string())),
        Ok(AnyValue::Int64(number)) => Value::Integer(number),
        Ok(AnyValue::Float64(number)) => Value::Float(number),
        Ok(_) => Value::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_of_parquet_alone_says_what_the_columns_are() {
        let mut rows =
            df!("user" => ["a", "b"], "timestamp" => [1_i64, 2], "x" => [0.5, -0.0], "n" => [1_u32, 2]).unwrap();
        let at = rows.column("timestamp").unwrap().cast(&DataType::Datetime(TimeUnit::Milliseconds, None)).unwrap();
        rows.with_column(at.with_name("at".into())).unwrap();
        let mut bytes = vec![];
        ParquetWriter::new(&mut bytes).finish(&mut rows).unwrap();
        let key = b"ARROW:schema";
        assert!(memchr::memmem::find(&bytes, key).is_some(), "the library puts it there");
        assert!(open(bytes.clone()).unwrap().equals_missing(&rows));
        parquet_bounds::forget_arrow_schema(&mut bytes);
        assert!(memchr::memmem::find(&bytes, key).is_none());
    }
}
