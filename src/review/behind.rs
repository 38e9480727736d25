//! The rows behind a figure of a review, as a table to look at.

use crate::curation::{Curation, CurationError, TableView};
use crate::domain::{CheckId, JoinRule, Progress, Table};
use crate::landing::Landing;

use super::checks::{Behind, Review};
use super::compare::{Differing, differing_rows};
use super::joins::{JoinPart, rows_behind};

/// A figure of a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FigureId {
    /// Of a check; the number says which of the tables that it has rows in.
    Check { id: CheckId, place: u8 },
    /// Of a join: the step of a table's definition.
    Join { table: Table, step: usize, part: JoinPart },
    /// Rows of the machine-learning table in which another join rule differs from the recipe in force.
    Rule { rule: JoinRule, which: Differing },
}

impl FigureId {
    /// The rows stand for rows of this table, as far as that is known beforehand.
    pub fn table(self) -> Option<Table> {
        match self {
            Self::Check { .. } => None,
            Self::Join { table, .. } => Some(table),
            Self::Rule { .. } => Some(Table::MachineLearningCurated),
        }
    }
}

/// Rows to look at, and of which table they are.
#[derive(Clone, Debug)]
pub struct RowsBehind {
    /// The table.
    pub table: Table,
    /// The rows.
    pub view: TableView,
}

/// Looks the rows behind a figure up.
///
/// # Errors
/// When there are none, when cancelled, or when the engine gives up.
pub fn view_behind(
    landing: &Landing,
    curation: &Curation,
    review: Option<&Review>,
    figure: FigureId,
    progress: &Progress,
) -> Result<RowsBehind, CurationError> {
    let (table, rows) = match figure {
        FigureId::Check { id, place } => {
            let check = review.and_then(|review| review.check(id));
            match check.and_then(|check| check.behind.get(usize::from(place))) {
                Some(Behind::Rows { table, rows }) => (*table, rows.to_vec()),
                _ => return Err(CurationError::NoSuchStep { table: Table::MachineLearningCurated }),
            }
        }
        FigureId::Join { table, step, part } => rows_behind(curation, table, step, part, progress)?,
        FigureId::Rule { rule, which } => {
            let view = differing_rows(landing, curation, rule, which, progress)?;
            return Ok(RowsBehind { table: Table::MachineLearningCurated, view });
        }
    };
    Ok(RowsBehind { table, view: curation.view_of(table, &rows)? })
}
