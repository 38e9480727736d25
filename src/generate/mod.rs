//! Landing files that belong to nobody: the shape of the real ones, in any size, right or wrong in ways that have
//! names.
//!
//! The real recordings cannot be shipped and there are only 956 of them; and what a loader, a join or a check does
//! with a defect can only be shown where the defect is known. So this makes landing files in the layout of the lake
//! (`customer/landing/*.json`, `accelerometer/landing/*.json`, `step_trainer/landing/*.json`) for any number of
//! customers:
//!
//! - 30 instants a device, evenly 2 to 4 s apart; one distance and 1 to 6 motions (mostly 3) at each, all with the
//!   same time stamp; the readings of a customer lie in several places of the files, the latest first.
//! - Sessions start every 205 ms and overlap, so that strangers share instants: of the machine-learning rows that a
//!   join on the time stamp makes, some six in a hundred pair one customer's distance with another one's motion, for
//!   a thousand customers as for a million.
//! - Half of the customers agree to research, to the public, to friends, each independently; a consent that was not
//!   given is an absent key. Most agree in the middle of their session, a few after it.
//! - Names are invented, addresses are in domains reserved for examples, phone numbers in the range for fiction.
//!
//! The same customers, seed and defects make the same bytes on every machine: no clock, no floating point, no order
//! of a hash map has a part in it. (Compressed parts are equal for one version of the compressor, which `Cargo.lock`
//! pins.)
//!
//! Reading order: [`defects`] says what can go wrong; `customer` and `session` make one customer from chance; `json`
//! spells records; `part` and `delivery` are the files; [`sample`] is what `sample_data/` holds.

use std::path::{Path, PathBuf};

use crate::domain::{Dataset, Progress};

mod customer;
pub mod defects;
mod delivery;
mod error;
mod json;
mod names;
mod part;
mod random;
pub mod sample;
mod session;
mod share;

pub use defects::{Defect, Defects, DefectsError};
pub use error::GenerateError;
pub use sample::sample;
pub use share::{Share, ShareError};

use customer::{Household, Source};
use delivery::Delivery;
use session::{PASSES, Sends, Session};

/// Customers whose readings are mixed with one another; the only ones in memory.
const GROUP: u64 = 256;

/// What landing files to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generator {
    /// How many customers; each has one device and one session.
    pub customers: u64,
    /// Where chance starts: equal seeds make equal bytes.
    pub seed: u64,
    /// What is wrong with the files.
    pub defects: Defects,
    /// A file is complete once it has so many bytes of text, and the next one is begun.
    pub part_bytes: u64,
}

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    /// The files, by data set and name.
    pub files: Vec<GeneratedFile>,
}

/// One file that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneratedFile {
    /// Where it is, from the folder that was asked for.
    pub path: PathBuf,
    /// What it holds.
    pub dataset: Dataset,
    /// Its size.
    pub bytes: u64,
    /// The whole records in it, in whatever shape: what a cut has left, what is delivered again counted again.
    pub records: u64,
}

impl Generator {
    /// Sound files of so many customers, in parts of a size that suits them: 1 MiB for a thousand, 64 MiB for a
    /// million.
    pub fn new(customers: u64) -> Self {
        let part_bytes = customers.saturating_mul(1 << 10).clamp(1 << 20, 1 << 26);
        Self { customers, seed: 0, defects: Defects::default(), part_bytes }
    }

    /// Writes the files into `out`, which must be empty or not there yet. Memory does not grow with the number of
    /// customers but for the list of files. Progress is in customers.
    ///
    /// # Errors
    /// When `out` is not empty, when it cannot be written, or when somebody cancelled. Then all files and folders
    /// that were made are removed again, and `out` is as it was. Only if the process is killed do files remain:
    /// complete parts, and up to three (four with files delivered twice) whose names end in `.unfinished`.
    pub fn write(&self, out: &Path, progress: &Progress) -> Result<Generated, GenerateError> {
        if self.customers == 0 {
            return Err(GenerateError::NoCustomers);
        }
        progress.set_total(self.customers);
        let mut delivery = Delivery::start(out, &self.defects, self.part_bytes)?;
        let written = self.deliver(&mut delivery, progress).and_then(|()| delivery.finish());
        if written.is_err() {
            delivery.discard();
        }
        written
    }

    fn deliver(&self, delivery: &mut Delivery<'_>, progress: &Progress) -> Result<(), GenerateError> {
        let source = Source::new(self.seed, &self.defects, self.customers);
        let mut group = Vec::with_capacity(GROUP as usize);
        for first in (0..self.customers).step_by(GROUP as usize) {
            progress.check()?;
            let end = first.saturating_add(GROUP).min(self.customers);
            group.clear();
            group.extend((first..end).map(|index| source.household(index)));
            for pass in 0..PASSES {
                for household in &group {
                    progress.check()?;
                    deliver_pass(delivery, household, pass)?;
                    if pass == PASSES - 1 {
                        progress.advance(1);
                    }
                }
            }
        }
        Ok(())
    }
}

fn deliver_pass(delivery: &mut Delivery<'_>, household: &Household, pass: u8) -> Result<(), GenerateError> {
    if pass == 0 {
        delivery.push(Dataset::Customer, |spelling, out| spelling.customer(out, &household.customer))?;
    }
    deliver_readings(delivery, &household.session, pass)?;
    household.strangers.iter().try_for_each(|stranger| deliver_readings(delivery, stranger, pass))
}

fn deliver_readings(delivery: &mut Delivery<'_>, session: &Session, pass: u8) -> Result<(), GenerateError> {
    for instant in session.in_pass(pass) {
        if session.sends != Sends::Distances {
            for &motion in instant.motions() {
                let write = |spelling: json::Spelling, out: &mut Vec<u8>| {
                    spelling.motion(out, &session.user, instant.time_ms, motion);
                };
                delivery.push(Dataset::Accelerometer, write)?;
            }
        }
        if session.sends != Sends::Motions {
            delivery.push(Dataset::StepTrainer, |spelling, out| spelling.distance(out, session.serial, instant))?;
        }
    }
    Ok(())
}

impl Generated {
    /// All whole records of a data set, in all its files.
    pub fn records(&self, dataset: Dataset) -> u64 {
        self.files.iter().filter(|file| file.dataset == dataset).map(|file| file.records).sum()
    }

    /// The size of all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}
