//! Real faults: files that change while they are read, a clock that goes back, half a line of a trail, changes at once, a worker
//! that panics. What needs processes that are killed, full disks and other users is in tests/checks/faults.py.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use egui_kittest::kittest::Queryable as _;
use stedi_workbench::app::Settings;
use stedi_workbench::domain::{Dataset, Format, Packaging, Progress, Recipe, Table};
use stedi_workbench::export::release::diff;
use stedi_workbench::export::{History, TrailFile};
use stedi_workbench::landing::{Cache, Finding, Landing, Source, read, read_with};
use stedi_workbench::review::review;
use stedi_workbench::state::{Command, Shown};

use crate::export_support::{Ready, by_owner, names, tree};
use crate::support::{Window, sample_data, write};

/// Chance that is the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// A file in one state: every record has the same distance, and no two states have the same size.
fn state(number: u64) -> Vec<u8> {
    let record = |row| {
        let at = 1_700_000_000_000_u64 + row;
        format!("{{\"sensorReadingTime\":{at},\"serialNumber\":\"serial\",\"distanceFromObject\":{number}}}\n")
    };
    (0..2_000 + number % 97).map(record).collect::<String>().into_bytes()
}

/// Does something to a file that a program may meet at any moment. `beside` is on the same disk and not read.
fn disturb(file: &Path, beside: &Path, chance: &mut Chance) {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let new = || state(NEXT.fetch_add(1, Ordering::Relaxed));
    let aside = beside.join(file.file_name().unwrap());
    let pipe = beside.join("pipe");
    // What fails does so because of the fault before; that is part of it.
    match chance.below(8) {
        0..3 => drop(fs::write(file, new())),
        3 => drop(fs::write(&aside, new()).and_then(|()| fs::rename(&aside, file))),
        4 => drop(fs::remove_file(file)),
        5 => drop(File::options().write(true).open(file).and_then(|opened| opened.set_len(chance.below(100_000)))),
        6 => drop(fs::rename(&pipe, file).and_then(|()| fs::rename(file, &pipe))),
        _ => {
            fs::remove_file(file).ok();
            fs::create_dir(file).ok();
            fs::remove_dir(file).ok();
            std::os::unix::fs::symlink(file, file).ok();
            fs::remove_file(file).ok();
            drop(fs::write(file, new()));
        }
    }
}

/// The distances of each file, and which files there is a remark on.
fn by_file(landing: &Landing) -> Vec<(bool, Vec<i64>)> {
    let frame = landing.frame(Dataset::StepTrainer);
    let distances: Vec<i64> = frame.column("distancefromobject").unwrap().i64().unwrap().iter().flatten().collect();
    let mut from = 0;
    let rows = landing.files.iter().map(|file| {
        let to = from + file.rows as usize;
        let told = landing.findings.iter().any(|finding| finding.to_string().starts_with(&format!("{} ", file.name)));
        (told, distances[std::mem::replace(&mut from, to)..to].to_vec())
    });
    let rows = rows.collect();
    assert_eq!(from, distances.len(), "rows belong to files");
    assert_eq!(landing.refused.len() as u64, landing.files.iter().map(|file| file.refused).sum::<u64>());
    rows
}

#[test]
fn files_that_change_while_they_are_read_are_old_or_new_or_told_of() {
    let home = tempfile::tempdir().unwrap();
    let (folder, beside) = (home.path().join("landing"), home.path().join("beside"));
    let steps = folder.join("step_trainer/landing");
    let files: Vec<PathBuf> =
        (0..12).map(|number| write(&steps, &format!("{number:02}.json"), state(number))).collect();
    write(&steps, "99.json", state(0));
    fs::create_dir(&beside).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(beside.join("pipe")).status().unwrap().success());
    let cache = Cache::at(home.path().join("kept"), 1 << 30);
    let is_over = AtomicBool::new(false);
    let (mut sound, mut told, mut changed) = (0, 0, 0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut chance = Chance(1);
            while !is_over.load(Ordering::Relaxed) {
                disturb(&files[chance.below(12) as usize], &beside, &mut chance);
            }
        });
        let started = Instant::now();
        for round in 0.. {
            let source = Source::Folder(folder.clone());
            let landing = if round % 2 == 0 {
                read(&source, &Progress::default()).unwrap()
            } else {
                let (landing, unkept) = read_with(&source, &cache, &Progress::default()).unwrap();
                cache.keep(&unkept, &Progress::default()).unwrap();
                landing
            };
            for (is_told, distances) in by_file(&landing) {
                let different: BTreeSet<i64> = distances.iter().copied().collect();
                assert!(is_told || different.len() <= 1, "two states in one, and not a word: {different:?}");
                told += u64::from(is_told);
                sound += u64::from(!is_told && !distances.is_empty());
            }
            let is_changed = |finding: &&Finding| matches!(finding, Finding::ChangedMeanwhile { .. });
            changed += landing.findings.iter().filter(is_changed).count();
            if (round >= 60 && sound > 50 && told > 50 && changed > 5) || started.elapsed() > Duration::from_secs(60) {
                break;
            }
        }
        is_over.store(true, Ordering::Relaxed);
    });
    assert!(
        sound > 50 && told > 50 && changed > 5,
        "{sound} sound, {told} told of, {changed} of them changed meanwhile"
    );
    // Nothing of all this is kept as if it were so.
    let anew = by_file(&read(&Source::Folder(folder.clone()), &Progress::default()).unwrap());
    assert_eq!(by_file(&read_with(&Source::Folder(folder), &cache, &Progress::default()).unwrap().0), anew);
}

