//! The gate of the export: nothing leaves, and nothing is written anywhere, until all that fails is repaired or accepted by
//! name; and nobody's address leaves in a reason.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;
use stedi_workbench::domain::{Dataset, Packaging, Progress, Recipe};
use stedi_workbench::export::release::{Manifest, Order, ReleaseError, export};

use crate::export_support::{
    Home, Ready, WHEN, by_owner, code, generated, key, landed, names, path, said, tree, verified,
};
use crate::support::{sample_data, write};

/// Runs an export of the sample that must not go, and checks that nothing was written anywhere.
fn nothing_written(home: &Home, arguments: &[&str], expected: i32, word: &str) {
    let (kept, all) = (home.kept(), tree(&home.at("")));
    let sample = sample_data();
    let output = home.run(&[&["export", path(&sample), "--out", "out"], arguments].concat());
    assert_eq!(code(&output), expected, "{arguments:?}: {}", said(&output));
    assert!(said(&output).contains(word), "{arguments:?}: {}", said(&output));
    assert_eq!(home.kept(), kept, "{arguments:?} wrote something");
    assert_eq!(tree(&home.at("")), all, "{arguments:?} wrote something");
}

const ACCEPTED: [&str; 6] = [
    "--accept",
    "foreign-pairs=only a demo",
    "--accept",
    "consent-of-shared-devices=asked them",
    "--analyst",
    "A. Name",
];

#[test]
fn the_report_for_the_house_is_written_with_the_export_and_only_then() {
    let home = Home::new();
    nothing_written(&home, &["--report", "review.html"], 1, "foreign-pairs");
    nothing_written(&home, &["--join", "owner", "--report", "out/review.html"], 2, "lies in the export");
    let among = sample_data().join("customer/landing/review.html");
    nothing_written(&home, &["--join", "owner", "--report", path(&among)], 2, "lies among the landing files");
    // Foreign pairs are shown by the codes of those who were mixed up.
    let sample = sample_data();
    let output = home
        .run(&[&["export", path(&sample), "--out", "out", "--report", "review.html"], ACCEPTED.as_slice()].concat());
    assert_eq!(code(&output), 0, "{}", said(&output));
    let (inside, outside) = (fs::read_to_string(home.at("review.html")).unwrap(), home.at("out/report.html"));
    assert!(inside.contains("D·") && !fs::read_to_string(outside).unwrap().contains("D·"), "codes stay in the house");
}

#[test]
fn what_fails_keeps_everything_from_being_written() {
    let home = Home::new();
    nothing_written(&home, &[], 1, "foreign-pairs");
    nothing_written(&home, &["--json"], 1, "consent-of-shared-devices");
    nothing_written(&home, &["--analyst", "A. Name"], 1, "--accept ID=REASON --analyst NAME");
    nothing_written(&home, &ACCEPTED[2..], 1, "foreign-pairs");
    nothing_written(&home, &ACCEPTED[..4], 2, "--accept needs --analyst NAME");
    nothing_written(&home, &["--accept", "foreign-pairs", "--analyst", "A"], 2, "give the check and why");
    nothing_written(&home, &["--accept", "no-such-check=x", "--analyst", "A"], 2, "no such check");
    nothing_written(&home, &["--key", "0123456789abcdef", "--join", "owner"], 2, "there is no key 0123456789abcdef");
    nothing_written(&home, &["--join", "owner", "--strict", "--analyst", "A. Name"], 1, "--strict was given");
    nothing_written(&home, &["--join", "owner", "--preview", "--analyst", "A. Name"], 0, "Nothing was written");
    nothing_written(
        &home,
        &["--join", "owner", "--preview", "--analyst", "A. Name"],
        0,
        "customers who agreed have no row",
    );
}

