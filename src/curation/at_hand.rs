//! The rows of a table as numbers of rows of what landed: columns are put together once, when somebody looks at them.
//!
//! Keys are integers: numbers of people and devices, and instants. Steps that look for equal ones do it here, by
//! tables indexed by those numbers; the others go to the engine of [`super::compile`], which a test holds this against.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use polars::prelude::*;
use rayon::prelude::*;

use super::compile::OURS;
use super::keys::{AllCells, Cells, Index, cells_of_numbers, cells_of_times};
use crate::domain::Operation;
use crate::domain::plan::ColumnPair;
use crate::landing::Dictionaries;

/// Rows looked at in one go by one thread.
const STRETCH: usize = 1 << 16;
/// Of more rows the engine finds the different ones sooner, with all threads.
const FEW: usize = 1 << 17;

/// Rows of a table, in order: of each column, which one it is of a table that is there, and the rows of that. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct AtHand {
    columns: Vec<Held>,
    /// The rows of tables that are there, which columns share; all of a table where there is nothing.
    rows: Vec<Option<Arc<Vec<u32>>>>,
    len: usize,
}

/// A column of rows at hand.
#[derive(Clone, Debug)]
struct Held {
    name: PlSmallStr,
    of: Column,
    /// Which of the lists of rows.
    rows: usize,
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

/// The cells of a column of rows at hand.
struct Looked<'a, T> {
    cells: Cells<'a, T>,
    rows: Option<&'a [u32]>,
}

impl<T: Copy> Looked<'_, T> {
    fn get(&self, place: usize) -> Option<T> {
        self.cells.get(row_at(self.rows, place))
    }
}

impl AtHand {
    /// All rows of a table, whose columns are in one piece each.
    pub fn new(table: &DataFrame) -> Self {
        let held = |of: &Column| Held { name: of.name().clone(), of: of.clone(), rows: 0 };
        Self { columns: table.columns().iter().map(held).collect(), rows: vec![None], len: table.height() }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Does an operation, if it is one for numbers. `other` is the table that it names; a join makes at most `most` rows.
    ///
    /// # Errors
    /// When a table lacks a column.
    pub fn step(&mut self, operation: &Operation, other: &Self, of: &Dictionaries, most: u64) -> PolarsResult<Done> {
        match operation {
            Operation::KeepPresent(column) => {
                let (of, rows) = self.looked(column)?;
                if of.null_count() > 0 {
                    let is_there = of.is_not_null();
                    let places = self.places(|place| is_there.get(row_at(rows, place)) == Some(true));
                    self.take(places);
                }
            }
            Operation::KeepUpTo(column, latest) => {
                let times = self.times(column)?;
                let places = self.places(|place| times.get(place).is_some_and(|at| at <= *latest));
                self.take(places);
            }
            Operation::KeepMatching { on, present, not_before, .. } => {
                let [(left, right)] = on.as_slice() else { return Ok(Done::NotHere) };
                return self.keep_matching(other, (left, right), *present, *not_before, of);
            }
            Operation::AttachOwner { device, owner } => {
                let mut owners = vec![None; of.devices.len()];
                let (devices, users) = (other.numbers("serialnumber")?, other.numbers("user")?);
                for row in 0..other.len {
                    if let (Some(device), Some(user)) = (devices.get(row), users.get(row)) {
                        owners[device as usize] = Some(user);
                    }
                }
                let numbers = self.numbers(device)?;
                let owner_of = |place: usize| owners.get(numbers.get(place)? as usize).copied().flatten();
                let owned: UInt32Chunked = (0..self.len).map(owner_of).collect();
                let places = self.places(|place| owner_of(place).is_some());
                let of = owned.with_name((*owner).into()).into_column();
                self.columns.push(Held { name: (*owner).into(), of, rows: self.rows.len() });
                self.rows.push(None);
                self.take(places);
            }
            Operation::Join { on, bring, once, .. } => return self.join(other, on, bring, *once, most),
            Operation::Distinct => {
                let names = self.columns.iter().map(|held| held.name.as_str()).filter(|name| !name.starts_with(OURS));
                let first = first_of_each(self, names)?;
                self.take((first.len() < self.len).then_some(first));
            }
            Operation::DropWithdrawn { .. } | Operation::JoinNearest { .. } => return Ok(Done::NotHere),
        }
        Ok(Done::Kept(self.len as u64))
    }

    /// Only these columns, in this order.
    ///
    /// # Errors
    /// When there is no such column.
    pub fn only<'a>(self, names: impl Iterator<Item = &'a str>) -> PolarsResult<Self> {
        let columns = names.map(|name| self.held(name).cloned()).collect::<PolarsResult<_>>()?;
        Ok(Self { columns, ..self })
    }

