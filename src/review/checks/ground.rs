//! What all checks look at: the landed records and the tables as plain columns, people and devices as numbers.
//!
//! It is made of the landing records and of what is in the tables, never of the plan, so that a plan that is wrong does
//! not make its own checks wrong as well.

use polars::prelude::*;

use crate::curation::{Curation, CurationError, Identities, withdrawn_people};
use crate::domain::{Dataset, Progress, Recipe, Table, Withdrawn};
use crate::landing::Landing;

use super::hash::{mix, of_row, of_text};

/// The number of nobody and of no device.
pub const NOBODY: u32 = u32::MAX;
/// An instant that is not there.
pub const NEVER: i64 = i64::MIN;
/// Rows between two looks at whether to stop.
pub const LOOK_UP_EVERY: usize = 1 << 16;

/// Customer records.
pub struct Customers {
    pub table: Table,
    pub email: Vec<u32>,
    pub serial: Vec<u32>,
    pub registration: Vec<i64>,
    /// For the recipe's purpose.
    pub consent: Vec<i64>,
    /// Equal for records that are equal in every column.
    pub hash: Vec<u64>,
}

/// Accelerometer readings.
pub struct Motions {
    pub table: Table,
    pub user: Vec<u32>,
    pub at: Vec<i64>,
    pub axes: [Vec<f64>; 3],
}

/// Distance readings.
pub struct Distances {
    pub table: Table,
    pub device: Vec<u32>,
    pub at: Vec<i64>,
    pub distance: Vec<i64>,
}

/// Rows of the machine-learning table.
pub struct Pairs {
    pub distances: Distances,
    pub user: Vec<u32>,
    pub axes: [Vec<f64>; 3],
}

/// Everything that is looked at.
pub struct Ground<'a> {
    pub landing: &'a Landing,
    pub curation: &'a Curation,
    pub recipe: &'a Recipe,
    pub progress: &'a Progress,
    /// All e-mail addresses.
    pub people: Identities<'a>,
    /// All serial numbers.
    pub devices: Identities<'a>,
    pub customers: Customers,
    pub customers_trusted: Customers,
    pub customers_curated: Customers,
    pub motions: Motions,
    pub motions_trusted: Motions,
    pub distances: Distances,
    pub distances_trusted: Distances,
    pub pairs: Pairs,
    /// Of each person, the earliest consent on any landed record that the recipe lets count.
    pub consents: Vec<i64>,
    /// Of each device, the people on whose landed records its serial number stands, each once.
    pub carriers: Vec<Vec<u32>>,
    /// Of each device, the people whose it is: those, or the inferred owner where the recipe goes by that.
    pub owners: Vec<Vec<u32>>,
    /// Whether each person withdrew.
    pub is_withdrawn: Vec<bool>,
    /// Whether each device is one of somebody who withdrew, alone or shared.
    pub is_withdrawn_device: Vec<bool>,
}

impl<'a> Ground<'a> {
    /// Looks through all tables.
    ///
    /// # Errors
    /// When cancelled, or when a table lacks a column.
    pub fn new(landing: &'a Landing, curation: &'a Curation, progress: &'a Progress) -> Result<Self, CurationError> {
        let recipe = &curation.recipe;
        let (mut people, mut devices) = (Identities::default(), Identities::default());
        let mut read = Reader { people: &mut people, devices: &mut devices, recipe, progress };
        let frame = |table: Table| match table.dataset() {
            Some(dataset) => landing.frame(dataset),
            None => curation.frame(table),
        };
        let customers = read.customers(Table::CustomerLanding, frame)?;
        let customers_trusted = read.customers(Table::CustomerTrusted, frame)?;
        let customers_curated = read.customers(Table::CustomerCurated, frame)?;
        let motions = read.motions(Table::AccelerometerLanding, frame)?;
        let motions_trusted = read.motions(Table::AccelerometerTrusted, frame)?;
        let distances = read.distances(Table::StepTrainerLanding, frame)?;
        let distances_trusted = read.distances(Table::StepTrainerTrusted, frame)?;
        let pairs = read.pairs(frame)?;
        let mut consents = vec![NEVER; people.len()];
        let mut carriers = vec![vec![]; devices.len()];
        for row in 0..customers.email.len() {
            let (person, device, consent) = (customers.email[row], customers.serial[row], customers.consent[row]);
            if person == NOBODY {
                continue;
            }
            if consent != NEVER && recipe.as_of.is_none_or(|latest| consent <= latest) {
                let first = &mut consents[person as usize];
                *first = if *first == NEVER { consent } else { consent.min(*first) };
            }
            if device != NOBODY {
                carriers[device as usize].push(person);
            }
        }
        for carriers in &mut carriers {
            carriers.sort_unstable();
            carriers.dedup();
        }
        let (is_withdrawn, is_withdrawn_device) = withdrawn(landing, recipe, &people, &devices, &carriers);
        Ok(Self {
            landing,
            curation,
            recipe,
            progress,
            customers,
            customers_trusted,
            customers_curated,
            motions,
            motions_trusted,
            distances,
            distances_trusted,
            pairs,
            consents,
            owners: owners(curation, &people, &devices).unwrap_or_else(|| carriers.clone()),
            carriers,
            people,
            devices,
            is_withdrawn,
            is_withdrawn_device,
        })
    }

