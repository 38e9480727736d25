//! The engine chosen in the window: a Spark server makes the tables and they are shown. Somebody stands in for the server here;
//! `make test-connect` has a real one.

use std::fs;
use std::path::Path;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use egui::Role;
use egui_kittest::kittest::Queryable as _;
use stedi_workbench::app::Settings;
use stedi_workbench::curation::curate;
use stedi_workbench::domain::{JoinRule, Progress, Recipe, Table};
use stedi_workbench::generate::Generator;
use stedi_workbench::landing::{self, Source};
use stedi_workbench::spark::{Made, Order, Remote, Stopped};
use stedi_workbench::state::{Command, Severity, SparkOrder};

#[cfg(feature = "spark")]
use {
    std::path::PathBuf,
    std::time::{Duration, Instant},
    stedi_workbench::review::{TableDifference, differences},
    stedi_workbench::state::State,
};

use crate::engine_run::write_run;
use crate::support::{Window, sample_data};

const TOKEN: &str = "a-secret-token-of-nobody";

/// Does what a server would, for landing files and a place on this disk.
fn serve(order: &Order) -> Made {
    let source = Source::Folder(order.landing.clone().into());
    let landing = landing::read(&source, &Progress::default()).unwrap();
    let made = curate(&landing, &order.recipe, &Progress::default()).unwrap();
    let folder = write_run(Path::new(order.out.as_ref().unwrap()), &order.run, &landing, &made);
    Made {
        rows: Table::ALL.map(|table| made.rows(table)),
        counts: made.counts.clone(),
        withdrawn: None,
        folder: Some(folder.to_str().unwrap().to_owned()),
        spark: "4.3.0".to_owned(),
        read_seconds: 1.0,
        curate_seconds: 2.0,
    }
}

fn order(out: &Path) -> SparkOrder {
    SparkOrder {
        server: "sc://localhost".to_owned(),
        landing: sample_data().to_str().unwrap().to_owned(),
        out: out.to_str().unwrap().to_owned(),
    }
}

/// What is said above the page.
fn said(window: &Window) -> String {
    window.harness.state().state().notices.iter().map(|notice| notice.text.clone() + "\n").collect()
}

fn is_said(window: &mut Window, words: &'static str) {
    window.wait(words, |state| state.notices.iter().any(|notice| notice.text.contains(words)));
}

/// A window on the sample in which somebody stands in for every server.
fn with_server(
    engine: impl Fn(&Remote, &Order, &mut dyn FnMut(&str), &dyn Fn() -> bool) -> anyhow::Result<Made> + Send + 'static,
) -> Window {
    let mut window = Window::open_folder(&sample_data());
    window.harness.state_mut().put_in_place_of_spark(engine).unwrap();
    window
}

#[test]
fn a_server_is_chosen_makes_the_tables_and_they_are_shown() {
    let home = tempfile::tempdir().unwrap();
    let orders = Arc::new(Mutex::new(vec![]));
    let asked = Arc::clone(&orders);
    let mut window = with_server(move |remote, order, say, _| {
        asked.lock().unwrap().push((remote.to_string(), order.clone()));
        (0..order.steps()).for_each(|_| say("a step"));
        Ok(serve(order))
    });
    let owner = Recipe { join: JoinRule::Owner, ..Recipe::default() };
    window.harness.state_mut().ask(Command::SetRecipe(owner.clone()));
    window
        .wait("the owner rule", |state| state.curation.value().is_some_and(|made| made.recipe.join == JoinRule::Owner));
    window.harness.get_by_label("Recipe: specification, changed").click();
    window.harness.run_steps(3);
    window.harness.get_by_label("On Spark and Athena").click();
    window.harness.run_steps(3);
    window.harness.get_by_label("Choose the engine…").click();
    window.harness.run_steps(3);
    assert!(window.harness.query_by_label_contains("Files and folders whose names begin").is_some(), "the limits");
    for (field, text) in [
        ("Server", "sc://spark.example"),
        ("Folder for the runs, as the server sees it", home.path().to_str().unwrap()),
    ] {
        window.harness.get_by_role_and_label(Role::TextInput, field).focus();
        window.harness.run_steps(1);
        window.harness.get_by_role_and_label(Role::TextInput, field).type_text(text);
        window.harness.run_steps(2);
    }
    window.harness.get_by_label("Run it there").click();
    window
        .wait("the tables of the server", |state| state.curation.value().is_some_and(|made| made.brought().is_some()));
    let (server, order) = orders.lock().unwrap().pop().unwrap();
    assert_eq!((server.as_str(), &order.recipe), ("spark.example:15002", &owner));
    assert_eq!(order.landing, sample_data().to_str().unwrap(), "the landing files that are open");
    let state = window.harness.state().state();
    assert_eq!(state.choices().recipe, owner);
    assert!(!state.spark.is_offered && !state.spark.is_running);
    assert!(said(&window).contains("Spark 4.3.0 made 5 tables in 3.0 s: "), "{}", said(&window));
    let title = format!("Tables of Spark 4.3.0, run {}", order.run);
    assert!(window.harness.query_by_label(&title).is_some(), "{title}");
    window.harness.state_mut().ask(Command::Undo);
    window.wait("made here", |state| state.curation.value().is_some_and(|made| made.brought().is_none()));
}

