//! The page of SQL through the real app, mostly by keyboard: typing and completing a query, its rows, its faults, what stays masked, what
//! is not saved, stopping, and what is there again at the next start.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::channel;

use egui::{Event, Key, Modifiers, OutputCommand};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use stedi_workbench::app::Settings;
use stedi_workbench::curation::Cell;
use stedi_workbench::domain::{JoinRule, Recipe, Table};
use stedi_workbench::explore::{Filter, Follow, Query, Selection, Test};
use stedi_workbench::landing::Source;
use stedi_workbench::state::{Command, Shown, Slot, State};

use crate::sql::Asked;
use crate::support::{Window, sample_data};

const CTRL: Modifiers = Modifiers::COMMAND;
const NONE: Modifiers = Modifiers::NONE;

fn state(window: &Window) -> &State {
    window.harness.state().state()
}

fn settle(window: &mut Window) {
    window.harness.run_steps(3);
    window.wait("the answer", |state| {
        state.work.is_none()
            && !state.curation.is_loading()
            && !state.sql.answer.is_loading()
            && !state.look.is_loading()
            && !state.summaries.is_loading()
    });
}

fn start(home: &Path) -> Window {
    let settings = Settings::at(home.join("settings.json"));
    let mut window = Window::open_with(settings, Some(Source::Folder(sample_data())));
    window.harness.set_size(egui::vec2(1600.0, 1000.0));
    window.wait("the tables", |state| state.curation.value().is_some());
    settle(&mut window);
    window
}

fn open(home: &Path) -> Window {
    let mut window = start(home);
    press(&mut window, CTRL, Key::Num5);
    assert_eq!(state(&window).choices().shown, Shown::Sql);
    window
}

fn press(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.harness.key_press_modifiers(modifiers, key);
    settle(window);
}

fn ask(window: &mut Window, command: Command) {
    window.harness.state_mut().ask(command);
    settle(window);
}

/// Types into the editor, a letter at a time as people do.
fn type_query(window: &mut Window, text: &str) {
    window.harness.get_by_label("Query").focus();
    window.harness.step();
    for letter in text.chars() {
        window.harness.event(Event::Text(letter.to_string()));
        window.harness.step();
    }
}

fn says(window: &Window, part: &str) -> bool {
    window.harness.query_all_by_label_contains(part).next().is_some()
}

fn draft(window: &Window) -> String {
    window.harness.get_by_label("Query").accesskit_node().value().unwrap_or_default()
}

/// Everything that a screen reader can say.
fn everything(window: &Window) -> String {
    let nodes = window.harness.query_all_by(|_| true);
    let said = nodes.flat_map(|node| {
        let node = node.accesskit_node();
        [node.label(), node.value(), node.description()].into_iter().flatten().collect::<Vec<_>>()
    });
    said.collect::<Vec<_>>().join("\n")
}

/// What comes to stand on the clipboard of all cells.
fn copied(window: &mut Window) -> String {
    let look = state(window).look_in_force().unwrap();
    let selection = Selection::all(look.len(), look.view.columns().len());
    ask(window, Command::Select(Shown::Sql, selection));
    window.harness.state_mut().ask(Command::Copy { titles: true });
    for _ in 0..10_000 {
        window.harness.step();
        for command in &window.harness.output().platform_output.commands {
            if let OutputCommand::CopyText(text) = command {
                return text.clone();
            }
        }
    }
    panic!("nothing was copied");
}

/// Has the answer saved; what stands in the file, and what was said.
fn saved(window: &mut Window) -> (Option<String>, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("query.csv");
    window.harness.state_mut().answer_dialogs(Some(vec![path.clone()])).unwrap();
    (0..state(window).notices.len()).for_each(|_| ask(window, Command::Dismiss(0)));
    press_without_waiting(window, CTRL, Key::E);
    window.wait("what came of it", |state| !state.notices.is_empty());
    (fs::read_to_string(&path).ok(), state(window).notices.last().unwrap().text.clone())
}

fn press_without_waiting(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.harness.key_press_modifiers(modifiers, key);
    window.harness.run_steps(2);
}

