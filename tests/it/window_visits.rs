//! Back to what was shown before and forth again: pages, their parts, and whom they were about.

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, PointerButton, Pos2};
use egui_kittest::kittest::{NodeT, Queryable};
use stedi_workbench::domain::Table;
use stedi_workbench::explore::Follow;
use stedi_workbench::landing::Source;
use stedi_workbench::state::{Beside, Choices, Command, Shown, State};

use crate::support::{Window, sample_data};

fn state(window: &Window) -> &State {
    window.harness.state().state()
}

fn choices(window: &Window) -> Choices {
    state(window).choices().clone()
}

fn ask(window: &mut Window, command: Command) {
    window.harness.state_mut().ask(command);
    window.harness.run_steps(3);
}

fn press(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.harness.key_press_modifiers(modifiers, key);
    window.harness.run_steps(3);
}

fn click_mouse(window: &mut Window, button: PointerButton) {
    for pressed in [true, false] {
        let (pos, modifiers) = (Pos2::new(400.0, 500.0), Modifiers::NONE);
        window.harness.event(Event::PointerButton { pos, button, pressed, modifiers });
    }
    window.harness.run_steps(3);
}

fn open_tab(window: &mut Window, name: &str) {
    window.harness.get_by_role_and_label(Role::Tab, name).click();
    window.harness.run_steps(3);
}

/// The tab that is open.
fn tab(window: &Window) -> Option<String> {
    let tabs = window.harness.query_all_by_role(Role::Tab);
    tabs.map(|tab| tab.accesskit_node()).find(|tab| tab.is_selected() == Some(true)).and_then(|tab| tab.label())
}

#[test]
fn each_of_two_pages_is_gone_back_in_by_itself() {
    let mut window = Window::open_folder(&sample_data());
    ask(&mut window, Command::Show(Shown::Signals));
    ask(&mut window, Command::Show(Shown::Consent));
    open_tab(&mut window, "Withdrawals");
    let shown = Shown::Table(Table::CustomerTrusted);
    ask(&mut window, Command::SetBeside(Some(Beside { shown, ..Beside::default() })));
    let beside = |window: &Window| state(window).beside.as_ref().unwrap().shown;
    for next in [Shown::Table(Table::CustomerCurated), Shown::Signals] {
        ask(&mut window, Command::Beside(Box::new(Command::Show(next))));
    }
    ask(&mut window, Command::UsePage { beside: true });
    press(&mut window, Modifiers::ALT, Key::ArrowLeft);
    assert_eq!((beside(&window), choices(&window).shown), (Shown::Table(Table::CustomerCurated), Shown::Consent));
    window.harness.get_by_label("Back to the page before").click();
    window.harness.run_steps(3);
    assert_eq!(beside(&window), shown);
    let is_at_start = |window: &Window| {
        window.harness.get_by_label_contains("Back to the page before").accesskit_node().is_disabled()
    };
    assert!(is_at_start(&window), "there is nothing before on the page beside");
    press(&mut window, Modifiers::ALT, Key::ArrowRight);
    assert_eq!(beside(&window), Shown::Table(Table::CustomerCurated));
    ask(&mut window, Command::UsePage { beside: false });
    assert!(!is_at_start(&window));
    press(&mut window, Modifiers::ALT, Key::ArrowLeft);
    assert_eq!(tab(&window).as_deref(), Some("Where rows went"), "the part of the first page that was open");
    press(&mut window, Modifiers::ALT, Key::ArrowLeft);
    assert_eq!((choices(&window).shown, beside(&window)), (Shown::Signals, Shown::Table(Table::CustomerCurated)));
}

#[test]
fn one_goes_back_and_forth_page_by_page() {
    let mut window = Window::open_folder(&sample_data());
    let first = choices(&window).shown;
    let device = Follow::Device(
        state(&window).landing.value().unwrap().landing.dictionaries().devices.get(0).unwrap().to_owned(),
    );
    ask(&mut window, Command::Show(Shown::Signals));
    ask(&mut window, Command::ShowRecording(Some(device.clone())));
    ask(&mut window, Command::About(device.clone()));
    ask(&mut window, Command::Show(Shown::Table(Table::CustomerTrusted)));
    press(&mut window, Modifiers::ALT.plus(Modifiers::SHIFT), Key::B);
    assert_eq!((choices(&window).shown, choices(&window).about), (Shown::Consent, Some(device.clone())));
    press(&mut window, Modifiers::ALT.plus(Modifiers::SHIFT), Key::B);
    assert_eq!((choices(&window).shown, choices(&window).recorded), (Shown::Signals, Some(device.clone())));
    // As elsewhere, too.
    press(&mut window, Modifiers::ALT, Key::ArrowLeft);
    assert_eq!((choices(&window).shown, choices(&window).recorded), (Shown::Signals, None));
    click_mouse(&mut window, PointerButton::Extra1);
    assert_eq!(choices(&window).shown, first);
    assert!(!state(&window).visits.can_go_back());
    click_mouse(&mut window, PointerButton::Extra1);
    assert_eq!(choices(&window).shown, first, "there is nothing before");
    window.harness.get_by_label("Forward to the page after").click();
    window.harness.run_steps(3);
    assert_eq!((choices(&window).shown, choices(&window).recorded), (Shown::Signals, None));
    press(&mut window, Modifiers::ALT, Key::ArrowRight);
    assert_eq!((choices(&window).shown, choices(&window).recorded), (Shown::Signals, Some(device.clone())));
    press(&mut window, Modifiers::ALT.plus(Modifiers::SHIFT), Key::F);
    assert_eq!((choices(&window).shown, choices(&window).about), (Shown::Consent, Some(device)));
    click_mouse(&mut window, PointerButton::Extra2);
    assert_eq!(choices(&window).shown, Shown::Table(Table::CustomerTrusted));
    assert!(!state(&window).visits.can_go_forth());
}

#[test]
fn back_opens_the_part_of_the_page_that_was_open() {
    let mut window = Window::open_folder(&sample_data());
    ask(&mut window, Command::Show(Shown::Consent));
    open_tab(&mut window, "Who agreed when");
    ask(&mut window, Command::Show(Shown::Review));
    open_tab(&mut window, "Whose device");
    open_tab(&mut window, "Joins");
    let mut seen = vec![];
    while state(&window).visits.can_go_back() && seen.len() < 10 {
        press(&mut window, Modifiers::ALT.plus(Modifiers::SHIFT), Key::B);
        seen.push((choices(&window).shown, tab(&window)));
    }
    let parts = seen.iter().map(|(shown, tab)| (*shown, tab.as_deref().unwrap_or_default()));
    let expected = [
        (Shown::Review, "Whose device"),
        (Shown::Review, "Checks"),
        (Shown::Consent, "Who agreed when"),
        (Shown::Consent, "Where rows went"),
    ];
    assert_eq!(parts.take(4).collect::<Vec<_>>(), expected);
    assert_eq!(seen.len(), 5);
}

#[test]
fn another_source_begins_anew() {
    let mut window = Window::open_folder(&sample_data());
    ask(&mut window, Command::Show(Shown::Consent));
    assert!(state(&window).visits.can_go_back());
    let folder = sample_data().join("customer");
    window.harness.state_mut().ask(Command::OpenPaths(vec![folder.clone()]));
    window.wait("the other folder", move |state| {
        let source = state.landing.value().map(|loaded| &loaded.landing.source);
        matches!(source, Some(Source::Folder(open)) if *open == folder)
    });
    window.harness.run_steps(2);
    assert!(!state(&window).visits.can_go_back() && !state(&window).visits.can_go_forth());
}
