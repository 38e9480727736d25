//! Everything there is of one customer or device: consents, devices, and in each table what is left and what was
//! dropped and why.

use std::collections::BTreeSet;

use super::Follow;
use crate::curation::{Cell, Curation, CurationError, Trace};
use crate::domain::{Dataset, Progress, Purpose, Reason, Table};
use crate::landing::Landing;

/// What is known of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The consents on each of their records, in the order of [`Purpose::ALL`], in milliseconds since 1970-01-01 UTC.
    pub consents: Vec<[Option<i64>; 3]>,
    /// The serial numbers on their records.
    pub devices: BTreeSet<String>,
    /// What there is of them in each table, in the order of the catalog.
    pub tables: Vec<AboutTable>,
}

/// What there is of somebody in one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AboutTable {
    /// The table.
    pub table: Table,
    /// Their rows in it.
    pub rows: u64,
    /// Their rows that each step of its definition dropped: the step, why, and how many.
    pub dropped: Vec<(usize, Reason, u64)>,
}

impl AboutTable {
    /// A landing table with so many of their rows, and the tables on the way that these took.
    pub fn of(landing: Table, rows: usize, trace: &Trace) -> impl Iterator<Item = Self> {
        let landed = Self { table: landing, rows: rows as u64, dropped: vec![] };
        let derived = trace.counts.iter().map(|count| {
            let steps = count.steps.iter().enumerate().filter(|(_, step)| step.dropped > 0);
            let dropped = steps.map(|(number, step)| (number, step.reason, step.dropped)).collect();
            Self { table: count.table, rows: count.rows, dropped }
        });
        std::iter::once(landed).chain(derived)
    }
}

/// Looks somebody up everywhere. Progress counts data sets.
///
/// # Errors
/// When cancelled, or when the engine gives up.
pub fn about(
    follow: &Follow,
    landing: &Landing,
    curation: &Curation,
    progress: &Progress,
) -> Result<About, CurationError> {
    progress.set_total(Dataset::ALL.len() as u64);
    let mut tables = vec![];
    for dataset in Dataset::ALL {
        progress.check()?;
        let (from, to) = (Table::landing(dataset), last_of(dataset));
        let rows = follow.rows(&curation.view(from), landing);
        let trace = curation.trace(to, &rows, progress)?;
        tables.extend(AboutTable::of(from, rows.len(), &trace));
        progress.advance(1);
    }
    tables.sort_by_key(|about| about.table.index());
    let customers = curation.view(Table::landing(Dataset::Customer));
    let (mut consents, mut devices) = (vec![], BTreeSet::new());
    for row in follow.rows(&customers, landing) {
        let cell =
            |name: &str| customers.position(name).map_or(Cell::Null, |column| customers.cell(row as usize, column));
        consents.push(
            Purpose::ALL.map(|purpose| if let Cell::Time(at) = cell(purpose.column()) { Some(at) } else { None }),
        );
        if let Cell::Text(serial) = cell("serialnumber") {
            devices.insert(serial.to_owned());
        }
    }
    Ok(About { consents, devices, tables })
}

/// The last table that the rows of a data set flow into.
pub fn last_of(dataset: Dataset) -> Table {
    match dataset {
        Dataset::Customer => Table::CustomerCurated,
        Dataset::Accelerometer => Table::AccelerometerTrusted,
        Dataset::StepTrainer => Table::MachineLearningCurated,
    }
}
