//! The page of the join review, driven by label: from the warning in the strip to a signed training set, and every way
//! around it closed.

use std::fs;

use egui::vec2;
use egui_kittest::kittest::{NodeT, Queryable};
use stedi_workbench::app::Settings;
use stedi_workbench::domain::{CheckId, Dataset, JoinRule, Recipe, Table};
use stedi_workbench::explore::Follow;
use stedi_workbench::landing::Source;
use stedi_workbench::review::{FigureId, Kind};
use stedi_workbench::state::{Command, Shown, State};

use crate::support::{Window, real_data, sample_data};

fn state(window: &Window) -> &State {
    window.harness.state().state()
}

pub fn settle(window: &mut Window) {
    window.harness.run_steps(3);
    window.wait("the review", |state| {
        let review = &state.review;
        state.work.is_none()
            && state.curation.value().is_some()
            && !state.curation.is_loading()
            && !review.checks.is_loading()
            && !review.trail.is_loading()
            && !review.joins.is_loading()
            && !review.rules.is_loading()
            && !review.owners.is_loading()
            && !review.example.is_loading()
            && !review.trail_is_busy
            && !state.behind.is_loading()
            && !state.look.is_loading()
            && !state.signals.recording.is_loading()
            && !state.signals.other_track.is_loading()
    });
    window.harness.run_steps(3);
}

fn open(folder: &std::path::Path) -> Window {
    let mut window = Window::open_folder(folder);
    window.harness.set_size(vec2(1280.0, 1200.0));
    settle(&mut window);
    window
}

pub fn click(window: &mut Window, label: &str) {
    window.harness.get_by_label(label).click();
    settle(window);
}

pub fn ask(window: &mut Window, command: Command) {
    window.harness.state_mut().ask(command);
    settle(window);
}

fn has(window: &Window, part: &str) -> bool {
    window.harness.query_all_by_label_contains(part).next().is_some()
}

pub fn type_into(window: &mut Window, label: &str, text: &str) {
    window.harness.get_all_by_label(label).next().unwrap().focus();
    window.harness.run_steps(1);
    window.harness.get_all_by_label(label).next().unwrap().type_text(text);
    settle(window);
}

/// Has the machine-learning table saved; true if a file came of it.
fn saves(window: &mut Window) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("training.csv");
    window.harness.state_mut().answer_dialogs(Some(vec![path.clone()])).unwrap();
    ask(window, Command::Show(Shown::Table(Table::MachineLearningCurated)));
    let before = state(window).notices.clone();
    (0..before.len()).for_each(|_| ask(window, Command::Dismiss(0)));
    window.harness.state_mut().ask(Command::SaveView);
    // The dialog is answered by another thread: the word of what came of it is the end.
    window.wait("what came of it", |state| !state.notices.is_empty());
    path.exists()
}

#[test]
fn from_the_red_check_to_a_signed_training_set() {
    let mut window = open(&sample_data());
    assert!(!saves(&mut window));
    assert!(state(&window).notices.iter().any(|notice| notice.text.contains("Join review")));
    click(&mut window, "State of the join review");
    assert_eq!(state(&window).choices().shown, Shown::Review);
    assert!(has(&window, "Export is closed: 2 checks fail."));
    assert!(has(&window, "205 of 5,876 rows"));
    assert!(has(
        &window,
        "A step detector that learns from them takes one person's distance for another person's motion, only because both moved at the same instant."
    ));
    // One click repairs it.
    click(&mut window, "Join on time stamp and owner");
    assert_eq!(state(&window).choices().recipe.join, JoinRule::Owner);
    assert!(has(&window, "No check fails."));
    assert!(!saves(&mut window), "nobody signed yet");
    click(&mut window, "State of the join review");
    window.harness.get_by_label("Sign off").click();
    settle(&mut window);
    assert!(state(&window).review.signed_off().is_none(), "nobody is named");
    type_into(&mut window, "Your name", "A. Name");
    click(&mut window, "Sign off");
    assert!(has(&window, "Signed off by A. Name"));
    click(&mut window, "To the export");
    assert_eq!(state(&window).choices().shown, Shown::Export);
    assert!(saves(&mut window));
    // Another recipe lapses it; the same one again does not need another signature.
    let recipe = state(&window).choices().recipe.clone();
    ask(&mut window, Command::SetRecipe(Recipe { consent_date: true, ..recipe.clone() }));
    assert!(!saves(&mut window));
    ask(&mut window, Command::SetRecipe(recipe));
    assert!(saves(&mut window));
}

