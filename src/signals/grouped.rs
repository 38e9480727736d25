//! The rows of a table of readings, by whose they are.

use super::looking::each_row;
use crate::curation::{Identities, TableView};
use crate::domain::{Cancelled, Column, Kind, Privacy, Progress};

/// The readings of a landing table, put together by the device or the phone that sent them.
pub(super) struct Grouped<'a> {
    view: &'a TableView,
    /// Who sent readings, in the order in which they landed first.
    pub identities: Identities<'a>,
    /// Where the column of times is, and where those of values are.
    time: Option<usize>,
    values: Vec<usize>,
    /// Where the rows of each identity start in `rows`, and behind all of them where the last one's end.
    starts: Vec<usize>,
    rows: Vec<u32>,
}

impl<'a> Grouped<'a> {
    pub fn new(view: &'a TableView, progress: &Progress) -> Result<Self, Cancelled> {
        let whose = view.columns().position(|column| column.privacy != Privacy::Open);
        let time = view.columns().position(|column| column.kind == Kind::Time);
        let is_value = |column: &Column| column.privacy == Privacy::Open && column.kind != Kind::Time;
        let values = view.columns().enumerate().filter(|(_, column)| is_value(column)).map(|(position, _)| position);
        let values = values.collect();
        let mut identities = Identities::default();
        let mut numbers = Vec::with_capacity(view.rows());
        each_row(view.rows(), progress, |row| {
            // A reading without an identity is refused when it is read. Were there one, it would be that of nobody.
            numbers.push(identities.add(whose.and_then(|whose| view.cell(row, whose).text()).unwrap_or_default()));
        })?;
        let mut starts = vec![0; identities.len() + 1];
        for &number in &numbers {
            starts[number as usize + 1] += 1;
        }
        for number in 1..starts.len() {
            starts[number] += starts[number - 1];
        }
        let mut next = starts.clone();
        let mut rows = vec![0; numbers.len()];
        for (row, &number) in (0..).zip(&numbers) {
            let place = &mut next[number as usize];
            rows[*place] = row;
            *place += 1;
        }
        Ok(Self { view, identities, time, values, starts, rows })
    }

    /// The rows of one of them, in the order in which they landed.
    pub fn rows(&self, number: u32) -> &[u32] {
        let number = number as usize;
        &self.rows[self.starts[number]..self.starts[number + 1]]
    }

    /// The readings of one of them in the order of time, those of one instant in the order in which they landed; those
    /// without a time are left out. The value is the distance, or how strong the acceleration is.
    pub fn readings(&self, number: u32) -> Vec<(i64, f64)> {
        let number_in = |row: u32, column: usize| self.view.cell(row as usize, column).number();
        let value = |row: u32| match self.values[..] {
            [column] => number_in(row, column),
            ref columns => columns.iter().map(|&column| number_in(row, column).powi(2)).sum::<f64>().sqrt(),
        };
        let at = |row: u32| self.view.cell(row as usize, self.time?).time();
        let mut readings: Vec<_> = self.rows(number).iter().filter_map(|&row| Some((at(row)?, value(row)))).collect();
        readings.sort_by_key(|&(at, _)| at);
        readings
    }

    /// How many rows of another table there are of each.
    pub fn count(&self, view: &TableView, progress: &Progress) -> Result<Vec<u64>, Cancelled> {
        let mut counts = vec![0; self.identities.len()];
        let whose = view.columns().position(|column| column.privacy != Privacy::Open);
        each_row(view.rows(), progress, |row| {
            let text = whose.and_then(|whose| view.cell(row, whose).text());
            if let Some(number) = text.and_then(|text| self.identities.get(text)) {
                counts[number as usize] += 1;
            }
        })?;
        Ok(counts)
    }
}
