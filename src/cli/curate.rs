//! `curate` and `count`: read, curate, write if asked to, and say what came of it.

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};

use crate::curation::curate;
use crate::domain::{Progress, Recipe};
use crate::export::write_tables;
use crate::landing::{self, Finding, Landing, Source};

use super::arguments::{Job, Output};
use super::{DONE, report};

/// Done, but something was refused.
const REFUSED: u8 = 1;

/// Runs the job; without an output it only counts. Gives the exit code.
pub fn run(job: &Job, output: Option<&Output>) -> anyhow::Result<u8> {
    let started = Instant::now();
    let source = super::source(job.landing.clone()).context("no landing files were named")?;
    let recipe = recipe(job)?;
    if let Some(output) = output {
        not_among_sources(&source, &output.out)?;
    }
    let progress = Progress::default();
    let landing = with_bar(job, &progress, || landing::read(&source, &progress))?;
    let curation = curate(&landing, &recipe, &Progress::default())?;
    if let Some(output) = output {
        write_tables(&curation, &output.out, output.format.into(), &Progress::default())?;
    }
    let seconds = started.elapsed().as_secs_f64();
    if let Some(file) = &job.refused {
        let text = report::refused_csv(&landing)?;
        fs::write(file, text).with_context(|| format!("{} cannot be written", file.display()))?;
    }
    if job.json {
        report::json(&landing, &curation, seconds)?;
    } else {
        report::text(&landing, &curation, output.map(|output| output.out.as_path()), seconds)?;
    }
    Ok(if job.strict && is_anything_refused(&landing) { REFUSED } else { DONE })
}

fn recipe(job: &Job) -> anyhow::Result<Recipe> {
    let recipe = match &job.recipe {
        None => Recipe::default(),
        Some(file) => {
            let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
            Recipe::from_json(&text).with_context(|| format!("{}", file.display()))?
        }
    };
    Ok(job.apply_to(recipe))
}

/// Tables written among the landing files would be read as landing files the next time.
fn not_among_sources(source: &Source, out: &Path) -> anyhow::Result<()> {
    let Source::Folder(folder) = source else { return Ok(()) };
    let real = |path: &Path| fs::canonicalize(path).or_else(|_| std::path::absolute(path));
    let (folder, out) = (real(folder)?, real(out)?);
    anyhow::ensure!(
        !out.starts_with(&folder),
        "{} lies within the landing folder, and what is written there would be read as landing files the next time. \
         Choose a folder outside of it",
        out.display()
    );
    Ok(())
}

fn is_anything_refused(landing: &Landing) -> bool {
    let unread = |finding: &Finding| !matches!(finding, Finding::LooksLikeSeconds { .. });
    !landing.refused.is_empty() || landing.findings.iter().any(unread)
}

/// Shows a bar while the work goes on, on a terminal only.
fn with_bar<T>(job: &Job, progress: &Progress, work: impl FnOnce() -> T + Send) -> T
where
    T: Send,
{
    use std::io::IsTerminal as _;
    if job.json || !std::io::stderr().is_terminal() {
        return work();
    }
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("reading {bar:30} {bytes} of {total_bytes} {eta}") {
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
