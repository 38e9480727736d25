//! Withdrawals and the instant up to which consents count: who goes, who stays, and that nothing tells who it was.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use polars::prelude::*;
use stedi_workbench::curation::{Curation, Withdrawals, withdrawals};
use stedi_workbench::domain::{Dataset, Duplicates, JoinRule, Reason, Recipe, Table, Withdrawn};
use stedi_workbench::generate::{Defects, Generator};
use stedi_workbench::landing::Landing;

use crate::curation::{assert_explained, by_hand, curated, every_recipe, landing, rows};
use crate::support::{sample_data, write};

fn without(list: &str) -> Recipe {
    Recipe { withdrawn: Withdrawn::parse(list).unwrap(), ..Recipe::default() }
}

fn texts(frame: &DataFrame, column: &str) -> Vec<String> {
    frame.column(column).unwrap().str().unwrap().iter().map(|text| text.unwrap_or_default().to_owned()).collect()
}

fn dropped_for(curation: &Curation, table: Table, reason: Reason) -> u64 {
    let steps = &curation.count(table).unwrap().steps;
    steps.iter().filter(|step| step.reason == reason).map(|step| step.dropped).sum()
}

/// Some e-mail addresses and serial numbers that landed, one that did not, each in another case.
fn some_of(landing: &Landing) -> String {
    let customers = landing.frame(Dataset::Customer);
    let emails = texts(customers, "email").into_iter().step_by(7);
    let serials = texts(customers, "serialnumber").into_iter().filter(|serial| !serial.is_empty()).step_by(11);
    let mut list: Vec<String> = emails.chain(serials).map(|identity| identity.to_uppercase()).collect();
    list.push("nobody@example.com".to_owned());
    list.join("\n")
}

/// What the rule says, worked out record by record and not by the engine.
fn expected_customers(landing: &Landing, list: &Withdrawn) -> (BTreeSet<String>, BTreeMap<String, bool>) {
    let customers = landing.frame(Dataset::Customer);
    let (emails, serials) = (texts(customers, "email"), texts(customers, "serialnumber"));
    let listed: BTreeSet<String> = list.entries().map(str::to_lowercase).collect();
    let mut people = listed.clone();
    for (email, serial) in emails.iter().zip(&serials) {
        if listed.contains(&serial.to_lowercase()) {
            people.insert(email.to_lowercase());
        }
    }
    let mut devices: BTreeMap<String, bool> = listed.iter().map(|entry| (entry.clone(), false)).collect();
    let records = || emails.iter().zip(&serials).filter(|(_, serial)| !serial.is_empty());
    for (email, serial) in records() {
        if people.contains(&email.to_lowercase()) {
            devices.entry(serial.to_lowercase()).or_insert(false);
        }
    }
    for (email, serial) in records() {
        if !people.contains(&email.to_lowercase()) && !listed.contains(&serial.to_lowercase()) {
            devices.entry(serial.to_lowercase()).and_modify(|is_shared| *is_shared = true);
        }
    }
    (people, devices)
}

fn assert_withdrawn(landing: &Landing, recipe: &Recipe) {
    let curation = curated(landing, recipe);
    assert_explained(&curation, recipe);
    let (people, devices) = expected_customers(landing, &recipe.withdrawn);
    let is_person = |text: &String| people.contains(&text.to_lowercase());
    let is_device = |text: &String| devices.contains_key(&text.to_lowercase());
    for (table, column) in [
        (Table::CustomerTrusted, "email"),
        (Table::CustomerCurated, "email"),
        (Table::AccelerometerTrusted, "user"),
        (Table::MachineLearningCurated, "user"),
    ] {
        assert!(!texts(curation.frame(table), column).iter().any(is_person), "{recipe:?}: {}", table.name());
    }
    for table in [Table::StepTrainerTrusted, Table::MachineLearningCurated] {
        let serials = texts(curation.frame(table), "serialnumber");
        assert!(!serials.iter().any(is_device), "{recipe:?}: {}", table.name());
    }
    if recipe.duplicates == Duplicates::Keep {
        let count = |table: Table, column: &str, takes: &dyn Fn(&String) -> bool| {
            texts(curation.frame(table), column).iter().filter(|text| takes(text)).count() as u64
        };
        let shared = |text: &String| devices.get(&text.to_lowercase()) == Some(&true);
        let alone = |text: &String| devices.get(&text.to_lowercase()) == Some(&false);
        for (table, landing, column, takes, reason) in [
            (
                Table::CustomerTrusted,
                Table::CustomerLanding,
                "email",
                &is_person as &dyn Fn(&String) -> bool,
                Reason::Withdrawn,
            ),
            (Table::AccelerometerTrusted, Table::AccelerometerLanding, "user", &is_person, Reason::Withdrawn),
            (Table::StepTrainerTrusted, Table::StepTrainerLanding, "serialnumber", &alone, Reason::Withdrawn),
            (Table::StepTrainerTrusted, Table::StepTrainerLanding, "serialnumber", &shared, Reason::SharedDevice),
        ] {
            assert_eq!(
                dropped_for(&curation, table, reason),
                count(landing, column, takes),
                "{recipe:?}: {}",
                table.name()
            );
        }
    }
}

