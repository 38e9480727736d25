//! What was read of files is kept, so that a folder that was seen before is there at once, and only files that are new or
//! were changed are read.
//!
//! An entry is known by the SHA-256 of the file that it was made from. It is two files: the columns as Arrow, and beside them
//! a note in JSON, which is written last; its last line is a checksum of both. What does not fit together is thrown away,
//! and the file is read again. Entries hold personal data: folder and files are the owner's alone.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use polars::prelude::*;
use serde::{Deserialize, Serialize};

use super::columns::data_type;
use super::dictionary::is_numbered;
use super::file::{FileResult, Place, Records};
use super::find::{self, FoundFile};
use super::input::{Hashing, Input};
use super::parquet_file::unless_damaged;
use super::refused::RefusedReason;
use super::value::ConsentStood;
use super::{LandingFile, Source, remote};
use crate::domain::{Cancelled, Dataset, Progress};
use crate::s3::Listing;

/// Changes whenever the same bytes would be read otherwise, or an entry is held otherwise.
const VERSION: &str = "v2";
const INDEX: &str = "index.json";
/// A file that was changed so shortly before it was looked at may be changed again without its time telling.
const TOO_FRESH: Duration = Duration::from_secs(2);
/// What a run that was killed leaves behind goes after so long.
const ABANDONED: Duration = Duration::from_secs(3600);
const STOOD: &str = "__stood";

/// A folder of entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cache {
    folder: PathBuf,
    /// So many bytes are kept at most.
    limit: u64,
}

/// How much is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Files whose records are kept.
    pub entries: u64,
    pub bytes: u64,
}

/// What was read and is not kept yet.
#[derive(Clone, Debug, Default)]
pub struct Unkept(Vec<(FoundFile, Option<Stamp>, FileResult)>);

/// What a file system says of a file, which changes when its content does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    bytes: u64,
    /// When it was changed last, and on Unix when anything of it was: seconds and nanoseconds since 1970.
    changed: [i64; 4],
    /// Which file it is, where the system tells.
    file: [u64; 2],
    /// When this was looked up, in milliseconds since 1970.
    seen_ms: u64,
}

/// The files of a source as they were when it was looked through, and the objects of each of its addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen(Vec<(PathBuf, u64, [i64; 4], [u64; 2])>, Vec<Listing>);

impl Seen {
    /// As they are now; none where the source cannot be looked through. What is on S3 is listed, and not fetched.
    pub fn of(source: &Source, progress: &Progress) -> Option<Self> {
        // What was fetched does not change any more.
        if matches!(source, Source::Fetched(_)) {
            return None;
        }
        let objects = remote::listings(source, progress)?;
        let source = &source.here();
        let stamped = |found: FoundFile| {
            let stamp = Stamp::of(&found.path)?;
            Some((found.path, stamp.bytes, stamp.changed, stamp.file))
        };
        Some(Self(find::files(source).ok()?.into_iter().filter_map(stamped).collect(), objects))
    }
}

/// The files that were looked at, by their paths, and the hashes of their content.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Index {
    files: BTreeMap<PathBuf, (Stamp, String)>,
    /// Sizes of files whose records are kept.
    #[serde(skip)]
    sizes: HashSet<u64>,
}

#[derive(Serialize, Deserialize)]
struct Note {
    dataset: Dataset,
    /// For each column of numbers, the texts that they stand for.
    texts: Vec<Vec<Arc<str>>>,
    unknown_keys: BTreeMap<String, u64>,
    consents: [[u64; 5]; 3],
    seconds: Vec<u64>,
    refused: Vec<(u64, u64, String)>,
}

