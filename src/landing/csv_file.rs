//! CSV with a header, whose names are the keys.

use std::borrow::Cow;

use csv::{ByteRecord, ReaderBuilder, Trim};
use memchr::memchr;

use super::LandingError;
use super::columns::Columns;
use super::file::Place;
use super::find;
use super::refused::RefusedReason;
use super::value::Value;
use crate::domain::{Dataset, Progress};

/// The data set that the header's names say.
pub fn dataset(bytes: &[u8]) -> Option<Dataset> {
    let header = header(bytes);
    find::dataset_of_keys(header.iter().map(String::as_str))
}

/// Reads all rows; each is a record. A row that cannot be read costs its line: a quote that is never closed does not
/// take the lines after it along.
///
/// # Errors
/// When cancelled.
pub fn read<'a>(bytes: &'a [u8], columns: &mut Columns<'a>, progress: &Progress) -> Result<Vec<Place>, LandingError> {
    let header = header(bytes);
    let mut refused = vec![];
    let mut record = ByteRecord::new();
    let mut reader = reader(bytes);
    // A header alone moves the reader behind it.
    reader.byte_headers().ok();
    let mut at = bytes.len() - without_mark(bytes).len() + reader.position().byte() as usize;
    let delimiter = delimiter(bytes);
    'resume: loop {
        let start = at;
        let mut reader =
            ReaderBuilder::new().delimiter(delimiter).flexible(true).has_headers(false).from_reader(&bytes[start..]);
        loop {
            progress.check()?;
            let read = reader.read_byte_record(&mut record);
            let end = start + reader.position().byte() as usize;
            if matches!(read, Ok(false)) || end <= at {
                return Ok(refused);
            }
            // A row is said to end before the line feed of its CRLF, and the next to start with it.
            let from = at + bytes[at..end].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            at = end;
            let taken = read.map_err(|_| RefusedReason::Malformed).and_then(|_| take(&header, &record, columns));
            let Err(reason) = taken else { continue };
            let line = memchr(b'\n', &bytes[from..end]).map_or(end, |newline| from + newline + 1);
            let torn = reason == RefusedReason::Malformed && line < end;
            at = if torn { line } else { end };
            let length = bytes[from..at].trim_ascii_end().len();
            refused.push(Place { offset: from as u64, length: length as u64, reason });
            if torn {
                continue 'resume;
            }
        }
    }
}

fn take(header: &[String], record: &ByteRecord, columns: &mut Columns<'_>) -> Result<(), RefusedReason> {
    if record.len() != header.len() {
        return Err(RefusedReason::Malformed);
    }
    columns.begin();
    for (key, field) in header.iter().zip(record) {
        let text = std::str::from_utf8(field).map_err(|_| RefusedReason::NotUtf8)?;
        columns.member(key, Value::Text(Cow::Owned(text.to_owned())));
    }
    columns.commit()
}

fn header(bytes: &[u8]) -> Vec<String> {
    let mut reader = reader(bytes);
    let header = reader.byte_headers().cloned().unwrap_or_default();
    header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect()
}

fn reader(bytes: &[u8]) -> csv::Reader<&[u8]> {
    let mut reader = ReaderBuilder::new();
    reader.delimiter(delimiter(bytes)).flexible(true).trim(Trim::Headers).from_reader(without_mark(bytes))
}

/// What the header has most of; a comma if it has none.
fn delimiter(bytes: &[u8]) -> u8 {
    let first = without_mark(bytes).split(|&byte| byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| first.iter().filter(|&&byte| byte == delimiter).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|&delimiter| count(delimiter)).unwrap_or(b',')
}

fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}
