//! One file, from its bytes to typed columns and refused records.

use std::collections::BTreeMap;
use std::sync::Arc;

use polars::prelude::{DataFrame, IntoColumn as _, PlHashMap, PolarsResult};

use super::columns::Columns;
use super::content::{self, Kind};
use super::dictionary::is_numbered;
use super::find::{self, FoundFile};
use super::finding::Finding;
use super::input::{Hashing, Input, InputError, Room};
use super::pieces::{self, Part, Window};
use super::refused::RefusedReason;
use super::shelf::{Piece, Shelf};
use super::value::ConsentStood;
use super::{LandingError, LandingFile, csv_file, parquet_file};
use crate::domain::{Dataset, Progress};

/// So much of a file is looked at in one go: little enough to stay near the processor from the disk to the columns.
const WINDOW: usize = 4 << 20;
/// Readings are put aside by so many rows.
const SHELVED: usize = 1 << 19;
/// How many different unknown keys are told apart.
const MOST_KEYS: usize = 1000;

/// What one file gave.
#[derive(Clone, Debug)]
pub struct FileResult {
    /// Its line in the list of files.
    pub file: LandingFile,
    /// What it said, where its data set is known.
    pub records: Option<Records>,
    /// Remarks on it.
    pub findings: Vec<Finding>,
}

/// The records of one file.
#[derive(Clone, Debug)]
pub struct Records {
    pub dataset: Dataset,
    /// Texts that stand for people and devices are numbers of `texts`.
    pub frame: DataFrame,
    /// Rows before those of `frame` that were put aside.
    pub shelved: Vec<Piece>,
    /// For each column of such texts, in the schema's order, the texts by their numbers.
    pub texts: Vec<Vec<Arc<str>>>,
    pub refused: Vec<Place>,
    pub unknown_keys: BTreeMap<String, u64>,
    pub consents: [[u64; 5]; 3],
    pub stood: Vec<[ConsentStood; 3]>,
    pub seconds: Vec<u64>,
}

/// A refused record within its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub offset: u64,
    pub length: u64,
    pub reason: RefusedReason,
}

/// Reads one file. `rooms` are used again from file to file; their content does not matter. With a shelf, readings are put
/// there.
///
/// # Errors
/// When cancelled, or when the columns cannot be put together. What is wrong with the file is part of the result.
pub fn read(
    found: &FoundFile,
    rooms: &mut [Room; 2],
    shelf: Option<&Arc<Shelf>>,
    hashing: Hashing,
    progress: &Progress,
) -> Result<FileResult, LandingError> {
    let mut result = FileResult {
        file: LandingFile {
            name: found.name.clone(),
            dataset: found.folder_says,
            bytes: found.bytes,
            sha256: String::new(),
            rows: 0,
            refused: 0,
        },
        records: None,
        findings: vec![],
    };
    if let Some(error) = found.trouble.clone() {
        result.findings.push(Finding::ReadFailed { file: found.name.clone(), error });
        return Ok(result);
    }
    let mut read = result.clone();
    match read_bytes(&mut read, found, rooms, shelf, hashing, progress) {
        Ok(()) => return Ok(read),
        Err(Stopped::Landing(error)) => return Err(error),
        Err(Stopped::Input(InputError::Cancelled(cancelled))) => return Err(cancelled.into()),
        Err(Stopped::Input(InputError::NoFile)) => {
            let kind = "it is neither a file nor a folder".to_owned();
            result.findings.push(Finding::UnreadableKind { file: found.name.clone(), kind });
        }
        Err(Stopped::Input(InputError::Io(error))) => {
            result.findings.push(Finding::ReadFailed { file: found.name.clone(), error: error.to_string() });
        }
    }
    Ok(result)
}

/// Why a file was not read to its end.
enum Stopped {
    Input(InputError),
    Landing(LandingError),
}

impl From<InputError> for Stopped {
    fn from(error: InputError) -> Self {
        Self::Input(error)
    }
}

impl<E: Into<LandingError>> From<E> for Stopped {
    fn from(error: E) -> Self {
        Self::Landing(error.into())
    }
}

