//! The rows of a table, held as they were found: columns are put together once somebody looks at them, all at once or a few at
//! a time.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use polars::prelude::{DataFrame, PolarsResult};

use super::at_hand::AtHand;

/// The rows of a table. Cloning is cheap; what one of the clones puts together the others have as well.
#[derive(Clone, Debug)]
pub struct TableRows {
    found: AtHand,
    whole: Arc<OnceLock<DataFrame>>,
}

impl TableRows {
    /// Rows that are put together already, with columns in one piece each.
    pub fn of(whole: DataFrame) -> Self {
        Self { found: AtHand::new(&whole), whole: Arc::new(OnceLock::from(whole)) }
    }

    /// Rows as they were found.
    ///
    /// # Errors
    /// When the columns do not fit together, a defect of this program.
    pub fn found(found: AtHand) -> PolarsResult<Self> {
        found.slice(0..0)?;
        Ok(Self { found, whole: Arc::default() })
    }

    /// As they were found.
    pub fn at_hand(&self) -> &AtHand {
        &self.found
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// All of them.
    pub fn whole(&self) -> &DataFrame {
        // That the columns fit together was seen when they were found.
        self.whole.get_or_init(|| self.found.everything().unwrap_or_default())
    }

    /// Those at these places, in order.
    ///
    /// # Errors
    /// When the columns do not fit together, a defect of this program.
    pub fn part(&self, places: Range<usize>) -> PolarsResult<DataFrame> {
        match self.whole.get() {
            Some(whole) => Ok(whole.slice(places.start as i64, places.len())),
            None => self.found.slice(places),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::curation::curate;
    use crate::domain::{JoinRule, Progress, Recipe, Table};
    use crate::landing::{Source, read};

    #[test]
    fn a_part_is_the_same_rows_before_and_after_the_whole_is_put_together() {
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data");
        let landing = read(&Source::Folder(sample), &Progress::default()).unwrap();
        for join in JoinRule::ALL {
            let curation = curate(&landing, &Recipe { join, ..Recipe::default() }, &Progress::default()).unwrap();
            let cloned = curation.clone();
            for table in Table::derived() {
                let rows = curation.rows(table) as usize;
                let places = [0..0, 0..rows / 3, rows / 3..rows, 0..rows];
                let before = places.clone().map(|places| curation.numbered_part(table, places).unwrap());
                let whole = curation.numbered(table);
                assert_eq!(whole.height(), rows);
                assert!(std::ptr::eq(cloned.numbered(table), whole), "it is put together once for all clones");
                for (places, part) in places.into_iter().zip(before) {
                    let slice = whole.slice(places.start as i64, places.len());
                    assert!(part.equals_missing(&slice), "{join:?} {} {places:?}", table.name());
                    assert!(curation.numbered_part(table, places).unwrap().equals_missing(&slice));
                }
            }
        }
    }
}
