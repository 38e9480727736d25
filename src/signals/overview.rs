//! A line for each device and phone: how much there is of it, how whole it is, what of it was kept, and what looks
//! wrong.

use std::collections::HashMap;

use super::grouped::Grouped;
use super::looking::each_row;
use super::{Threshold, Thumbnail};
use crate::curation::{Cell, Curation, CurationError, Owners, TableView, Whose};
use crate::domain::{Cancelled, Progress, Purpose, Table};

/// One device with its customer's phone, where customer records pair the two one to one; otherwise a device or a phone
/// alone. So every reading that landed counts on exactly one line.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceLine {
    /// The serial number; none for a phone alone.
    pub device: Option<String>,
    /// The e-mail address of the customer; none for a device alone.
    pub person: Option<String>,
    /// How many e-mail addresses stand on records with this serial number; for a phone alone, how many devices that
    /// sent distances stand on its customer's records.
    pub on_record: u32,
    /// Distances that landed.
    pub distances: u64,
    /// Distances in the trusted table.
    pub distances_kept: u64,
    /// Accelerometer readings that landed.
    pub motions: u64,
    /// Accelerometer readings in the trusted table.
    pub motions_kept: u64,
    /// Readings, of both kinds, from before the customer's first consent for the recipe's purpose, all if there is
    /// none; none where no customer is known.
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
    let tables = [
        Table::StepTrainerLanding,
        Table::AccelerometerLanding,
        Table::StepTrainerTrusted,
        Table::AccelerometerTrusted,
        Table::MachineLearningCurated,
    ];
    progress.set_total(tables.iter().chain(&tables[..2]).map(|&table| curation.rows(table)).sum());
    let [distances, motions, distances_kept, motions_kept, learning] = tables.map(|table| curation.view(table));
    let customers = curation.view(Table::CustomerLanding);
    let devices = Grouped::new(&distances, progress)?;
    let phones = Grouped::new(&motions, progress)?;
    let owners = curation.owners_of_devices(&customers, |serial| devices.identities.get(serial).is_some());
    let looking = Looking {
        devices_kept: devices.count(&distances_kept, progress)?,
        phones_kept: phones.count(&motions_kept, progress)?,
        pairs: pairs(&devices, &owners, &learning, progress)?,
        consents: consents(&customers, curation.recipe.purpose),
        devices,
        phones,
        owners,
    };
    Ok(looking.lines(progress)?)
}

/// What the lines are made of. Counts are by the numbers of the devices or the phones.
struct Looking<'a> {
    devices: Grouped<'a>,
    phones: Grouped<'a>,
    devices_kept: Vec<u64>,
    phones_kept: Vec<u64>,
    /// All pairs, and the foreign ones.
    pairs: Vec<(u64, u64)>,
    owners: Owners<'a>,
    /// Each customer's first consent for the recipe's purpose, if they ever agreed.
    consents: HashMap<&'a str, Option<i64>>,
}