    /// The earliest consent of a person; none for nobody.
    pub fn consent(&self, person: u32) -> Option<i64> {
        self.consents.get(person as usize).copied().filter(|consent| *consent != NEVER)
    }

    /// On whose records a device's serial number stands.
    pub fn carriers(&self, device: u32) -> &[u32] {
        self.carriers.get(device as usize).map_or(&[], Vec::as_slice)
    }

    /// Whose a device is.
    pub fn owners(&self, device: u32) -> &[u32] {
        self.owners.get(device as usize).map_or(&[], Vec::as_slice)
    }

    /// The earliest consent of anybody whose a device is.
    pub fn consent_of_device(&self, device: u32) -> Option<i64> {
        self.owners(device).iter().filter_map(|person| self.consent(*person)).min()
    }
}

/// The inferred owner of each device; none where the recipe goes by the records.
fn owners(curation: &Curation, people: &Identities<'_>, devices: &Identities<'_>) -> Option<Vec<Vec<u32>>> {
    let findings = curation.owners()?;
    let mut owners = vec![vec![]; devices.len()];
    for (serial, user) in findings.assigned() {
        if let (Some(device), Some(person)) = (devices.get(serial), people.get(user)) {
            owners[device as usize].push(person);
        }
    }
    Some(owners)
}

/// Which people and devices are withdrawn: see [`crate::domain::Identity`].
fn withdrawn(
    landing: &Landing,
    recipe: &Recipe,
    people: &Identities<'_>,
    devices: &Identities<'_>,
    carriers: &[Vec<u32>],
) -> (Vec<bool>, Vec<bool>) {
    let list = &recipe.withdrawn;
    if list.is_empty() {
        return (vec![false; people.len()], vec![false; devices.len()]);
    }
    let listed: PlHashSet<String> = list.entries().map(Withdrawn::folded).collect();
    let on_records = withdrawn_people(landing, list);
    let is_person = |text: &&str| {
        let folded = Withdrawn::folded(text);
        listed.contains(&folded) || on_records.contains(&folded)
    };
    let is_withdrawn: Vec<bool> = people.texts().iter().map(is_person).collect();
    let theirs: PlHashSet<String> = devices
        .texts()
        .iter()
        .zip(carriers)
        .filter(|(_, carriers)| carriers.iter().any(|person| is_withdrawn[*person as usize]))
        .map(|(serial, _)| Withdrawn::folded(serial))
        .collect();
    let is_device = |text: &&str| {
        let folded = Withdrawn::folded(text);
        listed.contains(&folded) || theirs.contains(&folded)
    };
    let is_withdrawn_device = devices.texts().iter().map(is_device).collect();
    (is_withdrawn, is_withdrawn_device)
}

struct Reader<'a, 'b> {
    people: &'b mut Identities<'a>,
    devices: &'b mut Identities<'a>,
    recipe: &'b Recipe,
    progress: &'b Progress,
}

impl<'a> Reader<'a, '_> {
    fn customers(&mut self, table: Table, of: impl Fn(Table) -> &'a DataFrame) -> Result<Customers, CurationError> {
        let frame = of(table);
        let failed = |error| CurationError::Engine { table, error };
        let mut hash = vec![0; frame.height()];
        for column in Dataset::Customer.schema() {
            self.progress.check()?;
            add_hashes(&mut hash, frame.column(column.name).map_err(failed)?).map_err(failed)?;
        }
        Ok(Customers {
            table,
            email: numbered(frame, "email", self.people, self.progress).map_err(of_table(table))?,
            serial: numbered(frame, "serialnumber", self.devices, self.progress).map_err(of_table(table))?,
            registration: integers(frame, "registrationdate").map_err(failed)?,
            consent: integers(frame, self.recipe.purpose.column()).map_err(failed)?,
            hash,
        })
    }

    fn motions(&mut self, table: Table, of: impl Fn(Table) -> &'a DataFrame) -> Result<Motions, CurationError> {
        let frame = of(table);
        let failed = |error| CurationError::Engine { table, error };
        Ok(Motions {
            table,
            user: numbered(frame, "user", self.people, self.progress).map_err(of_table(table))?,
            at: integers(frame, "timestamp").map_err(failed)?,
            axes: axes(frame).map_err(failed)?,
        })
    }

    fn distances(&mut self, table: Table, of: impl Fn(Table) -> &'a DataFrame) -> Result<Distances, CurationError> {
        let frame = of(table);
        let failed = |error| CurationError::Engine { table, error };
        Ok(Distances {
            table,
            device: numbered(frame, "serialnumber", self.devices, self.progress).map_err(of_table(table))?,
            at: integers(frame, "sensorreadingtime").map_err(failed)?,
            distance: integers(frame, "distancefromobject").map_err(failed)?,
        })
    }

    fn pairs(&mut self, of: impl Fn(Table) -> &'a DataFrame) -> Result<Pairs, CurationError> {
        let table = Table::MachineLearningCurated;
        let failed = |error| CurationError::Engine { table, error };
        let frame = of(table);
        Ok(Pairs {
            user: numbered(frame, "user", self.people, self.progress).map_err(of_table(table))?,
            axes: axes(frame).map_err(failed)?,
            distances: self.distances(table, of)?,
        })
    }
}

