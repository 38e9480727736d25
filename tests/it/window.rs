//! The real app, driven by label and role as a person with a screen reader would.

use std::path::PathBuf;

use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use stedi_workbench::domain::format::thousands;
use stedi_workbench::domain::{Dataset, JoinRule, Purpose, Recipe, Table};
use stedi_workbench::landing::Source;
use stedi_workbench::state::{Shown, State};

use crate::support::{Window, real_data, sample_data, write};

/// The figure of a table in the flow strip, by its accessible name.
pub fn shows(window: &Window, table: Table, rows: u64) -> bool {
    window.harness.query_by_label(&format!("{}: {} rows", table.name(), thousands(rows))).is_some()
}

pub fn click(window: &mut Window, label: &str) {
    window.harness.get_by_label(label).click();
    window.harness.run_steps(2);
}

pub fn curated_with(recipe: Recipe) -> impl Fn(&State) -> bool {
    move |state| state.work.is_none() && state.curation.value().is_some_and(|curation| curation.recipe == recipe)
}

pub fn rows(window: &Window, table: Table) -> u64 {
    window.harness.state().state().curation.value().unwrap().rows(table)
}

#[test]
fn the_first_start_opens_the_sample_and_a_switch_moves_the_figures() {
    let mut window = Window::open(None);
    window.wait("the sample", curated_with(Recipe::default()));
    let before = rows(&window, Table::AccelerometerTrusted);
    assert!(before > 0);
    for table in Table::ALL {
        assert!(shows(&window, table, rows(&window, table)), "{}", table.name());
    }
    click(&mut window, "Only motions after consent");
    window.wait("the consent date", curated_with(Recipe { consent_date: true, ..Recipe::default() }));
    let after = rows(&window, Table::AccelerometerTrusted);
    assert!(after < before && after > 0, "{after} of {before}");
    assert!(shows(&window, Table::AccelerometerTrusted, after));
    assert!(!shows(&window, Table::AccelerometerTrusted, before));
}

#[test]
fn the_real_data_show_the_right_counts_under_every_switch() {
    let Some(folder) = real_data() else { return };
    let mut window = Window::open_folder(&folder);
    let expect = |window: &Window, rows: [u64; 8]| {
        for (table, rows) in Table::ALL.into_iter().zip(rows) {
            assert!(shows(window, table, rows), "{} {rows}", table.name());
        }
    };
    expect(&window, [956, 81_273, 28_680, 482, 40_981, 14_460, 482, 43_681]);
    click(&mut window, "Only motions after consent");
    let mut recipe = Recipe { consent_date: true, ..Recipe::default() };
    window.wait("the consent date", curated_with(recipe.clone()));
    expect(&window, [956, 81_273, 28_680, 482, 32_025, 13_920, 464, 34_437]);
    click(&mut window, "time stamp and owner");
    recipe.join = JoinRule::Owner;
    window.wait("the owner rule", curated_with(recipe.clone()));
    expect(&window, [956, 81_273, 28_680, 482, 32_025, 13_920, 464, 32_025]);
    click(&mut window, "Only motions after consent");
    recipe.consent_date = false;
    window.wait("no consent date", curated_with(recipe));
    expect(&window, [956, 81_273, 28_680, 482, 40_981, 14_460, 482, 40_981]);
    click(&mut window, "Back to the specification");
    window.wait("the specification", curated_with(Recipe::default()));
    expect(&window, [956, 81_273, 28_680, 482, 40_981, 14_460, 482, 43_681]);
}

#[test]
fn every_table_opens_with_all_its_rows() {
    let mut window = Window::open_folder(&sample_data());
    for table in Table::ALL {
        window.harness.get_by_role_and_label(Role::Button, table.name()).click_accesskit();
        window.harness.run_steps(2);
        assert_eq!(window.harness.state().state().choices().shown, Shown::Table(table));
        let grid = format!("{}, {} rows", table.name(), thousands(rows(&window, table)));
        assert!(window.harness.query_by_label(&grid).is_some(), "{grid}");
    }
}

