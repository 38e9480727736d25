//! The strip of figures that stays on every page: what came in, what each zone holds, what was lost and why. Each
//! figure is a door to its rows.

use egui::{Align, Layout, Rect, RichText, ScrollArea, TextStyle, TextWrapMode, Ui, WidgetText, vec2};

use crate::domain::format::{difference, thousands};
use crate::domain::{CheckId, Table, TableCount, Zone};
use crate::state::{Command, Shown, State};

use super::explain::{explained, leads_to, of_table};
use super::scrolled::Scrolled as _;
use super::words::{Words, as_is, t};
use super::{icons, pictures, theme, widgets};

/// Paints the strip. Gives the check that is to be shown, where somebody asks for what it found.
pub fn flow_strip_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) -> Option<CheckId> {
    let arrows = 2.0 * 24.0 + theme::REVIEW_WIDTH + theme::ROW_HEIGHT;
    // Each has room for its name, and as much more as there is.
    let names = Table::ALL.map(|table| name_width(ui, table));
    let more = (ui.available_width() - arrows - names.iter().sum::<f32>()) / names.len() as f32;
    let widths = names.map(|name| name + more.clamp(0.0, (theme::MOST_FIGURE_WIDTH - name).max(0.0)));
    let mut asked = None;
    ScrollArea::horizontal().id_salt("flow").show_scrolled(ui, |ui| {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            for zone in Zone::ALL {
                if zone != Zone::Landing {
                    ui.vertical(|ui| {
                        ui.add_space(40.0);
                        ui.label(RichText::new(icons::FLOWS_TO).color(theme::palette(ui).weak));
                    });
                }
                zone_ui(ui, state, zone, widths, commands);
            }
            asked = review_ui(ui, state, commands);
            if state.review.open().is_none() {
                // What comes after it stays in its place.
                ui.add_space(theme::REVIEW_WIDTH);
            }
            let name = "Save the counts of all tables as SVG or PNG";
            if state.curation.value().is_some() && widgets::icon_button_ui(ui, icons::PICTURE, name).clicked() {
                commands.extend(pictures::counts(ui, state));
            }
        });
    });
    asked
}

/// The state of the review, at the end of the flow: a door to it.
fn review_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) -> Option<CheckId> {
    let foreign = state.review.checks.value().and_then(|review| review.check(CheckId::ForeignPairs));
    let foreign = foreign.and_then(|check| check.figure.number).filter(|rows| *rows > 0);
    let (icon, text, is_open) = match state.review.open() {
        None => return None,
        Some(0) if state.review.signed_off().is_some() => (icons::READY, "signed off".to_owned(), false),
        Some(0) => (icons::LOCKED, "to be signed off".to_owned(), false),
        Some(open) => {
            let words = match foreign {
                Some(rows) => format!("{} foreign rows", thousands(rows)),
                None => format!("{open} failing"),
            };
            (icons::WARNING, words, true)
        }
    };
    let mut asked = None;
    let size = vec2(theme::REVIEW_WIDTH, theme::FIGURE_HEIGHT);
    ui.allocate_ui_with_layout(size, Layout::top_down(Align::Min), |ui| {
        ui.set_min_size(size);
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        ui.horizontal(|ui| {
            ui.add_space(8.0);
            ui.label(widgets::small(ui, "REVIEW"));
        });
        ui.add_space(14.0);
        let text = RichText::new(t(format!("{icon} {text}")));
        let palette = theme::palette(ui);
        let text = text.color(if is_open { palette.warning } else { palette.text });
        let response = widgets::door_ui(ui, text, "State of the join review");
        let hover = if foreign.is_some() && is_open {
            "Foreign rows pair a distance with the motion of a customer who does not own the device. Open the join review"
        } else {
            "Whether the training set may leave: open the join review"
        };
        if explained(response, hover, "gate").clicked() {
            commands.push(Command::Show(Shown::Review));
            asked = foreign.filter(|_| is_open).map(|_| CheckId::ForeignPairs);
        }
    });
    asked
}

fn zone_ui(ui: &mut Ui, state: &State, zone: Zone, widths: [f32; 8], commands: &mut Vec<Command>) {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        ui.horizontal(|ui| {
            ui.add_space(4.0);
            ui.label(widgets::small(ui, as_is(t(zone.title()).to_uppercase())));
        });
        ui.horizontal_top(|ui| {
            for table in zone.tables() {
                figure_ui(ui, state, table, widths[table.index()], commands);
            }
        });
    });
}

/// What a figure is called.
fn name(table: Table) -> Words {
    as_is(table.title().replace('_', " "))
}

/// Room for it, with a gap behind it.
fn name_width(ui: &Ui, table: Table) -> f32 {
    let galley = WidgetText::from(widgets::small(ui, name(table))).into_galley(
        ui,
        Some(TextWrapMode::Extend),
        0.0,
        TextStyle::Small,
    );
    galley.size().x + 12.0
}

