//! The same input, recipe, packaging and key give the same bytes; another key gives other pseudonyms and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use polars::prelude::*;
use stedi_workbench::domain::{Format, Packaging, Partition, Split, TimeRelease, Windows};
use stedi_workbench::export::release::{Key, Manifest};

use crate::export_support::{
    Home, LEARNING, Ready, all_tables, code, integers, key, learning, names, path, read_table, rows, said, texts, tree,
    tree_without_time,
};
use crate::support::sample_data;

fn all() -> Packaging {
    Packaging {
        tables: all_tables(),
        partition: Partition::Split,
        windows: Some(Windows { instants: 5, stride: 2, gap_ms: None }),
        ..Packaging::default()
    }
}

/// Which names and bytes of two trees differ.
fn differing(a: &BTreeMap<String, Vec<u8>>, b: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    names.into_iter().filter(|name| a.get(*name) != b.get(*name)).cloned().collect()
}

#[test]
fn the_same_is_the_same_bytes_on_any_number_of_threads() {
    let home = Home::new();
    let first = home.export(&home.at("first"), &["--analyst", "A. Name"]);
    assert_eq!(code(&first), 0, "{}", said(&first));
    let kept = home.keys().join(&names(&home.keys())[0]);
    let id = kept.file_stem().unwrap().to_str().unwrap();
    let data = sample_data();
    for (format, partition) in [("parquet", "none"), ("csv", "device"), ("ndjson", "split"), ("arrow", "customer")] {
        let made = |threads: &str| {
            let out = home.at(&format!("{format}-{threads}"));
            let more =
                ["--key", id, "--format", format, "--partition", partition, "--tables", "all", "--windows", "5,2"];
            let output = home
                .command(&[&["export", path(&data), "--join", "owner", "--out", path(&out)], &more[..]].concat())
                .env("RAYON_NUM_THREADS", threads)
                .env("POLARS_MAX_THREADS", threads)
                .output()
                .unwrap();
            assert_eq!(code(&output), 0, "{}", said(&output));
            tree_without_time(&out)
        };
        let one = made("1");
        assert!(one.len() > 12, "{:?}", one.keys());
        for threads in ["2", "7"] {
            assert!(differing(&one, &made(threads)).is_empty(), "{format} differs on {threads} threads");
        }
    }
}

#[test]
fn only_the_time_differs_from_run_to_run() {
    let ready = Ready::sample();
    let folder = tempfile::tempdir().unwrap();
    let (a, b) = (folder.path().join("a"), folder.path().join("b"));
    let one = ready.export(&all(), &a);
    let other = ready.export(&all(), &b);
    assert!(differing(&tree(&a), &tree(&b)).is_empty(), "even the time was the same");
    assert_eq!(one, other);
    assert_eq!(one, Manifest::read(&a).unwrap());
    assert_eq!(one.written_at, "2023-11-14T22:13:20.000Z");
}

/// Rows of a table without their pseudonyms, by who has them and sorted; then without who has them.
fn unlinked(frame: &DataFrame) -> Vec<Vec<String>> {
    let of = ["customer", "device"].into_iter().find(|name| frame.column(name).is_ok()).unwrap();
    let bare = frame.drop_many(["customer", "device", "window", "first_row"]);
    let mut by_owner = BTreeMap::<String, Vec<String>>::new();
    for (owner, row) in texts(frame, of).into_iter().zip(rows(&bare)) {
        by_owner.entry(owner).or_default().push(row);
    }
    let mut groups: Vec<Vec<String>> = by_owner.into_values().collect();
    groups.iter_mut().for_each(|rows| rows.sort());
    groups.sort();
    groups
}

#[test]
fn another_key_gives_other_pseudonyms_and_the_same_content_otherwise() {
    let ready = Ready::sample();
    let folder = tempfile::tempdir().unwrap();
    for (name, time, stratify) in [
        ("elapsed", TimeRelease::Elapsed, false),
        ("stratified", TimeRelease::Elapsed, true),
        ("raw", TimeRelease::Raw, true),
    ] {
        let split = Some(Split { stratify, ..Split::default() });
        let packaging = Packaging { time, split, ..all() };
        let [a, b] = [1, 2].map(|number| {
            let out = folder.path().join(format!("{name}-{number}"));
            ready.export_under(&packaging, &Key::from_bytes([number; 32]), &out);
            out
        });
        let of = |folder: &Path| texts(&learning(folder), "customer").into_iter().collect::<BTreeSet<String>>();
        assert!(of(&a).is_disjoint(&of(&b)));
        let (one, other) = (Manifest::read(&a).unwrap(), Manifest::read(&b).unwrap());
        for (one, other) in one.tables.iter().zip(&other.tables) {
            assert_eq!((one.rows, &one.columns), (other.rows, &other.columns));
            assert_ne!(one.content_sha256, other.content_sha256, "{name}: {}", one.name);
            assert!(
                unlinked(&read_table(&a, &one.name)) == unlinked(&read_table(&b, &one.name)),
                "{name}: {} says something else under another key",
                one.name
            );
        }
        assert_eq!((one.split, one.attacks, one.review), (other.split, other.attacks, other.review));
    }
}

