//! The page of a table, driven by label: order, filters, finding, columns, cells, one customer everywhere.

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, PointerButton, Pos2};
use egui_kittest::kittest::{NodeT, Queryable};
use stedi_workbench::curation::Cell;
use stedi_workbench::domain::format::thousands;
use stedi_workbench::domain::{Reason, Table};
use stedi_workbench::explore::{Follow, Test};
use stedi_workbench::landing::ConsentStood;
use stedi_workbench::state::{Command, Look, Shown};

use crate::support::{Window, sample_data};

pub fn open(table: Table) -> Window {
    let mut window = Window::open_folder(&sample_data());
    window.harness.set_size(egui::vec2(2000.0, 900.0));
    window.harness.get_by_role_and_label(Role::Button, table.name()).click();
    settle(&mut window);
    window
}

/// Waits until the rows and what their columns hold are there.
pub fn settle(window: &mut Window) {
    window.harness.run_steps(2);
    window.wait("the rows", |state| state.work.is_none() && !state.look.is_loading() && !state.summaries.is_loading());
}

pub fn click(window: &mut Window, label: &str) {
    window.harness.get_by_label(label).click();
    settle(window);
}

pub fn look(window: &Window) -> &Look {
    window.harness.state().state().look.value().unwrap()
}

/// The cells of a column in the order in which they are shown.
fn column<'a>(look: &'a Look, name: &str) -> Vec<Cell<'a>> {
    let position = look.view.position(name).unwrap();
    look.rows.iter(look.view.rows()).map(|row| look.view.cell(row, position)).collect()
}

fn times(look: &Look, name: &str) -> Vec<i64> {
    column(look, name).iter().map(|cell| if let Cell::Time(at) = cell { *at } else { i64::MIN }).collect()
}

pub fn says(window: &Window, text: &str) -> bool {
    window.harness.query_by_label(text).is_some()
}

pub fn drag(window: &mut Window, from: Pos2, to: Pos2) {
    let button = |pos, pressed| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    let moved = |share: f32| Event::PointerMoved(from.lerp(to, share));
    pointer(window, [moved(0.0), button(from, true), moved(0.5), moved(0.9), moved(1.0), button(to, false)]);
}

pub fn press(window: &mut Window, pos: Pos2) {
    pointer(window, [Event::PointerMoved(pos), button(pos, true), button(pos, false)]);
}

fn button(pos: Pos2, pressed: bool) -> Event {
    Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE }
}

pub fn pointer(window: &mut Window, events: impl IntoIterator<Item = Event>) {
    for event in events {
        window.harness.event(event);
        window.harness.step();
    }
    settle(window);
}

#[test]
fn a_title_sorts_up_then_down_then_not_at_all() {
    let mut window = open(Table::AccelerometerTrusted);
    let landed = times(look(&window), "timestamp");
    click(&mut window, "Sort by timestamp");
    assert!(times(look(&window), "timestamp").is_sorted());
    click(&mut window, "Sort by timestamp");
    assert!(times(look(&window), "timestamp").is_sorted_by(|a, b| a >= b));
    click(&mut window, "Do not sort by timestamp");
    assert_eq!(times(look(&window), "timestamp"), landed);
    // All of a title, not its one letter alone.
    let title = window.harness.get_by_label("Sort by x").rect();
    press(&mut window, title.right_center() - egui::vec2(4.0, 0.0));
    settle(&mut window);
    assert!(window.harness.state().state().choices().query().sorts.iter().any(|sort| sort.column == "x"));
}

#[test]
fn nulls_stand_where_they_are_wanted() {
    let mut window = open(Table::CustomerLanding);
    let consent = "sharewithpublicasofdate";
    click(&mut window, &format!("Column {consent}"));
    click(&mut window, "Nulls first");
    let nulls = |window: &Window| -> Vec<bool> {
        column(look(window), consent).iter().map(|cell| *cell == Cell::Null).collect()
    };
    let first = nulls(&window);
    assert!(first.contains(&true) && first.contains(&false));
    assert!(first.is_sorted_by(|a, b| a >= b), "nulls first");
    click(&mut window, "Nulls first");
    assert!(nulls(&window).is_sorted(), "nulls last");
}

#[test]
fn a_filter_is_set_switched_and_taken_away() {
    let mut window = open(Table::CustomerLanding);
    let all = look(&window).len();
    click(&mut window, "Column sharewithresearchasofdate");
    click(&mut window, "Only null");
    let null = look(&window).len();
    assert!(null > 0 && null < all);
    let words = format!("{} of {} rows · 1 filter", thousands(null as u64), thousands(all as u64));
    assert!(says(&window, &words), "{words}");
    window.harness.key_press(Key::Escape);
    settle(&mut window);
    click(&mut window, "Filter: sharewithresearchasofdate is null");
    assert_eq!(look(&window).len(), all, "switched off");
    click(&mut window, "Filter: sharewithresearchasofdate is null");
    assert_eq!(look(&window).len(), null, "switched on");
    click(&mut window, "Remove filter: sharewithresearchasofdate is null");
    assert_eq!(look(&window).len(), all, "taken away");
    assert!(says(&window, &format!("{} rows", thousands(all as u64))));
}

