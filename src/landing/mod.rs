//! Reading messy landing files: everything that can be read is, and everything that cannot is refused, counted and
//! listed with its place and reason.
//!
//! Promises: a damaged record costs that record and no other; every byte of a file belongs to a record that was
//! read, to one that was refused, or is a separator; the same files give the same frames on any number of threads;
//! no message contains anything that a record said.

mod cache;
mod census;
mod columns;
mod content;
mod csv_file;
mod dictionary;
mod engine_run;
mod far_run;
mod file;
mod find;
mod finding;
#[cfg(fuzzing)]
pub mod fuzzing;
mod in_order;
mod input;
mod json;
mod number;
mod parquet_bounds;
mod parquet_file;
mod pieces;
mod refused;
mod remote;
mod shelf;
mod source;
mod stack;
mod usual;
mod value;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use polars::prelude::{DataFrame, PolarsResult};
use rayon::prelude::*;

use crate::domain::format::{bytes, counted, why};
use crate::domain::{Cancelled, Dataset, Privacy, Progress, Purpose};
use crate::s3::S3Error;

use self::cache::Stamp;
use self::columns::Columns;
use self::file::{FileResult, Records};
use self::find::FoundFile;
use self::in_order::{InOrder, Readings};
use self::input::Hashing;

pub use cache::{Cache, Kept, Seen, Unkept};
pub use census::{Census, ConsentCensus};
pub use columns::data_type;
pub use dictionary::{Dictionaries, Dictionary, is_numbered};
pub use engine_run::{EngineRun, RunError};
pub use finding::Finding;
pub use input::{open_file, read_whole};
pub use parquet_file::{open as open_parquet, unless_damaged};
pub use refused::{Refused, RefusedReason};
pub use remote::{Remote, fetch};
pub use shelf::{Aside, MEMORY_EACH_BYTE, Piece, Shelf, memory, room};
pub use source::{Source, real_path};
pub use stack::Stack;
pub use value::ConsentStood;

/// What was read from a source.
#[derive(Clone, Debug)]
pub struct Landing {
    /// Where it came from.
    pub source: Source,
    /// Every file that was looked at, in the order of their names.
    pub files: Vec<LandingFile>,
    /// Every record that could not be read, in the order of files and offsets.
    pub refused: Vec<Refused>,
    /// What is remarkable about the delivery as a whole or a file of it.
    pub findings: Vec<Finding>,
    /// What stood where a consent belongs, and keys that no schema knows.
    pub census: Census,
    /// How many of the files were not read again, because what they said was kept.
    pub known_files: u64,
    stood: Vec<[ConsentStood; 3]>,
    dictionaries: Dictionaries,
    frames: [DataFrame; 3],
    spelled: [OnceLock<DataFrame>; 3],
    shelved: [Vec<Shelved>; 3],
    aside: Option<Aside>,
}

/// Rows of a data set that were put aside, and what their numbers are among those of all files.
#[derive(Clone, Debug)]
pub struct Shelved {
    piece: Piece,
    numbers: Arc<Numbers>,
}

impl Shelved {
    /// The rows, with numbers of [`Landing::dictionaries`]; with all columns or some.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn get(&self, columns: Option<&[&str]>) -> PolarsResult<DataFrame> {
        let mut rows = self.piece.get(columns)?;
        let is_wanted = |name: &str| columns.is_none_or(|names| names.contains(&name));
        for (column, numbers) in self.numbers.iter().filter(|(name, _)| is_wanted(name)) {
            file::renumber(&mut rows, column, numbers)?;
        }
        Ok(rows)
    }
}

/// One file that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LandingFile {
    /// Its path below the source's folder, `/` between the parts; for a single file its name.
    pub name: String,
    /// The data set that its folder or its keys say; none if neither does.
    pub dataset: Option<Dataset>,
    /// Size as it lies on the disk.
    pub bytes: u64,
    /// SHA-256 of those bytes, as lower-case hexadecimal digits; empty if it could not be read, or was read without one.
    pub sha256: String,
    /// Records read.
    pub rows: u64,
    /// Records refused.
    pub refused: u64,
}

