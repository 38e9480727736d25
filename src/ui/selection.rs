//! The keys that move the end of a selection.

use egui::{Key, Modifiers, Ui};

use crate::explore::Selection;

/// Moves the end by the keys that were pressed, with Shift as a range, else as a single cell. False if none was.
pub fn moved_by_keys(ui: &Ui, selection: &mut Selection, rows: usize, columns: usize, visible: usize) -> bool {
    if ui.input(|input| input.modifiers.alt) {
        return false;
    }
    let (before, shift) = (*selection, ui.input(|input| input.modifiers.matches_logically(Modifiers::SHIFT)));
    let page = visible.saturating_sub(1).max(1);
    let (mut row, mut column) = selection.head;
    ui.input(|input| {
        let times = |key| input.num_presses(key);
        row = row.saturating_add(times(Key::ArrowDown) + times(Key::PageDown) * page);
        row = row.saturating_sub(times(Key::ArrowUp) + times(Key::PageUp) * page);
        column = column.saturating_add(times(Key::ArrowRight)).saturating_sub(times(Key::ArrowLeft));
        if input.key_pressed(Key::Home) {
            row = 0;
        }
        if input.key_pressed(Key::End) {
            row = rows;
        }
    });
    selection.head = (row.min(rows.saturating_sub(1)), column.min(columns.saturating_sub(1)));
    if selection.head == before.head {
        return false;
    }
    if !shift {
        selection.anchor = selection.head;
    }
    true
}
