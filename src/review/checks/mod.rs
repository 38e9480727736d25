//! The checks of a review: one list with a verdict, a figure, a threshold and the rows behind it.
//!
//! Everything is counted from the landed records and from what is in the tables, in plain Rust, and nothing from the
//! plan that made them. The same landing files and recipe give the same list.

mod consent;
mod duplicates;
mod found;
mod ground;
mod grouped;
mod hash;
mod joins;
mod keys;
mod recount;
mod stages;
mod time;
mod values;

use std::sync::Arc;

use crate::curation::{Curation, CurationError};
use crate::domain::{CheckId, CheckVerdict, Progress, Recipe, Severity, Table};
use crate::landing::Landing;

use super::Expected;
use super::sign_off::Scope;

use self::found::{Found, NotComputed};
use self::ground::Ground;

/// The checks of one recipe's tables over one landing. Only [`review`] makes one, so that nothing can be signed off that
/// was not looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Review {
    scope: Scope,
    checks: Vec<Check>,
}

/// One check and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// Which one.
    pub id: CheckId,
    /// What came of it.
    pub verdict: CheckVerdict,
    /// What was counted.
    pub figure: Figure,
    /// The largest figure that passes.
    pub threshold: u64,
    /// What was found, as a sentence.
    pub words: String,
    /// Where the rows behind the figure are; nothing where it has none.
    pub behind: Vec<Behind>,
}

/// What a check counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// The number that is compared with the threshold; none if it could not be computed.
    pub number: Option<u64>,
    /// The number and what it counts: `2,700 of 43,681 rows`.
    pub words: String,
}

/// Where the rows behind a figure are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Behind {
    /// A table as a whole.
    Table(Table),
    /// The rows that a step dropped, which [`Curation::dropped`] has.
    Dropped { table: Table, step: usize },
    /// Rows of a table, by their numbers in it, in order; all of them.
    Rows { table: Table, rows: Arc<[u32]> },
    /// The refused records, [`Landing::refused`], at these places.
    Refused(Arc<[u32]>),
    /// The files, [`Landing::files`], at these places.
    Files(Arc<[u32]>),
}

/// Computes all checks, in the order of [`CheckId::ALL`]. The check of expected counts is in the list only if counts are
/// given: without any there is nothing to compare with, and a check that passed then would be a lie. Progress counts
/// groups of checks.
///
/// # Errors
/// When cancelled, or when a table lacks a column.
pub fn review(
    landing: &Landing,
    curation: &Curation,
    expected: Option<&Expected>,
    progress: &Progress,
) -> Result<Review, CurationError> {
    type Group = fn(&Ground<'_>, &mut Checks<'_>) -> Result<(), CurationError>;
    const GROUPS: [Group; 8] =
        [stages::add, recount::add, keys::add, joins::add, consent::add, duplicates::add, time::add, values::add];
    progress.set_total(1 + GROUPS.len() as u64);
    let ground = Ground::new(landing, curation, progress)?;
    progress.advance(1);
    let mut checks = Checks { recipe: &curation.recipe, list: vec![] };
    for group in GROUPS {
        progress.check()?;
        group(&ground, &mut checks)?;
        progress.advance(1);
    }
    if let Some(expected) = expected.filter(|expected| !expected.is_empty()) {
        stages::add_expected(&ground, expected, &mut checks);
    }
    let mut checks = checks.list;
    checks.sort_by_key(|check| check.id);
    Ok(Review { scope: Scope::new(&curation.recipe, landing), checks })
}

impl Review {
    /// Which recipe over which landing files it is of.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The checks, in the order of [`CheckId::ALL`].
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// Those that warn: they do not stand against an export.
    pub fn warnings(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| check.verdict == CheckVerdict::Warn)
    }

    /// One check, if it is in the list.
    pub fn check(&self, id: CheckId) -> Option<&Check> {
        self.checks.iter().find(|check| check.id == id)
    }
}

/// The list while it grows.
struct Checks<'a> {
    recipe: &'a Recipe,
    list: Vec<Check>,
}

impl Checks<'_> {
    /// The largest figure with which a check passes.
    fn threshold(&self, id: CheckId) -> u64 {
        id.rule(self.recipe.checks.get(&id)).threshold
    }

    /// Adds a check, or why it could not be computed.
    fn add(&mut self, id: CheckId, found: Result<Found, NotComputed>) {
        let rule = id.rule(self.recipe.checks.get(&id));
        let check = match found {
            Ok(found) => {
                let verdict = if found.number <= rule.threshold {
                    CheckVerdict::Pass
                } else if rule.severity == Severity::Warn || found.is_only_odd {
                    CheckVerdict::Warn
                } else {
                    CheckVerdict::Fail
                };
                let figure = Figure { number: Some(found.number), words: found.figure };
                Check { id, verdict, figure, threshold: rule.threshold, words: found.words, behind: found.behind }
            }
            Err(NotComputed(why)) => Check {
                id,
                verdict: CheckVerdict::Uncomputed,
                figure: Figure { number: None, words: "not computed".to_owned() },
                threshold: rule.threshold,
                words: why,
                behind: vec![],
            },
        };
        self.list.push(check);
    }
}
