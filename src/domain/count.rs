//! Counts that add up: what went into a step, what it dropped and why, what came out.

use super::{Reason, Table};

/// What one step of a table's definition did to the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepCount {
    /// Why rows were dropped, or what paired them.
    pub reason: Reason,
    /// Rows before the step.
    pub rows_in: u64,
    /// Rows that the step dropped.
    pub dropped: u64,
    /// Rows that a join added because a row found more than one partner.
    pub added: u64,
}

impl StepCount {
    /// Rows after the step: in − dropped + added.
    pub fn rows_out(&self) -> u64 {
        self.rows_in - self.dropped + self.added
    }
}

/// How a derived table came by its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableCount {
    /// The table.
    pub table: Table,
    /// The table that it starts from.
    pub source: Table,
    /// Rows of that table.
    pub rows_in: u64,
    /// The steps, in order; each starts with what the one before left.
    pub steps: Vec<StepCount>,
    /// Rows of this table.
    pub rows: u64,
}

impl TableCount {
    /// All rows that any step dropped.
    pub fn dropped(&self) -> u64 {
        self.steps.iter().map(|step| step.dropped).sum()
    }

    /// All rows that joins added.
    pub fn added(&self) -> u64 {
        self.steps.iter().map(|step| step.added).sum()
    }

    /// Whether every step starts where the one before ended and the last ends at the table's rows.
    pub fn adds_up(&self) -> bool {
        let mut rows = self.rows_in;
        for step in &self.steps {
            if step.rows_in != rows || step.dropped > rows {
                return false;
            }
            rows = step.rows_out();
        }
        rows == self.rows
    }
}