    /// The rows at these places, put together.
    ///
    /// # Errors
    /// When the columns do not fit together, a defect of this program.
    pub fn slice(&self, places: Range<usize>) -> PolarsResult<DataFrame> {
        let columns = self.columns.par_iter().map(|held| self.column(held, places.clone()));
        DataFrame::new(places.len(), columns.collect::<PolarsResult<Vec<_>>>()?)
    }

    /// All rows, put together.
    ///
    /// # Errors
    /// As of [`Self::slice`].
    pub fn everything(&self) -> PolarsResult<DataFrame> {
        self.slice(0..self.len)
    }

    fn held(&self, name: &str) -> PolarsResult<&Held> {
        let held = self.columns.iter().rfind(|held| held.name == name);
        held.ok_or_else(|| polars_err!(ColumnNotFound: "{name}"))
    }

    fn column(&self, Held { name, of, rows }: &Held, places: Range<usize>) -> PolarsResult<Column> {
        let column = match &self.rows[*rows] {
            Some(rows) => gather(of, &rows[places])?,
            None => of.slice(places.start as i64, places.len()),
        };
        Ok(column.with_name(name.clone()))
    }

    /// A column, put together.
    fn whole(&self, name: &str) -> PolarsResult<Column> {
        self.column(self.held(name)?, 0..self.len)
    }

    /// The column that a column is of, and the rows of that.
    fn looked(&self, name: &str) -> PolarsResult<(&Column, Option<&[u32]>)> {
        let Held { of, rows, .. } = self.held(name)?;
        Ok((of, self.rows[*rows].as_ref().map(|rows| rows.as_slice())))
    }

    fn numbers(&self, name: &str) -> PolarsResult<Looked<'_, u32>> {
        let (of, rows) = self.looked(name)?;
        Ok(Looked { cells: cells_of_numbers(of)?, rows })
    }

    fn times(&self, name: &str) -> PolarsResult<Looked<'_, i64>> {
        let (of, rows) = self.looked(name)?;
        Ok(Looked { cells: cells_of_times(of)?, rows })
    }

    /// The places at which that is so; none where it is so at all of them.
    fn places(&self, is_kept: impl Fn(usize) -> bool + Sync) -> Option<Vec<u32>> {
        let stretch = |start: usize| {
            let places = start..self.len.min(start + STRETCH);
            places.filter(|&place| is_kept(place)).map(|place| place as u32).collect::<Vec<u32>>()
        };
        let starts: Vec<usize> = (0..self.len).step_by(STRETCH).collect();
        let places = starts.into_par_iter().map(stretch).collect::<Vec<_>>().concat();
        (places.len() < self.len).then_some(places)
    }

    /// Goes on with the rows at these places, if it is not with all.
    fn take(&mut self, places: Option<Vec<u32>>) {
        let Some(places) = places else { return };
        self.len = places.len();
        let places = Arc::new(places);
        self.rows = self.rows.iter().map(|rows| Some(through(rows.as_ref(), &places))).collect();
    }

    fn keep_matching(
        &mut self,
        other: &Self,
        (left, right): ColumnPair,
        present: Option<&str>,
        not_before: Option<ColumnPair>,
        of: &Dictionaries,
    ) -> PolarsResult<Done> {
        let people_and_devices = of.people.len().max(of.devices.len());
        let keys = other.numbers(right)?;
        let counts = present.map(|column| other.times(column)).transpose()?;
        let earliest = not_before.map(|(_, column)| other.times(column)).transpose()?;
        // From when on each number counts.
        let mut from = vec![i64::MAX; people_and_devices];
        for row in 0..other.len {
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
        let keys = self.numbers(left)?;
        let times = not_before.map(|(column, _)| self.times(column)).transpose()?;
        let places = self.places(|place| {
            let Some(from) = keys.get(place).and_then(|key| from.get(key as usize)) else { return false };
            match &times {
                Some(times) => times.get(place).is_some_and(|at| at >= *from),
                None => *from != i64::MAX,
            }
        });
        self.take(places);
        Ok(Done::Kept(self.len as u64))
    }

    fn join(
        &mut self,
        other: &Self,
        on: &[ColumnPair],
        bring: &[ColumnPair],
        once: bool,
        most: u64,
    ) -> PolarsResult<Done> {
        let left: Vec<Column> = on.iter().map(|(left, _)| self.whole(left)).collect::<PolarsResult<_>>()?;
        let names = on.iter().map(|(_, right)| *right).chain(bring.iter().filter(|_| once).map(|(from, _)| *from));
        let others = once.then(|| first_of_each(other, names)).transpose()?;
        let right = on.iter().map(|(_, right)| other.whole(right)).collect::<PolarsResult<Vec<_>>>()?;
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
        let (places, rows) = rayon::join(|| places.concat(), || Arc::new(rows.concat()));
        self.take(Some(places));
        // Columns of the other table that share their rows go on to do so.
        let mut brought: Vec<Option<usize>> = vec![None; other.rows.len()];
        for (from, name) in bring {
            let held = other.held(from)?;
            let place = *brought[held.rows].get_or_insert_with(|| {
                self.rows.push(Some(through(other.rows[held.rows].as_ref(), &rows)));
                self.rows.len() - 1
            });
            self.columns.push(Held { name: (*name).into(), of: held.of.clone(), rows: place });
        }
        Ok(Done::Kept(matched))
    }
}

