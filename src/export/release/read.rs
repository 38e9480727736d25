//! Reads the tables of an export back, in whichever format they are.

use std::collections::BTreeSet;
use std::io::{Cursor, Read as _};
use std::path::Path;
use std::sync::Arc;

use polars::prelude::*;
use sha2::{Digest as _, Sha256};

use super::ReleaseError;
use super::files::FileEntry;
use super::manifest::{Manifest, TableEntry};
use super::parties::Parties;
use super::table::{OutColumn, OutTable, Source};
use crate::domain::foreign::visible;
use crate::domain::format::hexadecimal;
use crate::domain::{Format, Kind, Progress};
use crate::landing::{open_file, open_parquet, read_whole, unless_damaged};

/// A table of an export as it was written: all its rows in order, with the columns that are in the names of folders.
///
/// # Errors
/// When a file is missing or is not as its manifest says.
pub(super) fn table(folder: &Path, entry: &TableEntry, format: Format) -> Result<DataFrame, ReleaseError> {
    let schema: Schema =
        entry.columns.iter().map(|column| Field::new(column.name.as_str().into(), data_type(&column.kind))).collect();
    let mut whole = DataFrame::empty_with_schema(&schema);
    for file in &entry.files {
        let frame = read_file(folder, entry, file, format, &schema)?;
        whole.vstack_mut(&frame)?;
    }
    whole.rechunk_mut();
    if whole.height() as u64 != entry.rows {
        let why = format!("{} has {} rows instead of {}", entry.name, whole.height(), entry.rows);
        return Err(ReleaseError::NotAnExport { path: folder.to_owned(), why });
    }
    Ok(whole)
}

fn read_file(
    folder: &Path,
    entry: &TableEntry,
    file: &FileEntry,
    format: Format,
    schema: &Schema,
) -> Result<DataFrame, ReleaseError> {
    let path = inside(folder, &file.path)?;
    let not_read = |why: String| ReleaseError::NotAnExport { path: path.clone(), why };
    // Read whole: a file that is mapped into memory ends the program if somebody cuts it off meanwhile.
    let bytes = read_whole(&path).map_err(|error| not_read(error.to_string()))?;
    // What was not written here is not read: the library believes whatever lengths an Arrow file says.
    if bytes.len() as u64 != file.bytes || hexadecimal(&Sha256::digest(&bytes)) != file.sha256 {
        return Err(not_read("it was changed".to_owned()));
    }
    // `a=b/` in the path, as the export writes it.
    let folders: Vec<(&str, &str)> = file.path.split('/').filter_map(|part| part.split_once('=')).collect();
    let in_file: Schema = schema
        .iter()
        .filter(|(name, _)| !folders.iter().any(|(folder, _)| folder == &name.as_str()))
        .map(|(name, kind)| Field::new(name.clone(), kind.clone()))
        .collect();
    let in_file = Arc::new(in_file);
    let frame = match format {
        Format::Parquet => open_parquet(bytes),
        Format::Csv => unless_damaged(|| {
            CsvReadOptions::default()
                .with_has_header(true)
                .with_schema(Some(Arc::clone(&in_file)))
                .into_reader_with_file_handle(Cursor::new(bytes))
                .finish()
        }),
        Format::Ndjson if file.rows == Some(0) => Ok(DataFrame::empty_with_schema(&in_file)),
        Format::Ndjson => unless_damaged(|| {
            JsonReader::new(Cursor::new(bytes))
                .with_json_format(JsonFormat::JsonLines)
                .with_schema(Arc::clone(&in_file))
                .finish()
        }),
        Format::Arrow => unless_damaged(|| IpcReader::new(Cursor::new(bytes)).finish()),
    };
    // What the library says may repeat values.
    let mut frame = frame.map_err(|_| not_read(format!("it cannot be read as {}", format.title())))?;
    for (name, value) in folders {
        frame.with_column(Column::new_scalar(
            name.into(),
            Scalar::from(PlSmallStr::from_str(value)),
            frame.height(),
        ))?;
    }
    let columns: Vec<&str> = entry.columns.iter().map(|column| column.name.as_str()).collect();
    let mut frame = frame.select(columns)?;
    for (name, kind) in schema.iter() {
        let column = frame.column(name)?;
        if column.dtype() != kind {
            let cast = column.cast(kind)?;
            frame.with_column(cast)?;
        }
    }
    frame.rechunk_mut();
    Ok(frame)
}

/// A path of a manifest, which must not lead out of the export.
pub(super) fn inside(folder: &Path, name: &str) -> Result<std::path::PathBuf, ReleaseError> {
    let is_plain =
        !name.is_empty() && name.split('/').all(|part| !matches!(part, "" | "." | "..")) && !name.contains('\\');
    if is_plain {
        Ok(folder.join(name))
    } else {
        let why = "manifest.json names a file outside of it".to_owned();
        Err(ReleaseError::NotAnExport { path: folder.to_owned(), why })
    }
}

