//! S3, as far as it needs no network: what is an address and what is not, and what is said. `tests/checks/s3.py` does the rest.

use std::path::Path;
use std::process::{Command, Output};

use stedi_workbench::landing::Source;

use crate::support::{Window, sample_data};

/// The program with an account or without, on a machine that has no role to give.
fn program(arguments: &[&str], account: &[(&str, &str)]) -> Output {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_stedi-workbench"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("AWS_")) {
        command.env_remove(name);
    }
    command.args(arguments).env("HOME", home.path()).env("TMPDIR", home.path());
    command.env("AWS_EC2_METADATA_DISABLED", "true").envs(account.iter().copied()).output().unwrap()
}

fn refused(arguments: &[&str], account: &[(&str, &str)]) -> String {
    let output = program(arguments, account);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// Nobody answers there, so that a test fails soon where something is asked after all.
const NOWHERE: [(&str, &str); 4] = [
    ("AWS_ACCESS_KEY_ID", "AKIATEST"),
    ("AWS_SECRET_ACCESS_KEY", "topsecret"),
    ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
    ("AWS_ALLOW_HTTP", "true"),
];

#[test]
fn what_is_no_address_is_said_and_not_repeated() {
    for address in ["s3://", "s3://x", "s3://AKIATEST:topsecret@lake/landing", "s3://lake/../other"] {
        let said = refused(&["count", address], &NOWHERE);
        assert!(said.contains("write s3://bucket/folder") && !said.contains("topsecret"), "{said}");
    }
}

#[cfg(feature = "s3")]
#[test]
fn what_is_missing_is_said_with_what_to_do() {
    let address = "s3://lake/landing";
    let said = refused(&["count", address], &[]);
    assert!(said.contains("s3://lake/landing: no credentials were found. Set AWS_ACCESS_KEY_ID"), "{said}");
    let said = refused(&["count", address], &NOWHERE[..3]);
    assert!(said.contains("AWS_ENDPOINT_URL is plain http"), "{said}");
    let said = refused(&["curate", sample_data().to_str().unwrap(), "--out", address], &NOWHERE);
    assert!(said.contains("http://127.0.0.1:1 cannot be reached: the connection was refused"), "{said}");
    assert!(!said.contains("topsecret") && !said.contains("AKIATEST"), "{said}");
}

#[cfg(not(feature = "s3"))]
#[test]
fn a_build_without_s3_says_so() {
    for arguments in [&["count", "s3://lake/landing"][..], &["curate", "sample_data", "--out", "s3://lake/zones"]] {
        let said = refused(arguments, &NOWHERE);
        assert!(said.contains("this build of the program has no S3"), "{said}");
    }
}

#[test]
fn only_landing_files_tables_and_exports_go_there() {
    let sample = sample_data();
    let sample = sample.to_str().unwrap();
    let there = "s3://lake/other";
    for arguments in [
        &["count", sample, "--refused", there][..],
        &["count", sample, "--recipe", there],
        &["review", sample, "--report", there],
        &["review", sample, "--trail", there],
        &["export", sample, "--out", "training", "--sides", there],
        &["owners", sample, "--reveal", "--out", there],
        &["plot", sample, "--device", "x", "--out", there],
        &["verify", there],
        &["withdraw", there, "--customers", "left.txt"],
        &["diff", there, there],
        &["generate", "--customers", "3", "--out", there],
    ] {
        let said = refused(arguments, &NOWHERE);
        assert!(said.contains("Give a path on this machine for the rest"), "{arguments:?}: {said}");
    }
    let said = refused(&["export", sample, "--out", there, "--replace"], &NOWHERE);
    assert!(said.contains("--replace works on a disk only"), "{said}");
}

#[test]
fn nothing_is_written_among_landing_files_that_are_there() {
    let landing = Source::Folder("s3://lake/landing".into());
    let would = |path: &str| landing.would_read(&[path.into()]).unwrap().is_some();
    assert!(would("s3://lake/landing/customer/a.json") && would("s3://lake/landing"));
    assert!(!would("s3://lake/landing-2/a.json") && !would("s3://other/landing") && !would("/tmp/a.json"));
    assert_eq!(landing.name(), "landing");
}

#[test]
fn the_window_says_what_is_wrong_with_an_address() {
    let mut window = Window::open(Some(Source::Folder("s3://x".into())));
    window.wait("the refusal", |state| {
        state.landing.error().is_some_and(|error| error.contains("write s3://bucket/folder"))
    });
    assert!(!Path::new("s3:").exists(), "it was taken for a path");
}
