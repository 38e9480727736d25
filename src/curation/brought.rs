//! Tables that another engine made of the same landing files, to be looked at, reviewed and exported like those made here.

use std::sync::Arc;

use super::table_rows::TableRows;
use super::{Curation, CurationError};
use crate::domain::{Plan, Progress};
use crate::landing::{EngineRun, Landing};

/// The tables and counts of a run. Owners are inferred here, where the recipe goes by them. Progress counts bytes that are fetched,
/// then tables, then readings.
///
/// # Errors
/// When the run is not of these landing files, or when cancelled.
pub fn curate_brought(landing: &Landing, run: &EngineRun, progress: &Progress) -> Result<Curation, CurationError> {
    let mut curation = Curation::of_landed(landing, &run.recipe);
    run.is_of(landing)?;
    let plan = Plan::new(&run.recipe);
    run.bring(plan.tables.iter().map(|definition| definition.table), progress)?;
    progress.set_total(plan.tables.len() as u64);
    for table in plan.tables.iter().map(|definition| definition.table) {
        let failed = |error| CurationError::Engine { table, error };
        let mut rows = curation.room_for(table);
        run.each_part(table, landing.dictionaries(), progress, |part| rows.add(part).map_err(failed))?;
        curation.tables[table.index()] = TableRows::of(rows.finish().map_err(failed)?);
        progress.advance(1);
    }
    if plan.infers_owners() {
        progress.restart();
        curation.owners = Some(Arc::new(curation.infer_owners(progress)?));
    }
    curation.brought = Some(run.title());
    curation.counts.clone_from(&run.counts);
    Ok(curation)
}
