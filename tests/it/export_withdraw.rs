//! Customers who withdraw after an export was made: who of them is in it, and the same export without them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use polars::prelude::*;
use serde_json::Value;
use stedi_workbench::domain::{Format, Packaging, Partition, Progress, Recipe, Table, TimeRelease, Windows, Withdrawn};
use stedi_workbench::export::release::{Contained, Key, Manifest, ReleaseError, contained, reproduce, withdraw};

use crate::curation::landing;
use crate::export_card::counted_instants;
use crate::export_support::{
    Home, Ready, SECRET, WHEN, all_tables, by_owner, code, entangled, key, names, npy_texts, npz, path, pseudonym,
    read_table, read_table_file, rows, said, texts, tree, verified,
};
use crate::support::{sample_data, write};

fn all(format: Format, partition: Partition) -> Packaging {
    Packaging {
        tables: all_tables(),
        format,
        partition,
        windows: Some(Windows { instants: 5, stride: 4, gap_ms: None }),
        ..Packaging::default()
    }
}

/// Customers of the machine-learning table with the devices whose rows are theirs.
fn owners(ready: &Ready) -> Vec<(String, String)> {
    let frame = ready.curation.frame(Table::MachineLearningCurated);
    let pairs: BTreeSet<(String, String)> =
        texts(frame, "user").into_iter().zip(texts(frame, "serialnumber")).collect();
    pairs.into_iter().collect()
}

/// Whether a row is of one of these pseudonyms.
fn is_of(frame: &DataFrame, gone: &BTreeSet<String>) -> Vec<bool> {
    let mut is = vec![false; frame.height()];
    for column in ["customer", "device"] {
        if let Ok(column) = frame.column(column) {
            let texts = column.str().unwrap();
            is.iter_mut().zip(texts.iter()).for_each(|(is, text)| *is |= text.is_some_and(|text| gone.contains(text)));
        }
    }
    is
}

/// How many rows or windows of these each file has, counted in the files themselves.
fn counted(folder: &Path, gone: &BTreeSet<String>) -> BTreeMap<String, u64> {
    let manifest = Manifest::read(folder).unwrap();
    let mut counts = BTreeMap::new();
    for file in manifest.tables.iter().flat_map(|table| &table.files) {
        let count = is_of(&read_table_file(folder, &file.path), gone).into_iter().filter(|is| *is).count() as u64;
        counts.insert(file.path.clone(), count);
    }
    for file in manifest.windows.iter().flat_map(|windows| &windows.files) {
        let arrays = npz(&fs::read(folder.join(&file.path)).unwrap());
        let [who, what] = ["customer.npy", "device.npy"].map(|name| npy_texts(&arrays[name]).unwrap());
        let count = who.iter().zip(&what).filter(|(who, what)| gone.contains(*who) || gone.contains(*what)).count();
        counts.insert(file.path.clone(), count as u64);
    }
    counts.retain(|_, count| *count > 0);
    counts
}

fn taken(folder: &Path, list: &str, place: &Path) -> Contained {
    let list = Withdrawn::parse(list).unwrap();
    let seen = contained(folder, &list, &key(), &Progress::default()).unwrap();
    let done = withdraw(folder, &list, &key(), place, false, WHEN, &Progress::default()).unwrap();
    assert_eq!(seen, done);
    seen
}

