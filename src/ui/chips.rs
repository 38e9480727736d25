//! What is in force on a table: filters and orders, each to be switched off or taken away, and whom the tables are
//! narrowed to.

use egui::{RichText, Ui};

use crate::curation::{Cell, Codes};
use crate::domain::foreign::excerpt;
use crate::domain::{Column, format};
use crate::explore::{Filter, Follow, Query, Test, shown};
use crate::state::{Command, Look, State};

use super::words::{as_is, instant, t};
use super::{icons, widgets};

/// Paints the chips of a table; what is clicked changes the query.
pub fn chips_ui(ui: &mut Ui, state: &State, look: &Look, query: &mut Query, commands: &mut Vec<Command>) {
    let Some(loaded) = state.landing.value() else { return };
    let narrowed = state.choices().narrowed_to();
    if query.filters.is_empty() && query.sorts.is_empty() && narrowed.is_none() {
        return;
    }
    // None is cut where the page is narrow.
    ui.horizontal_wrapped(|ui| {
        if narrowed.is_some() {
            follow_ui(ui, state, &loaded.codes, commands);
            ui.separator();
        }
        // First, so that it is in sight however many there are.
        let clears = query.filters.len() + query.sorts.len() > 1 && ui.button(t("Clear all")).clicked();
        let mut removed = None;
        for (place, filter) in query.filters.iter_mut().enumerate() {
            let Some(column) = look.view.columns().find(|column| column.name == filter.column) else { continue };
            let text = describe(column, filter, &loaded.codes, state.revealed);
            let hover =
                if filter.on { "Let all rows pass this filter for now" } else { "Put this filter in force again" };
            let words = RichText::new(format!("{} {text}", icons::FILTER));
            // One that is off is struck through: a ground of another colour alone would not say it to all.
            let words = if filter.on { words } else { words.strikethrough() };
            let response = ui.selectable_label(filter.on, words).on_hover_text(t(hover));
            widgets::named_choice(&response, ui, filter.on, format!("Filter: {text}"));
            if response.clicked() {
                filter.on = !filter.on;
            }
            if widgets::icon_button_ui(ui, icons::CLOSE, format!("Remove filter: {text}")).clicked() {
                removed = Some(place);
            }
        }
        if let Some(place) = removed {
            query.filters.remove(place);
        }
        let mut lifted = None;
        for sort in &query.sorts {
            let icon = if sort.descending { icons::DOWN } else { icons::UP };
            ui.label(widgets::weak(ui, as_is(format!("{icon} {}", sort.column))));
            if widgets::icon_button_ui(ui, icons::CLOSE, format!("Do not sort by {}", sort.column)).clicked() {
                lifted = Some(sort.column);
            }
        }
        query.sorts.retain(|sort| lifted != Some(sort.column));
        if clears {
            query.filters.clear();
            query.sorts.clear();
        }
    });
}

/// The chip of the customer or device that all tables are narrowed to.
pub fn follow_ui(ui: &mut Ui, state: &State, codes: &Codes, commands: &mut Vec<Command>) {
    let Some(follow) = &state.choices().follow else { return };
    let name = name_of(follow, codes, state.revealed);
    let place = if state.beside.is_some() { "on this page" } else { "in all tables" };
    ui.label(widgets::warning(ui, format!("{} Only {name}, {place}", icons::FOLLOW))).on_hover_text(t(
        "Tables, the pages Consent and Signals show this customer or device alone. The figures at the top, the join review and exports are of all.",
    ));
    if widgets::icon_button_ui(ui, icons::CLOSE, format!("Show all, not only {name}")).clicked() {
        commands.push(Command::Follow(None));
    }
}

/// Says of what is of all that it is not of the one alone whom the tables are narrowed to.
pub fn of_all_ui(ui: &mut Ui, state: &State, words: impl FnOnce(&str) -> String) {
    let (Some(follow), Some(loaded)) = (&state.choices().follow, state.landing.value()) else { return };
    let name = name_of(follow, &loaded.codes, state.revealed);
    ui.label(widgets::warning(ui, format!("{} {}", icons::FOLLOW, words(&name))));
}

/// A customer or device as it is shown.
pub fn name_of(follow: &Follow, codes: &Codes, revealed: bool) -> String {
    let (code, text) = match follow {
        Follow::Person(text) => (codes.person(text), text),
        Follow::Device(text) => (codes.device(text), text),
    };
    if revealed {
        excerpt(text).into_owned()
    } else {
        code.map_or_else(|| "•••".to_owned(), |code| code.to_string())
    }
}

/// A filter in words, in the language of the window.
fn describe(column: &Column, filter: &Filter, codes: &Codes, revealed: bool) -> String {
    let name = filter.column;
    let text = |cell: Cell<'_>| match cell {
        Cell::Time(at) => instant(at),
        _ => shown(column, cell, codes, revealed).map_or_else(|| "•••".to_owned(), |text| excerpt(&text).into_owned()),
    };
    let between = |from: Option<String>, to: Option<String>| match (from, to) {
        (Some(from), Some(to)) => format!("{name} {} {from} {} {to}", t("from"), t("to")),
        (Some(from), None) => format!("{name} ≥ {from}"),
        (None, Some(to)) => format!("{name} ≤ {to}"),
        (None, None) => format!("{name} {}", t("is not null")),
    };
    let finite = |number: f64| number.is_finite().then(|| t(format::short(number)).into());
    let bounded = |number: i64| Some(number).filter(|number| !matches!(*number, i64::MIN | i64::MAX));
    match &filter.test {
        Test::Missing => format!("{name} {}", t("is null")),
        Test::Present => format!("{name} {}", t("is not null")),
        Test::Between(from, to) => between(finite(*from), finite(*to)),
        Test::Within(from, to) if column.kind == crate::domain::Kind::Time => {
            let instant = |at: i64| bounded(at).map(|at| text(Cell::Time(at)));
            between(instant(*from), instant(*to))
        }
        Test::Within(from, to) => {
            let number = |number: i64| bounded(number).map(|number| number.to_string());
            between(number(*from), number(*to))
        }
        Test::OneOf(texts) if texts.len() == 1 => {
            texts.first().map_or_else(String::new, |only| format!("{name} {} {}", t("is"), text(Cell::Text(only))))
        }
        Test::OneOf(texts) => format!("{name} {} {}", t("is one of"), texts.len()),
        Test::Contains(part) => format!("{name} {}", t(format!("contains \u{201c}{}\u{201d}", excerpt(part)))),
    }
}
