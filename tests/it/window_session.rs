//! The session: what a window goes on with at the next start, whatever became of the last one.

use std::fs;
use std::path::Path;

use egui::accesskit::Role;
use egui::{ViewportCommand, ViewportEvent, ViewportId};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use stedi_workbench::app::Settings;
use stedi_workbench::domain::{CheckId, JoinRule, Recipe, Table, Withdrawn};
use stedi_workbench::explore::{ColumnLayout, Filter, Follow, Query, Sort, Test};
use stedi_workbench::landing::Source;
use stedi_workbench::review::Expected;
use stedi_workbench::state::{Command, Severity, Shown, State, WindowSession};

use crate::support::{Window, checkout, sample_data};
use crate::window_review::{ask, click, settle, type_into};

fn state(window: &Window) -> &State {
    window.harness.state().state()
}

fn start(home: &Path, source: Option<Source>) -> Window {
    let mut window = Window::open_with(Settings::at(home.join("settings.json")), source);
    settle(&mut window);
    window
}

fn sample() -> Option<Source> {
    Some(Source::Folder(sample_data()))
}

fn owner() -> Recipe {
    Recipe { join: JoinRule::Owner, ..Recipe::default() }
}

/// A home in which the owner rule was chosen in the last window, and the default in the one before it.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    start(home.path(), sample());
    let mut window = start(home.path(), sample());
    ask(&mut window, Command::SetRecipe(owner()));
    drop(window);
    home
}

fn says(window: &Window, part: &str) -> bool {
    state(window).notices.iter().any(|notice| notice.text.contains(part))
}

#[test]
fn a_window_goes_on_where_the_last_one_ended() {
    let home = tempfile::tempdir().unwrap();
    let shown = Shown::Table(Table::AccelerometerTrusted);
    let mut window = start(home.path(), sample());
    let withdrawn = state(&window).landing.value().unwrap().landing.dictionaries().people.get(0).unwrap().to_owned();
    let recipe = Recipe { withdrawn: Withdrawn::parse(&withdrawn).unwrap(), ..owner() };
    ask(&mut window, Command::SetRecipe(recipe));
    ask(&mut window, Command::Show(shown));
    let query = Query {
        filters: vec![Filter { column: "x", test: Test::Between(0.0, f64::INFINITY), on: true }],
        sorts: vec![Sort { column: "y", descending: true, nulls_first: false }],
        find: String::new(),
    };
    ask(&mut window, Command::SetQuery(shown, query));
    let mut layout = ColumnLayout::default();
    layout.hide("timestamp", true);
    ask(&mut window, Command::SetColumns(shown, layout));
    let device = state(&window).landing.value().unwrap().landing.dictionaries().devices.get(1).unwrap().to_owned();
    ask(&mut window, Command::SetExpected(Expected::parse("customer_trusted=7").unwrap()));
    let (choices, rows) = (state(&window).choices().clone(), state(&window).look.value().unwrap().len());
    drop(window);

    let mut window = start(home.path(), None);
    assert_eq!(*state(&window).choices(), choices);
    assert_eq!(state(&window).expected, Expected::parse("customer_trusted=7").unwrap());
    assert_eq!(state(&window).curation.value().unwrap().recipe, choices.recipe);
    assert_eq!(state(&window).look.value().unwrap().len(), rows);
    assert_eq!(state(&window).history.labels().collect::<Vec<_>>(), ["as it was left"]);
    ask(&mut window, Command::Follow(Some(Follow::Device(device.clone()))));
    let about = Follow::Person(withdrawn);
    ask(&mut window, Command::About(about.clone()));
    drop(window);
    let window = start(home.path(), sample());
    assert_eq!(state(&window).choices().follow, Some(Follow::Device(device)));
    assert_eq!(
        (state(&window).choices().about.as_ref(), state(&window).choices().shown),
        (Some(&about), Shown::Consent)
    );
    let told = window.harness.query_by_label_contains("on the list of those who withdrew");
    assert!(told.is_some(), "the part about them is shown again");
    assert!(state(&window).notices.is_empty(), "{:?}", state(&window).notices);
}

