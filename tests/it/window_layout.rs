//! A page beside the first, parts of the window, and how it looks, through the real app.

use std::fs;
use std::path::Path;

use egui::{Key, Modifiers, Rect, Vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use stedi_workbench::app::Settings;
use stedi_workbench::domain::format::{difference, thousands};
use stedi_workbench::domain::{JoinRule, Recipe, Table};
use stedi_workbench::explore::{Follow, Query, Selection};
use stedi_workbench::landing::Source;
use stedi_workbench::state::{Beside, Command, Looks, Part, Place, Shown, State, TextSize, Under};

use crate::support::{Window, sample_data};
use crate::window_review::{ask, click, settle};

const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

fn state(window: &Window) -> &State {
    window.harness.state().state()
}

fn beside(window: &Window) -> &Beside {
    state(window).beside.as_ref().unwrap()
}

fn press(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.harness.key_press_modifiers(modifiers, key);
    settle(window);
}

fn open(home: &Path) -> Window {
    let settings = Settings::at(home.join("settings.json"));
    let mut window = Window::open_with(settings, Some(Source::Folder(sample_data())));
    settle(&mut window);
    window
}

fn show(window: &mut Window, shown: Shown) {
    ask(window, Command::Show(shown));
}

fn show_beside(window: &mut Window, beside: Beside) {
    ask(window, Command::SetBeside(Some(beside)));
}

/// The tables that are painted, by their names for those who do not see them.
fn tables(window: &Window) -> Vec<String> {
    let grids = window.harness.query_all_by_role(egui::accesskit::Role::Table);
    grids.filter_map(|node| node.accesskit_node().label()).collect()
}

fn rect(window: &Window, label: &str) -> Rect {
    window.harness.get_by_label(label).rect()
}

fn owner() -> Recipe {
    Recipe { join: JoinRule::Owner, ..Recipe::default() }
}

#[test]
fn two_tables_stand_beside_each_other_below_and_in_a_window_and_change_places() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    show(&mut window, Shown::Table(Table::CustomerTrusted));
    press(&mut window, CTRL, Key::D);
    assert_eq!((beside(&window).shown, beside(&window).place), (Shown::Table(Table::CustomerTrusted), Place::Right));
    ask(&mut window, Command::Beside(Box::new(Command::Show(Shown::Table(Table::StepTrainerTrusted)))));
    let painted = tables(&window);
    assert!(painted.iter().any(|name| name.starts_with("customer_trusted, ")), "{painted:?}");
    assert!(painted.iter().any(|name| name.starts_with("step_trainer_trusted, ")), "{painted:?}");
    let places = |window: &Window| {
        [rect(window, "First page: customer_trusted"), rect(window, "Page beside: step_trainer_trusted")]
    };
    let [first, second] = places(&window);
    assert!(second.left() > first.right() && (second.top() - first.top()).abs() < 60.0, "{first:?} {second:?}");
    press(&mut window, CTRL_SHIFT, Key::D);
    let [first, second] = places(&window);
    assert!(second.top() > first.bottom() + 100.0, "{first:?} {second:?}");
    press(&mut window, CTRL_SHIFT, Key::N);
    assert_eq!(beside(&window).place, Place::Window);
    assert_eq!(tables(&window).len(), 2);
    click(&mut window, "Change places");
    assert_eq!(state(&window).choices().shown, Shown::Table(Table::StepTrainerTrusted));
    assert_eq!(beside(&window).shown, Shown::Table(Table::CustomerTrusted));
    press(&mut window, CTRL, Key::W);
    assert!(state(&window).beside.is_none() && tables(&window).len() == 1);
}

#[test]
fn a_page_beside_comes_back_at_the_next_start() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    let wanted = Beside { shown: Shown::Consent, place: Place::Below, under: Under::Specified, ..Beside::default() };
    show_beside(&mut window, wanted.clone());
    drop(window);
    let window = open(home.path());
    assert_eq!(beside(&window), &wanted);
    assert!(state(&window).other.consent.value().is_some());
}