#[test]
fn the_work_can_be_stopped_and_asked_for_again() {
    let home = tempfile::tempdir().unwrap();
    let mut window = with_server(|_, order, say, stops| {
        (0..3).for_each(|_| say("a step"));
        while order.recipe.join == JoinRule::Timestamp && !stops() {
            std::thread::yield_now();
        }
        if stops() { Err(Stopped { was_told: true }.into()) } else { Ok(serve(order)) }
    });
    window.harness.state_mut().ask(Command::RunOnSpark(order(home.path())));
    window.wait("three steps", |state| {
        state.work.is_some_and(|work| work.label == "Spark is at work" && (work.done, work.total) == (3, 13))
    });
    assert!(window.harness.state().state().spark.is_running);
    window.harness.state_mut().ask(Command::Cancel);
    is_said(&mut window, "The server was told to stop");
    let state = window.harness.state().state();
    assert!(!state.spark.is_running && state.curation.value().unwrap().brought().is_none());
    assert!(!home.path().join("runs").exists());

    let recipe = Recipe { join: JoinRule::Owner, ..Recipe::default() };
    window.harness.state_mut().ask(Command::SetRecipe(recipe));
    window.harness.state_mut().ask(Command::RunOnSpark(order(home.path())));
    window.wait("the tables", |state| state.curation.value().is_some_and(|made| made.brought().is_some()));
}

#[test]
fn what_went_wrong_is_said_and_what_lets_one_in_is_neither_taken_nor_kept() {
    let home = tempfile::tempdir().unwrap();
    let settings = home.path().join("settings.json");
    let mut window = Window::open_with(Settings::at(settings.clone()), Some(Source::Folder(sample_data())));
    window.wait("the tables", |state| state.work.is_none() && state.curation.value().is_some());
    let fails =
        |_: &Remote, _: &Order, _: &mut dyn FnMut(&str), _: &dyn Fn() -> bool| anyhow::bail!("no Spark server answers");
    window.harness.state_mut().put_in_place_of_spark(fails).unwrap();
    let out = home.path().join("out");
    window.harness.state_mut().ask(Command::RunOnSpark(order(&out)));
    is_said(&mut window, "On Spark: no Spark server answers");
    let with = |change: &dyn Fn(&mut SparkOrder)| {
        let mut order = order(&out);
        change(&mut order);
        Command::RunOnSpark(order)
    };
    for (command, words) in [
        (with(&|order| order.server = format!("sc://lake/;token={TOKEN}")), "What lets one in does not belong"),
        (with(&|order| order.server = "http://lake".to_owned()), "This is not the address of a Spark server"),
        (with(&|order| order.landing = "landing".to_owned()), "give the whole path as the server sees it"),
        (with(&|order| order.out = order.landing.clone() + "/zones"), "lies among the landing files"),
    ] {
        window.harness.state_mut().ask(command);
        is_said(&mut window, words);
        assert!(!window.harness.state().state().spark.is_running);
    }
    let errors =
        window.harness.state().state().notices.iter().filter(|notice| notice.severity == Severity::Error).count();
    assert_eq!(errors, 5, "{}", said(&window));
    assert!(!said(&window).contains(TOKEN));
    drop(window);
    let kept = fs::read_to_string(&settings).unwrap_or_default()
        + &fs::read_to_string(home.path().join("session").join("session.json")).unwrap();
    assert!(!kept.contains(TOKEN) && !kept.contains("sc://"), "{kept}");
}

