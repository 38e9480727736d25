//! Writes tables as files, a batch of rows at a time, and says of every file what came to stand in it.

use std::fs::File;
use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use polars::io::csv::write::BatchedWriter as CsvBatches;
use polars::io::ipc::BatchedWriter as ArrowBatches;
use polars::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::ReleaseError;
use super::content::ContentHash;
use super::table::{BATCH, OutTable};
use crate::domain::format::hexadecimal;
use crate::domain::{Format, Progress};
use crate::export::ExportError;
use crate::export::parquet::ParquetFile;
use crate::export::write::arrow_writer;

/// Rows of a file at most; a side with more has several files, so that readers can share the work.
const ROWS_OF_FILE: usize = 32 * BATCH;

/// One file of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// Its path in the export's folder, with `/` between folders.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its bytes as hexadecimal digits.
    pub sha256: String,
    /// The rows of a table in it, or the windows; none for other files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// The side that all its rows are on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<String>,
}

/// A file that is hashed and counted while it is written. Cloning gives another hand on the same file: whoever is given
/// one to write to may let it go, and [`HashedFile::finish`] still tells whether all of it reached the disk.
#[derive(Clone)]
pub(super) struct HashedFile {
    path: PathBuf,
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    file: File,
    waiting: Vec<u8>,
    hash: Sha256,
    bytes: u64,
}

/// Bytes that are written at once.
const AT_ONCE: usize = 1 << 18;

impl Inner {
    fn write_out(&mut self) -> io::Result<()> {
        self.hash.update(&self.waiting);
        self.bytes += self.waiting.len() as u64;
        let done = self.file.write_all(&self.waiting);
        self.waiting.clear();
        done
    }
}

