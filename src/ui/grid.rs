//! A table of any number of rows. Only what is in sight is painted, and where it is scrolled to is a row, not a
//! number of pixels, so that a hundred million rows scroll as exactly as ten.

use std::collections::BTreeMap;

use egui::{
    Align, CursorIcon, Id, Layout, PointerButton, Rect, Response, Role, ScrollArea, Sense, Ui, UiBuilder, pos2, vec2,
};
use egui_extras::{Column, TableBuilder};

use super::scrolled::Scrolled as _;
use super::words::{Words, t};
use super::{access, theme, widgets};
use crate::domain::format::thousands;
use crate::explore::Selection;

/// Where a table is scrolled to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RowScroll {
    /// The row at the top; its fraction is what the wheel has gathered towards the next.
    top: f64,
    /// Rows of which some should be in sight when it is painted next: the first and the last.
    wanted: Option<(usize, usize)>,
    /// It has the focus when it is painted next.
    takes_focus: bool,
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

    /// Moves as little as it takes to have a row in sight.
    pub fn reveal(&mut self, row: usize, count: usize, visible: usize) {
        let first = self.first();
        if row < first {
            self.to(row as f64, count, visible);
        } else if row >= first + visible {
            self.to((row + 1 - visible.min(row + 1)) as f64, count, visible);
        }
    }

    /// Has one of these rows in sight when it is painted next; moves only if none is.
    pub fn want(&mut self, first: usize, last: usize) {
        self.wanted = Some((first, last));
    }

    /// Has the focus when it is painted next.
    pub fn take_focus(&mut self) {
        self.takes_focus = true;
    }

    /// Whether any was wanted.
    fn bring_wanted(&mut self, count: usize, visible: usize) -> bool {
        let Some((first, last)) = self.wanted.take() else { return false };
        if last < self.first() || first >= self.first() + visible {
            self.reveal(first, count, visible);
        }
        true
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

/// What a grid looks like.
pub struct GridShape<'a> {
    /// What it is called, and what keeps its widths.
    pub id: &'a str,
    /// Its columns, from left to right.
    pub columns: &'a [GridColumn],
    /// How many of them, from the left, stay in sight.
    pub pinned: usize,
    /// How many rows there are.
    pub rows: usize,
    /// Room for the titles.
    pub header_height: f32,
}

/// What is painted into a grid.
pub trait GridContent {
    /// The title of a column.
    fn title_ui(&mut self, ui: &mut Ui, column: usize);

    /// A cell.
    fn cell_ui(&mut self, ui: &mut Ui, row: usize, column: usize);

    /// What can be done with a cell.
    fn menu_ui(&mut self, ui: &mut Ui, row: usize, column: usize);

    /// A cell was clicked twice.
    fn open(&mut self, _row: usize, _column: usize) {}

    /// What a column is called to whoever does not see it.
    fn name(&self, title: &str) -> Words {
        t(title)
    }

    /// Whether rows are in the order of a column, and if so whether the largest comes first.
    fn sorted(&self, _column: usize) -> Option<bool> {
        None
    }
}

/// Paints a table of plain titles into all the room there is. `cell` paints one cell.
pub fn grid_ui(
    ui: &mut Ui,
    id: &str,
    columns: &[GridColumn],
    rows: usize,
    scroll: &mut RowScroll,
    cell: impl FnMut(&mut Ui, usize, usize),
) {
    let shape = GridShape { id, columns, pinned: 0, rows, header_height: theme::HEADER_HEIGHT };
    content_grid_ui(ui, &shape, scroll, None, &mut Plain { columns, cell });
}

struct Plain<'a, F> {
    columns: &'a [GridColumn],
    cell: F,
}

impl<F: FnMut(&mut Ui, usize, usize)> GridContent for Plain<'_, F> {
    fn title_ui(&mut self, ui: &mut Ui, column: usize) {
        let column = &self.columns[column];
        ui.with_layout(side(column.right), |ui| {
            ui.add(egui::Label::new(widgets::strong(&column.title)).truncate()).on_hover_text(t(&column.hover));
        });
    }

    fn cell_ui(&mut self, ui: &mut Ui, row: usize, column: usize) {
        (self.cell)(ui, row, column);
    }

    fn menu_ui(&mut self, _: &mut Ui, _: usize, _: usize) {}
}