#[test]
fn a_query_is_typed_completed_and_run_by_keyboard_alone() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    type_query(&mut window, "sel");
    assert!(says(&window, "SELECT, word of SQL"));
    press(&mut window, NONE, Key::Tab);
    type_query(&mut window, " count(*) as n from cust");
    // The second of the tables that begin so, by its arrow.
    press(&mut window, NONE, Key::ArrowDown);
    press(&mut window, NONE, Key::Enter);
    assert_eq!(draft(&window), "SELECT count(*) as n from customer_trusted");
    assert!(!says(&window, "customer_trusted, Trusted"));
    // Columns of the table that is named.
    type_query(&mut window, " where ema");
    assert!(says(&window, "email, text of customer_trusted"));
    press(&mut window, NONE, Key::Escape);
    assert!(!says(&window, "email, text of customer_trusted"));
    // Enter is a new line as long as nobody chose anything.
    let before = draft(&window);
    type_query(&mut window, "i");
    assert!(says(&window, "email, text of customer_trusted"));
    press(&mut window, NONE, Key::Enter);
    assert_eq!(draft(&window), format!("{before}i\n"));
    for _ in 0..2 {
        press(&mut window, NONE, Key::Backspace);
    }
    assert_eq!(draft(&window), before);
    press(&mut window, CTRL, Key::Space);
    press(&mut window, NONE, Key::Enter);
    type_query(&mut window, " <> ''");
    press(&mut window, CTRL, Key::Enter);
    let count = state(&window).curation.value().unwrap().rows(Table::CustomerTrusted);
    let look = state(&window).look_in_force().expect("the answer is shown");
    assert_eq!(look.view.cell_of(0, "n"), Cell::Integer(count as i64));
    assert!(says(&window, "1 row"));
}

#[test]
fn a_fault_is_said_with_its_place_and_a_way_to_it() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    type_query(&mut window, "SELECT emial FROM customer_landing");
    press(&mut window, NONE, Key::Escape);
    press(&mut window, CTRL, Key::Enter);
    assert!(says(&window, "There is no column emial here. Is email meant?"));
    window.harness.get_by_label("Go to line 1, letter 8").click();
    window.harness.run_steps(3);
    // The cursor is before the wrong word now.
    window.harness.event(Event::Text("x".to_owned()));
    window.harness.run_steps(2);
    assert_eq!(draft(&window), "SELECT xemial FROM customer_landing");
    assert!(!says(&window, "There is no column emial here"), "another query has not that fault");
}

#[test]
fn files_and_changes_are_refused_in_the_window_as_well() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    for (query, words) in [
        ("SELECT * FROM read_csv('/etc/passwd')", "no file can be read by SQL"),
        ("DROP TABLE customer_landing", "DROP is refused"),
    ] {
        ask(&mut window, Command::Ask(query.to_owned()));
        let (text, fault) = state(&window).sql.fault.clone().unwrap();
        assert!(text == query && fault.message.contains(words), "{fault}");
        assert!(state(&window).answer_in_force().is_none());
        assert!(state(&window).sql.history.is_empty(), "what was refused was not answered");
    }
}

#[test]
fn nothing_personal_is_shown_copied_or_saved_until_it_is_revealed_and_not_after() {
    let home = tempfile::tempdir().unwrap();
    let secrets = Asked::of(&sample_data()).secrets();
    let mut window = open(home.path());
    let query = "SELECT customername AS a, email AS b, UPPER(email) AS c, birthday, phone || '!' AS d, serialnumber, LENGTH(phone) AS e \
                 FROM customer_landing ORDER BY registrationdate, email";
    let holds = |text: &str| secrets.iter().any(|secret| text.contains(secret.as_str()));
    ask(&mut window, Command::Ask(query.to_owned()));
    assert!(state(&window).look_in_force().unwrap().len() > 10 && says(&window, "Personal data are masked"));
    let (text, _) = saved(&mut window);
    for text in [everything(&window), copied(&mut window), text.unwrap()] {
        assert!(!holds(&text) && text.contains("•••"), "{text}");
    }
    ask(&mut window, Command::Reveal(true));
    let (text, said) = saved(&mut window);
    assert!(holds(&text.unwrap()) && said.contains("with personal data as they are"));
    assert!(holds(&everything(&window)) && holds(&copied(&mut window)));
    let letters = state(&window).look_in_force().unwrap().view.cell_of(0, "e");
    assert!(matches!(letters, Cell::Integer(_)), "{letters:?}");
    // The very next frame shows none of it.
    window.harness.state_mut().ask(Command::Reveal(false));
    window.harness.run_steps(2);
    assert!(!holds(&everything(&window)));
    settle(&mut window);
    assert!(!holds(&everything(&window)) && !holds(&copied(&mut window)));
}