#[test]
fn tables_of_other_landing_files_are_not_shown_and_those_that_are_not_here_are_said() {
    let home = tempfile::tempdir().unwrap();
    let other = home.path().join("other");
    Generator::new(20).write(&other, &Progress::default()).unwrap();
    let (go, gate) = channel::<bool>();
    let gate = Mutex::new(gate);
    let mut window = with_server(move |_, order, _, _| {
        let is_here = gate.lock().unwrap().recv().unwrap();
        let made = serve(order);
        Ok(if is_here { made } else { Made { folder: Some("hdfs://lake/zones/runs/one".to_owned()), ..made } })
    });
    let out = home.path().join("out");
    window.harness.state_mut().ask(Command::RunOnSpark(order(&out)));
    window.wait("the work", |state| state.spark.is_running);
    window.harness.state_mut().ask(Command::OpenPaths(vec![other.clone()]));
    window.wait("other files", |state| {
        let is_open = state.source == Some(Source::Folder(other.clone())) && !state.landing.is_loading();
        is_open && state.curation.value().is_some()
    });
    go.send(true).unwrap();
    is_said(&mut window, "Other landing files are open meanwhile");
    assert!(window.harness.state().state().curation.value().unwrap().brought().is_none());
    window.harness.state_mut().ask(Command::RunOnSpark(order(&out)));
    go.send(false).unwrap();
    is_said(&mut window, "They cannot be opened from here: this machine cannot look there");
    assert!(said(&window).contains("hdfs://lake/zones/runs/one"));
}

#[test]
fn a_build_without_spark_says_so() {
    if cfg!(feature = "spark") {
        return;
    }
    let mut window = Window::open_folder(&sample_data());
    window.harness.state_mut().ask(Command::OfferEngines(true));
    window.harness.run_steps(3);
    assert!(window.harness.query_by_label_contains("Every change of the recipe is made here").is_some());
    window.harness.get_by_label("A Spark server").click();
    window.harness.run_steps(3);
    assert!(window.harness.query_by_label_contains("this build has no Spark").is_some());
    assert!(window.harness.query_by_label("Run it there").is_none());
    window.harness.get_by_label("Cancel").click();
    window.harness.run_steps(3);
    assert!(!window.harness.state().state().spark.is_offered);
}

/// Runs frames until a condition holds; a server takes its time.
#[cfg(feature = "spark")]
fn wait_long(window: &mut Window, what: &str, holds: impl Fn(&State) -> bool) {
    let started = Instant::now();
    while !holds(window.harness.state().state()) {
        assert!(started.elapsed() < Duration::from_secs(300), "waited in vain for {what}: {}", said(window));
        window.harness.step();
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(feature = "spark")]
#[test]
#[ignore = "it needs a Spark server: make test-connect"]
fn a_real_server_makes_the_tables_and_can_be_stopped() {
    let named = |name: &str| std::env::var(name).unwrap();
    let home = tempfile::tempdir().unwrap();
    let landing = PathBuf::from(named("STEDI_SPARK_LANDING"));
    let mut window = Window::open_folder(&landing);
    let recipe = Recipe { join: JoinRule::InferredOwner, ..Recipe::default() };
    window.harness.state_mut().ask(Command::SetRecipe(recipe.clone()));
    let is_made =
        |state: &State| state.curation.value().is_some_and(|made| made.recipe.join == JoinRule::InferredOwner);
    window.wait("the tables made here", is_made);
    let here = window.harness.state().state().curation.value().unwrap().clone();
    let order = SparkOrder {
        server: named("STEDI_SPARK"),
        landing: landing.to_str().unwrap().to_owned(),
        out: home.path().to_str().unwrap().to_owned(),
    };
    window.harness.state_mut().ask(Command::RunOnSpark(order.clone()));
    wait_long(&mut window, "the tables of the server", |state| {
        state.curation.value().is_some_and(|made| made.brought().is_some())
    });
    let there = window.harness.state().state().curation.value().unwrap().clone();
    let found = differences(&here, &there, &Progress::default()).unwrap();
    assert!(found.iter().all(TableDifference::is_equal), "{found:?}");
    assert_eq!(here.counts, there.counts);

    let finished = fs::read_dir(home.path().join("current")).unwrap().count();
    window.harness.state_mut().ask(Command::RunOnSpark(order));
    wait_long(&mut window, "the work", |state| state.work.is_some_and(|work| work.done > 1 && work.total > 10));
    window.harness.state_mut().ask(Command::Cancel);
    wait_long(&mut window, "the end", |state| !state.spark.is_running);
    assert!(said(&window).contains("The server was told to stop"), "{}", said(&window));
    assert_eq!(fs::read_dir(home.path().join("current")).unwrap().count(), finished);
}
