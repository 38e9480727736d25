//! Takes in what the workers have finished.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::curation::Curation;
use crate::domain::foreign::visible;
use crate::domain::format::counted;
use crate::domain::{Dataset, Table};
use crate::jobs::{Lane, Outcome};
use crate::landing::Source;
use crate::state::{Before, Command, Loaded, Notice, Severity, Shown, Slot, State, Told, Work};

use super::choices::NOT_SIGNED;
use super::recipe_file::Opened;
use super::work::{CurateRequest, Failure, LoadRequest, Read};
use super::{App, settings};

pub(super) const DIED: &str =
    "A worker stopped unexpectedly. The rest goes on; try again, and report it if it happens twice.";

impl App {
    /// Takes all answers in that are there; never waits.
    pub(super) fn take_finished(&mut self, context: &egui::Context) {
        while let Some((request, outcome)) = self.workers.load.poll() {
            match flatten(outcome) {
                Ok(Read { loaded, unkept, seen }) => {
                    self.typed = None;
                    let landing = Arc::clone(&loaded.landing);
                    self.take_landing(&request.what, loaded);
                    let again = std::mem::take(&mut self.again);
                    self.after_reading(&landing, &unkept, seen, again);
                }
                Err(Failure::Cancelled) => {
                    self.typed = None;
                    self.keep_landing();
                }
                Err(Failure::Error(error)) => {
                    let is_asked_again = self.ask_for_path_again(&error);
                    if self.state.landing.value().is_none() {
                        self.state.landing.fail(error);
                    } else {
                        self.keep_landing();
                        if !is_asked_again {
                            notify(&mut self.state, Severity::Error, error);
                        }
                    }
                }
            }
        }
        while let Some((request, outcome)) = self.workers.curate.poll() {
            self.take_curation(&request, flatten(outcome), context);
        }
        while let Some(((choice, _), outcome)) = self.workers.dialog.poll() {
            self.workers.dialog.forget();
            match outcome {
                Outcome::Done(paths) => self.take_dialog(choice, paths),
                Outcome::Died => notify(&mut self.state, Severity::Error, DIED.to_owned()),
                Outcome::Cancelled => {}
            }
        }
        self.take_kept();
        self.take_recipes(context);
        self.take_saved_views();
        self.take_page(context);
        self.take_saved_pictures();
        self.take_kits();
        self.take_spark();
        self.take_review();
        if self.state.review.signed_off().is_some() {
            self.state.notices.retain(|notice| notice.text != NOT_SIGNED);
        }
        self.take_exports();
        self.take_answers();
        while let Some((_, outcome)) = self.workers.save.poll() {
            // What could not be kept of the program's own files.
            done(&mut self.state, Severity::Warning, outcome);
        }
        while let Some((_, outcome)) = self.workers.session.poll() {
            self.take_saved_session(outcome);
        }
        self.state.work = self.current_work();
        if self.state.work.is_some() {
            // Often enough for a bar that moves, and seldom enough to leave the processor to what it tells of; an idle window
            // paints nothing.
            context.request_repaint_after(Duration::from_millis(100));
        }
    }

    /// Takes in what was worked out for the page that is looked after.
    pub(super) fn take_page(&mut self, context: &egui::Context) {
        while let Some((_, outcome)) = self.page.dropped.poll() {
            match flatten(outcome) {
                Ok(view) => self.state.dropped = Slot::Ready(view),
                Err(Failure::Cancelled) => self.state.dropped = Slot::Empty,
                Err(Failure::Error(error)) => self.state.dropped.fail(error),
            }
        }
        while let Some((_, outcome)) = self.page.look.poll() {
            match flatten(outcome) {
                Ok(look) => self.show_look(look),
                Err(Failure::Cancelled) => self.state.look.give_up(),
                Err(Failure::Error(error)) => self.state.look.fail(error),
            }
        }
        while let Some((_, outcome)) = self.page.summarise.poll() {
            match flatten(outcome) {
                Ok(summaries) => self.state.summaries = Slot::Ready(summaries),
                Err(Failure::Cancelled) => self.state.summaries = Slot::Empty,
                Err(Failure::Error(error)) => self.state.summaries.fail(error),
            }
        }
        self.take_chosen(context);
        self.take_consent();
        self.take_signals();
    }

    fn take_curation(
        &mut self,
        request: &CurateRequest,
        answer: Result<Arc<Curation>, Failure>,
        context: &egui::Context,
    ) {
        match answer {
            Ok(curation) if self.state.choices().are_made(&curation) && self.is_current(request) => {
                self.remember_before(context);
                self.state.curation = Slot::Ready(curation);
                self.look_up_dropped();
            }
            Ok(_) => {}
            Err(Failure::Cancelled) => {
                self.state.curation.give_up();
                if let Some(curation) = self.state.curation.value().map(Arc::clone) {
                    // The switches go back to what the figures show.
                    self.return_to(context, &curation);
                }
            }
            Err(Failure::Error(error)) => {
                self.state.curation.fail(error);
                if let Shown::Dropped { table, .. } = self.state.choices().shown {
                    // Its page says what went wrong.
                    self.show_instead(Shown::Table(table));
                }
            }
        }
    }

