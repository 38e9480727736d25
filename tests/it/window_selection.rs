//! Chosen cells through the real app: undone and redone, let go of where they would be others, added up and copied.

use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, OutputCommand, PointerButton, Pos2};
use egui_kittest::kittest::{NodeT as _, Queryable};
use stedi_workbench::curation::Cell;
use stedi_workbench::domain::format::{short, thousands};
use stedi_workbench::domain::{Dataset, Table};
use stedi_workbench::explore::{ColumnSums, Follow, Selection, Sums};
use stedi_workbench::state::{Shown, Slot};

use crate::support::{Window, write};
use crate::window_tables::{click, drag, look, open, press, says, settle};

/// The middle of a cell in the column of distances.
fn cell(window: &Window, row: usize) -> Pos2 {
    let spread = window.harness.get_by_label("Spread of distancefromobject").rect();
    Pos2::new(spread.center().x, spread.bottom() + 32.0 + 24.0 * row as f32)
}

fn key(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.harness.key_press_modifiers(modifiers, key);
    window.harness.run_steps(2);
}

fn undo(window: &mut Window) {
    key(window, Modifiers::COMMAND, Key::Z);
    settle(window);
}

fn redo(window: &mut Window) {
    key(window, Modifiers::COMMAND, Key::Y);
    settle(window);
}

fn selection(window: &Window) -> Option<Selection> {
    window.harness.state().state().choices().selection()
}

fn history(window: &Window) -> Vec<&str> {
    window.harness.state().state().history.labels().collect()
}

/// A selection in the column of distances.
fn rows(anchor: usize, head: usize) -> Option<Selection> {
    Some(Selection { anchor: (anchor, 2), head: (head, 2) })
}

#[test]
fn choosing_cells_is_no_step_and_takes_nothing_back_that_was_undone() {
    let mut window = open(Table::StepTrainerLanding);
    click(&mut window, "Sort by distancefromobject");
    let (from, to) = (cell(&window, 0), cell(&window, 3));
    drag(&mut window, from, to);
    for _ in 0..3 {
        window.harness.key_press(Key::ArrowDown);
        window.harness.step();
    }
    settle(&mut window);
    assert_eq!(selection(&window), rows(6, 6));
    let labels = ["opened sample_data", "sorted by distancefromobject"];
    assert_eq!(history(&window), labels);
    undo(&mut window);
    assert_eq!(selection(&window), None);
    let at = cell(&window, 1);
    press(&mut window, at);
    assert_eq!((selection(&window), history(&window)), (rows(1, 1), labels.to_vec()));
    redo(&mut window);
    assert_eq!(selection(&window), rows(6, 6));
    undo(&mut window);
    assert_eq!(selection(&window), rows(1, 1));
}

#[test]
fn a_filter_or_an_order_lets_go_of_the_selection_and_undoing_it_brings_it_back() {
    let mut window = open(Table::StepTrainerLanding);
    let (from, to) = (cell(&window, 1), cell(&window, 4));
    drag(&mut window, from, to);
    let cells = |window: &Window| -> Vec<String> {
        let (look, chosen) = (look(window), selection(window).unwrap());
        chosen.rows().map(|place| format!("{:?}", look.view.cell(look.rows.get(place).unwrap(), 2))).collect()
    };
    let before = cells(&window);
    click(&mut window, "Sort by distancefromobject");
    assert_eq!(selection(&window), None);
    click(&mut window, "Column distancefromobject");
    click(&mut window, "Not null");
    key(&mut window, Modifiers::NONE, Key::Escape);
    assert_eq!(selection(&window), None);
    let labels = ["opened sample_data", "sorted by distancefromobject", "filter: distancefromobject"];
    assert_eq!(history(&window), labels);
    undo(&mut window);
    undo(&mut window);
    assert_eq!(selection(&window), rows(1, 4));
    assert_eq!(cells(&window), before);
}

