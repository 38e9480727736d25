//! What one device or one phone recorded, in the order of time, and what became of each reading.

use std::sync::Arc;

use super::Series;
use crate::curation::{Fate, TableView};
use crate::domain::{Column, Kind, Privacy};

/// The readings of one device or one phone.
#[derive(Clone, Debug)]
pub struct Track {
    /// The readings in the order of time, those of one instant in the order in which they landed. A device has the
    /// channel `distancefromobject`; a phone has `x`, `y`, `z` and [`MAGNITUDE`].
    pub series: Series,
    /// The row of the landing table of each reading.
    pub rows: Arc<[u32]>,
    /// Whether each reading is in the trusted table, or why it is not.
    pub fates: Vec<Fate>,
    /// How often time steps back from one reading to the next, in the order in which they landed.
    pub backwards: u64,
    /// Readings without a time, which cannot be drawn.
    pub without_time: u64,
}

/// The channel of a phone that holds the length of its acceleration, √(x² + y² + z²).
pub const MAGNITUDE: &str = "magnitude";

impl Track {
    /// The readings in these rows of a landing table, which are in the order in which they landed and each have a fate.
    pub(super) fn new(view: &TableView, rows: &[u32], fates: &[Fate]) -> Self {
        let time = view.columns().position(|column| column.kind == Kind::Time);
        let at = |row: u32| view.cell(row as usize, time?).time();
        let mut readings: Vec<(i64, u32, Fate)> =
            rows.iter().zip(fates).filter_map(|(&row, &fate)| Some((at(row)?, row, fate))).collect();
        let without_time = (rows.len() - readings.len()) as u64;
        let backwards = readings.windows(2).filter(|pair| pair[1].0 < pair[0].0).count() as u64;
        readings.sort_by_key(|&(at, ..)| at);
        let is_value = |column: &Column| column.privacy == Privacy::Open && column.kind != Kind::Time;
        let values = view.columns().enumerate().filter(|(_, column)| is_value(column)).map(|(position, column)| {
            let values = readings.iter().map(|&(_, row, _)| view.cell(row as usize, position).number());
            (column.name, values.collect::<Vec<f64>>())
        });
        let mut channels: Vec<_> = values.collect();
        if let [("x", x), ("y", y), ("z", z)] = &channels[..] {
            let lengths = x.iter().zip(y).zip(z).map(|((x, y), z)| (x * x + y * y + z * z).sqrt());
            channels.push((MAGNITUDE, lengths.collect()));
        }
        Self {
            series: Series::new(readings.iter().map(|&(at, ..)| at).collect(), channels),
            rows: readings.iter().map(|&(_, row, _)| row).collect(),
            fates: readings.iter().map(|&(.., fate)| fate).collect(),
            backwards,
            without_time,
        }
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::*;

    use super::*;
    use crate::domain::{Reason, Table};

    #[test]
    fn readings_come_in_the_order_of_time_and_what_is_missing_is_told() {
        let frame = df!(
            "user" => ["a", "a", "a", "b", "a", "a"],
            "timestamp" => [Some(30_i64), Some(10), None, Some(0), Some(30), Some(20)],
            "x" => [Some(3.0), Some(1.0), Some(9.0), Some(0.0), Some(4.0), None],
            "y" => [4.0, 2.0, 9.0, 0.0, 0.0, 0.0],
            "z" => [0.0, 2.0, 9.0, 0.0, 3.0, 0.0],
        );
        let view = TableView::new(&frame.unwrap(), Table::AccelerometerLanding.schema());
        let gone = Fate::Dropped { table: Table::AccelerometerTrusted, step: 0, reason: Reason::UnknownUser };
        let track = Track::new(&view, &[0, 1, 2, 4, 5], &[gone, Fate::Kept, gone, Fate::Kept, Fate::Kept]);
        assert_eq!(track.series.times(), [10, 20, 30, 30]);
        assert_eq!(track.rows[..], [1, 5, 0, 4]);
        assert_eq!(track.fates, [Fate::Kept, Fate::Kept, gone, Fate::Kept]);
        assert_eq!((track.backwards, track.without_time), (2, 1));
        let [x, _, _, magnitude] = track.series.channels() else { panic!("{track:?}") };
        assert!(x.values()[1].is_nan() && magnitude.values()[1].is_nan());
        assert_eq!(
            (magnitude.name, magnitude.values()[0], &magnitude.values()[2..]),
            (MAGNITUDE, 3.0, &[5.0, 5.0][..])
        );
    }
}
