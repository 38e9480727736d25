//! The keys that work everywhere.

use egui::{Key, KeyboardShortcut, Ui};

use crate::state::{Command, State};

use super::actions::{ACTIONS, Action, Does};

/// What the keys that were pressed come to. Keys of more keys go first: those of fewer would take theirs.
pub fn keys_ui(ui: &Ui, state: &State) -> Vec<Does> {
    let mut all: Vec<(KeyboardShortcut, &Action)> = ACTIONS
        .iter()
        .flat_map(|action| action.keys(&state.keys).into_iter().map(move |keys| (keys, action)))
        .collect();
    all.sort_by_key(|(shortcut, _)| {
        let modifiers = shortcut.modifiers;
        std::cmp::Reverse([modifiers.command, modifiers.alt, modifiers.shift].into_iter().filter(|is| *is).count())
    });
    let is_typing = ui.ctx().text_edit_focused();
    let mut asked = vec![];
    for (shortcut, action) in all {
        // A text that is typed has its own undo.
        let is_of_texts = matches!(action.id, "undo" | "redo") && is_typing;
        if !is_of_texts && ui.input_mut(|input| input.consume_shortcut(&shortcut)) {
            asked.push(action.does(state));
        }
    }
    if state.work.is_some() && ui.input(|input| input.key_pressed(Key::Escape)) {
        asked.push(Does::Asks(Command::Cancel));
    }
    asked
}
