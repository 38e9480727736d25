//! One file, from its bytes to typed columns and refused records.

use std::fs::File;
use std::io::Read;

use polars::prelude::DataFrame;
use sha2::{Digest, Sha256};

use super::columns::Columns;
use super::content::{self, Kind};
use super::find::{self, FoundFile};
use super::finding::Finding;
use super::json::{Found, Scanner};
use super::refused::RefusedReason;
use super::value::ConsentStood;
use super::{LandingError, LandingFile, csv_file, parquet_file};
use crate::domain::{Dataset, Progress};

/// What one file gave.
pub struct FileResult {
    /// Its line in the list of files.
    pub file: LandingFile,
    /// What it said, where its data set is known.
    pub records: Option<Records>,
    /// Remarks on it.
    pub findings: Vec<Finding>,
}

/// The records of one file.
pub struct Records {
    pub dataset: Dataset,
    pub frame: DataFrame,
    pub refused: Vec<Place>,
    pub unknown_keys: std::collections::BTreeMap<String, u64>,
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

/// Reads one file. `buffer` is room that is used again from file to file; its content does not matter.
///
/// # Errors
/// When cancelled, or when the columns cannot be put together. What is wrong with the file is part of the result.
pub fn read(found: &FoundFile, buffer: &mut Vec<u8>, progress: &Progress) -> Result<FileResult, LandingError> {
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
    let file = || found.name.clone();
    if let Some(error) = found.trouble.clone() {
        result.findings.push(Finding::ReadFailed { file: file(), error });
        return Ok(result);
    }
    match fill(buffer, found, progress) {
        Ok(()) => {}
        Err(ReadError::Cancelled(cancelled)) => return Err(cancelled.into()),
        Err(ReadError::NoFile) => {
            let kind = "it is neither a file nor a folder".to_owned();
            result.findings.push(Finding::UnreadableKind { file: file(), kind });
            return Ok(result);
        }
        Err(ReadError::Io(error)) => {
            result.findings.push(Finding::ReadFailed { file: file(), error: error.to_string() });
            return Ok(result);
        }
    }
    let bytes = buffer.as_slice();
    result.file.bytes = bytes.len() as u64;
    result.file.sha256 = hexadecimal(&Sha256::digest(bytes));
    if bytes.is_empty() {
        result.findings.push(Finding::EmptyFile { file: file() });
        return Ok(result);
    }
    let (bytes, damage) = content::plain(bytes, progress)?;
    if let Some(error) = damage {
        result.findings.push(Finding::ReadFailed { file: file(), error });
    }
    match content::kind(&bytes) {
        Ok(kind) => take(&mut result, kind, &bytes, progress)?,
        Err(kind) => {
            result.findings.push(Finding::UnreadableKind { file: file(), kind: kind.to_owned() });
        }
    }
    Ok(result)
}

fn take(result: &mut FileResult, kind: Kind, bytes: &[u8], progress: &Progress) -> Result<(), LandingError> {
    let file = result.file.name.clone();
    let parquet = match kind {
        Kind::Parquet => match parquet_file::open(bytes.to_vec()) {
            Ok(frame) => Some(frame),
            Err(error) => {
                result.findings.push(Finding::ReadFailed { file, error: error.to_string() });
                return Ok(());
            }
        },
        Kind::Json | Kind::Csv => None,
    };
    let keys_say = match (&parquet, kind) {
        (Some(frame), _) => find::dataset_of_keys(frame.get_column_names().iter().map(|name| name.as_str())),
        (None, Kind::Csv) => csv_file::dataset(bytes),
        (None, _) => find::dataset_of_json(bytes),
    };
    if let (Some(says), Some(looks_like)) = (result.file.dataset, keys_say)
        && says != looks_like
    {
        result.findings.push(Finding::LooksLike { file: file.clone(), says, looks_like });
    }
    let Some(dataset) = result.file.dataset.or(keys_say) else {
        result.findings.push(Finding::UnknownDataset { file });
        return Ok(());
    };
    result.file.dataset = Some(dataset);
    let mut columns = Columns::new(dataset, bytes.len() / 100);
    let refused = match (&parquet, kind) {
        (Some(frame), _) => parquet_file::read(frame, dataset, &mut columns, progress)?,
        (None, Kind::Csv) => csv_file::read(bytes, &mut columns, progress)?,
        (None, _) => json(bytes, &mut columns, progress)?,
    };
    result.file.rows = columns.rows();
    result.file.refused = refused.len() as u64;
    if columns.rows() == 0 {
        result.findings.push(Finding::NothingReadable { file, dataset: Some(dataset) });
    }
    let unknown_keys = std::mem::take(&mut columns.unknown_keys);
    let seconds = std::mem::take(&mut columns.seconds);
    let (consents, stood) = (columns.consents, std::mem::take(&mut columns.stood));
    let frame = columns.finish()?;
    result.records = Some(Records { dataset, frame, refused, unknown_keys, consents, stood, seconds });
    Ok(())
}

/// Reads JSON records into columns, and gives those that are refused.
///
/// # Errors
/// When cancelled.
pub fn json<'a>(bytes: &'a [u8], columns: &mut Columns<'a>, progress: &Progress) -> Result<Vec<Place>, LandingError> {
    const LOOK_UP_EVERY: usize = 256;
    let mut scanner = Scanner::new(bytes);
    let mut refused = vec![];
    let mut records = 0_usize;
    loop {
        records += 1;
        if records.is_multiple_of(LOOK_UP_EVERY) {
            progress.check()?;
        }
        if scanner.pass(|text, start| columns.take_usual(text, start)) {
            continue;
        }
        columns.begin();
        let (start, end, reason) = match scanner.next(|member| columns.json_member(member)) {
            None => return Ok(refused),
            Some(Found::Record { start, end }) => (start, end, columns.commit().err()),
            Some(Found::Damaged { start, end, reason }) => (start, end, Some(reason)),
        };
        if let Some(reason) = reason {
            refused.push(Place { offset: start as u64, length: (end - start) as u64, reason });
        }
    }
}

enum ReadError {
    Cancelled(crate::domain::Cancelled),
    NoFile,
    Io(std::io::Error),
}

/// All bytes of a file, read in pieces so that progress moves and cancelling works.
fn fill(buffer: &mut Vec<u8>, found: &FoundFile, progress: &Progress) -> Result<(), ReadError> {
    const PIECE: u64 = 1 << 20;
    /// More room than this is given back after a large file.
    const MOST_KEPT: usize = 64 << 20;
    let about = std::fs::metadata(&found.path).map_err(ReadError::Io)?;
    if !about.is_file() {
        return Err(ReadError::NoFile);
    }
    let mut file = File::open(&found.path).map_err(ReadError::Io)?;
    buffer.clear();
    buffer.shrink_to(MOST_KEPT);
    // One byte more, so that the end of the file is found without asking for room.
    buffer.reserve(about.len() as usize + 1);
    loop {
        progress.check().map_err(ReadError::Cancelled)?;
        let read = Read::by_ref(&mut file).take(PIECE).read_to_end(buffer).map_err(ReadError::Io)?;
        progress.advance(read as u64);
        if read == 0 {
            return Ok(());
        }
    }
}

fn hexadecimal(digest: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS[usize::from(half)]);
    digest.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
