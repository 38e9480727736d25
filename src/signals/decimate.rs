//! What to draw of a channel: every reading while there are few, else what a line through all of them would touch in
//! each column of pixels.
//!
//! First, last, smallest and largest value of each column give the same picture as all readings do: M4 aggregation, by
//! Jugel, Jerzak, Hackenbroich and Markl, "M4: A Visualization-Oriented Time Series Data Aggregation", Proceedings of
//! the VLDB Endowment 7(10), 2014. Columns are found by searching the time stamps and their extremes come from the
//! pyramid, so the cost is that of the columns, however many readings there are.

use std::ops::Range;

use super::pyramid::Extremes;
use super::search::not_before;
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
    /// Where a part begins, in milliseconds since 1970.
    pub fn edge(&self, column: usize) -> f64 {
        self.from + self.width() * column as f64
    }

    /// How long a part is, in milliseconds.
    pub fn width(&self) -> f64 {
        let columns = self.columns.max(1) as f64;
        self.to / columns - self.from / columns
    }
}

impl Column {
    const EMPTY: Self = Self {
        index: 0,
        readings: 0..0,
        first_time: 0,
        last_time: 0,
        first: f64::NAN,
        last: f64::NAN,
        extremes: Extremes::NONE,
    };
}

/// Finds what to draw of a channel of a series. The buffer is cleared, and filled if there are too many readings to
/// draw each.
///
/// Every reading in view is in exactly one column. Readings that come so fast that a block of them takes less than a
/// quarter of a column are all in the column that the block begins in; any other is in the column of its time.
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
    for column in columns.iter_mut() {
        let Range { start, end } = column.readings;
        (column.first_time, column.last_time) = (series.times()[start], series.times()[end - 1]);
        (column.first, column.last) = (value(start), value(end - 1));
    }
    for column in columns {
        column.extremes = channel.extremes(column.readings.clone());
    }
    Drawn::Columns { in_view, before, after }
}

/// Says which readings are in each column; the rest of the columns is left to be filled in.
///
/// What is read of a hundred million readings is in no cache, and to wait for it is most of the work. So each loop here
/// and above does little for each column: the processor then reads for several columns at once.
fn cut(series: &Series, view: View, in_view: &Range<usize>, columns: &mut Vec<Column>) {
    let timeline = series.timeline();
    let parts = view.columns.max(1);
    let width = view.width();
    let mut edges = timeline.edges(in_view.len(), parts, width);
    columns.extend((0..parts).map(|index| {
        let edge = not_before(view.from + width * (index + 1) as f64).filter(|_| index + 1 < parts);
        let readings = edge.map_or(in_view.end..in_view.end, |edge| edges.around(edge));
        Column { index, readings, last_time: edge.unwrap_or(i64::MAX), ..Column::EMPTY }
    }));
    for column in columns.iter_mut() {
        column.readings.end = timeline.first_not_before(column.last_time, column.readings.clone());
    }
    let mut start = in_view.start;
    columns.retain_mut(|column| {
        let end = column.readings.end.clamp(start, in_view.end);
        column.readings = start..end;
        start = end;
        !column.readings.is_empty()
    });
}
