//! CSV with a header, whose names are the keys.

use std::borrow::Cow;

use csv::{ByteRecord, ReaderBuilder, Trim};

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

/// Reads all rows; each is a record.
///
/// # Errors
/// When cancelled.
pub fn read<'a>(bytes: &'a [u8], columns: &mut Columns<'a>, progress: &Progress) -> Result<Vec<Place>, LandingError> {
    let header = header(bytes);
    let start = bytes.len() - without_mark(bytes).len();
    let mut reader = reader(bytes);
    let mut refused = vec![];
    let mut record = ByteRecord::new();
    loop {
        let offset = reader.position().byte() as usize;
        match reader.read_byte_record(&mut record) {
            Ok(false) => return Ok(refused),
            Ok(true) => {
                let end = reader.position().byte() as usize;
                if let Err(reason) = take(&header, &record, columns) {
                    let from = record.position().map_or(offset, |position| position.byte() as usize);
                    refused.push(Place { offset: (start + from) as u64, length: (end - from) as u64, reason });
                }
            }
            Err(_) => {
                let end = reader.position().byte() as usize;
                let reason = RefusedReason::Malformed;
                refused.push(Place { offset: (start + offset) as u64, length: (end - offset) as u64, reason });
                if end <= offset {
                    return Ok(refused);
                }
            }
        }
        progress.check()?;
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
    let text = without_mark(bytes);
    let first = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| first.iter().filter(|&&byte| byte == delimiter).count();
    let delimiter = [b',', b';', b'\t'].into_iter().rev().max_by_key(|&delimiter| count(delimiter)).unwrap_or(b',');
    ReaderBuilder::new().delimiter(delimiter).flexible(true).trim(Trim::Headers).from_reader(text)
}

fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}
