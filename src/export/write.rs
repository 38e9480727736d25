//! Writes the derived tables of a curation, all or none: the same rows in the same order as the window shows them, so
//! that equal landing files and recipe give equal bytes.

use std::cmp::Reverse;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use polars::prelude::*;
use rayon::prelude::*;

use crate::curation::Curation;
use crate::domain::foreign::{disarmed, is_formula};
use crate::domain::{Cancelled, Format, Progress, Table};
use crate::landing::{Dictionaries, data_type, is_numbered};

use super::ExportError;
use super::parquet::ParquetFile;
use super::place::Place;

/// The name of the file that holds a table.
pub fn file_name(table: Table, format: Format) -> String {
    format!("{}.{}", table.name(), format.extension())
}

/// Writes each derived table to `folder/<table>.<extension>`, without the columns that only checks need. A table
/// that is there from an earlier run is replaced by the new one, whole. Progress counts tables.
///
/// # Errors
/// When the disk refuses, another run writes to the folder, or when cancelled; then every file that was there before
/// is as it was, and no other is there.
pub fn write_tables(
    curation: &Curation,
    folder: &Path,
    format: Format,
    progress: &Progress,
) -> Result<(), ExportError> {
    fill(folder, format, |files| {
        progress.set_total(files.len() as u64);
        // The longest first, so that none is left to be written alone at the end.
        let mut longest_first = files.to_vec();
        longest_first.sort_by_key(|(table, _)| Reverse(curation.rows(*table)));
        longest_first.into_iter().par_bridge().try_for_each(|(table, path)| {
            progress.check()?;
            let mut file = TableFile::new(table, path, format)?;
            let rows = curation.rows(table) as usize;
            // A batch at a time, so that no more than that is put together.
            for start in (0..rows.max(1)).step_by(file.batch()) {
                progress.check()?;
                let part = curation.numbered_part(table, start..rows.min(start + file.batch()));
                let part = part.map_err(|error| ExportError::Format { path: path.clone(), error })?;
                file.add(&part, curation.dictionaries())?;
            }
            file.finish()?;
            progress.advance(1);
            Ok::<_, ExportError>(())
        })?;
        Ok(progress.check()?)
    })
}

/// Takes a folder for the derived tables, with what killed runs left of them cleared away, and gives the tables and the names of
/// their files.
fn take_place(folder: &Path, format: Format) -> Result<(Vec<Table>, Vec<String>, Place), ExportError> {
    let tables: Vec<Table> = Table::derived().collect();
    let place = Place::take(folder)?;
    for format in Format::ALL {
        let names: Vec<String> = tables.iter().map(|table| file_name(*table, format)).collect();
        place.complete(&names);
        place.clear(&names);
    }
    let names = tables.iter().map(|table| file_name(*table, format)).collect();
    Ok((tables, names, place))
}

/// Makes the files of the derived tables, all or none: `make` writes them to the paths that it is given.
fn fill<T, E: From<ExportError>>(
    folder: &Path,
    format: Format,
    make: impl FnOnce(&[(Table, &PathBuf)]) -> Result<T, E>,
) -> Result<T, E> {
    let (tables, names, place) = take_place(folder, format)?;
    let mut made = None;
    let filled = place.fill(&names, |paths| {
        let files: Vec<(Table, &PathBuf)> = tables.iter().copied().zip(paths).collect();
        if made.insert(make(&files)).is_ok() { Ok(()) } else { Err(Cancelled.into()) }
    });
    match made {
        Some(Ok(made)) => Ok(filled.map(|_| made)?),
        Some(Err(error)) => Err(error),
        None => Err(filled.err().unwrap_or_else(|| Cancelled.into()).into()),
    }
}

