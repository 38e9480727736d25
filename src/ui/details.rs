//! One row, whole: every column of it, and the way to everything else of its customer or device.

use egui::{Grid, Label, ScrollArea, Ui};

use crate::curation::Codes;
use crate::explore::Follow;
use crate::state::{Command, Look};

use super::scrolled::Scrolled as _;
use super::words::{as_is, t};
use super::{cell, chips, icons, widgets};

/// What is told of a customer or device.
pub const ABOUT: &str = "Consents, devices, what is left in each table, and what was dropped and why";

/// Paints the row at a place.
pub fn details_ui(
    ui: &mut Ui,
    look: &Look,
    place: Option<usize>,
    codes: &Codes,
    revealed: bool,
    commands: &mut Vec<Command>,
) {
    let Some((place, row)) = place.and_then(|place| Some((place, look.rows.get(place)?))) else {
        ui.label(widgets::weak(ui, "Choose a row to see all of it."));
        return;
    };
    ui.label(widgets::strong(format!("Row {}", crate::domain::format::thousands(place as u64 + 1))));
    ui.add_space(4.0);
    ScrollArea::vertical().auto_shrink([false, false]).show_scrolled(ui, |ui| {
        Grid::new("details").num_columns(2).spacing([12.0, 6.0]).show(ui, |ui| {
            for (position, column) in look.view.columns().enumerate() {
                ui.add(Label::new(widgets::weak(ui, as_is(cell::title(column)))).truncate());
                ui.horizontal(|ui| cell::cell_ui(ui, column, look.view.cell(row, position), codes, revealed));
                ui.end_row();
            }
        });
        ui.add_space(8.0);
        for follow in whose(look, row) {
            follow_button_ui(ui, &follow, codes, revealed, commands);
        }
    });
}

/// The customers and devices of a row, each once, in the order of its columns.
fn whose(look: &Look, row: usize) -> Vec<Follow> {
    let mut all = vec![];
    for (position, column) in look.view.columns().enumerate() {
        all.extend(Follow::of(column, look.view.cell(row, position)).filter(|follow| !all.contains(follow)));
    }
    all
}

/// Whose cell it is, or else whose row.
pub fn whose_at(look: &Look, row: usize, position: usize) -> Vec<Follow> {
    let of_cell = look.view.column(position).and_then(|column| Follow::of(column, look.view.cell(row, position)));
    of_cell.map_or_else(|| whose(look, row), |follow| vec![follow])
}

/// A button that tells about somebody, and those of [`only_ui`].
pub fn follow_button_ui(ui: &mut Ui, follow: &Follow, codes: &Codes, revealed: bool, commands: &mut Vec<Command>) {
    let name = chips::name_of(follow, codes, revealed);
    let about = ui.button(t(format!("{} About {name}: consent and lost rows", icons::DETAILS))).on_hover_text(t(ABOUT));
    if about.clicked() {
        commands.push(Command::About(follow.clone()));
        ui.close();
    }
    only_ui(ui, follow, &name, commands);
}

/// A button that narrows all tables to somebody called so.
pub fn narrow_ui(ui: &mut Ui, follow: &Follow, name: &str, commands: &mut Vec<Command>) {
    let only = ui
        .button(t(format!("{} Only {name} in all tables", icons::FOLLOW)))
        .on_hover_text(t("Narrow every table to this customer or device, until the chip is taken away"));
    if only.clicked() {
        commands.push(Command::Follow(Some(follow.clone())));
        ui.close();
    }
}

/// The same, and a button that shows what they recorded.
pub fn only_ui(ui: &mut Ui, follow: &Follow, name: &str, commands: &mut Vec<Command>) {
    narrow_ui(ui, follow, name, commands);
    let signals = ui
        .button(t(format!("{} Signals of {name}", icons::SIGNALS)))
        .on_hover_text(t("What the device and the phone recorded, with this instant under the cursor"));
    if signals.clicked() {
        commands.push(Command::ShowRecording(Some(follow.clone())));
        ui.close();
    }
}
