//! Windows as they are written: the arrays say what the rows say, and each window leads to where it came from.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use polars::prelude::*;
use stedi_workbench::domain::{Format, Packaging, Partition, Split, TimeRelease, Windows};
use stedi_workbench::export::release::{Manifest, preview};

use crate::export_support::{
    Home, Ready, code, floats, integers, key, learning, names, npy, npy_texts, npz, numbers, read_table, said, texts,
    verified,
};

fn windowed(windows: Windows) -> Packaging {
    Packaging { windows: Some(windows), ..Packaging::default() }
}

/// Compares arrays, rows, index and the table that all of them are of. Gives the number of windows.
fn assert_agree(folder: &Path) -> usize {
    let note = Manifest::read(folder).unwrap().windows.unwrap();
    let (long, index, table) = (read_table(folder, "windows"), read_table(folder, "windows_index"), learning(folder));
    let (count, length) = (index.height(), note.instants as usize);
    assert_eq!((long.height(), note.windows), (count * length, count as u64));
    let time = ["elapsed_ms", "sensorreadingtime"].into_iter().find(|name| long.column(name).is_ok()).unwrap();
    let expected: Vec<i64> = (0..count as i64).collect();
    assert_eq!(integers(&index, "window"), expected);
    let numbered: Vec<i64> = (0..long.height() as i64).collect();
    assert_eq!(integers(&long, "window"), numbered.iter().map(|row| row / length as i64).collect::<Vec<_>>());
    assert_eq!(integers(&long, "position"), numbered.iter().map(|row| row % length as i64).collect::<Vec<_>>());
    let has_sides = index.column("split").is_ok();
    let side =
        |frame: &DataFrame| if has_sides { texts(frame, "split") } else { vec!["data".to_owned(); frame.height()] };
    let (of_window, of_row) = (side(&index), side(&table));
    let times = integers(&long, time);
    let channels: Vec<Vec<f64>> = note.channels.iter().map(|name| floats(&long, name)).collect();
    let mut seen = 0;
    for file in &note.files {
        let arrays = npz(&fs::read(folder.join(&file.path)).unwrap());
        let name = file.path.strip_prefix("windows/").unwrap().strip_suffix(".npz").unwrap();
        let inside: Vec<usize> = (0..count).filter(|&window| of_window[window] == name).collect();
        assert_eq!(file.rows, Some(inside.len() as u64));
        let rows: Vec<usize> = inside.iter().flat_map(|window| window * length..(window + 1) * length).collect();
        let x = &arrays["X.npy"];
        let shape = format!("({}, {length}, {}", inside.len(), channels.len());
        assert!(npy(x).0.contains(&shape) && npy(x).0.contains("'<f8'"), "{}", npy(x).0);
        let expected: Vec<f64> = rows.iter().flat_map(|&row| channels.iter().map(move |values| values[row])).collect();
        assert_eq!(numbers(x, f64::from_le_bytes), expected);
        let whole = |name: &str| numbers(&arrays[name], i64::from_le_bytes);
        assert_eq!(whole("time.npy"), rows.iter().map(|&row| times[row]).collect::<Vec<_>>());
        assert_eq!(whole("window.npy"), inside.iter().map(|&window| window as i64).collect::<Vec<_>>());
        assert_eq!(npy_texts(&arrays["channels.npy"]).unwrap(), note.channels);
        for column in ["customer", "device"] {
            let of = texts(&index, column);
            let expected: Vec<String> = inside.iter().map(|&window| of[window].clone()).collect();
            assert_eq!(npy_texts(&arrays[&format!("{column}.npy")]).unwrap(), expected);
        }
        for column in ["first_row", "rows"] {
            let of = integers(&index, column);
            assert_eq!(whole(&format!("{column}.npy")), inside.iter().map(|&window| of[window]).collect::<Vec<_>>());
        }
        seen += inside.len();
    }
    assert_eq!(seen, count, "every window is in one of the arrays");
    // Where each came from, and its means.
    let start_of = |name: &str| of_row.iter().position(|side| side == name).unwrap();
    let (customers, devices, at) = (texts(&table, "customer"), texts(&table, "device"), integers(&table, time));
    let (who, what) = (texts(&index, "customer"), texts(&index, "device"));
    let (first, many) = (integers(&index, "first_row"), integers(&index, "rows"));
    let [start, end] = if time == "elapsed_ms" { ["start_ms", "end_ms"] } else { ["start", "end"] };
    let (starts, ends) = (integers(&index, start), integers(&index, end));
    let readings = integers(&long, "readings");
    for window in 0..count {
        let from = start_of(&of_window[window]) + first[window] as usize;
        let rows = from..from + many[window] as usize;
        assert!(rows.clone().all(|row| customers[row] == who[window] && devices[row] == what[window]));
        let instants: BTreeSet<i64> = rows.clone().map(|row| at[row]).collect();
        let inside = window * length..(window + 1) * length;
        assert_eq!(instants.iter().copied().collect::<Vec<_>>(), times[inside.clone()]);
        assert_eq!((instants.first(), instants.last()), (Some(&starts[window]), Some(&ends[window])));
        assert_eq!(readings[inside.clone()].iter().sum::<i64>(), many[window]);
        for (name, values) in note.channels.iter().zip(&channels) {
            let column = table.column(name).unwrap().cast(&DataType::Float64).unwrap();
            let column = column.f64().unwrap().clone();
            for place in inside.clone() {
                let values_at: Vec<f64> =
                    rows.clone().filter(|&row| at[row] == times[place]).map(|row| column.get(row).unwrap()).collect();
                let mean = values_at.iter().sum::<f64>() / values_at.len() as f64;
                assert!((mean - values[place]).abs() < 1e-9, "{name}: {mean} and {}", values[place]);
            }
        }
    }
    count
}