fn read_bytes(
    result: &mut FileResult,
    found: &FoundFile,
    rooms: &mut [Room; 2],
    shelf: Option<&Arc<Shelf>>,
    hashing: Hashing,
    progress: &Progress,
) -> Result<(), Stopped> {
    let file = || found.name.clone();
    let [buffer, next] = rooms;
    let mut input = Input::open(&found.path, hashing, progress)?;
    buffer.clear(0);
    // One byte more, so that the end of the file is found without asking for room.
    buffer.reserve((found.bytes as usize + 1).min(WINDOW));
    input.fill(buffer, WINDOW)?;
    let mut parts = Parts { shelf, ..Parts::default() };
    match content::kind(buffer.bytes()) {
        _ if buffer.len() == 0 && !input.is_compressed() => {}
        Err(kind) => result.findings.push(Finding::UnreadableKind { file: file(), kind: kind.to_owned() }),
        Ok(Kind::Json) => {
            if let Some(dataset) = dataset(result, find::dataset_of_json(buffer.bytes())) {
                read_json(&mut input, buffer, next, dataset, &mut parts, progress)?;
            }
        }
        Ok(Kind::Csv) => {
            input.fill(buffer, usize::MAX)?;
            if let Some(dataset) = dataset(result, csv_file::dataset(buffer.bytes())) {
                let mut columns = Columns::new(dataset, buffer.len() / 100);
                let refused = csv_file::read(buffer.bytes(), &mut columns, progress)?;
                parts.add(dataset, Part::new(columns, refused)?)?;
            }
        }
        Ok(Kind::Parquet) => {
            input.fill(buffer, usize::MAX)?;
            match parquet_file::open(buffer.bytes().to_vec()) {
                Ok(frame) => {
                    let says = find::dataset_of_keys(frame.get_column_names().iter().map(|name| name.as_str()));
                    if let Some(dataset) = dataset(result, says) {
                        let mut columns = Columns::new(dataset, frame.height());
                        let refused = parquet_file::read(&frame, dataset, &mut columns, progress)?;
                        parts.add(dataset, Part::new(columns, refused)?)?;
                    }
                }
                Err(error) => result.findings.push(Finding::ReadFailed { file: file(), error: error.to_string() }),
            }
        }
    }
    if let Some(error) = input.damage.take() {
        result.findings.insert(0, Finding::ReadFailed { file: file(), error });
    }
    let whole = input.finish()?;
    (result.file.bytes, result.file.sha256) = (whole.bytes, whole.sha256);
    if whole.was_changed {
        result.findings.push(Finding::ChangedMeanwhile { file: file() });
    }
    if whole.bytes == 0 {
        result.findings.push(Finding::EmptyFile { file: file() });
    }
    parts.put_aside(1)?;
    result.records = parts.records;
    if let Some(records) = &result.records {
        result.file.rows = records.rows();
        result.file.refused = records.refused.len() as u64;
        if records.rows() == 0 {
            result.findings.push(Finding::NothingReadable { file: file(), dataset: Some(records.dataset) });
        }
    }
    Ok(())
}

/// The data set of a file, by its folder or else by its keys, with a remark if they say different ones.
fn dataset(result: &mut FileResult, keys_say: Option<Dataset>) -> Option<Dataset> {
    let file = result.file.name.clone();
    if let (Some(says), Some(looks_like)) = (result.file.dataset, keys_say)
        && says != looks_like
    {
        result.findings.push(Finding::LooksLike { file: file.clone(), says, looks_like });
    }
    let dataset = result.file.dataset.or(keys_say);
    if dataset.is_none() {
        result.findings.push(Finding::UnknownDataset { file });
    }
    result.file.dataset = dataset;
    dataset
}

/// Reads window after window; the next one is fetched while one is looked at. `window` has the first one.
fn read_json<'r>(
    input: &mut Input<'_>,
    mut window: &'r mut Room,
    mut next: &'r mut Room,
    dataset: Dataset,
    parts: &mut Parts<'_>,
    progress: &Progress,
) -> Result<(), Stopped> {
    /// What a window leaves over goes before the next one; most often it is less than a record.
    const BEFORE: usize = 1 << 16;
    let mut offset = 0;
    // A file that fills less than a window has ended.
    let mut is_last = window.len() < WINDOW;
    loop {
        let bytes = window.bytes();
        let look = || pieces::read(Window { bytes, offset, is_last }, dataset, progress);
        if is_last {
            for part in look()?.0 {
                parts.add(dataset, part)?;
            }
            return Ok(());
        }
        // What could not be made out in a large window is looked at again in one twice as large.
        let most = WINDOW.max(bytes.len());
        let mut fetch = || {
            next.clear(BEFORE);
            next.reserve(most);
            input.fill(next, most)
        };
        let (fetched, looked) = rayon::join(&mut fetch, look);
        fetched?;
        let (read, used) = looked?;
        for part in read {
            parts.add(dataset, part)?;
        }
        is_last = next.len() < most;
        next.put_before(&bytes[used..]);
        offset += used as u64;
        std::mem::swap(&mut window, &mut next);
    }
}

