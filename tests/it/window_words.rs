//! The window in German: every page, tab and menu, with nothing left in English; instants in another zone.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::{NodeT, Queryable, by};
use stedi_workbench::app::Settings;
use stedi_workbench::domain::{CheckId, JoinRule, Purpose, Recipe, Table, TimeZone};
use stedi_workbench::explore::{Follow, Selection};
use stedi_workbench::lakehouse::limits_over_connect;
use stedi_workbench::landing::Source;
use stedi_workbench::picture::scene::Scene;
use stedi_workbench::picture::{Coloring, Picture};
use stedi_workbench::spark::{Failure, Order, Remote, Stopped, shortened};
use stedi_workbench::state::{Beside, Command, Instants, Language, Place, Shown, Spoken, Under};
use stedi_workbench::ui::words;

use crate::support::{Window, sample_data};
use crate::window_review::{ask, settle};

/// A window on the sample on a system of this language and zone.
fn open(spoken: Spoken, zone: &str) -> (tempfile::TempDir, Window) {
    let home = tempfile::tempdir().unwrap();
    let zone = TimeZone::named(zone).unwrap();
    let settings = Settings::at(home.path().join("settings.json")).with_system(spoken, zone);
    let mut window = Window::open_with(settings, Some(Source::Folder(sample_data())));
    window.harness.set_size(vec2(1280.0, 1600.0));
    settle(&mut window);
    (home, window)
}

/// Everything that a screen reader would say.
fn said(window: &Window) -> Vec<String> {
    // Parts of a text that is broken into lines are no words.
    let nodes = window.harness.get_all(by().predicate(|node| node.role() != Role::TextRun));
    let words = nodes.flat_map(|node| [node.accesskit_node().label(), node.accesskit_node().value()]);
    words.flatten().collect()
}

/// Names of data sets, tables and columns, and a word of SQL that the editor offers: the same in every language.
const DATA: [&str; 7] = ["customer", "machine learning", "user", "distance", "device", "phone", "is"];

/// A walk through a window, and what was not as it should be on the way.
struct Walk {
    window: Window,
    wrong: BTreeSet<String>,
}

impl Walk {
    fn new() -> (tempfile::TempDir, Self) {
        let (home, window) = open(Spoken::German, "UTC");
        (home, Self { window, wrong: BTreeSet::new() })
    }

    /// Nothing that is said here is in no catalogue, or would be otherwise in German.
    fn look(&mut self, place: &str) {
        self.window.harness.run_steps(2);
        for text in said(&self.window) {
            // A bar of the waterfall has the name of its data set in front.
            let text = text.strip_prefix("customer: ").unwrap_or(&text).to_owned();
            let german = words::translated(&text);
            // Figures in German are other figures in English.
            let letters = |text: &str| text.replace(['.', ','], "");
            let is_other = german.as_ref().is_some_and(|german| letters(german) != letters(&text));
            if is_other && !DATA.contains(&text.as_str()) {
                self.wrong.insert(format!("{place}: {text:?} is {german:?}"));
            }
        }
        self.wrong.extend(words::missed().into_iter().map(|text| format!("no entry: {text:?}")));
    }

    fn show(&mut self, shown: Shown) {
        self.ask(Command::Show(shown));
    }

    fn ask(&mut self, command: Command) {
        ask(&mut self.window, command.clone());
        self.look(&format!("{command:?}"));
    }

    fn click(&mut self, english: &str) {
        click(&mut self.window, english);
        self.look(english);
    }

    fn ends(self) {
        assert!(self.wrong.is_empty(), "{:#?}", self.wrong);
    }
}

fn click(window: &mut Window, english: &str) {
    let label = words::t(english).to_string();
    let found = window.harness.get_all_by_label(&label).next();
    found.unwrap_or_else(|| panic!("there is no {label}")).click();
    settle(window);
}

