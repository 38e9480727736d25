//! Writes what a table shows: its rows and columns in their order, masked as they are on the screen. It is made and
//! written a batch of rows at a time, so that the size of the table does not matter.

use std::borrow::Cow;
use std::io::{self, Write as _};
use std::ops::Range;
use std::path::Path;

use polars::prelude::*;
use rayon::prelude::*;

use crate::curation::Cell;
use crate::domain::foreign::{disarmed, is_formula};
use crate::domain::{Column as About, Kind, Progress, format as words};
use crate::explore::Sheet;
use crate::landing::data_type;

use super::ExportError;
use super::parquet::ParquetFile;
use super::place::write_file_by;

/// Rows that are made and written at once.
const BATCH: usize = 1 << 16;

/// How a view is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewFormat {
    /// CSV with a header, RFC 4180; null is an empty cell, an instant is ISO 8601 in UTC. A text that a spreadsheet would run as
    /// a formula begins with an apostrophe: see [`crate::domain::foreign`].
    Csv,
    /// Parquet, zstd, with statistics; texts as they are, instants in milliseconds since 1970 UTC.
    Parquet,
}

/// What came to stand in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Rows, without the header.
    pub rows: u64,
    /// Columns.
    pub columns: usize,
    /// Texts that an apostrophe was put before.
    pub quoted: u64,
}

impl ViewFormat {
    /// The format that the ending of a name says.
    ///
    /// # Errors
    /// When it says none of them.
    pub fn of(path: &Path) -> Result<Self, ExportError> {
        let ends_with = |ending| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(ending));
        match (ends_with("csv"), ends_with("parquet")) {
            (true, _) => Ok(Self::Csv),
            (_, true) => Ok(Self::Parquet),
            (false, false) => Err(ExportError::Ending { path: path.to_owned() }),
        }
    }
}

/// Writes a view to a file in the format that its name says, whole or not at all. Progress counts rows.
///
/// # Errors
/// When the name says no format, when the disk refuses, or when cancelled; then what was there before is as it was.
pub fn write_view(sheet: &Sheet<'_>, path: &Path, progress: &Progress) -> Result<Written, ExportError> {
    let format = ViewFormat::of(path)?;
    let not_held = |error| ExportError::Format { path: path.to_owned(), error };
    let kind = |kind| if format == ViewFormat::Csv && kind == Kind::Time { Kind::Text } else { kind };
    let field = |column: &About| Field::new(column.name.into(), data_type(kind(column.kind)));
    let schema: Schema = sheet.titles().map(field).collect();
    let mut written = Written { rows: sheet.len() as u64, columns: sheet.columns.len(), quoted: 0 };
    progress.set_total(written.rows);
    write_file_by(path, |file| {
        let mut out = io::BufWriter::with_capacity(1 << 18, file);
        let mut batches = |write: &mut dyn FnMut(&DataFrame) -> PolarsResult<()>| {
            for start in (0..sheet.len()).step_by(BATCH) {
                progress.check()?;
                let places = start..sheet.len().min(start + BATCH);
                let (rows, (frame, quoted)) = (places.len() as u64, batch(sheet, places, format).map_err(not_held)?);
                write(&frame).map_err(not_held)?;
                written.quoted += quoted;
                progress.advance(rows);
            }
            Ok::<_, ExportError>(())
        };
        match format {
            ViewFormat::Csv => {
                let mut writer = CsvWriter::new(&mut out).include_header(true).batched(&schema).map_err(not_held)?;
                batches(&mut |frame| writer.write_batch(frame))?;
                writer.finish().map_err(not_held)?;
            }
            ViewFormat::Parquet => {
                let mut writer = ParquetFile::new(&mut out, &schema).map_err(not_held)?;
                batches(&mut |frame| writer.write(frame, |_| None))?;
                writer.finish().map_err(not_held)?;
            }
        }
        out.flush().map_err(ExportError::at(path))?;
        Ok(progress.check()?)
    })?;
    Ok(written)
}