/// The row that stands at a place of a list.
fn row_at(rows: Option<&[u32]>, place: usize) -> usize {
    rows.map_or(place, |rows| rows[place] as usize)
}

/// The rows that stand at these places of a list.
fn through(rows: Option<&Arc<Vec<u32>>>, places: &Arc<Vec<u32>>) -> Arc<Vec<u32>> {
    match rows {
        Some(rows) => Arc::new(places.par_iter().with_min_len(STRETCH).map(|place| rows[*place as usize]).collect()),
        None => Arc::clone(places),
    }
}

/// The first row of each combination of some columns, in order.
fn first_of_each<'a>(other: &AtHand, columns: impl Iterator<Item = &'a str>) -> PolarsResult<Vec<u32>> {
    const ROW: &str = "__row";
    let columns = other.clone().only(columns)?.everything()?;
    if columns.height() <= FEW
        && let Some(cells) = AllCells::of(columns.columns())?
    {
        return Ok(cells.first_of_each(columns.height()));
    }
    let subset: Vec<String> = columns.get_column_names().into_iter().map(ToString::to_string).collect();
    let numbered = columns.with_row_index(ROW.into(), None)?;
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
                        let mut at_hand = AtHand::new(&rows);
                        for Step { operation, reason } in definition.steps {
                            let other = curation.other_of(&operation);
                            let before = rows.height() as u64;
                            let step = Step { operation: operation.clone(), reason };
                            let (left, matched) = curation.take(&step, rows).unwrap();
                            rows = left;
                            let done =
                                at_hand.step(&operation, other.at_hand(), &curation.dictionaries, u64::MAX).unwrap();
                            match done {
                                Done::Kept(kept) => assert_eq!(kept, matched, "{recipe:?} {operation:?} of {before}"),
                                Done::TooMany(_) => panic!("{operation:?} makes too many rows"),
                                Done::NotHere => at_hand = AtHand::new(&rows),
                            }
                            let names: Vec<_> = rows.get_column_names_owned();
                            let found = at_hand
                                .clone()
                                .only(names.iter().map(|name| name.as_str()))
                                .unwrap()
                                .everything()
                                .unwrap();
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
            let mut at_hand = AtHand::new(&rows("sensorreadingtime"));
            let other = AtHand::new(&rows("timestamp"));
            let done = at_hand.step(&join, &other, &Dictionaries::default(), most).unwrap();
            match done {
                Done::Kept(matched) => assert_eq!((is_made, matched, at_hand.len()), (true, 100, 10_000)),
                Done::TooMany(foreseen) => assert_eq!((is_made, foreseen, at_hand.len()), (false, 10_000, 100)),
                Done::NotHere => panic!("integers are joined here"),
            }
        }
    }
}