#[test]
fn a_table_that_is_cut_off_while_it_is_read_does_not_end_the_program() {
    // Two exports of other rows, so that both are read to be compared.
    let (ready, other) = (Ready::sample(), Ready::of(&sample_data(), &Recipe { consent_date: true, ..by_owner() }));
    let home = tempfile::tempdir().unwrap();
    for format in [Format::Parquet, Format::Csv, Format::Ndjson] {
        let [out, beside] = ["out", "beside"].map(|name| home.path().join(name).join(format.extension()));
        let packaging = Packaging { format, split: None, ..Packaging::default() };
        ready.export(&packaging, &out);
        other.export(&packaging, &beside);
        diff(&out, &beside, &Progress::default()).unwrap();
        let table = out.join(Table::MachineLearningCurated.name());
        let file = table.join(&names(&table)[0]);
        let whole = fs::read(&file).unwrap();
        let is_over = AtomicBool::new(false);
        let (mut read, mut refused) = (0, 0);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    File::options().write(true).open(&file).unwrap().set_len(10).unwrap();
                    fs::write(&file, &whole).unwrap();
                }
            });
            let started = Instant::now();
            while (read + refused < 100 || read == 0 || refused == 0) && started.elapsed() < Duration::from_secs(60) {
                match diff(&out, &beside, &Progress::default()) {
                    Ok(_) => read += 1,
                    Err(error) => {
                        refused += 1;
                        assert!(error.to_string().contains("is no export that can be read"), "{error}");
                    }
                }
            }
            is_over.store(true, Ordering::Relaxed);
        });
        assert!(refused > 0, "{read} read and {refused} refused");
    }
}

#[test]
fn names_that_are_not_utf_8_are_read_kept_and_remembered_as_far_as_that_goes() {
    let home = tempfile::tempdir().unwrap();
    let odd = home.path().join(OsStr::from_bytes(b"a\xff\x1b"));
    let folder = odd.join("landing");
    write(&folder, "step_trainer/landing/a.json", state(1));
    write(&folder.join("step_trainer"), "b.json", state(2));
    fs::rename(folder.join("step_trainer/b.json"), folder.join("step_trainer").join(OsStr::from_bytes(b"\xfe.json")))
        .unwrap();
    let cache = Cache::at(home.path().join("kept"), 1 << 30);
    let source = Source::Folder(folder.clone());
    let (first, unkept) = read_with(&source, &cache, &Progress::default()).unwrap();
    cache.keep(&unkept, &Progress::default()).unwrap();
    let (second, _) = read_with(&source, &cache, &Progress::default()).unwrap();
    assert_eq!((first.files.len(), second.known_files), (2, 2));
    assert_eq!((by_file(&first), &first.files), (by_file(&second), &second.files));
    let settings = || Settings::at(home.path().join("settings/settings.json"));
    let mut window = Window::open_with(settings(), Some(source));
    window.wait("the tables", |state| state.work.is_none() && state.curation.value().is_some());
    window.drop_files(&[sample_data()]);
    window
        .wait("the sample", |state| state.work.is_none() && state.curation.value().is_some() && state.recent.len() > 1);
    let state = window.harness.state().state();
    assert!(state.notices.is_empty(), "{:?}", state.notices);
    drop(window);
    let again = Window::open_with(settings(), None);
    assert_eq!(again.harness.state().state().recent, [sample_data()]);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "files are dated before and after now")]
