//! The consent page, driven by label: bars that open their rows, who agreed when, withdrawals, expected counts.

use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use stedi_workbench::curation::Cell;
use stedi_workbench::domain::format::{counted, thousands};
use stedi_workbench::domain::{Dataset, Recipe, Table, Withdrawn};
use stedi_workbench::explore::Follow;
use stedi_workbench::review::{Change, Flow, sessions};
use stedi_workbench::state::{Command, Shown};

use crate::support::{Window, real_data, sample_data, write};

fn open() -> Window {
    open_folder(&sample_data())
}

fn open_folder(folder: &std::path::Path) -> Window {
    let mut window = Window::open_folder(folder);
    window.harness.set_size(egui::vec2(1400.0, 1400.0));
    click(&mut window, "Consent");
    window
}

fn settle(window: &mut Window) {
    window.harness.run_steps(3);
    window.wait("the page", |state| {
        state.work.is_none()
            && !state.curation.is_loading()
            && !state.consent.is_loading()
            && !state.verdicts.is_loading()
            && !state.dropped.is_loading()
            && !state.look.is_loading()
    });
}

fn click(window: &mut Window, label: &str) {
    window.harness.get_by_label(label).click();
    settle(window);
}

fn says(window: &Window, text: &str) -> bool {
    window.harness.query_by_label(text).is_some()
}

fn type_into(window: &mut Window, label: &str, text: &str) {
    window.harness.get_by_label(label).focus();
    window.harness.run_steps(2);
    window.harness.get_by_label(label).type_text(text);
    settle(window);
}

fn rows(window: &Window, table: Table) -> u64 {
    window.harness.state().state().curation.value().unwrap().rows(table)
}

#[test]
fn every_bar_is_on_the_screen_and_opens_its_rows() {
    let mut window = open();
    let view = window.harness.state().state().consent.value().unwrap().clone();
    let mut opened = 0;
    for waterfall in &view.waterfalls {
        assert!(waterfall.adds_up(), "{waterfall:?}");
        let Flow::Dataset(dataset) = waterfall.flow else { continue };
        for bar in &waterfall.bars {
            let Change::Removed { table, step, reason, stood } = bar.change else { continue };
            let stood_label = stood.map_or_else(String::new, |stood| format!(": {}", stood.label()));
            let figure = if bar.rows == 0 { "0".to_owned() } else { format!("−{}", thousands(bar.rows)) };
            let label = format!("{}: {}{stood_label}: {figure}", dataset.name(), reason.label());
            assert!(window.harness.query_all_by_label(&label).next().is_some(), "{label}");
            if bar.rows > 0 {
                click(&mut window, &label);
                let state = window.harness.state().state();
                assert_eq!(state.choices().shown, Shown::Dropped { table, step, stood });
                assert_eq!(state.look.value().unwrap().len() as u64, bar.rows, "{label}");
                opened += 1;
                click(&mut window, "Consent");
            }
        }
    }
    assert!(opened >= 4, "only {opened} bars had rows");
}

#[test]
fn the_instant_up_to_which_consents_count_moves_the_figures() {
    let mut window = open();
    click(&mut window, "Who agreed when");
    let before = rows(&window, Table::CustomerTrusted);
    let first = window.harness.state().state().consent.value().unwrap().consented[0].at;
    click(&mut window, "Only consents given until");
    assert_eq!(rows(&window, Table::CustomerTrusted), before, "the last instant leaves all consents");
    let recipe = window.harness.state().state().choices().recipe.clone();
    assert!(recipe.as_of.is_some());
    let recipe = Recipe { as_of: Some(first), ..recipe };
    window.harness.state_mut().ask(Command::SetRecipe(recipe));
    settle(&mut window);
    assert!(rows(&window, Table::CustomerTrusted) < before);
    click(&mut window, "Only consents given until");
    assert_eq!(rows(&window, Table::CustomerTrusted), before);
}

#[test]
fn a_session_counts_readings_before_the_consent_as_the_tables_do() {
    let folder = real_data().unwrap_or_else(sample_data);
    let mut window = open_folder(&folder);
    let view = window.harness.state().state().consent.value().unwrap().clone();
    let agreed = view.sessions.iter().filter(|session| session.consent.is_some());
    let before: u64 = agreed.map(|session| session.before).sum();
    click(&mut window, "Only motions after consent");
    let count =
        window.harness.state().state().curation.value().unwrap().count(Table::AccelerometerTrusted).unwrap().clone();
    let dropped =
        count.steps.iter().find(|step| step.reason == stedi_workbench::domain::Reason::BeforeConsent).unwrap().dropped;
    assert_eq!(before, dropped);
    let landing = window.harness.state().state().landing.value().unwrap().landing.clone();
    let progress = stedi_workbench::domain::Progress::default();
    progress.cancel();
    assert!(sessions(&landing, &Recipe::default(), &progress).is_err());
}

