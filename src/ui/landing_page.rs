//! What was delivered: files, remarks, consents as they stood in the records, and every refused record.

use egui::{Grid, Label, ScrollArea, Ui, vec2};

use crate::domain::foreign::excerpt;
use crate::domain::format::{bytes, counted, thousands};
use crate::domain::{Dataset, Purpose};
use crate::landing::{Census, Landing};
use crate::state::State;

use super::grid::{GridColumn, RowScroll, grid_ui};
use super::scrolled::Scrolled as _;
use super::words::{as_is, t};
use super::{access, icons, theme, widgets};

/// Paints the page; the scrolls are those of the files and of the refused records.
pub fn landing_ui(ui: &mut Ui, state: &State, (files, refused): (&mut RowScroll, &mut RowScroll)) {
    let Some(loaded) = state.landing.value() else { return };
    let landing = &loaded.landing;
    ui.horizontal_wrapped(|ui| {
        access::heading_ui(ui, "Landing files");
        let files = counted(landing.files.len() as u64, "file");
        ui.label(widgets::weak(ui, format!("{files}, {}. Sources are only ever read.", bytes(landing.bytes()))));
    });
    ui.add_space(8.0);
    for finding in &landing.findings {
        ui.horizontal(|ui| {
            ui.label(widgets::warning(ui, icons::WARNING));
            ui.add(Label::new(t(finding.to_string())).wrap());
        });
    }
    census_ui(ui, &landing.census);
    let count = landing.refused.len() as u64;
    // Each of the two gets what it needs, and at least half if there is not enough for both.
    let needs = |rows: u64| theme::HEADER_HEIGHT + theme::ROW_HEIGHT * rows.min(1000) as f32 + BARS;
    let room = ui.available_height() - 72.0;
    let needed = needs(landing.files.len() as u64);
    ui.add_space(8.0);
    if room < LEAST_ROOM && needed + needs(count) > room {
        // Both in one scroll.
        ScrollArea::vertical().auto_shrink([false, false]).show_scrolled(ui, |ui| {
            let each = |ui: &mut Ui, rows: u64, paint: &mut dyn FnMut(&mut Ui)| {
                ui.allocate_ui(vec2(ui.available_width(), needs(rows.min(MOST_AT_ONCE))), |ui| paint(ui));
            };
            each(ui, landing.files.len() as u64, &mut |ui| files_ui(ui, landing, files));
            refused_title_ui(ui, count);
            if count > 0 {
                each(ui, count, &mut |ui| refused_ui(ui, landing, refused));
            }
        });
        return;
    }
    let others = if count == 0 { 0.0 } else { needs(count).min(room / 2.0) };
    ui.scope(|ui| {
        ui.set_max_height((room - others).min(needed).max(120.0));
        files_ui(ui, landing, files);
    });
    refused_title_ui(ui, count);
    if count > 0 {
        refused_ui(ui, landing, refused);
    }
}

/// What the edges of a table and the bar below it take, in points.
const BARS: f32 = 32.0;

/// As many rows are shown where the page scrolls as a whole; of more, the table scrolls as well.
const MOST_AT_ONCE: u64 = 40;

/// The page scrolls as a whole where it has less room than this for its two tables, in points.
const LEAST_ROOM: f32 = 280.0;

fn refused_title_ui(ui: &mut Ui, count: u64) {
    ui.add_space(12.0);
    ui.label(widgets::strong(format!("Refused records: {}", thousands(count))));
    let words = match count {
        0 => "Every record was read.",
        _ => "They could not be read and are in no table. Their content is never shown or logged.",
    };
    ui.label(widgets::weak(ui, words));
}

