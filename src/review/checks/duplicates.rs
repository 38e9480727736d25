//! What is there more than once.

use std::collections::BTreeMap;

use crate::curation::CurationError;
use crate::domain::format::{counted, thousands};
use crate::domain::{CheckId, Duplicates, Table};

use super::found::{Found, NotComputed, need};
use super::ground::{Customers, Distances, Ground, Motions};
use super::grouped::Grouped;
use super::hash::{is_doubled, repeats};
use super::keys::are;
use super::{Behind, Checks};

pub fn add(ground: &Ground<'_>, checks: &mut Checks<'_>) -> Result<(), CurationError> {
    let (customers, motions, distances) = (&ground.customers, &ground.motions, &ground.distances);
    checks.add(CheckId::DuplicateCustomers, twice(ground, customers.table, &mut customers.hash.iter().copied()));
    ground.progress.check()?;
    checks.add(CheckId::DuplicateMotions, twice(ground, motions.table, &mut of_motions(motions)));
    ground.progress.check()?;
    checks.add(CheckId::DuplicateDistances, twice(ground, distances.table, &mut of_distances(distances)));
    checks.add(CheckId::ContradictingDistances, contradicting(ground));
    ground.progress.check()?;
    let threshold = checks.threshold(CheckId::MotionsAtOneInstant);
    checks.add(CheckId::MotionsAtOneInstant, at_one_instant(ground, threshold));
    checks.add(CheckId::FilesTwice, Ok(files(ground)));
    ground.progress.check()?;
    checks.add(CheckId::TablesDoubled, Ok(doubled(ground)));
    Ok(())
}

fn of_motions(motions: &Motions) -> impl ExactSizeIterator<Item = u64> {
    (0..motions.len()).map(|row| motions.hash(row))
}

fn of_distances(distances: &Distances) -> impl ExactSizeIterator<Item = u64> {
    (0..distances.len()).map(|row| distances.hash(row))
}

/// Rows that equal an earlier one in every column.
fn twice(
    ground: &Ground<'_>,
    table: Table,
    hashes: &mut dyn ExactSizeIterator<Item = u64>,
) -> Result<Found, NotComputed> {
    let rows = hashes.len();
    need(table, rows)?;
    let repeats = repeats(hashes);
    let what = match ground.recipe.duplicates {
        Duplicates::Keep => "are kept",
        Duplicates::Drop => "are dropped by the recipe",
    };
    let words = match repeats.len() as u64 {
        0 => "No row equals an earlier one.".to_owned(),
        some => format!("{} equal to an earlier one; they {what}.", are(some, "row")),
    };
    Ok(Found::rows(table, repeats, rows, words))
}

fn contradicting(ground: &Ground<'_>) -> Result<Found, NotComputed> {
    let distances = &ground.distances;
    need(distances.table, distances.len())?;
    let grouped = Grouped::new(&distances.device, &distances.at, ground.devices.len());
    let mut rows = vec![];
    for of_device in grouped.all() {
        for instant in of_device.chunk_by(|one, other| distances.at[*one as usize] == distances.at[*other as usize]) {
            let distance = |row: &u32| distances.distance[*row as usize];
            if instant.iter().any(|row| distance(row) != distance(&instant[0])) {
                rows.extend(instant);
            }
        }
    }
    rows.sort_unstable();
    let words = match rows.len() as u64 {
        0 => "No device sent two distances at one instant.".to_owned(),
        some => format!("{} at an instant with another distance of the same device.", are(some, "distance")),
    };
    Ok(Found::rows(distances.table, rows, distances.len(), words))
}

fn at_one_instant(ground: &Ground<'_>, threshold: u64) -> Result<Found, NotComputed> {
    let motions = &ground.motions;
    need(motions.table, motions.len())?;
    let grouped = Grouped::new(&motions.user, &motions.at, ground.people.len());
    let (mut rows, mut most) = (vec![], 0);
    for of_user in grouped.all() {
        for instant in of_user.chunk_by(|one, other| motions.at[*one as usize] == motions.at[*other as usize]) {
            let motions = instant.len() as u64;
            most = most.max(motions);
            if motions > threshold {
                rows.extend(instant);
            }
        }
    }
    rows.sort_unstable();
    let words = format!("One user has up to {} at one instant.", counted(most, "motion"));
    Ok(Found::number(most, "motion", words).on(motions.table, rows))
}

/// Empty files are equal and hold nothing.
fn files(ground: &Ground<'_>) -> Found {
    let mut first = BTreeMap::new();
    let mut again = vec![];
    for (place, file) in (0..).zip(&ground.landing.files) {
        if file.bytes > 0 && !file.sha256.is_empty() && first.insert(&file.sha256, place).is_some() {
            again.push(place);
        }
    }
    let number = again.len() as u64;
    let is_dropped = ground.recipe.duplicates == Duplicates::Drop;
    let words = match number {
        0 => "No two files have the same content.".to_owned(),
        _ if is_dropped => format!("{} delivered again; the recipe drops what is in them twice.", are(number, "file")),
        _ => format!("{} delivered again, and counted again.", are(number, "file")),
    };
    let figure = format!("{} of {}", thousands(number), counted(ground.landing.files.len() as u64, "file"));
    let behind = (number > 0).then(|| Behind::Files(again.into()));
    Found::number(number, "file", words).figured(number, figure).behind(behind).only_odd_if(is_dropped)
}

/// A landing table whose repetitions the recipe drops does not count.
fn doubled(ground: &Ground<'_>) -> Found {
    let of_records = |records: &Customers| (records.table, is_doubled(records.hash.iter().copied()));
    let mut tables = vec![
        of_records(&ground.customers_trusted),
        (Table::AccelerometerTrusted, is_doubled(of_motions(&ground.motions_trusted))),
        (Table::StepTrainerTrusted, is_doubled(of_distances(&ground.distances_trusted))),
        of_records(&ground.customers_curated),
        (Table::MachineLearningCurated, is_doubled((0..ground.pairs.len()).map(|row| ground.pairs.hash(row)))),
    ];
    if ground.recipe.duplicates == Duplicates::Keep {
        tables.push(of_records(&ground.customers));
        tables.push((Table::AccelerometerLanding, is_doubled(of_motions(&ground.motions))));
        tables.push((Table::StepTrainerLanding, is_doubled(of_distances(&ground.distances))));
    }
    let mut doubled: Vec<Table> = tables.into_iter().filter(|(_, is)| *is).map(|(table, _)| table).collect();
    doubled.sort_unstable();
    let words = if doubled.is_empty() {
        "No table has every row twice.".to_owned()
    } else {
        let names: Vec<&str> = doubled.iter().map(|table| table.name()).collect();
        format!("Every row is there at least twice in {}.", names.join(", "))
    };
    Found::number(doubled.len() as u64, "table", words).behind(doubled.into_iter().map(Behind::Table))
}