impl Cache {
    /// In this folder, which need not be there yet.
    pub fn at(folder: PathBuf, limit: u64) -> Self {
        Self { folder, limit }
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The most bytes that are kept.
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// How much is kept.
    pub fn kept(&self) -> Kept {
        let entries = self.entries();
        Kept { entries: entries.len() as u64, bytes: entries.iter().map(|entry| entry.bytes).sum() }
    }

    /// Throws everything away.
    ///
    /// # Errors
    /// When the folder cannot be emptied.
    pub fn clear(&self) -> io::Result<()> {
        match fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Which files were looked at before.
    pub(super) fn index(&self) -> Index {
        let read = fs::read(self.folder.join(INDEX)).ok();
        let index: Index = read.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        let size = |entry: &Entry| entry.name.split('-').next()?.parse().ok();
        Index { sizes: self.entries().iter().filter_map(size).collect(), ..index }
    }

    /// What is kept of a file; nothing if it is new or was changed, or if what is kept is damaged. Beside it the stamp of one
    /// that the index did not know, so that it does the next time.
    pub(super) fn get(
        &self,
        index: &Index,
        found: &FoundFile,
        progress: &Progress,
    ) -> Option<(FileResult, Option<Stamp>)> {
        let stamp = Stamp::of(&found.path)?;
        let mut is_in_index = true;
        let sha256 = match key(&found.path).and_then(|key| index.files.get(&key)) {
            Some((known, sha256)) if known.is_same(&stamp) => sha256.clone(),
            // Under another path or with another time it may be the same all the same.
            _ if index.sizes.contains(&stamp.bytes) => {
                is_in_index = false;
                let part = progress.part();
                let input = Input::open(&found.path, Hashing::Done, &part).ok()?;
                input.finish().ok().filter(|whole| !whole.was_changed)?.sha256
            }
            _ => return None,
        };
        let name = name(stamp.bytes, &sha256, found.folder_says);
        let Some(records) = self.open(&name) else {
            self.remove(&name);
            return None;
        };
        File::open(self.note(&name)).and_then(|note| note.set_modified(now())).ok();
        progress.advance(stamp.bytes);
        let file = LandingFile {
            name: found.name.clone(),
            dataset: Some(records.dataset),
            bytes: stamp.bytes,
            sha256,
            rows: records.frame.height() as u64,
            refused: records.refused.len() as u64,
        };
        let result = FileResult { file, records: Some(records), findings: vec![] };
        Some((result, (!is_in_index).then_some(stamp)))
    }

    /// Keeps what was read, and lets go of what was not looked at for longest until all is within the limit. A file on which
    /// there was a remark is read anew each time. Progress counts files.
    ///
    /// # Errors
    /// When the disk refuses: then nothing is half kept. When cancelled, what was kept until then stays.
    pub fn keep(&self, unkept: &Unkept, progress: &Progress) -> io::Result<()> {
        progress.set_total(unkept.0.len() as u64);
        if unkept.0.is_empty() {
            return Ok(());
        }
        self.make_folder()?;
        let mut index = self.index();
        for (found, stamp, result) in &unkept.0 {
            if progress.check() == Err(Cancelled) {
                break;
            }
            if let (Some(stamp), Some(records), true) = (stamp, &result.records, result.findings.is_empty()) {
                let name = name(stamp.bytes, &result.file.sha256, found.folder_says);
                if stamp.bytes == result.file.bytes && !self.note(&name).exists() {
                    self.write(&name, records)?;
                }
                if let Some(key) = key(&found.path) {
                    index.files.insert(key, (stamp.clone(), result.file.sha256.clone()));
                }
            }
            progress.advance(1);
        }
        index.files.retain(|path, _| path.exists());
        self.put(INDEX, &serde_json::to_vec(&index)?)?;
        self.shrink()
    }

    /// Lets go of what was not looked at for longest until all is within the limit.
    ///
    /// # Errors
    /// When something cannot be removed.
    pub fn shrink(&self) -> io::Result<()> {
        let mut entries = self.entries();
        entries.sort_by_key(|entry| entry.used);
        let mut bytes: u64 = entries.iter().map(|entry| entry.bytes).sum();
        for entry in entries {
            if bytes <= self.limit {
                break;
            }
            self.remove(&entry.name);
            bytes -= entry.bytes;
        }
        let is_abandoned = |file: &fs::DirEntry| {
            // One from the future was written before the clock was set back.
            let modified = file.metadata().and_then(|about| about.modified());
            let age = modified.map(|at| now().duration_since(at).unwrap_or_else(|ahead| ahead.duration()));
            file.file_name().to_string_lossy().ends_with(".part") && age.is_ok_and(|age| age > ABANDONED)
        };
        for file in fs::read_dir(&self.folder)?.flatten().filter(is_abandoned) {
            match fs::remove_file(file.path()) {
                // Another run may clear up as well.
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    fn open(&self, name: &str) -> Option<Records> {
        let note = fs::read_to_string(self.note(name)).ok()?;
        let columns = fs::read(self.columns(name)).ok()?;
        let (note, sum) = note.rsplit_once('\n')?;
        if sum != checksum(&columns, note) {
            return None;
        }
        records(serde_json::from_str(note).ok()?, columns)
    }

    fn write(&self, name: &str, records: &Records) -> io::Result<()> {
        let mut frame = records.frame.clone();
        if !records.stood.is_empty() {
            let stood: Vec<u32> = records.stood.iter().map(number_of).collect();
            frame.with_column(Column::new(STOOD.into(), stood)).map_err(io::Error::other)?;
        }
        frame.rechunk_mut();
        let mut columns = vec![];
        IpcWriter::new(&mut columns).finish(&mut frame).map_err(io::Error::other)?;
        let note = Note {
            dataset: records.dataset,
            texts: records.texts.clone(),
            unknown_keys: records.unknown_keys.clone(),
            consents: records.consents,
            seconds: records.seconds.clone(),
            refused: records.refused.iter().map(|place| (place.offset, place.length, place.reason.tag())).collect(),
        };
        let note = serde_json::to_string(&note)?;
        let note = format!("{note}\n{}", checksum(&columns, &note));
        self.put(&file_name(&self.columns(name)), &columns)?;
        self.put(&file_name(&self.note(name)), note.as_bytes())
    }

    /// Writes a file whole or not at all.
    fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut beside = tempfile_in(&self.folder, name)?;
        let done = beside.1.write_all(bytes).and_then(|()| fs::rename(&beside.0, self.folder.join(name)));
        done.inspect_err(|_| {
            // What is left of it goes with the next one that is abandoned, if not now.
            fs::remove_file(&beside.0).ok();
        })
    }

    fn remove(&self, name: &str) {
        // The note goes first: without it there is no entry. What cannot be removed is of no use to anybody.
        fs::remove_file(self.note(name)).ok();
        fs::remove_file(self.columns(name)).ok();
    }

    fn make_folder(&self) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.folder)?;
        #[cfg(unix)]
        fs::set_permissions(&self.folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        Ok(())
    }

    fn entries(&self) -> Vec<Entry> {
        let Ok(files) = fs::read_dir(&self.folder) else { return vec![] };
        let entry = |file: fs::DirEntry| {
            let name = file.file_name().to_str()?.strip_suffix(".json").filter(|name| name.contains('-'))?.to_owned();
            let about = file.metadata().ok()?;
            let columns = fs::metadata(self.columns(&name)).map_or(0, |about| about.len());
            Some(Entry { bytes: about.len() + columns, used: about.modified().unwrap_or(UNIX_EPOCH), name })
        };
        files.flatten().filter_map(entry).collect()
    }

    fn note(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.json"))
    }

    fn columns(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.arrow"))
    }
}

struct Entry {
    name: String,
    bytes: u64,
    used: SystemTime,
}

impl Unkept {
    /// Whether there is nothing to keep.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds what was read of a file; `stamp` is that from before it was read.
    pub(super) fn add(&mut self, found: &FoundFile, stamp: Option<Stamp>, result: &FileResult) {
        self.0.push((found.clone(), stamp, result.clone()));
    }
}

impl Stamp {
    /// What the file system says now.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let about = fs::metadata(path).ok()?;
        let since = |time: SystemTime| time.duration_since(UNIX_EPOCH).unwrap_or_default();
        let modified = since(about.modified().ok()?);
        let modified = [modified.as_secs() as i64, i64::from(modified.subsec_nanos())];
        #[cfg(unix)]
        let (changed, file) = {
            use std::os::unix::fs::MetadataExt as _;
            ([about.ctime(), about.ctime_nsec()], [about.dev(), about.ino()])
        };
        #[cfg(not(unix))]
        let (changed, file) = (modified, [0, 0]);
        let seen_ms = since(now()).as_millis() as u64;
        Some(Self { bytes: about.len(), changed: [modified[0], modified[1], changed[0], changed[1]], file, seen_ms })
    }

    /// Whether the file has not been changed since: all is the same, and it had not been changed just then.
    fn is_same(&self, now: &Self) -> bool {
        let last = self.changed[0].max(self.changed[2]).max(0).unsigned_abs();
        let was_settled =
            self.seen_ms >= last.saturating_mul(1_000).saturating_add(1_000 + TOO_FRESH.as_millis() as u64);
        was_settled && (self.bytes, self.changed, self.file) == (now.bytes, now.changed, now.file)
    }
}

/// The time, for what is kept and for how long: no result depends on it.
#[expect(clippy::disallowed_methods, reason = "what was used last and what was changed just now is told by the clock")]
fn now() -> SystemTime {
    SystemTime::now()
}

/// The same file has the same path in the index, however it was called; none for a path that JSON cannot hold.
fn key(path: &Path) -> Option<PathBuf> {
    Some(fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())).filter(|path| path.to_str().is_some())
}

fn name(bytes: u64, sha256: &str, folder_says: Option<Dataset>) -> String {
    format!("{bytes}-{sha256}-{}-{VERSION}", folder_says.map_or("any", Dataset::name))
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A new file that only its owner may read.
fn tempfile_in(folder: &Path, name: &str) -> io::Result<(PathBuf, File)> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    let path = folder.join(format!("{name}.{:016x}.part", u64::from_le_bytes(random)));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&path)?;
    Ok((path, file))
}

