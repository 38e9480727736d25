//! One customer or device, whole: consents, devices, and in each table what is left and what was dropped and why. To look at it
//! narrows nothing; the rows behind its figures are theirs alone.

use egui::{Grid, RectAlign, RichText, Ui};

use crate::domain::format::{counted, thousands};
use crate::domain::{Purpose, Recipe};
use crate::explore::{About, Follow};
use crate::state::{Command, Severity, Shown, State};

use super::cell::NO_CONSENT;
use super::words::{as_is, instant, t};
use super::{chips, details, widgets};

/// Paints it.
pub fn about_ui(ui: &mut Ui, state: &State, about: &About, commands: &mut Vec<Command>) {
    let (Some(loaded), Some(follow)) = (state.landing.value(), state.choices().told_about()) else { return };
    ui.horizontal(|ui| {
        let name = chips::name_of(follow, &loaded.codes, state.revealed);
        ui.label(widgets::strong(as_is(&name)));
        ui.label(widgets::weak(ui, counted(about.consents.len() as u64, "customer record")));
    });
    ui.horizontal_wrapped(|ui| {
        details::only_ui(ui, follow, &chips::name_of(follow, &loaded.codes, state.revealed), commands);
        withdrawal_ui(ui, state, follow, commands);
    });
    ui.add_space(8.0);
    Grid::new("consents").num_columns(2).spacing([16.0, 6.0]).show(ui, |ui| {
        for consents in about.consents.iter().take(MOST_RECORDS) {
            for (purpose, at) in Purpose::ALL.into_iter().zip(consents) {
                ui.label(widgets::weak(ui, format!("consent for {}", purpose.name())));
                match at.map(instant) {
                    Some(at) => drop(ui.label(as_is(at))),
                    None => drop(ui.label(widgets::weak(ui, "no consent").italics()).on_hover_text(t(NO_CONSENT))),
                }
                ui.end_row();
            }
        }
    });
    ui.horizontal_wrapped(|ui| {
        ui.label(widgets::weak(ui, counted(about.devices.len() as u64, "device")));
        for serial in about.devices.iter().take(MOST_RECORDS) {
            let device = Follow::Device(serial.clone());
            if device != *follow {
                details::follow_button_ui(ui, &device, &loaded.codes, state.revealed, commands);
            }
        }
    });
    ui.add_space(12.0);
    let narrows = format!("All tables show {} alone then.", chips::name_of(follow, &loaded.codes, state.revealed));
    Grid::new("tables").num_columns(3).spacing([16.0, 6.0]).show(ui, |ui| {
        for line in &about.tables {
            let name = line.table.name();
            ui.label(as_is(name));
            let rows = RichText::new(t(thousands(line.rows))).underline();
            if widgets::door_ui(ui, rows, format!("Open {name}")).on_hover_text(t(&narrows)).clicked() {
                commands.push(Command::Follow(Some(follow.clone())));
                commands.push(Command::Show(Shown::Table(line.table)));
            }
            ui.horizontal(|ui| {
                for (step, reason, rows) in &line.dropped {
                    let text = format!("−{} {}", thousands(*rows), reason.label());
                    let loss = ui.button(t(text));
                    // The figure below stays in sight.
                    widgets::hover_at(&loss, RectAlign::TOP_START, |ui| {
                        ui.label(t(reason.explanation()));
                        ui.label(t(&narrows));
                    });
                    if loss.clicked() {
                        commands.push(Command::Follow(Some(follow.clone())));
                        commands.push(Command::Show(Shown::Dropped { table: line.table, step: *step, stood: None }));
                    }
                }
            });
            ui.end_row();
        }
    });
}

/// What puts somebody on the list of those who withdrew, or says that they are there.
fn withdrawal_ui(ui: &mut Ui, state: &State, follow: &Follow, commands: &mut Vec<Command>) {
    let (Follow::Person(identity) | Follow::Device(identity)) = follow;
    let recipe = &state.choices().recipe;
    if let Some(view) = state.consent.value().filter(|view| view.met.has(identity)) {
        ui.label(widgets::warning(ui, "on the list of those who withdrew"));
        if ui.button(t("Take off the list")).clicked() {
            // However it is written there.
            let stands_for = |entry: &&str| view.met.identities.get(*entry) == Some(identity);
            let entries = recipe.withdrawn.entries().filter(stands_for);
            let withdrawn = entries.fold(recipe.withdrawn.clone(), |list, entry| list.without(entry));
            commands.push(Command::SetRecipe(Recipe { withdrawn, ..recipe.clone() }));
        }
        return;
    }
    let hover = "Out of all trusted and curated tables, with all readings. It can be undone; exports that were made before are searched on the page Export";
    if ui.button(t("Put on the list of those who withdrew")).on_hover_text(t(hover)).clicked() {
        match recipe.withdrawn.with(identity) {
            Ok(withdrawn) => commands.push(Command::SetRecipe(Recipe { withdrawn, ..recipe.clone() })),
            Err(error) => commands.push(Command::Notify(Severity::Error, error.to_string())),
        }
    }
}

/// Under the fulfilment defect everybody's record has the same serial numbers: more than these help nobody.
const MOST_RECORDS: usize = 12;
