//! The page of the signals, driven by label and pointer: all devices, one of them, zoom and cursors, ranges, others' motions.

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, TouchPhase, pos2, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use stedi_workbench::curation::Cell;
use stedi_workbench::domain::format::counted;
use stedi_workbench::domain::{JoinRule, Recipe, Table};
use stedi_workbench::explore::Follow;
use stedi_workbench::state::{Command, Shown, Signals};

use crate::support::{Window, real_data, sample_data};

fn open_folder(folder: &std::path::Path) -> Window {
    let mut window = Window::open_folder(folder);
    window.harness.set_size(vec2(1280.0, 800.0));
    click(&mut window, "Signals");
    window
}

fn signals(window: &Window) -> &Signals {
    &window.harness.state().state().signals
}

fn settle(window: &mut Window) {
    window.harness.run_steps(3);
    window.wait("the page", |state| {
        let signals = &state.signals;
        state.work.is_none()
            && !state.curation.is_loading()
            && !state.look.is_loading()
            && !signals.lines.is_loading()
            && !signals.recording.is_loading()
            && !signals.other_track.is_loading()
            && !signals.comparison.is_loading()
            && !signals.measured.is_loading()
    });
    // What came may have moved what was there.
    window.harness.run_steps(2);
}

fn click(window: &mut Window, label: &str) {
    window.harness.get_by_label(label).click();
    settle(window);
}

fn label_of(window: &Window, part: &str) -> String {
    let node = window.harness.get_all_by_label_contains(part).next().unwrap();
    let node = node.accesskit_node();
    node.label().or_else(|| node.value()).unwrap()
}

fn ask(window: &mut Window, command: Command) {
    window.harness.state_mut().ask(command);
    settle(window);
}

/// The device of the sample with the most foreign pairs, opened.
fn open_first() -> Window {
    let mut window = open_folder(&sample_data());
    let card = label_of(&window, "Signals of D·");
    click(&mut window, &card);
    assert!(signals(&window).recording.value().is_some());
    window
}

/// Where the chart is on the screen.
fn chart(window: &Window) -> egui::Rect {
    window.harness.get_all_by_label_contains("Signals of D·").next().unwrap().rect()
}

/// A place in the middle pane, by its share from left to right.
fn place(window: &Window, share: f32) -> Pos2 {
    let rect = chart(window);
    pos2(rect.left() + 64.0 + (rect.width() - 76.0) * share, rect.top() + rect.height() * 0.35)
}

fn press(window: &mut Window, at: Pos2, button: PointerButton, pressed: bool, modifiers: Modifiers) {
    window.harness.event(Event::PointerMoved(at));
    window.harness.step();
    window.harness.event(Event::PointerButton { pos: at, button, pressed, modifiers });
    window.harness.step();
}

fn drag(window: &mut Window, from: Pos2, to: Pos2, button: PointerButton, modifiers: Modifiers) {
    window.harness.event(Event::ModifiersChanged(modifiers));
    press(window, from, button, true, modifiers);
    for step in 1..=4 {
        window.harness.event(Event::PointerMoved(from + (to - from) * (step as f32 / 4.0)));
        window.harness.step();
    }
    press(window, to, button, false, modifiers);
    window.harness.event(Event::ModifiersChanged(Modifiers::NONE));
    settle(window);
}

fn wheel(window: &mut Window, at: Pos2, delta: f32) {
    window.harness.event(Event::PointerMoved(at));
    window.harness.step();
    window.harness.event(Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, delta),
        modifiers: Modifiers::NONE,
        phase: TouchPhase::Move,
        source: MouseWheelSource::Unknown,
    });
    window.harness.run_steps(12);
}

/// How many readings are in sight.
fn seen(window: &Window) -> usize {
    let labels = || window.harness.get_all_by_role(Role::Label).filter_map(|label| label.accesskit_node().value());
    let part = labels().find_map(|label| Some(label.split_once(" of them in this stretch")?.0.to_owned()));
    let all = || labels().find_map(|label| Some(label.strip_suffix(" readings")?.to_owned()));
    let words = part.or_else(all).unwrap();
    words.split(' ').next_back().unwrap().replace(',', "").parse().unwrap()
}

