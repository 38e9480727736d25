//! One table, all its rows; and the rows behind a loss.

use egui::{RichText, TextStyle, Ui};

use crate::curation::TableView;
use crate::domain::format::thousands;
use crate::domain::{Reason, Table};
use crate::state::{Command, Shown, Slot, State};

use super::grid::{RowScroll, grid_ui};
use super::{cell, empty, icons, widgets};

/// Paints a table.
pub fn table_ui(ui: &mut Ui, state: &State, table: Table, scroll: &mut RowScroll, commands: &mut Vec<Command>) {
    if let Some(error) = state.curation.error() {
        empty::failed_ui(
            ui,
            "The tables could not be made",
            error,
            Command::SetRecipe(state.choices().recipe.clone()),
            commands,
        );
        return;
    }
    let Some(loaded) = state.landing.value() else { return };
    let view = match (table.dataset(), state.curation.value()) {
        (Some(dataset), _) => TableView::new(loaded.landing.frame(dataset), table.schema()),
        (None, Some(curation)) => curation.view(table),
        (None, None) => return empty::no_rows_ui(ui, "The tables are being made."),
    };
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(table.name()).text_style(TextStyle::Heading));
        ui.add_space(8.0);
        ui.label(format!("{} rows", thousands(view.rows() as u64)));
        losses_ui(ui, state, table, commands);
    });
    ui.add_space(8.0);
    rows_ui(ui, state, table.name(), &view, scroll);
}

/// Paints the rows that a step dropped.
pub fn dropped_ui(
    ui: &mut Ui,
    state: &State,
    (table, step): (Table, usize),
    scroll: &mut RowScroll,
    commands: &mut Vec<Command>,
) {
    let count = state.curation.value().and_then(|curation| curation.count(table));
    let Some((count, step)) = count.and_then(|count| Some((count, count.steps.get(step)?))) else { return };
    ui.horizontal_wrapped(|ui| {
        if widgets::icon_button_ui(ui, icons::BACK, &format!("Back to {}", table.name())).clicked() {
            commands.push(Command::Show(Shown::Table(table)));
        }
        let title = format!("{}: {}", table.name(), step.reason.label());
        ui.label(RichText::new(title).text_style(TextStyle::Heading));
        ui.add_space(8.0);
        ui.label(format!("{} rows of {} dropped", thousands(step.dropped), count.source.name()));
    });
    ui.label(widgets::weak(ui, step.reason.explanation()));
    ui.add_space(8.0);
    match &state.dropped {
        Slot::Ready(view) => rows_ui(ui, state, "dropped rows", view, scroll),
        Slot::Failed { error, .. } => {
            empty::failed_ui(ui, "The rows could not be looked up", error, Command::RetryDropped, commands);
        }
        Slot::Empty | Slot::Loading(_) => empty::no_rows_ui(ui, "The rows are being looked up."),
    }
}

fn losses_ui(ui: &mut Ui, state: &State, table: Table, commands: &mut Vec<Command>) {
    let Some(count) = state.curation.value().and_then(|curation| curation.count(table)) else { return };
    ui.label(widgets::weak(ui, format!("from {} of {}", thousands(count.rows_in), count.source.name())));
    for (position, step) in count.steps.iter().enumerate() {
        if step.dropped > 0 {
            let text = format!("−{} {}", thousands(step.dropped), step.reason.label());
            let response = ui.button(text).on_hover_text(step.reason.explanation());
            if response.clicked() {
                commands.push(Command::Show(Shown::Dropped { table, step: position }));
            }
        }
        if step.added > 0 && step.reason == Reason::NoMotion {
            let text = format!("+{} more than one motion", thousands(step.added));
            ui.label(widgets::weak(ui, text))
                .on_hover_text("A distance reading that fits several motions makes one row with each of them");
        } else if step.added > 0 {
            let text = format!("+{} more than one owner", thousands(step.added));
            ui.label(widgets::warning(ui, text))
                .on_hover_text("Several customers' records carry the serial number of the same device");
        }
    }
}

fn rows_ui(ui: &mut Ui, state: &State, id: &str, view: &TableView, scroll: &mut RowScroll) {
    let Some(loaded) = state.landing.value() else { return };
    if view.rows() == 0 {
        return empty::no_rows_ui(ui, "Nothing came through; the figures above say where it was lost.");
    }
    let columns: Vec<_> = view.columns().map(cell::grid_column).collect();
    let kinds: Vec<_> = view.columns().copied().collect();
    grid_ui(ui, id, &columns, view.rows(), scroll, |ui, row, column| {
        cell::cell_ui(ui, &kinds[column], view.cell(row, column), &loaded.codes, state.revealed);
    });
}
