//! The title of a column: its name, its order, its menu, how its values spread and what is missing. Dragging over the
//! spread filters.

use egui::{Align, Id, Layout, Popup, Rect, Response, RichText, Role, Sense, Ui, pos2, vec2};

use crate::curation::{Cell, Codes};
use crate::domain::foreign::excerpt;
use crate::domain::{Column, Kind, format};
use crate::explore::{Bins, Filter, Query, Spread, Summary, Test, shown};

use super::words::{as_is, instant, t};
use super::{cell, icons, theme, widgets};

/// Room for the spread.
const SPREAD_HEIGHT: f32 = 22.0;

/// What a title needs to know.
pub struct Title<'a> {
    pub column: &'a Column,
    pub hover: &'a str,
    /// It is in no file.
    pub is_internal: bool,
    pub summary: Option<&'a Summary>,
    pub codes: &'a Codes,
    pub revealed: bool,
}

/// Paints it; `menu` paints what the button beside the name opens.
pub fn title_ui(ui: &mut Ui, title: &Title<'_>, query: &mut Query, menu: impl FnOnce(&mut Ui, &mut Query)) {
    let name = title.column.name;
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            let rank = query.sorts.iter().position(|sort| sort.column == name).map(|place| {
                let icon = if query.sorts[place].descending { icons::DOWN } else { icons::UP };
                let rank = if query.sorts.len() > 1 { format!("{icon}{}", place + 1) } else { icon.to_owned() };
                widgets::small(ui, rank)
            });
            // The name comes before its menu, for the focus as well: what stands at the right gets its room first.
            let more = widgets::button_width(ui, &RichText::new(icons::MORE));
            let right = more + rank.as_ref().map_or(0.0, |rank| widgets::width(ui, rank) + ui.spacing().item_spacing.x);
            let left =
                vec2((ui.available_width() - right - ui.spacing().item_spacing.x).max(0.0), ui.available_height());
            ui.allocate_ui_with_layout(left, Layout::left_to_right(Align::Center), |ui| {
                ui.set_min_width(left.x);
                if title.is_internal {
                    ui.label(widgets::small(ui, icons::LOCKED)).on_hover_text(t("For checks only, in no file"));
                }
                let text = widgets::strong(as_is(cell::title(title.column)));
                let response = ui
                    .add(egui::Button::new(text).frame(false).truncate().min_size(ui.available_size()))
                    .on_hover_text(t(format!("{}\nClick to sort, with Shift by several", title.hover)));
                widgets::named(&response, ui, Role::Button, format!("Sort by {name}"));
                if response.clicked() {
                    query.turn(name, ui.input(|input| input.modifiers.shift));
                }
            });
            if let Some(rank) = rank {
                ui.label(rank);
            }
            let button = widgets::icon_button_ui(ui, icons::MORE, format!("Column {name}"));
            // Named for the column, so that it stays open when the column moves.
            Popup::menu(&button)
                .id(Id::unique(("column menu", name)))
                .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside)
                .show(|ui| menu(ui, query));
        });
        let (rect, response) =
            ui.allocate_exact_size(vec2(ui.available_width(), SPREAD_HEIGHT), Sense::CLICK | Sense::DRAG);
        widgets::named(&response, ui, Role::Image, format!("Spread of {name}"));
        if let Some(summary) = title.summary {
            match &summary.spread {
                Spread::Nothing => {}
                Spread::Numbers(bins) => bins_ui(ui, rect, &response, title.column, bins, query),
                Spread::Texts(texts) => texts_ui(ui, rect, &response, title, texts, query),
            }
            ui.add(egui::Label::new(widgets::small(ui, in_words(summary))).truncate())
                .on_hover_ui(|ui| details_ui(ui, title.column, summary));
        }
    });
}

fn in_words(summary: &Summary) -> String {
    let distinct = format!("{} distinct", format::thousands(summary.distinct));
    if summary.missing == 0 {
        return distinct;
    }
    let share = 100.0 * summary.missing as f64 / summary.rows.max(1) as f64;
    format!("{share:.0} % null, {distinct}")
}

/// Everything that is known of a column.
pub fn details_ui(ui: &mut Ui, column: &Column, summary: &Summary) {
    let mut line = |name: &str, value: String| {
        ui.horizontal(|ui| {
            ui.label(widgets::weak(ui, name));
            ui.label(t(value));
        });
    };
    line("rows", format::thousands(summary.rows));
    line("null", format::thousands(summary.missing));
    if column.kind == Kind::Text {
        line("blank", format::thousands(summary.blank));
    }
    line("distinct", format::thousands(summary.distinct));
    if let Spread::Numbers(bins) = &summary.spread {
        let text = |number: f64| number_text(column, number);
        line("0", format::thousands(summary.zero));
        line("from", text(bins.least));
        line("to", text(bins.most));
        if let Some(mean) = summary.mean {
            line("mean", text(mean));
        }
    }
}

