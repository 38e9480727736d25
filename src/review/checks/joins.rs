//! What the joins match, multiply and mix up.

use polars::prelude::{PlHashMap, PlHashSet};

use crate::curation::CurationError;
use crate::domain::format::{counted, thousands};
use crate::domain::{CheckId, Table};

use super::Checks;
use super::found::{Found, NotComputed, need, rows_where};
use super::ground::{Ground, NOBODY};
use super::hash::of_row;
use super::keys::are;

pub fn add(ground: &Ground<'_>, checks: &mut Checks<'_>) -> Result<(), CurationError> {
    let customers = || need(Table::CustomerLanding, ground.customers.email.len());
    let motions = || need(Table::AccelerometerLanding, ground.motions.len());
    let distances = || need(Table::StepTrainerLanding, ground.distances.len());
    let both = || customers().and_then(|()| motions());
    checks.add(CheckId::MotionsWithoutCustomer, both().map(|()| motions_without_customer(ground)));
    checks.add(CheckId::CustomersWithoutMotions, both().map(|()| customers_without_motions(ground)));
    let both = || customers().and_then(|()| distances());
    checks.add(CheckId::DistancesWithoutCustomer, both().map(|()| distances_without_customer(ground)));
    checks.add(CheckId::CustomersWithoutDistances, both().map(|()| customers_without_distances(ground)));
    ground.progress.check()?;
    let trusted = || need(Table::StepTrainerTrusted, ground.distances_trusted.len());
    checks.add(CheckId::DistancesWithoutMotion, trusted().map(|()| distances_without_motion(ground)));
    let trusted = || need(Table::AccelerometerTrusted, ground.motions_trusted.len());
    checks.add(CheckId::MotionsWithoutDistance, trusted().map(|()| motions_without_distance(ground)));
    ground.progress.check()?;
    let pairs = || need(PAIRS, ground.pairs.len());
    let threshold = checks.threshold(CheckId::FanOut);
    checks.add(CheckId::FanOut, pairs().map(|()| fan_out(ground, threshold)));
    checks.add(CheckId::ForeignPairs, pairs().and_then(|()| foreign(ground)));
    checks.add(CheckId::UnknownOwnerPairs, pairs().map(|()| unknown(ground)));
    Ok(())
}

const PAIRS: Table = Table::MachineLearningCurated;

fn motions_without_customer(ground: &Ground<'_>) -> Found {
    let mut is_known = vec![false; ground.people.len()];
    for person in ground.customers.email.iter().filter(|person| **person != NOBODY) {
        is_known[*person as usize] = true;
    }
    let users = &ground.motions.user;
    let rows = rows_where(users.len(), |row| users[row] == NOBODY || !is_known[users[row] as usize]);
    let words = match different(rows.iter().map(|row| users[*row as usize])) {
        0 => "Every user of a motion is on a customer record.".to_owned(),
        users => format!("{} on no customer record.", are(users, "user")),
    };
    Found::rows(Table::AccelerometerLanding, rows, users.len(), words)
}

fn customers_without_motions(ground: &Ground<'_>) -> Found {
    let mut has_motions = vec![false; ground.people.len()];
    for user in ground.motions.user.iter().filter(|user| **user != NOBODY) {
        has_motions[*user as usize] = true;
    }
    let emails = &ground.customers.email;
    let rows = rows_where(emails.len(), |row| emails[row] == NOBODY || !has_motions[emails[row] as usize]);
    let words = match rows.len() as u64 {
        0 => "Every customer has motions.".to_owned(),
        some => format!("{} without motions.", are(some, "customer record")),
    };
    Found::rows(Table::CustomerLanding, rows, emails.len(), words)
}

fn distances_without_customer(ground: &Ground<'_>) -> Found {
    let devices = &ground.distances.device;
    let rows = rows_where(devices.len(), |row| ground.carriers(devices[row]).is_empty());
    let words = match different(rows.iter().map(|row| devices[*row as usize])) {
        0 => "Every device is on a customer record.".to_owned(),
        devices => format!("{} on no customer record.", are(devices, "device")),
    };
    Found::rows(Table::StepTrainerLanding, rows, devices.len(), words)
}

fn customers_without_distances(ground: &Ground<'_>) -> Found {
    let mut has_distances = vec![false; ground.devices.len()];
    for device in ground.distances.device.iter().filter(|device| **device != NOBODY) {
        has_distances[*device as usize] = true;
    }
    let serials = &ground.customers.serial;
    let rows = rows_where(serials.len(), |row| serials[row] != NOBODY && !has_distances[serials[row] as usize]);
    let words = match rows.len() as u64 {
        0 => "Every serial number on a customer record has distances.".to_owned(),
        some => format!("{} without distances.", are(some, "customer record")),
    };
    Found::rows(Table::CustomerLanding, rows, serials.len(), words)
}

