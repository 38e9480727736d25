//! Runs a recipe's plan over what landed: the eight tables, and a count of what each step did.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use polars::prelude::*;

use super::TableView;
use super::apart::Need;
use super::at_hand::{AtHand, Done};
use super::compile::{self, Compiled, OURS, ROW};
use super::owners::{OwnerFindings, infer_owners, owned};
use super::product::{self, Product};
use super::stood;
use super::table_rows::TableRows;
use crate::domain::format::{bytes, thousands};
use crate::domain::{
    Cancelled, Dataset, Operation, Plan, Progress, Recipe, Step, StepCount, Table, TableCount, TableDefinition,
};
use crate::landing::{Aside, Dictionaries, Landing, RunError};

/// A table that is so many times as long as the rows that look into it is narrowed first.
const MUCH: usize = 4;

/// The eight tables of one recipe over one landing.
#[derive(Clone, Debug)]
pub struct Curation {
    /// What was asked for.
    pub recipe: Recipe,
    /// How each derived table came by its rows, in the order in which they were made.
    pub counts: Vec<TableCount>,
    /// Texts that stand for people and devices are numbers of these.
    pub(super) dictionaries: Dictionaries,
    pub(super) tables: [TableRows; 8],
    /// How many rows there are of the tables that are not held here.
    pub(super) apart: [Option<u64>; 8],
    spelled: [OnceLock<DataFrame>; 8],
    /// What stood where the consent belongs, in each row of the landed customers.
    pub(super) stood: Series,
    /// Who owns which device, where the recipe goes by that.
    pub(super) owners: Option<Arc<OwnerFindings>>,
    /// The run on another engine that made the tables, if one did.
    pub(super) brought: Option<String>,
    /// Where readings lie that are more than there is memory for.
    pub(super) aside: Option<Aside>,
}

/// A table that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CurationError {
    /// It was asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The engine gave up.
    #[error("{} could not be made: {error}", table.name())]
    Engine { table: Table, error: PolarsError },
    /// A join would make so many rows that its key cannot be meant to tell rows apart. Foreseen, and not computed.
    #[error(
        "{} was not made: joining {} rows with {} of {} by {} would give {} rows. That key does not tell the rows apart; \
         join on time stamp and owner, or look for landing files with one instant in very many rows",
        table.name(), thousands(product.rows), thousands(product.others), product.other.name(), product.by.join(" and "),
        thousands(product.foreseen)
    )]
    Product { table: Table, product: Product },
    /// The tables of another engine cannot be taken.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The memory that may be used will not do. Foreseen, and nothing was made.
    #[error(
        "{what} of these landing files need {} of memory, and {} may be used. Raise --memory-limit, or {}",
        bytes(*needed), bytes(*memory), what.instead()
    )]
    Memory { what: Need, needed: u64, memory: u64 },
    /// The plan names a step or table that there is not; a defect of this program.
    #[error("{} has no such step", table.name())]
    NoSuchStep { table: Table },
}

/// Makes all derived tables. Progress counts tables.
///
/// # Errors
/// When cancelled, or when the engine runs out of what it needs.
pub fn curate(landing: &Landing, recipe: &Recipe, progress: &Progress) -> Result<Curation, CurationError> {
    curate_by(landing, recipe, &Plan::new(recipe), progress)
}

/// Makes all derived tables by another plan than the recipe's: for tests that see to it that a wrong one is noticed.
///
/// # Errors
/// As of [`curate`].
pub fn curate_by(
    landing: &Landing,
    recipe: &Recipe,
    plan: &Plan,
    progress: &Progress,
) -> Result<Curation, CurationError> {
    // On one of the threads that share the work: from another, each piece of it would have to be handed over.
    rayon::scope(|_| {
        let mut curation = Curation::of_landed(landing, recipe);
        if plan.infers_owners() {
            curation.owners = Some(Arc::new(curation.infer_owners(&progress.part())?));
        }
        progress.set_total(plan.tables.len() as u64);
        for definition in &plan.tables {
            let count = curation.make(definition, progress)?;
            curation.counts.push(count);
            progress.advance(1);
        }
        Ok(curation)
    })
}

impl Curation {
    /// What landed, before any table is made of it.
    pub(super) fn of_landed(landing: &Landing, recipe: &Recipe) -> Self {
        let mut tables: [TableRows; 8] = std::array::from_fn(|_| TableRows::of(DataFrame::empty()));
        let mut apart = [None; 8];
        for dataset in Dataset::ALL {
            let table = Table::landing(dataset).index();
            tables[table] = TableRows::of(landing.numbered(dataset).clone());
            apart[table] = (!landing.shelved(dataset).is_empty()).then(|| landing.rows(dataset));
        }
        Self {
            recipe: recipe.clone(),
            counts: vec![],
            dictionaries: landing.dictionaries().clone(),
            tables,
            apart,
            spelled: [const { OnceLock::new() }; 8],
            stood: stood::series(landing, recipe.purpose),
            owners: None,
            brought: None,
            aside: landing.aside().cloned(),
        }
    }

