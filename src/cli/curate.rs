//! `curate` and `count`: read, curate, write if asked to, and say what came of it.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};

use crate::app::Settings;
use crate::curation::{Curation, curate, curate_brought};
use crate::domain::format::bytes;
use crate::domain::{Progress, Recipe, Table, Withdrawn};
use crate::export::{file_name, write_file, write_tables};
use crate::landing::{self, EngineRun, Finding, Landing, LandingError, Source};
use crate::review::{Expected, diagnose};
use crate::s3::Seal;

use super::arguments::{CountArguments, CurateArguments, Job, Output};
use super::remote::{self, Target, only_here};
use super::report::Timing;
use super::{DONE, report, verdicts};

/// Done, but something was refused, or is not as expected.
pub(super) const NOT_AS_IT_SHOULD_BE: u8 = 1;

/// Writes the tables. Gives the exit code.
pub fn curate_job(arguments: &CurateArguments) -> anyhow::Result<u8> {
    if arguments.engine.is_spark()? {
        return super::engine::run(&arguments.engine, &arguments.job, Some(&arguments.output), None);
    }
    run(&arguments.job, Some(&arguments.output), None)
}

/// Counts, and compares if asked to. Gives the exit code.
pub fn count_job(arguments: &CountArguments) -> anyhow::Result<u8> {
    if arguments.engine.is_spark()? {
        return super::engine::run(&arguments.engine, &arguments.job, None, arguments.expected.as_deref());
    }
    run(&arguments.job, None, arguments.expected.as_deref())
}

fn run(job: &Job, output: Option<&Output>, expected: Option<&Path>) -> anyhow::Result<u8> {
    only_here(job.recipe.iter().chain(&job.withdrawn).chain(&job.refused))?;
    let recipe = recipe(job)?;
    let expected_counts = expected.map(read_expected).transpose()?;
    let target = output.map(|output| Target::at(&output.out, Seal::Success, &job.landing)).transpose()?;
    let source = remote::source(&job.landing, job.json)?;
    loses_nothing(job, &source, output, expected)?;
    let output = output.zip(target.as_ref()).map(|(output, target)| (target, output.format.into()));
    let limit = super::apart::limit(job);
    if landing::size(&source)?.saturating_mul(landing::MEMORY_EACH_BYTE) > limit {
        anyhow::ensure!(job.run.is_none(), "a run of another engine is looked at in memory; raise --memory-limit");
        return super::apart::run(job, &source, &recipe, output, expected, limit);
    }
    let progress = Progress::default();
    let started = Instant::now();
    // Neither what is counted nor what is written says anything of the files' hashes.
    let landing = read_by(job, &source, landing::read_unhashed, &progress)?;
    let read = Instant::now();
    let curation = curated(job, &landing, &recipe)?;
    let curated = Instant::now();
    if let Some((target, format)) = output {
        write_tables(&curation, &target.folder, format, &Progress::default())?;
        target.send(Seal::Success, job.json)?;
    }
    let timing = Timing {
        read_seconds: (read - started).as_secs_f64(),
        curate_seconds: (curated - read).as_secs_f64(),
        write_seconds: curated.elapsed().as_secs_f64(),
    };
    write_refused(job, &landing)?;
    let diagnosed = |expected| diagnose(&landing, &curation, &expected, &Progress::default());
    let verdicts = expected_counts.map(diagnosed).transpose()?;
    if job.json {
        report::json(&landing, &curation, verdicts.as_deref(), &timing)?;
    } else {
        report::text(&landing, &curation, output.map(|(target, _)| target.named.as_path()), timing.seconds())?;
        verdicts::text(verdicts.as_deref().unwrap_or_default())?;
    }
    let differs = verdicts.iter().flatten().any(|verdict| !verdict.agrees());
    Ok(if job.strict && (differs || is_anything_refused(&landing)) { NOT_AS_IT_SHOULD_BE } else { DONE })
}

/// Makes the tables, or takes those of a run on another engine.
pub(super) fn curated(job: &Job, landing: &Landing, recipe: &Recipe) -> anyhow::Result<Curation> {
    let Some(folder) = &job.run else { return Ok(curate(landing, recipe, &Progress::default())?) };
    let run = EngineRun::open_at(folder, &Settings::at_home().aside_folder(), &Progress::default())?;
    anyhow::ensure!(
        *recipe == run.recipe || (job.recipe.is_none() && *recipe == Recipe::default()),
        "{} was made with another recipe: {}. Leave the choices away, or give its own recipe.json",
        folder.display(),
        run.recipe.in_words()
    );
    Ok(curate_brought(landing, &run, &Progress::default())?)
}