fn distances_without_motion(ground: &Ground<'_>) -> Found {
    let joined: PlHashSet<u64> = (0..ground.pairs.len()).map(|row| ground.pairs.distances.hash(row)).collect();
    let distances = &ground.distances_trusted;
    let rows = rows_where(distances.len(), |row| !joined.contains(&distances.hash(row)));
    let words = match rows.len() as u64 {
        0 => "Every trusted distance found a motion.".to_owned(),
        some => format!("{} without a motion.", are(some, "trusted distance")),
    };
    Found::rows(Table::StepTrainerTrusted, rows, distances.len(), words)
}

fn motions_without_distance(ground: &Ground<'_>) -> Found {
    let motions = &ground.motions_trusted;
    let pairs = &ground.pairs;
    let at = |user: u32, at: i64, values: u64| of_row([u64::from(user), at as u64, values]);
    let joined: PlHashSet<u64> =
        (0..pairs.len()).map(|row| at(pairs.user[row], pairs.distances.at[row], pairs.values_hash(row))).collect();
    let rows = rows_where(motions.len(), |row| !joined.contains(&motions.hash(row)));
    let words = match rows.len() as u64 {
        0 => "Every trusted motion found a distance.".to_owned(),
        some => format!("{} without a distance.", are(some, "trusted motion")),
    };
    Found::rows(Table::AccelerometerTrusted, rows, motions.len(), words)
}

fn fan_out(ground: &Ground<'_>, threshold: u64) -> Found {
    let mut partners = PlHashMap::<u64, [u64; 2]>::default();
    for row in 0..ground.pairs.len() {
        partners.entry(ground.pairs.distances.hash(row)).or_default()[0] += 1;
    }
    // Distances that are there several times share the rows.
    for row in 0..ground.distances_trusted.len() {
        if let Some(counts) = partners.get_mut(&ground.distances_trusted.hash(row)) {
            counts[1] += 1;
        }
    }
    let most_of = |row: usize| {
        let [rows, distances] = partners.get(&ground.pairs.distances.hash(row)).copied().unwrap_or_default();
        rows.div_ceil(distances.max(1))
    };
    let most = partners.values().map(|[rows, distances]| rows.div_ceil((*distances).max(1))).max().unwrap_or_default();
    let rows = rows_where(ground.pairs.len(), |row| most_of(row) > threshold);
    let mean =
        ground.pairs.len() as f64 / partners.values().map(|[_, distances]| (*distances).max(1)).sum::<u64>() as f64;
    let words = format!("One distance became {} at the most, {mean:.1} on average.", counted(most, "row"));
    Found::number(most, "row", words).on(PAIRS, rows)
}

/// By the customer records that landed, as [`crate::curation::Whose`] tells them apart.
fn foreign(ground: &Ground<'_>) -> Result<Found, NotComputed> {
    let (devices, users) = (&ground.pairs.distances.device, &ground.pairs.user);
    if devices.iter().all(|device| ground.owners(*device).is_empty()) {
        return Err(NotComputed("No customer record has the serial number of any device in the table.".to_owned()));
    }
    let is_foreign = |row: usize| {
        let owners = ground.owners(devices[row]);
        !owners.is_empty() && owners.binary_search(&users[row]).is_err()
    };
    let rows = rows_where(users.len(), is_foreign);
    let affected = different(rows.iter().map(|row| devices[*row as usize]));
    let words = if rows.is_empty() {
        "Every motion is of a customer on whose record the device is.".to_owned()
    } else {
        format!(
            "{} of {} are foreign: they pair a distance with the motion of somebody who does not own the device, on {}.",
            thousands(rows.len() as u64),
            counted(users.len() as u64, "row"),
            counted(affected, "device")
        )
    };
    Ok(Found::rows(PAIRS, rows, users.len(), words))
}

fn unknown(ground: &Ground<'_>) -> Found {
    let devices = &ground.pairs.distances.device;
    let rows = rows_where(devices.len(), |row| ground.owners(devices[row]).is_empty());
    let words = match different(rows.iter().map(|row| devices[*row as usize])) {
        0 => "Every device in the table is on a customer record.".to_owned(),
        some => format!("{} on no customer record.", are(some, "device")),
    };
    Found::rows(PAIRS, rows, devices.len(), words)
}

/// How many different numbers there are.
pub fn different(numbers: impl Iterator<Item = u32>) -> u64 {
    let numbers: PlHashSet<u32> = numbers.collect();
    numbers.len() as u64
}
