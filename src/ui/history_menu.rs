//! Undo, redo, and the list of what was done.

use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{Align, Button, PopupCloseBehavior, Role, ScrollArea, TextStyle, Ui, vec2};

use crate::state::{Command, State};

use super::actions::{Does, action, key_of, named_with_key};
use super::scrolled::Scrolled as _;
use super::words::t;
use super::{icons, theme, widgets};

/// Paints the four buttons and the menu, from left to right.
pub fn history_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    visit_ui(ui, icons::BACK, "back", state, commands);
    visit_ui(ui, icons::FORTH, "forth", state, commands);
    step_ui(ui, icons::UNDO, ("Undo", &key_of("undo", state)), state.history.undo_label(), Command::Undo, commands);
    step_ui(ui, icons::REDO, ("Redo", &key_of("redo", state)), state.history.redo_label(), Command::Redo, commands);
    // It stays open, so that one can step through and look at what each entry makes of the figures.
    let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let button = Button::new(icons::HISTORY).frame_when_inactive(false);
    let (response, _) = MenuButton::from_button(button).config(config).ui(ui, |ui| list_ui(ui, state, commands));
    widgets::named(&response, ui, Role::Button, "History");
    response.on_hover_text(t("History: what was done, to go back to"));
}

/// The way to another page, by the action of this name.
fn visit_ui(ui: &mut Ui, icon: &str, id: &str, state: &State, commands: &mut Vec<Command>) {
    let Some(action) = action(id) else { return };
    let does = action.does(state);
    ui.add_enabled_ui(!matches!(does, Does::Nothing(_)), |ui| {
        let response = ui.add(Button::new(icon).frame_when_inactive(false));
        widgets::named(&response, ui, Role::Button, action.name);
        let response = match does {
            Does::Nothing(why) => response.on_disabled_hover_text(t(why)),
            _ => response.on_hover_text(named_with_key(action.name, id, state)),
        };
        if let (true, Does::Asks(command)) = (response.clicked(), does) {
            commands.push(command);
        }
    });
}

fn step_ui(
    ui: &mut Ui,
    icon: &str,
    (what, keys): (&str, &str),
    label: Option<&str>,
    command: Command,
    commands: &mut Vec<Command>,
) {
    let name = label.map_or_else(|| format!("{what}: nothing"), |label| format!("{what}: {label}"));
    ui.add_enabled_ui(label.is_some(), |ui| {
        let response = ui.add(Button::new(icon).frame_when_inactive(false));
        widgets::named(&response, ui, Role::Button, &name);
        let response = response.on_disabled_hover_text(t(format!("Nothing to {}", what.to_lowercase())));
        if response.on_hover_text(t(format!("{name} ({keys})"))).clicked() {
            commands.push(command);
        }
    });
}

/// The newest on top, what was undone above the entry in force.
fn list_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    ui.set_min_width(theme::HISTORY_WIDTH);
    ui.set_max_width(theme::HISTORY_WIDTH);
    let labels: Vec<&str> = state.history.labels().collect();
    let present = state.history.position();
    ui.spacing_mut().button_padding = vec2(8.0, 4.0);
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.horizontal(|ui| {
        ui.add_space(8.0);
        ui.label(widgets::small(ui, "HISTORY"));
    });
    // No entry is cut at the bottom.
    let text = ui.text_style_height(&TextStyle::Button) + 2.0 * ui.spacing().button_padding.y;
    let entry = text.max(theme::ROW_HEIGHT) + ui.spacing().item_spacing.y;
    let room = (theme::HISTORY_HEIGHT / entry).floor() * entry - ui.spacing().item_spacing.y;
    // Left to itself a menu takes two entries and a half for enough.
    let least = (labels.len() as f32 * entry).min(room);
    ScrollArea::vertical().max_height(room).min_scrolled_height(least).show_scrolled(ui, |ui| {
        for (position, label) in labels.iter().enumerate().rev() {
            let is_present = position == present;
            let text = if position > present { widgets::weak(ui, *label) } else { egui::RichText::new(t(*label)) };
            let is_cut = widgets::button_width(ui, &text) > ui.available_width();
            let entry = Button::selectable(is_present, text).truncate();
            let response = ui.add(entry.min_size(vec2(ui.available_width(), theme::ROW_HEIGHT)));
            let response = if is_cut { response.on_hover_text(t(*label)) } else { response };
            widgets::named_choice(&response, ui, is_present, *label);
            if response.clicked() {
                commands.push(Command::GoTo(position));
            }
            if is_present && ui.is_sizing_pass() {
                response.scroll_to_me(Some(Align::Center));
            }
        }
    });
}