/// Of both files of an entry, so that a damaged one is noticed whichever it is.
fn checksum(columns: &[u8], note: &str) -> String {
    let mut sum = crc32fast::Hasher::new();
    sum.update(columns);
    sum.update(note.as_bytes());
    format!("{:08x}", sum.finalize())
}

/// What an entry holds; nothing if its parts do not fit together.
fn records(note: Note, columns: Vec<u8>) -> Option<Records> {
    let Note { dataset, texts, unknown_keys, consents, seconds, refused } = note;
    let mut frame = unless_damaged(|| IpcReader::new(Cursor::new(columns)).finish()).ok()?;
    let stood: Vec<_> = match frame.drop_in_place(STOOD) {
        Ok(stood) => stood.u32().ok()?.iter().map(|number| stood_of(number.unwrap_or_default())).collect(),
        Err(_) => vec![],
    };
    let schema = dataset.schema();
    let mut numbered = texts.iter();
    let is_as_declared = |(column, held): (&crate::domain::Column, &Column)| {
        let is_kind = if is_numbered(column) {
            let texts = numbered.next().map_or(0, Vec::len);
            held.u32().is_ok_and(|numbers| numbers.max().is_none_or(|most| (most as usize) < texts))
        } else {
            held.dtype() == &data_type(column.kind)
        };
        is_kind && held.name() == column.name && !(column.required && held.has_nulls())
    };
    let are_columns = frame.width() == schema.len() && schema.iter().zip(frame.columns()).all(is_as_declared);
    let has_consents = schema.iter().any(|column| column.consent);
    let fits = are_columns
        && numbered.next().is_none()
        && stood.len() == if has_consents { frame.height() } else { 0 }
        && seconds.len() == schema.len();
    let place = |(offset, length, reason): (u64, u64, String)| {
        Some(Place { offset, length, reason: RefusedReason::of_tag(&reason, schema)? })
    };
    let refused = refused.into_iter().map(place).collect::<Option<Vec<_>>>()?;
    let shelved = vec![];
    fits.then_some(Records { dataset, frame, shelved, texts, refused, unknown_keys, consents, stood, seconds })
}

