//! The texts that stand for people and devices, each kept once: wherever one stands in a table, its number stands there,
//! so that joins, filters and sorts work on integers.

use std::sync::Arc;

use polars::prelude::*;
use rayon::prelude::*;

use crate::domain::{Column as TableColumn, Privacy};

/// Different texts in order. Each has the number of its place, so that numbers compare as their texts do.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    texts: StringChunked,
}

/// The e-mail addresses and the serial numbers of a landing.
#[derive(Clone, Debug, Default)]
pub struct Dictionaries {
    pub people: Arc<Dictionary>,
    pub devices: Arc<Dictionary>,
}

impl Dictionary {
    /// Numbers the texts of several lists, in which any may come again. Gives the numbers of each list's texts beside it.
    pub fn new<T: AsRef<str> + Sync>(lists: &[&[T]]) -> (Self, Vec<Vec<u32>>) {
        let mut all: Vec<(u64, &str, u32, u32)> = Vec::with_capacity(lists.iter().map(|texts| texts.len()).sum());
        for (list, texts) in (0..).zip(lists) {
            let texts = (0..).zip(texts.iter().map(AsRef::as_ref));
            all.extend(texts.map(|(place, text)| (first_bytes(text), text, list, place)));
        }
        all.par_sort_unstable();
        let mut numbers: Vec<Vec<u32>> = lists.iter().map(|texts| vec![0; texts.len()]).collect();
        let mut different = vec![];
        for same in all.chunk_by(|one, other| one.0 == other.0 && one.1 == other.1) {
            for &(.., list, place) in same {
                numbers[list as usize][place as usize] = different.len() as u32;
            }
            different.extend(same.first().map(|(_, text, ..)| *text));
        }
        (Self { texts: StringChunked::from_slice(PlSmallStr::EMPTY, &different) }, numbers)
    }

    /// The text of a number.
    pub fn get(&self, number: u32) -> Option<&str> {
        let place = number as usize;
        if place < self.len() { self.texts.get(place) } else { None }
    }

    /// The number of a text; none if it is not there.
    pub fn number(&self, text: &str) -> Option<u32> {
        let (mut low, mut high) = (0, self.texts.len());
        while low < high {
            let middle = low.midpoint(high);
            match self.texts.get(middle)?.cmp(text) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return u32::try_from(middle).ok(),
            }
        }
        None
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// All texts in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().flatten()
    }

    /// The texts of a column of numbers, under its name.
    ///
    /// # Errors
    /// When a number is not of this dictionary.
    pub fn texts(&self, numbers: &UInt32Chunked) -> PolarsResult<StringChunked> {
        Ok(self.texts.take(numbers)?.with_name(numbers.name().clone()))
    }
}

impl Dictionaries {
    /// Every e-mail address and every serial number that landed, wherever it stood.
    pub fn identities(&self) -> impl Iterator<Item = &str> {
        self.people.iter().chain(self.devices.iter())
    }

    /// Whose numbers stand in a column; none where it holds what it says.
    pub fn of(&self, column: &TableColumn) -> Option<&Arc<Dictionary>> {
        match column.privacy {
            Privacy::Person => Some(&self.people),
            Privacy::Device => Some(&self.devices),
            Privacy::Open | Privacy::Personal => None,
        }
    }

    /// A column as texts, whether it holds them or their numbers.
    ///
    /// # Errors
    /// When it holds neither.
    pub fn texts(&self, column: &TableColumn, values: &Column) -> PolarsResult<StringChunked> {
        match self.of(column) {
            Some(dictionary) => dictionary.texts(values.u32()?),
            None => values.str().cloned(),
        }
    }

    /// The same rows with texts for all numbers.
    ///
    /// # Errors
    /// When a column that the schema knows is not held as it says.
    pub fn spelled(&self, frame: &DataFrame, schema: &[TableColumn]) -> PolarsResult<DataFrame> {
        let mut spelled = frame.clone();
        for column in schema.iter().filter(|column| self.of(column).is_some()) {
            if let Ok(values) = frame.column(column.name) {
                spelled.with_column(self.texts(column, values)?.into_column())?;
            }
        }
        Ok(spelled)
    }
}

/// The first eight bytes of a text as a number, with which most texts are put in order without being looked at: where it is
/// less, so is the text.
fn first_bytes(text: &str) -> u64 {
    let mut first = [0; 8];
    let length = text.len().min(first.len());
    first[..length].copy_from_slice(&text.as_bytes()[..length]);
    u64::from_be_bytes(first)
}

/// Whether a column holds numbers of a dictionary.
pub fn is_numbered(column: &TableColumn) -> bool {
    matches!(column.privacy, Privacy::Person | Privacy::Device)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_in_order_however_they_begin() {
        let texts = ["", "\0", "a", "a\0", "a\0b", "abcdefg", "abcdefgh", "abcdefgh\0", "abcdefghi", "é", "ééééé"];
        let turned: Vec<&str> = texts.iter().rev().copied().collect();
        let (dictionary, numbers) = Dictionary::new(&[&turned, &texts]);
        assert_eq!(dictionary.iter().collect::<Vec<_>>(), texts);
        assert_eq!(numbers[1], (0..texts.len() as u32).collect::<Vec<_>>());
    }

    #[test]
    fn texts_are_numbered_in_their_order_and_once() {
        let (one, other) = (["b", "a", "b"], ["c", "", "a"]);
        let (dictionary, numbers) = Dictionary::new(&[&one, &other]);
        assert_eq!(dictionary.iter().collect::<Vec<_>>(), ["", "a", "b", "c"]);
        assert_eq!(numbers, [[2, 1, 2], [3, 0, 1]]);
        assert_eq!((dictionary.number("b"), dictionary.number("d")), (Some(2), None));
        assert_eq!((dictionary.get(3), dictionary.get(4)), (Some("c"), None));
        let numbers = UInt32Chunked::from_slice_options("user".into(), &[Some(3), None, Some(0)]);
        let texts = dictionary.texts(&numbers).unwrap();
        assert_eq!(texts.iter().collect::<Vec<_>>(), [Some("c"), None, Some("")]);
        assert_eq!(texts.name(), "user");
    }
}