/// Writes the list of refused records, if that is asked for.
pub(super) fn write_refused(job: &Job, landing: &Landing) -> anyhow::Result<()> {
    if let Some(file) = &job.refused {
        write_file(file, &report::refused_csv(landing)?)?;
    }
    Ok(())
}

pub(super) fn read_expected(file: &Path) -> anyhow::Result<Expected> {
    let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    Expected::parse(&text).with_context(|| format!("{}", file.display()))
}

pub(super) fn recipe(job: &Job) -> anyhow::Result<Recipe> {
    let recipe = match &job.recipe {
        None => Recipe::default(),
        Some(file) => {
            let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
            Recipe::from_json(&text).with_context(|| format!("{}", file.display()))?
        }
    };
    let mut recipe = job.apply_to(recipe);
    if let Some(file) = &job.withdrawn {
        let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
        let listed = Withdrawn::parse(&text).with_context(|| format!("{}", file.display()))?;
        recipe.withdrawn = recipe.withdrawn.and(&listed)?;
    }
    Ok(recipe)
}

/// Nothing that is written may replace what is read, or be read as a landing file the next time.
pub(super) fn loses_nothing(
    job: &Job,
    source: &Source,
    output: Option<&Output>,
    expected: Option<&Path>,
) -> anyhow::Result<()> {
    let tables = output.map_or_else(Vec::new, |output| {
        Table::derived().map(|table| output.out.join(file_name(table, output.format.into()))).collect()
    });
    let written: Vec<PathBuf> = tables.iter().chain(&job.refused).cloned().collect();
    if let Some(path) = source.would_read(&written)? {
        anyhow::bail!(
            "{} lies among the landing files: it would take the place of one, or be read as one the next time. \
             Choose a folder outside of them",
            path.display()
        );
    }
    if let Some(refused) = &job.refused {
        let real = landing::real_path(refused)?;
        let read = job.recipe.iter().chain(&job.withdrawn).map(PathBuf::as_path).chain(expected);
        let mut others = tables.iter().map(PathBuf::as_path).chain(read);
        anyhow::ensure!(
            !others.any(|other| landing::real_path(other).is_ok_and(|other| other == real)),
            "{} is the place of something else. Choose another file for the refused records",
            refused.display()
        );
    }
    Ok(())
}

pub(super) fn is_anything_refused(landing: &Landing) -> bool {
    let unread = |finding: &Finding| !matches!(finding, Finding::LooksLikeSeconds { .. });
    !landing.refused.is_empty() || landing.findings.iter().any(unread)
}

/// Reads what a job reads, from what is kept if that is asked for.
pub(super) fn read(job: &Job, source: &Source, progress: &Progress) -> anyhow::Result<Landing> {
    read_by(job, source, landing::read, progress)
}

/// The same; `anew` reads what is not to be kept.
fn read_by(
    job: &Job,
    source: &Source,
    anew: fn(&Source, &Progress) -> Result<Landing, LandingError>,
    progress: &Progress,
) -> anyhow::Result<Landing> {
    // What works piece by piece has seen to it itself.
    let limit = job.memory_limit.unwrap_or_else(landing::memory);
    let needed = landing::size(source)?.saturating_mul(landing::MEMORY_EACH_BYTE);
    anyhow::ensure!(
        needed <= limit,
        "these landing files need about {} of memory, and {} may be used. count and curate do with less; for the rest, raise \
         --memory-limit, or take a part of them at a time",
        bytes(needed),
        bytes(limit)
    );
    let cache = if job.cache { Settings::at_home().cache().filter(|cache| cache.limit() > 0) } else { None };
    let Some(cache) = cache else {
        return Ok(with_bar(job, progress, || anew(source, progress))?);
    };
    let (landing, unkept) = with_bar(job, progress, || landing::read_with(source, &cache, progress))?;
    if let Err(error) = cache.keep(&unkept, &Progress::default()) {
        // What was asked for can be had all the same.
        let folder = cache.folder().display();
        writeln!(super::screen::err(), "! What was read could not be kept, and will be read again: {folder}: {error}")?;
    }
    Ok(landing)
}

/// Shows a bar while the work goes on, on a terminal only.
pub(super) fn with_bar<T: Send>(job: &Job, progress: &Progress, work: impl FnOnce() -> T + Send) -> T {
    with_bar_of(job.json, "reading {bar:30} {bytes} of {total_bytes} {eta}", progress, work)
}

/// Shows a bar of this kind.
pub(super) fn with_bar_of<T: Send>(
    is_quiet: bool,
    template: &str,
    progress: &Progress,
    work: impl FnOnce() -> T + Send,
) -> T {
    use std::io::IsTerminal as _;
    if is_quiet || !std::io::stderr().is_terminal() {
        return work();
    }
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    let done = crate::jobs::while_watched(work, || {
        let (done, total) = progress.read();
        bar.set_length(total);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    done
}