/// Writes the derived tables as they are made, all or none: `make` hands their rows over. The files are those of
/// [`write_tables`].
///
/// # Errors
/// Those of `make`, and as of [`write_tables`].
pub fn write_tables_by<T, E: From<ExportError>>(
    folder: &Path,
    format: Format,
    make: impl FnOnce(&mut TableFiles) -> Result<T, E>,
) -> Result<T, E> {
    fill(folder, format, |files| {
        let files = files.iter().map(|(table, path)| Ok((*table, TableFile::new(*table, path, format)?)));
        let mut files = TableFiles(files.collect::<Result<_, ExportError>>()?);
        let made = make(&mut files)?;
        files.finish()?;
        Ok(made)
    })
}

/// The files of the derived tables, while they are written.
pub struct TableFiles(Vec<(Table, TableFile)>);

impl TableFiles {
    /// Puts rows at the end of a table.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn add(&mut self, table: Table, rows: DataFrame, dictionaries: &Dictionaries) -> Result<(), ExportError> {
        match self.0.iter_mut().find(|(other, _)| *other == table) {
            Some((_, file)) => file.add(&rows, dictionaries),
            None => Ok(()),
        }
    }

    fn finish(self) -> Result<(), ExportError> {
        self.0.into_iter().try_for_each(|(_, file)| file.finish())
    }
}

/// A table's file. However its rows come, it is written in batches of the same number of rows, so that its bytes depend on
/// nothing else.
struct TableFile {
    table: Table,
    path: PathBuf,
    out: Out,
    writer: Writer,
    /// What the numbers of texts in its rows stand for.
    dictionaries: Dictionaries,
    /// What is less than a batch, in numbers.
    rest: DataFrame,
    is_empty: bool,
}

enum Writer {
    Parquet(Box<ParquetFile<Out>>),
    Arrow(Box<polars::io::ipc::BatchedWriter<Out>>),
    Csv,
    Ndjson,
}

/// A file that a writer of a format has, and that is still at hand to be seen to the disk.
#[derive(Clone)]
struct Out(Arc<Mutex<io::BufWriter<File>>>);

impl Out {
    fn file(&self) -> MutexGuard<'_, io::BufWriter<File>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl io::Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file().flush()
    }
}

impl TableFile {
    fn new(table: Table, path: &Path, format: Format) -> Result<Self, ExportError> {
        let failed = ExportError::at(path);
        let columns = table.schema().iter().filter(|column| !table.is_internal(column.name));
        let schema: Schema =
            columns.clone().map(|column| Field::new(column.name.into(), data_type(column.kind))).collect();
        let held = columns.map(|column| {
            let kind = if is_numbered(column) { DataType::UInt32 } else { data_type(column.kind) };
            Column::new_empty(column.name.into(), &kind)
        });
        let not_held = |error| ExportError::Format { path: path.to_owned(), error };
        let rest = DataFrame::new(0, held.collect()).map_err(not_held)?;
        let file = File::create(path).map_err(&failed)?;
        let out = Out(Arc::new(Mutex::new(io::BufWriter::with_capacity(1 << 18, file))));
        let writer = match format {
            Format::Parquet => ParquetFile::new(out.clone(), &schema).map(|file| Writer::Parquet(Box::new(file))),
            Format::Arrow => arrow_writer(out.clone(), &schema).map(|writer| Writer::Arrow(Box::new(writer))),
            Format::Csv => Ok(Writer::Csv),
            Format::Ndjson => Ok(Writer::Ndjson),
        };
        let writer = writer.map_err(not_held)?;
        let dictionaries = Dictionaries::default();
        Ok(Self { table, path: path.to_owned(), out, writer, dictionaries, rest, is_empty: true })
    }

    /// How many rows are written at once: a row group of Parquet, a record batch of Arrow.
    fn batch(&self) -> usize {
        match self.writer {
            Writer::Parquet(_) | Writer::Csv | Writer::Ndjson => 1 << 18,
            Writer::Arrow(_) => 1 << 16,
        }
    }

