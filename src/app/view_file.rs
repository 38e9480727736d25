//! What is in sight of a table, saved as a file: by a worker, and never among the landing files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::domain::Progress;
use crate::domain::format::counted;
use crate::explore::Sheet;
use crate::export::{ExportError, TrailFile, write_view};
use crate::landing::Source;
use crate::review::{Review, SignedOff};
use crate::state::{FileChoice, Severity, Shown, Sight, Slot};

use super::App;
use super::finished::{flatten, notify};
use super::recipe_file::outside_of;
use super::work::Failure;

/// What to save.
#[derive(Clone, PartialEq)]
pub struct SaveViewRequest {
    /// Where.
    pub path: PathBuf,
    /// Rows and columns, masked or not.
    pub sight: Arc<Sight>,
    /// The landing files that are open by now; nothing may be written among them either.
    pub source: Option<Source>,
    /// What the training set was signed off by: looked at again when it is written, as it is on the disk then.
    pub gate: Option<Gate>,
}

/// A review, and where its trail is.
#[derive(Clone)]
pub struct Gate {
    review: Arc<Review>,
    trail: TrailFile,
}

impl PartialEq for Gate {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.review, &other.review) && self.trail == other.trail
    }
}

impl Gate {
    /// Whether somebody signed these figures, and nothing was taken back since.
    fn check(&self) -> Result<(), Failure> {
        let trail = self.trail.load().map_err(|error| not_saved(error.to_string()))?;
        let signed = self.review.sign_off(&trail, self.review.scope()).map_err(|error| not_saved(error.to_string()))?;
        signed.signed().map(drop).ok_or_else(|| not_saved(CLOSED.to_owned()))
    }
}

/// Why nothing of the training set is saved.
const CLOSED: &str = "the machine-learning table leaves only when its joins were reviewed and somebody signed. See the page \
                      Join review";

impl SaveViewRequest {
    /// Writes the file, whole or not at all, and says in a sentence what came to stand in it.
    ///
    /// # Errors
    /// What could not be saved, where and why.
    pub(super) fn carry_out(&self, progress: &Progress) -> Result<String, Failure> {
        let path = with_ending(&self.path).map_err(not_saved)?;
        for source in self.source.iter().chain([&self.sight.source]) {
            outside_of(source, &path).map_err(not_saved)?;
        }
        let Sight { look, columns, revealed, signed, .. } = self.sight.as_ref();
        if look.is_training_set() {
            let gate = self.gate.as_ref().filter(|_| signed.is_some());
            gate.ok_or_else(|| not_saved(CLOSED.to_owned()))?.check()?;
        }
        let is_internal = |&position: &usize| look.is_internal(position);
        let (kept, columns): (Vec<usize>, Vec<usize>) = columns.iter().copied().partition(is_internal);
        if columns.is_empty() {
            return Err(not_saved("no column that may be saved is in sight. Show one".to_owned()));
        }
        let sheet = Sheet { columns: &columns, ..self.sight.sheet() };
        let written = write_view(&sheet, &path, progress).map_err(|error| match error {
            ExportError::Cancelled(_) => Failure::Cancelled,
            error => not_saved(error.to_string()),
        })?;
        let (rows, columns) = (counted(written.rows, "row"), counted(written.columns as u64, "column"));
        let how = if *revealed { "with personal data as they are" } else { "masked as on the screen" };
        let mut words = format!("Saved {rows} and {columns} of {} to {}, {how}.", look.shown.name(), path.display());
        for name in kept.iter().filter_map(|&position| look.view.column(position)).map(|column| column.name) {
            words.push_str(&format!(" The column {name} is for checks only and in no file."));
        }
        if written.quoted > 0 {
            let texts = counted(written.quoted, "text");
            words.push_str(&format!(" An apostrophe stands before {texts} that a spreadsheet would run as a formula."));
        }
        Ok(words)
    }
}

impl App {
    /// Asks where to save what is in sight as it is now, whatever is shown when the answer comes.
    pub(super) fn save_view(&mut self) {
        let shown = self.state.choices().shown;
        if shown.table().is_none() && shown != Shown::Sql {
            return;
        }
        match self.state.sight() {
            Some(sight) if sight.look.is_training_set() && sight.signed.is_none() => {
                notify(&mut self.state, Severity::Warning, format!("Nothing was saved: {CLOSED}"));
            }
            Some(sight) => self.show_dialog(FileChoice::SaveView(Arc::new(sight))),
            None => {
                let words =
                    "There is nothing to save yet: the rows are being looked up. Save the view when they are there";
                notify(&mut self.state, Severity::Warning, words.to_owned());
            }
        }
    }

    /// Has it written. One at a time: a second would take the place of the first.
    pub(super) fn save_view_to(&mut self, path: PathBuf, sight: Arc<Sight>) {
        if self.workers.save_view.is_busy() {
            let words =
                "The view was not saved: another one is being saved. Wait for it, or stop it with Esc, and save again";
            notify(&mut self.state, Severity::Warning, words.to_owned());
            return;
        }
        let scope = |signed: Option<SignedOff>| signed.map(|signed| signed.scope().clone());
        if sight.look.is_training_set() && scope(sight.signed.clone()) != scope(self.state.review.signed_off()) {
            let words =
                "Nothing was saved: the review is another one than when saving was asked for. Save the view again";
            notify(&mut self.state, Severity::Warning, words.to_owned());
            return;
        }
        self.workers.save_view.forget();
        let gate = match &self.state.review.checks {
            Slot::Ready(review) => Some(Gate { review: Arc::clone(review), trail: self.settings.homes().trail }),
            _ => None,
        };
        self.workers.save_view.request(SaveViewRequest { path, sight, source: self.state.source.clone(), gate });
    }

    /// Says what became of it.
    pub(super) fn take_saved_views(&mut self) {
        while let Some((request, outcome)) = self.workers.save_view.poll() {
            self.workers.save_view.forget();
            match flatten(outcome) {
                Ok(words) => notify(&mut self.state, Severity::Information, words),
                Err(Failure::Cancelled) => {
                    let words = format!("Saving the view to {} was stopped.", request.path.display());
                    notify(&mut self.state, Severity::Information, words);
                }
                Err(Failure::Error(error)) => notify(&mut self.state, Severity::Error, error),
            }
        }
    }
}

fn not_saved(why: String) -> Failure {
    Failure::Error(format!("The view was not saved: {why}"))
}

/// A name without an ending is one for CSV. The dialog did not ask whether to replace a file that has it.
fn with_ending(path: &Path) -> Result<PathBuf, String> {
    if path.extension().is_some() {
        return Ok(path.to_owned());
    }
    let whole = path.with_extension("csv");
    if whole.exists() {
        return Err(format!("{} is there already. Choose it by its whole name to replace it", whole.display()));
    }
    Ok(whole)
}
