//! A stretch of time that is seen.

/// A stretch of time, in milliseconds since 1970-01-01 00:00 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Span {
    pub from: f64,
    pub to: f64,
}

impl Span {
    /// From the first to the last instant, with a little room on both sides; never empty.
    pub fn around(first: f64, last: f64) -> Self {
        let room = ((last - first) * 0.02).max(500.0);
        Self { from: first - room, to: last + room }
    }

    /// Its length.
    pub fn length(&self) -> f64 {
        self.to - self.from
    }

    /// The instant at a share of it.
    pub fn at(&self, share: f64) -> f64 {
        self.from + self.length() * share
    }

    /// Larger or smaller by a factor, with one instant where it is. Between a millisecond and as long as all of time.
    #[must_use]
    pub fn zoomed(&self, factor: f64, around: f64) -> Self {
        let factor = factor.clamp(4.0 / self.length().max(4.0), 4e18 / self.length());
        Self { from: around + (self.from - around) * factor, to: around + (self.to - around) * factor }
    }

    /// Earlier or later.
    #[must_use]
    pub fn moved(&self, by: f64) -> Self {
        Self { from: self.from + by, to: self.to + by }
    }

    /// Where an instant stands in a picture of it that begins at `left` and is `width` wide. What is far outside stays
    /// outside, without leaving the numbers that can be painted; where there is no time to see, all is at the left.
    pub(super) fn place(&self, at: f64, left: f32, width: f32) -> f32 {
        left + (share(at, self.from, self.to) * f64::from(width)) as f32
    }
}

/// Where a number stands between two others; 0 where that has no meaning.
pub(super) fn share(at: f64, from: f64, to: f64) -> f64 {
    let share = (at - from) / (to - from);
    if share.is_nan() { 0.0 } else { share.clamp(-4.0, 5.0) }
}
