//! The system's file dialogs, off the frame. A dialog that is cancelled is nothing at all; where the system has none, the path is
//! typed into a field of the window.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::domain::TimeZone;
use crate::state::{Command, FileChoice, PathAsked, Spoken};
use crate::ui::words::{self, t};

use super::{App, settings};

/// Nobody closes a dialog sooner than this: there was none.
const SOONEST: Duration = Duration::from_millis(150);

/// Asks in a language, and waits for the answer: for a worker that does nothing else, never for the frame. None if the system
/// shows no dialogs.
pub fn ask(choice: &FileChoice, spoken: Spoken) -> Option<Vec<PathBuf>> {
    words::speak(spoken, TimeZone::UTC);
    let started = Instant::now();
    let paths = show(choice);
    let was_shown = !paths.is_empty() || started.elapsed() > SOONEST;
    was_shown.then_some(paths)
}

fn show(choice: &FileChoice) -> Vec<PathBuf> {
    let dialog = rfd::FileDialog::new().set_title(t(choice.title()));
    let dialog = choice.new_name().into_iter().fold(dialog, rfd::FileDialog::set_file_name);
    let path = match choice {
        FileChoice::Files => {
            let known = ["json", "jsonl", "ndjson", "csv", "parquet", "gz", "zst"];
            let dialog = dialog.add_filter(t("Landing files"), &known).add_filter(t("All files"), &["*"]);
            return dialog.pick_files().unwrap_or_default();
        }
        FileChoice::Folder | FileChoice::Run => dialog.pick_folder(),
        FileChoice::OpenRecipe => with_recipes(dialog).pick_file(),
        FileChoice::Withdrawn | FileChoice::Expected | FileChoice::Sides | FileChoice::Searched => {
            let dialog = dialog.add_filter(t("Texts"), &["txt", "csv", "json"]).add_filter(t("All files"), &["*"]);
            dialog.pick_file()
        }
        FileChoice::SaveRecipe(file) => {
            let folder = file.as_deref().and_then(Path::parent);
            folder.into_iter().fold(with_recipes(dialog), rfd::FileDialog::set_directory).save_file()
        }
        FileChoice::Export | FileChoice::Kit => dialog.save_file(),
        FileChoice::SaveReport => dialog.add_filter(t("HTML"), &["html"]).save_file(),
        FileChoice::SavePicture(_) => dialog.add_filter(t("SVG"), &["svg"]).add_filter(t("PNG"), &["png"]).save_file(),
        FileChoice::SaveView(_) => {
            dialog.add_filter(t("CSV"), &["csv"]).add_filter(t("Parquet"), &["parquet"]).save_file()
        }
    };
    path.into_iter().collect()
}

fn with_recipes(dialog: rfd::FileDialog) -> rfd::FileDialog {
    dialog.add_filter(t("Recipes"), &["json"]).add_filter(t("All files"), &["*"])
}

impl App {
    /// One dialog at a time: a second would take the answer of the first away.
    pub(super) fn show_dialog(&self, choice: FileChoice) {
        if !self.workers.dialog.is_busy() {
            self.workers.dialog.request((choice, self.state.spoken()));
        }
    }

    /// Does what was chosen in a dialog, or has the path typed where there was none.
    pub(super) fn take_dialog(&mut self, choice: FileChoice, paths: Option<Vec<PathBuf>>) {
        match paths {
            Some(paths) => self.commands.extend(choice.command(paths)),
            // The page has a field for it already.
            None if choice == FileChoice::Export => self.state.exporting.is_place_typed = true,
            None => self.ask_for_path(choice, None),
        }
    }

    /// Does what a path was typed for; nothing without one.
    pub(super) fn take_path(&mut self, path: Option<PathBuf>) -> Option<Command> {
        let asked = self.state.path_asked.take()?;
        let path = path?;
        self.typed =
            Some(asked.choice.clone()).filter(|choice| matches!(choice, FileChoice::Folder | FileChoice::Files));
        asked.choice.command(vec![settings::from_home(path)])
    }

    fn ask_for_path(&mut self, choice: FileChoice, error: Option<String>) {
        let start = format!("~/{}", choice.new_name().unwrap_or_default());
        self.state.path_asked = Some(PathAsked { choice, start, error });
    }

    /// Has a path typed again that cannot be opened; false if none was typed.
    pub(super) fn ask_for_path_again(&mut self, error: &str) -> bool {
        let Some(choice) = self.typed.take() else { return false };
        self.ask_for_path(choice, Some(error.to_owned()));
        true
    }
}
