//! Holds the import rules of ARCHITECTURE.md: who may know whom, which library belongs where, how long a file may be.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::checkout;

/// Which folders of `src/` each folder may name. A folder may always name itself.
const MAY_KNOW: [(&str, &[&str]); 18] = [
    ("domain", &[]),
    ("s3", &["domain"]),
    ("landing", &["domain", "s3"]),
    ("curation", &["domain", "landing"]),
    ("explore", &["domain", "landing", "curation"]),
    ("review", &["domain", "landing", "curation", "explore"]),
    ("picture", &["domain"]),
    ("signals", &["domain", "landing", "curation", "explore", "picture"]),
    ("export", &["domain", "landing", "curation", "explore", "review", "signals", "picture", "s3"]),
    ("sql", &["domain", "landing", "curation", "explore"]),
    ("generate", &["domain"]),
    ("lakehouse", &["domain"]),
    ("spark", &["domain", "curation", "lakehouse", "jobs"]),
    ("jobs", &["domain", "landing", "curation", "explore", "review", "signals", "export"]),
    ("state", &["domain", "landing", "curation", "explore", "review", "signals", "picture", "export", "sql"]),
    (
        "ui",
        &[
            "domain",
            "landing",
            "curation",
            "explore",
            "review",
            "signals",
            "picture",
            "export",
            "lakehouse",
            "sql",
            "state",
        ],
    ),
    (
        "app",
        &[
            "domain",
            "landing",
            "curation",
            "explore",
            "review",
            "signals",
            "picture",
            "export",
            "generate",
            "lakehouse",
            "spark",
            "jobs",
            "sql",
            "state",
            "ui",
            "s3",
        ],
    ),
    (
        "cli",
        &[
            "domain",
            "landing",
            "curation",
            "explore",
            "review",
            "signals",
            "picture",
            "export",
            "generate",
            "lakehouse",
            "spark",
            "jobs",
            "sql",
            "app",
            "s3",
        ],
    ),
];

/// Where a library or a part of the standard library may be named: folders, or files.
const BELONGS: [(&str, &[&str]); 20] = [
    ("egui::", &["app/", "ui/"]),
    ("eframe::", &["app/"]),
    ("egui_extras::", &["ui/"]),
    ("rfd::", &["app/dialogs.rs"]),
    ("polars::", &["landing/", "curation/", "review/", "export/", "sql/"]),
    ("polars_plan::", &["sql/"]),
    ("sqlparser::", &["sql/"]),
    ("strsim::", &["sql/"]),
    ("spark_connect::", &["spark/"]),
    ("signal_hook::", &["cli/engine.rs", "cli/remote.rs"]),
    ("std::net", &["spark/remote.rs", "s3/account.rs"]),
    ("object_store::", &["s3/"]),
    ("reqwest::", &["s3/"]),
    ("tokio::", &["s3/"]),
    (
        "std::fs",
        &[
            "landing/",
            "s3/",
            "export/",
            "generate/",
            "cli/",
            "app/settings.rs",
            "app/recipe_file.rs",
            "app/lists.rs",
            "app/session.rs",
        ],
    ),
    ("File::", &["landing/", "s3/", "export/", "generate/", "app/session.rs"]),
    ("thread::", &["jobs/"]),
    // What is said goes through there, so that nothing in it steers a terminal.
    ("io::stdout", &["cli/screen.rs"]),
    ("io::stderr", &["cli/screen.rs", "cli/curate.rs", "jobs/mod.rs"]),
    ("Color32::from_", &["ui/theme.rs"]),
];

const LONGEST_FILE: usize = 500;

