//! The count doctor: every known mistake is named from what it counts on the data.

use std::collections::HashMap;
use std::process::Command;

use stedi_workbench::curation::Curation;
use stedi_workbench::domain::{Dataset, JoinRule, Plan, Progress, Purpose, Recipe, Table, Withdrawn};
use stedi_workbench::generate::{Defects, Generator};
use stedi_workbench::landing::Landing;
use stedi_workbench::review::{Expected, Verdict, diagnose};

use crate::curation::{curated, every_recipe, landing};
use crate::support::{real_data, sample_data, write};

fn verdict(landing: &Landing, curation: &Curation, table: Table, rows: u64) -> Verdict {
    let mut expected = Expected::default();
    expected.set(table, rows);
    diagnose(landing, curation, &expected, &Progress::default()).unwrap().remove(0)
}

fn ids(verdict: &Verdict) -> Vec<&'static str> {
    verdict.mistakes.iter().map(|mistake| mistake.id).collect()
}

#[test]
fn every_row_of_what_a_wrong_count_tells_is_told_on_the_real_data() {
    let Some(folder) = real_data() else { return };
    let landing = landing(&folder);
    let curation = curated(&landing, &Recipe::default());
    for (table, rows, id) in [
        (Table::CustomerTrusted, 956, "consent-not-filtered"),
        (Table::CustomerTrusted, 491, "consent-of-public"),
        (Table::CustomerTrusted, 508, "consent-of-friends"),
        (Table::AccelerometerTrusted, 33_161, "cut-at-registration"),
        (Table::AccelerometerTrusted, 32_025, "consent-date-applied"),
        (Table::CustomerCurated, 40_981, "not-deduplicated"),
        (Table::CustomerCurated, 464, "consent-date-applied"),
        (Table::StepTrainerTrusted, 28_680, "consent-not-filtered"),
        (Table::StepTrainerTrusted, 13_823_760, "cartesian-product"),
        (Table::MachineLearningCurated, 46_022, "step-trainer-landing"),
        (Table::MachineLearningCurated, 46_026, "accelerometer-landing"),
        (Table::MachineLearningCurated, 90_742, "both-landing"),
        (Table::MachineLearningCurated, 40_981, "joined-by-owner"),
        (Table::MachineLearningCurated, 34_437, "consent-date-applied"),
    ] {
        let verdict = verdict(&landing, &curation, table, rows);
        assert!(!verdict.agrees() && ids(&verdict).contains(&id), "{verdict:?}");
        assert!(verdict.mistakes.iter().all(|mistake| mistake.count == rows));
    }
    for table in Table::ALL {
        let doubled = verdict(&landing, &curation, table, curation.rows(table) * 2);
        assert!(ids(&doubled).contains(&"doubled"), "{doubled:?}");
    }
    let with_date = curated(&landing, &Recipe { consent_date: true, ..Recipe::default() });
    let ignored = verdict(&landing, &with_date, Table::AccelerometerTrusted, 40_981);
    assert!(ids(&ignored).contains(&"consent-date-ignored"), "{ignored:?}");
}

#[test]
fn a_mistake_is_found_under_another_consent_date_and_join_too() {
    let Some(folder) = real_data() else { return };
    let landing = landing(&folder);
    let ml = Table::MachineLearningCurated;
    let strict = Recipe { consent_date: true, join: JoinRule::Owner, ..Recipe::default() };
    let dated = Recipe { consent_date: true, ..Recipe::default() };
    let owner = Recipe { join: JoinRule::Owner, ..Recipe::default() };
    for (recipe, and) in [
        (strict, vec!["consent-date-ignored", "joined-by-time-stamp"]),
        (dated, vec!["consent-date-ignored"]),
        (owner, vec!["joined-by-time-stamp"]),
    ] {
        let verdict = verdict(&landing, &curated(&landing, &recipe), ml, 46_022);
        let [mistake] = &verdict.mistakes[..] else { panic!("{verdict:?}") };
        assert_eq!((mistake.id, &mistake.and), ("step-trainer-landing", &and));
    }
    let curation = curated(&landing, &Recipe { consent_date: true, ..Recipe::default() });
    let product = verdict(&landing, &curation, Table::StepTrainerTrusted, 13_823_760);
    assert!(ids(&product).contains(&"cartesian-product-trusted"), "{product:?}");
}

