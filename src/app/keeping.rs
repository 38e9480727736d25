//! Keeps what was read for the next time, and reads again what changes in the folder that is open.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::domain::Progress;
use crate::domain::format::counted;
use crate::jobs::{self, Outcome};
use crate::landing::{Cache, Kept, Landing, Seen, Source, Unkept};
use crate::state::{Command, Severity};

use super::App;
use super::finished::{DIED, done, notify};

/// What is to be done with what is kept.
#[derive(Clone)]
pub struct KeepRequest {
    pub cache: Cache,
    pub what: Keep,
}

#[derive(Clone)]
pub enum Keep {
    /// Keep this as well.
    This(Arc<Unkept>),
    /// Let go of what is over the limit.
    Less,
    /// Throw everything away.
    Nothing,
}

impl PartialEq for KeepRequest {
    /// Each is to be carried out, however alike two are.
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

/// A folder whose changes are waited for, as it was.
#[derive(Clone, PartialEq)]
pub struct WatchRequest {
    pub source: Source,
    pub seen: Seen,
}

/// Carries it out, and says how much is kept then.
///
/// # Errors
/// A sentence that says what could not be done, where and why.
pub fn keep(request: &KeepRequest, progress: &Progress) -> Result<Kept, String> {
    let KeepRequest { cache, what } = request;
    let done = match what {
        Keep::This(unkept) => cache.keep(unkept, progress),
        Keep::Less if cache.kept() == Kept::default() => Ok(()),
        Keep::Less => cache.shrink(),
        Keep::Nothing => cache.clear(),
    };
    done.map_err(|error| {
        format!("What was read could not be kept; it will be read again: {}: {error}", cache.folder().display())
    })?;
    Ok(cache.kept())
}

/// Waits until something in the folder is no longer as it was, and has stayed as it is then for a moment: a file that is
/// being written is left to its writer. Looking takes a fiftieth of the time at most. A store is asked less often than a disk,
/// as each list is paid for.
pub fn watch(request: &WatchRequest, progress: &Progress) {
    const EVERY: Duration = Duration::from_secs(1);
    const EVERY_REMOTE: Duration = Duration::from_secs(10);
    const MOST: u32 = 50;
    let is_remote = request.source.is_remote();
    let every = if is_remote { EVERY_REMOTE } else { EVERY };
    let mut before = request.seen.clone();
    if is_remote && jobs::wait(every, progress).is_err() {
        return;
    }
    loop {
        let started = Instant::now();
        let now = Seen::of(&request.source, progress);
        let wait = every.max(started.elapsed() * MOST);
        match now {
            Some(now) if now == before && now != request.seen => return,
            Some(now) => before = now,
            // It is gone for now. What was read stays in sight.
            None => {}
        }
        if jobs::wait(wait, progress).is_err() {
            return;
        }
    }
}

impl App {
    /// The cache, unless nothing is to be kept.
    pub(super) fn cache(&self) -> Option<Cache> {
        let state = &self.state.cache;
        state.folder.clone().filter(|_| state.limit > 0).map(|folder| Cache::at(folder, state.limit))
    }

    /// Has something done with what is kept. It takes the place of what is being done with it, if something is.
    pub(super) fn keep(&self, what: Keep) {
        let state = &self.state.cache;
        if let Some(folder) = state.folder.clone() {
            self.workers.keep.request(KeepRequest { cache: Cache::at(folder, state.limit), what });
        }
    }

    /// Has what was read kept, says what was not read again, and waits for changes.
    pub(super) fn after_reading(&mut self, landing: &Landing, unkept: &Arc<Unkept>, seen: Option<Seen>, again: bool) {
        if !unkept.is_empty() {
            self.keep(Keep::This(Arc::clone(unkept)));
        } else if !self.workers.keep.is_busy() {
            self.keep(Keep::Less);
        }
        if again {
            let files = landing.files.len() as u64;
            let read = counted(files - landing.known_files, "file");
            let text = format!("The folder changed: {read} read, {} as before.", landing.known_files);
            notify(&mut self.state, Severity::Information, text);
        }
        self.seen = seen.map(|seen| WatchRequest { source: landing.source.clone(), seen });
        self.watch();
    }

    /// Waits for changes of what is open, or no longer.
    pub(super) fn watch(&self) {
        match &self.seen {
            Some(request) if self.state.watches => self.workers.watch.request(request.clone()),
            _ => self.workers.watch.cancel(),
        }
    }

    /// Takes in how much is kept, and reads again what changed.
    pub(super) fn take_kept(&mut self) {
        while let Some((_, outcome)) = self.workers.keep.poll() {
            if let Some(kept) = done(&mut self.state, Severity::Warning, outcome) {
                self.state.cache.kept = kept;
            }
        }
        while let Some((request, outcome)) = self.workers.watch.poll() {
            let is_open = self.seen.as_ref() == Some(&request);
            if outcome == Outcome::Died {
                // What changes from now on would be missed in silence.
                notify(&mut self.state, Severity::Error, DIED.to_owned());
            }
            if matches!(outcome, Outcome::Done(())) && is_open && !self.workers.load.is_busy() {
                self.again = true;
                self.commands.push(Command::Reload);
            }
        }
    }
}
