//! The keys that work everywhere.

use egui::{Key, KeyboardShortcut, Modifiers, Ui};

use crate::domain::Table;
use crate::state::{Command, Shown, State};

const OPEN_FOLDER: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::O);
const OPEN_FILES: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::O);
const RELOAD: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::R);
const OPEN_RECIPE: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::R);
const SAVE: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::S);
const SAVE_AS: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::S);
const UNDO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Z);
const REDO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z);
const REDO_TOO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Y);
const SAVE_VIEW: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::E);
/// Goes to the field that finds a text, where there is one.
pub const FIND: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::F);
const QUIT: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Q);
const NEXT: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::PageDown);
const PREVIOUS: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::PageUp);

/// Turns the keys that were pressed into commands.
pub fn keys_ui(ui: &Ui, state: &State, commands: &mut Vec<Command>) {
    // The longer shortcut first: the shorter one would take its key.
    for (shortcut, command) in [
        (OPEN_FILES, Command::ChooseFiles),
        (OPEN_FOLDER, Command::ChooseFolder),
        (OPEN_RECIPE, Command::ChooseRecipe),
        (RELOAD, Command::Reload),
        (SAVE_AS, Command::SaveRecipeAs),
        (SAVE, Command::SaveRecipe),
        (SAVE_VIEW, Command::SaveView),
        (QUIT, Command::Quit),
        (NEXT, Command::Show(Shown::Table(neighbour(state, 1)))),
        (PREVIOUS, Command::Show(Shown::Table(neighbour(state, Table::ALL.len() - 1)))),
    ] {
        if ui.input_mut(|input| input.consume_shortcut(&shortcut)) {
            commands.push(command);
        }
    }
    // A text that is typed has its own undo.
    if !ui.ctx().text_edit_focused() {
        for (shortcut, command) in [(REDO, Command::Redo), (REDO_TOO, Command::Redo), (UNDO, Command::Undo)] {
            if ui.input_mut(|input| input.consume_shortcut(&shortcut)) {
                commands.push(command);
            }
        }
    }
    if state.work.is_some() && ui.input(|input| input.key_pressed(Key::Escape)) {
        commands.push(Command::Cancel);
    }
}

fn neighbour(state: &State, steps: usize) -> Table {
    let current = match state.choices().shown {
        Shown::Table(table) | Shown::Dropped { table, .. } => table.index(),
        Shown::Refused | Shown::Consent | Shown::Signals | Shown::Review | Shown::Export | Shown::Behind(_) => {
            return Table::CustomerLanding;
        }
    };
    Table::ALL[(current + steps) % Table::ALL.len()]
}
