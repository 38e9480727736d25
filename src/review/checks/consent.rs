//! Whose readings may be used. Told from the landed customer records and the rows of the tables alone.

use crate::curation::CurationError;
use crate::domain::format::{counted, thousands};
use crate::domain::{CheckId, Table};

use super::Checks;
use super::found::{Found, NotComputed, need, rows_where};
use super::ground::{Ground, NEVER, NOBODY};
use super::keys::are;

const PAIRS: Table = Table::MachineLearningCurated;

pub fn add(ground: &Ground<'_>, checks: &mut Checks<'_>) -> Result<(), CurationError> {
    let has_agreed = |person: u32| ground.consent(person).is_some();
    let device_has_agreed = |device: u32| ground.consent_of_device(device).is_some();
    let (motions, distances) = (&ground.motions_trusted, &ground.distances_trusted);
    let (users, devices) = (&ground.pairs.user, &ground.pairs.distances.device);
    checks.add(CheckId::ConsentOfCustomers, customers(ground));
    let found = without(Table::AccelerometerTrusted, motions.len(), |row| has_agreed(motions.user[row]));
    checks.add(CheckId::ConsentOfMotions, found);
    let found = without(Table::StepTrainerTrusted, distances.len(), |row| device_has_agreed(distances.device[row]));
    checks.add(CheckId::ConsentOfDistances, found);
    ground.progress.check()?;
    checks.add(CheckId::ConsentOfPairedMotions, without(PAIRS, users.len(), |row| has_agreed(users[row])));
    checks.add(CheckId::ConsentOfPairedDistances, without(PAIRS, users.len(), |row| device_has_agreed(devices[row])));
    checks.add(CheckId::ConsentOfSharedDevices, shared(ground));
    checks.add(CheckId::ConsentBeforeReading, before_reading(ground));
    checks.add(CheckId::WithdrawnGone, Ok(withdrawn(ground)));
    checks.add(CheckId::ConsentBeforeRegistration, before_registration(ground));
    checks.add(CheckId::ConsentInFuture, in_future(ground));
    Ok(())
}

/// Rows of a table of somebody who did not agree.
fn without(table: Table, rows: usize, has_agreed: impl Fn(usize) -> bool) -> Result<Found, NotComputed> {
    need(table, rows)?;
    let without = rows_where(rows, |row| !has_agreed(row));
    let words = match without.len() as u64 {
        0 => format!("All of {} are of customers who agreed.", counted(rows as u64, "row")),
        some => format!("{} of somebody without consent.", are(some, "row")),
    };
    Ok(Found::rows(table, without, rows, words))
}

/// Both what stands in the row and what landed with that e-mail address.
fn customers(ground: &Ground<'_>) -> Result<Found, NotComputed> {
    let records = &ground.customers_trusted;
    let counts = |consent: i64| consent != NEVER && ground.recipe.as_of.is_none_or(|latest| consent <= latest);
    without(Table::CustomerTrusted, records.email.len(), |row| {
        counts(records.consent[row]) && ground.consent(records.email[row]).is_some()
    })
}

fn shared(ground: &Ground<'_>) -> Result<Found, NotComputed> {
    let devices = &ground.pairs.distances.device;
    need(PAIRS, devices.len())?;
    let is_open = |row: usize| {
        let owners = ground.owners(devices[row]);
        owners.len() > 1 && owners.iter().any(|person| ground.consent(*person).is_none())
    };
    let rows = rows_where(devices.len(), is_open);
    let words = match rows.len() as u64 {
        0 => "No device in the table is shared with somebody who did not agree.".to_owned(),
        some => format!("{} of devices shared with somebody who did not agree.", are(some, "row")),
    };
    Ok(Found::rows(PAIRS, rows, devices.len(), words))
}