#[test]
fn hiding_a_column_is_undone_with_what_was_chosen() {
    let mut window = open(Table::StepTrainerLanding);
    let at = cell(&window, 0);
    press(&mut window, at);
    click(&mut window, "Column serialnumber");
    click(&mut window, "Hide");
    key(&mut window, Modifiers::NONE, Key::Escape);
    assert_eq!(selection(&window), None);
    assert!(window.harness.query_by_label("Sort by serialnumber").is_none());
    click(&mut window, "Undo: column hidden: serialnumber");
    assert_eq!(selection(&window), rows(0, 0));
    assert!(window.harness.query_by_label("Sort by serialnumber").is_some());
}

#[test]
fn each_table_keeps_its_own_selection_and_looking_at_another_is_no_step() {
    let mut window = open(Table::StepTrainerLanding);
    let at = cell(&window, 2);
    press(&mut window, at);
    let name = |table: Table| format!("{}, ", table.name());
    for table in [Table::StepTrainerTrusted, Table::StepTrainerLanding] {
        window.harness.get_by_role_and_label(Role::Button, table.name()).click();
        settle(&mut window);
        assert!(window.harness.query_by_label_contains(&name(table)).is_some());
        assert_eq!(selection(&window).is_some(), table == Table::StepTrainerLanding);
    }
    assert_eq!(history(&window), ["opened sample_data"]);
}

#[test]
fn a_selection_that_comes_back_comes_into_sight() {
    let mut window = open(Table::StepTrainerLanding);
    let at = cell(&window, 0);
    press(&mut window, at);
    assert_eq!(selection(&window), rows(0, 0));
    window.harness.run_steps(8);
    key(&mut window, Modifiers::COMMAND, Key::End);
    settle(&mut window);
    let last = look(&window).len();
    let chosen = |window: &Window| selection(window).map(|chosen| chosen.rows());
    assert_eq!(chosen(&window), Some(last - 1..=last - 1));
    let shows = |window: &Window, row: usize| {
        let mut labels = window.harness.query_all_by_role(Role::Label);
        labels.any(|node| node.accesskit_node().value().is_some_and(|text| text == thousands(row as u64)))
    };
    assert!(shows(&window, last), "the last row is in sight");
    click(&mut window, "Sort by distancefromobject");
    let at = cell(&window, 0);
    press(&mut window, at);
    key(&mut window, Modifiers::COMMAND, Key::Home);
    undo(&mut window);
    assert_eq!(chosen(&window), Some(last - 1..=last - 1));
    assert!(shows(&window, last) && !shows(&window, 1), "the last rows are in sight");
    redo(&mut window);
    assert_eq!(chosen(&window), Some(0..=0));
    assert!(shows(&window, 1) && !shows(&window, last), "the first rows are in sight");
}

#[test]
fn showing_personal_data_lets_go_of_what_is_sorted_by_it() {
    let mut window = open(Table::StepTrainerLanding);
    click(&mut window, "Sort by serialnumber");
    let at = cell(&window, 0);
    press(&mut window, at);
    assert!(selection(&window).is_some());
    click(&mut window, "Personal data are masked");
    click(&mut window, "Show personal data");
    assert_eq!(selection(&window), None);
}

/// Presses Ctrl+C and waits until something is on the clipboard.
fn copied(window: &mut Window, modifiers: Modifiers) -> String {
    window.harness.event_modifiers(Event::Copy, modifiers);
    taken(window)
}

/// Waits until something is on the clipboard.
fn taken(window: &mut Window) -> String {
    let started = Instant::now();
    loop {
        window.harness.step();
        for command in &window.harness.output().platform_output.commands {
            if let OutputCommand::CopyText(text) = command {
                return text.clone();
            }
        }
        assert!(started.elapsed() < Duration::from_secs(60), "nothing was copied");
    }
}

