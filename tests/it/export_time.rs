//! What leaves of the time: since the device's first reading, shifted by a secret for each customer, or as it landed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use stedi_workbench::domain::{JoinRule, Packaging, Recipe, Table, TimeRelease, Windows};

use crate::export_support::{
    Ready, SECRET, all_tables, by_owner, generated, integers, learning, npz, numbers, pseudonym, read_table, texts,
    tree,
};
use crate::support::sample_data;

const DAY: i64 = 86_400_000;

fn packaging(time: TimeRelease) -> Packaging {
    let windows = Some(Windows { instants: 6, stride: 6, gap_ms: None });
    Packaging { tables: all_tables(), time, windows, ..Packaging::default() }
}

/// The instants of each party as they landed, sorted, by pseudonym.
fn landed(ready: &Ready, table: Table, party: &str, kind: &str, time: &str) -> BTreeMap<String, Vec<i64>> {
    let frame = ready.curation.frame(table);
    let mut of = BTreeMap::<String, Vec<i64>>::new();
    for (who, at) in texts(frame, party).into_iter().zip(integers(frame, time)) {
        of.entry(pseudonym(&SECRET, kind, &who)).or_default().push(at);
    }
    of.values_mut().for_each(|times| times.sort_unstable());
    of
}

fn left(folder: &Path, table: &str, party: &str, time: &str) -> BTreeMap<String, Vec<i64>> {
    let frame = read_table(folder, table);
    let mut of = BTreeMap::<String, Vec<i64>>::new();
    for (who, at) in texts(&frame, party).into_iter().zip(integers(&frame, time)) {
        of.entry(who).or_default().push(at);
    }
    of.values_mut().for_each(|times| times.sort_unstable());
    of
}

/// The tables with a time, with who they are of.
const TABLES: [(Table, &str, &str, &str); 4] = [
    (Table::MachineLearningCurated, "user", "customer", "sensorreadingtime"),
    (Table::MachineLearningCurated, "serialnumber", "device", "sensorreadingtime"),
    (Table::AccelerometerTrusted, "user", "customer", "timestamp"),
    (Table::StepTrainerTrusted, "serialnumber", "device", "sensorreadingtime"),
];

#[test]
fn elapsed_is_counted_from_the_first_reading_of_the_device_in_the_machine_learning_table() {
    let ready = Ready::sample();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    ready.export(&packaging(TimeRelease::Elapsed), &out);
    let of_device = landed(&ready, Table::MachineLearningCurated, "serialnumber", "device", "sensorreadingtime");
    let first: BTreeMap<&String, i64> = of_device.iter().map(|(device, times)| (device, times[0])).collect();
    for table in ["machine_learning_curated", "step_trainer_trusted"] {
        let table_of = Table::ALL.into_iter().find(|of| of.name() == table).unwrap();
        let landed = landed(&ready, table_of, "serialnumber", "device", "sensorreadingtime");
        for (device, times) in left(&out, table, "device", "elapsed_ms") {
            // A device without a row in the machine-learning table counts from its own first.
            let from = first.get(&device).copied().unwrap_or(landed[&device][0]);
            let expected: Vec<i64> = landed[&device].iter().map(|at| at - from).collect();
            assert_eq!(times, expected, "{table}");
        }
    }
    // A phone's readings stand beside those of its customer's devices.
    let frame = ready.curation.frame(Table::MachineLearningCurated);
    let mut from = BTreeMap::<String, i64>::new();
    for (user, serial) in texts(frame, "user").iter().zip(texts(frame, "serialnumber")) {
        let first = first[&pseudonym(&SECRET, "device", &serial)];
        from.entry(pseudonym(&SECRET, "customer", user))
            .and_modify(|before| *before = (*before).min(first))
            .or_insert(first);
    }
    let landed = landed(&ready, Table::AccelerometerTrusted, "user", "customer", "timestamp");
    for (customer, times) in left(&out, "accelerometer_trusted", "customer", "elapsed_ms") {
        let first = from.get(&customer).copied().unwrap_or(landed[&customer][0]);
        assert_eq!(times, landed[&customer].iter().map(|at| at - first).collect::<Vec<_>>());
    }
}

