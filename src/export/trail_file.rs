//! The trail of a review on the disk: lines that are only ever added, and beside them how many there are.
//!
//! Both files are for their owner's eyes alone, since a trail names analysts. One writer at a time: the folder is locked
//! while lines are added, and what another run added meanwhile is read first.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::domain::format;
use crate::review::{AcceptError, Trail, TrailError};

use super::ExportError;
use super::place::Place;

/// Where a trail is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrailFile {
    path: PathBuf,
}

/// A trail that could not be read or added to.
#[derive(Debug, thiserror::Error)]
pub enum TrailFileError {
    /// The disk or its permissions do not allow it.
    #[error("the trail of this review, {}, cannot be read or written: {}", path.display(), format::why(error))]
    Disk { path: PathBuf, error: io::Error },
    /// It is not as it was written.
    #[error("{}: {error}", path.display())]
    Changed { path: PathBuf, error: TrailError },
    /// What was to be added was not taken.
    #[error(transparent)]
    NotTaken(#[from] AcceptError),
    /// Its folder cannot be had.
    #[error(transparent)]
    Folder(#[from] ExportError),
}

impl TrailFile {
    /// In this file.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The one of a folder: of all that its user reviewed, so that what was accepted of files that have changed since can
    /// be told.
    pub fn in_folder(folder: &Path) -> Self {
        Self { path: folder.join("trail.jsonl") }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads and verifies it; a file that is not there is a trail without entries.
    ///
    /// # Errors
    /// When it cannot be read, or is not as it was written.
    pub fn load(&self) -> Result<Trail, TrailFileError> {
        // In this order: who adds lines meanwhile writes how many there are after them.
        let both = || Ok::<_, TrailFileError>((read(&self.head())?, read(&self.path)?.unwrap_or_default()));
        let (mut head, mut text) = both()?;
        if head.is_none() && !text.is_empty() {
            // The first line was added just between.
            (head, text) = both()?;
        }
        Trail::parse(&text, head.as_deref()).map_err(|error| TrailFileError::Changed { path: self.path.clone(), error })
    }

    /// Adds to the trail as it stands on the disk, and gives it back with what was added.
    ///
    /// # Errors
    /// When the trail cannot be read, is not as it was written, or does not take what is added; then nothing is written.
    pub fn add<T>(&self, add: impl FnOnce(&mut Trail) -> Result<T, AcceptError>) -> Result<(Trail, T), TrailFileError> {
        let disk = |error| TrailFileError::Disk { path: self.path.clone(), error };
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !folder.exists() {
            make_own_folder(folder).map_err(disk)?;
        }
        let _locked = Place::wait_for(folder)?;
        let mut trail = self.load()?;
        let before = trail.entries().len();
        let added = add(&mut trail)?;
        if before == 0 {
            // There are never lines without it, however this run ends.
            self.write_head(Trail::NO_LINES).map_err(disk)?;
        }
        let mut file = own(OpenOptions::new().append(true).create(true)).open(&self.path).map_err(disk)?;
        // What a run that was killed left of a line is in nobody's trail.
        let whole = trail.lines_until(before).len() as u64;
        file.set_len(whole).map_err(disk)?;
        let lines = file.write_all(trail.lines_from(before).as_bytes()).and_then(|()| file.sync_all());
        let written = lines.and_then(|()| self.write_head(&trail.head().unwrap_or_default()));
        // What the disk had no room for was not added.
        written.inspect_err(|_| drop(file.set_len(whole))).map_err(disk)?;
        Ok((trail, added))
    }

    /// Puts beside the lines how many there are.
    fn write_head(&self, head: &str) -> io::Result<()> {
        let new = self.path.with_extension("head.unfinished");
        let mut file = own(OpenOptions::new().write(true).create(true).truncate(true)).open(&new)?;
        let written = file.write_all(head.as_bytes()).and_then(|()| file.sync_all());
        written.and_then(|()| fs::rename(&new, self.head())).inspect_err(|_| drop(fs::remove_file(&new)))
    }

    fn head(&self) -> PathBuf {
        self.path.with_extension("head")
    }
}

/// The time of a signature or a report, in milliseconds since 1970-01-01 00:00 UTC. No result depends on it.
#[expect(clippy::disallowed_methods, reason = "a trail says when")]
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn read(path: &Path) -> Result<Option<String>, TrailFileError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(TrailFileError::Disk { path: path.to_owned(), error }),
    }
}

/// Created for its owner alone.
fn own(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// Makes a folder, and those above it, for its owner alone; one that is there stays as it is.
///
/// # Errors
/// When the disk or its permissions do not allow it.
pub fn make_own_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
