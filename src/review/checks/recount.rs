//! The derived tables, counted a second time from the landing records: plain loops and maps that share nothing with the
//! plan but the recipe. Whatever a plan forgets, mistakes or takes from the wrong table makes a difference here.

use polars::prelude::{PlHashMap, PlHashSet};

use crate::curation::CurationError;
use crate::domain::format::{counted, thousands};
use crate::domain::{CheckId, Duplicates, JoinRule, Table};

use super::Checks;
use super::found::Found;
use super::ground::{Ground, LOOK_UP_EVERY, NEVER, NOBODY};
use super::hash::{mix, repeats};

/// The rows of the landing tables that belong into each derived one, in order.
struct Recount {
    customers: Vec<u32>,
    motions: Vec<u32>,
    curated: Vec<u32>,
    distances: Vec<u32>,
}

pub fn add(ground: &Ground<'_>, checks: &mut Checks<'_>) -> Result<(), CurationError> {
    let right = Recount::new(ground);
    let at = |hashes: &[u64], rows: &[u32]| rows.iter().map(|row| hashes[*row as usize]).collect::<Vec<u64>>();
    let customers = at(&ground.customers.hash, &right.customers);
    let found = compared(Table::CustomerTrusted, &customers, &ground.customers_trusted.hash);
    checks.add(CheckId::RecountCustomerTrusted, Ok(found));
    let motions: Vec<u64> = right.motions.iter().map(|row| ground.motions.hash(*row as usize)).collect();
    let trusted: Vec<u64> = (0..ground.motions_trusted.len()).map(|row| ground.motions_trusted.hash(row)).collect();
    checks.add(CheckId::RecountAccelerometerTrusted, Ok(compared(Table::AccelerometerTrusted, &motions, &trusted)));
    ground.progress.check()?;
    let distances: Vec<u64> = right.distances.iter().map(|row| ground.distances.hash(*row as usize)).collect();
    let trusted: Vec<u64> = (0..ground.distances_trusted.len()).map(|row| ground.distances_trusted.hash(row)).collect();
    checks.add(CheckId::RecountStepTrainerTrusted, Ok(compared(Table::StepTrainerTrusted, &distances, &trusted)));
    let curated = at(&ground.customers.hash, &right.curated);
    let found = compared(Table::CustomerCurated, &curated, &ground.customers_curated.hash);
    checks.add(CheckId::RecountCustomerCurated, Ok(found));
    ground.progress.check()?;
    let found = right.pairs(ground)?;
    checks.add(CheckId::RecountMachineLearning, Ok(found));
    Ok(())
}

impl Recount {
    fn new(ground: &Ground<'_>) -> Self {
        let recipe = ground.recipe;
        let once = |rows: usize, hash: &dyn Fn(usize) -> u64| {
            let mut is_taken = vec![true; rows];
            if recipe.duplicates == Duplicates::Drop {
                repeats((0..rows).map(hash)).into_iter().for_each(|row| is_taken[row as usize] = false);
            }
            is_taken
        };
        let is_withdrawn = |person: u32| person != NOBODY && ground.is_withdrawn[person as usize];
        let records = &ground.customers;
        let is_taken = once(records.hash.len(), &|row| records.hash[row]);
        let has_agreed = |row: &u32| {
            let row = *row as usize;
            let consent = records.consent[row];
            is_taken[row]
                && consent != NEVER
                && recipe.as_of.is_none_or(|latest| consent <= latest)
                && !is_withdrawn(records.email[row])
        };
        let customers: Vec<u32> = (0..records.hash.len() as u32).filter(has_agreed).collect();
        let mut agreed = vec![NEVER; ground.people.len()];
        for row in &customers {
            let (person, consent) = (records.email[*row as usize], records.consent[*row as usize]);
            if person != NOBODY {
                let first = &mut agreed[person as usize];
                *first = if *first == NEVER { consent } else { consent.min(*first) };
            }
        }
        let is_taken = once(ground.motions.len(), &|row| ground.motions.hash(row));
        let may_be_used = |row: &u32| {
            let row = *row as usize;
            let user = ground.motions.user[row];
            user != NOBODY
                && is_taken[row]
                && agreed[user as usize] != NEVER
                && (!recipe.consent_date || ground.motions.at[row] >= agreed[user as usize])
                && !is_withdrawn(user)
        };
        let motions: Vec<u32> = (0..ground.motions.len() as u32).filter(may_be_used).collect();
        let mut has_motions = vec![false; ground.people.len()];
        for row in &motions {
            has_motions[ground.motions.user[*row as usize] as usize] = true;
        }
        let mut seen = PlHashSet::default();
        let is_first_with_motions = |row: &u32| {
            let person = records.email[*row as usize];
            person != NOBODY && has_motions[person as usize] && seen.insert(records.hash[*row as usize])
        };
        let curated: Vec<u32> = customers.iter().copied().filter(is_first_with_motions).collect();
        let owners = owners(ground, &curated);
        let is_taken = once(ground.distances.len(), &|row| ground.distances.hash(row));
        let is_owned = |row: &u32| {
            let device = ground.distances.device[*row as usize];
            device != NOBODY
                && is_taken[*row as usize]
                && !owners[device as usize].is_empty()
                && !ground.is_withdrawn_device[device as usize]
        };
        let distances = (0..ground.distances.len() as u32).filter(is_owned).collect();
        Self { customers, motions, curated, distances }
    }

    fn is_nearest(&self, ground: &Ground<'_>) -> bool {
        ground.recipe.join == JoinRule::Nearest
    }

