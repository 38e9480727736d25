//! Rows as numbers of 64 bits, to tell equal ones. Among ten million different rows, two have the same number about
//! once in four hundred thousand times; the figures of repeated rows are right but for that.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// One number of two, both of which count, and their order.
pub fn mix(one: u64, other: u64) -> u64 {
    let first = spread(one.wrapping_add(0x9e37_79b9_7f4a_7c15)).rotate_left(23);
    spread(first.wrapping_add(other.wrapping_mul(0xd6e8_feb8_6659_fd93)))
}

/// One number of three.
pub fn of_row(columns: [u64; 3]) -> u64 {
    mix(mix(columns[0], columns[1]), columns[2])
}

/// One number of a text, the same in every run.
pub fn of_text(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Different numbers for different numbers, all bits of each depending on all bits.
fn spread(mut number: u64) -> u64 {
    number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// The rows that equal an earlier one, in order.
pub fn repeats(hashes: impl Iterator<Item = u64>) -> Vec<u32> {
    let mut sorted: Vec<(u64, u32)> = hashes.zip(0..).collect();
    sorted.sort_unstable();
    let mut rows: Vec<u32> = sorted.windows(2).filter(|two| two[0].0 == two[1].0).map(|two| two[1].1).collect();
    rows.sort_unstable();
    rows
}

/// Whether there are rows, and each is there at least twice.
pub fn is_doubled(hashes: impl Iterator<Item = u64>) -> bool {
    let mut sorted: Vec<u64> = hashes.collect();
    sorted.sort_unstable();
    !sorted.is_empty() && sorted.chunk_by(|one, other| one == other).all(|equal| equal.len() > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_differ_little_are_told_apart() {
        let mut hashes: Vec<u64> = vec![];
        for one in 0..300 {
            hashes.extend((0..300).map(|other| mix(one, other)));
        }
        assert_eq!(repeats(hashes.iter().copied()), Vec::<u32>::new());
    }

    #[test]
    fn repeated_rows_are_all_but_the_first() {
        assert_eq!(repeats([7, 8, 7, 7, 9].into_iter()), [2, 3]);
        assert!(is_doubled([7, 8, 7, 8].into_iter()) && !is_doubled([7, 8, 7].into_iter()));
        assert!(!is_doubled(std::iter::empty()));
    }
}