#[test]
fn whoever_withdrew_is_in_no_table_under_any_recipe() {
    let folder = tempfile::tempdir().unwrap();
    let generator = Generator { defects: "all".parse::<Defects>().unwrap(), ..Generator::new(120) };
    generator.write(&folder.path().join("landing"), &Default::default()).unwrap();
    for folder in [sample_data(), folder.path().join("landing")] {
        let landing = landing(&folder);
        let list = Withdrawn::parse(&some_of(&landing)).unwrap();
        for recipe in every_recipe() {
            for as_of in [None, Some(1_655_564_000_000)] {
                assert_withdrawn(&landing, &Recipe { withdrawn: list.clone(), as_of, ..recipe.clone() });
            }
        }
        let found = withdrawals(&landing, &list);
        assert_eq!((found.listed, found.matched), (list.len() as u64, list.len() as u64 - 1));
    }
}

#[test]
fn a_list_that_meets_nobody_changes_nothing() {
    let landing = landing(&sample_data());
    for recipe in every_recipe() {
        let with = Recipe { withdrawn: Withdrawn::parse("nobody@example.com,none").unwrap(), ..recipe.clone() };
        let (one, other) = (curated(&landing, &recipe), curated(&landing, &with));
        for table in Table::ALL {
            assert!(one.frame(table).equals_missing(other.frame(table)), "{recipe:?}: {}", table.name());
        }
        assert_eq!(withdrawals(&landing, &with.withdrawn).matched, 0);
    }
    assert_eq!(withdrawals(&landing, &Withdrawn::default()), Withdrawals::default());
}

#[test]
fn a_serial_number_on_other_records_too_goes_with_a_reason_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    by_hand(folder.path());
    let text = fs::read_to_string(folder.path().join("customer/landing/a.json")).unwrap();
    write(folder.path(), "customer/landing/a.json", text.replace("\"d2\"", "\"d1\""));
    let landing = landing(folder.path());
    // Ben's record has Ann's serial number. Ben withdraws by name: Ann and her motions stay, the device goes.
    let curation = curated(&landing, &without(" BEN@example.com "));
    assert_eq!(texts(curation.frame(Table::CustomerCurated), "email"), ["ann@example.com"]);
    assert_eq!(dropped_for(&curation, Table::StepTrainerTrusted, Reason::Withdrawn), 0);
    assert_eq!(dropped_for(&curation, Table::StepTrainerTrusted, Reason::SharedDevice), 2);
    // The device is named itself: everybody whose record has it is withdrawn, also with records that do not.
    let recipe = without("d1");
    let curation = curated(&landing, &recipe);
    assert_eq!(texts(curation.frame(Table::CustomerTrusted), "email"), ["dan@example.com"]);
    assert_eq!(dropped_for(&curation, Table::StepTrainerTrusted, Reason::Withdrawn), 2);
    assert_eq!(dropped_for(&curation, Table::StepTrainerTrusted, Reason::SharedDevice), 0);
    let found = withdrawals(&landing, &recipe.withdrawn);
    assert_eq!(found, Withdrawals { listed: 1, matched: 1, customers: 2 });
}

