//! The whole window by keys: Tab goes to everything, the focus is seen, and Escape does one thing at a time.

use std::collections::{BTreeMap, BTreeSet};

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use stedi_workbench::domain::Table;
use stedi_workbench::explore::{Follow, Selection};
use stedi_workbench::state::{Command, Shown, State};

use crate::support::{Window, sample_data};
use crate::window_review::{ask, settle};

fn state(window: &Window) -> &State {
    window.harness.state().state()
}

/// What has the focus: its role and its name.
pub fn focused(window: &Window) -> Option<(Role, String)> {
    let nodes = window.harness.root().children_recursive();
    let node = nodes.into_iter().find(|node| node.is_focused())?.accesskit_node();
    Some((node.role(), node.label().or(node.value()).unwrap_or_default()))
}

/// Goes through a page with Tab until it comes round, and gives what had the focus.
fn round(window: &mut Window) -> Vec<(Role, String)> {
    const MOST: usize = 600;
    window.harness.ctx.memory_mut(|memory| memory.focused().map(|id| memory.surrender_focus(id)));
    let mut seen = vec![];
    let mut first = None;
    for _ in 0..MOST {
        window.harness.key_press(Key::Tab);
        window.harness.run_steps(1);
        let id = window.harness.ctx.memory(|memory| memory.focused());
        if first.is_some() && id == first {
            return seen;
        }
        let Some(id) = id else { continue };
        first = first.or(Some(id));
        seen.push(focused(window).unwrap_or_else(|| panic!("the focus is on nothing, after {:?}", seen.last())));
    }
    panic!("{MOST} steps did not come round: {:?}", &seen[seen.len() - 20..]);
}

fn pages(window: &mut Window) -> Vec<Shown> {
    ask(window, Command::Show(Shown::Signals));
    let device = state(window).signals.lines.value().unwrap().iter().find_map(|line| line.device.clone());
    ask(window, Command::Follow(device.map(Follow::Device)));
    vec![
        Shown::Table(Table::CustomerLanding),
        Shown::Table(Table::MachineLearningCurated),
        Shown::Dropped { table: Table::CustomerTrusted, step: 0, stood: None },
        Shown::Consent,
        Shown::Signals,
        Shown::Review,
        Shown::Export,
        Shown::Refused,
    ]
}

#[test]
fn tab_goes_to_everything_that_can_be_used_and_to_nothing_else() {
    let mut window = Window::open_folder(&sample_data());
    settle(&mut window);
    for page in pages(&mut window) {
        ask(&mut window, Command::Show(page));
        let seen = round(&mut window);
        let nameless: Vec<_> =
            seen.iter().filter(|(_, name)| !name.chars().any(|c| c.is_alphanumeric() || "−+".contains(c))).collect();
        assert!(nameless.is_empty(), "{page:?}: {nameless:?}");
        let mut reached = BTreeMap::<String, usize>::new();
        for (_, name) in &seen {
            *reached.entry(name.clone()).or_default() += 1;
        }
        let usable = [
            Role::Button,
            Role::CheckBox,
            Role::TextInput,
            Role::ComboBox,
            Role::SpinButton,
            Role::Slider,
            Role::Table,
        ];
        let mut there = BTreeMap::<String, usize>::new();
        for role in usable {
            for node in window.harness.query_all_by_role(role) {
                let node = node.accesskit_node();
                if !node.is_disabled() {
                    *there.entry(node.label().or(node.value()).unwrap_or_default()).or_default() += 1;
                }
            }
        }
        let missed: BTreeSet<_> =
            there.iter().filter(|(name, count)| reached.get(*name).is_none_or(|seen| seen < count)).collect();
        assert!(missed.is_empty(), "{page:?}: never reached {missed:?}");
        // From the top line to the list and the page: what is opened first is reached first.
        let place = |name: &str| seen.iter().position(|(_, other)| other == name).unwrap_or_else(|| panic!("{name}"));
        assert!(place("Settings") < place("Consent") && place("Consent") < place("customer_landing"), "{page:?}");
    }
}