#[test]
fn the_whole_window_is_german() {
    let (_home, mut walk) = Walk::new();
    for table in Table::ALL {
        walk.show(Shown::Table(table));
    }
    for (table, step) in
        [(Table::CustomerTrusted, 0), (Table::AccelerometerTrusted, 0), (Table::MachineLearningCurated, 0)]
    {
        walk.show(Shown::Dropped { table, step, stood: None });
    }
    walk.show(Shown::Table(Table::MachineLearningCurated));
    walk.click("Show details");
    let selection = Selection { anchor: (0, 0), head: (3, 1) };
    walk.ask(Command::Select(Shown::Table(Table::MachineLearningCurated), selection));
    walk.show(Shown::Consent);
    for tab in ["Where rows went", "Who agreed when", "Withdrawals", "Expected counts"] {
        walk.click(tab);
    }
    walk.show(Shown::Signals);
    walk.window.wait("the devices", |state| state.signals.lines.value().is_some());
    walk.look("the devices");
    let device = walk.window.harness.state().state().signals.lines.value().and_then(|lines| lines[0].device.clone());
    walk.ask(Command::Follow(device.map(Follow::Device)));
    walk.show(Shown::Consent);
    walk.ask(Command::Follow(None));
    walk.show(Shown::Refused);
    walk.show(Shown::Review);
    for tab in ["Joins", "Join rules", "Whose device", "Trail", "Checks"] {
        walk.click(tab);
    }
    walk.show(Shown::Export);
    walk.window.wait("the export", |state| state.exporting.preview.value().is_some());
    walk.look("the export");
    walk.click("Exports made");
    walk.ask(Command::OfferEngines(true));
    walk.click("A Spark server");
    walk.click("This machine");
    let gone = |_: &Remote, _: &Order, _: &mut dyn FnMut(&str), _: &dyn Fn() -> bool| anyhow::bail!("it is gone");
    walk.window.harness.state_mut().put_in_place_of_spark(gone).unwrap();
    walk.click("A Spark server");
    walk.click("Cancel");
    walk.ends();
}

#[test]
fn sql_and_a_page_beside_are_german() {
    let (_home, mut walk) = Walk::new();
    walk.show(Shown::Sql);
    for table in Table::ALL {
        // Opens the list of its columns.
        walk.window.harness.get_all_by_label(table.name()).last().unwrap().click();
        settle(&mut walk.window);
    }
    walk.look("columns of the tables");
    let shown = said(&walk.window);
    for text in [
        "TABELLEN",
        "BEISPIELE",
        "Die Spalte email einfügen, Text, personenbezogen",
        "Beispiel: Einwilligungen nach Monat",
    ] {
        assert!(shown.iter().any(|other| other == text), "{text} is not there: {shown:?}");
    }
    for query in [
        "SELECT email, COUNT(*) AS n FROM customer_landing GROUP BY email LIMIT 3",
        "SELECT email FROM customer_landing WHERE email = 'x'",
        "SELECT emial FROM customer_landing",
        "EXPLAIN SELECT email FROM customer_landing",
    ] {
        ask(&mut walk.window, Command::Ask(query.to_owned()));
        walk.window.wait("the answer", |state| !state.sql.answer.is_loading());
        settle(&mut walk.window);
        walk.look(query);
    }
    assert!(said(&walk.window).iter().any(|text| text.starts_with("in 0,")), "how long it took is not German");
    for (shown, place, under) in [
        (Shown::Review, Place::Right, Under::Specified),
        (Shown::Table(Table::CustomerTrusted), Place::Below, Under::Before),
        (Shown::Signals, Place::Right, Under::InForce),
    ] {
        let beside = Beside { shown, place, under, ..Beside::default() };
        walk.ask(Command::SetBeside(Some(beside)));
        walk.window.harness.run_steps(20);
        settle(&mut walk.window);
        walk.look(&format!("beside: {shown:?}"));
    }
    walk.ends();
}

