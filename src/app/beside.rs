//! Looks after the page beside the first: the same steps as for the first, with the state and the work turned to it.

use std::sync::{Arc, Weak};

use crate::curation::Curation;
use crate::domain::{Progress, Table};
use crate::jobs::Lane;
use crate::review::{TableDifference, differences};
use crate::state::{Beside, Command, Only, OtherPage, Shown, Slot};

use super::App;
use super::finished::{flatten, settle};
use super::on_disk::{Work, enough_for};
use super::page::PageWork;
use super::work::{CurateRequest, Curated, Failure, make};

/// What is worked out for the other page.
pub struct BesideWork {
    page: PageWork,
    /// Makes tables under another recipe than the one in force.
    curate: Lane<CurateRequest, Result<Arc<Curation>, Failure>>,
    /// Which of them were asked for last.
    made: Option<CurateRequest>,
    /// Compares those with the ones in force.
    differ: Lane<Both, Result<Arc<Vec<TableDifference>>, Failure>>,
    /// Which of them were compared last.
    differed: Option<Both>,
    /// The loss whose rows were looked up last, and of which tables.
    dropped: Option<(Shown, Weak<Curation>)>,
}

/// The tables of the page beside, and those in force.
#[derive(Clone)]
struct Both {
    here: Arc<Curation>,
    in_force: Curated,
}

impl PartialEq for Both {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.here, &other.here) && self.in_force == other.in_force
    }
}

fn differ(both: &Both, progress: &Progress) -> Result<Arc<Vec<TableDifference>>, Failure> {
    let rows = Table::derived().map(|table| both.here.rows(table) + both.in_force.curation.rows(table)).sum();
    enough_for(&both.in_force.landing, Work::Differences, rows)?;
    Ok(Arc::new(differences(&both.here, &both.in_force.curation, progress)?))
}

impl BesideWork {
    /// Starts the workers.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn new(context: &egui::Context) -> std::io::Result<Self> {
        let wake = context.clone();
        let curate = Lane::new("curate beside", move || wake.request_repaint(), make)?;
        let wake = context.clone();
        let differ = Lane::new("differ", move || wake.request_repaint(), differ)?;
        let page = PageWork::new(context)?;
        Ok(Self { page, curate, made: None, differ, differed: None, dropped: None })
    }

    /// Whether something is worked out.
    pub fn is_busy(&self) -> bool {
        self.curate.is_busy() || self.differ.is_busy() || self.page.is_busy()
    }
}

impl App {
    /// Does something to the page beside as it is done to the first, if there is one.
    pub(super) fn at_beside(&mut self, act: impl FnOnce(&mut Self)) {
        if self.state.beside.is_none() {
            return;
        }
        self.turn();
        act(self);
        self.turn();
    }

    fn turn(&mut self) {
        self.state.turn();
        self.screens.turn();
        std::mem::swap(&mut self.page, &mut self.beside.page);
    }

    /// Carries out what the page beside asks for. What is not of one page is done as always.
    pub(super) fn handle_beside(&mut self, command: Command, context: &egui::Context) {
        match command {
            // The rows behind a figure of the review are the first page's.
            Command::Show(Shown::Behind(_)) => self.handle(command, context),
            // A recording is shown where signals are, and what it was asked from stays.
            Command::ShowRecording(Some(_)) if self.shows_signals() && !self.beside_shows_signals() => {
                self.handle(command, context);
            }
            Command::Show(_)
            | Command::RetryDropped
            | Command::RetryConsent
            | Command::RetrySignals
            | Command::DrawBeside(_)
            | Command::LayOver(_)
            | Command::ChooseRange(_)
            | Command::Compare(_)
            | Command::ShowStranger(_)
            | Command::SetQuery(..)
            | Command::SetColumns(..)
            | Command::Select(..)
            | Command::Follow(_)
            | Command::ShowRecording(_)
            | Command::About(_)
            | Command::SaveView
            | Command::Copy { .. } => self.at_beside(|app| app.handle(command, context)),
            // Its tables could not be made, and are asked for again.
            Command::SetRecipe(recipe) if self.beside.made.as_ref().is_some_and(|made| made.recipe == recipe) => {
                self.beside.made = None;
            }
            _ => self.handle(command, context),
        }
    }

    fn shows_signals(&self) -> bool {
        self.state.choices().shown == Shown::Signals
    }

    fn beside_shows_signals(&self) -> bool {
        self.state.beside.as_ref().is_some_and(|beside| beside.shown == Shown::Signals)
    }

    /// Whether what the first page asks of the signals is for the page beside, which shows them, where it does not itself.
    pub(super) fn asks_signals_beside(&self) -> bool {
        !self.state.is_turned() && self.beside_shows_signals() && !self.shows_signals()
    }