#[test]
fn before_and_after_a_change_stand_beside_each_other_with_their_counts() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    show(&mut window, Shown::Table(Table::MachineLearningCurated));
    press(&mut window, CTRL_SHIFT, Key::B);
    assert!(window.harness.query_by_label("The recipe was not changed yet.").is_some());
    let before = state(&window).curation.value().unwrap().rows(Table::MachineLearningCurated);
    ask(&mut window, Command::SetRecipe(owner()));
    let after = state(&window).curation.value().unwrap().rows(Table::MachineLearningCurated);
    assert_ne!(before, after);
    let made = state(&window).other.curation.value().unwrap();
    assert_eq!((made.recipe.clone(), made.rows(Table::MachineLearningCurated)), (Recipe::default(), before));
    let counts =
        format!("{} rows here, {} in force: {}", thousands(before), thousands(after), difference(before, after));
    assert!(window.harness.query_by_label(&counts).is_some(), "{counts}");
    let mut painted = tables(&window);
    painted.sort();
    let name = |rows| format!("machine_learning_curated, {} rows", thousands(rows));
    let mut expected = vec![name(before), name(after)];
    expected.sort();
    assert_eq!(painted, expected);
    // The rows that the change took away, and those that it brought: together they say how many more or less there are.
    let rows = |window: &mut Window, name: &str| {
        window.harness.get_by_label_contains(name).click();
        settle(window);
        state(window).other.look.value().unwrap().len() as i64
    };
    let (gone, come) = (rows(&mut window, "only here"), rows(&mut window, "only in force"));
    assert!(gone > 0, "{gone} {come}");
    assert_eq!(come - gone, after as i64 - before as i64);
    assert_eq!(rows(&mut window, "all rows"), before as i64);
    click(&mut window, "All counts");
    assert!(window.harness.query_all_by_label("accelerometer_trusted").count() > 0);
    // What was before is no recipe of its own once the change is undone.
    press(&mut window, Modifiers::NONE, Key::Escape);
    ask(&mut window, Command::Undo);
    assert!(window.harness.query_by_label("The recipe was not changed yet.").is_some());
}

#[test]
fn the_rows_before_a_change_are_not_saved_under_the_sign_off_of_those_after_it() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    show(&mut window, Shown::Table(Table::MachineLearningCurated));
    ask(&mut window, Command::SetRecipe(owner()));
    ask(&mut window, Command::SignOff { who: "Q".to_owned() });
    window.wait("the signature", |state| state.review.signed_off().is_some());
    press(&mut window, CTRL_SHIFT, Key::B);
    let file = home.path().join("view.csv");
    window.harness.state_mut().answer_dialogs(Some(vec![file.clone()])).unwrap();
    ask(&mut window, Command::Beside(Box::new(Command::SaveView)));
    assert!(!file.exists());
    assert!(state(&window).notices.iter().any(|notice| notice.text.contains("sign")), "{:?}", state(&window).notices);
    window.harness.state_mut().answer_dialogs(Some(vec![file.clone()])).unwrap();
    ask(&mut window, Command::SaveView);
    window.wait("the file", |_| file.exists());
}

/// Tables under another recipe, made for a page beside that shows meanwhile what is of the recipe in force.
#[test]
fn tables_that_come_too_late_do_not_take_the_place_of_those_in_force() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    ask(&mut window, Command::SetRecipe(owner()));
    let made_here = |window: &Window| {
        let state = state(window);
        state.curation.value().is_some_and(|curation| state.choices().are_made(curation))
    };
    assert!(made_here(&window));
    let shown = Shown::Table(Table::MachineLearningCurated);
    let beside = Beside { shown, under: Under::Specified, ..Beside::default() };
    window.harness.state_mut().ask(Command::SetBeside(Some(beside)));
    window.harness.step();
    // They are ready, and wait to be taken in.
    std::thread::sleep(std::time::Duration::from_secs(3));
    window.harness.state_mut().ask(Command::Beside(Box::new(Command::Show(Shown::Review))));
    for _ in 0..3 {
        window.harness.step();
        assert!(made_here(&window), "tables of another recipe are shown as those in force");
    }
}

