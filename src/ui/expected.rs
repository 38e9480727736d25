//! Expected counts: what another system reports of each table, whether it agrees, and what the count doctor says.

use std::collections::BTreeMap;

use egui::{Grid, Role, TextEdit, Ui};

use crate::domain::Table;
use crate::domain::format::{difference, thousands};
use crate::review::{Expected, Verdict};
use crate::state::{Command, State};

use super::words::{as_is, t, typed_count};
use super::{access, icons, theme, widgets};

/// What is being typed, for each table.
#[derive(Default)]
pub struct ExpectedScreen {
    typed: BTreeMap<Table, String>,
    of: Expected,
}

/// Paints a line for each table, and below what the doctor says.
pub fn expected_ui(ui: &mut Ui, state: &State, screen: &mut ExpectedScreen, commands: &mut Vec<Command>) {
    ui.label(widgets::weak(
        ui,
        "Write the counts that another system reports, such as Athena or Glue, or read them from a file: JSON, CSV or lines.",
    ));
    ui.add_space(8.0);
    ui.horizontal_wrapped(|ui| {
        if ui.button(t(format!("{} From a file…", icons::OPEN_FILES))).clicked() {
            commands.push(Command::ChooseExpected);
        }
        if !state.expected.is_empty() && ui.button(t("Clear")).clicked() {
            commands.push(Command::SetExpected(Expected::default()));
        }
        if !state.expected.is_empty() && state.review.signed_off().is_none() {
            let words = "They are a check of the review as long as they stand here: one that differs has to be repaired or accepted.";
            ui.label(widgets::weak(ui, words));
        }
        if state.verdicts.is_loading() && !state.expected.is_empty() {
            ui.label(widgets::weak(ui, "checking…"));
        }
        if let Some(error) = state.verdicts.error() {
            ui.label(widgets::warning(ui, error));
        }
    });
    ui.add_space(8.0);
    if screen.of != state.expected {
        // They came from a file, or were cleared.
        screen.typed = state.expected.iter().map(|(table, rows)| (table, rows.to_string())).collect();
        screen.of = state.expected.clone();
    }
    let mut expected = state.expected.clone();
    Grid::new("expected").num_columns(4).spacing([16.0, 6.0]).show(ui, |ui| {
        for title in ["table", "rows here", "expected", ""] {
            ui.label(widgets::small(ui, title));
        }
        ui.end_row();
        for table in Table::ALL {
            line_ui(ui, state, table, screen.typed.entry(table).or_default(), &mut expected);
        }
    });
    if expected != state.expected {
        screen.of = expected.clone();
        commands.push(Command::SetExpected(expected));
    }
    ui.add_space(12.0);
    for verdict in state.verdicts.value().into_iter().flatten() {
        verdict_ui(ui, verdict);
    }
}

fn line_ui(ui: &mut Ui, state: &State, table: Table, typed: &mut String, expected: &mut Expected) {
    ui.label(as_is(table.name()));
    let here = state.curation.value().map(|curation| curation.rows(table));
    widgets::right_ui(ui, |ui| {
        ui.label(t(here.map_or_else(|| "–".to_owned(), thousands)));
    });
    let response = ui.add_sized([110.0, theme::ROW_HEIGHT], TextEdit::singleline(typed).hint_text(t("expected")));
    widgets::named(&response, ui, Role::TextInput, format!("Expected rows of {}", table.name()));
    match (typed.trim().is_empty(), typed_count(typed)) {
        (true, _) => expected.remove(table),
        (false, Some(rows)) => expected.set(table, rows),
        (false, None) => {
            expected.remove(table);
            access::invalid(&response, "a whole number is wanted");
            ui.label(widgets::warning(ui, "a whole number is wanted"));
        }
    }
    if let (Some(here), Some(rows)) = (here, expected.get(table)) {
        if here == rows {
            ui.label(widgets::weak(ui, format!("{} agrees", icons::READY)));
        } else {
            ui.label(widgets::warning(ui, format!("{} {} here", icons::WARNING, difference(rows, here))));
        }
    }
    ui.end_row();
}

fn verdict_ui(ui: &mut Ui, verdict: &Verdict) {
    if verdict.agrees() && !verdict.proves_little() {
        return;
    }
    let name = verdict.table.name();
    let expected = thousands(verdict.expected);
    if verdict.agrees() {
        ui.label(widgets::strong(format!("{name}: {expected} agrees, but proves little: these give the same count")));
    } else if verdict.mistakes.is_empty() {
        ui.label(widgets::strong(format!("{name}: {expected} comes from no mistake that is known here")));
    } else {
        ui.label(widgets::strong(format!("{name}: what gives {expected}")));
    }
    for mistake in &verdict.mistakes {
        ui.label(t(format!("{} {}", icons::WARNING, mistake.what))).on_hover_text(as_is(mistake.id));
        ui.label(widgets::weak(ui, format!("      {}", mistake.todo)));
    }
    ui.add_space(8.0);
}
