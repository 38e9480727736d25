//! The rows behind the figures of a join.

use std::collections::HashMap;

use crate::curation::{Curation, CurationError};
use crate::domain::{Plan, Progress, Table};

use super::kinds::{PairKind, kinds_of_pairs, row_kinds};
use super::pairs_readings;

/// How often a row was matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Met {
    Once,
    Several,
    Never,
}

impl Met {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Once, Self::Several, Self::Never];

    fn is(self, partners: u32) -> bool {
        match self {
            Self::Once => partners == 1,
            Self::Several => partners > 1,
            Self::Never => partners == 0,
        }
    }
}

/// Rows that a figure of a join stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum JoinPart {
    /// Rows behind the step that are of a kind.
    Kind(PairKind),
    /// Rows at hand.
    Left(Met),
    /// Rows of the other table.
    Right(Met),
    /// Rows at hand with so many partners.
    Partners(u32),
    /// Rows at hand with so many partners or more.
    PartnersFrom(u32),
}

/// The rows behind a figure: of which table, and their numbers, ascending. Rows at hand are those of the table that the
/// definition starts from.
///
/// # Errors
/// When there is no such join, when cancelled, or when the engine gives up.
pub fn rows_behind(
    curation: &Curation,
    table: Table,
    step: usize,
    part: JoinPart,
    progress: &Progress,
) -> Result<(Table, Vec<u32>), CurationError> {
    let plan = Plan::new(&curation.recipe);
    let no_such = || CurationError::NoSuchStep { table };
    let definition = plan.definition(table).ok_or_else(no_such)?;
    let operation = &definition.steps.get(step).ok_or_else(no_such)?.operation;
    if let JoinPart::Kind(wanted) = part
        && pairs_readings(table, operation)
    {
        let kinds = kinds_of_pairs(curation, progress)?;
        return Ok((table, numbers(kinds.iter().map(|&kind| kind == wanted))));
    }
    let matching = curation.matching(table, step, progress)?.ok_or_else(no_such)?;
    let at_hand = |is_wanted: &dyn Fn(u32) -> bool| {
        let of = matching.rows.iter().zip(&matching.partners).filter(|(_, partners)| is_wanted(**partners));
        sorted(of.map(|(&row, _)| row).collect())
    };
    Ok(match part {
        JoinPart::Left(met) => (definition.source, at_hand(&|partners| met.is(partners))),
        JoinPart::Partners(wanted) => (definition.source, at_hand(&|partners| partners == wanted)),
        JoinPart::PartnersFrom(least) => (definition.source, at_hand(&|partners| partners >= least)),
        JoinPart::Right(met) => {
            let other = operation.other().ok_or_else(no_such)?;
            (other, numbers(matching.found_by.iter().map(|&by| met.is(by))))
        }
        JoinPart::Kind(wanted) => {
            let kinds = row_kinds(curation, definition.source, &matching, &mut HashMap::new())?;
            let found = matching.rows.iter().zip(&matching.partners).filter(|(_, partners)| **partners > 0);
            let rows = found.zip(kinds).filter(|(_, kind)| *kind == wanted).map(|((&row, _), _)| row);
            (definition.source, sorted(rows.collect()))
        }
    })
}

fn numbers(flags: impl Iterator<Item = bool>) -> Vec<u32> {
    flags.enumerate().filter(|(_, flag)| *flag).map(|(row, _)| row as u32).collect()
}

fn sorted(mut rows: Vec<u32>) -> Vec<u32> {
    rows.sort_unstable();
    rows.dedup();
    rows
}