#[test]
fn an_agreement_that_proves_little_says_so() {
    let Some(folder) = real_data() else { return };
    let landing = landing(&folder);
    let curation = curated(&landing, &Recipe::default());
    let told = |table: Table| {
        let verdict = verdict(&landing, &curation, table, curation.rows(table));
        assert!(verdict.agrees());
        let lines: Vec<String> =
            verdict.mistakes.iter().map(|mistake| format!("{}: {}", mistake.id, mistake.what)).collect();
        lines.join("\n")
    };
    insta::assert_snapshot!(told(Table::CustomerTrusted), @r"
    duplicates-dropped: Rows that are equal in every column were taken once.
    other-table: This is the count of customer_curated.
    ");
    insta::assert_snapshot!(told(Table::StepTrainerTrusted), @r"
    duplicates-dropped: Rows that are equal in every column were taken once.
    cut-at-registration: Readings were cut at the date of registration, not at that of the consent.
    trusted-not-curated: Readings were matched with customer_trusted instead of customer_curated.
    joined-not-filtered: Readings were joined with customer records, and are there once for each record that fits.
    ");
    insta::assert_snapshot!(told(Table::MachineLearningCurated), @"duplicates-dropped: Rows that are equal in every column were taken once.");
}

/// The sample data, generated data with every defect, and some with those that leave most readings where they belong.
pub fn messy_landings() -> Vec<Landing> {
    let generated = |defects: &str| {
        let folder = tempfile::tempdir().unwrap();
        let generator = Generator { defects: defects.parse::<Defects>().unwrap(), ..Generator::new(120) };
        generator.write(&folder.path().join("landing"), &Progress::default()).unwrap();
        landing(&folder.path().join("landing"))
    };
    let mixed = "reused-serials=0.1,missing-serials,blank-consents,unknown-users,unknown-devices,duplicate-readings,duplicate-files";
    vec![landing(&sample_data()), generated("all"), generated(mixed)]
}

#[test]
fn what_is_counted_is_what_would_be_made() {
    for landing in messy_landings() {
        let specified = curated(&landing, &Recipe::default());
        let withdrawn = Withdrawn::parse("ann@example.com").unwrap();
        for recipe in every_recipe().chain([Recipe { withdrawn, as_of: Some(1_655_564_000_000), ..Recipe::default() }])
        {
            let curation = curated(&landing, &recipe);
            let made = Table::ALL.map(|table| curation.rows(table));
            let plan = Plan::new(&recipe);
            assert_eq!(specified.count_all_by(&plan, &Progress::default()).unwrap(), made, "{recipe:?}");
            for definition in &plan.tables {
                let counted = curation.count_by(definition, &Progress::default()).unwrap();
                assert_eq!(counted, curation.rows(definition.table), "{recipe:?}: {definition:?}");
            }
        }
    }
}

/// How many rows each instant of a table has.
fn instants(curation: &Curation, table: Table, column: &str) -> HashMap<i64, u64> {
    let mut rows = HashMap::new();
    for instant in curation.frame(table).column(column).unwrap().i64().unwrap().iter().flatten() {
        *rows.entry(instant).or_default() += 1;
    }
    rows
}

#[test]
fn mistakes_are_named_on_messy_data_too() {
    for landing in messy_landings() {
        let curation = curated(&landing, &Recipe::default());
        let names = |table: Table, rows: u64, id: &str| {
            let verdict = verdict(&landing, &curation, table, rows);
            assert!(ids(&verdict).contains(&id), "{id}: {verdict:?}");
        };
        for purpose in [Purpose::Public, Purpose::Friends] {
            let other = curated(&landing, &Recipe { purpose, ..Recipe::default() });
            for table in Table::derived() {
                names(table, other.rows(table), &format!("consent-of-{}", purpose.name()));
            }
        }
        let owner = curated(&landing, &Recipe { join: JoinRule::Owner, ..Recipe::default() });
        names(Table::MachineLearningCurated, owner.rows(Table::MachineLearningCurated), "joined-by-owner");
        names(Table::CustomerTrusted, curation.rows(Table::CustomerLanding), "consent-not-filtered");
        let product = curation.rows(Table::StepTrainerLanding) * curation.rows(Table::CustomerCurated);
        names(Table::StepTrainerTrusted, product, "cartesian-product");
        let joined = |steps: Table, motions: Table| {
            let motions = instants(&curation, motions, "timestamp");
            let steps = instants(&curation, steps, "sensorreadingtime");
            steps.iter().map(|(at, rows)| rows * motions.get(at).copied().unwrap_or_default()).sum::<u64>()
        };
        let (steps, motions) = (Table::StepTrainerLanding, Table::AccelerometerLanding);
        let ml = Table::MachineLearningCurated;
        names(ml, joined(steps, Table::AccelerometerTrusted), "step-trainer-landing");
        names(ml, joined(Table::StepTrainerTrusted, motions), "accelerometer-landing");
        names(ml, joined(steps, motions), "both-landing");
        let right = joined(Table::StepTrainerTrusted, Table::AccelerometerTrusted);
        if right > 0 {
            names(ml, right * 3, "tripled");
        }
        let census = landing.census.consent(Purpose::Research);
        if census.blank + census.zero > 0 {
            names(Table::CustomerTrusted, census.given + census.blank + census.zero, "blank-consent-counted");
        }
        let refused = landing.refused(Dataset::StepTrainer);
        if refused > 0 {
            names(steps, landing.rows(Dataset::StepTrainer) + refused, "refused-counted");
        }
    }
}

#[test]
fn cancelling_stops_the_doctor() {
    let landing = landing(&sample_data());
    let curation = curated(&landing, &Recipe::default());
    let mut expected = Expected::default();
    expected.set(Table::CustomerTrusted, 1);
    let progress = Progress::default();
    progress.cancel();
    assert!(diagnose(&landing, &curation, &expected, &progress).is_err());
}

#[test]
fn the_command_line_compares_and_says_what_happened() {
    let folder = tempfile::tempdir().unwrap();
    let sample = sample_data();
    let count = |text: &str, more: &[&str]| {
        let file = write(folder.path(), "expected.txt", text);
        let arguments = ["count", sample.to_str().unwrap(), "--expected", file.to_str().unwrap()];
        let output = Command::new(env!("CARGO_BIN_EXE_stedi-workbench")).args(arguments).args(more).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let curation = curated(&landing(&sample), &Recipe::default());
    let customers = curation.rows(Table::CustomerLanding);
    let (code, said, _) = count(&format!("customer_trusted {customers}"), &[]);
    assert_eq!(code, Some(0));
    assert!(said.contains(&format!("customer_trusted: {customers} expected, but it has ")), "{said}");
    assert!(said.contains("(consent-not-filtered): Customers without consent were kept. Keep only"), "{said}");
    let (code, said, _) = count("customer_trusted=1", &["--json"]);
    let object: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(code, Some(0));
    assert_eq!(object["expected"]["customer_trusted"]["agrees"], false);
    assert_eq!(object["expected"]["customer_trusted"]["mistakes"], serde_json::json!([]));
    let (code, _, error) = count("customers=1", &[]);
    assert!(code == Some(2) && error.contains("expected.txt") && error.contains("\"customers\""), "{error}");
    // Sound data, so that nothing but a count that differs can be found fault with.
    let sound = folder.path().join("landing");
    Generator::new(5).write(&sound, &Progress::default()).unwrap();
    let strict = |rows: u64| {
        let file = write(folder.path(), "strict.json", format!("{{\"customer_landing\": {rows}}}"));
        let arguments = ["count", sound.to_str().unwrap(), "--strict", "--expected", file.to_str().unwrap()];
        Command::new(env!("CARGO_BIN_EXE_stedi-workbench")).args(arguments).output().unwrap().status.code()
    };
    assert_eq!((strict(5), strict(6)), (Some(0), Some(1)));
}
