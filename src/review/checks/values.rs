//! Values that cannot be right, and keys and columns.

use polars::prelude::{Column, PolarsResult};

use crate::curation::CurationError;
use crate::domain::format::{counted, thousands};
use crate::domain::{CheckId, Dataset, Table};
use crate::landing::RefusedReason;

use super::found::{Found, NotComputed, need, rows_where};
use super::ground::Ground;
use super::grouped::Grouped;
use super::keys::are;
use super::{Behind, Checks};

pub fn add(ground: &Ground<'_>, checks: &mut Checks<'_>) -> Result<(), CurationError> {
    let (motions, distances) = (&ground.motions, &ground.distances);
    let moved = || need(motions.table, motions.len());
    let measured = || need(distances.table, distances.len());
    let threshold = checks.threshold(CheckId::MotionsStuck);
    let found = moved().map(|()| {
        let grouped = Grouped::new(&motions.user, &motions.at, ground.people.len());
        let values = |row: u32| motions.axes.each_ref().map(|axis| axis[row as usize].to_bits());
        stuck(motions.table, &grouped, values, threshold, "motion")
    });
    checks.add(CheckId::MotionsStuck, found);
    ground.progress.check()?;
    let threshold = checks.threshold(CheckId::DistancesStuck);
    let found = measured().map(|()| {
        let grouped = Grouped::new(&distances.device, &distances.at, ground.devices.len());
        stuck(distances.table, &grouped, |row| distances.distance[row as usize], threshold, "distance")
    });
    checks.add(CheckId::DistancesStuck, found);
    let threshold = checks.threshold(CheckId::MotionsOutOfRange);
    let found = moved().map(|()| {
        let largest = |row: usize| motions.axes.iter().map(|axis| axis[row].abs().ceil() as u64).max().unwrap_or(0);
        range(motions.table, motions.len(), largest, threshold, "acceleration")
    });
    checks.add(CheckId::MotionsOutOfRange, found);
    let threshold = checks.threshold(CheckId::DistancesOutOfRange);
    let found = measured().map(|()| {
        let largest = |row: usize| distances.distance[row].max(0).unsigned_abs();
        range(distances.table, distances.len(), largest, threshold, "distance")
    });
    checks.add(CheckId::DistancesOutOfRange, found);
    checks.add(CheckId::DistancesNegative, measured().map(|()| negative(ground)));
    checks.add(CheckId::ValuesNotFinite, Ok(not_finite(ground)));
    ground.progress.check()?;
    checks.add(CheckId::UnknownKeys, Ok(unknown_keys(ground)));
    let (null, constant) = columns(ground)?;
    checks.add(CheckId::ColumnsNull, null);
    checks.add(CheckId::ColumnsConstant, constant);
    Ok(())
}

/// Runs of equal values, by time.
fn stuck<T: PartialEq>(table: Table, grouped: &Grouped, value: impl Fn(u32) -> T, threshold: u64, one: &str) -> Found {
    let (mut longest, mut rows) = (0, vec![]);
    for readings in grouped.all() {
        for run in readings.chunk_by(|one, other| value(*one) == value(*other)) {
            longest = longest.max(run.len() as u64);
            if run.len() as u64 > threshold {
                rows.extend(run);
            }
        }
    }
    rows.sort_unstable();
    let words = format!("The longest run of equal values has {}.", counted(longest, one));
    Found::number(longest, one, words).on(table, rows)
}

fn range(table: Table, rows: usize, largest: impl Fn(usize) -> u64, threshold: u64, what: &str) -> Found {
    let most = (0..rows).map(&largest).max().unwrap_or_default();
    let beyond = rows_where(rows, |row| largest(row) > threshold);
    let words = match beyond.len() as u64 {
        0 => format!("The largest {what} is {}.", thousands(most)),
        some => format!("The largest {what} is {}; {} beyond the threshold.", thousands(most), are(some, "row")),
    };
    Found::number(most, "", words).figured(most, thousands(most)).on(table, beyond)
}

fn negative(ground: &Ground<'_>) -> Found {
    let distances = &ground.distances;
    let rows = rows_where(distances.len(), |row| distances.distance[row] < 0);
    let words = match rows.len() as u64 {
        0 => "No distance is negative.".to_owned(),
        some => format!("{} negative.", are(some, "distance")),
    };
    Found::rows(distances.table, rows, distances.len(), words)
}