#[test]
fn two_devices_are_drawn_beside_each_other_and_a_row_moves_the_cursor_of_the_other_page() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    show(&mut window, Shown::Signals);
    let lines = state(&window).signals.lines.value().unwrap();
    let devices: Vec<String> = lines.iter().filter_map(|line| line.device.clone()).take(2).collect();
    let follow = |place: usize| Some(Follow::Device(devices[place].clone()));
    ask(&mut window, Command::Follow(follow(0)));
    show_beside(&mut window, Beside { shown: Shown::Signals, follow: follow(1), ..Beside::default() });
    let drawn = |signals: &stedi_workbench::state::Signals| {
        signals.recording.value().unwrap().recording.subject.device.clone().unwrap()
    };
    assert_eq!(drawn(&state(&window).signals), devices[0]);
    assert_eq!(drawn(&state(&window).other.signals), devices[1]);
    assert_eq!(state(&window).choices().follow, follow(0));
    // A table in the place of the first chart: a row of it is looked up in the chart beside.
    ask(&mut window, Command::Follow(follow(1)));
    show(&mut window, Shown::Table(Table::StepTrainerLanding));
    window.harness.get_by_role(egui::accesskit::Role::Table).focus();
    let shown = Shown::Table(Table::StepTrainerLanding);
    ask(&mut window, Command::Select(shown, Selection { anchor: (0, 0), head: (0, 0) }));
    press(&mut window, Modifiers::NONE, Key::ArrowDown);
    let pointed = state(&window).signals.pointed.clone();
    assert!(pointed.is_some());
    assert_eq!(state(&window).other.signals.pointed, pointed);
    // Whose signals are asked for from the table is shown where signals are; the table stays.
    ask(&mut window, Command::ShowRecording(follow(0)));
    assert_eq!(state(&window).choices().shown, shown);
    assert_eq!(drawn(&state(&window).other.signals), devices[0]);
}

#[test]
fn each_page_has_its_own_selection_which_never_comes_to_mean_other_cells() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    let shown = Shown::Table(Table::StepTrainerTrusted);
    show(&mut window, shown);
    show_beside(&mut window, Beside { shown, ..Beside::default() });
    let one = Selection { anchor: (0, 0), head: (1, 1) };
    let other = Selection { anchor: (2, 0), head: (3, 1) };
    ask(&mut window, Command::Select(shown, one));
    ask(&mut window, Command::Beside(Box::new(Command::Select(shown, other))));
    assert_eq!(state(&window).choices().selection(), Some(one));
    assert_eq!(beside(&window).selections.get(&shown), Some(&other));
    // A filter is everybody's: the rows of both are others.
    let find = Query { find: "1".to_owned(), ..Query::default() };
    ask(&mut window, Command::Beside(Box::new(Command::SetQuery(shown, find.clone()))));
    assert_eq!(state(&window).choices().query(), find);
    assert_eq!((state(&window).choices().selection(), beside(&window).selections.get(&shown)), (None, None));
    assert_eq!(state(&window).history.undo_label(), None, "looking for a text is no step");
    ask(&mut window, Command::Beside(Box::new(Command::Select(shown, other))));
    ask(&mut window, Command::SetRecipe(Recipe { consent_date: true, ..Recipe::default() }));
    assert_eq!(beside(&window).selections.get(&shown), None);
}

#[test]
fn keys_and_the_list_go_to_the_page_in_use() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    show(&mut window, Shown::Table(Table::CustomerLanding));
    press(&mut window, CTRL, Key::D);
    press(&mut window, Modifiers::NONE, Key::F6);
    assert!(state(&window).is_beside_used);
    press(&mut window, CTRL, Key::Num1);
    assert_eq!(
        (beside(&window).shown, state(&window).choices().shown),
        (Shown::Consent, Shown::Table(Table::CustomerLanding))
    );
    window.harness.get_by_role_and_label(egui::accesskit::Role::Button, "customer_trusted").click();
    settle(&mut window);
    assert_eq!(beside(&window).shown, Shown::Table(Table::CustomerTrusted));
    press(&mut window, Modifiers::NONE, Key::F6);
    press(&mut window, CTRL, Key::Num2);
    assert_eq!(
        (beside(&window).shown, state(&window).choices().shown),
        (Shown::Table(Table::CustomerTrusted), Shown::Signals)
    );
    // By a press on it as well.
    window.harness.get_by_label("Find in all columns").click();
    settle(&mut window);
    assert!(state(&window).is_beside_used);
}

