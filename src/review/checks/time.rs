//! Instants that cannot be right.

use polars::prelude::ChunkedArray;

use crate::curation::CurationError;
use crate::domain::format::{counted, thousands};
use crate::domain::{CheckId, Dataset, Kind, Table};
use crate::landing::RefusedReason;

use super::found::{Found, NotComputed, need, rows_where};
use super::ground::{Ground, NEVER, NOBODY};
use super::grouped::Grouped;
use super::keys::are;
use super::{Behind, Checks};

/// From 1973 to 5138 as seconds, before March 1973 as milliseconds.
const SECONDS: std::ops::Range<i64> = 100_000_000..100_000_000_000;
/// From March 1973 on as microseconds, after the year 5138 as milliseconds.
const MICROSECONDS: i64 = 100_000_000_000_000;

/// Readings of one kind: whose, and when.
struct Stream<'a> {
    table: Table,
    whose: &'a [u32],
    at: &'a [i64],
    most: usize,
    /// The earliest registration of each.
    registered: Vec<i64>,
    who: &'static str,
}

pub fn add(ground: &Ground<'_>, checks: &mut Checks<'_>) -> Result<(), CurationError> {
    let units = units(ground)?;
    checks.add(CheckId::UnitsMixed, units);
    let registered = registered(ground);
    let of_devices = |device: usize| {
        let owners = ground.owners[device].iter().map(|person| registered[*person as usize]);
        owners.filter(|at| *at != NEVER).min().unwrap_or(NEVER)
    };
    let motions = Stream {
        table: ground.motions.table,
        whose: &ground.motions.user,
        at: &ground.motions.at,
        most: ground.people.len(),
        registered: registered.clone(),
        who: "user",
    };
    let distances = Stream {
        table: ground.distances.table,
        whose: &ground.distances.device,
        at: &ground.distances.at,
        most: ground.devices.len(),
        registered: (0..ground.devices.len()).map(of_devices).collect(),
        who: "device",
    };
    checks.add(CheckId::MotionsBeforeRegistration, motions.before_registration());
    checks.add(CheckId::DistancesBeforeRegistration, distances.before_registration());
    for (stream, id) in [(&motions, CheckId::MotionsOutsideSession), (&distances, CheckId::DistancesOutsideSession)] {
        ground.progress.check()?;
        let threshold = checks.threshold(id);
        checks.add(id, stream.outside_session(threshold));
    }
    checks.add(CheckId::MotionsBackwards, motions.backwards());
    checks.add(CheckId::DistancesBackwards, distances.backwards());
    checks.add(CheckId::StreamsApart, apart(ground, &motions, &distances));
    Ok(())
}

/// In every column of instants that landed, and among what was refused.
fn units(ground: &Ground<'_>) -> Result<Result<Found, NotComputed>, CurationError> {
    let (mut rows, mut number) = (vec![], 0);
    let (mut seconds, mut looked_at) = (0, 0);
    for dataset in Dataset::ALL {
        let table = Table::landing(dataset);
        let frame = ground.landing.numbered(dataset);
        let mut is_odd = vec![false; frame.height()];
        for column in dataset.schema().iter().filter(|column| column.kind == Kind::Time) {
            let column = frame.column(column.name).and_then(|column| column.i64());
            let instants: &ChunkedArray<_> = column.map_err(|error| CurationError::Engine { table, error })?;
            for (odd, at) in is_odd.iter_mut().zip(instants.iter()) {
                let Some(at) = at else { continue };
                looked_at += 1;
                if SECONDS.contains(&at) || at >= MICROSECONDS {
                    seconds += u64::from(at < MICROSECONDS);
                    number += 1;
                    *odd = true;
                }
            }
        }
        rows.push((table, rows_where(is_odd.len(), |row| is_odd[row])));
    }
    let refused = out_of_range(ground);
    looked_at += refused.len();
    if looked_at == 0 {
        return Ok(Err(NotComputed("There is no instant to look at.".to_owned())));
    }
    let microseconds = number - seconds + refused.len() as u64;
    let words = match number + refused.len() as u64 {
        0 => "Every instant is in milliseconds.".to_owned(),
        _ => format!(
            "{} like seconds, {} like microseconds or were refused as out of range.",
            if seconds == 1 { "1 instant looks".to_owned() } else { format!("{} instants look", thousands(seconds)) },
            thousands(microseconds)
        ),
    };
    let found = Found::number(number + refused.len() as u64, "instant", words);
    let found = rows.into_iter().fold(found, |found, (table, rows)| found.on(table, rows));
    Ok(Ok(found.behind((!refused.is_empty()).then(|| Behind::Refused(refused.into())))))
}

/// Refused records with an instant after the year 9999, which is one in microseconds more often than not.
fn out_of_range(ground: &Ground<'_>) -> Vec<u32> {
    let is_instant = |name: &str| {
        Dataset::ALL
            .iter()
            .flat_map(|dataset| dataset.schema())
            .any(|column| column.kind == Kind::Time && column.name == name)
    };
    let is_it = |reason: RefusedReason| matches!(reason, RefusedReason::OutOfRange(column) if is_instant(column));
    let refused = (0..).zip(&ground.landing.refused);
    refused.filter(|(_, refused)| is_it(refused.reason)).map(|(place, _)| place).collect()
}

