//! What a run on another engine left: its tables as Parquet, what it counted, and the recipe that it ran. Nothing is taken on
//! trust that can be looked at here: columns, rows, that each step adds up, and that it is of these landing files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use polars::prelude::*;
use serde::Deserialize;

use super::columns::data_type;
use super::dictionary::Dictionaries;
use super::far_run::FarRun;
use super::{Landing, parquet_file, read_whole};
use crate::domain::foreign::visible;
use crate::domain::{
    Cancelled, Column, Dataset, Plan, Progress, Recipe, RecipeError, StepCount, Table, TableCount, TableDefinition,
};
use crate::s3::{S3Error, is_address};

/// The file that says which run counts.
pub(super) const POINTER: &str = "current.json";
/// Where each run over Spark Connect adds a file that says so: there no file takes the place of another in one step.
pub(super) const POINTERS: &str = "current";
pub(super) const COUNTS: &str = "counts.json";
pub(super) const RECIPE: &str = "recipe.json";
/// Where the tables are whole that lack a column elsewhere.
pub(super) const WHOLE: &str = "review";

/// A run of a recipe on another engine.
#[derive(Clone, Debug)]
pub struct EngineRun {
    /// What it is called.
    pub name: String,
    /// The engine and its version.
    pub engine: String,
    /// Where it is.
    pub folder: PathBuf,
    /// Where its tables are fetched from, if it is on S3.
    far: Option<Arc<FarRun>>,
    pub recipe: Recipe,
    /// How each derived table came by its rows, as the engine counted.
    pub counts: Vec<TableCount>,
    /// Rows of the landing tables, as the engine counted.
    landed: [u64; 3],
}

