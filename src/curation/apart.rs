//! Makes the tables of more readings than there is memory for. Readings are taken from the disk piece by piece; customers
//! and what is asked of them stay in memory. The one join of many readings with many is cut into parts by its key, since
//! equal keys are in the same part, and what the parts give is put in order again. The tables are the same, row for row.

use std::sync::Arc;

use polars::prelude::*;

use super::at_hand::AtHand;
use super::gather::{Gathered, is_of_readings};
use super::keys::{cells_of_numbers, cells_of_times};
use super::owners::{OwnerFindings, infer_owners};
use super::table_rows::TableRows;
use super::{Curation, CurationError, TableView};
use crate::domain::{Dataset, Kind, Operation, Plan, Progress, Recipe, StepCount, Table, TableCount, TableDefinition};
use crate::landing::{Aside, Landing, Piece, Shelf};

/// The place of a row among those that come to the join.
const AT: &str = "__at";

/// So many distances are put in order at once, with what they were joined with.
fn in_order(memory: u64) -> usize {
    (memory / 2_000).clamp(1 << 12, 1 << 20) as usize
}

/// Rows are put aside in pieces of at least so many, of each of so many parts.
fn piece(memory: u64, parts: usize) -> usize {
    (memory / 1_000 / parts as u64).clamp(1 << 8, 1 << 16) as usize
}

/// What memory is needed for where it is not enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Customers,
    Duplicates,
    Owners,
}

impl Need {
    /// What can be done with less.
    pub(super) fn instead(self) -> &'static str {
        match self {
            Self::Customers => "read a part of the customers at a time",
            Self::Duplicates => "keep duplicate readings",
            Self::Owners => "join by the owner on the customer record",
        }
    }
}

impl std::fmt::Display for Need {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Customers => "The customers",
            Self::Duplicates => "Duplicates among the readings",
            Self::Owners => "The owners of the devices",
        })
    }
}

/// Makes all derived tables of a landing whose readings are on the disk; those of readings stay there as well and can be
/// looked at as any others. Progress counts readings.
///
/// # Errors
/// As of [`curate_apart`].
pub fn curate_to_disk(
    landing: &Landing,
    recipe: &Recipe,
    aside: &Aside,
    progress: &Progress,
) -> Result<Curation, CurationError> {
    let mut gathered: [Option<Gathered>; 8] = [const { None }; 8];
    let mut write = |table: Table, rows: DataFrame| {
        if !is_of_readings(table) {
            return Ok(());
        }
        let gathered = gathered[table.index()].get_or_insert_with(|| Gathered::on_disk(aside));
        gathered.add(rows).map_err(|error| CurationError::Engine { table, error })
    };
    let mut curation = curate_apart(landing, recipe, aside, &mut write, progress)?;
    for (table, gathered) in Table::ALL.into_iter().zip(gathered) {
        if let Some(gathered) = gathered {
            let rows = gathered.finish().map_err(|error| CurationError::Engine { table, error })?;
            curation.tables[table.index()] = TableRows::of(rows);
        }
        curation.apart[table.index()] = None;
    }
    Ok(curation)
}

/// Takes the rows of a table as they are made, in order.
pub type Write<'a> = dyn FnMut(Table, DataFrame) -> Result<(), CurationError> + 'a;

/// Makes all derived tables of a landing whose readings are on a shelf, and hands their rows to `write`. Progress counts
/// readings. The result has the counts, and the rows of customers only.
///
/// # Errors
/// As of [`super::curate`]; and before anything is made, when the memory will not do.
pub fn curate_apart(
    landing: &Landing,
    recipe: &Recipe,
    aside: &Aside,
    write: &mut Write<'_>,
    progress: &Progress,
) -> Result<Curation, CurationError> {
    let plan = Plan::new(recipe);
    foresee(landing, &plan, aside.memory)?;
    let mut curation = Curation::of_landed(landing, recipe);
    if plan.infers_owners() {
        curation.owners = Some(Arc::new(owners(landing, &curation, progress)?));
    }
    let distances = landing.rows(Dataset::StepTrainer);
    let readings = landing.rows(Dataset::Accelerometer) + distances;
    // Those that come to the join count once more when they are joined, and once when they are in order.
    progress.set_total(readings + 2 * distances);
    let Some(learning) = plan.definition(Table::MachineLearningCurated) else {
        return Err(CurationError::NoSuchStep { table: Table::MachineLearningCurated });
    };
    let mut join = Join::new(learning, [readings, distances], aside)?;
    for definition in &plan.tables {
        let table = definition.table;
        let count = match definition.source {
            Table::CustomerLanding | Table::CustomerTrusted => {
                let count = curation.make(definition, progress)?;
                write(table, curation.numbered(table).clone())?;
                count
            }
            Table::AccelerometerLanding | Table::StepTrainerLanding => {
                curation.make_apart(landing, definition, &mut join, write, progress)?
            }
            _ => join.finish(&mut curation, write, progress)?,
        };
        curation.apart[table.index()] = Some(count.rows);
        curation.counts.push(count);
    }
    Ok(curation)
}