#[test]
fn shifted_times_keep_their_intervals_under_another_key() {
    let ready = Ready::sample();
    let folder = tempfile::tempdir().unwrap();
    let packaging = Packaging { time: TimeRelease::Shifted, ..Packaging::default() };
    let times = |number: u8| {
        let out = folder.path().join(number.to_string());
        ready.export_under(&packaging, &Key::from_bytes([number; 32]), &out);
        let frame = learning(&out);
        let mut of = BTreeMap::<String, Vec<i64>>::new();
        for (customer, at) in texts(&frame, "customer").into_iter().zip(integers(&frame, "sensorreadingtime")) {
            of.entry(customer).or_default().push(at);
        }
        let mut since_first: Vec<Vec<i64>> =
            of.into_values().map(|times| times.iter().map(|at| at - times.iter().min().unwrap()).collect()).collect();
        since_first.sort();
        (since_first, integers(&frame, "sensorreadingtime"))
    };
    let (one, other) = (times(1), times(2));
    assert!(one.0 == other.0 && one.1 != other.1);
}

#[test]
fn the_hash_of_the_content_is_the_same_in_every_format_and_layout() {
    let ready = Ready::sample();
    let folder = tempfile::tempdir().unwrap();
    let hashes = |format: Format, partition: Partition| {
        let out = folder.path().join(format!("{}-{}", format.extension(), partition.name()));
        let manifest = ready.export(&Packaging { format, partition, ..all() }, &out);
        let of =
            |table: &stedi_workbench::export::release::TableEntry| (table.name.clone(), table.content_sha256.clone());
        manifest.tables.iter().map(of).collect::<Vec<_>>()
    };
    let expected = hashes(Format::Parquet, Partition::None);
    assert_eq!(expected.len(), 7);
    for (format, partition) in [
        (Format::Parquet, Partition::Device),
        (Format::Csv, Partition::None),
        (Format::Csv, Partition::Customer),
        (Format::Ndjson, Partition::Split),
        (Format::Arrow, Partition::Device),
    ] {
        assert_eq!(hashes(format, partition), expected, "{} by {}", format.title(), partition.name());
    }
}

#[test]
fn every_format_says_the_same_cell_for_cell() {
    let ready = Ready::sample();
    let folder = tempfile::tempdir().unwrap();
    let out = |format: Format| {
        let out = folder.path().join(format.extension());
        ready.export(&Packaging { format, partition: Partition::None, ..all() }, &out);
        out
    };
    let expected = out(Format::Parquet);
    for format in [Format::Csv, Format::Ndjson, Format::Arrow] {
        let out = out(format);
        for table in Manifest::read(&out).unwrap().tables {
            let frame = read_table(&out, &table.name);
            assert!(rows(&frame) == rows(&read_table(&expected, &table.name)), "{}: {}", format.title(), table.name);
        }
    }
    let frame = learning(&expected);
    let order = rows(&frame.select(["split", "customer", "device"]).unwrap());
    assert!(order.is_sorted(), "rows are in the order of their first columns");
    assert_eq!(frame.height(), ready.curation.frame(stedi_workbench::domain::Table::MachineLearningCurated).height());
}

#[test]
fn a_parquet_file_is_compressed_typed_and_has_statistics() {
    let ready = Ready::sample();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let manifest = ready.export_under(&Packaging { split: None, ..Packaging::default() }, &key(), &out);
    let name = format!("{LEARNING}/data-00000-of-00001.parquet");
    assert_eq!(manifest.tables[0].files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), [name.as_str()]);
    let mut reader = ParquetReader::new(fs::File::open(out.join(&name)).unwrap());
    let about = reader.get_metadata().unwrap().clone();
    for column in about.row_groups[0].parquet_columns() {
        assert_eq!(format!("{:?}", column.compression()), "Zstd");
        assert!(column.statistics(&about.footer_buf).is_some());
    }
    let kinds: Vec<String> = learning(&out).dtypes().iter().map(ToString::to_string).collect();
    assert_eq!(kinds, ["str", "str", "i64", "i64", "f64", "f64", "f64"]);
}