#[test]
fn an_acceptance_opens_the_gate_and_stands_in_the_manifest() {
    let home = Home::new();
    let sample = sample_data();
    let output = home.run(&[&["export", path(&sample), "--out", "out", "--json"], &ACCEPTED[..]].concat());
    assert_eq!(code(&output), 0, "{}", said(&output));
    let object: Value = serde_json::from_slice(&output.stdout).unwrap();
    let manifest = Manifest::read(&home.at("out")).unwrap();
    assert_eq!(object["manifest"], serde_json::to_value(&manifest).unwrap());
    let accepted: BTreeMap<&str, (&str, &str)> = manifest
        .review
        .checks
        .iter()
        .filter_map(|check| Some((check.id.as_str(), check.accepted.as_ref()?)))
        .map(|(id, accepted)| (id, (accepted.who.as_str(), accepted.reason.as_str())))
        .collect();
    let expected = BTreeMap::from([
        ("consent-of-shared-devices", ("A. Name", "asked them")),
        ("foreign-pairs", ("A. Name", "only a demo")),
    ]);
    assert_eq!(accepted, expected);
    assert!(manifest.review.checks.iter().all(|check| check.verdict != "fail" || check.accepted.is_some()));
    assert_eq!(manifest.review.signed_off.as_ref().map(|signed| signed.who.as_str()), Some("A. Name"));
    for file in ["README.md", "report.html"] {
        let text = fs::read_to_string(home.at("out").join(file)).unwrap();
        assert!(text.contains("only a demo") && text.contains("A. Name"), "{file}");
    }
    // It is remembered, for this recipe only.
    let again = home.run(&["export", path(&sample), "--out", "again"]);
    assert_eq!(code(&again), 0, "{}", said(&again));
    let lapsed = home.run(&["export", path(&sample), "--out", "third", "--consent-date"]);
    assert_eq!(code(&lapsed), 1);
    assert!(said(&lapsed).contains("has lapsed"), "{}", said(&lapsed));
    assert!(!home.at("third").exists());
}

#[test]
fn what_passes_needs_nobody_and_is_signed_by_whoever_is_named() {
    let home = Home::new();
    let nobody = home.export(&home.at("nobody"), &[]);
    assert_eq!(code(&nobody), 0, "{}", said(&nobody));
    assert!(Manifest::read(&home.at("nobody")).unwrap().review.signed_off.is_none());
    assert!(!home.trail().exists(), "nobody signed, so there is nothing to remember");
    home.export(&home.at("a"), &["--analyst", "A. Name"]);
    home.export(&home.at("b"), &["--analyst", " B. Name "]);
    let who = |name: &str| Manifest::read(&home.at(name)).unwrap().review.signed_off.map(|signed| signed.who);
    assert_eq!((who("a").as_deref(), who("b").as_deref()), (Some("A. Name"), Some("B. Name")));
    assert_eq!(fs::read_to_string(home.trail()).unwrap().lines().count(), 2);
    home.export(&home.at("c"), &["--analyst", "B. Name"]);
    assert_eq!(fs::read_to_string(home.trail()).unwrap().lines().count(), 2, "one signature is enough");
}

#[test]
fn a_reason_or_a_name_that_says_who_somebody_is_does_not_leave() {
    let home = Home::new();
    let ready = Ready::of(&sample_data(), &Recipe::default());
    let first =
        |dataset, column| landed(&ready.landing, dataset, column).into_iter().find(|text| text.len() > 8).unwrap();
    let email = first(Dataset::Accelerometer, "user");
    for secret in [
        email.clone(),
        email.to_uppercase(),
        first(Dataset::Customer, "customername"),
        first(Dataset::Customer, "phone"),
        first(Dataset::StepTrainer, "serialnumber"),
    ] {
        let reason = format!("foreign-pairs=spoke to {secret} on the phone");
        let arguments = [&["--accept", &reason], &ACCEPTED[2..]].concat();
        nothing_written(&home, &arguments, 2, "nothing was written: the reason why foreign-pairs was accepted");
        let arguments = [&ACCEPTED[..5], &[secret.as_str()]].concat();
        nothing_written(&home, &arguments, 2, "would say who somebody is");
    }
    let arguments = ["--join", "owner", "--analyst", &email];
    nothing_written(&home, &arguments, 2, "would say who somebody is");
}