#[test]
fn who_withdrew_is_gone_from_every_file_and_the_others_are_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let ready = Ready::sample();
    let owners = owners(&ready);
    let chosen: Vec<&(String, String)> = owners.iter().step_by(9).collect();
    // Some by address, some by serial number, one who is not in it.
    let list: Vec<String> = chosen
        .iter()
        .enumerate()
        .map(|(number, (user, serial))| if number % 2 == 0 { user.to_uppercase() } else { format!(" {serial}") })
        .chain(["nobody@example.com".to_owned()])
        .collect();
    let list = list.join("\n");
    let mut gone = BTreeSet::new();
    for (user, serial) in &owners {
        if chosen.iter().any(|(of, device)| of == user || device == serial) {
            gone.insert(pseudonym(&SECRET, "customer", user));
            gone.insert(pseudonym(&SECRET, "device", serial));
        }
    }
    let customers = gone.iter().filter(|name| name.starts_with("c_")).count() as u64;
    assert_eq!(customers, chosen.len() as u64);
    for (format, partition) in [
        (Format::Parquet, Partition::Split),
        (Format::Csv, Partition::Device),
        (Format::Ndjson, Partition::None),
        (Format::Arrow, Partition::Customer),
    ] {
        let what = format!("{} by {}", format.title(), partition.name());
        let (before, after) =
            (folder.path().join(format!("{what} before")), folder.path().join(format!("{what} after")));
        let first = ready.export(&all(format, partition), &before);
        let found = taken(&before, &list, &after);
        assert_eq!((found.customers, found.devices), (customers, customers), "{what}");
        assert_eq!(found.rows, counted(&before, &gone), "{what}");
        assert!(counted(&after, &gone).is_empty(), "{what}: somebody is still in it");
        for (name, bytes) in tree(&after) {
            let text = String::from_utf8_lossy(&bytes);
            let is_there = gone.iter().any(|who| text.contains(who.as_str()) || name.contains(who.as_str()));
            // The recipe says by pseudonyms who withdrew, so that it can be made again.
            assert!(!is_there || name == "manifest.json", "{what}: {name} names somebody who is gone");
        }
        let said = |folder: &Path, name: &str| fs::read_to_string(folder.join(name)).unwrap();
        for (name, words) in
            [("report.html", "taken out of this export after the review"), ("README.md", "who were taken out since")]
        {
            assert!(said(&after, name).contains(words) && !said(&before, name).contains(words), "{what}: {name}");
        }
        let second = Manifest::read(&after).unwrap();
        for table in &first.tables {
            let (one, other) = (read_table(&before, &table.name), read_table(&after, &table.name));
            let stays: BooleanChunked = is_of(&one, &gone).into_iter().map(|is| !is).collect();
            // Windows are numbered anew.
            let plain = |frame: &DataFrame| rows(&frame.drop_many(["window", "first_row"]));
            assert!(
                plain(&one.filter(&stays).unwrap()) == plain(&other),
                "{what}: {} of the others changed",
                table.name
            );
        }
        assert!(verified(&after).is_sound(), "{what}: {:?}", verified(&after));
        let tombstone = &second.tombstones[0];
        assert_eq!((tombstone.customers, &tombstone.rows), (customers, &found.rows));
        assert_eq!(second.consent.customers, first.consent.customers - customers);
        assert_eq!(second.consent.withdrawn, customers);
        assert_eq!(second.instants, Some(counted_instants(&after)), "{what}");
        let card = fs::read_to_string(after.join("README.md")).unwrap();
        assert!(card.contains("**Withdrawn.**") && card.contains("Use no earlier copy"));
        // The landing files give it, by the recipe with these withdrawals.
        for (key, count) in [(Some(key()), 7), (None, 0)] {
            let landing = landing(&sample_data());
            match reproduce(&after, key.as_ref(), None, &landing, &Progress::default()) {
                Ok(made) => assert_eq!((made.same_tables, made.other_tables), (count, vec![]), "{what}"),
                Err(error) => assert!(key.is_none() && matches!(error, ReleaseError::NoKey { .. }), "{what}: {error}"),
            }
        }
        // Nobody of them is in it any more.
        let again = folder.path().join("again");
        assert_eq!(taken(&after, &list, &again), Contained::default());
        assert!(!again.exists());
    }
}

#[test]
fn withdrawals_agree_with_the_recipe_where_devices_are_shared() {
    let folder = tempfile::tempdir().unwrap();
    let data = entangled(folder.path());
    let messy = &data.landing;
    let ready = Ready::of(messy, &by_owner());
    for (name, list, time) in [
        ("a-sharer", &data.sharers[0], TimeRelease::Elapsed),
        ("what-is-shared", &data.shared, TimeRelease::Shifted),
        ("a-collector", &data.collector, TimeRelease::Elapsed),
        ("a-part-of-the-collection", &data.collected[1], TimeRelease::Raw),
        ("a-twin", &data.twins[1], TimeRelease::Elapsed),
        ("another", &data.others[3], TimeRelease::Shifted),
    ] {
        let (before, after) = (folder.path().join(name), folder.path().join(format!("{name}-after")));
        ready.export(&Packaging { time, ..all(Format::Parquet, Partition::None) }, &before);
        taken(&before, list, &after);
        assert!(verified(&after).is_sound());
        let by_recipe = Ready::of(messy, &Recipe { withdrawn: Withdrawn::parse(list).unwrap(), ..by_owner() });
        let expected = by_recipe.curation.rows(Table::MachineLearningCurated);
        assert_eq!(Manifest::read(&after).unwrap().rows(), expected, "{name}");
        let made = reproduce(&after, Some(&key()), None, &ready.landing, &Progress::default()).unwrap();
        assert_eq!(made.other_tables, Vec::<String>::new(), "{name}");
    }
}

