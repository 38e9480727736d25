//! Writes the derived tables of a curation. All files are written beside their places first and moved there when
//! the last one is on the disk: a failure leaves nothing that looks done, and nothing that was there is lost.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use polars::prelude::*;
use rayon::prelude::*;

use crate::curation::Curation;
use crate::domain::{Cancelled, Progress, Table};

/// The end of the name of a file that is not whole yet.
const UNFINISHED: &str = "unfinished";

/// How tables are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Parquet, zstd, with statistics.
    #[default]
    Parquet,
    /// CSV with a header, RFC 4180; null is an empty cell.
    Csv,
    /// One JSON object a line; null is null.
    Ndjson,
}

impl Format {
    /// The end of the file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
        }
    }
}

/// Tables that could not be written. The message says what, where and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The disk or its permissions do not allow it.
    #[error("{} cannot be written: {error}", path.display())]
    Write { path: PathBuf, error: io::Error },
    /// The format cannot hold the table.
    #[error("{} cannot be written: {error}", path.display())]
    Format { path: PathBuf, error: PolarsError },
    /// It was asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Writes each derived table to `folder/<table>.<extension>`, without the columns that only checks need. A table
/// that is there from an earlier run is replaced by the new one, whole. Progress counts tables.
///
/// # Errors
/// When the disk refuses, or when cancelled; then every file that was there before is as it was, and no other is
/// there.
pub fn write_tables(
    curation: &Curation,
    folder: &Path,
    format: Format,
    progress: &Progress,
) -> Result<Vec<PathBuf>, ExportError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| ExportError::Write { path, error }
    };
    let tables: Vec<(Table, PathBuf)> = Table::derived()
        .map(|table| (table, folder.join(format!("{}.{}", table.name(), format.extension()))))
        .collect();
    let made_folder = !folder.exists();
    fs::create_dir_all(folder).map_err(failed(folder))?;
    progress.set_total(tables.len() as u64);
    let written: Result<Vec<()>, ExportError> = tables
        .par_iter()
        .map(|(table, path)| {
            progress.check()?;
            write_one(curation, *table, &beside(path), format)?;
            progress.advance(1);
            Ok(())
        })
        .collect();
    let moved = written.and_then(|_| {
        progress.check()?;
        tables.iter().try_for_each(|(_, path)| fs::rename(beside(path), path).map_err(failed(path)))
    });
    if let Err(error) = moved {
        for (_, path) in &tables {
            // It may never have been made; what matters is that it is not there.
            fs::remove_file(beside(path)).ok();
        }
        if made_folder {
            fs::remove_dir(folder).ok();
        }
        return Err(error);
    }
    Ok(tables.into_iter().map(|(_, path)| path).collect())
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(UNFINISHED);
    PathBuf::from(name)
}

fn write_one(curation: &Curation, table: Table, path: &Path, format: Format) -> Result<(), ExportError> {
    let failed = |error| ExportError::Write { path: path.to_owned(), error };
    let not_held = |error| ExportError::Format { path: path.to_owned(), error };
    let columns = table.schema().iter().map(|column| column.name).filter(|name| !table.is_internal(name));
    let mut frame = curation.frame(table).select(columns).map_err(not_held)?;
    // The pieces that a join leaves depend on the number of threads; the bytes of a file must not.
    frame.rechunk_mut();
    let file = File::create(path).map_err(failed)?;
    let mut out = io::BufWriter::with_capacity(1 << 18, &file);
    match format {
        Format::Parquet => {
            let level = polars::polars_utils::compression::ZstdLevel::try_new(1).map_err(not_held)?;
            ParquetWriter::new(&mut out)
                .with_compression(ParquetCompression::Zstd(Some(level)))
                .with_statistics(StatisticsOptions::default())
                .finish(&mut frame)
                .map(|_| ())
        }
        Format::Csv => CsvWriter::new(&mut out).include_header(true).finish(&mut frame),
        Format::Ndjson => JsonWriter::new(&mut out).with_json_format(JsonFormat::JsonLines).finish(&mut frame),
    }
    .map_err(not_held)?;
    io::Write::flush(&mut out).map_err(failed)?;
    drop(out);
    file.sync_all().map_err(failed)
}