#[test]
fn a_cell_is_copied_from_its_menu_and_that_is_said_for_some_seconds() {
    let mut window = open(Table::StepTrainerLanding);
    let Cell::Integer(number) = look(&window).view.cell(1, 2) else { panic!("no number") };
    let pos = cell(&window, 1);
    window.harness.event(Event::PointerMoved(pos));
    window.harness.step();
    for pressed in [true, false] {
        let (button, modifiers) = (PointerButton::Secondary, Modifiers::NONE);
        window.harness.event(Event::PointerButton { pos, button, pressed, modifiers });
        window.harness.step();
    }
    window.harness.run_steps(3);
    assert_eq!(selection(&window), Some(Selection { anchor: (1, 2), head: (1, 2) }), "it is chosen");
    window.harness.query_all_by_label_contains("Copy with titles").next().expect("no menu").click();
    assert_eq!(taken(&mut window), format!("distancefromobject\n{number}"));
    window.wait("a word", |state| state.told.as_ref().is_some_and(|told| told.words == "Copied 1 cell"));
    let status = window.harness.query_all_by_role(Role::Status);
    assert!(status.filter_map(|node| node.value()).any(|words| words == "Copied 1 cell"));
    window.wait("its end", |state| state.told.is_none());
}

/// What the chosen cells come to, once it is known.
fn sums(window: &mut Window) -> Sums {
    window.wait("the sums", |state| matches!(state.sums, Slot::Ready(_)));
    window.harness.state().state().sums.value().unwrap().clone()
}

#[test]
fn a_few_cells_are_added_up_in_the_frame_in_which_they_are_chosen() {
    let mut window = open(Table::StepTrainerLanding);
    let number = |window: &Window, row| {
        let cell = look(window).view.cell(row, 2);
        if let Cell::Integer(number) = cell { number } else { panic!("no number") }
    };
    let (one, other) = (number(&window, 0), number(&window, 1));
    let (from, to) = (cell(&window, 0), cell(&window, 1));
    drag(&mut window, from, to);
    let (sum, mean) = (short((one + other) as f64), short((one + other) as f64 / 2.0));
    let words = format!("2 cells · sum {sum} · mean {mean} · min {} · max {}", one.min(other), one.max(other));
    assert!(says(&window, &words), "{words}");
    let text = copied(&mut window, Modifiers::COMMAND);
    assert_eq!(text, format!("{one}\n{other}"));
}

#[test]
fn all_cells_are_added_up_by_a_worker_and_copied_masked() {
    let mut window = open(Table::AccelerometerLanding);
    let spread = window.harness.get_by_label("Spread of x").rect();
    press(&mut window, Pos2::new(spread.center().x, spread.bottom() + 32.0));
    key(&mut window, Modifiers::COMMAND, Key::A);
    let sums = sums(&mut window);
    let look = look(&window);
    let (mut numbers, mut totals) = (0, vec![]);
    for (place, column) in (2..5).enumerate() {
        let (mut sum, mut least, mut most) = (0.0, f64::INFINITY, f64::NEG_INFINITY);
        for row in look.rows.iter(look.view.rows()) {
            let Cell::Float(number) = look.view.cell(row, column) else { panic!("no number") };
            (numbers, sum) = (numbers + 1, sum + number);
            (least, most) = (number.min(least), number.max(most));
        }
        let found = sums.columns[place];
        assert_eq!((found.name, found.numbers), (["x", "y", "z"][place], look.len() as u64));
        assert_eq!((found.least, found.most), (least, most));
        assert!((found.sum - sum).abs() < 1e-6);
        // All of them are whole and below 0.
        let whole = short(found.sum).trim_start_matches('−').parse().unwrap();
        totals.push(format!("{} −{}", found.name, thousands(whole)));
    }
    let rows = look.len();
    let email = if let Cell::Text(email) = look.view.cell(0, 0) { email.to_owned() } else { panic!("no e-mail") };
    assert_eq!((sums.cells, sums.nulls, sums.columns.len()), (rows as u64 * 5, 0, 3));
    let (cells, numbers) = (thousands(sums.cells), thousands(numbers));
    let words = format!("{cells} cells · {numbers} numbers · sums: {}…", totals.join("; "));
    assert!(window.harness.query_by_label_contains(&words).is_some(), "{words}");
    let text = copied(&mut window, Modifiers::COMMAND | Modifiers::SHIFT);
    assert_eq!(text.lines().next(), Some("user\ttimestamp\tx\ty\tz"));
    assert_eq!(text.lines().count(), rows + 1);
    assert!(text.contains("C·") && !text.contains(&email));
}

