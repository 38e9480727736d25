//! What came of a job, for people and for programs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use serde::{Serialize, Serializer};

use crate::curation::{Curation, withdrawals};
use crate::domain::foreign::disarmed;
use crate::domain::format::{counted, difference, thousands};
use crate::domain::{Dataset, Table, TableCount};
use crate::landing::Landing;
use crate::review::Verdict;

use super::verdicts::{self, VerdictReport};

/// Prints one JSON object: the rows of each table in the order of the catalog, what was refused or dropped, how they
/// compare with the expected counts, and the seconds it took.
pub fn json(
    landing: &Landing,
    curation: &Curation,
    verdicts: Option<&[Verdict]>,
    timing: &Timing,
) -> anyhow::Result<()> {
    json_of(&Figures::of(landing, curation), verdicts, timing, None)
}

/// The same of figures, wherever they are from; `run` says where, if that is not here.
pub fn json_of(
    figures: &Figures<'_>,
    verdicts: Option<&[Verdict]>,
    timing: &Timing,
    run: Option<RunReport<'_>>,
) -> anyhow::Result<()> {
    let tables = Table::ALL.map(|table| (table.name(), TableReport::of(table, figures)));
    let mut out = super::screen::out();
    let withdrawn = figures.withdrawn.as_ref();
    let expected = verdicts.map(verdicts::report);
    let (tables, seconds) = (InOrder(tables.into()), timing.seconds());
    serde_json::to_writer(&mut out, &Report { tables, withdrawn, expected, seconds, timing, run })?;
    writeln!(out)?;
    Ok(())
}

/// What is reported of the tables.
pub struct Figures<'a> {
    /// The rows of each table, in the order of the catalog.
    pub rows: [u64; 8],
    /// The records of each data set that could not be read.
    pub refused: [u64; 3],
    /// How the derived tables came by their rows.
    pub counts: &'a [TableCount],
    /// How much of the list of withdrawn customers landed.
    pub withdrawn: Option<WithdrawnReport>,
}

impl<'a> Figures<'a> {
    fn of(landing: &Landing, curation: &'a Curation) -> Self {
        Self {
            rows: Table::ALL.map(|table| curation.rows(table)),
            refused: Dataset::ALL.map(|dataset| landing.refused(dataset)),
            counts: &curation.counts,
            withdrawn: WithdrawnReport::of(landing, curation),
        }
    }

    fn count(&self, table: Table) -> Option<&TableCount> {
        self.counts.iter().find(|count| count.table == table)
    }
}

/// A run on a Spark server.
#[derive(Clone, Copy, Serialize)]
#[cfg_attr(not(feature = "spark"), allow(dead_code, reason = "only what speaks to a server makes one"))]
pub struct RunReport<'a> {
    /// Spark's version.
    pub spark: &'a str,
    /// The run folder, as the server sees it; none if the rows were only counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<&'a str>,
}

/// How long each part of a job took, in seconds.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Timing {
    /// From landing files to typed columns.
    pub read_seconds: f64,
    /// From typed columns to the derived tables.
    pub curate_seconds: f64,
    /// From the derived tables to files on the disk.
    pub write_seconds: f64,
}

impl Timing {
    /// All of it.
    pub fn seconds(&self) -> f64 {
        self.read_seconds + self.curate_seconds + self.write_seconds
    }
}

#[derive(Serialize)]
struct Report<'a> {
    tables: InOrder<TableReport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn: Option<&'a WithdrawnReport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<InOrder<VerdictReport>>,
    seconds: f64,
    timing: &'a Timing,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<RunReport<'a>>,
}

/// How much of the list of withdrawn customers landed; none without a list.
#[derive(Serialize)]
pub struct WithdrawnReport {
    pub listed: u64,
    pub matched: u64,
    pub customers: u64,
}

impl WithdrawnReport {
    fn of(landing: &Landing, curation: &Curation) -> Option<Self> {
        let list = &curation.recipe.withdrawn;
        if list.is_empty() {
            return None;
        }
        let found = withdrawals(landing, list);
        Some(Self { listed: found.listed, matched: found.matched, customers: found.customers })
    }
}

#[derive(Serialize)]
struct TableReport {
    rows: u64,
    /// Records that could not be read, of a landing table.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<u64>,
    #[serde(flatten)]
    change: Option<Change>,
}

/// What a derived table is against the one that it is made from.
#[derive(Serialize)]
struct Change {
    source: &'static str,
    dropped: InOrder<u64>,
    added: u64,
}