#[test]
fn pictures_of_pages_say_what_the_window_does() {
    let (home, mut walk) = Walk::new();
    let save = |walk: &mut Walk, name: &str, title: &str| {
        let path = home.path().join(name);
        walk.window.harness.state_mut().answer_dialogs(Some(vec![path.clone()])).unwrap();
        walk.window.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::E);
        walk.window.wait(name, |state| state.notices.iter().any(|notice| notice.text.contains(name)));
        walk.look(name);
        let text = fs::read_to_string(path).unwrap();
        assert!(text.contains(&format!("<title>{title}</title>")), "{name} is no picture of {title}");
        assert!(
            text.contains("Rezept Spezifikation: Einwilligung für Forschung · verknüpft über den Zeitstempel"),
            "{text}"
        );
        assert!(text.contains("Kundendatensätze") && text.contains("abgewiesen"), "{text}");
        text
    };
    walk.show(Shown::Consent);
    let flows = save(&mut walk, "flows.svg", "Wo Zeilen blieben");
    assert!(flows.contains("keine Einwilligung") && flows.contains("machine learning"), "{flows}");
    walk.click("Who agreed when");
    let consents = save(&mut walk, "consents.svg", "Wer wann einwilligte");
    assert!(consents.contains("hatten am Ende eingewilligt"), "{consents}");
    walk.show(Shown::Review);
    let checks = save(&mut walk, "checks.svg", "Prüfungen der Verknüpfungen");
    assert!(
        checks.contains("Fremde Bewegungen") && checks.contains("Warnung") && !checks.contains("motion"),
        "{checks}"
    );
    walk.show(Shown::Signals);
    walk.window.wait("the devices", |state| state.signals.lines.value().is_some());
    let devices = save(&mut walk, "devices.svg", "Geräte und Telefone");
    assert!(devices.contains("fremde Paare") && devices.contains("Werte über die Zeit"), "{devices}");
    let path = home.path().join("counts.svg");
    walk.window.harness.state_mut().answer_dialogs(Some(vec![path.clone()])).unwrap();
    walk.click("Save the counts of all tables as SVG or PNG");
    walk.window.wait("the counts", |state| state.notices.iter().any(|notice| notice.text.contains("counts.svg")));
    let counts = fs::read_to_string(path).unwrap();
    assert!(
        counts.contains("−72 gegenüber customer_landing · −68 keine Einwilligung")
            || counts.contains("−72 gegenüber customer_landing · −72 keine Einwilligung"),
        "{counts}"
    );
    // A chart has a heading of its own, and its file is called by what it is, not by whom.
    let lines = walk.window.harness.state().state().signals.lines.value().cloned().unwrap();
    let line = lines.iter().find(|line| line.device.is_some() && line.foreign > 0).unwrap();
    walk.ask(Command::Follow(line.device.clone().map(Follow::Device)));
    walk.window.wait("the recording", |state| state.signals.recording.value().is_some());
    let path = home.path().join("chart.svg");
    walk.window.harness.state_mut().answer_dialogs(Some(vec![path.clone()])).unwrap();
    walk.window.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::E);
    walk.window.wait("the chart", |state| state.notices.iter().any(|notice| notice.text.contains("chart.svg")));
    walk.look("the chart");
    let chart = fs::read_to_string(path).unwrap();
    for said in [
        "<title>Signale von D·",
        "verknüpft über den Zeitstempel",
        "mit fremder Bewegung verknüpft",
        ">Distanz zum Objekt<",
    ] {
        assert!(chart.contains(said), "{said}: {chart}");
    }
    let picture = |title: &str| Picture { title: title.to_owned(), scene: Scene::default(), coloring: Coloring::Light };
    for (title, stem) in [
        ("signals of D·1 with C·2", "signals"),
        ("Signale von D·1 mit C·2", "signale"),
        ("Geräte und Telefone", "geräte-und-telefone"),
    ] {
        assert_eq!(picture(title).stem(), stem);
    }
    walk.ends();
}

#[test]
fn what_a_spark_server_says_is_german() {
    let lines = vec![
        "customer/landing/a.json: 1 line with no email, or a blank one; correct the records or take them out"
            .to_owned(),
        "b.json: 3 lines with shareWithResearchAsOfDate given twice; write each key once".to_owned(),
        "no landing files of step_trainer; put them in a folder step_trainer/ below the landing zone".to_owned(),
    ];
    let what = "Spark would swallow or mistake something in the landing files";
    let failed = |said: &str, folder: Option<&str>| {
        let (doing, said, folder) = ("make customer_trusted".to_owned(), said.to_owned(), folder.map(str::to_owned));
        Failure::Spark { doing, said, folder }.to_string()
    };
    let adds_up =
        "customer_trusted does not add up at the step no consent: other rows were made than counted".to_owned();
    for said in [
        Failure::Refused { what, lines }.to_string(),
        failed(&shortened("PATH_NOT_FOUND", ""), None),
        failed(&shortened("", "java.lang.IllegalStateException: a"), Some("/out/runs/one")),
        failed(&shortened("CAST_INVALID_INPUT", ""), Some("/out/runs/one")),
        Failure::DoesNotAddUp { what: adds_up, folder: Some("/out/runs/one".to_owned()) }.to_string(),
        Stopped { was_told: true }.to_string() + ".",
        Stopped { was_told: false }.to_string() + ".",
        "no Spark server answers at localhost:15002. Start it, or correct its address".to_owned(),
    ] {
        let said = format!("On Spark: {said}");
        let german = words::translated(&said).unwrap_or_else(|| panic!("no entry: {said:?}"));
        assert!(german.starts_with("Auf Spark: ") && !german.contains(" the "), "{german}");
    }
    for limit in limits_over_connect(&Recipe { join: JoinRule::InferredOwner, ..Recipe::default() }) {
        assert!(words::translated(&limit).is_some(), "{limit}");
    }
    for text in [
        "They cannot be opened from here: this machine cannot look there. Copy the folder here and open that.",
        "Other landing files are open meanwhile, so it is not shown.",
    ] {
        let said = format!("Spark 4.3.0 made 5 tables in 3.0 s: /out/runs/a. {text}");
        let german = words::translated(&said).unwrap_or_else(|| panic!("no entry: {said:?}"));
        assert!(german.starts_with("Spark 4.3.0 erstellte 5 Tabellen in 3,0 s: /out/runs/a."), "{german}");
    }
}

