//! The keys of a table: they move the cell on which they act, or the rows in sight.

use egui::{Event, Key, Response, Ui};

use super::RowScroll;
use crate::explore::Selection;
use crate::ui::focus::{self, Takes};
use crate::ui::theme;

/// What the keys of a frame came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Keyed {
    /// The chosen cell is another.
    pub moved: bool,
    /// A cell is opened.
    pub opens: Option<(usize, usize)>,
    /// How far columns move to the left, in points.
    pub sideways: f32,
}

/// Does what the keys ask for. A page that nobody is anywhere on hands them to its table, and the first arrow chooses the first
/// cell in sight.
pub fn keys_ui(
    ui: &Ui,
    response: &Response,
    (rows, columns, visible): (usize, usize, usize),
    scroll: &mut RowScroll,
    selection: Option<&mut Option<Selection>>,
) -> Keyed {
    let takes = focus::takes_keys(ui);
    let comes =
        takes.arrows && ui.input(|input| !input.modifiers.any() && ARROWS.iter().any(|key| input.key_pressed(*key)));
    if comes {
        response.request_focus();
    }
    if !response.has_focus() && !comes {
        if rows_by_keys(ui, takes, (rows, visible), scroll) {
            focus::moved(ui);
        }
        return Keyed::default();
    }
    focus::keep_keys(ui, response.id);
    let Some(selection) = selection else {
        rows_by_keys(ui, ALL, (rows, visible), scroll);
        let (left, right) = ui.input(|input| (input.num_presses(Key::ArrowLeft), input.num_presses(Key::ArrowRight)));
        return Keyed { sideways: SIDEWAYS * (right as f32 - left as f32), ..Keyed::default() };
    };
    let Some(chosen) = selection else {
        let moved = rows > 0 && columns > 0 && ui.input(|input| ARROWS.iter().any(|key| input.key_pressed(*key)));
        if moved {
            let cell = (scroll.first(), 0);
            *selection = Some(Selection { anchor: cell, head: cell });
        } else {
            rows_by_keys(ui, ALL, (rows, visible), scroll);
        }
        return Keyed { moved, ..Keyed::default() };
    };
    let moved = cell_by_keys(ui, chosen, (rows, columns), visible);
    if moved {
        scroll.reveal(chosen.head.0, rows, visible);
    }
    let opens = ui.input(|input| input.key_pressed(Key::Enter)).then_some(chosen.head);
    Keyed { moved, opens, sideways: 0.0 }
}

/// What is a table's own while it has the focus.
const ALL: Takes = Takes { pages: true, ends: true, arrows: true };

const ARROWS: [Key; 4] = [Key::ArrowDown, Key::ArrowUp, Key::ArrowLeft, Key::ArrowRight];

/// How far an arrow moves columns where no cell can be chosen, in points.
const SIDEWAYS: f32 = 2.0 * theme::ROW_HEIGHT;

/// Moves the end of a selection, with Shift as a range, else as a single cell. Keys as in other grids: Home and End go to the
/// first and the last column, with Ctrl to the first and the last cell, arrows with Ctrl as far as there are cells. Source: the
/// grid pattern of the W3C's ARIA Authoring Practices Guide.
fn cell_by_keys(ui: &Ui, selection: &mut Selection, (rows, columns): (usize, usize), visible: usize) -> bool {
    let mut moved = false;
    let page = visible.saturating_sub(1).max(1);
    ui.input(|input| {
        for event in &input.events {
            // By the modifiers of the key itself: in a slow frame they may have been let go since.
            let Event::Key { key, pressed: true, modifiers, .. } = event else { continue };
            if modifiers.alt {
                continue;
            }
            let whole = modifiers.command;
            let (mut row, mut column) = selection.head;
            // With Ctrl to the end, as in a spreadsheet.
            let by = if whole { rows.max(columns) } else { 1 };
            match key {
                // The whole column; what is in sight stays.
                Key::Space if whole && rows > 0 => {
                    *selection = Selection { anchor: (0, column), head: (rows - 1, column) };
                    continue;
                }
                Key::ArrowDown => row = row.saturating_add(by),
                Key::ArrowUp => row = row.saturating_sub(by),
                Key::ArrowRight => column = column.saturating_add(by),
                Key::ArrowLeft => column = column.saturating_sub(by),
                Key::PageDown if !whole => row = row.saturating_add(page),
                Key::PageUp if !whole => row = row.saturating_sub(page),
                Key::Home => (row, column) = (if whole { 0 } else { row }, 0),
                Key::End => (row, column) = (if whole { rows } else { row }, columns),
                _ => continue,
            }
            let head = (row.min(rows.saturating_sub(1)), column.min(columns.saturating_sub(1)));
            if head != selection.head {
                selection.anchor = if modifiers.shift { selection.anchor } else { head };
                selection.head = head;
                moved = true;
            }
        }
    });
    moved
}

/// Moves the rows in sight. False if no key was pressed.
fn rows_by_keys(ui: &Ui, takes: Takes, (rows, visible): (usize, usize), scroll: &mut RowScroll) -> bool {
    let before = *scroll;
    ui.input(|input| {
        if input.modifiers.command || input.modifiers.alt {
            return;
        }
        let page = visible.saturating_sub(1).max(1) as f64;
        for (key, by, takes) in [
            (Key::ArrowDown, 1.0, takes.arrows),
            (Key::ArrowUp, -1.0, takes.arrows),
            (Key::PageDown, page, takes.pages),
            (Key::PageUp, -page, takes.pages),
        ] {
            let times = input.num_presses(key) as f64;
            if takes && times > 0.0 {
                scroll.by(by * times, rows, visible);
            }
        }
        if takes.ends && input.key_pressed(Key::Home) {
            scroll.to(0.0, rows, visible);
        }
        if takes.ends && input.key_pressed(Key::End) {
            scroll.to(rows as f64, rows, visible);
        }
    });
    *scroll != before
}