/// The first registration of each person.
fn registered(ground: &Ground<'_>) -> Vec<i64> {
    let mut first = vec![NEVER; ground.people.len()];
    for (person, at) in ground.customers.email.iter().zip(&ground.customers.registration) {
        if *person != NOBODY && *at != NEVER {
            let first = &mut first[*person as usize];
            *first = if *first == NEVER { *at } else { (*at).min(*first) };
        }
    }
    first
}

impl Stream<'_> {
    fn before_registration(&self) -> Result<Found, NotComputed> {
        need(self.table, self.whose.len())?;
        let registered = |row: usize| self.registered.get(self.whose[row] as usize).copied().unwrap_or(NEVER);
        let of = (0..self.whose.len()).filter(|row| registered(*row) != NEVER).count();
        if of == 0 {
            return Err(NotComputed(format!("No {} has a registration date.", self.who)));
        }
        let rows = rows_where(self.whose.len(), |row| self.at[row] < registered(row));
        let words = match rows.len() as u64 {
            0 => "Every reading is later than the registration.".to_owned(),
            some => format!("{} from before the registration.", are(some, "reading")),
        };
        Ok(Found::rows(self.table, rows, of, words))
    }

    /// Parts are readings with no longer pause between them than the threshold.
    fn outside_session(&self, threshold: u64) -> Result<Found, NotComputed> {
        need(self.table, self.whose.len())?;
        let at = |row: &u32| self.at[*row as usize];
        let is_one = |one: &u32, other: &u32| at(other).abs_diff(at(one)).div_ceil(1000) <= threshold;
        let (mut longest, mut rows) = (0, vec![]);
        for readings in Grouped::new(self.whose, self.at, self.most).all() {
            let pauses = readings.windows(2).map(|two| at(&two[1]).abs_diff(at(&two[0])).div_ceil(1000));
            let pause = pauses.max().unwrap_or_default();
            longest = longest.max(pause);
            if pause > threshold {
                let parts: Vec<&[u32]> = readings.chunk_by(is_one).collect();
                // Of parts of one size the first counts as the session.
                let session = (0..parts.len()).rev().max_by_key(|part| parts[*part].len());
                let others = parts.iter().enumerate().filter(|(part, _)| Some(*part) != session);
                rows.extend(others.flat_map(|(_, part)| part.iter().copied()));
            }
        }
        rows.sort_unstable();
        let words = format!("The longest pause within one {}'s readings is {}.", self.who, counted(longest, "second"));
        Ok(Found::number(longest, "second", words).on(self.table, rows))
    }

    fn backwards(&self) -> Result<Found, NotComputed> {
        need(self.table, self.whose.len())?;
        let mut latest = vec![NEVER; self.most];
        let mut rows = vec![];
        for row in (0..self.whose.len()).filter(|row| self.whose[*row] != NOBODY) {
            let latest = &mut latest[self.whose[row] as usize];
            if self.at[row] < *latest {
                rows.push(row as u32);
            }
            *latest = self.at[row].max(*latest);
        }
        let words = match rows.len() as u64 {
            0 => format!("The readings of each {} come in the order of time.", self.who),
            some => format!("{} delivered after a later one of the same {}.", are(some, "reading"), self.who),
        };
        Ok(Found::rows(self.table, rows, self.whose.len(), words))
    }

    /// From when to when the readings of each are; the wrong way round for nobody's.
    fn spans(&self) -> Vec<(i64, i64)> {
        let mut spans = vec![(i64::MAX, i64::MIN); self.most];
        for (number, at) in self.whose.iter().zip(self.at).filter(|(number, _)| **number != NOBODY) {
            let span = &mut spans[*number as usize];
            *span = (span.0.min(*at), span.1.max(*at));
        }
        spans
    }
}

fn apart(ground: &Ground<'_>, motions: &Stream<'_>, distances: &Stream<'_>) -> Result<Found, NotComputed> {
    let (phones, devices) = (motions.spans(), distances.spans());
    let (mut compared, mut is_apart) = (0_u64, vec![false; devices.len()]);
    for (device, span) in devices.iter().enumerate().filter(|(_, span)| span.0 <= span.1) {
        let owners = ground.owners[device].iter().map(|person| phones[*person as usize]);
        let phones: Vec<_> = owners.filter(|phone| phone.0 <= phone.1).collect();
        if !phones.is_empty() {
            compared += 1;
            is_apart[device] = !phones.iter().any(|phone| phone.0 <= span.1 && span.0 <= phone.1);
        }
    }
    if compared == 0 {
        return Err(NotComputed("There is no device whose customer has motions.".to_owned()));
    }
    let number = is_apart.iter().filter(|is_apart| **is_apart).count() as u64;
    let rows = rows_where(distances.whose.len(), |row| {
        is_apart.get(distances.whose[row] as usize).copied().unwrap_or_default()
    });
    let words = match number {
        0 => "Every device was used while a phone of its customers was.".to_owned(),
        _ => format!("{} at no time at which a phone of its customers was.", used(number)),
    };
    let figure = format!("{} of {}", thousands(number), counted(compared, "device"));
    Ok(Found::number(number, "device", words).figured(number, figure).on(distances.table, rows))
}

fn used(devices: u64) -> String {
    if devices == 1 { "1 device was used".to_owned() } else { format!("{} devices were used", thousands(devices)) }
}
