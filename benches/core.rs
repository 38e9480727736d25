//! One core path, once, on fixed input: what `tests/checks/instructions.py` counts the instructions of.
//!
//! `cargo bench --bench core -- PATH` prepares the input and takes the path. With `--only-prepare` it takes nothing but what
//! the path does that is none of our code, so that the difference of two counts is our code's. `--list` names all paths.
//! `--processor` says which instructions the processor has that code is chosen by.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints, and stops where it cannot go on")]

use std::hint::black_box;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use stedi_workbench::curation::{Codes, TableView, curate, infer_owners};
use stedi_workbench::domain::{Dataset, Duplicates, Format, JoinRule, OwnerRules, Progress, Recipe};
use stedi_workbench::explore::{Query, Sort, select};
use stedi_workbench::export::write_tables;
use stedi_workbench::generate::Generator;
use stedi_workbench::landing::{Landing, Source, read};
use stedi_workbench::signals::{Series, View, decimate};

/// Enough for every path to be well above the cost of its first call, few enough to be counted in seconds.
const CUSTOMERS: u64 = 120;
const READINGS: usize = 500_000;

/// Given a folder to prepare its input in.
type Prepare = fn(&Path) -> Prepared;

struct Prepared {
    path: Box<dyn FnOnce()>,
    /// What the path does that is none of our code.
    not_ours: Box<dyn FnOnce()>,
}

const PATHS: [(&str, Prepare); 13] = [
    ("read-customers", |folder| {
        // There is one for some eighty motions, so the same ones land again and again.
        let customers = std::fs::read(&files(&generated(folder), Dataset::Customer)[0]).unwrap();
        let again = folder.join("customers.json");
        std::fs::write(&again, customers.repeat(30)).unwrap();
        reading(vec![again])
    }),
    ("read-accelerometer", |folder| reading(files(&generated(folder), Dataset::Accelerometer))),
    ("read-step-trainer", |folder| reading(files(&generated(folder), Dataset::StepTrainer))),
    ("read-sample", |_| {
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data");
        reading(Dataset::ALL.iter().flat_map(|&dataset| files(&sample, dataset)).collect())
    }),
    ("read-csv", |folder| {
        let csv = folder.join("accelerometer.csv");
        std::fs::write(&csv, as_csv(&landing(folder))).unwrap();
        reading(vec![csv])
    }),
    ("curate-specification", |folder| curating(folder, Recipe::default())),
    ("curate-owner", |folder| {
        let strict =
            Recipe { join: JoinRule::Owner, consent_date: true, duplicates: Duplicates::Drop, ..Recipe::default() };
        curating(folder, strict)
    }),
    ("curate-nearest", |folder| {
        curating(folder, Recipe { join: JoinRule::Nearest, tolerance_ms: 700, ..Recipe::default() })
    }),
    ("infer-owners", |folder| {
        let [customers, motions, distances] = views(&landing(folder));
        let (rules, quiet) = (OwnerRules::default(), Progress::default());
        ours(move || infer_owners(&customers, &motions, &distances, &rules, &quiet).unwrap())
    }),
    ("decimate", |_| {
        let series = series();
        ours(move || draw(&series))
    }),
    ("sort-numbers", |folder| sorting(folder, &["timestamp"])),
    ("sort-texts", |folder| sorting(folder, &["user", "timestamp"])),
    ("write-parquet", |folder| {
        let curation = curate(&landing(folder), &Recipe::default(), &Progress::default()).unwrap();
        let out = folder.join("zones");
        ours(move || write_tables(&curation, &out, Format::Parquet, &Progress::default()).unwrap())
    }),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--list"] => PATHS.iter().for_each(|(name, _)| println!("{name}")),
        ["--processor"] => println!("{}", processor().join(" ")),
        [name] => prepared(name, |prepared| (prepared.path)()),
        [name, "--only-prepare"] => prepared(name, |prepared| (prepared.not_ours)()),
        _ => println!("Name one of the paths that --list lists."),
    }
}

fn prepared(name: &str, go_on: impl FnOnce(Prepared)) {
    let (_, prepare) = PATHS.iter().find(|(known, _)| *known == name).unwrap();
    let folder = tempfile::tempdir().unwrap();
    go_on(prepare(folder.path()));
}

