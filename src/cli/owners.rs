//! `owners`: whose device it is, by the instants that it shares with the phones.

use std::fmt::Write as _;
use std::io::Write as _;

use serde_json::json;

use crate::curation::owners::METHOD;
use crate::curation::{Finding, OwnerFindings, curate};
use crate::domain::foreign::disarmed;
use crate::domain::format::{counted, thousands};
use crate::domain::{JoinRule, Progress, Recipe};
use crate::export::write_own_file;

use super::DONE;
use super::arguments::OwnersArguments;
use super::curate::{NOT_AS_IT_SHOULD_BE, is_anything_refused, loses_nothing, read, recipe, write_refused};
use super::remote::{self, only_here};

/// Prints the summary and writes the assignment if asked to. Gives the exit code.
pub fn run(arguments: &OwnersArguments) -> anyhow::Result<u8> {
    let OwnersArguments { job, reveal, out } = arguments;
    anyhow::ensure!(
        out.is_none() || *reveal,
        "the assignment says which customer has which device, with their e-mail addresses. Say --reveal if that is wanted"
    );
    only_here(job.recipe.iter().chain(&job.withdrawn).chain(&job.refused).chain(out))?;
    // Whose a device is does not depend on how readings are joined.
    let recipe = Recipe { join: JoinRule::Owner, ..recipe(job)? };
    let source = remote::source(&job.landing, job.json)?;
    loses_nothing(job, &source, None, None)?;
    if let Some(out) = out
        && let Some(path) = source.would_read(std::slice::from_ref(out))?
    {
        anyhow::bail!("{} lies among the landing files. Choose a file outside of them", path.display());
    }
    let progress = Progress::default();
    let landing = read(job, &source, &progress)?;
    write_refused(job, &landing)?;
    let curation = curate(&landing, &recipe, &Progress::default())?;
    let findings = curation.infer_owners(&Progress::default())?;
    if let Some(out) = out {
        write_own_file(out, &csv(&findings)?)?;
    }
    let mut stdout = super::screen::out();
    if job.json {
        let summary = findings.summary;
        let object = json!({
            "devices": summary.devices,
            "confirmed": summary.confirmed,
            "ambiguous": summary.ambiguous,
            "contradicting": summary.contradicting,
            "without_evidence": summary.without_evidence,
            "assigned": summary.assigned,
            "clock_offset": summary.offset,
        });
        writeln!(stdout, "{object}")?;
    } else {
        stdout.write_all(text(&findings, out.as_deref()).as_bytes())?;
    }
    Ok(if job.strict && is_anything_refused(&landing) { NOT_AS_IT_SHOULD_BE } else { DONE })
}

fn text(findings: &OwnerFindings, out: Option<&std::path::Path>) -> String {
    let summary = findings.summary;
    let mut text = String::new();
    for (number, words) in [
        (summary.devices, "devices sent distances"),
        (summary.confirmed, "confirmed: one phone shares their instants, clearly"),
        (
            summary.contradicting,
            "contradict the record: as clear, but their serial number is on another customer's record",
        ),
        (summary.ambiguous, "ambiguous: several phones share their instants"),
        (summary.without_evidence, "no evidence: no phone shares enough of their instants"),
    ] {
        // Writing to a text cannot fail.
        writeln!(text, "{:>12}  {words}", thousands(number)).ok();
    }
    if summary.offset > 0 {
        let devices = counted(summary.offset, "device");
        writeln!(text, "{devices} with an owner by a clock that is some seconds off.").ok();
    }
    writeln!(text, "\n{METHOD}").ok();
    if let Some(out) = out {
        writeln!(text, "\nThe assignment was written to {}. It says who somebody is.", out.display()).ok();
    }
    text
}

/// The assignment: every device with whom the evidence points to, if to anybody.
fn csv(findings: &OwnerFindings) -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(vec![]);
    let titles = ["serialnumber", "email", "shared_instants", "runner_up_instants", "probability", "verdict"];
    writer.write_record(titles)?;
    for finding in &findings.findings {
        let Finding { serial, best, runner_up, verdict, .. } = finding;
        let shared = best.as_ref().map_or(0, |best| best.shared).to_string();
        let runner_up = runner_up.as_ref().map_or(0, |runner_up| runner_up.shared).to_string();
        let probability = best.as_ref().map_or_else(|| "1".to_owned(), |best| best.chance());
        let email = finding.owner().map_or("", |owner| owner);
        writer.write_record([
            disarmed(serial).as_ref(),
            &disarmed(email),
            &shared,
            &runner_up,
            &probability,
            verdict.name(),
        ])?;
    }
    Ok(writer.into_inner()?)
}