#[test]
fn rows_of_the_training_set_are_saved_only_once_somebody_signed() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    let query = "SELECT s.serialnumber, s.distancefromobject, a.x, a.user AS mover FROM step_trainer_trusted AS s \
                 JOIN accelerometer_trusted AS a ON s.sensorreadingtime = a.timestamp";
    ask(&mut window, Command::Ask(query.to_owned()));
    assert!(state(&window).look_in_force().unwrap().len() > 10);
    let (text, said) = saved(&mut window);
    assert!(text.is_none() && said.contains("somebody signed"), "{said}");
    ask(&mut window, Command::Ask("SELECT COUNT(*) AS pairs FROM machine_learning_curated".to_owned()));
    assert!(saved(&mut window).0.is_some(), "a count is free");
    ask(&mut window, Command::SetRecipe(Recipe { join: JoinRule::Owner, ..Recipe::default() }));
    window.wait("the checks", |state| state.review.open() == Some(0));
    ask(&mut window, Command::SignOff { who: "A. Name".to_owned() });
    window.wait("the signature", |state| state.review.signed_off().is_some());
    ask(&mut window, Command::Ask(query.to_owned()));
    let (text, said) = saved(&mut window);
    let text = text.unwrap_or_else(|| panic!("{said}"));
    assert!(text.starts_with("serialnumber,distancefromobject,x\n"), "{}", text.lines().next().unwrap());
    assert!(said.contains("The column mover is for checks only"), "{said}");
}

#[test]
fn an_answer_is_a_table_with_all_that_a_table_can() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    ask(
        &mut window,
        Command::Ask(
            "SELECT serialnumber AS device, COUNT(*) AS n FROM step_trainer_landing GROUP BY serialnumber ORDER BY n"
                .to_owned(),
        ),
    );
    let all = state(&window).look_in_force().unwrap().len();
    window.harness.get_by_label("Sort by n").click();
    settle(&mut window);
    window.harness.get_by_label("Sort by n").click();
    settle(&mut window);
    let look = state(&window).look_in_force().unwrap();
    let Cell::Integer(most) = look.view.cell(look.rows.get(0).unwrap(), 1) else { panic!("n is a whole number") };
    let filter = Filter { column: "n", test: Test::Within(most, most), on: true };
    let query = Query { filters: vec![filter], ..state(&window).choices().query() };
    ask(&mut window, Command::SetQuery(Shown::Sql, query));
    assert!((1..all).contains(&state(&window).look_in_force().unwrap().len()));
    // Another recipe answers it anew, and the filter stays; another query begins without.
    ask(&mut window, Command::SetRecipe(Recipe { join: JoinRule::Owner, ..Recipe::default() }));
    assert!(Arc::ptr_eq(&state(&window).answer_in_force().unwrap().curation, state(&window).curation.value().unwrap()));
    assert!((1..all).contains(&state(&window).look_in_force().unwrap().len()));
    ask(&mut window, Command::Ask("SELECT 1 AS n".to_owned()));
    assert_eq!(state(&window).look_in_force().unwrap().len(), 1);
}

#[test]
fn an_answer_is_whole_while_tables_show_one_device() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    ask(&mut window, Command::Ask("SELECT DISTINCT serialnumber FROM step_trainer_landing".to_owned()));
    let look = state(&window).look_in_force().unwrap().clone();
    let serial = look.view.cell(0, 0).text().unwrap().to_owned();
    assert!(look.len() > 10);
    ask(&mut window, Command::Follow(Some(Follow::Device(serial.clone()))));
    assert_eq!(state(&window).look_in_force().unwrap().len(), look.len());
    assert!(!says(&window, "in all tables"));
    ask(&mut window, Command::Show(Shown::Table(Table::StepTrainerLanding)));
    assert!(state(&window).look_in_force().unwrap().len() < 200 && says(&window, "in all tables"));
}

