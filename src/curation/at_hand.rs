//! The rows at hand while a table is made, as numbers of rows: columns are put together once, at the end.
//!
//! Keys are integers: numbers of people and devices, and instants. Steps that look for equal ones do it here, by
//! tables indexed by those numbers; the others go to the engine of [`super::compile`], which a test holds this against.

use std::sync::atomic::{AtomicU64, Ordering};

use polars::prelude::*;
use rayon::prelude::*;

use super::keys::{Cells, Index, cells_of_numbers, cells_of_times};
use crate::domain::Operation;
use crate::domain::plan::ColumnPair;
use crate::landing::Dictionaries;

/// Rows looked at in one go by one thread.
const STRETCH: usize = 1 << 16;

/// Rows of a table, in order, with what was brought along from others.
pub struct AtHand {
    source: DataFrame,
    /// Which rows of the source; all where there is nothing.
    rows: Option<Vec<u32>>,
    brought: Vec<(&'static str, Column)>,
    len: usize,
}

/// What a step did.
pub enum Done {
    /// So many of the rows are left in any way.
    Kept(u64),
    /// A join would make so many rows. Nothing was done.
    TooMany(u64),
    /// This operation is not one for numbers. Nothing was done.
    NotHere,
}

impl AtHand {
    /// All rows of a table, whose columns are in one piece each.
    pub fn new(source: DataFrame) -> Self {
        Self { len: source.height(), source, rows: None, brought: vec![] }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Does an operation, if it is one for numbers. `other` is the table that it names; a join makes at most `most` rows.
    ///
    /// # Errors
    /// When a table lacks a column.
    pub fn step(
        &mut self,
        operation: &Operation,
        other: &DataFrame,
        of: &Dictionaries,
        most: u64,
    ) -> PolarsResult<Done> {
        match operation {
            Operation::KeepPresent(column) => {
                let column = self.source.column(column)?.clone();
                if column.null_count() > 0 {
                    let is_there = column.is_not_null();
                    self.keep(|_, row| is_there.get(row) == Some(true));
                }
            }
            Operation::KeepUpTo(column, latest) => {
                let source = self.source.clone();
                let times = cells_of_times(&source, column)?;
                self.keep(|_, row| times.get(row).is_some_and(|at| at <= *latest));
            }
            Operation::KeepMatching { on, present, not_before, .. } => {
                let [(left, right)] = on.as_slice() else { return Ok(Done::NotHere) };
                return self.keep_matching(other, (left, right), *present, *not_before, of);
            }
            Operation::AttachOwner { device, owner } => {
                let numbers = self.numbers(device)?;
                let mut owners = vec![None; of.devices.len()];
                let (devices, users) = (cells_of_numbers(other, "serialnumber")?, cells_of_numbers(other, "user")?);
                for row in 0..other.height() {
                    if let (Some(device), Some(user)) = (devices.get(row), users.get(row)) {
                        owners[device as usize] = Some(user);
                    }
                }
                let owner_of = |place: usize| owners.get(numbers.get(place)? as usize).copied().flatten();
                let owned: UInt32Chunked = (0..self.len).map(owner_of).collect();
                self.brought.push((owner, owned.with_name((*owner).into()).into_column()));
                let is_owned = |place: usize, _: usize| owner_of(place).is_some();
                self.keep(is_owned);
            }
            Operation::Join { on, bring, once, .. } => return self.join(other, on, bring, *once, most),
            Operation::DropWithdrawn { .. } | Operation::Distinct | Operation::JoinNearest { .. } => {
                return Ok(Done::NotHere);
            }
        }
        Ok(Done::Kept(self.len as u64))
    }

    /// The rows with these columns.
    ///
    /// # Errors
    /// When there is no such column.
    pub fn columns<'a>(&self, names: impl Iterator<Item = &'a str>) -> PolarsResult<DataFrame> {
        let names: Vec<&str> = names.collect();
        let columns = names.par_iter().map(|name| self.column(name)).collect::<PolarsResult<Vec<_>>>()?;
        DataFrame::new(self.len, columns)
    }

    /// The rows with all columns that they have.
    ///
    /// # Errors
    /// When they do not fit together, a defect of this program.
    pub fn everything(&self) -> PolarsResult<DataFrame> {
        let names: Vec<PlSmallStr> = self.source.get_column_names_owned();
        self.columns(names.iter().map(PlSmallStr::as_str).chain(self.brought.iter().map(|(name, _)| *name)))
    }

    fn column(&self, name: &str) -> PolarsResult<Column> {
        if let Some((_, column)) = self.brought.iter().find(|(brought, _)| *brought == name) {
            return Ok(column.clone());
        }
        let column = self.source.column(name)?;
        self.rows.as_ref().map_or_else(|| Ok(column.clone()), |rows| gather(column, rows))
    }

    /// The numbers in a column, by places.
    fn numbers(&self, name: &str) -> PolarsResult<UInt32Chunked> {
        Ok(self.column(name)?.u32()?.clone())
    }