#[test]
fn what_has_the_focus_has_a_ring() {
    let mut window = Window::open_folder(&sample_data());
    settle(&mut window);
    let rings = |window: &Window| {
        let rect = |shape: &egui::Shape| match shape {
            egui::Shape::Rect(rect) if rect.stroke.width == 2.0 => Some(rect.rect),
            _ => None,
        };
        window.harness.output().shapes.iter().filter_map(|clipped| rect(&clipped.shape)).collect::<Vec<_>>()
    };
    assert!(rings(&window).is_empty());
    for _ in 0..25 {
        window.harness.key_press(Key::Tab);
        window.harness.run_steps(2);
        let id = window.harness.ctx.memory(|memory| memory.focused()).unwrap();
        let rect = window.harness.ctx.read_response(id).unwrap().rect;
        let painted = rings(&window);
        assert!(painted.len() == 1 && painted[0].contains_rect(rect), "{:?}: {painted:?}", focused(&window));
    }
}

#[test]
fn escape_closes_what_is_on_top_before_anything_else() {
    let mut window = Window::open_folder(&sample_data());
    settle(&mut window);
    window.harness.key_press(Key::F1);
    settle(&mut window);
    let is_open = |window: &Window, label: &str| window.harness.query_all_by_label_contains(label).next().is_some();
    window.harness.get_by_label("Settings").click();
    window.harness.run_steps(3);
    assert!(is_open(&window, "PARTS IN SIGHT") && is_open(&window, "Guide"));
    window.harness.key_press(Key::Escape);
    window.harness.run_steps(3);
    let guide = |window: &Window| window.harness.query_by_role_and_label(Role::Link, "Go to Join review").is_some();
    assert!(!is_open(&window, "PARTS IN SIGHT") && guide(&window));
    window.harness.key_press(Key::Escape);
    window.harness.run_steps(3);
    assert!(!guide(&window));
    assert!(state(&window).notices.is_empty());
}

#[test]
fn copying_is_listed_with_its_keys_and_leaves_texts_alone() {
    let mut window = Window::open_folder(&sample_data());
    settle(&mut window);
    let shown = Shown::Table(Table::StepTrainerLanding);
    ask(&mut window, Command::Show(shown));
    ask(&mut window, Command::Select(shown, Selection { anchor: (0, 0), head: (1, 1) }));
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    settle(&mut window);
    window.harness.get_by_label("Find a command").type_text("cells");
    settle(&mut window);
    for line in [
        "Copy the cells that are chosen, Ctrl+C",
        "Copy the cells that are chosen, with titles, Ctrl+Shift+C",
        "Choose all cells of the table, Ctrl+A",
    ] {
        assert!(window.harness.query_by_label(line).is_some(), "{line}");
    }
    window.harness.key_press(Key::Escape);
    settle(&mut window);
    let copied = |window: &mut Window, modifiers: Modifiers| {
        window.harness.event_modifiers(egui::Event::Copy, modifiers);
        let mut texts = vec![];
        for _ in 0..4 {
            window.harness.step();
            for command in &window.harness.output().platform_output.commands {
                if let egui::OutputCommand::CopyText(text) = command {
                    texts.push(text.clone());
                }
            }
        }
        texts
    };
    let (plain, titled) =
        (copied(&mut window, Modifiers::COMMAND), copied(&mut window, Modifiers::COMMAND.plus(Modifiers::SHIFT)));
    assert_eq!((plain.len(), titled.len()), (1, 1));
    assert!(titled[0].ends_with(&plain[0]) && titled[0].lines().count() == plain[0].lines().count() + 1);
    // While a text is typed, its keys are the text's.
    window.harness.get_by_label("Find in all columns").focus();
    window.harness.run_steps(2);
    assert!(copied(&mut window, Modifiers::COMMAND).is_empty());
}

#[test]
fn who_comes_to_a_page_by_its_keys_is_at_its_start() {
    let mut window = Window::open_folder(&sample_data());
    settle(&mut window);
    for (key, page, first) in [(Key::Num1, "Consent", "Where rows went"), (Key::Num4, "Export", "Next export")] {
        window.harness.key_press_modifiers(Modifiers::COMMAND, key);
        settle(&mut window);
        assert_eq!(focused(&window), Some((Role::Group, page.to_owned())));
        window.harness.key_press(Key::Tab);
        window.harness.run_steps(2);
        assert_eq!(focused(&window), Some((Role::Tab, first.to_owned())));
        // Nobody comes by there again.
        assert!(window.harness.query_by_role_and_label(Role::Group, page).is_none());
    }
}
