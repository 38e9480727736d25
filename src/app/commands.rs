//! Carries out what the views ask for.

use std::path::PathBuf;
use std::sync::Arc;

use crate::explore::Query;
use crate::landing::Source;
use crate::state::{Command, ExportOutcome, FileChoice, History, Place, RecipeFile, Severity, Shown, Slot};
use crate::ui::{own_window, theme};

use super::App;
use super::finished::notify;
use super::keeping::Keep;
use super::lists::ListRequest;
use super::recipe_file::{self, OpenRequest};
use super::settings;
use super::work::{CurateRequest, DroppedRequest, Load, LoadRequest};

impl App {
    /// Carries out one command.
    pub(super) fn handle(&mut self, command: Command, context: &egui::Context) {
        match command {
            Command::AnswerPath(path) => {
                if let Some(command) = self.take_path(path) {
                    self.handle(command, context);
                }
            }
            Command::ChooseFolder => self.show_dialog(FileChoice::Folder),
            Command::ChooseFiles => self.show_dialog(FileChoice::Files),
            Command::OpenPaths(paths) => self.open(paths),
            Command::OpenAny(paths) => self.open_any(paths),
            Command::OpenSample => self.load(LoadRequest::Sample),
            Command::Reload => self.reload(),
            Command::Cancel => {
                self.workers.load.cancel();
                self.workers.curate.cancel();
                self.cancel_page(context);
                self.cancel_beside(context);
                self.cancel_review();
                self.cancel_export();
                self.workers.ask.cancel();
                self.workers.spark.cancel();
                self.workers.save_view.cancel();
                self.workers.copy.cancel();
            }
            Command::Ask(text) => self.ask_sql(text),
            Command::ForgetQueries => self.state.sql.history.clear(),
            Command::SetRecipe(recipe) => self.choose(context, |choices| choices.recipe = recipe),
            Command::ChooseRecipe => self.show_dialog(FileChoice::OpenRecipe),
            Command::OpenRecipe(path) => self.open_recipe(OpenRequest { path, may_be_landing: false }),
            Command::OpenRun(path) => self.open_recipe(OpenRequest { path, may_be_landing: false }),
            Command::ChooseKit => self.show_dialog(FileChoice::Kit),
            Command::WriteKitTo(place) => self.write_kit(place),
            Command::ChooseRun => self.show_dialog(FileChoice::Run),
            Command::OfferEngines(is_offered) => self.offer_spark(is_offered),
            Command::RunOnSpark(order) => self.run_on_spark(&order),
            Command::UseRun(run) => self.choose(context, |choices| {
                if let Some(run) = &run {
                    choices.recipe = run.recipe.clone();
                }
                choices.run = run;
            }),
            Command::SaveRecipe => match self.state.choices().named_file().map(|file| file.path.clone()) {
                Some(path) => self.save_recipe(path),
                None => self.choose_place(),
            },
            Command::Save => self.save_all(),
            Command::SaveRecipeAs => self.choose_place(),
            Command::SaveRecipeTo(path) => self.save_recipe(path),
            Command::SaveView => self.save_view(),
            Command::SaveViewTo(path, sight) => self.save_view_to(path, sight),
            // Said, as it may be of what is on no page in sight.
            Command::Undo => {
                let what = self.state.history.undo_label().map(|label| format!("Undone: {label}"));
                self.step(what, History::undo);
            }
            Command::Redo => {
                let what = self.state.history.redo_label().map(|label| format!("Done again: {label}"));
                self.step(what, History::redo);
            }
            Command::GoTo(position) => self.travel(|history| history.go_to(position)),
            Command::Show(shown) => {
                if shown != self.state.choices().shown {
                    // Whoever goes on has read it.
                    self.state
                        .notices
                        .retain(|notice| notice.severity != Severity::Information || notice.recipe.is_some());
                    self.state.exporting.outcome.take_if(|outcome| !matches!(outcome, ExportOutcome::Written(_)));
                }
                self.choose(context, |choices| choices.shown = shown);
            }
            Command::RetryDropped => {
                self.page.dropped.forget();
                self.look_up_dropped();
            }
            Command::RetryConsent => {
                self.page.consent.forget();
                self.page.consented = None;
            }
            Command::RetryReview => self.retry_review(),
            Command::RetryBehind => self.retry_review(),
            Command::Accept { check, who, why } => self.accept(check, who, why, false),
            Command::Revoke { check, who, why } => self.accept(check, who, why, true),
            Command::SignOff { who } => self.sign_off(who),
            Command::Unsign { who, why } => self.unsign(who, why),
            Command::Decide { serial, owner, is_theirs, who } => self.decide(serial, owner, is_theirs, who, context),
            Command::ShowStranger(stranger) => self.show_stranger(stranger, context),
            Command::SetExport(export) => self.choose(context, |choices| choices.export = export),
            Command::ChooseSides => self.show_dialog(FileChoice::Sides),
            Command::ReadSides(path) => self.workers.lists.request(ListRequest::Sides(path)),
            Command::ChooseExport => self.choose_export(),
            Command::ExportTo { place, replace } => self.export_to(place, replace),
            Command::DismissExport => self.state.exporting.outcome = None,
            Command::RetryExport => self.retry_export(),
            Command::OpenExport(folder) => self.open_export(folder),
            Command::VerifyExport(folder) => self.verify_export(folder),
            Command::ForgetExport(folder) => self.forget_export(folder),
            Command::ChooseSearched => self.show_dialog(FileChoice::Searched),
            Command::SearchFor(path) => self.workers.lists.request(ListRequest::Searched(path)),
            Command::ShowPastExports => {
                self.screens.show_past_exports();
                self.choose(context, |choices| choices.shown = Shown::Export);
            }
            Command::Search(list) => {
                self.screens.show_past_exports();
                self.search_exports(list);
            }
            Command::WithdrawFrom { folder, replace } => self.withdraw_from(folder, replace),
            Command::SaveReport => self.show_dialog(FileChoice::SaveReport),
            Command::SaveReportTo(path) => self.save_report(path),
            Command::SavePicture(picture) => self.show_dialog(FileChoice::SavePicture(picture)),
            Command::SavePictureTo(path, picture) => self.save_picture(path, picture),
            Command::RetrySignals => self.retry_signals(),
            Command::DrawBeside(partner) => self.state.signals.partner = partner,
            Command::LayOver(other) => self.state.signals.other = other,
            Command::ChooseRange(range) => self.state.signals.range = range,
            Command::Compare(devices) => self.state.signals.compared = devices,
            Command::PointAt(pointed) => {
                // On both pages: a row of one is looked up in the chart of the other.
                self.state.other.signals.pointed = Some(pointed.clone());
                self.state.signals.pointed = Some(pointed);
            }
            Command::Beside(command) => self.handle_beside(*command, context),
            Command::SetBeside(beside) => self.set_beside(beside),
            Command::SwapPages => self.swap_pages(context),
            Command::UsePage { beside } => self.state.is_beside_used = beside && self.state.beside.is_some(),
            Command::SetQuery(shown, query) => self.choose(context, |choices| {
                choices.queries.insert(shown, query);
            }),
            Command::SetColumns(shown, layout) => self.choose(context, |choices| {
                choices.columns.insert(shown, layout);
            }),
            // Among rows that are about to be others it would come to mean something else.
            Command::Select(shown, _) if self.state.look_in_force().is_none_or(|look| look.shown != shown) => {}
            Command::Select(shown, selection) => self.choose(context, |choices| {
                choices.selections.insert(shown, selection);
            }),
            Command::Follow(follow) => self.choose(context, |choices| {
                (choices.follow, choices.about, choices.recorded) = (follow, None, None);
            }),
            // Of the page in use, wherever it is asked for.
            Command::Back | Command::Forth if self.state.is_other_used() => {
                self.at_beside(|app| app.handle(command, context));
            }
            Command::Back => {
                let visited = self.state.visits.go_back();
                self.visit(context, visited);
            }
            Command::Forth => {
                let visited = self.state.visits.go_forth();
                self.visit(context, visited);
            }
            Command::ShowRecording(Some(follow)) if self.asks_signals_beside() => {
                self.at_beside(|app| app.show_recording(Some(follow), context));
            }
            Command::ShowRecording(follow) => self.show_recording(follow, context),
            Command::About(follow) => {
                self.screens.show_about();
                self.choose(context, |choices| (choices.about, choices.shown) = (Some(follow), Shown::Consent));
            }
            Command::ChooseWithdrawn => self.show_dialog(FileChoice::Withdrawn),
            Command::ChooseExpected => self.show_dialog(FileChoice::Expected),
            Command::ReadWithdrawn(path) => self.workers.lists.request(ListRequest::Withdrawn(path)),
            Command::ReadExpected(path) => self.workers.lists.request(ListRequest::Expected(path)),
            Command::SetExpected(expected) => self.state.expected = expected,
            // What is only said is there for a moment; what has to be known stays until it is taken away.
            Command::Notify(Severity::Information, text) => self.tell(text),
            Command::Notify(severity, text) => notify(&mut self.state, severity, text),
            Command::SetTheme(choice) => {
                self.state.theme = choice;
                theme::wear(context, choice, &self.state.looks);
                self.save_settings();
            }
            Command::SetLooks(looks) => {
                theme::wear(context, self.state.theme, &looks);
                self.state.looks = looks;
                self.save_settings();
            }
            Command::SetSize(part, size) => {
                self.state.looks.sizes.insert(part, size);
                self.save_settings();
            }
            Command::Toured => {
                self.state.toured = true;
                self.save_settings();
            }
            Command::SetLanguage(language) => {
                self.state.language = language;
                self.save_settings();
            }
            Command::SetInstants(instants) => {
                self.state.instants = instants;
                self.save_settings();
            }
            Command::SetKey(action, key) => {
                match key {
                    Some(key) => self.state.keys.insert(action.to_owned(), key),
                    None => self.state.keys.remove(action),
                };
                self.save_settings();
            }
            Command::LimitCache(limit) => {
                self.state.cache.limit = limit;
                self.save_settings();
                self.keep(if limit == 0 { Keep::Nothing } else { Keep::Less });
            }
            Command::ClearCache => self.keep(Keep::Nothing),
            Command::Watch(watches) => {
                self.state.watches = watches;
                self.save_settings();
                self.watch();
            }
            Command::Reveal(revealed) => {
                self.state.revealed = revealed;
                // What is sorted or found by codes has other rows in other places when it is by texts.
                self.state.history.amend_all(|choices| {
                    let queries = &choices.queries;
                    choices.selections.retain(|shown, _| queries.get(shown).is_none_or(Query::is_plain));
                });
                let queries = &self.state.history.present().queries;
                if let Some(beside) = &mut self.state.beside {
                    beside.selections.retain(|shown, _| queries.get(shown).is_none_or(Query::is_plain));
                }
            }
            Command::Copy { titles } => self.copy(titles, context),
            Command::CopyText(text) => {
                context.copy_text(text);
                self.tell("Copied");
            }
            Command::CopyLink => self.copy_link(),
            Command::OpenLink(text) => self.open_link(&text),
            Command::Dismiss(position) => {
                if position < self.state.notices.len() {
                    self.state.notices.remove(position);
                }
            }
            Command::Quit => self.quit(context),
        }
    }

