//! What the window remembers from one start to the next: theme and recent folders, in `settings.json` of the
//! user's configuration folder. The session file's own module: nothing else of the window touches files.

use std::fs;
use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::state::{Notice, Severity, State, Theme};

use super::finished::notify;

const MOST_RECENT: usize = 8;

/// The place of the settings; none keeps nothing.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    file: Option<PathBuf>,
}

/// What was remembered.
#[derive(Default)]
pub struct Saved {
    pub theme: Theme,
    pub recent: Vec<PathBuf>,
    /// Why it could not be read.
    pub notice: Option<Notice>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Content {
    theme: Theme,
    recent: Vec<PathBuf>,
}

impl Settings {
    /// In the user's configuration folder.
    pub fn at_home() -> Self {
        let folders = directories::ProjectDirs::from("", "", "stedi-workbench");
        Self { file: folders.map(|folders| folders.config_dir().join("settings.json")) }
    }

    /// In this file.
    pub fn at(file: PathBuf) -> Self {
        Self { file: Some(file) }
    }

    /// What was remembered; the defaults and a notice where it cannot be read.
    pub(super) fn load(&self) -> Saved {
        let Some(file) = &self.file else { return Saved::default() };
        let content = match fs::read(file) {
            Ok(bytes) => serde_json::from_slice::<Content>(&bytes).map_err(|error| error.to_string()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Content::default()),
            Err(error) => Err(error.to_string()),
        };
        match content {
            Ok(content) => Saved { theme: content.theme, recent: content.recent, notice: None },
            Err(error) => Saved {
                notice: Some(Notice {
                    severity: Severity::Warning,
                    text: format!("The settings could not be read and start anew: {}: {error}", file.display()),
                }),
                ..Saved::default()
            },
        }
    }

    /// Puts a folder first among the recent ones.
    pub(super) fn remember(&self, state: &mut State, folder: PathBuf) {
        let folder = std::path::absolute(&folder).unwrap_or(folder);
        state.recent.retain(|other| *other != folder);
        state.recent.insert(0, folder);
        state.recent.truncate(MOST_RECENT);
        self.save(state);
    }

    /// Writes what is to be remembered; a failure is a notice.
    pub(super) fn save(&self, state: &mut State) {
        let Some(file) = &self.file else { return };
        let content = Content { theme: state.theme, recent: state.recent.clone() };
        if let Err(error) = write(file, &content) {
            let text = format!("The settings could not be saved: {}: {error}", file.display());
            notify(state, Severity::Warning, text);
        }
    }
}

fn write(file: &PathBuf, content: &Content) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = file.with_extension("json.part");
    fs::write(&beside, serde_json::to_vec_pretty(content)?)?;
    fs::rename(&beside, file)
}
