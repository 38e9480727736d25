//! What is in force on a table: filters and orders, each to be switched off or taken away, and whom the tables are
//! narrowed to.

use egui::{Button, Label, RichText, Ui};

use crate::curation::{Cell, Codes};
use crate::domain::foreign::excerpt;
use crate::domain::{Column, format};
use crate::explore::{Filter, Follow, Query, Test, shown};
use crate::state::{Command, Look, State};

use super::words::{as_is, instant, t};
use super::{icons, widgets};

/// Room for what takes a chip away, in points.
const LIFTS: f32 = 36.0;

/// Whether anything is in force on a table.
pub fn are_there(state: &State, query: &Query) -> bool {
    !query.filters.is_empty() || !query.sorts.is_empty() || state.choices().narrowed_to().is_some()
}

/// How wide all chips of a table are in one line, in points; 0 without any.
pub fn width(ui: &Ui, state: &State, look: &Look, query: &Query) -> f32 {
    let Some(loaded) = state.landing.value().filter(|_| are_there(state, query)) else { return 0.0 };
    let button = |text: String| widgets::button_width(ui, &RichText::new(text)) + LIFTS;
    let column = |name: &str| look.view.columns().find(|column| column.name == name);
    let filters = query.filters.iter().filter_map(|filter| {
        let text = describe(column(filter.column)?, filter, &loaded.codes, state.revealed);
        Some(button(format!("{} {text}", icons::FILTER)))
    });
    let sorts = query.sorts.iter().map(|sort| button(format!("{} {}", icons::DOWN, sort.column)));
    let narrowed = state.choices().narrowed_to().map(|follow| button(narrowed_in_words(state, follow, &loaded.codes)));
    let clears = if is_several(query) { button(t("Clear all").into()) } else { 0.0 };
    filters.chain(sorts).chain(narrowed).sum::<f32>() + clears
}

/// Whether there is more to be taken away than one thing.
fn is_several(query: &Query) -> bool {
    query.filters.len() + query.sorts.len() + usize::from(!query.find.trim().is_empty()) > 1
}

/// Paints the chips of a table into a line, or into lines where it wraps; what is clicked changes the query.
pub fn chips_ui(ui: &mut Ui, state: &State, look: &Look, query: &mut Query, commands: &mut Vec<Command>) {
    let Some(loaded) = state.landing.value() else { return };
    if !are_there(state, query) {
        return;
    }
    if state.choices().narrowed_to().is_some() {
        follow_ui(ui, state, &loaded.codes, commands);
        ui.separator();
    }
    // First, so that it is in sight however many there are.
    let clears = is_several(query) && ui.button(t("Clear all")).clicked();
    let mut removed = None;
    for (place, filter) in query.filters.iter_mut().enumerate() {
        let Some(column) = look.view.columns().find(|column| column.name == filter.column) else { continue };
        let text = describe(column, filter, &loaded.codes, state.revealed);
        let hover = if filter.on { "Let all rows pass this filter for now" } else { "Put this filter in force again" };
        let words = RichText::new(format!("{} {text}", icons::FILTER));
        // One that is off is struck through: a ground of another colour alone would not say it to all.
        let words = if filter.on { words } else { words.strikethrough() };
        widgets::keep_together(ui, widgets::button_width(ui, &words) + LIFTS);
        let response = ui.add(Button::selectable(filter.on, words).truncate()).on_hover_text(t(hover));
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
    if !query.filters.is_empty() && !query.sorts.is_empty() {
        ui.separator();
    }
    let mut lifted = None;
    for sort in &query.sorts {
        let icon = if sort.descending { icons::DOWN } else { icons::UP };
        let words = widgets::weak(ui, as_is(format!("{icon} {}", sort.column)));
        widgets::keep_together(ui, widgets::width(ui, &words) + LIFTS);
        ui.add(Label::new(words).extend());
        if widgets::icon_button_ui(ui, icons::CLOSE, format!("Do not sort by {}", sort.column)).clicked() {
            lifted = Some(sort.column);
        }
    }
    query.sorts.retain(|sort| lifted != Some(sort.column));
    if clears {
        query.filters.clear();
        query.sorts.clear();
        query.find.clear();
    }
}

/// The chip of the customer or device that all tables are narrowed to.
pub fn follow_ui(ui: &mut Ui, state: &State, codes: &Codes, commands: &mut Vec<Command>) {
    let Some(follow) = &state.choices().follow else { return };
    let name = name_of(follow, codes, state.revealed);
    ui.label(widgets::warning(ui, narrowed_in_words(state, follow, codes))).on_hover_text(t(
        "Tables, the pages Consent and Signals show this customer or device alone. The figures at the top, the join review and exports are of all.",
    ));
    if widgets::icon_button_ui(ui, icons::CLOSE, format!("Show all, not only {name}")).clicked() {
        commands.push(Command::Follow(None));
    }
}

fn narrowed_in_words(state: &State, follow: &Follow, codes: &Codes) -> String {
    let name = name_of(follow, codes, state.revealed);
    let place = if state.beside.is_some() { "on this page" } else { "in all tables" };
    format!("{} Only {name}, {place}", icons::FOLLOW)
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
