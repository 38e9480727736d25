//! Rows by whose they are and when.

use super::ground::NOBODY;

/// The rows of each person or device, in the order of time; rows of one instant in the order in which they landed.
pub struct Grouped {
    rows: Vec<u32>,
    /// Where the rows of each start in `rows`, and where the last ones end.
    starts: Vec<usize>,
}

impl Grouped {
    /// Sorts rows by the numbers of whose they are, of which there are `most`.
    pub fn new(whose: &[u32], at: &[i64], most: usize) -> Self {
        let mut starts = vec![0; most + 1];
        for number in whose.iter().filter(|number| **number != NOBODY) {
            starts[*number as usize + 1] += 1;
        }
        for place in 1..starts.len() {
            starts[place] += starts[place - 1];
        }
        let mut next = starts.clone();
        let mut rows = vec![0; starts[most]];
        for (row, number) in whose.iter().enumerate().filter(|(_, number)| **number != NOBODY) {
            let place = &mut next[*number as usize];
            rows[*place] = row as u32;
            *place += 1;
        }
        for bounds in starts.windows(2) {
            let rows = &mut rows[bounds[0]..bounds[1]];
            if !rows.is_sorted_by_key(|row| at[*row as usize]) {
                rows.sort_unstable_by_key(|row| (at[*row as usize], *row));
            }
        }
        Self { rows, starts }
    }

    /// The rows of all, by their numbers.
    pub fn all(&self) -> impl Iterator<Item = &[u32]> {
        self.starts.windows(2).map(|bounds| &self.rows[bounds[0]..bounds[1]])
    }
}
