//! One customer or device, whole: consents, devices, and in each table what is left and what was dropped and why.

use egui::{Grid, Ui};

use crate::domain::Purpose;
use crate::domain::format::{counted, thousands, utc};
use crate::explore::{About, Follow};
use crate::state::{Command, Shown, State};

use super::words::{as_is, t};
use super::{chips, details, widgets};

/// Paints it for whom the tables are narrowed to.
pub fn about_ui(ui: &mut Ui, state: &State, about: &About, commands: &mut Vec<Command>) {
    let (Some(loaded), Some(follow)) = (state.landing.value(), &state.choices().follow) else { return };
    ui.horizontal(|ui| {
        let name = chips::name_of(follow, &loaded.codes, state.revealed);
        ui.label(widgets::strong(as_is(&name)));
        ui.label(widgets::weak(ui, counted(about.consents.len() as u64, "customer record")));
    });
    ui.add_space(8.0);
    Grid::new("consents").num_columns(2).spacing([16.0, 6.0]).show(ui, |ui| {
        for consents in about.consents.iter().take(MOST_RECORDS) {
            for (purpose, at) in Purpose::ALL.into_iter().zip(consents) {
                ui.label(widgets::weak(ui, format!("consent for {}", purpose.name())));
                match at.and_then(utc) {
                    Some(at) => drop(ui.label(as_is(at))),
                    None => drop(ui.label(widgets::weak(ui, "not given").italics())),
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
    Grid::new("tables").num_columns(3).spacing([16.0, 6.0]).show(ui, |ui| {
        for line in &about.tables {
            let name = line.table.name();
            if widgets::door_ui(ui, name.into(), format!("Open {name}")).clicked() {
                commands.push(Command::Show(Shown::Table(line.table)));
            }
            ui.label(t(thousands(line.rows)));
            ui.horizontal(|ui| {
                for (step, reason, rows) in &line.dropped {
                    let text = format!("−{} {}", thousands(*rows), reason.label());
                    if ui.button(t(text)).on_hover_text(t(reason.explanation())).clicked() {
                        commands.push(Command::Show(Shown::Dropped { table: line.table, step: *step, stood: None }));
                    }
                }
            });
            ui.end_row();
        }
    });
}

/// Under the fulfilment defect everybody's record has the same serial numbers: more than these help nobody.
const MOST_RECORDS: usize = 12;
