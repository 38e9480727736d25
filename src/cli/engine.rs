//! `--engine`: who does the work of `curate` and `count`.

#[cfg(not(feature = "spark"))]
use std::path::Path;

use clap::{Args, ValueEnum};

#[cfg(not(feature = "spark"))]
use super::arguments::{Job, Output};

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

/// Says that this is not in this build.
#[cfg(not(feature = "spark"))]
pub fn run(_: &EngineArguments, _: &Job, _: Option<&Output>, _: Option<&Path>) -> anyhow::Result<u8> {
    anyhow::bail!(
        "this build has no Spark. Build one with `cargo build --release --features spark`, which needs protoc (on Debian the \
         packages protobuf-compiler and libprotobuf-dev); or write a job for Spark with `stedi-workbench lakehouse`, which every \
         build can"
    )
}

#[cfg(feature = "spark")]
pub use on_spark::run;

#[cfg(feature = "spark")]
mod on_spark {
    use std::io::Write as _;
    use std::path::Path;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::{Duration, Instant};

    use anyhow::Context as _;
    use chrono::DateTime;

    use super::super::DONE;
    use super::super::arguments::{FormatName, Job, Output};
    use super::super::curate::{NOT_AS_IT_SHOULD_BE, read_expected, recipe};
    use super::super::report::{self, Figures, RunReport, Timing, WithdrawnReport};
    use super::EngineArguments;
    use crate::domain::format::{hexadecimal, thousands};
    use crate::domain::{Progress, Table};
    use crate::jobs::unless;
    use crate::lakehouse::{limits_over_connect, refused_over_connect};
    use crate::review::{Expected, Verdict};
    use crate::spark::{self, Made, Order, Remote, Session, is_below};

    /// So long a server may take to take a connection.
    const PATIENCE: Duration = Duration::from_secs(5);
    /// How often it is looked whether the server is still there, and after how many times that it was not it is gone.
    const LOOK_EVERY: Duration = Duration::from_secs(2);
    const MISSED: u32 = 3;

    /// Counts on a Spark server, and has it write the tables if there is a place for them. Gives the exit code.
    pub fn run(
        engine: &EngineArguments,
        job: &Job,
        output: Option<&Output>,
        expected: Option<&Path>,
    ) -> anyhow::Result<u8> {
        let recipe = recipe(job)?;
        if let Some(why) = refused_over_connect(&recipe) {
            anyhow::bail!("{why}");
        }
        let remote = Remote::chosen(engine.remote.as_deref(), |name| std::env::var(name).ok())?;
        let expected = expected.map(read_expected).transpose()?;
        let order = Order { landing: landing(job)?, out: out(job, output)?, recipe, run: name_of_run()? };
        if !job.json {
            let mut stderr = crate::cli::screen::err();
            for limit in limits_over_connect(&order.recipe) {
                writeln!(stderr, "! {limit}")?;
            }
        }
        anyhow::ensure!(remote.answers(PATIENCE), "no Spark server answers at {remote}. Start it, or correct --remote");
        let session = Session::new(&remote)?;
        let made = watched(&remote, &session, order.clone(), job.json)?;
        let verdicts = expected.map(|expected| verdicts_of(&expected, &made));
        tell(job, &order, &made, verdicts.as_deref())?;
        let differs = verdicts.iter().flatten().any(|verdict| !verdict.agrees());
        Ok(if job.strict && differs { NOT_AS_IT_SHOULD_BE } else { DONE })
    }

    /// The landing zone as it was named: a path that means the same whoever reads it.
    fn landing(job: &Job) -> anyhow::Result<String> {
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
        whole(landing)
    }

    /// Where the run folder goes.
    fn out(job: &Job, output: Option<&Output>) -> anyhow::Result<Option<String>> {
        let Some(output) = output else { return Ok(None) };
        anyhow::ensure!(
            matches!(output.format, FormatName::Parquet),
            "over Spark the tables are written as Parquet. Leave --format away"
        );
        let (landing, out) = (landing(job)?, whole(&output.out)?);
        anyhow::ensure!(
            !is_below(&out, &landing) && !is_below(&landing, &out),
            "{out} lies among the landing files, or they lie in it. Choose a folder outside of them"
        );
        Ok(Some(out))
    }

    fn whole(path: &Path) -> anyhow::Result<String> {
        let text = path.to_str().context("a path for Spark has to be UTF-8")?;
        let is_whole = text.starts_with('/') || text.split_once(":/").is_some_and(|(scheme, _)| !scheme.contains('/'));
        anyhow::ensure!(
            is_whole,
            "{text} is looked for by the server and not from here: give the whole path as the server sees it, such as /data/landing, \
             s3a://bucket/landing or hdfs://host/landing"
        );
        Ok(text.trim_end_matches('/').to_owned())
    }

    /// Names sort by time.
    fn name_of_run() -> anyhow::Result<String> {
        let now = DateTime::from_timestamp_millis(crate::export::now()).context("the clock is out of range")?;
        let mut random = [0; 3];
        getrandom::fill(&mut random).context("the machine gives no random numbers")?;
        let random = hexadecimal(&random);
        Ok(format!("{}-{random}", now.format("%Y%m%dT%H%M%SZ")))
    }

    /// Does it, and gives up if somebody presses Ctrl+C or the server is gone.
    fn watched(remote: &Remote, session: &Session, order: Order, is_quiet: bool) -> anyhow::Result<Made> {
        let pressed = Arc::new(AtomicBool::new(false));
        for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
            // Pressed again, it ends at once.
            signal_hook::flag::register_conditional_shutdown(signal, 130, Arc::clone(&pressed))?;
            signal_hook::flag::register(signal, Arc::clone(&pressed))?;
        }
        let begun = Instant::now();
        let work = {
            let session = session.clone();
            move || {
                let mut say = |words: &str| {
                    if !is_quiet {
                        let seconds = begun.elapsed().as_secs_f64();
                        writeln!(crate::cli::screen::err(), "{seconds:7.1} s  {words}").ok();
                    }
                };
                let made = spark::run(&session, &order, &mut say, &Progress::default());
                session.close();
                made
            }
        };
        let mut looked = Instant::now();
        let mut missed = 0;
        let ended = unless("spark", work, || {
            if pressed.load(Ordering::Relaxed) {
                return Some(Gone::Pressed);
            }
            if looked.elapsed() >= LOOK_EVERY {
                missed = if remote.answers(LOOK_EVERY) { 0 } else { missed + 1 };
                looked = Instant::now();
            }
            (missed >= MISSED).then_some(Gone::Server)
        })?;
        match ended {
            Ok(made) => made,
            Err(Gone::Server) => anyhow::bail!(
                "the Spark server at {remote} is gone. A run folder that it left has no counts and is not finished; start the server \
                 and the work again"
            ),
            Err(Gone::Pressed) => {
                let session = session.clone();
                let end = Instant::now() + PATIENCE;
                let told = unless("interrupt", move || session.interrupt(), || (Instant::now() > end).then_some(()))?;
                let told =
                    if told.is_ok() { "The server was told to stop" } else { "The server could not be told to stop" };
                anyhow::bail!(
                    "interrupted. {told}. A run folder that was begun has no counts and is not finished; remove it"
                )
            }
        }
    }

    enum Gone {
        Pressed,
        Server,
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
        crate::cli::screen::out().write_all(text.as_bytes())?;
        if folder.is_some() {
            let note = "! No pointer was switched: which run counts is said by whoever reads them. A run with counts/ in it is \
                        finished.\n";
            write!(crate::cli::screen::err(), "{note}{}", report::NOT_REVIEWED)?;
        }
        Ok(())
    }
}
