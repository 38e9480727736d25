//! The recipe on other engines: what they do otherwise, the kit for them, what they left; and for each table the SQL that gives
//! it on Athena and Spark, with the count that it should give.

use egui::{Button, Role, ScrollArea, TextStyle, Ui};

use crate::domain::format::thousands;
use crate::domain::{Plan, Table};
use crate::lakehouse::{Engine, limits, statements};
use crate::state::{Command, State};

use super::scrolled::Scrolled as _;
use super::words::t;
use super::{icons, widgets};

const WIDTH: f32 = 460.0;

/// Paints the part of the recipe's menu.
pub fn elsewhere_menu_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let text = format!("{}  On Spark and Athena", icons::SIGNALS);
    let menu = ui.menu_button(t(text), |ui| {
        ui.set_width(WIDTH);
        let entry = |ui: &mut Ui, icon: &str, text: &str| {
            let response = ui.add(Button::new(t(format!("{icon}  {text}"))));
            widgets::named(&response, ui, Role::Button, text);
            response.clicked()
        };
        if entry(ui, icons::SETTINGS, "Choose the engine…") {
            commands.push(Command::OfferEngines(true));
        }
        if entry(ui, icons::SAVE, "Write the kit…") {
            commands.push(Command::ChooseKit);
        }
        if entry(ui, icons::OPEN_FOLDER, "Open a run…") {
            commands.push(Command::ChooseRun);
        }
        ui.separator();
        ScrollArea::vertical().max_height(320.0).show_scrolled(ui, |ui| {
            // A menu's texts would reach from edge to edge.
            ui.with_layout(egui::Layout::top_down(egui::Align::Min), |ui| {
                for engine in Engine::ALL {
                    ui.label(widgets::strong(format!("{} and this recipe", engine.title())));
                    for limit in limits(&state.choices().recipe, engine) {
                        ui.label(widgets::weak(ui, limit));
                    }
                    ui.add_space(8.0);
                }
            });
        });
    });
    widgets::named(&menu.response, ui, Role::Button, "On Spark and Athena");
}

/// Paints the button of a table with the SQL that gives it elsewhere; nothing for a landing table.
pub fn parity_ui(ui: &mut Ui, state: &State, table: Table, commands: &mut Vec<Command>) {
    let Some(curation) = state.curation.value().filter(|curation| state.choices().are_made(curation)) else { return };
    if table.dataset().is_some() {
        return;
    }
    let menu = ui.menu_button(t("For Athena and Spark"), |ui| {
        ui.set_width(WIDTH);
        let plan = Plan::new(&curation.recipe);
        for engine in Engine::ALL.into_iter().rev() {
            let Some(statement) = statements(&plan, engine).into_iter().find(|one| one.table == table) else {
                continue;
            };
            ui.horizontal(|ui| {
                let rows = thousands(curation.rows(table));
                ui.label(widgets::strong(format!("{}: {rows} rows", engine.title())));
                let copy = ui.button(t(format!("{}  Copy", icons::COPY)));
                widgets::named(&copy, ui, Role::Button, format!("Copy the SQL for {}", engine.title()));
                if copy.clicked() {
                    commands.push(Command::CopyText(statement.query.clone()));
                }
            });
            ui.push_id(engine.title(), |ui| {
                ScrollArea::both().max_height(150.0).auto_shrink(false).show_scrolled(ui, |ui| {
                    let text = egui::RichText::new(&statement.query).text_style(TextStyle::Monospace);
                    ui.add(egui::Label::new(text).extend().selectable(true));
                });
            });
            ui.label(widgets::weak(ui, format!("It reads {}.", statement.needs.join(", "))));
            ui.add_space(6.0);
        }
    });
    widgets::named(&menu.response, ui, Role::Button, "SQL for this table");
    menu.response.on_hover_text(t("The same table on Athena and Spark: the SQL, and the rows that it should give"));
}