#[test]
fn a_cursor_stands_where_it_stood() {
    let home = tempfile::tempdir().unwrap();
    let mut window = start(home.path(), sample());
    let device = state(&window).landing.value().unwrap().landing.dictionaries().devices.get(1).unwrap().to_owned();
    ask(&mut window, Command::ShowRecording(Some(Follow::Device(device))));
    window.wait("the recording", |state| state.signals.recording.value().is_some());
    window.harness.run_steps(4);
    let chart = window
        .harness
        .get_all_by_label_contains("Signals of D·")
        .find(|node| node.accesskit_node().role() == Role::Image);
    chart.unwrap().focus();
    window.harness.run_steps(2);
    window.harness.key_press(egui::Key::A);
    settle(&mut window);
    // What stands beside the chart is said of the instant of cursor A.
    let at = |window: &Window| {
        let nodes = window.harness.get_all_by_label_contains(" UTC");
        let said = nodes.filter_map(|node| node.accesskit_node().label().or_else(|| node.accesskit_node().value()));
        said.filter(|label| label.starts_with("20")).collect::<Vec<_>>()
    };
    let before = at(&window);
    assert_eq!(before.len(), 1, "{before:?}");
    drop(window);
    let mut window = start(home.path(), None);
    window.wait("the recording", |state| state.signals.recording.value().is_some());
    window.harness.run_steps(4);
    assert_eq!(at(&window), before);
}

#[test]
fn what_was_typed_and_not_signed_is_there_again() {
    let home = tempfile::tempdir().unwrap();
    let mut window = start(home.path(), sample());
    click(&mut window, "State of the join review");
    type_into(&mut window, "Your name", "A. Name");
    type_into(&mut window, "Why it is acceptable", "It was looked into");
    drop(window);
    let window = start(home.path(), None);
    assert_eq!(state(&window).choices().shown, Shown::Review);
    let value = |label| window.harness.get_all_by_label(label).next().unwrap().accesskit_node().value();
    assert_eq!(value("Your name").as_deref(), Some("A. Name"));
    assert_eq!(value("Why it is acceptable").as_deref(), Some("It was looked into"));
}

#[test]
fn what_was_compared_looked_for_and_begun_is_there_again() {
    let home = tempfile::tempdir().unwrap();
    let mut window = start(home.path(), sample());
    let dictionaries = state(&window).landing.value().unwrap().landing.dictionaries().clone();
    let devices: Vec<String> = (0..2).map(|at| dictionaries.devices.get(at).unwrap().to_owned()).collect();
    let left = Withdrawn::parse(dictionaries.people.get(0).unwrap()).unwrap();
    ask(&mut window, Command::Show(Shown::Signals));
    ask(&mut window, Command::Compare(devices.clone()));
    click(&mut window, "Compare 2 devices");
    drop(window);

    let mut window = start(home.path(), None);
    let signals = &state(&window).signals;
    assert_eq!((&signals.compared, signals.comparison.value().map(Vec::len)), (&devices, Some(2)));
    let heading = window.harness.query_by_label_contains("Distances of 2 devices, from their starts");
    assert!(heading.is_some(), "they are compared at once");
    ask(&mut window, Command::Show(Shown::Export));
    type_into(&mut window, "Folder of the export", "~/next");
    ask(&mut window, Command::Search(left.clone()));
    drop(window);

    let mut window = start(home.path(), None);
    window.wait("the exports are searched again", |state| state.exporting.looked_for() == Some(&left));
    assert_eq!(state(&window).signals.compared, devices, "however many pages were shown since");
    // The part of a page that was open, too.
    let is_open =
        |window: &Window, tab| window.harness.get_by_role_and_label(Role::Tab, tab).accesskit_node().is_selected();
    click(&mut window, "Exports made");
    drop(window);
    let mut window = start(home.path(), None);
    assert_eq!(is_open(&window, "Exports made"), Some(true));
    ask(&mut window, Command::Show(Shown::Consent));
    click(&mut window, "Expected counts");
    drop(window);
    let mut window = start(home.path(), None);
    assert_eq!(is_open(&window, "Expected counts"), Some(true));
    ask(&mut window, Command::Show(Shown::Export));
    let folder = window.harness.get_by_label("Folder of the export").accesskit_node().value();
    assert_eq!(folder.as_deref(), Some("~/next"));
}

