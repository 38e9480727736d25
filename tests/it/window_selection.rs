//! Chosen cells through the real app: undone and redone, let go of where they would be others, added up and copied.

use egui::{Key, Modifiers, Pos2};
use egui_kittest::kittest::Queryable;
use stedi_workbench::domain::Table;
use stedi_workbench::explore::Selection;

use crate::support::Window;
use crate::window_tables::{click, drag, look, open, press, settle};

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
fn a_selection_is_one_step_however_it_came_about() {
    let mut window = open(Table::StepTrainerLanding);
    let (from, to) = (cell(&window, 0), cell(&window, 3));
    drag(&mut window, from, to);
    assert_eq!(selection(&window), rows(0, 3));
    assert_eq!(history(&window), ["opened sample_data", "selection"]);
    // Long after that, another run begins.
    window.harness.run_steps(8);
    for _ in 0..3 {
        window.harness.key_press(Key::ArrowDown);
        window.harness.step();
    }
    settle(&mut window);
    assert_eq!(selection(&window), rows(6, 6));
    assert_eq!(history(&window), ["opened sample_data", "selection", "selection"]);
    undo(&mut window);
    assert_eq!(selection(&window), rows(0, 3));
    undo(&mut window);
    assert_eq!(selection(&window), None);
    redo(&mut window);
    redo(&mut window);
    assert_eq!(selection(&window), rows(6, 6));
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
    let labels = ["opened sample_data", "selection", "sorted by distancefromobject", "filter: distancefromobject"];
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
        window.harness.get_by_role_and_label(egui::accesskit::Role::Button, table.name()).click();
        settle(&mut window);
        assert!(window.harness.query_by_label_contains(&name(table)).is_some());
        assert_eq!(selection(&window).is_some(), table == Table::StepTrainerLanding);
    }
    assert_eq!(history(&window), ["opened sample_data", "selection"]);
}

#[test]
fn a_selection_that_comes_back_comes_into_sight() {
    let mut window = open(Table::StepTrainerLanding);
    let at = cell(&window, 0);
    press(&mut window, at);
    window.harness.run_steps(8);
    key(&mut window, Modifiers::NONE, Key::End);
    settle(&mut window);
    let last = look(&window).len();
    let number = |row: usize| stedi_workbench::domain::format::thousands(row as u64);
    assert!(window.harness.query_all_by_label(&number(last)).next().is_some(), "the last row is in sight");
    undo(&mut window);
    assert_eq!(selection(&window), rows(0, 0));
    assert!(window.harness.query_all_by_label(&number(last)).next().is_none(), "the first rows are in sight");
}

#[test]
fn showing_personal_data_lets_go_of_what_is_sorted_by_it() {
    let mut window = open(Table::StepTrainerLanding);
    click(&mut window, "Sort by serialnumber");
    let at = cell(&window, 0);
    press(&mut window, at);
    assert!(selection(&window).is_some());
    click(&mut window, "Show personal data");
    assert_eq!(selection(&window), None);
}
