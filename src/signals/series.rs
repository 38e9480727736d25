//! Readings in the order of time, one or several values at each.

use std::ops::Range;
use std::sync::Arc;

use super::pyramid::{Extremes, Pyramid};
use super::search;
use super::timeline::Timeline;
use crate::domain::{Cancelled, Progress};

/// Readings of one device or one phone, in the order of their time stamps. Several may have the same. Copies share the
/// readings.
#[derive(Clone, Debug, Default)]
pub struct Series {
    timeline: Arc<Timeline>,
    channels: Vec<Channel>,
}

/// One value of each reading: a distance, an acceleration along an axis.
#[derive(Clone, Debug)]
pub struct Channel {
    /// What it is, as a column's name.
    pub name: &'static str,
    values: Arc<Vec<f64>>,
    pyramid: Arc<Pyramid>,
}

/// Readings between two looks at whether to stop.
pub(super) const LOOK_UP_EVERY: usize = 1 << 16;

impl Series {
    /// Readings at `times`, in milliseconds since 1970-01-01 00:00 UTC, ascending; each channel has as many values, NaN
    /// where there is none.
    pub fn new(times: Vec<i64>, channels: Vec<(&'static str, Vec<f64>)>) -> Self {
        // A progress that nobody else has is never cancelled.
        Self::build(times, channels, &Progress::default()).unwrap_or_default()
    }

    /// The same as [`Series::new`], for many readings. Progress counts values.
    ///
    /// # Errors
    /// When cancelled.
    pub fn build(
        times: Vec<i64>,
        channels: Vec<(&'static str, Vec<f64>)>,
        progress: &Progress,
    ) -> Result<Self, Cancelled> {
        debug_assert!(times.is_sorted(), "readings are in the order of time");
        debug_assert!(channels.iter().all(|(_, values)| values.len() == times.len()), "a value at each reading");
        progress.set_total((times.len() * channels.len()) as u64);
        let channels = channels.into_iter().map(|(name, mut values)| {
            values.resize(times.len(), f64::NAN);
            let pyramid = Pyramid::build(&values, progress)?;
            Ok(Channel { name, values: values.into(), pyramid: pyramid.into() })
        });
        let channels = channels.collect::<Result<_, _>>()?;
        Ok(Self { timeline: Timeline::new(times).into(), channels })
    }

    /// Number of readings.
    pub fn len(&self) -> usize {
        self.times().len()
    }

    /// Whether there is no reading.
    pub fn is_empty(&self) -> bool {
        self.times().is_empty()
    }

    /// When each reading was taken.
    pub fn times(&self) -> &[i64] {
        self.timeline.times()
    }

    pub(super) fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// Its values.
    pub fn channels(&self) -> &[Channel] {
        &self.channels
    }

    /// The readings from one time to another, both included, in milliseconds since 1970.
    pub fn within(&self, from: f64, to: f64) -> Range<usize> {
        if from.is_nan() || to.is_nan() || from > to {
            return 0..0;
        }
        let (from, to) = (from.ceil() as i128, to.floor() as i128);
        let start = self.times().partition_point(|&time| i128::from(time) < from);
        let end = self.times().partition_point(|&time| i128::from(time) <= to);
        start..end.max(start)
    }

    /// The readings at the instant that is nearest to a time, in milliseconds since 1970; of two that are equally near,
    /// at the earlier one. None when there are no readings, or the time is not a number.
    pub fn at(&self, time: f64) -> Option<Range<usize>> {
        if time.is_nan() {
            return None;
        }
        let after = self.within(f64::NEG_INFINITY, time).end;
        let distance = |index: usize| self.times().get(index).map(|&instant| (instant as f64 - time).abs());
        let nearest = match (after.checked_sub(1).and_then(distance), distance(after)) {
            (Some(before), Some(behind)) if behind < before => after,
            (Some(_), _) => after - 1,
            (None, Some(_)) => after,
            (None, None) => return None,
        };
        let instant = *self.times().get(nearest)?;
        let start = self.times().partition_point(|&time| time < instant);
        Some(start..search::end_of_instant(self.times(), nearest))
    }

    /// Goes through the time stamps of a range of readings in stretches, each given by the index of its first reading
    /// and its time stamps, with the first one of the next stretch so that no interval is left out.
    pub(super) fn go_through(
        &self,
        readings: Range<usize>,
        progress: &Progress,
        mut look: impl FnMut(usize, &[i64]),
    ) -> Result<(), Cancelled> {
        let end = readings.end.min(self.len());
        for from in (readings.start..end).step_by(LOOK_UP_EVERY) {
            progress.check()?;
            look(from, &self.times()[from..end.min(from + LOOK_UP_EVERY + 1)]);
            progress.advance((end - from).min(LOOK_UP_EVERY) as u64);
        }
        Ok(())
    }
}

impl Channel {
    /// The value at each reading; NaN where there is none.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Smallest and largest finite value of a range of readings, and how many are not finite. The cost grows with the
    /// logarithm of their number.
    pub fn extremes(&self, readings: Range<usize>) -> Extremes {
        self.pyramid.extremes(&self.values, readings)
    }
}
