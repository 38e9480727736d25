//! What became of single readings: the same as the tables say, whichever rows are asked for.

use std::collections::{BTreeMap, BTreeSet};

use stedi_workbench::curation::{Cell, Curation, Fate, Owners, TableView, Whose};
use stedi_workbench::domain::{Duplicates, JoinRule, Progress, Purpose, Reason, Recipe, Table, Withdrawn};
use stedi_workbench::generate::{Defects, Generator};
use stedi_workbench::landing::Landing;

use crate::curation::{by_hand, curated, every_recipe, landing};
use crate::support::{real_data, sample_data};

/// Where each landing table flows to.
const WAYS: [(Table, Table); 5] = [
    (Table::CustomerLanding, Table::CustomerTrusted),
    (Table::CustomerLanding, Table::CustomerCurated),
    (Table::AccelerometerLanding, Table::AccelerometerTrusted),
    (Table::StepTrainerLanding, Table::StepTrainerTrusted),
    (Table::StepTrainerLanding, Table::MachineLearningCurated),
];

pub fn generated(defects: &str, customers: u64) -> Landing {
    let folder = tempfile::tempdir().unwrap();
    let defects: Defects = defects.parse().unwrap();
    let generator = Generator { defects, ..Generator::new(customers) };
    generator.write(&folder.path().join("landing"), &Progress::default()).unwrap();
    landing(&folder.path().join("landing"))
}

pub fn all_rows(curation: &Curation, table: Table) -> Vec<u32> {
    (0..curation.rows(table) as u32).collect()
}

fn cells(view: &TableView, row: usize) -> Vec<String> {
    (0..view.columns().len()).map(|column| format!("{:?}", view.cell(row, column))).collect()
}

pub fn texts(curation: &Curation, table: Table, column: &str) -> Vec<String> {
    let view = curation.view(table);
    let column = view.position(column).unwrap();
    let text = |row| if let Cell::Text(text) = view.cell(row, column) { text.to_owned() } else { String::new() };
    (0..view.rows()).map(text).collect()
}

/// Every recipe, as it is and with everything that can be added to it.
pub fn recipes(landing: &Landing) -> Vec<Recipe> {
    let plain = curated(landing, &Recipe::default());
    let consents = plain.view(Table::CustomerTrusted);
    let consent = consents.position(Purpose::Research.column()).unwrap();
    let Cell::Time(as_of) = consents.cell(consents.rows() / 2, consent) else { panic!("no consent") };
    let emails = texts(&plain, Table::CustomerLanding, "email").into_iter().step_by(9);
    let serials = texts(&plain, Table::StepTrainerLanding, "serialnumber").into_iter().step_by(501);
    let list: Vec<String> = emails.chain(serials).collect();
    let withdrawn = Withdrawn::parse(&list.join("\n")).unwrap();
    every_recipe()
        .flat_map(|recipe| {
            let more = Recipe { as_of: Some(as_of), withdrawn: withdrawn.clone(), ..recipe.clone() };
            [recipe, more]
        })
        .collect()
}

/// What became of all rows is what the tables say: the same counts, the same rows left, the same rows behind each loss.
fn assert_the_same_as_the_tables(curation: &Curation) {
    for (from, to) in WAYS {
        let recipe = &curation.recipe;
        let rows = all_rows(curation, from);
        let trace = curation.trace(to, &rows, &Progress::default()).unwrap();
        assert_eq!(trace.fates.len(), rows.len());
        for count in &trace.counts {
            assert_eq!(Some(count), curation.count(count.table), "{recipe:?}");
        }
        let table = curation.view(to);
        assert_eq!(trace.left.rows(), table.rows());
        let landed = curation.view(from);
        assert!(
            (0..table.rows()).all(|row| cells(&trace.left, row) == cells(&table, row)),
            "{recipe:?}: {}",
            to.name()
        );
        let left: BTreeSet<u32> = trace.from.iter().copied().collect();
        let kept = rows.iter().filter(|&&row| trace.fates[row as usize].is_kept());
        assert!(kept.eq(left.iter()), "{recipe:?}: {}", to.name());
        for count in &trace.counts {
            // A device with several owners is several rows for the steps behind the one that joins them.
            let single = count.steps.iter().position(|step| step.added > 0).map_or(usize::MAX, |step| step + 1);
            for step in (0..count.steps.len()).take_while(|&step| step < single) {
                let behind = curation.dropped(count.table, step, &Progress::default()).unwrap();
                let is_it = |fate: &Fate| *fate == dropped(count.table, step, count.steps[step].reason);
                let gone: Vec<u32> = rows.iter().copied().filter(|&row| is_it(&trace.fates[row as usize])).collect();
                assert_eq!(gone.len(), behind.rows(), "{recipe:?}: {} {step}", count.table.name());
                for (place, row) in gone.into_iter().enumerate() {
                    assert_eq!(cells(&landed, row as usize), cells(&behind, place));
                }
            }
        }
    }
}