fn sources() -> Vec<(String, String)> {
    let root = checkout().join("src");
    let mut files = vec![];
    collect(&root, &mut files);
    files.sort();
    let name = |path: &Path| path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
    files.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The code without comments and without its tests, which may know everybody.
fn code(text: &str) -> String {
    let product = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = product.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

fn offences(name: &str, text: &str) -> Vec<String> {
    let code = code(text);
    let mut offences = vec![];
    if let Some((folder, _)) = name.split_once('/') {
        let known = MAY_KNOW.iter().find(|(other, _)| *other == folder);
        let Some((_, may_know)) = known else { return vec![format!("{name}: {folder} is in no rule")] };
        for after in code.split("crate::").skip(1) {
            let other: String = after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let is_folder = MAY_KNOW.iter().any(|(folder, _)| *folder == other);
            if is_folder && other != folder && !may_know.contains(&other.as_str()) {
                offences.push(format!("{name}: {folder} may not know {other}"));
            }
        }
    }
    for (library, places) in BELONGS {
        if names(&code, library) && !places.iter().any(|place| name.starts_with(place)) {
            offences.push(format!("{name}: {library} belongs in {places:?}"));
        }
    }
    if text.lines().count() > LONGEST_FILE {
        offences.push(format!("{name}: more than {LONGEST_FILE} lines"));
    }
    offences
}

/// Whether the code names a path that starts here, and not just a longer name that ends like it.
fn names(code: &str, path: &str) -> bool {
    code.match_indices(path).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

#[test]
fn every_folder_knows_only_whom_it_may() {
    let offences: Vec<String> = sources().iter().flat_map(|(name, text)| offences(name, text)).collect();
    assert!(offences.is_empty(), "{}", offences.join("\n"));
}

#[test]
fn the_rules_find_what_they_forbid() {
    for (name, text) in [
        ("domain/plan.rs", "use crate::landing::Landing;"),
        ("domain/plan.rs", "use polars::prelude::*;"),
        ("landing/read.rs", "fn f() { crate::curation::curate(); }"),
        ("state/mod.rs", "use egui::Ui;"),
        ("ui/mod.rs", "use eframe::App;"),
        ("ui/mod.rs", "let c = egui::Color32::from_rgb(1, 2, 3);"),
        ("app/mod.rs", "rfd::FileDialog::new()"),
        ("curation/run.rs", "std::fs::read(path)"),
        ("curation/run.rs", "use crate::review::Verdict;"),
        ("cli/mod.rs", "std::thread::spawn(f)"),
        ("cli/report.rs", "std::io::stdout().write_all(text)"),
        ("lakehouse/kit.rs", "use spark_connect::SparkSession;"),
        ("spark/order.rs", "use crate::app::App;"),
        ("landing/remote.rs", "use object_store::ObjectStore;"),
        ("s3/fetch.rs", "use crate::landing::Source;"),
        ("unheard_of/mod.rs", ""),
    ] {
        assert_eq!(offences(name, text).len(), 1, "{name}: {text}: {:?}", offences(name, text));
    }
    assert_eq!(offences("ui/mod.rs", &"\n".repeat(501)).len(), 1);
    assert_eq!(offences("domain/plan.rs", "// use crate::landing::Landing;\nuse super::Table;"), Vec::<String>::new());
}

#[test]
fn the_map_names_every_folder() {
    let map = fs::read_to_string(checkout().join("ARCHITECTURE.md")).unwrap();
    for (folder, _) in MAY_KNOW {
        assert!(map.contains(&format!("{folder}/")), "ARCHITECTURE.md does not name {folder}/");
    }
}

/// The packages that a build takes, each with its features.
fn packages(features: &[&str]) -> BTreeMap<String, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = std::process::Command::new(cargo);
    command.current_dir(checkout()).args(["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "none"]);
    let output = command.args(["--format", "{p}|{f}"]).args(features).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    let lines = tree.lines().filter_map(|line| line.trim_end_matches(" (*)").split_once('|'));
    lines.map(|(package, features)| (package.to_owned(), features.to_owned())).collect()
}

/// The names of what these packages are made of, as the lock file has them.
fn beneath(tops: &[&str]) -> BTreeSet<String> {
    let lock = fs::read_to_string(checkout().join("Cargo.lock")).unwrap();
    let mut found: BTreeSet<String> = tops.iter().map(|&top| top.to_owned()).collect();
    loop {
        let before = found.len();
        for package in lock.split("[[package]]") {
            let quoted = |line: &str| line.split('"').nth(1).unwrap_or_default().to_owned();
            let name = package.lines().find(|line| line.starts_with("name = ")).map(quoted);
            if name.is_some_and(|name| found.contains(&name)) {
                let of = package.lines().filter(|line| line.starts_with(" \""));
                found.extend(of.map(|line| quoted(line).split(' ').next().unwrap_or_default().to_owned()));
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

#[test]
fn polars_and_eframe_are_built_once_for_builds_with_spark_and_without() {
    let (without, with) = (packages(&[]), packages(&["--features", "spark"]));
    assert!(with.keys().any(|package| package.starts_with("apache-spark-connect ")), "there is no Spark in it");
    let beneath = beneath(&["polars", "eframe"]);
    let name = |package: &str| package.split(' ').next().unwrap_or_default().to_owned();
    let compared: Vec<&String> = without.keys().filter(|package| beneath.contains(&name(package))).collect();
    assert!(compared.len() > 300, "{}", compared.len());
    for package in compared {
        // `Cargo.toml` asks for what is missing, whether it is built with Spark or without.
        assert_eq!(without.get(package), with.get(package), "{package} has other features with Spark");
    }
}
