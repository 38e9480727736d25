//! How the program treats what it reads, how much is kept for the next time, and how the window speaks and tells the time.

use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{Button, Id, Popup, PopupCloseBehavior, Role, ScrollArea, Ui};

use crate::domain::format::{bytes, counted};
use crate::state::{Command, Instants, Language, State};

use super::actions::named_with_key;
use super::scrolled::Scrolled as _;
use super::words::{Words, as_is, t};
use super::{icons, looks_menu, theme, widgets};

const LIMITS: [(u64, &str); 4] =
    [(0, "nothing"), (2_000_000_000, "2 GB"), (8_000_000_000, "8 GB"), (64_000_000_000, "64 GB")];

/// Opens it, by keys, or has it stay open. What had the focus before gets it back when it closes.
pub fn open(ui: &Ui) {
    // Another size may give the button another place among others, with which what it opens closes a frame later.
    let until = ui.ctx().cumulative_frame_nr() + 2;
    ui.data_mut(|data| data.insert_temp(asked(), until));
    if !Popup::is_any_open(ui.ctx()) {
        let from = ui.memory(egui::Memory::focused);
        ui.data_mut(|data| data.insert_temp(asked().with("from"), from));
    }
}

fn asked() -> Id {
    Id::unique("settings_are_asked_for")
}

/// The button, and what opens below it.
pub fn settings_menu_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    // It stays open, so that one sees what each choice comes to.
    let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let button = Button::new(icons::SETTINGS).frame_when_inactive(false);
    let (response, _) = MenuButton::from_button(button).config(config).ui(ui, |ui| {
        let most = ui.ctx().content_rect().height() - theme::MENU_MARGIN;
        ScrollArea::vertical()
            .max_height(most)
            .min_scrolled_height(most)
            .show_scrolled(ui, |ui| settings_ui(ui, state, commands));
    });
    widgets::named(&response, ui, Role::Button, "Settings");
    let (popup, now) = (Popup::default_response_id(&response), ui.ctx().cumulative_frame_nr());
    if ui.data_mut(|data| data.get_temp::<u64>(asked())).is_some_and(|until| now <= until) {
        // Whoever chooses by keys in what is open stays there.
        if !Popup::is_id_open(ui.ctx(), popup) {
            response.request_focus();
            Popup::open_id(ui.ctx(), popup);
        }
    } else if !Popup::is_id_open(ui.ctx(), popup)
        && let Some(Some(from)) = ui.data_mut(|data| data.remove_temp::<Option<Id>>(asked().with("from")))
        && ui.memory(egui::Memory::focused).is_none_or(|focused| focused == response.id)
    {
        ui.memory_mut(|memory| memory.request_focus(from));
    }
    response.on_hover_text(t(named_with_key("Settings", "settings", state)));
}

fn settings_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    ui.set_min_width(300.0);
    widgets::edged(ui);
    looks_menu::looks_ui(ui, state, commands);
    ui.separator();
    ways_ui(ui, state, commands);
    ui.separator();
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
    if ui.add_enabled(kept.entries > 0, Button::new(t("Clear"))).clicked() {
        commands.push(Command::ClearCache);
    }
}

/// How the window speaks and tells the time.
fn ways_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let mut choice = |ui: &mut Ui, selected: bool, text: Words, name: &str, command: Command| {
        let response = ui.selectable_label(selected, text);
        widgets::named_choice(&response, ui, selected, name);
        if response.clicked() {
            commands.push(command);
        }
    };
    ui.label(widgets::small(ui, "LANGUAGE"));
    ui.horizontal(|ui| {
        for (language, text, name) in [
            (Language::System, t("of the system"), "Language of the system"),
            // Each in its own language, for whoever does not know the other.
            (Language::English, as_is("English"), "Language: English"),
            (Language::German, as_is("Deutsch"), "Language: German"),
        ] {
            choice(ui, state.language == language, text, name, Command::SetLanguage(language));
        }
    })
    .response
    .on_hover_text(t("Words and numbers of the window only: files, copies and exports stay as they are."));
    ui.separator();
    ui.label(widgets::small(ui, "INSTANTS"));
    ui.horizontal(|ui| {
        for (instants, text, name) in
            [(Instants::Utc, t("UTC"), "Instants in UTC"), (Instants::Local, t("local time"), "Instants in local time")]
        {
            choice(ui, state.instants == instants, text, name, Command::SetInstants(instants));
        }
    })
    .response
    .on_hover_text(t("In the window only: files, copies and exports stay in UTC."));
}
