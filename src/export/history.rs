//! Which exports were made here, and where they lie: a list for their owner's eyes alone.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::ExportError;
use super::place::change_own_file;
use super::release::Manifest;

/// The most that are remembered; the oldest goes first.
const MOST: usize = 200;

/// Where the list is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History(PathBuf);

/// One export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    /// Where it was written.
    pub folder: PathBuf,
    /// When, RFC 3339.
    pub written_at: String,
    /// Rows of its first table.
    pub rows: u64,
    /// Its customers.
    pub customers: u64,
    /// Its size.
    pub bytes: u64,
    /// The id of the key of its pseudonyms.
    pub key: String,
    /// Whether that was kept.
    pub key_is_kept: bool,
}

/// One export, and whether it is where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub past: Past,
    pub is_there: bool,
}

impl History {
    /// In this file.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// All that is remembered, the newest first. A list that cannot be read has nothing in it: what it remembers is a
    /// comfort, and lies in the exports themselves.
    pub fn load(&self) -> Vec<Past> {
        parse(&fs::read(&self.0).unwrap_or_default())
    }

    /// The same, each with whether it is still there.
    pub fn list(&self) -> Vec<Listed> {
        let listed = |past: Past| Listed { is_there: past.folder.is_dir(), past };
        self.load().into_iter().map(listed).collect()
    }

    /// Forgets the export of a folder; the folder stays as it is.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn forget(&self, folder: &Path) -> Result<(), ExportError> {
        self.change(|all| all.retain(|past| past.folder != folder))
    }

    /// Remembers an export, instead of an earlier one at the same place.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn add(&self, folder: &Path, manifest: &Manifest) -> Result<(), ExportError> {
        let folder = std::path::absolute(folder).map_err(ExportError::at(folder))?;
        let past = Past {
            folder,
            written_at: manifest.written_at.clone(),
            rows: manifest.rows(),
            customers: manifest.consent.customers,
            bytes: manifest.bytes(),
            key: manifest.key.id.clone(),
            key_is_kept: manifest.key.is_kept,
        };
        self.change(|all| {
            all.retain(|other| other.folder != past.folder);
            all.insert(0, past);
            all.truncate(MOST);
        })
    }

    fn change(&self, change: impl FnOnce(&mut Vec<Past>)) -> Result<(), ExportError> {
        change_own_file(&self.0, |before| {
            let mut all = parse(&before);
            change(&mut all);
            let lines = all.iter().rev().filter_map(|past| serde_json::to_string(past).ok());
            lines.map(|line| line + "\n").collect::<String>().into_bytes()
        })
    }
}

/// The exports of a list, the newest first.
fn parse(list: &[u8]) -> Vec<Past> {
    let text = String::from_utf8_lossy(list);
    text.lines().rev().filter_map(|line| serde_json::from_str(line).ok()).collect()
}