#[test]
fn a_loss_opens_the_rows_behind_it() {
    let mut window = Window::open_folder(&sample_data());
    let count = window.harness.state().state().curation.value().unwrap().count(Table::CustomerTrusted).unwrap().clone();
    let dropped = count.dropped();
    assert!(dropped > 0);
    window.harness.get_by_role_and_label(Role::Button, Table::CustomerTrusted.name()).click();
    window.harness.run_steps(2);
    click(&mut window, &format!("−{} no consent", thousands(dropped)));
    window.wait("the dropped rows", |state| state.dropped.value().is_some() && state.work.is_none());
    let grid = format!("dropped rows, {} rows", thousands(dropped));
    assert!(window.harness.query_by_label(&grid).is_some(), "{grid}");
    click(&mut window, "Back to customer_trusted");
    assert_eq!(window.harness.state().state().choices().shown, Shown::Table(Table::CustomerTrusted));
    // Who looks at what landed finds there as well who was dropped.
    window.harness.get_by_role_and_label(Role::Button, Table::CustomerLanding.name()).click();
    window.harness.run_steps(2);
    click(&mut window, &format!("−{} no consent, not in customer_trusted", thousands(dropped)));
    let shown = Shown::Dropped { table: Table::CustomerTrusted, step: 0, stood: None };
    assert_eq!(window.harness.state().state().choices().shown, shown);
}

#[test]
fn refused_records_are_listed_with_place_and_reason() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "customer/landing/a.json", "{\"email\":\"one@example.com\"}\n{\"email\":\"two@exam");
    write(
        folder.path(),
        "accelerometer/landing/a.json",
        r#"{"user":"one@example.com","timestamp":"soon","x":0,"y":0,"z":0}"#,
    );
    let mut window = Window::open_folder(folder.path());
    click(&mut window, "Files and refused records");
    assert!(window.harness.query_by_label("refused records, 2 rows").is_some());
    assert!(window.harness.query_by_label_contains("cut off").is_some());
    assert!(window.harness.query_by_label_contains("timestamp has a value of the wrong type").is_some());
    assert!(window.harness.query_by_label_contains("No step trainer record was found").is_some());
    assert!(window.harness.query_by_label_contains("soon").is_none());
}

#[test]
fn a_bad_folder_says_what_is_wrong_and_the_way_on() {
    let mut window = Window::open(Some(Source::Folder(PathBuf::from("/no/such/folder"))));
    window.wait("the error", |state| state.landing.error().is_some());
    assert!(window.harness.query_by_label_contains("/no/such/folder").is_some());
    click(&mut window, "Open the sample data");
    window.wait("the sample", curated_with(Recipe::default()));
    assert!(window.harness.state().state().landing.error().is_none());
}

#[test]
fn nothing_personal_is_painted_until_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let customer = r#"{"customerName":"Ada Byron","email":"ada@example.com","phone":"5550100","birthDay":"1815-12-10",
        "serialNumber":"serial-1","shareWithResearchAsOfDate":1655564376361}"#;
    write(folder.path(), "customer/a.json", customer.replace('\n', ""));
    let mut window = Window::open_folder(folder.path());
    let personal = ["Ada Byron", "ada@example.com", "5550100", "1815-12-10", "serial-1"];
    for text in personal {
        assert!(window.harness.query_by_label_contains(text).is_none(), "{text}");
    }
    click(&mut window, "Personal data are masked");
    click(&mut window, "Show personal data");
    for text in personal {
        assert!(window.harness.query_by_label_contains(text).is_some(), "{text}");
    }
    click(&mut window, "Mask personal data");
    assert!(window.harness.query_by_label_contains("ada@example.com").is_none());
}

#[test]
fn the_purpose_is_warned_about_when_it_is_not_research() {
    let mut window = Window::open_folder(&sample_data());
    click(&mut window, "public");
    window.wait("the purpose", curated_with(Recipe { purpose: Purpose::Public, ..Recipe::default() }));
    assert!(window.harness.query_by_label_contains("did not all agree to research").is_some());
}

