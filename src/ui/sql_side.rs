//! Beside the editor: the tables and their columns, queries to begin with, and those that were answered.

use egui::{AtomExt as _, CollapsingHeader, RichText, ScrollArea, TextStyle, Ui};

use crate::domain::{Column, Kind, Privacy, Table};
use crate::sql::EXAMPLES;
use crate::state::{Command, State};

use super::scrolled::Scrolled as _;
use super::sql_editor::Editor;
use super::words::{Words, as_is, t};
use super::{icons, theme, widgets};

/// Paints it.
pub fn side_ui(ui: &mut Ui, state: &State, editor: &mut Editor, commands: &mut Vec<Command>) {
    ScrollArea::vertical().id_salt("sql side").auto_shrink([false, false]).show_scrolled(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.label(widgets::small(ui, "TABLES"));
        for table in Table::ALL {
            CollapsingHeader::new(table.name()).id_salt(table.name()).show(ui, |ui| {
                if line_ui(ui, icons::TABLE, as_is(table.name()), format!("Insert the name {}", table.name())) {
                    editor.insert(table.name());
                }
                for column in table.schema() {
                    column_ui(ui, column, editor);
                }
            });
        }
        ui.add_space(8.0);
        ui.label(widgets::small(ui, "EXAMPLES"));
        for example in &EXAMPLES {
            // Further lines begin below the first.
            let button = egui::Button::new((icons::SQL, RichText::new(t(example.title)).atom_shrink(true)));
            let response = ui.add(button.frame_when_inactive(false).wrap());
            widgets::named(&response, ui, egui::Role::Button, format!("Example: {}", example.title));
            if response.clicked() {
                editor.put(example.sql.to_owned());
            }
        }
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            ui.label(widgets::small(ui, "EARLIER QUERIES"));
            if !state.sql.history.is_empty()
                && widgets::icon_button_ui(ui, icons::CLOSE, "Forget the earlier queries").clicked()
            {
                commands.push(Command::ForgetQueries);
            }
        });
        if state.sql.history.is_empty() {
            ui.label(widgets::weak(ui, "None was answered yet."));
        }
        for text in &state.sql.history {
            let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let line = widgets::shortened(&line, theme::QUERY_LETTERS);
            if line_ui(ui, icons::HISTORY, as_is(line.as_str()), as_is(format!("{}: {line}", t("Earlier query")))) {
                editor.put(text.clone());
            }
        }
    });
}

fn column_ui(ui: &mut Ui, column: &Column, editor: &mut Editor) {
    let kind = match column.kind {
        Kind::Text => "text",
        Kind::Integer => "whole number",
        Kind::Time => "instant",
        Kind::Float => "number",
    };
    let privacy = if column.privacy == Privacy::Open { "" } else { ", personal" };
    let text = RichText::new(column.name).text_style(TextStyle::Monospace);
    let button =
        egui::Button::new(text).frame_when_inactive(false).right_text(widgets::small(ui, format!("{kind}{privacy}")));
    let response = ui.add_sized(egui::vec2(ui.available_width(), theme::ROW_HEIGHT), button.truncate());
    widgets::named(&response, ui, egui::Role::Button, format!("Insert the column {}, {kind}{privacy}", column.name));
    if response.clicked() {
        editor.insert(column.name);
    }
}

fn line_ui(ui: &mut Ui, icon: &str, text: Words, name: impl Into<Words>) -> bool {
    let button = egui::Button::new(format!("{icon}  {text}")).frame_when_inactive(false).truncate();
    let response = ui.add(button);
    widgets::named(&response, ui, egui::Role::Button, name);
    response.on_hover_text(text).clicked()
}
