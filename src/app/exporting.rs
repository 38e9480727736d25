//! Keeps the page of the exports what tables and choices make it, and carries out what it asks for.

use std::path::PathBuf;
use std::sync::Arc;

use crate::domain::Withdrawn;
use crate::domain::format::counted;
use crate::jobs::Outcome;
use crate::state::{ExportOutcome, FileChoice, Severity, Shown, Slot, TablesOf};

use super::export_work::{ExportRequest, NotWritten, PastRequest, PreviewRequest, ProveAnswer, ProveRequest};
use super::finished::{ask_for, flatten, notify, settle};
use super::work::{Curated, Failure};
use super::{App, settings};

/// What was asked for last.
#[derive(Default)]
pub struct AskedOfExport {
    preview: Option<PreviewRequest>,
    past: bool,
    /// Who is to be looked for again in the exports, once their list is there.
    search_again: Option<Withdrawn>,
    /// What is looked for now was looked for before.
    searches_quietly: bool,
    /// Whom the recipe had withdrawn when the exports were searched for them last.
    looked_for: Option<Withdrawn>,
}

impl App {
    /// Asks for what the page shows, while it is shown.
    pub(super) fn look_at_export(&mut self) {
        if !self.state.shows(Shown::Export) {
            return;
        }
        // A new request would take the place of one that forgets an export, so it waits.
        if !self.exported.past && !self.workers.past.is_busy() {
            self.exported.past = true;
            self.state.exporting.past.begin();
            self.workers.past.forget();
            self.workers.past.request(PastRequest::List);
        }
        self.look_for_withdrawn();
        let Some(of) = self.curated() else { return };
        let export = &self.state.choices().export;
        let request = PreviewRequest { of, packaging: export.packaging.clone(), sides: export.sides.clone() };
        let slot = &mut self.state.exporting.preview;
        ask_for(Some(request), &mut self.exported.preview, &self.workers.preview, slot);
    }

    /// Looks for the recipe's withdrawals in the exports that were made, unasked: whoever took somebody out of the tables has to
    /// know who else has them.
    fn look_for_withdrawn(&mut self) {
        let Slot::Ready(past) = &self.state.exporting.past else { return };
        let list = &self.state.choices().recipe.withdrawn;
        if list.is_empty() {
            // What was found of those who are on it no longer says nothing of the recipe in force.
            let searched = &mut self.state.exporting.searched;
            let of = self.exported.looked_for.take();
            if of.is_some() && searched.value().map(|searched| &searched.list) == of.as_ref() {
                *searched = Slot::Empty;
            }
            return;
        }
        if past.is_empty() || !self.may_prove() {
            return;
        }
        let list = list.clone();
        if self.exported.looked_for.replace(list.clone()).as_ref() != Some(&list) {
            self.search_exports(list);
        }
    }

    /// Looks for somebody in the exports once their list is there, as was done before the window was closed.
    pub(super) fn look_for_again(&mut self, list: Withdrawn) {
        self.exported.looked_for = Some(self.state.choices().recipe.withdrawn.clone()).filter(|list| !list.is_empty());
        self.exported.search_again = Some(list);
    }

    /// What landed and what was made of it, if that is ready.
    fn curated(&self) -> Option<Curated> {
        let (Some(loaded), Slot::Ready(curation)) = (self.state.landing.value(), &self.state.curation) else {
            return None;
        };
        Some(Curated { landing: Arc::clone(&loaded.landing), curation: Arc::clone(curation) })
    }

