//! More readings than there is memory for: they are read to the disk and looked at there. Whatever needs memory for each of
//! them says so before it starts.

use crate::domain::format::bytes;
use crate::domain::{Dataset, Progress};
use crate::landing::{self, Aside, Landing, LandingError, MEMORY_EACH_BYTE, Shelf, Source};

use super::export_work::Homes;
use super::work::Failure;

/// Work that needs memory for each reading.
#[derive(Clone, Copy, Debug)]
pub enum Work {
    Order,
    Overview,
    Owners,
    Checks,
    Joins,
    Rules,
    Export,
    Differences,
    Sql,
}

impl Work {
    /// Bytes of memory for each reading, rounded up: measured with 13.6 million readings, the overview with 136 million; those of
    /// an order and an export are reckoned from what they keep.
    fn each(self) -> u64 {
        match self {
            Self::Order => 50,
            Self::Overview => 16,
            Self::Owners => 60,
            Self::Checks => 200,
            Self::Joins | Self::Sql => 100,
            Self::Rules => 150,
            Self::Export => 200,
            Self::Differences => 50,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Order => "Putting these rows in order",
            Self::Overview => "The overview of all devices",
            Self::Owners => "Inferring the owners",
            Self::Checks => "Computing the checks",
            Self::Joins => "Looking at the joins",
            Self::Rules => "Comparing the join rules",
            Self::Export => "An export",
            Self::Differences => "Comparing the rows of two recipes",
            Self::Sql => "A query",
        }
    }
}

/// Whether a source is more than there is memory for.
pub fn is_too_much(source: &Source, homes: &Homes) -> Result<bool, LandingError> {
    Ok(landing::size(source)?.saturating_mul(MEMORY_EACH_BYTE) > homes.memory)
}

/// Reads such a source.
pub fn read(source: &Source, homes: &Homes, progress: &Progress) -> Result<Landing, Failure> {
    let shelf = Shelf::below(&homes.aside).map_err(|error| {
        Failure::Error(format!(
            "These landing files are more than the memory that may be used ({}), and nothing can be put aside in {}: {error}. \
             Set TMPDIR to a folder that you may write to, or raise --memory-limit",
            bytes(homes.memory),
            homes.aside.display()
        ))
    })?;
    Ok(landing::read_to_disk(source, Aside { shelf, memory: homes.memory }, progress)?)
}

/// Sees to it that the memory will do for work on all readings that landed.
pub fn enough(landing: &Landing, work: Work) -> Result<(), Failure> {
    enough_for(landing, work, landing.rows(Dataset::Accelerometer) + landing.rows(Dataset::StepTrainer))
}

/// The same for work on so many rows.
pub fn enough_for(landing: &Landing, work: Work, rows: u64) -> Result<(), Failure> {
    let Some(Aside { memory, .. }) = landing.aside() else { return Ok(()) };
    let needed = rows.saturating_mul(work.each());
    if needed <= *memory {
        return Ok(());
    }
    Err(Failure::Error(format!(
        "{} would take about {} of memory, and {} may be used. Open a part of the files, or start with a larger --memory-limit",
        work.name(),
        bytes(needed),
        bytes(*memory)
    )))
}