fn not_finite(ground: &Ground<'_>) -> Found {
    let is_it = |reason: RefusedReason| matches!(reason, RefusedReason::NotFinite(_));
    let listed = (0..).zip(&ground.landing.refused);
    let refused: Vec<u32> = listed.filter(|(_, refused)| is_it(refused.reason)).map(|(place, _)| place).collect();
    let rows_of =
        |axes: &[Vec<f64>; 3]| rows_where(axes[0].len(), |row| axes.iter().any(|axis| !axis[row].is_finite()));
    let tables = [
        (ground.motions.table, rows_of(&ground.motions.axes)),
        (ground.motions_trusted.table, rows_of(&ground.motions_trusted.axes)),
        (Table::MachineLearningCurated, rows_of(&ground.pairs.axes)),
    ];
    let there: u64 = tables.iter().map(|(_, rows)| rows.len() as u64).sum();
    let words = match (there, refused.len() as u64) {
        (0, 0) => "Every value is a finite number.".to_owned(),
        (there, refused) => format!(
            "{} refused for a value that is no finite number, and {} in the tables.",
            if refused == 1 { "1 record was".to_owned() } else { format!("{} records were", thousands(refused)) },
            are(there, "row")
        ),
    };
    let found = Found::number(there + refused.len() as u64, "record", words);
    let found = tables.into_iter().fold(found, |found, (table, rows)| found.on(table, rows));
    found.behind((!refused.is_empty()).then(|| Behind::Refused(refused.into())))
}

/// What the reader counted of keys that no schema has. Their spelling is not repeated: it may be anything.
fn unknown_keys(ground: &Ground<'_>) -> Found {
    let keys = &ground.landing.census.unknown_keys;
    let of = |dataset: &Dataset| keys.keys().any(|(other, _)| other == dataset);
    let datasets: Vec<Dataset> = Dataset::ALL.into_iter().filter(of).collect();
    let words = if keys.is_empty() {
        "Every key is known.".to_owned()
    } else {
        let names: Vec<&str> = datasets.iter().map(|dataset| dataset.name()).collect();
        format!("{} unknown, in {}.", are(keys.len() as u64, "key"), names.join(", "))
    };
    let tables = datasets.into_iter().map(|dataset| Behind::Table(Table::landing(dataset)));
    Found::number(keys.len() as u64, "key", words).behind(tables)
}

/// Columns that are null in every row, and columns with one value in every row.
type Columns = (Result<Found, NotComputed>, Result<Found, NotComputed>);

fn columns(ground: &Ground<'_>) -> Result<Columns, CurationError> {
    let (mut null, mut constant) = (vec![], vec![]);
    let (mut looked_at, mut compared) = (0_u64, 0_u64);
    for dataset in Dataset::ALL {
        let table = Table::landing(dataset);
        let frame = ground.landing.frame(dataset);
        for column in dataset.schema().iter().filter(|_| frame.height() > 0) {
            ground.progress.check()?;
            let name = column.name;
            let failed = |error| CurationError::Engine { table, error };
            let column = frame.column(name).map_err(failed)?;
            looked_at += 1;
            compared += u64::from(frame.height() > 1);
            if column.null_count() == frame.height() {
                null.push((table, name));
            } else if frame.height() > 1 && is_constant(column).map_err(failed)? {
                constant.push((table, name));
            }
        }
    }
    let found = |columns: Vec<(Table, &str)>, of: u64, nothing: &str, something: &str, too_few: &str| {
        if of == 0 {
            return Err(NotComputed(too_few.to_owned()));
        }
        let number = columns.len() as u64;
        let names: Vec<String> = columns.iter().map(|(table, name)| format!("{}.{name}", table.name())).collect();
        let words = if number == 0 { nothing.to_owned() } else { format!("{something}: {}.", names.join(", ")) };
        let mut tables: Vec<Table> = columns.iter().map(|(table, _)| *table).collect();
        tables.dedup();
        let figure = format!("{} of {}", thousands(number), counted(of, "column"));
        let found = Found::number(number, "column", words).figured(number, figure);
        Ok(found.behind(tables.into_iter().map(Behind::Table)))
    };
    let null = found(null, looked_at, "Every column has values.", "Without any value", "No table has a row.");
    let constant = found(
        constant,
        compared,
        "Every column has more than one value.",
        "With the same value in every row",
        "No table has two rows to compare.",
    );
    Ok((null, constant))
}

fn is_constant(column: &Column) -> PolarsResult<bool> {
    if let Ok(texts) = column.str() {
        let first = texts.get(0);
        return Ok(texts.iter().all(|text| text == first));
    }
    if let Ok(numbers) = column.f64() {
        let first = numbers.get(0);
        return Ok(numbers.iter().all(|number| number == first));
    }
    let numbers = column.i64()?;
    let first = numbers.get(0);
    Ok(numbers.iter().all(|number| number == first))
}