#[test]
fn what_is_told_about_somebody_takes_them_off_the_list_however_they_are_written() {
    let mut window = open();
    let people = window.harness.state().state().landing.value().unwrap().landing.dictionaries().people.clone();
    let email = people.get(0).unwrap().to_owned();
    let withdrawn = Withdrawn::parse(&email.to_uppercase()).unwrap();
    window.harness.state_mut().ask(Command::SetRecipe(Recipe { withdrawn, ..Recipe::default() }));
    settle(&mut window);
    window.harness.state_mut().ask(Command::About(Follow::Person(email)));
    settle(&mut window);
    assert!(says(&window, "on the list of those who withdrew"));
    click(&mut window, "Take off the list");
    assert!(window.harness.state().state().choices().recipe.withdrawn.is_empty());
    assert!(says(&window, "Put on the list of those who withdrew"));
}

#[test]
fn whoever_withdraws_is_gone_until_taken_off_the_list() {
    let mut window = open();
    let before = rows(&window, Table::CustomerTrusted);
    let email = {
        let curation = window.harness.state().state().curation.value().unwrap();
        let view = curation.view(Table::CustomerTrusted);
        let Cell::Text(email) = view.cell(0, view.position("email").unwrap()) else { panic!("no e-mail") };
        email.to_owned()
    };
    let code = window.harness.state().state().landing.value().unwrap().codes.person(&email).unwrap().to_string();
    click(&mut window, "Withdrawals");
    type_into(&mut window, "E-mail address or serial number of a customer who withdrew", &email);
    click(&mut window, "Add");
    assert!(rows(&window, Table::CustomerTrusted) < before);
    assert!(says(&window, &code) && !says(&window, &email), "shown as a code");
    click(&mut window, &format!("Take {code} off the list"));
    assert_eq!(rows(&window, Table::CustomerTrusted), before);
    // By the code that the screen shows, as it is typed; one that nobody has is refused, and whoever did not land is told.
    let withdrawn = |window: &Window| window.harness.state().state().choices().recipe.withdrawn.clone();
    type_into(
        &mut window,
        "E-mail address or serial number of a customer who withdrew",
        &code.to_lowercase().replace('·', "-"),
    );
    click(&mut window, "Add");
    assert_eq!(withdrawn(&window).entries().collect::<Vec<_>>(), [email.as_str()]);
    assert!(rows(&window, Table::CustomerTrusted) < before);
    // Without its first letter as well, where only one has it.
    click(&mut window, &format!("Take {code} off the list"));
    let (_, letters) = code.split_once('·').unwrap();
    type_into(&mut window, "E-mail address or serial number of a customer who withdrew", letters);
    click(&mut window, "Add");
    assert_eq!(withdrawn(&window).entries().collect::<Vec<_>>(), [email.as_str()]);
    // However it is written, it is theirs.
    let shouted = Withdrawn::parse(&email.to_uppercase()).unwrap();
    window.harness.state_mut().ask(Command::SetRecipe(Recipe { withdrawn: shouted, ..Recipe::default() }));
    settle(&mut window);
    assert!(says(&window, &code) && window.harness.query_by_label_contains("nobody who landed").is_none());
    assert!(rows(&window, Table::CustomerTrusted) < before);
    click(&mut window, &format!("Take {code} off the list"));
    type_into(&mut window, "E-mail address or serial number of a customer who withdrew", "C·2222");
    click(&mut window, "Add");
    assert!(withdrawn(&window).is_empty());
    assert!(window.harness.query_by_label_contains("Nobody who landed has the code C·2222.").is_some());
    // Whoever did not land is taken only if somebody says so twice: the list is signed with the rest of the recipe.
    for (again, entries) in [("Do not add it", 0), ("Add it all the same", 1)] {
        let label = "E-mail address or serial number of a customer who withdrew";
        type_into(&mut window, label, "nobody@example.com");
        click(&mut window, "Add");
        let asked =
            window.harness.query_by_label_contains("No customer and no device here is written like that.").is_some();
        assert!(withdrawn(&window).is_empty() && asked);
        click(&mut window, again);
        assert_eq!(withdrawn(&window).entries().count(), entries);
    }
    assert!(window.harness.query_by_label_contains("nobody who landed").is_some());
    window.harness.state_mut().ask(Command::SetRecipe(Recipe::default()));
    settle(&mut window);
    assert_eq!(rows(&window, Table::CustomerTrusted), before);
    let folder = tempfile::tempdir().unwrap();
    let list = write(folder.path(), "list.txt", format!("# those who withdrew\n{email}\n"));
    window.harness.state_mut().ask(Command::ReadWithdrawn(list));
    window.wait("the list", |state| state.choices().recipe.withdrawn.len() == 1);
    settle(&mut window);
    assert!(rows(&window, Table::CustomerTrusted) < before);
    window.harness.state_mut().ask(Command::ReadWithdrawn(folder.path().join("not there")));
    window.wait("the notice", |state| state.notices.iter().any(|notice| notice.text.contains("cannot be read")));
}