#[test]
fn theme_and_recent_folders_are_remembered() {
    let home = tempfile::tempdir().unwrap();
    let settings = || stedi_workbench::app::Settings::at(home.path().join("deep/settings.json"));
    let mut window = Window::open_with(settings(), Some(Source::Folder(sample_data())));
    window.wait("the tables", curated_with(Recipe::default()));
    click(&mut window, "Dark theme");
    let file = home.path().join("deep/settings.json");
    window.wait("the settings on the disk", |state| {
        state.theme == stedi_workbench::state::Theme::Dark
            && std::fs::read_to_string(&file).is_ok_and(|text| text.contains("\"dark\""))
    });
    drop(window);
    let mut window = Window::open_with(settings(), None);
    window.wait("the folder of last time", curated_with(Recipe::default()));
    let state = window.harness.state().state();
    assert_eq!(state.theme, stedi_workbench::state::Theme::Dark);
    assert_eq!(state.recent, [std::path::absolute(sample_data()).unwrap()]);
    assert_eq!(state.landing.value().unwrap().landing.rows(Dataset::Customer), rows(&window, Table::CustomerLanding));
}

#[test]
fn damaged_settings_are_said_and_do_not_stop_the_start() {
    let home = tempfile::tempdir().unwrap();
    let file = write(home.path(), "settings.json", "{\"theme\": 7");
    let mut window = Window::open_with(stedi_workbench::app::Settings::at(file), Some(Source::Folder(sample_data())));
    window.wait("the tables", curated_with(Recipe::default()));
    assert!(window.harness.query_by_label_contains("The settings could not be read").is_some());
    click(&mut window, "Dismiss");
    assert!(window.harness.query_by_label_contains("The settings could not be read").is_none());
}

#[test]
fn a_bad_folder_leaves_what_is_open_and_says_so() {
    let mut window = Window::open_folder(&sample_data());
    window.drop_files(&[PathBuf::from("/no/such/folder")]);
    window.wait("the notice", |state| state.work.is_none() && !state.notices.is_empty());
    assert!(window.harness.query_by_label_contains("/no/such/folder").is_some());
    assert!(shows(&window, Table::CustomerLanding, rows(&window, Table::CustomerLanding)));
    assert_eq!(window.harness.state().state().source, Some(Source::Folder(sample_data())));
}

#[test]
fn files_that_are_dropped_are_opened() {
    let mut window = Window::open_folder(&sample_data());
    let file = sample_data().join("customer/landing/customer-00001.json");
    window.drop_files(std::slice::from_ref(&file));
    window.wait("the file", |state| {
        state.work.is_none() && state.landing.value().is_some_and(|loaded| loaded.landing.files.len() == 1)
    });
    assert_eq!(window.harness.state().state().source, Some(Source::Files(vec![file])));
    assert!(rows(&window, Table::CustomerTrusted) > 0);
    assert_eq!(rows(&window, Table::MachineLearningCurated), 0);
}

#[test]
fn everything_that_can_be_focused_has_a_name() {
    let mut window = Window::open_folder(&sample_data());
    for page in ["customer_landing", "Files and refused records"] {
        window.harness.get_by_role_and_label(Role::Button, page).click();
        window.harness.run_steps(2);
        for role in [Role::Button, Role::CheckBox, Role::Table] {
            for node in window.harness.query_all_by_role(role) {
                let name = NodeT::accesskit_node(&node).label().unwrap_or_default();
                assert!(name.chars().any(char::is_alphanumeric), "{role:?} without a name on {page}: {name:?}");
            }
        }
    }
}

#[test]
fn tables_are_scrolled_by_the_keyboard_to_the_last_row() {
    let mut window = Window::open_folder(&sample_data());
    window.harness.get_by_role_and_label(Role::Button, "accelerometer_landing").click();
    window.harness.run_steps(2);
    let count = rows(&window, Table::AccelerometerLanding);
    let last = thousands(count);
    let grid = format!("accelerometer_landing, {last} rows");
    window.harness.get_by_role_and_label(Role::Table, &grid).focus();
    window.harness.run_steps(2);
    window.harness.key_press(egui::Key::End);
    window.harness.run_steps(3);
    let shown: Vec<String> =
        window.harness.query_all_by_role(Role::Label).filter_map(|node| NodeT::accesskit_node(&node).value()).collect();
    assert!(shown.contains(&last), "row {last} is not in sight");
    window.harness.key_press(egui::Key::Home);
    window.harness.run_steps(3);
    let shown: Vec<String> =
        window.harness.query_all_by_role(Role::Label).filter_map(|node| NodeT::accesskit_node(&node).value()).collect();
    assert!(!shown.contains(&last));
}
