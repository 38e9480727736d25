//! A small window by keys alone: what gets the focus is in sight, pages scroll, tables have a cell, and the focus is never lost.

use egui::accesskit::{Role, Toggled};
use egui::{Key, Modifiers, Rect, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use stedi_workbench::domain::Table;
use stedi_workbench::explore::{Follow, Selection};
use stedi_workbench::landing::Source;
use stedi_workbench::state::{Command, Looks, Shown, State};

use crate::support::{Window, sample_data};
use crate::window_focus::focused;
use crate::window_review::{ask, settle};

fn state(window: &Window) -> &State {
    window.harness.state().state()
}

fn small() -> Window {
    let mut window = Window::open_folder(&sample_data());
    window.harness.set_size(vec2(900.0, 600.0));
    settle(&mut window);
    let looks = Looks { still: true, ..state(&window).looks.clone() };
    ask(&mut window, Command::SetLooks(looks));
    window
}

fn press(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.harness.key_press_modifiers(modifiers, key);
    window.harness.run_steps(4);
}

/// Where what has the focus is, and how much of it is in sight.
fn focused_rects(window: &Window) -> (Rect, Rect) {
    let context = &window.harness.ctx;
    let id = context.memory(|memory| memory.focused()).unwrap();
    let widget = context.viewport(|viewport| *viewport.prev_pass.widgets.get(id).unwrap());
    (widget.rect, widget.interact_rect)
}

/// A reader is told of the cell on which the keys act.
fn is_in_table(window: &Window) -> bool {
    focused(window).is_some_and(|(role, _)| matches!(role, Role::Table | Role::Cell))
}

#[test]
fn the_focus_goes_through_the_window_as_it_is_read() {
    let mut window = small();
    let mut places = vec![];
    for _ in 0..400 {
        press(&mut window, Modifiers::NONE, Key::Tab);
        let Some((_, name)) = focused(&window) else { continue };
        if places.first() == Some(&name) {
            break;
        }
        places.push(name);
    }
    let place =
        |part: &str| places.iter().position(|name| name.contains(part)).unwrap_or_else(|| panic!("{part}: {places:?}"));
    let order = [
        "Settings",
        "machine_learning_curated: ",
        "research",
        "Signals",
        "Find in all columns",
        "Show refused records",
    ];
    assert!(order.map(place).is_sorted(), "{places:?}");
    assert_eq!(places.last().unwrap(), "Personal data are masked", "the line at the bottom comes last");
    // The list beside SQL comes after its editor, to which one comes.
    press(&mut window, Modifiers::COMMAND, Key::Num5);
    assert_eq!(focused(&window).map(|(role, _)| role), Some(Role::MultilineTextInput));
    let mut after = vec![];
    while !after.iter().any(|name: &String| name.starts_with("Example: ")) && after.len() < 400 {
        press(&mut window, Modifiers::NONE, Key::Tab);
        after.extend(focused(&window).map(|(_, name)| name));
    }
    assert!(!after.iter().any(|name| name == "Settings"), "{after:?}");
}

#[test]
fn a_menu_that_the_focus_leaves_closes() {
    let mut window = small();
    window.harness.get_by_label("Personal data are masked").focus();
    window.harness.run_steps(1);
    press(&mut window, Modifiers::NONE, Key::Enter);
    let is_open = |window: &Window| window.harness.query_by_label("Show personal data").is_some();
    assert!(is_open(&window));
    for _ in 0..400 {
        press(&mut window, Modifiers::NONE, Key::Tab);
        match focused(&window) {
            Some((_, name)) if name == "Show personal data" || name == "Personal data are masked" => {
                assert!(is_open(&window));
            }
            Some(_) => break,
            None => {}
        }
    }
    assert!(!is_open(&window), "{:?}", focused(&window));
    assert!(!state(&window).revealed);
}

#[test]
fn whatever_gets_the_focus_comes_into_sight() {
    let mut window = small();
    ask(&mut window, Command::Show(Shown::Signals));
    let device = state(&window).signals.lines.value().unwrap().iter().find_map(|line| line.device.clone());
    let codes = &state(&window).landing.value().unwrap().codes;
    let person = codes.identities().find(|identity| codes.person(identity).is_some()).unwrap().to_owned();
    for (page, follow) in [
        (Shown::Table(Table::CustomerLanding), None),
        (Shown::Consent, None),
        (Shown::Consent, Some(Follow::Person(person))),
        (Shown::Signals, device.map(Follow::Device)),
        (Shown::Review, None),
        (Shown::Export, None),
    ] {
        ask(&mut window, Command::Show(page));
        match follow {
            Some(follow @ Follow::Person(_)) => ask(&mut window, Command::About(follow)),
            follow => ask(&mut window, Command::Follow(follow)),
        }
        let mut hidden = vec![];
        let mut first = None;
        for _ in 0..400 {
            press(&mut window, Modifiers::NONE, Key::Tab);
            let Some(id) = window.harness.ctx.memory(|memory| memory.focused()) else { continue };
            if first == Some(id) {
                break;
            }
            first = first.or(Some(id));
            let (whole, seen) = focused_rects(&window);
            // What is larger than its place is seen in part.
            let fits = whole.width() < 300.0 && whole.height() < 120.0;
            if fits && !seen.expand(1.0).contains_rect(whole) {
                hidden.push((focused(&window), whole, seen));
            }
        }
        assert!(hidden.is_empty(), "{page:?}: {hidden:#?}");
        ask(&mut window, Command::Follow(None));
    }
}

#[test]
fn pages_scroll_by_keys() {
    let mut window = small();
    press(&mut window, Modifiers::COMMAND, Key::Num4);
    settle(&mut window);
    let top = |window: &Window| window.harness.get_by_label("What blocks it").rect().top();
    let before = top(&window);
    press(&mut window, Modifiers::NONE, Key::ArrowDown);
    let by_arrow = top(&window);
    assert!(by_arrow < before, "{by_arrow} {before}");
    press(&mut window, Modifiers::NONE, Key::PageDown);
    let by_page = top(&window);
    assert!(by_page < by_arrow - 100.0, "{by_page} {by_arrow}");
    press(&mut window, Modifiers::NONE, Key::End);
    let at_end = top(&window);
    assert!(at_end < by_page, "{at_end} {by_page}");
    press(&mut window, Modifiers::NONE, Key::Home);
    assert!((top(&window) - before).abs() < 1.0);
    // Tab goes on where the focus is, and brings it into sight.
    press(&mut window, Modifiers::NONE, Key::End);
    press(&mut window, Modifiers::NONE, Key::Tab);
    let (whole, seen) = focused_rects(&window);
    assert!(seen.expand(1.0).contains_rect(whole));
}

#[test]
fn a_table_has_a_cell_for_the_first_arrow_and_shows_the_one_that_is_chosen() {
    let mut window = small();
    ask(&mut window, Command::Show(Shown::Consent));
    press(&mut window, Modifiers::COMMAND, Key::PageDown);
    settle(&mut window);
    assert_eq!(state(&window).choices().shown, Shown::Table(Table::CustomerLanding));
    let chosen = |window: &Window| state(window).choices().selection();
    assert_eq!(chosen(&window), None);
    press(&mut window, Modifiers::NONE, Key::PageDown);
    assert_eq!(chosen(&window), None, "rows are turned before a cell is chosen");
    press(&mut window, Modifiers::NONE, Key::Home);
    press(&mut window, Modifiers::NONE, Key::ArrowDown);
    let at = |row: usize, column: usize| Some(Selection { anchor: (row, column), head: (row, column) });
    assert_eq!(chosen(&window), at(0, 0));
    assert!(is_in_table(&window));
    press(&mut window, Modifiers::NONE, Key::ArrowDown);
    assert_eq!(chosen(&window), at(1, 0));
    press(&mut window, Modifiers::NONE, Key::End);
    let (row, last) = chosen(&window).unwrap().head;
    assert!(row == 1 && last > 5, "{row} {last}");
    // It is in sight, beyond which columns there are none.
    let cell =
        window.harness.query_all_by_role(Role::Cell).find(|cell| cell.accesskit_node().is_selected() == Some(true));
    let place = cell.unwrap().rect();
    assert!(place.right() < 900.0, "{place:?}");
    press(&mut window, Modifiers::COMMAND, Key::Home);
    assert_eq!(chosen(&window), at(0, 0));
    press(&mut window, Modifiers::COMMAND, Key::End);
    let rows = state(&window).look.value().unwrap().len();
    assert_eq!(chosen(&window), at(rows - 1, last));
    press(&mut window, Modifiers::SHIFT, Key::Home);
    assert_eq!(chosen(&window), Some(Selection { anchor: (rows - 1, last), head: (rows - 1, 0) }));
}

#[test]
fn the_focus_stays_where_somebody_works() {
    let mut window = small();
    // From what opens a page to the start of that page.
    press(&mut window, Modifiers::COMMAND, Key::Num1);
    settle(&mut window);
    let bar = window.harness.query_all_by_label_contains("no consent: absent").next().unwrap();
    bar.focus();
    window.harness.run_steps(1);
    press(&mut window, Modifiers::NONE, Key::Enter);
    settle(&mut window);
    assert!(matches!(state(&window).choices().shown, Shown::Dropped { .. }));
    assert_eq!(focused(&window).map(|(role, _)| role), Some(Role::Group), "the start of the page");
    // From a text field that is left to where somebody was before.
    press(&mut window, Modifiers::NONE, Key::ArrowDown);
    assert!(is_in_table(&window));
    press(&mut window, Modifiers::COMMAND, Key::F);
    assert_eq!(focused(&window).map(|(role, _)| role), Some(Role::TextInput));
    press(&mut window, Modifiers::NONE, Key::Escape);
    assert!(is_in_table(&window));
    // From the list of commands and the guide, too.
    for (modifiers, key) in [(Modifiers::COMMAND, Key::K), (Modifiers::NONE, Key::F1)] {
        press(&mut window, modifiers, key);
        settle(&mut window);
        assert!(!is_in_table(&window));
        press(&mut window, Modifiers::NONE, Key::Escape);
        press(&mut window, Modifiers::NONE, Key::Escape);
        settle(&mut window);
        assert!(is_in_table(&window), "{key:?}");
    }
    // And from a menu to what opened it.
    window.harness.get_by_label("Settings").focus();
    window.harness.run_steps(1);
    press(&mut window, Modifiers::NONE, Key::Enter);
    press(&mut window, Modifiers::NONE, Key::Tab);
    assert_ne!(focused(&window), Some((Role::Button, "Settings".to_owned())));
    press(&mut window, Modifiers::NONE, Key::Escape);
    assert_eq!(focused(&window), Some((Role::Button, "Settings".to_owned())));
    // Who uses the mouse is led nowhere.
    window.harness.get_by_role_and_label(Role::Button, "Consent").click();
    settle(&mut window);
    assert_eq!(focused(&window), None);
}

#[test]
fn settings_open_by_keys() {
    let mut window = small();
    press(&mut window, Modifiers::COMMAND, Key::Comma);
    assert!(window.harness.query_by_label("PARTS IN SIGHT").is_some());
    press(&mut window, Modifiers::NONE, Key::Escape);
    assert!(window.harness.query_by_label("PARTS IN SIGHT").is_none());
    // Who was about to type types on.
    press(&mut window, Modifiers::COMMAND, Key::Num5);
    settle(&mut window);
    let editor = Some((Role::MultilineTextInput, "Query".to_owned()));
    assert_eq!(focused(&window), editor);
    press(&mut window, Modifiers::COMMAND, Key::Comma);
    assert_ne!(focused(&window), editor);
    press(&mut window, Modifiers::NONE, Key::Escape);
    settle(&mut window);
    assert_eq!(focused(&window), editor);
}

#[test]
fn sql_gets_its_editor_back_by_its_key() {
    let mut window = small();
    press(&mut window, Modifiers::COMMAND, Key::Num5);
    settle(&mut window);
    let editor = Some((Role::MultilineTextInput, "Query".to_owned()));
    assert_eq!(focused(&window), editor);
    window.harness.get_by_label("Settings").focus();
    window.harness.run_steps(2);
    assert_ne!(focused(&window), editor);
    press(&mut window, Modifiers::COMMAND, Key::Num5);
    assert_eq!(focused(&window), editor);
}

#[test]
fn what_is_done_by_keys_leads_to_what_is_next() {
    let home = tempfile::tempdir().unwrap();
    let mut window = Window::open_with(crate::support::toured(home.path()), Some(Source::Folder(sample_data())));
    window.harness.set_size(vec2(900.0, 600.0));
    settle(&mut window);
    // A card leads to the start of what was recorded.
    press(&mut window, Modifiers::COMMAND, Key::Num2);
    settle(&mut window);
    for _ in 0..40 {
        press(&mut window, Modifiers::NONE, Key::Tab);
        if focused(&window).is_some_and(|(_, name)| name.starts_with("Signals of D·")) {
            break;
        }
    }
    assert!(focused(&window).unwrap().1.starts_with("Signals of D·"));
    press(&mut window, Modifiers::NONE, Key::Enter);
    settle(&mut window);
    assert!(state(&window).choices().whose_recording().is_some());
    assert_eq!(focused(&window), Some((Role::Group, "Signals".to_owned())));
    // The repair leads to the name, the name to the signature, and that to the folder.
    press(&mut window, Modifiers::COMMAND, Key::Num3);
    settle(&mut window);
    let repair = window.harness.get_by_role_and_label(Role::Button, "Join on time stamp and inferred owner");
    repair.focus();
    window.harness.run_steps(1);
    press(&mut window, Modifiers::NONE, Key::Enter);
    settle(&mut window);
    window.wait("the checks of the repair", |state| state.review.open() == Some(0));
    window.harness.run_steps(6);
    assert_eq!(focused(&window), Some((Role::TextInput, "Your name".to_owned())));
    press(&mut window, Modifiers::COMMAND, Key::Num4);
    settle(&mut window);
    window.harness.get_by_label("Your name").focus();
    window.harness.run_steps(1);
    window.harness.get_by_label("Your name").type_text("Nora");
    window.harness.run_steps(2);
    press(&mut window, Modifiers::NONE, Key::Enter);
    assert_eq!(focused(&window), Some((Role::Button, "Sign off".to_owned())));
    press(&mut window, Modifiers::NONE, Key::Enter);
    window.wait("the signature", |state| state.review.signed_off().is_some());
    window.harness.run_steps(6);
    assert_eq!(focused(&window), Some((Role::TextInput, "Folder of the export".to_owned())));
}

#[test]
fn each_part_of_a_page_is_scrolled_by_itself() {
    let mut window = small();
    press(&mut window, Modifiers::COMMAND, Key::Num1);
    settle(&mut window);
    press(&mut window, Modifiers::NONE, Key::End);
    let person = {
        let codes = &state(&window).landing.value().unwrap().codes;
        codes.identities().find(|identity| codes.person(identity).is_some()).unwrap().to_owned()
    };
    ask(&mut window, Command::About(Follow::Person(person)));
    window.harness.run_steps(4);
    let top = window.harness.query_all_by_label_contains("consent for research").next().unwrap().rect().top();
    assert!((175.0..450.0).contains(&top), "{top}");
}

#[test]
fn a_page_that_is_too_low_scrolls_as_a_whole() {
    let mut window = small();
    window.harness.set_size(vec2(680.0, 450.0));
    window.harness.run_steps(3);
    for (key, name) in [
        (Key::Num1, "Consent"),
        (Key::Num2, "Signals"),
        (Key::Num3, "Join review"),
        (Key::Num4, "Export"),
        (Key::Num6, "Landing files"),
    ] {
        press(&mut window, Modifiers::COMMAND, key);
        settle(&mut window);
        let heading = |window: &Window| window.harness.get_by_role_and_label(Role::Heading, name).rect().top();
        let before = heading(&window);
        // First what scrolls on it, then the page; where all of it is one text, that has no bar of its own.
        let presses = if matches!(key, Key::Num1 | Key::Num3 | Key::Num4) { 1 } else { 3 };
        for _ in 0..presses {
            press(&mut window, Modifiers::NONE, Key::End);
        }
        let after = heading(&window);
        assert!(after < before - 20.0, "{name}: {before} {after}");
        press(&mut window, Modifiers::NONE, Key::Home);
    }
}

#[test]
fn who_goes_back_finds_a_page_as_it_was_left() {
    let mut window = small();
    let top = |window: &Window| window.harness.get_by_label("What blocks it").rect().top();
    let goes = |window: &mut Window, modifiers, key| {
        press(window, modifiers, key);
        settle(window);
    };
    goes(&mut window, Modifiers::COMMAND, Key::Num4);
    let start = top(&window);
    press(&mut window, Modifiers::NONE, Key::PageDown);
    let left = top(&window);
    assert!(left < start - 100.0, "{left} {start}");
    goes(&mut window, Modifiers::COMMAND, Key::Num1);
    goes(&mut window, Modifiers::ALT, Key::ArrowLeft);
    assert!((top(&window) - left).abs() < 1.0, "{} {left}", top(&window));
    goes(&mut window, Modifiers::COMMAND, Key::Num1);
    goes(&mut window, Modifiers::COMMAND, Key::Num4);
    assert!((top(&window) - start).abs() < 1.0, "who comes anew begins at the top");
}

#[test]
fn nothing_is_said_into_a_dialog_that_keys_opened() {
    let mut window = small();
    window.harness.get_by_label("Settings").hover();
    window.harness.run_steps(60);
    let tips = |window: &Window| window.harness.query_all_by_label("Settings (Ctrl+,)").count();
    assert_eq!(tips(&window), 1, "its tooltip");
    press(&mut window, Modifiers::COMMAND, Key::K);
    window.harness.run_steps(10);
    assert_eq!(tips(&window), 0);
    assert_eq!(focused(&window).map(|(role, _)| role), Some(Role::TextInput), "the list of commands");
}

#[test]
fn the_list_of_commands_turns_pages() {
    let mut window = small();
    press(&mut window, Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::P);
    let chosen = |window: &Window| {
        let mut lines = window
            .harness
            .query_all_by_role(Role::Button)
            .filter(|node| node.accesskit_node().toggled() == Some(Toggled::True) && node.rect().left() > 150.0);
        lines.next_back().map(|node| node.rect())
    };
    let first = chosen(&window).unwrap();
    press(&mut window, Modifiers::NONE, Key::PageDown);
    press(&mut window, Modifiers::NONE, Key::PageDown);
    let later = chosen(&window).unwrap();
    assert!(later.top() > first.top() + 100.0 && later.bottom() < 600.0, "{first:?} {later:?}");
    press(&mut window, Modifiers::NONE, Key::Escape);
    press(&mut window, Modifiers::COMMAND, Key::K);
    assert_eq!(chosen(&window).unwrap(), first, "opened again it begins at its top");
}
