//! What the rows behind a join are: the customer's own, somebody else's, there before, or nobody knows whose.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use polars::prelude::*;

use crate::curation::{Cell, Curation, CurationError, Matching, Whose};
use crate::domain::{Privacy, Progress, Table};

/// What a row behind a join is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PairKind {
    /// Both sides are of the same customer, and no row before it says the same.
    Own,
    /// The motion is of somebody who does not own the device.
    Foreign,
    /// Both sides are of the same customer, and a row before it is equal in every column.
    Repeated,
    /// Nobody can say whose device it is.
    Unknown,
}

impl PairKind {
    /// All kinds, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Own, Self::Foreign, Self::Repeated, Self::Unknown];

    /// In a word or three.
    pub fn title(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Foreign => "foreign",
            Self::Repeated => "repeated",
            Self::Unknown => "owner not known",
        }
    }
}

/// How many rows are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds([u64; 4]);

impl Kinds {
    /// Counts them.
    pub fn count(kinds: &[PairKind]) -> Self {
        let mut counts = Self::default();
        for &kind in kinds {
            counts.0[kind as usize] += 1;
        }
        counts
    }

    /// How many are of this kind.
    pub fn of(self, kind: PairKind) -> u64 {
        self.0[kind as usize]
    }

    /// How many there are.
    pub fn all(self) -> u64 {
        self.0.iter().sum()
    }
}

/// What each row of the machine-learning table is.
///
/// # Errors
/// When cancelled, or when the engine gives up.
pub fn kinds_of_pairs(curation: &Curation, progress: &Progress) -> Result<Vec<PairKind>, CurationError> {
    progress.check()?;
    let table = Table::MachineLearningCurated;
    let repeated = repeated(curation, table)?;
    progress.check()?;
    let view = curation.view(table);
    let customers = curation.view(Table::CustomerLanding);
    let owners = curation.owners_of_devices(&customers, |_| true);
    let (Some(serial), Some(user)) = (view.position("serialnumber"), view.position("user")) else { return Ok(vec![]) };
    // Pairs of the same two stand together more often than not.
    let mut last: Option<(&str, &str, Whose)> = None;
    let kinds = repeated.into_iter().enumerate().map(|(row, is_repeated)| {
        let text = |column| view.cell(row, column).text().unwrap_or_default();
        let (serial, user) = (text(serial), text(user));
        let whose = match last {
            Some((same, other, whose)) if same == serial && other == user => whose,
            _ => owners.whose(serial, user),
        };
        last = Some((serial, user, whose));
        match whose {
            Whose::Foreign => PairKind::Foreign,
            Whose::Unknown => PairKind::Unknown,
            Whose::Own if is_repeated => PairKind::Repeated,
            Whose::Own => PairKind::Own,
        }
    });
    Ok(kinds.collect())
}

/// What the rows are that a step leaves which pairs no readings. A row found by an e-mail address is its customer's; one
/// found by a serial number is, if only one customer's records carry that number.
pub(super) fn kinds_of_rows(
    curation: &Curation,
    source: Table,
    matching: &Matching,
    kept: &mut HashMap<Table, (Vec<bool>, Vec<bool>)>,
    progress: &Progress,
) -> Result<Kinds, CurationError> {
    progress.check()?;
    Ok(Kinds::count(&row_kinds(curation, source, matching, kept)?))
}

/// The kind of each row at hand that found a partner, in order.
pub(super) fn row_kinds(
    curation: &Curation,
    source: Table,
    matching: &Matching,
    kept: &mut HashMap<Table, (Vec<bool>, Vec<bool>)>,
) -> Result<Vec<PairKind>, CurationError> {
    let (repeated, shared) = match kept.entry(source) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(place) => place.insert((repeated(curation, source)?, shared(curation, source))),
    };
    let by_device = matching.on.iter().any(|(column, _)| *column == "serialnumber");
    let at = |flags: &[bool], row: u32| flags.get(row as usize).copied().unwrap_or_default();
    let found = matching.rows.iter().zip(&matching.partners).filter(|(_, partners)| **partners > 0);
    let kinds = found.map(|(&row, _)| {
        if by_device && at(shared, row) {
            PairKind::Unknown
        } else if at(repeated, row) {
            PairKind::Repeated
        } else {
            PairKind::Own
        }
    });
    Ok(kinds.collect())
}

/// Which rows of a table are equal to one before in every column.
fn repeated(curation: &Curation, table: Table) -> Result<Vec<bool>, CurationError> {
    const ROW: &str = "__row";
    let failed = |error| CurationError::Engine { table, error };
    let frame = curation.frame(table);
    let columns = by_name(table.schema().iter().map(|column| column.name), true, false);
    let first = frame
        .clone()
        .lazy()
        .with_row_index(ROW, None)
        .unique_stable(Some(columns), UniqueKeepStrategy::First)
        .select([col(ROW)])
        .collect()
        .map_err(failed)?;
    let mut repeated = vec![true; frame.height()];
    for row in first.column(ROW).and_then(|rows| rows.idx().cloned()).map_err(failed)?.iter().flatten() {
        repeated[row as usize] = false;
    }
    Ok(repeated)
}

/// Which rows of a table have a serial number that more than one customer's records carry; none if it has no such column.
fn shared(curation: &Curation, table: Table) -> Vec<bool> {
    let view = curation.view(table);
    let customers = curation.view(Table::CustomerLanding);
    let owners = curation.owners_of_devices(&customers, |_| true);
    let serial = view.columns().position(|column| column.privacy == Privacy::Device);
    let is_shared = |row| {
        serial.is_some_and(|serial| matches!(view.cell(row, serial), Cell::Text(serial) if owners.of(serial).len() > 1))
    };
    (0..view.rows()).map(is_shared).collect()
}
