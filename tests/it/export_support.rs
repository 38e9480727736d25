//! What the tests of exports share: something reviewed and signed to export, the program with a home of its own, trees of
//! files, and a reader of exports that is not the program's own.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use hmac::{Hmac, KeyInit as _, Mac as _};
use polars::prelude::*;
use sha2::Sha256;
use stedi_workbench::curation::Curation;
use stedi_workbench::domain::{Dataset, JoinRule, Packaging, Progress, Recipe, Table};
use stedi_workbench::export::release::{
    Key, Manifest, Order, Prepared, ReleaseError, SideList, Verified, export, prepare, verify,
};
use stedi_workbench::generate::{Defects, Generator};
use stedi_workbench::landing::Landing;
use stedi_workbench::review::{Review, Trail, review};

use crate::curation::{curated, landing};
use crate::support::{sample_data, write};

pub const WHEN: i64 = 1_700_000_000_000;

/// The bytes of the key of most tests.
pub const SECRET: [u8; 32] = [7; 32];

pub fn key() -> Key {
    Key::from_bytes(SECRET)
}

pub fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The recipe that needs no acceptance on the sample.
pub fn by_owner() -> Recipe {
    Recipe { join: JoinRule::Owner, ..Recipe::default() }
}

/// Every table that may leave.
pub fn all_tables() -> BTreeSet<Table> {
    Table::derived().collect()
}

/// Landing files that were made into a folder of their own.
pub fn generated(folder: &Path, customers: u64, defects: &str) -> PathBuf {
    let landing = folder.join(format!("landing-{customers}"));
    let defects: Defects = defects.parse().unwrap();
    Generator { defects, ..Generator::new(customers) }.write(&landing, &Progress::default()).unwrap();
    landing
}

/// People of [`entangled`] and their devices, by what is odd with them.
pub struct Entangled {
    pub landing: PathBuf,
    /// One recording was delivered under both names, from two devices.
    pub twins: [String; 2],
    /// One device stands on both records, and both moved when it sent.
    pub sharers: [String; 2],
    pub shared: String,
    /// One customer has both devices, which send at the same instants.
    pub collector: String,
    pub collected: [String; 2],
    /// Nothing is odd with them.
    pub others: Vec<String>,
}

/// Landing files in which people hang together by devices and recordings.
pub fn entangled(folder: &Path) -> Entangled {
    let landing = generated(folder, 60, "none");
    let ready = Ready::of(&landing, &by_owner());
    let frame = ready.curation.frame(Table::MachineLearningCurated);
    let pairs: BTreeSet<(String, String)> =
        texts(frame, "user").into_iter().zip(texts(frame, "serialnumber")).collect();
    let mut pairs = pairs.into_iter();
    let [(twin, of_twin), (sharer, shared), (collector, collected)] = [(); 3].map(|()| pairs.next().unwrap());
    let serial = |number: u32| format!("{number:08}-1111-2222-3333-444444444444");
    let add = |dataset: &str, key: &str, from: &str, to: &str, change: Option<&str>| {
        let files = tree(&landing.join(dataset));
        let all: String = files.into_values().map(|content| String::from_utf8(content).unwrap()).collect();
        let lines: String = all
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
            .filter(|record| record[key] == from)
            .map(|mut record| {
                record[key] = to.into();
                if let Some(change) = change {
                    record[change] = (record[change].as_f64().unwrap() + 0.25).into();
                }
                format!("{record}\n")
            })
            .collect();
        assert!(!lines.is_empty());
        let number = tree(&landing).len();
        write(&landing, &format!("{dataset}/landing/zz-{number}.json"), lines);
    };
    let record = |email: &str, serial: &str| {
        format!(
            "{{\"email\":\"{email}\",\"serialNumber\":\"{serial}\",\"customerName\":\"Ti Winling\",\"birthDay\":\"1950-01-01\",\
             \"phone\":\"6025550199\",\"registrationDate\":1,\"lastUpdateDate\":1,\"shareWithResearchAsOfDate\":1}}\n"
        )
    };
    let (second, also) = ("second.twin@example.com", "also.shares@example.com");
    add("accelerometer", "user", &twin, second, None);
    add("step_trainer", "serialNumber", &of_twin, &serial(1), None);
    add("accelerometer", "user", &sharer, also, Some("x"));
    add("step_trainer", "serialNumber", &collected, &serial(2), None);
    let records = [record(second, &serial(1)), record(also, &shared), record(&collector, &serial(2))];
    write(&landing, "customer/landing/zz.json", records.concat());
    Entangled {
        landing,
        twins: [twin, second.to_owned()],
        sharers: [sharer, also.to_owned()],
        shared,
        collector,
        collected: [collected, serial(2)],
        others: pairs.map(|(user, _)| user).collect(),
    }
}

/// Landing files with all that it takes to export them: reviewed, what fails accepted, signed.
pub struct Ready {
    pub landing: Landing,
    pub curation: Curation,
    pub review: Review,
    pub trail: Trail,
}