    /// Has the export written. One at a time.
    pub(super) fn export_to(&mut self, place: PathBuf, replace: bool) {
        if self.workers.export.is_busy() {
            return;
        }
        let (Some(of), Slot::Ready(review)) = (self.curated(), &self.state.review.checks) else { return };
        if self.state.review.signed_off().is_none() {
            let words = "Nothing was written: the tables leave only when somebody signed their review.".to_owned();
            return notify(&mut self.state, Severity::Warning, words);
        }
        let (review, choices) = (Arc::clone(review), self.state.choices().export.clone());
        self.state.exporting.asked = Some((place.clone(), choices.clone()));
        let place = settings::from_home(place);
        let (source, homes) = (self.state.source.clone(), self.settings.homes());
        self.state.exporting.writing = Some(place.clone());
        self.state.exporting.outcome = None;
        self.state.exporting.of = TablesOf::in_force(&self.state);
        self.workers.export.request(ExportRequest { of, review, choices, place, replace, source, homes });
    }

    /// Works out again what the export would be.
    pub(super) fn retry_export(&mut self) {
        self.workers.preview.forget();
        self.exported = AskedOfExport::default();
    }

    /// Looks at an export that was made.
    pub(super) fn open_export(&mut self, folder: PathBuf) {
        self.state.exporting.opened = Slot::Loading(None);
        self.workers.opened.forget();
        self.workers.opened.request(folder);
    }

    /// Takes an export off the list.
    pub(super) fn forget_export(&mut self, folder: PathBuf) {
        self.state.exporting.past.begin();
        self.state.exporting.opened = Slot::Empty;
        self.workers.past.forget();
        self.workers.past.request(PastRequest::Forget(folder));
    }

    /// Has an export proved.
    pub(super) fn verify_export(&mut self, folder: PathBuf) {
        let Some(loaded) = self.state.landing.value() else { return };
        let landing = Arc::clone(&loaded.landing);
        if self.may_prove() {
            self.state.exporting.proof = Slot::Loading(None);
            self.workers.prove.request(ProveRequest::Verify { folder, landing });
        }
    }

    /// Looks for those who withdrew in all exports that are there.
    pub(super) fn search_exports(&mut self, list: Withdrawn) {
        let past = self.state.exporting.past.value();
        let folders: Vec<PathBuf> = past
            .iter()
            .flat_map(|past| past.iter())
            .filter(|one| one.is_there)
            .map(|one| one.past.folder.clone())
            .collect();
        if self.may_prove() {
            self.state.exporting.searched = Slot::Loading(None);
            self.workers.prove.request(ProveRequest::Search { list, folders });
        }
    }

    /// Has an export written without those who were looked for.
    pub(super) fn withdraw_from(&mut self, folder: PathBuf, replace: bool) {
        let Some(searched) = self.state.exporting.searched.value().map(Arc::clone) else { return };
        if self.may_prove() {
            if replace {
                // What was said of the last export need not be so for long.
                self.state.exporting.outcome = None;
            }
            self.workers.prove.request(ProveRequest::Withdraw { folder, list: searched.list.clone(), replace });
        }
    }

    /// One at a time: a second would stop the first.
    fn may_prove(&self) -> bool {
        !self.workers.prove.is_busy()
    }

    /// Asks for a folder for the export.
    pub(super) fn choose_export(&self) {
        self.show_dialog(FileChoice::Export);
    }

    /// Stops what is worked out or written for the page.
    pub(super) fn cancel_export(&self) {
        self.workers.preview.cancel();
        self.workers.export.cancel();
        self.workers.prove.cancel();
    }

    /// Takes in what was worked out and done.
    pub(super) fn take_exports(&mut self) {
        while let Some((request, outcome)) = self.workers.preview.poll() {
            if self.exported.preview.as_ref() == Some(&request) {
                match flatten(outcome) {
                    Err(Failure::Cancelled) => self.state.exporting.preview.fail("It was stopped.".to_owned()),
                    done => settle(&mut self.state.exporting.preview, done),
                }
            }
        }
        while let Some((request, outcome)) = self.workers.export.poll() {
            self.take_export(request.place, outcome);
        }
        while let Some((_, outcome)) = self.workers.past.poll() {
            let exporting = &mut self.state.exporting;
            match flatten(outcome) {
                Ok((past, keys)) => {
                    exporting.past = Slot::Ready(Arc::new(past));
                    exporting.keys = keys;
                    if let Some(list) = self.exported.search_again.take() {
                        self.exported.searches_quietly = true;
                        self.search_exports(list);
                    }
                }
                Err(Failure::Error(error)) => exporting.past.fail(error),
                Err(Failure::Cancelled) => exporting.past.give_up(),
            }
        }
        while let Some((_, outcome)) = self.workers.opened.poll() {
            let done = flatten(outcome).map(Arc::new);
            settle(&mut self.state.exporting.opened, done);
        }
        while let Some((request, outcome)) = self.workers.prove.poll() {
            self.take_proof(&request, flatten(outcome));
        }
    }

