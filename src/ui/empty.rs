//! What a page shows when there is nothing to show: nothing yet, reading, failed, and files held over the window
//! are four different pictures.

use egui::{Align2, Area, Id, Order, ProgressBar, RichText, TextStyle, Ui, vec2};

use crate::domain::format;
use crate::state::{Command, State};

use super::words::t;
use super::{access, icons, theme, widgets};

/// Nothing was opened.
pub fn nothing_ui(ui: &mut Ui, commands: &mut Vec<Command>) {
    picture_ui(ui, icons::OPEN_FOLDER, "Open landing files", |ui| {
        ui.label(widgets::weak(
            ui,
            "A folder with customer, accelerometer and step_trainer in it, or drop files here.",
        ));
        ui.add_space(8.0);
        if ui.button(t(format!("{} Open folder…", icons::OPEN_FOLDER))).clicked() {
            commands.push(Command::ChooseFolder);
        }
        if ui.button(t(format!("{} Open the sample data", icons::SAMPLE))).clicked() {
            commands.push(Command::OpenSample);
        }
        ui.add_space(8.0);
        ui.label(widgets::weak(ui, "The guide (F1) shows on the sample what goes wrong, and how to repair it."));
    });
}

/// The first landing files are being read.
pub fn reading_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let name = state.source.as_ref().map_or_else(|| "the sample data".to_owned(), crate::landing::Source::name);
    picture_ui(ui, icons::FILES, &format!("Reading {name}"), |ui| {
        let (done, total) = state.work.map_or((0, 0), |work| (work.done, work.total));
        ui.label(widgets::weak(ui, format!("{} of {}", format::bytes(done), format::bytes(total))));
        let share = if total > 0 { done as f32 / total as f32 } else { 0.0 };
        let bar = ui.add(ProgressBar::new(share).desired_width(240.0).desired_height(6.0));
        access::progress(&bar, "Reading");
        ui.add_space(8.0);
        if ui.button(t("Cancel")).clicked() {
            commands.push(Command::Cancel);
        }
    });
}

/// Something could not be had: says why, and offers to try again.
pub fn failed_ui(ui: &mut Ui, title: &str, error: &str, retry: Command, commands: &mut Vec<Command>) {
    picture_ui(ui, icons::WARNING, title, |ui| {
        ui.set_max_width(560.0);
        ui.label(t(error));
        ui.add_space(8.0);
        if ui.button(t(format!("{} Try again", icons::RELOAD))).clicked() {
            commands.push(retry);
        }
        if ui.button(t(format!("{} Open folder…", icons::OPEN_FOLDER))).clicked() {
            commands.push(Command::ChooseFolder);
        }
        if ui.button(t(format!("{} Open the sample data", icons::SAMPLE))).clicked() {
            commands.push(Command::OpenSample);
        }
    });
}

/// Something is not there: why, and what to do next.
pub fn nothing_here_ui(ui: &mut Ui, title: &str, why: &str) {
    picture_ui(ui, icons::TABLE, title, |ui| {
        ui.label(widgets::weak(ui, why));
    });
}

/// Something will be there in a moment.
pub fn working_ui(ui: &mut Ui, what: &str) {
    picture_ui(ui, icons::WORKING, what, |_| ());
}

/// Files are held over the window.
pub fn drop_here_ui(ui: &Ui) {
    let screen = ui.ctx().content_rect();
    Area::new(Id::unique("drop_here")).order(Order::Foreground).fixed_pos(screen.min).show(ui.ctx(), |ui| {
        ui.painter().rect_filled(screen, 0.0, theme::palette(ui).base.gamma_multiply(0.85));
        let font = TextStyle::Heading.resolve(ui.style());
        let text = format!("{} Drop to open", icons::OPEN_FOLDER);
        ui.painter().text(screen.center(), Align2::CENTER_CENTER, t(text), font, theme::palette(ui).accent);
    });
}

/// A picture, what it is of, and what can be done.
pub fn picture_ui(ui: &mut Ui, icon: &str, title: &str, content: impl FnOnce(&mut Ui)) {
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() / 3.0 - 60.0).max(16.0));
        ui.label(RichText::new(icon).size(40.0).color(theme::palette(ui).weak));
        ui.add_space(4.0);
        access::heading_ui(ui, title);
        ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
        content(ui);
    });
}