    /// Closes the window once everything that was to be saved is, and stays if something could not be: that is to be read first.
    fn quit(&mut self, context: &egui::Context) {
        self.keep_session();
        let errors = self.state.notices.iter().filter(|notice| notice.severity == Severity::Error).count();
        let is_asked_again = self.quitting.is_some();
        if !is_asked_again {
            self.keep_windows(context);
        }
        if errors > *self.quitting.get_or_insert(errors) {
            self.quitting = None;
        } else if self.is_saving() {
            if !is_asked_again && !self.workers.session.is_busy() && !self.workers.save.is_busy() {
                let text = "The window closes once what is being written is on the disk. Stop it to close at once.";
                notify(&mut self.state, Severity::Information, text.to_owned());
            }
            self.commands.push(Command::Quit);
        } else {
            self.closes = true;
            context.send_viewport_cmd(egui::ViewportCommand::Close);
        }
    }

    /// Windows come back as large as they are now; what is maximized comes back as it was before that.
    fn keep_windows(&mut self, context: &egui::Context) {
        let size = |input: &egui::InputState| {
            let viewport = input.viewport();
            let is_usual = viewport.maximized != Some(true) && viewport.fullscreen != Some(true);
            viewport.inner_rect.filter(|_| is_usual).map(|rect| rect.size())
        };
        let mut looks = self.state.looks.clone();
        // The first window opens before it is known how large everything is to be, the other one after that.
        let zoom = context.zoom_factor();
        looks.window = context.input(size).map(|size| (size * zoom).into()).or(looks.window);
        if self.state.beside.as_ref().is_some_and(|beside| beside.place == Place::Window) {
            looks.own_window = context.input_for(own_window(), size).map(<[f32; 2]>::from).or(looks.own_window);
        }
        if looks != self.state.looks {
            self.state.looks = looks;
            self.save_settings();
        }
    }

