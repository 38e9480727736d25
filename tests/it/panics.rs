//! What a panic says: where it was, and nothing that may quote a record.

use std::process::Output;

use stedi_workbench::jobs::panic_discreetly;

use crate::support::by_itself;

/// What one of the tests below says by itself, since what a panic says is said for the whole process.
fn said(test: &str) -> String {
    let Output { status, stderr, .. } = by_itself(test);
    assert!(!status.success());
    String::from_utf8(stderr).unwrap()
}

#[test]
fn a_panic_says_where_and_quotes_nothing() {
    let said = said("panics::with_a_record");
    assert!(said.contains("tests/it/panics.rs:") && said.contains("the thread panics::with_a_record"), "{said}");
    assert!(!said.contains("ann@example.com"), "{said}");
}

#[test]
fn what_stands_in_the_source_is_said() {
    assert!(said("panics::with_a_plain_word").contains(": it cannot be"));
}

#[test]
#[ignore = "panics on purpose, in a process of its own"]
fn with_a_record() {
    panic_discreetly();
    let record = "ann@example.com".to_owned();
    std::panic::panic_any(format!("no such key: {record}"));
}

#[test]
#[ignore = "panics on purpose, in a process of its own"]
fn with_a_plain_word() {
    panic_discreetly();
    panic!("it cannot be");
}
