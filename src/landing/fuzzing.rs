//! What the fuzz targets ask of the readers: their ways of reading the same bytes, to be held against each other. Built with
//! `--cfg fuzzing` only; see fuzz/.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a target fails by a panic")]

use std::ops::Range;
use std::path::Path;

use super::columns::Columns;
use super::file::{Parts, Place, Records};
use super::input::{Hashing, Input, InputError, Room};
use super::json::{Found, Scanner, skip_separators};
use super::pieces::{self, Part, Window};
use super::{RefusedReason, content, csv_file, find, parquet_file};
use crate::domain::{Dataset, Progress};

/// What a file said.
pub struct Said(Records);

/// What a file looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looks {
    Json(Option<Dataset>),
    Csv(Option<Dataset>),
    Parquet,
    Nothing,
}

/// Something between separators: where it is, and whether it is an object.
pub type Stretch = (Range<usize>, bool);

impl Said {
    fn of(dataset: Dataset, parts: impl IntoIterator<Item = Part>) -> Self {
        let mut all = Parts::default();
        parts.into_iter().for_each(|part| all.add(dataset, part).unwrap());
        Self(all.records.unwrap())
    }

    /// Records that were read.
    pub fn rows(&self) -> u64 {
        self.0.rows()
    }

    /// Records that were refused: offset, length, reason.
    pub fn refused(&self) -> impl ExactSizeIterator<Item = (u64, u64, RefusedReason)> {
        self.0.refused.iter().map(|place| (place.offset, place.length, place.reason))
    }

    /// Whether both say the same in every respect.
    pub fn is_same(&self, other: &Self) -> bool {
        let (a, b) = (&self.0, &other.0);
        a.frame.equals_missing(&b.frame)
            && (&a.texts, &a.refused, &a.unknown_keys) == (&b.texts, &b.refused, &b.unknown_keys)
            && (&a.consents, &a.stood, &a.seconds) == (&b.consents, &b.stood, &b.seconds)
    }
}

/// What the bytes look like, and by their keys whose they are.
pub fn looks(bytes: &[u8]) -> Looks {
    match content::kind(bytes) {
        Ok(content::Kind::Json) => Looks::Json(find::dataset_of_json(bytes)),
        Ok(content::Kind::Csv) => Looks::Csv(csv_file::dataset(bytes)),
        Ok(content::Kind::Parquet) => Looks::Parquet,
        Err(_) => Looks::Nothing,
    }
}

/// JSON, in windows and pieces of these sizes.
pub fn json(bytes: &[u8], dataset: Dataset, window: usize, piece: usize) -> Said {
    let (mut parts, mut start, mut end) = (vec![], 0, window.clamp(1, bytes.len().max(1)).min(bytes.len()));
    loop {
        let is_last = end == bytes.len();
        let at = Window { bytes: &bytes[start..end], offset: start as u64, is_last };
        let (more, used) = pieces::read_by(at, dataset, piece.max(1), &Progress::default()).unwrap();
        parts.extend(more);
        start += used;
        if is_last {
            assert_eq!(start, bytes.len(), "not all was read");
            return Said::of(dataset, parts);
        }
        end = end.saturating_add(window.max(1)).min(bytes.len());
    }
}

/// The same from end to end, each record the careful way, and every stretch that is no separator.
pub fn json_carefully(bytes: &[u8], dataset: Dataset) -> (Said, Vec<Stretch>) {
    let mut scanner = Scanner::new(bytes);
    let mut columns = Columns::new(dataset, 1);
    let (mut refused, mut stretches, mut behind) = (vec![], vec![], 0);
    loop {
        columns.begin();
        let (range, is_object, reason) = match scanner.next(|member| columns.json_member(member)) {
            None => break,
            Some(Found::Record { start, end }) => (start..end, true, columns.commit().err()),
            Some(Found::Damaged { start, end, reason }) => (start..end, false, Some(reason)),
        };
        assert_eq!(skip_separators(bytes, behind), range.start, "bytes that are no separator were passed over");
        assert!(!range.is_empty(), "nothing was found");
        behind = range.end;
        let place = |reason| Place { offset: range.start as u64, length: (range.end - range.start) as u64, reason };
        refused.extend(reason.map(place));
        stretches.push((range.clone(), is_object));
    }
    assert_eq!(skip_separators(bytes, behind), bytes.len(), "bytes at the end were passed over");
    (Said::of(dataset, [Part::new(columns, refused).unwrap()]), stretches)
}

/// CSV.
pub fn csv(bytes: &[u8], dataset: Dataset) -> Said {
    let mut columns = Columns::new(dataset, 1);
    let refused = csv_file::read(bytes, &mut columns, &Progress::default()).unwrap();
    Said::of(dataset, [Part::new(columns, refused).unwrap()])
}

/// Parquet, and how many rows it has; or why it cannot be read.
///
/// # Errors
/// Why not.
pub fn parquet(bytes: &[u8], dataset: Dataset) -> Result<(Said, usize), String> {
    let frame = parquet_file::open(bytes.to_vec()).map_err(|error| error.to_string())?;
    let mut columns = Columns::new(dataset, 1);
    let refused = parquet_file::read(&frame, dataset, &mut columns, &Progress::default()).unwrap();
    Ok((Said::of(dataset, [Part::new(columns, refused).unwrap()]), frame.height()))
}

/// The bytes of a file, compression taken off, fetched so many at once; what is wrong with the compression; and size and hash
/// as it lies on the disk.
///
/// # Errors
/// When the file cannot be read.
pub fn unpacked(path: &Path, most: usize) -> Result<(Vec<u8>, Option<String>, u64, String), String> {
    let failed = |error| match error {
        InputError::Cancelled(_) => panic!("nobody cancelled"),
        InputError::NoFile => "no file".to_owned(),
        InputError::Io(error) => error.to_string(),
    };
    let progress = Progress::default();
    let mut input = Input::open(path, Hashing::Done, &progress).map_err(failed)?;
    let (mut room, mut all) = (Room::default(), vec![]);
    loop {
        room.clear(0);
        input.fill(&mut room, most.max(1)).map_err(failed)?;
        all.extend_from_slice(room.bytes());
        if room.len() < most.max(1) {
            break;
        }
    }
    let damage = input.damage.take();
    let whole = input.finish().map_err(failed)?;
    Ok((all, damage, whole.bytes, whole.sha256))
}
