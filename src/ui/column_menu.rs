//! What can be done with a column: order, filters as its kind has them, and its place.

use std::collections::BTreeSet;

use egui::{Button, Grid, Id, ScrollArea, TextEdit, Ui};

use crate::curation::{Cell, TableView};
use crate::domain::foreign::excerpt;
use crate::domain::{Column, Kind, Privacy, format};
use crate::explore::{ColumnLayout, Filter, Query, Sort, Spread, Test, shown};

use super::column_title::Title;
use super::scrolled::Scrolled as _;
use super::words::{as_is, t, typed_number};
use super::{icons, widgets};

/// Paints the menu of a column.
pub fn menu_ui(ui: &mut Ui, title: &Title<'_>, view: &TableView, query: &mut Query, layout: &mut ColumnLayout) {
    widgets::edged(ui);
    ui.set_min_width(240.0);
    let column = title.column;
    ui.label(widgets::strong(as_is(column.name)));
    order_ui(ui, column, query);
    ui.separator();
    if column.privacy == Privacy::Personal && !title.revealed {
        ui.label(widgets::weak(ui, "Masked: it can be filtered by null only"));
    } else if column.kind == Kind::Text {
        contains_ui(ui, column, query);
        values_ui(ui, title, query);
    } else {
        range_ui(ui, column, query);
    }
    ui.horizontal(|ui| {
        for (test, text) in [(Test::Missing, "Only null"), (Test::Present, "Not null")] {
            if ui.button(t(text)).clicked() {
                query.set(Filter { column: column.name, test, on: true });
            }
        }
    });
    ui.separator();
    place_ui(ui, column, view, layout);
}

fn order_ui(ui: &mut Ui, column: &Column, query: &mut Query) {
    let name = column.name;
    let current = query.sorts.iter().find(|sort| sort.column == name).copied();
    let mut nulls_first = current.is_some_and(|sort| sort.nulls_first);
    ui.horizontal(|ui| {
        for (descending, icon, text) in [(false, icons::UP, "Ascending"), (true, icons::DOWN, "Descending")] {
            let chosen = current.is_some_and(|sort| sort.descending == descending);
            if ui.selectable_label(chosen, t(format!("{icon} {text}"))).clicked() {
                query.sorts.retain(|sort| sort.column != name);
                if !chosen {
                    query.sorts.push(Sort { column: name, descending, nulls_first });
                }
            }
        }
    });
    if ui.checkbox(&mut nulls_first, t("Nulls first")).changed() {
        match query.sorts.iter_mut().find(|sort| sort.column == name) {
            Some(sort) => sort.nulls_first = nulls_first,
            None => query.sorts.push(Sort { column: name, descending: false, nulls_first }),
        }
    }
}

/// A line of text that is kept while the menu is open.
fn line_ui(ui: &mut Ui, id: Id, hint: &str, name: &str) -> (String, bool) {
    let mut text = ui.data_mut(|data| data.get_temp::<String>(id).unwrap_or_default());
    let response = ui.add(TextEdit::singleline(&mut text).hint_text(t(hint)).desired_width(150.0));
    widgets::named(&response, ui, egui::Role::TextInput, name);
    ui.data_mut(|data| data.insert_temp(id, text.clone()));
    (text, widgets::is_entered(ui, &response))
}

fn contains_ui(ui: &mut Ui, column: &Column, query: &mut Query) {
    ui.horizontal(|ui| {
        let id = Id::unique(("contains", column.name));
        let (text, entered) = line_ui(ui, id, "text", &format!("Text in {}", column.name));
        if (ui.button(t("Contains")).clicked() || entered) && !text.trim().is_empty() {
            query.set(Filter { column: column.name, test: Test::Contains(text.trim().to_owned()), on: true });
            ui.close();
        }
    });
}

