//! Several readings at one time stamp.

use std::ops::Range;

use super::pyramid::Extremes;
use super::search::end_of_instant;
use super::series::{Channel, Series};
use crate::domain::{Cancelled, Progress};

/// The readings at one time stamp.
#[derive(Clone, Debug, PartialEq)]
pub struct Instant {
    /// In milliseconds since 1970.
    pub time: i64,
    /// Which readings.
    pub readings: Range<usize>,
    /// Extremes of the channel's values, and how many are not finite.
    pub extremes: Extremes,
    /// Mean of the channel's finite values; none when there is none.
    pub mean: Option<f64>,
}

/// Goes through the instants of a range of readings, in order. Readings outside of the range are left out even when
/// they share the time stamp of one in it.
#[derive(Clone, Debug)]
pub struct Instants<'a> {
    times: &'a [i64],
    channel: &'a Channel,
    start: usize,
}

/// How many of some readings share their time stamp with another one of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sharing {
    /// All readings.
    pub readings: usize,
    /// Different time stamps.
    pub instants: usize,
    /// Readings that are not alone at their time stamp.
    pub sharing: usize,
}

impl Series {
    /// Goes through the instants of a range of readings, with the values of a channel. Each costs as much as it has
    /// readings.
    pub fn instants<'a>(&'a self, channel: &'a Channel, readings: Range<usize>) -> Instants<'a> {
        let times = self.times().get(..readings.end).unwrap_or(self.times());
        Instants { times, channel, start: readings.start }
    }

    /// How many readings of a range share their time stamp, by going through them. Progress counts readings.
    ///
    /// # Errors
    /// When cancelled.
    pub fn sharing(&self, readings: Range<usize>, progress: &Progress) -> Result<Sharing, Cancelled> {
        let count = readings.end.min(self.len()).saturating_sub(readings.start);
        // Instants and readings alone at theirs, without the last reading, which has no next one.
        let (mut instants, mut alone, mut starts) = (0, 0, true);
        self.go_through(readings, progress, |_, times| {
            for pair in times.windows(2) {
                let ends = pair[0] != pair[1];
                instants += usize::from(ends);
                alone += usize::from(starts & ends);
                starts = ends;
            }
        })?;
        if count > 0 {
            instants += 1;
            alone += usize::from(starts);
        }
        Ok(Sharing { readings: count, instants, sharing: count - alone })
    }
}

impl Sharing {
    /// Share of readings that are not alone at their time stamp, from 0 to 1.
    pub fn share(&self) -> f64 {
        if self.readings == 0 { 0.0 } else { self.sharing as f64 / self.readings as f64 }
    }
}

impl Iterator for Instants<'_> {
    type Item = Instant;

    fn next(&mut self) -> Option<Instant> {
        let time = *self.times.get(self.start)?;
        let readings = self.start..end_of_instant(self.times, self.start);
        self.start = readings.end;
        let extremes = self.channel.extremes(readings.clone());
        let values = self.channel.values().get(readings.clone()).unwrap_or_default();
        let finite = readings.len() - extremes.not_finite;
        let sum: f64 = values.iter().filter(|value| value.is_finite()).sum();
        let mean = (finite > 0).then_some(sum / finite as f64);
        Some(Instant { time, readings, extremes, mean })
    }
}