#[test]
fn another_source_starts_anew_and_the_session_before_stays_beside() {
    let home = home();
    let other = tempfile::tempdir().unwrap();
    crate::support::write(other.path(), "customer/a.json", "{\"email\": \"a@example.com\"}");
    let window = start(home.path(), Some(Source::Folder(other.path().to_owned())));
    assert_eq!(state(&window).choices().recipe, Recipe::default());
    drop(window);
    let earlier = fs::read_to_string(home.path().join("session/earlier-1.json")).unwrap();
    assert_eq!(WindowSession::parse(&earlier).unwrap().choices.recipe, owner());
}

#[test]
fn a_damaged_session_is_put_aside_and_the_one_before_it_taken() {
    let home = home();
    let file = home.path().join("session/session.json");
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    let window = start(home.path(), None);
    assert!(says(&window, "put aside as") && says(&window, "damaged-1.json"), "{:?}", state(&window).notices);
    assert_eq!(state(&window).choices().recipe, Recipe::default(), "the session of the start before");
    assert_eq!(fs::read(home.path().join("session/damaged-1.json")).unwrap(), &whole[..whole.len() / 2]);
    drop(window);
    for name in ["session.json", "earlier-1.json", "earlier-2.json"] {
        fs::write(home.path().join("session").join(name), [0xff, 0]).unwrap();
    }
    let window = start(home.path(), None);
    assert!(
        state(&window).curation.value().is_some() && says(&window, "damaged-4.json"),
        "{:?}",
        state(&window).notices
    );
    assert_eq!(state(&window).source.clone().map(Source::absolute), sample().map(Source::absolute));
}

#[test]
fn a_session_of_a_later_version_is_left_as_it_is() {
    let home = home();
    let file = home.path().join("session/session.json");
    let later = "{\"stedi_session\":2}\nsomething else\n";
    fs::write(&file, later).unwrap();
    let mut window = start(home.path(), sample());
    assert!(says(&window, "a later version of this program wrote it"), "{:?}", state(&window).notices);
    ask(&mut window, Command::SetRecipe(owner()));
    drop(window);
    assert_eq!(fs::read_to_string(file).unwrap(), later);
}

#[test]
fn a_second_window_says_that_it_keeps_no_session() {
    let home = tempfile::tempdir().unwrap();
    let mut first = start(home.path(), sample());
    let mut second = start(home.path(), sample());
    assert!(says(&second, "Another window is open") && !says(&first, "Another window"));
    ask(&mut second, Command::SetRecipe(Recipe { consent_date: true, ..Recipe::default() }));
    drop(second);
    ask(&mut first, Command::SetRecipe(owner()));
    drop(first);
    assert_eq!(state(&start(home.path(), None)).choices().recipe, owner());
}

#[test]
fn where_no_session_can_be_kept_the_window_says_so_and_works() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("session"), "a file").unwrap();
    let mut window = start(home.path(), sample());
    assert!(says(&window, "The session is not kept: "), "{:?}", state(&window).notices);
    assert_eq!(state(&window).notices[0].severity, Severity::Warning);
    ask(&mut window, Command::SetRecipe(owner()));
    assert_eq!(state(&window).curation.value().unwrap().recipe, owner());
}

/// Who opens a pipe waits for somebody to write to it: the start does not.
#[cfg(unix)]
#[test]
fn a_session_that_is_a_pipe_does_not_keep_the_window_from_opening() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("session")).unwrap();
    let pipe = home.path().join("session/session.json");
    assert!(std::process::Command::new("mkfifo").arg(pipe).status().unwrap().success());
    let window = start(home.path(), sample());
    assert!(says(&window, "The session cannot be read, and is not kept: "), "{:?}", state(&window).notices);
    assert!(state(&window).curation.value().is_some());
}

