//! The cells that are chosen in a table: a range from the cell where it began to the one where it ends.

use std::ops::RangeInclusive;

/// A range of cells, by the places of their rows and columns among those that are shown.
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
    pub fn rows(&self) -> RangeInclusive<usize> {
        self.anchor.0.min(self.head.0)..=self.anchor.0.max(self.head.0)
    }

    /// Its columns.
    pub fn columns(&self) -> RangeInclusive<usize> {
        self.anchor.1.min(self.head.1)..=self.anchor.1.max(self.head.1)
    }

    /// Whether a cell is in it.
    pub fn contains(&self, row: usize, column: usize) -> bool {
        self.rows().contains(&row) && self.columns().contains(&column)
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