#[test]
fn the_doctor_names_the_mistake_behind_a_count() {
    let mut window = open();
    click(&mut window, "Expected counts");
    let landed = window.harness.state().state().landing.value().unwrap().landing.rows(Dataset::Customer);
    let trusted = rows(&window, Table::CustomerTrusted);
    type_into(&mut window, "Expected rows of customer_trusted", &landed.to_string());
    let verdicts = window.harness.state().state().verdicts.value().unwrap().clone();
    assert_eq!((verdicts.len(), verdicts[0].found), (1, trusted));
    assert!(!verdicts[0].mistakes.is_empty());
    assert!(says(&window, &format!("customer_trusted: what gives {}", thousands(landed))));
    // The condition the wrong way round, and a count as people write it.
    let label = "Expected rows of accelerometer_trusted";
    let landed = window.harness.state().state().landing.value().unwrap().landing.rows(Dataset::Accelerometer);
    let dropped = landed - rows(&window, Table::AccelerometerTrusted);
    click(&mut window, "Clear");
    type_into(&mut window, label, &thousands(dropped));
    assert!(window.harness.query_by_label_contains("Those without consent were counted").is_some());
    click(&mut window, "Clear");
    type_into(&mut window, label, "12,34");
    assert!(says(&window, "a whole number is wanted"));
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), "counts.json", format!("{{\"customer_trusted\": {trusted}}}"));
    window.harness.state_mut().ask(Command::ReadExpected(file));
    window.wait("the counts", |state| state.expected.get(Table::CustomerTrusted) == Some(trusted));
    settle(&mut window);
    assert!(window.harness.query_all_by_label_contains("agrees").next().is_some());
    click(&mut window, "Clear");
    assert!(window.harness.state().state().expected.is_empty());
}

#[test]
fn a_customer_is_followed_from_their_line() {
    let mut window = open();
    click(&mut window, "Who agreed when");
    let people = window.harness.state().state().consent.value().unwrap().sessions.len() as u64;
    assert!(says(&window, &format!("customers, {} rows", thousands(people))), "{}", counted(people, "customer"));
    let label = window.harness.get_all_by_label_contains("Only C·").next().unwrap().accesskit_node().label().unwrap();
    click(&mut window, &label);
    assert!(window.harness.state().state().choices().follow.is_some());
    let narrowed = window.harness.state().state().consent.value().unwrap().clone();
    assert_eq!(narrowed.sessions.len(), 1);
    assert_eq!(narrowed.waterfalls[0].bars[0].rows, 1, "the waterfall is theirs as well");
    let chip = format!("{label}, in all tables");
    assert!(window.harness.query_all_by_label_contains(&chip).next().is_some(), "a chip says so");
    let tab = label.replace("Only", "About");
    click(&mut window, &tab);
    let about = window.harness.state().state().consent.value().unwrap().about.clone().unwrap();
    let of = |table: Table| about.tables.iter().find(|line| line.table == table).unwrap().clone();
    let (landed, trusted) = (of(Table::AccelerometerLanding), of(Table::AccelerometerTrusted));
    let dropped: u64 = trusted.dropped.iter().map(|(.., rows)| rows).sum();
    assert!(landed.rows > 0);
    assert_eq!(landed.rows, trusted.rows + dropped, "what landed is left or was dropped for a reason");
    assert_eq!((about.consents.len(), about.devices.len()), (1, 1));
    window.harness.get_by_role_and_label(Role::Button, Table::AccelerometerLanding.name()).click();
    settle(&mut window);
    let look = window.harness.state().state().look.value().unwrap();
    assert!(look.len() < look.view.rows());
    click(&mut window, "Consent");
    click(&mut window, &label.replace("Only", "Show all, not only"));
    assert!(window.harness.state().state().choices().follow.is_none());
    let view = window.harness.state().state().consent.value().unwrap();
    assert_eq!((view.sessions.len() as u64, view.about.is_some()), (people, false));
}
