//! `review`: all checks of a recipe over landing files, what of them was accepted, and whether the tables may leave.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::curation::Curation;
use crate::domain::format::{self, counted};
use crate::domain::{CheckId, CheckVerdict, Progress, Recipe, Table};
use crate::export::{TrailFile, now, write_report};
use crate::review::{AcceptError, Check, Entry, Review, Trail, advice, names_nobody, review};

use super::DONE;
use super::arguments::{Answers, ReviewArguments};
use super::curate::{
    NOT_AS_IT_SHOULD_BE, curated, is_anything_refused, loses_nothing, read, read_expected, recipe, write_refused,
};
use super::remote::{self, only_here};

/// Prints the checks, adds acceptances to the trail and writes the report if asked to. Gives the exit code.
pub fn run(arguments: &ReviewArguments) -> anyhow::Result<u8> {
    let ReviewArguments { job, answers } = arguments;
    let Answers { expected, accept, analyst, trail, report } = answers;
    let inputs = job.recipe.iter().chain(&job.withdrawn).chain(&job.refused);
    only_here(inputs.chain(expected).chain(trail).chain(report))?;
    let recipe = recipe(job)?;
    let accepted = accept.iter().map(|text| acceptance(text)).collect::<anyhow::Result<Vec<_>>>()?;
    anyhow::ensure!(
        accepted.is_empty() || analyst.is_some(),
        "--accept needs --analyst NAME: somebody answers for what is accepted"
    );
    let expected_counts = expected.as_deref().map(read_expected).transpose()?;
    let written: Vec<PathBuf> = trail.iter().chain(report).cloned().collect();
    let source = remote::source(&job.landing, job.json)?;
    loses_nothing(job, &source, None, expected.as_deref())?;
    if let Some(path) = source.would_read(&written)? {
        anyhow::bail!("{} lies among the landing files. Choose a place outside of them", path.display());
    }
    let progress = Progress::default();
    let landing = read(job, &source, &progress)?;
    write_refused(job, &landing)?;
    let curation = curated(job, &landing, &recipe)?;
    let review = review(&landing, &curation, expected_counts.as_ref(), &Progress::default())?;
    let file = match trail {
        Some(path) => TrailFile::at(path),
        None => TrailFile::in_folder(&trail_folder()?),
    };
    let who = analyst.as_deref().unwrap_or_default();
    let mut trail = file.load()?;
    if !accepted.is_empty() {
        accepted.iter().try_for_each(|(_, reason)| names_nobody(&landing, who, reason))?;
        trail = file.add(|trail| accept_all(trail, &review, &accepted, who))?.0;
    }
    let open = review.open(&trail);
    if let Some(report) = report {
        let written_at = now();
        write_report(&landing, &curation, &review, &trail, written_at, report)?;
    }
    if job.json {
        writeln!(super::screen::out(), "{}", object(&review, &curation, &trail))?;
    } else {
        super::screen::out().write_all(text(&curation.recipe, &review, &trail, &open, &file).as_bytes())?;
    }
    let is_sound = open.is_empty() && !(job.strict && is_anything_refused(&landing));
    Ok(if is_sound { DONE } else { NOT_AS_IT_SHOULD_BE })
}

/// All or none.
pub(super) fn accept_all(
    trail: &mut Trail,
    review: &Review,
    accepted: &[(CheckId, String)],
    who: &str,
) -> Result<(), AcceptError> {
    accepted.iter().try_for_each(|(id, reason)| {
        if review.accepted(*id, trail).is_some_and(|entry| entry.reason == *reason && entry.who == who) {
            return Ok(());
        }
        trail.accept(review, *id, who, reason, now())
    })
}

pub(super) fn acceptance(text: &str) -> anyhow::Result<(CheckId, String)> {
    let (id, reason) = text.split_once('=').with_context(|| {
        format!(
            "--accept {text}: give the check and why it is acceptable, as in --accept foreign-pairs=\"only a demo\""
        )
    })?;
    let known = CheckId::ALL.into_iter().find(|check| check.name() == id.trim());
    let id = known.with_context(|| format!("--accept {id}: there is no such check; `review` lists them all"))?;
    Ok((id, reason.trim().to_owned()))
}

