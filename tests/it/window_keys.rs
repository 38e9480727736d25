//! The list of all commands and the keys, by keyboard alone.

use std::fs;

use egui::accesskit::{Role, Toggled};
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use stedi_workbench::app::Settings;
use stedi_workbench::domain::format::thousands;
use stedi_workbench::domain::{JoinRule, Recipe, Table};
use stedi_workbench::landing::Source;
use stedi_workbench::state::{Command, Severity, Shown, State, Theme};

use crate::support::{Window, checkout, sample_data};
use crate::window_review::{ask, click, settle};

const CTRL: Modifiers = Modifiers::COMMAND;

fn state(window: &Window) -> &State {
    window.harness.state().state()
}

fn open(home: &std::path::Path) -> Window {
    let settings = Settings::at(home.join("settings.json"));
    let mut window = Window::open_with(settings, Some(Source::Folder(sample_data())));
    settle(&mut window);
    window
}

fn press(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.harness.key_press_modifiers(modifiers, key);
    settle(window);
}

/// What the bottom line tells.
fn told(window: &Window) -> Option<&str> {
    state(window).told.as_ref().map(|told| told.words.as_str())
}

/// Opens the list and types.
fn look_for(window: &mut Window, text: &str) {
    press(window, CTRL, Key::K);
    window.harness.get_by_label("Find a command").type_text(text);
    settle(window);
}

fn is_listed(window: &Window) -> bool {
    window.harness.query_by_label("Find a command").is_some()
}

#[test]
fn commands_are_found_by_words_and_carried_out_by_enter() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    look_for(&mut window, "dark");
    press(&mut window, Modifiers::NONE, Key::Enter);
    assert!(!is_listed(&window) && state(&window).theme == Theme::Dark);
    // The second of those that have the word, by its arrow.
    look_for(&mut window, "theme");
    press(&mut window, Modifiers::NONE, Key::ArrowDown);
    press(&mut window, Modifiers::NONE, Key::Enter);
    assert_eq!(state(&window).theme, Theme::Light);
    // From the first up to the last.
    look_for(&mut window, "go machine");
    press(&mut window, Modifiers::NONE, Key::ArrowUp);
    press(&mut window, Modifiers::NONE, Key::Enter);
    assert_eq!(state(&window).choices().shown, Shown::Table(Table::MachineLearningCurated));
    look_for(&mut window, "no such thing");
    assert!(window.harness.query_by_label("No command is called so. The guide (F1) can be searched, too.").is_some());
    press(&mut window, Modifiers::NONE, Key::Enter);
    assert!(is_listed(&window));
    press(&mut window, Modifiers::NONE, Key::Escape);
    assert!(!is_listed(&window));
}

#[test]
fn what_cannot_be_done_now_says_why_and_does_nothing() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    look_for(&mut window, "redo");
    assert!(window.harness.query_by_label("Redo, Ctrl+Shift+Z, Nothing was undone").is_some());
    press(&mut window, Modifiers::NONE, Key::Enter);
    assert!(is_listed(&window));
    press(&mut window, Modifiers::NONE, Key::Escape);
    // By its key as well.
    ask(&mut window, Command::Show(Shown::Consent));
    press(&mut window, CTRL, Key::E);
    assert_eq!(told(&window), Some("No table is shown."));
}

#[test]
fn pages_have_numbers_and_failing_checks_f8() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    let pages = [Shown::Consent, Shown::Signals, Shown::Review, Shown::Export, Shown::Sql, Shown::Refused];
    for (key, shown) in [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6].into_iter().zip(pages) {
        press(&mut window, CTRL, key);
        assert_eq!(state(&window).choices().shown, shown);
    }
    let open = {
        let review = &state(&window).review;
        review.checks.value().unwrap().open(review.trail.value().unwrap())
    };
    assert_eq!(open.len(), 2);
    let mut seen = vec![];
    for _ in 0..3 {
        press(&mut window, Modifiers::NONE, Key::F8);
        assert_eq!(state(&window).choices().shown, Shown::Review);
        let chosen = window.harness.query_all_by_label_contains(": fail, ");
        let chosen = chosen.filter(|node| node.accesskit_node().toggled() == Some(Toggled::True));
        seen.push(chosen.map(|node| node.accesskit_node().label().unwrap()).collect::<Vec<_>>());
    }
    assert!(seen.iter().all(|seen| seen.len() == 1) && seen[0] != seen[1] && seen[0] == seen[2], "{seen:?}");
    ask(&mut window, Command::SetRecipe(Recipe { join: JoinRule::Owner, ..Recipe::default() }));
    press(&mut window, Modifiers::NONE, Key::F8);
    assert_eq!(told(&window), Some("No check fails."));
    ask(&mut window, Command::Notify(Severity::Warning, "Something stays.".to_owned()));
    let noticed = state(&window).notices.len();
    press(&mut window, Modifiers::NONE, Key::Escape);
    assert_eq!(
        state(&window).notices.len(),
        noticed - 1,
        "Escape takes the newest notice away where there is nothing to stop"
    );
}

