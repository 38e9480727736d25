//! The chosen cells: what they come to, and as text. Masked cells are copied as they are shown.

use std::ops::Range;

use super::find::shown;
use super::{Selection, Sheet};
use crate::curation::Cell;
use crate::domain::foreign::disarmed;
use crate::domain::{Cancelled, Progress};

/// Cells between two looks at whether to stop.
const LOOK_UP_EVERY: usize = 1 << 14;

/// What cells come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Sums {
    /// All of them.
    pub cells: u64,
    /// Nulls among them.
    pub nulls: u64,
    /// The columns that have numbers among them; instants and texts are none. Each by itself, since what stands in several
    /// is hardly of one kind.
    pub columns: Vec<ColumnSums>,
}

/// What the numbers of a column come to. There is one at least.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ColumnSums {
    /// The column.
    pub name: &'static str,
    /// How many numbers.
    pub numbers: u64,
    /// What they add up to.
    pub sum: f64,
    /// The smallest of them.
    pub least: f64,
    /// The largest.
    pub most: f64,
}

impl ColumnSums {
    /// The mean of the numbers.
    pub fn mean(&self) -> f64 {
        self.sum / self.numbers as f64
    }
}

impl Sheet<'_> {
    /// The places of the rows that are chosen, as far as there are rows, and the positions of the columns.
    fn chosen(&self, selection: &Selection) -> (Range<usize>, &[usize]) {
        let within = |places: std::ops::RangeInclusive<usize>, count: usize| {
            (*places.start()).min(count)..places.end().saturating_add(1).min(count)
        };
        let columns = within(selection.columns(), self.columns.len());
        (within(selection.rows(), self.len()), &self.columns[columns])
    }

    /// How many cells are chosen.
    pub fn count_chosen(&self, selection: &Selection) -> u64 {
        let (rows, columns) = self.chosen(selection);
        rows.len() as u64 * columns.len() as u64
    }

    /// Adds the chosen cells up. Progress counts cells.
    ///
    /// # Errors
    /// When cancelled.
    pub fn add_up(&self, selection: &Selection, progress: &Progress) -> Result<Sums, Cancelled> {
        let (rows, columns) = self.chosen(selection);
        let cells = self.count_chosen(selection);
        progress.set_total(cells);
        let mut sums = Sums { cells, nulls: 0, columns: vec![] };
        for &position in columns {
            let Some(about) = self.view.column(position) else { continue };
            let name = about.name;
            let mut column = ColumnSums { name, numbers: 0, sum: 0.0, least: f64::INFINITY, most: f64::NEG_INFINITY };
            for start in rows.clone().step_by(LOOK_UP_EVERY) {
                progress.check()?;
                let places = start..rows.end.min(start + LOOK_UP_EVERY);
                progress.advance(places.len() as u64);
                for cell in self.cells(places, position) {
                    let number = match cell {
                        Cell::Integer(number) => number as f64,
                        Cell::Float(number) => number,
                        Cell::Null => {
                            sums.nulls += 1;
                            continue;
                        }
                        Cell::Text(_) | Cell::Time(_) => continue,
                    };
                    (column.least, column.most) = (column.least.min(number), column.most.max(number));
                    column.numbers += 1;
                    column.sum += number;
                }
            }
            sums.columns.extend((column.numbers > 0).then_some(column));
        }
        Ok(sums)
    }

    /// The chosen cells as tab-separated lines, with the titles in the first if wanted. Progress counts cells.
    ///
    /// # Errors
    /// When cancelled.
    pub fn copied(&self, selection: &Selection, titles: bool, progress: &Progress) -> Result<String, Cancelled> {
        let (rows, columns) = self.chosen(selection);
        progress.set_total(self.count_chosen(selection));
        let abouts: Vec<_> =
            columns.iter().filter_map(|&position| Some((position, self.view.column(position)?))).collect();
        let mut lines = vec![];
        if titles {
            let names: Vec<&str> = abouts.iter().map(|(_, about)| about.name).collect();
            lines.push(names.join("\t"));
        }
        let look_up_every = (LOOK_UP_EVERY / columns.len().max(1)).max(1);
        for (place, row) in rows.filter_map(|place| self.rows.get(place)).enumerate() {
            if place.is_multiple_of(look_up_every) {
                progress.check()?;
            }
            let cells: Vec<String> = abouts
                .iter()
                .map(|&(position, about)| match self.view.cell(row, position) {
                    Cell::Text(text) => disarmed(&self.masked(about, text)).replace(['\t', '\n', '\r'], " "),
                    cell => shown(about, cell, self.codes, self.revealed).unwrap_or_default().into_owned(),
                })
                .collect();
            lines.push(cells.join("\t"));
            progress.advance(cells.len() as u64);
        }
        Ok(lines.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::df;

    use super::*;
    use crate::curation::{Codes, TableView};
    use crate::domain::{Column, Kind, Privacy};
    use crate::explore::Rows;

    const fn about(name: &'static str, kind: Kind, privacy: Privacy) -> Column {
        Column { name, kind, required: false, privacy, consent: false }
    }

    const SCHEMA: [Column; 3] = [
        about("name", Kind::Text, Privacy::Personal),
        about("at", Kind::Time, Privacy::Open),
        about("x", Kind::Float, Privacy::Open),
    ];

    fn view() -> TableView {
        let frame = df!(
            "name" => [Some("An\tn"), None, Some(""), Some("Cem")],
            "at" => [Some(0_i64), Some(1), None, Some(3)],
            "x" => [Some(0.5), Some(-2.0), None, Some(4.0)],
        );
        TableView::new(&frame.unwrap(), &SCHEMA)
    }

    fn with_sheet<T>(revealed: bool, look: impl FnOnce(&Sheet<'_>) -> T) -> T {
        let (view, rows, codes) = (view(), Rows::Chosen([3, 2, 1, 0].into()), Codes::default());
        look(&Sheet { view: &view, rows: &rows, columns: &[2, 0, 1], codes: &codes, revealed })
    }

    fn selection(anchor: (usize, usize), head: (usize, usize)) -> Selection {
        Selection { anchor, head }
    }

    #[test]
    fn only_numbers_are_added_up() {
        let add_up = |chosen| with_sheet(false, |sheet| sheet.add_up(&chosen, &Progress::default()).unwrap());
        let all = add_up(Selection::all(4, 3));
        let name = all.columns[0].name;
        let column = ColumnSums { name, numbers: 3, sum: 2.5, least: -2.0, most: 4.0 };
        assert_eq!(all, Sums { cells: 12, nulls: 3, columns: vec![column] });
        assert_eq!(column.mean(), 2.5 / 3.0);
        let texts = add_up(selection((3, 2), (0, 1)));
        assert_eq!(texts, Sums { cells: 8, nulls: 2, columns: vec![] });
    }

    #[test]
    fn what_is_behind_the_last_row_or_column_is_nothing() {
        with_sheet(false, |sheet| {
            for (chosen, cells) in
                [(selection((2, 1), (99, 1)), 2), (selection((4, 0), (9, 0)), 0), (selection((0, 3), (1, 7)), 0)]
            {
                assert_eq!(sheet.count_chosen(&chosen), cells, "{chosen:?}");
                assert_eq!(sheet.add_up(&chosen, &Progress::default()).unwrap().cells, cells);
            }
        });
    }

    #[test]
    fn the_text_is_what_stands_on_the_screen() {
        let copied = |revealed, titles, chosen| {
            with_sheet(revealed, |sheet| sheet.copied(&chosen, titles, &Progress::default()).unwrap())
        };
        let all = Selection::all(4, 3);
        let masked = "x\tname\tat\n4.0\t•••\t1970-01-01 00:00:00.003\n\t\t\n-2.0\t\t1970-01-01 00:00:00.001\n0.5\t•••\t\
                      1970-01-01 00:00:00.000";
        assert_eq!(copied(false, true, all), masked);
        assert_eq!(copied(true, false, selection((3, 1), (0, 1))), "Cem\n\n\nAn n");
    }

    #[test]
    fn both_can_be_stopped() {
        let progress = Progress::default();
        progress.cancel();
        with_sheet(false, |sheet| {
            assert_eq!(sheet.add_up(&Selection::all(4, 3), &progress), Err(Cancelled));
            assert_eq!(sheet.copied(&Selection::all(4, 3), true, &progress), Err(Cancelled));
        });
    }
}