/// Says what is needed where the memory will not do.
fn foresee(landing: &Landing, plan: &Plan, memory: u64) -> Result<(), CurationError> {
    /// Instants by time, by sender, and as they are sorted.
    const EACH_INSTANT: u64 = 56;
    /// A customer record and all that is asked of it.
    const EACH_CUSTOMER: u64 = 600;
    let readings = landing.rows(Dataset::Accelerometer) + landing.rows(Dataset::StepTrainer);
    let customers = landing.rows(Dataset::Customer) * EACH_CUSTOMER;
    let check = |what: Need, needed: u64| match needed <= memory {
        true => Ok(()),
        false => Err(CurationError::Memory { what, needed, memory }),
    };
    check(Need::Customers, customers)?;
    let of_readings = [Table::AccelerometerLanding, Table::StepTrainerLanding];
    let mut definitions = plan.tables.iter().filter(|definition| of_readings.contains(&definition.source));
    if definitions.any(|definition| definition.steps.iter().any(|step| step.operation == Operation::Distinct)) {
        // There is no way yet to look for equal rows piece by piece.
        return Err(CurationError::Memory { what: Need::Duplicates, needed: landing.bytes() * 2, memory });
    }
    if plan.infers_owners() {
        check(Need::Owners, customers + readings * EACH_INSTANT)?;
    }
    Ok(())
}

/// Who owns which device, by the instants alone.
fn owners(landing: &Landing, curation: &Curation, progress: &Progress) -> Result<OwnerFindings, CurationError> {
    let instants = |dataset: Dataset| -> Result<TableView, CurationError> {
        let table = Table::landing(dataset);
        let failed = |error| CurationError::Engine { table, error };
        let wanted = |column: &&crate::domain::Column| column.kind == Kind::Time || column.kind == Kind::Text;
        let columns: Vec<&str> = dataset.schema().iter().filter(wanted).map(|column| column.name).collect();
        let mut all = landing.numbered(dataset).select(columns.iter().copied()).map_err(failed)?;
        if !landing.shelved(dataset).is_empty() {
            all = all.clear();
            for piece in landing.pieces(dataset, Some(&columns)) {
                progress.check()?;
                all.vstack_mut_owned(piece.map_err(failed)?).map_err(failed)?;
            }
            all.rechunk_mut();
        }
        Ok(curation.view_over(&all, table))
    };
    let (motions, distances) = (instants(Dataset::Accelerometer)?, instants(Dataset::StepTrainer)?);
    let customers = curation.view(Table::CustomerLanding);
    infer_owners(&customers, &motions, &distances, &curation.recipe.owners, &progress.part())
}

impl Curation {
    /// Makes a table of readings piece by piece.
    fn make_apart(
        &mut self,
        landing: &Landing,
        definition: &TableDefinition,
        join: &mut Join<'_>,
        write: &mut Write<'_>,
        progress: &Progress,
    ) -> Result<TableCount, CurationError> {
        let (table, source) = (definition.table, definition.source);
        let failed = |error| CurationError::Engine { table, error };
        let names = || table.schema().iter().map(|column| column.name);
        let mut count = TableCount { table, source, rows_in: 0, steps: vec![], rows: 0 };
        let mut has_readings = vec![false; self.dictionaries.people.len()];
        let pieces = landing.pieces(source.dataset().unwrap_or(Dataset::Accelerometer), None);
        let empty = self.numbered(source).clear();
        // Once without rows, so that there are columns and counts where nothing landed.
        for rows in std::iter::once(Ok(empty)).chain(pieces) {
            progress.check()?;
            let rows = rows.map_err(failed)?;
            let landed = rows.height() as u64;
            let (kept, steps) = self.through_steps(table, &definition.steps, AtHand::new(&rows), progress)?;
            let kept = kept.only(names()).and_then(|kept| kept.everything()).map_err(failed)?;
            count.rows_in += landed;
            add(&mut count.steps, steps);
            if table == Table::AccelerometerTrusted {
                let users = kept.column("user").and_then(cells_of_numbers).map_err(failed)?;
                for user in (0..kept.height()).filter_map(|row| users.get(row)) {
                    has_readings[user as usize] = true;
                }
                join.motions.put(&kept).map_err(failed)?;
            } else {
                join.put_distances(self, &kept, progress)?;
            }
            count.rows += kept.height() as u64;
            write(table, kept)?;
            progress.advance(landed);
        }
        if table == Table::AccelerometerTrusted {
            // All that another table asks of this one is who has readings.
            let users: Vec<u32> = (0..).zip(&has_readings).filter(|(_, has)| **has).map(|(user, _)| user).collect();
            self.tables[table.index()] = TableRows::of(df!("user" => users).map_err(failed)?);
        }
        Ok(count)
    }
}

