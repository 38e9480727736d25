//! What the page of a table shows.

use std::sync::Arc;

use super::Shown;
use crate::curation::TableView;
use crate::explore::{Follow, Query, Rows, Summary};

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
    /// The rows that came of it.
    pub rows: Rows,
}

impl Look {
    /// All rows of a table.
    pub fn whole(shown: Shown, view: TableView) -> Self {
        Self { shown, view, query: Query::default(), follow: None, rows: Rows::All }
    }

    /// How many rows there are to see.
    pub fn len(&self) -> usize {
        self.rows.len(self.view.rows())
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