#[test]
fn who_comes_to_sql_by_the_list_writes_at_once() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    look_for(&mut window, "sql");
    press(&mut window, Modifiers::NONE, Key::Enter);
    assert_eq!(state(&window).choices().shown, Shown::Sql);
    let focused = crate::window_focus::focused(&window);
    assert_eq!(focused.map(|(role, _)| role), Some(Role::MultilineTextInput));
}

#[test]
fn a_key_is_changed_kept_and_given_back() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    look_for(&mut window, "go to signals");
    click(&mut window, "Change the key of Go to Signals");
    // Not one that is another's, and not one that is typed.
    press(&mut window, CTRL, Key::Q);
    assert!(window.harness.query_by_label_contains("Ctrl+Q is the key of “Quit”").is_some());
    press(&mut window, Modifiers::NONE, Key::G);
    assert!(window.harness.query_by_label_contains("G is for typing").is_some());
    press(&mut window, CTRL, Key::G);
    assert!(window.harness.query_by_label("Go to Signals, Ctrl+G").is_some());
    press(&mut window, Modifiers::NONE, Key::Escape);
    press(&mut window, CTRL, Key::Num2);
    assert_ne!(state(&window).choices().shown, Shown::Signals);
    drop(window);

    let mut window = open(home.path());
    press(&mut window, CTRL, Key::G);
    assert_eq!(state(&window).choices().shown, Shown::Signals);
    look_for(&mut window, "go to signals");
    click(&mut window, "Change the key of Go to Signals");
    press(&mut window, Modifiers::NONE, Key::Backspace);
    assert!(window.harness.query_by_label("Go to Signals, Ctrl+2").is_some());
}

#[test]
fn the_guide_says_what_is_there_and_its_words_do_what_they_say() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    press(&mut window, Modifiers::NONE, Key::F1);
    let text = fs::read_to_string(checkout().join("docs/guide.md")).unwrap();
    let rows = |window: &Window| thousands(state(window).curation.value().unwrap().rows(Table::MachineLearningCurated));
    assert!(text.contains(&format!("machine learning, has {} rows", rows(&window))), "{}", rows(&window));
    assert!(
        window.harness.query_all_by_label_contains("205 foreign rows").next().is_some()
            && text.contains("*205 foreign rows*")
    );
    window.harness.get_by_role_and_label(Role::Link, "Go to Join review").click_accesskit();
    settle(&mut window);
    assert_eq!(state(&window).choices().shown, Shown::Review);
    window.harness.get_by_role_and_label(Role::Button, "Join on time stamp and owner").click_accesskit();
    settle(&mut window);
    assert_eq!(state(&window).choices().recipe.join, JoinRule::Owner);
    assert!(text.contains(&format!("{} rows are left", rows(&window))), "{}", rows(&window));
    window.harness.get_by_role_and_label(Role::Link, "Undo").click_accesskit();
    settle(&mut window);
    assert_eq!(state(&window).choices().recipe, Recipe::default());
    window.harness.get_by_role_and_label(Role::Link, "Ctrl+F").click_accesskit();
    settle(&mut window);
    assert_eq!(told(&window), Some("No table is shown."));
    press(&mut window, Modifiers::NONE, Key::F1);
    assert!(window.harness.query_by_role_and_label(Role::Link, "Undo").is_none());
}

#[test]
fn ctrl_s_saves_the_session_and_says_so() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    window.harness.get_by_label("Drop duplicates").click();
    settle(&mut window);
    press(&mut window, CTRL, Key::S);
    let told = |state: &State| state.notices.iter().any(|notice| notice.text.starts_with("The session is saved: "));
    window.wait("a word that it is saved", told);
    let saved = fs::read_to_string(home.path().join("session/session.json")).unwrap();
    assert!(saved.contains("drop"), "{saved}");
    // A window that keeps none says that.
    let mut other = open(home.path());
    press(&mut other, CTRL, Key::S);
    assert!(
        state(&other).notices.iter().any(|notice| notice.text.starts_with("The session is not kept by this window"))
    );
}

#[test]
fn menus_say_the_keys_that_are_in_force() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    ask(&mut window, Command::SetKey("reload", Some("F5".to_owned())));
    assert!(window.harness.query_by_label("Reload (F5)").is_some());
    ask(&mut window, Command::SetKey("reload", Some(String::new())));
    assert!(window.harness.query_by_label("Reload").is_some());
    ask(&mut window, Command::SetKey("reload", None));
    assert!(window.harness.query_by_label("Reload (Ctrl+R)").is_some());
}