/// The join of the trusted distances with the trusted motions.
struct Join<'a> {
    definition: &'a TableDefinition,
    aside: &'a Aside,
    distances: Parts<'a>,
    motions: Parts<'a>,
    /// How many distances landed, and how many were put aside.
    landed: u64,
    put: usize,
    count: TableCount,
}

impl<'a> Join<'a> {
    fn new(
        definition: &'a TableDefinition,
        [readings, distances]: [u64; 2],
        aside: &'a Aside,
    ) -> Result<Self, CurationError> {
        /// A row of either side, its place in the tables of the join, and what comes of it.
        const EACH: u64 = 160;
        const MOST_PARTS: u64 = 1024;
        let table = definition.table;
        let last = definition.steps.last().ok_or(CurationError::NoSuchStep { table })?;
        let on = last.operation.keys();
        // Where people are compared they are in one part, also if instants need only be near.
        let (left, right) = on.iter().find(|(left, _)| *left == "user").or(on.first()).copied().unwrap_or_default();
        let parts = (readings * EACH).div_ceil(aside.memory.max(1) / 4 + 1).clamp(4, MOST_PARTS) as usize;
        Ok(Self {
            definition,
            aside,
            distances: Parts::new(left, parts, aside),
            motions: Parts::new(right, parts, aside),
            landed: distances,
            put: 0,
            count: TableCount { table, source: definition.source, rows_in: 0, steps: vec![], rows: 0 },
        })
    }

    /// Takes trusted distances through all steps but the last, and puts them aside for it.
    fn put_distances(
        &mut self,
        curation: &Curation,
        rows: &DataFrame,
        progress: &Progress,
    ) -> Result<(), CurationError> {
        let table = self.definition.table;
        let failed = |error| CurationError::Engine { table, error };
        self.count.rows_in += rows.height() as u64;
        let Some((_, first)) = self.definition.steps.split_last() else { return Ok(()) };
        let (rows, steps) = curation.through_steps(table, first, AtHand::new(rows), progress)?;
        add(&mut self.count.steps, steps);
        let mut rows = rows.everything().map_err(failed)?;
        let before = self.put as i64;
        self.put += rows.height();
        let at = Int64Chunked::from_iter_values(AT.into(), before..self.put as i64);
        rows.with_column(at.into_column()).map_err(failed)?;
        self.distances.put(&rows).map_err(failed)
    }

    /// Does the last step part by part, and hands the rows on in the order of the distances.
    fn finish(
        &mut self,
        curation: &mut Curation,
        write: &mut Write<'_>,
        progress: &Progress,
    ) -> Result<TableCount, CurationError> {
        let table = self.definition.table;
        let failed = |error| CurationError::Engine { table, error };
        let names = || table.schema().iter().map(|column| column.name);
        let motions = Table::AccelerometerTrusted.index();
        progress.advance(2 * (self.landed - self.put as u64));
        let readers = curation.tables[motions].clone();
        let last = self.definition.steps.last().cloned().into_iter().collect::<Vec<_>>();
        let in_order = in_order(self.aside.memory);
        let mut ordered = Parts::new(AT, self.put.div_ceil(in_order).max(1), self.aside);
        let mut joined: Vec<StepCount> = vec![];
        let mut empty = None;
        for part in 0..self.distances.len() {
            progress.check()?;
            curation.tables[motions] = TableRows::of(self.motions.take(part).map_err(failed)?);
            let rows = self.distances.take(part).map_err(failed)?;
            progress.advance(rows.height() as u64);
            let (rows, steps) = curation.through_steps(table, &last, AtHand::new(&rows), progress)?;
            add(&mut joined, steps);
            let rows = rows.only(names().chain([AT])).and_then(|rows| rows.everything()).map_err(failed)?;
            self.count.rows += rows.height() as u64;
            ordered.put_by(&rows, |row, at| at.get(row).map_or(0, |at| at as usize / in_order)).map_err(failed)?;
            empty.get_or_insert_with(|| rows.clear());
        }
        curation.tables[motions] = readers;
        self.count.steps.append(&mut joined);
        write(table, empty.unwrap_or_default().select(names()).map_err(failed)?)?;
        for part in 0..ordered.len() {
            progress.check()?;
            progress.advance(in_order.min(self.put - part * in_order) as u64);
            let rows = ordered.take(part).map_err(failed)?;
            let order = SortMultipleOptions::default().with_maintain_order(true);
            let rows = rows.sort([AT], order).and_then(|rows| rows.select(names())).map_err(failed)?;
            write(table, rows)?;
        }
        Ok(self.count.clone())
    }
}