    fn take_export(&mut self, place: PathBuf, outcome: Outcome<Result<crate::state::OpenedExport, NotWritten>>) {
        let exporting = &mut self.state.exporting;
        exporting.writing = None;
        let failure = match outcome {
            Outcome::Done(Ok(opened)) => {
                exporting.outcome = Some(ExportOutcome::Written(Arc::new(opened)));
                self.exported.past = false;
                return;
            }
            Outcome::Done(Err(NotWritten::Exists)) => {
                exporting.outcome = Some(ExportOutcome::Exists(place));
                return;
            }
            Outcome::Done(Err(NotWritten::Failure(failure))) => Outcome::Done(Err(failure)),
            Outcome::Cancelled => Outcome::Cancelled,
            Outcome::Died => Outcome::Died,
        };
        match flatten::<()>(failure) {
            Err(Failure::Error(error)) => exporting.outcome = Some(ExportOutcome::Failed(error)),
            _ => {
                let words = format!("The export to {} was stopped. Nothing of it is there.", place.display());
                notify(&mut self.state, Severity::Information, words);
            }
        }
    }

    fn take_proof(&mut self, request: &ProveRequest, answer: Result<ProveAnswer, Failure>) {
        let exporting = &mut self.state.exporting;
        match (request, answer) {
            (_, Ok(ProveAnswer::Proved(proof))) => exporting.proof = Slot::Ready(Arc::new(proof)),
            (_, Ok(ProveAnswer::Searched(searched))) => {
                let words = format!("Looked for who withdrew in {}", counted(searched.found.len() as u64, "export"));
                exporting.searched = Slot::Ready(Arc::new(searched));
                // Who asked for nothing is told nothing.
                if !std::mem::take(&mut self.exported.searches_quietly) {
                    self.tell(words);
                }
            }
            (_, Ok(ProveAnswer::Withdrawn(opened))) => {
                let words = format!("{} was written without them.", opened.folder.display());
                exporting.opened = Slot::Ready(Arc::new(*opened));
                // What was found before is not what is there now: it is looked for again once the list of exports is there.
                let list = exporting.searched.value().map(|searched| searched.list.clone());
                exporting.searched = Slot::Empty;
                self.exported.past = false;
                self.exported.search_again = list;
                notify(&mut self.state, Severity::Information, words);
            }
            (ProveRequest::Verify { .. }, Err(Failure::Error(error))) => exporting.proof.fail(error),
            (ProveRequest::Verify { .. }, Err(Failure::Cancelled)) => exporting.proof.give_up(),
            (ProveRequest::Search { .. }, Err(Failure::Error(error))) => exporting.searched.fail(error),
            (ProveRequest::Search { .. }, Err(Failure::Cancelled)) => exporting.searched.give_up(),
            (ProveRequest::Withdraw { .. }, Err(Failure::Error(error))) => {
                notify(&mut self.state, Severity::Error, format!("Nothing was written: {error}"));
            }
            (ProveRequest::Withdraw { .. }, Err(Failure::Cancelled)) => {
                let words = "Taking customers out was stopped. The export is as it was.".to_owned();
                notify(&mut self.state, Severity::Information, words);
            }
        }
    }
}