#[test]
fn a_range_is_written_or_brushed() {
    let mut window = open(Table::StepTrainerLanding);
    let all = look(&window).len();
    click(&mut window, "Column distancefromobject");
    let type_into = |window: &mut Window, label: &str, text: &str| {
        window.harness.get_by_label(label).focus();
        window.harness.run_steps(2);
        window.harness.get_by_label(label).type_text(text);
        window.harness.run_steps(2);
    };
    type_into(&mut window, "From distancefromobject", "200");
    type_into(&mut window, "To distancefromobject", "25");
    assert!(says(&window, "From is more than To"));
    assert!(window.harness.get_by_label("Apply").accesskit_node().is_disabled());
    type_into(&mut window, "To distancefromobject", "0");
    click(&mut window, "Apply");
    let within = look(&window).len();
    assert!(within > 0 && within < all);
    assert!(column(look(&window), "distancefromobject").iter().all(|cell| matches!(cell, Cell::Integer(200..=250))));
    // The menu is closed with it.
    click(&mut window, "Remove filter: distancefromobject from 200 to 250");
    let spread = window.harness.get_by_label("Spread of sensorreadingtime").rect();
    drag(&mut window, spread.left_center(), spread.center());
    let brushed = look(&window);
    assert!(!brushed.is_empty() && brushed.len() < all, "{} of {all}", brushed.len());
    assert!(matches!(brushed.query.filters[0].test, Test::Within(..)));
}

#[test]
fn finding_narrows_to_rows_that_show_the_text() {
    let mut window = open(Table::AccelerometerLanding);
    let all = look(&window).len();
    let person = {
        let look = look(&window);
        let Cell::Text(email) = look.view.cell(0, 0) else { panic!("no e-mail") };
        let codes = &window.harness.state().state().landing.value().unwrap().codes;
        codes.person(email).unwrap().to_string()
    };
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    window.harness.run_steps(2);
    assert!(window.harness.get_by_label("Find in all columns").is_focused(), "Ctrl+F goes there");
    window.harness.get_by_label("Find in all columns").type_text(&person);
    settle(&mut window);
    let found = look(&window).len();
    assert!(found > 0 && found < all, "{found} of {all}");
    click(&mut window, "Find nothing in particular");
    assert_eq!(look(&window).len(), all);
}

#[test]
fn columns_are_hidden_moved_pinned_and_put_back() {
    let mut window = open(Table::AccelerometerLanding);
    let left = |window: &Window, name: &str| window.harness.get_by_label(&format!("Sort by {name}")).rect().left();
    assert!(left(&window, "x") < left(&window, "y"));
    click(&mut window, "Column x");
    click(&mut window, "Move right");
    assert!(left(&window, "x") > left(&window, "y"));
    click(&mut window, "Pin");
    assert!(left(&window, "x") < left(&window, "user"));
    click(&mut window, "Hide");
    assert!(!says(&window, "Sort by x"));
    window.harness.key_press(Key::Escape);
    settle(&mut window);
    click(&mut window, "Reset columns");
    assert!(left(&window, "user") < left(&window, "x") && left(&window, "x") < left(&window, "y"));
}

#[test]
fn one_customer_is_followed_until_the_chip_is_lifted() {
    let mut window = open(Table::AccelerometerLanding);
    let all = look(&window).len();
    click(&mut window, "Show details");
    assert!(says(&window, "Choose a row to see all of it."));
    let spread = window.harness.get_by_label("Spread of x").rect();
    let cell = Pos2::new(spread.center().x, spread.bottom() + 32.0);
    press(&mut window, cell);
    let name = {
        let Cell::Text(email) = look(&window).view.cell(0, 0) else { panic!("no e-mail") };
        window.harness.state().state().landing.value().unwrap().codes.person(email).unwrap().to_string()
    };
    let label = window.harness.get_by_label_contains(&format!("Only {name}")).accesskit_node().label().unwrap();
    click(&mut window, &label);
    assert!(matches!(window.harness.state().state().choices().follow, Some(Follow::Person(_))));
    assert!(look(&window).len() < all);
    for table in Table::ALL {
        window.harness.get_by_role_and_label(Role::Button, table.name()).click();
        settle(&mut window);
        assert!(look(&window).len() < look(&window).view.rows(), "{} is not narrowed", table.name());
    }
    click(&mut window, &format!("Show all, not only {name}"));
    assert_eq!(look(&window).len(), look(&window).view.rows());
}