    fn take_recipes(&mut self, context: &egui::Context) {
        while let Some((_, outcome)) = self.workers.open_recipe.poll() {
            match done(&mut self.state, Severity::Error, outcome) {
                Some(Opened::Recipe(file)) => self.choose(context, |choices| {
                    choices.recipe = file.recipe.clone();
                    choices.file = Some(file);
                }),
                Some(Opened::Run(run)) => self.commands.push(Command::UseRun(Some(run))),
                Some(Opened::Landing(path)) => self.commands.push(Command::OpenPaths(vec![path])),
                None => {}
            }
        }
        while let Some((request, outcome)) = self.workers.save_recipe.poll() {
            if done(&mut self.state, Severity::Error, outcome).is_some() {
                self.name_recipe(&request.file);
            }
        }
    }

    fn take_landing(&mut self, request: &LoadRequest, loaded: Loaded) {
        let source = &loaded.landing.source;
        self.state.source = Some(source.clone());
        if self.state.landing.value().is_none_or(|before| before.landing.source != *source) && !self.is_left(source) {
            self.start_history(&source.name());
            // What could not be opened before is not what one looks at now.
            self.state.notices.retain(|notice| notice.severity != Severity::Error && notice.recipe.is_none());
        }
        if let (LoadRequest::Paths(paths), Source::Folder(folder)) = (request, &loaded.landing.source) {
            debug_assert_eq!(paths.first(), Some(folder));
            settings::remember(&mut self.state.recent, folder.clone());
            self.save_settings();
        }
        let landing = &loaded.landing;
        let records = Dataset::ALL.into_iter().map(|dataset| landing.rows(dataset)).sum();
        let read = format!(
            "Opened {}: {} of {}",
            landing.source.name(),
            counted(records, "record"),
            counted(landing.files.len() as u64, "file")
        );
        self.tell(read);
        self.state.landing = Slot::Ready(loaded);
        self.state.before = None;
        self.state.curation = Slot::Empty;
        self.commands.extend(self.run.take().map(Command::OpenRun));
        self.curate();
        self.look_up_dropped();
    }

    /// Goes on with what was open before.
    fn keep_landing(&mut self) {
        self.state.landing.give_up();
        self.state.source = self.state.landing.value().map(|loaded| loaded.landing.source.clone());
    }

    fn is_current(&self, request: &CurateRequest) -> bool {
        self.state.landing.value().is_some_and(|loaded| Arc::ptr_eq(&loaded.landing, &request.landing))
    }

    fn remember_before(&mut self, context: &egui::Context) {
        self.state.before = self.state.curation.value().map(|curation| Before {
            rows: Table::ALL.map(|table| curation.rows(table)),
            changed_at: context.input(|input| input.time),
        });
    }

    fn current_work(&self) -> Option<Work> {
        let work = |label, progress: Option<(u64, u64)>| {
            let (done, total) = progress.unwrap_or_default();
            Work { label, done, total }
        };
        let (workers, page) = (&self.workers, &self.page);
        if workers.load.is_busy() {
            Some(work("Reading", workers.load.progress()))
        } else if workers.curate.is_busy() {
            Some(work("Curating", workers.curate.progress()))
        } else if workers.export.is_busy() {
            Some(work("Exporting", workers.export.progress()))
        } else if workers.prove.is_busy() {
            Some(work("Looking at exports", workers.prove.progress()))
        } else if workers.save_view.is_busy() {
            Some(work("Saving the view", workers.save_view.progress()))
        } else if page.dropped.is_busy() {
            Some(work("Looking up rows", page.dropped.progress()))
        } else if workers.behind.is_busy() {
            Some(work("Looking up rows", workers.behind.progress()))
        } else if workers.report.is_busy() {
            Some(work("Writing the report", workers.report.progress()))
        } else if page.consent.is_busy() {
            Some(work("Adding up", page.consent.progress()))
        } else if page.record.is_busy() {
            Some(work("Looking up a recording", page.record.progress()))
        } else if page.compare.is_busy() {
            Some(work("Looking up recordings", page.compare.progress()))
        } else if page.other.is_busy() {
            Some(work("Looking up a motion", page.other.progress()))
        } else if page.overview.is_busy() {
            Some(work("Looking over all devices", page.overview.progress()))
        } else if page.measure.is_busy() {
            Some(work("Measuring", page.measure.progress()))
        } else if page.doctor.is_busy() {
            Some(work("Checking counts", page.doctor.progress()))
        } else if workers.checks.is_busy() {
            Some(work("Computing the checks", workers.checks.progress()))
        } else if workers.joins.is_busy() {
            Some(work("Looking at the joins", workers.joins.progress()))
        } else if workers.owners.is_busy() {
            Some(work("Inferring owners", workers.owners.progress()))
        } else if workers.rules.is_busy() {
            Some(work("Comparing the join rules", workers.rules.progress()))
        } else if workers.preview.is_busy() {
            Some(work("Looking at what would leave", workers.preview.progress()))
        } else if workers.ask.is_busy() {
            Some(work("Answering the query", workers.ask.progress()))
        } else if workers.spark.is_busy() {
            Some(work("Spark is at work", workers.spark.progress()))
        } else if workers.copy.is_busy() {
            Some(work("Copying", workers.copy.progress()))
        } else if page.look.is_busy() {
            Some(work("Finding rows", page.look.progress()))
        } else if page.add_up.is_busy() {
            Some(work("Adding up cells", page.add_up.progress()))
        } else if page.summarise.is_busy() {
            Some(work("Summarising", page.summarise.progress()))
        } else if self.beside.is_busy() {
            Some(work("Looking after the page beside", None))
        } else {
            None
        }
    }
}

