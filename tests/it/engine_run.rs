//! What a run on another engine left, opened again: the same tables and checks as made here, and a word where it is not what it
//! says. The runs are written here as the job writes them; `make test-lakehouse` has real ones.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use egui_kittest::kittest::Queryable as _;
use polars::prelude::*;
use serde_json::json;
use stedi_workbench::curation::{Curation, curate, curate_brought};
use stedi_workbench::domain::{Dataset, Duplicates, JoinRule, Progress, Recipe, Table, Withdrawn};
use stedi_workbench::landing::{self, Aside, EngineRun, Landing, Shelf, Source};
use stedi_workbench::review::{TableDifference, differences};
use stedi_workbench::state::Command as Asked;

use crate::support::{Window, real_data, sample_data};

fn read(folder: &Path) -> Landing {
    landing::read(&Source::Folder(folder.to_owned()), &Progress::default()).unwrap()
}

/// Writes the tables in two parts each, the last rows first: an engine orders rows as it likes.
pub fn write_run(out: &Path, name: &str, landing: &Landing, curation: &Curation) -> PathBuf {
    let folder = out.join("runs").join(name);
    let (mut tables, mut steps) = (serde_json::Map::new(), serde_json::Map::new());
    for dataset in Dataset::ALL {
        let table = Table::landing(dataset).name().to_owned();
        tables.insert(table, json!({ "rows": landing.rows(dataset), "refused": 0 }));
    }
    for count in &curation.counts {
        let table = count.table;
        let mut frame = curation.frame(table).clone();
        let write = |place: PathBuf, frame: &DataFrame| {
            fs::create_dir_all(&place).unwrap();
            let half = frame.height() / 2;
            for (part, mut rows) in [frame.slice(half as i64, usize::MAX), frame.slice(0, half)].into_iter().enumerate()
            {
                let file = File::create(place.join(format!("part-0000{part}.snappy.parquet"))).unwrap();
                ParquetWriter::new(file).finish(&mut rows).unwrap();
            }
            fs::write(place.join("_SUCCESS"), "").unwrap();
        };
        if table == Table::MachineLearningCurated {
            write(folder.join("review").join(table.name()), &frame);
            frame.drop_in_place("user").unwrap();
        }
        write(folder.join(table.name()), &frame);
        tables.insert(table.name().to_owned(), json!({ "rows": count.rows, "source": count.source.name() }));
        let step = |step: &stedi_workbench::domain::StepCount| {
            json!({ "reason": step.reason.label(), "rows_in": step.rows_in, "dropped": step.dropped, "added": step.added,
                    "rows_out": step.rows_out() })
        };
        steps.insert(table.name().to_owned(), count.steps.iter().map(step).collect());
    }
    let counts = json!({ "tables": tables, "steps": steps, "run": name, "spark": "4.3.0" });
    fs::write(folder.join("counts.json"), counts.to_string()).unwrap();
    fs::write(folder.join("recipe.json"), curation.recipe.to_json()).unwrap();
    fs::write(out.join("current.json"), json!({ "run": name, "path": format!("runs/{name}") }).to_string()).unwrap();
    folder
}

/// Makes of a run what is left over Spark Connect: texts are folders of parts, and each run adds a pointer.
fn as_over_connect(out: &Path, folder: &Path, switched: i64) {
    for (from, into) in [(folder.join("counts.json"), "counts"), (folder.join("recipe.json"), "recipe")] {
        fs::create_dir(folder.join(into)).unwrap();
        fs::rename(from, folder.join(into).join("part-00000-1b2c-c000.txt")).unwrap();
        fs::write(folder.join(into).join("_SUCCESS"), "").unwrap();
    }
    let pointer: serde_json::Value = serde_json::from_slice(&fs::read(out.join("current.json")).unwrap()).unwrap();
    fs::remove_file(out.join("current.json")).unwrap();
    let name = pointer["run"].as_str().unwrap();
    let text = json!({ "run": name, "path": pointer["path"], "switched": switched }).to_string();
    fs::create_dir_all(out.join("current/_temporary/0")).unwrap();
    fs::write(out.join(format!("current/part-00000-{name}-c000.txt")), text + "\n").unwrap();
    fs::write(out.join("current/.part-00000.crc"), "no text").unwrap();
}

fn opened(out: &Path) -> String {
    EngineRun::open(out, &Progress::default()).unwrap().name
}

