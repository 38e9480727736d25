//! Different texts of a column, numbered.

use polars::prelude::PlHashMap;

/// Different texts, numbered from 0 in the order in which they came first.
#[derive(Clone, Debug, Default)]
pub struct Identities<'a> {
    numbers: PlHashMap<&'a str, u32>,
    texts: Vec<&'a str>,
}

impl<'a> Identities<'a> {
    /// These texts, in their order.
    pub fn of(texts: &'a [String]) -> Self {
        let mut all = Self::default();
        for text in texts {
            all.add(text);
        }
        all
    }

    /// The number of a text, a new one if it was not there before.
    pub fn add(&mut self, text: &'a str) -> u32 {
        let next = self.texts.len() as u32;
        let number = *self.numbers.entry(text).or_insert(next);
        if number == next {
            self.texts.push(text);
        }
        number
    }

    /// The number of a text that was there.
    pub fn get(&self, text: &str) -> Option<u32> {
        self.numbers.get(text).copied()
    }

    /// All texts, each at the place of its number.
    pub fn texts(&self) -> &[&'a str] {
        &self.texts
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}