fn number_text(column: &Column, number: f64) -> String {
    match column.kind {
        Kind::Time => instant(number as i64),
        Kind::Integer | Kind::Float | Kind::Text => format::short(number),
    }
}

fn bins_ui(ui: &Ui, rect: Rect, response: &Response, column: &Column, bins: &Bins, query: &mut Query) {
    let palette = theme::palette(ui);
    let most = bins.counts.iter().copied().max().unwrap_or(0).max(1) as f32;
    let step = rect.width() / bins.counts.len().max(1) as f32;
    for (place, &count) in bins.counts.iter().enumerate() {
        if count > 0 {
            let height = (rect.height() * count as f32 / most).max(1.0);
            let left = rect.left() + place as f32 * step;
            let bar = Rect::from_min_max(
                pos2(left, rect.bottom() - height),
                pos2(left + (step - 0.5).max(0.5), rect.bottom()),
            );
            ui.painter().rect_filled(bar, 0.0, palette.accent.gamma_multiply(0.7));
        }
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), (1.0, palette.line));
    let at = |x: f32| bins.from + (bins.to - bins.from) * f64::from(((x - rect.left()) / rect.width()).clamp(0.0, 1.0));
    brush_ui(ui, rect, response, |left, right| {
        query.set(Filter { column: column.name, test: Test::range(column, at(left), at(right)), on: true });
    });
    if let Some(pointer) = response.hover_pos() {
        let place = Bins::of(bins.from, bins.to, at(pointer.x));
        let width = (bins.to - bins.from) / bins.counts.len() as f64;
        let from = bins.from + width * place as f64;
        let rows = format::counted(bins.counts[place], "row");
        let text =
            format!("{} to {}: {rows}\nDrag to filter", number_text(column, from), number_text(column, from + width));
        response.clone().on_hover_text_at_pointer(t(text));
    }
}

/// A range that is dragged open; `done` gets its ends when it is let go.
fn brush_ui(ui: &Ui, rect: Rect, response: &Response, done: impl FnOnce(f32, f32)) {
    if response.drag_started()
        && let Some(origin) = ui.input(|input| input.pointer.press_origin())
    {
        ui.data_mut(|data| data.insert_temp(response.id, origin.x));
    }
    let Some(origin) = ui.data_mut(|data| data.get_temp::<f32>(response.id)) else { return };
    let Some(pointer) = ui.input(|input| input.pointer.latest_pos()) else { return };
    let (left, right) = (origin.min(pointer.x), origin.max(pointer.x));
    let brush = Rect::from_x_y_ranges(left..=right, rect.y_range()).intersect(rect);
    ui.painter().rect_filled(brush, 0.0, theme::palette(ui).accent.gamma_multiply(0.25));
    if response.drag_stopped() {
        ui.data_mut(|data| data.remove::<f32>(response.id));
        if right - left > 2.0 {
            done(brush.left(), brush.right());
        }
    }
}

fn texts_ui(ui: &Ui, rect: Rect, response: &Response, title: &Title<'_>, texts: &[(String, u64)], query: &mut Query) {
    const MOST_BARS: usize = 12;
    let palette = theme::palette(ui);
    let texts = &texts[..texts.len().min(MOST_BARS)];
    let most = texts.first().map_or(1, |(_, count)| *count).max(1) as f32;
    let step = rect.width() / MOST_BARS as f32;
    for (place, (_, count)) in texts.iter().enumerate() {
        let height = (rect.height() * *count as f32 / most).max(1.0);
        let left = rect.left() + place as f32 * step;
        let bar = Rect::from_min_max(pos2(left, rect.bottom() - height), pos2(left + step - 2.0, rect.bottom()));
        ui.painter().rect_filled(bar, 0.0, palette.weak.gamma_multiply(0.6));
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), (1.0, palette.line));
    let Some(pointer) = response.hover_pos() else { return };
    let place = ((pointer.x - rect.left()) / step).max(0.0) as usize;
    let Some((text, count)) = texts.get(place) else { return };
    let name = match shown(title.column, Cell::Text(text), title.codes, title.revealed) {
        Some(name) if name.is_empty() => t("blank").into(),
        Some(name) => excerpt(&name).into_owned(),
        None => "•••".to_owned(),
    };
    if response.clicked() {
        let test = Test::OneOf([text.clone()].into());
        query.set(Filter { column: title.column.name, test, on: true });
    }
    response
        .clone()
        .on_hover_text_at_pointer(t(format!("{name}: {}\nClick to filter", format::counted(*count, "row"))));
}