pub fn dropped(table: Table, step: usize, reason: Reason) -> Fate {
    Fate::Dropped { table, step, reason }
}

#[test]
fn what_became_of_all_rows_is_what_the_tables_say() {
    let data = generated("all", 60);
    for recipe in recipes(&data) {
        assert_the_same_as_the_tables(&curated(&data, &recipe));
    }
    let Some(folder) = real_data() else { return };
    let data = landing(&folder);
    for recipe in [Recipe::default(), Recipe { consent_date: true, join: JoinRule::Owner, ..Recipe::default() }] {
        assert_the_same_as_the_tables(&curated(&data, &recipe));
    }
}

/// Rows in no order, one of them twice, and of equal rows often only a later one.
#[test]
fn what_became_of_some_rows_does_not_depend_on_which_others_are_asked_for() {
    let data = generated("duplicate-readings=0.3,duplicate-files=0.5,unknown-users,unknown-devices", 60);
    let mut duplicates = 0;
    for recipe in recipes(&data) {
        let curation = curated(&data, &recipe);
        for (from, to) in WAYS {
            let whole = curation.fates(to, &all_rows(&curation, from), &Progress::default()).unwrap();
            let mut some: Vec<u32> = all_rows(&curation, from).into_iter().rev().step_by(13).collect();
            let middle = some.len() / 2;
            some.rotate_left(middle);
            some.push(some[0]);
            let fates = curation.fates(to, &some, &Progress::default()).unwrap();
            assert_eq!(fates, some.iter().map(|&row| whole[row as usize]).collect::<Vec<_>>(), "{recipe:?}");
            let is_duplicate = |fate: &&Fate| matches!(fate, Fate::Dropped { reason: Reason::Duplicate, .. });
            duplicates += fates.iter().filter(is_duplicate).count();
        }
    }
    assert!(duplicates > 1_000, "{duplicates}");
}

#[test]
fn no_rows_and_no_such_rows() {
    let data = landing(&sample_data());
    let recipe = Recipe { duplicates: Duplicates::Drop, join: JoinRule::Owner, ..Recipe::default() };
    for recipe in [Recipe::default(), recipe] {
        let curation = curated(&data, &recipe);
        for (from, to) in WAYS {
            assert_eq!(curation.fates(to, &[], &Progress::default()).unwrap(), []);
            let behind = curation.rows(from) as u32;
            assert!(curation.fates(to, &[0, behind], &Progress::default()).is_err());
            assert!(curation.fates(from, &[0], &Progress::default()).is_err(), "nothing leads to a landing table");
        }
    }
}

#[test]
fn the_fate_of_each_reading_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    by_hand(folder.path());
    let data = landing(folder.path());
    let strict = Recipe { consent_date: true, duplicates: Duplicates::Drop, ..Recipe::default() };
    let curation = curated(&data, &strict);
    let words = |table, rows: &[u32]| -> Vec<&str> {
        let word = |fate: &Fate| if let Fate::Dropped { reason, .. } = fate { reason.label() } else { "kept" };
        curation.fates(table, rows, &Progress::default()).unwrap().iter().map(word).collect()
    };
    assert_eq!(
        words(Table::AccelerometerTrusted, &[0, 1, 2, 3, 4, 5]),
        ["kept", "before consent", "kept", "duplicate", "no consent", "unknown user"]
    );
    assert_eq!(words(Table::AccelerometerTrusted, &[3]), ["duplicate"], "its first is not among the rows asked for");
    assert_eq!(
        words(Table::MachineLearningCurated, &[0, 1, 2, 3, 4, 5]),
        [
            "kept",
            "kept",
            "no consent",
            "customer without trusted readings",
            "unknown device",
            "no motion at this instant"
        ]
    );
    assert_eq!(words(Table::CustomerCurated, &[4, 3]), ["duplicate", "customer without trusted readings"]);
}

#[test]
fn whose_a_motion_is_goes_by_the_records() {
    let folder = tempfile::tempdir().unwrap();
    by_hand(folder.path());
    let curation = curated(&landing(folder.path()), &Recipe::default());
    let customers = curation.view(Table::CustomerLanding);
    let owners = Owners::new(&customers, |_| true);
    assert_eq!(owners.whose("d1", "ann@example.com"), Whose::Own);
    assert_eq!(owners.whose("d1", "ben@example.com"), Whose::Foreign);
    assert_eq!(owners.whose("d9", "ben@example.com"), Whose::Unknown);
    let rows = all_rows(&curation, Table::StepTrainerLanding);
    let mut counted = BTreeMap::<(u32, Whose), u64>::new();
    for pair in curation.pairs(&rows, &Progress::default()).unwrap() {
        *counted.entry((pair.row, pair.whose)).or_default() += 1;
    }
    let expected = [((0, Whose::Own), 1), ((0, Whose::Foreign), 2), ((1, Whose::Own), 2), ((1, Whose::Foreign), 1)];
    assert_eq!(counted, BTreeMap::from(expected));
}