    /// The rows of a table. They are spelled out when they are asked for first: what can work with numbers takes
    /// [`Curation::numbered`].
    pub fn frame(&self, table: Table) -> &DataFrame {
        self.spelled[table.index()].get_or_init(|| {
            let numbered = self.numbered(table);
            // Every step keeps the columns of the landing tables as they are held there.
            self.dictionaries.spelled(numbered, table.schema()).unwrap_or_else(|_| numbered.clone())
        })
    }

    /// The same rows, with numbers for the texts that stand for people and devices. They are put together when they are asked for
    /// first.
    pub fn numbered(&self, table: Table) -> &DataFrame {
        self.tables[table.index()].whole()
    }

    /// Some of the same rows, by their numbers; nothing but these is put together.
    ///
    /// # Errors
    /// When the columns do not fit together, a defect of this program.
    pub fn numbered_part(&self, table: Table, rows: Range<usize>) -> PolarsResult<DataFrame> {
        self.tables[table.index()].part(rows)
    }

    /// The texts that stand for people and devices.
    pub fn dictionaries(&self) -> &Dictionaries {
        &self.dictionaries
    }

    /// Number of rows of a table.
    pub fn rows(&self, table: Table) -> u64 {
        self.apart[table.index()].unwrap_or(self.tables[table.index()].len() as u64)
    }

    /// How a derived table came by its rows; none for a landing table.
    pub fn count(&self, table: Table) -> Option<&TableCount> {
        self.counts.iter().find(|count| count.table == table)
    }

    /// The run on another engine that made the tables, if one did.
    pub fn brought(&self) -> Option<&str> {
        self.brought.as_deref()
    }

    /// Who owns which device, where the recipe goes by that.
    pub fn owners(&self) -> Option<&Arc<OwnerFindings>> {
        self.owners.as_ref()
    }

    /// Infers who owns which device, from all that landed. Progress counts readings.
    ///
    /// # Errors
    /// When cancelled.
    pub fn infer_owners(&self, progress: &Progress) -> Result<OwnerFindings, CurationError> {
        let view = |dataset| self.view(Table::landing(dataset));
        let (motions, distances) = (view(Dataset::Accelerometer), view(Dataset::StepTrainer));
        infer_owners(&view(Dataset::Customer), &motions, &distances, &self.recipe.owners, progress)
    }

    /// A table to look at.
    pub fn view(&self, table: Table) -> TableView {
        self.view_over(self.numbered(table), table)
    }

    /// Rows that are held as those of this table, to look at.
    pub(super) fn view_over(&self, rows: &DataFrame, table: Table) -> TableView {
        TableView::numbered(rows, table.schema(), &self.dictionaries)
    }

    /// Some rows of a table to look at, by their numbers.
    ///
    /// # Errors
    /// When there is no such row.
    pub fn view_of(&self, table: Table, rows: &[u32]) -> Result<TableView, CurationError> {
        let rows = IdxCa::from_slice(ROW.into(), rows);
        let some = self.numbered(table).take(&rows).map_err(|error| CurationError::Engine { table, error })?;
        Ok(self.view_over(&some, table))
    }

    /// The rows behind a loss: those that step `step` of a table's definition dropped, with the columns they had
    /// then.
    ///
    /// # Errors
    /// When there is no such step, when cancelled, or when the engine gives up.
    pub fn dropped(&self, table: Table, step: usize, progress: &Progress) -> Result<TableView, CurationError> {
        let (definition, _) = self.definition_with(table, step)?;
        let mut dropped = self.room_for(definition.source);
        let rows = self.numbered(definition.source);
        self.each_dropped(&definition, step, rows, progress, &mut |rows| dropped.add(rows))?;
        let dropped = dropped.finish().map_err(|error| CurationError::Engine { table, error })?;
        Ok(self.view_over(&dropped, definition.source))
    }

    /// How a table is made, if it has such a step.
    pub(super) fn definition_with(&self, table: Table, step: usize) -> Result<(TableDefinition, Step), CurationError> {
        let plan = Plan::new(&self.recipe);
        let definition = plan.definition(table).ok_or(CurationError::NoSuchStep { table })?;
        let the_step = definition.steps.get(step).ok_or(CurationError::NoSuchStep { table })?;
        Ok((definition.clone(), the_step.clone()))
    }

    /// The rows that a step drops of those that a table starts from; columns that no catalog has are taken along.
    pub(super) fn dropped_of(
        &self,
        definition: &TableDefinition,
        step: usize,
        mut rows: DataFrame,
        progress: &Progress,
    ) -> Result<DataFrame, CurationError> {
        let table = definition.table;
        let failed = |error| CurationError::Engine { table, error };
        let the_step = definition.steps.get(step).ok_or(CurationError::NoSuchStep { table })?;
        for before in &definition.steps[..step] {
            progress.check()?;
            rows = self.lazily(&before.operation, rows, compile::apply).collect().map_err(failed)?;
        }
        progress.check()?;
        self.lazily(&the_step.operation, rows, compile::dropped).collect().map_err(failed)
    }