impl Ready {
    pub fn of(folder: &Path, recipe: &Recipe) -> Self {
        let landing = landing(folder);
        let curation = curated(&landing, recipe);
        let review = review(&landing, &curation, None, &Progress::default()).unwrap();
        let mut trail = Trail::default();
        for id in review.open(&trail) {
            trail.accept(&review, id, "A. Name", "for a test", WHEN).unwrap();
        }
        trail.sign(&review, "A. Name", WHEN).unwrap();
        Self { landing, curation, review, trail }
    }

    pub fn sample() -> Self {
        Self::of(&sample_data(), &by_owner())
    }

    pub fn prepared(&self, packaging: &Packaging, key: &Key, sides: &SideList) -> Result<Prepared, ReleaseError> {
        prepare(&self.curation, packaging, key, sides, &Progress::default())
    }

    pub fn try_export(&self, prepared: &Prepared, out: &Path, progress: &Progress) -> Result<Manifest, ReleaseError> {
        let signed = self.review.sign_off(&self.trail, self.review.scope()).unwrap();
        let order = Order {
            landing: &self.landing,
            curation: &self.curation,
            review: &self.review,
            trail: &self.trail,
            signed: &signed,
            prepared,
            key_is_kept: true,
            when: WHEN,
        };
        export(&order, out, false, progress)
    }

    pub fn export_under(&self, packaging: &Packaging, key: &Key, out: &Path) -> Manifest {
        let prepared = self.prepared(packaging, key, &SideList::default()).unwrap();
        self.try_export(&prepared, out, &Progress::default()).unwrap()
    }

    pub fn export(&self, packaging: &Packaging, out: &Path) -> Manifest {
        self.export_under(packaging, &key(), out)
    }
}

/// The program in a home of its own, so that nothing it keeps is the user's.
pub struct Home(tempfile::TempDir);

impl Home {
    pub fn new() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        fs::create_dir(home.at("tmp")).unwrap();
        home
    }

    pub fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn keys(&self) -> PathBuf {
        self.at("data/stedi-workbench/keys")
    }

    pub fn trail(&self) -> PathBuf {
        self.at("state/stedi-workbench/reviews/trail.jsonl")
    }

    pub fn history(&self) -> PathBuf {
        self.at("state/stedi-workbench/exports.jsonl")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stedi-workbench"));
        command.args(arguments).current_dir(self.0.path()).env("HOME", self.0.path()).env("TMPDIR", self.at("tmp"));
        for (name, folder) in [("XDG_STATE_HOME", "state"), ("XDG_DATA_HOME", "data"), ("XDG_CONFIG_HOME", "config")] {
            command.env(name, self.at(folder));
        }
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// What `export` of the sample by owner says, with more arguments.
    pub fn export(&self, out: &Path, more: &[&str]) -> Output {
        let sample = sample_data();
        self.run(&[&["export", path(&sample), "--join", "owner", "--out", path(out)], more].concat())
    }

    /// All that the program keeps beside exports, to see whether it changed.
    pub fn kept(&self) -> BTreeMap<String, Vec<u8>> {
        ["state", "data", "config", "tmp"].into_iter().flat_map(|name| tree(&self.at(name))).collect()
    }
}

/// What was said on both streams.
pub fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

pub fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

/// Every file below a folder with its content, and every folder with none; the names are from that folder.
pub fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        let Ok(entries) = fs::read_dir(&next) else { continue };
        for found in entries.map(|entry| entry.unwrap().path()) {
            let name = found.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            if found.is_dir() && !found.is_symlink() {
                files.insert(name + "/", vec![]);
                open.push(found);
            } else {
                files.insert(name, fs::read(&found).unwrap_or_default());
            }
        }
    }
    files
}

/// The tree of an export, with the one field of its manifest that differs from run to run taken out.
pub fn tree_without_time(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = tree(folder);
    let manifest = String::from_utf8(files["manifest.json"].clone()).unwrap();
    let lines: Vec<&str> = manifest.lines().filter(|line| !line.starts_with("  \"written_at\": ")).collect();
    assert_eq!(lines.len() + 1, manifest.lines().count());
    files.insert("manifest.json".to_owned(), lines.join("\n").into_bytes());
    files
}

/// The names of what lies in a folder, in order.
pub fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

pub fn verified(folder: &Path) -> Verified {
    verify(folder, Some(&key()), &Progress::default()).unwrap()
}

/// HMAC-SHA-256 over a kind and an identity, cut, as the manifest describes it.
pub fn pseudonym(secret: &[u8], kind: &str, identity: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(format!("{kind}:{}", identity.trim().to_lowercase()).as_bytes());
    let digits: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}_{}", &kind[..1], &digits[..32])
}

