//! What the count doctor says, for people and for programs.

use std::fmt::Write as _;
use std::io::Write as _;

use serde::Serialize;

use crate::domain::format::thousands;
use crate::review::{Diagnosis, Verdict};

use super::report::InOrder;

/// One verdict as JSON.
#[derive(Serialize)]
pub struct VerdictReport {
    expected: u64,
    found: u64,
    agrees: bool,
    /// The mistakes that give the expected count on this data.
    mistakes: Vec<DiagnosisReport>,
}

#[derive(Serialize)]
struct DiagnosisReport {
    id: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    and: Vec<&'static str>,
    what: String,
    todo: String,
    count: u64,
}

/// The verdicts by table.
pub fn report(verdicts: &[Verdict]) -> InOrder<VerdictReport> {
    let mistake = |diagnosis: &Diagnosis| DiagnosisReport {
        id: diagnosis.id,
        and: diagnosis.and.clone(),
        what: diagnosis.what.clone(),
        todo: diagnosis.todo.clone(),
        count: diagnosis.count,
    };
    let verdict = |verdict: &Verdict| VerdictReport {
        expected: verdict.expected,
        found: verdict.found,
        agrees: verdict.agrees(),
        mistakes: verdict.mistakes.iter().map(mistake).collect(),
    };
    InOrder(verdicts.iter().map(|one| (one.table.name(), verdict(one))).collect())
}

/// Prints the verdicts on standard output.
pub fn text(verdicts: &[Verdict]) -> anyhow::Result<()> {
    let mut text = String::new();
    for verdict in verdicts {
        let (name, expected) = (verdict.table.name(), thousands(verdict.expected));
        if verdict.agrees() {
            writeln!(text, "{name}: {expected} as expected.")?;
            for mistake in &verdict.mistakes {
                writeln!(text, "  It proves little, a wrong rule gives the same ({}): {}", mistake.id, mistake.what)?;
            }
            continue;
        }
        writeln!(text, "{name}: {expected} expected, but it has {}.", thousands(verdict.found))?;
        for mistake in &verdict.mistakes {
            let ids = mistake.and.iter().chain([&mistake.id]).copied().collect::<Vec<_>>().join(" + ");
            writeln!(text, "  {expected} is what comes of this ({ids}): {} {}", mistake.what, mistake.todo)?;
        }
        if verdict.mistakes.is_empty() {
            text.push_str(
                "  No known mistake gives the expected count on this data. Are these the same landing files?\n",
            );
        }
    }
    super::screen::out().write_all(text.as_bytes())?;
    Ok(())
}
