//! What became of single rows of a landing table: the definitions' own steps, run on just those rows.
//!
//! Every step decides on a row by that row and other tables alone, save one: of equal rows the first is kept. So where
//! equal rows are dropped, all rows of the same instants come along, which the equal ones are among, and are not told
//! of.

use polars::prelude::*;

use super::compile::{self, ROW};
use super::{Curation, CurationError, TableView};
use crate::domain::{Kind, Operation, Plan, Progress, Reason, Step, StepCount, Table, TableCount, TableDefinition};

/// The column that holds the row of the landing table from which a row came.
const LANDED: &str = "__landed";

/// What became of a row that landed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    /// It is in the table, or at least one row that was made from it is.
    Kept,
    /// It is not: this step of the definition of `table`, which may be one on the way, dropped it, or the last row that
    /// was made from it.
    Dropped { table: Table, step: usize, reason: Reason },
}

/// What became of chosen rows of a landing table on their way to a derived one.
#[derive(Clone, Debug)]
pub struct Trace {
    /// What became of each, in the order in which they were chosen.
    pub fates: Vec<Fate>,
    /// How each table on the way came by the rows that it has of them, the last one last.
    pub counts: Vec<TableCount>,
    /// The rows of the last table that they became, in its order.
    pub left: TableView,
    /// The row of the landing table from which each of those came.
    pub from: Vec<u32>,
}

impl Fate {
    /// Whether it is in the table.
    pub fn is_kept(self) -> bool {
        self == Self::Kept
    }

    /// The same for a table on the way: what a later one dropped is still in it.
    #[must_use]
    pub fn on_the_way(self, to: Table) -> Self {
        match self {
            Self::Dropped { table, .. } if table.index() > to.index() => Self::Kept,
            Self::Dropped { .. } | Self::Kept => self,
        }
    }
}

impl Curation {
    /// What became of rows of a landing table, given by their numbers, in a derived table that is made from it,
    /// directly or by way of another one.
    ///
    /// # Errors
    /// When the table is not derived or has no such row, when cancelled, or when the engine gives up.
    pub fn fates(&self, table: Table, rows: &[u32], progress: &Progress) -> Result<Vec<Fate>, CurationError> {
        Ok(self.trace(table, rows, progress)?.fates)
    }

    /// The same, with what each step did to these rows and what they became. A row that is given twice counts once.
    ///
    /// # Errors
    /// As of [`Curation::fates`].
    pub fn trace(&self, table: Table, rows: &[u32], progress: &Progress) -> Result<Trace, CurationError> {
        let plan = Plan::new(&self.recipe);
        let way = way_to(&plan, table);
        let first = way.first().ok_or(CurationError::NoSuchStep { table })?;
        let mut chosen = Chosen::new(rows);
        let failed = |error| CurationError::Engine { table, error };
        let mut left = self.landed(first.source, &way, &chosen.rows).map_err(failed)?;
        let mut counts = vec![];
        let mut rows_in = chosen.rows.len() as u64;
        for definition in way {
            let mut steps: Vec<StepCount> = vec![];
            for (number, step) in definition.steps.iter().enumerate() {
                progress.check()?;
                left = self.stepped(step, left).map_err(failed)?;
                let rows_in = steps.last().map_or(rows_in, StepCount::rows_out);
                let (matched, rows_out) = chosen.look(&left, definition.table, number, step.reason).map_err(failed)?;
                let (dropped, added) = (rows_in - matched, rows_out - matched);
                steps.push(StepCount { reason: step.reason, rows_in, dropped, added });
            }
            let columns = definition.table.schema().iter().map(|column| column.name);
            left = left.select(columns.chain([LANDED])).map_err(failed)?;
            let rows = steps.last().map_or(rows_in, StepCount::rows_out);
            counts.push(TableCount { table: definition.table, source: definition.source, rows_in, steps, rows });
            rows_in = rows;
        }
        let (left, from) = chosen.only(&left).map_err(failed)?;
        let fates = rows.iter().filter_map(|&row| chosen.fates.get(chosen.place(row)?).copied()).collect();
        Ok(Trace { fates, counts, left: self.view_over(&left, table), from })
    }