/// The rows at these places as a frame, and how many texts of it an apostrophe was put before.
fn batch(sheet: &Sheet<'_>, places: Range<usize>, format: ViewFormat) -> PolarsResult<(DataFrame, u64)> {
    let columns: Vec<(Column, u64)> = sheet
        .columns
        .par_iter()
        .filter_map(|&position| {
            let about = sheet.view.column(position)?;
            let cells = sheet.cells(places.clone(), position);
            let whole = |cell| if let Cell::Integer(number) | Cell::Time(number) = cell { Some(number) } else { None };
            let iso = |cell| if let Cell::Time(at) = cell { Some(words::iso(at)) } else { None };
            let real = |cell| if let Cell::Float(number) = cell { Some(number) } else { None };
            let mut quoted = 0;
            let mut text = |cell| {
                let Cell::Text(text) = cell else { return None };
                let text = sheet.masked(about, text);
                if format == ViewFormat::Parquet || !is_formula(&text) {
                    return Some(text);
                }
                quoted += 1;
                Some(Cow::Owned(disarmed(&text).into_owned()))
            };
            let name = PlSmallStr::from_static(about.name);
            let column = match about.kind {
                Kind::Text => StringChunked::from_iter_options(name, cells.map(&mut text)).into_column(),
                Kind::Time if format == ViewFormat::Csv => {
                    StringChunked::from_iter_options(name, cells.map(iso)).into_column()
                }
                Kind::Integer | Kind::Time => Int64Chunked::from_iter_options(name, cells.map(whole)).into_column(),
                Kind::Float => Float64Chunked::from_iter_options(name, cells.map(real)).into_column(),
            };
            Some((column, quoted))
        })
        .collect();
    let quoted = columns.iter().map(|(_, quoted)| quoted).sum();
    let columns = columns.into_iter().map(|(column, _)| column).collect();
    Ok((DataFrame::new(places.len(), columns)?, quoted))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::fs::File;
    use std::path::PathBuf;

    use super::*;
    use crate::curation::{Codes, TableView};
    use crate::domain::Privacy;
    use crate::explore::Rows;

    const fn about(name: &'static str, kind: Kind, privacy: Privacy) -> About {
        About { name, kind, required: false, privacy, consent: false }
    }

    const SCHEMA: [About; 4] = [
        about("name", Kind::Text, Privacy::Personal),
        about("note", Kind::Text, Privacy::Open),
        about("at", Kind::Time, Privacy::Open),
        about("x", Kind::Float, Privacy::Open),
    ];

    fn view() -> TableView {
        let names = [Some("=Ann"), None, Some(""), Some("Bea, B"), Some("+49"), Some("Cem")];
        let notes = [Some("@a"), Some("-b"), Some("\tc"), Some("\rd"), Some("say \"e\"\nf"), None];
        let frame = df!(
            "name" => names,
            "note" => notes,
            "at" => [Some(1_655_564_376_361_i64), Some(-1), None, Some(0), Some(4), Some(5)],
            "x" => [Some(-0.5), Some(1.0), None, Some(1e-9), Some(2.0), Some(3.0)],
        );
        TableView::new(&frame.unwrap(), &SCHEMA)
    }

    fn many(rows: usize) -> TableView {
        let frame = df!("at" => (0..rows as i64).collect::<Vec<_>>());
        TableView::new(&frame.unwrap(), &SCHEMA[2..3])
    }

    struct Folder(tempfile::TempDir);

    impl Folder {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.path().join(name)
        }

        fn save(&self, name: &str, view: &TableView, rows: &Rows, columns: &[usize], revealed: bool) -> Written {
            let sheet = Sheet { view, rows, columns, codes: &Codes::default(), revealed };
            write_view(&sheet, &self.path(name), &Progress::default()).unwrap()
        }

        fn text(&self, name: &str) -> String {
            fs::read_to_string(self.path(name)).unwrap()
        }
    }

    #[test]
    fn formulas_are_disarmed_and_numbers_are_not_touched() {
        let folder = Folder::new();
        let written = folder.save("a.csv", &view(), &Rows::All, &[0, 1, 2, 3], true);
        assert_eq!(written, Written { rows: 6, columns: 4, quoted: 5 });
        let expected = "name,note,at,x\n'=Ann,'@a,2022-06-18T14:59:36.361Z,-0.5\n,'-b,1969-12-31T23:59:59.999Z,1.0\n\"\",'\tc,,\n\
                        \"Bea, B\",\"'\rd\",1970-01-01T00:00:00.000Z,1e-9\n\
                        +49,\"say \"\"e\"\"\nf\",1970-01-01T00:00:00.004Z,2.0\nCem,,1970-01-01T00:00:00.005Z,3.0\n";
        assert_eq!(folder.text("a.csv"), expected);
    }

    #[test]
    fn what_is_hidden_is_dots_and_null_and_blank_stay_what_they_are() {
        let folder = Folder::new();
        let rows = Rows::Chosen([5, 2, 1].into());
        let written = folder.save("a.CSV", &view(), &rows, &[3, 0], false);
        assert_eq!(written, Written { rows: 3, columns: 2, quoted: 0 });
        assert_eq!(folder.text("a.CSV"), "x,name\n3.0,•••\n,\"\"\n1.0,\n");
    }

    #[test]
    fn parquet_has_the_same_cells_and_texts_as_they_are() {
        let folder = Folder::new();
        let rows = Rows::Chosen([4, 0].into());
        let written = folder.save("a.parquet", &view(), &rows, &[1, 0, 2], true);
        assert_eq!(written, Written { rows: 2, columns: 3, quoted: 0 });
        let read = ParquetReader::new(File::open(folder.path("a.parquet")).unwrap()).finish().unwrap();
        let expected = df!(
            "note" => ["say \"e\"\nf", "@a"],
            "name" => ["+49", "=Ann"],
            "at" => [4_i64, 1_655_564_376_361],
        );
        assert_eq!(read, expected.unwrap());
    }

    #[test]
    fn batches_join_without_a_seam() {
        let folder = Folder::new();
        let count = 2 * BATCH + 3;
        let rows = Rows::Chosen((0..count as u32).rev().collect());
        let instants = (0..count as i64).rev().map(words::iso);
        let lines = std::iter::once("at".to_owned()).chain(instants);
        folder.save("a.csv", &many(count), &rows, &[0], false);
        assert!(folder.text("a.csv").lines().eq(lines));
        folder.save("a.parquet", &many(count), &rows, &[0], false);
        let read = ParquetReader::new(File::open(folder.path("a.parquet")).unwrap()).finish().unwrap();
        assert!(read.column("at").unwrap().i64().unwrap().into_no_null_iter().eq((0..count as i64).rev()));
    }

    #[test]
    fn a_view_without_rows_has_its_header() {
        let folder = Folder::new();
        let rows = Rows::Chosen([].into());
        for name in ["a.csv", "a.parquet"] {
            assert_eq!(folder.save(name, &view(), &rows, &[0, 2], false).rows, 0);
        }
        assert_eq!(folder.text("a.csv"), "name,at\n");
        let read = ParquetReader::new(File::open(folder.path("a.parquet")).unwrap()).finish().unwrap();
        assert_eq!((read.height(), read.width()), (0, 2));
    }

    #[test]
    fn what_is_stopped_leaves_what_was_there() {
        let folder = Folder::new();
        fs::write(folder.path("a.csv"), "old").unwrap();
        let progress = Progress::default();
        progress.cancel();
        let (view, codes) = (view(), Codes::default());
        let sheet = Sheet { view: &view, rows: &Rows::All, columns: &[0], codes: &codes, revealed: false };
        let stopped = write_view(&sheet, &folder.path("a.csv"), &progress);
        assert!(matches!(stopped, Err(ExportError::Cancelled(_))), "{stopped:?}");
        assert_eq!(folder.text("a.csv"), "old");
        assert_eq!(fs::read_dir(folder.0.path()).unwrap().count(), 1);
    }

    #[test]
    fn the_ending_says_the_format_or_the_message_names_both() {
        assert_eq!(ViewFormat::of(Path::new("a.Parquet")).unwrap(), ViewFormat::Parquet);
        for name in ["a.xlsx", "a", ".csv", "a.csv.gz"] {
            let message = ViewFormat::of(Path::new(name)).unwrap_err().to_string();
            assert!(message.starts_with(name) && message.contains(".csv or .parquet"), "{message}");
        }
    }
}
