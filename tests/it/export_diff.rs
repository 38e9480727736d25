//! What an export says of itself, and how two of them differ.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use stedi_workbench::domain::{Format, Packaging, Partition, Progress, Recipe, Split, Table, Windows};
use stedi_workbench::export::release::{Difference, Key, Manifest, diff, loaders, preview};

use crate::export_support::{
    Home, Ready, all_tables, by_owner, code, generated, key, learning, path, rows, said, sides, tree,
};
use crate::support::sample_data;

fn all() -> Packaging {
    Packaging {
        tables: all_tables(),
        windows: Some(Windows { instants: 5, stride: 5, gap_ms: None }),
        partition: Partition::Customer,
        ..Packaging::default()
    }
}

#[test]
fn the_manifest_names_every_file_as_it_is() {
    let ready = Ready::sample();
    let folder = tempfile::tempdir().unwrap();
    for format in Format::ALL {
        let out = folder.path().join(format.extension());
        let manifest = ready.export(&Packaging { format, ..all() }, &out);
        let mut files = tree(&out);
        files.retain(|name, _| !name.ends_with('/'));
        files.remove("manifest.json").unwrap();
        let mut named = BTreeMap::new();
        for file in manifest.all_files() {
            let content = &files[&file.path];
            let sha256: String = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!((file.bytes, &file.sha256), (content.len() as u64, &sha256), "{}", file.path);
            assert!(named.insert(&file.path, ()).is_none(), "{} is named twice", file.path);
        }
        assert!(named.into_keys().eq(files.keys()));
        for table in &manifest.tables {
            assert_eq!(table.rows, table.files.iter().map(|file| file.rows.unwrap()).sum::<u64>());
        }
        assert_eq!(manifest.bytes(), files.values().map(|content| content.len() as u64).sum::<u64>());
    }
}