/// A source of which nothing at all can be loaded. The message says what and where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum LandingError {
    /// The path cannot be looked into.
    #[error("{path}: {}. Choose a folder that exists and that you may read", why(error))]
    Unreachable { path: String, error: std::io::Error },
    /// Nothing in it is a landing file.
    #[error(
        "{path}: no landing file of any of the three data sets was found among {}. A landing folder has \
         the folders customer, accelerometer and step_trainer; single files are recognised by their keys",
        counted(*files as u64, "file")
    )]
    NothingFound { path: String, files: usize },
    /// The disk will not do for what does not fit into memory. Nothing was read.
    #[error(
        "these landing files are more than the memory that may be used; about {} of disk are needed in {folder}, where {} are \
         free. Make room, set TMPDIR to another disk, or raise --memory-limit",
        bytes(*needed), bytes(*room)
    )]
    Disk { needed: u64, room: u64, folder: String },
    /// The system would end the program in the middle. Nothing was read.
    #[error(
        "these landing files need about {} of memory, and this program is confined to {}. Give it more: what its container or \
         cgroup may have, or `ulimit -v`, of which a quarter can be used",
        bytes(*needed), bytes(*confined)
    )]
    Memory { needed: u64, confined: u64 },
    /// What is on S3 cannot be had.
    #[error(transparent)]
    S3(#[from] Box<S3Error>),
    /// It was asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The typed columns could not be put together; a defect of this program.
    #[error("the records that were read could not be made into a table: {0}")]
    Frame(#[from] polars::error::PolarsError),
}

/// Reads everything that a source has. Progress counts bytes.
///
/// # Errors
/// Only when nothing can be loaded: see [`LandingError`]. A file or record that cannot be read is part of the
/// result.
pub fn read(source: &Source, progress: &Progress) -> Result<Landing, LandingError> {
    read_by(source, None, None, Hashing::Done, progress).map(|(landing, _)| landing)
}

/// The same, but no file is hashed: for who makes tables or counts them, and signs, keeps or exports nothing.
///
/// # Errors
/// As of [`read`].
pub fn read_unhashed(source: &Source, progress: &Progress) -> Result<Landing, LandingError> {
    read_by(source, None, None, Hashing::LeftOut, progress).map(|(landing, _)| landing)
}

/// The same, but readings are put on a shelf as they come, for more of them than there is memory for: see
/// [`Landing::shelved`].
///
/// # Errors
/// As of [`read`], and when the disk of the shelf refuses.
pub fn read_aside(source: &Source, shelf: &Arc<Shelf>, progress: &Progress) -> Result<Landing, LandingError> {
    /// Columns are a third of their JSON; what is put aside for the join and to be put in order is less again. In tenths.
    const DISK_EACH_BYTE: u64 = 7;
    shelf.has_room(size(source)?.saturating_mul(DISK_EACH_BYTE) / 10)?;
    read_by(source, None, Some(shelf), Hashing::Done, progress).map(|(landing, _)| landing)
}

/// The same, but the readings can be looked at as any others while they stay on the disk: see [`Landing::aside`].
///
/// # Errors
/// As of [`read_aside`].
pub fn read_to_disk(source: &Source, aside: Aside, progress: &Progress) -> Result<Landing, LandingError> {
    /// The same, and the tables that are made, as columns. In tenths.
    const DISK_EACH_BYTE: u64 = 12;
    aside.shelf.has_room(size(source)?.saturating_mul(DISK_EACH_BYTE) / 10)?;
    let mut landing = read_aside(source, &aside.shelf, progress)?;
    for dataset in [Dataset::Accelerometer, Dataset::StepTrainer] {
        let mut stack = Stack::new(&aside.shelf, landing.numbered(dataset))?;
        for rows in std::mem::take(&mut landing.shelved[dataset.index()]) {
            progress.check()?;
            stack.add(&rows.get(None)?)?;
        }
        stack.add(landing.numbered(dataset))?;
        landing.frames[dataset.index()] = stack.finish()?;
    }
    Ok(Landing { aside: Some(aside), ..landing })
}

/// How many bytes a source has, as they lie on the disk.
///
/// # Errors
/// When it cannot be looked into.
pub fn size(source: &Source) -> Result<u64, LandingError> {
    Ok(find::files(source)?.iter().map(|file| file.bytes).sum())
}

/// The same, but files that were not changed since their records were kept are not read again. Gives what is not kept yet
/// beside it: see [`Cache::keep`].
///
/// # Errors
/// As of [`read`].
pub fn read_with(source: &Source, cache: &Cache, progress: &Progress) -> Result<(Landing, Unkept), LandingError> {
    read_by(source, Some(cache), None, Hashing::Done, progress)
}

fn read_by(
    source: &Source,
    cache: Option<&Cache>,
    shelf: Option<&Arc<Shelf>>,
    hashing: Hashing,
    progress: &Progress,
) -> Result<(Landing, Unkept), LandingError> {
    /// More room than this is given back after a large file.
    const MOST_KEPT: usize = 32 << 20;
    let found = find::files(source)?;
    let size = found.iter().map(|file| file.bytes).sum();
    shelf::has_memory(size, shelf.is_some())?;
    progress.set_total(size);
    let (rooms, unkept) = (Mutex::new(vec![]), Mutex::new(Unkept::default()));
    let known = cache.map(|cache| (cache, cache.index()));
    let of_dataset = |dataset: Dataset| found.iter().filter(move |file| file.folder_says == Some(dataset));
    let bytes = Dataset::ALL.map(|dataset| of_dataset(dataset).map(|file| file.bytes).sum());
    let readings = InOrder::new(bytes);
    let read_file = |(place, found): (usize, &FoundFile)| {
        let kept = known.as_ref().and_then(|(cache, index)| cache.get(index, found, progress));
        let is_known = kept.is_some();
        let (mut result, stamp) = match kept {
            Some(kept) => kept,
            None => {
                let stamp = cache.and_then(|_| Stamp::of(&found.path));
                let mut room = lock(&rooms).pop().unwrap_or_default();
                let result = file::read(found, &mut room, shelf, hashing, progress);
                room.iter_mut().for_each(|room| room.shrink_to(MOST_KEPT));
                lock(&rooms).push(room);
                (result?, stamp)
            }
        };
        if cache.is_some() && (!is_known || stamp.is_some()) {
            lock(&unkept).add(found, stamp, &result);
        }
        readings.add(place, readings_of(&mut result))?;
        Ok((place, result, is_known))
    };
    // Each thread takes the next file as it comes, so that few wait for one before them to be put in order.
    let next = AtomicUsize::new(0);
    let take = || found.iter().enumerate().nth(next.fetch_add(1, Ordering::Relaxed));
    let mut read: Vec<(usize, FileResult, bool)> = (0..rayon::current_num_threads())
        .into_par_iter()
        .with_max_len(1)
        .flat_map_iter(|_| std::iter::from_fn(take).map(read_file))
        .collect::<Result<_, LandingError>>()?;
    read.sort_unstable_by_key(|(place, ..)| *place);
    let known_files = read.iter().filter(|(.., is_known)| *is_known).count() as u64;
    let results: Vec<FileResult> = read.into_iter().map(|(_, result, _)| result).collect();
    if results.iter().all(|result| result.records.is_none()) {
        let path = match source.asked() {
            Source::Folder(path) => path.display().to_string(),
            Source::Files(_) | Source::Fetched(_) => source.name(),
        };
        return Err(LandingError::NothingFound { path, files: found.len() });
    }
    // On one of the threads that share the work: from another, each piece of it would have to be handed over.
    let landing = rayon::scope(|_| put_together(source, results, &readings))?;
    Ok((Landing { known_files, ..landing }, into_inner(unkept)))
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn into_inner<T>(shared: Mutex<T>) -> T {
    shared.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Takes what readings a file gave out of it.
fn readings_of(result: &mut FileResult) -> Option<Readings> {
    let records = result.records.as_mut().filter(|records| records.dataset != Dataset::Customer)?;
    let bytes = result.file.bytes;
    Some(Readings { dataset: records.dataset, bytes, frame: std::mem::take(&mut records.frame) })
}

fn put_together(source: &Source, results: Vec<FileResult>, readings: &InOrder) -> Result<Landing, LandingError> {
    let (dictionaries, numbers) = number_alike(&results);
    let empty = |dataset| Columns::new(dataset, 0).finish().map(|taken| taken.frame).unwrap_or_default();
    let mut landing = Landing {
        source: source.asked().clone(),
        files: vec![],
        refused: vec![],
        findings: vec![],
        census: Census::default(),
        known_files: 0,
        stood: vec![],
        dictionaries,
        frames: Dataset::ALL.map(empty),
        spelled: [const { OnceLock::new() }; 3],
        shelved: Dataset::ALL.map(|_| vec![]),
        aside: None,
    };
    let mut seconds = BTreeMap::<(Dataset, &'static str), u64>::new();
    let mut spent = vec![];
    for dataset in Dataset::ALL {
        if let Some(frame) = readings.take(dataset, &numbers)? {
            landing.frames[dataset.index()] = frame;
        }
    }
    for (result, numbers) in results.into_iter().zip(numbers) {
        let file = landing.files.len() as u32;
        landing.findings.extend(result.findings);
        landing.files.push(result.file);
        let Some(records) = result.records else { continue };
        let dataset = records.dataset;
        landing.refused.extend(records.refused.into_iter().map(|place| Refused {
            file,
            dataset: Some(dataset),
            offset: place.offset,
            length: place.length,
            reason: place.reason,
        }));
        landing.census.add(dataset, records.unknown_keys, records.consents);
        landing.stood.extend(records.stood);
        spent.push(records.texts);
        for (column, rows) in dataset.schema().iter().zip(records.seconds) {
            *seconds.entry((dataset, column.name)).or_default() += rows;
        }
        if dataset == Dataset::Customer {
            let mut frame = records.frame;
            numbers.iter().try_for_each(|(column, numbers)| file::renumber(&mut frame, column, numbers))?;
            landing.frames[dataset.index()].vstack_mut_owned(frame)?;
        }
        let numbers = Arc::new(numbers);
        let shelved = records.shelved.into_iter().map(|piece| Shelved { piece, numbers: Arc::clone(&numbers) });
        landing.shelved[dataset.index()].extend(shelved);
    }
    // Nobody waits until hundreds of thousands of texts are given back.
    rayon::spawn(move || drop(spent));
    landing.frames[Dataset::Customer.index()].rechunk_mut_par();
    let suspicious = seconds.into_iter().filter(|(_, rows)| *rows > 0);
    landing.findings.extend(suspicious.map(|((dataset, column), rows)| Finding::LooksLikeSeconds {
        dataset,
        column,
        rows,
    }));
    for dataset in Dataset::ALL {
        if landing.rows(dataset) == 0 {
            landing.findings.push(Finding::MissingDataset { dataset });
        }
    }
    Ok(landing)
}

/// For columns of numbers, what the numbers of a file are among those of all files.
type Numbers = Vec<(&'static str, Vec<u32>)>;

/// Gives equal texts of all files equal numbers. Gives beside them what the numbers of each file became.
fn number_alike(results: &[FileResult]) -> (Dictionaries, Vec<Numbers>) {
    let numbered = |result: usize, records: &Records, privacy: Privacy| {
        let columns = records.dataset.schema().iter().filter(|column| is_numbered(column));
        let columns = columns.enumerate().filter(move |(_, column)| column.privacy == privacy);
        columns.map(move |(place, column)| (result, place, column.name)).collect::<Vec<_>>()
    };
    let alike = |privacy: Privacy| {
        let all = results.iter().enumerate();
        let columns: Vec<(usize, usize, &'static str)> = all
            .filter_map(|(number, result)| Some(numbered(number, result.records.as_ref()?, privacy)))
            .flatten()
            .collect();
        let texts = |result: usize, place: usize| {
            results[result].records.as_ref().and_then(|records| records.texts.get(place)).map_or(&[][..], Vec::as_slice)
        };
        let lists: Vec<&[Arc<str>]> = columns.iter().map(|(result, place, _)| texts(*result, *place)).collect();
        let (all, numbers) = Dictionary::new(&lists);
        (Arc::new(all), columns.into_iter().zip(numbers))
    };
    let ((people, of_people), (devices, of_devices)) =
        rayon::join(|| alike(Privacy::Person), || alike(Privacy::Device));
    let mut became: Vec<Numbers> = vec![vec![]; results.len()];
    for ((result, _, column), numbers) in of_people.chain(of_devices) {
        became[result].push((column, numbers));
    }
    (Dictionaries { people, devices }, became)
}

impl Landing {
    /// The rows of a data set, with the catalog's columns; no rows where the data set is missing. They are spelled out when
    /// they are asked for first: what can work with numbers takes [`Landing::numbered`].
    pub fn frame(&self, dataset: Dataset) -> &DataFrame {
        self.spelled[dataset.index()].get_or_init(|| {
            let numbered = self.numbered(dataset);
            // The columns were put in by this very schema.
            self.dictionaries.spelled(numbered, dataset.schema()).unwrap_or_else(|_| numbered.clone())
        })
    }

    /// The same rows, with numbers of [`Landing::dictionaries`] for the texts that stand for people and devices.
    pub fn numbered(&self, dataset: Dataset) -> &DataFrame {
        &self.frames[dataset.index()]
    }

    /// Rows of a data set that were put aside, in order; they come before those of [`Landing::numbered`].
    pub fn shelved(&self, dataset: Dataset) -> &[Shelved] {
        &self.shelved[dataset.index()]
    }

    /// All rows of a data set piece by piece, wherever they are; with all columns or some.
    pub fn pieces<'a>(
        &'a self,
        dataset: Dataset,
        columns: Option<&'a [&str]>,
    ) -> impl Iterator<Item = PolarsResult<DataFrame>> + 'a {
        /// More than this is not taken at once of what is in one piece.
        const ROWS: usize = 1 << 19;
        let here = self.numbered(dataset);
        let slices = (0..here.height()).step_by(ROWS).map(move |from| {
            let slice = here.slice(from as i64, ROWS);
            columns.map_or_else(|| Ok(slice.clone()), |columns| slice.select(columns.iter().copied()))
        });
        self.shelved(dataset).iter().map(move |rows| rows.get(columns)).chain(slices)
    }

    /// Where readings lie that are more than there is memory for; nothing where all are in memory.
    pub fn aside(&self) -> Option<&Aside> {
        self.aside.as_ref()
    }

    /// The texts that stand for people and devices.
    pub fn dictionaries(&self) -> &Dictionaries {
        &self.dictionaries
    }

    /// What stood where the consent for a purpose belongs, in each row of the customers.
    pub fn stood(&self, purpose: Purpose) -> impl ExactSizeIterator<Item = ConsentStood> {
        self.stood.iter().map(move |stood| stood[purpose as usize])
    }

    /// Records read of a data set.
    pub fn rows(&self, dataset: Dataset) -> u64 {
        let shelved = self.shelved(dataset).iter().map(|rows| rows.piece.rows() as u64).sum::<u64>();
        shelved + self.numbered(dataset).height() as u64
    }

    /// Records refused of a data set.
    pub fn refused(&self, dataset: Dataset) -> u64 {
        self.files.iter().filter(|file| file.dataset == Some(dataset)).map(|file| file.refused).sum()
    }

    /// Size of all files as they lie on the disk.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}