/// Paints a table into all the room there is. With a selection, cells can be chosen.
pub fn content_grid_ui(
    ui: &mut Ui,
    shape: &GridShape<'_>,
    scroll: &mut RowScroll,
    mut selection: Option<&mut Option<Selection>>,
    content: &mut impl GridContent,
) {
    let (outer, _) = ui.allocate_exact_size(ui.available_size(), Sense::hover());
    let table_rect = Rect::from_min_max(outer.min, outer.max - vec2(theme::SCROLL_BAR_WIDTH + 4.0, 0.0));
    let body_height = (table_rect.height() - shape.header_height - 14.0).max(theme::ROW_HEIGHT);
    let visible = (body_height / theme::ROW_HEIGHT).floor().max(1.0) as usize;
    // What a whole row has no room in goes to those in sight, so that none is missing at the bottom.
    let row_height = (body_height / visible as f32).clamp(theme::ROW_HEIGHT, MOST_ROW_HEIGHT);
    let rows = shape.rows;
    let grid_id = ui.make_persistent_id(shape.id);
    let response = ui.interact(table_rect, grid_id, Sense::click());
    widgets::named(&response, ui, Role::Table, format!("{}, {} rows", shape.id, thousands(rows as u64)));
    access::table(&response, rows, shape.columns.len());
    if response.clicked_by(PointerButton::Primary) || std::mem::take(&mut scroll.takes_focus) {
        response.request_focus();
    }
    if response.contains_pointer() || ui.rect_contains_pointer(table_rect) {
        let delta = ui.input(|input| input.smooth_scroll_delta().y);
        if delta != 0.0 {
            let before = *scroll;
            scroll.by(-f64::from(delta) / f64::from(theme::ROW_HEIGHT), rows, visible);
            if *scroll != before {
                // Nothing around it scrolls, too.
                ui.input_mut(|input| input.smooth_scroll_delta.y = 0.0);
            }
        }
    }
    let keyed = keys::keys_ui(ui, &response, (rows, shape.columns.len(), visible), scroll, selection.as_deref_mut());
    if let Some((row, column)) = keyed.opens {
        content.open(row, column);
    }
    let follows = scroll.bring_wanted(rows, visible) || keyed.moved;
    scroll.by(0.0, rows, visible);
    let first = scroll.first();
    let shown = visible.min(rows - first.min(rows));
    let pinned_width: f32 = shape.columns[..shape.pinned].iter().map(|column| column.width + COLUMN_GAP).sum();
    let split = (table_rect.left() + ROW_NUMBER_WIDTH + COLUMN_GAP + pinned_width).min(table_rect.right());
    let line = |place: usize| {
        let top = table_rect.top() + if place == 0 { 0.0 } else { shape.header_height + 4.0 };
        let top = top + row_height * place.saturating_sub(1) as f32;
        let height = if place == 0 { shape.header_height } else { row_height };
        Rect::from_min_size(pos2(table_rect.left(), top), vec2(table_rect.width(), height))
    };
    let titles = access::row(ui, grid_id, 0, line(0));
    let lines = (0..shown).map(|place| access::row(ui, grid_id, first + place + 1, line(place + 1))).collect();
    let chosen = selection.as_deref().copied().flatten();
    let can_choose = selection.is_some();
    let (chosen_now, head) = (None, None);
    let mut body = Body { shape, first, shown, row_height, titles, lines, can_choose, chosen, chosen_now, head };
    let left = Rect::from_min_max(table_rect.min, pos2(split, table_rect.bottom()));
    let mut left_ui = part_ui(ui, left, grid_id);
    body.paint(&mut left_ui, true, content);
    let right = Rect::from_min_max(pos2(split, table_rect.top()), table_rect.max);
    let mut right_ui = part_ui(ui, right, grid_id);
    ScrollArea::horizontal().id_salt(shape.id).auto_shrink([false, false]).show_scrolled(&mut right_ui, |ui| {
        body.paint(ui, false, content);
        if let Some((_, place)) = body.head.filter(|_| follows) {
            ui.scroll_to_rect(place, None);
        }
        if keyed.sideways != 0.0 {
            ui.scroll_with_delta(vec2(-keyed.sideways, 0.0));
        }
    });
    if let Some((head, _)) = body.head {
        access::active(&response, head);
    }
    if let (Some(selection), Some(chosen)) = (selection, body.chosen_now) {
        *selection = Some(chosen);
        response.request_focus();
    }
    scroll_bar_ui(ui, outer, grid_id, (rows, visible), shape.header_height, scroll);
}

const ROW_NUMBER_WIDTH: f32 = 64.0;
/// Few rows in much room stay together.
const MOST_ROW_HEIGHT: f32 = 30.0;
const COLUMN_GAP: f32 = 12.0;

fn part_ui(ui: &mut Ui, rect: Rect, grid: Id) -> Ui {
    let builder = UiBuilder::new().max_rect(rect).layout(Layout::top_down(Align::Min)).accessibility_parent(grid);
    let mut part = ui.new_child(builder);
    part.set_clip_rect(rect.intersect(ui.clip_rect()));
    part.style_mut().interaction.selectable_labels = false;
    part.spacing_mut().item_spacing = vec2(COLUMN_GAP, 0.0);
    part
}

