//! The window in German: every page, tab and menu, with nothing left in English; instants in another zone.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use egui::vec2;
use egui_kittest::kittest::{NodeT, Queryable, by};
use stedi_workbench::app::Settings;
use stedi_workbench::domain::{CheckId, Recipe, Table, TimeZone};
use stedi_workbench::landing::Source;
use stedi_workbench::state::{Command, Instants, Language, Shown, Spoken};
use stedi_workbench::ui::words;

use crate::support::{Window, sample_data};
use crate::window_review::{ask, settle};

/// A window on the sample on a system of this language and zone.
fn open(spoken: Spoken, zone: &str) -> (tempfile::TempDir, Window) {
    let home = tempfile::tempdir().unwrap();
    let zone = TimeZone::named(zone).unwrap();
    let settings = Settings::at(home.path().join("settings.json")).with_system(spoken, zone);
    let mut window = Window::open_with(settings, Some(Source::Folder(sample_data())));
    window.harness.set_size(vec2(1280.0, 1600.0));
    settle(&mut window);
    (home, window)
}

/// Everything that a screen reader would say.
fn said(window: &Window) -> Vec<String> {
    let nodes = window.harness.get_all(by().predicate(|_| true));
    let words = nodes.flat_map(|node| [node.accesskit_node().label(), node.accesskit_node().value()]);
    words.flatten().collect()
}

/// Nothing that is said would be otherwise in German.
fn all_is_german(window: &Window, place: &str) {
    for text in said(window) {
        let german = words::translated(&text);
        assert!(german.is_none() || german.as_ref() == Some(&text), "{place}: {text:?} is {german:?}");
    }
}

fn click(window: &mut Window, english: &str) {
    let label = words::t(english).to_string();
    let found = window.harness.get_all_by_label(&label).next();
    found.unwrap_or_else(|| panic!("there is no {label}")).click();
    settle(window);
}

fn look(window: &mut Window, place: &str) {
    window.harness.run_steps(2);
    all_is_german(window, place);
    let missed = words::missed();
    assert!(missed.is_empty(), "{place}: not in the catalogue: {missed:#?}");
}

#[test]
fn the_whole_window_is_german() {
    let (_home, mut window) = open(Spoken::German, "UTC");
    look(&mut window, "first");
    for table in Table::ALL {
        ask(&mut window, Command::Show(Shown::Table(table)));
        look(&mut window, table.name());
    }
    let count = window
        .harness
        .state()
        .state()
        .curation
        .value()
        .and_then(|curation| Some(curation.count(Table::CustomerTrusted)?.steps.len()));
    for step in 0..count.unwrap_or_default() {
        ask(&mut window, Command::Show(Shown::Dropped { table: Table::CustomerTrusted, step, stood: None }));
        look(&mut window, "dropped");
    }
    ask(&mut window, Command::Show(Shown::Consent));
    for tab in ["Where rows went", "Who agreed when", "Withdrawals", "Expected counts"] {
        click(&mut window, tab);
        look(&mut window, tab);
    }
    ask(&mut window, Command::Show(Shown::Signals));
    window.wait("the devices", |state| state.signals.lines.value().is_some());
    look(&mut window, "signals");
    ask(&mut window, Command::Show(Shown::Refused));
    look(&mut window, "files");
    ask(&mut window, Command::Show(Shown::Review));
    for tab in ["Joins", "Join rules", "Whose device", "Trail", "Checks"] {
        click(&mut window, tab);
        look(&mut window, tab);
    }
    ask(&mut window, Command::Show(Shown::Export));
    window.wait("the export", |state| state.exporting.preview.value().is_some());
    look(&mut window, "export");
    click(&mut window, "Exports made");
    look(&mut window, "exports made");
}

