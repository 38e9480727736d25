//! The bytes of a file as they come: hashed, counted, compression taken off, handed on in windows so that a file of any
//! size takes little room.

use std::fs::{File, Metadata};
use std::io::{self, BufReader, Chain, Cursor, Read};
use std::path::Path;
use std::time::SystemTime;

#[cfg(unix)]
use rustix::fs::OFlags;
use sha2::{Digest, Sha256};

use crate::domain::format::hexadecimal;
use crate::domain::{Cancelled, Progress};

/// How often its own size a compressed file may unpack to. Landing files reach 10 to 50 times; deflate ends at 1032.
const MOST_TIMES: u64 = 500;
/// So much any file may unpack to, however small it is.
const LEAST_UNPACKED: u64 = 16 << 20;
/// Bytes between two looks at whether to stop.
const PIECE: usize = 1 << 20;

/// Whether what a file holds is hashed as it comes, which takes a third of the time of reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hashing {
    Done,
    LeftOut,
}

/// A file that is being read.
pub struct Input<'p> {
    stream: Option<Stream<'p>>,
    /// How many bytes it may unpack to.
    limit: u64,
    unpacked: u64,
    /// What is wrong with its compression. What came before is kept.
    pub damage: Option<String>,
}

/// Bytes that were read, in room that is used again and again: it is cleared once, and not each time.
#[derive(Default)]
pub struct Room {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
}

impl Room {
    /// Forgets what was read, and leaves so much room before what comes.
    pub fn clear(&mut self, before: usize) {
        self.bytes.resize(self.bytes.len().max(before), 0);
        (self.start, self.end) = (before, before);
    }

    /// What was read.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    /// How much was read.
    pub fn len(&self) -> usize {
        self.end - self.start
    }

    /// Puts bytes before those that were read.
    pub fn put_before(&mut self, bytes: &[u8]) {
        match self.start.checked_sub(bytes.len()) {
            Some(start) => {
                self.bytes[start..self.start].copy_from_slice(bytes);
                self.start = start;
            }
            None => {
                self.bytes.splice(self.start..self.start, bytes.iter().copied());
                self.end += bytes.len();
            }
        }
    }

    /// Gives room back that only a large file needs.
    pub fn shrink_to(&mut self, most: usize) {
        self.bytes.truncate(most);
        self.bytes.shrink_to(most);
        self.clear(0);
    }

    /// Room for more, up to a place.
    fn more(&mut self, end: usize) -> &mut [u8] {
        if self.end == self.bytes.len() {
            let more = self.bytes.len().max(PIECE).min(end - self.end);
            self.bytes.resize(self.bytes.len() + more, 0);
        }
        let end = end.min(self.bytes.len());
        &mut self.bytes[self.end..end]
    }

    /// Makes room for so many bytes, so that it need not be made in steps.
    pub fn reserve(&mut self, bytes: usize) {
        let all = self.end + bytes;
        if self.len() == 0 && self.bytes.len() < all {
            // Nothing is there that had to be copied, and what the system gives is clear.
            drop(std::mem::take(&mut self.bytes));
            self.bytes = vec![0; all];
        }
        self.bytes.resize(self.bytes.len().max(all), 0);
    }
}

/// Why a file could not be read at all.
pub enum InputError {
    Cancelled(Cancelled),
    /// It is neither a file nor a folder.
    NoFile,
    Io(io::Error),
}

/// How many bytes a file of this size may unpack to.
pub fn most_unpacked(bytes: u64) -> u64 {
    bytes.saturating_mul(MOST_TIMES).max(LEAST_UNPACKED)
}

/// What is known of a file once it was read to its end.
pub struct Whole {
    /// Size as it lies on the disk.
    pub bytes: u64,
    /// SHA-256 of those bytes, as lower-case hexadecimal digits; empty where that was left out.
    pub sha256: String,
    /// It was written to meanwhile.
    pub was_changed: bool,
}

/// Opens a file to be read, and nothing that is none: who opens a pipe waits for somebody to write to it.
///
/// # Errors
/// When it is no file, or cannot be opened.
pub fn open_file(path: &Path) -> io::Result<File> {
    let none = || io::Error::new(io::ErrorKind::InvalidInput, "it is no file");
    let is_file = |about: Metadata| if about.is_file() { Ok(()) } else { Err(none()) };
    is_file(std::fs::metadata(path)?)?;
    let mut options = File::options();
    options.read(true);
    // It may have become a pipe just now.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, OFlags::NONBLOCK.bits().cast_signed());
    let file = options.open(path)?;
    is_file(file.metadata()?)?;
    Ok(file)
}

/// Reads such a file whole.
///
/// # Errors
/// When it is no file, or cannot be read.
pub fn read_whole(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = vec![];
    open_file(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What changes when a file is written to.
fn state(about: &Metadata) -> (u64, Option<SystemTime>) {
    (about.len(), about.modified().ok())
}

type Raw<'p> = Chain<Cursor<Vec<u8>>, Hashed<'p>>;

enum Stream<'p> {
    Plain(Raw<'p>),
    Gzip(Box<flate2::bufread::MultiGzDecoder<BufReader<Raw<'p>>>>),
    Zstd(Box<zstd::Decoder<'static, BufReader<Raw<'p>>>>),
}

/// Reads a file and hashes what it reads, if that is asked for.
struct Hashed<'p> {
    file: File,
    /// Size and time as they were when it was opened.
    state: (u64, Option<SystemTime>),
    hash: Option<Sha256>,
    bytes: u64,
    progress: &'p Progress,
    /// It was the file that failed, not its compression.
    failed: bool,
}

impl Read for Hashed<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = into.len().min(PIECE);
        self.progress.check().map_err(io::Error::other)?;
        let read = self.file.read(&mut into[..most]).inspect_err(|_| self.failed = true)?;
        if let Some(hash) = &mut self.hash {
            hash.update(&into[..read]);
        }
        self.bytes += read as u64;
        self.progress.advance(read as u64);
        Ok(read)
    }
}