/// The different texts of a column of a landing table.
pub fn landed(landing: &Landing, dataset: Dataset, column: &str) -> BTreeSet<String> {
    let texts = landing.frame(dataset).column(column).unwrap().str().unwrap().clone();
    texts.iter().flatten().map(str::to_owned).collect()
}

/// A table file, whichever format its name says, with the columns of its folders put back.
pub fn read_table_file(folder: &Path, name: &str) -> DataFrame {
    let path = folder.join(name);
    let file = File::open(&path).unwrap();
    let mut frame = match path.extension().unwrap().to_str().unwrap() {
        "parquet" => ParquetReader::new(file).finish().unwrap(),
        "arrow" => IpcReader::new(file).finish().unwrap(),
        "csv" => CsvReadOptions::default().into_reader_with_file_handle(file).finish().unwrap(),
        "ndjson" => JsonReader::new(file).with_json_format(JsonFormat::JsonLines).finish().unwrap(),
        ending => panic!("{ending} is no table"),
    };
    for (column, value) in name.split('/').filter_map(|part| part.split_once('=')) {
        let values = vec![value; frame.height()];
        frame.with_column(Column::new(column.into(), values)).unwrap();
    }
    frame
}

/// A table of a Parquet or Arrow export, whole, in the order of its files.
pub fn read_table(folder: &Path, table: &str) -> DataFrame {
    let manifest = Manifest::read(folder).unwrap();
    let entry = manifest.tables.iter().find(|entry| entry.name == table).unwrap();
    let columns: Vec<&str> = entry.columns.iter().map(|column| column.name.as_str()).collect();
    let frames = entry.files.iter().map(|file| read_table_file(folder, &file.path).select(columns.clone()).unwrap());
    let mut whole = frames.reduce(|whole, next| whole.vstack(&next).unwrap()).unwrap();
    whole.rechunk_mut();
    whole
}

pub const LEARNING: &str = "machine_learning_curated";

pub fn learning(folder: &Path) -> DataFrame {
    read_table(folder, LEARNING)
}

pub fn texts(frame: &DataFrame, column: &str) -> Vec<String> {
    let column = frame.column(column).unwrap().str().unwrap().clone();
    column.iter().map(|text| text.unwrap_or_default().to_owned()).collect()
}

pub fn integers(frame: &DataFrame, column: &str) -> Vec<i64> {
    frame.column(column).unwrap().i64().unwrap().iter().map(|value| value.unwrap_or(i64::MIN)).collect()
}

pub fn floats(frame: &DataFrame, column: &str) -> Vec<f64> {
    frame.column(column).unwrap().f64().unwrap().iter().map(|value| value.unwrap_or(f64::NAN)).collect()
}

/// Every row as one text, in order.
pub fn rows(frame: &DataFrame) -> Vec<String> {
    let mut bytes = vec![];
    CsvWriter::new(&mut bytes).include_header(false).finish(&mut frame.clone()).unwrap();
    String::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect()
}

/// Who is on which side, by pseudonym.
pub fn sides(folder: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(folder.join("splits.csv")).unwrap();
    text.lines().skip(1).map(|line| line.split_once(',').unwrap()).map(|(a, b)| (a.to_owned(), b.to_owned())).collect()
}

/// The members of an archive of NumPy arrays, unpacked.
pub fn npz(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = ::zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let members = 0..archive.len();
    let member = |at: usize| {
        let mut file = archive.by_index(at).unwrap();
        let mut content = vec![];
        file.read_to_end(&mut content).unwrap();
        (file.name().unwrap().into_owned(), content)
    };
    members.map(member).collect()
}

/// What an array says of itself, and its values as bytes.
pub fn npy(member: &[u8]) -> (String, &[u8]) {
    assert!(member.starts_with(b"\x93NUMPY"));
    let (start, length) = match member[6] {
        1 => (10, u64::from(u16::from_le_bytes([member[8], member[9]]))),
        _ => (12, u64::from(u32::from_le_bytes([member[8], member[9], member[10], member[11]]))),
    };
    let end = start + length as usize;
    (String::from_utf8(member[start..end].to_vec()).unwrap(), &member[end..])
}

/// The numbers of an array of 64 bits each.
pub fn numbers<T>(member: &[u8], read: impl Fn([u8; 8]) -> T) -> Vec<T> {
    npy(member).1.chunks_exact(8).map(|bytes| read(bytes.try_into().unwrap())).collect()
}

/// The texts of an array of `<U`, which are UTF-32.
pub fn npy_texts(member: &[u8]) -> Option<Vec<String>> {
    let (header, values) = npy(member);
    let length: usize = header.split("<U").nth(1)?.split('\'').next()?.parse().unwrap();
    let text = |bytes: &[u8]| {
        let codes = bytes.chunks_exact(4).map(|code| u32::from_le_bytes(code.try_into().unwrap()));
        codes.filter(|code| *code != 0).map(|code| char::from_u32(code).unwrap()).collect()
    };
    Some(values.chunks_exact(4 * length).map(text).collect())
}