fn a_clock_that_goes_back_loses_nothing_and_keeps_nothing_for_ever() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("landing");
    let hour = |hours: i64| {
        let now = SystemTime::now();
        let by = Duration::from_secs(hours.unsigned_abs() * 3_600);
        if hours < 0 { now - by } else { now + by }
    };
    let dated = |name: &str, number: u64, at: SystemTime| {
        let path = write(&folder, &format!("step_trainer/landing/{name}"), state(number));
        File::open(&path).unwrap().set_modified(at).unwrap();
    };
    let before_1970 = SystemTime::UNIX_EPOCH - Duration::from_secs(1_000_000);
    let cache = Cache::at(home.path().join("kept"), 1 << 30);
    let source = Source::Folder(folder.clone());
    for (round, times) in
        [[hour(24 * 365), hour(-48), before_1970], [hour(-1), hour(1), before_1970]].into_iter().enumerate()
    {
        for (number, at) in times.into_iter().enumerate() {
            // Of the same size as in the round before.
            dated(&format!("{number}.json"), 97 * (round as u64 + 2) + number as u64, at);
        }
        for _ in 0..2 {
            let (landing, unkept) = read_with(&source, &cache, &Progress::default()).unwrap();
            cache.keep(&unkept, &Progress::default()).unwrap();
            assert_eq!(by_file(&landing), by_file(&read(&source, &Progress::default()).unwrap()));
        }
    }
    for (name, at) in [("old.part", hour(-2)), ("ahead.part", hour(24)), ("now.part", hour(0))] {
        let path = write(cache.folder(), name, "half");
        File::open(path).unwrap().set_modified(at).unwrap();
    }
    cache.shrink().unwrap();
    let left = names(cache.folder());
    assert!(left.iter().filter(|name| name.ends_with(".part")).eq(["now.part"]), "{left:?}");
    // What was signed in the future counts, and what is signed after it as well.
    let ready = Ready::sample();
    let review = review(&ready.landing, &ready.curation, None, &Progress::default()).unwrap();
    let file = TrailFile::in_folder(&home.path().join("reviews"));
    for when in [4_000_000_000_000, 1_000, 2_000_000_000_000] {
        let (trail, _) = file.add(|trail| trail.sign(&review, "A. Name", when)).unwrap();
        assert_eq!(review.sign_off(&trail, review.scope()).unwrap().signed().unwrap().when, when);
    }
    assert_eq!(file.load().unwrap().entries().len(), 3);
}

#[test]
fn half_a_line_of_a_trail_is_nobodys_and_the_next_line_stands_after_the_whole_ones() {
    let home = tempfile::tempdir().unwrap();
    let ready = Ready::sample();
    let file = TrailFile::in_folder(home.path());
    let sign =
        |when| file.add(|trail| trail.sign(&ready.review, "A. Name", when)).map(|(trail, _)| trail.entries().len());
    let half =
        |bytes: &[u8]| File::options().append(true).create(true).open(file.path()).unwrap().write_all(bytes).unwrap();
    half(b"{\"kind\":\"signed_of");
    assert_eq!(file.load().unwrap().entries().len(), 0);
    assert_eq!(sign(1).unwrap(), 1);
    // As a run leaves it that was killed after its first line.
    fs::write(home.path().join("trail.head"), "0 -\n").unwrap();
    assert_eq!(file.load().unwrap().entries().len(), 1);
    fs::remove_file(home.path().join("trail.head")).unwrap();
    assert!(file.load().is_err(), "somebody took away how many there are");
    fs::remove_file(file.path()).unwrap();
    assert_eq!(sign(1).unwrap(), 1);
    let whole = fs::read(file.path()).unwrap();
    for cut in [1, 20, whole.len() - 1] {
        half(&whole[..cut]);
        assert_eq!(file.load().unwrap().entries().len(), 1);
    }
    half(b"\xff");
    assert!(file.load().is_err() || file.load().unwrap().entries().len() == 1);
    fs::write(file.path(), &whole).unwrap();
    half(&whole[..30]);
    assert_eq!(sign(2).unwrap(), 2);
    assert_eq!(fs::read_to_string(file.path()).unwrap().lines().count(), 2);
    // A line that counted is missed.
    let text = fs::read(file.path()).unwrap();
    fs::write(file.path(), &text[..text.len() - 5]).unwrap();
    assert!(file.load().is_err());
}

#[test]
fn a_trail_is_read_whole_while_others_add_to_it() {
    let home = tempfile::tempdir().unwrap();
    let ready = Ready::sample();
    let file = TrailFile::in_folder(home.path());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for when in 0..20 {
                    file.add(|trail| trail.sign(&ready.review, "A. Name", when)).unwrap();
                }
            });
        }
        let mut seen = 0;
        while seen < 40 {
            let now = file.load().unwrap().entries().len();
            assert!(now >= seen, "a line is missing that was there");
            seen = now;
        }
    });
}