#[test]
fn devices_with_foreign_pairs_come_first_and_open() {
    let mut window = open_folder(&sample_data());
    let lines = signals(&window).lines.value().unwrap().clone();
    let most = lines.iter().map(|line| line.foreign).max().unwrap();
    assert!(most > 0, "the sample shows what is wrong with the join");
    let card = label_of(&window, "Signals of D·");
    assert!(card.ends_with(&format!("foreign rows {most}")), "{card}");
    click(&mut window, &card);
    let plotted = signals(&window).recording.value().unwrap().clone();
    assert_eq!(plotted.recording.others.iter().map(|other| other.pairs).sum::<u64>(), most);
    assert!(!plotted.foreign.is_empty());
    let instants = counted(plotted.foreign.len() as u64, "instant");
    assert_eq!(label_of(&window, " joined with a foreign motion"), format!("{instants} joined with a foreign motion"));
    let recipe = Recipe { join: JoinRule::Owner, ..Recipe::default() };
    ask(&mut window, Command::SetRecipe(recipe));
    assert!(signals(&window).recording.value().unwrap().foreign.is_empty(), "the owner rule removes them");
    click(&mut window, "All devices");
    assert!(window.harness.state().state().choices().follow.is_none());
}

#[test]
fn the_same_device_opens_again_and_again() {
    let mut window = open_first();
    let Some(Follow::Device(serial)) = window.harness.state().state().choices().recorded.clone() else { panic!() };
    for _ in 0..2 {
        click(&mut window, "All devices");
        assert!(signals(&window).recording.value().is_none());
        ask(&mut window, Command::Follow(Some(Follow::Device(serial.clone()))));
        assert!(signals(&window).recording.value().is_some());
    }
}

#[test]
fn who_looks_at_a_recording_narrows_no_table_unless_asked_to() {
    let mut window = open_first();
    let choices = |window: &Window| window.harness.state().state().choices().clone();
    let device = choices(&window).recorded;
    assert!(device.is_some() && choices(&window).follow.is_none());
    // To a table and back, it is still there.
    ask(&mut window, Command::Show(Shown::Table(Table::StepTrainerLanding)));
    let all = window.harness.state().state().look.value().unwrap().len();
    assert_eq!(all as u64, window.harness.state().state().curation.value().unwrap().rows(Table::StepTrainerLanding));
    ask(&mut window, Command::Show(Shown::Signals));
    assert!(signals(&window).recording.value().is_some());
    let only = label_of(&window, "Only D·");
    click(&mut window, &only);
    assert_eq!((choices(&window).follow, choices(&window).recorded), (device, None));
    ask(&mut window, Command::Show(Shown::Table(Table::StepTrainerLanding)));
    assert!(window.harness.state().state().look.value().unwrap().len() < all);
    // All recordings there are to choose among again.
    ask(&mut window, Command::Show(Shown::Signals));
    click(&mut window, "All devices");
    assert_eq!((choices(&window).follow, choices(&window).recorded), (None, None));
}

#[test]
fn every_device_of_the_real_data_opens_and_the_foreign_ones_are_found() {
    let Some(folder) = real_data() else { return };
    let mut window = open_folder(&folder);
    let lines = signals(&window).lines.value().unwrap().clone();
    assert_eq!(lines.iter().filter(|line| line.foreign > 0).count(), 364);
    assert_eq!(lines.iter().map(|line| line.foreign).sum::<u64>(), 2700);
    assert!(window.harness.query_all_by_label_contains("364 devices with foreign motions").next().is_some());
    let devices: Vec<String> = lines.iter().filter_map(|line| line.device.clone()).collect();
    assert_eq!(devices.len(), 956);
    for serial in devices.iter().step_by(19) {
        ask(&mut window, Command::Follow(Some(Follow::Device(serial.clone()))));
        let plotted = signals(&window).recording.value().unwrap();
        assert_eq!(plotted.recording.subject.device.as_ref(), Some(serial));
        assert_eq!(plotted.recording.device.as_ref().unwrap().series.len(), 30);
        assert!(seen(&window) >= 30);
    }
}

#[test]
fn where_a_page_scrolls_the_wheel_scrolls_it_and_zooms_with_ctrl() {
    let mut window = open_first();
    window.harness.set_size(vec2(900.0, 600.0));
    settle(&mut window);
    let (all, at) = (seen(&window), place(&window, 0.5));
    let top = |window: &Window| window.harness.get_by_role(Role::Image).rect().top();
    let before = top(&window);
    wheel(&mut window, at, -120.0);
    assert_eq!(seen(&window), all);
    assert!(top(&window) < before, "it was scrolled");
    window.harness.event(Event::Zoom(3.0));
    window.harness.run_steps(12);
    assert!(seen(&window) < all);
}

#[test]
fn once_nothing_is_foreign_the_devices_with_the_most_rows_come_first() {
    let mut window = open_folder(&sample_data());
    let by = |window: &Window| window.harness.get_by_label("Order of the devices").accesskit_node().value();
    assert_eq!(by(&window).as_deref(), Some("by foreign rows"));
    ask(&mut window, Command::SetRecipe(Recipe { join: JoinRule::Owner, ..Recipe::default() }));
    assert_eq!(by(&window).as_deref(), Some("by rows"));
    ask(&mut window, Command::Undo);
    assert_eq!(by(&window).as_deref(), Some("by foreign rows"));
}