#[test]
fn a_failing_check_is_accepted_with_a_reason_and_taken_back() {
    let mut window = open(&sample_data());
    click(&mut window, "State of the join review");
    for _ in 0..2 {
        type_into(&mut window, "Why it is acceptable", "only to show it");
        if state(&window).review.open() == Some(2) {
            type_into(&mut window, "Your name", "A. Name");
        }
        click(&mut window, "Accept");
        let review = &state(&window).review;
        if review.open() == Some(1) {
            let label = {
                let nodes = window.harness.get_all_by_label_contains(": fail, ");
                let labels = nodes.map(|node| node.accesskit_node().label().unwrap());
                labels.into_iter().find(|label| label.contains("12 of 5,876 rows")).unwrap()
            };
            click(&mut window, &label);
        }
    }
    assert_eq!(state(&window).review.open(), Some(0));
    assert!(!saves(&mut window), "accepted, not signed");
    click(&mut window, "State of the join review");
    click(&mut window, "Sign off");
    assert!(saves(&mut window));
    click(&mut window, "State of the join review");
    click(&mut window, "Trail");
    assert!(has(&window, "A. Name accepted foreign-pairs") && has(&window, "A. Name signed off all figures"));
    click(&mut window, "Checks");
    click(&mut window, "Take the sign-off back");
    click(&mut window, "Take it back");
    assert!(state(&window).review.signed_off().is_none() && state(&window).review.open() == Some(0));
    assert!(!saves(&mut window));
    ask(&mut window, Command::Show(Shown::Review));
    ask(&mut window, Command::SignOff { who: "A. Name".to_owned() });
    assert!(state(&window).review.signed_off().is_some());
    // Another recipe is not signed, and that is said at once.
    ask(&mut window, Command::SetRecipe(Recipe { consent_date: true, ..Recipe::default() }));
    assert!(state(&window).notices.iter().any(|notice| notice.text.contains("the sign-off was for the recipe before")));
    ask(&mut window, Command::Undo);
    assert!(state(&window).review.signed_off().is_some());
    click(&mut window, "Take the acceptance back");
    assert_eq!(state(&window).review.open(), Some(1));
    assert!(!saves(&mut window));
}

#[test]
fn nothing_is_written_that_says_who_a_customer_is() {
    let mut window = open(&sample_data());
    let email =
        state(&window).landing.value().unwrap().landing.frame(Dataset::Customer).column("email").unwrap().clone();
    let email = email.str().unwrap().get(7).unwrap().to_owned();
    let check = CheckId::ForeignPairs;
    let (who, why) = ("A. Name".to_owned(), format!("she asked for it: {}", email.to_uppercase()));
    ask(&mut window, Command::Accept { check, who, why });
    ask(&mut window, Command::Accept { check, who: email.clone(), why: "only to show it".to_owned() });
    ask(&mut window, Command::SetRecipe(Recipe { join: JoinRule::Owner, ..Recipe::default() }));
    ask(&mut window, Command::SignOff { who: email.clone() });
    assert!(state(&window).review.trail.value().unwrap().entries().is_empty());
    let notices: Vec<&String> = state(&window).notices.iter().map(|notice| &notice.text).collect();
    assert!(notices.len() >= 2 && notices.iter().all(|text| text.contains("says who a customer is")), "{notices:?}");
    assert!(!notices.iter().any(|text| text.contains(&email)));
}

#[test]
fn a_dialog_that_was_opened_before_does_not_get_past_the_gate() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("training.csv");
    let mut window = open(&sample_data());
    let owner = Recipe { join: JoinRule::Owner, ..Recipe::default() };
    ask(&mut window, Command::SetRecipe(owner));
    ask(&mut window, Command::SignOff { who: "A. Name".to_owned() });
    ask(&mut window, Command::Show(Shown::Table(Table::MachineLearningCurated)));
    let signed = std::sync::Arc::new(state(&window).sight().unwrap());
    assert!(signed.signed.is_some());
    // Another recipe comes in between: what was signed is not what is in force.
    ask(&mut window, Command::SetRecipe(Recipe::default()));
    ask(&mut window, Command::SaveViewTo(path.clone(), std::sync::Arc::clone(&signed)));
    assert!(!path.exists());
    let closed = std::sync::Arc::new(state(&window).sight().unwrap());
    ask(&mut window, Command::SaveViewTo(path.clone(), closed));
    assert!(!path.exists());
    // Rows behind a figure are rows of the training set as well.
    let figure = FigureId::Check { id: CheckId::ForeignPairs, place: 0 };
    ask(&mut window, Command::Show(Shown::Behind(figure)));
    let rows = std::sync::Arc::new(state(&window).sight().unwrap());
    ask(&mut window, Command::SaveViewTo(path.clone(), rows));
    assert!(!path.exists());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// The trail is looked at again when the file is written: neither an edit nor what another window took back is missed.
