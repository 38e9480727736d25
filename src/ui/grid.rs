//! A table of any number of rows. Only what is in sight is painted, and where it is scrolled to is a row, not a
//! number of pixels, so that a hundred million rows scroll as exactly as ten.

use egui::{
    Align, EventFilter, Key, Layout, PointerButton, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder,
    pos2, vec2,
};
use egui_extras::{Column, TableBuilder};

use super::{theme, widgets};
use crate::domain::format::thousands;

/// Where a table is scrolled to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RowScroll {
    /// The row at the top; its fraction is what the wheel has gathered towards the next.
    top: f64,
}

impl RowScroll {
    /// Moves by a number of rows, as far as there are rows.
    pub fn by(&mut self, rows: f64, count: usize, visible: usize) {
        self.to(self.top + rows, count, visible);
    }

    /// Puts a row at the top, as far as there are rows below.
    pub fn to(&mut self, row: f64, count: usize, visible: usize) {
        let last = count.saturating_sub(visible) as f64;
        self.top = if row.is_finite() { row.clamp(0.0, last) } else { 0.0 };
    }

    /// The row at the top.
    pub fn first(&self) -> usize {
        self.top.floor() as usize
    }
}

/// A column of a grid.
#[derive(Clone, Debug)]
pub struct GridColumn {
    /// Its title.
    pub title: String,
    /// What it holds, for the tooltip of the title.
    pub hover: String,
    /// Width at first, in points.
    pub width: f32,
    /// Numbers stand at the right.
    pub right: bool,
}

/// Paints a table into all the room there is. `cell` paints one cell.
pub fn grid_ui(
    ui: &mut Ui,
    id: &str,
    columns: &[GridColumn],
    rows: usize,
    scroll: &mut RowScroll,
    mut cell: impl FnMut(&mut Ui, usize, usize),
) {
    let (outer, _) = ui.allocate_exact_size(ui.available_size(), Sense::hover());
    let table_rect = Rect::from_min_max(outer.min, outer.max - vec2(theme::SCROLL_BAR_WIDTH + 4.0, 0.0));
    let body_height = (table_rect.height() - theme::HEADER_HEIGHT - 14.0).max(theme::ROW_HEIGHT);
    let visible = (body_height / theme::ROW_HEIGHT).floor().max(1.0) as usize;
    let grid_id = ui.make_persistent_id(id);
    let response = ui.interact(table_rect, grid_id, Sense::click());
    widgets::named(&response, ui, Role::Table, &format!("{id}, {} rows", thousands(rows as u64)));
    if response.clicked_by(PointerButton::Primary) {
        response.request_focus();
    }
    if response.contains_pointer() || ui.rect_contains_pointer(table_rect) {
        let delta = ui.input(|input| input.smooth_scroll_delta().y);
        if delta != 0.0 {
            scroll.by(-f64::from(delta) / f64::from(theme::ROW_HEIGHT), rows, visible);
        }
    }
    if response.has_focus() {
        keyboard(ui, grid_id, rows, visible, scroll);
        let stroke = Stroke::new(1.0, theme::palette(ui).accent);
        ui.painter().rect_stroke(table_rect.shrink(0.5), 2.0, stroke, StrokeKind::Inside);
    }
    scroll.by(0.0, rows, visible);
    let mut table_ui = ui.new_child(UiBuilder::new().max_rect(table_rect).layout(Layout::top_down(Align::Min)));
    table_ui.set_clip_rect(table_rect.intersect(ui.clip_rect()));
    let first = scroll.first();
    let shown = visible.min(rows - first.min(rows));
    ScrollArea::horizontal().id_salt(id).auto_shrink([false, false]).show(&mut table_ui, |ui| {
        ui.style_mut().interaction.selectable_labels = false;
        ui.spacing_mut().item_spacing = vec2(12.0, 0.0);
        table_body_ui(ui, id, columns, (first, shown), &mut cell);
    });
    scroll_bar_ui(ui, outer, grid_id, rows, visible, scroll);
}

