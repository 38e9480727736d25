//! The readings of all files, one behind the other in the order of the files. Each file's are copied to their place as soon as
//! those before it are there, so that their own memory serves the files that follow.

use std::collections::BTreeMap;
use std::sync::Mutex;

use polars::prelude::*;
use rayon::prelude::*;

use super::{Numbers, lock};
use crate::domain::Dataset;

/// Readings that grow file by file.
pub struct InOrder {
    queue: Mutex<Queue>,
    datasets: Mutex<[Option<Growing>; 3]>,
    /// How many bytes the files of each data set have together.
    bytes: [u64; 3],
}

/// What is to be put behind what is there.
#[derive(Default)]
struct Queue {
    /// Files that came before one that is still being read or copied.
    waiting: BTreeMap<usize, Option<Readings>>,
    next: usize,
    /// A thread is at it, and takes whatever comes meanwhile.
    is_served: bool,
}

/// What one file of so many bytes gave.
pub struct Readings {
    pub dataset: Dataset,
    pub bytes: u64,
    pub frame: DataFrame,
}

/// The columns of one data set, and how many rows each file gave.
struct Growing {
    columns: Vec<(PlSmallStr, Values)>,
    files: Vec<(usize, usize)>,
}

enum Values {
    /// Numbers of texts, as each file numbered its own.
    Numbers(Vec<u32>),
    Integers(Vec<i64>),
    Floats(Vec<f64>),
}

impl InOrder {
    /// No readings yet; the files of each data set will have about so many bytes.
    pub fn new(bytes: [u64; 3]) -> Self {
        Self { queue: Mutex::default(), datasets: Mutex::default(), bytes }
    }

    /// What the file at a place among all files gave; nothing if it has no readings. Each place comes once. One thread at a time
    /// copies, and none waits for it.
    ///
    /// # Errors
    /// When the readings have other columns than those before, or a null, a defect of this program.
    pub fn add(&self, place: usize, readings: Option<Readings>) -> PolarsResult<()> {
        let mut queue = lock(&self.queue);
        queue.waiting.insert(place, readings);
        if queue.is_served {
            return Ok(());
        }
        loop {
            let place = queue.next;
            let Some(readings) = queue.waiting.remove(&place) else { return Ok(()) };
            queue.next += 1;
            if let Some(readings) = readings {
                queue.is_served = true;
                drop(queue);
                self.copy(place, readings)?;
                queue = lock(&self.queue);
                queue.is_served = false;
            }
        }
    }

    fn copy(&self, place: usize, Readings { dataset, bytes, frame }: Readings) -> PolarsResult<()> {
        let index = dataset.index();
        let growing = &mut lock(&self.datasets)[index];
        let growing = match growing {
            Some(growing) => growing,
            none => none.insert(Growing::new(&frame, likely(frame.height(), bytes, self.bytes[index]))?),
        };
        growing.add(place, &frame)
    }

    /// The readings of a data set, with the numbers that those of each file became; none if no file has any.
    ///
    /// # Errors
    /// When the columns do not fit together, a defect of this program.
    pub fn take(&self, dataset: Dataset, became: &[Numbers]) -> PolarsResult<Option<DataFrame>> {
        lock(&self.datasets)[dataset.index()].take().map(|growing| growing.finish(became)).transpose()
    }
}

/// How many rows files of so many bytes have, if they are as this one; with some to spare, since what is not used costs nothing,
/// and growing beyond it costs a copy. A file that was changed while it was read may be nothing like the others.
fn likely(rows: usize, bytes: u64, of: u64) -> usize {
    const TO_SPARE: f64 = 1.05;
    /// Of a compressed file.
    const LEAST_BYTES: u64 = 8;
    let whole = rows as f64 * of as f64 / bytes.max(1) as f64;
    rows.max((whole * TO_SPARE).min((of / LEAST_BYTES) as f64) as usize)
}

/// Room for so many values, if it can be had; without it they have room as they come.
fn room<T>(capacity: usize) -> Vec<T> {
    let mut room = vec![];
    room.try_reserve_exact(capacity).ok();
    room
}

impl Growing {
    fn new(like: &DataFrame, capacity: usize) -> PolarsResult<Self> {
        let values = |column: &Column| match column.dtype() {
            DataType::UInt32 => Ok(Values::Numbers(room(capacity))),
            DataType::Int64 => Ok(Values::Integers(room(capacity))),
            DataType::Float64 => Ok(Values::Floats(room(capacity))),
            kind => polars_bail!(ComputeError: "a column of {kind} is none of readings"),
        };
        let columns = like.columns().iter().map(|column| Ok((column.name().clone(), values(column)?)));
        Ok(Self { columns: columns.collect::<PolarsResult<_>>()?, files: vec![] })
    }

    fn add(&mut self, file: usize, rows: &DataFrame) -> PolarsResult<()> {
        for (name, values) in &mut self.columns {
            let column = rows.column(name)?;
            match values {
                Values::Numbers(values) => put_behind(values, column.u32()?)?,
                Values::Integers(values) => put_behind(values, column.i64()?)?,
                Values::Floats(values) => put_behind(values, column.f64()?)?,
            }
        }
        self.files.push((file, rows.height()));
        Ok(())
    }

