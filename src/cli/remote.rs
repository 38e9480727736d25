//! Landing files that are fetched, and tables and exports that are sent, on S3.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;

use super::curate::with_bar_of;
use crate::app::Settings;
use crate::domain::Progress;
use crate::landing::{self, Shelf, Source};
use crate::s3::{self, Address, Seal, is_address};

const FETCHING: &str = "fetching {bar:30} {bytes} of {total_bytes} {eta}";
const SENDING: &str = "sending {bar:30} {bytes} of {total_bytes} {eta}";

/// The landing files that were named, fetched if they are on S3.
pub fn source(paths: &[PathBuf], is_quiet: bool) -> anyhow::Result<Source> {
    let source = super::source(paths.to_vec()).context("no landing files were named")?;
    if !paths.iter().any(|path| is_address(path)) {
        return Ok(source);
    }
    let progress = Progress::default();
    let aside = Settings::at_home().aside_folder();
    Ok(while_stoppable(&progress, || {
        with_bar_of(is_quiet, FETCHING, &progress, || landing::fetch(source, &aside, &progress))
    })?)
}

/// Only landing files, tables and exports may be on S3.
pub fn only_here<'a>(paths: impl IntoIterator<Item = &'a PathBuf>) -> anyhow::Result<()> {
    if paths.into_iter().any(|path| is_address(path)) {
        anyhow::bail!(
            "on S3 may be landing files, and the --out of curate and export. Give a path on this machine for the rest"
        );
    }
    Ok(())
}

/// Where something is written: a folder, or one from which it is sent when it is whole.
pub struct Target {
    /// As it was named.
    pub named: PathBuf,
    /// Where it is written.
    pub folder: PathBuf,
    remote: Option<(Address, Arc<Shelf>)>,
}

impl Target {
    /// Gets a place ready. On S3 it must be empty, which is found out before any work is done for it.
    pub fn at(named: &Path, seal: Seal, landing: &[PathBuf]) -> anyhow::Result<Self> {
        if !is_address(named) {
            return Ok(Self::nowhere(named));
        }
        let address = Address::parse(named)?;
        let read = landing.iter().filter(|path| is_address(path)).filter_map(|path| Address::parse(path).ok());
        if read.into_iter().any(|read| read.holds(&address)) {
            anyhow::bail!("{address} lies among the landing files. Choose a place outside of them");
        }
        let progress = Progress::default();
        while_stoppable(&progress, || s3::is_free(&address, seal, &progress))?;
        let aside = Settings::at_home().aside_folder();
        let shelf = Shelf::below(&aside).with_context(|| format!("nothing can be put aside in {}", aside.display()))?;
        let folder = shelf.folder().join("out");
        Ok(Self { named: named.to_owned(), folder, remote: Some((address, shelf)) })
    }

    /// A place that nothing will be written to.
    pub fn nowhere(named: &Path) -> Self {
        Self { named: named.to_owned(), folder: named.to_owned(), remote: None }
    }

    /// Whether it is on S3.
    pub fn is_remote(&self) -> bool {
        self.remote.is_some()
    }

    /// Sends what was written, if it is to be sent.
    pub fn send(&self, seal: Seal, is_quiet: bool) -> anyhow::Result<()> {
        let Some((address, _)) = &self.remote else { return Ok(()) };
        let progress = Progress::default();
        Ok(while_stoppable(&progress, || {
            with_bar_of(is_quiet, SENDING, &progress, || s3::send(&self.folder, address, seal, &progress))
        })?)
    }
}

/// Does work that cleans up when it is stopped: Ctrl+C stops it meanwhile, and does not end the program at once.
#[cfg(feature = "s3")]
fn while_stoppable<T>(progress: &Progress, work: impl FnOnce() -> T) -> T {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicBool, Ordering};

    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::{flag, low_level};

    /// Nothing is to be cleaned up, so that signals do what they always do.
    static IDLE: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    let idle = IDLE.get_or_init(|| {
        let idle = Arc::new(AtomicBool::new(true));
        for signal in [SIGINT, SIGTERM] {
            // Where it cannot be registered, the signal ends the program, and the seal is missing.
            flag::register_conditional_default(signal, Arc::clone(&idle)).ok();
        }
        idle
    });
    idle.store(false, Ordering::SeqCst);
    let registered: Vec<_> =
        [SIGINT, SIGTERM].into_iter().filter_map(|signal| flag::register(signal, progress.stop()).ok()).collect();
    let done = work();
    for id in registered {
        low_level::unregister(id);
    }
    idle.store(true, Ordering::SeqCst);
    done
}

#[cfg(not(feature = "s3"))]
fn while_stoppable<T>(_: &Progress, work: impl FnOnce() -> T) -> T {
    work()
}
