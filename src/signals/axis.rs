//! Where the lines of a grid stand, and what is written at them.

use crate::domain::{TimeZone, format};

/// How instants are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Clock {
    /// Date and time of day in UTC.
    #[default]
    Utc,
    /// Date and time of day in another zone.
    Local(TimeZone),
    /// Since the first reading.
    Elapsed,
    /// Milliseconds since 1970-01-01 00:00 UTC, as they landed.
    Raw,
}

/// A line of a grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Where it stands, in the unit of the axis.
    pub at: f64,
    /// What is written at it.
    pub label: String,
}

/// No axis has more lines than this, whatever it is asked for.
const MOST_TICKS: usize = 64;

const SECOND: f64 = 1000.0;
const MINUTE: f64 = 60.0 * SECOND;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;

/// The steps of a clock that people count in, below a day.
const CLOCK_STEPS: [f64; 20] = [
    SECOND,
    2.0 * SECOND,
    5.0 * SECOND,
    10.0 * SECOND,
    15.0 * SECOND,
    30.0 * SECOND,
    MINUTE,
    2.0 * MINUTE,
    5.0 * MINUTE,
    10.0 * MINUTE,
    15.0 * MINUTE,
    30.0 * MINUTE,
    HOUR,
    2.0 * HOUR,
    3.0 * HOUR,
    6.0 * HOUR,
    12.0 * HOUR,
    DAY,
    2.0 * DAY,
    7.0 * DAY,
];

impl Clock {
    /// All of them, in the order in which they are offered.
    pub fn all(zone: TimeZone) -> [Self; 4] {
        [Self::Utc, Self::Local(zone), Self::Elapsed, Self::Raw]
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utc => "UTC",
            Self::Local(_) => "local time",
            Self::Elapsed => "elapsed",
            Self::Raw => "raw",
        }
    }

    /// An instant in full, in milliseconds; `origin` is the first reading.
    pub fn instant(self, at: f64, origin: f64) -> String {
        match self {
            Self::Utc => whole(at).and_then(format::utc).unwrap_or_else(|| raw(at)),
            Self::Local(zone) => whole(at).and_then(|at| zone.instant(at)).unwrap_or_else(|| raw(at)),
            Self::Elapsed => elapsed(at - origin, true),
            Self::Raw => raw(at),
        }
    }

    /// The lines of an axis from one instant to another, about `count` of them.
    pub fn ticks(self, from: f64, to: f64, count: usize, origin: f64) -> Vec<Tick> {
        let least = (to - from) / count.max(1) as f64;
        let step = match self {
            Self::Raw => decimal_step(least).max(1.0),
            Self::Utc | Self::Local(_) | Self::Elapsed => clock_step(least),
        };
        let start = match self {
            Self::Elapsed => origin,
            // Where its own days and hours begin.
            Self::Local(zone) => -(whole(from).map_or(0, |at| zone.ahead(at)) as f64),
            Self::Utc | Self::Raw => 0.0,
        };
        let ahead = |at: i64| if let Self::Local(zone) = self { zone.ahead(at) } else { 0 };
        let label = |at: f64| match self {
            Self::Raw => raw(at),
            Self::Elapsed => elapsed(at - origin, step < SECOND),
            Self::Utc | Self::Local(_) => match whole(at).and_then(|at| format::utc(at.saturating_add(ahead(at)))) {
                Some(text) if step >= DAY => text[..text.len() - 13].to_owned(),
                Some(text) if step >= SECOND => text[text.len() - 12..text.len() - 4].to_owned(),
                Some(text) => text[text.len() - 12..].to_owned(),
                None => raw(at),
            },
        };
        lines(from, to, step, start).into_iter().map(|at| Tick { at, label: label(at) }).collect()
    }
}

/// The lines of an axis of numbers, about `count` of them.
pub fn number_ticks(from: f64, to: f64, count: usize) -> Vec<Tick> {
    let step = decimal_step((to - from) / count.max(1) as f64);
    let digits = if step < 1.0 { (-step.log10().floor()).clamp(0.0, 12.0) as usize } else { 0 };
    let label = |at: f64| {
        if at.abs() >= 1e9 { format!("{at:.2e}") } else { format!("{:.digits$}", if at == 0.0 { 0.0 } else { at }) }
    };
    let lines = lines(from, to, step, 0.0);
    lines.into_iter().map(|at| Tick { at, label: label(at).replace('-', "−") }).collect()
}

/// Time from an instant on: [`length`] with a sign.
pub fn elapsed(milliseconds: f64, fine: bool) -> String {
    let sign = if milliseconds < 0.0 { "−" } else { "+" };
    format!("{sign}{}", length(milliseconds, fine))
}

