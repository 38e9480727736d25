//! The plan, run: right counts, counts that add up, and the rows behind each of them.

use std::path::Path;

use polars::prelude::*;
use stedi_workbench::curation::{Cell, Codes, Curation, TableView, curate};
use stedi_workbench::domain::{Column, Dataset, Duplicates, JoinRule, Privacy, Progress, Purpose, Recipe, Table};
use stedi_workbench::generate::{Defect, Defects, Generator};
use stedi_workbench::landing::{Landing, Source, read};

use crate::support::{real_data, sample_data, write};

pub fn landing(folder: &Path) -> Landing {
    read(&Source::Folder(folder.to_owned()), &Progress::default()).unwrap()
}

pub fn curated(landing: &Landing, recipe: &Recipe) -> Curation {
    curate(landing, recipe, &Progress::default()).unwrap()
}

pub fn rows(curation: &Curation) -> [u64; 8] {
    Table::ALL.map(|table| curation.rows(table))
}

/// Every combination of the choices that have few values.
pub fn every_recipe() -> impl Iterator<Item = Recipe> {
    Purpose::ALL.into_iter().flat_map(|purpose| {
        [false, true].into_iter().flat_map(move |consent_date| {
            [Duplicates::Keep, Duplicates::Drop].into_iter().flat_map(move |duplicates| {
                JoinRule::ALL.into_iter().map(move |join| Recipe {
                    purpose,
                    consent_date,
                    duplicates,
                    join,
                    ..Recipe::default()
                })
            })
        })
    })
}

/// Each count adds up, and the rows behind each loss are as many as the count says.
pub fn assert_explained(curation: &Curation, recipe: &Recipe) {
    for count in &curation.counts {
        assert!(count.adds_up(), "{recipe:?}: {count:?}");
        assert_eq!(count.rows_in, curation.rows(count.source));
        assert_eq!(count.rows, curation.rows(count.table));
        for (position, step) in count.steps.iter().enumerate() {
            let behind = curation.dropped(count.table, position, &Progress::default()).unwrap();
            assert_eq!(behind.rows() as u64, step.dropped, "{recipe:?}: {} {position}", count.table.name());
        }
    }
}

#[test]
fn the_real_data_give_the_reference_counts() {
    let Some(folder) = real_data() else { return };
    let landing = landing(&folder);
    assert_eq!(landing.refused.len(), 0);
    for (consent_date, join, expected) in [
        (false, JoinRule::Timestamp, [956, 81_273, 28_680, 482, 40_981, 14_460, 482, 43_681]),
        (true, JoinRule::Timestamp, [956, 81_273, 28_680, 482, 32_025, 13_920, 464, 34_437]),
        (false, JoinRule::Owner, [956, 81_273, 28_680, 482, 40_981, 14_460, 482, 40_981]),
        (true, JoinRule::Owner, [956, 81_273, 28_680, 482, 32_025, 13_920, 464, 32_025]),
    ] {
        let recipe = Recipe { consent_date, join, ..Recipe::default() };
        let curation = curated(&landing, &recipe);
        assert_eq!(rows(&curation), expected, "{recipe:?}");
        assert_explained(&curation, &recipe);
    }
    for (purpose, customers) in [(Purpose::Public, 491), (Purpose::Friends, 508)] {
        let curation = curated(&landing, &Recipe { purpose, ..Recipe::default() });
        assert_eq!(curation.rows(Table::CustomerTrusted), customers);
    }
}

#[test]
fn every_loss_is_explained_on_the_sample_under_every_recipe() {
    let landing = landing(&sample_data());
    for recipe in every_recipe() {
        assert_explained(&curated(&landing, &recipe), &recipe);
    }
}

#[test]
fn every_loss_is_explained_on_data_with_every_defect() {
    let folder = tempfile::tempdir().unwrap();
    let defects: Defects = "all".parse().unwrap();
    assert!(Defect::ALL.iter().all(|&defect| defects.share(defect).is_some()));
    let generator = Generator { defects, ..Generator::new(120) };
    generator.write(&folder.path().join("landing"), &Progress::default()).unwrap();
    let landing = landing(&folder.path().join("landing"));
    assert!(!landing.refused.is_empty());
    for recipe in every_recipe() {
        assert_explained(&curated(&landing, &recipe), &recipe);
    }
}