/// The most frequent texts, to be ticked.
fn values_ui(ui: &mut Ui, title: &Title<'_>, query: &mut Query) {
    let Some(Spread::Texts(texts)) = title.summary.map(|summary| &summary.spread) else { return };
    let name = title.column.name;
    let current = query.filters.iter().find_map(|filter| match &filter.test {
        Test::OneOf(texts) if filter.column == name => Some(texts.clone()),
        _ => None,
    });
    let mut chosen: BTreeSet<String> = current.clone().unwrap_or_default();
    ScrollArea::vertical().max_height(180.0).show_scrolled(ui, |ui| {
        for (text, count) in texts {
            let label = match shown(title.column, Cell::Text(text), title.codes, title.revealed) {
                Some(label) if label.is_empty() => t("blank").to_string().into(),
                Some(label) => label,
                None => continue,
            };
            let mut ticked = chosen.contains(text);
            if ui
                .checkbox(&mut ticked, as_is(format!("{}  {}", excerpt(&label), t(format::thousands(*count)))))
                .changed()
            {
                if ticked {
                    chosen.insert(text.clone());
                } else {
                    chosen.remove(text);
                }
            }
        }
    });
    if current.as_ref() != Some(&chosen) && (current.is_some() || !chosen.is_empty()) {
        if chosen.is_empty() {
            query.filters.retain(|filter| !(filter.column == name && matches!(filter.test, Test::OneOf(_))));
        } else {
            query.set(Filter { column: name, test: Test::OneOf(chosen), on: true });
        }
    }
}

fn range_ui(ui: &mut Ui, column: &Column, query: &mut Query) {
    let name = column.name;
    let hint = if column.kind == Kind::Time { "such as 2022-06-18" } else { "number" };
    let (mut from, mut to, mut entered) = (String::new(), String::new(), false);
    Grid::new((name, "range")).num_columns(2).show(ui, |ui| {
        for (word, text) in [("From", &mut from), ("To", &mut to)] {
            ui.label(widgets::weak(ui, word));
            let (line, enter) = line_ui(ui, Id::unique((word, name)), hint, &format!("{word} {name}"));
            *text = line;
            entered |= enter;
            ui.end_row();
        }
    });
    let bound = |text: &str, otherwise: f64| match text.trim() {
        "" => Some(otherwise),
        text if column.kind == Kind::Time => format::instant(text).map(|instant| instant as f64),
        text => typed_number(text),
    };
    let bounds = bound(&from, f64::NEG_INFINITY).zip(bound(&to, f64::INFINITY));
    let is_reversed = bounds.is_some_and(|(low, high)| low > high);
    let applies = ui.add_enabled(bounds.is_some() && !is_reversed, Button::new(t("Apply"))).clicked() || entered;
    match bounds {
        Some(_) if is_reversed => {
            ui.label(widgets::warning(ui, "From is more than To"));
        }
        Some((low, high)) => {
            let asked = !(from.trim().is_empty() && to.trim().is_empty());
            if applies && asked {
                query.set(Filter { column: name, test: Test::range(column, low, high), on: true });
                ui.close();
            }
        }
        None => {
            let what = if column.kind == Kind::Time {
                "a UTC instant like 2022-06-18 17:58:55, or milliseconds"
            } else {
                "a number"
            };
            ui.label(widgets::warning(ui, format!("Write {what}")));
        }
    }
}

fn place_ui(ui: &mut Ui, column: &Column, view: &TableView, layout: &mut ColumnLayout) {
    let name = column.name;
    ui.horizontal(|ui| {
        if ui.button(t("Move left")).clicked() {
            layout.shift(view, name, false);
        }
        if ui.button(t("Move right")).clicked() {
            layout.shift(view, name, true);
        }
    });
    ui.horizontal(|ui| {
        let pinned = layout.is_pinned(name);
        if ui
            .button(t(if pinned { "Unpin" } else { "Pin" }))
            .on_hover_text(t("Keep it in sight while the others scroll"))
            .clicked()
        {
            layout.pin(name, !pinned);
        }
        if ui.button(t("Hide")).clicked() {
            layout.hide(name, true);
        }
    });
}
