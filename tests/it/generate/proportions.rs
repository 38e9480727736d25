//! The proportions of the real recording, measured on a generation of the same size.
//!
//! The ranges hold for any seed: they are some four standard deviations wide around what many seeds give, and the
//! real figure lies within, but where said.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use serde_json::Value;
use stedi_workbench::domain::Dataset;
use stedi_workbench::generate::{Generator, sample};

use super::defects::records;
use super::generate;

struct Feed {
    customers: Vec<Value>,
    motions: Vec<Value>,
    distances: Vec<Value>,
}

fn feed(generator: &Generator) -> Feed {
    let (folder, generated) = generate(generator);
    let of = |dataset| records(folder.path(), &generated, dataset);
    Feed { customers: of(Dataset::Customer), motions: of(Dataset::Accelerometer), distances: of(Dataset::StepTrainer) }
}

fn text<'a>(record: &'a Value, key: &str) -> &'a str {
    record[key].as_str().unwrap()
}

fn time(record: &Value, key: &str) -> i64 {
    record[key].as_i64().unwrap()
}

/// What the pipeline makes of a feed, as the specification says, in the plainest way.
#[derive(Debug, Default)]
struct Figures {
    trusted_customers: usize,
    trusted_motions: usize,
    after_consent: usize,
    with_readings_after_consent: usize,
    before_and_after: usize,
    machine_learning: usize,
    foreign: usize,
    shared_instants: usize,
    affected_devices: usize,
}

fn figures(feed: &Feed) -> Figures {
    let consent = "shareWithResearchAsOfDate";
    let given = |record: &&Value| record[consent].as_i64().is_some_and(|time| time > 0);
    let agreed: Vec<&Value> = feed.customers.iter().filter(given).collect();
    let consents: BTreeMap<&str, i64> = agreed.iter().map(|c| (text(c, "email"), time(c, consent))).collect();
    let owners: BTreeMap<&str, &str> = agreed.iter().map(|c| (text(c, "serialNumber"), text(c, "email"))).collect();
    let mut figures = Figures { trusted_customers: agreed.len(), ..Figures::default() };
    let mut at = BTreeMap::<i64, Vec<&str>>::new();
    let (mut before, mut after) = (BTreeSet::new(), BTreeSet::new());
    for motion in &feed.motions {
        let (user, timestamp) = (text(motion, "user"), time(motion, "timestamp"));
        let Some(&since) = consents.get(user) else { continue };
        figures.trusted_motions += 1;
        at.entry(timestamp).or_default().push(user);
        if timestamp >= since {
            figures.after_consent += 1;
            after.insert(user);
        } else {
            before.insert(user);
        }
    }
    figures.with_readings_after_consent = after.len();
    figures.before_and_after = before.intersection(&after).count();
    figures.shared_instants = at.values().filter(|users| users.iter().collect::<BTreeSet<_>>().len() > 1).count();
    let mut affected = BTreeSet::new();
    for distance in &feed.distances {
        let serial = text(distance, "serialNumber");
        let Some(&owner) = owners.get(serial) else { continue };
        let users = at.get(&time(distance, "sensorReadingTime")).map_or(&[][..], Vec::as_slice);
        let foreign = users.iter().filter(|&&user| user != owner).count();
        figures.machine_learning += users.len();
        figures.foreign += foreign;
        if foreign > 0 {
            affected.insert(serial);
        }
    }
    figures.affected_devices = affected.len();
    figures
}

fn per_mille(part: usize, whole: usize) -> usize {
    part * 1_000 / whole.max(1)
}

fn assert_in(what: &str, figure: usize, range: RangeInclusive<usize>) {
    assert!(range.contains(&figure), "{what}: {figure}, not within {range:?}");
}

/// Real figures: 482 of 956 agreed; 40,981 trusted readings, 32,025 (78.1 %) of them after consent; 464 of 482
/// have such readings, 369 (76.6 %) have readings before and after; 2,700 of 43,681 machine-learning rows (6.2 %) are
/// foreign, by way of 439 shared instants (3.0 % of 14,460), in 364 of 482 devices (75.5 %).
#[test]
fn consent_and_foreign_pairs_are_as_in_the_real_recording() {
    for seed in 0..4 {
        let figures = figures(&feed(&Generator { seed, ..Generator::new(956) }));
        let customers = figures.trusted_customers;
        assert_in("customers who agreed", customers, 420..=540);
        assert_in("motions a trusted customer", figures.trusted_motions / customers, 84..=86);
        assert_in("after consent, per mille", per_mille(figures.after_consent, figures.trusted_motions), 690..=860);
        assert_in("with readings left", per_mille(figures.with_readings_after_consent, customers), 920..=990);
        assert_in("before and after", per_mille(figures.before_and_after, customers), 680..=820);
        assert_in("foreign rows", per_mille(figures.foreign, figures.machine_learning), 45..=80);
        assert_in("shared instants", per_mille(figures.shared_instants, customers * 30), 22..=42);
        assert_in("affected devices", per_mille(figures.affected_devices, customers), 650..=880);
    }
}