#[test]
fn a_double_click_says_what_became_of_a_customer() {
    let mut window = open(Table::CustomerLanding);
    let spread = window.harness.get_by_label("Spread of email").rect();
    let cell = Pos2::new(spread.center().x, spread.bottom() + 32.0);
    window.harness.event(Event::PointerMoved(cell));
    window.harness.step();
    for _ in 0..2 {
        // A press and its end in one frame: frames are a quarter of a second here.
        window.harness.input_mut().events.extend([button(cell, true), button(cell, false)]);
        window.harness.step();
    }
    window.wait("the page", |state| state.choices().shown == Shown::Consent && state.consent.value().is_some());
    let choices = window.harness.state().state().choices();
    let (told, follow) = (choices.told_about().cloned(), choices.follow.clone());
    let at = look(&window).view.position("email").unwrap();
    let Cell::Text(email) = look(&window).view.cell(0, at) else { panic!("no e-mail") };
    assert_eq!((told, follow), (Some(Follow::Person(email.to_owned())), None), "no table is narrowed by looking");
    assert!(window.harness.state().state().consent.value().unwrap().about.is_some());
    assert!(says(&window, "consent for research"), "what is said of the customer alone");
}

#[test]
fn who_is_looked_for_by_name_while_masked_is_told_why_nobody_is_found() {
    let mut window = open(Table::CustomerLanding);
    let at = look(&window).view.position("email").unwrap();
    let Cell::Text(email) = look(&window).view.cell(3, at) else { panic!("no e-mail") };
    let email = email.to_owned();
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    window.harness.run_steps(2);
    window.harness.get_by_label("Find in all columns").type_text(&email);
    settle(&mut window);
    assert_eq!(look(&window).len(), 0);
    assert!(says(&window, "Nothing found"));
    click(&mut window, "Show personal data and look again");
    assert!(window.harness.state().state().revealed && look(&window).len() == 1);
}

#[test]
fn who_is_looked_for_among_some_rows_can_be_looked_for_in_all() {
    let mut window = open(Table::CustomerLanding);
    let at = look(&window).view.position("email").unwrap();
    let person = |row| match look(&window).view.cell(row, at) {
        Cell::Text(text) => text.to_owned(),
        _ => panic!("no e-mail"),
    };
    let (one, other) = (person(3), person(5));
    let code = window.harness.state().state().landing.value().unwrap().codes.person(&one).unwrap().to_string();
    window.harness.state_mut().ask(Command::Follow(Some(Follow::Person(other))));
    settle(&mut window);
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    window.harness.run_steps(2);
    // As one types it on a keyboard without that dot.
    window.harness.get_by_label("Find in all columns").type_text(&code.replace('·', "."));
    settle(&mut window);
    assert!(look(&window).is_empty() && says(&window, "Nothing found"));
    assert!(!says(&window, "Show personal data and look again"), "it would help nobody");
    click(&mut window, "Look in all rows");
    assert_eq!(look(&window).len(), 1);
    assert_eq!(window.harness.state().state().choices().follow, None);
}

#[test]
fn a_loss_by_consent_says_how_it_was_missing() {
    let mut window = open(Table::CustomerTrusted);
    let curation = window.harness.state().state().curation.value().unwrap().clone();
    let steps = &curation.count(Table::CustomerTrusted).unwrap().steps;
    let step = steps.iter().position(|step| step.reason == Reason::NoConsent).unwrap();
    let shown = Shown::Dropped { table: Table::CustomerTrusted, step, stood: None };
    window.harness.state_mut().ask(Command::Show(shown));
    window.wait("the rows", |state| state.look.value().is_some_and(|look| look.shown == shown));
    window.wait("the figures", |state| state.consent.value().is_some());
    settle(&mut window);
    let columns = window.harness.state().state().choices().layout().in_sight(&look(&window).view).0;
    assert_eq!(look(&window).view.column(columns[0]).unwrap().name, "sharewithresearchasofdate");
    let ways: Vec<(ConsentStood, u64)> = ConsentStood::MISSING
        .into_iter()
        .filter_map(|stood| {
            let begins = format!("{}: ", stood.label());
            let nodes = window.harness.query_all_by_label_contains(&begins);
            let label = nodes.into_iter().find_map(|node| node.accesskit_node().label())?;
            Some((stood, label.rsplit(' ').next()?.replace(',', "").parse().ok()?))
        })
        .collect();
    assert_eq!(ways.iter().map(|(_, rows)| rows).sum::<u64>(), steps[step].dropped, "{ways:?}");
    let (stood, rows) = ways[0];
    click(&mut window, &format!("{}: {}", stood.label(), thousands(rows)));
    window.wait("the rows", |state| state.look.value().is_some_and(|look| look.view.rows() as u64 == rows));
}
