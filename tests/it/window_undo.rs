//! Undo, redo, the history and recipe files, through the real app by label.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::accesskit::{Role, Toggled};
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use stedi_workbench::domain::Format;
use stedi_workbench::domain::{JoinRule, Progress, Purpose, Recipe, Table};
use stedi_workbench::explore::{Query, Sort};
use stedi_workbench::export::{file_name, write_tables};
use stedi_workbench::state::{Command, Shown, State};

use crate::support::{Window, sample_data, write};
use crate::window::{click, curated_with, rows, shows};

const SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

fn press(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.harness.key_press_modifiers(modifiers, key);
    window.harness.run_steps(2);
}

fn ask(window: &mut Window, command: Command) {
    window.harness.state_mut().ask(command);
    window.harness.run_steps(2);
}

fn has(window: &Window, label: &str) -> bool {
    window.harness.query_by_label(label).is_some()
}

fn says(window: &Window, text: &str) -> bool {
    window.harness.query_by_label_contains(text).is_some()
}

fn state(window: &Window) -> &State {
    window.harness.state().state()
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

fn history(window: &Window) -> Vec<&str> {
    state(window).history.labels().collect()
}

fn dated() -> Recipe {
    Recipe { consent_date: true, ..Recipe::default() }
}

fn dated_by_owner() -> Recipe {
    Recipe { join: JoinRule::Owner, ..dated() }
}

/// The sample with the consent date switched on and then the owner rule.
fn two_steps() -> Window {
    let mut window = Window::open_folder(&sample_data());
    click(&mut window, "Only motions after consent");
    window.wait("the consent date", curated_with(dated()));
    click(&mut window, "time stamp and owner");
    window.wait("the owner rule", curated_with(dated_by_owner()));
    window
}

fn save(window: &mut Window, path: &Path) {
    ask(window, Command::SaveRecipeTo(path.to_owned()));
    window.wait("the file", |state| {
        let choices = state.choices();
        choices.file.as_ref().is_some_and(|file| file.path == path && file.recipe == choices.recipe)
    });
}

#[test]
fn switches_are_undone_and_redone() {
    let window = Window::open_folder(&sample_data());
    assert!(window.harness.get_by_label("Undo: nothing").accesskit_node().is_disabled());
    assert!(window.harness.get_by_label("Redo: nothing").accesskit_node().is_disabled());
    let before = rows(&window, Table::AccelerometerTrusted);
    let mut window = two_steps();
    let after = rows(&window, Table::AccelerometerTrusted);
    assert_ne!(before, after);
    click(&mut window, "Undo: join on time stamp and owner");
    window.wait("the consent date alone", curated_with(dated()));
    click(&mut window, "Undo: only motions after consent: on");
    window.wait("the specification", curated_with(Recipe::default()));
    assert!(shows(&window, Table::AccelerometerTrusted, before));
    assert!(has(&window, "Undo: nothing"));
    click(&mut window, "Redo: only motions after consent: on");
    window.wait("the consent date again", curated_with(dated()));
    assert!(shows(&window, Table::AccelerometerTrusted, after));
    click(&mut window, "public");
    window.wait("the purpose", curated_with(Recipe { purpose: Purpose::Public, ..dated() }));
    assert!(has(&window, "Undo: purpose: public") && has(&window, "Redo: nothing"));
    assert_eq!(history(&window), ["opened sample_data", "only motions after consent: on", "purpose: public"]);
}

#[test]
fn the_keys_undo_and_redo() {
    let mut window = two_steps();
    press(&mut window, Modifiers::COMMAND, Key::Z);
    window.wait("one undone", curated_with(dated()));
    let told = |window: &Window| state(window).told.as_ref().map(|told| told.words.clone());
    assert_eq!(told(&window).as_deref(), Some("Undone: join on time stamp and owner"));
    press(&mut window, Modifiers::COMMAND, Key::Z);
    window.wait("two undone", curated_with(Recipe::default()));
    press(&mut window, Modifiers::COMMAND, Key::Z);
    assert_eq!(state(&window).choices().recipe, Recipe::default());
    press(&mut window, SHIFT, Key::Z);
    window.wait("one redone", curated_with(dated()));
    press(&mut window, Modifiers::COMMAND, Key::Y);
    window.wait("two redone", curated_with(dated_by_owner()));
}

#[test]
fn the_tooltip_names_what_would_be_undone() {
    let mut window = two_steps();
    window.harness.get_by_label("Undo: join on time stamp and owner").hover();
    window.wait("the tooltip", |_| true);
    window.harness.run_steps(60);
    assert!(says(&window, "Undo: join on time stamp and owner (Ctrl+Z)"));
}

#[test]
fn the_history_is_a_list_to_jump_in_and_marks_where_one_is() {
    let mut window = two_steps();
    click(&mut window, "History");
    let is_marked = |window: &Window, label: &str| {
        let entry = window.harness.get_by_role_and_label(Role::Button, label);
        entry.accesskit_node().toggled() == Some(Toggled::True)
    };
    assert!(
        is_marked(&window, "join on time stamp and owner") && !is_marked(&window, "only motions after consent: on")
    );
    click(&mut window, "opened sample_data");
    window.wait("the start", curated_with(Recipe::default()));
    // The list stays open, so that one can go on.
    assert!(is_marked(&window, "opened sample_data") && !is_marked(&window, "join on time stamp and owner"));
    click(&mut window, "join on time stamp and owner");
    window.wait("the end", curated_with(dated_by_owner()));
    assert!(is_marked(&window, "join on time stamp and owner"));
    press(&mut window, Modifiers::NONE, Key::Escape);
    assert!(!has(&window, "opened sample_data"));
}

#[test]
fn the_history_is_reached_by_the_keyboard() {
    let mut window = two_steps();
    window.harness.get_by_label("History").focus();
    window.harness.run_steps(1);
    press(&mut window, Modifiers::NONE, Key::Enter);
    window.harness.get_by_label("opened sample_data").focus();
    window.harness.run_steps(1);
    press(&mut window, Modifiers::NONE, Key::Enter);
    window.wait("the start", curated_with(Recipe::default()));
}

#[test]
fn looking_around_is_no_step_and_a_step_comes_back_where_it_can_be_seen() {
    let mut window = Window::open_folder(&sample_data());
    let show = |window: &mut Window, table: Table| {
        window.harness.get_by_role_and_label(Role::Button, table.name()).click_accesskit();
        window.harness.run_steps(2);
    };
    show(&mut window, Table::CustomerTrusted);
    show(&mut window, Table::AccelerometerTrusted);
    assert_eq!(history(&window), ["opened sample_data"]);
    click(&mut window, "Only motions after consent");
    window.wait("the consent date", curated_with(dated()));
    show(&mut window, Table::MachineLearningCurated);
    press(&mut window, Modifiers::COMMAND, Key::Z);
    window.wait("the specification", curated_with(Recipe::default()));
    // The figures of every table are seen from every page, so that one stays, with the text that one looks for.
    let shown = |window: &Window| state(window).choices().shown;
    assert_eq!(shown(&window), Shown::Table(Table::MachineLearningCurated));
    let find = Query { find: "1".to_owned(), ..Query::default() };
    let table = shown(&window);
    ask(&mut window, Command::SetQuery(table, find.clone()));
    press(&mut window, Modifiers::COMMAND, Key::Y);
    window.wait("the consent date again", curated_with(dated()));
    assert_eq!((shown(&window), state(&window).choices().query()), (Shown::Table(Table::MachineLearningCurated), find));
    // The order of one table's rows is seen there alone.
    let sort = Sort { column: "user", descending: true, nulls_first: false };
    ask(&mut window, Command::SetQuery(table, Query { sorts: vec![sort], ..Query::default() }));
    show(&mut window, Table::CustomerCurated);
    press(&mut window, Modifiers::COMMAND, Key::Z);
    assert_eq!(shown(&window), Shown::Table(Table::MachineLearningCurated));
    assert!(state(&window).choices().query().sorts.is_empty());
}

#[test]
fn the_rows_behind_a_loss_follow_the_recipe() {
    let mut window = Window::open_folder(&sample_data());
    let is_looked_up = |state: &State, recipe: Recipe| {
        let steps = state.curation.value().and_then(|curation| curation.count(Table::CustomerTrusted));
        let rows = steps.map(|count| count.dropped() as usize);
        curated_with(recipe)(state) && state.dropped.value().map(|view| view.rows()) == rows
    };
    ask(&mut window, Command::Show(Shown::Dropped { table: Table::CustomerTrusted, step: 0, stood: None }));
    window.wait("the rows", |state| is_looked_up(state, Recipe::default()));
    click(&mut window, "public");
    let public = Recipe { purpose: Purpose::Public, ..Recipe::default() };
    window.wait("the rows for the public", |state| is_looked_up(state, public.clone()));
    press(&mut window, Modifiers::COMMAND, Key::Z);
    window.wait("the rows as before", |state| is_looked_up(state, Recipe::default()));
}

#[test]
fn a_step_that_is_undone_takes_its_rows_out_of_sight() {
    let mut window = two_steps();
    let count = state(&window).curation.value().unwrap().count(Table::AccelerometerTrusted).unwrap();
    let last = Shown::Dropped { table: Table::AccelerometerTrusted, step: count.steps.len() - 1, stood: None };
    ask(&mut window, Command::Show(last));
    window.wait("the rows", |state| state.dropped.value().is_some() && state.work.is_none());
    click(&mut window, "Only motions after consent");
    window.wait("no consent date", |state| {
        state.work.is_none() && state.choices().shown == Shown::Table(Table::AccelerometerTrusted)
    });
    click(&mut window, "Undo: only motions after consent: off");
    window.wait("the step again", |state| {
        curated_with(dated_by_owner())(state) && state.choices().shown == Shown::Table(Table::AccelerometerTrusted)
    });
    press(&mut window, Modifiers::ALT, Key::ArrowLeft);
    window.wait("the rows again", |state| state.choices().shown == last && state.dropped.value().is_some());
}

#[test]
fn another_source_starts_a_new_history_and_reading_again_does_not() {
    let mut window = two_steps();
    let landing = |state: &State| state.landing.value().map(|loaded| Arc::as_ptr(&loaded.landing));
    let before = landing(state(&window));
    press(&mut window, Modifiers::COMMAND, Key::R);
    window.wait("the tables", |state| landing(state) != before && curated_with(dated_by_owner())(state));
    assert_eq!(history(&window).len(), 3);
    let file = sample_data().join("customer/landing/customer-00001.json");
    window.drop_files(&[file]);
    window.wait("the file", |state| {
        state.work.is_none() && state.landing.value().is_some_and(|loaded| loaded.landing.files.len() == 1)
    });
    assert_eq!(history(&window), ["opened customer-00001.json"]);
    assert_eq!(state(&window).choices().recipe, dated_by_owner());
}

#[test]
fn a_change_that_is_cancelled_is_undone() {
    let mut window = two_steps();
    let recipe = Recipe { purpose: Purpose::Public, ..dated_by_owner() };
    // Both in one frame, so that the tables are hardly ever there before the second. Where they are, it is done again.
    let mut is_stopped = false;
    for _ in 0..20 {
        window.harness.state_mut().ask(Command::SetRecipe(recipe.clone()));
        window.harness.state_mut().ask(Command::Cancel);
        // Frames paint while the checks are computed again; what the tables are does not change any more.
        window.wait("the end of it", |state| state.work.is_none() && !state.curation.is_loading());
        is_stopped = state(&window).curation.value().is_some_and(|curation| curation.recipe != recipe);
        if is_stopped {
            break;
        }
        window.harness.state_mut().ask(Command::Undo);
        window.wait("the tables as they were", curated_with(dated_by_owner()));
    }
    assert!(is_stopped, "it was never stopped in time");
    window.wait("the tables as they were", curated_with(dated_by_owner()));
    click(&mut window, "Redo: purpose: public");
    window.wait("the change after all", curated_with(recipe));
}

#[test]
fn a_recipe_goes_to_a_file_and_the_command_line_makes_the_same_tables() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.json");
    let mut window = two_steps();
    assert!(has(&window, "Recipe: specification, changed"));
    save(&mut window, &file);
    assert!(has(&window, "Recipe: mine.json"));
    assert_eq!(Recipe::from_json(&fs::read_to_string(&file).unwrap()), Ok(dated_by_owner()));
    let (here, there) = (folder.path().join("here"), folder.path().join("there"));
    let curation = Arc::clone(state(&window).curation.value().unwrap());
    write_tables(&curation, &here, Format::Csv, &Progress::default()).unwrap();
    let (sample, file, out) = (sample_data(), text(&file), text(&there));
    crate::cli::json(&["curate", &text(&sample), "--recipe", &file, "--out", &out, "--format", "csv", "--json"]);
    for table in Table::derived() {
        let read = |folder: &Path| fs::read_to_string(folder.join(file_name(table, Format::Csv))).unwrap();
        assert!(read(&here) == read(&there), "{} differs", table.name());
        assert_eq!(read(&here).lines().count() as u64, rows(&window, table) + 1);
    }
    click(&mut window, "Drop duplicates");
    assert!(has(&window, "Recipe: mine.json, changed"));
    click(&mut window, "Undo: duplicates dropped");
    assert!(has(&window, "Recipe: mine.json"));
    // What was there before the file was is now a change of it.
    click(&mut window, "Undo: join on time stamp and owner");
    assert!(has(&window, "Recipe: mine.json, changed"));
}

