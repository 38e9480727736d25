//! Landing data with something wrong in it that the inference of owners must stand: for a test and a benchmark.

use std::collections::HashMap;
use std::sync::Arc;

use polars::prelude::*;
use stedi_workbench::curation::{OwnerFindings, TableView, infer_owners};
use stedi_workbench::domain::{Dataset, OwnerRules, OwnerVerdict, Progress, Table};
use stedi_workbench::landing::Landing;

/// Readings, and whose devices they really are.
pub struct Situation {
    pub name: String,
    customers: DataFrame,
    pub motions: DataFrame,
    pub distances: DataFrame,
    truth: HashMap<String, String>,
}

/// How good an inference was.
#[derive(Clone, Copy, Debug)]
pub struct Score {
    /// Devices with an owner by the inference.
    pub assigned: usize,
    /// Of these, the right ones.
    pub right: usize,
    /// Devices whose owner has readings.
    pub owned: usize,
    pub ambiguous: usize,
}

impl Score {
    /// The share of the assigned owners that is right; 1 if none is assigned.
    pub fn precision(&self) -> f64 {
        if self.assigned == 0 { 1.0 } else { self.right as f64 / self.assigned as f64 }
    }

    /// The share of the owned devices whose owner was found.
    pub fn recall(&self) -> f64 {
        self.right as f64 / self.owned.max(1) as f64
    }
}

impl Situation {
    fn new(landing: &Landing, name: &str) -> Self {
        let [customers, motions, distances] = Dataset::ALL.map(|dataset| landing.frame(dataset).clone());
        let text = |frame: &DataFrame, name: &str| -> Vec<String> {
            frame.column(name).unwrap().str().unwrap().iter().map(|text| text.unwrap_or_default().to_owned()).collect()
        };
        let truth = text(&customers, "serialnumber").into_iter().zip(text(&customers, "email")).collect();
        Self { name: name.to_owned(), customers, motions, distances, truth }
    }

    /// Infers the owners.
    pub fn infer(&self, rules: &OwnerRules) -> OwnerFindings {
        let view = |frame: &DataFrame, table: Table| TableView::new(frame, table.schema());
        infer_owners(
            &view(&self.customers, Table::CustomerLanding),
            &view(&self.motions, Table::AccelerometerLanding),
            &view(&self.distances, Table::StepTrainerLanding),
            rules,
            &Progress::default(),
        )
        .unwrap()
    }

    /// Compares an inference with the truth.
    pub fn score(&self, findings: &OwnerFindings) -> Score {
        let is_right = |(serial, user): &(&Arc<str>, &Arc<str>)| {
            self.truth.get(&***serial).is_some_and(|owner| **owner == ***user)
        };
        Score {
            assigned: findings.assigned().count(),
            right: findings.assigned().filter(is_right).count(),
            owned: findings.findings.iter().filter(|finding| self.truth.contains_key(&*finding.serial)).count(),
            ambiguous: findings.findings.iter().filter(|it| it.verdict == OwnerVerdict::Ambiguous).count(),
        }
    }
}

/// All situations, from the same landing data.
pub fn situations(landing: &Landing) -> Vec<Situation> {
    let mut situations = vec![Situation::new(landing, "as it landed")];
    let mut shared = Situation::new(landing, "30 serial numbers on all records");
    set_serials(&mut shared, |row| Some(format!("shared-{}", row % 30)));
    let mut removed = Situation::new(landing, "no serial number on any record");
    set_serials(&mut removed, |_| None);
    situations.extend([shared, removed]);
    for percent in [10, 30, 50] {
        let mut lost = Situation::new(landing, &format!("{percent} % of each device's readings lost"));
        lost.distances = keep(&lost.distances, |row| dice(row, 100) >= percent);
        situations.push(lost);
        let mut both = Situation::new(landing, &format!("{percent} % of all readings lost"));
        both.distances = keep(&both.distances, |row| dice(row, 100) >= percent);
        both.motions = keep(&both.motions, |row| dice(row + 7, 100) >= percent);
        situations.push(both);
    }
    situations.push(together(landing, 1_000));
    situations.push(together(landing, 500));
    for permille in [50, 500] {
        let mut nobody = Situation::new(landing, &format!("{} % of the phones silent", permille as f64 / 10.0));
        let silent = |user: &str| dice(hash(user), 1_000) < permille;
        nobody.motions = keep_texts(&nobody.motions, "user", |user| !silent(user));
        nobody.truth.retain(|_, owner| !silent(owner));
        situations.push(nobody);
    }
    for (percent, name) in [(10, "10 % of the clocks apart"), (100, "all clocks apart, each by up to 5 s")] {
        let mut apart = Situation::new(landing, name);
        let offset = move |serial: &str| match dice(hash(serial), 100) < percent {
            true => dice(hash(serial) + 1, 10_001) as i64 - 5_000,
            false => 0,
        };
        move_times(&mut apart, offset);
        situations.push(apart);
    }
    let mut alike = Situation::new(landing, "all clocks apart by the same 1.234 s");
    move_times(&mut alike, |_| 1_234);
    situations.push(alike);
    situations
}