    /// The chosen rows of a landing table with their numbers, and where a step on the way looks for equal rows, all
    /// that could equal them; in the order in which they landed.
    fn landed(&self, landing: Table, way: &[&TableDefinition], chosen: &[u32]) -> PolarsResult<DataFrame> {
        let frame = self.numbered(landing);
        let numbers: IdxCa = chosen.iter().map(|&row| Some(row)).collect();
        let mut steps = way.iter().flat_map(|definition| &definition.steps);
        // Any column that is never null would do; instants are compared the quickest.
        let compared = landing.schema().iter().filter(|column| column.required).max_by_key(|c| c.kind == Kind::Time);
        match compared.filter(|_| steps.any(|step| step.operation == Operation::Distinct)) {
            None => {
                let mut rows = frame.take(&numbers)?;
                rows.with_column(numbers.with_name(LANDED.into()).into_column())?;
                Ok(rows)
            }
            Some(column) => {
                let equal = frame.select([column.name])?.take(&numbers)?;
                let numbered = frame.with_row_index(LANDED.into(), None)?;
                compile::matching(numbered.lazy(), column.name, equal.lazy(), column.name).collect()
            }
        }
    }

    /// The rows that a step leaves, each with the number that it had before it in [`ROW`].
    fn stepped(&self, step: &Step, rows: DataFrame) -> PolarsResult<DataFrame> {
        let rows = if rows.get_column_index(ROW).is_some() { rows.drop(ROW)? } else { rows };
        self.lazily(&step.operation, rows.with_row_index(ROW.into(), None)?, compile::apply).collect()
    }
}

/// Rows of a landing table, and what became of them so far.
struct Chosen {
    /// In order, each once.
    rows: Vec<u32>,
    fates: Vec<Fate>,
}

impl Chosen {
    fn new(rows: &[u32]) -> Self {
        let mut rows = rows.to_vec();
        rows.sort_unstable();
        rows.dedup();
        Self { fates: vec![Fate::Kept; rows.len()], rows }
    }

    fn place(&self, row: u32) -> Option<usize> {
        self.rows.binary_search(&row).ok()
    }

    /// Notes which of them a step left nothing of. How many of their rows before the step are left in any way, and how
    /// many rows there are after it.
    fn look(&mut self, left: &DataFrame, table: Table, step: usize, reason: Reason) -> PolarsResult<(u64, u64)> {
        let (landed, before) = (left.column(LANDED)?.idx()?, left.column(ROW)?.idx()?);
        let mut is_left = vec![false; self.rows.len()];
        let (mut last, mut matched, mut rows_out) = (None, 0, 0);
        for (landed, before) in landed.iter().zip(before.iter()) {
            let Some(place) = landed.and_then(|landed| self.place(landed)) else { continue };
            is_left[place] = true;
            rows_out += 1;
            matched += u64::from(before != last);
            last = before;
        }
        for (fate, is_left) in self.fates.iter_mut().zip(is_left) {
            if fate.is_kept() && !is_left {
                *fate = Fate::Dropped { table, step, reason };
            }
        }
        Ok((matched, rows_out))
    }

    /// What is left of them, and the row from which each row came.
    fn only(&self, left: &DataFrame) -> PolarsResult<(DataFrame, Vec<u32>)> {
        let landed = left.column(LANDED)?.idx()?;
        let is_chosen = landed.iter().map(|landed| landed.is_some_and(|landed| self.place(landed).is_some()));
        let is_chosen: BooleanChunked = is_chosen.map(Some).collect();
        let left = left.filter(&is_chosen)?;
        let from = left.column(LANDED)?.idx()?.iter().flatten().collect();
        Ok((left, from))
    }
}

/// The definitions that lead from a landing table to a table, in order; none to a landing table.
fn way_to(plan: &Plan, table: Table) -> Vec<&TableDefinition> {
    let mut way: Vec<_> =
        std::iter::successors(plan.definition(table), |later| plan.definition(later.source)).collect();
    way.reverse();
    way
}