const WAYS: [ConsentStood; 5] =
    [ConsentStood::Given, ConsentStood::Absent, ConsentStood::Null, ConsentStood::Blank, ConsentStood::Zero];

fn number_of(stood: &[ConsentStood; 3]) -> u32 {
    stood.iter().fold(0, |number, stood| number * 5 + *stood as u32)
}

fn stood_of(number: u32) -> [ConsentStood; 3] {
    [number / 25, number / 5, number].map(|number| WAYS[number as usize % 5])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stood_goes_into_a_number_and_back() {
        for one in WAYS {
            for other in WAYS {
                let stood = [one, other, ConsentStood::Blank];
                assert_eq!(stood_of(number_of(&stood)), stood);
            }
        }
    }

    #[test]
    fn a_file_that_was_changed_just_then_is_not_trusted() {
        let stamp = |seen_ms| Stamp { bytes: 1, changed: [1_000, 5, 1_000, 5], file: [1, 2], seen_ms };
        assert!(!stamp(1_001_000).is_same(&stamp(1_001_000)));
        assert!(stamp(1_003_000).is_same(&stamp(9_000_000)));
        assert!(!stamp(1_003_000).is_same(&Stamp { bytes: 2, ..stamp(9_000_000) }));
        let never = Stamp { changed: [i64::MAX; 4], ..stamp(u64::MAX - 1) };
        assert!(!never.is_same(&never));
        assert!(!stamp(1_003_000).is_same(&Stamp { changed: [1_000, 5, 1_001, 5], ..stamp(9_000_000) }));
    }
}