impl HashedFile {
    pub fn create(path: &Path) -> Result<Self, ExportError> {
        let file = File::create_new(path).map_err(ExportError::at(path))?;
        let inner = Inner { file, waiting: Vec::with_capacity(2 * AT_ONCE), hash: Sha256::new(), bytes: 0 };
        Ok(Self { path: path.to_owned(), inner: Arc::new(Mutex::new(inner)) })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what still waits, syncs the file and says what it is.
    pub fn finish(self, name: String, rows: Option<u64>, split: Option<String>) -> Result<FileEntry, ExportError> {
        let mut inner = self.inner();
        inner.write_out().and_then(|()| inner.file.sync_all()).map_err(ExportError::at(&self.path))?;
        Ok(FileEntry {
            path: name,
            bytes: inner.bytes,
            sha256: hexadecimal(&inner.hash.clone().finalize()),
            rows,
            split,
        })
    }
}

impl Write for HashedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut inner = self.inner();
        inner.waiting.extend_from_slice(bytes);
        if inner.waiting.len() >= AT_ONCE {
            inner.write_out()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes one small file.
pub(super) fn write_text(folder: &Path, name: &str, text: &str) -> Result<FileEntry, ExportError> {
    let path = folder.join(name);
    let mut file = HashedFile::create(&path)?;
    file.write_all(text.as_bytes()).map_err(ExportError::at(&path))?;
    file.finish(name.to_owned(), None, None)
}

/// A file that a table will be in: its path, its side, and the places of its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Planned {
    pub path: String,
    pub split: Option<String>,
    pub places: Range<usize>,
    /// The columns that are in the names of its folders.
    pub folders: usize,
}

/// Which files a table is written to. A table cut into folders has them in the order of its rows; one without rows has
/// one file, so that its columns are known.
pub(super) fn plan(table: &OutTable, format: Format, partition: &[&str]) -> Vec<Planned> {
    let has_side = table.source("split").is_some();
    let columns: Vec<&str> = if partition.is_empty() { vec!["split"] } else { partition.to_vec() };
    let columns: Vec<&str> = columns.into_iter().filter(|name| table.source(name).is_some()).collect();
    let mut sections = table.sections(&columns);
    if sections.is_empty() {
        sections.push((if partition.is_empty() { vec![] } else { vec![String::new(); columns.len()] }, 0..0));
    }
    let mut planned = vec![];
    for (texts, places) in sections {
        let pieces = places.len().div_ceil(ROWS_OF_FILE).max(1);
        for piece in 0..pieces {
            let start = places.start + piece * ROWS_OF_FILE;
            let range = start..places.end.min(start + ROWS_OF_FILE);
            let side = texts.first().filter(|side| has_side && !side.is_empty()).cloned();
            let extension = format.extension();
            let path = if partition.is_empty() || range.is_empty() {
                let side = side.as_deref().unwrap_or("data");
                format!("{}/{side}-{piece:05}-of-{pieces:05}.{extension}", table.name)
            } else {
                let folders: Vec<String> =
                    columns.iter().zip(&texts).map(|(name, text)| format!("{name}={text}/")).collect();
                format!("{}/{}part-{piece:05}.{extension}", table.name, folders.concat())
            };
            let folders = if partition.is_empty() || range.is_empty() { 0 } else { columns.len() };
            planned.push(Planned { path, split: side, places: range, folders });
        }
    }
    planned
}

/// Writes a table and gives its files and the hash of its content. Progress counts rows.
///
/// # Errors
/// When the disk refuses, or when cancelled.
pub(super) fn write(
    table: &OutTable,
    format: Format,
    partition: &[&str],
    folder: &Path,
    progress: &Progress,
) -> Result<(Vec<FileEntry>, String), ReleaseError> {
    let mut hash = ContentHash::new(table);
    let mut entries = vec![];
    // The next rows are made while the last ones are hashed and written.
    let mut ready: Option<(Range<usize>, PolarsResult<DataFrame>)> = None;
    let files = plan(table, format, partition);
    let batches: Vec<Range<usize>> = files.iter().flat_map(|file| batches(&file.places)).collect();
    let mut next = 1;
    for file in files {
        let path = folder.join(&file.path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(ExportError::at(parent))?;
        }
        let out = HashedFile::create(&path)?;
        let not_held = |error| unwritten(&path, error);
        let hidden = &partition[..file.folders.min(partition.len())];
        let schema: Schema = table.schema().into_iter().filter(|(name, _)| !hidden.contains(&name.as_str())).collect();
        let mut writer = TableWriter::new(format, out.clone(), &schema).map_err(not_held)?;
        for places in batches_or_none(&file.places) {
            progress.check()?;
            let batch = match ready.take() {
                Some((range, batch)) if range == places => batch,
                _ => table.batch(places.clone()),
            }
            .map_err(not_held)?;
            let following = batches.get(next).cloned();
            next += 1;
            let ((hashed, written), made) = rayon::join(
                || rayon::join(|| hash.add(&batch), || writer.write(&batch.drop_many(hidden.iter().copied()))),
                || following.map(|range| (range.clone(), table.batch(range))),
            );
            hashed.and(written).map_err(not_held)?;
            ready = made;
            progress.advance(places.len() as u64);
        }
        writer.finish().map_err(not_held)?;
        entries.push(out.finish(file.path, Some(file.places.len() as u64), file.split)?);
    }
    Ok((entries, hash.finish()))
}

fn batches(places: &Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let end = places.end;
    places.clone().step_by(BATCH).map(move |start| start..end.min(start + BATCH))
}

/// A file without rows is written with a batch without rows.
fn batches_or_none(places: &Range<usize>) -> Vec<Range<usize>> {
    if places.is_empty() { vec![places.clone()] } else { batches(places).collect() }
}

/// An error of the disk is told as one.
fn unwritten(path: &Path, error: PolarsError) -> ReleaseError {
    let error = match error {
        PolarsError::IO { error, .. } => ExportError::at(path)(io::Error::new(error.kind(), error.to_string())),
        error => ExportError::Format { path: path.to_owned(), error },
    };
    error.into()
}

/// One of the formats.
enum TableWriter<W: Write> {
    Parquet(Box<ParquetFile<W>>),
    Csv(CsvBatches<W>),
    Ndjson(W),
    Arrow(ArrowBatches<W>),
}

impl<W: Write> TableWriter<W> {
    fn new(format: Format, out: W, schema: &Schema) -> PolarsResult<Self> {
        Ok(match format {
            Format::Parquet => Self::Parquet(Box::new(ParquetFile::new(out, schema)?)),
            Format::Csv => Self::Csv(CsvWriter::new(out).include_header(true).batched(schema)?),
            Format::Ndjson => Self::Ndjson(out),
            Format::Arrow => Self::Arrow(arrow_writer(out, schema)?),
        })
    }

    fn write(&mut self, batch: &DataFrame) -> PolarsResult<()> {
        match self {
            Self::Parquet(file) => file.write(batch, |_| None),
            Self::Csv(writer) => writer.write_batch(batch),
            Self::Ndjson(_) if batch.height() == 0 => Ok(()),
            Self::Ndjson(out) => {
                JsonWriter::new(out).with_json_format(JsonFormat::JsonLines).finish(&mut batch.clone())
            }
            Self::Arrow(writer) => writer.write_batch(batch),
        }
    }

    fn finish(self) -> PolarsResult<()> {
        match self {
            Self::Parquet(file) => file.finish(),
            Self::Csv(mut writer) => writer.finish(),
            Self::Ndjson(mut out) => Ok(out.flush()?),
            Self::Arrow(mut writer) => writer.finish(),
        }
    }
}