fn figure_ui(ui: &mut Ui, state: &State, table: Table, width: f32, commands: &mut Vec<Command>) {
    let rows = rows(state, table);
    let size = vec2(width, theme::FIGURE_HEIGHT);
    let change = change(ui, state, table, rows);
    ui.allocate_ui_with_layout(size, Layout::top_down(Align::Min), |ui| {
        ui.set_min_size(size);
        let place = Rect::from_min_size(ui.min_rect().min, size);
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        ui.spacing_mut().button_padding = vec2(4.0, 0.0);
        ui.spacing_mut().interact_size.y = 18.0;
        let text = rows.map_or_else(|| "–".to_owned(), thousands);
        let figure = RichText::new(t(&text)).text_style(theme::figure_style());
        // What a change did stands beside the figure, or in the place of its name where there is no room: nothing moves.
        let beside = |change: &RichText| widgets::button_width(ui, &figure) + widgets::width(ui, change) + 6.0 < width;
        let has_room = change.as_ref().is_none_or(|(text, _)| beside(text));
        ui.horizontal(|ui| {
            ui.add_space(4.0);
            match &change {
                Some(change) if !has_room => changed_ui(ui, change),
                _ => drop(ui.label(widgets::small(ui, name(table)))),
            }
        });
        let name = format!("{}: {text} rows", table.name());
        let selected = state.shown_in_use() == Shown::Table(table);
        let color = if selected { theme::palette(ui).accent } else { theme::palette(ui).text };
        ui.horizontal(|ui| {
            // What explains it lies over nothing that can be clicked on beside or below it.
            let mut door = widgets::door_ui(ui, figure.color(color), &name);
            door.interact_rect = place;
            let door = explained(door, format!("{}. Click to see its rows.", of_table(table)), table.name());
            if selected {
                let (across, below) = (door.rect.shrink2(vec2(4.0, 0.0)).x_range(), door.rect.bottom());
                ui.painter().hline(across, below, (2.0, color));
            }
            if door.clicked() {
                commands.push(Command::Show(Shown::Table(table)));
            }
            ui.add_space(2.0);
            change.iter().filter(|_| has_room).for_each(|change| changed_ui(ui, change));
        });
        loss_ui(ui, state, table, commands);
    });
}

/// What the last change of the recipe did to this figure, for a moment.
fn change(ui: &Ui, state: &State, table: Table, rows: Option<u64>) -> Option<(RichText, u64)> {
    let (before, rows) = (state.before?, rows?);
    let age = ui.input(|input| input.time) - before.changed_at;
    let was = before.rows[table.index()];
    (was != rows && age < theme::DIFFERENCE_SECONDS).then(|| {
        ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(theme::DIFFERENCE_SECONDS - age));
        let text = RichText::new(t(difference(was, rows))).text_style(TextStyle::Small);
        (text.color(theme::palette(ui).accent), was)
    })
}

fn changed_ui(ui: &mut Ui, (text, was): &(RichText, u64)) {
    ui.label(text.clone()).on_hover_text(t(format!("{} before the last change", thousands(*was))));
}

fn loss_ui(ui: &mut Ui, state: &State, table: Table, commands: &mut Vec<Command>) {
    if let Some(dataset) = table.dataset() {
        let Some(loaded) = state.landing.value() else { return };
        let refused = loaded.landing.refused(dataset);
        if refused > 0 {
            let text = format!("{} refused", thousands(refused));
            let name = format!("{}: {text}", table.name());
            let text = widgets::warning(ui, text).text_style(TextStyle::Small);
            let response = widgets::door_ui(ui, text, &name);
            if explained(response, "Show what could not be read, and why", "refused").clicked() {
                commands.push(Command::Show(Shown::Refused));
            }
        }
        return;
    }
    let Some(count) = state.curation.value().and_then(|curation| curation.count(table)) else { return };
    let change = difference(count.rows_in, count.rows);
    let name = format!("{}: {change} against {}", table.name(), count.source.name());
    difference_ui(ui, count, &name, commands);
}

/// What became of the rows that a table was made of: the way to those of the largest loss.
pub fn difference_ui(ui: &mut Ui, count: &TableCount, name: &str, commands: &mut Vec<Command>) {
    let text = widgets::small(ui, difference(count.rows_in, count.rows));
    let text = if largest_loss(count).is_some() { text.underline() } else { text };
    let response = widgets::door_ui(ui, text, name).on_hover_ui(|ui| reasons_ui(ui, count));
    leads_to(&response, "change");
    if response.clicked() {
        let table = count.table;
        commands.push(Command::Show(largest_loss(count).map_or(Shown::Table(table), |step| Shown::Dropped {
            table,
            step,
            stood: None,
        })));
    }
}

/// What each step did, in words.
pub fn reasons_ui(ui: &mut Ui, count: &TableCount) {
    ui.label(t(format!("{} rows of {}", thousands(count.rows_in), count.source.name())));
    for step in &count.steps {
        if step.dropped > 0 {
            ui.label(t(format!("−{} {}", thousands(step.dropped), step.reason.label())));
        }
        if step.added > 0 {
            ui.label(t(format!("+{} more, as some found several partners", thousands(step.added))));
        }
    }
    ui.label(t(format!("= {} rows", thousands(count.rows))));
}

/// The step that dropped the most rows.
fn largest_loss(count: &TableCount) -> Option<usize> {
    let steps = count.steps.iter().enumerate().filter(|(_, step)| step.dropped > 0);
    steps.max_by_key(|(position, step)| (step.dropped, usize::MAX - position)).map(|(position, _)| position)
}

/// Rows of a table, as far as they are known.
pub fn rows(state: &State, table: Table) -> Option<u64> {
    match table.dataset() {
        Some(dataset) => state.landing.value().map(|loaded| loaded.landing.rows(dataset)),
        None => state.curation.value().map(|curation| curation.rows(table)),
    }
}
