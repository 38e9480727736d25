//! The machine-learning table under each join rule, side by side.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::curation::{Cell, Curation, CurationError, TableView, curate};
use crate::domain::{Cancelled, JoinRule, Progress, Table};
use crate::landing::Landing;

use super::joins::{Kinds, kinds_of_pairs};

/// The machine-learning table under one rule.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleReport {
    /// The rule.
    pub rule: JoinRule,
    /// What came of it, or why it cannot be: in words, nothing personal in them.
    pub outcome: Result<RuleFigures, String>,
}

/// What a rule makes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RuleFigures {
    /// Whose motions the rows have, by what this rule takes for the truth: the inferred owners or the customer records.
    pub kinds: Kinds,
    /// Trusted distances that are in no row.
    pub unmatched_distances: u64,
    /// Devices with rows.
    pub devices: u64,
    /// The fewest rows of a device, the median, and the most; 0 without devices. Of an even number of devices the median
    /// is the lower of the two in the middle.
    pub per_device: [u64; 3],
    /// Rows that the recipe in force does not make.
    pub only_here: u64,
    /// Rows of the recipe in force that this rule does not make.
    pub only_there: u64,
}

/// Rows of the machine-learning table in which two rules differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Differing {
    /// Rows that the other rule makes, and the recipe in force does not.
    OnlyThere,
    /// Rows that the recipe in force makes, and the other rule does not.
    OnlyHere,
}

/// Makes the machine-learning table under every rule and compares it with that of the recipe in force. Progress counts
/// rules.
///
/// # Errors
/// When cancelled.
pub fn compare(landing: &Landing, curation: &Curation, progress: &Progress) -> Result<Vec<RuleReport>, CurationError> {
    progress.set_total(JoinRule::ALL.len() as u64);
    let here = curation.view(Table::MachineLearningCurated);
    let mut reports = vec![];
    for rule in JoinRule::ALL {
        let outcome = match under(landing, curation, rule, progress) {
            Ok(there) => Ok(figures(&there, &here, progress)?),
            Err(CurationError::Cancelled(cancelled)) => return Err(cancelled.into()),
            Err(error) => Err(error.to_string()),
        };
        reports.push(RuleReport { rule, outcome });
        progress.advance(1);
    }
    Ok(reports)
}

/// The rows in which another rule differs from the recipe in force.
///
/// # Errors
/// When cancelled, or when the other rule cannot be.
pub fn differing_rows(
    landing: &Landing,
    curation: &Curation,
    rule: JoinRule,
    which: Differing,
    progress: &Progress,
) -> Result<TableView, CurationError> {
    let table = Table::MachineLearningCurated;
    let there = under(landing, curation, rule, progress)?;
    let [only_there, only_here] = differ(&there.view(table), &curation.view(table), progress)?;
    match which {
        Differing::OnlyThere => there.view_of(table, &only_there),
        Differing::OnlyHere => curation.view_of(table, &only_here),
    }
}

fn under(
    landing: &Landing,
    curation: &Curation,
    rule: JoinRule,
    progress: &Progress,
) -> Result<Curation, CurationError> {
    if rule == curation.recipe.join {
        return Ok(curation.clone());
    }
    curate(landing, &curation.recipe.joined(rule), &progress.part())
}

fn figures(there: &Curation, here: &TableView, progress: &Progress) -> Result<RuleFigures, CurationError> {
    let kinds = Kinds::count(&kinds_of_pairs(there, progress)?);
    let view = there.view(Table::MachineLearningCurated);
    let [only_there, only_here] = differ(&view, here, progress)?;
    let mut devices = HashMap::<&str, u64>::new();
    if let Some(serial) = view.position("serialnumber") {
        for row in 0..view.rows() {
            if let Cell::Text(serial) = view.cell(row, serial) {
                *devices.entry(serial).or_default() += 1;
            }
        }
    }
    let mut each: Vec<u64> = devices.into_values().collect();
    each.sort_unstable();
    let at = |place: usize| each.get(place).copied().unwrap_or_default();
    let unmatched =
        there.count(Table::MachineLearningCurated).map_or(0, |count| count.steps.iter().map(|step| step.dropped).sum());
    Ok(RuleFigures {
        kinds,
        unmatched_distances: unmatched,
        devices: each.len() as u64,
        per_device: [at(0), at(each.len().saturating_sub(1) / 2), at(each.len().saturating_sub(1))],
        only_here: only_there.len() as u64,
        only_there: only_here.len() as u64,
    })
}

/// The rows that stand in one table more often than in the other, each as often as it does, by their numbers. Rows are
/// told apart by 128 bits of hash: that two of a thousand million different rows have the same ones is less likely than
/// 1 : 10²⁰.
fn differ(one: &TableView, other: &TableView, progress: &Progress) -> Result<[Vec<u32>; 2], Cancelled> {
    let mut surplus = HashMap::<u128, i64>::new();
    let (one, other) = (hashes(one, progress)?, hashes(other, progress)?);
    for (hashes, by) in [(&one, 1), (&other, -1)] {
        for hash in hashes {
            *surplus.entry(*hash).or_default() += by;
        }
    }
    let mut rest = surplus.clone();
    let mut take = |hashes: &[u128], sign: i64| -> Vec<u32> {
        let mut rows = vec![];
        for (row, hash) in hashes.iter().enumerate().rev() {
            // Of equal rows the last ones are too many.
            if let Some(left) = rest.get_mut(hash)
                && *left * sign > 0
            {
                *left -= sign;
                rows.push(row as u32);
            }
        }
        rows.reverse();
        rows
    };
    Ok([take(&one, 1), take(&other, -1)])
}

fn hashes(view: &TableView, progress: &Progress) -> Result<Vec<u128>, Cancelled> {
    let columns = view.columns().len();
    let mut hashes = Vec::with_capacity(view.rows());
    for row in 0..view.rows() {
        if row.is_multiple_of(1 << 14) {
            progress.check()?;
        }
        let half = |salt: u8| {
            let mut hasher = DefaultHasher::new();
            salt.hash(&mut hasher);
            for column in 0..columns {
                match view.cell(row, column) {
                    Cell::Null => 0_u8.hash(&mut hasher),
                    Cell::Text(text) => text.hash(&mut hasher),
                    Cell::Integer(number) | Cell::Time(number) => number.hash(&mut hasher),
                    Cell::Float(number) => number.to_bits().hash(&mut hasher),
                }
            }
            u128::from(hasher.finish())
        };
        hashes.push(half(0) << 64 | half(1));
    }
    Ok(hashes)
}
