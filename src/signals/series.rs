//! Readings in the order of time, one or several values at each.

use std::sync::Arc;

/// Readings of one device or one phone, in the order of their time stamps. Several may have the same.
#[derive(Clone, Debug)]
pub struct Series {
    times: Arc<[i64]>,
    channels: Vec<Channel>,
}

/// One value of each reading: a distance, an acceleration along an axis.
#[derive(Clone, Debug)]
pub struct Channel {
    /// What it is, as a column's name.
    pub name: &'static str,
    values: Arc<[f64]>,
}

impl Series {
    /// Readings at `times`, in milliseconds since 1970-01-01 00:00 UTC, ascending; each channel has as many values, NaN
    /// where there is none.
    pub fn new(times: Vec<i64>, channels: Vec<(&'static str, Vec<f64>)>) -> Self {
        debug_assert!(times.is_sorted(), "readings are in the order of time");
        debug_assert!(channels.iter().all(|(_, values)| values.len() == times.len()), "a value at each reading");
        let channels = channels.into_iter().map(|(name, values)| Channel { name, values: values.into() }).collect();
        Self { times: times.into(), channels }
    }

    /// Number of readings.
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether there is no reading.
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// When each reading was taken.
    pub fn times(&self) -> &[i64] {
        &self.times
    }

    /// Its values.
    pub fn channels(&self) -> &[Channel] {
        &self.channels
    }
}

impl Channel {
    /// The value at each reading; NaN where there is none.
    pub fn values(&self) -> &[f64] {
        &self.values
    }
}