#[test]
fn what_is_chosen_is_added_up_again_when_it_is_other_cells() {
    let mut window = open(Table::StepTrainerLanding);
    click(&mut window, "Sort by distancefromobject");
    let at = cell(&window, 0);
    press(&mut window, at);
    assert_eq!(sums(&mut window).cells, 1);
    key(&mut window, Modifiers::COMMAND, Key::A);
    let all = sums(&mut window);
    assert_eq!(all.cells, look(&window).len() as u64 * 3);
    undo(&mut window);
    assert!(matches!(window.harness.state().state().sums, Slot::Empty));
    redo(&mut window);
    assert_eq!(sums(&mut window), all);
}

#[test]
fn millions_of_cells_are_added_up_and_not_copied_and_the_notice_says_what_to_do() {
    const ROWS: usize = 700_000;
    let folder = tempfile::tempdir().unwrap();
    let mut text = "sensorreadingtime,serialnumber,distancefromobject\n".to_owned();
    for row in 0..ROWS {
        text.push_str(&format!("{},s,{}\n", 1_655_564_376_361 + row, row % 7));
    }
    write(folder.path(), "step_trainer/a.csv", text);
    let mut window = Window::open_folder(folder.path());
    window.harness.set_size(egui::vec2(2000.0, 900.0));
    let table = Table::landing(Dataset::StepTrainer);
    window.harness.get_by_role_and_label(Role::Button, table.name()).click();
    settle(&mut window);
    let at = cell(&window, 0);
    press(&mut window, at);
    key(&mut window, Modifiers::COMMAND, Key::A);
    let sums = sums(&mut window);
    let column =
        ColumnSums { name: "distancefromobject", numbers: ROWS as u64, sum: 2_100_000.0, least: 0.0, most: 6.0 };
    assert_eq!((sums.cells, sums.columns), (2_100_000, vec![column]));
    window.harness.event_modifiers(Event::Copy, Modifiers::COMMAND);
    window.wait("the notice", |state| state.notices.iter().any(|notice| notice.text.starts_with("Nothing was copied")));
    let notice = window.harness.state().state().notices.last().unwrap().text.clone();
    assert!(notice.contains("2,100,000 cells are chosen") && notice.contains("2,000,000"), "{notice}");
    assert!(notice.contains("\"Save this view…\" (Ctrl+E)"), "{notice}");
}

#[test]
fn from_any_cell_of_a_row_a_way_leads_to_whose_it_is() {
    let mut window = open(Table::StepTrainerLanding);
    let distance = cell(&window, 0);
    press(&mut window, distance);
    let serial = {
        let look = look(&window);
        look.view
            .cell(look.rows.get(0).unwrap(), look.view.position("serialnumber").unwrap())
            .text()
            .unwrap()
            .to_owned()
    };
    window.harness.get_by_label_contains("What became of D·").click();
    settle(&mut window);
    let choices = window.harness.state().state().choices();
    assert_eq!((choices.shown, choices.told_about()), (Shown::Consent, Some(&Follow::Device(serial.clone()))));
    assert_eq!(choices.follow, None, "to look at somebody narrows nothing");
    // The rows behind a figure of theirs are theirs.
    click(&mut window, "Open step_trainer_landing");
    let choices = window.harness.state().state().choices();
    assert_eq!(choices.follow, Some(Follow::Device(serial)));
    assert_eq!(choices.shown, Shown::Table(Table::StepTrainerLanding));
}

#[test]
fn with_ctrl_arrows_go_as_far_as_there_are_cells() {
    let mut window = open(Table::StepTrainerLanding);
    let last = look(&window).len() - 1;
    let at = cell(&window, 1);
    press(&mut window, at);
    key(&mut window, Modifiers::COMMAND | Modifiers::SHIFT, Key::ArrowDown);
    assert_eq!(selection(&window), rows(1, last));
    key(&mut window, Modifiers::COMMAND, Key::ArrowUp);
    assert_eq!(selection(&window), rows(0, 0));
    key(&mut window, Modifiers::COMMAND, Key::Space);
    assert_eq!(selection(&window), rows(0, last), "the column");
    key(&mut window, Modifiers::COMMAND, Key::ArrowLeft);
    assert_eq!(selection(&window).map(|chosen| chosen.head), Some((last, 0)));
}
