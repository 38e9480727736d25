//! `manual`: the pages of the manual, made of what `--help` says.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, CommandFactory as _};

use super::DONE;
use super::arguments::Arguments;

/// Where to.
#[derive(Debug, Args)]
pub struct ManualArguments {
    /// The folder for the pages, which must be there
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

/// Writes a page for the program and one for each command. Gives the exit code.
pub fn run(arguments: &ManualArguments) -> anyhow::Result<u8> {
    let place = || format!("the manual cannot be written to {}", arguments.out.display());
    clap_mangen::generate_to(Arguments::command().flatten_help(false), &arguments.out).with_context(place)?;
    Ok(DONE)
}