#[test]
fn exports_that_end_at_once_are_all_remembered() {
    let home = tempfile::tempdir().unwrap();
    let ready = Ready::sample();
    let manifest = ready.export(&Packaging::default(), &home.path().join("out"));
    let history = History::at(home.path().join("state/exports.jsonl"));
    std::thread::scope(|scope| {
        for number in 0..16 {
            let (history, manifest, folder) = (&history, &manifest, home.path().join(format!("out-{number}")));
            scope.spawn(move || history.add(&folder, manifest).unwrap());
        }
    });
    assert_eq!(history.load().len(), 16);
    assert_eq!(names(&home.path().join("state")), ["exports.jsonl"]);
}

#[test]
fn settings_that_cannot_be_read_are_kept_beside_the_new_ones() {
    let home = tempfile::tempdir().unwrap();
    let file = write(home.path(), "settings.json", "{\"theme\": 7, \"recent\": [");
    let settings = Settings::at(file.clone());
    settings.limit_cache(1_000).unwrap();
    assert_eq!(fs::read_to_string(home.path().join("settings.json.damaged")).unwrap(), "{\"theme\": 7, \"recent\": [");
    assert_eq!(settings.cache().unwrap().limit(), 1_000);
    // Two windows that end at once leave those of one of them.
    std::thread::scope(|scope| {
        for limit in 0..16 {
            let settings = settings.clone();
            scope.spawn(move || settings.limit_cache(limit).unwrap());
        }
    });
    assert!(settings.cache().unwrap().limit() < 16);
    assert_eq!(names(home.path()), ["settings.json", "settings.json.damaged"]);
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert!(settings.limit_cache(5).unwrap_err().contains("could not be saved"));
    assert!(file.is_dir());
}

#[test]
fn a_worker_that_panics_is_told_of_where_its_answer_would_be_and_the_rest_works() {
    let mut window = Window::open_folder(&sample_data());
    let rows = |window: &Window| window.harness.state().state().curation.value().unwrap().rows(Table::CustomerTrusted);
    let before = rows(&window);
    let panics = std::sync::Arc::new(AtomicBool::new(true));
    let asked = std::sync::Arc::clone(&panics);
    let act = move || assert!(!asked.load(Ordering::Relaxed), "a worker that panics");
    window.harness.state_mut().before_overview(act).unwrap();
    window.harness.state_mut().ask(Command::Show(Shown::Signals));
    window.wait("the failure", |state| state.signals.lines.error().is_some());
    assert!(window.harness.query_by_label_contains("A worker stopped unexpectedly").is_some());
    // Everything else goes on, the same worker too.
    window.harness.state_mut().ask(Command::Show(Shown::Table(Table::CustomerTrusted)));
    window.wait("the rows", |state| {
        state.look.value().is_some_and(|look| look.rows.len(look.view.rows()) as u64 == before)
    });
    window.harness.state_mut().ask(Command::Show(Shown::Review));
    window.wait("the checks", |state| state.work.is_none() && state.review.checks.value().is_some());
    panics.store(false, Ordering::Relaxed);
    window.harness.state_mut().ask(Command::Show(Shown::Signals));
    window.harness.run_steps(2);
    window.harness.get_by_label_contains("Try again").click();
    window.wait("the devices", |state| state.signals.lines.value().is_some());
    assert_eq!(rows(&window), before);
}

#[test]
fn what_is_no_file_is_refused_where_a_file_is_read_back() {
    let home = tempfile::tempdir().unwrap();
    let ready = Ready::sample();
    let out = home.path().join("out");
    ready.export(&Packaging::default(), &out);
    let files: Vec<String> = tree(&out).into_keys().filter(|name| !name.ends_with('/')).collect();
    for name in files {
        let (path, aside) = (out.join(&name), home.path().join("aside"));
        fs::rename(&path, &aside).unwrap();
        let made: [&dyn Fn(); 3] = [
            &|| assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success()),
            &|| fs::create_dir(&path).unwrap(),
            &|| std::os::unix::fs::symlink(&path, &path).unwrap(),
        ];
        for make in made {
            make();
            let verified = stedi_workbench::export::release::verify(&out, None, &Progress::default());
            assert!(verified.is_err() || !verified.unwrap().is_sound(), "{name}");
            fs::remove_file(&path).or_else(|_| fs::remove_dir(&path)).unwrap();
        }
        fs::rename(&aside, &path).unwrap();
    }
}