    /// The rows that a table starts from: these, or all.
    pub(super) fn some(&self, definition: &TableDefinition, rows: Option<&[u32]>) -> Result<DataFrame, CurationError> {
        let source = self.numbered(definition.source);
        let Some(rows) = rows else { return Ok(source.clone()) };
        let rows = IdxCa::from_slice(ROW.into(), rows);
        source.take(&rows).map_err(|error| CurationError::Engine { table: definition.table, error })
    }

    pub(super) fn make(
        &mut self,
        definition: &TableDefinition,
        progress: &Progress,
    ) -> Result<TableCount, CurationError> {
        let TableDefinition { table, source, steps } = definition;
        let rows = self.tables[source.index()].at_hand().clone();
        let rows_in = rows.len() as u64;
        let (rows, steps) = self.through_steps(*table, steps, rows, progress)?;
        let count = TableCount { table: *table, source: *source, rows_in, steps, rows: rows.len() as u64 };
        let rows = rows.only(table.schema().iter().map(|column| column.name)).and_then(TableRows::found);
        self.tables[table.index()] = rows.map_err(|error| CurationError::Engine { table: *table, error })?;
        Ok(count)
    }

    /// What steps of a table's definition leave of rows, and what each did to them.
    pub(super) fn through_steps(
        &self,
        table: Table,
        steps: &[Step],
        mut rows: AtHand,
        progress: &Progress,
    ) -> Result<(AtHand, Vec<StepCount>), CurationError> {
        let failed = |error| CurationError::Engine { table, error };
        let mut counts = vec![];
        for step in steps {
            progress.check()?;
            let rows_in = rows.len() as u64;
            let other = self.other_of(&step.operation);
            let most = product::most(rows_in, other.len() as u64);
            let matched = match rows.step(&step.operation, other.at_hand(), &self.dictionaries, most).map_err(failed)? {
                Done::Kept(matched) => matched,
                Done::TooMany(foreseen) => {
                    let product = Product::new(&step.operation, rows_in, other.len() as u64, foreseen);
                    return Err(CurationError::Product { table, product });
                }
                Done::NotHere => {
                    let all = rows.everything().map_err(failed)?;
                    if let Some(product) = self.product(&step.operation, &all).map_err(failed)? {
                        return Err(CurationError::Product { table, product });
                    }
                    let (left, matched) = self.take(step, all).map_err(failed)?;
                    rows = AtHand::new(&left);
                    matched
                }
            };
            let added = rows.len() as u64 - matched;
            counts.push(StepCount { reason: step.reason, rows_in, dropped: rows_in - matched, added });
        }
        Ok((rows, counts))
    }

    /// The rows that a step leaves, in one piece, and how many of those before it are left in any way.
    pub(super) fn take(&self, step: &Step, rows: DataFrame) -> PolarsResult<(DataFrame, u64)> {
        if !step.operation.is_join() {
            let mut left = self.lazily(&step.operation, rows, compile::apply).collect()?;
            left.rechunk_mut_par();
            let kept = left.height() as u64;
            return Ok((left, kept));
        }
        let numbered = rows.with_row_index(ROW.into(), None)?;
        let mut joined = self.lazily(&step.operation, numbered, compile::apply).collect()?;
        let matched = count_runs(joined.column(ROW)?.idx()?);
        joined.drop_in_place(ROW)?;
        joined.rechunk_mut_par();
        Ok((joined, matched))
    }

    /// The rows that an operation looks into.
    pub(super) fn other_of(&self, operation: &Operation) -> TableRows {
        match operation.other() {
            Some(other) => self.tables[other.index()].clone(),
            None if matches!(operation, Operation::AttachOwner { .. }) => {
                TableRows::of(owned(self.owners.as_deref(), &self.dictionaries))
            }
            None => TableRows::of(DataFrame::empty()),
        }
    }

    /// An operation on these rows, for the engine.
    pub(super) fn lazily(&self, operation: &Operation, rows: DataFrame, compiled: Compiled) -> LazyFrame {
        let columns: Vec<PlSmallStr> =
            rows.get_column_names().into_iter().filter(|name| !name.starts_with(OURS)).cloned().collect();
        let columns: Vec<&str> = columns.iter().map(PlSmallStr::as_str).collect();
        let other = self.other_of(operation).whole().clone();
        let is_much = other.height() > rows.height().saturating_mul(MUCH);
        let other = match operation.keys().first().filter(|_| is_much) {
            // Only what these rows look for.
            Some((left, right)) => compile::matching(other.lazy(), right, rows.clone().lazy(), left),
            None => other.lazy(),
        };
        compiled(operation, rows.lazy(), other, &columns, &self.dictionaries)
    }
}

/// How many different numbers there are in a column whose equal numbers stand together.
fn count_runs(numbers: &IdxCa) -> u64 {
    let mut last = None;
    let mut runs = 0;
    for number in numbers.iter() {
        if number != last {
            runs += 1;
            last = number;
        }
    }
    runs
}
