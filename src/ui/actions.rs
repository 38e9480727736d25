//! Everything that can be asked for from everywhere, once: its name, its usual keys, and what it comes to. Keys, menus and the
//! list of commands are made of this.

use egui::{Key, KeyboardShortcut, Modifiers};

use crate::explore::Selection;
use crate::state::{Command, Instants, Keys, Language, Shown, State, Theme};

use super::{layout_actions, page_actions, recipe_actions};

pub use self::other_words::{other_words, words_for_section};
pub use self::shortcut::{can_be_chosen, parse, words};

mod other_words;
mod shortcut;

pub const CTRL: Modifiers = Modifiers::COMMAND;
pub const CTRL_SHIFT: Modifiers = CTRL.plus(Modifiers::SHIFT);

/// Something that can be asked for.
pub struct Action {
    /// What it is called in settings.
    pub id: &'static str,
    /// What it is called on the screen.
    pub name: &'static str,
    /// Its keys unless somebody chose another one.
    pub usual: &'static [KeyboardShortcut],
    /// What it comes to as things stand.
    pub does: fn(&State) -> Does,
}

/// What an action comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Does {
    /// This is asked for.
    Asks(Command),
    /// The list of commands opens.
    OpensList,
    /// The menu of settings opens.
    OpensSettings,
    /// The guide opens, or closes.
    TurnsGuide,
    /// The tour starts, or ends.
    TurnsTour,
    /// The tour ends, or the guide closes, or the newest notice goes: whatever of them is there.
    Closes,
    /// The focus goes to the other of the two pages; where there is one only, to the list of pages or from there to the page.
    TurnsToOtherPage,
    /// A text can be typed that is to be found in the table.
    Finds,
    /// The query in the editor is answered.
    AsksQuery,
    /// The page of the review opens at the next check that fails.
    TurnsToNextFailing,
    /// A link can be pasted.
    OpensLink,
    /// The picture of the page is saved.
    SavesPicture,
    /// What is drawn is shown as a table, or drawn again.
    TurnsTable,
    /// What is drawn is said in words, or not any more.
    TurnsWords,
    /// The counts of all tables are saved as a picture.
    SavesCounts,
    /// Nothing, for this reason.
    Nothing(&'static str),
}

impl Action {
    /// What it comes to as things stand.
    pub fn does(&self, state: &State) -> Does {
        (self.does)(state)
    }

    /// The keys that ask for it.
    pub fn keys(&self, chosen: &Keys) -> Vec<KeyboardShortcut> {
        match chosen.get(self.id) {
            Some(text) => parse(text).into_iter().collect(),
            None => self.usual.to_vec(),
        }
    }

    /// The first of its keys in words; blank if it has none.
    pub fn key_words(&self, chosen: &Keys) -> String {
        self.keys(chosen).first().map(words).unwrap_or_default()
    }
}

/// All of them, as they are listed.
pub fn all() -> impl Iterator<Item = &'static Action> {
    ACTIONS.iter().chain(page_actions::ACTIONS).chain(recipe_actions::ACTIONS).chain(layout_actions::ACTIONS)
}

/// The action of an id.
pub fn action(id: &str) -> Option<&'static Action> {
    all().find(|action| action.id == id)
}

/// The keys of an action in words; blank if it has none.
pub fn key_of(id: &str, state: &State) -> String {
    action(id).map(|action| action.key_words(&state.keys)).unwrap_or_default()
}

/// A name, and the keys of an action in brackets if it has any.
pub fn named_with_key(name: &str, id: &str, state: &State) -> String {
    match key_of(id, state) {
        keys if keys.is_empty() => name.to_owned(),
        keys => format!("{name} ({keys})"),
    }
}

/// The action that has these keys.
pub fn with_keys(shortcut: &KeyboardShortcut, chosen: &Keys) -> Option<&'static Action> {
    all().find(|action| action.keys(chosen).contains(shortcut))
}

/// Whether an action has keys that are those of a text while one is typed, or of what is open on top.
pub fn gives_way(action: &Action) -> bool {
    matches!(action.id, "undo" | "redo" | "choose-all" | "copy" | "copy-with-titles" | "cancel")
}

pub const fn keys(modifiers: Modifiers, key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(modifiers, key)
}

/// Asks for something, if there is any of it.
pub fn if_any(is_any: bool, command: Command, nothing: &'static str) -> Does {
    if is_any { Does::Asks(command) } else { Does::Nothing(nothing) }
}

fn drawn(state: &State, does: Does) -> Does {
    match state.choices().shown {
        Shown::Consent | Shown::Signals => does,
        _ => Does::Nothing("Nothing is drawn on this page"),
    }
}

fn choose_all(state: &State) -> Does {
    match state.look_in_force() {
        Some(look) if !look.is_empty() => {
            let columns = state.choices().layout().in_sight(&look.view).0.len();
            Does::Asks(Command::Select(look.shown, Selection::all(look.len(), columns)))
        }
        _ => Does::Nothing("No rows are shown"),
    }
}

