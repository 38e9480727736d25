//! From the tables of a curation to the tables that leave: people and devices by pseudonyms, each customer on one side,
//! the time as it may be known, nothing else of a person.

use std::sync::Arc;

use polars::prelude::*;

use super::ReleaseError;
use super::key::Key;
use super::parties::{NOBODY, Parties, Ranked, consents};
use super::split::{EqualRows, Member, SideList, Sides, SplitAudit, assign, groups};
use super::table::{OutColumn, OutTable, Source};
use super::windows::{Windowed, cut};
use crate::curation::Curation;
use crate::domain::packaging::{ELAPSED, leaves_as_it_is};
use crate::domain::{Kind, Packaging, Privacy, Progress, Purpose, Side, Table, TimeRelease};

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
        for name in ["sensorreadingtime", "distancefromobject"] {
            let values = self.learning.column(name)?.i64()?;
            hashes
                .iter_mut()
                .zip(values.iter())
                .for_each(|(hash, value)| *hash = mix(*hash, value.unwrap_or(i64::MIN) as u64));
        }
        for name in ["x", "y", "z"] {
            let values = self.learning.column(name)?.f64()?;
            let bits = |value: Option<f64>| value.unwrap_or(f64::NAN).to_bits();
            hashes.iter_mut().zip(values.iter()).for_each(|(hash, value)| *hash = mix(*hash, bits(value)));
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

    /// A trusted or curated table: identities as pseudonyms, consents as yes or no, what is open as it is, and nothing else.
    fn zone(&self, table: Table) -> Result<OutTable, ReleaseError> {
        let mut frame = self.curation.frame(table).clone();
        frame.rechunk_mut();
        let time = self.packaging.time;
        let is_of_customers = matches!(table, Table::CustomerTrusted | Table::CustomerCurated);
        let mut parties = Parties::default();
        let mut codes: Option<(Privacy, Arc<[u32]>, Ranked)> = None;
        let mut columns = vec![];
        for column in table.schema().iter().filter(|column| matches!(column.privacy, Privacy::Person | Privacy::Device))
        {
            let values = frame.column(column.name)?.str()?.clone();
            let is_person = column.privacy == Privacy::Person;
            let mut of = Parties::default();
            let pseudonym =
                |identity: &str| if is_person { self.key.customer(identity) } else { self.key.device(identity) };
            let numbers = of.number(&values, pseudonym);
            let ranks = of.ranked(|_| ());
            let places: Arc<[u32]> = ranks.apply(numbers).into();
            let name = if is_person { "customer" } else { "device" };
            columns.push(OutColumn { name, kind: Kind::Text, source: Source::word(&places, &ranks.pseudonyms) });
            if is_person || codes.is_none() {
                codes = Some((column.privacy, places, ranks));
                parties = of;
            }
        }
        columns.sort_by_key(|column| column.name);
        let Some((privacy, codes, ranks)) = codes else { return Ok(OutTable::sorted(table.name(), columns, 0)) };
        for column in table.schema().iter().filter(|column| column.privacy == Privacy::Open) {
            if let Some(purpose) = Purpose::ALL.into_iter().find(|purpose| purpose.column() == column.name) {
                let given = frame.column(column.name)?.i64()?.is_not_null();
                let flags =
                    Int64Chunked::from_iter_values("".into(), given.iter().map(|is| i64::from(is == Some(true))));
                columns.push(OutColumn { name: agreed(purpose), kind: Kind::Integer, source: Source::Integer(flags) });
            }
            if leaves_as_it_is(column, time) {
                let source = as_it_is(&frame, column.name, column.kind);
                columns.push(OutColumn { name: column.name, kind: column.kind, source });
            } else if column.kind == Kind::Time && !(is_of_customers && time == TimeRelease::Elapsed) {
                let at = frame.column(column.name)?.i64()?.clone();
                let origins = self.origins(privacy, &at, &codes, &ranks, &parties);
                let (name, kind) =
                    if time == TimeRelease::Elapsed { (ELAPSED, Kind::Integer) } else { (column.name, column.kind) };
                columns.push(OutColumn {
                    name,
                    kind,
                    source: Source::Since { at, codes: Arc::clone(&codes), origins },
                });
            }
        }
        Ok(OutTable::sorted(table.name(), columns, frame.height()))
    }

    /// What is taken from the instants of each party of a zone table, so that they fit those of the machine-learning table.
    fn origins(
        &self,
        privacy: Privacy,
        at: &Int64Chunked,
        codes: &[u32],
        ranks: &Ranked,
        parties: &Parties,
    ) -> Arc<[i64]> {
        let is_person = privacy == Privacy::Person;
        // The number of each party of this table in the machine-learning table.
        let known = if is_person { &self.customer_ranks } else { &self.device_ranks };
        let by_name: std::collections::HashMap<&str, usize> =
            known.pseudonyms.iter().enumerate().map(|(place, name)| (name.as_str(), place)).collect();
        if self.packaging.time == TimeRelease::Shifted {
            let mut owners = vec![NOBODY; self.known.1];
            self.device.iter().zip(self.customer.iter()).for_each(|(&device, &customer)| {
                owners[device as usize] = owners[device as usize].min(customer);
            });
            let people = self.identities();
            let mut origins = vec![0; ranks.pseudonyms.len()];
            for (number, identity) in parties.identities().iter().enumerate() {
                let place = ranks.places[number] as usize;
                let owner = by_name.get(ranks.pseudonyms[place].as_str()).and_then(|&known| owners.get(known));
                let of_owner = owner.and_then(|&owner| people.get(owner as usize)).filter(|_| !is_person);
                origins[place] = -self.key.shift(of_owner.unwrap_or(identity));
            }
            return origins.into();
        }
        let of_known = if is_person {
            let of_devices = self.first(&self.device, self.known.1);
            let mut first = vec![i64::MAX; self.known.0];
            for (&customer, &device) in self.customer.iter().zip(self.device.iter()) {
                let first = &mut first[customer as usize];
                *first = (*first).min(of_devices[device as usize]);
            }
            first
        } else {
            self.first(&self.device, self.known.1)
        };
        let mut own = vec![i64::MAX; ranks.pseudonyms.len()];
        for (code, at) in codes.iter().zip(at.iter()) {
            if let (Some(own), Some(at)) = (own.get_mut(*code as usize), at) {
                *own = (*own).min(at);
            }
        }
        let known = |place: usize| by_name.get(ranks.pseudonyms[place].as_str()).map(|&known| of_known[known]);
        own.iter().enumerate().map(|(place, &own)| known(place).filter(|&at| at != i64::MAX).unwrap_or(own)).collect()
    }

    /// Counts on the finished table what is on two sides.
    fn audit(&self, table: &OutTable, windows: Option<&Windowed>) -> SplitAudit {
        let mut audit = SplitAudit { by_chance: self.equal.across(&self.numbered_sides()), ..SplitAudit::default() };
        let side_of = |place: u32| self.sides.of.get(place as usize).copied();
        let recordings = self.equal.same_recordings();
        let numbered = self.numbered_sides();
        let torn = |&&(one, other): &&(u32, u32)| numbered.get(one as usize) != numbered.get(other as usize);
        audit.recordings = recordings.iter().filter(torn).count() as u64;
        let (Some(side), Some(customer), Some(device)) =
            (table.source("split"), table.source("customer"), table.source("device"))
        else {
            return audit;
        };
        let named = |row: usize| side.text(row).and_then(side_by_name);
        let mut of_device: Vec<u8> = vec![0; self.known.1];
        let mut of_customer = std::collections::HashMap::<&str, u8>::new();
        let mut of_instant: Vec<(u32, i64, u8)> = vec![];
        let mut last = None;
        for place in 0..table.rows {
            let row = table.row(place);
            let Some(side) = named(row) else { continue };
            let bit = 1 << side as u8;
            if let Some(sides) = of_device.get_mut(device.code(row) as usize) {
                *sides |= bit;
            }
            let key = (customer.code(row), self.at.get(row).unwrap_or_default(), bit);
            if last != Some(key) {
                last = Some(key);
                of_instant.push(key);
                let who = self.customer_ranks.pseudonyms.get(key.0 as usize).map_or("", String::as_str);
                *of_customer.entry(who).or_default() |= bit;
            }
        }
        let is_torn = |sides: &u8| sides.count_ones() > 1;
        audit.devices = of_device.iter().filter(|sides| is_torn(sides)).count() as u64;
        audit.customers = of_customer.values().filter(|sides| is_torn(sides)).count() as u64;
        of_instant.sort_unstable();
        of_instant.dedup();
        audit.instants =
            of_instant.windows(2).filter(|pair| (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1)).count() as u64;
        audit.windows = windows.map_or(0, |windows| windows.on_two_sides(table, &self.at, side_of));
        audit
    }

    /// The sides by number, as the equal rows have them.
    fn numbered_sides(&self) -> Vec<Side> {
        let places = self.customer_ranks.places.iter();
        places.filter_map(|&place| self.sides.of.get(place as usize).copied()).collect()
    }
}

