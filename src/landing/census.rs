//! What stood where a consent belongs, and which keys no schema knows.

use std::collections::BTreeMap;

use crate::domain::{Dataset, Purpose};

/// Counted over all records that were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// One entry a purpose, in the order of [`Purpose::ALL`].
    pub consents: [ConsentCensus; 3],
    /// How often each key was seen that the data set's schema does not have, by its spelling.
    pub unknown_keys: BTreeMap<(Dataset, String), u64>,
}

/// What stood where one purpose's consent belongs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConsentCensus {
    /// A date: consent was given.
    pub given: u64,
    /// The key was not there.
    pub absent: u64,
    /// JSON null.
    pub null: u64,
    /// A blank text, or an empty cell of a CSV file.
    pub blank: u64,
    /// The number 0.
    pub zero: u64,
}

impl Census {
    /// Adds what one file has. The counts of a consent are given, absent, null, blank and zero, in this order.
    pub(super) fn add(&mut self, dataset: Dataset, unknown_keys: BTreeMap<String, u64>, consents: [[u64; 5]; 3]) {
        for (key, count) in unknown_keys {
            *self.unknown_keys.entry((dataset, key)).or_default() += count;
        }
        for (consent, [given, absent, null, blank, zero]) in self.consents.iter_mut().zip(consents) {
            consent.given += given;
            consent.absent += absent;
            consent.null += null;
            consent.blank += blank;
            consent.zero += zero;
        }
    }

    /// What stood where this purpose's consent belongs.
    pub fn consent(&self, purpose: Purpose) -> &ConsentCensus {
        &self.consents[purpose as usize]
    }
}