#[test]
fn parts_are_hidden_and_drawn_to_size_and_come_back_like_that() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    assert!(window.harness.query_by_label("Only motions after consent").is_some());
    let looks = state(&window).looks.turned(Part::Recipe).turned(Part::Strip);
    ask(&mut window, Command::SetLooks(looks));
    assert!(window.harness.query_by_label("Only motions after consent").is_none());
    assert!(window.harness.query_by_label("State of the join review").is_none());
    let edge = window.harness.get_all_by_label("Resize panel").next().unwrap().rect().center();
    window.harness.drag_at(edge);
    window.harness.run_steps(2);
    for step in 1..=5 {
        window.harness.hover_at(edge + Vec2::new(12.0 * step as f32, 0.0));
        window.harness.run_steps(1);
    }
    window.harness.drop_at(edge + Vec2::new(60.0, 0.0));
    settle(&mut window);
    let drawn = state(&window).looks.sizes[&Part::Sidebar];
    assert!((300.0..320.0).contains(&drawn), "{drawn}");
    // By its keys as well.
    window.harness.get_all_by_label("Resize panel").next().unwrap().focus();
    window.harness.run_steps(2);
    press(&mut window, Modifiers::NONE, Key::ArrowRight);
    let stepped = state(&window).looks.sizes[&Part::Sidebar];
    assert!((stepped - drawn - 24.0).abs() < 1.0, "{drawn} {stepped}");
    press(&mut window, CTRL, Key::B);
    assert!(window.harness.query_by_label("Files and refused records").is_none());
    press(&mut window, CTRL, Key::B);
    let looks = state(&window).looks.clone();
    drop(window);
    let window = open(home.path());
    assert_eq!(state(&window).looks, looks);
    let edge = window.harness.get_all_by_label("Resize panel").next().unwrap().rect().center().x;
    assert!((edge - stepped).abs() < 1.0, "{edge} {stepped}");
}

#[test]
fn sizes_contrast_and_motion_are_chosen_by_keys_and_in_the_menu_and_kept() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    press(&mut window, CTRL, Key::Plus);
    press(&mut window, CTRL, Key::Plus);
    assert_eq!((state(&window).looks.zoom.percent(), window.harness.ctx.zoom_factor()), (120, 1.2));
    press(&mut window, CTRL, Key::Minus);
    assert_eq!(window.harness.ctx.zoom_factor(), 1.1);
    press(&mut window, CTRL, Key::Num0);
    assert_eq!(window.harness.ctx.zoom_factor(), 1.0);
    click(&mut window, "Settings");
    // However the top line changes with the size, they stay open.
    for size in [150, 300, 100] {
        click(&mut window, &format!("Everything: {size} %"));
        assert_eq!(state(&window).looks.zoom.percent(), size);
        assert!(window.harness.query_by_label("Text: large").is_some(), "{size} %");
    }
    let body = |window: &Window| window.harness.ctx.global_style().text_styles[&egui::TextStyle::Body].size;
    let ground = |window: &Window| window.harness.ctx.global_style().visuals.panel_fill;
    let (usual, usual_ground) = (body(&window), ground(&window));
    for name in ["Text: large", "High contrast", "Reduce motion"] {
        click(&mut window, name);
    }
    assert!(body(&window) > usual * 1.1 && ground(&window) != usual_ground);
    assert_eq!(window.harness.ctx.global_style().animation_time, 0.0);
    let wanted = Looks { high_contrast: true, still: true, text: TextSize::Large, ..Looks::default() };
    assert_eq!(state(&window).looks, wanted);
    drop(window);
    let window = open(home.path());
    assert_eq!(state(&window).looks, wanted);
    assert!(body(&window) > usual * 1.1);
    assert!(fs::read_to_string(home.path().join("settings.json")).unwrap().contains("\"high_contrast\": true"));
}

#[test]
fn settings_from_before_there_were_looks_are_read() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("settings.json"), r#"{"theme":"dark","recent":[],"cache_limit":0,"watches":false}"#)
        .unwrap();
    let window = open(home.path());
    assert_eq!(state(&window).looks, Looks::default());
    assert!(state(&window).notices.is_empty(), "{:?}", state(&window).notices);
}
