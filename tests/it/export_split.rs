//! Sides: by customer, never by row; who hangs together stays together; a side that was given stays.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use stedi_workbench::domain::{Dataset, Packaging, Progress, Split, Table};
use stedi_workbench::export::release::{Manifest, ReleaseError, SideList, SideListError, SplitAudit};

use crate::export_support::{
    Home, Ready, SECRET, by_owner, code, entangled, generated, integers, key, landed, learning, path, pseudonym, said,
    sides, texts,
};
use crate::support::{real_data, sample_data, write};

fn split(split: Split) -> Packaging {
    Packaging { split: Some(split), ..Packaging::default() }
}

/// Looks at the rows alone: who is on two sides.
fn assert_clean(folder: &Path) {
    let frame = learning(folder);
    let mut seen = BTreeMap::<(&str, String), BTreeSet<String>>::new();
    for name in ["customer", "device"] {
        for (side, who) in texts(&frame, "split").into_iter().zip(texts(&frame, name)) {
            seen.entry((name, who)).or_default().insert(side);
        }
    }
    assert!(!seen.is_empty() && seen.values().all(|sides| sides.len() == 1));
    let manifest = Manifest::read(folder).unwrap();
    let note = manifest.split.unwrap();
    assert!(note.audit.is_clean());
    // What is said of each side is what is there.
    for (name, side) in &note.sides {
        let of = |column: &str| -> BTreeSet<String> {
            let pairs = texts(&frame, "split").into_iter().zip(texts(&frame, column));
            pairs.filter(|(of, _)| of == name).map(|(_, who)| who).collect()
        };
        let rows = texts(&frame, "split").iter().filter(|of| *of == name).count() as u64;
        let counted = (side.rows, side.customers, side.devices);
        assert_eq!(counted, (rows, of("customer").len() as u64, of("device").len() as u64), "{name}");
    }
    let listed = sides(folder);
    for (customer, side) in texts(&frame, "customer").into_iter().zip(texts(&frame, "split")) {
        assert_eq!(listed[&customer], side);
    }
}

#[test]
fn customers_are_on_one_side_whatever_is_wrong_with_the_data() {
    let folder = tempfile::tempdir().unwrap();
    let messy = "reused-serials=0.2,missing-serials,blank-consents,unknown-users,truncated-files,compressed";
    for (number, defects) in
        ["none", "reused-serials=0.3", "duplicate-files,duplicate-readings=0.2", messy].iter().enumerate()
    {
        let landing = generated(&folder.path().join(number.to_string()), 120, defects);
        let ready = Ready::of(&landing, &by_owner());
        for (stratify, seed) in [(false, 0), (true, 3)] {
            let out = folder.path().join(format!("out-{number}-{stratify}"));
            let wanted = Split { validation_permille: 200, test_permille: 200, seed, stratify };
            ready.export(&split(wanted), &out);
            assert_clean(&out);
        }
    }
}

#[test]
fn the_real_data_are_parted_by_customer_under_both_rules() {
    let Some(data) = real_data() else { return };
    let folder = tempfile::tempdir().unwrap();
    for (name, recipe) in [("owner", by_owner()), ("timestamp", stedi_workbench::domain::Recipe::default())] {
        let out = folder.path().join(name);
        Ready::of(&data, &recipe).export(&Packaging::default(), &out);
        assert_clean(&out);
    }
}

#[test]
fn who_shares_a_device_or_a_recording_is_on_one_side() {
    let folder = tempfile::tempdir().unwrap();
    let data = entangled(folder.path());
    let ready = Ready::of(&data.landing, &by_owner());
    let name = |email: &String| pseudonym(&SECRET, "customer", email);
    let mut apart = 0;
    for seed in 0..12 {
        let out = folder.path().join(seed.to_string());
        let halves = Split { validation_permille: 0, test_permille: 500, seed, stratify: seed % 2 == 1 };
        let manifest = ready.export(&split(halves), &out);
        assert_clean(&out);
        let sides = sides(&out);
        for pair in [&data.twins, &data.sharers] {
            assert_eq!(sides[&name(&pair[0])], sides[&name(&pair[1])]);
        }
        assert_eq!(manifest.split.unwrap().grouped, 4);
        apart += u32::from(sides[&name(&data.twins[0])] != sides[&name(&data.others[0])]);
    }
    assert!(apart > 0, "all are on one side, which shows nothing");
}

