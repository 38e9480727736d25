//! Figures about a range of readings.

use std::ops::Range;

use super::gaps::{Gaps, Threshold};
use super::instants::Sharing;
use super::pyramid::Extremes;
use super::series::{Channel, LOOK_UP_EVERY, Series};
use crate::domain::{Cancelled, Progress};

/// What a range of readings holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Statistics {
    /// Readings, instants, and readings that share one.
    pub sharing: Sharing,
    /// Readings per second: intervals between readings by the time from the first to the last one. None when that is
    /// no time.
    pub rate: Option<f64>,
    /// Gaps by the threshold that was given.
    pub gaps: Gaps,
    /// Smallest and largest finite value, and how many are not finite.
    pub extremes: Extremes,
    /// Mean of the finite values; none when there is none.
    pub mean: Option<f64>,
    /// Standard deviation of the finite values as a sample, so by their number less one; none for fewer than two.
    pub deviation: Option<f64>,
}

/// Number, mean, and sum of squared differences from the mean.
#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
}

/// Values whose mean is taken before their squared differences from it: few enough for the processor's nearest cache.
const BLOCK: usize = 1 << 11;

/// Values that are added side by side.
const LANES: usize = 8;

/// Finds the figures about a range of readings of a channel, by going through them. Progress counts readings, three
/// times each: for instants, for gaps, and for values.
///
/// # Errors
/// When cancelled.
pub fn measure(
    series: &Series,
    channel: &Channel,
    readings: Range<usize>,
    threshold: &Threshold,
    progress: &Progress,
) -> Result<Statistics, Cancelled> {
    let times = series.times().get(readings.clone()).unwrap_or_default();
    let values = channel.values().get(readings.clone()).unwrap_or_default();
    progress.set_total(3 * times.len() as u64);
    let sharing = series.sharing(readings.clone(), progress)?;
    let gaps = series.gaps(readings.clone(), threshold, progress)?;
    let mut moments = Moments::default();
    let mut finite = vec![];
    for stretch in values.chunks(LOOK_UP_EVERY) {
        progress.check()?;
        for block in stretch.chunks(BLOCK) {
            finite.clear();
            finite.extend(block.iter().copied().filter(|value| value.is_finite()));
            moments = moments.with(Moments::of(&finite));
        }
        progress.advance(stretch.len() as u64);
    }
    let length = match times {
        [first, .., last] => last.abs_diff(*first),
        [] | [_] => 0,
    };
    Ok(Statistics {
        sharing,
        rate: (length > 0).then(|| (times.len() - 1) as f64 * 1000.0 / length as f64),
        gaps,
        extremes: channel.extremes(readings),
        mean: (moments.count >= 1.0).then_some(moments.mean),
        deviation: (moments.count >= 2.0).then(|| (moments.squares / (moments.count - 1.0)).sqrt()),
    })
}

impl Moments {
    /// Of values in memory, in two passes.
    fn of(values: &[f64]) -> Self {
        if values.is_empty() {
            return Self::default();
        }
        let count = values.len() as f64;
        let mean = sum(values, |value| value) / count;
        Self { count, mean, squares: sum(values, |value| (value - mean) * (value - mean)) }
    }

    /// Of both: Chan, Golub and LeVeque, "Algorithms for Computing the Sample Variance", The American Statistician
    /// 37(3), 1983. What is added stays small beside what is there, so an offset of all values costs no digits.
    fn with(self, other: Self) -> Self {
        let count = self.count + other.count;
        if other.count == 0.0 {
            return self;
        }
        let apart = other.mean - self.mean;
        Self {
            count,
            mean: self.mean + apart * (other.count / count),
            squares: self.squares + other.squares + apart * apart * (self.count * other.count / count),
        }
    }
}

/// Sum of a function of values, in several parts side by side.
fn sum(values: &[f64], of: impl Fn(f64) -> f64) -> f64 {
    let mut sums = [0.0; LANES];
    let (chunks, rest) = values.as_chunks::<LANES>();
    for chunk in chunks {
        for (sum, &value) in sums.iter_mut().zip(chunk) {
            *sum += of(value);
        }
    }
    sums.iter().sum::<f64>() + rest.iter().map(|&value| of(value)).sum::<f64>()
}