    /// Opens a page beside the first, moves it, or closes it.
    pub(super) fn set_beside(&mut self, beside: Option<Beside>) {
        let (goes, comes) = (beside.is_none(), self.state.beside.is_none());
        self.state.beside = beside;
        if comes
            && let Some((follow, other)) =
                self.state.choices().whose_recording().cloned().zip(self.state.signals.other.clone())
        {
            // What is laid over whom is so on both pages, until somebody changes it on one of them.
            self.at_beside(|app| app.lay_over(follow, other));
        }
        if goes {
            self.beside.curate.cancel();
            self.beside.differ.cancel();
            self.beside.page.stop();
            self.beside.differed = None;
            (self.beside.made, self.beside.dropped) = (None, None);
            self.state.other = OtherPage::default();
            self.state.is_beside_used = false;
        }
    }

    /// The two pages change places.
    pub(super) fn swap_pages(&mut self, context: &egui::Context) {
        let Some(beside) = self.state.beside.clone() else { return };
        let now = self.state.choices();
        // The rows behind a figure are the first page's; beside is what they are of.
        let shown = if let Shown::Behind(_) = now.shown { Shown::Review } else { now.shown };
        let (follow, recorded) = (now.follow.clone(), now.recorded.clone());
        self.state.beside =
            Some(Beside { shown, follow, recorded, under: beside.under, place: beside.place, ..Beside::default() });
        self.choose(context, |choices| {
            (choices.shown, choices.follow, choices.recorded) = (beside.shown, beside.follow, beside.recorded);
        });
        std::mem::swap(&mut self.state.visits, &mut self.state.other.visits);
    }

    /// Takes in what was worked out for the page beside, and asks for what it shows.
    pub(super) fn look_after_beside(&mut self, context: &egui::Context) {
        self.at_beside(|app| {
            while let Some((request, outcome)) = app.beside.curate.poll() {
                match flatten(outcome) {
                    // Where the pages have one recipe by now, the tables at hand are those of both.
                    _ if !app.state.is_apart() || app.beside.made.as_ref() != Some(&request) => {}
                    Ok(curation) => app.state.curation = Slot::Ready(curation),
                    Err(Failure::Cancelled) => app.state.curation.fail("It was stopped.".to_owned()),
                    Err(Failure::Error(error)) => app.state.curation.fail(error),
                }
            }
            while let Some((both, outcome)) = app.beside.differ.poll() {
                if app.beside.differed.as_ref() == Some(&both) {
                    settle(&mut app.state.other.differences, flatten(outcome));
                }
            }
            app.curate_apart();
            app.compare_rows();
            app.take_page(context);
            let shown = app.state.choices().shown;
            if let Slot::Ready(curation) = &app.state.curation {
                let of = Arc::downgrade(curation);
                let is_same = |(before, whose): &(Shown, Weak<Curation>)| *before == shown && whose.ptr_eq(&of);
                if !app.beside.dropped.as_ref().is_some_and(is_same) {
                    app.beside.dropped = Some((shown, of));
                    app.look_up_dropped();
                }
            }
            app.look_at_page();
        });
    }

    /// Asks for the tables of the page beside where its recipe is another than the one in force.
    fn curate_apart(&mut self) {
        let (Some(loaded), true) = (self.state.landing.value(), self.state.is_apart()) else {
            if self.beside.made.take().is_some() {
                self.state.other.curation = Slot::Empty;
            }
            return;
        };
        let choices = self.state.choices();
        let (recipe, run) = (choices.recipe.clone(), choices.run_in_force().map(Arc::clone));
        let request = CurateRequest { landing: Arc::clone(&loaded.landing), recipe, run };
        if self.beside.made.as_ref() != Some(&request) {
            self.state.curation = Slot::Loading(None);
            self.beside.curate.forget();
            self.beside.curate.request(request.clone());
            self.beside.made = Some(request);
        }
    }

    /// Asks how the tables of the page beside differ from those in force, once somebody wants to see the rows.
    fn compare_rows(&mut self) {
        let (Slot::Ready(here), Slot::Ready(curation)) = (&self.state.curation, &self.state.other.curation) else {
            return;
        };
        let Some(loaded) = self.state.landing.value().filter(|_| self.state.only() != Only::All) else { return };
        let in_force = Curated { landing: Arc::clone(&loaded.landing), curation: Arc::clone(curation) };
        let both = Both { here: Arc::clone(here), in_force };
        if self.beside.differed.as_ref() != Some(&both) {
            self.state.other.differences = Slot::Loading(None);
            self.beside.differ.forget();
            self.beside.differ.request(both.clone());
            self.beside.differed = Some(both);
        }
    }

    /// Stops what is worked out for the page beside.
    pub(super) fn cancel_beside(&mut self, context: &egui::Context) {
        self.beside.curate.cancel();
        self.beside.differ.cancel();
        self.at_beside(|app| app.cancel_page(context));
    }
}