/// Adds a notice; one that says the same as the last is not said again.
pub(super) fn notify(state: &mut State, severity: Severity, text: String) {
    tell_notice(state, Notice::new(severity, visible(&text)));
}

/// The same of a whole notice.
pub(super) fn tell_notice(state: &mut State, notice: Notice) {
    if state.notices.last() != Some(&notice) {
        state.notices.push(notice);
    }
}

/// For how long the bottom line tells what was just done.
const TOLD_FOR: Duration = Duration::from_secs(8);

impl App {
    /// Tells in the bottom line what was just done.
    pub(super) fn tell(&mut self, words: impl Into<String>) {
        self.state.told = Some(Told { words: visible(&words.into()).into_owned(), since: Instant::now() });
    }

    /// What was told long enough goes.
    pub(super) fn leave_off_telling(&mut self, context: &egui::Context) {
        if let Some(told) = &self.state.told {
            match TOLD_FOR.saturating_sub(told.since.elapsed()) {
                Duration::ZERO => self.state.told = None,
                left => context.request_repaint_after(left),
            }
        }
    }
}

/// Says what became of something that was written.
pub(super) fn say(state: &mut State, outcome: Outcome<Result<String, Failure>>) {
    match flatten(outcome) {
        Ok(words) => notify(state, Severity::Information, words),
        Err(Failure::Cancelled) => {}
        Err(Failure::Error(error)) => notify(state, Severity::Error, error),
    }
}

/// What was done; says why if it was not, unless somebody stopped it.
pub(super) fn done<T>(state: &mut State, severity: Severity, outcome: Outcome<Result<T, String>>) -> Option<T> {
    match outcome {
        Outcome::Done(Ok(done)) => return Some(done),
        Outcome::Done(Err(error)) => notify(state, severity, error),
        Outcome::Died => notify(state, Severity::Error, DIED.to_owned()),
        Outcome::Cancelled => {}
    }
    None
}

pub(super) fn flatten<T>(outcome: Outcome<Result<T, Failure>>) -> Result<T, Failure> {
    match outcome {
        Outcome::Done(result) => result,
        Outcome::Cancelled => Err(Failure::Cancelled),
        Outcome::Died => Err(Failure::Error(DIED.to_owned())),
    }
}

/// Has a lane work out what a slot is to show, unless it was asked for last; with nothing to show the slot is emptied.
pub(super) fn ask_for<Request, Answer, T>(
    wanted: Option<Request>,
    asked: &mut Option<Request>,
    lane: &Lane<Request, Answer>,
    slot: &mut Slot<T>,
) where
    Request: Clone + PartialEq + Send + 'static,
    Answer: Send + 'static,
{
    if *asked == wanted {
        return;
    }
    // The slot may have been emptied since the lane was asked for the same.
    lane.forget();
    match &wanted {
        Some(request) => {
            slot.begin();
            lane.request(request.clone());
        }
        None => *slot = Slot::Empty,
    }
    asked.clone_from(&wanted);
}

/// Puts what came of work into its slot; work that was stopped for other work says nothing.
pub(super) fn settle<T>(slot: &mut Slot<T>, outcome: Result<T, Failure>) {
    match outcome {
        Ok(value) => *slot = Slot::Ready(value),
        Err(Failure::Cancelled) => slot.give_up(),
        Err(Failure::Error(error)) => slot.fail(error),
    }
}