    /// Keeps the rows for which that is so, given their places and their rows in the source.
    fn keep(&mut self, is_kept: impl Fn(usize, usize) -> bool + Sync) {
        let row_of = |place: usize| self.rows.as_ref().map_or(place, |rows| rows[place] as usize);
        let stretch = |start: usize| {
            let places = start..self.len.min(start + STRETCH);
            places.filter(|&place| is_kept(place, row_of(place))).map(|place| place as u32).collect::<Vec<u32>>()
        };
        let starts: Vec<usize> = (0..self.len).step_by(STRETCH).collect();
        let places = starts.into_par_iter().map(stretch).collect::<Vec<_>>().concat();
        if places.len() < self.len {
            self.take(places);
        }
    }

    /// Goes on with the rows at these places.
    fn take(&mut self, places: Vec<u32>) {
        for (_, column) in &mut self.brought {
            if let Ok(taken) = gather(column, &places) {
                *column = taken;
            }
        }
        self.len = places.len();
        self.rows = Some(match &self.rows {
            Some(rows) => places.par_iter().with_min_len(STRETCH).map(|place| rows[*place as usize]).collect(),
            None => places,
        });
    }

    fn keep_matching(
        &mut self,
        other: &DataFrame,
        (left, right): ColumnPair,
        present: Option<&str>,
        not_before: Option<ColumnPair>,
        of: &Dictionaries,
    ) -> PolarsResult<Done> {
        let people_and_devices = of.people.len().max(of.devices.len());
        let keys = cells_of_numbers(other, right)?;
        let counts = present.map(|column| cells_of_times(other, column)).transpose()?;
        let earliest = not_before.map(|(_, column)| cells_of_times(other, column)).transpose()?;
        // From when on each number counts.
        let mut from = vec![i64::MAX; people_and_devices];
        for row in 0..other.height() {
            let Some(key) = keys.get(row) else { continue };
            if counts.as_ref().is_some_and(|counts| counts.get(row).is_none()) {
                continue;
            }
            let since = match &earliest {
                Some(earliest) => earliest.get(row),
                None => Some(i64::MIN),
            };
            if let Some(since) = since {
                let from = &mut from[key as usize];
                *from = since.min(*from);
            }
        }
        let brought = self.brought.iter().find(|(name, _)| *name == left).map(|(_, column)| column.clone());
        let source = self.source.clone();
        let of_brought = brought.as_ref().map(Cells::of_column).transpose()?;
        let of_source = if of_brought.is_some() { None } else { Some(cells_of_numbers(&source, left)?) };
        let times = not_before.map(|(column, _)| cells_of_times(&source, column)).transpose()?;
        self.keep(|place, row| {
            let key = of_brought
                .as_ref()
                .map_or_else(|| of_source.as_ref().and_then(|keys| keys.get(row)), |keys| keys.get(place));
            let Some(from) = key.and_then(|key| from.get(key as usize)) else { return false };
            match &times {
                Some(times) => times.get(row).is_some_and(|at| at >= *from),
                None => *from != i64::MAX,
            }
        });
        Ok(Done::Kept(self.len as u64))
    }

