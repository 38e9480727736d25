//! Rows that come piece by piece, put together in memory, or on the disk where there is too little of it.

use polars::prelude::*;

use super::{Curation, CurationError};
use crate::domain::{Operation, Progress, Table, TableDefinition};
use crate::landing::{Aside, Stack};

/// So many rows are taken through steps at once.
const PIECE: usize = 1 << 21;

/// What came so far.
pub enum Gathered {
    Memory(Option<DataFrame>),
    Disk(Aside, Option<Stack>),
}

/// Whether a table is of readings, in which no cell is null.
pub fn is_of_readings(table: Table) -> bool {
    table.schema().iter().all(|column| column.required)
}

impl Gathered {
    /// Nothing yet; what comes goes to the disk.
    pub fn on_disk(aside: &Aside) -> Self {
        Self::Disk(aside.clone(), None)
    }

    /// Puts rows behind those that are there.
    pub fn add(&mut self, rows: DataFrame) -> PolarsResult<()> {
        match self {
            Self::Memory(Some(all)) => all.vstack_mut_owned(rows).map(drop),
            Self::Memory(none) => {
                *none = Some(rows);
                Ok(())
            }
            Self::Disk(_, Some(stack)) => stack.add(&rows),
            Self::Disk(aside, none) => none.insert(Stack::new(&aside.shelf, &rows)?).add(&rows),
        }
    }

    /// All rows, in one piece.
    pub fn finish(self) -> PolarsResult<DataFrame> {
        match self {
            Self::Memory(all) => {
                let mut all = all.unwrap_or_default();
                all.rechunk_mut_par();
                Ok(all)
            }
            Self::Disk(_, stack) => stack.map_or_else(|| Ok(DataFrame::empty()), Stack::finish),
        }
    }
}

impl Curation {
    /// Room for rows as those of a table: on the disk, if they are readings and others are there.
    pub(super) fn room_for(&self, table: Table) -> Gathered {
        match self.aside.as_ref().filter(|_| is_of_readings(table)) {
            Some(aside) => Gathered::on_disk(aside),
            None => Gathered::Memory(None),
        }
    }

    /// Calls back with the rows that a step drops of these, in order: piece by piece where each row is decided on by itself.
    /// Progress counts rows.
    pub(super) fn each_dropped(
        &self,
        definition: &TableDefinition,
        step: usize,
        rows: &DataFrame,
        progress: &Progress,
        found: &mut dyn FnMut(DataFrame) -> PolarsResult<()>,
    ) -> Result<(), CurationError> {
        let looks_at_others = definition.steps.iter().take(step + 1).any(|step| step.operation == Operation::Distinct);
        let most = if looks_at_others { rows.height().max(1) } else { PIECE };
        progress.set_total(rows.height() as u64);
        for from in (0..rows.height().max(1)).step_by(most) {
            let dropped = self.dropped_of(definition, step, rows.slice(from as i64, most), progress)?;
            progress.advance(most.min(rows.height() - from) as u64);
            found(dropped).map_err(|error| CurationError::Engine { table: definition.table, error })?;
        }
        Ok(())
    }
}
