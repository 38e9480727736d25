//! Gaps: two readings with more than a threshold between them are not joined by a line.

use std::ops::Range;

use super::search::end_of_instant;
use super::series::Series;
use crate::domain::format::counted;
use crate::domain::{Cancelled, Progress};

/// The longest time between two readings that are joined by a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// In milliseconds.
    pub milliseconds: u64,
    /// Where it comes from.
    pub basis: Basis,
}

/// Where a threshold comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Somebody chose it.
    Chosen,
    /// [`Threshold::FACTOR`] times the median of the intervals between successive different time stamps.
    Median {
        /// In milliseconds.
        median: u64,
        /// Intervals that it is the median of.
        intervals: usize,
        /// Whether those are evenly taken from more.
        sampled: bool,
    },
    /// All readings have one time stamp, or there is none: nothing is a gap.
    OneInstant,
}

/// A stretch without readings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Index of the reading before it.
    pub after: usize,
    /// In milliseconds.
    pub milliseconds: u64,
}

/// The gaps between the readings of a range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gaps {
    /// How many.
    pub count: usize,
    /// The longest of them; the first one if several are as long.
    pub longest: Option<Gap>,
}

/// Intervals that a median is taken of at most.
const SAMPLE: usize = 1 << 18;

impl Threshold {
    /// How many times longer than the median interval a gap has to be.
    pub const FACTOR: u64 = 5;

    /// The one that somebody chose.
    pub fn chosen(milliseconds: u64) -> Self {
        Self { milliseconds, basis: Basis::Chosen }
    }

    /// The one for a series unless another is chosen: five times the median of the intervals between successive
    /// different time stamps. Half of the intervals may be of any length without a say in it, so neither gaps nor
    /// bursts move it. Of more than 262 144 readings, that many pairs of neighbours are taken evenly.
    pub fn usual(series: &Series) -> Self {
        Self::between(series.times())
    }

    /// The same for ascending time stamps.
    pub fn between(times: &[i64]) -> Self {
        let pairs = times.len().saturating_sub(1);
        let taken = pairs.min(SAMPLE);
        let place = |number: usize| (number as u128 * pairs as u128 / taken.max(1) as u128) as usize;
        let mut intervals: Vec<u64> =
            (0..taken).map(|number| interval(times, place(number))).filter(|&interval| interval > 0).collect();
        let mut sampled = pairs > taken;
        if intervals.is_empty() {
            // Nearly all readings share their instants, so there are few instants: go from one to the next.
            let ends = std::iter::successors(Some(0), |&start| Some(end_of_instant(times, start))).skip(1);
            let ends = ends.take_while(|&end| end < times.len());
            intervals = ends.take(SAMPLE).map(|end| interval(times, end - 1)).collect();
            sampled = intervals.len() == SAMPLE;
        }
        if intervals.is_empty() {
            return Self { milliseconds: u64::MAX, basis: Basis::OneInstant };
        }
        let middle = (intervals.len() - 1) / 2;
        let median = *intervals.select_nth_unstable(middle).1;
        let basis = Basis::Median { median, intervals: intervals.len(), sampled };
        Self { milliseconds: median.saturating_mul(Self::FACTOR), basis }
    }

    /// Whether a line joins two successive readings, or the last of a column and the first of the next, by their time
    /// stamps.
    pub fn joins(&self, earlier: i64, later: i64) -> bool {
        later.abs_diff(earlier) <= self.milliseconds
    }

    /// Says in words what a gap is, and why.
    pub fn explain(&self) -> String {
        let gap = format!("A gap is more than {} between two readings", duration(self.milliseconds));
        match self.basis {
            Basis::Chosen => format!("{gap}, as you chose."),
            Basis::Median { median, intervals, sampled } => {
                let factor = Self::FACTOR;
                let (median, intervals) = (duration(median), counted(intervals as u64, "interval"));
                let evenly = if sampled { ", taken evenly from all" } else { "" };
                format!(
                    "{gap}: {factor} times the median, {median}, of {intervals} between different time stamps{evenly}."
                )
            }
            Basis::OneInstant => "Nothing is a gap: there are no two readings at different times.".to_owned(),
        }
    }
}

impl Series {
    /// The gaps between the readings of a range, by going through them. Progress counts readings.
    ///
    /// # Errors
    /// When cancelled.
    pub fn gaps(&self, readings: Range<usize>, threshold: &Threshold, progress: &Progress) -> Result<Gaps, Cancelled> {
        let mut gaps = Gaps::default();
        self.go_through(readings, progress, |from, times| {
            let intervals = times.windows(2).map(|pair| pair[1].abs_diff(pair[0]));
            let mut longest = 0;
            for interval in intervals.clone() {
                gaps.count += usize::from(interval > threshold.milliseconds);
                longest = longest.max(interval);
            }
            if longest > gaps.longest.map_or(threshold.milliseconds, |gap| gap.milliseconds) {
                let after = from + intervals.take_while(|&interval| interval < longest).count();
                gaps.longest = Some(Gap { after, milliseconds: longest });
            }
        })?;
        Ok(gaps)
    }
}

/// Milliseconds from a reading to the next one.
fn interval(times: &[i64], index: usize) -> u64 {
    times.get(index..index + 2).map_or(0, |pair| pair[1].abs_diff(pair[0]))
}

/// A length of time in the largest unit that it has at least two of, to a tenth.
fn duration(milliseconds: u64) -> String {
    const UNITS: [(&str, f64); 4] = [("days", 86_400_000.0), ("hours", 3_600_000.0), ("min", 60_000.0), ("s", 1000.0)];
    let length = milliseconds as f64;
    let unit = UNITS.iter().find(|(_, unit)| length >= 2.0 * unit);
    let Some((name, unit)) = unit else { return format!("{milliseconds} ms") };
    format!("{} {name}", (length / unit * 10.0).round() / 10.0)
}
