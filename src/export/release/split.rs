//! Which customers are to learn from, and which to validate and test with.
//!
//! A customer's side comes from SHA-256 over seed and e-mail address, compared with the shares as thresholds, so that it
//! is the same on every machine and stays when others are added. Customers who hang together, by a device or by readings
//! that were delivered under both names, are one group and go to one side.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::domain::format::counted;
use crate::domain::{Side, Split, Withdrawn};

/// Sides that were decided elsewhere, by e-mail address or by pseudonym: such as those of an earlier export.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SideList(BTreeMap<String, Side>);

/// It says who somebody is.
impl std::fmt::Debug for SideList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SideList({} entries)", self.0.len())
    }
}

/// A list of sides that cannot be taken. The message never says what stands there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SideListError {
    /// A line that is not `customer,side`.
    #[error("line {0} of the list of splits is not a customer, a comma and train, validation or test")]
    Line(usize),
    /// One customer on two sides.
    #[error("line {0} of the list of splits puts a customer in another split than a line before it")]
    Twice(usize),
}

impl SideList {
    /// Reads lines of customer and side: an e-mail address or a pseudonym, a comma, and `train`, `validation` or `test`. A
    /// first line of titles, blank lines and lines that start with `#` are passed over.
    ///
    /// # Errors
    /// Names the line that is wrong.
    pub fn parse(text: &str) -> Result<Self, SideListError> {
        let mut list = BTreeMap::new();
        for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') || (number == 0 && line.eq_ignore_ascii_case("customer,split"))
            {
                continue;
            }
            let wrong = || SideListError::Line(number + 1);
            let (customer, side) = line.split_once(',').ok_or_else(wrong)?;
            let side = Side::ALL.into_iter().find(|known| known.name() == side.trim()).ok_or_else(wrong)?;
            let customer = Withdrawn::folded(customer.trim().trim_matches('"'));
            if customer.is_empty() {
                return Err(wrong());
            }
            if list.insert(customer, side).is_some_and(|before| before != side) {
                return Err(SideListError::Twice(number + 1));
            }
        }
        Ok(Self(list))
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many customers are in it.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Each customer as the list names them.
    pub(super) fn into_entries(self) -> BTreeMap<String, Side> {
        self.0
    }

    fn of(&self, identity: &str, pseudonym: &str) -> Option<Side> {
        self.0.get(pseudonym).or_else(|| self.0.get(identity)).copied()
    }
}

/// What the split knows of one customer.
#[derive(Clone, Debug)]
pub(super) struct Member<'a> {
    pub identity: &'a str,
    pub pseudonym: &'a str,
    pub readings: u64,
    pub consents: [bool; 3],
}

/// The side of each customer, and how it came about.
#[derive(Clone, Debug, Default)]
pub(super) struct Sides {
    pub of: Vec<Side>,
    /// Customers of the largest group that could not be parted.
    pub largest_group: u64,
    /// Customers in groups of more than one.
    pub grouped: u64,
    /// Customers whose side was in the list.
    pub listed: u64,
    /// Customers whose group has others that the list puts on another side.
    pub torn: u64,
}

