//! What stood where the consent belongs on the records behind a loss: absent, null, blank or zero.

use polars::prelude::*;

use super::compile::OURS;
use super::{Curation, CurationError, TableView};
use crate::domain::{Operation, Progress, Purpose, Reason, Table};
use crate::landing::{ConsentStood, Landing};

const STOOD: &str = "__stood";

/// What stood in each row of the landed customers, as numbers.
pub fn series(landing: &Landing, purpose: Purpose) -> Series {
    let numbers: Vec<i32> = landing.stood(purpose).map(|stood| stood as i32).collect();
    Series::new(STOOD.into(), numbers)
}

impl Curation {
    /// How many rows a step dropped for want of consent because it was absent, null, blank and zero: of these rows of
    /// the table that it starts from, or of all. A reading goes by the first record of its customer or device, in the
    /// order in which they landed.
    ///
    /// # Errors
    /// When the step drops for another reason or is not there, when cancelled, or when the engine gives up.
    pub fn count_missing_consents(
        &self,
        table: Table,
        step: usize,
        rows: Option<&[u32]>,
        progress: &Progress,
    ) -> Result<[(ConsentStood, u64); 4], CurationError> {
        let mut counts = [0_u64; 5];
        self.each_dropped_and_stood(table, step, rows, &progress.part(), &mut |dropped| {
            for number in dropped.column(STOOD)?.i32()?.iter().flatten() {
                if let Some(count) = usize::try_from(number).ok().and_then(|number| counts.get_mut(number)) {
                    *count += 1;
                }
            }
            Ok(())
        })?;
        Ok(ConsentStood::MISSING.map(|stood| (stood, counts[stood as usize])))
    }

    /// The rows that a step dropped because the consent was missing in one way.
    ///
    /// # Errors
    /// As of [`Curation::count_missing_consents`].
    pub fn dropped_by_consent(
        &self,
        table: Table,
        step: usize,
        stood: ConsentStood,
        progress: &Progress,
    ) -> Result<TableView, CurationError> {
        let (definition, _) = self.definition_with(table, step)?;
        let mut found = self.room_for(definition.source);
        self.each_dropped_and_stood(table, step, None, progress, &mut |dropped| {
            let rows = dropped.lazy().filter(col(STOOD).eq(lit(stood as i32)));
            found.add(rows.select([all().exclude_cols([STOOD]).as_expr()]).collect()?)
        })?;
        let rows = found.finish().map_err(|error| CurationError::Engine { table, error })?;
        Ok(self.view_over(&rows, definition.source))
    }

    /// Calls back with the rows that a step dropped, with what stood where the consent belongs in [`STOOD`].
    fn each_dropped_and_stood(
        &self,
        table: Table,
        step: usize,
        rows: Option<&[u32]>,
        progress: &Progress,
        found: &mut dyn FnMut(DataFrame) -> PolarsResult<()>,
    ) -> Result<(), CurationError> {
        let failed = |error| CurationError::Engine { table, error };
        let (definition, the_step) = self.definition_with(table, step)?;
        if the_step.reason != Reason::NoConsent {
            return Err(CurationError::NoSuchStep { table });
        }
        let mut customers = self.numbered(Table::CustomerLanding).clone();
        customers.with_column(self.stood.clone().into_column()).map_err(failed)?;
        if definition.source == Table::CustomerLanding {
            if let Some(rows) = rows {
                customers = customers.take(&IdxCa::from_slice(STOOD.into(), rows)).map_err(failed)?;
            }
            return self.each_dropped(&definition, step, &customers, progress, found);
        }
        let Operation::KeepMatching { on, .. } = &the_step.operation else {
            return Err(CurationError::NoSuchStep { table });
        };
        let keys: Vec<String> = (0..on.len()).map(|number| format!("{OURS}key{number}")).collect();
        let renamed = on.iter().zip(&keys).map(|((_, right), key)| col(*right).alias(key.as_str()));
        let first = customers
            .lazy()
            .filter(col(STOOD).neq(lit(ConsentStood::Given as i32)))
            .select(renamed.chain([col(STOOD)]).collect::<Vec<_>>())
            .unique_stable(Some(by_name(keys.iter().map(String::as_str), true, false)), UniqueKeepStrategy::First)
            .collect()
            .map_err(failed)?;
        let rows = self.some(&definition, rows)?;
        self.each_dropped(&definition, step, &rows, progress, &mut |dropped| {
            let dropped = dropped
                .lazy()
                .join_builder()
                .with(first.clone().lazy())
                .how(JoinType::Left)
                .left_on(on.iter().map(|(left, _)| col(*left)).collect::<Vec<_>>())
                .right_on(keys.iter().map(|key| col(key.as_str())).collect::<Vec<_>>())
                .maintain_order(MaintainOrderJoin::Left)
                .finish()
                .collect()?;
            found(dropped)
        })
    }
}