#[test]
fn as_of_takes_consents_up_to_that_instant_and_tells_later_ones_apart() {
    let folder = tempfile::tempdir().unwrap();
    by_hand(folder.path());
    let text = fs::read_to_string(folder.path().join("customer/landing/a.json")).unwrap();
    let later = text.replacen(
        r#""d2","shareWithResearchAsOfDate":1655564000000"#,
        r#""d2","shareWithResearchAsOfDate":1655564000001"#,
        1,
    );
    assert_ne!(later, text);
    write(folder.path(), "customer/landing/a.json", later);
    let landing = landing(folder.path());
    let at = |instant| curated(&landing, &Recipe { as_of: Some(instant), ..Recipe::default() });
    assert_eq!(at(1_655_563_999_999).rows(Table::CustomerTrusted), 0);
    let curation = at(1_655_564_000_000);
    assert_eq!(curation.rows(Table::CustomerTrusted), 3);
    assert_eq!(dropped_for(&curation, Table::CustomerTrusted, Reason::LaterConsent), 1);
    assert_eq!(dropped_for(&curation, Table::AccelerometerTrusted, Reason::LaterConsent), 2);
    assert_eq!(dropped_for(&curation, Table::AccelerometerTrusted, Reason::NoConsent), 1);
    assert_eq!(dropped_for(&curation, Table::StepTrainerTrusted, Reason::LaterConsent), 1);
    assert_eq!(rows(&at(i64::MAX)), rows(&curated(&landing, &Recipe::default())));
    for recipe in every_recipe() {
        let recipe = Recipe { as_of: Some(1_655_564_000_000), ..recipe };
        assert_explained(&curated(&landing, &recipe), &recipe);
    }
}

fn program(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_stedi-workbench")).args(arguments).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn the_command_line_takes_a_list_and_an_instant_and_tells_nobodys_name() {
    let folder = tempfile::tempdir().unwrap();
    let landing = folder.path().join("landing");
    by_hand(&landing);
    let list = write(folder.path(), "left.txt", "# by letter\nann@example.com\nsecret@example.com\n");
    let recipe = write(folder.path(), "recipe.json", r#"{"withdrawn": ["d2"]}"#);
    let count = |more: &[&str]| program(&[&["count", path(&landing)][..], more].concat());
    let (code, said) = count(&["--withdrawn", path(&list), "--recipe", path(&recipe)]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("2 of 3 entries of the list of withdrawn customers landed: 2 customers left out."), "{said}");
    assert!(said.contains("−3 withdrawn") && !said.contains("example.com") && !said.contains("secret"), "{said}");
    let (_, said) = count(&["--withdrawn", path(&list), "--json"]);
    let object: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(object["withdrawn"], serde_json::json!({"listed": 2, "matched": 1, "customers": 1}));
    let (_, said) = count(&["--as-of", "2022-06-18T14:53:19.999Z", "--json"]);
    let object: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(object["tables"]["customer_trusted"]["rows"], 0, "{said}");
    for (arguments, word) in [
        (["--withdrawn", "/no/such/list"], "/no/such/list cannot be read"),
        (["--as-of", "yesterday"], "not an instant"),
    ] {
        let (code, said) = count(&arguments);
        assert_eq!(code, Some(2));
        assert!(said.contains(word), "{said}");
    }
    let binary = write(folder.path(), "list.bin", "secret@example.com\nsecret\u{1}@example.com");
    let (code, said) = count(&["--withdrawn", path(&binary)]);
    assert!(code == Some(2) && said.contains("line 2") && !said.contains("secret@"), "{said}");
    let (code, said) = count(&["--withdrawn", path(&list), "--refused", path(&list)]);
    assert!(code == Some(2) && said.contains("is the place of something else"), "{said}");
}

#[test]
fn the_owner_rule_pairs_nobody_who_withdrew() {
    let landing = landing(&sample_data());
    let recipe = Recipe { join: JoinRule::Owner, ..without(&some_of(&landing)) };
    assert!(curated(&landing, &recipe).rows(Table::MachineLearningCurated) > 0);
    assert_withdrawn(&landing, &recipe);
}