/// Those of what is looked at, as they are listed.
const ACTIONS: &[Action] = &[
    Action {
        id: "commands",
        name: "List all commands",
        usual: &[keys(CTRL, Key::K), keys(CTRL_SHIFT, Key::P)],
        does: |_| Does::OpensList,
    },
    Action { id: "settings", name: "Settings", usual: &[keys(CTRL, Key::Comma)], does: |_| Does::OpensSettings },
    Action { id: "guide", name: "Guide", usual: &[keys(Modifiers::NONE, Key::F1)], does: |_| Does::TurnsGuide },
    Action { id: "tour", name: "Tour of the window", usual: &[], does: |_| Does::TurnsTour },
    Action {
        id: "open-folder",
        name: "Open folder…",
        usual: &[keys(CTRL, Key::O)],
        does: |_| Does::Asks(Command::ChooseFolder),
    },
    Action {
        id: "open-files",
        name: "Open files…",
        usual: &[keys(CTRL_SHIFT, Key::O)],
        does: |_| Does::Asks(Command::ChooseFiles),
    },
    Action { id: "open-sample", name: "Open the sample data", usual: &[], does: |_| Does::Asks(Command::OpenSample) },
    Action {
        id: "reload",
        name: "Read the source again",
        usual: &[keys(CTRL, Key::R)],
        does: |_| Does::Asks(Command::Reload),
    },
    Action {
        id: "cancel",
        name: "Stop what is being worked out",
        usual: &[keys(Modifiers::NONE, Key::Escape)],
        does: |state| match state.work {
            Some(_) => Does::Asks(Command::Cancel),
            None => Does::Nothing("Nothing is being worked out"),
        },
    },
    Action {
        id: "copy-link",
        name: "Copy link to this view",
        usual: &[keys(CTRL_SHIFT, Key::L)],
        does: |state| match state.landing.value() {
            Some(_) => Does::Asks(Command::CopyLink),
            None => Does::Nothing("Nothing is opened"),
        },
    },
    Action { id: "open-link", name: "Open link…", usual: &[], does: |_| Does::OpensLink },
    Action {
        id: "save-picture",
        name: "Save the picture of this page…",
        usual: &[keys(CTRL_SHIFT, Key::E)],
        does: |state| match state.choices().shown {
            Shown::Consent | Shown::Signals | Shown::Review => Does::SavesPicture,
            _ => Does::Nothing("There is no picture on this page"),
        },
    },
    Action {
        id: "as-table",
        name: "Chart as a table, or as a chart again",
        usual: &[keys(CTRL_SHIFT, Key::T)],
        does: |state| drawn(state, Does::TurnsTable),
    },
    Action {
        id: "in-words",
        name: "Chart in words, or without them",
        usual: &[keys(CTRL_SHIFT, Key::W)],
        does: |state| drawn(state, Does::TurnsWords),
    },
    Action {
        id: "save-counts",
        name: "Save the counts of all tables as a picture…",
        usual: &[],
        does: |state| match state.curation.value() {
            Some(_) => Does::SavesCounts,
            None => Does::Nothing("The tables are not made yet"),
        },
    },
    Action {
        id: "undo",
        name: "Undo",
        usual: &[keys(CTRL, Key::Z)],
        does: |state| if_any(state.history.undo_label().is_some(), Command::Undo, "There is nothing to undo"),
    },
    Action {
        id: "redo",
        name: "Redo",
        usual: &[keys(CTRL_SHIFT, Key::Z), keys(CTRL, Key::Y)],
        does: |state| if_any(state.history.redo_label().is_some(), Command::Redo, "Nothing was undone"),
    },
    Action {
        id: "open-recipe",
        name: "Open recipe…",
        usual: &[keys(CTRL_SHIFT, Key::R)],
        does: |_| Does::Asks(Command::ChooseRecipe),
    },
    Action {
        id: "save",
        name: "Save the session, and the recipe if it has a file",
        usual: &[keys(CTRL, Key::S)],
        does: |_| Does::Asks(Command::Save),
    },
    Action { id: "save-recipe", name: "Save recipe", usual: &[], does: |_| Does::Asks(Command::SaveRecipe) },
    Action {
        id: "save-recipe-as",
        name: "Save recipe as…",
        usual: &[keys(CTRL_SHIFT, Key::S)],
        does: |_| Does::Asks(Command::SaveRecipeAs),
    },
    Action {
        id: "recipe-as-specified",
        name: "Recipe back to the specification",
        usual: &[],
        does: |_| Does::Asks(Command::SetRecipe(crate::domain::Recipe::default())),
    },
    Action {
        id: "save-view",
        name: "Save this view: the rows and columns in sight…",
        usual: &[keys(CTRL, Key::E)],
        does: |state| match state.look_in_force() {
            Some(_) => Does::Asks(Command::SaveView),
            None => Does::Nothing("No table is shown"),
        },
    },
    Action {
        id: "find",
        name: "Find a text in the table",
        usual: &[keys(CTRL, Key::F)],
        does: |state| match state.look_in_force() {
            Some(_) => Does::Finds,
            None => Does::Nothing("No table is shown"),
        },
    },
    Action { id: "choose-all", name: "Choose all cells of the table", usual: &[keys(CTRL, Key::A)], does: choose_all },
    Action {
        id: "copy",
        name: "Copy the cells that are chosen",
        usual: &[keys(CTRL, Key::C)],
        does: |state| match state.choices().selection() {
            Some(_) => Does::Asks(Command::Copy { titles: false }),
            None => Does::Nothing("No cells are chosen"),
        },
    },
    Action {
        id: "copy-with-titles",
        name: "Copy the cells that are chosen, with titles",
        usual: &[keys(CTRL_SHIFT, Key::C)],
        does: |state| match state.choices().selection() {
            Some(_) => Does::Asks(Command::Copy { titles: true }),
            None => Does::Nothing("No cells are chosen"),
        },
    },
    Action {
        id: "ask",
        name: "Answer the query",
        usual: &[keys(CTRL, Key::Enter)],
        does: |state| match state.choices().shown {
            Shown::Sql => Does::AsksQuery,
            _ => Does::Nothing("The page SQL is not shown"),
        },
    },
    Action {
        id: "follow-nobody",
        name: "Show all customers and devices again",
        usual: &[],
        does: |state| match state.choices().follow {
            Some(_) => Does::Asks(Command::Follow(None)),
            None => Does::Nothing("All are shown"),
        },
    },
    Action {
        id: "reveal",
        name: "Show personal data",
        usual: &[],
        does: |state| match state.revealed {
            false => Does::Asks(Command::Reveal(true)),
            true => Does::Nothing("They are shown"),
        },
    },
    Action {
        id: "mask",
        name: "Mask personal data",
        usual: &[],
        does: |state| match state.revealed {
            true => Does::Asks(Command::Reveal(false)),
            false => Does::Nothing("They are masked"),
        },
    },
    Action {
        id: "withdrawals",
        name: "Read those who withdrew from a file…",
        usual: &[],
        does: |_| Does::Asks(Command::ChooseWithdrawn),
    },
    Action {
        id: "expected",
        name: "Read expected counts from a file…",
        usual: &[],
        does: |_| Does::Asks(Command::ChooseExpected),
    },
    Action {
        id: "report",
        name: "Save the report of the review…",
        usual: &[],
        does: |state| match state.review.checks.value() {
            Some(_) => Does::Asks(Command::SaveReport),
            None => Does::Nothing("The checks are not computed yet"),
        },
    },
    Action {
        id: "kit",
        name: "Write the kit for Spark and Athena…",
        usual: &[],
        does: |_| Does::Asks(Command::ChooseKit),
    },
    Action {
        id: "engine",
        name: "Choose the engine that makes the tables…",
        usual: &[],
        does: |_| Does::Asks(Command::OfferEngines(true)),
    },
    Action {
        id: "run", name: "Open the run of another engine…", usual: &[], does: |_| Does::Asks(Command::ChooseRun)
    },
    Action { id: "theme-dark", name: "Dark theme", usual: &[], does: |_| Does::Asks(Command::SetTheme(Theme::Dark)) },
    Action {
        id: "theme-light",
        name: "Light theme",
        usual: &[],
        does: |_| Does::Asks(Command::SetTheme(Theme::Light)),
    },
    Action {
        id: "theme-system",
        name: "Theme of the system",
        usual: &[],
        does: |_| Does::Asks(Command::SetTheme(Theme::System)),
    },
    Action {
        id: "language-system",
        name: "Language of the system",
        usual: &[],
        does: |_| Does::Asks(Command::SetLanguage(Language::System)),
    },
    Action {
        id: "language-english",
        name: "Language: English",
        usual: &[],
        does: |_| Does::Asks(Command::SetLanguage(Language::English)),
    },
    Action {
        id: "language-german",
        name: "Language: German",
        usual: &[],
        does: |_| Does::Asks(Command::SetLanguage(Language::German)),
    },
    Action {
        id: "instants-utc",
        name: "Instants in UTC",
        usual: &[],
        does: |_| Does::Asks(Command::SetInstants(Instants::Utc)),
    },
    Action {
        id: "instants-local",
        name: "Instants in local time",
        usual: &[],
        does: |_| Does::Asks(Command::SetInstants(Instants::Local)),
    },
    Action {
        id: "clear-cache",
        name: "Throw away what is kept of files that were read",
        usual: &[],
        does: |state| match state.cache.kept.entries {
            0 => Does::Nothing("Nothing is kept"),
            _ => Does::Asks(Command::ClearCache),
        },
    },
    Action { id: "quit", name: "Quit", usual: &[keys(CTRL, Key::Q)], does: |_| Does::Asks(Command::Quit) },
];

#[cfg(test)]
mod tests;