#[test]
fn a_customer_keeps_the_side_when_others_come_or_go() {
    let folder = tempfile::tempdir().unwrap();
    let few = generated(folder.path(), 150, "none");
    let many = generated(folder.path(), 400, "none");
    let side_of = |landing: &Path, name: &str, seed: u64| {
        let out = folder.path().join(format!("{name}-{seed}"));
        Ready::of(landing, &by_owner()).export(&split(Split { seed, ..Split::default() }), &out);
        sides(&out)
    };
    let (before, after) = (side_of(&few, "few", 0), side_of(&many, "many", 0));
    let common: Vec<&String> = before.keys().filter(|customer| after.contains_key(*customer)).collect();
    assert!(common.len() > 50, "{} customers are in both", common.len());
    assert!(common.iter().all(|customer| before[*customer] == after[*customer]));
    let other = side_of(&many, "many", 1);
    let moved = after.iter().filter(|(customer, side)| other[*customer] != **side).count();
    assert!(moved > 20, "another seed moves only {moved}");
    for side in ["train", "validation", "test"] {
        assert!(after.values().any(|of| of == side), "nobody is on {side}");
    }
}

#[test]
fn stratified_shares_are_exact_to_the_customer() {
    let folder = tempfile::tempdir().unwrap();
    let landing = generated(folder.path(), 300, "none");
    let ready = Ready::of(&landing, &by_owner());
    for (number, (validation, test)) in [(100, 100), (150, 250), (0, 333), (1, 1)].into_iter().enumerate() {
        let out = folder.path().join(number.to_string());
        let wanted =
            Split { validation_permille: validation, test_permille: test, seed: number as u64, stratify: true };
        let manifest = ready.export(&split(wanted), &out);
        let note = manifest.split.unwrap();
        let all: u64 = note.sides.values().map(|side| side.customers).sum();
        assert_eq!((note.grouped, all), (0, manifest.consent.customers));
        let part = |permille: u32| (all * u64::from(permille) + 500) / 1000;
        let counts = ["validation", "test"].map(|side| note.sides[side].customers);
        assert_eq!(counts, [part(validation), part(test)], "{validation} and {test} of {all}");
        assert_clean(&out);
    }
}

#[test]
fn a_list_of_sides_is_honoured_by_pseudonym_and_by_address() {
    let folder = tempfile::tempdir().unwrap();
    let ready = Ready::sample();
    let first = folder.path().join("first");
    ready.export(&split(Split { test_permille: 300, ..Split::default() }), &first);
    let list = SideList::parse(&fs::read_to_string(first.join("splits.csv")).unwrap()).unwrap();
    assert_eq!(list.len(), sides(&first).len());
    let again = folder.path().join("again");
    for stratify in [false, true] {
        let other = split(Split { seed: 9, stratify, ..Split::default() });
        let prepared = ready.prepared(&other, &key(), &list).unwrap();
        let manifest = ready.try_export(&prepared, &again, &Progress::default()).unwrap();
        assert_eq!(sides(&again), sides(&first));
        assert_eq!(manifest.split.unwrap().listed, list.len() as u64);
        fs::remove_dir_all(&again).unwrap();
    }
    let users: BTreeSet<String> =
        texts(ready.curation.frame(Table::MachineLearningCurated), "user").into_iter().collect();
    let alone: Vec<&String> = users.iter().take(200).collect();
    let lines: Vec<String> = alone.iter().map(|email| format!(" {} , validation\r\n", email.to_uppercase())).collect();
    let prepared = ready.prepared(&Packaging::default(), &key(), &SideList::parse(&lines.concat()).unwrap()).unwrap();
    let out = folder.path().join("by-address");
    ready.try_export(&prepared, &out, &Progress::default()).unwrap();
    let sides = sides(&out);
    assert!(alone.iter().all(|email| sides[&pseudonym(&SECRET, "customer", email)] == "validation"));
}

#[test]
fn a_list_that_tears_a_group_apart_is_refused() {
    let home = Home::new();
    let data = entangled(&home.at(""));
    let ready = Ready::of(&data.landing, &by_owner());
    for [one, other] in [&data.twins, &data.sharers] {
        let text = format!("{one},train\n{other},test\n");
        let failed = ready.prepared(&Packaging::default(), &key(), &SideList::parse(&text).unwrap());
        assert!(matches!(failed, Err(ReleaseError::Torn(2))), "{failed:?}");
        let list = write(&home.at(""), "sides.csv", text);
        let kept = home.kept();
        let arguments = ["export", path(&data.landing), "--join", "owner", "--sides", path(&list), "--out", "out"];
        let accepted: Vec<String> = ready
            .review
            .checks()
            .iter()
            .filter(|check| ready.review.accepted(check.id, &ready.trail).is_some())
            .map(|check| format!("--accept={}=for a test", check.id.name()))
            .collect();
        let accepted: Vec<&str> = accepted.iter().map(String::as_str).collect();
        let trail = path(&home.at("trail/trail.jsonl")).to_owned();
        let who = ["--analyst", "A. Name", "--trail", &trail];
        let output = home.run(&[&arguments[..], &accepted[..], &who[..]].concat());
        assert_eq!(code(&output), 2);
        assert!(said(&output).contains("parts 2 customers who share a device or a recording"), "{}", said(&output));
        assert!(said(&output).contains("Put them on one side"), "{}", said(&output));
        assert!(!home.at("out").exists() && home.kept() == kept, "a key was kept for nothing");
    }
}