#[test]
fn wheel_keys_and_boxes_zoom_and_one_goes_back_and_forward() {
    let mut window = open_first();
    let all = seen(&window);
    let middle = place(&window, 0.5);
    wheel(&mut window, middle, 400.0);
    let zoomed = seen(&window);
    assert!(zoomed < all, "{zoomed} of {all}");
    click(&mut window, "The view before (Alt+Left)");
    assert_eq!(seen(&window), all);
    click(&mut window, "The view after (Alt+Right)");
    assert_eq!(seen(&window), zoomed);
    click(&mut window, "See all (double click, Home)");
    assert_eq!(seen(&window), all);
    let (from, to) = (place(&window, 0.4), place(&window, 0.6));
    drag(&mut window, from, to, PointerButton::Secondary, Modifiers::NONE);
    let boxed = seen(&window);
    assert!(boxed < all / 2, "{boxed} of {all} in a fifth of the time");
    let (from, to) = (place(&window, 0.2), place(&window, 0.9));
    drag(&mut window, from, to, PointerButton::Primary, Modifiers::NONE);
    window.harness.key_press_modifiers(Modifiers::NONE, Key::Home);
    settle(&mut window);
    let at = place(&window, 0.5);
    press(&mut window, at, PointerButton::Primary, true, Modifiers::NONE);
    press(&mut window, at, PointerButton::Primary, false, Modifiers::NONE);
    window.harness.key_press_modifiers(Modifiers::NONE, Key::Home);
    settle(&mut window);
    assert_eq!(seen(&window), all, "Home sees all");
    window.harness.key_press_modifiers(Modifiers::NONE, Key::ArrowUp);
    settle(&mut window);
    assert!(seen(&window) < all);
}

#[test]
fn a_range_is_measured_and_shown_in_the_tables() {
    let mut window = open_first();
    let (from, to) = (place(&window, 0.25), place(&window, 0.75));
    drag(&mut window, from, to, PointerButton::Primary, Modifiers::SHIFT);
    let (first, last) = signals(&window).range.unwrap();
    let channels = signals(&window).measured.value().unwrap().clone();
    let plotted = signals(&window).recording.value().unwrap().clone();
    let track = plotted.recording.device.as_ref().unwrap();
    let count = track.series.times().iter().filter(|at| (first..=last).contains(*at)).count();
    let device = channels.iter().find(|channel| channel.of_device).unwrap();
    assert!(count > 2);
    assert_eq!(device.measured.sharing.readings, count);
    assert_eq!(channels.len(), 5, "the distance, three axes and their magnitude");
    let readings = window.harness.get_by_role_and_label(Role::Button, "Readings of A to B in step_trainer_landing");
    readings.scroll_to_me();
    window.harness.run_steps(4);
    window.harness.get_by_role_and_label(Role::Button, "Readings of A to B in step_trainer_landing").click();
    settle(&mut window);
    let state = window.harness.state().state();
    assert_eq!(state.choices().shown, Shown::Table(Table::StepTrainerLanding));
    assert_eq!(state.look.value().unwrap().len(), count, "the same readings");
}

#[test]
fn somebody_elses_motion_is_laid_over_masked() {
    let mut window = open_first();
    let over = label_of(&window, "draw the motions of C·");
    click(&mut window, &over);
    let other = signals(&window).other.clone().unwrap();
    assert!(!signals(&window).other_track.value().unwrap().series.is_empty());
    assert!(window.harness.query_all_by_label_contains("motion of C·").next().is_some(), "the legend says whose");
    assert!(window.harness.query_all_by_label_contains(&other).next().is_none(), "the address is on no label");
    click(&mut window, &over);
    assert!(signals(&window).other.is_none());
}

#[test]
fn a_row_that_is_chosen_in_a_table_moves_the_cursor_in_the_recording_of_whose_it_is() {
    let mut window = open_first();
    let device = window.harness.state().state().choices().recorded.clone().unwrap();
    // Of somebody else, and of that device.
    for (follow, is_theirs) in [(None, false), (Some(device.clone()), true)] {
        if follow.is_some() {
            ask(&mut window, Command::Follow(follow));
        }
        click(&mut window, "step_trainer_landing");
        let look = window.harness.state().state().look.value().unwrap().clone();
        let (time, serial) = ("sensorreadingtime", "serialnumber");
        let [time, serial] = [time, serial].map(|name| look.view.position(name).unwrap());
        let row = look.rows.get(3).unwrap();
        assert_eq!(
            matches!(look.view.cell(row, serial), Cell::Text(text) if Follow::Device(text.to_owned()) == device),
            is_theirs
        );
        let Cell::Time(at) = look.view.cell(row, time) else { panic!("no instant") };
        let text = stedi_workbench::domain::format::utc(at).unwrap();
        window.harness.get_all_by_label(&text).next().unwrap().click();
        settle(&mut window);
        assert_eq!(signals(&window).pointed.as_ref().map(|pointed| pointed.at), Some(at));
        click(&mut window, "Signals");
        window.harness.run_steps(4);
        assert_eq!(window.harness.query_by_label(&format!("{text} UTC")).is_some(), is_theirs, "{text}");
    }
}

