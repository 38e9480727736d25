//! The window and a store that speaks like S3: a landing folder there is watched, and an export goes there, through the same gate.
//! `tests/checks/s3.py` starts a store and runs these against it.

use std::path::{Path, PathBuf};

use stedi_workbench::curation::{curate, curate_brought};
use stedi_workbench::domain::{Dataset, JoinRule, Progress, Recipe};
use stedi_workbench::landing::{self, EngineRun, Source};
use stedi_workbench::review::differences;
use stedi_workbench::s3::{self, Address, Fetched, Seal};
use stedi_workbench::state::{Command, ExportOutcome, Severity, Shown};

use crate::engine_run::write_run;
use crate::support::{Window, sample_data, write};
use crate::window_export::Desk;

/// A place on the store that nothing lies at; `STEDI_S3` says where.
fn place(name: &str) -> PathBuf {
    let start = std::env::var("STEDI_S3").unwrap();
    PathBuf::from(format!("{start}/{name}"))
}

fn send(folder: &Path, to: &Path) {
    s3::send(folder, &Address::parse(to).unwrap(), Seal::Success, &Progress::default()).unwrap();
}

fn rows(window: &Window) -> u64 {
    window.harness.state().state().landing.value().unwrap().landing.rows(Dataset::StepTrainer)
}

#[test]
#[ignore = "it needs a store: make test-s3"]
fn new_objects_appear_as_new_files_of_a_folder_do() {
    let place = place("watched");
    send(&sample_data(), &place);
    let mut window = Window::open(Some(Source::Folder(place.clone())));
    window.wait("the tables", |state| state.work.is_none() && state.curation.value().is_some());
    let before = rows(&window);
    let more = tempfile::tempdir().unwrap();
    let record = "{\"sensorReadingTime\":1655564444103,\"serialNumber\":\"new-device\",\"distanceFromObject\":218}\n";
    write(more.path(), "more.json", record.repeat(3));
    send(more.path(), &place.join("step_trainer/landing/later"));
    window.wait("what is new", |state| {
        state.landing.value().is_some_and(|loaded| loaded.landing.rows(Dataset::StepTrainer) == before + 3)
    });
    let notices = &window.harness.state().state().notices;
    assert!(notices.iter().any(|notice| notice.text.starts_with("The folder changed: ")), "{notices:?}");
    assert!(notices.iter().all(|notice| notice.severity == Severity::Information), "{notices:?}");
    window.harness.state_mut().ask(Command::Watch(false));
    window.harness.run_steps(2);
    send(more.path(), &place.join("step_trainer/landing/unseen"));
    std::thread::sleep(std::time::Duration::from_secs(25));
    window.harness.run_steps(3);
    assert_eq!(rows(&window), before + 3, "nobody follows the folder any longer");
}

#[test]
#[ignore = "it needs a store: make test-s3"]
fn an_export_goes_there_whole_once_somebody_signed_and_over_nothing() {
    let place = place("exported");
    let mut desk = Desk::signed(&sample_data());
    desk.ask(Command::ExportTo { place: place.clone(), replace: false });
    let Some(ExportOutcome::Written(opened)) = &desk.state().exporting.outcome else {
        panic!("{:?}", desk.state().exporting.outcome);
    };
    assert_eq!(opened.folder, place);
    let (rows, lines) = (opened.manifest.rows(), opened.lines.clone());
    assert!(rows > 0 && lines.iter().any(|(_, text)| text.contains("s3://")), "{lines:?}");
    let past = desk.state().exporting.past.value().unwrap();
    assert!(past.is_empty(), "the list is of those that can be opened here");

    // What lies there is what the manifest says, to the byte.
    let home = tempfile::tempdir().unwrap();
    let all = |names: &[&str]| vec![true; names.len()];
    let fetched = s3::fetch(&Address::parse(&place).unwrap(), home.path(), &all, None, &Progress::default()).unwrap();
    let Fetched::Folder(folder) = fetched else { panic!("{fetched:?}") };
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_stedi-workbench"));
    let verified = program.arg("verify").arg(&folder).output().unwrap();
    assert_eq!(verified.status.code(), Some(0), "{}", String::from_utf8_lossy(&verified.stderr));

    for (replace, words) in [(false, "something lies there already"), (true, "cannot take the place of another")] {
        desk.ask(Command::ExportTo { place: place.clone(), replace });
        let Some(ExportOutcome::Failed(why)) = &desk.state().exporting.outcome else {
            panic!("{:?}", desk.state().exporting.outcome);
        };
        assert!(why.starts_with("Nothing was written: ") && why.contains(words), "{why}");
    }
    // Nothing leaves before somebody signed.
    let other = self::place("unsigned");
    let mut window = Window::open_folder(&sample_data());
    window.harness.state_mut().ask(Command::Show(Shown::Review));
    window.wait("the checks", |state| state.review.checks.value().is_some() && state.work.is_none());
    window.harness.state_mut().ask(Command::ExportTo { place: other.clone(), replace: false });
    window.wait("a refusal", |state| state.notices.iter().any(|notice| notice.text.contains("somebody signed")));
    let nothing =
        s3::fetch(&Address::parse(&other).unwrap(), &home.path().join("other"), &all, None, &Progress::default());
    assert!(nothing.unwrap_err().to_string().contains("nothing lies there"));
}

/// How many files of tables lie somewhere below a folder.
fn table_files(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| {
            if path.is_dir() {
                table_files(&path)
            } else {
                usize::from(path.extension().is_some_and(|e| e == "parquet"))
            }
        })
        .sum()
}

#[test]
#[ignore = "it needs a store: make test-s3"]
fn a_run_is_opened_by_what_it_counted_and_its_tables_are_fetched_once_they_are_read() {
    let (place, progress) = (place("runs"), Progress::default());
    let read = |folder: &Path| landing::read(&Source::Folder(folder.to_owned()), &progress).unwrap();
    let landing = read(&sample_data());
    let here = curate(&landing, &Recipe { join: JoinRule::Owner, ..Recipe::default() }, &progress).unwrap();
    let home = tempfile::tempdir().unwrap();
    write_run(home.path(), "one", &landing, &here);
    send(home.path(), &place);
    let aside = tempfile::tempdir().unwrap();
    let run = EngineRun::open_at(&place, aside.path(), &progress).unwrap();
    assert_eq!((&run.counts, table_files(aside.path())), (&here.counts, 0));

    // Of other landing files it is refused before any table is fetched.
    let other = tempfile::tempdir().unwrap();
    let customer = sample_data().join("customer/landing");
    for file in std::fs::read_dir(&customer).unwrap() {
        let file = file.unwrap().path();
        write(
            &other.path().join("customer/landing"),
            file.file_name().unwrap().to_str().unwrap(),
            std::fs::read(&file).unwrap(),
        );
    }
    let error = curate_brought(&read(other.path()), &run, &progress).unwrap_err().to_string();
    assert!(error.contains("made of other landing files"), "{error}");
    assert_eq!(table_files(aside.path()), 0);

    // Two parts of each of five tables, and of the one that is there twice the whole one alone; once, however often they are read.
    for _ in 0..2 {
        let there = curate_brought(&landing, &run, &progress).unwrap();
        let found = differences(&here, &there, &progress).unwrap();
        assert!(found.iter().all(|difference| difference.is_equal()));
        assert_eq!(table_files(aside.path()), 10);
    }
    drop(run);
    assert_eq!(std::fs::read_dir(aside.path()).unwrap().count(), 0, "what was fetched goes with the run");
}
