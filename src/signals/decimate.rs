//! What to draw of a channel: every reading while there are few, else what a line through all of them would touch in
//! each column of pixels.
//!
//! First, last, smallest and largest value of each column give the same picture as all readings do: M4 aggregation, by
//! Jugel, Jerzak, Hackenbroich and Markl, "M4: A Visualization-Oriented Time Series Data Aggregation", Proceedings of
//! the VLDB Endowment 7(10), 2014. Columns are found by searching the time stamps and their extremes come from the
//! pyramid, so the cost is that of the columns, however many readings there are.

use std::ops::Range;

use super::pyramid::Extremes;
use super::series::{Channel, Series};

/// A stretch of time and how finely it is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// Its ends, both included, in milliseconds since 1970.
    pub from: f64,
    pub to: f64,
    /// Equal parts that it is drawn in, usually half-pixels; none counts as one.
    pub columns: usize,
}

/// What to draw.
#[derive(Clone, Debug, PartialEq)]
pub enum Drawn {
    /// These readings, each of them: those in view, and one more on each side if there is one, so that lines run out of
    /// the picture. They are at most twice as many as columns, and those two.
    Readings(Range<usize>),
    /// The columns that were written to the buffer.
    Columns {
        /// Readings in view.
        in_view: Range<usize>,
        /// The last reading before the view and the first one behind it, for lines that run out of the picture.
        before: Option<usize>,
        after: Option<usize>,
    },
}

/// The readings in one part of a view.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Which part, from 0.
    pub index: usize,
    /// The readings in it; never none.
    pub readings: Range<usize>,
    /// Time stamp of the first and of the last one.
    pub first_time: i64,
    pub last_time: i64,
    /// Value of the first and of the last one, which may be missing.
    pub first: f64,
    pub last: f64,
    /// Their extremes, and how many are not finite.
    pub extremes: Extremes,
}

impl View {
    /// Where a part begins, in milliseconds since 1970. A reading is in the last part that begins at or before it.
    pub fn edge(&self, column: usize) -> f64 {
        let columns = self.columns.max(1) as f64;
        self.from + (self.to / columns - self.from / columns) * column as f64
    }
}

/// Finds what to draw of a channel of a series. The buffer is cleared, and filled if there are too many readings to
/// draw each.
pub fn decimate(series: &Series, channel: &Channel, view: View, columns: &mut Vec<Column>) -> Drawn {
    columns.clear();
    let in_view = series.within(view.from, view.to);
    let before = in_view.start.checked_sub(1);
    let after = Some(in_view.end).filter(|&after| after < series.len());
    if in_view.len() <= 2 * view.columns {
        return Drawn::Readings(before.unwrap_or(in_view.start)..after.map_or(in_view.end, |after| after + 1));
    }
    cut(series, view, &in_view, columns);
    let value = |index: usize| channel.values().get(index).copied().unwrap_or(f64::NAN);
    for column in columns {
        let Range { start, end } = column.readings;
        (column.first_time, column.last_time) = (series.times()[start], series.times()[end - 1]);
        (column.first, column.last) = (value(start), value(end - 1));
        column.extremes = channel.extremes(start..end);
    }
    Drawn::Columns { in_view, before, after }
}

/// Says which readings are in each column; the rest of the columns is left to be filled in.
fn cut(series: &Series, view: View, in_view: &Range<usize>, columns: &mut Vec<Column>) {
    let mut places = series.places();
    let mut start = in_view.start;
    let parts = view.columns.max(1);
    for index in 0..parts {
        let last = index + 1 == parts;
        let end = if last { in_view.end } else { places.first_not_before(view.edge(index + 1)) };
        let end = end.clamp(start, in_view.end);
        if end > start {
            columns.push(Column {
                index,
                readings: start..end,
                first_time: 0,
                last_time: 0,
                first: f64::NAN,
                last: f64::NAN,
                extremes: Extremes::NONE,
            });
            start = end;
        }
    }
}
