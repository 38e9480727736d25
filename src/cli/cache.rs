//! `cache`: what is kept of what was read.

use std::io::Write as _;

use anyhow::Context as _;
use clap::Args;
use serde_json::json;

use crate::app::Settings;
use crate::domain::format::{bytes, counted};

use super::DONE;
use super::arguments::size;
use super::examples::CACHE_EXAMPLES;

/// What to do with what is kept.
#[derive(Debug, Args)]
#[command(after_help = CACHE_EXAMPLES)]
pub struct CacheArguments {
    /// Throw away everything that is kept
    #[arg(long)]
    pub clear: bool,
    /// Keep at most so much: a number of bytes, or one with KB, MB, GB or TB; 0 keeps nothing
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub limit: Option<u64>,
    /// Print one JSON object, and nothing else
    #[arg(long)]
    pub json: bool,
}

/// Shows, limits or clears it. Gives the exit code.
pub fn run(arguments: &CacheArguments) -> anyhow::Result<u8> {
    let settings = Settings::at_home();
    if let Some(limit) = arguments.limit {
        settings.limit_cache(limit).map_err(anyhow::Error::msg)?;
    }
    let cache = settings.cache().context("this system has no folder for what is kept")?;
    let failed = || format!("{}", cache.folder().display());
    if arguments.clear || cache.limit() == 0 {
        cache.clear().with_context(failed)?;
    } else if cache.kept().bytes > cache.limit() {
        cache.shrink().with_context(failed)?;
    }
    let kept = cache.kept();
    let folder = cache.folder().display().to_string();
    let mut out = super::screen::out();
    if arguments.json {
        let object = json!({ "folder": folder, "files": kept.entries, "bytes": kept.bytes, "limit": cache.limit() });
        writeln!(out, "{object}")?;
    } else {
        let (files, size) = (counted(kept.entries, "file"), bytes(kept.bytes));
        writeln!(out, "{folder}\n{size} of at most {} are kept, of {files} read.", bytes(cache.limit()))?;
    }
    Ok(DONE)
}
