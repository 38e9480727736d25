//! "Save this view…" through the real app: what is in sight comes to stand in a file, and nothing else.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use polars::prelude::{ParquetReader, SerReader};
use stedi_workbench::curation::Cell;
use stedi_workbench::domain::format::{self, thousands};
use stedi_workbench::domain::{JoinRule, Recipe, Table};
use stedi_workbench::state::{Command, Shown, State};

use crate::support::{Window, sample_data, write};
use crate::window_tables::{click, look, open, settle};

fn state(window: &Window) -> &State {
    window.harness.state().state()
}

/// Waits for a notice with this in it, and gives the whole of it.
fn notice(window: &mut Window, part: &str) -> String {
    let find = |state: &State| {
        let mut texts = state.notices.iter().map(|notice| &notice.text);
        texts.rfind(|text| text.contains(part)).cloned()
    };
    window.wait(part, |state| find(state).is_some());
    find(state(window)).unwrap()
}

/// The dialog of the system answers with this path from now on.
fn answer(window: &mut Window, path: &Path) {
    window.harness.state_mut().answer_dialogs(Some(vec![path.to_owned()])).unwrap();
}

/// Has the view saved, as if the dialog had been answered.
fn save_to(window: &mut Window, path: &Path) {
    let sight = Arc::new(state(window).sight().unwrap());
    window.harness.state_mut().ask(Command::SaveViewTo(path.to_owned(), sight));
    window.harness.run_steps(2);
}

fn texts(window: &Window, name: &str) -> Vec<String> {
    let look = look(window);
    let position = look.view.position(name).unwrap();
    let cells = look.rows.iter(look.view.rows()).map(|row| look.view.cell(row, position));
    cells.map(|cell| if let Cell::Text(text) = cell { text.to_owned() } else { String::new() }).collect()
}

fn lines(path: &Path) -> Vec<String> {
    fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect()
}

fn names(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn the_button_saves_what_is_in_sight_as_it_stands_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("view.csv");
    let mut window = open(Table::AccelerometerTrusted);
    click(&mut window, "Sort by x");
    click(&mut window, "Column y");
    click(&mut window, "Hide");
    window.harness.key_press(Key::Escape);
    settle(&mut window);
    click(&mut window, "Column z");
    click(&mut window, "Pin");
    window.harness.key_press(Key::Escape);
    settle(&mut window);
    answer(&mut window, &path);
    window.harness.get_by_label("Save this view… (Ctrl+E)").click();
    let said = notice(&mut window, "Saved");
    let rows = look(&window).len();
    let count = thousands(rows as u64);
    assert!(said.starts_with(&format!("Saved {count} rows and 4 columns of accelerometer_trusted to ")), "{said}");
    assert!(said.ends_with("view.csv, masked as on the screen."), "{said}");
    let lines = lines(&path);
    assert_eq!((lines[0].as_str(), lines.len()), ("z,user,timestamp,x", rows + 1));
    let codes = &state(&window).landing.value().unwrap().codes;
    let people = texts(&window, "user");
    for (line, person) in lines[1..].iter().zip(&people) {
        assert_eq!(line.split(',').nth(1), Some(codes.person(person).unwrap().to_string().as_str()));
    }
    let x: Vec<f64> = lines[1..].iter().map(|line| line.split(',').nth(3).unwrap().parse().unwrap()).collect();
    assert!(x.is_sorted());
    let view = &look(&window).view;
    let column = view.columns().position(|column| column.name == "timestamp").unwrap();
    let row = look(&window).rows.get(0).unwrap();
    let Cell::Time(first) = view.cell(row, column) else { panic!("an instant") };
    let instants: Vec<&str> = lines[1..].iter().map(|line| line.split(',').nth(2).unwrap()).collect();
    assert_eq!(format::instant(instants[0]), Some(first), "the one that is seen");
    assert!(instants.iter().all(|at| at.len() == 24 && at.contains('T') && at.ends_with('Z')), "ISO 8601");
    assert_eq!(names(folder.path()), [path]);
}

#[test]
fn the_keys_save_what_is_revealed_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("view.parquet");
    let mut window = open(Table::CustomerTrusted);
    click(&mut window, "Column sharewithpublicasofdate");
    click(&mut window, "Only null");
    window.harness.key_press(Key::Escape);
    settle(&mut window);
    click(&mut window, "Personal data are masked");
    click(&mut window, "Show personal data");
    answer(&mut window, &path);
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::E);
    let said = notice(&mut window, "Saved");
    assert!(said.ends_with("with personal data as they are."), "{said}");
    let read = ParquetReader::new(fs::File::open(&path).unwrap()).finish().unwrap();
    assert_eq!((read.height(), read.width()), (look(&window).len(), 10));
    let emails = read.column("email").unwrap().str().unwrap().iter().flatten().collect::<Vec<_>>();
    assert_eq!(emails, texts(&window, "email"));
    let consents = read.column("sharewithpublicasofdate").unwrap();
    assert_eq!(consents.null_count(), read.height(), "null stays null");
}

