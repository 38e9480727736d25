//! More readings than there is memory for, looked at: the same tables on the disk, and a word about what needs more memory.

use std::fs;
use std::path::Path;

use egui_kittest::kittest::Queryable as _;
use stedi_workbench::app::Settings;
use stedi_workbench::curation::{curate, curate_to_disk};
use stedi_workbench::domain::{Dataset, JoinRule, Progress, Recipe, Table, Withdrawn};
use stedi_workbench::explore::{Filter, Sort, Test};
use stedi_workbench::landing::{self, Aside, Landing, Shelf, Source};
use stedi_workbench::state::{Command, Shown, Slot};

use crate::support::{Window, real_data, sample_data};

fn both(folder: &Path, home: &Path, memory: u64) -> (Landing, Landing) {
    let source = Source::Folder(folder.to_owned());
    let aside = Aside { shelf: Shelf::below(home).unwrap(), memory };
    let progress = Progress::default();
    (landing::read(&source, &progress).unwrap(), landing::read_to_disk(&source, aside, &progress).unwrap())
}

fn assert_same(folder: &Path, memory: u64) {
    let home = tempfile::tempdir().unwrap();
    let (here, there) = both(folder, home.path(), memory);
    for dataset in Dataset::ALL {
        assert!(here.numbered(dataset).equals_missing(there.numbered(dataset)), "{dataset:?}");
    }
    let email = here.frame(Dataset::Customer).column("email").unwrap().str().unwrap().get(3).unwrap().to_owned();
    let start = Recipe::default();
    for recipe in [
        start.clone(),
        Recipe { consent_date: true, join: JoinRule::Owner, ..start.clone() },
        Recipe { join: JoinRule::Nearest, tolerance_ms: 400, ..start.clone() },
        Recipe { join: JoinRule::InferredOwner, ..start.clone() },
        Recipe { withdrawn: Withdrawn::parse(&email).unwrap(), as_of: Some(1_655_564_376_361), ..start },
    ] {
        let progress = Progress::default();
        let one = curate(&here, &recipe, &progress).unwrap();
        let other = curate_to_disk(&there, &recipe, there.aside().unwrap(), &progress).unwrap();
        assert_eq!(one.counts, other.counts, "{recipe:?}");
        for table in Table::ALL {
            assert!(one.numbered(table).equals_missing(other.numbered(table)), "{table:?} of {recipe:?}");
            assert_eq!(one.rows(table), other.rows(table));
        }
    }
    assert!(fs::read_dir(home.path()).unwrap().count() > 0);
    drop(there);
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0, "what was put aside is gone");
}

#[test]
fn the_tables_on_the_disk_are_those_in_memory() {
    assert_same(&sample_data(), 1_500_000);
    if let Some(folder) = real_data() {
        assert_same(&folder, 12_000_000);
    }
}

#[test]
fn a_window_with_little_memory_shows_the_same_and_says_what_needs_more() {
    let home = tempfile::tempdir().unwrap();
    let settings = Settings::at(home.path().join("settings.json")).with_memory(Some(400_000));
    let source = || Some(Source::Folder(sample_data()));
    let mut window = Window::open_with(settings, source());
    window.wait("the tables", |state| state.work.is_none() && state.curation.value().is_some());
    let usual = Window::open_folder(&sample_data());
    {
        let (state, usual) = (window.harness.state().state(), usual.harness.state().state());
        let (one, other) = (state.curation.value().unwrap(), usual.curation.value().unwrap());
        assert!(state.landing.value().unwrap().landing.aside().is_some(), "it is on the disk");
        assert_eq!(one.counts, other.counts);
    }
    let shown = Shown::Table(Table::AccelerometerLanding);
    window.harness.state_mut().ask(Command::Show(shown));
    window.wait("the table", |state| state.look.value().is_some_and(|look| look.shown == shown));

    let sort = Sort { column: "x", descending: false, nulls_first: false };
    let query = |window: &mut Window, filters: Vec<Filter>| {
        let query = stedi_workbench::explore::Query { filters, sorts: vec![sort], ..Default::default() };
        window.harness.state_mut().ask(Command::SetQuery(shown, query));
    };
    query(&mut window, vec![]);
    window.wait("a word about memory", |state| matches!(state.look, Slot::Failed { .. }));
    assert!(window.harness.query_by_label_contains("would take about").is_some());
    query(&mut window, vec![Filter { column: "x", test: Test::Between(0.0, 0.5), on: true }]);
    window.wait("some rows in order", |state| matches!(&state.look, Slot::Ready(look) if !look.query.sorts.is_empty()));
}