    fn join(
        &mut self,
        other: &DataFrame,
        on: &[ColumnPair],
        bring: &[ColumnPair],
        once: bool,
        most: u64,
    ) -> PolarsResult<Done> {
        let left: Vec<Column> = on.iter().map(|(left, _)| self.column(left)).collect::<PolarsResult<_>>()?;
        let names = on.iter().map(|(_, right)| *right).chain(bring.iter().filter(|_| once).map(|(from, _)| *from));
        let others = once.then(|| first_of_each(other, &names.collect::<Vec<_>>())).transpose()?;
        let right = on.iter().map(|(_, right)| other.column(right).cloned()).collect::<PolarsResult<Vec<_>>>()?;
        let Some(index) = Index::new(&left, &right, others.as_deref())? else { return Ok(Done::NotHere) };
        let starts: Vec<usize> = (0..self.len).step_by(STRETCH).collect();
        let stretch = |start: &usize| *start..self.len.min(start + STRETCH);
        let made = AtomicU64::new(0);
        let pairs = |start: &usize| {
            let pairs = index.pairs(stretch(start));
            let before = made.fetch_add(pairs.0.len() as u64, Ordering::Relaxed);
            (before + pairs.0.len() as u64 <= most).then_some(pairs)
        };
        let Some(pairs) = starts.par_iter().map(pairs).collect::<Option<Vec<_>>>() else {
            return Ok(Done::TooMany(starts.par_iter().map(|start| index.count(stretch(start))).sum()));
        };
        let matched = pairs.iter().map(|(.., matched)| matched).sum();
        let (places, rows): (Vec<Vec<u32>>, Vec<Vec<u32>>) =
            pairs.into_iter().map(|(places, rows, _)| (places, rows)).unzip();
        let (places, rows) = rayon::join(|| places.concat(), || rows.concat());
        self.take(places);
        let more = bring
            .par_iter()
            .map(|(from, name)| Ok((*name, gather(other.column(from)?, &rows)?.with_name((*name).into()))))
            .collect::<PolarsResult<Vec<_>>>()?;
        self.brought.extend(more);
        Ok(Done::Kept(matched))
    }
}

/// The first row of each combination of some columns, in order.
fn first_of_each(other: &DataFrame, columns: &[&str]) -> PolarsResult<Vec<u32>> {
    const ROW: &str = "__row";
    let numbered = other.select(columns.iter().copied())?.with_row_index(ROW.into(), None)?;
    let subset: Vec<String> = columns.iter().map(|name| (*name).to_owned()).collect();
    let first = numbered.unique_stable(Some(&subset), UniqueKeepStrategy::First, None)?;
    Ok(first.column(ROW)?.idx()?.iter().flatten().collect())
}

/// A column's values in these rows.
fn gather(column: &Column, rows: &[u32]) -> PolarsResult<Column> {
    fn of<T: PolarsNumericType>(values: &ChunkedArray<T>, rows: &[u32]) -> Option<Column>
    where
        ChunkedArray<T>: IntoColumn,
    {
        let values_at = values.cont_slice().ok()?;
        let gathered: Vec<T::Native> =
            rows.par_iter().with_min_len(STRETCH).map(|row| values_at[*row as usize]).collect();
        Some(ChunkedArray::<T>::from_vec(values.name().clone(), gathered).into_column())
    }
    let numbers = match column.dtype() {
        DataType::UInt32 => of(column.u32()?, rows),
        DataType::Int64 => of(column.i64()?, rows),
        DataType::Float64 => of(column.f64()?, rows),
        _ => None,
    };
    match numbers {
        Some(gathered) => Ok(gathered),
        None => column.take(&IdxCa::from_slice(PlSmallStr::EMPTY, rows)),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::curation::curate;
    use crate::domain::{Dataset, Duplicates, JoinRule, Plan, Progress, Recipe, Step};
    use crate::landing::{Source, read};

    /// Every step of every recipe, on the sample data with all their defects.
    #[test]
    fn steps_by_numbers_do_what_the_engine_does() {
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data");
        let landing = read(&Source::Folder(sample), &Progress::default()).unwrap();
        assert!(landing.rows(Dataset::StepTrainer) > 1_000);
        let mut compared = 0;
        for join in JoinRule::ALL {
            for (consent_date, duplicates) in [(false, Duplicates::Keep), (true, Duplicates::Drop)] {
                for as_of in [None, Some(1_656_000_000_000)] {
                    let recipe = Recipe { join, consent_date, duplicates, as_of, ..Recipe::default() };
                    let curation = curate(&landing, &recipe, &Progress::default()).unwrap();
                    for definition in Plan::new(&recipe).tables {
                        let mut rows = curation.numbered(definition.source).clone();
                        let mut at_hand = AtHand::new(rows.clone());
                        for Step { operation, reason } in definition.steps {
                            let other = curation.other_of(&operation);
                            let before = rows.height() as u64;
                            let step = Step { operation: operation.clone(), reason };
                            let (left, matched) = curation.take(&step, rows).unwrap();
                            rows = left;
                            let done = at_hand.step(&operation, &other, &curation.dictionaries, u64::MAX).unwrap();
                            match done {
                                Done::Kept(kept) => assert_eq!(kept, matched, "{recipe:?} {operation:?} of {before}"),
                                Done::TooMany(_) => panic!("{operation:?} makes too many rows"),
                                Done::NotHere => at_hand = AtHand::new(rows.clone()),
                            }
                            let names: Vec<_> = rows.get_column_names_owned();
                            let found = at_hand.columns(names.iter().map(|name| name.as_str())).unwrap();
                            assert!(found.equals_missing(&rows), "{recipe:?} {operation:?}");
                            compared += usize::from(matches!(done, Done::Kept(_)));
                        }
                    }
                }
            }
        }
        assert!(compared > 100, "{compared}");
    }

    #[test]
    fn a_join_of_too_many_rows_is_not_made() {
        let rows = |key: &str| df!(key => [1_i64; 100]).unwrap();
        let on = vec![("sensorreadingtime", "timestamp")];
        let other = crate::domain::Table::AccelerometerTrusted;
        let join = Operation::Join { other, on, bring: vec![], once: false };
        for (most, is_made) in [(10_000, true), (9_999, false)] {
            let mut at_hand = AtHand::new(rows("sensorreadingtime"));
            let done = at_hand.step(&join, &rows("timestamp"), &Dictionaries::default(), most).unwrap();
            match done {
                Done::Kept(matched) => assert_eq!((is_made, matched, at_hand.len()), (true, 100, 10_000)),
                Done::TooMany(foreseen) => assert_eq!((is_made, foreseen, at_hand.len()), (false, 10_000, 100)),
                Done::NotHere => panic!("integers are joined here"),
            }
        }
    }
}
