//! Links to views: a link opens to the view that it was made of, names nobody, and is refused where it cannot be followed.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use egui::OutputCommand;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use stedi_workbench::curation::{Codes, TableView};
use stedi_workbench::domain::{
    CheckId, Dataset, Duplicates, JoinRule, OwnerDecision, OwnerDecisions, OwnerRules, Privacy, Progress, Purpose,
    Recipe, Table, Withdrawn,
};
use stedi_workbench::explore::{ColumnLayout, Filter, Follow, Query, Sort, Test};
use stedi_workbench::landing::{ConsentStood, Source, read};
use stedi_workbench::state::{
    Choices, Command, ConsentTab, ExportTab, Loaded, ReviewTab, Severity, Shown, Spot, Stretch, ViewLink,
};

use crate::support::{Window, sample_data, write};

fn load(folder: &std::path::Path) -> Loaded {
    let landing = read(&Source::Folder(folder.to_owned()), &Progress::default()).unwrap();
    let codes = Arc::new(Codes::new(&landing));
    Loaded { landing: Arc::new(landing), codes }
}

/// The sample, and who is in it.
static SAMPLE: LazyLock<(Loaded, Vec<String>, Vec<String>)> = LazyLock::new(|| {
    let loaded = load(&sample_data());
    let view = TableView::landed(&loaded.landing, Dataset::Customer);
    let column = |name: &str| -> Vec<String> {
        let column = view.position(name).unwrap();
        let texts: BTreeSet<String> =
            (0..view.rows()).filter_map(|row| view.cell(row, column).text().map(str::to_owned)).collect();
        texts.into_iter().collect()
    };
    let (people, devices) = (column("email"), column("serialnumber"));
    (loaded, people, devices)
});

fn person() -> impl Strategy<Value = String> {
    select(SAMPLE.1.clone())
}

fn device() -> impl Strategy<Value = String> {
    select(SAMPLE.2.clone())
}

fn follow() -> impl Strategy<Value = Follow> {
    prop_oneof![person().prop_map(Follow::Person), device().prop_map(Follow::Device)]
}

fn table() -> impl Strategy<Value = Table> {
    select(Table::ALL.to_vec())
}

fn shown() -> impl Strategy<Value = Shown> {
    let stood = prop::option::of(Just(ConsentStood::Blank));
    prop_oneof![
        table().prop_map(Shown::Table),
        (table(), 0..3_usize, stood).prop_map(|(table, step, stood)| Shown::Dropped { table, step, stood }),
        select(vec![Shown::Consent, Shown::Signals, Shown::Review, Shown::Export, Shown::Refused]),
    ]
}

fn recipe() -> impl Strategy<Value = Recipe> {
    let decision = (device(), person(), any::<bool>());
    let decision = decision.prop_map(|(serial, owner, is_theirs)| (serial, OwnerDecision { owner, is_theirs }));
    let choices = (select(Purpose::ALL.to_vec()), any::<bool>(), prop::option::of(any::<i64>()), any::<bool>());
    let joins = (select(JoinRule::ALL.to_vec()), 0..60_000_u32);
    (choices, joins, vec(prop_oneof![person(), device()], 0..4), vec(decision, 0..3)).prop_map(
        |((purpose, consent_date, as_of, drops), (join, tolerance_ms), withdrawn, decisions)| Recipe {
            purpose,
            consent_date,
            as_of,
            duplicates: if drops { Duplicates::Drop } else { Duplicates::Keep },
            join,
            tolerance_ms,
            withdrawn: Withdrawn::parse(&withdrawn.join("\n")).unwrap(),
            owners: OwnerRules { decisions: OwnerDecisions(decisions.into_iter().collect()), ..OwnerRules::default() },
            ..Recipe::default()
        },
    )
}

/// What may be asked of a column without saying who somebody is.
fn test_of(privacy: Privacy) -> BoxedStrategy<Test> {
    let present = select(vec![Test::Missing, Test::Present]);
    let texts = |strategy: BoxedStrategy<String>| {
        vec(strategy, 1..4).prop_map(|texts| Test::OneOf(texts.into_iter().collect())).boxed()
    };
    match privacy {
        Privacy::Person => prop_oneof![present, texts(person().boxed())].boxed(),
        Privacy::Device => prop_oneof![present, texts(device().boxed())].boxed(),
        Privacy::Personal => present.boxed(),
        Privacy::Open => prop_oneof![
            present,
            (any::<i64>(), any::<i64>()).prop_map(|(from, to)| Test::Within(from, to)),
            (-1e9..1e9, select(vec![0.1, 1e300, f64::INFINITY])).prop_map(|(from, to)| Test::Between(from, to)),
        ]
        .boxed(),
    }
}