#[test]
fn a_list_that_cannot_be_understood_names_the_line_and_not_what_stands_there() {
    for (text, expected) in [
        ("customer,split\nann@example.com,train\nbob@example.com", SideListError::Line(3)),
        ("ann@example.com,trian", SideListError::Line(1)),
        (",train", SideListError::Line(1)),
        ("a,train\n# b\n\n\"A\",train\n A ,test", SideListError::Twice(5)),
    ] {
        let error = SideList::parse(text).unwrap_err();
        assert!(error == expected && !error.to_string().contains("ann"), "{error}");
    }
    assert!(SideList::parse("\u{feff}customer,split\n\n# nobody\n").unwrap().is_empty());
    let home = Home::new();
    let list = write(&home.at(""), "sides.csv", "ann@example.com;train");
    let output = home.export(&home.at("out"), &["--sides", path(&list)]);
    assert_eq!(code(&output), 2);
    assert!(said(&output).contains("sides.csv: line 1") && !said(&output).contains("ann@"), "{}", said(&output));
}

#[test]
fn shares_that_cannot_be_had_are_refused() {
    let home = Home::new();
    for (share, word) in
        [("0,50,50", "none is left to train"), ("80,10", "three shares"), ("80,15,10", "make 100"), ("a,b,c", "three")]
    {
        let output = home.export(&home.at("out"), &["--split", share]);
        assert_eq!(code(&output), 2, "{share}");
        assert!(said(&output).contains(word), "{share}: {}", said(&output));
    }
    let output = home.export(&home.at("out"), &["--split", "none"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    assert!(!home.at("out/splits.csv").exists() && Manifest::read(&home.at("out")).unwrap().split.is_none());
    let output = home.export(&home.at("all"), &["--split", "100,0,0"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    assert_eq!(sides(&home.at("all")).values().collect::<BTreeSet<_>>(), BTreeSet::from([&"train".to_owned()]));
}

#[test]
fn an_audit_with_anything_on_two_sides_is_not_clean() {
    let clean = SplitAudit { by_chance: 7, ..SplitAudit::default() };
    assert!(clean.is_clean());
    for torn in [
        SplitAudit { customers: 1, ..clean.clone() },
        SplitAudit { devices: 1, ..clean.clone() },
        SplitAudit { instants: 1, ..clean.clone() },
        SplitAudit { recordings: 1, ..clean.clone() },
        SplitAudit { windows: 1, ..clean.clone() },
    ] {
        assert!(!torn.is_clean(), "{torn:?}");
    }
}

#[test]
fn rows_that_are_equal_by_chance_are_counted_and_are_no_leak() {
    let folder = tempfile::tempdir().unwrap();
    let Some(data) = real_data() else { return };
    let ready = Ready::of(&data, &by_owner());
    let out = folder.path().join("out");
    let manifest = ready.export(&split(Split { test_permille: 400, ..Split::default() }), &out);
    let frame = ready.curation.frame(Table::MachineLearningCurated);
    let listed = sides(&out);
    let users = texts(frame, "user");
    let mut rows = BTreeMap::<Vec<i64>, BTreeSet<&str>>::new();
    let column = |name: &str| -> Vec<i64> {
        if frame.column(name).unwrap().i64().is_ok() {
            integers(frame, name)
        } else {
            crate::export_support::floats(frame, name).iter().map(|value| value.to_bits() as i64).collect()
        }
    };
    let columns = ["sensorreadingtime", "distancefromobject", "x", "y", "z"].map(column);
    for (row, user) in users.iter().enumerate() {
        let side = listed[&pseudonym(&SECRET, "customer", user)].as_str();
        rows.entry(columns.iter().map(|values| values[row]).collect()).or_default().insert(side);
    }
    let by_chance = rows.values().filter(|sides| sides.len() > 1).count() as u64;
    assert_eq!(manifest.split.unwrap().audit.by_chance, by_chance);
}

#[test]
fn everybody_of_the_machine_learning_table_has_a_side_and_nobody_else() {
    let ready = Ready::sample();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let manifest =
        ready.export(&Packaging { tables: crate::export_support::all_tables(), ..Packaging::default() }, &out);
    let users = texts(ready.curation.frame(Table::MachineLearningCurated), "user").into_iter().collect::<BTreeSet<_>>();
    assert!(users.is_subset(&landed(&ready.landing, Dataset::Customer, "email")));
    let expected: BTreeSet<String> = users.iter().map(|user| pseudonym(&SECRET, "customer", user)).collect();
    assert_eq!(sides(&out).into_keys().collect::<BTreeSet<_>>(), expected);
    assert_eq!(manifest.consent.customers, expected.len() as u64);
    assert!(sample_data().is_dir());
}
