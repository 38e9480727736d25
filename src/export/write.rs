//! Writes the derived tables of a curation, all or none: the same rows in the same order as the window shows them, so
//! that equal landing files and recipe give equal bytes.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use polars::prelude::*;
use rayon::prelude::*;

use crate::curation::Curation;
use crate::domain::{Format, Progress, Table};

use super::ExportError;
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
) -> Result<Vec<PathBuf>, ExportError> {
    let tables: Vec<Table> = Table::derived().collect();
    let names: Vec<String> = tables.iter().map(|table| file_name(*table, format)).collect();
    let place = Place::take(folder)?;
    for format in Format::ALL {
        tables.iter().for_each(|table| place.clear(file_name(*table, format)));
    }
    progress.set_total(tables.len() as u64);
    place.fill(&names, |paths| {
        tables.par_iter().zip(paths).try_for_each(|(table, path)| {
            progress.check()?;
            write_one(curation, *table, path, format)?;
            progress.advance(1);
            Ok::<_, ExportError>(())
        })?;
        Ok(progress.check()?)
    })
}

fn write_one(curation: &Curation, table: Table, path: &Path, format: Format) -> Result<(), ExportError> {
    let failed = ExportError::at(path);
    let not_held = |error| ExportError::Format { path: path.to_owned(), error };
    let columns = table.schema().iter().map(|column| column.name).filter(|name| !table.is_internal(name));
    let frame = curation.numbered(table).select(columns).map_err(not_held)?;
    let mut frame = curation.dictionaries().spelled(&frame, table.schema()).map_err(not_held)?;
    // The pieces that a join leaves depend on the number of threads; the bytes of a file must not.
    frame.rechunk_mut();
    let file = File::create(path).map_err(&failed)?;
    let mut out = io::BufWriter::with_capacity(1 << 18, &file);
    match format {
        Format::Parquet => parquet(&frame, &mut out),
        Format::Csv => CsvWriter::new(&mut out).include_header(true).finish(&mut frame),
        Format::Ndjson => JsonWriter::new(&mut out).with_json_format(JsonFormat::JsonLines).finish(&mut frame),
        Format::Arrow => arrow(&frame, &mut out),
    }
    .map_err(not_held)?;
    io::Write::flush(&mut out).map_err(&failed)?;
    drop(out);
    file.sync_all().map_err(failed)
}

/// Writes one row group after the other. The writer's own way of cutting a frame up makes a null column of the whole
/// length for each piece first.
fn parquet(frame: &DataFrame, out: impl io::Write) -> PolarsResult<()> {
    const ROW_GROUP: usize = 1 << 18;
    let mut writer = parquet_writer(out)?.batched(frame.schema())?;
    for start in (0..frame.height().max(1)).step_by(ROW_GROUP) {
        writer.write_batch(&frame.slice(start as i64, ROW_GROUP))?;
    }
    writer.finish().map(|_| ())
}

/// Writes an Arrow IPC file with one record batch after the other, in types that every reader knows.
fn arrow(frame: &DataFrame, out: impl io::Write) -> PolarsResult<()> {
    const BATCH: usize = 1 << 16;
    let mut writer = arrow_writer(out, frame.schema())?;
    for start in (0..frame.height().max(1)).step_by(BATCH) {
        writer.write_batch(&frame.slice(start as i64, BATCH))?;
    }
    writer.finish()
}

/// Arrow IPC as all files are written: not compressed, in types that every reader knows.
pub(super) fn arrow_writer<W: io::Write>(out: W, schema: &Schema) -> PolarsResult<polars::io::ipc::BatchedWriter<W>> {
    let fields = schema.iter().map(|_| Default::default()).collect();
    IpcWriter::new(out).with_compat_level(CompatLevel::oldest()).batched(schema, fields)
}

/// Parquet as all files are written: zstd, with statistics.
pub(super) fn parquet_writer<W: io::Write>(out: W) -> PolarsResult<ParquetWriter<W>> {
    let level = polars::polars_utils::compression::ZstdLevel::try_new(1)?;
    let writer = ParquetWriter::new(out).with_compression(ParquetCompression::Zstd(Some(level)));
    Ok(writer.with_statistics(StatisticsOptions::default()))
}
