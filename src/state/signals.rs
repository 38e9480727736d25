//! What the page of the signals shows.

use std::sync::Arc;

use crate::explore::Follow;
use crate::signals::{DeviceLine, Plotted, Statistics, Track};

use super::Slot;

/// Devices and phones, and what they recorded.
#[derive(Debug, Default)]
pub struct Signals {
    /// A line for each device and phone.
    pub lines: Slot<Arc<Vec<DeviceLine>>>,
    /// The device and the phone that all tables are narrowed to.
    pub recording: Slot<Arc<Plotted>>,
    /// The device or customer that is drawn beside the one that is followed, if another than the records say.
    pub partner: Option<String>,
    /// Whose motion is laid over.
    pub other: Option<String>,
    /// That motion.
    pub other_track: Slot<Arc<Track>>,
    /// The chosen stretch of time, in milliseconds since 1970-01-01 00:00 UTC.
    pub range: Option<(i64, i64)>,
    /// What the readings in that stretch come to.
    pub measured: Slot<Vec<MeasuredChannel>>,
    /// The devices that are compared.
    pub compared: Vec<String>,
    /// Their recordings, in the same order.
    pub comparison: Slot<Vec<Arc<Plotted>>>,
    /// The row that was chosen in a table last.
    pub pointed: Option<Pointed>,
}

/// An instant that is marked in the recording of whoever is in its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointed {
    /// The instant, in milliseconds since 1970-01-01 00:00 UTC.
    pub at: i64,
    /// The customers and devices of the row.
    pub whose: Vec<Follow>,
}

/// What the readings of a channel come to within a stretch of time.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasuredChannel {
    /// Of the device, or of the phone.
    pub of_device: bool,
    /// The channel.
    pub name: &'static str,
    /// What they come to.
    pub measured: Statistics,
}