#[test]
fn proportions_stay_alike_when_the_recording_grows() {
    let figures = figures(&feed(&Generator::new(6_000)));
    assert_in("foreign rows", per_mille(figures.foreign, figures.machine_learning), 55..=80);
    assert_in("affected devices", per_mille(figures.affected_devices, figures.trusted_customers), 740..=880);
}

/// Real shares: 83.7 % of the instants have three motions, 16.0 % two, 0.3 % one, one in ten thousand more.
#[test]
fn sessions_are_as_in_the_real_recording() {
    let feed = feed(&Generator::new(956));
    let mut devices = BTreeMap::<&str, Vec<i64>>::new();
    for distance in &feed.distances {
        devices.entry(text(distance, "serialNumber")).or_default().push(time(distance, "sensorReadingTime"));
        assert_in("distance", distance["distanceFromObject"].as_u64().unwrap() as usize, 201..=300);
    }
    assert_eq!(devices.len(), 956);
    let mut gaps = Vec::new();
    for times in devices.values_mut() {
        times.sort_unstable();
        assert_eq!(times.len(), 30);
        let gap = times[1] - times[0];
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] == gap));
        gaps.push(gap as usize);
    }
    gaps.sort_unstable();
    assert_in("median gap in ms", gaps[gaps.len() / 2], 2_900..=3_150);
    assert_in("shortest session in ms", gaps[0] * 29, 58_900..=60_000);
    assert_in("longest session in ms", gaps[gaps.len() - 1] * 29, 115_000..=116_000);

    let owners: BTreeMap<&str, &str> =
        feed.customers.iter().map(|c| (text(c, "email"), text(c, "serialNumber"))).collect();
    let mut motions = BTreeMap::<(&str, i64), BTreeSet<String>>::new();
    for motion in &feed.motions {
        let (user, timestamp) = (text(motion, "user"), time(motion, "timestamp"));
        assert!(devices[owners[user]].binary_search(&timestamp).is_ok());
        let added = motions.entry((user, timestamp)).or_default().insert(motion.to_string());
        assert!(added, "whole rows are unique");
    }
    assert_eq!(motions.len(), 956 * 30);
    let mut instants = [0; 7];
    for different in motions.values() {
        instants[different.len()] += 1;
    }
    for (rows, range) in [(0, 0..=0), (1, 1..=6), (2, 150..=170), (3, 827..=847), (4, 0..=1), (5, 0..=1), (6, 0..=1)] {
        assert_in(&format!("per mille of instants with {rows} motions"), per_mille(instants[rows], 956 * 30), range);
    }
}

#[test]
fn customers_do_not_exist() {
    let feed = feed(&Generator::new(956));
    let unique = |key| feed.customers.iter().map(|customer| text(customer, key)).collect::<BTreeSet<_>>().len();
    assert_eq!([unique("email"), unique("serialNumber"), unique("customerName")], [956; 3]);
    for customer in &feed.customers {
        let domain = text(customer, "email").split('@').nth(1).unwrap();
        assert!(["example.com", "example.org", "example.net"].contains(&domain), "{domain}");
        assert!(text(customer, "phone")[3..].starts_with("55501"));
    }
}

#[test]
fn the_sample_shows_the_story() {
    let feed = feed(&sample());
    let figures = figures(&feed);
    let serials: BTreeSet<&str> = feed.customers.iter().map(|customer| text(customer, "serialNumber")).collect();
    let blank = feed.customers.iter().flat_map(|customer| customer.as_object().unwrap().values());
    let blank = blank.filter(|value| value.is_null() || **value == 0 || **value == "").count();
    eprintln!("{figures:?}, {} serials, {blank} blank, {} distances", serials.len(), feed.distances.len());
    assert_eq!(feed.customers.len(), 150);
    assert_in("customer records whose serial number was used before", 150 - serials.len(), 5..=25);
    assert_in("blank consents", blank, 5..=25);
    assert_in("readings before consent", figures.trusted_motions - figures.after_consent, 500..=2_500);
    assert_in("foreign rows", figures.foreign, 50..=500);
    assert_in("distances lost with the end of a file", 150 * 30 - feed.distances.len(), 20..=80);
}
