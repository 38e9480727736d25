//! Carries out what the views ask for.

use std::path::PathBuf;
use std::sync::Arc;

use crate::landing::Source;
use crate::state::{Command, Shown, Slot};
use crate::ui::theme;

use super::App;
use super::dialogs::Choice;
use super::work::{CurateRequest, DroppedRequest, LoadRequest};

impl App {
    /// Carries out one command.
    pub(super) fn handle(&mut self, command: Command, context: &egui::Context) {
        match command {
            Command::ChooseFolder => self.workers.dialog.request(Choice::Folder),
            Command::ChooseFiles => self.workers.dialog.request(Choice::Files),
            Command::OpenPaths(paths) => self.open(paths),
            Command::OpenSample => self.load(LoadRequest::Sample),
            Command::Reload => self.reload(),
            Command::Cancel => {
                self.workers.load.cancel();
                self.workers.curate.cancel();
                self.workers.dropped.cancel();
                self.workers.look.cancel();
                self.workers.summarise.cancel();
            }
            Command::SetRecipe(recipe) => {
                self.state.recipe = recipe;
                self.curate();
            }
            Command::Show(shown) => {
                self.state.shown = shown;
                self.look_up_dropped();
            }
            Command::RetryDropped => {
                self.workers.dropped.forget();
                self.look_up_dropped();
            }
            Command::SetQuery(shown, query) => {
                self.state.queries.insert(shown, query);
            }
            Command::Follow(follow) => self.state.follow = follow,
            Command::SetTheme(choice) => {
                self.state.theme = choice;
                theme::apply(context, choice);
                self.save_settings();
            }
            Command::Reveal(revealed) => self.state.revealed = revealed,
            Command::Copy(text) => context.copy_text(text),
            Command::Dismiss(position) => {
                if position < self.state.notices.len() {
                    self.state.notices.remove(position);
                }
            }
            Command::Quit => context.send_viewport_cmd(egui::ViewportCommand::Close),
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

    fn reload(&mut self) {
        match self.state.source.clone() {
            Some(Source::Folder(path)) => self.load(LoadRequest::Paths(vec![path])),
            Some(Source::Files(paths)) => self.load(LoadRequest::Paths(paths)),
            None => self.load(LoadRequest::Sample),
        }
    }

    fn load(&mut self, request: LoadRequest) {
        self.state.landing.begin();
        self.workers.load.forget();
        self.workers.load.request(request);
    }

    /// Asks for the tables of the recipe as it stands.
    pub(super) fn curate(&mut self) {
        let Some(loaded) = self.state.landing.value() else { return };
        let landing = Arc::clone(&loaded.landing);
        if matches!(&self.state.curation, Slot::Ready(curation) if curation.recipe == self.state.recipe) {
            return;
        }
        self.state.curation.begin();
        self.workers.curate.forget();
        self.workers.curate.request(CurateRequest { landing, recipe: self.state.recipe.clone() });
    }

    /// Asks for the rows behind the loss that is shown, if one is.
    pub(super) fn look_up_dropped(&mut self) {
        let Shown::Dropped { table, step } = self.state.shown else { return };
        let Some(curation) = self.state.curation.value().map(Arc::clone) else { return };
        if curation.count(table).is_none_or(|count| step >= count.steps.len()) {
            // The recipe that had this step is gone.
            self.state.shown = Shown::Table(table);
            return;
        }
        self.state.dropped = Slot::Loading(None);
        self.workers.dropped.forget();
        self.workers.dropped.request(DroppedRequest { curation, table, step });
    }
}