/// Of every twenty customers the first two move together: each has the motions of the other besides their own, at so many
/// thousandths of the instants.
fn together(landing: &Landing, permille: u64) -> Situation {
    let mut together =
        Situation::new(landing, &format!("two who move together, at {} % of the instants", permille / 10));
    let emails = together.customers.column("email").unwrap().str().unwrap().clone();
    let users: Vec<&str> = emails.iter().map(Option::unwrap_or_default).collect();
    let pairs = users.chunks_exact(20).flat_map(|few| [(few[0], few[1]), (few[1], few[0])]);
    let other: HashMap<&str, &str> = pairs.collect();
    let user = together.motions.column("user").unwrap().str().unwrap().clone();
    let at = together.motions.column("timestamp").unwrap().i64().unwrap().clone();
    let copied = |row: &usize| {
        other.contains_key(user.get(*row).unwrap()) && dice(at.get(*row).unwrap() as u64, 1_000) < permille
    };
    let rows: Vec<u32> = (0..user.len()).filter(copied).map(|row| row as u32).collect();
    let mut motions = together.motions.take(&IdxCa::from_slice("rows".into(), &rows)).unwrap();
    let names: Vec<&str> = rows.iter().map(|row| other[user.get(*row as usize).unwrap()]).collect();
    motions.with_column(Column::new("user".into(), names)).unwrap();
    together.motions = together.motions.vstack(&motions).unwrap();
    together
}

fn set_serials(situation: &mut Situation, serial: impl Fn(usize) -> Option<String>) {
    let serials: Vec<Option<String>> = (0..situation.customers.height()).map(serial).collect();
    situation.customers.with_column(Column::new("serialnumber".into(), serials)).unwrap();
}

fn move_times(situation: &mut Situation, by: impl Fn(&str) -> i64) {
    let serials = situation.distances.column("serialnumber").unwrap().str().unwrap().clone();
    let times = situation.distances.column("sensorreadingtime").unwrap().i64().unwrap().clone();
    let moved: Vec<Option<i64>> =
        serials.iter().zip(times.iter()).map(|(serial, at)| Some(at? + by(serial.unwrap_or_default()))).collect();
    situation.distances.with_column(Column::new("sensorreadingtime".into(), moved)).unwrap();
}

fn keep(frame: &DataFrame, is_kept: impl Fn(u64) -> bool) -> DataFrame {
    let mask: BooleanChunked = (0..frame.height() as u64).map(is_kept).collect();
    frame.filter(&mask).unwrap()
}

fn keep_texts(frame: &DataFrame, column: &str, is_kept: impl Fn(&str) -> bool) -> DataFrame {
    let texts = frame.column(column).unwrap().str().unwrap();
    let mask: BooleanChunked = texts.iter().map(|text| is_kept(text.unwrap_or_default())).collect();
    frame.filter(&mask).unwrap()
}

/// The same number below `below` for the same `of`: SplitMix64.
fn dice(of: u64, below: u64) -> u64 {
    let mut bits = of.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (bits ^ (bits >> 31)) % below
}

fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
