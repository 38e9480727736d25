//! More readings than there is memory for: the same tables, byte for byte, and a word beforehand where it cannot be had.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::support::{real_data, sample_data};

fn program(arguments: &[&str], aside: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stedi-workbench"));
    command.args(arguments).env("TMPDIR", aside).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The lines without the seconds and the folder.
fn lines(output: &Output) -> Vec<String> {
    let is_same_in_all = |line: &&str| !line.starts_with("Five tables were written");
    text(&output.stdout).lines().filter(is_same_in_all).map(str::to_owned).collect()
}

/// Writes all tables with and without a limit, and compares every byte and every count.
fn assert_same(landing: &Path, limit: &str, options: &[&str]) {
    let home = tempfile::tempdir().unwrap();
    let (aside, one, other) = (home.path().join("aside"), home.path().join("one"), home.path().join("other"));
    let run = |out: &Path, more: &[&str]| {
        let start = ["curate", landing.to_str().unwrap(), "--out", out.to_str().unwrap()];
        let output = program(&[&start, options, more].concat(), &aside);
        assert!(output.status.success(), "{options:?}: {}", text(&output.stderr));
        output
    };
    let whole = run(&one, &["--memory-limit", "8GB"]);
    assert!(!aside.exists(), "nothing is put aside where there is memory");
    let apart = run(&other, &["--memory-limit", limit]);
    assert_eq!(fs::read_dir(&aside).unwrap().count(), 0, "what was put aside is gone");
    assert_eq!(lines(&whole), lines(&apart), "{options:?}");
    let mut compared = 0;
    for file in fs::read_dir(&one).unwrap() {
        let name = file.unwrap().file_name();
        let (one, other) = (fs::read(one.join(&name)).unwrap(), fs::read(other.join(&name)).unwrap());
        assert!(one == other, "{options:?}: {} differs", name.display());
        compared += 1;
    }
    assert_eq!(compared, 5);
}

#[test]
fn the_sample_gives_the_same_bytes_with_little_memory() {
    for options in [
        &[][..],
        &["--consent-date", "--join", "owner"],
        &["--join", "nearest", "--tolerance-ms", "400"],
        &["--join", "inferred-owner", "--as-of", "2026-01-05"],
        &["--format", "csv", "--purpose", "friends"],
        &["--format", "ndjson", "--join", "owner"],
        &["--format", "arrow"],
    ] {
        assert_same(&sample_data(), "1.2MB", options);
    }
}

#[test]
fn the_real_data_give_the_same_bytes_with_little_memory() {
    let Some(folder) = real_data() else { return };
    assert_same(&folder, "7MB", &[]);
    assert_same(&folder, "7MB", &["--join", "owner"]);
    assert_same(&folder, "7MB", &["--join", "inferred-owner", "--consent-date"]);
    let home = tempfile::tempdir().unwrap();
    let left = home.path().join("left.txt");
    let records = fs::read_dir(folder.join("customer/landing")).unwrap().next().unwrap().unwrap().path();
    let records = fs::read_to_string(records).unwrap();
    let email = records.split("\"email\"").nth(1).unwrap().split('"').nth(1).unwrap();
    assert!(email.contains('@'));
    fs::write(&left, email).unwrap();
    assert_same(&folder, "7MB", &["--withdrawn", left.to_str().unwrap()]);
}

#[test]
fn what_cannot_be_had_is_said_before_anything_is_made() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("out");
    let (sample, out_name) = (sample_data(), out.to_str().unwrap().to_owned());
    let refused = |more: &[&str], words: &str| {
        let start = ["curate", sample.to_str().unwrap(), "--out", &out_name, "--memory-limit"];
        let output = program(&[&start, more].concat(), &home.path().join("aside"));
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(words), "{said}");
        assert!(said.contains("--memory-limit"), "it says what to do: {said}");
        assert!(!out.exists());
    };
    refused(&["1MB", "--drop-duplicates"], "Duplicates among the readings of these landing files need");
    refused(&["10KB"], "The customers of these landing files need");
    refused(&["500KB", "--join", "inferred-owner"], "The owners of the devices of these landing files need");
    for job in ["review", "owners"] {
        let output = program(&[job, sample.to_str().unwrap(), "--memory-limit", "1MB"], home.path());
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains("count and curate do with less"), "{}", text(&output.stderr));
    }
    let output = program(
        &["count", sample.to_str().unwrap(), "--memory-limit", "1MB", "--expected", "expected.json"],
        home.path(),
    );
    assert_eq!(output.status.code(), Some(2));
}
