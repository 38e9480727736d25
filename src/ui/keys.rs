//! The keys that work everywhere.

use egui::{Event, Key, KeyboardShortcut, Popup, Ui};

use crate::state::State;

use super::actions::{self, Action, Does};
use super::focus;

/// What the keys that were pressed come to. Keys of more keys go first: those of fewer would take theirs.
pub fn keys_ui(ui: &Ui, state: &State) -> Vec<Does> {
    let mut all: Vec<(KeyboardShortcut, &Action)> = actions::all()
        .flat_map(|action| action.keys(&state.keys).into_iter().map(move |keys| (keys, action)))
        .collect();
    all.sort_by_key(|(shortcut, _)| {
        let modifiers = shortcut.modifiers;
        std::cmp::Reverse([modifiers.command, modifiers.alt, modifiers.shift].into_iter().filter(|is| *is).count())
    });
    let is_typing = ui.ctx().text_edit_focused();
    let is_covered = Popup::is_any_open(ui.ctx());
    let mut asked = vec![];
    for (shortcut, action) in all {
        // A text that is typed has its own undo, and Escape leaves it or what is open on top before it takes anything away.
        let gives_way = actions::gives_way(action) && (is_typing || (is_covered && action.id == "cancel"));
        if gives_way || !is_pressed(ui, &shortcut) {
            continue;
        }
        asked.push(match action.does(state) {
            // Nobody who presses these wants to hear that there was nothing to do: a text that is marked may be copied instead.
            Does::Nothing(_) if action.id == "cancel" && focus::leaves_text(ui) => continue,
            Does::Nothing(_) if action.id == "cancel" => Does::Closes,
            Does::Nothing(_) if actions::gives_way(action) && shortcut.logical_key != Key::Z => continue,
            does => does,
        });
    }
    asked
}

/// Whether keys were pressed. The system tells of those that copy as such, and whoever else copies hears of them too.
fn is_pressed(ui: &Ui, shortcut: &KeyboardShortcut) -> bool {
    ui.input_mut(|input| {
        let is_copy = shortcut.logical_key == Key::C && shortcut.modifiers.command && !shortcut.modifiers.alt;
        if is_copy && input.events.contains(&Event::Copy) {
            return input.modifiers.shift == shortcut.modifiers.shift;
        }
        input.consume_shortcut(shortcut)
    })
}