fn column(table: Table) -> impl Strategy<Value = &'static str> {
    select(table.schema().iter().map(|column| column.name).collect::<Vec<_>>())
}

fn query(table: Table) -> impl Strategy<Value = Query> {
    let filter = select(table.schema().to_vec()).prop_flat_map(|column| {
        (test_of(column.privacy), any::<bool>()).prop_map(move |(test, on)| Filter { column: column.name, test, on })
    });
    let sort = (column(table), any::<bool>(), any::<bool>());
    let sort = sort.prop_map(|(column, descending, nulls_first)| Sort { column, descending, nulls_first });
    (vec(filter, 0..4), vec(sort, 0..3)).prop_map(|(filters, sorts)| Query { filters, sorts, find: String::new() })
}

fn layout(table: Table) -> impl Strategy<Value = ColumnLayout> {
    (vec(column(table), 0..3), vec(column(table), 0..3), vec((column(table), any::<bool>()), 0..3)).prop_map(
        move |(hidden, pinned, moved)| {
            let mut layout = ColumnLayout::default();
            hidden.iter().for_each(|name| layout.hide(name, true));
            pinned.iter().for_each(|name| layout.pin(name, true));
            if let Some(dataset) = table.dataset() {
                let view = TableView::landed(&SAMPLE.0.landing, dataset);
                moved.iter().for_each(|(name, right)| layout.shift(&view, name, *right));
            }
            layout
        },
    )
}

fn choices() -> impl Strategy<Value = Choices> {
    let looked = table().prop_flat_map(|table| (Just(Shown::Table(table)), query(table), layout(table)));
    let whom = (prop::option::of(follow()), prop::option::of(follow()));
    (recipe(), shown(), whom, vec(looked, 0..4)).prop_map(|(recipe, shown, (follow, about), looked)| {
        let about = about.filter(|_| shown == Shown::Consent);
        let mut choices = Choices { recipe, shown, follow, about, ..Choices::default() };
        for (shown, query, layout) in looked {
            if query != Query::default() {
                choices.queries.insert(shown, query);
            }
            if !layout.is_plain() {
                choices.columns.insert(shown, layout);
            }
        }
        choices
    })
}