#[test]
fn shifted_is_one_time_for_each_customer_and_the_same_in_all_tables() {
    let folder = tempfile::tempdir().unwrap();
    let many = generated(folder.path(), 80, "reused-serials=0.2,missing-serials=0.1");
    for (name, data, recipe) in [
        ("sample", sample_data(), by_owner()),
        ("foreign pairs", sample_data(), Recipe::default()),
        ("inferred", many, Recipe { join: JoinRule::InferredOwner, ..Recipe::default() }),
    ] {
        let ready = Ready::of(&data, &recipe);
        let out = folder.path().join(name);
        ready.export(&packaging(TimeRelease::Shifted), &out);
        // By how much each customer's motions moved.
        let mut shifts = BTreeMap::<String, i64>::new();
        let motions = landed(&ready, Table::AccelerometerTrusted, "user", "customer", "timestamp");
        for (customer, times) in left(&out, "accelerometer_trusted", "customer", "timestamp") {
            let by = times[0] - motions[&customer][0];
            assert!((DAY..=365 * DAY).contains(&by.abs()), "{by}");
            assert_eq!(times, motions[&customer].iter().map(|at| at + by).collect::<Vec<_>>(), "{name}: motions");
            shifts.insert(customer, by);
        }
        assert!(shifts.values().collect::<BTreeSet<_>>().len() > shifts.len() / 2, "{name}: shifts are alike");
        let rows = landed(&ready, Table::MachineLearningCurated, "user", "customer", "sensorreadingtime");
        for (customer, times) in left(&out, "machine_learning_curated", "customer", "sensorreadingtime") {
            assert_eq!(
                times,
                rows[&customer].iter().map(|at| at + shifts[&customer]).collect::<Vec<_>>(),
                "{name}: rows"
            );
        }
        for table in ["customer_trusted", "customer_curated"] {
            let of = Table::ALL.into_iter().find(|of| of.name() == table).unwrap();
            for column in ["registrationdate", "sharewithresearchasofdate"] {
                let dates = landed(&ready, of, "email", "customer", column);
                for (customer, times) in left(&out, table, "customer", column) {
                    // Who has no motions shows the shift here only.
                    let by = shifts.entry(customer.clone()).or_insert(times[0] - dates[&customer][0]);
                    assert_eq!(
                        times,
                        dates[&customer].iter().map(|at| at + *by).collect::<Vec<_>>(),
                        "{name}: {table}"
                    );
                }
            }
        }
        // A device's distances move with those of one of its customers, so that they still meet their motions.
        let frame = ready.curation.frame(Table::MachineLearningCurated);
        let mut users = BTreeMap::<String, BTreeSet<String>>::new();
        for (serial, user) in texts(frame, "serialnumber").iter().zip(texts(frame, "user")) {
            users
                .entry(pseudonym(&SECRET, "device", serial))
                .or_default()
                .insert(pseudonym(&SECRET, "customer", &user));
        }
        let distances = landed(&ready, Table::StepTrainerTrusted, "serialnumber", "device", "sensorreadingtime");
        for (device, times) in left(&out, "step_trainer_trusted", "device", "sensorreadingtime") {
            let by = times[0] - distances[&device][0];
            assert_eq!(times, distances[&device].iter().map(|at| at + by).collect::<Vec<_>>(), "{name}: distances");
            if let Some(users) = users.get(&device) {
                assert!(users.iter().any(|user| shifts[user] == by), "{name}: a device moved with nobody");
            }
        }
    }
}

#[test]
fn raw_is_as_it_landed() {
    let ready = Ready::sample();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    ready.export(&packaging(TimeRelease::Raw), &out);
    for (table, party, kind, time) in TABLES {
        assert_eq!(left(&out, table.name(), kind, time), landed(&ready, table, party, kind, time), "{}", table.name());
    }
    for column in ["registrationdate", "lastupdatedate", "sharewithresearchasofdate", "sharewithfriendsasofdate"] {
        let expected = landed(&ready, Table::CustomerTrusted, "email", "customer", column);
        assert_eq!(left(&out, "customer_trusted", "customer", column), expected, "{column}");
    }
}

#[test]
fn consents_are_yes_or_no_where_their_dates_stay_behind() {
    let ready = Ready::sample();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    ready.export(&packaging(TimeRelease::Elapsed), &out);
    let (frame, landed) = (read_table(&out, "customer_trusted"), ready.curation.frame(Table::CustomerTrusted));
    let emails = texts(landed, "email");
    for purpose in ["research", "public", "friends"] {
        let dates = landed.column(&format!("sharewith{purpose}asofdate")).unwrap().i64().unwrap().clone();
        let mut expected = BTreeMap::<String, Vec<i64>>::new();
        for (email, date) in emails.iter().zip(dates.iter()) {
            expected.entry(pseudonym(&SECRET, "customer", email)).or_default().push(i64::from(date.is_some()));
        }
        expected.values_mut().for_each(|flags| flags.sort_unstable());
        assert_eq!(left(&out, "customer_trusted", "customer", &format!("shares_with_{purpose}")), expected);
        assert!(expected.values().flatten().any(|flag| *flag == 1), "{purpose}");
    }
    assert!(frame.column("registrationdate").is_err());
}

/// All whole numbers of an export, decoded: those of its tables and of its arrays.
fn all_numbers(folder: &Path) -> BTreeSet<i64> {
    let manifest = stedi_workbench::export::release::Manifest::read(folder).unwrap();
    let mut found = BTreeSet::new();
    for table in &manifest.tables {
        let frame = read_table(folder, &table.name);
        let columns = table.columns.iter().filter(|column| column.kind == "int64");
        columns.for_each(|column| found.extend(integers(&frame, &column.name)));
    }
    for (_, bytes) in tree(folder).iter().filter(|(name, _)| name.ends_with(".npz")) {
        found.extend(numbers(&npz(bytes)["time.npy"], i64::from_le_bytes));
    }
    found
}

#[test]
fn no_instant_as_it_landed_is_in_an_export_unless_raw_was_asked_for() {
    let ready = Ready::sample();
    let folder = tempfile::tempdir().unwrap();
    let mut raw = BTreeSet::new();
    for (table, column) in [
        (Table::AccelerometerLanding, "timestamp"),
        (Table::StepTrainerLanding, "sensorreadingtime"),
        (Table::CustomerLanding, "registrationdate"),
        (Table::CustomerLanding, "lastupdatedate"),
        (Table::CustomerLanding, "sharewithresearchasofdate"),
    ] {
        raw.extend(integers(ready.curation.frame(table), column).into_iter().filter(|at| *at > 0));
    }
    for time in TimeRelease::ALL {
        let out = folder.path().join(time.name());
        ready.export(&packaging(time), &out);
        let found = all_numbers(&out).intersection(&raw).count();
        assert_eq!(found > 0, time == TimeRelease::Raw, "{found} raw instants under {}", time.name());
    }
    assert!(learning(&folder.path().join("elapsed")).column("sensorreadingtime").is_err());
}
