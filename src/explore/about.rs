//! Everything there is of one customer or device: consents, devices, and in each table what is left and what was
//! dropped and why.

use std::collections::BTreeSet;

use super::Follow;
use crate::curation::{Cell, Curation, CurationError};
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

/// Looks somebody up everywhere. Progress counts tables.
///
/// # Errors
/// When cancelled, or when the engine gives up.
pub fn about(
    follow: &Follow,
    landing: &Landing,
    curation: &Curation,
    progress: &Progress,
) -> Result<About, CurationError> {
    progress.set_total(Table::ALL.len() as u64);
    let mut tables = vec![];
    for table in Table::ALL {
        progress.check()?;
        let (rows, dropped) = match curation.count(table) {
            None => (follow.rows(&curation.view(table), landing).len() as u64, vec![]),
            Some(count) => {
                let theirs = follow.rows(&curation.view(count.source), landing);
                let count = curation.count_of(table, &theirs, progress)?;
                let steps = count.steps.iter().enumerate().filter(|(_, step)| step.dropped > 0);
                (count.rows, steps.map(|(place, step)| (place, step.reason, step.dropped)).collect())
            }
        };
        tables.push(AboutTable { table, rows, dropped });
        progress.advance(1);
    }
    let customers = curation.view(Table::landing(Dataset::Customer));
    let (mut consents, mut devices) = (vec![], BTreeSet::new());
    for row in follow.rows(&customers, landing) {
        let position = |name: &str| customers.position(name);
        let cell = |name: &str| position(name).map_or(Cell::Null, |column| customers.cell(row as usize, column));
        consents.push(
            Purpose::ALL.map(|purpose| if let Cell::Time(at) = cell(purpose.column()) { Some(at) } else { None }),
        );
        if let Cell::Text(serial) = cell("serialnumber") {
            devices.insert(serial.to_owned());
        }
    }
    Ok(About { consents, devices, tables })
}