#[test]
fn strangers_at_the_same_instant_are_not_withdrawn_with_somebody() {
    let folder = tempfile::tempdir().unwrap();
    let ready = Ready::of(&sample_data(), &Recipe::default());
    let landed = ready.curation.frame(Table::CustomerTrusted);
    let records: BTreeSet<(String, String)> =
        texts(landed, "email").into_iter().zip(texts(landed, "serialnumber")).collect();
    // Somebody whose device the join on the time stamp pairs with strangers, who have fewer of its rows.
    let learning = ready.curation.frame(Table::MachineLearningCurated);
    let mut pairs = BTreeMap::<String, BTreeMap<String, u64>>::new();
    for (serial, user) in texts(learning, "serialnumber").into_iter().zip(texts(learning, "user")) {
        *pairs.entry(serial).or_default().entry(user).or_default() += 1;
    }
    let most = |users: &BTreeMap<String, u64>| users.iter().max_by_key(|(_, rows)| **rows).unwrap().0.clone();
    let is_clear = |user: &String| pairs.values().filter(|users| most(users) == *user).count() == 1;
    let found = pairs.iter().map(|(serial, users)| (serial, most(users), users.len())).find(|(serial, user, users)| {
        *users > 1
            && is_clear(user)
            && records.contains(&(user.clone(), (*serial).clone()))
            && records.iter().filter(|(email, of)| email == user || of == *serial).count() == 1
    });
    let (serial, email, _) = found.unwrap();
    let email = &email;
    for (name, tables) in [("all", all_tables()), ("alone", Packaging::default().tables)] {
        for (how, list) in [("address", email), ("serial", serial)] {
            let (before, after) =
                (folder.path().join(format!("{name}-{how}")), folder.path().join(format!("{name}-{how}-after")));
            ready.export(&Packaging { tables: tables.clone(), ..Packaging::default() }, &before);
            let found = taken(&before, list, &after);
            assert_eq!(found.customers, 1, "{name} by {how}: strangers were taken along");
            let learning = read_table(&after, "machine_learning_curated");
            let gone = BTreeSet::from([pseudonym(&SECRET, "customer", email), pseudonym(&SECRET, "device", serial)]);
            assert!(is_of(&learning, &gone).iter().all(|is| !is));
            let made = reproduce(&after, Some(&key()), None, &ready.landing, &Progress::default()).unwrap();
            assert_eq!(made.other_tables, Vec::<String>::new(), "{name} by {how}");
        }
    }
}

#[test]
fn everybody_may_withdraw() {
    let folder = tempfile::tempdir().unwrap();
    let ready = Ready::sample();
    let everybody: Vec<String> = texts(ready.curation.frame(Table::CustomerTrusted), "email");
    for format in Format::ALL {
        let (before, after) =
            (folder.path().join(format.extension()), folder.path().join(format!("{}-after", format.extension())));
        ready.export(&all(format, Partition::Customer), &before);
        taken(&before, &everybody.join(","), &after);
        let manifest = Manifest::read(&after).unwrap();
        assert_eq!((manifest.rows(), manifest.consent.customers), (0, 0));
        let columns: Vec<usize> = manifest.tables.iter().map(|table| table.columns.len()).collect();
        assert!(columns.iter().all(|columns| *columns > 1) && verified(&after).is_sound());
    }
}

#[test]
fn it_needs_the_key_and_an_export_that_is_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let ready = Ready::sample();
    let (out, place) = (folder.path().join("out"), folder.path().join("place"));
    ready.export(&Packaging::default(), &out);
    let list = Withdrawn::parse(&owners(&ready)[0].0).unwrap();
    let other = Key::from_bytes([1; 32]);
    let error = withdraw(&out, &list, &other, &place, false, WHEN, &Progress::default()).unwrap_err();
    assert!(matches!(error, ReleaseError::NoKey { .. }), "{error}");
    write(&out, "README.md", "changed");
    let error = withdraw(&out, &list, &key(), &place, false, WHEN, &Progress::default()).unwrap_err();
    assert!(error.to_string().contains("README.md"), "{error}");
    assert_eq!(names(folder.path()), ["out"]);
}

