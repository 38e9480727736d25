//! `curate` and `count` of more readings than there is memory for.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;

use crate::app::Settings;
use crate::curation::{CurationError, curate_apart};
use crate::domain::format::bytes;
use crate::domain::{Format, Progress, Recipe, Table};
use crate::export::{ExportError, write_tables_by};
use crate::landing::{self, Aside, Shelf, Source};
use crate::s3::Seal;

use super::DONE;
use super::arguments::Job;
use super::curate::{NOT_AS_IT_SHOULD_BE, is_anything_refused, with_bar, with_bar_of, write_refused};
use super::remote::Target;
use super::report::{self, Timing};

/// The memory that may be used.
pub fn limit(job: &Job) -> u64 {
    job.memory_limit.unwrap_or_else(|| landing::memory() / 2)
}

/// Why it could not be done.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Curation(#[from] CurationError),
    #[error(transparent)]
    Export(#[from] ExportError),
}

/// Reads, curates and writes piece by piece. Gives the exit code.
pub fn run(
    job: &Job,
    source: &Source,
    recipe: &Recipe,
    output: Option<(&Target, Format)>,
    expected: Option<&Path>,
    limit: u64,
) -> anyhow::Result<u8> {
    anyhow::ensure!(
        expected.is_none(),
        "these landing files are more than the memory that may be used ({}), and the counts of mistaken rules are worked \
         out in memory. Leave --expected away, or raise --memory-limit",
        bytes(limit)
    );
    let folder = aside(output.map(|(target, _)| target));
    let shelf = Shelf::below(&folder).with_context(|| format!("nothing can be put aside in {}", folder.display()))?;
    let progress = Progress::default();
    let started = Instant::now();
    let landing = with_bar(job, &progress, || landing::read_aside(source, &shelf, &progress))?;
    let read = Instant::now();
    let room = Aside { shelf, memory: limit };
    let progress = Progress::default();
    let template = "curating {bar:30} {percent}% {eta}";
    let curation = with_bar_of(job.json, template, &progress, || match output {
        None => Ok(curate_apart(&landing, recipe, &room, &mut |_, _| Ok(()), &progress)?),
        Some((target, format)) => write_tables_by(&target.folder, format, |files| {
            let dictionaries = landing.dictionaries();
            let mut refused: Option<ExportError> = None;
            let mut write = |table: Table, rows| {
                files.add(table, rows, dictionaries).map_err(|error| {
                    refused = Some(error);
                    CurationError::Cancelled(crate::domain::Cancelled)
                })
            };
            let made = curate_apart(&landing, recipe, &room, &mut write, &progress);
            match refused {
                Some(error) => Err(Failure::Export(error)),
                None => Ok(made?),
            }
        }),
    });
    let curation = curation?;
    if let Some((target, _)) = output {
        target.send(Seal::Success, job.json)?;
    }
    let timing = Timing {
        read_seconds: (read - started).as_secs_f64(),
        curate_seconds: read.elapsed().as_secs_f64(),
        write_seconds: 0.0,
    };
    write_refused(job, &landing)?;
    if job.json {
        report::json(&landing, &curation, None, &timing)?;
    } else {
        report::text(&landing, &curation, output.map(|(target, _)| target.named.as_path()), timing.seconds())?;
    }
    Ok(if job.strict && is_anything_refused(&landing) { NOT_AS_IT_SHOULD_BE } else { DONE })
}

/// Where rows are put aside: where TMPDIR says, or else beside the output, or in the user's cache folder.
fn aside(target: Option<&Target>) -> PathBuf {
    let beside = || Some(target?.folder.parent().filter(|folder| !folder.as_os_str().is_empty())?.to_owned());
    let is_named = std::env::var_os("TMPDIR").is_some();
    beside().filter(|_| !is_named).unwrap_or_else(|| Settings::at_home().aside_folder())
}
