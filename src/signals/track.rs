//! What one device or one phone recorded, in the order of time, and what became of each reading.

use std::sync::Arc;

use super::Series;
use crate::curation::{Cell, Fate, TableView};
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
        let at = |row: u32| match time.map_or(Cell::Null, |time| view.cell(row as usize, time)) {
            Cell::Time(at) => Some(at),
            _ => None,
        };
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