#[test]
fn the_rows_with_foreign_motions_are_a_click_away() {
    let mut window = open_first();
    window.wait("the review", |state| state.review.checks.value().is_some());
    window.harness.run_steps(2);
    let pairs: u64 = signals(&window).recording.value().unwrap().recording.others.iter().map(|other| other.pairs).sum();
    click(&mut window, "Rows with foreign motions");
    window
        .wait("the rows", |state| matches!(state.choices().shown, Shown::Behind(_)) && state.look_in_force().is_some());
    let state = window.harness.state().state();
    assert_eq!(state.look.value().unwrap().len() as u64, pairs);
    assert!(state.choices().follow.is_none(), "no other table is narrowed");
}

#[test]
fn devices_are_compared_from_their_starts() {
    let mut window = open_folder(&sample_data());
    for _ in 0..2 {
        let open: Vec<String> = {
            let nodes = window.harness.get_all_by_label_contains("Compare D·");
            nodes.filter_map(|node| node.accesskit_node().label()).collect()
        };
        let taken = signals(&window).compared.len();
        click(&mut window, &open[taken]);
        // One is compared with nothing.
        let label = format!("Compare {}", counted(taken as u64 + 1, "device"));
        let compares = window.harness.get_by_label_contains(&label);
        assert_eq!(compares.accesskit_node().is_disabled(), taken == 0);
    }
    assert_eq!(signals(&window).compared.len(), 2);
    click(&mut window, "Compare 2 devices");
    assert_eq!(signals(&window).comparison.value().unwrap().len(), 2);
    let place = {
        let mut charts = window.harness.query_all_by_label_contains("Distances from their starts");
        charts.next().unwrap().rect().center()
    };
    // Each has a clock of its own, so no other is offered; nor a gap that were the same for all.
    assert!(window.harness.query_by_label("local time").is_none());
    assert!(window.harness.query_by_label_contains("from each start").is_none());
    window.harness.event(Event::PointerMoved(place));
    window.harness.run_steps(3);
    assert!(window.harness.query_by_label_contains("from each start").is_some());
    click(&mut window, "Say the chart in words");
    let says = |part: &str| window.harness.query_all_by_label_contains(part).count();
    assert_eq!(says("the customer "), 2, "whose consent it is");
    assert_eq!(says("joined with a foreign motion, the first at"), 2, "of each device");
}

#[test]
fn a_chart_is_saved_as_it_is_seen_and_never_among_the_landing_files() {
    let mut window = open_first();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chart.svg");
    window.harness.state_mut().answer_dialogs(Some(vec![file.clone()])).unwrap();
    click(&mut window, "Save the chart as SVG or PNG");
    // The word of it pushes the page down: only then does the next click find the button where it is.
    window.wait("the word", |state| state.notices.iter().any(|notice| notice.text.starts_with("Saved ")));
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("<svg") && text.contains("consent for research") && text.contains("D·"));
    let plotted = signals(&window).recording.value().unwrap().clone();
    for secret in plotted.recording.subject.device.iter().chain(&plotted.recording.subject.person) {
        assert!(!text.contains(secret.as_str()), "masked");
    }
    let among = sample_data().join("customer/landing/chart.png");
    window.harness.state_mut().answer_dialogs(Some(vec![among.clone()])).unwrap();
    click(&mut window, "Save the chart as SVG or PNG");
    window.wait("the refusal", |state| state.notices.iter().any(|notice| notice.text.contains("landing files")));
    assert!(!among.exists());
}

#[test]
fn what_the_page_says_of_tables_is_what_they_hold() {
    let mut window = open_first();
    window.harness.set_size(vec2(1280.0, 1000.0));
    window.harness.run_steps(2);
    let plotted = signals(&window).recording.value().unwrap().clone();
    let line = plotted.recording.tables.iter().find(|line| line.table == Table::StepTrainerLanding).unwrap().clone();
    click(&mut window, "Open step_trainer_landing");
    let look = window.harness.state().state().look.value().unwrap();
    assert_eq!(look.len() as u64, line.rows);
}
