//! The tour of the window, and the guide where one points.

use std::path::Path;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use stedi_workbench::app::Settings;
use stedi_workbench::domain::Table;
use stedi_workbench::landing::Source;
use stedi_workbench::state::{Command, Language, Shown, State};

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
    // It is in nobody's way on another page.
    click(&mut window, "Join review");
    click(&mut window, "Trail");
    assert!(!is_offered(&window));
    for _ in 0..2 {
        window.harness.key_press_modifiers(Modifiers::ALT, Key::ArrowLeft);
        settle(&mut window);
    }
    click(&mut window, "Take the tour");
    assert!(!is_offered(&window));
    let table = Shown::Table(Table::CustomerLanding);
    let pages = [table, table, Shown::Consent, Shown::Signals, Shown::Review, Shown::Export, Shown::Export];
    for (place, page) in pages.into_iter().enumerate() {
        assert_eq!((card(&window), state(&window).choices().shown), (Some(place + 1), page));
        if page == Shown::Review {
            assert!(window.harness.query_by_label_contains("205 rows of the training set are foreign").is_some());
            // Whatever part of the page was open before: what the card speaks of is in sight.
            assert!(window.harness.query_by_label("Join on time stamp and owner").is_some());
        }
        press(&mut window, Key::Enter);
    }
    assert!(card(&window).is_none() && state(&window).toured);
    assert_eq!(state(&window).choices().shown, table, "one is where one was");
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
    assert_eq!(state(&window).choices().shown, table, "one is where one was");
}

#[test]
fn by_keys_one_goes_from_a_card_to_the_page_that_it_speaks_of() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    click(&mut window, "Take the tour");
    click(&mut window, "Next");
    click(&mut window, "Next");
    assert_eq!((card(&window), state(&window).choices().shown), (Some(3), Shown::Consent));
    window.harness.get_by_label("Next").focus();
    settle(&mut window);
    press(&mut window, Key::Tab);
    assert_eq!(crate::window_focus::focused(&window), Some((Role::Group, "Consent".to_owned())));
    assert_eq!(card(&window), Some(3), "the card stays");
    press(&mut window, Key::Tab);
    assert_eq!(crate::window_focus::focused(&window).map(|(role, _)| role), Some(Role::Tab));
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
    let is_open = |window: &Window| window.harness.query_by_role_and_label(Role::Link, "The recipe").is_some();
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

#[test]
fn the_tooltip_gives_way_to_the_guide_until_the_pointer_has_left() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    let is_told = |window: &Window| window.harness.query_by_label("More in the guide (F1)").is_some();
    let rule = |window: &mut Window| {
        window.harness.get_by_role_and_label(Role::CheckBox, "Drop duplicates").hover();
        window.harness.run_steps(60);
    };
    rule(&mut window);
    assert!(is_told(&window));
    press(&mut window, Key::F1);
    window.harness.run_steps(60);
    assert!(!is_told(&window), "the tooltip lies over the guide");
    window.harness.hover_at(window.harness.get_by_label("customer_landing: 150 rows").rect().center());
    window.harness.run_steps(60);
    rule(&mut window);
    assert!(is_told(&window), "it does not come back");
}

#[test]
fn f1_on_the_list_of_files_and_on_exports_made_opens_their_sections() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    window.harness.set_size(egui::vec2(1600.0, 1000.0));
    let seen = |window: &Window, text: &str| {
        let screen = window.harness.ctx.content_rect();
        window.harness.query_all_by_label_contains(text).any(|node| screen.contains_rect(node.rect()))
    };
    let point = |window: &mut Window, at: egui::Pos2| {
        window.harness.hover_at(at);
        settle(window);
    };
    // The menu with what is open leads to how own files are opened.
    window.harness.get_by_label("Landing: sample_data").hover();
    settle(&mut window);
    press(&mut window, Key::F1);
    assert!(seen(&window, "What is shown at the first start are made-up sample data"));
    press(&mut window, Key::F1);
    window.harness.state_mut().ask(Command::Show(Shown::Refused));
    settle(&mut window);
    point(&mut window, egui::pos2(500.0, 960.0));
    press(&mut window, Key::F1);
    assert!(seen(&window, "every record that could not be read, with its place and reason"));
    press(&mut window, Key::F1);
    window.harness.state_mut().ask(Command::Show(Shown::Export));
    settle(&mut window);
    click(&mut window, "Exports made");
    point(&mut window, egui::pos2(500.0, 960.0));
    press(&mut window, Key::F1);
    assert!(seen(&window, "prove that one is as it was written"));
}

#[test]
fn the_guide_is_searched_by_the_keyboard_in_every_language() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    for (language, name, typed, says, other, found) in [
        (
            Language::English,
            "Find in the guide",
            "clocks tolerance",
            "allows for clocks",
            "Landing files are never changed",
            "Show what was found",
        ),
        (
            Language::German,
            "In der Anleitung suchen",
            "uhren toleranz",
            "erlaubt Uhren",
            "Landing-Dateien werden nie",
            "Gefundenes zeigen",
        ),
    ] {
        window.harness.state_mut().ask(Command::SetLanguage(language));
        settle(&mut window);
        press(&mut window, Key::F1);
        let has = |window: &Window, text: &str| window.harness.query_all_by_label_contains(text).next().is_some();
        assert!(has(&window, other), "the guide is not whole");
        assert!(window.harness.get_by_label(name).is_focused(), "one types at once");
        window.harness.get_by_label(name).type_text(typed);
        settle(&mut window);
        assert!(has(&window, says) && !has(&window, other), "{typed} finds other things");
        // Enter goes to the first place in the whole guide, again to the next; what is looked for stays.
        for _ in 0..2 {
            press(&mut window, Key::Enter);
            settle(&mut window);
            assert!(has(&window, other) && has(&window, says));
            assert_eq!(window.harness.get_by_label(name).value().as_deref(), Some(typed));
        }
        window.harness.get_by_label(found).click();
        settle(&mut window);
        assert!(has(&window, says) && !has(&window, other), "the list of what was found does not come back");
        window.harness.get_by_label(name).focus();
        window.harness.get_by_label(name).type_text("xyzzy");
        settle(&mut window);
        assert!(!has(&window, other) && !has(&window, says));
        press(&mut window, Key::Escape);
        press(&mut window, Key::Escape);
        assert!(window.harness.query_by_label(name).is_none(), "Escape does not close it");
    }
}

#[test]
fn the_list_of_commands_finds_what_people_call_them() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    for (language, field, words) in [
        (
            Language::English,
            "Find a command",
            [
                ("load", "Open folder…"),
                ("sign off", "Go to Join review"),
                ("export", "Save the report of the review…"),
                ("language", "Language: German"),
            ],
        ),
        (
            Language::German,
            "Befehl suchen",
            [
                ("laden", "Ordner öffnen…"),
                ("freigeben", "Zu Verknüpfungen prüfen"),
                ("load", "Ordner öffnen…"),
                ("sprache", "Sprache: Deutsch"),
            ],
        ),
    ] {
        window.harness.state_mut().ask(Command::SetLanguage(language));
        settle(&mut window);
        for (typed, name) in words {
            window.harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
            settle(&mut window);
            window.harness.get_by_label(field).type_text(typed);
            settle(&mut window);
            let found = window.harness.query_all_by_label_contains(name).count();
            assert!(found > 0, "{typed} does not find {name}");
            press(&mut window, Key::Escape);
        }
    }
}
