//! From the tables of a curation to the tables that leave: people and devices by pseudonyms, each customer on one side,
//! the time as it may be known, nothing else of a person.

mod audit;
mod zone;

use std::sync::Arc;

use polars::prelude::*;

use super::ReleaseError;
use super::key::Key;
use super::parties::{NOBODY, Parties, Ranked, consents};
use super::split::{EqualRows, Member, SideList, Sides, SplitAudit, assign, groups};
use super::table::{OutColumn, OutTable, Source};
use super::windows::{Windowed, cut};
use crate::curation::Curation;
use crate::domain::packaging::ELAPSED;
use crate::domain::{Kind, Packaging, Progress, Split, Table, TimeRelease};

/// All that will leave, and what can be said of it before it does.
#[derive(Debug)]
pub struct Prepared {
    pub(super) packaging: Packaging,
    pub(super) key: Key,
    pub(super) tables: Vec<(Table, OutTable)>,
    pub(super) windows: Option<Windowed>,
    pub(super) sides: Sides,
    /// The customers of the machine-learning table, in the order of their rows.
    pub(super) customers: Ranked,
    pub(super) audit: Option<SplitAudit>,
    /// Instants and devices of the machine-learning rows as they landed, by row.
    pub(super) raw: Raw,
}

/// What the attacker's preview knows beside what leaves.
#[derive(Clone, Debug)]
pub(super) struct Raw {
    pub at: Int64Chunked,
    pub serials: StringChunked,
    pub customer: Arc<[u32]>,
    pub device: Arc<[u32]>,
    pub devices: Vec<String>,
}

/// Makes everything ready. Progress counts steps.
///
/// # Errors
/// When the packaging cannot be had, a list of sides tears a group apart, or when cancelled.
pub fn prepare(
    curation: &Curation,
    packaging: &Packaging,
    key: &Key,
    list: &SideList,
    progress: &Progress,
) -> Result<Prepared, ReleaseError> {
    packaging.check()?;
    progress.set_total(5);
    let mut maker = Maker::new(curation, packaging, key)?;
    progress.check()?;
    progress.advance(1);
    maker.split(list, progress)?;
    progress.advance(1);
    maker.rank();
    let mut tables = vec![];
    for &table in packaging.tables.iter().rev() {
        progress.check()?;
        tables
            .push((table, if table == Table::MachineLearningCurated { maker.learning() } else { maker.zone(table)? }));
    }
    progress.advance(1);
    let learning = tables.iter().find(|(table, _)| *table == Table::MachineLearningCurated).map(|(_, table)| table);
    let windows = match (&packaging.windows, learning) {
        (Some(wanted), Some(learning)) => Some(cut(learning, wanted, packaging, progress)?),
        _ => None,
    };
    progress.advance(1);
    let audit = learning.filter(|_| packaging.split.is_some()).map(|table| maker.audit(table, windows.as_ref()));
    progress.check()?;
    progress.advance(1);
    Ok(Prepared {
        packaging: packaging.clone(),
        key: key.clone(),
        windows,
        audit,
        raw: Raw {
            at: maker.at,
            serials: maker.serials,
            customer: maker.customer,
            device: maker.device,
            devices: maker.device_ranks.pseudonyms,
        },
        tables,
        sides: maker.sides,
        customers: maker.customer_ranks,
    })
}

struct Maker<'a> {
    curation: &'a Curation,
    packaging: &'a Packaging,
    key: &'a Key,
    learning: DataFrame,
    at: Int64Chunked,
    serials: StringChunked,
    customers: Parties,
    devices: Parties,
    /// Customers and devices of the machine-learning table.
    known: (usize, usize),
    customer: Arc<[u32]>,
    device: Arc<[u32]>,
    /// By number, and by place after [`Maker::rank`].
    sides: Sides,
    equal: EqualRows,
    customer_ranks: Ranked,
    device_ranks: Ranked,
}

impl<'a> Maker<'a> {
    fn new(curation: &'a Curation, packaging: &'a Packaging, key: &'a Key) -> Result<Self, ReleaseError> {
        let mut learning = curation.frame(Table::MachineLearningCurated).clone();
        learning.rechunk_mut();
        let (mut customers, mut devices) = (Parties::default(), Parties::default());
        let customer = customers.number(learning.column("user")?.str()?, |email| key.customer(email));
        let serials = learning.column("serialnumber")?.str()?.clone();
        let device = devices.number(&serials, |serial| key.device(serial));
        let at = learning.column("sensorreadingtime")?.i64()?.clone();
        let none = Ranked { pseudonyms: vec![], places: vec![] };
        Ok(Self {
            curation,
            packaging,
            key,
            learning,
            at,
            serials,
            known: (customers.len(), devices.len()),
            customers,
            devices,
            customer: customer.into(),
            device: device.into(),
            sides: Sides::default(),
            equal: EqualRows::default(),
            customer_ranks: none.clone(),
            device_ranks: none,
        })
    }

