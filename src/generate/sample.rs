//! The sample that comes with the program, small enough to commit and to understand at a glance.
//!
//! Mostly sound. What is wrong with it is what the program is there to show:
//!
//! - about one customer record in ten carries the serial number of somebody else's device;
//! - most customers agreed in mid-session, so a part of their readings was taken before they did;
//! - strangers moved at the same instant, so that a join on the time stamp alone pairs them;
//! - some consents that were not given are written as `""`, `null` or `0`;
//! - the first step trainer file was cut off in the middle of a record.
//!
//! `sample_data/` holds exactly what this makes; a test compares every byte. After a change,
//! `make sample` writes them again.

use super::{Defect, Defects, Generator, Share};

/// What makes `sample_data/`.
pub fn sample() -> Generator {
    let defects = Defects::default()
        .with(Defect::ReusedSerials, Share::of_millionths(100_000))
        .with(Defect::BlankConsents, Share::of_millionths(50_000))
        .with(Defect::TruncatedFiles, Share::of_millionths(10_000));
    Generator { customers: 150, seed: 2_026, defects, part_bytes: 1 << 18 }
}