    /// Has the settings written by a worker.
    pub(super) fn save_settings(&self) {
        if let Some(request) = self.settings.to_save(&self.state) {
            self.workers.save.request(request);
        }
    }

    fn open(&mut self, paths: Vec<PathBuf>) {
        self.state.source = Some(match paths.as_slice() {
            [path] => Source::Folder(path.clone()),
            _ => Source::Files(paths.clone()),
        });
        self.load(LoadRequest::Paths(paths));
    }

    /// A single JSON file may be a recipe, a folder a run on another engine; what else is handed over is landing files.
    fn open_any(&mut self, paths: Vec<PathBuf>) {
        let paths: Vec<PathBuf> = paths.into_iter().map(settings::from_home).collect();
        match paths.as_slice() {
            [path] => self.open_recipe(OpenRequest { path: path.clone(), may_be_landing: true }),
            _ => self.open(paths),
        }
    }

    fn open_recipe(&self, request: OpenRequest) {
        self.workers.open_recipe.forget();
        self.workers.open_recipe.request(request);
    }

    /// Asks where to write the recipe.
    fn choose_place(&self) {
        let file = self.state.choices().file.as_ref().map(|file| file.path.clone());
        self.show_dialog(FileChoice::SaveRecipe(file));
    }

    pub(super) fn save_recipe(&self, path: PathBuf) {
        let file = Arc::new(RecipeFile { path, recipe: self.state.choices().recipe.clone() });
        let source = self.state.source.clone();
        self.workers.save_recipe.forget();
        self.workers.save_recipe.request(recipe_file::SaveRequest { file, source });
    }

