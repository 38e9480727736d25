//! What the page of a table shows.

use std::sync::Arc;

use super::{Only, Shown};
use crate::curation::{Codes, TableView};
use crate::explore::{Follow, Query, Rows, Sheet, Summary};
use crate::landing::Source;
use crate::review::SignedOff;
use crate::sql::Answer;

/// Rows of a table, chosen and ordered. It has its own hold on the table, so that it can be shown until there is
/// another, whatever the recipe has become.
#[derive(Clone, Debug)]
pub struct Look {
    /// Of which table.
    pub shown: Shown,
    /// Its cells.
    pub view: TableView,
    /// What was wanted.
    pub query: Query,
    /// Whom it is narrowed to.
    pub follow: Option<Follow>,
    /// Which of its rows, where it differs from the table in force.
    pub only: Only,
    /// The rows that came of it.
    pub rows: Rows,
    /// The query that it is an answer to, if it is.
    pub answer: Option<Arc<Answer>>,
}

impl Look {
    /// All rows of a table.
    pub fn whole(shown: Shown, view: TableView) -> Self {
        Self { shown, view, query: Query::default(), follow: None, only: Only::All, rows: Rows::All, answer: None }
    }

    /// How many rows there are to see.
    pub fn len(&self) -> usize {
        self.rows.len(self.view.rows())
    }

    /// Whether its rows are of the training set, which leaves only when it was signed off.
    pub fn is_training_set(&self) -> bool {
        self.shown.is_training_set() || self.answer.as_ref().is_some_and(|answer| answer.gated)
    }

    /// Whether a column is for looking at only, and in no file.
    pub fn is_internal(&self, position: usize) -> bool {
        let (table, column) = (self.shown.table(), self.view.column(position));
        self.answer.as_ref().is_some_and(|answer| answer.internal.contains(&position))
            || table.zip(column).is_some_and(|(table, column)| table.is_internal(column.name))
    }

    /// Whether there is no row to see.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What each column of a look holds.
#[derive(Clone, Debug)]
pub struct Summaries {
    /// The rows that were looked through.
    pub look: Arc<Look>,
    /// One for each column of the table, in its order.
    pub columns: Vec<Summary>,
}

/// What is in sight of a table. It has its own hold on everything, so that it stays what it is whatever the window shows
/// next.
#[derive(Clone, Debug)]
pub struct Sight {
    /// The rows.
    pub look: Arc<Look>,
    /// The columns, by their positions in the table.
    pub columns: Vec<usize>,
    /// That these tables were signed off, if they were: without it, nothing of the training set is saved.
    pub signed: Option<SignedOff>,
    /// What stands for people and devices.
    pub codes: Arc<Codes>,
    /// Personal data are shown as they are.
    pub revealed: bool,
    /// Where the rows come from.
    pub source: Source,
}

impl Sight {
    /// The cells in sight.
    pub fn sheet(&self) -> Sheet<'_> {
        let Self { look, columns, codes, revealed, signed: _, source: _ } = self;
        Sheet { view: &look.view, rows: &look.rows, columns, codes, revealed: *revealed }
    }
}

impl PartialEq for Sight {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.look, &other.look)
            && Arc::ptr_eq(&self.codes, &other.codes)
            && (&self.columns, self.revealed) == (&other.columns, other.revealed)
    }
}

impl Eq for Sight {}
