//! One cell of a zone table: masked where it is about somebody, null told apart from blank and from 0.

use egui::{Label, Sense, Ui, vec2};

use crate::curation::{Cell, Codes};
use crate::domain::foreign::excerpt;
use crate::domain::{Code, Column, Kind, Privacy, Purpose, TimeZone, format};
use crate::explore::HIDDEN;

use super::grid::GridColumn;
use super::words::{Words, as_is, instant, t, zone};
use super::{access, theme, widgets};

/// What a consent that is not there means.
pub const NO_CONSENT: &str = "The customer did not agree to this: the consent is absent, null, blank or 0";

/// Letters of a number that is shown with all its digits.
const LONGEST_FLOAT: usize = 10;

/// The grid's column for a table's column.
pub fn grid_column(column: &Column, is_internal: bool, revealed: bool) -> GridColumn {
    let kind = match column.kind {
        Kind::Text => "text",
        Kind::Integer => "whole number",
        Kind::Time if zone() == TimeZone::UTC => "instant, UTC; milliseconds since 1970 in the data",
        Kind::Time => "instant, local time; milliseconds since 1970 in the data",
        Kind::Float => "number",
    };
    let privacy = match column.privacy {
        Privacy::Open => "",
        Privacy::Person => "; stands for a person, shown as a code",
        Privacy::Device => "; stands for a device, shown as a code",
        Privacy::Personal => "; personal, masked",
    };
    let leaves = if is_internal { "; for checks only, in no file that is saved or exported" } else { "" };
    let title = title(column);
    GridColumn {
        hover: format!("{}: {kind}{privacy}{leaves}", column.name),
        width: f32::max(usual_width(column, revealed), title.chars().count() as f32 * 8.25 + 32.0),
        right: matches!(column.kind, Kind::Integer | Kind::Float),
        title,
    }
}

fn usual_width(column: &Column, revealed: bool) -> f32 {
    match (column.kind, column.privacy) {
        (Kind::Text, Privacy::Person) if revealed => 208.0,
        (Kind::Text, Privacy::Device) if revealed => 272.0,
        (Kind::Text, Privacy::Personal) if revealed => 128.0,
        (Kind::Time, _) if zone() == TimeZone::UTC => 172.0,
        (Kind::Time, _) => 212.0,
        (Kind::Text, Privacy::Personal) => 72.0,
        (Kind::Text, _) => 116.0,
        (Kind::Integer | Kind::Float, _) => 64.0,
    }
}

/// Paints the content of a cell.
pub fn cell_ui(ui: &mut Ui, column: &Column, cell: Cell<'_>, codes: &Codes, revealed: bool) {
    match cell {
        Cell::Null if Purpose::of_column(column.name).is_some() => faint(ui, "null", NO_CONSENT),
        Cell::Null => faint(ui, "null", "No value: the key is absent or null"),
        Cell::Text("") => faint(ui, "blank", "A text without characters"),
        Cell::Text(text) => text_ui(ui, column, text, codes, revealed),
        Cell::Integer(value) => text(ui, t(signed(value.to_string()))),
        Cell::Float(value) => float_ui(ui, value),
        Cell::Time(milliseconds) => time_ui(ui, milliseconds),
    }
}

/// A number; one with many digits to six after the point, so that a column of them stands in line. Files and copies have all.
fn float_ui(ui: &mut Ui, value: f64) {
    let whole = signed(format!("{value:?}"));
    if whole.chars().count() <= LONGEST_FLOAT || !value.is_finite() {
        return text(ui, t(whole));
    }
    let has_point = value.abs() < 1e9 && value.abs() >= 1e-4;
    let shown = if has_point { format!("{value:.6}") } else { format!("{value:.6e}") };
    ui.add(Label::new(t(signed(shown))).truncate()).on_hover_text(t(whole));
}

/// A number with the minus that figures have.
fn signed(number: String) -> String {
    number.strip_prefix('-').map(|digits| format!("−{digits}")).unwrap_or(number)
}

/// An instant; UTC is said in the title of the column, another zone here, as it changes with summer and winter.
fn time_ui(ui: &mut Ui, milliseconds: i64) {
    let Some(utc) = format::utc(milliseconds) else { return text(ui, as_is(milliseconds.to_string())) };
    let said = t(format!("{milliseconds} ms since 1970, UTC"));
    let (shown, hover) = match zone() {
        TimeZone::UTC => (utc, said),
        _ => (instant(milliseconds), as_is(format!("{utc} UTC\n{said}"))),
    };
    ui.add(Label::new(as_is(shown)).truncate()).on_hover_text(hover);
}

/// What a column is called on the screen: its name, and that its instants are UTC.
pub fn title(column: &Column) -> String {
    let is_utc = column.kind == Kind::Time && zone() == TimeZone::UTC;
    format!("{}{}", column.name, if is_utc { " UTC" } else { "" })
}

fn text_ui(ui: &mut Ui, column: &Column, content: &str, codes: &Codes, revealed: bool) {
    match column.privacy {
        Privacy::Open => text(ui, as_is(excerpt(content))),
        Privacy::Personal if revealed => text(ui, as_is(excerpt(content))),
        Privacy::Personal => faint(ui, HIDDEN, "Personal and masked; the status bar has the switch"),
        Privacy::Person | Privacy::Device => {
            let Some(code) = codes.get(column, content) else { return faint(ui, HIDDEN, "Masked") };
            mark_ui(ui, code, column.privacy == Privacy::Person);
            ui.add_space(-4.0);
            text(ui, as_is(if revealed { excerpt(content).into_owned() } else { code.to_string() }));
        }
    }
}

/// The mark of a person or device, the same wherever it appears.
pub fn mark_ui(ui: &mut Ui, code: Code, is_person: bool) {
    let (rect, _) = ui.allocate_exact_size(vec2(8.0, 8.0), Sense::hover());
    if is_person {
        ui.painter().circle_filled(rect.center(), 4.0, theme::mark(code));
    } else {
        ui.painter().rect_filled(rect.shrink(0.5), 1.0, theme::mark(code));
    }
}

fn text(ui: &mut Ui, content: Words) {
    ui.add(Label::new(content).truncate());
}

fn faint(ui: &mut Ui, content: &str, hover: &str) {
    let response = ui.label(widgets::weak(ui, content).italics()).on_hover_text(t(hover));
    if content == HIDDEN {
        access::said(&response, "masked");
    }
}