/// A run that cannot be opened. The message says what and where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error(
        "{path} is no run of another engine: it has neither {POINTER} nor {COUNTS}. Give the folder that the job wrote to, or \
         one of its runs"
    )]
    NoRun { path: String },
    #[error("{path} cannot be read: {error}")]
    Unreachable { path: String, error: std::io::Error },
    #[error("{path} is not as the job writes it: {error}. Run the job again, from a kit of this version")]
    Damaged { path: String, error: String },
    #[error("{path}: {error}")]
    Recipe { path: String, error: RecipeError },
    #[error("{}: the columns of {table} are not those of the catalog ({error}). Run the job again", path)]
    Columns { path: String, table: &'static str, error: PolarsError },
    #[error(
        "{path}: {table} has {rows} rows, and the job counted {counted}. Files were added or lost since; run the job again"
    )]
    Rows { path: String, table: &'static str, rows: u64, counted: u64 },
    #[error("{path}: what the job counted for {table} does not add up, or is of another recipe. Run the job again")]
    Counts { path: String, table: &'static str },
    #[error(
        "{path} was made of other landing files than those that are open: {what}. Open the landing files that it was made of"
    )]
    OtherLanding { path: String, what: String },
    #[error(transparent)]
    S3(#[from] Box<S3Error>),
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

#[derive(Deserialize)]
struct Pointer {
    path: String,
    /// When it was switched, in milliseconds since 1970-01-01 00:00 UTC; earlier jobs did not say.
    #[serde(default)]
    switched: i64,
}

#[derive(Deserialize)]
struct Counts {
    run: String,
    spark: String,
    tables: BTreeMap<String, Rows>,
    steps: BTreeMap<String, Vec<Counted>>,
}

#[derive(Deserialize)]
struct Rows {
    rows: u64,
}

#[derive(Deserialize)]
struct Counted {
    reason: String,
    rows_in: u64,
    dropped: u64,
    added: u64,
}

impl PartialEq for EngineRun {
    /// A run is never written over.
    fn eq(&self, other: &Self) -> bool {
        (&self.folder, &self.name) == (&other.folder, &other.name)
    }
}

impl EngineRun {
    /// Opens a run wherever it is. Of one on S3 what was counted is fetched into a folder of its own below `aside`, which goes again,
    /// and a table when it is read; of several runs the one that counts, and no other.
    ///
    /// # Errors
    /// As of [`EngineRun::open`], and when it cannot be fetched.
    pub fn open_at(path: &Path, aside: &Path, progress: &Progress) -> Result<Self, RunError> {
        if !is_address(path) {
            return Self::open(path, progress);
        }
        let far = FarRun::open(path, aside, progress)?;
        progress.restart();
        let run = Self::open(far.texts(), progress)?;
        Ok(Self { folder: PathBuf::from(far.address().to_string()), far: Some(Arc::new(far)), ..run })
    }

    /// Whether there is a run in a folder, or one that counts among several.
    pub fn is_at(folder: &Path) -> bool {
        [POINTER, COUNTS].iter().any(|name| !texts_of(folder, name).is_empty())
    }

    /// The engine and the run.
    pub fn title(&self) -> String {
        format!("{}, run {}", self.engine, self.name)
    }

    /// Opens a run, or that which counts among those of a folder. Progress counts tables.
    ///
    /// # Errors
    /// When it is no run, or what was counted does not add up. The tables are looked at when they are read: see
    /// [`EngineRun::each_part`].
    pub fn open(path: &Path, progress: &Progress) -> Result<Self, RunError> {
        let shown = |path: &Path| path.display().to_string();
        let folder = match latest(&texts_of(path, POINTER))? {
            Some(run) => path.join(run),
            None if texts_of(path, COUNTS).is_empty() => return Err(RunError::NoRun { path: shown(path) }),
            None => path.to_owned(),
        };
        let counts_file = text_of(&folder, COUNTS);
        let counts: Counts = serde_json::from_slice(&read(&counts_file)?).map_err(|e| damaged(&counts_file, e))?;
        let recipe_file = text_of(&folder, RECIPE);
        let recipe_text = String::from_utf8_lossy(&read(&recipe_file)?).into_owned();
        let recipe =
            Recipe::from_json(&recipe_text).map_err(|error| RunError::Recipe { path: shown(&recipe_file), error })?;
        let plan = Plan::new(&recipe);
        progress.set_total(plan.tables.len() as u64);
        let mut run = Self {
            name: visible(&counts.run).into_owned(),
            engine: format!("Spark {}", visible(&counts.spark)),
            landed: Dataset::ALL.map(|dataset| rows(&counts, Table::landing(dataset))),
            folder,
            far: None,
            recipe,
            counts: vec![],
        };
        for definition in &plan.tables {
            progress.check()?;
            let count = run.counted(definition, &counts)?;
            run.counts.push(count);
            progress.advance(1);
        }
        Ok(run)
    }

    fn counted(&self, definition: &TableDefinition, counts: &Counts) -> Result<TableCount, RunError> {
        let TableDefinition { table, source, steps } = definition;
        let wrong = || RunError::Counts { path: self.folder.display().to_string(), table: table.name() };
        let counted =
            counts.steps.get(table.name()).filter(|counted| counted.len() == steps.len()).ok_or_else(wrong)?;
        let mut found = vec![];
        for (step, counted) in steps.iter().zip(counted) {
            let Counted { reason, rows_in, dropped, added } = counted;
            if step.reason.label() != reason || dropped > rows_in {
                return Err(wrong());
            }
            found.push(StepCount { reason: step.reason, rows_in: *rows_in, dropped: *dropped, added: *added });
        }
        let count = TableCount {
            table: *table,
            source: *source,
            rows_in: rows(counts, *source),
            steps: found,
            rows: rows(counts, *table),
        };
        if count.adds_up() { Ok(count) } else { Err(wrong()) }
    }

    /// Whether the run can be of these landing files: as many records of each kind landed there.
    ///
    /// # Errors
    /// When it is of others.
    pub fn is_of(&self, landing: &Landing) -> Result<(), RunError> {
        for (dataset, counted) in Dataset::ALL.into_iter().zip(self.landed) {
            let (rows, name) = (landing.rows(dataset), Table::landing(dataset).name());
            if rows != counted {
                return Err(self.other_landing(format!("{name} has {rows} rows here, and the job counted {counted}")));
            }
        }
        Ok(())
    }

    /// Fetches tables that are not here yet, of a run on S3. Progress counts bytes, and then starts anew.
    ///
    /// # Errors
    /// When one cannot be fetched.
    pub fn bring(&self, tables: impl Iterator<Item = Table>, progress: &Progress) -> Result<(), RunError> {
        let Some(far) = &self.far else { return Ok(()) };
        for table in tables {
            far.fetch(table, progress)?;
        }
        progress.restart();
        Ok(())
    }

    /// Calls back with the rows of a derived table, part after part as they were written, with the columns of the catalog and
    /// numbers of `of` for people and devices. No more than a part is in memory.
    ///
    /// # Errors
    /// When the table cannot be read, is not as the job counted, or names somebody who did not land; when cancelled; and what
    /// is called back says.
    pub fn each_part<E: From<RunError>>(
        &self,
        table: Table,
        of: &Dictionaries,
        progress: &Progress,
        mut found: impl FnMut(DataFrame) -> Result<(), E>,
    ) -> Result<(), E> {
        // It is here already if it was brought; if not, its bytes are counted by nobody.
        let folder = match &self.far {
            Some(far) => far.fetch(table, &progress.part())?,
            None => self.folder.clone(),
        };
        let whole = folder.join(WHOLE).join(table.name());
        let place = if whole.is_dir() { whole } else { folder.join(table.name()) };
        let path = || place.display().to_string();
        let columns = |error| RunError::Columns { path: path(), table: table.name(), error };
        let entries = fs::read_dir(&place).map_err(|error| RunError::Unreachable { path: path(), error })?;
        let mut parts: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        parts.retain(|part| part.extension().is_some_and(|extension| extension == "parquet"));
        parts.sort();
        if parts.is_empty() {
            return Err(columns(polars_err!(ComputeError: "there is no file")).into());
        }
        let mut rows = 0;
        for part in parts {
            progress.check().map_err(RunError::from)?;
            let frame =
                parquet_file::open(read(&part)?).and_then(|frame| of_catalog(&frame, table)).map_err(columns)?;
            rows += frame.height() as u64;
            let numbers = numbered(frame, table, of).map_err(columns)?;
            found(
                numbers
                    .ok_or_else(|| self.other_landing(format!("{} names somebody who did not land", table.name())))?,
            )?;
        }
        let counted = self.counts.iter().find(|count| count.table == table).map_or(0, |count| count.rows);
        if rows != counted {
            return Err(RunError::Rows { path: path(), table: table.name(), rows, counted }.into());
        }
        Ok(())
    }

    fn other_landing(&self, what: String) -> RunError {
        RunError::OtherLanding { path: self.folder.display().to_string(), what }
    }
}

/// The columns of the catalog.
fn of_catalog(frame: &DataFrame, table: Table) -> PolarsResult<DataFrame> {
    let column = |column: &Column| {
        let found = frame.column(column.name)?;
        // What the library says would repeat values.
        let other = |_| polars_err!(SchemaMismatch: "{} is {}", column.name, found.dtype());
        found.strict_cast(&data_type(column.kind)).map_err(other)
    };
    DataFrame::new(frame.height(), table.schema().iter().map(column).collect::<PolarsResult<_>>()?)
}

fn read(path: &Path) -> Result<Vec<u8>, RunError> {
    read_whole(path).map_err(|error| RunError::Unreachable { path: path.display().to_string(), error })
}

fn damaged(path: &Path, error: serde_json::Error) -> RunError {
    let error = format!("line {}, column {}", error.line(), error.column());
    RunError::Damaged { path: path.display().to_string(), error }
}

/// Whether this is what a file of Spark's is called.
pub(super) fn is_part(name: &str) -> bool {
    name.starts_with("part-") && !name.contains('/')
}

/// The files that Spark wrote into a folder, in the order of their names.
pub(super) fn parts_of(folder: &Path) -> Vec<PathBuf> {
    let names = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name());
    let mut parts: Vec<PathBuf> =
        names.filter(|name| name.to_str().is_some_and(is_part)).map(|name| folder.join(name)).collect();
    parts.sort();
    parts
}