#[test]
fn a_run_over_spark_connect_is_opened_and_the_pointer_that_was_switched_last_counts() {
    let landing = read(&sample_data());
    let here = curate(&landing, &Recipe { join: JoinRule::Owner, ..Recipe::default() }, &Progress::default()).unwrap();
    let home = tempfile::tempdir().unwrap();
    let out = home.path();
    let first = write_run(out, "b", &landing, &here);
    as_over_connect(out, &first, 20);
    assert!(EngineRun::is_at(out) && EngineRun::is_at(&first));
    assert_eq!(opened(out), "b");
    let run = EngineRun::open(&first, &Progress::default()).unwrap();
    assert_eq!(differing(&here, &curate_brought(&landing, &run, &Progress::default()).unwrap()), []);

    // Whatever the runs are called, the latest counts.
    let second = write_run(out, "a", &landing, &here);
    as_over_connect(out, &second, 30);
    assert_eq!(opened(out), "a");
    // A job of before says nothing of when; one of now does.
    write_run(out, "c", &landing, &here);
    assert_eq!(opened(out), "a", "a job of an earlier version");
    let pointer = |switched: i64| json!({ "run": "c", "path": "runs/c", "switched": switched }).to_string();
    fs::write(out.join("current.json"), pointer(29)).unwrap();
    assert_eq!(opened(out), "a");
    fs::write(out.join("current.json"), pointer(31)).unwrap();
    assert_eq!(opened(out), "c");

    fs::write(out.join("current/part-00000-x-c000.txt"), r#"{"path": "/etc", "switched": 1}"#).unwrap();
    let error = EngineRun::open(out, &Progress::default()).unwrap_err().to_string();
    assert!(error.contains("points out of its folder"), "{error}");
}

#[test]
fn a_run_over_spark_connect_without_counts_or_recipe_is_none() {
    let landing = read(&sample_data());
    let here = curate(&landing, &Recipe::default(), &Progress::default()).unwrap();
    for (missing, words) in [("counts", "counts.json cannot be read"), ("recipe", "recipe.json cannot be read")] {
        let home = tempfile::tempdir().unwrap();
        let folder = write_run(home.path(), "one", &landing, &here);
        as_over_connect(home.path(), &folder, 1);
        fs::remove_dir_all(folder.join(missing)).unwrap();
        let error = EngineRun::open(home.path(), &Progress::default()).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}

fn differing(one: &Curation, other: &Curation) -> Vec<Table> {
    let found = differences(one, other, &Progress::default()).unwrap();
    found.iter().filter(|difference| !difference.is_equal()).map(|difference| difference.table).collect()
}

fn assert_brought_back(folder: &Path) {
    let landing = read(folder);
    let email = landing.frame(Dataset::Customer).column("email").unwrap().str().unwrap().get(5).unwrap().to_owned();
    let start = Recipe::default();
    for recipe in [
        start.clone(),
        Recipe { consent_date: true, join: JoinRule::Owner, duplicates: Duplicates::Drop, ..start.clone() },
        Recipe { join: JoinRule::InferredOwner, ..start.clone() },
        Recipe { join: JoinRule::Nearest, withdrawn: Withdrawn::parse(&email).unwrap(), ..start },
    ] {
        let home = tempfile::tempdir().unwrap();
        let here = curate(&landing, &recipe, &Progress::default()).unwrap();
        write_run(home.path(), "one", &landing, &here);
        let run = EngineRun::open(home.path(), &Progress::default()).unwrap();
        assert_eq!(run.recipe, recipe);
        let there = curate_brought(&landing, &run, &Progress::default()).unwrap();
        assert_eq!(here.counts, there.counts);
        assert_eq!(differing(&here, &there), []);
        assert_eq!(there.brought(), Some("Spark 4.3.0, run one"));
        let found = differences(&here, &there, &Progress::default()).unwrap();
        assert!(found.iter().all(|TableDifference { hashes, .. }| hashes[0] == hashes[1] && hashes[0].len() == 64));
        let review = |curation| {
            let review = stedi_workbench::review::review(&landing, curation, None, &Progress::default()).unwrap();
            review.digest()
        };
        assert_eq!(review(&here), review(&there), "{}", recipe.in_words());
    }
}

#[test]
fn tables_and_checks_are_those_made_here() {
    assert_brought_back(&sample_data());
    if let Some(folder) = real_data() {
        assert_brought_back(&folder);
    }
}

/// Readings that are more than there is memory for are on the disk, and so are the tables that an engine made of them.
#[test]
fn tables_of_more_readings_than_memory_stay_on_the_disk() {
    let there = tempfile::tempdir().unwrap();
    let shelf = Shelf::below(&there.path().join("aside")).unwrap();
    let source = Source::Folder(sample_data());
    let apart = landing::read_to_disk(&source, Aside { shelf, memory: 1 << 20 }, &Progress::default()).unwrap();
    let landing = read(&sample_data());
    for join in [JoinRule::Owner, JoinRule::InferredOwner] {
        let here = curate(&landing, &Recipe { join, ..Recipe::default() }, &Progress::default()).unwrap();
        let home = tempfile::tempdir().unwrap();
        write_run(home.path(), "one", &landing, &here);
        let run = EngineRun::open(home.path(), &Progress::default()).unwrap();
        let before = fs::read_dir(there.path().join("aside")).unwrap().flatten().map(|entry| entry.path()).collect();
        let files = |folders: &Vec<PathBuf>| folders.iter().map(|at| fs::read_dir(at).unwrap().count()).sum::<usize>();
        let files_before = files(&before);
        let brought = curate_brought(&apart, &run, &Progress::default()).unwrap();
        // A file for each column of the three tables of readings.
        let columns: usize = [Table::AccelerometerTrusted, Table::StepTrainerTrusted, Table::MachineLearningCurated]
            .iter()
            .map(|table| table.schema().len())
            .sum();
        assert_eq!(files(&before) - files_before, columns);
        assert_eq!((&here.counts, differing(&here, &brought)), (&brought.counts, vec![]));
        drop(brought);
        assert_eq!(files(&before), files_before, "they go when nobody looks at them any longer");
    }
}

#[test]
fn what_is_not_as_it_says_is_refused() {
    let landing = read(&sample_data());
    let here = curate(&landing, &Recipe::default(), &Progress::default()).unwrap();
    let refused = |change: &dyn Fn(&Path), words: &str| {
        let home = tempfile::tempdir().unwrap();
        let folder = write_run(home.path(), "one", &landing, &here);
        change(&folder);
        let opened = EngineRun::open(home.path(), &Progress::default());
        let error = match opened {
            Err(error) => error.to_string(),
            Ok(run) => curate_brought(&landing, &run, &Progress::default()).unwrap_err().to_string(),
        };
        assert!(error.contains(words), "{error}");
        assert!(!error.contains('@'), "{error}");
    };
    let replace = |file: &'static str, from: &'static str, to: &'static str| {
        move |folder: &Path| {
            let text = fs::read_to_string(folder.join(file)).unwrap();
            assert!(text.contains(from), "{text}");
            fs::write(folder.join(file), text.replacen(from, to, 1)).unwrap();
        }
    };
    refused(&|folder| fs::remove_dir_all(folder.join("customer_trusted")).unwrap(), "cannot be read");
    refused(
        &|folder| fs::remove_file(folder.join("step_trainer_trusted/part-00000.snappy.parquet")).unwrap(),
        "and the job counted",
    );
    refused(&|folder| fs::remove_dir_all(folder.join("review")).unwrap(), "columns of machine_learning_curated");
    refused(&replace("counts.json", "\"no consent\"", "\"no motion\""), "does not add up");
    refused(&replace("counts.json", "\"dropped\":72", "\"dropped\":71"), "does not add up");
    refused(&|folder| fs::write(folder.join("counts.json"), "{").unwrap(), "Run the job again");
    refused(&replace("recipe.json", "\"research\"", "\"marketing\""), "marketing");
    refused(&replace("recipe.json", "\"timestamp\"", "\"owner\""), "does not add up");
    refused(
        &|folder| {
            let pointer = folder.parent().unwrap().parent().unwrap().join("current.json");
            fs::write(pointer, r#"{"path": "../elsewhere"}"#).unwrap();
        },
        "points out of its folder",
    );
    refused(
        &|folder| {
            let part = folder.join("customer_trusted/part-00000.snappy.parquet");
            let mut frame = ParquetReader::new(File::open(&part).unwrap()).finish().unwrap();
            let addresses = frame.column("email").unwrap().clone().with_name("registrationdate".into());
            frame.with_column(addresses).unwrap();
            ParquetWriter::new(File::create(&part).unwrap()).finish(&mut frame).unwrap();
        },
        "registrationdate is str",
    );
    let nothing = tempfile::tempdir().unwrap();
    let error = EngineRun::open(nothing.path(), &Progress::default()).unwrap_err().to_string();
    assert!(error.contains("is no run of another engine"), "{error}");
    if let Some(other) = real_data() {
        let home = tempfile::tempdir().unwrap();
        write_run(home.path(), "one", &landing, &here);
        let run = EngineRun::open(home.path(), &Progress::default()).unwrap();
        let error = curate_brought(&read(&other), &run, &Progress::default()).unwrap_err().to_string();
        assert!(error.contains("other landing files"), "{error}");
    }
}

fn program(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_stedi-workbench")).args(arguments).output().unwrap()
}

#[test]
fn the_command_line_compares_reviews_and_exports_a_run() {
    let home = tempfile::tempdir().unwrap();
    let sample = sample_data();
    let (landing, sample) = (read(&sample), sample.to_str().unwrap().to_owned());
    let owner = Recipe { join: JoinRule::Owner, ..Recipe::default() };
    let here = curate(&landing, &owner, &Progress::default()).unwrap();
    let (out, other) = (home.path().join("zones"), home.path().join("other"));
    write_run(&out, "one", &landing, &here);
    let foreign = curate(&landing, &Recipe::default(), &Progress::default()).unwrap();
    write_run(&other, "two", &landing, &foreign);
    let (run, other) = (out.to_str().unwrap(), other.to_str().unwrap());
    let text = |output: &Output| String::from_utf8_lossy(&output.stdout).into_owned();

    let equal = program(&["compare", &sample, "--run", run]);
    assert_eq!(equal.status.code(), Some(0), "{}", String::from_utf8_lossy(&equal.stderr));
    assert_eq!(text(&equal).matches("equal").count(), 5, "{}", text(&equal));
    let rows = home.path().join("rows");
    let differs = ["compare", &sample, "--run", run, "--with", other, "--json", "--rows", rows.to_str().unwrap()];
    let differs = program(&differs);
    assert_eq!(differs.status.code(), Some(1));
    let found: serde_json::Value = serde_json::from_slice(&differs.stdout).unwrap();
    let learning = &found["tables"]["machine_learning_curated"];
    assert_eq!(learning["only"][0], 0, "{found}");
    let foreign = foreign.rows(Table::MachineLearningCurated) - here.rows(Table::MachineLearningCurated);
    assert_eq!(learning["only"][1], foreign);
    let listed = fs::read_to_string(rows.join("machine_learning_curated.second.csv")).unwrap();
    assert_eq!(listed.lines().count() as u64, foreign + 1);
    assert!(!listed.contains('@') && listed.contains("D·"), "codes, not people");

    let verdicts = |more: &[&str]| {
        let trail = home.path().join("trail.jsonl");
        let start = ["review", &sample, "--json", "--trail", trail.to_str().unwrap()];
        let output = program(&[&start, more].concat());
        let review: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), review["checks"].clone())
    };
    assert_eq!(verdicts(&["--run", run]), verdicts(&["--join", "owner"]));
    assert_eq!(verdicts(&["--run", other]), verdicts(&[]));
    let wrong = program(&["count", &sample, "--run", run, "--purpose", "friends"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("was made with another recipe"));
}

#[test]
fn the_window_shows_the_tables_of_a_run_and_goes_back() {
    let home = tempfile::tempdir().unwrap();
    let landing = read(&sample_data());
    let owner = Recipe { join: JoinRule::Owner, ..Recipe::default() };
    let here = curate(&landing, &owner, &Progress::default()).unwrap();
    write_run(home.path(), "one", &landing, &here);
    let mut window = Window::open_folder(&sample_data());
    window.harness.state_mut().ask(Asked::OpenAny(vec![home.path().to_owned()]));
    let is_brought = |curation: &Curation| curation.brought().is_some();
    window.wait("the run", |state| state.curation.value().is_some_and(|curation| is_brought(curation)));
    assert!(window.harness.query_by_label("Tables of Spark 4.3.0, run one").is_some());
    assert_eq!(window.harness.state().state().choices().recipe, owner, "its recipe is in force");
    window.harness.state_mut().ask(Asked::SetRecipe(Recipe::default()));
    window.wait("tables made here", |state| {
        state.curation.value().is_some_and(|curation| !is_brought(curation) && curation.recipe == Recipe::default())
    });
    window.harness.get_by_label("Its recipe").click();
    window.wait("the run again", |state| state.curation.value().is_some_and(|curation| is_brought(curation)));
    window.harness.get_by_label("Make them here").click();
    window.wait("made here", |state| {
        state.curation.value().is_some_and(|curation| !is_brought(curation) && curation.recipe == owner)
    });
    window.harness.state_mut().ask(Asked::Undo);
    window.wait("the run once more", |state| state.curation.value().is_some_and(|curation| is_brought(curation)));
}