fn table_body_ui(
    ui: &mut Ui,
    id: &str,
    columns: &[GridColumn],
    (first, shown): (usize, usize),
    cell: &mut impl FnMut(&mut Ui, usize, usize),
) {
    let layout = |right: bool| {
        if right { Layout::right_to_left(Align::Center) } else { Layout::left_to_right(Align::Center) }
    };
    let mut table = TableBuilder::new(ui).id_salt(id).vscroll(false).striped(false).resizable(true);
    table = table.column(Column::exact(64.0));
    for column in columns {
        table = table.column(Column::initial(column.width).at_least(40.0).clip(true));
    }
    table
        .header(theme::HEADER_HEIGHT, |mut header| {
            header.col(|_| {});
            for column in columns {
                header.col(|ui| {
                    ui.with_layout(layout(column.right), |ui| {
                        ui.add(egui::Label::new(widgets::strong(&column.title)).truncate())
                            .on_hover_text(&column.hover);
                    });
                });
            }
        })
        .body(|body| {
            body.rows(theme::ROW_HEIGHT, shown, |mut row| {
                let number = first + row.index();
                row.col(|ui| {
                    ui.with_layout(layout(true), |ui| ui.label(widgets::small(ui, thousands(number as u64 + 1))));
                });
                for (position, column) in columns.iter().enumerate() {
                    row.col(|ui| {
                        ui.with_layout(layout(column.right), |ui| cell(ui, number, position));
                    });
                }
            });
        });
}

fn keyboard(ui: &Ui, id: egui::Id, rows: usize, visible: usize, scroll: &mut RowScroll) {
    let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    ui.input(|input| {
        let page = visible.saturating_sub(1).max(1) as f64;
        for (key, by) in [(Key::ArrowDown, 1.0), (Key::ArrowUp, -1.0), (Key::PageDown, page), (Key::PageUp, -page)] {
            let times = input.num_presses(key) as f64;
            if times > 0.0 {
                scroll.by(by * times, rows, visible);
            }
        }
        if input.key_pressed(Key::Home) {
            scroll.to(0.0, rows, visible);
        }
        if input.key_pressed(Key::End) {
            scroll.to(rows as f64, rows, visible);
        }
    });
}

fn scroll_bar_ui(ui: &Ui, outer: Rect, id: egui::Id, rows: usize, visible: usize, scroll: &mut RowScroll) {
    if rows <= visible {
        return;
    }
    let track = Rect::from_min_max(
        pos2(outer.right() - theme::SCROLL_BAR_WIDTH, outer.top() + theme::HEADER_HEIGHT),
        outer.right_bottom(),
    );
    let handle_height = (track.height() * visible as f32 / rows as f32).max(24.0);
    let room = f64::from(track.height() - handle_height).max(1.0);
    let last = (rows - visible) as f64;
    let response = ui.interact(track, id.with("scroll bar"), Sense::click_and_drag());
    widgets::named(&response, ui, Role::ScrollBar, "Scroll");
    if let Some(pointer) = response.interact_pointer_pos() {
        let share = f64::from(pointer.y - track.top() - handle_height / 2.0) / room;
        scroll.to((share.clamp(0.0, 1.0) * last).round(), rows, visible);
    }
    let share = scroll.first() as f64 / last.max(1.0);
    let top = track.top() + (share * room) as f32;
    let handle = Rect::from_min_size(pos2(track.left() + 2.0, top), vec2(track.width() - 4.0, handle_height));
    let palette = theme::palette(ui);
    let strong = response.hovered() || response.dragged();
    ui.painter().rect_filled(handle, 4.0, if strong { palette.weak } else { palette.line });
    if response.dragged() {
        response.on_hover_text_at_pointer(format!("row {}", thousands(scroll.first() as u64 + 1)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scrolling_stays_within_the_rows() {
        let mut scroll = RowScroll::default();
        scroll.by(-5.0, 100, 20);
        assert_eq!(scroll.first(), 0);
        scroll.by(1000.0, 100, 20);
        assert_eq!(scroll.first(), 80);
        scroll.to(f64::NAN, 100, 20);
        assert_eq!(scroll.first(), 0);
        scroll.to(7.0, 5, 20);
        assert_eq!(scroll.first(), 0);
    }

    #[test]
    fn a_single_row_of_a_thousand_million_is_found() {
        let mut scroll = RowScroll::default();
        scroll.to(999_999_937.0, 1_000_000_000, 40);
        assert_eq!(scroll.first(), 999_999_937);
        scroll.by(1.0, 1_000_000_000, 40);
        assert_eq!(scroll.first(), 999_999_938);
    }
}