    /// The machine-learning table.
    fn pairs(&self, ground: &Ground<'_>) -> Result<Found, CurationError> {
        let table = Table::MachineLearningCurated;
        let by_owner = ground.recipe.join != JoinRule::Timestamp;
        let motions = &ground.motions;
        // The motions of an instant, or of an instant and a person, stand together.
        let whose = |user: u32| if by_owner { user } else { NOBODY };
        let mut sorted: Vec<(i64, u32, u32)> = self
            .motions
            .iter()
            .map(|row| (motions.at[*row as usize], whose(motions.user[*row as usize]), *row))
            .collect();
        sorted.sort_unstable();
        let mut places = PlHashMap::<(i64, u32), (usize, usize)>::default();
        let mut end = 0;
        for equal in sorted.chunk_by(|one, other| (one.0, one.1) == (other.0, other.1)) {
            places.insert((equal[0].0, equal[0].1), (end, end + equal.len()));
            end += equal.len();
        }
        let owners = owners(ground, &self.curated);
        let mut instants = vec![vec![]; if self.is_nearest(ground) { ground.people.len() } else { 0 }];
        for (at, user, _) in sorted.iter().filter(|_| self.is_nearest(ground)) {
            instants[*user as usize].push(*at);
        }
        let within = u64::from(ground.recipe.tolerance_ms);
        let instant = |at: i64, owner: u32| match instants.get(owner as usize) {
            Some(instants) => nearest(instants, at).filter(|near| near.abs_diff(at) <= within),
            None => Some(at),
        };
        let everybody = [NOBODY];
        let (places, instant) = (&places, &instant);
        let partners = |row: u32| {
            let (device, at) = (ground.distances.device[row as usize], ground.distances.at[row as usize]);
            let owners = if by_owner { owners[device as usize].as_slice() } else { &everybody };
            owners.iter().filter_map(move |owner| places.get(&(instant(at, *owner)?, *owner)).copied())
        };
        let mut right = 0_u64;
        for row in &self.distances {
            right += partners(*row).map(|(start, end)| (end - start) as u64).sum::<u64>();
        }
        let found = ground.pairs.len() as u64;
        // A table of any size can come of a wrong join; nothing much larger than what is there is made here.
        if right > 2 * (found + motions.len() as u64 + ground.distances.len() as u64) {
            let words = format!("It has {}, and {} belong into it.", counted(found, "row"), thousands(right));
            return Ok(Found::number(right.abs_diff(found), "row", words));
        }
        let mut hashes = Vec::with_capacity(right as usize);
        for (number, row) in self.distances.iter().enumerate() {
            if number % LOOK_UP_EVERY == 0 {
                ground.progress.check()?;
            }
            let distance = ground.distances.hash(*row as usize);
            for (start, end) in partners(*row) {
                hashes.extend(
                    sorted[start..end].iter().map(|(.., row)| mix(distance, motions.motion_hash(*row as usize))),
                );
            }
        }
        let there: Vec<u64> = (0..ground.pairs.len()).map(|row| ground.pairs.hash(row)).collect();
        Ok(compared(table, &hashes, &there))
    }
}

/// Of each device, the curated customers whose it is, each once.
fn owners(ground: &Ground<'_>, curated: &[u32]) -> Vec<Vec<u32>> {
    let records = &ground.customers;
    let mut owners = vec![vec![]; ground.devices.len()];
    if ground.recipe.join == JoinRule::InferredOwner {
        let curated: PlHashSet<u32> = curated.iter().map(|row| records.email[*row as usize]).collect();
        for (owners, inferred) in owners.iter_mut().zip(&ground.owners) {
            owners.extend(inferred.iter().copied().filter(|person| curated.contains(person)));
        }
        return owners;
    }
    for row in curated {
        let (person, device) = (records.email[*row as usize], records.serial[*row as usize]);
        if device != NOBODY && !owners[device as usize].contains(&person) {
            owners[device as usize].push(person);
        }
    }
    owners
}

/// The instant that is nearest, of two the earlier; of instants in order.
fn nearest(instants: &[i64], at: i64) -> Option<i64> {
    let place = instants.partition_point(|instant| *instant < at);
    let (before, after) = (place.checked_sub(1).map(|place| instants[place]), instants.get(place).copied());
    match (before, after) {
        (Some(before), Some(after)) if after.abs_diff(at) < at.abs_diff(before) => Some(after),
        (before, after) => before.or(after),
    }
}

/// The rows that are too many in a table, and how many are missing.
fn compared(table: Table, right: &[u64], there: &[u64]) -> Found {
    let (surplus, missing) = if right == there { (vec![], 0) } else { difference(right, there) };
    let words = if surplus.is_empty() && missing == 0 {
        format!("A second count from the landing records gives the same {}.", counted(there.len() as u64, "row"))
    } else {
        format!(
            "{} do not belong into {}, and {} are missing from it.",
            counted(surplus.len() as u64, "row"),
            table.name(),
            thousands(missing)
        )
    };
    let number = surplus.len() as u64 + missing;
    let figure = format!("{} against {}", counted(number, "row"), thousands(right.len() as u64));
    Found::rows(table, surplus, there.len(), words).figured(number, figure)
}

fn difference(right: &[u64], there: &[u64]) -> (Vec<u32>, u64) {
    let mut open = PlHashMap::<u64, u64>::default();
    for hash in right {
        *open.entry(*hash).or_default() += 1;
    }
    let mut surplus = vec![];
    for (row, hash) in (0..).zip(there) {
        match open.get_mut(hash).filter(|rows| **rows > 0) {
            Some(rows) => *rows -= 1,
            None => surplus.push(row),
        }
    }
    (surplus, open.values().sum())
}
