//! How much of something has a defect.

use std::fmt;
use std::str::FromStr;

/// How much of something has a defect, in millionths: whole numbers, so that every machine agrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Share(u32);

/// Not a number of more than 0 and at most 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a share is more than 0 and at most 1")]
pub struct ShareError;

impl Share {
    /// So many millionths, brought between 1 and 1,000,000.
    pub const fn of_millionths(millionths: u32) -> Self {
        match millionths {
            0 => Self(1),
            1..=1_000_000 => Self(millionths),
            _ => Self(1_000_000),
        }
    }

    /// The share in millionths.
    pub const fn millionths(self) -> u32 {
        self.0
    }

    /// Whether the `opened`-th file of a generation (from 0) is among this share: spread evenly, and of the first
    /// three at least the one that is named `first`.
    pub(super) fn takes_file(self, first: u64, opened: u64) -> bool {
        let position = if opened < 3 { (opened + 3 - first) % 3 } else { opened };
        let files_until = |files: u64| (files * u64::from(self.0)).div_ceil(1_000_000);
        files_until(position + 1) > files_until(position)
    }
}

impl FromStr for Share {
    type Err = ShareError;

    fn from_str(text: &str) -> Result<Self, ShareError> {
        let share: f64 = text.parse().map_err(|_| ShareError)?;
        let millionths = (share * 1e6).round();
        if (1.0..=1e6).contains(&millionths) { Ok(Self(millionths as u32)) } else { Err(ShareError) }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", f64::from(self.0) / 1e6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_takes_its_part_of_the_files_and_at_least_one_of_the_first_three() {
        for first in 0..3 {
            let taken =
                |millionths, files| (0..files).filter(|&file| Share(millionths).takes_file(first, file)).count();
            assert_eq!((taken(1, 3), taken(1, 999_999)), (1, 1));
            assert_eq!(taken(100_000, 1_000), 100);
            assert_eq!(taken(1_000_000, 50), 50);
        }
    }
}