/// The rows in sight.
struct Body<'a> {
    shape: &'a GridShape<'a>,
    first: usize,
    shown: usize,
    row_height: f32,
    /// What assistive technology knows of the row of titles and of the rows in sight.
    titles: Id,
    lines: Vec<Id>,
    can_choose: bool,
    chosen: Option<Selection>,
    /// What was chosen in this frame.
    chosen_now: Option<Selection>,
    /// The cell on which the keys act, if its row is in sight, and where it is.
    head: Option<(Id, Rect)>,
}

impl Body<'_> {
    /// Paints the columns that stay in sight, or those that scroll.
    fn paint(&mut self, ui: &mut Ui, stays: bool, content: &mut impl GridContent) {
        let shape = self.shape;
        let columns = if stays { 0..shape.pinned } else { shape.pinned..shape.columns.len() };
        let mut edges = ColumnEdges::of(ui, shape.id);
        let mut table = TableBuilder::new(ui)
            .id_salt((shape.id, stays))
            .vscroll(false)
            .striped(false)
            // One stop of the Tab key is the table; cells are reached by its arrows.
            .sense(Sense::CLICK | Sense::DRAG);
        if stays {
            table = table.column(Column::exact(ROW_NUMBER_WIDTH));
        }
        for column in &shape.columns[columns.clone()] {
            let width = if stays { column.width } else { edges.width(column) };
            table = table.column(Column::exact(width).clip(true));
        }
        table
            .header(shape.header_height, |mut header| {
                if stays {
                    let cell = self.title(0, None, t("row"));
                    header.col(|ui| {
                        access::cell_ui(ui, cell, None, |_| {});
                    });
                }
                for column in columns.clone() {
                    let cell =
                        self.title(column + 1, content.sorted(column), content.name(&shape.columns[column].title));
                    let (rect, _) = header.col(|ui| {
                        access::cell_ui(ui, cell, None, |ui| content.title_ui(ui, column));
                    });
                    edges.titles.push((column, rect));
                }
            })
            .body(|body| {
                body.rows(self.row_height, self.shown, |mut row| {
                    let number = self.first + row.index();
                    if stays {
                        let mut cell = self.cell(number, 0, Role::RowHeader);
                        cell.selected = None;
                        let (_, response) = row.col(|ui| {
                            let text = widgets::small(ui, thousands(number as u64 + 1));
                            access::cell_ui(ui, cell, Some(side(true)), |ui| drop(ui.label(text)));
                        });
                        if response.clicked() && !shape.columns.is_empty() {
                            let last = shape.columns.len() - 1;
                            self.chosen_now = Some(Selection { anchor: (number, 0), head: (number, last) });
                        }
                    }
                    for column in columns.clone() {
                        let cell = self.cell(number, column + 1, Role::Cell);
                        let mut told = (false, self.lines[row.index()]);
                        let mut place = Rect::NOTHING;
                        let (_, response) = row.col(|ui| {
                            place = ui.max_rect();
                            if self.chosen.is_some_and(|chosen| chosen.contains(number, column)) {
                                paint_chosen(ui);
                            }
                            let layout = Some(side(shape.columns[column].right));
                            told = access::cell_ui(ui, cell, layout, |ui| content.cell_ui(ui, number, column));
                        });
                        if self.chosen.is_some_and(|chosen| chosen.head == (number, column)) {
                            self.head = Some((told.1, place));
                        }
                        self.choose(&response, told.0, (number, column));
                        if response.double_clicked() {
                            content.open(number, column);
                        }
                        response.context_menu(|ui| content.menu_ui(ui, number, column));
                    }
                });
            });
        if !stays {
            edges.drag_ui(ui, shape.columns);
        }
    }

    fn title(&self, column_index: usize, sorted: Option<bool>, name: Words) -> access::Cell {
        access::Cell {
            row: self.titles,
            row_index: 0,
            column_index,
            role: Role::ColumnHeader,
            selected: None,
            sorted,
            name: Some(name),
        }
    }

    fn cell(&self, row: usize, column_index: usize, role: Role) -> access::Cell {
        let is_chosen =
            |chosen: Selection| column_index.checked_sub(1).is_some_and(|column| chosen.contains(row, column));
        let selected = self.can_choose.then(|| self.chosen.is_some_and(is_chosen));
        let (row_index, line) = (row + 1, self.lines[row - self.first]);
        access::Cell { row: line, row_index, column_index, role, selected, sorted: None, name: None }
    }

    /// A click chooses a cell, with Shift or by dragging the range to it.
    fn choose(&mut self, response: &Response, told: bool, cell: (usize, usize)) {
        let input = &response.ctx;
        let extends = input.input(|input| input.modifiers.shift);
        // Where it is pressed, not where a drag is noticed: nothing that was chosen before is drawn on.
        let pressed = response.contains_pointer() && input.input(|input| input.pointer.primary_pressed());
        if told || pressed || response.clicked() || response.secondary_clicked() {
            let keeps =
                response.secondary_clicked() && self.chosen.is_some_and(|chosen| chosen.contains(cell.0, cell.1));
            self.chosen_now = match self.chosen {
                Some(chosen) if keeps => Some(chosen),
                Some(chosen) if extends => Some(Selection { head: cell, ..chosen }),
                _ => Some(Selection { anchor: cell, head: cell }),
            };
        } else if response.contains_pointer()
            && input.input(|input| input.pointer.is_decidedly_dragging() && input.pointer.primary_down())
            && let Some(chosen) = self.chosen
            && chosen.head != cell
        {
            self.chosen_now = Some(Selection { head: cell, ..chosen });
        }
    }
}