pub(super) fn trail_folder() -> anyhow::Result<PathBuf> {
    crate::app::trail_folder().context("there is no folder for the trail: HOME is not set. Give a file with --trail")
}

fn object(review: &Review, curation: &Curation, trail: &Trail) -> Value {
    let accepted = |check: &Check| {
        review
            .accepted(check.id, trail)
            .map(|entry: &Entry| json!({ "who": entry.who, "when": format::utc(entry.when), "reason": entry.reason }))
    };
    let checks: Vec<Value> = review
        .checks()
        .iter()
        .map(|check| {
            json!({
                "id": check.id.name(),
                "verdict": check.verdict.name(),
                "figure": check.figure.number,
                "threshold": check.threshold,
                "words": check.words,
                "accepted": accepted(check),
            })
        })
        .collect();
    let tables: serde_json::Map<String, Value> =
        Table::ALL.iter().map(|table| (table.name().to_owned(), json!(curation.rows(*table)))).collect();
    let signed_off = review.sign_off(trail, review.scope()).is_ok();
    let scope = review.scope();
    json!({
        "checks": checks,
        "tables": tables,
        "signed_off": signed_off,
        "recipe_hash": scope.recipe_hash,
        "landing_hash": scope.landing_hash,
    })
}

fn text(recipe: &Recipe, review: &Review, trail: &Trail, open: &[CheckId], file: &TrailFile) -> String {
    let mut text = String::new();
    let mut checks: Vec<&Check> = review.checks().iter().collect();
    let rank = |check: &&Check| match check.verdict {
        _ if open.contains(&check.id) => 0,
        CheckVerdict::Fail | CheckVerdict::Uncomputed => 1,
        CheckVerdict::Warn => 2,
        CheckVerdict::Pass => 3,
    };
    checks.sort_by_key(rank);
    // Writing to a text cannot fail.
    for check in &checks {
        let word = match rank(check) {
            0 => {
                if check.verdict == CheckVerdict::Fail {
                    "FAIL"
                } else {
                    "NOT COMPUTED"
                }
            }
            1 => "accepted",
            2 => "warning",
            _ => "pass",
        };
        writeln!(text, "{word:<13}{:<32}{}", check.id.name(), check.figure.words).ok();
        if check.verdict != CheckVerdict::Pass {
            writeln!(text, "{:13}{}", "", check.words).ok();
        }
        if open.contains(&check.id) {
            writeln!(text, "{:13}{}", "", advice(check, recipe)).ok();
        }
        if let Some(entry) = review.accepted(check.id, trail) {
            let when = format::utc(entry.when).unwrap_or_default();
            writeln!(text, "{:13}accepted by {} on {when}: {}", "", entry.who, entry.reason).ok();
        }
    }
    let count = |verdict| review.checks().iter().filter(|check| check.verdict == verdict).count() as u64;
    let failing = count(CheckVerdict::Fail) + count(CheckVerdict::Uncomputed);
    writeln!(
        text,
        "\n{}: {} pass, {} warn, {failing} failing, {} of them accepted.",
        counted(review.checks().len() as u64, "check"),
        count(CheckVerdict::Pass),
        count(CheckVerdict::Warn),
        failing - open.len() as u64,
    )
    .ok();
    for lapsed in review.lapsed(trail) {
        let id = lapsed.entry.check.map_or("a check", CheckId::name);
        writeln!(text, "The acceptance of {id} by {} has lapsed: {}.", lapsed.entry.who, lapsed.why()).ok();
    }
    match review.sign_off(trail, review.scope()) {
        Ok(_) => text.push_str("Nothing stands against an export of these tables.\n"),
        Err(error) => {
            writeln!(text, "Export is closed: {error}. Repair, or --accept ID=REASON --analyst NAME.").ok();
        }
    }
    writeln!(text, "The trail is {}.", file.path().display()).ok();
    text
}