/// A length of time: `12.345 s` to `1:02:03`, days in front.
pub fn length(milliseconds: f64, fine: bool) -> String {
    // Whole milliseconds, so that no part of them is lost on the way to days.
    let length = milliseconds.abs().round() as u64;
    let (days, hours, minutes) = (length / 86_400_000, length / 3_600_000 % 24, length / 60_000 % 60);
    let (seconds, rest) = (length / 1000 % 60, length % 1000);
    let rest = if fine { format!(".{rest:03}") } else { String::new() };
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}{rest} s"),
        (0, 0, _) => format!("{minutes}:{seconds:02}{rest}"),
        (0, ..) => format!("{hours}:{minutes:02}:{seconds:02}{rest}"),
        _ => format!("{days} d {hours}:{minutes:02}:{seconds:02}{rest}"),
    }
}

fn raw(at: f64) -> String {
    format!("{at:.0}").replace('-', "−")
}

/// As a whole number of milliseconds, if there is one.
fn whole(at: f64) -> Option<i64> {
    (at.is_finite() && at.abs() < 9e18).then_some(at.round() as i64)
}

fn clock_step(least: f64) -> f64 {
    if least < SECOND {
        return decimal_step(least).clamp(1.0, SECOND);
    }
    CLOCK_STEPS.into_iter().find(|step| *step >= least).unwrap_or_else(|| decimal_step(least / DAY) * DAY)
}

/// The next of 1, 2 and 5 times a power of ten.
fn decimal_step(least: f64) -> f64 {
    if !(least.is_finite() && least > 0.0) {
        return 1.0;
    }
    let power = 10_f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0].into_iter().map(|digit| digit * power).find(|step| *step >= least).unwrap_or(10.0 * power)
}

fn lines(from: f64, to: f64, step: f64, start: f64) -> Vec<f64> {
    let first = ((from - start) / step).ceil();
    let line = |number: usize| start + (first + number as f64) * step;
    (0..MOST_TICKS).map(line).take_while(|at| *at <= to).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: f64 = 1_655_553_600_000.0;

    fn labels(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn instants_are_written_as_the_clock_says() {
        let minute = |clock: Clock| clock.ticks(NOON, NOON + MINUTE, 4, NOON);
        assert_eq!(labels(&minute(Clock::Utc)), ["12:00:00", "12:00:15", "12:00:30", "12:00:45", "12:01:00"]);
        assert_eq!(labels(&minute(Clock::Elapsed)), ["+0 s", "+15 s", "+30 s", "+45 s", "+1:00"]);
        assert_eq!(labels(&minute(Clock::Raw))[..2], ["1655553600000", "1655553620000"]);
        let days = Clock::Utc.ticks(NOON, NOON + 3.0 * DAY, 3, NOON);
        assert_eq!(labels(&days), ["2022-06-19", "2022-06-20", "2022-06-21"]);
        let fine = Clock::Utc.ticks(NOON, NOON + 10.0, 2, NOON);
        assert_eq!(labels(&fine), ["12:00:00.000", "12:00:00.005", "12:00:00.010"]);
    }

    #[test]
    fn lines_stand_where_the_days_of_the_zone_begin() {
        let clock = Clock::Local(TimeZone::named("Asia/Kolkata").unwrap());
        assert_eq!(clock.instant(NOON, NOON), "2022-06-18 17:30:00.000 +05:30");
        assert_eq!(labels(&clock.ticks(NOON, NOON + 3.0 * HOUR, 3, NOON)), ["18:00:00", "19:00:00", "20:00:00"]);
        let days = clock.ticks(NOON, NOON + 3.0 * DAY, 3, NOON);
        assert_eq!(labels(&days), ["2022-06-19", "2022-06-20", "2022-06-21"]);
        assert_eq!(days[0].at, NOON + 6.5 * HOUR);
    }

    #[test]
    fn a_length_of_time_is_exact_to_the_millisecond() {
        let texts = [elapsed(12_345.0, true), elapsed(-61_000.0, false), elapsed(90_061_007.0, true)];
        assert_eq!(texts, ["+12.345 s", "−1:01", "+1 d 1:01:01.007"]);
    }

    #[test]
    fn numbers_stand_at_round_places() {
        assert_eq!(labels(&number_ticks(-1.0, 1.0, 4)), ["−1.0", "−0.5", "0.0", "0.5", "1.0"]);
        assert_eq!(labels(&number_ticks(170.0, 260.0, 3)), ["200", "250"]);
    }

    #[test]
    fn no_range_makes_too_many_lines_or_none_that_ends() {
        for (from, to) in
            [(0.0, 0.0), (5.0, 1.0), (-9.2e18, 9.2e18), (f64::NAN, 1.0), (0.0, f64::INFINITY), (0.0, 1e-30)]
        {
            for clock in Clock::all(TimeZone::named("Europe/Berlin").unwrap()) {
                assert!(clock.ticks(from, to, 8, 0.0).len() <= MOST_TICKS);
            }
            assert!(number_ticks(from, to, 8).len() <= MOST_TICKS);
        }
    }
}