#[test]
fn a_recipe_with_a_file_is_written_to_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.json");
    let mut window = two_steps();
    save(&mut window, &file);
    click(&mut window, "friends");
    press(&mut window, Modifiers::COMMAND, Key::S);
    let recipe = Recipe { purpose: Purpose::Friends, ..dated_by_owner() };
    window.wait("the file", |state| state.choices().file.as_ref().is_some_and(|file| file.recipe == recipe));
    assert_eq!(Recipe::from_json(&fs::read_to_string(&file).unwrap()), Ok(recipe));
    click(&mut window, "Recipe: mine.json");
    assert!(has(&window, "Open recipe…") && has(&window, "Save recipe as…") && has(&window, "Save to mine.json"));
}

#[test]
fn opening_a_recipe_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), "theirs.json", r#"{"purpose": "public"}"#);
    let mut window = two_steps();
    ask(&mut window, Command::OpenRecipe(file));
    let theirs = Recipe { purpose: Purpose::Public, ..Recipe::default() };
    window.wait("the recipe", curated_with(theirs));
    assert!(has(&window, "Recipe: theirs.json"));
    click(&mut window, "Undo: recipe: theirs.json");
    window.wait("what was not saved", curated_with(dated_by_owner()));
    assert!(has(&window, "Recipe: specification, changed"));
}

