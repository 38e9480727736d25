//! Extremes of any stretch of values without reading them all: smallest and largest value of every few readings, of
//! every few of those, and so on.

use std::ops::Range;

use crate::domain::{Cancelled, Progress};

/// Smallest and largest finite value of some readings, and how many of them are not finite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extremes {
    /// Smallest finite value; positive infinity when there is none.
    pub min: f64,
    /// Largest finite value; negative infinity when there is none.
    pub max: f64,
    /// Values that are missing (NaN) or infinite.
    pub not_finite: usize,
}

/// Extremes of every 64 readings, of every 8 of those, and so on up to one: 24 bytes each, a nineteenth of the values.
#[derive(Debug, Default)]
pub struct Pyramid {
    /// The finest level first.
    levels: Vec<Vec<Extremes>>,
}

/// Readings in a bucket of the finest level.
const BUCKET: usize = 64;

/// Buckets of a level that make one of the next.
const FAN_OUT: usize = 8;

/// Values that are sooner read one after the other than found in the pyramid.
const FEW: usize = 4 * BUCKET;

/// Buckets between two looks at whether to stop.
const LOOK_UP_EVERY: usize = 1 << 10;

/// Values that are compared side by side.
const LANES: usize = 4;

impl Extremes {
    /// Of no readings.
    pub const NONE: Self = Self { min: f64::INFINITY, max: f64::NEG_INFINITY, not_finite: 0 };

    /// Of values, by looking at each.
    pub fn of(values: &[f64]) -> Self {
        // The sum is finite only if all values are; it rarely is not when they are, and then they are looked at again.
        let (mut min, mut max, mut sum) = ([f64::INFINITY; LANES], [f64::NEG_INFINITY; LANES], [0.0; LANES]);
        let mut look = |chunk: &[f64; LANES]| {
            for lane in 0..LANES {
                let value = chunk[lane];
                min[lane] = if value < min[lane] { value } else { min[lane] };
                max[lane] = if value > max[lane] { value } else { max[lane] };
                sum[lane] += value;
            }
        };
        // What does not fill a chunk is looked at with some before it that were looked at already.
        let Some(last) = values.last_chunk() else { return Self::of_any(values) };
        values.as_chunks().0.iter().for_each(&mut look);
        look(last);
        if !sum.iter().sum::<f64>().is_finite() {
            return Self::of_any(values);
        }
        let least = |least: f64, &value: &f64| if value < least { value } else { least };
        let most = |most: f64, &value: &f64| if value > most { value } else { most };
        let min = min.iter().fold(f64::INFINITY, least);
        Self { min, max: max.iter().fold(f64::NEG_INFINITY, most), not_finite: 0 }
    }

    /// Of values of which some may not be finite.
    fn of_any(values: &[f64]) -> Self {
        values.iter().fold(Self::NONE, |found, &value| {
            let finite = value.is_finite();
            let (low, high) = if finite { (value, value) } else { (f64::INFINITY, f64::NEG_INFINITY) };
            found.with(&Self { min: low, max: high, not_finite: usize::from(!finite) })
        })
    }

    /// Smallest and largest finite value; none when there is no finite one.
    pub fn range(&self) -> Option<(f64, f64)> {
        (self.min <= self.max).then_some((self.min, self.max))
    }

    /// Of both.
    #[must_use]
    pub fn with(&self, other: &Self) -> Self {
        Self {
            min: if other.min < self.min { other.min } else { self.min },
            max: if other.max > self.max { other.max } else { self.max },
            not_finite: self.not_finite + other.not_finite,
        }
    }

    /// Whether some of the readings of a bucket, put to these, could make a difference.
    fn could_gain(&self, bucket: &Self) -> bool {
        bucket.not_finite > 0 || bucket.min < self.min || bucket.max > self.max
    }
}

impl Pyramid {
    /// Over values. Progress counts them.
    ///
    /// # Errors
    /// When cancelled.
    pub fn build(values: &[f64], progress: &Progress) -> Result<Self, Cancelled> {
        let mut finest = Vec::with_capacity(values.len().div_ceil(BUCKET));
        for stretch in values.chunks(BUCKET * LOOK_UP_EVERY) {
            progress.check()?;
            finest.extend(stretch.chunks(BUCKET).map(Extremes::of));
            progress.advance(stretch.len() as u64);
        }
        let mut levels = vec![finest];
        while let Some(below) = levels.last().filter(|below| below.len() > 1) {
            progress.check()?;
            let level = below.chunks(FAN_OUT).map(joined).collect();
            levels.push(level);
        }
        Ok(Self { levels })
    }

    /// Extremes of a range of the values that it was built over. Of a bucket that is only partly in the range, the
    /// parts are looked at only if the bucket's extremes exceed what was found in the rest.
    pub fn extremes(&self, values: &[f64], readings: Range<usize>) -> Extremes {
        let readings = readings.start..readings.end.min(values.len());
        let look = |readings| values.get(readings).map_or(Extremes::NONE, Extremes::of);
        if readings.len() <= FEW { look(readings) } else { self.over(0, BUCKET, &readings, &look) }
    }

    /// Extremes of a range of parts, of which every `many` make a bucket of a level.
    fn over(
        &self,
        level: usize,
        many: usize,
        parts: &Range<usize>,
        look: &dyn Fn(Range<usize>) -> Extremes,
    ) -> Extremes {
        let whole = parts.start.div_ceil(many)..parts.end / many;
        let buckets = match self.levels.get(level) {
            Some(buckets) if !whole.is_empty() => buckets,
            _ => return look(parts.clone()),
        };
        let inside = |buckets: &[Extremes], range| buckets.get(range).map_or(Extremes::NONE, joined);
        let mut found = self.over(level + 1, FAN_OUT, &whole, &|range| inside(buckets, range));
        let before = (whole.start.wrapping_sub(1), parts.start..whole.start * many);
        let behind = (whole.end, whole.end * many..parts.end);
        for (bucket, part) in [before, behind] {
            if !part.is_empty() && buckets.get(bucket).is_some_and(|bucket| found.could_gain(bucket)) {
                found = found.with(&look(part));
            }
        }
        found
    }

    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        self.levels.iter().map(|level| size_of_val(level.as_slice())).sum()
    }
}

fn joined(buckets: &[Extremes]) -> Extremes {
    buckets.iter().fold(Extremes::NONE, |found, bucket| found.with(bucket))
}
