//! What one row of the machine-learning table is: how many motions stand with each distance, counted on the rows that leave.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::table::OutTable;
use crate::domain::format::{counted, thousands};
use crate::domain::packaging::ELAPSED;

/// A device, a customer and a time, by their codes.
type Instant = (u32, u32, Option<i64>);

/// Instants of one device with one customer's motions: rows of one instant stand together, as rows are sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstantsNote {
    /// The columns that are equal in all rows of an instant, and only there.
    pub told_by: Vec<String>,
    /// How many there are.
    pub instants: u64,
    /// How many of them have so many motions with each distance.
    pub by_motions: BTreeMap<u64, u64>,
    /// Different distances of one instant, each counted. As many as instants unless a device said two things at once.
    pub distances: u64,
    /// Instants of devices that stand under several customers, each counted once; none where the time tells them apart.
    pub of_several_customers: u64,
}

impl InstantsNote {
    /// Counts them; none where the table has no time that could tell them.
    pub(super) fn of(table: &OutTable) -> Option<Self> {
        let (name, time) =
            [ELAPSED, "sensorreadingtime"].into_iter().find_map(|name| Some((name, table.source(name)?)))?;
        let (customer, device) = (table.source("customer")?, table.source("device")?);
        let distance = table.source("distancefromobject");
        let mut note = Self { told_by: ["customer", "device", name].map(str::to_owned).into(), ..Self::default() };
        let key = |row: usize| -> Instant { (device.code(row), customer.code(row), time.integer(row)) };
        let mut owners = BTreeSet::new();
        let mut place = 0;
        while place < table.rows {
            let (start, instant) = (place, key(table.row(place)));
            // Distances are in order within an instant.
            let (mut distances, mut last) = (0_usize, None);
            while place < table.rows && key(table.row(place)) == instant {
                let said = distance.and_then(|distance| distance.integer(table.row(place)));
                distances += usize::from(last.replace(said) != Some(said));
                place += 1;
            }
            owners.insert((instant.0, instant.1));
            note.instants += 1;
            note.distances += distances as u64;
            // A distance that landed twice has twice its motions, and cannot be told from one with so many.
            *note.by_motions.entry(((place - start) / distances) as u64).or_default() += 1;
        }
        let owners: Vec<u32> = owners.into_iter().map(|(device, _)| device).collect();
        let shared: BTreeSet<u32> = owners.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
        note.of_several_customers = of_several(table, &shared, key);
        Some(note)
    }

    /// How many of its instants have more motions than one.
    fn with_several(&self) -> u64 {
        self.by_motions.iter().filter(|(motions, _)| **motions > 1).map(|(_, instants)| instants).sum()
    }

    /// What one row is, in two sentences.
    pub(super) fn words(&self, rows: u64) -> String {
        let instants = counted(self.instants, "instant");
        match self.with_several() {
            0 => format!("One row is one distance with one motion. {instants} became {}.", counted(rows, "row")),
            several => format!(
                "One row is one distance with one of the motions at its instant. {instants} became {}: {} of them {} several \
                 motions, so that their distance stands in several rows.",
                counted(rows, "row"),
                thousands(several),
                if several == 1 { "has" } else { "have" }
            ),
        }
    }

    /// The section of the data card.
    pub(super) fn section(&self, rows: u64, has_split: bool, has_windows: bool) -> String {
        let mut out = format!("## What one row is\n\n{}", self.words(rows));
        if self.distances > self.instants {
            let _ = write!(
                out,
                " There are {}, as devices said more than one at some instants.",
                counted(self.distances, "distance")
            );
        }
        if self.of_several_customers > 0 {
            let _ = write!(
                out,
                " {} of a device {} under several customers: the same distance is counted for each of them.",
                counted(self.of_several_customers, "instant"),
                if self.of_several_customers == 1 { "stands" } else { "stand" }
            );
        }
        out += "\n\n| motions at the instant | instants | share of instants |\n|--:|--:|--:|\n";
        for (motions, instants) in &self.by_motions {
            let share = *instants as f64 * 100.0 / self.instants.max(1) as f64;
            let _ = writeln!(out, "| {} | {} | {share:.1} % |", thousands(*motions), thousands(*instants));
        }
        out += "\n**For training.** No label of steps is in it. ";
        if self.with_several() > 0 {
            let split = has_split.then_some("split");
            let columns = split.into_iter().chain(self.told_by.iter().map(String::as_str));
            let columns: Vec<String> = columns.map(|name| format!("\"{name}\"")).collect();
            let _ = write!(
                out,
                "Rows of one instant are not independent: they are one distance, said again with each motion. Do not count, \
                 average or draw rows as if they were; make one row of each instant first, as with \
                 `df.groupby([{}], as_index=False, observed=True).mean(numeric_only=True)` in pandas.",
                columns.join(", ")
            );
            out += if has_windows { " In `windows/` this is done already." } else { "" };
        }
        out.trim_end().to_owned() + "\n\n"
    }
}

/// Instants of these devices that stand under several customers.
fn of_several(table: &OutTable, devices: &BTreeSet<u32>, key: impl Fn(usize) -> Instant) -> u64 {
    if devices.is_empty() {
        return 0;
    }
    let keys = (0..table.rows).map(|place| key(table.row(place))).filter(|(device, ..)| devices.contains(device));
    let mut instants: Vec<_> = keys.map(|(device, customer, at)| (device, at, customer)).collect();
    instants.sort_unstable();
    instants.dedup();
    let of_one = |one: &(u32, Option<i64>, u32), next: &(u32, Option<i64>, u32)| (one.0, one.1) == (next.0, next.1);
    instants.chunk_by(of_one).filter(|customers| customers.len() > 1).count() as u64
}
