//! The zones as a tree: each table with its rows and its change against its source.

use egui::{Align, Button, Id, Layout, RectAlign, RichText, ScrollArea, TextStyle, Ui, vec2};

use crate::domain::format::thousands;
use crate::domain::{Table, Zone};
use crate::state::{Command, Part, Shown, State};

use super::explain::{explained_beside, leads_to};
use super::scrolled::Scrolled as _;
use super::words::{Words, as_is, t};
use super::{access, flow_strip, icons, theme, widgets};

/// Less height than this has its entries closer together, in points.
const LEAST_LOOSE: f32 = 500.0;

/// What becomes of the entry of the page that is shown.
#[derive(Clone, Copy)]
struct Comes {
    into_sight: bool,
    gets_focus: bool,
}

/// Paints the list.
pub fn sidebar_ui(ui: &mut Ui, state: &State, gets_focus: bool, commands: &mut Vec<Command>) {
    // Where somebody comes to by another way is in sight here, too.
    let (id, shown) = (Id::unique("shown_in_list"), state.shown_in_use());
    let moves = ui.data(|data| data.get_temp::<Shown>(id)) != Some(shown);
    let comes = Comes { into_sight: moves || gets_focus, gets_focus };
    ui.data_mut(|data| data.insert_temp(id, shown));
    // In a low window all of it is in sight as long as it can be.
    let (gap, between) =
        if ui.available_height() < LEAST_LOOSE * theme::text_factor(ui) { (1.0, 6.0) } else { (2.0, 8.0) };
    ScrollArea::vertical().auto_shrink([false, false]).show_scrolled(ui, |ui| {
        ui.spacing_mut().item_spacing.y = gap;
        for (shown, icon, name, section, hover) in [
            (
                Shown::Consent,
                icons::CONSENT,
                "Consent",
                "consent",
                "Where rows went and why, who agreed when, who withdrew, expected counts",
            ),
            (Shown::Signals, icons::SIGNALS, "Signals", "signals", "What each device and its phone recorded over time"),
            (
                Shown::Review,
                icons::REVIEW,
                "Join review",
                "review",
                "Checks, joins, whose device it is, and whether the training set may leave",
            ),
            (
                Shown::Export,
                icons::EXPORT,
                "Export",
                "export-parts",
                "What the training set will be, what blocks it, and the exports that were made",
            ),
            (Shown::Sql, icons::SQL, "SQL", "sql", "Queries over the tables, masked as they are here"),
        ] {
            let selected = match state.shown_in_use() {
                Shown::Behind(_) => shown == Shown::Review,
                other => other == shown,
            };
            let open = state.review.open().filter(|open| *open > 0 && shown == Shown::Review);
            let lock = if state.review.signed_off().is_some() { icons::READY } else { icons::LOCKED };
            let right = match open {
                Some(open) => format!("{open} failing"),
                None if shown == Shown::Export => lock.to_owned(),
                None => String::new(),
            };
            let response = entry_ui(ui, (selected, comes), icon, name, &right, open.is_some());
            widgets::named_choice(&response, ui, selected, name);
            if explained_beside(response, hover, section).clicked() {
                commands.push(Command::Show(shown));
            }
        }
        ui.add_space(between);
        for zone in Zone::ALL {
            ui.add_space(between / 2.0);
            let title = t(zone.title());
            access::heading(&ui.label(widgets::small(ui, as_is(title.to_uppercase()))), &title, 2);
            for table in zone.tables() {
                table_ui(ui, state, table, comes, commands);
            }
            if zone == Zone::Landing {
                files_ui(ui, state, comes, commands);
            }
            ui.add_space(between);
        }
    });
}

fn table_ui(ui: &mut Ui, state: &State, table: Table, comes: Comes, commands: &mut Vec<Command>) {
    // Where rows that it lost are looked at, it is its page.
    let selected = match state.shown_in_use() {
        Shown::Table(shown) | Shown::Dropped { table: shown, .. } => shown == table,
        _ => false,
    };
    let rows = flow_strip::rows(state, table).map_or_else(|| "–".to_owned(), thousands);
    let response = entry_ui(ui, (selected, comes), icons::TABLE, as_is(table.title()), &rows, false);
    widgets::named_choice(&response, ui, selected, table.name());
    leads_to(&response, table.name());
    if response.clicked() {
        commands.push(Command::Show(Shown::Table(table)));
    }
    let count = state.curation.value().and_then(|curation| curation.count(table));
    if let Some(count) = count {
        widgets::hover_at(&response, RectAlign::RIGHT_START, |ui| flow_strip::reasons_ui(ui, count));
        // The figures above have it, as long as they are there.
        if state.looks.shows(Part::Strip) {
            return;
        }
        ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
            // No higher than the text, so that the list stays short.
            (ui.spacing_mut().interact_size.y, ui.spacing_mut().button_padding.y) = (14.0, 0.0);
            let name = format!("{}: rows that were lost", table.name());
            flow_strip::difference_ui(ui, count, &name, commands);
        });
    }
}

fn files_ui(ui: &mut Ui, state: &State, comes: Comes, commands: &mut Vec<Command>) {
    let Some(loaded) = state.landing.value() else { return };
    let landing = &loaded.landing;
    let remarkable = !landing.refused.is_empty() || !landing.findings.is_empty();
    let text = if landing.refused.is_empty() {
        thousands(landing.files.len() as u64)
    } else {
        format!("{} refused", thousands(landing.refused.len() as u64))
    };
    let icon = if remarkable { icons::WARNING } else { icons::FILES };
    let selected = state.shown_in_use() == Shown::Refused;
    let response = entry_ui(ui, (selected, comes), icon, "files", &text, remarkable);
    widgets::named_choice(&response, ui, selected, "Files and refused records");
    if explained_beside(response, "Files, remarks and refused records", "refused").clicked() {
        commands.push(Command::Show(Shown::Refused));
    }
}

fn entry_ui(
    ui: &mut Ui,
    (selected, comes): (bool, Comes),
    icon: &str,
    title: impl Into<Words>,
    right: &str,
    warn: bool,
) -> egui::Response {
    let palette = theme::palette(ui);
    let ink = if warn { palette.warning } else { palette.weak };
    let text = RichText::new(format!("{icon}  {}", title.into()));
    let right = RichText::new(t(right)).text_style(TextStyle::Body).color(if selected { palette.text } else { ink });
    let entry = Button::selectable(selected, text).right_text(right);
    let response = ui.add(entry.min_size(vec2(ui.available_width(), theme::ROW_HEIGHT)));
    if selected && comes.into_sight {
        response.scroll_to_me(None);
    }
    if selected && comes.gets_focus {
        response.request_focus();
    }
    response
}