#[test]
fn esc_stops_a_query_and_the_latest_one_wins() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    ask(&mut window, Command::Ask("SELECT 1 AS n".to_owned()));
    let (go, gate) = channel::<()>();
    let (begun, begins) = channel();
    let act = move || {
        begun.send(()).ok();
        gate.recv().ok();
    };
    window.harness.state_mut().before_answer(act).unwrap();
    window.harness.state_mut().ask(Command::Ask("SELECT 2 AS n".to_owned()));
    window.wait("the work", |state| state.work.is_some_and(|work| work.label == "Answering the query"));
    begins.recv().unwrap();
    window.harness.key_press(Key::Escape);
    window.harness.run_steps(2);
    go.send(()).unwrap();
    settle(&mut window);
    let shown = |window: &Window| state(window).look_in_force().map(|look| look.view.cell_of(0, "n").number());
    assert_eq!(shown(&window), Some(1.0), "what was there before is there again");
    assert_eq!(state(&window).sql.history.len(), 1);
    for number in [3, 4] {
        window.harness.state_mut().ask(Command::Ask(format!("SELECT {number} AS n")));
        window.harness.run_steps(2);
        if number == 3 {
            begins.recv().unwrap();
        }
    }
    drop(go);
    settle(&mut window);
    assert_eq!(shown(&window), Some(4.0));
    assert!(!state(&window).sql.history.iter().any(|text| text.contains('3')));
}

#[test]
fn queries_and_the_draft_are_there_again_for_their_owner_alone_and_can_be_forgotten() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    for query in ["SELECT 1 AS n", "SELECT 'ann@example.com' AS who", "SELECT 1 AS n"] {
        ask(&mut window, Command::Ask(query.to_owned()));
    }
    type_query(&mut window, "SELECT email FROM cust");
    ask(&mut window, Command::SetQuery(Shown::Sql, Query { find: "1".to_owned(), ..Query::default() }));
    drop(window);
    #[cfg(unix)]
    for name in ["session", "session/session.json"] {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(home.path().join(name)).unwrap().permissions().mode() & 0o077, 0, "{name}");
    }
    let mut window = start(home.path());
    assert!(state(&window).notices.is_empty(), "{:?}", state(&window).notices);
    assert_eq!(state(&window).choices().shown, Shown::Sql);
    assert_eq!(draft(&window), "SELECT email FROM cust");
    assert_eq!(state(&window).sql.history, ["SELECT 1 AS n", "SELECT 'ann@example.com' AS who"]);
    assert!(matches!(state(&window).sql.answer, Slot::Empty), "nothing is asked by itself");
    window.harness.get_by_label("Earlier query: SELECT 1 AS n").click();
    settle(&mut window);
    press(&mut window, CTRL, Key::Enter);
    assert_eq!(state(&window).look_in_force().unwrap().len(), 1);
    window.harness.get_by_label("Forget the earlier queries").click();
    settle(&mut window);
    assert!(state(&window).sql.history.is_empty());
    drop(window);
    for entry in fs::read_dir(home.path().join("session")).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with("session.json") {
            assert!(!fs::read_to_string(path).unwrap().contains("ann@example.com"));
        }
    }
}

#[test]
fn names_examples_and_columns_come_from_the_list_beside() {
    let home = tempfile::tempdir().unwrap();
    let mut window = open(home.path());
    window.harness.get_by_label("Example: Readings of each device").click();
    settle(&mut window);
    assert!(draft(&window).starts_with("SELECT serialnumber, COUNT(*) AS readings"));
    window.harness.get_by_label("Run the query").click();
    settle(&mut window);
    assert!(state(&window).look_in_force().unwrap().len() > 3);
    type_query(&mut window, "\n--");
    window.harness.get_all_by_label("customer_curated").last().unwrap().click();
    settle(&mut window);
    window.harness.get_by_label("Insert the column birthday, text, personal").click();
    settle(&mut window);
    assert!(draft(&window).ends_with("-- birthday"), "{}", draft(&window));
    window.harness.get_by_label("Hide tables, examples and earlier queries").click();
    settle(&mut window);
    assert!(window.harness.query_by_label("Example: Readings of each device").is_none());
}
