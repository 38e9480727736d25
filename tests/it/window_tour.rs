//! The tour of the window, and the guide where one points.

use std::path::Path;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use stedi_workbench::app::Settings;
use stedi_workbench::domain::Table;
use stedi_workbench::landing::Source;
use stedi_workbench::state::{Shown, State};

use crate::support::{Window, sample_data};
use crate::window_review::{click, settle};

fn state(window: &Window) -> &State {
    window.harness.state().state()
}

fn open(home: &Path) -> Window {
    let settings = Settings::at(home.join("settings.json"));
    let mut window = Window::open_with(settings, Some(Source::Folder(sample_data())));
    settle(&mut window);
    window
}

fn press(window: &mut Window, key: Key) {
    window.harness.key_press(key);
    settle(window);
}

fn is_offered(window: &Window) -> bool {
    window.harness.query_by_label("Take the tour").is_some()
}

fn card(window: &Window) -> Option<usize> {
    let card = window.harness.query_by_label_contains("TOUR, ")?;
    let label = card.accesskit_node().value()?;
    label.strip_prefix("TOUR, ")?.split(' ').next()?.parse().ok()
}

#[test]
fn the_tour_goes_through_the_pages_by_enter_alone_and_is_offered_once() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    assert!(is_offered(&window) && card(&window).is_none());
    click(&mut window, "Take the tour");
    assert!(!is_offered(&window));
    let table = Shown::Table(Table::CustomerLanding);
    let pages = [table, table, Shown::Consent, Shown::Signals, Shown::Review, Shown::Export, Shown::Export];
    for (place, page) in pages.into_iter().enumerate() {
        assert_eq!((card(&window), state(&window).choices().shown), (Some(place + 1), page));
        if page == Shown::Review {
            assert!(window.harness.query_by_label_contains("205 rows of the training set pair").is_some());
        }
        press(&mut window, Key::Enter);
    }
    assert!(card(&window).is_none() && state(&window).toured);
    drop(window);

    let mut window = open(home.path());
    assert!(!is_offered(&window));
    // It is taken again from the list of commands, and ended in the middle.
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    settle(&mut window);
    window.harness.get_by_label("Find a command").type_text("tour");
    settle(&mut window);
    press(&mut window, Key::Enter);
    assert_eq!(card(&window), Some(1));
    click(&mut window, "Next");
    click(&mut window, "Next");
    assert_eq!((card(&window), state(&window).choices().shown), (Some(3), Shown::Consent));
    click(&mut window, "Back");
    assert_eq!(card(&window), Some(2));
    press(&mut window, Key::Escape);
    assert!(card(&window).is_none());
}

#[test]
fn who_does_not_want_the_tour_is_not_asked_again() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    click(&mut window, "No, thanks");
    assert!(!is_offered(&window) && card(&window).is_none());
    drop(window);
    assert!(!is_offered(&open(home.path())));
}

#[test]
fn what_is_pointed_at_is_explained_and_f1_opens_its_section() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    let is_open = |window: &Window| window.harness.query_by_role_and_label(Role::Link, "The rules").is_some();
    // A figure of the strip, by the keyboard.
    window.harness.get_by_label("machine_learning_curated: 5,876 rows").focus();
    settle(&mut window);
    press(&mut window, Key::F1);
    assert!(is_open(&window));
    let seen = |window: &Window, text: &str| {
        let node = window.harness.get_all_by_label_contains(text).next().unwrap();
        let (place, screen) = (node.rect(), window.harness.ctx.content_rect());
        screen.contains_rect(place)
    };
    assert!(seen(&window, "each of those distances with the motion of the same instant"));
    // A rule, with the pointer.
    window.harness.get_by_role_and_label(Role::CheckBox, "Drop duplicates").hover();
    settle(&mut window);
    press(&mut window, Key::F1);
    assert!(seen(&window, "of rows of a landing table that are equal in every column"));
    // The same again closes it.
    press(&mut window, Key::F1);
    assert!(!is_open(&window));
}