/// The table, to be written again with some of its rows left out.
pub(super) fn out_table(name: &str, frame: &DataFrame, time: (&'static str, Kind)) -> Result<OutTable, ReleaseError> {
    let mut columns = vec![];
    for column in frame.columns() {
        let Some((name, kind)) = known(column.name(), time) else { continue };
        let source = match column.dtype() {
            DataType::String => {
                let texts = column.str()?.rechunk().into_owned();
                let mut different = Parties::default();
                let codes: Arc<[u32]> = different.number(&texts, str::to_owned).into();
                Source::word(&codes, different.pseudonyms())
            }
            DataType::Float64 => Source::Float(column.f64()?.rechunk().into_owned()),
            _ => Source::Integer(column.i64()?.rechunk().into_owned()),
        };
        columns.push(OutColumn { name, kind, source });
    }
    Ok(OutTable { name: name.to_owned(), columns, order: None, rows: frame.height() })
}

/// A column that an export can have.
fn known(name: &str, time: (&'static str, Kind)) -> Option<(&'static str, Kind)> {
    const COLUMNS: [(&str, Kind); 16] = [
        ("split", Kind::Text),
        ("customer", Kind::Text),
        ("device", Kind::Text),
        ("distancefromobject", Kind::Integer),
        ("x", Kind::Float),
        ("y", Kind::Float),
        ("z", Kind::Float),
        ("timestamp", Kind::Time),
        ("shares_with_research", Kind::Integer),
        ("shares_with_public", Kind::Integer),
        ("shares_with_friends", Kind::Integer),
        ("registrationdate", Kind::Time),
        ("lastupdatedate", Kind::Time),
        ("sharewithresearchasofdate", Kind::Time),
        ("sharewithpublicasofdate", Kind::Time),
        ("sharewithfriendsasofdate", Kind::Time),
    ];
    COLUMNS
        .into_iter()
        .chain([time, ("elapsed_ms", Kind::Integer), ("sensorreadingtime", Kind::Time)])
        .find(|(known, _)| *known == name)
}

fn data_type(name: &str) -> DataType {
    match name {
        "int64" => DataType::Int64,
        "float64" => DataType::Float64,
        _ => DataType::String,
    }
}

/// What of an export's files is not as its manifest says. Progress counts bytes.
///
/// # Errors
/// When cancelled, or the folder cannot be looked into.
pub(super) fn changed(folder: &Path, manifest: &Manifest, progress: &Progress) -> Result<Vec<String>, ReleaseError> {
    let mut problems = vec![];
    progress.set_total(manifest.bytes());
    // Also what means the same but is written in another way was not written here.
    if std::fs::read_to_string(folder.join(super::manifest::NAME)).is_ok_and(|text| text != manifest.to_json()) {
        problems.push(format!("{} was changed", super::manifest::NAME));
    }
    for file in manifest.all_files() {
        progress.check()?;
        let path = inside(folder, &file.path)?;
        match hash(&path, progress)? {
            None => problems.push(format!("{} is missing, or cannot be read", file.path)),
            Some((bytes, _)) if bytes != file.bytes => {
                problems.push(format!("{} has {bytes} bytes instead of {}", file.path, file.bytes));
            }
            Some((_, sha256)) if sha256 != file.sha256 => problems.push(format!("{} was changed", file.path)),
            Some(_) => {}
        }
    }
    problems.extend(strangers(folder, manifest).into_iter().map(|name| format!("{name} does not belong to it")));
    Ok(problems.iter().map(|problem| visible(problem).into_owned()).collect())
}

/// The files in an export's folder that are not of it.
pub(super) fn strangers(folder: &Path, manifest: &Manifest) -> Vec<String> {
    let files = manifest.all_files().map(|file| file.path.as_str());
    let expected: BTreeSet<&str> = files.chain([super::manifest::NAME]).collect();
    let mut found = vec![];
    list(folder, "", &mut found);
    found.retain(|name| !expected.contains(name.as_str()));
    found.sort_unstable();
    found
}

/// Size and SHA-256 of a file; none if it cannot be read.
pub(super) fn hash(path: &Path, progress: &Progress) -> Result<Option<(u64, String)>, ReleaseError> {
    let Ok(mut file) = open_file(path) else { return Ok(None) };
    let (mut hash, mut bytes, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 18]);
    loop {
        progress.check()?;
        match file.read(&mut buffer) {
            Ok(0) => return Ok(Some((bytes, hexadecimal(&hash.finalize())))),
            Ok(count) => {
                hash.update(&buffer[..count]);
                bytes += count as u64;
                progress.advance(count as u64);
            }
            Err(_) => return Ok(None),
        }
    }
}

fn list(folder: &Path, before: &str, found: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = format!("{before}{}", entry.file_name().to_string_lossy());
        // A link is a file of its own, wherever it leads.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            list(&entry.path(), &format!("{name}/"), found);
        } else {
            found.push(name);
        }
    }
}
