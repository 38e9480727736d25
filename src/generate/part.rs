//! One file of a delivery: how it is laid out, and how it comes to be whole or not at all.
//!
//! A part is written under its name with `.unfinished` behind it and gets its own name when it is complete (or, if
//! that is its defect, completely cut off). So a file without that ending is never half written.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};

use super::error::{At, GenerateError};
use super::json::Spelling;

/// What a file name ends in while the file is being written.
const UNFINISHED: &str = ".unfinished";

/// Files that are cut off end at a multiple of this, as files do whose last buffer never reached the disk.
const BLOCK: u64 = 4_096;

/// How a file is laid out, and what is wrong with that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    pub spelling: Spelling,
    /// No line break between the objects.
    pub back_to_back: bool,
    /// A byte order mark first, and lines that end with CR and LF.
    pub windows_text: bool,
    /// Compressed with gzip.
    pub compressed: bool,
    /// Cut off in the middle of an object.
    pub truncated: bool,
}

/// A file that is being written.
#[derive(Debug)]
pub(super) struct Part {
    path: PathBuf,
    layout: Layout,
    sink: Sink,
    /// Bytes before compression.
    bytes: u64,
    records: u64,
}

/// A file that is complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finished {
    pub path: PathBuf,
    pub bytes: u64,
    pub records: u64,
}

#[derive(Debug)]
enum Sink {
    Plain(BufWriter<File>),
    // The header of the gzip file has neither a name nor a time in it: equal content is equal bytes.
    Gzip(Box<GzEncoder<BufWriter<File>>>),
}

impl Part {
    /// Starts a file. `path` is its final path.
    pub(super) fn create(path: PathBuf, layout: Layout) -> Result<Self, GenerateError> {
        let file = create_new(&unfinished(&path))?;
        let buffered = BufWriter::with_capacity(1 << 18, file);
        let sink = if layout.compressed {
            Sink::Gzip(Box::new(GzBuilder::new().operating_system(255).write(buffered, Compression::default())))
        } else {
            Sink::Plain(buffered)
        };
        let mut part = Self { path, layout, sink, bytes: 0, records: 0 };
        if layout.windows_text
            && let Err(error) = part.write("\u{feff}".as_bytes())
        {
            part.discard();
            return Err(error);
        }
        Ok(part)
    }

    /// How records are spelled in this file.
    pub(super) fn spelling(&self) -> Spelling {
        self.layout.spelling
    }

    /// Bytes of text so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Adds a record and the line break that belongs behind it; `record` has room for both.
    pub(super) fn push(&mut self, record: &mut Vec<u8>) -> Result<(), GenerateError> {
        match (self.layout.back_to_back, self.layout.windows_text) {
            (true, _) => {}
            (false, true) => record.extend_from_slice(b"\r\n"),
            (false, false) => record.push(b'\n'),
        }
        self.records += 1;
        self.write(record)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), GenerateError> {
        self.bytes += bytes.len() as u64;
        match &mut self.sink {
            Sink::Plain(file) => file.write_all(bytes),
            Sink::Gzip(file) => file.write_all(bytes),
        }
        .at(&self.path)
    }

    /// Completes the file and gives it its name.
    pub(super) fn finish(self) -> Result<Finished, GenerateError> {
        let working = unfinished(&self.path);
        let finished = self.complete(&working);
        remove_if_failed(&working, finished)
    }

    fn complete(self, working: &Path) -> Result<Finished, GenerateError> {
        let Self { path, layout, sink, mut records, .. } = self;
        let buffered = match sink {
            Sink::Plain(file) => Ok(file),
            Sink::Gzip(file) => file.finish(),
        };
        let file = buffered.and_then(|file| file.into_inner().map_err(io::IntoInnerError::into_error)).at(&path)?;
        let mut bytes = file.metadata().at(&path)?.len();
        drop(file);
        if layout.truncated && !layout.compressed {
            (bytes, records) = cut_off(working, bytes).at(&path)?;
        }
        fs::rename(working, &path).at(&path)?;
        Ok(Finished { path, bytes, records })
    }

    /// Gives the file up, as far as the disk lets it.
    pub(super) fn discard(self) {
        let working = unfinished(&self.path);
        drop(self.sink);
        // Nothing can be done about a file that cannot be removed; its name says that it is unfinished.
        let _ = fs::remove_file(working);
    }
}

impl Finished {
    /// Delivers the same file once more under another name.
    pub(super) fn copy_to(&self, path: PathBuf) -> Result<Self, GenerateError> {
        let working = unfinished(&path);
        let copied = fs::copy(&self.path, &working).and_then(|_| fs::rename(&working, &path)).at(&path);
        remove_if_failed(&working, copied)?;
        Ok(Self { path, ..self.clone() })
    }

    /// Delivers a file with nothing in it.
    pub(super) fn empty(path: PathBuf) -> Result<Self, GenerateError> {
        create_new(&path)?;
        Ok(Self { path, bytes: 0, records: 0 })
    }
}

fn unfinished(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(UNFINISHED);
    PathBuf::from(name)
}

fn remove_if_failed<T>(working: &Path, done: Result<T, GenerateError>) -> Result<T, GenerateError> {
    if done.is_err() {
        // What led here is the error to report, not that the rest of the file stays behind.
        let _ = fs::remove_file(working);
    }
    done
}

fn create_new(path: &Path) -> Result<File, GenerateError> {
    OpenOptions::new().write(true).create_new(true).open(path).at(path)
}

/// Cuts a file off at a multiple of 4,096 bytes that lies within an object, or, if there is none, within its last
/// object. The last whole block is lost where there is more than one, so that some records are gone without a
/// trace, not only the one that is cut. Returns the bytes and the whole records that are left.
fn cut_off(path: &Path, bytes: u64) -> io::Result<(u64, u64)> {
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    let whole_blocks = bytes.saturating_sub(1) / BLOCK;
    let mut blocks = if whole_blocks > 1 { whole_blocks - 1 } else { whole_blocks };
    while blocks > 0 && !is_within_object(&mut file, blocks * BLOCK)? {
        blocks -= 1;
    }
    // A record is longer than 80 bytes, so that 20 bytes before the end are within the last one.
    let length = if blocks > 0 { blocks * BLOCK } else { bytes.saturating_sub(20) };
    file.set_len(length)?;
    file.seek(SeekFrom::Start(0))?;
    Ok((length, count_objects(file)?))
}

/// Records are flat and have no braces in their values: a position is within an object unless an object or a line
/// ends right before it, or the file starts there.
fn is_within_object(file: &mut File, position: u64) -> io::Result<bool> {
    let mut before = [0];
    file.seek(SeekFrom::Start(position - 1))?;
    file.read_exact(&mut before)?;
    Ok(!matches!(before, [b'}' | b'\n' | b'\r']))
}

fn count_objects(mut file: File) -> io::Result<u64> {
    let mut buffer = vec![0; 1 << 16];
    let mut objects = 0;
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(objects),
            length => objects += buffer[..length].iter().filter(|&&byte| byte == b'}').count() as u64,
        }
    }
}