#[test]
fn arrays_rows_and_index_say_the_same() {
    let ready = Ready::sample();
    let folder = tempfile::tempdir().unwrap();
    let base = Windows { instants: 4, stride: 3, gap_ms: None };
    for (number, packaging) in [
        windowed(base.clone()),
        Packaging { time: TimeRelease::Shifted, ..windowed(Windows { instants: 7, ..base.clone() }) },
        Packaging { time: TimeRelease::Raw, split: None, ..windowed(Windows { stride: 9, ..base.clone() }) },
        Packaging {
            leave_out: ["x".to_owned(), "z".to_owned()].into(),
            partition: Partition::Device,
            format: Format::Arrow,
            ..windowed(Windows { gap_ms: Some(2_500), ..base })
        },
    ]
    .into_iter()
    .enumerate()
    {
        let out = folder.path().join(number.to_string());
        ready.export(&packaging, &out);
        assert!(assert_agree(&out) > 50, "{packaging:?}");
        assert!(verified(&out).is_sound());
    }
}

#[test]
fn windows_longer_than_any_recording_are_none_and_the_export_is_sound() {
    let ready = Ready::sample();
    let folder = tempfile::tempdir().unwrap();
    for format in Format::ALL {
        for split in [None, Some(Split::default())] {
            let out = folder.path().join(format!("{}-{}", format.extension(), split.is_some()));
            let packaging =
                Packaging { format, split, ..windowed(Windows { instants: 1_000, stride: 1, gap_ms: None }) };
            let manifest = ready.export(&packaging, &out);
            let note = manifest.windows.unwrap();
            assert_eq!((note.windows, note.instants), (0, 1_000));
            assert!(verified(&out).is_sound());
            let arrays = npz(&fs::read(out.join("windows/data.npz")).unwrap());
            assert!(npy(&arrays["X.npy"]).0.contains("(0, 1000, 4"), "{}", npy(&arrays["X.npy"]).0);
            assert_eq!(npy_texts(&arrays["channels.npy"]).unwrap().len(), 4);
            assert!(names(&out.join("windows_index")).len() == 1);
            let again = ready.prepared(&packaging, &key(), &Default::default()).unwrap();
            let seen = preview(&again, &ready.landing, &ready.curation, &Default::default()).unwrap();
            assert_eq!(seen.estimate.windows, Some(0));
        }
    }
}

#[test]
fn a_gap_of_nothing_leaves_no_window_and_a_long_one_leaves_all() {
    let ready = Ready::sample();
    let folder = tempfile::tempdir().unwrap();
    let count = |gap_ms: Option<u32>| {
        let out = folder.path().join(format!("{gap_ms:?}"));
        ready.export(&windowed(Windows { instants: 2, stride: 1, gap_ms }), &out).windows.unwrap()
    };
    assert_eq!(count(Some(0)).windows, 0);
    let (usual, all) = (count(None), count(Some(u32::MAX)));
    assert!(usual.gap_ms.is_some_and(|gap| (10_000..20_000).contains(&gap)), "five times 2 to 4 seconds: {usual:?}");
    let table = learning(&folder.path().join("None"));
    let instants: BTreeSet<(String, String, i64)> = texts(&table, "customer")
        .into_iter()
        .zip(texts(&table, "device"))
        .zip(integers(&table, "elapsed_ms"))
        .map(|((customer, device), at)| (customer, device, at))
        .collect();
    let runs: BTreeSet<(&String, &String)> = instants.iter().map(|(customer, device, _)| (customer, device)).collect();
    assert_eq!(all.windows, (instants.len() - runs.len()) as u64, "one from each instant to the next");
    assert!(usual.windows <= all.windows);
}

#[test]
fn windows_that_cannot_be_had_are_refused() {
    let home = Home::new();
    for (windows, word) in
        [("1", "at least 2"), ("10,0", "stride of at least 1"), ("ten", "as in 10,5"), ("100001", "at most")]
    {
        let output = home.export(&home.at("out"), &["--windows", windows]);
        assert_eq!(code(&output), 2, "{windows}");
        assert!(said(&output).contains(word), "{windows}: {}", said(&output));
    }
    let output = home.export(&home.at("out"), &["--windows", "10", "--tables", "customer_trusted"]);
    assert!(code(&output) == 2 && said(&output).contains("not chosen"), "{}", said(&output));
    let output = home.export(&home.at("out"), &["--gap-ms", "10"]);
    assert_eq!(code(&output), 2);
    assert!(!home.at("out").exists());
    let output = home.export(&home.at("out"), &["--windows", "10"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    let windows = Manifest::read(&home.at("out")).unwrap().packaging.windows.unwrap();
    assert_eq!((windows.instants, windows.stride), (10, 5), "the stride is half of it unless given");
}
