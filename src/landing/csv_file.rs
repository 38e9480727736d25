//! CSV with a header, whose names are the keys.

use std::borrow::Cow;

use csv::{ReaderBuilder, Trim};
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
    let mut reader = reader(bytes);
    // A header alone moves the reader behind it.
    reader.byte_headers().ok();
    let mut at = bytes.len() - without_mark(bytes).len() + reader.position().byte() as usize;
    let mut rows = Rows::new(delimiter(bytes));
    let is_break = |byte: &&u8| matches!(byte, b'\r' | b'\n');
    loop {
        progress.check()?;
        // A row is said to end before the line feed of its CRLF.
        let from = at + bytes[at..].iter().take_while(is_break).count();
        let Some(row) = rows.next(&bytes[from..]) else { return Ok(refused) };
        at = from + row.bytes;
        let taken = if row.is_whole { take(&header, &rows, columns) } else { Err(RefusedReason::Malformed) };
        let Err(reason) = taken else { continue };
        let line = memchr(b'\n', &bytes[from..at]).map_or(at, |newline| from + newline + 1);
        if reason == RefusedReason::Malformed && line < at {
            at = line;
            rows.forget();
        }
        let length = bytes[from..at].iter().rposition(|byte| !is_break(&byte)).map_or(0, |last| last + 1);
        refused.push(Place { offset: from as u64, length: length as u64, reason });
    }
}

/// Takes a text apart row by row.
struct Rows {
    reader: csv_core::Reader,
    /// The fields of the row that was read last, one behind the other, and where each ends.
    text: Vec<u8>,
    ends: Vec<usize>,
    fields: usize,
}

/// A row that was read.
struct Row {
    /// How much of the text it is.
    bytes: usize,
    /// Its end was found.
    is_whole: bool,
}

impl Rows {
    fn new(delimiter: u8) -> Self {
        let reader = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
        let mut rows = Self { reader, text: vec![0; 1 << 10], ends: vec![0; 1 << 5], fields: 0 };
        rows.forget();
        rows
    }

    /// Reads the row that a text starts with. One with many lines is not read to its end: it has a quote that is never closed,
    /// and each line after it may have one as well, so that reading them all to the end would take forever.
    fn next(&mut self, text: &[u8]) -> Option<Row> {
        const MOST_LINES: usize = 20;
        let (mut bytes, mut written, mut lines) = (0, 0, 0);
        self.fields = 0;
        loop {
            use csv_core::ReadRecordResult as Read;
            let line = memchr(b'\n', &text[bytes..]).map_or(text.len(), |newline| bytes + newline + 1);
            let (out, ends) = (&mut self.text[written..], &mut self.ends[self.fields..]);
            let (read, used, wrote, ended) = self.reader.read_record(&text[bytes..line], out, ends);
            (bytes, written, self.fields) = (bytes + used, written + wrote, self.fields + ended);
            match read {
                // A text that ends with a line break, and the row not with it: the break is in quotes that are never closed.
                Read::Record => {
                    let is_cut_off = used == 0 && bytes == text.len() && text.ends_with(b"\n");
                    return Some(Row { bytes, is_whole: !is_cut_off });
                }
                Read::End => return None,
                Read::OutputFull => self.text.resize(self.text.len() * 2, 0),
                Read::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                Read::InputEmpty if lines == MOST_LINES => return Some(Row { bytes, is_whole: false }),
                Read::InputEmpty => lines += 1,
            }
        }
    }

    /// What was read last is to be read again, or some of it.
    fn forget(&mut self) {
        self.reader.reset();
        // At its start the reader passes over a byte order mark; this is not the start of the file.
        self.reader.read_record(b"\n", &mut self.text, &mut self.ends);
    }

    /// The fields of the row that was read last.
    fn fields(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends[..self.fields]).map(|(start, end)| &self.text[start..*end])
    }
}

fn take(header: &[String], row: &Rows, columns: &mut Columns<'_>) -> Result<(), RefusedReason> {
    if row.fields != header.len() {
        return Err(RefusedReason::Malformed);
    }
    columns.begin();
    for (key, field) in header.iter().zip(row.fields()) {
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

/// Reads the header, which is the first line: a quote that is never closed there does not take the rows along.
fn reader(bytes: &[u8]) -> csv::Reader<&[u8]> {
    let text = without_mark(bytes);
    let line = memchr(b'\n', text).map_or(text.len(), |newline| newline + 1);
    let mut reader = ReaderBuilder::new();
    reader.delimiter(delimiter(bytes)).flexible(true).trim(Trim::Headers).from_reader(&text[..line])
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
