//! `lakehouse`: a kit with which Spark makes the same tables, and Athena looks at them.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;

use crate::app::write_kit;
use crate::curation::curate;
use crate::domain::{Progress, Table};
use crate::lakehouse::{Engine, Kit, limits};

use super::DONE;
use super::arguments::Job;
use super::curate::{is_anything_refused, loses_nothing, read, recipe, write_refused};
use super::remote;

const EXAMPLES: &str = "Examples:
  stedi-workbench lakehouse landing/ --recipe recipe.json --out kit/
  stedi-workbench lakehouse landing/ --join owner --consent-date --out kit/
  spark-submit kit/job.py --landing landing/ --out zones/";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct LakehouseArguments {
    #[command(flatten)]
    job: Job,
    /// The folder of the kit; it must not be there yet
    #[arg(long, value_name = "KIT")]
    out: PathBuf,
}

/// Writes the kit, after it said what the engines do otherwise. Gives the exit code.
pub fn run(arguments: &LakehouseArguments) -> anyhow::Result<u8> {
    let job = &arguments.job;
    let source = remote::source(&job.landing, job.json)?;
    remote::only_here([&arguments.out])?;
    let recipe = recipe(job)?;
    anyhow::ensure!(
        std::fs::symlink_metadata(&arguments.out).is_err(),
        "{} is there already, and a kit never takes the place of something. Choose another folder",
        arguments.out.display()
    );
    if let Some(path) = source.would_read(std::slice::from_ref(&arguments.out))? {
        anyhow::bail!("{} lies among the landing files. Choose a folder outside of them", path.display());
    }
    loses_nothing(job, &source, None, None)?;
    let said = Engine::ALL.map(|engine| (engine, limits(&recipe, engine)));
    let mut out = super::screen::out();
    if !job.json {
        writeln!(out, "{}", recipe.in_words())?;
        for (engine, limits) in &said {
            for limit in limits {
                writeln!(out, "! {}: {limit}", engine.title())?;
            }
        }
    }
    let landing = read(job, &source, &Progress::default())?;
    let curation = curate(&landing, &recipe, &Progress::default())?;
    write_refused(job, &landing)?;
    let counts = Table::ALL.map(|table| (table, curation.rows(table)));
    let kit = Kit::new(&recipe, &counts);
    write_kit(&kit, &arguments.out)?;
    let is_refused = is_anything_refused(&landing);
    if job.json {
        let limits: serde_json::Map<String, serde_json::Value> =
            said.iter().map(|(engine, limits)| (engine.title().to_lowercase(), serde_json::json!(limits))).collect();
        let rows: serde_json::Map<String, serde_json::Value> =
            counts.iter().map(|(table, rows)| (table.name().to_owned(), serde_json::json!(rows))).collect();
        let names: Vec<&str> = kit.files.iter().map(|file| file.name.as_str()).collect();
        let report =
            serde_json::json!({ "expected": rows, "files": names, "limits": limits, "refused_here": is_refused });
        writeln!(out, "{report}")?;
    } else {
        writeln!(
            out,
            "{} files were written to {}; its README.md says how to run it.",
            kit.files.len(),
            arguments.out.display()
        )?;
        if is_refused {
            writeln!(
                super::screen::err(),
                "! Records of these landing files were refused here. The job stops at such records and writes nothing."
            )?;
        }
    }
    Ok(if job.strict && is_refused { super::curate::NOT_AS_IT_SHOULD_BE } else { DONE })
}
