//! Everything there is of one customer or device: consents, devices, and in each table what is left and what was
//! dropped and why.

use std::collections::BTreeSet;

use super::{Follow, Query, select};
use crate::curation::{Cell, Codes, Curation, CurationError, TableView};
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

/// Looks somebody up everywhere. Progress counts tables and steps.
///
/// # Errors
/// When cancelled, or when the engine gives up.
pub fn about(
    follow: &Follow,
    landing: &Landing,
    curation: &Curation,
    progress: &Progress,
) -> Result<About, CurationError> {
    let steps = curation.counts.iter().map(|count| count.steps.len()).sum::<usize>();
    progress.set_total((Table::ALL.len() + steps) as u64);
    let count = |view: &TableView| {
        progress.check()?;
        let rows = rows(follow, view, landing)?.len() as u64;
        progress.advance(1);
        Ok::<_, CurationError>(rows)
    };
    let mut tables = vec![];
    for table in Table::ALL {
        let mut dropped = vec![];
        for (step, counted) in curation.count(table).into_iter().flat_map(|count| count.steps.iter()).enumerate() {
            if counted.dropped > 0 {
                let rows = count(&curation.dropped(table, step, &Progress::default())?)?;
                if rows > 0 {
                    dropped.push((step, counted.reason, rows));
                }
            }
        }
        tables.push(AboutTable { table, rows: count(&curation.view(table))?, dropped });
    }
    let customers = curation.view(Table::landing(Dataset::Customer));
    let (mut consents, mut devices) = (vec![], BTreeSet::new());
    for row in rows(follow, &customers, landing)? {
        let cell = |name: &str| customers.position(name).map_or(Cell::Null, |column| customers.cell(row, column));
        consents.push(
            Purpose::ALL.map(|purpose| if let Cell::Time(at) = cell(purpose.column()) { Some(at) } else { None }),
        );
        if let Cell::Text(serial) = cell("serialnumber") {
            devices.insert(serial.to_owned());
        }
    }
    Ok(About { consents, devices, tables })
}

/// The rows of a table that are theirs; none of a table that says nothing of people and devices.
fn rows(follow: &Follow, view: &TableView, landing: &Landing) -> Result<Vec<usize>, CurationError> {
    let Some(filter) = follow.filter(view.columns(), landing) else { return Ok(vec![]) };
    let query = Query { filters: vec![filter], ..Query::default() };
    let rows = select(view, &query, &Codes::default(), false, &Progress::default())?;
    Ok(rows.iter(view.rows()).collect())
}