impl<'p> Input<'p> {
    /// Opens a file.
    ///
    /// # Errors
    /// When it is no file, or cannot be opened.
    pub fn open(path: &Path, hashing: Hashing, progress: &'p Progress) -> Result<Self, InputError> {
        const BUFFER: usize = 1 << 18;
        let file = open_file(path).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidInput => InputError::NoFile,
            _ => InputError::Io(error),
        })?;
        let about = file.metadata().map_err(InputError::Io)?;
        let state = state(&about);
        let hash = (hashing == Hashing::Done).then(Sha256::new);
        let mut hashed = Hashed { file, state, hash, bytes: 0, progress, failed: false };
        let mut first = vec![];
        let read = Read::by_ref(&mut hashed).take(4).read_to_end(&mut first);
        read.map_err(|error| InputError::of(error, progress))?;
        let (is_gzip, is_zstd) = (first.starts_with(&[0x1f, 0x8b]), first == [0x28, 0xb5, 0x2f, 0xfd]);
        let raw = Cursor::new(first).chain(hashed);
        let mut input = Self { stream: None, limit: most_unpacked(about.len()), unpacked: 0, damage: None };
        input.stream = Some(if is_gzip {
            let decoder = flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(BUFFER, raw));
            Stream::Gzip(Box::new(decoder))
        } else if is_zstd {
            let decoder = zstd::Decoder::with_buffer(BufReader::with_capacity(BUFFER, raw));
            Stream::Zstd(Box::new(decoder.map_err(InputError::Io)?))
        } else {
            Stream::Plain(raw)
        });
        Ok(input)
    }

    /// Whether its bytes are not what it says.
    pub fn is_compressed(&self) -> bool {
        self.stream.as_ref().is_some_and(Stream::is_compressed)
    }

    /// Puts up to so many more bytes behind those of a window. Fewer come only at the end of the file.
    ///
    /// # Errors
    /// When the file cannot be read, or when cancelled.
    pub fn fill(&mut self, window: &mut Room, most: usize) -> Result<(), InputError> {
        let Some(stream) = &mut self.stream else { return Ok(()) };
        let is_compressed = stream.is_compressed();
        let end = window.end.saturating_add(most);
        while window.end < end && self.damage.is_none() {
            stream.progress().check().map_err(InputError::Cancelled)?;
            let into = window.more(end);
            let read = match stream {
                Stream::Plain(raw) => raw.read(into),
                Stream::Gzip(decoder) => decoder.read(into),
                Stream::Zstd(decoder) => decoder.read(into),
            };
            match read {
                Ok(0) => break,
                Ok(read) => {
                    window.end += read;
                    self.unpacked += read as u64;
                    if is_compressed && self.unpacked > self.limit {
                        window.end -= (self.unpacked - self.limit) as usize;
                        self.damage = Some(format!(
                            "it unpacks to more than {} bytes, {MOST_TIMES} times its size or more; the rest was left",
                            self.limit
                        ));
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if is_compressed && !stream.raw().failed && !stream.progress().is_cancelled() => {
                    let place = self.unpacked;
                    self.damage = Some(format!("its compression is damaged after {place} unpacked bytes ({error})"));
                }
                Err(error) => return Err(InputError::of(error, stream.progress())),
            }
        }
        Ok(())
    }

    /// Reads what is left, for the sake of the hash and the size.
    ///
    /// # Errors
    /// When the file cannot be read, or when cancelled.
    pub fn finish(mut self) -> Result<Whole, InputError> {
        let Some(stream) = self.stream.take() else { return Err(InputError::NoFile) };
        let (_, mut hashed) = match stream {
            Stream::Plain(raw) => raw,
            Stream::Gzip(decoder) => decoder.into_inner().into_inner(),
            Stream::Zstd(decoder) => decoder.finish().into_inner(),
        }
        .into_inner();
        let mut rest = [0; 1 << 14];
        let progress = hashed.progress;
        while hashed.read(&mut rest).map_err(|error| InputError::of(error, progress))? > 0 {}
        let now = hashed.file.metadata().map_err(InputError::Io)?;
        Ok(Whole {
            bytes: hashed.bytes,
            sha256: hashed.hash.map_or_else(String::new, |hash| hexadecimal(&hash.finalize())),
            was_changed: state(&now) != hashed.state,
        })
    }
}

impl<'p> Stream<'p> {
    fn is_compressed(&self) -> bool {
        !matches!(self, Self::Plain(_))
    }

    fn raw(&self) -> &Hashed<'p> {
        let raw = match self {
            Self::Plain(raw) => raw,
            Self::Gzip(decoder) => decoder.get_ref().get_ref(),
            Self::Zstd(decoder) => decoder.get_ref().get_ref(),
        };
        raw.get_ref().1
    }

    fn progress(&self) -> &'p Progress {
        self.raw().progress
    }
}

impl InputError {
    fn of(error: io::Error, progress: &Progress) -> Self {
        if progress.is_cancelled() { Self::Cancelled(Cancelled) } else { Self::Io(error) }
    }
}
