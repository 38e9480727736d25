//! What the page of SQL shows.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::sql::{Answer, Fault};

use super::{Slot, State};

/// The last query, what came of it, and those before.
#[derive(Default)]
pub struct SqlState {
    /// What is asked, until that is stopped.
    pub asked: Option<String>,
    /// What came of it.
    pub answer: Slot<Arc<Answer>>,
    /// What is wrong with a query, and which.
    pub fault: Option<(String, Fault)>,
    /// Queries that were answered, the last one first. Somebody may have typed an e-mail address into one.
    pub history: Vec<String>,
}

/// What of the page is kept with the session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SqlNotes {
    /// What stands in the editor.
    pub text: String,
    /// Queries that were answered, the last one first.
    pub history: Vec<String>,
}

impl SqlState {
    /// Most queries that are kept.
    pub const MOST: usize = 100;

    /// Puts a query that was answered before the others.
    pub fn remember(&mut self, text: &str) {
        self.history.retain(|other| other.trim() != text.trim());
        self.history.insert(0, text.to_owned());
        self.history.truncate(Self::MOST);
    }
}

impl State {
    /// The answer, if it is of these tables and of personal data as they are shown.
    pub fn answer_in_force(&self) -> Option<&Arc<Answer>> {
        let (Slot::Ready(answer), Slot::Ready(curation)) = (&self.sql.answer, &self.curation) else { return None };
        (answer.revealed == self.revealed && Arc::ptr_eq(&answer.curation, curation)).then_some(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_remembered_once_and_not_all_are() {
        let mut sql = SqlState::default();
        for number in 0..2 * SqlState::MOST {
            sql.remember(&format!("SELECT {number}"));
        }
        sql.remember(" SELECT 150\n");
        assert_eq!(sql.history.len(), SqlState::MOST);
        assert_eq!(sql.history[..2], [" SELECT 150\n", "SELECT 199"]);
        assert_eq!(sql.history.iter().filter(|text| text.contains("150")).count(), 1);
    }
}
