//! The different instants at which each device or phone sent something.

use crate::domain::{Cancelled, Progress};

/// Rows between two looks at whether to stop.
pub const LOOK_UP_EVERY: usize = 1 << 16;

/// Different instants, by time and by whose they are. Times are milliseconds since 1970-01-01 00:00 UTC.
#[derive(Clone, Debug, Default)]
pub struct Instants {
    /// Each different (instant, number of a device or user), in order.
    pub by_time: Vec<(i64, u32)>,
    /// The instants of each device or user, in order.
    of: Vec<Vec<i64>>,
}

impl Instants {
    /// Sorts readings, each an instant and the number of who sent it, of so many.
    pub fn new(mut readings: Vec<(i64, u32)>, senders: usize) -> Self {
        readings.sort_unstable();
        readings.dedup();
        let mut of = vec![vec![]; senders];
        for &(at, sender) in &readings {
            of[sender as usize].push(at);
        }
        Self { by_time: readings, of }
    }

    /// Those of senders who have them already, each once, and the names of the senders.
    pub fn of_senders(senders: Vec<(String, Vec<i64>)>) -> (Vec<String>, Self) {
        let (names, mut of): (Vec<String>, Vec<Vec<i64>>) = senders.into_iter().unzip();
        of.iter_mut().for_each(|instants| instants.sort_unstable());
        let numbered = (0..).zip(&of).flat_map(|(sender, instants)| instants.iter().map(move |at| (*at, sender)));
        let mut by_time: Vec<(i64, u32)> = numbered.collect();
        by_time.sort_unstable();
        (names, Self { by_time, of })
    }

    /// The instants of a device or user, in order.
    pub fn of(&self, sender: u32) -> &[i64] {
        self.of.get(sender as usize).map_or(&[], Vec::as_slice)
    }

    /// How many devices or users there are.
    pub fn senders(&self) -> u32 {
        self.of.len() as u32
    }

    /// Only these senders', the others have none.
    pub fn only(&self, is_wanted: impl Fn(u32) -> bool) -> Self {
        let by_time = self.by_time.iter().copied().filter(|(_, sender)| is_wanted(*sender)).collect();
        let of = (0..).zip(&self.of).map(|(sender, at)| if is_wanted(sender) { at.clone() } else { vec![] }).collect();
        Self { by_time, of }
    }

    /// How many senders have a reading at an instant.
    pub fn busy(&self, at: i64) -> u32 {
        let start = self.by_time.partition_point(|(time, _)| *time < at);
        self.by_time[start..].iter().take_while(|(time, _)| *time == at).count() as u32
    }

    /// The usual time between two instants of a sender, their median; none with fewer than two.
    pub fn interval(&self, sender: u32) -> Option<i64> {
        let mut intervals: Vec<i64> = self.of(sender).windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect();
        let middle = intervals.len().checked_sub(1)? / 2;
        Some(*intervals.select_nth_unstable(middle).1)
    }
}

/// The largest step of which all instants of both are multiples apart, in milliseconds; 1 without two different ones.
pub fn grid(one: &Instants, other: &Instants) -> i64 {
    let mut grid = 0_i64;
    let first = one.by_time.first().or(other.by_time.first()).map_or(0, |(at, _)| *at);
    for (at, _) in one.by_time.iter().chain(&other.by_time) {
        let (mut a, mut b) = (grid.unsigned_abs(), at.saturating_sub(first).unsigned_abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        grid = i64::try_from(a).unwrap_or(i64::MAX);
        if grid == 1 {
            break;
        }
    }
    grid.max(1)
}

/// How many instants two sorted lists have in common when the first is moved by so many milliseconds.
pub fn shared(one: &[i64], other: &[i64], by: i64) -> u32 {
    let mut rest = other;
    let mut shared = 0;
    for at in one {
        let at = at.saturating_add(by);
        rest = &rest[rest.partition_point(|time| *time < at)..];
        shared += u32::from(rest.first() == Some(&at));
    }
    shared
}

/// Goes through the instants at which both have somebody when so much is added to the devices' time: calls back with the
/// devices and the users of each.
pub fn each_shared(
    devices: &Instants,
    users: &Instants,
    offset_ms: i64,
    progress: &Progress,
    mut shared: impl FnMut(&[(i64, u32)], &[(i64, u32)]),
) -> Result<(), Cancelled> {
    let mut rest = users.by_time.as_slice();
    let mut next_look = LOOK_UP_EVERY;
    let mut done = 0;
    for at_once in devices.by_time.chunk_by(|a, b| a.0 == b.0) {
        done += at_once.len();
        if done >= next_look {
            progress.check()?;
            next_look = done + LOOK_UP_EVERY;
        }
        let at = at_once[0].0.saturating_add(offset_ms);
        // Galloping: users are often many between two instants of devices.
        let mut step = 1;
        while step < rest.len() && rest[step].0 < at {
            step *= 2;
        }
        let near = &rest[..rest.len().min(step + 1)];
        rest = &rest[near.partition_point(|(time, _)| *time < at)..];
        let end = rest.iter().take_while(|(time, _)| *time == at).count();
        if end > 0 {
            shared(at_once, &rest[..end]);
        }
    }
    Ok(())
}
