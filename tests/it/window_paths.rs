//! Opening and saving where the system shows no file dialogs: a path is typed.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use stedi_workbench::landing::Source;
use stedi_workbench::state::{Command, Severity, State};

use crate::support::{Window, sample_data};
use crate::window_review::{ask, settle};

fn state(window: &Window) -> &State {
    window.harness.state().state()
}

/// A window on a system without dialogs.
fn open() -> Window {
    let mut window = Window::open_folder(&sample_data());
    window.harness.state_mut().answer_dialogs(None).unwrap();
    window
}

fn type_path(window: &mut Window, path: &std::path::Path) {
    window.wait("the field", |state| state.path_asked.is_some());
    // What stands there at first is chosen, so that this takes its place.
    window.harness.get_by_label("Path").type_text(path.to_str().unwrap());
    window.harness.run_steps(2);
    window.harness.key_press(Key::Enter);
    settle(window);
}

#[test]
fn a_folder_is_opened_by_its_path() {
    let mut window = open();
    let folder = tempfile::tempdir().unwrap();
    for name in ["customer", "accelerometer", "step_trainer"] {
        let there = folder.path().join(name);
        std::fs::create_dir(&there).unwrap();
        for file in std::fs::read_dir(sample_data().join(name).join("landing")).unwrap() {
            let file = file.unwrap().path();
            std::fs::copy(&file, there.join(file.file_name().unwrap())).unwrap();
        }
    }
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
    type_path(&mut window, folder.path());
    assert_eq!(state(&window).source, Some(Source::Folder(folder.path().to_owned())));
    assert!(state(&window).path_asked.is_none() && state(&window).curation.value().is_some());
    // Escape leaves everything as it is.
    ask(&mut window, Command::ChooseFolder);
    window.wait("the field", |state| state.path_asked.is_some());
    window.harness.key_press(Key::Escape);
    settle(&mut window);
    assert!(state(&window).path_asked.is_none());
    assert_eq!(state(&window).source, Some(Source::Folder(folder.path().to_owned())));
}

#[test]
fn what_could_not_be_opened_is_told_until_something_is() {
    let mut window = open();
    let errors = |window: &Window| {
        let notices = &state(window).notices;
        notices
            .iter()
            .filter(|notice| notice.severity == Severity::Error)
            .map(|notice| notice.text.clone())
            .collect::<Vec<_>>()
    };
    let folder = tempfile::tempdir().unwrap();
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
    // A whole path behind the home folder is that path.
    type_path(&mut window, std::path::Path::new(&format!("~/{}/none", folder.path().display())));
    let none = format!("{}/none", folder.path().display());
    window.wait("a word", |state| state.path_asked.as_ref().is_some_and(|asked| asked.error.is_some()));
    settle(&mut window);
    let words = format!("{none}: No such file or directory. Choose a folder that exists and that you may read.");
    assert!(window.harness.query_by_label_contains(&words).is_some(), "it does not say why");
    // It can be mended instead of typed again, also when it is asked for once more.
    for again in [false, true] {
        if again {
            ask(&mut window, Command::ChooseFolder);
            window.wait("the field", |state| state.path_asked.is_some());
            settle(&mut window);
        }
        assert_eq!(window.harness.get_by_label("Path").value(), Some(none.clone()));
        window.harness.key_press(Key::Escape);
        settle(&mut window);
    }
    // A path that came otherwise is told of below the page.
    ask(&mut window, Command::OpenPaths(vec![none.clone().into()]));
    window.wait("a word", |state| state.notices.iter().any(|notice| notice.severity == Severity::Error));
    let said = errors(&window);
    assert!(said.len() == 1 && said[0].starts_with(&none), "{said:?}");
    ask(&mut window, Command::OpenSample);
    settle(&mut window);
    assert!(state(&window).curation.value().is_some() && errors(&window).is_empty());
}

#[test]
fn a_file_is_written_to_a_path() {
    let mut window = open();
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("rows.csv");
    ask(&mut window, Command::SaveView);
    window.wait("the field", |state| state.path_asked.is_some());
    assert!(state(&window).path_asked.as_ref().unwrap().start.ends_with("customer_landing.csv"));
    type_path(&mut window, &place);
    window.wait("the file", |_| place.is_file());
}

#[test]
fn a_path_in_the_list_of_commands_is_opened() {
    let mut window = Window::open(None);
    settle(&mut window);
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    settle(&mut window);
    let folder = sample_data();
    window.harness.get_by_label("Find a command").type_text(folder.to_str().unwrap());
    settle(&mut window);
    window.harness.key_press(Key::Enter);
    settle(&mut window);
    assert_eq!(state(&window).source, Some(Source::Folder(folder)));
}