fn side_by_name(name: &str) -> Option<Side> {
    Side::ALL.into_iter().find(|side| side.name() == name)
}

/// What a consent is called where its date stays behind.
pub(super) fn agreed(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Research => "shares_with_research",
        Purpose::Public => "shares_with_public",
        Purpose::Friends => "shares_with_friends",
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curation::curate;
    use crate::domain::{JoinRule, Recipe, Windows};
    use crate::landing::{Source as Landed, read};

    /// The sample by owner, parted in halves.
    fn curated() -> Curation {
        let checkout = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| ".".into(), std::path::PathBuf::from);
        let progress = Progress::default();
        let landing = read(&Landed::Folder(checkout.join("sample_data")), &progress).unwrap();
        curate(&landing, &Recipe { join: JoinRule::Owner, ..Recipe::default() }, &progress).unwrap()
    }

    /// The table with some rows, by number, said to be on another side.
    fn torn(table: &OutTable, is_moved: impl Fn(usize) -> bool) -> OutTable {
        let side = table.source("split").unwrap();
        let name = |row: usize| side.text(row).and_then(side_by_name).unwrap();
        let other = |side: Side| if side == Side::Test { Side::Train } else { Side::Test };
        let moved = |row: usize| if is_moved(row) { other(name(row)) } else { name(row) };
        let codes: Arc<[u32]> = (0..table.rows).map(|row| moved(row) as u32).collect();
        let mut table = table.clone();
        table.columns[0].source = Source::word(&codes, ["test", "train", "validation"]);
        table
    }

    #[test]
    fn the_audit_counts_every_leak_that_is_made() {
        let curation = curated();
        let halves = crate::domain::Split { test_permille: 500, validation_permille: 0, ..Default::default() };
        let windows = Some(Windows { instants: 2, stride: 1, gap_ms: None });
        let packaging = Packaging { split: Some(halves), windows, ..Packaging::default() };
        let key = Key::from_bytes([1; 32]);
        let progress = Progress::default();
        let mut maker = Maker::new(&curation, &packaging, &key).unwrap();
        maker.split(&SideList::default(), &progress).unwrap();
        maker.rank();
        let table = maker.learning();
        let cut = cut(&table, packaging.windows.as_ref().unwrap(), &packaging, &progress).unwrap();
        assert_eq!(table.columns[0].name, "split");
        assert!(maker.audit(&table, Some(&cut)).is_clean());
        // One row of an instant with several is said to be on the other side.
        let row = (0..table.rows - 1).map(|place| (table.row(place), table.row(place + 1)));
        let is_one = |(one, other): &(usize, usize)| {
            maker.at.get(*one) == maker.at.get(*other) && maker.customer[*one] == maker.customer[*other]
        };
        let (row, _) = row.into_iter().find(is_one).unwrap();
        let audit = maker.audit(&torn(&table, |other| other == row), Some(&cut));
        assert_eq!((audit.customers, audit.devices, audit.instants), (1, 1, 1));
        assert!(!audit.is_clean());
        // A whole instant: the customer is on two sides, and no instant is.
        let (at, who) = (maker.at.get(row), maker.customer[row]);
        let audit = maker.audit(&torn(&table, |row| (maker.at.get(row), maker.customer[row]) == (at, who)), Some(&cut));
        assert_eq!((audit.customers, audit.devices, audit.instants), (1, 1, 0));
        // Two customers get one recording, and stay on two sides.
        let (test, train) = (maker.sides.of.iter().position(|side| *side == Side::Test).unwrap(), maker.known.0 - 1);
        assert_eq!(maker.sides.of[train], Side::Train);
        let number =
            |place: usize| maker.customer_ranks.places.iter().position(|of| *of as usize == place).unwrap() as u32;
        let twins = [number(test), number(train)];
        let rows: Vec<(u32, u64)> = (0..6).map(|row| (twins[row % 2], row as u64 / 2)).collect();
        let (customers, hashes): (Vec<u32>, Vec<u64>) = rows.into_iter().unzip();
        maker.equal = EqualRows::new(&customers, hashes);
        let audit = maker.audit(&table, Some(&cut));
        assert_eq!((audit.recordings, audit.by_chance, audit.is_clean()), (1, 3, false));
    }
}
