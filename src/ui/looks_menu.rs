//! How the window looks, in the menu of settings: sizes, contrast, motion, and which parts are in sight.

use egui::Ui;

use crate::state::{Command, Looks, Part, Place, State, TextSize, Theme, Zoom};

use super::actions::{Does, action, key_of};
use super::words::t;
use super::{access, icons, settings_menu, theme, widgets};

/// The sizes of everything that are offered, in percent; keys change it by steps.
const ZOOMS: [u16; 6] = [80, 100, 120, 150, 200, 300];

/// A narrower window has the themes in this menu instead of in its top line.
const ROOM_FOR_THEMES: f32 = 780.0;

/// Whether the themes are in the top line of the window.
pub fn are_themes_in_bar(ui: &Ui) -> bool {
    ui.ctx().content_rect().width() > ROOM_FOR_THEMES * theme::text_factor(ui)
}

/// The choice of a theme, in a line.
pub fn themes_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    for (theme, icon, name) in [
        (Theme::System, icons::SYSTEM, "Theme of the system"),
        (Theme::Light, icons::SUN, "Light theme"),
        (Theme::Dark, icons::MOON, "Dark theme"),
    ] {
        let response = ui.selectable_label(state.theme == theme, icon);
        widgets::named_choice(&response, ui, state.theme == theme, name);
        access::radio(&response);
        if response.on_hover_text(t(name)).clicked() {
            commands.push(Command::SetTheme(theme));
        }
    }
}

/// Paints it.
pub fn looks_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let mut looks = state.looks.clone();
    ui.label(widgets::small(ui, "LOOK"));
    ui.horizontal(|ui| {
        ui.label(t("Everything"));
        // Each size by one click: a button that is pressed again and again would move away under the pointer.
        let keys = [key_of("zoom-in", state), key_of("zoom-out", state)].join(", ");
        let other = Some(looks.zoom).filter(|zoom| !ZOOMS.contains(&zoom.percent()));
        for zoom in ZOOMS.map(Zoom::from).into_iter().chain(other) {
            let response = ui.selectable_label(looks.zoom == zoom, format!("{} %", zoom.percent()));
            widgets::named_choice(&response, ui, looks.zoom == zoom, format!("Everything: {} %", zoom.percent()));
            if response.on_hover_text(&keys).clicked() {
                looks.zoom = zoom;
                // The click is outside of it once it has its new size.
                settings_menu::open(ui);
            }
        }
    });
    ui.horizontal(|ui| {
        ui.label(t("Text"));
        for size in TextSize::ALL {
            let response = ui.selectable_label(looks.text == size, t(size.name()));
            widgets::named_choice(&response, ui, looks.text == size, format!("Text: {}", size.name()));
            if response.clicked() {
                looks.text = size;
            }
        }
    });
    if !are_themes_in_bar(ui) {
        ui.horizontal(|ui| {
            ui.label(t("Theme"));
            themes_ui(ui, state, commands);
        });
    }
    ui.checkbox(&mut looks.high_contrast, t("High contrast"));
    ui.checkbox(&mut looks.still, t("Reduce motion")).on_hover_text(t("Nothing slides, fades or scrolls by itself"));
    ui.separator();
    ui.label(widgets::small(ui, "PARTS IN SIGHT"));
    parts_ui(ui, &mut looks);
    ui.separator();
    ui.label(widgets::small(ui, "PAGE BESIDE"));
    ui.horizontal(|ui| {
        for (place, icon, name, id) in [
            (Place::Right, icons::RIGHT_PAGE, "right", "beside-right"),
            (Place::Below, icons::BELOW_PAGE, "below", "beside-below"),
            (Place::Window, icons::OWN_WINDOW, "window", "beside-window"),
        ] {
            let is_there = state.beside.as_ref().is_some_and(|beside| beside.place == place);
            let response = ui.selectable_label(is_there, format!("{icon} {}", t(name)));
            widgets::named_choice(&response, ui, is_there, format!("Page beside: {name}"));
            if response.on_hover_text(key_of(id, state)).clicked() {
                commands.push(match action(id).map(|action| action.does(state)) {
                    Some(Does::Asks(command)) => command,
                    // It is there.
                    _ => Command::SetBeside(None),
                });
            }
        }
    });
    if looks != state.looks {
        commands.push(Command::SetLooks(looks));
    }
}

fn parts_ui(ui: &mut Ui, looks: &mut Looks) {
    for part in Part::HIDDEN {
        let mut is_shown = looks.shows(part);
        if ui.checkbox(&mut is_shown, t(part.name())).changed() {
            *looks = looks.turned(part);
        }
    }
}