impl TableReport {
    fn of(table: Table, figures: &Figures<'_>) -> Self {
        let change = figures.count(table).map(|count| {
            let dropped = count.steps.iter().filter(|step| step.dropped > 0);
            Change {
                source: count.source.name(),
                dropped: InOrder(dropped.map(|step| (step.reason.label(), step.dropped)).collect()),
                added: count.added(),
            }
        });
        let refused = table.dataset().map(|dataset| figures.refused[dataset.index()]);
        Self { rows: figures.rows[table.index()], refused, change }
    }
}

/// An object whose keys keep their order.
pub struct InOrder<T>(pub Vec<(&'static str, T)>);

impl<T: Serialize> Serialize for InOrder<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

/// Prints a table for people on standard output, and what was refused on standard error.
pub fn text(landing: &Landing, curation: &Curation, out: Option<&Path>, seconds: f64) -> anyhow::Result<()> {
    let mut text = figures_in_words(&Figures::of(landing, curation))?;
    if let Some(out) = out {
        writeln!(text, "Five tables were written to {} in {seconds:.2} s.", out.display())?;
    }
    super::screen::out().write_all(text.as_bytes())?;
    super::screen::err().write_all(remarks(landing)?.as_bytes())?;
    if out.is_some() {
        super::screen::err().write_all(NOT_REVIEWED.as_bytes())?;
    }
    Ok(())
}

/// What is said of tables that were written.
pub const NOT_REVIEWED: &str =
    "! Nobody has reviewed the joins: `stedi-workbench review` says whether the training set may leave.\n";

/// A line for each table.
pub fn figures_in_words(figures: &Figures<'_>) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    for table in Table::ALL {
        let rows = thousands(figures.rows[table.index()]);
        write!(text, "{:<26}{rows:>14}", table.name())?;
        if let Some(dataset) = table.dataset() {
            let refused = figures.refused[dataset.index()];
            if refused > 0 {
                write!(text, "    {} refused", counted(refused, "record"))?;
            }
        }
        if let Some(count) = figures.count(table) {
            write!(text, "{:>12} against {}", difference(count.rows_in, count.rows), count.source.name())?;
            let mut words = vec![];
            for step in &count.steps {
                if step.dropped > 0 {
                    words.push(format!("−{} {}", thousands(step.dropped), step.reason.label()));
                }
                if step.added > 0 {
                    words.push(format!("+{} found more than one partner", thousands(step.added)));
                }
            }
            if !words.is_empty() {
                write!(text, ": {}", words.join(", "))?;
            }
        }
        text.push('\n');
    }
    if let Some(WithdrawnReport { listed, matched, customers }) = figures.withdrawn {
        let customers = counted(customers, "customer");
        writeln!(
            text,
            "{} of {} entries of the list of withdrawn customers landed: {customers} left out.",
            thousands(matched),
            thousands(listed)
        )?;
    }
    Ok(text)
}

/// The remarks on the delivery, and how many records were refused for which reason.
fn remarks(landing: &Landing) -> anyhow::Result<String> {
    const MOST: usize = 20;
    let mut text = String::new();
    for finding in landing.findings.iter().take(MOST) {
        writeln!(text, "! {finding}")?;
    }
    if landing.findings.len() > MOST {
        let more = (landing.findings.len() - MOST) as u64;
        writeln!(text, "! And {}; the window lists them all.", counted(more, "more remark"))?;
    }
    let mut reasons = BTreeMap::<String, u64>::new();
    for refused in &landing.refused {
        *reasons.entry(refused.reason.to_string()).or_default() += 1;
    }
    for (reason, count) in reasons.iter().take(MOST) {
        writeln!(text, "! {} refused: {reason}.", counted(*count, "record"))?;
    }
    if !reasons.is_empty() {
        text.push_str("  --refused FILE.csv lists every refused record with file, offset and length.\n");
    }
    Ok(text)
}

/// Every refused record: where it lies and why, never what it says.
pub fn refused_csv(landing: &Landing) -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(vec![]);
    writer.write_record(["file", "dataset", "offset", "length", "reason"])?;
    for refused in &landing.refused {
        let file = landing.files.get(refused.file as usize).map_or("", |file| file.name.as_str());
        let dataset = refused.dataset.map_or("", Dataset::name);
        let (offset, length) = (refused.offset.to_string(), refused.length.to_string());
        writer.write_record([&disarmed(file), dataset, &offset, &length, &refused.reason.to_string()])?;
    }
    Ok(writer.into_inner()?)
}