/// The edges of columns, to be drawn. They are no stops of Tab: there would be more of them than of anything else.
struct ColumnEdges {
    id: Id,
    /// The widths that were drawn, by the titles of the columns.
    drawn: BTreeMap<String, f32>,
    /// Columns, and where their titles are.
    titles: Vec<(usize, Rect)>,
}

impl ColumnEdges {
    const LEAST: f32 = 40.0;

    fn of(ui: &Ui, name: &str) -> Self {
        let id = ui.make_persistent_id((name, "widths"));
        Self { id, drawn: ui.data(|data| data.get_temp(id)).unwrap_or_default(), titles: vec![] }
    }

    fn width(&self, column: &GridColumn) -> f32 {
        self.drawn.get(&column.title).copied().unwrap_or(column.width)
    }

    /// Drawing gives a column another width, a double click its own again.
    fn drag_ui(mut self, ui: &Ui, columns: &[GridColumn]) {
        let before = self.drawn.clone();
        for (column, rect) in &self.titles {
            let title = &columns[*column].title;
            let x = rect.right() + COLUMN_GAP / 2.0;
            let edge = Rect::from_x_y_ranges(x - 4.0..=x + 4.0, rect.top()..=ui.clip_rect().bottom());
            let response = ui.interact(edge, self.id.with(title), Sense::CLICK | Sense::DRAG);
            if let Some(pointer) = response.interact_pointer_pos().filter(|_| response.dragged()) {
                let width = (pointer.x - COLUMN_GAP / 2.0 - rect.left()).max(Self::LEAST);
                self.drawn.insert(title.clone(), width);
            }
            if response.double_clicked() {
                self.drawn.remove(title);
            }
            if response.hovered() || response.dragged() {
                ui.painter().vline(x, edge.y_range(), (1.0, theme::palette(ui).accent));
            }
            response.on_hover_and_drag_cursor(CursorIcon::ResizeColumn);
        }
        if self.drawn != before {
            ui.data_mut(|data| data.insert_temp(self.id, self.drawn));
        }
    }
}

/// The ground of a chosen cell, into the gaps beside it as far as the cell is in sight.
fn paint_chosen(ui: &Ui) {
    let gaps = vec2(COLUMN_GAP / 2.0, 0.0);
    let mut painter = ui.painter().clone();
    if ui.clip_rect().is_positive() {
        painter.set_clip_rect(ui.clip_rect().expand2(gaps));
        painter.rect_filled(ui.max_rect().expand2(gaps), 0.0, theme::palette(ui).accent_soft);
    }
}

fn side(right: bool) -> Layout {
    if right { Layout::right_to_left(Align::Center) } else { Layout::left_to_right(Align::Center) }
}

fn scroll_bar_ui(
    ui: &Ui,
    outer: Rect,
    id: Id,
    (rows, visible): (usize, usize),
    header_height: f32,
    scroll: &mut RowScroll,
) {
    if rows <= visible {
        return;
    }
    let track = Rect::from_min_max(
        pos2(outer.right() - theme::SCROLL_BAR_WIDTH, outer.top() + header_height),
        outer.right_bottom(),
    );
    let handle_height = (track.height() * visible as f32 / rows as f32).max(24.0);
    let room = f64::from(track.height() - handle_height).max(1.0);
    let last = (rows - visible) as f64;
    // No stop of the Tab key: the keys of the table move it.
    let response = ui.interact(track, id.with("scroll bar"), Sense::CLICK | Sense::DRAG);
    widgets::named(&response, ui, Role::ScrollBar, "Scroll");
    access::scrolled(&response, scroll.first(), rows - visible);
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
        response.on_hover_text_at_pointer(t(format!("row {}", thousands(scroll.first() as u64 + 1))));
    }
}

mod keys;

#[cfg(test)]
mod tests;
