//! One session at the step trainer: thirty instants at an even pace, a distance and some motions at each.
//!
//! The pace differs from device to device (2.0 to 4.0 s) and is even within a session, as a step trainer's is; so
//! two sessions that overlap meet at an instant by chance, usually at one. That is what makes a join on the time
//! stamp alone pair strangers, and it is why the sessions here start as densely as the real ones did.

use super::customer::Serial;
use super::random::{Dice, scaled};

/// Instants of a session.
pub(super) const INSTANTS: usize = 30;

/// The passes over a group of customers among which the instants of a session are dealt, so that a customer's
/// readings lie in several places, as they do when many devices send at once.
pub(super) const PASSES: u8 = 4;

/// 2026-01-05 09:00:00 UTC: when the first session of every generation may start, in epoch milliseconds.
const OPENING_MS: i64 = 1_767_603_600_000;

/// The time from one customer's start to the next one's. The number of sessions that go on at one time, and with
/// it the share of instants that strangers have in common, is the same for a thousand customers and a million.
const START_EVERY_MS: i64 = 205;

/// A session starts up to so much later than its turn.
const START_JITTER_MS: i64 = 12_000;

/// One in so many instants has more motions than three, out of six draws.
const LIVELY_ONE_IN: u32 = 8_192;

/// When a session starts and how fast it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pace {
    /// The first instant, in epoch milliseconds.
    pub start_ms: i64,
    /// From one instant to the next.
    pub gap_ms: i64,
}

/// What was measured at one instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Instant {
    /// Epoch milliseconds, the same for the distance and the motions.
    pub time_ms: i64,
    /// The distance of the object, 201 to 300.
    pub distance: u32,
    motions: [Motion; 6],
    num_motions: u8,
    /// The pass in which it is delivered.
    pub pass: u8,
    /// Whether it is delivered in the next pass too.
    pub again: bool,
}

/// One of the 18 motions that the phone tells apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Motion(u8);

/// Which of the two feeds has the readings of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sends {
    /// A customer's: both.
    Both,
    /// Only the phone's.
    Motions,
    /// Only the device's.
    Distances,
}

/// The readings of one user with one device.
#[derive(Clone, Debug)]
pub(super) struct Session {
    /// Whose phone it is.
    pub user: String,
    /// The number that the device sends.
    pub serial: Serial,
    /// What there is of it.
    pub sends: Sends,
    /// In order of time.
    pub instants: [Instant; INSTANTS],
}

impl Pace {
    /// The pace of the `index`-th customer.
    pub(super) fn draw(dice: &mut Dice, index: u64) -> Self {
        let turn_ms = OPENING_MS.saturating_add_unsigned(index.saturating_mul(START_EVERY_MS as u64));
        let start_ms = turn_ms.saturating_add(dice.between(0, START_JITTER_MS));
        // Frames of a thirtieth of a second: 2,033, 2,066, 2,100, … 4,000 ms.
        let gap_ms = (61 + i64::from(dice.below(60))) * 100 / 3;
        Self { start_ms, gap_ms }
    }

    /// When the reading after the last one would be due.
    pub(super) fn end_ms(self) -> i64 {
        self.start_ms.saturating_add(INSTANTS as i64 * self.gap_ms)
    }
}

impl Session {
    /// The readings of a session, both feeds of it, each delivered once.
    pub(super) fn draw(dice: &mut Dice, pace: Pace, user: String, serial: Serial) -> Self {
        let mut instants = [Instant::default(); INSTANTS];
        let mut time_ms = pace.start_ms;
        for instant in &mut instants {
            *instant = Instant::draw(dice, time_ms);
            time_ms = time_ms.saturating_add(pace.gap_ms);
        }
        Self { user, serial, sends: Sends::Both, instants }
    }

    /// Marks `millionths` of the instants to be delivered again.
    pub(super) fn repeat(&mut self, dice: &mut Dice, millionths: u32) {
        for instant in &mut self.instants {
            instant.again = dice.hits(millionths);
        }
    }

    /// What is delivered in a pass: the latest first, as the feed does.
    pub(super) fn in_pass(&self, pass: u8) -> impl Iterator<Item = &Instant> {
        let delivered =
            move |instant: &&Instant| instant.pass == pass || (instant.again && (instant.pass + 1) % PASSES == pass);
        self.instants.iter().rev().filter(delivered)
    }
}

impl Instant {
    fn draw(dice: &mut Dice, time_ms: i64) -> Self {
        let bits = dice.bits();
        let mut instant = Self {
            time_ms,
            distance: 201 + scaled(bits as u32, 100),
            pass: (bits >> 62) as u8 % PASSES,
            ..Self::default()
        };
        // Three motions arrive and equal ones count once: three at 84 % of the instants, two at 16 %, one at 0.3 %.
        let draws = if scaled((bits >> 30) as u32, LIVELY_ONE_IN) == 0 { 6 } else { 3 };
        for _ in 0..draws {
            instant.add(Motion(dice.below(18) as u8));
        }
        instant
    }

    fn add(&mut self, motion: Motion) {
        if !self.motions().contains(&motion) {
            self.motions[usize::from(self.num_motions)] = motion;
            self.num_motions += 1;
        }
    }

    /// The different motions of the instant: 1 to 6.
    pub(super) fn motions(&self) -> &[Motion] {
        &self.motions[..usize::from(self.num_motions)]
    }
}

impl Motion {
    /// x and y are -1, 0 or 1, z is -1 or 0; as the text that a float is written as.
    pub(super) fn xyz(self) -> [&'static str; 3] {
        const LEVELS: [&str; 3] = ["-1.0", "0.0", "1.0"];
        let code = usize::from(self.0);
        [LEVELS[code % 3], LEVELS[code / 3 % 3], LEVELS[code / 9 % 2]]
    }
}