/// Two exports of the program, one whose key was thrown away, and a list with somebody who is in both.
fn exported(home: &Home) -> (PathBuf, PathBuf, PathBuf) {
    let (kept, lost) = (home.at("kept"), home.at("lost"));
    assert_eq!(code(&home.export(&kept, &["--tables", "all"])), 0);
    assert_eq!(code(&home.export(&lost, &["--key", "throw-away"])), 0);
    let user = owners(&Ready::of(&sample_data(), &by_owner()))[0].0.clone();
    (kept, lost, write(&home.at(""), "left.txt", user))
}

#[test]
fn the_command_line_says_who_has_them_and_writes_only_when_asked() {
    let home = Home::new();
    let (kept, lost, list) = exported(&home);
    let before = tree(&home.at(""));
    let output = home.run(&["withdraw", "--customers", path(&list), path(&kept), "--dry-run", "--json"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&told[0]["found"]["customers"], &told[0]["written"]), (&1.into(), &Value::Null));
    let output = home.run(&["withdraw", "--customers", path(&list), path(&kept), path(&lost), "--dry-run"]);
    assert_eq!(code(&output), 1, "the key of one was thrown away");
    assert!(
        said(&output).contains("1 customer of them is in it") || said(&output).contains("1 customer"),
        "{}",
        said(&output)
    );
    assert!(said(&output).contains("its key") && said(&output).contains("--withdrawn"), "{}", said(&output));
    let nobody = write(&home.at("lists"), "nobody.txt", "nobody@example.com");
    let output = home.run(&["withdraw", "--customers", path(&nobody), path(&kept)]);
    assert!(code(&output) == 0 && said(&output).contains("nobody of them is in it"), "{}", said(&output));
    let empty = write(&home.at("lists"), "empty.txt", "# nobody yet\n");
    let output = home.run(&["withdraw", "--customers", path(&empty), path(&kept)]);
    assert!(code(&output) == 2 && said(&output).contains("names nobody"), "{}", said(&output));
    fs::remove_dir_all(home.at("lists")).unwrap();
    assert_eq!(tree(&home.at("")), before, "nothing was written");
    let output = home.run(&["withdraw", "--customers", path(&list), path(&kept)]);
    assert_eq!(code(&output), 0);
    let after = home.at("kept-without-withdrawn");
    assert!(after.is_dir() && tree(&kept) == before_of(&before, "kept/"), "the first one stays");
    let output = home.run(&["verify", path(&after), "--landing", path(&sample_data())]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    let output = home.run(&["withdraw", "--customers", path(&list), path(&kept)]);
    assert!(code(&output) == 2 && said(&output).contains("is there already"), "{}", said(&output));
    let output = home.run(&["withdraw", "--customers", path(&list), path(&kept), "--replace"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    assert_eq!(tree(&kept).keys().collect::<Vec<_>>(), tree(&after).keys().collect::<Vec<_>>());
    let output = home.run(&["diff", path(&kept), path(&after)]);
    assert!(said(&output).contains("They say the same"), "{}", said(&output));
}

fn before_of(all: &BTreeMap<String, Vec<u8>>, folder: &str) -> BTreeMap<String, Vec<u8>> {
    let inside = all.iter().filter_map(|(name, content)| Some((name.strip_prefix(folder)?, content)));
    inside.filter(|(name, _)| !name.is_empty()).map(|(name, content)| (name.to_owned(), content.clone())).collect()
}

#[test]
fn an_export_that_cannot_be_read_does_not_hide_what_was_done_with_others() {
    let home = Home::new();
    let (kept, _, list) = exported(&home);
    let broken = home.at("broken");
    write(&broken, "manifest.json", "{}");
    let output = home.run(&["withdraw", "--customers", path(&list), path(&kept), path(&broken), "--replace"]);
    assert_eq!(code(&output), 2);
    assert!(said(&output).contains("took its own place") && said(&output).contains("broken"), "{}", said(&output));
    assert_eq!(names(&broken), ["manifest.json"]);
}
