//! Keys that should be unique, and values that should be there.

use polars::prelude::Column;

use crate::curation::CurationError;
use crate::domain::format::{counted, thousands};
use crate::domain::{CheckId, Dataset, Table};

use super::Checks;
use super::found::{Found, NotComputed, need, rows_where};
use super::ground::{Ground, NOBODY};

const TABLE: Table = Table::CustomerLanding;

pub fn add(ground: &Ground<'_>, checks: &mut Checks<'_>) -> Result<(), CurationError> {
    let records = ground.customers.email.len();
    let needed = || need(TABLE, records);
    checks.add(CheckId::EmailsUnique, needed().map(|()| emails(ground)));
    checks.add(CheckId::SerialNumbersUnique, needed().and_then(|()| serials(ground)));
    checks.add(CheckId::SerialNumbersPresent, needed().map(|()| present(ground)));
    let gaps = gaps(ground).map_err(|error| CurationError::Engine { table: TABLE, error })?;
    checks.add(CheckId::ValuesPresent, needed().map(|()| gaps));
    Ok(())
}

fn emails(ground: &Ground<'_>) -> Found {
    let mut records = vec![0_u32; ground.people.len()];
    let known = || ground.customers.email.iter().filter(|person| **person != NOBODY);
    known().for_each(|person| records[*person as usize] += 1);
    let is_shared = |person: u32| person != NOBODY && records[person as usize] > 1;
    let rows = rows_where(ground.customers.email.len(), |row| is_shared(ground.customers.email[row]));
    let shared = records.iter().filter(|records| **records > 1).count() as u64;
    let most = records.iter().max().copied().unwrap_or_default();
    let words = match shared {
        0 => "Every customer record has an e-mail address of its own.".to_owned(),
        _ => format!("{} on several records, one of them on {most}.", are(shared, "e-mail address")),
    };
    Found::number(shared, "e-mail address", words).figured(shared, words_of(shared, "e-mail address")).on(TABLE, rows)
}

fn serials(ground: &Ground<'_>) -> Result<Found, NotComputed> {
    if ground.customers.serial.iter().all(|device| *device == NOBODY) {
        return Err(NotComputed("No customer record has a serial number.".to_owned()));
    }
    let is_shared = |device: u32| ground.carriers(device).len() > 1;
    let rows = rows_where(ground.customers.serial.len(), |row| is_shared(ground.customers.serial[row]));
    let shared = ground.carriers.iter().filter(|carriers| carriers.len() > 1).count() as u64;
    let most = ground.carriers.iter().map(Vec::len).max().unwrap_or_default() as u64;
    let words = match shared {
        0 => "No serial number stands on the records of two customers.".to_owned(),
        _ => format!("{} shared, one of them by {}.", are(shared, "serial number"), counted(most, "customer")),
    };
    Ok(Found::number(shared, "serial number", words).on(TABLE, rows))
}

fn present(ground: &Ground<'_>) -> Found {
    let serials = &ground.customers.serial;
    let rows = rows_where(serials.len(), |row| serials[row] == NOBODY);
    let words = match rows.len() as u64 {
        0 => "Every customer record has a serial number.".to_owned(),
        some => format!("{} without a serial number.", are(some, "customer record")),
    };
    Found::rows(TABLE, rows, serials.len(), words)
}

/// Null or blank in any column that is neither a key nor a consent.
fn gaps(ground: &Ground<'_>) -> polars::prelude::PolarsResult<Found> {
    let frame = ground.landing.frame(Dataset::Customer);
    let mut has_gap = vec![false; frame.height()];
    let mut columns = vec![];
    let is_looked_at = |column: &&crate::domain::Column| !column.required && !column.consent;
    for column in Dataset::Customer.schema().iter().filter(is_looked_at).filter(|column| column.name != "serialnumber")
    {
        let is_gap = gaps_of(frame.column(column.name)?)?;
        if is_gap.contains(&true) {
            columns.push(column.name);
        }
        has_gap.iter_mut().zip(is_gap).for_each(|(gap, is_gap)| *gap |= is_gap);
    }
    let rows = rows_where(has_gap.len(), |row| has_gap[row]);
    let words = if columns.is_empty() {
        "Every customer record has a name, phone, birthday, registration and last update.".to_owned()
    } else {
        format!("{} a value in {}.", lack(rows.len() as u64), columns.join(", "))
    };
    Ok(Found::rows(TABLE, rows, has_gap.len(), words))
}

fn gaps_of(column: &Column) -> polars::prelude::PolarsResult<Vec<bool>> {
    Ok(match column.str() {
        Ok(texts) => texts.iter().map(|text| text.is_none_or(|text| text.trim().is_empty())).collect(),
        Err(_) => column.i64()?.iter().map(|number| number.is_none()).collect(),
    })
}

fn words_of(number: u64, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{} {one}es", thousands(number)) }
}

/// `1 record is`, `2 records are`.
pub fn are(number: u64, one: &str) -> String {
    match (number, one.ends_with("ss")) {
        (1, _) => format!("1 {one} is"),
        (_, true) => format!("{} {one}es are", thousands(number)),
        (_, false) => format!("{} {one}s are", thousands(number)),
    }
}

fn lack(records: u64) -> String {
    if records == 1 {
        "1 customer record lacks".to_owned()
    } else {
        format!("{} customer records lack", thousands(records))
    }
}
