//! `--engine`: who does the work of `curate` and `count`.

use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use super::DONE;
use super::arguments::{FormatName, Job, Output};
use super::curate::{NOT_AS_IT_SHOULD_BE, read_expected, recipe};
use super::report::{self, Figures, RunReport, Timing, WithdrawnReport};
use crate::domain::Table;
use crate::domain::format::thousands;
use crate::lakehouse::limits_over_connect;
use crate::review::{Expected, Verdict};
use crate::spark::{self, Made, Order, Remote};

/// Who does the work.
#[derive(Debug, Args)]
pub struct EngineArguments {
    /// Who does the work: this machine, or a Spark server, which then sees the landing files and writes the tables
    #[arg(long, value_enum, default_value_t)]
    engine: EngineName,
    /// The Spark server, as sc://HOST:PORT; without it, what SPARK_REMOTE says. A token is taken from SPARK_CONNECT_TOKEN
    #[arg(long, value_name = "ADDRESS")]
    remote: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum EngineName {
    #[default]
    Local,
    Spark,
}

impl EngineArguments {
    /// Whether a Spark server does the work.
    ///
    /// # Errors
    /// If a server is named that is not to do it.
    pub fn is_spark(&self) -> anyhow::Result<bool> {
        let is_spark = self.engine == EngineName::Spark;
        anyhow::ensure!(
            is_spark || self.remote.is_none(),
            "--remote names a Spark server, but the work is done here. Add --engine spark"
        );
        Ok(is_spark)
    }
}

/// Counts on a Spark server, and has it write the tables if there is a place for them. Gives the exit code.
pub fn run(
    engine: &EngineArguments,
    job: &Job,
    output: Option<&Output>,
    expected: Option<&Path>,
) -> anyhow::Result<u8> {
    anyhow::ensure!(spark::IS_BUILT, "{}", spark::ABSENT);
    let recipe = recipe(job)?;
    let remote = Remote::chosen(engine.remote.as_deref(), |name| std::env::var(name).ok())?;
    let expected = expected.map(read_expected).transpose()?;
    let order = Order::new(landing(job)?, out(output)?, &recipe, crate::export::now())?;
    if !job.json {
        let mut stderr = super::screen::err();
        for limit in limits_over_connect(&order.recipe) {
            writeln!(stderr, "! {limit}")?;
        }
    }
    let made = while_stoppable(&remote, &order, job.json)?;
    let verdicts = expected.map(|expected| verdicts_of(&expected, &made));
    tell(job, &order, &made, verdicts.as_deref())?;
    let differs = verdicts.iter().flatten().any(|verdict| !verdict.agrees());
    Ok(if job.strict && differs { NOT_AS_IT_SHOULD_BE } else { DONE })
}

/// The landing zone as it was named.
fn landing(job: &Job) -> anyhow::Result<&str> {
    let [landing] = job.landing.as_slice() else {
        anyhow::bail!("over Spark the landing files are one folder, as the server sees it");
    };
    for (is_given, option) in [
        (
            job.refused.is_some(),
            "--refused: records are not refused one by one there, the work stops at the first look",
        ),
        (job.cache, "--cache: nothing is read here"),
        (job.run.is_some(), "--run: it makes the tables anew"),
        (job.memory_limit.is_some(), "--memory-limit: nothing is read here; the server has limits of its own"),
    ] {
        anyhow::ensure!(!is_given, "over Spark there is no {option}. Leave it away");
    }
    text(landing)
}

/// Where the run folder goes.
fn out(output: Option<&Output>) -> anyhow::Result<Option<&str>> {
    let Some(output) = output else { return Ok(None) };
    anyhow::ensure!(
        matches!(output.format, FormatName::Parquet),
        "over Spark the tables are written as Parquet. Leave --format away"
    );
    text(&output.out).map(Some)
}

fn text(path: &Path) -> anyhow::Result<&str> {
    path.to_str().context("a path for Spark has to be UTF-8")
}

/// Does it. Somebody who presses Ctrl+C stops it on the server as well; pressed again, this ends at once.
#[cfg(feature = "spark")]
fn while_stoppable(remote: &Remote, order: &Order, is_quiet: bool) -> anyhow::Result<Made> {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    let pressed = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register_conditional_shutdown(signal, 130, Arc::clone(&pressed))?;
        signal_hook::flag::register(signal, Arc::clone(&pressed))?;
    }
    carry_out(remote, order, is_quiet, &|| pressed.load(Ordering::Relaxed))
}

#[cfg(not(feature = "spark"))]
fn while_stoppable(remote: &Remote, order: &Order, is_quiet: bool) -> anyhow::Result<Made> {
    carry_out(remote, order, is_quiet, &|| false)
}

fn carry_out(remote: &Remote, order: &Order, is_quiet: bool, stops: &dyn Fn() -> bool) -> anyhow::Result<Made> {
    let begun = Instant::now();
    let mut say = |words: &str| {
        if !is_quiet {
            let seconds = begun.elapsed().as_secs_f64();
            writeln!(super::screen::err(), "{seconds:7.1} s  {words}").ok();
        }
    };
    spark::carry_out(remote, order, &mut say, stops)
}

fn verdicts_of(expected: &Expected, made: &Made) -> Vec<Verdict> {
    let verdict = |table: Table| {
        let found = made.rows[table.index()];
        // Which mistake gives another count is worked out on the rows, and they are not here.
        Some(Verdict { table, expected: expected.get(table)?, found, mistakes: vec![] })
    };
    Table::ALL.into_iter().filter_map(verdict).collect()
}

fn tell(job: &Job, order: &Order, made: &Made, verdicts: Option<&[Verdict]>) -> anyhow::Result<()> {
    let listed = order.recipe.withdrawn.len() as u64;
    let withdrawn = made.withdrawn.map(|(matched, customers)| WithdrawnReport { listed, matched, customers });
    let figures = Figures { rows: made.rows, refused: [0; 3], counts: &made.counts, withdrawn };
    let folder = made.folder.as_deref();
    if job.json {
        let timing =
            Timing { read_seconds: made.read_seconds, curate_seconds: made.curate_seconds, write_seconds: 0.0 };
        return report::json_of(&figures, verdicts, &timing, Some(RunReport { spark: &made.spark, folder }));
    }
    let mut text = report::figures_in_words(&figures)?;
    if let Some(folder) = folder {
        text += &format!(
            "Five tables were written to {folder} by Spark {} in {:.2} s.\n",
            made.spark,
            made.read_seconds + made.curate_seconds
        );
    }
    for verdict in verdicts.unwrap_or_default() {
        let (name, expected) = (verdict.table.name(), thousands(verdict.expected));
        if verdict.agrees() {
            text += &format!("{name}: {expected} as expected.\n");
        } else {
            let found = thousands(verdict.found);
            text += &format!(
                "{name}: {expected} expected, but it has {found}. Which mistake gives that is only found out by a `count` of rows that are here.\n"
            );
        }
    }
    super::screen::out().write_all(text.as_bytes())?;
    if folder.is_some() {
        write!(super::screen::err(), "{}", report::NOT_REVIEWED)?;
    }
    Ok(())
}
