//! The same records in every format give the same rows; what other programs write into Parquet is understood.

use std::fs::File;
use std::path::Path;

use polars::prelude::*;
use stedi_workbench::domain::{Dataset, Progress};
use stedi_workbench::generate::Generator;
use stedi_workbench::landing::{Landing, RefusedReason as Reason, Source, read};

use crate::support::write;

fn load(folder: &Path) -> Landing {
    read(&Source::Folder(folder.to_owned()), &Progress::default()).unwrap()
}

fn generated() -> (tempfile::TempDir, Landing) {
    let folder = tempfile::tempdir().unwrap();
    Generator::new(40).write(&folder.path().join("json"), &Progress::default()).unwrap();
    let landing = load(&folder.path().join("json"));
    (folder, landing)
}

#[test]
fn parquet_says_what_json_says() {
    let (folder, landing) = generated();
    for dataset in Dataset::ALL {
        let file = write(folder.path(), &format!("parquet/{}/a.parquet", dataset.name()), "");
        ParquetWriter::new(File::create(file).unwrap()).finish(&mut landing.frame(dataset).clone()).unwrap();
    }
    let other = load(&folder.path().join("parquet"));
    for dataset in Dataset::ALL {
        assert!(other.frame(dataset).equals_missing(landing.frame(dataset)), "{}", dataset.name());
        assert!(other.rows(dataset) > 0);
    }
    assert_eq!(other.census.consents[0].given, landing.census.consents[0].given);
    assert!(other.refused.is_empty());
}

#[test]
fn csv_says_what_json_says_with_every_delimiter_and_compressed() {
    let (folder, landing) = generated();
    for (name, delimiter) in [("comma", b','), ("semicolon", b';'), ("tab", b'\t')] {
        for dataset in Dataset::ALL {
            let mut bytes = vec![];
            let mut frame = landing.frame(dataset).clone();
            CsvWriter::new(&mut bytes).with_separator(delimiter).finish(&mut frame).unwrap();
            if name == "tab" {
                bytes = zstd::encode_all(bytes.as_slice(), 1).unwrap();
            }
            write(folder.path(), &format!("{name}/{}s/a.csv", dataset.name()), bytes);
        }
        let other = load(&folder.path().join(name));
        assert!(other.refused.is_empty(), "{name}: {:?}", other.refused.first());
        for dataset in Dataset::ALL {
            assert!(other.frame(dataset).equals_missing(landing.frame(dataset)), "{name} {}", dataset.name());
        }
    }
}

#[test]
fn parquet_of_other_programs_is_cast_and_its_bad_rows_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let instant = 1_655_564_444_103_i64;
    let mut frame = df!(
        "USER" => ["a@example.com", "b@example.com", "c@example.com", "d@example.com"],
        "timeStamp" => [Some(instant * 1000), Some(instant * 1000), None, Some(-1000)],
        "X" => [1.5_f32, f32::NAN, 0.0, 0.0],
        "y" => [1_i32, 2, 3, 4],
        "z" => ["1.25", "2", "3", "4"],
        "colour" => ["red", "red", "red", "red"],
    )
    .unwrap();
    let time = frame.column("timeStamp").unwrap().cast(&DataType::Datetime(TimeUnit::Microseconds, None)).unwrap();
    frame.with_column(time).unwrap();
    let file = write(folder.path(), "accelerometer/a.parquet", "");
    ParquetWriter::new(File::create(file).unwrap()).finish(&mut frame).unwrap();
    let landing = load(folder.path());
    let rows = landing.frame(Dataset::Accelerometer);
    let expected = df!(
        "user" => ["a@example.com"], "timestamp" => [instant], "x" => [1.5], "y" => [1.0], "z" => [1.25],
    )
    .unwrap();
    assert!(rows.equals(&expected), "{:?}", landing.refused);
    let refused: Vec<_> = landing.refused.iter().map(|refused| (refused.offset, refused.reason)).collect();
    assert_eq!(
        refused,
        [(1, Reason::NotFinite("x")), (2, Reason::Missing("timestamp")), (3, Reason::OutOfRange("timestamp"))]
    );
    assert_eq!(landing.census.unknown_keys.get(&(Dataset::Accelerometer, "colour".to_owned())), Some(&1));
}

#[test]
fn single_files_are_recognised_by_their_keys_whatever_they_are_called() {
    let (folder, landing) = generated();
    let mut files = vec![];
    for (position, file) in landing.files.iter().enumerate() {
        let to = folder.path().join(format!("loose-{position}"));
        std::fs::copy(folder.path().join("json").join(&file.name), &to).unwrap();
        files.push(to);
    }
    files.reverse();
    let loose = read(&Source::Files(files), &Progress::default()).unwrap();
    for dataset in Dataset::ALL {
        assert_eq!(loose.rows(dataset), landing.rows(dataset));
    }
    assert_eq!(loose.findings, []);
}
