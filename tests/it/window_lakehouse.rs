//! The recipe on other engines, in the window: the kit, what engines do otherwise, and the SQL of each table.

use egui_kittest::kittest::Queryable as _;
use stedi_workbench::domain::{JoinRule, Recipe, Table};
use stedi_workbench::state::{Command, Shown};

use crate::support::{Window, sample_data};

#[test]
fn a_kit_is_written_with_the_counts_on_the_screen_and_never_over_something() {
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join("kit");
    let mut window = Window::open_folder(&sample_data());
    window.harness.state_mut().answer_dialogs(Some(vec![place.clone()])).unwrap();
    window.harness.state_mut().ask(Command::SetRecipe(Recipe { join: JoinRule::Owner, ..Recipe::default() }));
    window.wait("the owner rule", |state| {
        state.curation.value().is_some_and(|curation| curation.recipe.join == JoinRule::Owner)
    });
    window.harness.get_by_label("Recipe: specification, changed").click();
    window.harness.run_steps(3);
    window.harness.get_by_label("On Spark and Athena").click();
    window.harness.run_steps(3);
    assert!(window.harness.query_by_label_contains("Athena refuses nothing").is_some(), "what engines do otherwise");
    window.harness.get_by_label("Write the kit…").click();
    window.wait("the kit", |state| state.notices.iter().any(|notice| notice.text.starts_with("Wrote")));
    let expected: serde_json::Value =
        serde_json::from_slice(&std::fs::read(place.join("expected.json")).unwrap()).unwrap();
    let rows = window.harness.state().state().curation.value().unwrap().rows(Table::MachineLearningCurated);
    assert_eq!(expected["machine_learning_curated"], rows);
    let recipe = std::fs::read_to_string(place.join("recipe.json")).unwrap();
    assert_eq!(Recipe::from_json(&recipe).unwrap().join, JoinRule::Owner);
    window.harness.state_mut().ask(Command::WriteKitTo(place.clone()));
    window.wait("a refusal", |state| {
        state.notices.iter().any(|notice| notice.text.starts_with("The kit was not written"))
    });
    window.harness.state_mut().ask(Command::WriteKitTo(sample_data().join("customer/kit")));
    window.wait("another refusal", |state| {
        state.notices.iter().any(|notice| notice.text.contains("lies among the landing files"))
    });
    assert!(!sample_data().join("customer/kit").exists());
}

#[test]
fn each_derived_table_has_its_sql_with_the_count_that_it_should_give() {
    let mut window = Window::open_folder(&sample_data());
    for table in [Table::CustomerLanding, Table::StepTrainerTrusted, Table::MachineLearningCurated] {
        let shown = Shown::Table(table);
        window.harness.state_mut().ask(Command::Show(shown));
        window.wait("the table", |state| state.look.value().is_some_and(|look| look.shown == shown));
        let Some(button) = window.harness.query_by_label("SQL for this table") else {
            assert_eq!(table, Table::CustomerLanding, "landing tables are read, not made");
            continue;
        };
        button.click();
        window.harness.run_steps(3);
        let rows = window.harness.state().state().curation.value().unwrap().rows(table);
        let words = format!("Athena: {} rows", stedi_workbench::domain::format::thousands(rows));
        assert!(window.harness.query_by_label(&words).is_some(), "{words}");
        assert!(window.harness.query_by_label("Copy the SQL for Spark").is_some());
        window.harness.get_by_label("SQL for this table").click();
        window.harness.run_steps(3);
    }
}