fn spot() -> impl Strategy<Value = Spot> {
    let span = || prop::option::of((any::<i64>(), any::<i64>()));
    let stretch = (span(), span()).prop_map(|(seen, chosen)| Stretch { seen, chosen });
    let tab = select(vec![ReviewTab::Checks, ReviewTab::Joins, ReviewTab::Owners]);
    let check = prop::option::of(select(CheckId::ALL.to_vec()));
    let consent = select(vec![ConsentTab::Waterfall, ConsentTab::Counts]);
    let parts = (tab, check, consent, select(vec![ExportTab::Next, ExportTab::Past]));
    (stretch, prop::option::of(person()), vec(device(), 0..4), parts).prop_map(|(stretch, over, compared, parts)| {
        let (tab, check, consent, export) = parts;
        Spot { stretch, over, compared, tab, check, consent, export }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_link_opens_to_the_view_that_it_was_made_of_and_names_nobody(choices in choices(), spot in spot()) {
        let (loaded, people, devices) = &*SAMPLE;
        let link = ViewLink::of(&choices, &spot, loaded).unwrap();
        let text = link.to_text();
        prop_assert!(people.iter().chain(devices).all(|identity| !text.contains(identity.as_str())), "{text}");
        prop_assert!(!text.contains('@') && !text.contains("%40") && text.is_ascii(), "{text}");
        let read = ViewLink::parse(&text);
        prop_assert_eq!(read.as_ref(), Ok(&link));
        prop_assert_eq!(read.unwrap().to_text(), text, "the same link is the same text");
        let opened = link.open(loaded, &Choices::default());
        prop_assert!(opened.remarks.is_empty());
        prop_assert!(opened.choices == choices, "another view");
        prop_assert_eq!(opened.spot, spot);
    }

    #[test]
    fn whatever_text_comes_is_a_link_or_is_refused(text in "(stedi:view\\?v=1&data=0123456789abcdef)?[ -~é]{0,80}") {
        if let Ok(link) = ViewLink::parse(&text) {
            prop_assert_eq!(ViewLink::parse(&link.to_text()), Ok(link));
        }
    }
}

#[test]
fn what_was_typed_is_left_out_and_said() {
    let (loaded, people, _) = &*SAMPLE;
    let query = Query {
        filters: vec![
            Filter { column: "customername", test: Test::OneOf(["Ada".to_owned()].into()), on: true },
            Filter { column: "email", test: Test::Contains("ada".to_owned()), on: true },
            Filter { column: "email", test: Test::OneOf([people[0].clone()].into()), on: true },
        ],
        find: "ada".to_owned(),
        ..Query::default()
    };
    let choices = Choices { queries: [(Shown::default(), query.clone())].into(), ..Choices::default() };
    let link = ViewLink::of(&choices, &Spot::default(), loaded).unwrap();
    assert_eq!(link.unsaid(), 3);
    assert!(!link.to_text().to_lowercase().contains("ada"), "{}", link.to_text());
    let opened = link.open(loaded, &Choices::default());
    assert_eq!(opened.choices.queries[&Shown::default()].filters, query.filters[2..]);
    assert!(opened.remarks.iter().any(|remark| remark.contains("3 filters")), "{:?}", opened.remarks);
    let hidden = Recipe { withdrawn: Withdrawn::parse("nobody@example.org").unwrap(), ..Recipe::default() };
    let choices = Choices { recipe: hidden, ..Choices::default() };
    let link = ViewLink::of(&choices, &Spot::default(), loaded).unwrap();
    assert!(
        link.open(loaded, &Choices::default()).choices.recipe.withdrawn.is_empty(),
        "who did not land is in no table"
    );
    let spelled = Withdrawn::parse(&people[0].to_uppercase()).unwrap();
    let choices = Choices { recipe: Recipe { withdrawn: spelled, ..Recipe::default() }, ..Choices::default() };
    let link = ViewLink::of(&choices, &Spot::default(), loaded).unwrap();
    let opened = link.open(loaded, &Choices::default());
    assert_eq!(opened.choices.recipe.withdrawn.entries().collect::<Vec<_>>(), [people[0].as_str()]);
}

#[test]
fn other_landing_files_are_told_of() {
    let (loaded, people, _) = &*SAMPLE;
    let choices = Choices { follow: Some(Follow::Person(people[0].clone())), ..Choices::default() };
    let link = ViewLink::of(&choices, &Spot::default(), loaded).unwrap();
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "customer/a.json", r#"{"email":"somebody.else@example.com"}"#);
    let opened = link.open(&load(folder.path()), &Choices::default());
    assert_eq!((opened.choices.follow, opened.remarks.len()), (None, 2));
    assert!(opened.remarks[0].contains("other landing files"), "{:?}", opened.remarks);
}

#[test]
fn more_than_a_link_holds_is_refused() {
    let (loaded, people, _) = &*SAMPLE;
    let filter = Filter { column: "email", test: Test::OneOf(people.iter().cloned().collect()), on: true };
    let query = Query { filters: vec![filter; 4000 / people.len() + 40], ..Query::default() };
    let choices = Choices { queries: [(Shown::default(), query)].into(), ..Choices::default() };
    assert!(ViewLink::of(&choices, &Spot::default(), loaded).is_err());
}

/// Asks for the link to what a window shows.
fn copied(window: &mut Window) -> String {
    window.harness.state_mut().ask(Command::CopyLink);
    for _ in 0..10_000 {
        window.harness.step();
        for command in &window.harness.output().platform_output.commands {
            if let OutputCommand::CopyText(text) = command {
                return text.clone();
            }
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    panic!("no link was copied")
}

fn settle(window: &mut Window) {
    window.harness.run_steps(3);
    window.wait("the view", |state| {
        state.work.is_none() && !state.curation.is_loading() && !state.signals.recording.is_loading()
    });
    window.harness.run_steps(3);
}

#[test]
fn a_link_is_copied_in_one_window_and_opened_in_another() {
    let (_, _, devices) = &*SAMPLE;
    let mut window = Window::open_folder(&sample_data());
    for command in [
        Command::SetRecipe(Recipe { join: JoinRule::Owner, ..Recipe::default() }),
        Command::Follow(Some(Follow::Device(devices[3].clone()))),
        Command::Show(Shown::Signals),
    ] {
        window.harness.state_mut().ask(command);
        settle(&mut window);
    }
    window.harness.get_by_label("Choose all in sight").click();
    settle(&mut window);
    let range = window.harness.state().state().signals.range.unwrap();
    let text = copied(&mut window);
    assert!(text.starts_with("stedi:view?v=1&data="), "{text}");
    window.wait("the notice", |state| state.notices.iter().any(|notice| notice.text.contains("on the clipboard")));

    let mut other = Window::open_folder(&sample_data());
    other.harness.state_mut().ask(Command::OpenLink(text.clone()));
    other.wait("the view", |state| state.choices().shown == Shown::Signals);
    settle(&mut other);
    let (here, there) = (window.harness.state().state(), other.harness.state().state());
    assert!(here.choices() == there.choices(), "another view");
    let (from, to) = there.signals.range.unwrap();
    assert!((from - range.0).abs() <= 1 && (to - range.1).abs() <= 1, "{range:?} became {:?}", (from, to));
    assert!(there.notices.is_empty(), "{:?}", there.notices);

    other.harness.state_mut().ask(Command::OpenLink("stedi:view?v=7&who=ann@example.com".to_owned()));
    other.wait("the refusal", |state| !state.notices.is_empty());
    let notice = &other.harness.state().state().notices[0];
    assert!(notice.severity == Severity::Error && notice.text.contains("later version"), "{notice:?}");
    assert!(!notice.text.contains("ann@"), "{notice:?}");
}

#[test]
fn a_link_leads_to_the_same_part_of_a_page() {
    let (_, people, devices) = &*SAMPLE;
    let (mut window, mut other) = (Window::open_folder(&sample_data()), Window::open_folder(&sample_data()));
    let mut opened = |window: &mut Window| {
        let text = copied(window);
        other.harness.state_mut().ask(Command::OpenLink(text));
        let shown = window.harness.state().state().choices().shown;
        other.wait("the view", |state| state.choices().shown == shown);
        settle(&mut other);
        other.harness.run_steps(4);
        settle(&mut other);
        assert!(window.harness.state().state().choices() == other.harness.state().state().choices(), "another view");
        assert_eq!(copied(window), copied(&mut other), "another part of the page");
    };
    window.harness.state_mut().ask(Command::Show(Shown::Review));
    settle(&mut window);
    for label in ["Whose device", "Joins"] {
        window.harness.get_by_label(label).click();
        settle(&mut window);
        opened(&mut window);
    }
    for command in [Command::Follow(Some(Follow::Device(devices[5].clone()))), Command::Show(Shown::Signals)] {
        window.harness.state_mut().ask(command);
        settle(&mut window);
    }
    window.harness.state_mut().ask(Command::LayOver(Some(people[7].clone())));
    settle(&mut window);
    opened(&mut window);
    assert!(copied(&mut window).contains("&over="));
    window.harness.state_mut().ask(Command::Follow(None));
    window.harness.state_mut().ask(Command::Compare(devices[..2].to_vec()));
    settle(&mut window);
    window.harness.get_by_label("Compare 2 devices").click();
    settle(&mut window);
    opened(&mut window);
    assert!(copied(&mut window).contains("&compared="));
}

#[test]
fn a_link_is_pasted_and_what_is_wrong_with_it_is_said_before_it_is_opened() {
    let mut window = Window::open_folder(&sample_data());
    window.harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::K);
    window.harness.run_steps(2);
    window.harness.get_by_role_and_label(Role::TextInput, "Find a command").type_text("open link");
    window.harness.run_steps(2);
    window.harness.key_press(egui::Key::Enter);
    window.harness.run_steps(3);
    window.harness.get_by_role_and_label(Role::TextInput, "Link to a view").type_text("https://example.com");
    window.harness.run_steps(3);
    assert!(window.harness.query_by_label_contains("does not begin with stedi:view?").is_some());
    window.harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    let data = ViewLink::of(&Choices { shown: Shown::Review, ..Choices::default() }, &Spot::default(), &SAMPLE.0);
    let text = data.unwrap().to_text();
    window.harness.get_by_role_and_label(Role::TextInput, "Link to a view").type_text(&text);
    window.harness.run_steps(3);
    assert!(window.harness.query_by_label_contains("does not begin with stedi:view?").is_none());
    window.harness.get_by_role_and_label(Role::Button, "Open the link").click();
    window.wait("the review", |state| state.choices().shown == Shown::Review);
}

#[test]
fn a_link_that_the_program_starts_with_waits_for_its_landing_files() {
    let about = Some(Follow::Person(SAMPLE.1[0].clone()));
    let choices = Choices { shown: Shown::Consent, about: about.clone(), ..Choices::default() };
    let link = ViewLink::of(&choices, &Spot::default(), &SAMPLE.0);
    let mut window = Window::open_following(Source::Folder(sample_data()), link.unwrap());
    window.wait("the page", |state| state.choices().shown == Shown::Consent && state.work.is_none());
    window.wait("who it is about", |state| state.consent.value().is_some_and(|view| view.about.is_some()));
    window.harness.run_steps(2);
    let state = window.harness.state().state();
    assert!(state.notices.is_empty());
    assert_eq!(
        (&state.choices().about, &state.choices().follow),
        (&about, &None),
        "no table is narrowed by a link to it"
    );
    assert!(
        window.harness.query_by_label("Put on the list of those who withdrew").is_some(),
        "the part about the customer is shown"
    );
}