fn census_ui(ui: &mut Ui, census: &Census) {
    ui.add_space(4.0);
    Grid::new("consents").num_columns(7).spacing(vec2(24.0, 2.0)).show(ui, |ui| {
        ui.label(widgets::strong("Consent in the customer records"));
        for title in ["given", "absent", "null", "blank", "zero"] {
            widgets::right_ui(ui, |ui| ui.label(widgets::small(ui, title)));
        }
        // The last column of a grid takes all the room that is left.
        ui.label("");
        ui.end_row();
        for purpose in Purpose::ALL {
            let consent = census.consent(purpose);
            ui.label(as_is(purpose.column()));
            for figure in [consent.given, consent.absent, consent.null, consent.blank, consent.zero] {
                widgets::right_ui(ui, |ui| ui.label(t(thousands(figure))));
            }
            ui.label("");
            ui.end_row();
        }
    });
    if !census.unknown_keys.is_empty() {
        let keys: Vec<String> = census
            .unknown_keys
            .iter()
            .take(12)
            .map(|((dataset, key), count)| format!("{} ({}, {})", excerpt(key), dataset.name(), thousands(*count)))
            .collect();
        ui.label(widgets::weak(ui, format!("Keys that no table has: {}", keys.join(", "))));
    }
}

fn files_ui(ui: &mut Ui, landing: &Landing, scroll: &mut RowScroll) {
    let others = 110.0 + 3.0 * 80.0 + 7.0 * 16.0 + 64.0;
    let columns = [
        column("file", "Path below the source", (ui.available_width() - others).clamp(200.0, 640.0), false),
        column("data set", "What its folder or its keys say", 110.0, false),
        column("size", "Bytes on the disk", 80.0, true),
        column("read", "Records read", 80.0, true),
        column("refused", "Records that could not be read", 80.0, true),
    ];
    grid_ui(ui, "files", &columns, landing.files.len(), scroll, |ui, row, column| {
        let file = &landing.files[row];
        match column {
            0 => {
                file_ui(ui, &file.name).on_hover_text(t(format!("SHA-256 {}", file.sha256)));
            }
            1 => dataset_ui(ui, file.dataset),
            2 => number_ui(ui, &bytes(file.bytes), false),
            3 => number_ui(ui, &thousands(file.rows), false),
            _ => number_ui(ui, &thousands(file.refused), file.refused > 0),
        }
    });
}

fn refused_ui(ui: &mut Ui, landing: &Landing, scroll: &mut RowScroll) {
    let columns = [
        column("file", "Path below the source", 320.0, false),
        column("data set", "What its folder or its keys say", 110.0, false),
        column("offset", "Bytes from the start of the file to the record", 90.0, true),
        column("length", "Bytes of the record", 80.0, true),
        column("reason", "Why it could not be read", 320.0, false),
    ];
    grid_ui(ui, "refused records", &columns, landing.refused.len(), scroll, |ui, row, column| {
        let refused = &landing.refused[row];
        match column {
            0 => {
                let name = landing.files.get(refused.file as usize).map_or("", |file| file.name.as_str());
                file_ui(ui, name).on_hover_text(as_is(name));
            }
            1 => dataset_ui(ui, refused.dataset),
            2 => number_ui(ui, &thousands(refused.offset), false),
            3 => number_ui(ui, &thousands(refused.length), false),
            _ => {
                ui.add(Label::new(t(refused.reason.to_string())).truncate());
            }
        }
    });
}

/// A path below the source; where it is longer than its column its middle is left out, since the ends tell files apart.
fn file_ui(ui: &mut Ui, name: &str) -> egui::Response {
    /// Of a letter of the font, in points: wider ones are cut at the end.
    const LETTER: f32 = 7.0;
    let letters = (ui.available_width() / LETTER) as usize;
    ui.add(Label::new(as_is(widgets::shortened(name, letters))).truncate())
}

fn column(title: &str, hover: &str, width: f32, right: bool) -> GridColumn {
    GridColumn { title: title.to_owned(), hover: hover.to_owned(), width, right }
}

fn dataset_ui(ui: &mut Ui, dataset: Option<Dataset>) {
    match dataset {
        Some(dataset) => ui.label(as_is(dataset.name())),
        None => ui.label(widgets::weak(ui, "unknown").italics()),
    };
}

fn number_ui(ui: &mut Ui, text: &str, remarkable: bool) {
    if remarkable {
        ui.label(widgets::warning(ui, text));
    } else {
        ui.label(t(text));
    }
}