#[cfg(unix)]
#[test]
fn a_session_is_for_its_owners_eyes_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = home();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&home.path().join("session")), 0o700);
    for name in ["session.json", "earlier-1.json"] {
        assert_eq!(mode(&home.path().join("session").join(name)), 0o600, "{name}");
    }
}

/// A file that the first version with sessions wrote. It is never written anew: every later version has to read it.
#[test]
fn the_first_format_is_still_read() {
    let text = fs::read_to_string(checkout().join("tests/it/sessions/format-1.json")).unwrap();
    let session = WindowSession::parse(&text).unwrap();
    assert_eq!(session.source, Some(Source::Folder("/landing/of/may".into())));
    assert_eq!((session.choices.recipe.join, session.choices.recipe.withdrawn.len()), (JoinRule::Nearest, 2));
    assert_eq!(session.choices.file.unwrap().name(), "mine.json");
    assert_eq!(session.choices.shown, Shown::Dropped { table: Table::CustomerTrusted, step: 0, stood: None });
    let query = &session.choices.queries[&Shown::Table(Table::AccelerometerTrusted)];
    assert_eq!((query.filters.len(), query.sorts.len(), query.find.as_str()), (5, 1, "who"));
    assert!(session.choices.columns[&Shown::Table(Table::AccelerometerTrusted)].is_pinned("x"));
    assert_eq!(session.choices.follow, Some(Follow::Person("b@example.com".to_owned())));
    assert_eq!(session.run, Path::new("/run"));
    assert_eq!(session.expected, Expected::parse("customer_trusted=482").unwrap());
    assert_eq!((session.drafts.who.as_str(), session.drafts.check), ("Q", Some(CheckId::FanOut)));
}

/// Closed in the frame of the signature, and by the window's own button at that.
#[test]
fn closing_waits_for_a_signature() {
    let home = tempfile::tempdir().unwrap();
    let mut window = start(home.path(), sample());
    ask(&mut window, Command::SetRecipe(owner()));
    window.harness.state_mut().ask(Command::SignOff { who: "A. Name".to_owned() });
    let viewport = window.harness.input_mut().viewports.entry(ViewportId::ROOT).or_default();
    viewport.events.push(ViewportEvent::Close);
    let trail = home.path().join("reviews/trail.jsonl");
    let (mut is_refused, started) = (false, std::time::Instant::now());
    loop {
        window.harness.step();
        window.harness.input_mut().viewports.entry(ViewportId::ROOT).or_default().events.clear();
        let commands = &window.harness.output().viewport_output[&ViewportId::ROOT].commands;
        is_refused |= commands.contains(&ViewportCommand::CancelClose);
        if commands.contains(&ViewportCommand::Close) {
            break;
        }
        assert!(started.elapsed().as_secs() < 60, "it never closes");
    }
    assert!(is_refused, "the window's own button does not close it at once");
    assert!(fs::read_to_string(trail).unwrap().contains("A. Name"));
    let session = fs::read_to_string(home.path().join("session/session.json")).unwrap();
    assert_eq!(WindowSession::parse(&session).unwrap().choices.recipe, owner());
}

/// What could not be saved is to be read before the window goes.
#[test]
fn closing_stays_if_a_signature_cannot_be_written() {
    let home = tempfile::tempdir().unwrap();
    let mut window = start(home.path(), sample());
    ask(&mut window, Command::SetRecipe(owner()));
    fs::create_dir_all(home.path().join("reviews/trail.jsonl")).unwrap();
    window.harness.state_mut().ask(Command::SignOff { who: "A. Name".to_owned() });
    window.harness.state_mut().ask(Command::Quit);
    for _ in 0..400 {
        window.harness.step();
        let commands = &window.harness.output().viewport_output[&ViewportId::ROOT].commands;
        assert!(!commands.contains(&ViewportCommand::Close));
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    settle(&mut window);
    assert!(says(&window, "trail.jsonl"), "{:?}", state(&window).notices);
}
