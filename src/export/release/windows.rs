//! Windows of successive instants: what a step detector learns from.
//!
//! An instant with several motions, as most have, has their mean. A window has so many instants of one device with one
//! customer's motions, and no two neighbours in it are farther apart than a gap.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use polars::prelude::{Float64Chunked, Int64Chunked};
use sha2::{Digest as _, Sha256};

use super::ReleaseError;
use super::table::{OutColumn, OutTable, Source};
use crate::domain::packaging::ELAPSED;
use crate::domain::{Kind, Packaging, Progress, Side, Windows};

/// How many times longer than the median interval a gap is.
const GAP_FACTOR: u64 = 5;

/// The columns of the time, of which there is one.
const TIMES: [&str; 2] = [ELAPSED, "sensorreadingtime"];

/// The values of an instant.
const CHANNELS: [&str; 4] = ["distancefromobject", "x", "y", "z"];

/// All windows of a table.
#[derive(Clone, Debug)]
pub(super) struct Windowed {
    /// A row for each instant of each window.
    pub long: OutTable,
    /// A row for each window: where it came from.
    pub index: OutTable,
    /// Where each window starts among the instants.
    pub starts: Vec<u32>,
    /// Instants in a window.
    pub instants: usize,
    /// The longest time between two instants of a window, in milliseconds.
    pub gap_ms: u64,
    /// The values of the instants, channel by channel.
    pub channels: Vec<(&'static str, Vec<f64>)>,
    /// The time of each instant.
    pub times: Vec<i64>,
    /// The places of each instant's rows in the table.
    places: Vec<Range<u32>>,
}

/// The instants of a table, in the order of its rows.
#[derive(Default)]
struct Instants {
    customer: Vec<u32>,
    device: Vec<u32>,
    times: Vec<i64>,
    places: Vec<Range<u32>>,
    readings: Vec<i64>,
}

/// Cuts a table into windows.
///
/// # Errors
/// When cancelled.
pub(super) fn cut(
    table: &OutTable,
    wanted: &Windows,
    packaging: &Packaging,
    progress: &Progress,
) -> Result<Windowed, ReleaseError> {
    let (length, stride) = (wanted.instants as usize, wanted.stride as usize);
    let found = instants(table);
    progress.check()?;
    let channels: Vec<(&'static str, Vec<f64>)> = CHANNELS
        .into_iter()
        .filter_map(|name| Some((name, table.source(name)?)))
        .map(|(name, source)| (name, found.places.iter().map(|places| mean(table, source, places)).collect()))
        .collect();
    let count = found.times.len();
    let is_one_run =
        |at: usize| (found.customer[at - 1], found.device[at - 1]) == (found.customer[at], found.device[at]);
    let interval = |at: usize| found.times[at].abs_diff(found.times[at - 1]);
    let gap_ms = wanted.gap_ms.map_or_else(
        || {
            let mut intervals: Vec<u64> = (1..count).filter(|&at| is_one_run(at)).map(interval).collect();
            let middle = intervals.len() / 2;
            if intervals.is_empty() { u64::MAX } else { GAP_FACTOR * *intervals.select_nth_unstable(middle).1 }
        },
        u64::from,
    );
    progress.check()?;
    let mut starts = vec![];
    let mut start = 0;
    for at in 1..=count {
        if at == count || !is_one_run(at) || interval(at) > gap_ms {
            starts
                .extend((start..at).step_by(stride).take_while(|first| first + length <= at).map(|first| first as u32));
            start = at;
        }
    }
    let order: Arc<[u32]> = starts.iter().flat_map(|&start| start..start + length as u32).collect::<Vec<_>>().into();
    let rows = order.len();
    let parties = Parties::of(table, &found);
    let time =
        packaging.columns().into_iter().find(|(name, _)| TIMES.contains(name)).unwrap_or((ELAPSED, Kind::Integer));
    let whole = |values: Vec<i64>| Source::Integer(Int64Chunked::from_vec("".into(), values));
    let mut columns = vec![
        OutColumn { name: "window", kind: Kind::Integer, source: Source::PlaceOver(length) },
        OutColumn { name: "position", kind: Kind::Integer, source: Source::PlaceWithin(length) },
    ];
    columns.extend(parties.columns());
    columns.push(OutColumn { name: time.0, kind: time.1, source: whole(found.times.clone()) });
    for (name, values) in &channels {
        let source = Source::Float(Float64Chunked::from_vec("".into(), values.clone()));
        columns.push(OutColumn { name, kind: Kind::Float, source });
    }
    columns.push(OutColumn { name: "readings", kind: Kind::Integer, source: whole(found.readings.clone()) });
    let long = OutTable { name: "windows".to_owned(), columns, order: Some(order), rows };
    let index = index(table, &found, &starts, length, time, &parties);
    Ok(Windowed { long, index, starts, instants: length, gap_ms, channels, times: found.times, places: found.places })
}

/// Side, customer and device of each instant.
struct Parties(Vec<OutColumn>);

impl Parties {
    fn of(table: &OutTable, found: &Instants) -> Self {
        let column = |name: &'static str| {
            let Source::Word { codes, words } = table.source(name)? else { return None };
            let of_first = found.places.iter().map(|places| codes[table.row(places.start as usize)]).collect();
            Some(OutColumn { name, kind: Kind::Text, source: Source::Word { codes: of_first, words: words.clone() } })
        };
        Self(["split", "customer", "device"].into_iter().filter_map(column).collect())
    }

    fn columns(&self) -> impl Iterator<Item = OutColumn> {
        self.0.iter().cloned()
    }
}

/// Where each window came from: the instants of its first and last reading, and its rows, counted from 0 among those of
/// its side.
fn index(
    table: &OutTable,
    found: &Instants,
    starts: &[u32],
    length: usize,
    time: (&'static str, Kind),
    parties: &Parties,
) -> OutTable {
    let sections = table.sections(&["split"]);
    let start_of = |place: u32| {
        let inside = sections.iter().find(|(_, range)| range.contains(&(place as usize)));
        inside.map_or(0, |(_, range)| range.start) as i64
    };
    let last = |start: u32| start as usize + length - 1;
    // Rows of this table are those of the instants, so that sides, customers and devices are found by the first instant.
    let by_first = |value: &dyn Fn(u32) -> i64| {
        let mut values = vec![0; found.times.len()];
        starts.iter().for_each(|&start| values[start as usize] = value(start));
        Source::Integer(Int64Chunked::from_vec("".into(), values))
    };
    let (first_name, last_name) = if time.0 == ELAPSED { ("start_ms", "end_ms") } else { ("start", "end") };
    let column = |name, kind, source| OutColumn { name, kind, source };
    let mut columns = vec![column("window", Kind::Integer, Source::PlaceOver(1))];
    columns.extend(parties.columns());
    columns.extend([
        column(first_name, time.1, by_first(&|start| found.times[start as usize])),
        column(last_name, time.1, by_first(&|start| found.times[last(start)])),
        column(
            "first_row",
            Kind::Integer,
            by_first(&|start| {
                let place = found.places[start as usize].start;
                i64::from(place) - start_of(place)
            }),
        ),
        column(
            "rows",
            Kind::Integer,
            by_first(&|start| i64::from(found.places[last(start)].end - found.places[start as usize].start)),
        ),
    ]);
    OutTable { name: "windows_index".to_owned(), columns, order: Some(starts.into()), rows: starts.len() }
}

fn instants(table: &OutTable) -> Instants {
    let mut found = Instants::default();
    let time = TIMES.into_iter().find_map(|name| table.source(name));
    let (Some(customer), Some(device), Some(time)) = (table.source("customer"), table.source("device"), time) else {
        return found;
    };
    let mut last = None;
    for place in 0..table.rows {
        let row = table.row(place);
        let Some(at) = time.integer(row) else { continue };
        let key = (customer.code(row), device.code(row), at);
        if last == Some(key) {
            if let (Some(places), Some(readings)) = (found.places.last_mut(), found.readings.last_mut()) {
                places.end = place as u32 + 1;
                *readings += 1;
            }
            continue;
        }
        last = Some(key);
        found.customer.push(key.0);
        found.device.push(key.1);
        found.times.push(at);
        found.places.push(place as u32..place as u32 + 1);
        found.readings.push(1);
    }
    found
}

/// The mean of a column over rows that stand together; NaN where none has a value.
fn mean(table: &OutTable, source: &Source, places: &Range<u32>) -> f64 {
    let values = places.clone().filter_map(|place| source.number(table.row(place as usize)));
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    sum / f64::from(count)
}

impl Windowed {
    /// How many windows there are.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Windows that somebody on another side has as well, value for value at the same instants, as they landed.
    pub fn on_two_sides(&self, table: &OutTable, at: &Int64Chunked, side_of: impl Fn(u32) -> Option<Side>) -> u64 {
        let mut seen = HashMap::<[u8; 16], (Option<Side>, bool)>::new();
        let Some(customer) = table.source("customer") else { return 0 };
        for &start in &self.starts {
            let mut hash = Sha256::new();
            for instant in start as usize..start as usize + self.instants {
                let row = table.row(self.places[instant].start as usize);
                hash.update(at.get(row).unwrap_or_default().to_le_bytes());
                self.channels.iter().for_each(|(_, values)| hash.update(values[instant].to_le_bytes()));
            }
            let digest = hash.finalize();
            let mut short = [0; 16];
            short.copy_from_slice(&digest[..16]);
            let side = side_of(customer.code(table.row(self.places[start as usize].start as usize)));
            let entry = seen.entry(short).or_insert((side, false));
            entry.1 |= entry.0 != side;
        }
        seen.values().filter(|(_, is_torn)| *is_torn).count() as u64
    }
}
