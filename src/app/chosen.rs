//! What is chosen in a table, added up and copied: little of it at once, more by a worker.

use std::sync::Arc;

use crate::domain::format::{counted, thousands};
use crate::domain::{Cancelled, Progress};
use crate::explore::{Selection, Sums};
use crate::state::{Severity, Sight, Slot};

use super::App;
use super::finished::{flatten, notify};
use super::work::Failure;

/// The most cells that a frame looks at.
const AT_ONCE: u64 = 2_000;
/// The most cells that are copied; more would be more than whatever they are pasted into takes.
const MOST_COPIED: u64 = 2_000_000;

/// Cells that are chosen.
#[derive(Clone, PartialEq)]
pub struct Chosen {
    sight: Arc<Sight>,
    selection: Selection,
}

/// What to copy.
#[derive(Clone, PartialEq)]
pub struct CopyRequest {
    chosen: Chosen,
    /// The titles of the columns come first.
    titles: bool,
}

impl Chosen {
    /// Adds them up.
    ///
    /// # Errors
    /// When cancelled.
    pub(super) fn add_up(&self, progress: &Progress) -> Result<Sums, Cancelled> {
        self.sight.sheet().add_up(&self.selection, progress)
    }

    fn count(&self) -> u64 {
        self.sight.sheet().count_chosen(&self.selection)
    }
}

impl CopyRequest {
    /// The text for the clipboard.
    ///
    /// # Errors
    /// When cancelled.
    pub(super) fn carry_out(&self, progress: &Progress) -> Result<String, Cancelled> {
        self.chosen.sight.sheet().copied(&self.chosen.selection, self.titles, progress)
    }
}

impl App {
    /// Has what is chosen added up, unless it is or was asked for last.
    pub(super) fn add_up(&mut self) {
        let wanted = self.chosen();
        if self.page.added_up == wanted {
            return;
        }
        self.page.add_up.cancel();
        self.state.sums = match &wanted {
            None => Slot::Empty,
            Some(chosen) if chosen.count() <= AT_ONCE => {
                chosen.add_up(&Progress::default()).map_or(Slot::Empty, Slot::Ready)
            }
            Some(chosen) => {
                self.page.add_up.request(chosen.clone());
                Slot::Loading(None)
            }
        };
        self.page.added_up = wanted;
    }

    /// Puts what is chosen on the clipboard, or says why it does not.
    pub(super) fn copy(&mut self, titles: bool, context: &egui::Context) {
        let Some(chosen) = self.chosen() else { return };
        let cells = chosen.count();
        if cells > MOST_COPIED {
            let words = format!(
                "Nothing was copied: {} are chosen, and no more than {} are copied at once. \
                 \"Save this view…\" (Ctrl+E) writes any number of rows to a file",
                counted(cells, "cell"),
                thousands(MOST_COPIED)
            );
            notify(&mut self.state, Severity::Warning, words);
            return;
        }
        self.workers.copy.cancel();
        let request = CopyRequest { chosen, titles };
        if cells > AT_ONCE {
            self.workers.copy.request(request);
        } else if let Ok(text) = request.carry_out(&Progress::default()) {
            self.put(text, cells, context);
        }
    }

    fn put(&mut self, text: String, cells: u64, context: &egui::Context) {
        context.copy_text(text);
        self.tell(format!("Copied {}", counted(cells, "cell")));
    }

    /// Takes in what was added up and what is to be copied.
    pub(super) fn take_chosen(&mut self, context: &egui::Context) {
        while let Some((chosen, outcome)) = self.page.add_up.poll() {
            // What was chosen before that is nobody's concern any more.
            if self.page.added_up.as_ref() != Some(&chosen) || self.page.add_up.is_busy() {
                continue;
            }
            match flatten(outcome) {
                Ok(sums) => self.state.sums = Slot::Ready(sums),
                Err(Failure::Cancelled) => self.state.sums.give_up(),
                Err(Failure::Error(error)) => self.state.sums.fail(error),
            }
        }
        while let Some((request, outcome)) = self.workers.copy.poll() {
            self.workers.copy.forget();
            match flatten(outcome) {
                Ok(text) => self.put(text, request.chosen.count(), context),
                Err(Failure::Cancelled) => {
                    let words = "Copying was stopped; the clipboard is as it was.";
                    notify(&mut self.state, Severity::Information, words.to_owned());
                }
                Err(Failure::Error(error)) => notify(&mut self.state, Severity::Error, error),
            }
        }
    }

    fn chosen(&self) -> Option<Chosen> {
        let selection = self.state.choices().selection()?;
        Some(Chosen { sight: Arc::new(self.state.sight()?), selection })
    }
}