    fn finish(self, became: &[Numbers]) -> PolarsResult<DataFrame> {
        let Self { columns, files } = self;
        let rows = files.iter().map(|(_, rows)| rows).sum();
        let column = |(name, values): (PlSmallStr, Values)| match values {
            Values::Numbers(mut values) => {
                renumber(&mut values, &name, &files, became);
                UInt32Chunked::from_vec(name, values).into_column()
            }
            Values::Integers(values) => Int64Chunked::from_vec(name, values).into_column(),
            Values::Floats(values) => Float64Chunked::from_vec(name, values).into_column(),
        };
        DataFrame::new(rows, columns.into_iter().map(column).collect())
    }
}

fn put_behind<T: PolarsNumericType>(values: &mut Vec<T::Native>, more: &ChunkedArray<T>) -> PolarsResult<()> {
    polars_ensure!(more.null_count() == 0, ComputeError: "a reading lacks what every reading has");
    more.downcast_iter().for_each(|piece| values.extend_from_slice(piece.values().as_slice()));
    Ok(())
}

/// Puts what they became in the place of the numbers of each file.
fn renumber(values: &mut [u32], name: &str, files: &[(usize, usize)], became: &[Numbers]) {
    /// So many go to one thread at once.
    const AT_ONCE: usize = 1 << 16;
    let mut rest = values;
    let mut pieces = vec![];
    for (file, rows) in files {
        let (of_file, behind) = std::mem::take(&mut rest).split_at_mut(*rows);
        rest = behind;
        let numbers = became.get(*file).and_then(|became| became.iter().find(|(column, _)| *column == name));
        let Some((_, numbers)) = numbers else { continue };
        pieces.extend(of_file.chunks_mut(AT_ONCE).map(|piece| (piece, numbers.as_slice())));
    }
    pieces.into_par_iter().for_each(|(piece, numbers)| {
        piece.iter_mut().for_each(|number| *number = numbers.get(*number as usize).copied().unwrap_or_default());
    });
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn readings(users: [u32; 2], at: i64) -> Option<Readings> {
        let frame = df!("user" => users, "timestamp" => [at, at + 1], "x" => [0.5, f64::from(users[0])]).unwrap();
        Some(Readings { dataset: Dataset::Accelerometer, bytes: 100, frame })
    }

    #[test]
    fn files_stand_in_their_order_however_they_come() {
        let all = InOrder::new([0, 150, 0]);
        for (place, readings) in
            [(3, readings([1, 0], 30)), (1, None), (2, readings([0, 0], 20)), (0, readings([0, 1], 10))]
        {
            all.add(place, readings).unwrap();
        }
        let became = |numbers: [u32; 2]| vec![("user", numbers.to_vec())];
        let became = [became([7, 8]), vec![], became([9, 0]), became([8, 7])];
        assert!(all.take(Dataset::StepTrainer, &became).unwrap().is_none());
        let frame = all.take(Dataset::Accelerometer, &became).unwrap().unwrap();
        let expected = df!(
            "user" => [7_u32, 8, 9, 9, 7, 8],
            "timestamp" => [10_i64, 11, 20, 21, 30, 31],
            "x" => [0.5, 0.0, 0.5, 0.0, 0.5, 1.0]
        );
        assert!(frame.equals(&expected.unwrap()), "{frame}");
        assert!(frame.columns().iter().all(|column| column.n_chunks() == 1));
    }

    #[test]
    fn threads_that_add_at_once_lose_nothing() {
        const FILES: usize = 40;
        for _ in 0..100 {
            let (all, next) = (InOrder::new([0, 1_000, 0]), AtomicUsize::new(0));
            let take = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|place| *place < FILES);
            let read = |place: usize| readings([0, 1], 10 * place as i64).filter(|_| place % 7 != 3);
            std::thread::scope(|scope| {
                let work = || std::iter::from_fn(take).for_each(|place| all.add(place, read(place)).unwrap());
                (0..4).for_each(|_| drop(scope.spawn(work)));
            });
            let frame = all.take(Dataset::Accelerometer, &vec![vec![]; FILES]).unwrap().unwrap();
            let times: Vec<i64> = frame.column("timestamp").unwrap().i64().unwrap().into_no_null_iter().collect();
            let expected =
                (0..FILES as i64).filter(|place| place % 7 != 3).flat_map(|place| [10 * place, 10 * place + 1]);
            assert_eq!(times, expected.collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_file_that_is_nothing_like_the_others_takes_no_room_that_nobody_has() {
        assert_eq!(likely(100, 1_000, 10_000), 1_050);
        assert_eq!(likely(1_000_000, 1, 1 << 40), 1 << 37);
        assert_eq!(likely(100, 0, 0), 100);
        assert!(room::<i64>(usize::MAX / 16).is_empty());
        let all = InOrder::new([0, 1 << 40, 0]);
        let unlike = readings([0, 1], 10).map(|readings| Readings { bytes: 1, ..readings });
        all.add(0, unlike).unwrap();
        assert_eq!(all.take(Dataset::Accelerometer, &[vec![]]).unwrap().unwrap().height(), 2);
    }

    #[test]
    fn a_null_is_told_instead_of_taken_for_a_number() {
        let frame = df!("user" => [0_u32], "timestamp" => [None::<i64>]).unwrap();
        let readings = Readings { dataset: Dataset::StepTrainer, bytes: 1, frame };
        assert!(InOrder::new([0; 3]).add(0, Some(readings)).is_err());
    }
}