#[test]
fn every_check_is_german() {
    let (_home, mut walk) = Walk::new();
    walk.show(Shown::Review);
    let is_passing = |text: &String| text.ends_with("bestanden") && text.contains(char::is_numeric);
    let passing = said(&walk.window).into_iter().find(is_passing).unwrap();
    walk.window.harness.get_by_label(&passing).click();
    settle(&mut walk.window);
    let titles: Vec<String> = CheckId::ALL.iter().map(|id| format!("{}: ", words::t(id.about().title))).collect();
    let is_check = |text: &String| titles.iter().any(|title| text.starts_with(title));
    let checks: Vec<String> = said(&walk.window).into_iter().filter(is_check).collect();
    assert!(checks.len() > 40, "{checks:?}");
    for check in checks {
        walk.window.harness.get_all_by_label(&check).next().unwrap().click();
        settle(&mut walk.window);
        walk.look(&check);
    }
    walk.ends();
}

#[test]
fn menus_the_guide_and_the_list_of_commands_are_german() {
    let (_home, mut walk) = Walk::new();
    for menu in ["Settings", "History", "Guide (F1)", "All commands (Ctrl+K)"] {
        walk.click(menu);
    }
    let has = |part: &str| said(&walk.window).iter().any(|text| text.contains(part));
    assert!(has("nach Einwilligung die Trusted"), "the guide is not there");
    assert!(has("Alle Befehle auflisten"), "the list is not there");
    walk.window.harness.key_press(Key::Escape);
    walk.ask(Command::SetRecipe(Recipe { consent_date: true, join: JoinRule::Owner, ..Recipe::default() }));
    walk.ask(Command::SetRecipe(Recipe {
        purpose: Purpose::Public,
        as_of: Some(1_655_564_376_361),
        ..Recipe::default()
    }));
    walk.ask(Command::Undo);
    walk.ask(Command::Reveal(true));
    walk.ask(Command::Copy { titles: true });
    walk.ends();
}

/// What is saved of a table while the window is in a language.
fn saved(window: &mut Window, language: Language, place: &Path) -> String {
    ask(window, Command::SetLanguage(language));
    let sight = Arc::new(window.harness.state().state().sight().unwrap());
    ask(window, Command::SaveViewTo(place.to_owned(), sight));
    // Until that is told, another is not begun.
    let name = place.file_name().unwrap().to_string_lossy().into_owned();
    window.wait("the file", |state| state.notices.iter().any(|notice| notice.text.contains(&name)));
    fs::read_to_string(place).unwrap()
}

#[test]
fn the_language_is_chosen_and_remembered_and_changes_no_file() {
    let (home, mut window) = open(Spoken::English, "Europe/Berlin");
    ask(&mut window, Command::Show(Shown::Table(Table::AccelerometerLanding)));
    window.harness.get_by_label("Reload (Ctrl+R)");
    let english = saved(&mut window, Language::English, &home.path().join("english.csv"));
    ask(&mut window, Command::SetInstants(Instants::Local));
    let german = saved(&mut window, Language::German, &home.path().join("german.csv"));
    assert_eq!(english, german);
    window.harness.get_by_label("Neu einlesen (Strg+R)");
    let shown = said(&window);
    let has = |part: &str| shown.iter().any(|text| text.contains(part));
    assert!(has("machine_learning_curated: 5.876 Zeilen") && !has("5,876"), "{shown:?}");
    drop(window);
    let mut again =
        Window::open_with(Settings::at(home.path().join("settings.json")), Some(Source::Folder(sample_data())));
    settle(&mut again);
    again.harness.get_by_label("Neu einlesen (Strg+R)");
    assert_eq!(again.harness.state().state().instants, Instants::Local);
    ask(&mut again, Command::SetLanguage(Language::System));
    again.harness.get_by_label("Reload (Ctrl+R)");
}

#[test]
fn instants_say_by_which_clock_they_are() {
    let (_home, mut window) = open(Spoken::English, "Europe/Berlin");
    ask(&mut window, Command::Show(Shown::Table(Table::StepTrainerLanding)));
    let is_instant = |text: &String| text.starts_with("20") && text.contains(':');
    let utc: Vec<String> = said(&window).into_iter().filter(is_instant).collect();
    let selection = Selection { anchor: (0, 0), head: (0, 0) };
    ask(&mut window, Command::Select(Shown::Table(Table::StepTrainerLanding), selection));
    click(&mut window, "Show details");
    assert!(said(&window).iter().any(|text| text == "sensorreadingtime UTC"), "the title does not say UTC");
    click(&mut window, "Hide details");
    ask(&mut window, Command::SetInstants(Instants::Local));
    let local: Vec<String> = said(&window).into_iter().filter(is_instant).collect();
    assert!(!utc.is_empty() && utc.len() == local.len());
    for (utc, local) in utc.iter().zip(&local) {
        let instant = stedi_workbench::domain::format::instant;
        assert!(local.ends_with(" +01:00") || local.ends_with(" +02:00"), "{local}");
        assert_eq!(instant(utc), instant(local));
    }
}
