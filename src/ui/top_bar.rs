//! The top line: what is open, how to open something else, and the theme.

use std::path::PathBuf;

use egui::{Role, Ui};

use crate::landing::Source;
use crate::state::{Command, State};

use super::actions::{Does, action, key_of, named_with_key};
use super::explain::leads_to;
use super::guide::GuideScreen;
use super::palette::PaletteScreen;
use super::words::{as_is, t};
use super::{history_menu, icons, looks_menu, recipe_menu, settings_menu, theme, widgets};

/// A narrower window has the title above it alone.
const ROOM_FOR_TITLE: f32 = 960.0;

/// Paints the line.
pub fn top_bar_ui(
    ui: &mut Ui,
    state: &State,
    (palette, guide): (&mut PaletteScreen, &mut GuideScreen),
    commands: &mut Vec<Command>,
) {
    let letters = letters(ui);
    ui.horizontal(|ui| {
        if ui.available_width() > ROOM_FOR_TITLE * theme::text_factor(ui) {
            ui.label(widgets::strong("STEDI workbench"));
            ui.separator();
        }
        source_ui(ui, state, letters, commands);
        if widgets::icon_button_ui(ui, icons::RELOAD, named_with_key("Reload", "reload", state)).clicked() {
            commands.push(Command::Reload);
        }
        ui.separator();
        recipe_menu::recipe_menu_ui(ui, state, letters, commands);
        ui.separator();
        history_menu::history_ui(ui, state, commands);
        widgets::at_right_ui(ui, "at_right", |ui| {
            if looks_menu::are_themes_in_bar(ui) {
                looks_menu::themes_ui(ui, state, commands);
                ui.separator();
            }
            beside_ui(ui, state, commands);
            let link = named_with_key("Copy link to this view", "copy-link", state);
            if state.landing.value().is_some() && widgets::icon_button_ui(ui, icons::LINK, link).clicked() {
                commands.push(Command::CopyLink);
            }
            if widgets::icon_button_ui(ui, icons::GUIDE, named_with_key("Guide", "guide", state)).clicked() {
                guide.turn(None);
            }
            if widgets::icon_button_ui(ui, icons::COMMANDS, named_with_key("All commands", "commands", state)).clicked()
            {
                palette.turn();
            }
            settings_menu::settings_menu_ui(ui, state, commands);
        });
    });
}

/// Opens a page beside the first, or closes it.
fn beside_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let (id, name) = match state.beside {
        None => ("beside-right", "Two pages side by side"),
        Some(_) => ("beside-close", "Close the page beside"),
    };
    if state.landing.value().is_some()
        && widgets::icon_button_ui(ui, icons::RIGHT_PAGE, named_with_key(name, id, state)).clicked()
        && let Some(Does::Asks(command)) = action(id).map(|action| action.does(state))
    {
        commands.push(command);
    }
}

/// Letters of each of the two names in the top bar that there is room for.
fn letters(ui: &Ui) -> usize {
    // Beside the names stand the buttons, and the themes and the title where there is room for them.
    let beside = if looks_menu::are_themes_in_bar(ui) { 592.0 } else { 472.0 };
    ((ui.available_width() / theme::text_factor(ui) - beside) / 16.0).clamp(6.0, 32.0) as usize
}

fn source_ui(ui: &mut Ui, state: &State, letters: usize, commands: &mut Vec<Command>) {
    let name = state.source.as_ref().map_or_else(|| t("nothing opened").to_string(), Source::name);
    let button = ui.menu_button(as_is(format!("{}  {}", widgets::shortened(&name, letters), icons::MENU)), |ui| {
        ui.set_min_width(240.0);
        if entry_ui(ui, icons::OPEN_FOLDER, "Open folder…", &key_of("open-folder", state)).clicked() {
            commands.push(Command::ChooseFolder);
        }
        if entry_ui(ui, icons::OPEN_FILES, "Open files…", &key_of("open-files", state)).clicked() {
            commands.push(Command::ChooseFiles);
        }
        if ui.button(t(format!("{}  Open the sample data", icons::SAMPLE))).clicked() {
            commands.push(Command::OpenSample);
        }
        if !state.recent.is_empty() {
            ui.separator();
            ui.label(widgets::small(ui, "RECENT"));
            recent_ui(ui, &state.recent, commands);
        }
    });
    let hover = match &state.source {
        Some(Source::Folder(path)) => as_is(path.display().to_string()),
        Some(source @ Source::Fetched(_)) => as_is(source.name()),
        Some(Source::Files(paths)) => t(format!("{} files", paths.len())),
        None => t("Open landing files"),
    };
    widgets::named(&button.response, ui, Role::Button, format!("Landing: {name}"));
    leads_to(&button.response, "own-files");
    button.response.on_hover_text(hover);
}

fn entry_ui(ui: &mut Ui, icon: &str, text: &str, keys: &str) -> egui::Response {
    let response = ui.add(egui::Button::new(t(format!("{icon}  {text}"))).shortcut_text(t(keys)));
    widgets::named(&response, ui, Role::Button, text);
    response
}

fn recent_ui(ui: &mut Ui, recent: &[PathBuf], commands: &mut Vec<Command>) {
    for path in recent {
        let name = Source::Folder(path.clone()).name();
        let response =
            ui.button(as_is(format!("{}  {name}", icons::RECENT))).on_hover_text(as_is(path.display().to_string()));
        if response.clicked() {
            commands.push(Command::OpenPaths(vec![path.clone()]));
        }
    }
}
