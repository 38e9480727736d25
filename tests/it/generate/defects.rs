//! Each defect does what its name says, to the records or files of its share, and to no others.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::Path;

use serde_json::{Deserializer, Value};
use stedi_workbench::domain::Dataset;
use stedi_workbench::generate::{Generated, Generator};

use super::{contents, generate};

/// The whole records of a data set, as far as each file goes.
pub fn records(folder: &Path, generated: &Generated, dataset: Dataset) -> Vec<Value> {
    let files = generated.files.iter().filter(|file| file.dataset == dataset);
    files.flat_map(|file| records_of(&folder.join(&file.path))).collect()
}

fn records_of(path: &Path) -> Vec<Value> {
    let mut text = fs::read(path).unwrap();
    if path.extension().is_some_and(|ending| ending == "gz") {
        let compressed = std::mem::take(&mut text);
        flate2::read::GzDecoder::new(&compressed[..]).read_to_end(&mut text).unwrap();
    }
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&text);
    Deserializer::from_slice(text).into_iter::<Value>().map_while(Result::ok).collect()
}

struct Made {
    folder: tempfile::TempDir,
    generated: Generated,
}

impl Made {
    /// 120 customers in small files.
    fn with(defects: &str) -> Self {
        let defects = defects.parse().unwrap();
        let (folder, generated) = generate(&Generator { part_bytes: 1 << 16, defects, ..Generator::new(120) });
        Self { folder, generated }
    }

    fn records(&self, dataset: Dataset) -> Vec<Value> {
        records(self.folder.path(), &self.generated, dataset)
    }

    fn values(&self, dataset: Dataset, key: &str) -> BTreeSet<String> {
        self.records(dataset).iter().filter_map(|record| Some(record.get(key)?.to_string())).collect()
    }

    /// How many files hold something that others do not.
    fn files_with(&self, matches: impl Fn(&[u8]) -> bool) -> usize {
        contents(self.folder.path()).values().filter(|content| matches(content)).count()
    }
}