#[test]
fn a_landing_file_that_is_called_like_a_customer_is_to_be_renamed() {
    let home = Home::new();
    let landing = generated(&home.at(""), 30, "none");
    let email =
        landed(&Ready::of(&landing, &by_owner()).landing, Dataset::Customer, "email").into_iter().next().unwrap();
    let folder = landing.join("customer/landing");
    let file = folder.join(&names(&folder)[0]);
    fs::rename(&file, folder.join(format!("{email}.json"))).unwrap();
    let output = home.run(&["export", path(&landing), "--join", "owner", "--out", "out"]);
    assert_eq!(code(&output), 2);
    assert!(said(&output).contains("Rename the file"), "{}", said(&output));
    assert!(!said(&output).to_lowercase().contains(&email.to_lowercase()) && !home.at("out").exists());
    assert!(!home.keys().exists() || names(&home.keys()).is_empty());
}

#[test]
fn a_signature_is_for_one_recipe_over_one_landing() {
    let folder = tempfile::tempdir().unwrap();
    let ready = Ready::sample();
    let other = Ready::of(&sample_data(), &Recipe { consent_date: true, ..by_owner() });
    let prepared = ready.prepared(&Packaging::default(), &key(), &Default::default()).unwrap();
    let signed = other.review.sign_off(&other.trail, other.review.scope()).unwrap();
    let order = Order {
        landing: &ready.landing,
        curation: &ready.curation,
        review: &ready.review,
        trail: &ready.trail,
        signed: &signed,
        prepared: &prepared,
        key_is_kept: true,
        when: WHEN,
    };
    let out = folder.path().join("below/out");
    let failed = export(&order, &out, false, &Progress::default());
    assert!(matches!(failed, Err(ReleaseError::NotSignedOff)), "{failed:?}");
    assert!(names(folder.path()).is_empty());
}

#[test]
fn what_is_cancelled_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let ready = Ready::sample();
    let packaging = Packaging { tables: crate::export_support::all_tables(), ..Packaging::default() };
    let prepared = ready.prepared(&packaging, &key(), &Default::default()).unwrap();
    let progress = Progress::default();
    progress.cancel();
    let out = folder.path().join("below/out");
    let failed = ready.try_export(&prepared, &out, &progress);
    assert_eq!(failed.unwrap_err().to_string(), "cancelled");
    assert!(names(folder.path()).is_empty(), "{:?}", tree(folder.path()).keys());
    // And in the midst of writing.
    let progress = Progress::default();
    let failed = std::thread::scope(|threads| {
        let writing = threads.spawn(|| ready.try_export(&prepared, &out, &progress));
        while progress.read().0 == 0 && !writing.is_finished() {
            std::hint::spin_loop();
        }
        progress.cancel();
        writing.join().unwrap()
    });
    match failed {
        Err(error) => {
            assert_eq!(error.to_string(), "cancelled");
            assert!(names(folder.path()).is_empty(), "{:?}", tree(folder.path()).keys());
        }
        // It was faster.
        Ok(_) => assert!(verified(&out).is_sound()),
    }
}

#[test]
fn a_recipe_that_is_saved_beside_is_not_needed() {
    let home = Home::new();
    let recipe = write(&home.at(""), "recipe.json", r#"{"join": "owner", "consent_date": true}"#);
    let sample = sample_data();
    let by_file = home.run(&["export", path(&sample), "--recipe", path(&recipe), "--out", "a", "--key", "throw-away"]);
    assert_eq!(code(&by_file), 0, "{}", said(&by_file));
    let manifest = Manifest::read(&home.at("a")).unwrap();
    write(&home.at(""), "again.json", manifest.recipe.to_string());
    let again = home.run(&["export", path(&sample), "--recipe", "again.json", "--out", "b", "--key", "throw-away"]);
    assert_eq!(code(&again), 0, "{}", said(&again));
    let other = Manifest::read(&home.at("b")).unwrap();
    assert_eq!((manifest.recipe, manifest.tables[0].rows), (other.recipe, other.tables[0].rows));
}
