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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use polars::prelude::NewChunkedArray as _;
    use proptest::prelude::*;

    use super::super::parties::NOBODY;
    use super::*;

    /// Customer, device, instant, distance, x; the side is that of the customer.
    type Row = (u32, u32, i64, Option<i64>, f64);

    const SIDES: [&str; 4] = ["test", "test", "train", "train"];

    fn table(rows: &[Row]) -> OutTable {
        let customer: Arc<[u32]> = rows.iter().map(|row| row.0).collect();
        let device: Arc<[u32]> = rows.iter().map(|row| row.1).collect();
        let whole =
            |values: Vec<Option<i64>>| Source::Integer(Int64Chunked::from_iter_options("".into(), values.into_iter()));
        let column = |name, kind, source| OutColumn { name, kind, source };
        let columns = vec![
            column("split", Kind::Text, Source::word(&customer, SIDES)),
            column("customer", Kind::Text, Source::word(&customer, ["c_0", "c_1", "c_2", "c_3"])),
            column("device", Kind::Text, Source::word(&device, ["d_0", "d_1", "d_2"])),
            column(ELAPSED, Kind::Integer, whole(rows.iter().map(|row| Some(row.2)).collect())),
            column("distancefromobject", Kind::Integer, whole(rows.iter().map(|row| row.3).collect())),
            column(
                "x",
                Kind::Float,
                Source::Float(Float64Chunked::from_iter_values("".into(), rows.iter().map(|row| row.4))),
            ),
        ];
        OutTable::sorted("machine_learning_curated", columns, rows.len())
    }

    fn windows(rows: &[Row], wanted: &Windows) -> (OutTable, Windowed) {
        let table = table(rows);
        let packaging = Packaging { leave_out: ["y".to_owned(), "z".to_owned()].into(), ..Packaging::default() };
        let cut = cut(&table, wanted, &packaging, &Progress::default()).unwrap();
        (table, cut)
    }

    /// What a window is, worked out one instant after the other: who it is of, its instants, and the mean of each.
    type Expected = (u32, u32, Vec<i64>, Vec<(f64, f64)>);

    fn expected(rows: &[Row], wanted: &Windows) -> (Vec<Expected>, u64) {
        let mut instants = BTreeMap::<(u32, u32), BTreeMap<i64, Vec<&Row>>>::new();
        for row in rows {
            instants.entry((row.0, row.1)).or_default().entry(row.2).or_default().push(row);
        }
        let mut intervals: Vec<u64> = vec![];
        for times in instants.values() {
            let times: Vec<i64> = times.keys().copied().collect();
            intervals.extend(times.windows(2).map(|pair| pair[1].abs_diff(pair[0])));
        }
        intervals.sort_unstable();
        let median = intervals.get(intervals.len() / 2).map_or(u64::MAX, |median| 5 * median);
        let gap = wanted.gap_ms.map_or(median, u64::from);
        let mean = |rows: &[&Row], value: &dyn Fn(&Row) -> Option<f64>| {
            let values: Vec<f64> = rows.iter().filter_map(|row| value(row)).collect();
            values.iter().sum::<f64>() / values.len() as f64
        };
        let mut found = vec![];
        for ((customer, device), of) in &instants {
            let times: Vec<i64> = of.keys().copied().collect();
            let mut start = 0;
            while start + wanted.instants as usize <= times.len() {
                let inside = &times[start..start + wanted.instants as usize];
                match inside.windows(2).position(|pair| pair[1].abs_diff(pair[0]) > gap) {
                    // Windows are counted from the first instant behind a gap.
                    Some(before) => {
                        let run = times[start..].windows(2).position(|pair| pair[1].abs_diff(pair[0]) > gap);
                        assert_eq!(run, Some(before));
                        start += before + 1;
                    }
                    None => {
                        let means = inside.iter().map(|at| {
                            (mean(&of[at], &|row| row.3.map(|value| value as f64)), mean(&of[at], &|row| Some(row.4)))
                        });
                        found.push((*customer, *device, inside.to_vec(), means.collect()));
                        // A stride that leads across a gap begins anew behind it.
                        let next = start + wanted.stride as usize;
                        let gap_at = (start + 1..times.len()).find(|&at| times[at].abs_diff(times[at - 1]) > gap);
                        start = gap_at.filter(|&at| at < next).unwrap_or(next);
                    }
                }
            }
        }
        (found, gap)
    }

    fn close(one: f64, other: f64) -> bool {
        (one.is_nan() && other.is_nan()) || (one - other).abs() <= 1e-9
    }

    fn any_rows() -> impl Strategy<Value = Vec<Row>> {
        let row = (0..4_u32, 0..3_u32, 0..60_i64, prop::option::of(0..9_i64), -9..9_i32);
        prop::collection::vec(
            row.prop_map(|(who, what, at, far, x)| (who, what, at * at, far, f64::from(x) / 4.0)),
            0..120,
        )
    }

    proptest! {
        #[test]
        fn windows_are_those_that_are_found_one_by_one(
            rows in any_rows(),
            instants in 2..6_u32,
            stride in 1..8_u32,
            gap_ms in prop::option::of(0..300_u32),
        ) {
            let wanted = Windows { instants, stride, gap_ms };
            let (table, cut) = windows(&rows, &wanted);
            let (expected, gap) = expected(&rows, &wanted);
            prop_assert_eq!((cut.len(), cut.gap_ms), (expected.len(), gap));
            prop_assert_eq!((cut.long.rows, cut.index.rows), (cut.len() * instants as usize, cut.len()));
            let at = |table: &OutTable, name: &str, place: usize| table.source(name).unwrap().integer(table.row(place));
            let text = |table: &OutTable, name: &str, place: usize| {
                table.source(name).unwrap().text(table.row(place)).map(str::to_owned)
            };
            let sections = table.sections(&["split"]);
            for (number, (customer, device, times, means)) in expected.into_iter().enumerate() {
                let side = SIDES[customer as usize];
                for (position, (time, (distance, x))) in times.iter().zip(&means).enumerate() {
                    let place = number * instants as usize + position;
                    let row = cut.long.row(place);
                    prop_assert_eq!(at(&cut.long, ELAPSED, place), Some(*time));
                    prop_assert_eq!(text(&cut.long, "customer", place), Some(format!("c_{customer}")));
                    prop_assert_eq!(text(&cut.long, "device", place), Some(format!("d_{device}")));
                    prop_assert_eq!(text(&cut.long, "split", place), Some(side.to_owned()));
                    for (name, value) in [("distancefromobject", *distance), ("x", *x)] {
                        let there = cut.long.source(name).unwrap().number(row).unwrap();
                        prop_assert!(close(there, value), "{}: {} and {}", name, there, value);
                        let (_, values) = cut.channels.iter().find(|(channel, _)| *channel == name).unwrap();
                        prop_assert!(close(values[cut.starts[number] as usize + position], value));
                    }
                }
                // The index leads to the rows that it came from, among those of its side.
                prop_assert_eq!(at(&cut.index, "start_ms", number), times.first().copied());
                prop_assert_eq!(at(&cut.index, "end_ms", number), times.last().copied());
                let range = &sections.iter().find(|(texts, _)| texts[0] == side).unwrap().1;
                let first = range.start + at(&cut.index, "first_row", number).unwrap() as usize;
                let behind = first..first + at(&cut.index, "rows", number).unwrap() as usize;
                prop_assert!(behind.end <= range.end);
                let mut seen = std::collections::BTreeSet::new();
                for place in behind {
                    prop_assert_eq!(text(&table, "customer", place), Some(format!("c_{customer}")));
                    prop_assert_eq!(text(&table, "device", place), Some(format!("d_{device}")));
                    seen.extend(at(&table, ELAPSED, place));
                }
                prop_assert_eq!(seen.into_iter().collect::<Vec<_>>(), times);
            }
        }
    }

    #[test]
    fn there_are_none_without_rows_or_where_no_recording_is_long_enough() {
        let wanted = Windows { instants: 3, stride: 1, gap_ms: None };
        let (_, none) = windows(&[], &wanted);
        assert_eq!((none.len(), none.gap_ms), (0, u64::MAX));
        let rows: Vec<Row> = (0..2).map(|at| (0, 0, at * 10, Some(1), 0.0)).collect();
        assert_eq!(windows(&rows, &wanted).1.len(), 0);
        // A row of nobody is of no window, but for that of nobody.
        let rows: Vec<Row> = (0..3).map(|at| (if at == 1 { NOBODY } else { 0 }, 0, at * 10, Some(1), 0.0)).collect();
        assert_eq!(windows(&rows, &wanted).1.len(), 0);
    }

    #[test]
    fn an_instant_without_a_value_is_not_a_number_and_the_others_are_a_mean() {
        let rows =
            [(0, 0, 0, None, 1.0), (0, 0, 10, Some(4), 1.0), (0, 0, 10, None, 2.0), (0, 0, 10, Some(1), f64::NAN)];
        let (_, cut) = windows(&rows, &Windows { instants: 2, stride: 1, gap_ms: None });
        assert_eq!(cut.len(), 1);
        let of = |name: &str| &cut.channels.iter().find(|(channel, _)| *channel == name).unwrap().1;
        assert!(of("distancefromobject")[0].is_nan() && of("x")[1].is_nan());
        assert_eq!((of("distancefromobject")[1], of("x")[0]), (2.5, 1.0));
    }

    #[test]
    fn a_window_that_two_sides_have_is_counted() {
        let rows: Vec<Row> =
            [0, 2].into_iter().flat_map(|who| (0..4).map(move |at| (who, who / 2, at * 10, Some(at), 0.5))).collect();
        let (table, cut) = windows(&rows, &Windows { instants: 2, stride: 1, gap_ms: None });
        let at = Int64Chunked::from_iter_values("".into(), rows.iter().map(|row| row.2));
        let by_name = |who: u32| Some(if who < 2 { Side::Test } else { Side::Train });
        assert_eq!((cut.len(), cut.on_two_sides(&table, &at, by_name)), (6, 3));
        assert_eq!(cut.on_two_sides(&table, &at, |_| Some(Side::Train)), 0);
        let later = Int64Chunked::from_iter_values("".into(), rows.iter().map(|row| row.2 + i64::from(row.0)));
        assert_eq!(cut.on_two_sides(&table, &later, by_name), 0, "at other instants it is another one");
    }
}
