//! Going through the rows of a table, with an eye on whether to stop.

use crate::domain::{Cancelled, Progress};

/// Rows between two looks at whether to stop.
const LOOK_UP_EVERY: usize = 1 << 16;

/// Looks at every row, by its number. Progress counts rows.
pub(super) fn each_row(rows: usize, progress: &Progress, mut look: impl FnMut(usize)) -> Result<(), Cancelled> {
    for start in (0..rows).step_by(LOOK_UP_EVERY) {
        progress.check()?;
        let end = rows.min(start + LOOK_UP_EVERY);
        (start..end).for_each(&mut look);
        progress.advance((end - start) as u64);
    }
    Ok(())
}