fn before_reading(ground: &Ground<'_>) -> Result<Found, NotComputed> {
    let (users, distances) = (&ground.pairs.user, &ground.pairs.distances);
    need(PAIRS, users.len())?;
    let is_before = |row: usize| {
        let consents = [ground.consent(users[row]), ground.consent_of_device(distances.device[row])];
        consents.into_iter().flatten().any(|consent| distances.at[row] < consent)
    };
    let rows = rows_where(users.len(), is_before);
    let is_asked_for = ground.recipe.consent_date;
    let words = match (rows.len() as u64, is_asked_for) {
        (0, _) => "Everything was recorded after its customers had agreed.".to_owned(),
        (some, true) => format!("{} from before a consent.", are(some, "row")),
        (some, false) => format!("{} from before a consent; the recipe does not ask for its date.", are(some, "row")),
    };
    Ok(Found::rows(PAIRS, rows, users.len(), words).only_odd_if(!is_asked_for))
}

fn withdrawn(ground: &Ground<'_>) -> Found {
    let person = |person: u32| person != NOBODY && ground.is_withdrawn[person as usize];
    let device = |device: u32| device != NOBODY && ground.is_withdrawn_device[device as usize];
    let (motions, distances, pairs) = (&ground.motions_trusted, &ground.distances_trusted, &ground.pairs);
    let mut tables = vec![];
    for records in [&ground.customers_trusted, &ground.customers_curated] {
        tables.push((records.table, rows_where(records.email.len(), |row| person(records.email[row]))));
    }
    tables.push((motions.table, rows_where(motions.len(), |row| person(motions.user[row]))));
    tables.push((distances.table, rows_where(distances.len(), |row| device(distances.device[row]))));
    let paired = |row: usize| person(pairs.user[row]) || device(pairs.distances.device[row]);
    tables.push((PAIRS, rows_where(pairs.len(), paired)));
    let number = tables.iter().map(|(_, rows)| rows.len() as u64).sum();
    let listed = ground.recipe.withdrawn.len() as u64;
    let words = match (number, listed) {
        (0, 0) => "Nobody withdrew.".to_owned(),
        (0, _) => "Nobody of those who withdrew is in any table.".to_owned(),
        _ => format!("{} of somebody who withdrew, in all tables together.", are(number, "row")),
    };
    let found = Found::number(number, "row", words);
    tables.into_iter().fold(found, |found, (table, rows)| found.on(table, rows))
}

fn before_registration(ground: &Ground<'_>) -> Result<Found, NotComputed> {
    let records = &ground.customers;
    need(records.table, records.email.len())?;
    let compared = |row: &usize| records.registration[*row] != NEVER && records.consent[*row] != NEVER;
    let of = (0..records.email.len()).filter(compared).count();
    if of == 0 {
        return Err(NotComputed("No customer record has both a registration date and a consent.".to_owned()));
    }
    let is_before = |row: usize| compared(&row) && records.consent[row] < records.registration[row];
    let rows = rows_where(records.email.len(), is_before);
    let words = match rows.len() as u64 {
        0 => format!("None of {} with both dates agreed before registering.", counted(of as u64, "customer record")),
        some => format!("{} of a customer who agreed before registering.", are(some, "record")),
    };
    Ok(Found::rows(records.table, rows, of, words))
}

fn in_future(ground: &Ground<'_>) -> Result<Found, NotComputed> {
    let records = &ground.customers;
    need(records.table, records.email.len())?;
    let instants = [&ground.motions.at, &ground.distances.at, &records.registration];
    let Some(latest) = instants.into_iter().flatten().copied().filter(|at| *at != NEVER).max() else {
        return Err(NotComputed("There is neither a reading nor a registration date to compare with.".to_owned()));
    };
    let rows = rows_where(records.email.len(), |row| records.consent[row] > latest);
    let words = match rows.len() as u64 {
        0 => "No consent is later than everything else that landed.".to_owned(),
        some => format!("{} later than everything else that landed.", are(some, "consent")),
    };
    let all = records.consent.iter().filter(|consent| **consent != NEVER).count() as u64;
    let figure = format!("{} of {}", thousands(rows.len() as u64), counted(all, "consent"));
    let number = rows.len() as u64;
    Ok(Found::rows(records.table, rows, records.email.len(), words).figured(number, figure))
}