impl Motions {
    pub fn len(&self) -> usize {
        self.user.len()
    }

    /// Equal for rows that are equal in every column.
    pub fn hash(&self, row: usize) -> u64 {
        of_row([u64::from(self.user[row]), self.at[row] as u64, self.values_hash(row)])
    }

    /// Equal for rows with the same user and accelerations.
    pub fn motion_hash(&self, row: usize) -> u64 {
        mix(u64::from(self.user[row]), self.values_hash(row))
    }

    pub fn values_hash(&self, row: usize) -> u64 {
        values_hash(&self.axes, row)
    }
}

impl Distances {
    pub fn len(&self) -> usize {
        self.device.len()
    }

    /// Equal for rows that are equal in every column.
    pub fn hash(&self, row: usize) -> u64 {
        of_row([u64::from(self.device[row]), self.at[row] as u64, self.distance[row] as u64])
    }
}

impl Pairs {
    pub fn len(&self) -> usize {
        self.user.len()
    }

    /// Equal for rows that are equal in every column.
    pub fn hash(&self, row: usize) -> u64 {
        let motion = mix(u64::from(self.user[row]), self.values_hash(row));
        mix(self.distances.hash(row), motion)
    }

    pub fn values_hash(&self, row: usize) -> u64 {
        values_hash(&self.axes, row)
    }
}

/// Zeros of either sign are equal, as they are for the joins.
fn values_hash(axes: &[Vec<f64>; 3], row: usize) -> u64 {
    of_row([0, 1, 2].map(|axis: usize| (axes[axis][row] + 0.0).to_bits()))
}

fn axes(frame: &DataFrame) -> PolarsResult<[Vec<f64>; 3]> {
    let of = |name: &str| -> PolarsResult<Vec<f64>> {
        Ok(frame.column(name)?.f64()?.iter().map(|value| value.unwrap_or(f64::NAN)).collect())
    };
    Ok([of("x")?, of("y")?, of("z")?])
}

fn integers(frame: &DataFrame, name: &str) -> PolarsResult<Vec<i64>> {
    Ok(frame.column(name)?.i64()?.iter().map(|value| value.unwrap_or(NEVER)).collect())
}

/// Why a column could not be read.
enum Stopped {
    Cancelled(crate::domain::Cancelled),
    Engine(PolarsError),
}

fn of_table(table: Table) -> impl Fn(Stopped) -> CurationError {
    move |stopped| match stopped {
        Stopped::Cancelled(cancelled) => cancelled.into(),
        Stopped::Engine(error) => CurationError::Engine { table, error },
    }
}

/// Texts as numbers; blank ones are nobody's.
fn numbered<'a>(
    frame: &'a DataFrame,
    name: &str,
    identities: &mut Identities<'a>,
    progress: &Progress,
) -> Result<Vec<u32>, Stopped> {
    let texts = frame.column(name).and_then(Column::str).map_err(Stopped::Engine)?;
    let mut numbers = Vec::with_capacity(texts.len());
    // Readings of one customer often follow one another.
    let mut last = ("", NOBODY);
    for (row, text) in texts.iter().enumerate() {
        if row % LOOK_UP_EVERY == 0 {
            progress.check().map_err(Stopped::Cancelled)?;
        }
        let text = text.unwrap_or("");
        if text != last.0 {
            last = (text, if text.trim().is_empty() { NOBODY } else { identities.add(text) });
        }
        numbers.push(last.1);
    }
    Ok(numbers)
}

/// Null and blank differ, as they do for the steps that look for equal rows.
fn add_hashes(hashes: &mut [u64], column: &Column) -> PolarsResult<()> {
    if let Ok(texts) = column.str() {
        for (hash, text) in hashes.iter_mut().zip(texts.iter()) {
            *hash = mix(*hash, text.map_or(0, of_text));
        }
    } else {
        for (hash, number) in hashes.iter_mut().zip(column.i64()?.iter()) {
            *hash = mix(*hash, number.unwrap_or(NEVER) as u64);
        }
    }
    Ok(())
}
