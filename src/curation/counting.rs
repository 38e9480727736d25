//! How many rows a table would have if it were made by another definition: counted, and not made.

use std::sync::Arc;

use polars::prelude::IntoLazy as _;
use polars::prelude::{DataFrame, DataType, LazyFrame, PlSmallStr, PolarsResult, col, len};

use super::compile::{self, ROWS};
use super::table_rows::TableRows;
use super::{Curation, CurationError};
use crate::domain::{Column, Kind, Operation, Plan, Privacy, Progress, Step, Table, TableDefinition};

impl Curation {
    /// The rows of a table if it were made by this definition from the other tables as they are.
    ///
    /// # Errors
    /// When cancelled, or when the engine gives up.
    pub fn count_by(&self, definition: &TableDefinition, progress: &Progress) -> Result<u64, CurationError> {
        progress.check()?;
        let failed = |error| CurationError::Engine { table: definition.table, error };
        let counted = match definition.steps.split_last() {
            Some((Step { operation: Operation::Join { other, on, bring, once }, .. }, before)) => {
                let (rows, columns) = self.through(definition.source, before);
                compile::count_joined(on, bring, *once, rows, self.numbered(*other).clone().lazy(), &columns)
            }
            Some((Step { operation: Operation::JoinNearest { other, on, time, within, .. }, reason }, before)) => {
                // What it brings along adds no row, and need not be there.
                let (on, bring) = (on.clone(), vec![]);
                let operation = Operation::JoinNearest { other: *other, on, time: *time, within: *within, bring };
                let steps = [before, &[Step { operation, reason: *reason }]].concat();
                return self.count_through(definition, &steps);
            }
            _ => return self.count_through(definition, &definition.steps),
        };
        single(&counted.collect().map_err(failed)?).map_err(failed)
    }

    fn count_through(&self, definition: &TableDefinition, steps: &[Step]) -> Result<u64, CurationError> {
        let failed = |error| CurationError::Engine { table: definition.table, error };
        let counted = self.through(definition.source, steps).0.select([len().alias(ROWS)]);
        single(&counted.collect().map_err(failed)?).map_err(failed)
    }

    /// The rows of each table, in the order of [`Table::ALL`], if all were made by this plan from what landed.
    ///
    /// # Errors
    /// When cancelled, or when the engine gives up.
    pub fn count_all_by(&self, plan: &Plan, progress: &Progress) -> Result<[u64; 8], CurationError> {
        let other = self.keys_by(plan, progress)?;
        let mut rows = Table::ALL.map(|table| other.rows(table));
        if let Some(definition) = plan.definition(Table::MachineLearningCurated) {
            rows[definition.table.index()] = other.count_by(definition, progress)?;
        }
        Ok(rows)
    }

    /// What [`Curation::count_by`] needs of the tables that this plan makes from what landed: of readings only what
    /// joins look at, and nothing of the machine-learning table, which no other table needs, and which is the one
    /// that can be larger than what landed.
    ///
    /// # Errors
    /// When cancelled, or when the engine gives up.
    pub fn keys_by(&self, plan: &Plan, progress: &Progress) -> Result<Self, CurationError> {
        let mut other = self.clone();
        other.counts.clear();
        if plan.infers_owners() && other.owners.is_none() {
            other.owners = Some(Arc::new(self.infer_owners(&progress.part())?));
        }
        other.tables[Table::MachineLearningCurated.index()] = TableRows::of(DataFrame::empty());
        for definition in plan.tables.iter().filter(|definition| definition.table != Table::MachineLearningCurated) {
            progress.check()?;
            let table = definition.table;
            let failed = |error| CurationError::Engine { table, error };
            let (made, columns) = other.through(definition.source, &definition.steps);
            let needed = columns.iter().filter(|name| is_needed(table, name)).map(|name| col(*name));
            let made = made.select(needed.collect::<Vec<_>>()).collect().map_err(failed)?;
            other.tables[table.index()] = TableRows::of(made);
        }
        Ok(other)
    }

    /// The rows of a table taken through steps, and the names of the columns that they have then.
    fn through<'a>(&'a self, source: Table, steps: &'a [Step]) -> (LazyFrame, Vec<&'a str>) {
        let frame = self.numbered(source);
        let mut columns: Vec<&str> = frame.get_column_names().into_iter().map(PlSmallStr::as_str).collect();
        let mut rows = frame.clone().lazy();
        for Step { operation, .. } in steps {
            let other = self.other_of(operation).whole().clone().lazy();
            rows = compile::apply(operation, rows, other, &columns, &self.dictionaries);
            columns.extend(operation.brings());
        }
        (rows, columns)
    }
}

/// Customers are few, and compared whole; of the readings only what joins look at is kept.
fn is_needed(table: Table, name: &str) -> bool {
    let is_customer = matches!(table, Table::CustomerTrusted | Table::CustomerCurated);
    let is_key = |column: &Column| column.privacy != Privacy::Open || column.kind == Kind::Time;
    is_customer || table.schema().iter().any(|column| column.name == name && is_key(column))
}

fn single(frame: &DataFrame) -> PolarsResult<u64> {
    let rows = frame.column(ROWS)?.cast(&DataType::Int64)?;
    Ok(rows.i64()?.get(0).unwrap_or_default().unsigned_abs())
}
