//! The same records in every format give the same rows; what other programs write into Parquet is understood.

use std::fs::{self, File};
use std::path::Path;

use polars::prelude::*;
use stedi_workbench::domain::{Dataset, Progress};
use stedi_workbench::generate::Generator;
use stedi_workbench::landing::{Finding, Landing, RefusedReason as Reason, Source, read};

use crate::support::{checkout, write};

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
        fs::copy(folder.path().join("json").join(&file.name), &to).unwrap();
        files.push(to);
    }
    files.reverse();
    let loose = read(&Source::Files(files), &Progress::default()).unwrap();
    for dataset in Dataset::ALL {
        assert_eq!(loose.rows(dataset), landing.rows(dataset));
    }
    assert_eq!(loose.findings, []);
}

/// The data of a folder with one file beside a customer, who is there so that something is.
fn load_with_customer(home: &Path, name: &str, content: impl AsRef<[u8]>) -> Landing {
    let customer = r#"{"email":"a@b","serialNumber":"s","registrationDate":1,"lastUpdateDate":1}"#;
    write(home, "customer/a.json", customer);
    write(home, name, content);
    load(home)
}

/// What is said of the first file, and how many records of it were read and refused.
fn said_of(landing: &Landing) -> (String, u64, u64) {
    let of_file = |finding: &&Finding| !matches!(finding, Finding::MissingDataset { .. });
    let findings = landing.findings.iter().filter(of_file).map(ToString::to_string).collect();
    (findings, landing.files[0].rows, landing.files[0].refused)
}

fn motions(rows: usize) -> DataFrame {
    df!(
        "user" => (0..rows).map(|row| format!("u{}@example.com", row % 7)).collect::<Vec<_>>(),
        "timestamp" => (1..=rows as i64).collect::<Vec<_>>(),
        "x" => vec![1.5; rows], "y" => vec![0.5; rows], "z" => vec![-1.0; rows],
    )
    .unwrap()
}

/// A Parquet file of a footer alone.
fn of_footer(footer: &[u8]) -> Vec<u8> {
    [b"PAR1", footer, &(footer.len() as u32).to_le_bytes(), b"PAR1"].concat()
}

#[test]
fn damaged_parquet_is_refused_with_a_word_and_ends_nothing() {
    let home = tempfile::tempdir().unwrap();
    let said = |bytes: &[u8]| said_of(&load_with_customer(home.path(), "accelerometer/a.parquet", bytes));
    let mut sound = vec![];
    ParquetWriter::new(&mut sound).finish(&mut motions(20)).unwrap();
    for place in 0..sound.len() {
        for byte in [0, 0x7f, 0xff] {
            let mut bytes = sound.clone();
            bytes[place] = byte;
            let (findings, rows, refused) = said(&bytes);
            assert!(!findings.is_empty() || rows + refused == 20, "byte {place}: {rows} read, {refused} refused");
            assert!(!findings.contains('@'));
        }
    }
    // A list of more columns than there is memory for.
    let list = of_footer(b"\x15\x02\x19\xfc\xff\xff\xff\xff\x07");
    assert!(said(&list).0.contains("its footer is damaged"));
}

#[test]
fn parquet_that_unpacks_without_an_end_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let long = "x".repeat(1 << 16);
    let long_texts = motions(3_000).lazy().with_column(lit(long).alias("user")).collect().unwrap();
    let same = motions(2_000_000).lazy().with_columns([lit(1_i64).alias("timestamp"), lit("u").alias("user")]);
    for mut frame in [long_texts, same.collect().unwrap()] {
        let mut bytes = vec![];
        ParquetWriter::new(&mut bytes).finish(&mut frame).unwrap();
        let (findings, rows, refused) = said_of(&load_with_customer(home.path(), "accelerometer/a.parquet", &bytes));
        assert_eq!((rows, refused), (0, 0), "{} bytes", bytes.len());
        assert!(findings.contains("it was not read"), "{findings}");
    }
    // A group without columns that says it has rows by the billion.
    let group = of_footer(
        b"\x15\x02\x19\x1c\x48\x06schema\x15\x00\x00\x16\x02\x19\x1c\x19\x0c\x16\x00\x16\xfc\xff\xff\xff\x0f\x00\x00",
    );
    let (findings, rows, refused) = said_of(&load_with_customer(home.path(), "accelerometer/a.parquet", &group));
    assert_eq!((rows, refused), (0, 0));
    assert!(findings.contains("it unpacks to far more than its size"), "{findings}");
    // Rows by the million with three values in each column; groups that say they are no groups, which the library reads as such.
    for name in ["rows-without-values", "groups-of-another-kind"] {
        // The first byte says what to read it as.
        let bytes = &fs::read(checkout().join("fuzz/corpus/parquet").join(name)).unwrap()[1..];
        let (findings, rows, refused) = said_of(&load_with_customer(home.path(), "accelerometer/a.parquet", bytes));
        assert_eq!((rows, refused), (0, 0), "{name}");
        assert!(findings.contains("its footer is damaged"), "{name}: {findings}");
    }
}

#[test]
fn quotes_in_csv_take_no_lines_along() {
    let home = tempfile::tempdir().unwrap();
    let rows = "a,1,1,1,1\nb,2,1,1,1\nc,3,1,1,1\n";
    // In the header; once; a line of blanks; behind a mark that is no start of a file; on each line, where no row ends
    // before the file does; around some lines.
    for (text, expected) in [
        (format!("user,timestamp,\"x,y,z\n{rows}"), (0, 3)),
        (format!("user,timestamp,x,y,z\n\"{rows}"), (2, 1)),
        (format!("user,timestamp,x,y,z\n  \n{rows}"), (3, 1)),
        (format!("user,timestamp,x,y,z\n\u{feff}\"{rows}"), (3, 0)),
        (format!("user,timestamp,x,y,z\n{}{rows}", "a\",\"b\n".repeat(5_000)), (3, 5_000)),
        (format!("user,timestamp,x,y,z\n\"a\n{}\",1,1,1,1\n{rows}", "\n".repeat(15)), (4, 0)),
    ] {
        let landing = load_with_customer(home.path(), "accelerometer/a.csv", &text);
        let (_, read, refused) = said_of(&landing);
        assert_eq!((read, refused), expected, "{}", &text[..40]);
        assert!(landing.refused.iter().all(|refused| refused.length > 0), "{}", &text[..40]);
    }
}
