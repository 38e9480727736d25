//! `sql`: a query over the tables, with the refusals, the masking and the gate of the window.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};

use crate::curation::{Cell, Codes};
use crate::domain::foreign::{disarmed, visible};
use crate::domain::{Progress, format};
use crate::explore::{Rows, Sheet};
use crate::export::TrailFile;
use crate::review::review;
use crate::sql::{Answer, Lake, ask};

use super::DONE;
use super::arguments::Job;
use super::curate::{NOT_AS_IT_SHOULD_BE, curated, is_anything_refused, loses_nothing, read, recipe, write_refused};
use super::remote::{self, only_here};
use super::review::trail_folder;

const MISSING: &str = "say where the landing files are and what is asked, as in: sql landing/ 'SHOW TABLES'";

#[derive(Debug, Args)]
pub struct SqlArguments {
    #[command(flatten)]
    pub job: Job,
    /// How the rows are printed
    #[arg(long, value_enum, default_value_t)]
    pub format: RowsFormat,
    /// Ask personal data as they are, and say who somebody is
    #[arg(long)]
    pub reveal: bool,
    /// The trail of acceptances and signatures is in this file, not in the user's state folder
    #[arg(long, value_name = "FILE")]
    pub trail: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum RowsFormat {
    /// Columns below their titles
    #[default]
    Table,
    /// With a header; null is an empty cell, instants are milliseconds since 1970 UTC
    Csv,
    /// One array of objects; instants are milliseconds since 1970 UTC
    Json,
}

/// Prints the rows. Gives the exit code.
pub fn run(arguments: &SqlArguments) -> anyhow::Result<u8> {
    let SqlArguments { job, format, reveal, trail } = arguments;
    // Any number of landing files come before it.
    let (query, landing) = job.landing.split_last().filter(|(_, landing)| !landing.is_empty()).context(MISSING)?;
    let query = query.to_str().context("the query is not UTF-8")?;
    only_here(job.recipe.iter().chain(&job.withdrawn).chain(&job.refused).chain(trail))?;
    let recipe = recipe(job)?;
    let source = remote::source(landing, job.json)?;
    loses_nothing(job, &source, None, None)?;
    let landing = read(job, &source, &Progress::default())?;
    write_refused(job, &landing)?;
    let curation = Arc::new(curated(job, &landing, &recipe)?);
    let codes = Arc::new(Codes::new(&landing));
    let lake = Lake::new(Arc::clone(&curation), Arc::clone(&codes));
    let answer = ask(query, &lake, *reveal, &Progress::default())?;
    if answer.gated {
        let file = match trail {
            Some(path) => TrailFile::at(path),
            None => TrailFile::in_folder(&trail_folder()?),
        };
        let review = review(&landing, &curation, None, &Progress::default())?;
        let signed = review.sign_off(&file.load()?, review.scope()).ok().and_then(|signed| signed.signed().cloned());
        anyhow::ensure!(
            signed.is_some(),
            "these rows are of the training set, or could make it. They leave only when its joins were reviewed and somebody signed; \
             counts of them are answered. See `review` and `export`"
        );
    }
    let columns: Vec<usize> = (0..answer.view.columns().len()).filter(|at| !answer.internal.contains(at)).collect();
    let sheet = Sheet { view: &answer.view, rows: &Rows::All, columns: &columns, codes: &codes, revealed: *reveal };
    let format = if job.json { RowsFormat::Json } else { *format };
    print(&sheet, format)?;
    remarks(&answer, &sheet)?;
    Ok(if job.strict && is_anything_refused(&landing) { NOT_AS_IT_SHOULD_BE } else { DONE })
}

/// What has to be known of the rows, apart from them.
fn remarks(answer: &Answer, sheet: &Sheet<'_>) -> anyhow::Result<()> {
    let mut stderr = super::screen::err();
    for column in answer.internal.iter().filter_map(|&at| answer.view.column(at)) {
        writeln!(stderr, "! The column {} is for checks only and is not printed.", column.name)?;
    }
    if answer.is_cut() {
        writeln!(stderr, "! These are {}. LIMIT, WHERE or GROUP BY makes them fewer.", answer.rows_in_words())?;
    }
    if answer.compares_masked && !sheet.revealed {
        writeln!(
            stderr,
            "! Personal data are masked: conditions compare codes, and what is computed from personal data is •••. --reveal shows them."
        )?;
    }
    Ok(())
}

fn print(sheet: &Sheet<'_>, format: RowsFormat) -> anyhow::Result<()> {
    let mut stdout = super::screen::out();
    let row = |place: usize| sheet.columns.iter().map(move |&at| (sheet.view.column(at), sheet.view.cell(place, at)));
    let titles = || sheet.titles().map(|column| column.name);
    match format {
        RowsFormat::Table => {
            let texts = |place| row(place).map(|(column, cell)| text(sheet, column, cell, true)).collect::<Vec<_>>();
            let rows: Vec<Vec<String>> = (0..sheet.len()).map(texts).collect();
            let mut widths: Vec<usize> = titles().map(|title| title.chars().count()).collect();
            for row in &rows {
                widths.iter_mut().zip(row).for_each(|(width, text)| *width = (*width).max(text.chars().count()));
            }
            let titles: Vec<String> = titles().map(str::to_owned).collect();
            for row in std::iter::once(&titles).chain(&rows) {
                let padded = row.iter().zip(&widths).map(|(text, width)| format!("{text:width$}", width = *width));
                writeln!(stdout, "{}", padded.collect::<Vec<_>>().join("  ").trim_end())?;
            }
        }
        RowsFormat::Csv => {
            let mut writer = csv::Writer::from_writer(stdout);
            writer.write_record(titles())?;
            for place in 0..sheet.len() {
                writer.write_record(row(place).map(|(column, cell)| match cell {
                    Cell::Null => String::new(),
                    Cell::Text(_) => disarmed(&text(sheet, column, cell, false)).into_owned(),
                    Cell::Time(at) => format::iso(at),
                    Cell::Integer(_) | Cell::Float(_) => text(sheet, column, cell, false),
                }))?;
            }
            writer.flush()?;
        }
        RowsFormat::Json => {
            let object = |place| {
                let pairs = row(place).map(|(column, cell)| {
                    let value = match cell {
                        Cell::Null => Value::Null,
                        Cell::Integer(number) => json!(number),
                        Cell::Time(at) => json!(format::iso(at)),
                        Cell::Float(number) => json!(number),
                        Cell::Text(_) => json!(text(sheet, column, cell, false)),
                    };
                    (column.map_or(String::new(), |column| column.name.to_owned()), value)
                });
                Value::Object(pairs.collect::<Map<_, _>>())
            };
            writeln!(stdout, "{}", Value::Array((0..sheet.len()).map(object).collect()))?;
        }
    }
    Ok(())
}

/// A cell as it stands on the screen, or as it stands in a file.
fn text(sheet: &Sheet<'_>, column: Option<&crate::domain::Column>, cell: Cell<'_>, reads: bool) -> String {
    match cell {
        Cell::Null => "null".to_owned(),
        Cell::Text(text) => {
            let text = column.map_or_else(String::new, |column| sheet.masked(column, text).into_owned());
            // A row is a line there.
            if reads { visible(&text).into_owned() } else { text }
        }
        Cell::Integer(number) => number.to_string(),
        Cell::Time(at) => format::utc(at).unwrap_or_else(|| at.to_string()),
        Cell::Float(number) => format!("{number:?}"),
    }
}