#[test]
fn the_rows_behind_a_loss_are_saved_and_hidden_texts_are_dots() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lost.csv");
    let mut window = Window::open_folder(&sample_data());
    let lost = Shown::Dropped { table: Table::CustomerTrusted, step: 0, stood: None };
    window.harness.state_mut().ask(Command::Show(lost));
    settle(&mut window);
    save_to(&mut window, &path);
    let said = notice(&mut window, "Saved");
    assert!(said.contains("of customer_trusted_dropped to "), "{said}");
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), look(&window).len() + 1);
    for name in ["customername", "email", "phone", "birthday", "serialnumber"] {
        let known: Vec<String> = texts(&window, name).into_iter().filter(|text| !text.is_empty()).collect();
        assert!(!known.is_empty() && known.iter().all(|known| !text.contains(known.as_str())), "{name} is in the file");
    }
    assert!(text.contains("•••") && text.contains("C·"));
}

#[test]
fn the_column_that_is_for_checks_only_is_in_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("view.csv");
    let mut window = open(Table::MachineLearningCurated);
    assert!(window.harness.query_by_label("Sort by user").is_some());
    // It leaves only when it was signed off.
    let owner = Recipe { join: JoinRule::Owner, ..Recipe::default() };
    window.harness.state_mut().ask(Command::SetRecipe(owner));
    window.wait("the checks", |state| state.choices().recipe.join == JoinRule::Owner && state.review.open() == Some(0));
    window.harness.state_mut().ask(Command::SignOff { who: "A. Name".to_owned() });
    window.wait("the signature", |state| state.review.signed_off().is_some());
    settle(&mut window);
    save_to(&mut window, &path);
    let said = notice(&mut window, "Saved");
    assert!(said.ends_with("The column user is for checks only and in no file."), "{said}");
    assert_eq!(lines(&path)[0], "serialnumber,sensorreadingtime,distancefromobject,x,y,z");
}

#[test]
fn nothing_is_written_among_the_landing_files() {
    let folder = tempfile::tempdir().unwrap();
    let customer = r#"{"email":"a@example.com","serialNumber":"s","shareWithResearchAsOfDate":1}"#;
    let landed = write(folder.path(), "customer/a.csv", "email,serialnumber\na@example.com,s\n");
    write(folder.path(), "customer/b.json", customer);
    let mut window = Window::open_folder(folder.path());
    for path in [landed.clone(), folder.path().join("customer/new.csv")] {
        save_to(&mut window, &path);
        let name = path.file_name().unwrap().to_str().unwrap();
        let said = notice(&mut window, &format!("{name} lies among the landing files"));
        assert!(said.starts_with("The view was not saved: "), "{said}");
    }
    assert!(fs::read_to_string(landed).unwrap().starts_with("email,serialnumber"));
    assert!(!folder.path().join("customer/new.csv").exists());
}

#[test]
fn the_name_says_the_format() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open(Table::StepTrainerTrusted);
    save_to(&mut window, &folder.path().join("view.xlsx"));
    assert!(notice(&mut window, "view.xlsx").contains("it must be .csv or .parquet"));
    save_to(&mut window, &folder.path().join("view"));
    notice(&mut window, "view.csv, masked");
    save_to(&mut window, &folder.path().join("view"));
    assert!(notice(&mut window, "is there already").contains("Choose it by its whole name"));
    assert_eq!(names(folder.path()), [folder.path().join("view.csv")]);
}

#[test]
fn a_view_that_is_stopped_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("view.csv");
    let mut window = open(Table::StepTrainerTrusted);
    let sight = Arc::new(state(&window).sight().unwrap());
    window.harness.state_mut().ask(Command::SaveViewTo(path.clone(), sight));
    window.harness.state_mut().ask(Command::Cancel);
    let said = notice(&mut window, "view.csv");
    // It was stopped, or done before it noticed, and says which.
    assert_eq!(said.contains("was stopped"), !path.exists(), "{said}");
}

#[test]
fn what_is_saved_is_what_was_in_sight_when_it_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("view.csv");
    let mut window = open(Table::StepTrainerTrusted);
    let rows = look(&window).len();
    let sight = Arc::new(state(&window).sight().unwrap());
    click(&mut window, "Personal data are masked");
    click(&mut window, "Show personal data");
    click(&mut window, "Column serialnumber");
    click(&mut window, "Only null");
    assert_eq!(look(&window).len(), 0);
    window.harness.state_mut().ask(Command::SaveViewTo(path.clone(), sight));
    notice(&mut window, "masked as on the screen");
    let lines = lines(&path);
    assert_eq!(lines.len(), rows + 1);
    assert!(lines[1].contains("D·"));
}