/// Two customers who share an instant, a stranger, a customer without consent, a reading before consent, one
/// delivered twice, and a customer without readings: every reason once, counted by hand.
pub fn by_hand(folder: &Path) {
    let customers = [
        r#"{"email":"ann@example.com","serialNumber":"d1","shareWithResearchAsOfDate":1655564000000}"#,
        r#"{"email":"ben@example.com","serialNumber":"d2","shareWithResearchAsOfDate":1655564000000}"#,
        r#"{"email":"cat@example.com","serialNumber":"d3"}"#,
        r#"{"email":"dan@example.com","serialNumber":"d4","shareWithResearchAsOfDate":1655564000000}"#,
        r#"{"email":"ann@example.com","serialNumber":"d1","shareWithResearchAsOfDate":1655564000000}"#,
    ];
    let motions = [
        ("ann", 1_655_564_000_001_i64, 1.0),
        ("ann", 1_655_563_999_999, 2.0),
        ("ben", 1_655_564_000_001, 3.0),
        ("ben", 1_655_564_000_001, 3.0),
        ("cat", 1_655_564_000_001, 4.0),
        ("eve", 1_655_564_000_001, 5.0),
    ]
    .map(|(user, at, x)| format!(r#"{{"user":"{user}@example.com","timestamp":{at},"x":{x},"y":0.0,"z":0.0}}"#));
    let distances =
        [("d1", 1_655_564_000_001_i64), ("d2", 1_655_564_000_001), ("d3", 1), ("d4", 2), ("d9", 3), ("d1", 4)].map(
            |(device, at)| format!(r#"{{"sensorReadingTime":{at},"serialNumber":"{device}","distanceFromObject":7}}"#),
        );
    write(folder, "customer/landing/a.json", customers.join("\n"));
    write(folder, "accelerometer/landing/a.json", motions.join("\n"));
    write(folder, "step_trainer/landing/a.json", distances.join("\n"));
}

#[test]
fn every_reason_is_counted_where_it_belongs() {
    let folder = tempfile::tempdir().unwrap();
    by_hand(folder.path());
    let landing = landing(folder.path());
    let losses = |recipe: &Recipe| {
        let curation = curated(&landing, recipe);
        let mut lines = vec![];
        for count in &curation.counts {
            for step in &count.steps {
                let reason = step.reason.label();
                lines.push(format!("{} −{} +{} {reason}", count.table.name(), step.dropped, step.added));
            }
            lines.push(format!("{} = {}", count.table.name(), count.rows));
        }
        lines.join("\n")
    };
    insta::assert_snapshot!(losses(&Recipe::default()), @r"
    customer_trusted −1 +0 no consent
    customer_trusted = 4
    accelerometer_trusted −1 +0 unknown user
    accelerometer_trusted −1 +0 no consent
    accelerometer_trusted = 4
    customer_curated −1 +0 customer without trusted readings
    customer_curated −1 +0 duplicate
    customer_curated = 2
    step_trainer_trusted −1 +0 unknown device
    step_trainer_trusted −1 +0 no consent
    step_trainer_trusted −1 +0 customer without trusted readings
    step_trainer_trusted = 3
    machine_learning_curated −1 +4 no motion at this instant
    machine_learning_curated = 6
    ");
    let strict =
        Recipe { consent_date: true, duplicates: Duplicates::Drop, join: JoinRule::Owner, ..Recipe::default() };
    insta::assert_snapshot!(losses(&strict), @r"
    customer_trusted −1 +0 duplicate
    customer_trusted −1 +0 no consent
    customer_trusted = 3
    accelerometer_trusted −1 +0 duplicate
    accelerometer_trusted −1 +0 unknown user
    accelerometer_trusted −1 +0 no consent
    accelerometer_trusted −1 +0 before consent
    accelerometer_trusted = 2
    customer_curated −1 +0 customer without trusted readings
    customer_curated −0 +0 duplicate
    customer_curated = 2
    step_trainer_trusted −0 +0 duplicate
    step_trainer_trusted −1 +0 unknown device
    step_trainer_trusted −1 +0 no consent
    step_trainer_trusted −1 +0 customer without trusted readings
    step_trainer_trusted = 3
    machine_learning_curated −0 +0 device without owner
    machine_learning_curated −1 +0 no motion at this instant
    machine_learning_curated = 2
    ");
}

#[test]
fn the_same_records_give_the_same_tables_in_the_same_order() {
    let landing = landing(&sample_data());
    for recipe in every_recipe() {
        let (one, other) = (curated(&landing, &recipe), curated(&landing, &recipe));
        for table in Table::ALL {
            assert!(one.frame(table).equals_missing(other.frame(table)), "{recipe:?}: {}", table.name());
        }
    }
}

#[test]
fn a_serial_number_on_many_records_shows_as_rows_added_by_the_owner_rule() {
    let folder = tempfile::tempdir().unwrap();
    by_hand(folder.path());
    let text = std::fs::read_to_string(folder.path().join("customer/landing/a.json")).unwrap();
    write(folder.path(), "customer/landing/a.json", text.replace("\"d2\"", "\"d1\""));
    let curation = curated(&landing(folder.path()), &Recipe { join: JoinRule::Owner, ..Recipe::default() });
    let count = curation.count(Table::MachineLearningCurated).unwrap();
    assert_eq!(count.steps[0].added, 2, "{count:?}");
    assert!(count.adds_up());
}

#[test]
fn missing_data_sets_make_empty_tables_not_errors() {
    let folder = tempfile::tempdir().unwrap();
    by_hand(folder.path());
    std::fs::remove_dir_all(folder.path().join("step_trainer")).unwrap();
    for recipe in every_recipe() {
        let curation = curated(&landing(folder.path()), &recipe);
        assert_eq!(curation.rows(Table::StepTrainerTrusted), 0);
        assert_eq!(curation.rows(Table::MachineLearningCurated), 0);
        for table in Table::ALL {
            let names: Vec<_> = table.schema().iter().map(|column| column.name).collect();
            assert_eq!(curation.frame(table).get_column_names(), names);
        }
    }
}

#[test]
fn cancelling_stops_the_curation() {
    let landing = landing(&sample_data());
    let progress = Progress::default();
    progress.cancel();
    assert!(curate(&landing, &Recipe::default(), &progress).is_err());
}

#[test]
fn a_view_tells_null_blank_and_zero_apart() {
    let frame =
        df!("phone" => [Some(""), None, Some("0")], "registrationdate" => [Some(0_i64), None, Some(5)]).unwrap();
    let view = TableView::new(&frame, Dataset::Customer.schema());
    let names: Vec<&str> = view.columns().map(|column| column.name).collect();
    assert_eq!(names, ["phone", "registrationdate"]);
    assert_eq!([view.cell(0, 0), view.cell(1, 0), view.cell(2, 0)], [Cell::Text(""), Cell::Null, Cell::Text("0")]);
    assert_eq!([view.cell(0, 1), view.cell(1, 1)], [Cell::Time(0), Cell::Null]);
    assert_eq!(view.cell(9, 9), Cell::Null);
}

#[test]
fn everybody_who_landed_has_a_code_of_their_own() {
    let landing = landing(&sample_data());
    let codes = Codes::new(&landing);
    let of = |privacy: Privacy| {
        let mut found = std::collections::BTreeMap::<String, String>::new();
        for dataset in Dataset::ALL {
            for column in dataset.schema().iter().filter(|column: &&Column| column.privacy == privacy) {
                let values = landing.frame(dataset).column(column.name).unwrap().str().unwrap().clone();
                for value in values.iter().flatten() {
                    found.insert(value.to_owned(), codes.get(column, value).unwrap().to_string());
                }
            }
        }
        found
    };
    for privacy in [Privacy::Person, Privacy::Device] {
        let found = of(privacy);
        let different: std::collections::BTreeSet<_> = found.values().collect();
        assert_eq!(different.len(), found.len());
        assert!(found.len() > 100);
        assert!(found.iter().all(|(identity, code)| !code.contains(identity)));
    }
}
