//! `compare`: the tables of two engines, row for row.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use serde_json::json;

use crate::app::Settings;
use crate::curation::{Codes, Curation, curate, curate_brought};
use crate::domain::format::thousands;
use crate::domain::{Progress, Table};
use crate::explore::{Rows, Sheet};
use crate::export::write_view;
use crate::landing::{EngineRun, Landing};
use crate::review::{TableDifference, differences};

use super::DONE;
use super::arguments::Job;
use super::curate::{NOT_AS_IT_SHOULD_BE, read};
use super::remote;

const EXAMPLES: &str = "Examples:
  stedi-workbench compare landing/ --run zones/
  stedi-workbench compare landing/ --run zones/runs/20260105T090000Z-1a2b3c --with zones/
  stedi-workbench compare landing/ --run zones/ --rows differing/

Exit codes: 0 all rows are equal, 1 some are not, 2 could not.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct CompareArguments {
    #[command(flatten)]
    job: Job,
    /// Compare with this run, and not with the tables as they are made here
    #[arg(long, value_name = "FOLDER")]
    with: Option<PathBuf>,
    /// Write the rows that differ to CSV files in this folder, people and devices by their codes
    #[arg(long, value_name = "FOLDER")]
    rows: Option<PathBuf>,
}

/// Compares and says what differs. Gives the exit code.
pub fn run(arguments: &CompareArguments) -> anyhow::Result<u8> {
    let CompareArguments { job, with, rows } = arguments;
    let folder = job.run.as_ref().context("--run is missing: the folder of the run to compare")?;
    remote::only_here(rows)?;
    let source = remote::source(&job.landing, job.json)?;
    if let Some(path) = source.would_read(rows.as_slice())? {
        anyhow::bail!("{} lies among the landing files. Choose a folder outside of them", path.display());
    }
    let aside = Settings::at_home().aside_folder();
    let run = EngineRun::open_at(folder, &aside, &Progress::default())?;
    let landing = read(job, &source, &Progress::default())?;
    let one = curate_brought(&landing, &run, &Progress::default())?;
    let (other, name) = match with {
        None => (curate(&landing, &run.recipe, &Progress::default())?, "here".to_owned()),
        Some(folder) => {
            let other = EngineRun::open_at(folder, &aside, &Progress::default())?;
            (curate_brought(&landing, &other, &Progress::default())?, format!("{} on {}", other.name, other.engine))
        }
    };
    let found = differences(&one, &other, &Progress::default())?;
    let names = [format!("{} on {}", run.name, run.engine), name];
    let mut out = super::screen::out();
    if job.json {
        let tables: serde_json::Map<String, serde_json::Value> = found.iter().map(object).collect();
        writeln!(out, "{}", json!({ "compared": names, "recipe": run.recipe.in_words(), "tables": tables }))?;
    } else {
        writeln!(out, "{} against {}: {}", names[0], names[1], run.recipe.in_words())?;
        for difference in &found {
            writeln!(out, "{}", line(difference))?;
        }
    }
    if let Some(folder) = rows {
        std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        for difference in &found {
            write_rows(difference, [&one, &other], &landing, folder)?;
        }
    }
    Ok(if found.iter().all(TableDifference::is_equal) { DONE } else { NOT_AS_IT_SHOULD_BE })
}

fn object(difference: &TableDifference) -> (String, serde_json::Value) {
    let TableDifference { table, rows, hashes, only } = difference;
    let only = only.each_ref().map(Vec::len);
    (table.name().to_owned(), json!({ "rows": rows, "sha256": hashes, "only": only, "equal": difference.is_equal() }))
}

fn line(difference: &TableDifference) -> String {
    let TableDifference { table, rows: [one, other], hashes, only } = difference;
    let name = table.name();
    if difference.is_equal() {
        return format!("{name:<28} {:>14} rows, equal, {}…", thousands(*one), &hashes[0][..12]);
    }
    let [first, second] = only.each_ref().map(|rows| thousands(rows.len() as u64));
    format!(
        "{name:<28} {:>14} and {} rows: {first} only in the first, {second} only in the second",
        thousands(*one),
        thousands(*other)
    )
}

/// One file for each table and side that has rows of its own.
fn write_rows(
    difference: &TableDifference,
    curations: [&Curation; 2],
    landing: &Landing,
    folder: &std::path::Path,
) -> anyhow::Result<()> {
    let codes = Codes::new(landing);
    let sides = ["first", "second"];
    for ((curation, rows), side) in curations.into_iter().zip(&difference.only).zip(sides) {
        if rows.is_empty() {
            continue;
        }
        let table: Table = difference.table;
        let view = curation.view_of(table, rows)?;
        let columns: Vec<usize> = (0..view.columns().len()).collect();
        let sheet = Sheet { view: &view, rows: &Rows::All, columns: &columns, codes: &codes, revealed: false };
        let path = folder.join(format!("{}.{side}.csv", table.name()));
        write_view(&sheet, &path, &Progress::default()).with_context(|| format!("{}", path.display()))?;
    }
    Ok(())
}