/// The files that hold a text: the one of that name, and those of the folder of the same name without an ending, as which Spark
/// writes what it writes by itself.
fn texts_of(folder: &Path, name: &str) -> Vec<PathBuf> {
    let file = folder.join(name);
    let parts = parts_of(&folder.join(name.trim_end_matches(".json")));
    Some(file).filter(|file| file.is_file()).into_iter().chain(parts).collect()
}

/// The one file that holds a text; where there is none, the one that is missing.
fn text_of(folder: &Path, name: &str) -> PathBuf {
    texts_of(folder, name).into_iter().next().unwrap_or_else(|| folder.join(name))
}

/// The run that the latest of these pointers names: a folder below theirs.
pub(super) fn latest(pointers: &[PathBuf]) -> Result<Option<String>, RunError> {
    let mut latest: Option<Pointer> = None;
    for file in pointers {
        let pointer: Pointer = serde_json::from_slice(&read(file)?).map_err(|error| damaged(file, error))?;
        if !Path::new(&pointer.path).components().all(|part| matches!(part, std::path::Component::Normal(_))) {
            let error = "it points out of its folder".to_owned();
            return Err(RunError::Damaged { path: file.display().to_string(), error });
        }
        // Names of runs sort by time as well, where two were asked for in the same millisecond.
        if latest.as_ref().is_none_or(|last| (last.switched, &last.path) <= (pointer.switched, &pointer.path)) {
            latest = Some(pointer);
        }
    }
    Ok(latest.map(|pointer| pointer.path))
}

fn rows(counts: &Counts, table: Table) -> u64 {
    counts.tables.get(table.name()).map_or(0, |table| table.rows)
}

/// Numbers instead of texts; none if there is a text that did not land.
fn numbered(mut frame: DataFrame, table: Table, dictionaries: &Dictionaries) -> PolarsResult<Option<DataFrame>> {
    for column in table.schema() {
        let Some(dictionary) = dictionaries.of(column) else { continue };
        let texts = frame.column(column.name)?.str()?;
        // Rows of one customer often stand together.
        let mut last: Option<(&str, u32)> = None;
        let mut numbers = Vec::with_capacity(texts.len());
        for text in texts.iter() {
            let number = match (text, last) {
                (None, _) => None,
                (Some(text), Some((known, number))) if text == known => Some(number),
                (Some(text), _) => {
                    let Some(number) = dictionary.number(text) else { return Ok(None) };
                    last = Some((text, number));
                    Some(number)
                }
            };
            numbers.push(number);
        }
        let numbers = UInt32Chunked::from_slice_options(column.name.into(), &numbers);
        frame.with_column(numbers.into_column())?;
    }
    Ok(Some(frame))
}