/// Rows put aside in parts, by a column of integers. Equal numbers are in the same part, and within a part rows stay in
/// order.
struct Parts<'a> {
    column: &'static str,
    shelf: &'a Arc<Shelf>,
    piece: usize,
    parts: Vec<Vec<Piece>>,
    /// What is too little yet to be put aside.
    rest: Vec<Option<DataFrame>>,
    empty: DataFrame,
}

impl<'a> Parts<'a> {
    fn new(column: &'static str, parts: usize, aside: &'a Aside) -> Self {
        let (rest, pieces) = (vec![None; parts], vec![vec![]; parts]);
        let piece = piece(aside.memory, parts);
        Self { column, shelf: &aside.shelf, piece, parts: pieces, rest, empty: DataFrame::empty() }
    }

    fn len(&self) -> usize {
        self.parts.len()
    }

    /// Puts rows into parts by their hashes.
    fn put(&mut self, rows: &DataFrame) -> PolarsResult<()> {
        let parts = self.len() as u64;
        // The highest bits of the product with 2^64 divided by the golden ratio.
        let part = |key: u64| (((key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) * parts) >> 32) as usize;
        if rows.column(self.column)?.dtype() == &DataType::UInt32 {
            let numbers = cells_of_numbers(rows.column(self.column)?)?;
            let places = (0..rows.height()).map(|row| part(u64::from(numbers.get(row).unwrap_or_default())));
            return self.put_into(rows, &places.collect::<Vec<_>>());
        }
        self.put_by(rows, |row, times| part(times.get(row).unwrap_or_default() as u64))
    }

    /// Puts rows into parts by the numbers in their column.
    fn put_by(
        &mut self,
        rows: &DataFrame,
        part: impl Fn(usize, &super::keys::Cells<'_, i64>) -> usize,
    ) -> PolarsResult<()> {
        let numbers = cells_of_times(rows.column(self.column)?)?;
        let places: Vec<usize> = (0..rows.height()).map(|row| part(row, &numbers)).collect();
        self.put_into(rows, &places)
    }

    fn put_into(&mut self, rows: &DataFrame, parts: &[usize]) -> PolarsResult<()> {
        if self.empty.width() == 0 {
            self.empty = rows.clear();
        }
        let mut of = vec![vec![]; self.len()];
        for (row, part) in (0_u32..).zip(parts) {
            of[*part].push(row);
        }
        for (part, of) in of.into_iter().enumerate().filter(|(_, of)| !of.is_empty()) {
            let more = rows.take(&IdxCa::from_vec(PlSmallStr::EMPTY, of))?;
            let mut rest = match self.rest[part].take() {
                Some(mut rest) => {
                    rest.vstack_mut_owned(more)?;
                    rest
                }
                None => more,
            };
            if rest.height() < self.piece {
                self.rest[part] = Some(rest);
            } else {
                self.parts[part].push(self.shelf.put(&mut rest)?);
            }
        }
        Ok(())
    }

    /// The rows of a part, in order and in one piece; they are no longer here then.
    fn take(&mut self, part: usize) -> PolarsResult<DataFrame> {
        let mut all = self.empty.clone();
        for piece in std::mem::take(&mut self.parts[part]) {
            all.vstack_mut_owned(piece.get(None)?)?;
        }
        if let Some(rest) = self.rest[part].take() {
            all.vstack_mut_owned(rest)?;
        }
        all.rechunk_mut();
        Ok(all)
    }
}

/// Adds up what the same steps did to several pieces.
fn add(all: &mut Vec<StepCount>, more: Vec<StepCount>) {
    if all.is_empty() {
        *all = more;
        return;
    }
    for (all, more) in all.iter_mut().zip(more) {
        all.rows_in += more.rows_in;
        all.dropped += more.dropped;
        all.added += more.added;
    }
}