    /// Gives each customer of the machine-learning table a side.
    fn split(&mut self, list: &SideList, progress: &Progress) -> Result<(), ReleaseError> {
        let Some(split) = &self.packaging.split else { return Ok(()) };
        self.equal = EqualRows::new(&self.customer, self.hashes()?);
        progress.check()?;
        let rows = (&*self.customer, &*self.device);
        let groups = groups(self.known.0, rows, self.known.1, &self.equal.same_recordings());
        let mut readings = vec![0; self.known.0];
        self.customer.iter().filter(|code| **code != NOBODY).for_each(|&code| readings[code as usize] += 1);
        let consents = consents(self.curation.frame(Table::CustomerTrusted), self.key);
        let member = |number: usize| Member {
            identity: &self.customers.identities()[number],
            pseudonym: &self.customers.pseudonyms()[number],
            readings: readings[number],
            consents: consents.get(&self.customers.pseudonyms()[number]).copied().unwrap_or_default(),
        };
        let members: Vec<Member<'_>> = (0..self.known.0).map(member).collect();
        self.sides = assign(&members, &groups, split, list);
        if self.sides.torn > 0 {
            return Err(ReleaseError::Torn(self.sides.torn));
        }
        Ok(())
    }

    /// A hash of instant and values of each row of the machine-learning table.
    fn hashes(&self) -> Result<Vec<u64>, ReleaseError> {
        // The steps of SplitMix64's output function, over one value after the other.
        let mix = |hash: u64, bits: u64| {
            let mut z = (hash ^ bits).wrapping_add(0x9e37_79b9_7f4a_7c15);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        };
        let mut hashes = vec![0; self.learning.height()];
        for column in Split::READING.map(|name| self.learning.column(name)) {
            let column = column?;
            if let Ok(values) = column.i64() {
                let bits = |value: Option<i64>| value.unwrap_or(i64::MIN) as u64;
                hashes.iter_mut().zip(values.iter()).for_each(|(hash, value)| *hash = mix(*hash, bits(value)));
            } else {
                let bits = |value: Option<f64>| value.unwrap_or(f64::NAN).to_bits();
                hashes.iter_mut().zip(column.f64()?.iter()).for_each(|(hash, value)| *hash = mix(*hash, bits(value)));
            }
        }
        Ok(hashes)
    }

    /// Numbers become places, in the order of side and pseudonym.
    fn rank(&mut self) {
        let sides = std::mem::take(&mut self.sides);
        self.customer_ranks = self.customers.ranked(|number| sides.of.get(number as usize).copied());
        self.device_ranks = self.devices.ranked(|_| ());
        let mut of = sides.of.clone();
        sides.of.iter().enumerate().for_each(|(number, side)| of[self.customer_ranks.places[number] as usize] = *side);
        self.sides = Sides { of, ..sides };
        self.customer = self.customer_ranks.apply(self.customer.to_vec()).into();
        self.device = self.device_ranks.apply(self.device.to_vec()).into();
    }

    fn identities(&self) -> Vec<String> {
        let mut identities = vec![String::new(); self.known.0];
        let places = self.customer_ranks.places.iter().zip(self.customers.identities());
        places.for_each(|(&place, identity)| identities[place as usize].clone_from(identity));
        identities
    }

    /// The first instant of each device in the machine-learning table, or of each customer; none is [`i64::MAX`].
    fn first(&self, codes: &[u32], parties: usize) -> Vec<i64> {
        let mut first = vec![i64::MAX; parties];
        for (code, at) in codes.iter().zip(self.at.iter()) {
            if let (Some(first), Some(at)) = (first.get_mut(*code as usize), at) {
                *first = (*first).min(at);
            }
        }
        first
    }

    fn learning(&self) -> OutTable {
        let names = |pseudonyms: &[String]| pseudonyms.to_vec();
        let side = |place: usize| self.sides.of.get(place).map_or("", |side| side.name());
        let columns = self.packaging.columns().into_iter().map(|(name, kind)| {
            let source = match name {
                "split" => Source::word(&self.customer, (0..self.known.0).map(side)),
                "customer" => Source::word(&self.customer, names(&self.customer_ranks.pseudonyms)),
                "device" => Source::word(&self.device, names(&self.device_ranks.pseudonyms)),
                ELAPSED => Source::Since {
                    at: self.at.clone(),
                    codes: Arc::clone(&self.device),
                    origins: self.first(&self.device, self.known.1).into(),
                },
                "sensorreadingtime" if self.packaging.time == TimeRelease::Shifted => {
                    let shifts = self.identities().iter().map(|identity| -self.key.shift(identity)).collect();
                    Source::Since { at: self.at.clone(), codes: Arc::clone(&self.customer), origins: shifts }
                }
                name => as_it_is(&self.learning, name, kind),
            };
            OutColumn { name, kind, source }
        });
        OutTable::sorted(Table::MachineLearningCurated.name(), columns.collect(), self.learning.height())
    }
}

fn as_it_is(frame: &DataFrame, name: &str, kind: Kind) -> Source {
    let rows = frame.height();
    let column = frame.column(name).ok();
    match kind {
        Kind::Float => {
            let values = column.and_then(|column| column.f64().ok().cloned());
            Source::Float(values.unwrap_or_else(|| Float64Chunked::full_null("".into(), rows)))
        }
        Kind::Integer | Kind::Time | Kind::Text => {
            let values = column.and_then(|column| column.i64().ok().cloned());
            Source::Integer(values.unwrap_or_else(|| Int64Chunked::full_null("".into(), rows)))
        }
    }
}
