//! What the window remembers from one start to the next: theme and recent folders, in `settings.json` of the
//! user's configuration folder. The session file's own module: nothing else of the window touches files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::domain::TimeZone;
use crate::export::release::KeyStore;
use crate::export::{History, TrailFile, change_own_file};
use crate::landing::{self, Cache};
use crate::s3::is_address;
use crate::state::{Instants, Keys, Language, Looks, Notice, Severity, Spoken, State, Theme};

use super::export_work::Homes;

const MOST_RECENT: usize = 8;
/// So much is kept of what was read unless somebody chooses otherwise.
const CACHE_LIMIT: u64 = 8_000_000_000;

/// The place of the settings; none keeps nothing.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    file: Option<PathBuf>,
    /// The bytes of memory that may be used, if that was said.
    memory: Option<u64>,
    /// The language and the zone of the system; English and UTC unless they were given.
    system_language: Spoken,
    system_zone: TimeZone,
}

/// What was remembered.
pub struct Saved {
    pub theme: Theme,
    pub language: Language,
    pub instants: Instants,
    pub recent: Vec<PathBuf>,
    /// The most bytes that are kept of what was read; 0 keeps nothing.
    pub cache_limit: u64,
    /// Whether changes of the folder that is open are read at once.
    pub watches: bool,
    /// The keys of actions that have others than the usual ones.
    pub keys: Keys,
    /// The tour was taken, or is not wanted.
    pub toured: bool,
    /// How the window looks, and which of its parts are there.
    pub looks: Looks,
    /// Why it could not be read.
    pub notice: Option<Notice>,
}

/// What is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Content {
    theme: Theme,
    language: Language,
    instants: Instants,
    recent: Vec<PathBuf>,
    cache_limit: u64,
    watches: bool,
    keys: Keys,
    toured: bool,
    looks: Looks,
}

impl Default for Content {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            language: Language::default(),
            instants: Instants::default(),
            recent: vec![],
            cache_limit: CACHE_LIMIT,
            watches: true,
            keys: Keys::default(),
            toured: false,
            looks: Looks::default(),
        }
    }
}

impl From<Content> for Saved {
    fn from(content: Content) -> Self {
        let Content { theme, language, instants, recent, cache_limit, watches, keys, toured, looks } = content;
        Self { theme, language, instants, recent, cache_limit, watches, keys, toured, looks, notice: None }
    }
}

impl Default for Saved {
    fn default() -> Self {
        Content::default().into()
    }
}

/// The user's state folder, or where the system has none, the data folder.
fn state_folder() -> Option<PathBuf> {
    let folders = directories::ProjectDirs::from("", "", "stedi-workbench")?;
    Some(folders.state_dir().unwrap_or(folders.data_local_dir()).to_owned())
}

/// Where the trails of reviews are kept: in the user's state folder.
pub fn trail_folder() -> Option<PathBuf> {
    Some(state_folder()?.join("reviews"))
}

/// Where the keys of pseudonyms are kept: in the user's data folder.
pub fn keys_folder() -> Option<PathBuf> {
    let folders = directories::ProjectDirs::from("", "", "stedi-workbench")?;
    Some(folders.data_local_dir().join("keys"))
}

/// The list of exports: in the user's state folder.
pub fn history_file() -> Option<PathBuf> {
    Some(state_folder()?.join("exports.jsonl"))
}

impl Settings {
    /// In the user's configuration folder.
    pub fn at_home() -> Self {
        let folders = directories::ProjectDirs::from("", "", "stedi-workbench");
        Self { file: folders.map(|folders| folders.config_dir().join("settings.json")), ..Self::default() }
    }

    /// In this file.
    pub fn at(file: PathBuf) -> Self {
        Self { file: Some(file), ..Self::default() }
    }

    /// The trail of reviews, the keys of pseudonyms and the list of exports: where the user's are, or beside settings that
    /// are elsewhere.
    pub(super) fn homes(&self) -> Homes {
        let beside = self.beside();
        let place = |name: &str, home: fn() -> Option<PathBuf>| {
            beside.map(|folder| folder.join(name)).or_else(home).unwrap_or_else(|| PathBuf::from(name))
        };
        Homes {
            trail: TrailFile::in_folder(&place("reviews", trail_folder)),
            keys: KeyStore::at(place("keys", keys_folder)),
            history: History::at(place("exports.jsonl", history_file)),
            aside: self.aside_folder(),
            memory: self.memory(),
        }
    }

    /// Where the session is kept: in the user's state folder, or beside settings that are elsewhere.
    pub(super) fn session_folder(&self) -> Option<PathBuf> {
        self.beside().map(Path::to_owned).or_else(state_folder).map(|folder| folder.join("session"))
    }

