//! The keys that work everywhere.

use egui::{Key, KeyboardShortcut, Modifiers, Ui};

use crate::domain::Table;
use crate::state::{Command, Shown, State};

const OPEN_FOLDER: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::O);
const OPEN_FILES: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::O);
const RELOAD: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::R);
const QUIT: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Q);
const NEXT: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::PageDown);
const PREVIOUS: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::PageUp);

/// Turns the keys that were pressed into commands.
pub fn keys_ui(ui: &Ui, state: &State, commands: &mut Vec<Command>) {
    // The longer shortcut first: the shorter one would take its key.
    for (shortcut, command) in [
        (OPEN_FILES, Command::ChooseFiles),
        (OPEN_FOLDER, Command::ChooseFolder),
        (RELOAD, Command::Reload),
        (QUIT, Command::Quit),
        (NEXT, Command::Show(Shown::Table(neighbour(state, 1)))),
        (PREVIOUS, Command::Show(Shown::Table(neighbour(state, Table::ALL.len() - 1)))),
    ] {
        if ui.input_mut(|input| input.consume_shortcut(&shortcut)) {
            commands.push(command);
        }
    }
    if state.work.is_some() && ui.input(|input| input.key_pressed(Key::Escape)) {
        commands.push(Command::Cancel);
    }
}

fn neighbour(state: &State, steps: usize) -> Table {
    let current = match state.shown {
        Shown::Table(table) | Shown::Dropped { table, .. } => table.index(),
        Shown::Refused => return Table::CustomerLanding,
    };
    Table::ALL[(current + steps) % Table::ALL.len()]
}