#[test]
fn what_became_of_the_trail_meanwhile_counts() {
    for spoil in [
        (|path| fs::write(path, fs::read_to_string(path).unwrap().replace("A. Name", "B. Name")).unwrap())
            as fn(&std::path::Path),
        |path| fs::remove_file(path).unwrap(),
    ] {
        let home = tempfile::tempdir().unwrap();
        let settings = Settings::at(home.path().join("settings.json"));
        let mut window = Window::open_with(settings, Some(Source::Folder(sample_data())));
        settle(&mut window);
        ask(&mut window, Command::SetRecipe(Recipe { join: JoinRule::Owner, ..Recipe::default() }));
        ask(&mut window, Command::SignOff { who: "A. Name".to_owned() });
        assert!(saves(&mut window));
        spoil(&home.path().join("reviews/trail.jsonl"));
        assert!(state(&window).review.signed_off().is_some(), "the window does not know yet");
        assert!(!saves(&mut window));
    }
}

#[test]
fn each_figure_opens_its_rows() {
    let mut window = open(&sample_data());
    click(&mut window, "State of the join review");
    window.harness.get_all_by_label_contains("Show 205 rows of machine_learning_curated").next().unwrap().click();
    settle(&mut window);
    assert_eq!(state(&window).look.value().unwrap().len(), 205);
    click(&mut window, "Back to the join review");
    click(&mut window, "Joins");
    click(&mut window, "205 foreign rows");
    assert_eq!(state(&window).look.value().unwrap().len(), 205);
    click(&mut window, "Back to the join review");
    click(&mut window, "Join rules");
    window.harness.get_all_by_label_contains("rows, only under the rule in force, owner").next().unwrap().click();
    settle(&mut window);
    assert_eq!(state(&window).look.value().unwrap().len(), 205);
}

#[test]
fn a_foreign_pair_opens_both_customers_signals() {
    let mut window = open(&sample_data());
    click(&mut window, "State of the join review");
    let stranger = state(&window).review.example.value().unwrap().stranger.clone();
    window.harness.get_all_by_label_contains("Look at both on the Signals page").next().unwrap().click();
    settle(&mut window);
    let state = state(&window);
    assert_eq!(state.choices().shown, Shown::Signals);
    assert_eq!(state.choices().recorded, Some(Follow::Device(stranger.device)));
    assert_eq!(state.choices().follow, None, "who looks at a recording narrows no table");
    assert_eq!(state.signals.other.as_deref(), Some(stranger.user.as_str()));
    assert!(!state.signals.other_track.value().unwrap().series.is_empty());
}

#[test]
fn an_owner_is_rejected_and_that_is_in_the_recipe() {
    let mut window = open(&sample_data());
    ask(&mut window, Command::SetRecipe(Recipe { join: JoinRule::InferredOwner, ..Recipe::default() }));
    click(&mut window, "Join review");
    click(&mut window, "Whose device");
    let before = state(&window).review.owners.value().unwrap().summary;
    let rows = state(&window).curation.value().unwrap().rows(Table::MachineLearningCurated);
    window.harness.get_all_by_label("Reject").next().unwrap().click();
    settle(&mut window);
    assert!(state(&window).choices().recipe.owners.decisions.is_empty(), "nobody is named");
    type_into(&mut window, "Your name", "A. Name");
    window.harness.get_all_by_label("Reject").next().unwrap().click();
    settle(&mut window);
    let trail = state(&window).review.trail.value().unwrap();
    let last = trail.entries().last().unwrap();
    assert_eq!((last.kind, last.who.as_str()), (Kind::Decided, "A. Name"));
    assert!(last.reason.starts_with("D·") && last.reason.contains("is not C·"), "{}", last.reason);
    let after = state(&window).review.owners.value().unwrap().summary;
    assert_eq!(after.assigned + 1, before.assigned);
    assert_eq!(state(&window).choices().recipe.owners.decisions.0.len(), 1);
    assert!(state(&window).curation.value().unwrap().rows(Table::MachineLearningCurated) <= rows);
    ask(&mut window, Command::Undo);
    assert_eq!(state(&window).review.owners.value().unwrap().summary, before);
}