fn has(content: &[u8], text: &str) -> bool {
    content.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn reused_serials_stand_on_records_and_are_never_sent_wrongly() {
    let (sound, all, some) = (Made::with("none"), Made::with("reused-serials"), Made::with("reused-serials=0.2"));
    assert_eq!(all.values(Dataset::Customer, "serialNumber").len(), 30);
    assert!((90..120).contains(&some.values(Dataset::Customer, "serialNumber").len()));
    for made in [&all, &some] {
        assert_eq!(
            made.values(Dataset::StepTrainer, "serialNumber"),
            sound.values(Dataset::StepTrainer, "serialNumber")
        );
        assert_eq!(made.records(Dataset::Accelerometer), sound.records(Dataset::Accelerometer));
    }
}

#[test]
fn records_lose_serials_and_write_consents_and_phones_differently() {
    let made = Made::with("missing-serials=0.5,blank-consents=1,phone-numbers=1");
    let customers = made.records(Dataset::Customer);
    let without = customers.iter().filter(|customer| customer.get("serialNumber").is_none()).count();
    assert!((30..90).contains(&without), "{without}");
    let mut spellings = BTreeMap::<String, usize>::new();
    for customer in &customers {
        assert!(customer["phone"].as_u64().is_some_and(|phone| phone > 2_000_000_000));
        let consent = &customer["shareWithResearchAsOfDate"];
        let spelling = if consent.as_i64().is_some_and(|time| time > 0) { "given".into() } else { consent.to_string() };
        *spellings.entry(spelling).or_default() += 1;
    }
    assert_eq!(spellings.keys().collect::<Vec<_>>(), ["\"\"", "0", "given", "null"]);
    assert!((40..80).contains(&spellings["given"]), "{spellings:?}");
}

#[test]
fn unknown_users_and_devices_are_on_no_record() {
    let made = Made::with("unknown-users=0.1,unknown-devices=0.1");
    let strangers = |dataset, key, customer_key| {
        made.values(dataset, key).difference(&made.values(Dataset::Customer, customer_key)).count()
    };
    assert!((4..25).contains(&strangers(Dataset::Accelerometer, "user", "email")));
    assert!((4..25).contains(&strangers(Dataset::StepTrainer, "serialNumber", "serialNumber")));
}

#[test]
fn readings_and_files_are_delivered_twice() {
    let (sound, readings, files) =
        (Made::with("none"), Made::with("duplicate-readings=0.1"), Made::with("duplicate-files=0.2"));
    for (dataset, key) in [(Dataset::StepTrainer, 3_600), (Dataset::Accelerometer, 10_100)] {
        let different = |made: &Made| made.records(dataset).iter().map(Value::to_string).collect::<BTreeSet<_>>();
        let (records, more) = (sound.records(dataset).len(), readings.records(dataset).len());
        assert!(records.abs_diff(key) < 200, "{records}");
        assert!((records * 107 / 100..records * 113 / 100).contains(&more), "{more} of {records}");
        assert_eq!(different(&readings), different(&sound));
        assert_eq!(different(&files), different(&sound));
    }
    let delivered = contents(files.folder.path());
    let copies = delivered.keys().filter(|path| path.to_string_lossy().ends_with("-again.json")).count();
    assert!(copies >= 2);
    assert_eq!(delivered.values().collect::<BTreeSet<_>>().len(), delivered.len() - copies);
}

#[test]
fn truncated_files_end_within_an_object_at_a_block() {
    let (sound, made) = (Made::with("none"), Made::with("truncated-files=1"));
    for (file, whole) in made.generated.files.iter().zip(&sound.generated.files) {
        let content = fs::read(made.folder.path().join(&file.path)).unwrap();
        assert_eq!((content.len() % 4_096, content.len() > 4_096), (0, true), "{}", file.path.display());
        assert!(!content.ends_with(b"}") && !content.ends_with(b"\n"));
        assert_eq!(records_of(&made.folder.path().join(&file.path)).len() as u64, file.records);
        assert!(file.records < whole.records && file.records > 0);
    }
    let tiny = Generator { defects: "truncated-files=1".parse().unwrap(), ..Generator::new(1) };
    let (folder, generated) = generate(&tiny);
    assert_eq!(generated.records(Dataset::Customer), 0);
    assert_eq!(
        generated.records(Dataset::StepTrainer),
        records(folder.path(), &generated, Dataset::StepTrainer).len() as u64
    );
}

#[test]
fn files_are_laid_out_as_other_deliveries_were() {
    let sound = Made::with("none");
    for (defect, matches) in [
        ("empty-files", (|content: &[u8]| content.is_empty()) as fn(&[u8]) -> bool),
        ("back-to-back", |content| !content.contains(&b'\n')),
        ("windows-text", |content| content.starts_with("\u{feff}".as_bytes()) && content.ends_with(b"}\r\n")),
        ("other-keys", |content| has(content, "timeStamp") || has(content, "serialnumber")),
        ("compressed", |content| content.starts_with(&[0x1f, 0x8b])),
    ] {
        let (one, all) = (Made::with(&format!("{defect}=0.000001")), Made::with(&format!("{defect}=1")));
        assert_eq!((sound.files_with(matches), one.files_with(matches)), (0, 1), "{defect}");
        let files = all.generated.files.len() / if defect == "empty-files" { 2 } else { 1 };
        assert_eq!(all.files_with(matches), files, "{defect}");
        if defect != "other-keys" {
            for dataset in Dataset::ALL {
                assert_eq!(all.records(dataset), sound.records(dataset), "{defect}");
            }
        }
    }
}

#[test]
fn times_of_a_file_are_all_in_seconds() {
    let (one, all) = (Made::with("seconds=0.000001"), Made::with("seconds=1"));
    let in_seconds = |path: &Path| {
        let long = |value: &Value| value.as_u64().is_some_and(|number| number > 1_000_000_000_000);
        records_of(path).iter().all(|record| !record.as_object().unwrap().values().any(long))
    };
    let files = |made: &Made| {
        let paths = made.generated.files.iter().map(|file| made.folder.path().join(&file.path));
        paths.filter(|path| in_seconds(path)).count()
    };
    assert_eq!((files(&one), files(&all)), (1, all.generated.files.len()));
}
