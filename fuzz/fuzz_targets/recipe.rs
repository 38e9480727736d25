//! A recipe: what is read is written and read again as the same, and what is refused is refused without saying who.
#![no_main]

use fuzz_common::{assert_discreet, choices, spelled, target};
use libfuzzer_sys::fuzz_target;
use stedi_workbench::domain::{Plan, Recipe};

const WORDS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\"purpose\":",
    "\"research\"",
    "\"public\"",
    "\"friends\"",
    "\"consent_date\":",
    "true",
    "false",
    "\"as_of\":",
    "null",
    "1655296678763",
    "-1",
    "\"duplicates\":",
    "\"keep\"",
    "\"drop\"",
    "\"join\":",
    "\"timestamp\"",
    "\"owner\"",
    "\"inferred-owner\"",
    "\"nearest\"",
    "\"tolerance_ms\":",
    "4294967295",
    "\"withdrawn\":[",
    "\"ann.leaver@example.com\"",
    "\"owners\":{",
    "\"least_shared\":",
    "\"decisions\":{",
    "\"d-1\":{\"owner\":\"ann.leaver@example.com\",\"is_theirs\":true}",
    "\"checks\":{",
    "\"fan-out\":{",
    "\"threshold\":",
    "\"severity\":\"fail\"",
    "\"severity\":\"warn\"",
    "5550123456",
    "\"ann.leaver@example.com\":",
];

fuzz_target!(|bytes: &[u8]| target(bytes, |bytes| {
    let Some(([how], rest)) = choices(bytes) else { return };
    let bytes = if how & 1 == 0 { rest.to_vec() } else { spelled(rest, WORDS) };
    let Ok(text) = String::from_utf8(bytes) else { return };
    Recipe::is_meant_by(&text);
    match Recipe::from_json(&text) {
        Ok(recipe) => {
            assert_eq!(Recipe::from_json(&recipe.to_json()).as_ref(), Ok(&recipe), "written and read again");
            assert_discreet(&recipe.in_words());
            assert!(!Plan::new(&recipe).tables.is_empty());
        }
        Err(error) => assert_discreet(&error.to_string()),
    }
}));
