//! The cells that are chosen in a table: a range from the cell where it began to the one where it ends.

use egui::{Key, Modifiers, Ui};

/// A range of cells, by their places on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Row and column of the cell where it began.
    pub anchor: (usize, usize),
    /// Row and column of the cell where it ends; the keyboard moves it.
    pub head: (usize, usize),
}

impl Selection {
    /// All cells of a table that is not empty.
    pub fn all(rows: usize, columns: usize) -> Self {
        Self { anchor: (0, 0), head: (rows.saturating_sub(1), columns.saturating_sub(1)) }
    }

    /// Its rows.
    pub fn rows(&self) -> std::ops::RangeInclusive<usize> {
        self.anchor.0.min(self.head.0)..=self.anchor.0.max(self.head.0)
    }

    /// Its columns.
    pub fn columns(&self) -> std::ops::RangeInclusive<usize> {
        self.anchor.1.min(self.head.1)..=self.anchor.1.max(self.head.1)
    }

    /// Whether a cell is in it.
    pub fn contains(&self, row: usize, column: usize) -> bool {
        self.rows().contains(&row) && self.columns().contains(&column)
    }

    /// Moves its end by the keys that were pressed, with Shift as a range, else as a single cell. False if none was.
    pub fn keyboard(&mut self, ui: &Ui, rows: usize, columns: usize, visible: usize) -> bool {
        let (before, shift) = (*self, ui.input(|input| input.modifiers.matches_logically(Modifiers::SHIFT)));
        let page = visible.saturating_sub(1).max(1);
        ui.input(|input| {
            let times = |key| input.num_presses(key);
            let (row, column) = &mut self.head;
            *row = row.saturating_add(times(Key::ArrowDown) + times(Key::PageDown) * page);
            *row = row.saturating_sub(times(Key::ArrowUp) + times(Key::PageUp) * page);
            *column = column.saturating_add(times(Key::ArrowRight)).saturating_sub(times(Key::ArrowLeft));
            if input.key_pressed(Key::Home) {
                *row = 0;
            }
            if input.key_pressed(Key::End) {
                *row = rows;
            }
        });
        self.head = (self.head.0.min(rows.saturating_sub(1)), self.head.1.min(columns.saturating_sub(1)));
        if self.head == before.head {
            return false;
        }
        if !shift {
            self.anchor = self.head;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_has_the_cells_between_its_corners() {
        let selection = Selection { anchor: (5, 3), head: (2, 4) };
        assert_eq!((selection.rows(), selection.columns()), (2..=5, 3..=4));
        assert!(selection.contains(3, 3) && !selection.contains(3, 2) && !selection.contains(6, 3));
        assert_eq!(Selection::all(10, 3).head, (9, 2));
    }
}
