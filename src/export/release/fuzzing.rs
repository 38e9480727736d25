//! What the fuzz targets ask of the reader of exported tables, whose bytes a manifest vouches for only to who has the key. Built
//! with `--cfg fuzzing` only; see fuzz/.

use std::path::Path;

use super::files::FileEntry;
use super::manifest::{ColumnEntry, TableEntry};
use super::read;
use crate::domain::{Format, Progress};

/// A table as a manifest describes it, in the one file `one`.
pub struct Table(TableEntry);

impl Table {
    /// With these columns of these kinds.
    pub fn of(names: &[&str], kinds: &[&str]) -> Self {
        let column = |(name, kind): (&&str, &&str)| ColumnEntry {
            name: (*name).to_owned(),
            kind: (*kind).to_owned(),
            description: String::new(),
            is_folder: false,
        };
        let files =
            vec![FileEntry { path: "one".to_owned(), bytes: 0, sha256: String::new(), rows: None, split: None }];
        let columns = names.iter().zip(kinds).map(column).collect();
        Self(TableEntry { name: "table".to_owned(), rows: 0, columns, content_sha256: String::new(), files })
    }

    /// Their names.
    pub fn columns(&self) -> Vec<String> {
        self.0.columns.iter().map(|column| column.name.clone()).collect()
    }

    /// Reads it in one of the formats: how many rows there are, and the columns.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn read(&self, folder: &Path, format: u8, rows: u64) -> Result<(usize, Vec<String>), String> {
        // Not Arrow: the library makes room for any length that it says, so only its hash stands before that.
        let formats = [Format::Parquet, Format::Csv, Format::Ndjson];
        let mut entry = TableEntry { rows, ..self.0.clone() };
        let (bytes, sha256) =
            read::hash(&folder.join("one"), &Progress::default()).unwrap_or_default().unwrap_or_default();
        entry.files[0] = FileEntry { bytes, sha256, ..entry.files[0].clone() };
        let frame = read::table(folder, &entry, formats[usize::from(format) % 3]).map_err(|error| error.to_string())?;
        Ok((frame.height(), frame.get_column_names().into_iter().map(|name| name.to_string()).collect()))
    }
}