    /// Puts rows at the end, always in numbers of the same dictionaries.
    fn add(&mut self, rows: &DataFrame, dictionaries: &Dictionaries) -> Result<(), ExportError> {
        self.dictionaries.clone_from(dictionaries);
        let path = self.path.clone();
        let not_held = |error| ExportError::Format { path: path.clone(), error };
        let columns = self.table.schema().iter().map(|column| column.name);
        let mut rows = rows.select(columns.filter(|name| !self.table.is_internal(name))).map_err(not_held)?;
        // The pieces that a join leaves depend on the number of threads; the bytes of a file must not.
        rows.rechunk_mut();
        let mut start = 0;
        while start < rows.height() {
            let more = (self.batch() - self.rest.height()).min(rows.height() - start);
            let piece = rows.slice(start as i64, more);
            if self.rest.height() == 0 {
                self.rest = piece;
            } else {
                self.rest.vstack_mut_owned(piece).map_err(not_held)?;
                self.rest.rechunk_mut();
            }
            start += more;
            if self.rest.height() == self.batch() {
                let none = self.rest.clear();
                let batch = std::mem::replace(&mut self.rest, none);
                self.write(&batch)?;
            }
        }
        Ok(())
    }

    fn write(&mut self, rows: &DataFrame) -> Result<(), ExportError> {
        let schema = self.table.schema();
        // Texts take more room than their numbers, so only those of a batch are spelled out at a time.
        let spelled = || self.dictionaries.spelled(rows, schema);
        match &mut self.writer {
            Writer::Parquet(file) => {
                let about = |name: &str| schema.iter().find(|column| column.name == name);
                file.write(rows, |name| about(name).and_then(|column| self.dictionaries.of(column)).map(AsRef::as_ref))
            }
            Writer::Arrow(writer) => spelled().and_then(|rows| writer.write_batch(&rows)),
            Writer::Csv => spelled().and_then(|mut rows| {
                disarm(&mut rows)?;
                CsvWriter::new(&mut self.out).include_header(self.is_empty).finish(&mut rows)
            }),
            Writer::Ndjson => spelled().and_then(|mut rows| {
                JsonWriter::new(&mut self.out).with_json_format(JsonFormat::JsonLines).finish(&mut rows)
            }),
        }
        .map_err(|error| ExportError::Format { path: self.path.clone(), error })?;
        self.is_empty = false;
        Ok(())
    }

    /// Writes what is left, and sees it to the disk.
    fn finish(mut self) -> Result<(), ExportError> {
        let rest = std::mem::take(&mut self.rest);
        if rest.height() > 0 || self.is_empty {
            self.write(&rest)?;
        }
        let failed = ExportError::at(&self.path);
        let not_held = |error| ExportError::Format { path: self.path.clone(), error };
        match self.writer {
            Writer::Parquet(file) => file.finish().map_err(not_held)?,
            Writer::Arrow(mut writer) => writer.finish().map_err(not_held)?,
            Writer::Csv | Writer::Ndjson => {}
        }
        let mut file = self.out.file();
        file.flush().map_err(&failed)?;
        file.get_ref().sync_all().map_err(failed)
    }
}

/// Sees to it that a spreadsheet shows every text as it is.
fn disarm(rows: &mut DataFrame) -> PolarsResult<()> {
    let is_armed = |column: &&Column| column.str().is_ok_and(|texts| texts.iter().flatten().any(is_formula));
    let armed: Vec<Column> = rows.columns().iter().filter(is_armed).cloned().collect();
    for column in armed {
        let disarmed: StringChunked = column.str()?.iter().map(|text| text.map(disarmed)).collect();
        rows.with_column(disarmed.with_name(column.name().clone()).into_column())?;
    }
    Ok(())
}

/// Arrow IPC as all files are written: not compressed, in types that every reader knows.
pub(super) fn arrow_writer<W: io::Write>(out: W, schema: &Schema) -> PolarsResult<polars::io::ipc::BatchedWriter<W>> {
    let fields = schema.iter().map(|_| Default::default()).collect();
    IpcWriter::new(out).with_compat_level(CompatLevel::oldest()).batched(schema, fields)
}
