//! How the program treats what it reads: whether changes are read at once, and how much is kept for the next time.

use egui::{Role, Ui};

use crate::domain::format::{bytes, counted};
use crate::state::{Command, State};

use super::words::t;
use super::{icons, widgets};

const LIMITS: [(u64, &str); 4] =
    [(0, "nothing"), (2_000_000_000, "2 GB"), (8_000_000_000, "8 GB"), (64_000_000_000, "64 GB")];

/// The button, and what opens below it.
pub fn settings_menu_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let button = ui.menu_button(icons::SETTINGS, |ui| {
        ui.set_min_width(300.0);
        ui.label(widgets::small(ui, "THE FOLDER THAT IS OPEN"));
        let mut watches = state.watches;
        let hover = "New and changed files are read as soon as they are whole. A sign-off lapses with them.";
        if ui.checkbox(&mut watches, t("Read changes at once")).on_hover_text(t(hover)).changed() {
            commands.push(Command::Watch(watches));
        }
        let Some(folder) = &state.cache.folder else { return };
        ui.separator();
        ui.label(widgets::small(ui, "KEPT FOR THE NEXT TIME"));
        let kept = &state.cache.kept;
        let text = match kept.entries {
            0 => "No file is kept.".to_owned(),
            files => format!("{}, read from {}", bytes(kept.bytes), counted(files, "file")),
        };
        ui.label(t(text)).on_hover_text(t(format!(
            "What was read of files, so that they are there at once the next time. Only you can read it. {}",
            folder.display()
        )));
        ui.horizontal(|ui| {
            ui.label(t("Keep at most"));
            for (limit, name) in LIMITS {
                let response = ui.selectable_label(state.cache.limit == limit, t(name));
                widgets::named_choice(&response, ui, state.cache.limit == limit, format!("Keep at most {name}"));
                if response.clicked() {
                    commands.push(Command::LimitCache(limit));
                }
            }
        });
        if ui.add_enabled(kept.entries > 0, egui::Button::new(t("Clear"))).clicked() {
            commands.push(Command::ClearCache);
        }
    });
    widgets::named(&button.response, ui, Role::Button, "Settings");
    button.response.on_hover_text(t("Settings"));
}