#[test]
fn a_recipe_that_is_dropped_is_opened_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), "theirs.JSON", r#"{"join": "owner"}"#);
    let mut window = Window::open_folder(&sample_data());
    window.drop_files(&[file]);
    window.wait("the recipe", curated_with(Recipe { join: JoinRule::Owner, ..Recipe::default() }));
    assert!(has(&window, "Recipe: theirs.JSON"));
    assert!(has(&window, "Landing: sample_data"));
}

#[test]
fn a_wrong_recipe_is_refused_with_its_key_and_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let key = write(folder.path(), "key.json", r#"{"join": "owner", "consent-date": true}"#);
    let value = write(folder.path(), "value.json", r#"{"join": "sometimes"}"#);
    let mut window = two_steps();
    window.drop_files(&[key]);
    window.wait("the notice", |state| state.notices.len() == 1);
    assert!(says(&window, "key.json: the recipe cannot be read: unknown field `consent-date`"));
    ask(&mut window, Command::OpenRecipe(value));
    window.wait("the notice", |state| state.notices.len() == 2);
    assert!(says(&window, "value.json: the recipe cannot be read: unknown variant `sometimes`"));
    ask(&mut window, Command::OpenRecipe(PathBuf::from("/no/such/recipe.json")));
    window.wait("the notice", |state| state.notices.len() == 3);
    assert!(says(&window, "/no/such/recipe.json: the recipe cannot be read: "));
    assert_eq!(
        history(&window),
        ["opened sample_data", "only motions after consent: on", "join on time stamp and owner"]
    );
    assert_eq!(state(&window).choices().recipe, dated_by_owner());
}

#[test]
fn a_recipe_is_not_written_among_the_landing_files() {
    let folder = tempfile::tempdir().unwrap();
    let customer = r#"{"email":"a@example.com","serialNumber":"s","shareWithResearchAsOfDate":1}"#;
    write(folder.path(), "customer/a.json", customer);
    let mut window = Window::open_folder(folder.path());
    let place = folder.path().join("customer/recipe.json");
    ask(&mut window, Command::SaveRecipeTo(place.clone()));
    window.wait("the notice", |state| !state.notices.iter().all(|notice| notice.text.contains("record was found")));
    assert!(says(&window, "The recipe was not saved") && says(&window, "lies among the landing files"));
    assert!(!place.exists());
    assert!(has(&window, "Recipe: specification"));
}