impl Looking<'_> {
    fn lines(&self, progress: &Progress) -> Result<Vec<DeviceLine>, Cancelled> {
        let mut devices_of = HashMap::<&str, u32>::new();
        for serial in self.devices.identities.texts() {
            for email in self.owners.of(serial) {
                *devices_of.entry(email).or_default() += 1;
            }
        }
        let mut lines = vec![];
        let mut is_paired = vec![false; self.phones.identities.len()];
        // In the order in which they landed, which is about that of their readings, and put in order then: readings that are
        // on the disk are fetched once.
        for device in 0..self.devices.identities.len() as u32 {
            progress.check()?;
            let serial = self.devices.identities.texts()[device as usize];
            let mut owners = self.owners.of(serial);
            let on_record = owners.len() as u32;
            let person = owners.next().filter(|email| on_record == 1 && devices_of.get(email) == Some(&1));
            let phone = person.and_then(|email| self.phones.identities.get(email));
            if let Some(phone) = phone {
                is_paired[phone as usize] = true;
            }
            lines.push(DeviceLine { on_record, ..self.line(Some(device), phone, person) });
            progress.advance(lines.last().map_or(0, |line| line.distances + line.motions));
        }
        for phone in (0..self.phones.identities.len() as u32).filter(|&phone| !is_paired[phone as usize]) {
            progress.check()?;
            let email = self.phones.identities.texts()[phone as usize];
            let on_record = devices_of.get(email).copied().unwrap_or_default();
            lines.push(DeviceLine { on_record, ..self.line(None, Some(phone), Some(email)) });
            progress.advance(lines.last().map_or(0, |line| line.motions));
        }
        let order = |line: &DeviceLine| (line.device.is_none(), line.device.clone(), line.person.clone());
        lines.sort_by_cached_key(order);
        Ok(lines)
    }

    fn line(&self, device: Option<u32>, phone: Option<u32>, person: Option<&str>) -> DeviceLine {
        let number = |count: &[u64], of: Option<u32>| of.map_or(0, |of| count[of as usize]);
        let length = |group: &Grouped, of: Option<u32>| of.map_or(0, |of| group.rows(of).len() as u64);
        let distances = device.map(|device| self.devices.readings(device)).unwrap_or_default();
        let motions = phone.map(|phone| self.phones.readings(phone)).unwrap_or_default();
        let shown = if device.is_some() { &distances } else { &motions };
        let (instants, of_phone) = (instants(shown), instants(&motions));
        let before = person.and_then(|person| self.consents.get(person)).map(|consent| {
            let times = distances.iter().chain(&motions).map(|&(at, _)| at);
            times.filter(|&at| consent.is_none_or(|consent| at < consent)).count() as u64
        });
        let is_shared = |at: &&i64| of_phone.binary_search(at).is_ok();
        let agreement = (device.is_some() && phone.is_some() && !instants.is_empty())
            .then(|| instants.iter().filter(is_shared).count() as f64 / instants.len() as f64);
        let is_impossible = |least: f64, most: f64| move |(_, value): &&(i64, f64)| !(least..=most).contains(value);
        let impossible = distances.iter().filter(is_impossible(0.0, f64::MAX)).count()
            + motions.iter().filter(is_impossible(0.0, MOST_ACCELERATION)).count();
        let (pairs, foreign) = device.map_or((0, 0), |device| self.pairs[device as usize]);
        let (gaps, longest_gap) = gaps(&instants);
        DeviceLine {
            device: device.map(|device| self.devices.identities.texts()[device as usize].to_owned()),
            person: person.map(str::to_owned),
            on_record: 0,
            distances: length(&self.devices, device),
            distances_kept: number(&self.devices_kept, device),
            motions: length(&self.phones, phone),
            motions_kept: number(&self.phones_kept, phone),
            before,
            instants: instants.len() as u64,
            gaps,
            longest_gap,
            pairs,
            foreign,
            longest_run: distances.chunk_by(|a, b| a.1 == b.1).map(<[_]>::len).max().unwrap_or_default() as u64,
            impossible: impossible as u64,
            agreement,
            thumbnail: Thumbnail::new(shown),
        }
    }
}

/// How many rows of the machine-learning table each device has, and how many of them with a foreign motion.
fn pairs(
    devices: &Grouped<'_>,
    owners: &Owners<'_>,
    learning: &TableView,
    progress: &Progress,
) -> Result<Vec<(u64, u64)>, Cancelled> {
    let mut pairs = vec![(0, 0); devices.identities.len()];
    let (Some(serial), Some(user)) = (learning.position("serialnumber"), learning.position("user")) else {
        return Ok(pairs);
    };
    each_row(learning.rows(), progress, |row| {
        if let (Cell::Text(serial), Cell::Text(user)) = (learning.cell(row, serial), learning.cell(row, user))
            && let Some(device) = devices.identities.get(serial)
        {
            let (all, foreign) = &mut pairs[device as usize];
            *all += 1;
            *foreign += u64::from(owners.whose(serial, user) == Whose::Foreign);
        }
    })?;
    Ok(pairs)
}

fn consents(customers: &TableView, purpose: Purpose) -> HashMap<&str, Option<i64>> {
    let mut consents = HashMap::new();
    let (Some(email), Some(consent)) = (customers.position("email"), customers.position(purpose.column())) else {
        return consents;
    };
    for row in 0..customers.rows() {
        let Cell::Text(email) = customers.cell(row, email) else { continue };
        let first: &mut Option<i64> = consents.entry(email).or_default();
        if let Cell::Time(given) = customers.cell(row, consent) {
            *first = Some(first.map_or(given, |first| first.min(given)));
        }
    }
    consents
}

fn instants(readings: &[(i64, f64)]) -> Vec<i64> {
    let mut instants: Vec<i64> = readings.iter().map(|&(at, _)| at).collect();
    instants.dedup();
    instants
}

/// How many intervals between instants are gaps, and the longest interval in milliseconds.
fn gaps(instants: &[i64]) -> (u64, u64) {
    let threshold = Threshold::between(instants);
    let longest = instants.windows(2).map(|pair| pair[1].abs_diff(pair[0])).max().unwrap_or_default();
    let gaps = instants.windows(2).filter(|pair| !threshold.joins(pair[0], pair[1])).count();
    (gaps as u64, longest)
}
