//! Chance that is the same on every machine: ChaCha with one stream a customer.
//!
//! A customer's data depends on the seed and the customer's position only, never on how many customers there are
//! or on which defects are asked for. That keeps memory bounded (nobody has to be remembered) and lets two
//! generations that differ in one defect be compared record by record.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What a stream of random numbers is for; the same position in two subjects has nothing in common.
#[derive(Clone, Copy, Debug)]
pub(super) enum Subject {
    /// A customer, the device and the session: the truth.
    Customer,
    /// What goes wrong with that customer's records.
    Defects,
    /// A user without a customer record.
    UnknownUser,
    /// A device without a customer record.
    UnknownDevice,
}

/// Draws from one stream.
#[derive(Clone, Debug)]
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream of the `index`-th of a subject. Positions from 2^62 on would run into another subject; at a
    /// million customers a second that takes 146,000 years.
    pub(super) fn new(seed: u64, subject: Subject, index: u64) -> Self {
        let mut chacha = ChaCha8Rng::seed_from_u64(seed);
        chacha.set_stream((subject as u64) << 62 | index);
        Self(chacha)
    }

    /// 64 even bits.
    pub(super) fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// One of 0, 1, …, `count` − 1, all as likely but for one part in 2^32.
    pub(super) fn below(&mut self, count: u32) -> u32 {
        scaled(self.0.next_u32(), count)
    }

    /// One of `from`, …, `to`.
    pub(super) fn between(&mut self, from: i64, to: i64) -> i64 {
        let span = u32::try_from(to - from).unwrap_or(u32::MAX - 1);
        from + i64::from(self.below(span + 1))
    }

    /// True once in a while: `millionths` of a million times.
    pub(super) fn hits(&mut self, millionths: u32) -> bool {
        self.below(1_000_000) < millionths
    }
}

/// 32 even bits brought below `count`.
pub(super) fn scaled(bits: u32, count: u32) -> u32 {
    ((u64::from(bits) * u64::from(count)) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_belongs_to_its_seed_subject_and_index() {
        let first = |seed, subject, index| Dice::new(seed, subject, index).bits();
        let one = first(1, Subject::Customer, 7);
        assert_eq!(one, first(1, Subject::Customer, 7));
        assert_ne!(one, first(2, Subject::Customer, 7));
        assert_ne!(one, first(1, Subject::Customer, 8));
        assert_ne!(one, first(1, Subject::Defects, 7));
    }

    #[test]
    fn draws_stay_in_their_range_and_reach_its_ends() {
        let mut dice = Dice::new(0, Subject::Customer, 0);
        let drawn: Vec<i64> = (0..2_000).map(|_| dice.between(-3, 4)).collect();
        assert_eq!((drawn.iter().min(), drawn.iter().max()), (Some(&-3), Some(&4)));
        assert!((0..100).all(|_| dice.hits(1_000_000)));
        assert!(!(0..100).any(|_| dice.hits(0)));
    }
}