#[test]
fn every_check_is_german() {
    let (_home, mut window) = open(Spoken::German, "UTC");
    ask(&mut window, Command::Show(Shown::Review));
    let state = window.harness.state().state();
    let passing =
        state.review.checks.value().unwrap().checks().iter().filter(|check| !check.verdict.is_failing()).count();
    assert!(passing > 10);
    let shows = said(&window).into_iter().find(|text| text.ends_with("bestanden") && text.contains(char::is_numeric));
    let shows = shows.unwrap();
    window.harness.get_by_label(&shows).click();
    settle(&mut window);
    let titles: Vec<String> = CheckId::ALL.iter().map(|id| words::t(id.about().title).to_string()).collect();
    let listed: Vec<String> = said(&window)
        .into_iter()
        .filter(|text| titles.iter().any(|title| text.starts_with(&format!("{title}: "))))
        .collect();
    assert!(listed.len() > 40, "{listed:?}");
    for check in listed {
        let found = window.harness.get_all_by_label(&check).next().unwrap();
        found.click();
        settle(&mut window);
        look(&mut window, &check);
    }
}

#[test]
fn menus_the_guide_and_the_list_of_commands_are_german() {
    let (_home, mut window) = open(Spoken::German, "UTC");
    for menu in ["Settings", "History", "Guide"] {
        click(&mut window, menu);
        look(&mut window, menu);
    }
    let texts = said(&window);
    assert!(texts.iter().any(|text| text.contains("Einwilligung die Trusted")), "the guide is not there");
    click(&mut window, "Guide");
    ask(&mut window, Command::SetRecipe(Recipe { consent_date: true, ..Recipe::default() }));
    look(&mut window, "another recipe");
    ask(&mut window, Command::Undo);
    look(&mut window, "undone");
    ask(&mut window, Command::Reveal(true));
    look(&mut window, "revealed");
}

/// What is saved of a table while the window is in a language.
fn saved(window: &mut Window, language: Language, place: &Path) -> String {
    ask(window, Command::SetLanguage(language));
    let sight = Arc::new(window.harness.state().state().sight().unwrap());
    ask(window, Command::SaveViewTo(place.to_owned(), sight));
    window.wait("the file", |_| place.exists());
    fs::read_to_string(place).unwrap()
}

#[test]
fn the_language_is_chosen_and_remembered_and_changes_no_file() {
    let (home, mut window) = open(Spoken::English, "Europe/Berlin");
    ask(&mut window, Command::Show(Shown::Table(Table::AccelerometerLanding)));
    window.harness.get_by_label("Reload");
    let english = saved(&mut window, Language::English, &home.path().join("english.csv"));
    ask(&mut window, Command::SetInstants(Instants::Local));
    let german = saved(&mut window, Language::German, &home.path().join("german.csv"));
    assert_eq!(english, german);
    window.harness.get_by_label("Neu einlesen");
    let shown = said(&window);
    assert!(shown.iter().any(|text| text == "5.876") && !shown.iter().any(|text| text == "5,876"), "{shown:?}");
    drop(window);
    let mut again =
        Window::open_with(Settings::at(home.path().join("settings.json")), Some(Source::Folder(sample_data())));
    settle(&mut again);
    again.harness.get_by_label("Neu einlesen");
    assert_eq!(again.harness.state().state().instants, Instants::Local);
    ask(&mut again, Command::SetLanguage(Language::System));
    again.harness.get_by_label("Reload");
}

#[test]
fn instants_say_by_which_clock_they_are() {
    let (_home, mut window) = open(Spoken::English, "Europe/Berlin");
    ask(&mut window, Command::Show(Shown::Table(Table::StepTrainerLanding)));
    let is_instant = |text: &String| text.starts_with("20") && text.contains(':');
    let utc: Vec<String> = said(&window).into_iter().filter(is_instant).collect();
    assert!(said(&window).iter().any(|text| text == "sensorreadingtime UTC"), "the title does not say UTC");
    ask(&mut window, Command::SetInstants(Instants::Local));
    let local: Vec<String> = said(&window).into_iter().filter(is_instant).collect();
    assert!(!utc.is_empty() && utc.len() == local.len());
    assert!(said(&window).iter().any(|text| text == "sensorreadingtime"));
    for (utc, local) in utc.iter().zip(&local) {
        let instant = stedi_workbench::domain::format::instant;
        assert!(local.ends_with(" +01:00") || local.ends_with(" +02:00"), "{local}");
        assert_eq!(instant(utc), instant(local));
    }
}