    /// Every folder that the program writes to by itself, under the name of what is kept there.
    pub fn places(&self) -> [(&'static str, Option<PathBuf>); 6] {
        let folder = |file: Option<PathBuf>| file.and_then(|file| Some(file.parent()?.to_owned()));
        [
            ("settings", folder(self.file.clone())),
            ("session", self.session_folder()),
            ("reviews", trail_folder()),
            ("keys", keys_folder()),
            ("cache", self.cache_folder()),
            ("aside", Some(self.aside_folder())),
        ]
    }

    /// The folder of settings that are not the user's own.
    fn beside(&self) -> Option<&Path> {
        self.file.as_deref().filter(|_| self.file != Self::at_home().file).and_then(Path::parent)
    }

    /// Where what was read is kept: in the user's cache folder, or beside settings that are elsewhere.
    pub fn cache_folder(&self) -> Option<PathBuf> {
        let home = || Some(directories::ProjectDirs::from("", "", "stedi-workbench")?.cache_dir().join("landing"));
        self.beside().map(|folder| folder.join("cache")).or_else(home)
    }

    /// Where readings are put aside that are more than there is memory for: where TMPDIR says, or in the user's cache folder.
    pub fn aside_folder(&self) -> PathBuf {
        let named = std::env::var_os("TMPDIR").map(PathBuf::from);
        // Beside what is kept, which may be cleared meanwhile.
        let home = || Some(self.cache_folder()?.with_file_name("aside"));
        named.or_else(home).unwrap_or_else(std::env::temp_dir)
    }

    /// The bytes of memory that may be used: half of what there is, unless something else was said.
    pub fn memory(&self) -> u64 {
        self.memory.unwrap_or_else(|| landing::memory() / 2)
    }

    /// The same with another limit of the memory; with none as it was.
    pub fn with_memory(self, limit: Option<u64>) -> Self {
        Self { memory: limit.or(self.memory), ..self }
    }

    /// The same on a system of this language and zone.
    pub fn with_system(self, system_language: Spoken, system_zone: TimeZone) -> Self {
        Self { system_language, system_zone, ..self }
    }

    /// The language of the system.
    pub(super) fn system_language(&self) -> Spoken {
        self.system_language
    }

    /// The zone of the system.
    pub(super) fn system_zone(&self) -> TimeZone {
        self.system_zone
    }

    /// The cache of what was read, with the limit that was chosen.
    pub fn cache(&self) -> Option<Cache> {
        Some(Cache::at(self.cache_folder()?, self.load().cache_limit))
    }

    /// Chooses how much is kept of what was read.
    ///
    /// # Errors
    /// A sentence that says what could not be saved, where and why.
    pub fn limit_cache(&self, limit: u64) -> Result<(), String> {
        let Saved { theme, language, instants, recent, watches, keys, toured, looks, .. } = self.load();
        let content = Content { theme, language, instants, recent, cache_limit: limit, watches, keys, toured, looks };
        self.file.clone().map_or(Ok(()), |file| SaveRequest { file, content }.carry_out())
    }

    /// What was remembered; the defaults and a notice where it cannot be read.
    pub(super) fn load(&self) -> Saved {
        // Where nothing is kept, nobody could say that the tour is not wanted.
        let Some(file) = &self.file else { return Saved { toured: true, ..Saved::default() } };
        let content = match fs::read(file) {
            Ok(bytes) => serde_json::from_slice::<Content>(&bytes).map_err(|error| error.to_string()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Content::default()),
            Err(error) => Err(error.to_string()),
        };
        match content {
            Ok(content) => content.into(),
            Err(error) => Saved {
                notice: Some(Notice::new(
                    Severity::Warning,
                    format!(
                        "The settings could not be read and start anew: {}: {error}. What stands there is kept beside it as \
                         settings.json.damaged once there are new ones",
                        file.display()
                    ),
                )),
                ..Saved::default()
            },
        }
    }

    /// What is to be written of the state, and where; none where nothing is kept.
    pub(super) fn to_save(&self, state: &State) -> Option<SaveRequest> {
        let content = Content {
            theme: state.theme,
            language: state.language,
            instants: state.instants,
            // JSON cannot hold the others.
            recent: state.recent.iter().filter(|path| path.to_str().is_some()).cloned().collect(),
            cache_limit: state.cache.limit,
            watches: state.watches,
            keys: state.keys.clone(),
            toured: state.toured,
            looks: state.looks.clone(),
        };
        Some(SaveRequest { file: self.file.clone()?, content })
    }
}

/// A path as a shell would take it: `~` is the user's home.
pub(super) fn from_home(path: PathBuf) -> PathBuf {
    match (path.strip_prefix("~"), directories::BaseDirs::new()) {
        (Ok(rest), Some(folders)) => folders.home_dir().join(rest),
        _ => path,
    }
}

/// Settings to be written by a worker.
#[derive(Clone, Debug, PartialEq)]
pub struct SaveRequest {
    file: PathBuf,
    content: Content,
}

impl SaveRequest {
    /// Writes them, whole or not at all.
    ///
    /// # Errors
    /// A sentence that says what could not be saved, where and why.
    pub(super) fn carry_out(&self) -> Result<(), String> {
        write(&self.file, &self.content).map_err(|error| format!("The settings could not be saved: {error}"))
    }
}

/// Puts a folder first among the recent ones.
pub(super) fn remember(recent: &mut Vec<PathBuf>, folder: PathBuf) {
    let folder = if is_address(&folder) { folder } else { std::path::absolute(&folder).unwrap_or(folder) };
    recent.retain(|other| *other != folder);
    recent.insert(0, folder);
    recent.truncate(MOST_RECENT);
}

/// What cannot be read there is kept beside it.
fn write(file: &Path, content: &Content) -> Result<(), String> {
    let content = serde_json::to_vec_pretty(content).map_err(|error| error.to_string())?;
    let written = change_own_file(file, |before| {
        if !before.is_empty() && serde_json::from_slice::<Content>(&before).is_err() {
            fs::write(file.with_extension("json.damaged"), before).ok();
        }
        content
    });
    written.map_err(|error| error.to_string())
}
