//! Which readings were kept, and what colours that gives a curve.

use std::ops::Range;
use std::sync::Arc;

use crate::picture::scene::Ink;

/// What colours a curve.
#[derive(Clone, Copy, Debug)]
pub enum Tint<'a> {
    /// One colour.
    Plain(Ink),
    /// Kept and dropped readings have colours of their own.
    Fates(&'a Kept),
}

/// Which readings of a series were kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Kept {
    /// All.
    #[default]
    All,
    /// None.
    None,
    /// Some: how many before each reading, and at the end how many of all.
    Some(Arc<[u32]>),
}

impl Kept {
    /// From what became of each reading.
    pub fn new(kept: impl ExactSizeIterator<Item = bool> + Clone) -> Self {
        let all = kept.len();
        match kept.clone().filter(|kept| *kept).count() {
            none if none == 0 && all > 0 => Self::None,
            some if some == all => Self::All,
            _ => {
                let mut before = 0;
                let mut counts: Vec<u32> = Vec::with_capacity(all + 1);
                for kept in kept {
                    counts.push(before);
                    before += u32::from(kept);
                }
                counts.push(before);
                Self::Some(counts.into())
            }
        }
    }

    /// How many of these readings were kept.
    pub fn among(&self, readings: Range<usize>) -> usize {
        match self {
            Self::All => readings.len(),
            Self::None => 0,
            Self::Some(before) => match (before.get(readings.start), before.get(readings.end)) {
                (Some(start), Some(end)) => (end - start) as usize,
                _ => 0,
            },
        }
    }
}

impl Tint<'_> {
    /// The colour of a stretch of readings.
    pub(super) fn of(&self, readings: Range<usize>) -> Ink {
        match self {
            Self::Plain(ink) => *ink,
            Self::Fates(kept) => match kept.among(readings.clone()) {
                0 => Ink::Dropped,
                some if some == readings.len() => Ink::Kept,
                _ => Ink::Mixed,
            },
        }
    }
}