/// Puts the parts of a file together in their order.
#[derive(Default)]
pub(super) struct Parts<'s> {
    pub records: Option<Records>,
    shelf: Option<&'s Arc<Shelf>>,
    /// The numbers of the texts of each column that has any.
    numbers: Vec<PlHashMap<Arc<str>, u32>>,
}

impl Parts<'_> {
    pub(super) fn add(&mut self, dataset: Dataset, part: Part) -> Result<(), LandingError> {
        let Some(records) = &mut self.records else {
            let mut records = Records {
                dataset,
                frame: part.taken.frame,
                shelved: vec![],
                texts: part.taken.texts,
                refused: part.refused,
                unknown_keys: BTreeMap::new(),
                consents: part.consents,
                stood: part.stood,
                seconds: part.seconds,
            };
            records.count_keys(part.unknown_keys.into_counts());
            self.records = Some(records);
            return Ok(());
        };
        if self.numbers.is_empty() {
            let numbered = |texts: &Vec<Arc<str>>| texts.iter().cloned().zip(0..).collect();
            self.numbers = records.texts.iter().map(numbered).collect();
        }
        let mut frame = part.taken.frame;
        let numbered = dataset.schema().iter().filter(|column| is_numbered(column));
        for (((column, part), texts), numbers) in
            numbered.zip(part.taken.texts).zip(&mut records.texts).zip(&mut self.numbers)
        {
            let renumbered: Vec<u32> = part
                .into_iter()
                .map(|text| {
                    let next = texts.len() as u32;
                    *numbers.entry(text).or_insert_with_key(|text| {
                        texts.push(Arc::clone(text));
                        next
                    })
                })
                .collect();
            renumber(&mut frame, column.name, &renumbered)?;
        }
        records.frame.vstack_mut_owned(frame)?;
        records.refused.extend(part.refused);
        records.count_keys(part.unknown_keys.into_counts());
        for (all, more) in records.consents.as_flattened_mut().iter_mut().zip(part.consents.as_flattened()) {
            *all += more;
        }
        records.stood.extend(part.stood);
        for (all, more) in records.seconds.iter_mut().zip(part.seconds) {
            *all += more;
        }
        self.put_aside(SHELVED)
    }

    /// Puts readings aside if there are so many.
    fn put_aside(&mut self, least: usize) -> Result<(), LandingError> {
        let (Some(records), Some(shelf)) = (&mut self.records, self.shelf) else { return Ok(()) };
        if records.dataset != Dataset::Customer && records.frame.height() >= least {
            let none = records.frame.clear();
            records.shelved.push(shelf.put(&mut std::mem::replace(&mut records.frame, none))?);
        }
        Ok(())
    }
}

impl Records {
    /// How many rows there are.
    pub fn rows(&self) -> u64 {
        self.shelved.iter().map(|piece| piece.rows() as u64).sum::<u64>() + self.frame.height() as u64
    }

    /// Adds keys that no schema knows. Those beyond the first thousand are counted together.
    fn count_keys(&mut self, keys: Vec<(String, u64)>) {
        for (key, count) in keys {
            let known = self.unknown_keys.len() < MOST_KEYS || self.unknown_keys.contains_key(&key);
            *self.unknown_keys.entry(if known { key } else { "…".to_owned() }).or_default() += count;
        }
    }
}

/// Puts other numbers in a column of numbers: for each number the one at its place.
///
/// # Errors
/// When the column holds no numbers, a defect of this program.
pub fn renumber(frame: &mut DataFrame, column: &str, numbers: &[u32]) -> PolarsResult<()> {
    let place = frame.try_get_column_index(column)?;
    // Nobody else has them then, so that they are changed where they are.
    let before = frame.drop_in_place(column)?.u32()?.clone();
    let after = before.apply_in_place(|number| numbers.get(number as usize).copied().unwrap_or_default());
    frame.insert_column(place, after.into_column())?;
    Ok(())
}