/// Gives every customer a side. `groups` names for each customer the first one of the group.
pub(super) fn assign(members: &[Member<'_>], groups: &[u32], split: &Split, list: &SideList) -> Sides {
    let mut by_group = BTreeMap::<u32, Vec<u32>>::new();
    for (customer, &group) in groups.iter().enumerate() {
        by_group.entry(group).or_default().push(customer as u32);
    }
    let mut sides = Sides { of: vec![Side::Train; members.len()], ..Sides::default() };
    let mut strata = BTreeMap::<(u32, [bool; 3]), Vec<Group>>::new();
    for customers in by_group.into_values() {
        let size = customers.len() as u64;
        sides.largest_group = sides.largest_group.max(size);
        sides.grouped += if size > 1 { size } else { 0 };
        let of = |&customer: &u32| list.of(members[customer as usize].identity, members[customer as usize].pseudonym);
        let listed: Vec<Side> = customers.iter().filter_map(of).collect();
        sides.listed += listed.len() as u64;
        if listed.windows(2).any(|pair| pair[0] != pair[1]) {
            sides.torn += size;
        }
        // Of a group, the member with the least hash speaks for all: who joins it later hardly ever changes that.
        let hashed = |&customer: &u32| (hash(b"group:", split.seed, members[customer as usize].identity), customer);
        let speaker = customers.iter().map(hashed).min().map_or(0, |(_, customer)| customer) as usize;
        let place = hash(b"split:", split.seed, members[speaker].identity);
        let largest = customers.iter().map(|&customer| &members[customer as usize]).max_by_key(|one| one.readings);
        let stratum = largest.filter(|_| split.stratify).map(|one| (one.readings.max(1).ilog2(), one.consents));
        let group = Group { customers, place, listed: listed.first().copied() };
        strata.entry(stratum.unwrap_or_default()).or_default().push(group);
    }
    let size = |groups: &Vec<Group>| groups.iter().map(|group| group.customers.len() as u64).sum();
    let quotas = quotas(&strata.values().map(size).collect::<Vec<u64>>(), split);
    for (mut groups, mut left) in strata.into_values().zip(quotas) {
        groups.sort_by_key(|group| (group.place, group.customers.first().copied()));
        for group in &groups {
            if let Some(quota) = group.listed.and_then(|side| quota_of(&mut left, side)) {
                *quota = quota.saturating_sub(group.customers.len() as u64);
            }
        }
        for group in groups {
            let size = group.customers.len() as u64;
            let side = match group.listed {
                Some(side) => side,
                None if split.stratify => by_quota(&mut left, size),
                None => by_threshold(group.place, split),
            };
            group.customers.iter().for_each(|&customer| sides.of[customer as usize] = side);
        }
    }
    sides
}

struct Group {
    customers: Vec<u32>,
    place: u64,
    listed: Option<Side>,
}

fn quota_of(left: &mut [u64; 2], side: Side) -> Option<&mut u64> {
    match side {
        Side::Test => Some(&mut left[0]),
        Side::Validation => Some(&mut left[1]),
        Side::Train => None,
    }
}

/// How many customers of each stratum are to test and to validate with. Where a small one has no room for both, the next one
/// that has takes the rest, and in the end the last one before.
fn quotas(sizes: &[u64], split: &Split) -> Vec<[u64; 2]> {
    let (mut before, mut rest) = (0, 0);
    let mut quotas = vec![];
    for &size in sizes {
        let test = part(before, size, split.test_permille);
        let wanted = part(before, size, split.validation_permille) + rest;
        let validation = wanted.min(size - test);
        rest = wanted - validation;
        quotas.push([test, validation]);
        before += size;
    }
    for (quota, size) in quotas.iter_mut().zip(sizes).rev() {
        let more = rest.min(size - quota[0] - quota[1]);
        quota[1] += more;
        rest -= more;
    }
    quotas
}

/// Of customers that are counted through all strata, how many of the next `size` are a share's.
fn part(before: u64, size: u64, permille: u32) -> u64 {
    let up_to = |count: u64| (count * u64::from(permille) + 500) / 1000;
    up_to(before + size) - up_to(before)
}

/// A group that is larger than what is wanted of a side goes to the next one.
fn by_quota(left: &mut [u64; 2], size: u64) -> Side {
    for (quota, side) in left.iter_mut().zip([Side::Test, Side::Validation]) {
        if *quota >= size {
            *quota -= size;
            return side;
        }
    }
    Side::Train
}

fn by_threshold(place: u64, split: &Split) -> Side {
    let permille = (u128::from(place) * 1000) >> 64;
    let test = u128::from(split.test_permille);
    match permille {
        place if place < test => Side::Test,
        place if place < test + u128::from(split.validation_permille) => Side::Validation,
        _ => Side::Train,
    }
}

fn hash(kind: &[u8], seed: u64, identity: &str) -> u64 {
    let mut hash = Sha256::new();
    hash.update(kind);
    hash.update(seed.to_le_bytes());
    hash.update(identity.as_bytes());
    let digest = hash.finalize();
    digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// For each customer, the first one of its group. `devices` are rows of customer and device, `same` are pairs of
/// customers that have a recording in common.
pub(super) fn groups(customers: usize, rows: (&[u32], &[u32]), devices: usize, same: &[(u32, u32)]) -> Vec<u32> {
    let mut parent: Vec<u32> = (0..customers as u32).collect();
    let mut owner = vec![super::parties::NOBODY; devices];
    let mut last = None;
    for (&customer, &device) in rows.0.iter().zip(rows.1) {
        if last == Some((customer, device)) || customer == super::parties::NOBODY {
            continue;
        }
        last = Some((customer, device));
        let Some(owner) = owner.get_mut(device as usize) else { continue };
        if *owner == super::parties::NOBODY {
            *owner = customer;
        } else {
            unite(&mut parent, *owner, customer);
        }
    }
    same.iter().for_each(|&(one, other)| unite(&mut parent, one, other));
    (0..customers as u32).map(|customer| root(&mut parent, customer)).collect()
}

fn root(parent: &mut [u32], mut one: u32) -> u32 {
    while parent[one as usize] != one {
        parent[one as usize] = parent[parent[one as usize] as usize];
        one = parent[one as usize];
    }
    one
}

/// The smaller number is the group's.
fn unite(parent: &mut [u32], one: u32, other: u32) {
    let (one, other) = (root(parent, one), root(parent, other));
    parent[one.max(other) as usize] = one.min(other);
}

/// Rows that are equal in instant, distance and motion, found by their hashes.
#[derive(Debug, Default)]
pub(super) struct EqualRows(Vec<(u64, u32)>);

impl EqualRows {
    /// Of rows with these customers and values, the values as hashes. One customer's equal rows count as one.
    pub fn new(customer: &[u32], hashes: Vec<u64>) -> Self {
        let mut rows: Vec<(u64, u32)> = hashes.into_iter().zip(customer.iter().copied()).collect();
        rows.par_sort_unstable();
        rows.dedup();
        Self(rows)
    }

    fn shared(&self) -> impl Iterator<Item = &[(u64, u32)]> {
        self.0.chunk_by(|a, b| a.0 == b.0).filter(|equal| equal.len() > 1)
    }

    /// Pairs of customers who have a recording in common, the smaller number first.
    pub fn same_recordings(&self) -> Vec<(u32, u32)> {
        let mut pairs = HashMap::<(u32, u32), u32>::new();
        for equal in self.shared() {
            for (at, one) in equal.iter().enumerate().take(Split::MOST_SHARING) {
                for other in equal[at + 1..].iter().take(Split::MOST_SHARING) {
                    *pairs.entry((one.1, other.1)).or_default() += 1;
                }
            }
        }
        let mut same: Vec<_> =
            pairs.into_iter().filter(|&(_, rows)| rows >= Split::SAME_RECORDING).map(|(pair, _)| pair).collect();
        same.sort_unstable();
        same
    }

    /// How many different rows are on more than one side.
    pub fn across(&self, sides: &[Side]) -> u64 {
        let side = |row: &(u64, u32)| sides.get(row.1 as usize);
        self.shared().filter(|equal| equal.iter().any(|row| side(row) != side(&equal[0]))).count() as u64
    }
}

/// What of two sides hangs together, counted on the rows that leave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitAudit {
    /// Customers with rows on two sides.
    pub customers: u64,
    /// Devices with rows on two sides.
    pub devices: u64,
    /// Instants of one customer that are on two sides.
    pub instants: u64,
    /// Customers with a recording that somebody on another side has as well.
    pub recordings: u64,
    /// Windows whose instants and values are those of a window on another side.
    pub windows: u64,
    /// Rows that are equal to one on another side in every value, by chance as far as can be told. It is no leak.
    pub by_chance: u64,
}

impl SplitAudit {
    /// What was found on two sides, as a sentence.
    pub fn words(&self) -> String {
        if self.is_clean() {
            return "No customer, device, instant, recording or window is in more than one split.".to_owned();
        }
        format!(
            "In more than one split: {}, {}, {} of one customer, {}, {}.",
            counted(self.customers, "customer"),
            counted(self.devices, "device"),
            counted(self.instants, "instant"),
            counted(self.recordings, "recording"),
            counted(self.windows, "window")
        )
    }

    /// Whether nothing of one side is on another.
    pub fn is_clean(&self) -> bool {
        [self.customers, self.devices, self.instants, self.recordings, self.windows].iter().all(|&count| count == 0)
    }
}

/// What the lines of `splits.csv` say of the customers.
pub(super) fn list_of<'a>(customers: impl Iterator<Item = (&'a str, Side)>) -> String {
    let mut lines: Vec<String> = customers.map(|(customer, side)| format!("{customer},{}\n", side.name())).collect();
    lines.sort_unstable();
    format!("customer,split\n{}", lines.concat())
}

#[cfg(test)]
mod tests;