/// A path that is all our code.
fn ours<T>(path: impl FnOnce() -> T + 'static) -> Prepared {
    Prepared { path: Box::new(|| drop(black_box(path()))), not_ours: Box::new(|| {}) }
}

fn generated(folder: &Path) -> PathBuf {
    let out = folder.join("landing");
    Generator::new(CUSTOMERS).write(&out, &Progress::default()).unwrap();
    out
}

fn files(landing: &Path, dataset: Dataset) -> Vec<PathBuf> {
    let files = std::fs::read_dir(landing.join(dataset.name()).join("landing")).unwrap();
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

fn landing(folder: &Path) -> Landing {
    read(&Source::Folder(generated(folder)), &Progress::default()).unwrap()
}

fn views(landing: &Landing) -> [TableView; 3] {
    Dataset::ALL.map(|dataset| TableView::new(landing.frame(dataset), dataset.schema()))
}

/// Reading files also hashes them, which is most of the instructions where valgrind has none made for it.
fn reading(files: Vec<PathBuf>) -> Prepared {
    let hashed = files.clone();
    Prepared {
        path: Box::new(|| drop(black_box(read(&Source::Files(files), &Progress::default()).unwrap()))),
        not_ours: Box::new(move || {
            hashed.iter().for_each(|file| _ = black_box(Sha256::digest(std::fs::read(file).unwrap())));
        }),
    }
}

fn as_csv(landing: &Landing) -> String {
    let frame = landing.frame(Dataset::Accelerometer);
    let texts = frame.column("user").unwrap().str().unwrap();
    let times = frame.column("timestamp").unwrap().i64().unwrap();
    let axes = ["x", "y", "z"].map(|axis| frame.column(axis).unwrap().f64().unwrap());
    let mut csv = "user,timestamp,x,y,z\n".to_owned();
    for row in 0..frame.height() {
        let [x, y, z] = axes.map(|axis| axis.get(row).unwrap());
        csv += &format!("{},{},{x:.1},{y:.1},{z:.1}\n", texts.get(row).unwrap(), times.get(row).unwrap());
    }
    csv
}

fn curating(folder: &Path, recipe: Recipe) -> Prepared {
    let landing = landing(folder);
    ours(move || curate(&landing, &recipe, &Progress::default()).unwrap())
}

fn sorting(folder: &Path, columns: &[&'static str]) -> Prepared {
    let landing = landing(folder);
    let [_, motions, _] = views(&landing);
    let codes = Codes::new(&landing);
    let sorts = columns.iter().map(|&column| Sort { column, descending: false, nulls_first: false }).collect();
    let query = Query { sorts, ..Query::default() };
    ours(move || select(&motions, &query, &codes, false, &Progress::default()).unwrap())
}

/// A reading about every 3 ms, without any chance.
fn series() -> Series {
    let times = (0..READINGS as i64).map(|place| 1_655_553_600_000 + 3 * place + place * place % 3).collect();
    let values = (0..READINGS).map(|place| (place * place % 1009) as f64 + (place % 40_000) as f64 / 100.0).collect();
    Series::new(times, vec![("value", values)])
}

/// Views of all readings, and of ever fewer in the middle.
fn draw(series: &Series) {
    let (first, last) = (series.times()[0] as f64, series.times()[READINGS - 1] as f64);
    let mut buffer = vec![];
    for step in 0..200 {
        let margin = (last - first) * f64::from(step) / 410.0;
        let view = View { from: first + margin, to: last - margin, columns: 3000 };
        black_box(decimate(series, &series.channels()[0], view, &mut buffer));
    }
}

#[cfg(target_arch = "x86_64")]
fn processor() -> Vec<&'static str> {
    macro_rules! those_of {
        ($($name:tt)*) => { [$(($name, std::arch::is_x86_feature_detected!($name))),*] };
    }
    let all = those_of!("sse4.2" "avx" "avx2" "avx512f" "fma" "f16c" "bmi1" "bmi2" "lzcnt" "popcnt" "movbe" "aes" "pclmulqdq" "sha");
    all.into_iter().filter(|(_, has)| *has).map(|(name, _)| name).collect()
}

#[cfg(not(target_arch = "x86_64"))]
fn processor() -> Vec<&'static str> {
    vec![std::env::consts::ARCH]
}