#[test]
fn a_device_that_contradicts_its_record_is_told_of_where_a_join_goes_by_records() {
    let mut window = open(&sample_data());
    click(&mut window, "Join review");
    let contradicting = state(&window).review.owners.value().unwrap().summary.contradicting;
    assert!(contradicting > 0, "the sample has one");
    let told = |window: &Window| has(window, "with readings that contradict the record");
    let joined = |window: &mut Window, join| ask(window, Command::SetRecipe(Recipe { join, ..Recipe::default() }));
    click(&mut window, "Joins");
    assert!(!told(&window), "nobody asked for records yet");
    for (join, is_told) in [(JoinRule::InferredOwner, false), (JoinRule::Nearest, true), (JoinRule::Owner, true)] {
        joined(&mut window, join);
        assert_eq!(told(&window), is_told, "{join:?}");
    }
    click(&mut window, "Show whose");
    assert!(has(&window, "How it is found out"));
    let listed = window.harness.query_all_by_label("contradicts the record").count();
    assert_eq!(listed as u64, contradicting, "these devices alone are listed");
    // Before that rule is taken: where it can be chosen.
    joined(&mut window, JoinRule::Timestamp);
    assert!(!told(&window));
    click(&mut window, "Join rules");
    assert!(told(&window));
}

#[test]
fn the_review_of_the_real_data_says_2_700() {
    let Some(folder) = real_data() else { return };
    let mut window = open(&folder);
    assert!(has(&window, "State of the join review"));
    click(&mut window, "Join review");
    assert!(has(
        &window,
        "2,700 of 43,681 rows are foreign: they pair a distance with the motion of somebody who does not own the device, on 364 devices."
    ));
    click(&mut window, "Join on time stamp and owner");
    assert_eq!(state(&window).review.open(), Some(0));
    assert_eq!(state(&window).curation.value().unwrap().rows(Table::MachineLearningCurated), 40_981);
}

#[test]
fn the_figure_in_the_strip_leads_to_what_it_counts() {
    let mut window = open(&sample_data());
    click(&mut window, "State of the join review");
    click(&mut window, "Whose device");
    click(&mut window, "State of the join review");
    assert!(has(&window, "205 of 5,876 rows"), "the check that found them is shown, not the part that was open");
    // What comes of each repair stands on it.
    settle(&mut window);
    let rules = state(&window).review.rules.value().unwrap().clone();
    let rows = rules.iter().find(|report| report.rule == JoinRule::Owner).unwrap().outcome.clone().unwrap().kinds.all();
    click(&mut window, "Join on time stamp and owner");
    assert_eq!(state(&window).curation.value().unwrap().rows(Table::MachineLearningCurated), rows);
}

#[test]
fn what_is_said_of_a_lapsed_sign_off_goes_when_it_counts_again() {
    let mut window = open(&sample_data());
    ask(&mut window, Command::SetRecipe(Recipe { join: JoinRule::Owner, ..Recipe::default() }));
    click(&mut window, "Join review");
    type_into(&mut window, "Your name", "A. Name");
    click(&mut window, "Sign off");
    let lapsed = |window: &Window| state(window).notices.iter().any(|notice| notice.text.contains("not signed off"));
    ask(&mut window, Command::SetRecipe(Recipe::default()));
    assert!(lapsed(&window));
    ask(&mut window, Command::Undo);
    assert!(!lapsed(&window) && state(&window).review.signed_off().is_some());
    // However much comes in between, and on whichever page: the way back is beside the words.
    ask(&mut window, Command::SetRecipe(Recipe::default()));
    ask(&mut window, Command::SetRecipe(Recipe { consent_date: true, ..Recipe::default() }));
    ask(&mut window, Command::Show(Shown::Consent));
    assert!(lapsed(&window));
    click(&mut window, "Back to that recipe");
    assert!(!lapsed(&window) && state(&window).review.signed_off().is_some());
}