#[test]
fn the_manifest_says_where_it_comes_from_and_nothing_of_the_machine() {
    let home = Home::new();
    let output = home.export(&home.at("out"), &["--analyst", "A. Name", "--tables", "all", "--windows", "4"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    let machine =
        [home.at(""), sample_data(), std::env::temp_dir()].map(|folder| path(&folder).trim_end_matches('/').to_owned());
    for (name, content) in tree(&home.at("out")) {
        let text = String::from_utf8_lossy(&content);
        assert!(machine.iter().all(|place| !text.contains(place.as_str())), "{name} names a place of this machine");
    }
    let manifest = Manifest::read(&home.at("out")).unwrap();
    assert_eq!(manifest.program, format!("stedi-workbench {}", env!("CARGO_PKG_VERSION")));
    let landed: Vec<(String, u64)> = tree(&sample_data())
        .into_iter()
        .filter(|(name, _)| name.ends_with(".json"))
        .map(|(name, content)| (name, content.len() as u64))
        .collect();
    assert_eq!(manifest.landing.iter().map(|file| (file.name.clone(), file.bytes)).collect::<Vec<_>>(), landed);
    assert_eq!(manifest.landing.iter().map(|file| file.refused).sum::<u64>(), 1);
    assert_eq!((manifest.consent.purpose.as_str(), manifest.consent.withdrawn), ("research", 0));
    assert!(manifest.review.checks.len() > 30 && manifest.tombstones.is_empty());
    assert_eq!(Recipe::from_json(&manifest.recipe.to_string()).unwrap(), by_owner());
    let ids: Vec<&str> = manifest.attacks.iter().map(|attack| attack.id.as_str()).collect();
    assert_eq!(ids, ["dictionary", "known-instant", "landing-files", "smallest-group", "known-side"]);
    assert!(manifest.attacks.iter().all(|attack| attack.found <= attack.of));
    assert_eq!(manifest.attacks[0].found, 0, "no pseudonym is undone by a dictionary");
}

#[test]
fn the_preview_says_what_comes() {
    let ready = Ready::sample();
    let folder = tempfile::tempdir().unwrap();
    for format in Format::ALL {
        let packaging = Packaging { format, ..all() };
        let prepared = ready.prepared(&packaging, &key(), &Default::default()).unwrap();
        let before = preview(&prepared, &ready.landing, &ready.curation, &Progress::default()).unwrap();
        let manifest = ready.export(&packaging, &folder.path().join(format.extension()));
        assert_eq!((before.split.as_ref(), &before.attacks), (manifest.split.as_ref(), &manifest.attacks));
        let estimate = &before.estimate;
        assert_eq!((estimate.rows, estimate.customers), (manifest.rows(), manifest.consent.customers));
        assert_eq!(estimate.agreed, ready.curation.rows(Table::CustomerTrusted));
        assert!(estimate.customers < estimate.agreed);
        assert_eq!(estimate.windows, manifest.windows.as_ref().map(|note| note.windows));
        let described = manifest.files.len() as u64;
        assert_eq!(estimate.files, manifest.all_files().count() as u64 - described);
        let of_data: u64 = manifest.bytes() - manifest.files.iter().map(|file| file.bytes).sum::<u64>();
        assert!((of_data / 3..of_data * 3).contains(&estimate.bytes), "{} is foreseen of {of_data}", estimate.bytes);
        let columns: BTreeSet<usize> = manifest.tables.iter().map(|table| table.columns.len()).collect();
        assert_eq!(before.columns.iter().map(|(_, columns)| columns.len()).collect::<BTreeSet<_>>(), columns);
    }
}

#[test]
fn the_lines_that_load_it_name_files_that_are_there() {
    let ready = Ready::sample();
    let folder = tempfile::tempdir().unwrap();
    for (format, partition) in
        [(Format::Parquet, Partition::None), (Format::Csv, Partition::Device), (Format::Arrow, Partition::Split)]
    {
        let out = folder.path().join(format!("it's \"{}\"", format.extension()));
        let manifest = ready.export(&Packaging { format, partition, ..all() }, &out);
        let lines = loaders(&manifest, path(&out));
        let names: Vec<&str> = lines.iter().map(|(name, _)| *name).collect();
        let mut expected = vec!["pandas", "Polars", "DuckDB", "Hugging Face datasets", "PyTorch", "mlcroissant"];
        expected.retain(|name| *name != "mlcroissant" || format != Format::Arrow);
        expected.push("NumPy, the windows");
        assert_eq!(names, expected);
        let (_, numpy) = lines.last().unwrap();
        let named: String =
            serde_json::from_str(numpy.split("np.load(").nth(1).unwrap().split(')').next().unwrap()).unwrap();
        assert!(Path::new(&named).is_file(), "{named}");
        let card = fs::read_to_string(out.join("README.md")).unwrap();
        assert!(card.contains("import polars") && card.contains("## How to load it"));
    }
}

fn compared(a: &Path, b: &Path) -> Difference {
    diff(a, b, &Progress::default()).unwrap()
}

#[test]
fn the_same_under_another_format_differs_in_that_choice_alone() {
    let ready = Ready::sample();
    let folder = tempfile::tempdir().unwrap();
    let (a, b, c) = (folder.path().join("a"), folder.path().join("b"), folder.path().join("c"));
    ready.export(&all(), &a);
    ready.export(&all(), &b);
    ready.export(&Packaging { format: Format::Csv, partition: Partition::None, ..all() }, &c);
    let same = compared(&a, &b);
    assert!(same.is_none() && same.same_key, "{same:?}");
    let customers = same.customers.unwrap();
    assert_eq!((customers.in_both, customers.only_in, customers.moved), (sides(&a).len() as u64, [0, 0], 0));
    let other = compared(&a, &c);
    assert!(!other.is_none() && other.tables.iter().all(|table| table.is_same && table.in_both == table.rows[0]));
    let choices: Vec<(&str, &Value, &Value)> =
        other.choices.iter().map(|(name, one, other)| (name.as_str(), one, other)).collect();
    let (csv, parquet, by_customer, none) = ("csv".into(), "parquet".into(), "customer".into(), "none".into());
    assert_eq!(choices, [("export.format", &parquet, &csv), ("export.partition", &by_customer, &none)]);
}

#[test]
fn another_recipe_or_split_differs_in_rows_and_customers() {
    let ready = Ready::sample();
    let folder = tempfile::tempdir().unwrap();
    let [a, b, c, d] = ["a", "b", "c", "d"].map(|name| folder.path().join(name));
    ready.export(&Packaging::default(), &a);
    Ready::of(&sample_data(), &Recipe { consent_date: true, ..by_owner() }).export(&Packaging::default(), &b);
    let moved = Packaging { split: Some(Split { seed: 1, ..Split::default() }), ..Packaging::default() };
    ready.export(&moved, &c);
    ready.export(&Packaging { leave_out: ["x".to_owned()].into(), tables: all_tables(), ..Packaging::default() }, &d);
    let recipe = compared(&a, &b);
    assert_eq!(recipe.choices, [("consent_date".to_owned(), false.into(), true.into())]);
    let table = &recipe.tables[0];
    let (one, other) = (rows(&learning(&a)), rows(&learning(&b)));
    let in_both = |one: &[String], other: &[String]| -> u64 {
        let mut counts = BTreeMap::<&String, [u64; 2]>::new();
        one.iter().for_each(|row| counts.entry(row).or_default()[0] += 1);
        other.iter().for_each(|row| counts.entry(row).or_default()[1] += 1);
        counts.values().map(|[one, other]| one.min(other)).sum()
    };
    assert_eq!(table.rows, [Some(one.len() as u64), Some(other.len() as u64)]);
    assert_eq!((table.in_both, table.is_same), (Some(in_both(&one, &other)), false));
    let customers = recipe.customers.unwrap();
    assert_eq!(customers.only_in, [(sides(&a).len() - sides(&b).len()) as u64, 0]);
    let split = compared(&a, &c);
    let customers = split.customers.unwrap();
    let (one, other) = (sides(&a), sides(&c));
    assert_eq!(customers.moved, one.iter().filter(|(customer, side)| other[*customer] != **side).count() as u64);
    assert!(customers.moved > 0 && split.choices == [("export.split.seed".to_owned(), 0.into(), 1.into())]);
    let columns = compared(&a, &d);
    let of = |name: &str| columns.tables.iter().find(|table| table.name == name).unwrap();
    assert_eq!(of("machine_learning_curated").only_columns, [vec!["x".to_owned()], vec![]]);
    assert_eq!((of("machine_learning_curated").in_both, of("customer_trusted").rows[0]), (None, None));
}

#[test]
fn other_landing_files_and_another_key_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let ready = Ready::sample();
    let [a, b, c] = ["a", "b", "c"].map(|name| folder.path().join(name));
    ready.export(&Packaging::default(), &a);
    ready.export_under(&Packaging::default(), &Key::from_bytes([1; 32]), &b);
    let other = generated(folder.path(), 40, "none");
    Ready::of(&other, &by_owner()).export(&Packaging::default(), &c);
    let keys = compared(&a, &b);
    assert!(!keys.same_key && keys.customers.is_none() && !keys.is_none());
    assert_eq!((keys.tables[0].in_both, keys.tables[0].is_same), (None, false));
    assert!(keys.choices.is_empty() && keys.landing.is_empty());
    let files = compared(&a, &c);
    assert!(!files.landing.is_empty() && files.choices.is_empty());
    assert!(
        files.landing.iter().any(|file| file.ends_with("is only in the first") || file.ends_with("is another one"))
    );
}

#[test]
fn the_command_line_says_the_differences() {
    let home = Home::new();
    let [a, b, c] = ["a", "b", "c"].map(|name| home.at(name));
    assert_eq!(code(&home.export(&a, &[])), 0);
    let id = Manifest::read(&a).unwrap().key.id;
    assert_eq!(code(&home.export(&b, &["--key", &id])), 0);
    assert_eq!(code(&home.export(&c, &["--key", "new", "--format", "csv"])), 0);
    let output = home.run(&["diff", path(&a), path(&b)]);
    assert!(code(&output) == 0 && said(&output).starts_with("They say the same"), "{}", said(&output));
    let output = home.run(&["diff", path(&a), path(&c)]);
    for word in ["export.format: \"parquet\" and \"csv\".", "pseudonyms are of different keys"] {
        assert!(said(&output).contains(word), "{word}: {}", said(&output));
    }
    let output = home.run(&["diff", path(&a), path(&home.at("nowhere"))]);
    assert!(code(&output) == 2 && said(&output).contains("nowhere"), "{}", said(&output));
}