    fn reload(&mut self) {
        match self.state.source.clone() {
            Some(Source::Folder(path)) => self.load(LoadRequest::Paths(vec![path])),
            Some(Source::Files(paths)) => self.load(LoadRequest::Paths(paths)),
            // What was opened is kept as it was asked for.
            Some(Source::Fetched(_)) => {}
            None => self.load(LoadRequest::Sample),
        }
    }

    fn load(&mut self, request: LoadRequest) {
        self.state.landing.begin();
        self.workers.watch.cancel();
        self.workers.load.forget();
        self.workers.load.request(Load { what: request, cache: self.cache() });
    }

    /// Asks for the tables of the recipe as it stands.
    pub(super) fn curate(&mut self) {
        let Some(loaded) = self.state.landing.value() else { return };
        let landing = Arc::clone(&loaded.landing);
        if self.is_curated() {
            return;
        }
        if !self.state.curation.is_loading() {
            self.workers.curate.forget();
        }
        let recipe = self.state.choices().recipe.clone();
        let run = self.state.choices().run_in_force().map(Arc::clone);
        self.state.curation.begin();
        self.workers.curate.request(CurateRequest { landing, recipe, run });
    }

    /// Whether the tables are those of the recipe.
    fn is_curated(&self) -> bool {
        matches!(&self.state.curation, Slot::Ready(curation) if self.state.choices().are_made(curation))
    }

    /// Asks for the rows behind the loss that is shown, if one is.
    pub(super) fn look_up_dropped(&mut self) {
        let Shown::Dropped { table, step, stood } = self.state.choices().shown else { return };
        if !self.is_curated() {
            // They are looked up as soon as the tables are there.
            self.page.dropped.cancel();
            self.state.dropped = Slot::Loading(None);
            return;
        }
        let Some(curation) = self.state.curation.value().map(Arc::clone) else { return };
        if curation.count(table).is_none_or(|count| step >= count.steps.len()) {
            // The recipe that had this step is gone.
            return self.show_instead(Shown::Table(table));
        }
        self.state.dropped = Slot::Loading(None);
        self.page.dropped.forget();
        self.page.dropped.request(DroppedRequest { curation, table, step, stood });
    }
}
