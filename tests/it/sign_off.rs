//! The gate: nothing that fails gets past it but what somebody accepted, for just this recipe, these files and this figure;
//! and nobody rewrites what was accepted unnoticed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use stedi_workbench::domain::{CheckId, JoinRule, Progress, Recipe};
use stedi_workbench::export::{TrailFile, TrailFileError};
use stedi_workbench::review::{AcceptError, Review, SignOffError, Trail, TrailError, review};

use crate::curation::{curated, landing};
use crate::support::{sample_data, write};

const WHEN: i64 = 1_700_000_000_000;

fn reviewed(folder: &Path, recipe: &Recipe) -> Review {
    let landing = landing(folder);
    review(&landing, &curated(&landing, recipe), None, &Progress::default()).unwrap()
}

/// All failing checks of the sample, accepted.
fn accepted(review: &Review) -> Trail {
    let mut trail = Trail::default();
    for id in review.open(&trail.clone()) {
        trail.accept(review, id, "A. Name", "for a test", WHEN).unwrap();
    }
    trail
}

/// A copy of the sample data that may be changed.
fn copy() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut open = vec![sample_data()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(sample_data()).unwrap().to_str().unwrap().to_owned();
                write(folder.path(), &name, fs::read(&path).unwrap());
            }
        }
    }
    folder
}

#[test]
fn what_fails_keeps_the_gate_closed_until_each_is_accepted() {
    let review = reviewed(&sample_data(), &Recipe::default());
    let mut trail = Trail::default();
    let failing = [CheckId::ForeignPairs, CheckId::ConsentOfSharedDevices];
    assert_eq!(review.sign_off(&trail, review.scope()), Err(SignOffError::Failing(failing.into())));
    trail.accept(&review, CheckId::ForeignPairs, "A. Name", "known", WHEN).unwrap();
    assert!(review.sign_off(&trail, review.scope()).is_err());
    trail.accept(&review, CheckId::ConsentOfSharedDevices, "A. Name", "asked them", WHEN).unwrap();
    let open = review.sign_off(&trail, review.scope()).unwrap();
    assert!(open.signed().is_none(), "nobody signed yet");
    let signed = trail.sign(&review, "B. Name", WHEN).unwrap();
    assert_eq!(signed.signed().map(|entry| entry.who.as_str()), Some("B. Name"));
    // What is taken back is signed no more, until somebody signs again; what was accepted stays accepted.
    assert_eq!(trail.unsign(&review, "B. Name", " ", WHEN), Err(AcceptError::Trail(TrailError::NoReason)));
    trail.unsign(&review, "B. Name", "looked again", WHEN).unwrap();
    assert!(review.sign_off(&trail, review.scope()).unwrap().signed().is_none());
    assert_eq!(trail.unsign(&review, "B. Name", "looked again", WHEN), Err(AcceptError::NotSigned));
    assert!(Trail::parse(&trail.lines_from(0), trail.head().as_deref()).is_ok_and(|read| read == trail));
    assert!(trail.sign(&review, "C. Name", WHEN).unwrap().signed().is_some());
    trail.revoke(&review, CheckId::ForeignPairs, "A. Name", "not known after all", WHEN).unwrap();
    assert_eq!(review.open(&trail), [CheckId::ForeignPairs]);
    assert!(review.sign_off(&trail, review.scope()).is_err());
}

#[test]
fn an_acceptance_needs_somebody_a_reason_and_something_that_fails() {
    let review = reviewed(&sample_data(), &Recipe::default());
    let mut trail = Trail::default();
    let mut accept = |id, who, why| trail.accept(&review, id, who, why, WHEN).unwrap_err();
    assert_eq!(accept(CheckId::ForeignPairs, " ", "known"), AcceptError::Trail(TrailError::NoName));
    assert_eq!(accept(CheckId::ForeignPairs, "A", " "), AcceptError::Trail(TrailError::NoReason));
    assert_eq!(accept(CheckId::ForeignPairs, "A", "two\nlines"), AcceptError::Trail(TrailError::NoText));
    assert_eq!(accept(CheckId::RecordsReconciled, "A", "known"), AcceptError::NotFailing(CheckId::RecordsReconciled));
    assert!(matches!(trail.sign(&review, "A", WHEN), Err(AcceptError::Closed(_))));
    assert_eq!(trail.entries().len(), 0);
}

#[test]
fn another_recipe_lapses_it_visibly() {
    let review = reviewed(&sample_data(), &Recipe::default());
    let mut trail = accepted(&review);
    trail.sign(&review, "A. Name", WHEN).unwrap();
    for recipe in [
        Recipe { consent_date: true, ..Recipe::default() },
        // It changes no row of any table.
        Recipe { tolerance_ms: 7, ..Recipe::default() },
    ] {
        let other = reviewed(&sample_data(), &recipe);
        assert!(other.sign_off(&trail, other.scope()).is_err());
        assert!(matches!(other.sign_off(&trail, review.scope()), Err(SignOffError::OtherScope)));
        let lapsed = other.lapsed(&trail);
        assert!(lapsed.iter().any(|lapsed| lapsed.other_recipe && !lapsed.other_landing), "{lapsed:?}");
    }
    // What needs no acceptance needs a new signature all the same.
    let repaired = reviewed(&sample_data(), &Recipe { join: JoinRule::Owner, ..Recipe::default() });
    assert!(repaired.sign_off(&trail, repaired.scope()).unwrap().signed().is_none());
    let again = reviewed(&sample_data(), &Recipe::default());
    assert!(again.sign_off(&trail, again.scope()).unwrap().signed().is_some());
}

#[test]
fn a_changed_file_under_the_same_name_lapses_it_visibly() {
    let folder = copy();
    let review = reviewed(folder.path(), &Recipe::default());
    let mut trail = accepted(&review);
    trail.sign(&review, "A. Name", WHEN).unwrap();
    let file = write(folder.path(), "step_trainer/landing/zz.json", "");
    let other = reviewed(folder.path(), &Recipe::default());
    assert!(other.sign_off(&trail, other.scope()).is_err(), "a file was added");
    assert!(other.lapsed(&trail).iter().all(|lapsed| lapsed.other_landing && !lapsed.other_recipe));
    fs::remove_file(file).unwrap();
    assert!(reviewed(folder.path(), &Recipe::default()).sign_off(&trail, review.scope()).is_ok());
    // White space at the end of a file changes no record.
    let changed = fs::read_dir(folder.path().join("customer/landing")).unwrap().next().unwrap().unwrap().path();
    let mut content = fs::read(&changed).unwrap();
    if changed.extension().is_some_and(|extension| extension == "json") {
        content.push(b'\n');
    } else {
        content.push(0);
    }
    fs::write(&changed, content).unwrap();
    let other = reviewed(folder.path(), &Recipe::default());
    assert!(other.sign_off(&trail, other.scope()).is_err(), "a file was changed");
}

/// A trail on the disk with two acceptances and a signature.
fn on_disk(folder: &Path) -> (TrailFile, Review) {
    let review = reviewed(&sample_data(), &Recipe::default());
    let file = TrailFile::in_folder(&folder.join("reviews"));
    for id in review.open(&Trail::default()) {
        file.add(|trail| trail.accept(&review, id, "A. Name", "for a test", WHEN)).unwrap();
    }
    file.add(|trail| trail.sign(&review, "A. Name", WHEN)).unwrap();
    (file, review)
}

#[test]
fn a_trail_is_read_again_as_it_was_written_and_is_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (file, review) = on_disk(folder.path());
    let trail = file.load().unwrap();
    assert_eq!(trail.entries().len(), 3);
    assert!(review.sign_off(&trail, review.scope()).unwrap().signed().is_some());
    let text = fs::read_to_string(file.path()).unwrap();
    assert_eq!(text.lines().count(), 3);
    assert!(!text.contains('@'));
    #[cfg(unix)]
    for (path, mode) in [(file.path(), 0o600), (file.path().parent().unwrap(), 0o700)] {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, mode, "{}", path.display());
    }
}

#[test]
fn what_a_kill_left_of_a_line_is_no_entry_and_goes_with_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let (file, review) = on_disk(folder.path());
    let (sound, head) = (fs::read_to_string(file.path()).unwrap(), file.path().with_extension("head"));
    let sound_head = fs::read(&head).unwrap();
    let line = sound.lines().next_back().unwrap();
    for kept in [1, line.len() / 2, line.len()] {
        fs::write(file.path(), sound.clone() + &line[..kept]).unwrap();
        assert_eq!(file.load().unwrap().entries().len(), 3, "{kept} bytes of a line");
        let (trail, _) = file.add(|trail| trail.sign(&review, "A. Name", WHEN)).unwrap();
        let text = fs::read_to_string(file.path()).unwrap();
        assert!(
            text.starts_with(&sound) && text.lines().count() == 4 && text.ends_with('\n'),
            "{kept} bytes of a line"
        );
        assert_eq!(trail.entries().len(), 4);
        fs::write(&head, &sound_head).unwrap();
    }
}

#[test]
fn every_edit_of_a_trail_is_noticed_and_nothing_in_it_counts_then() {
    let folder = tempfile::tempdir().unwrap();
    let (file, review) = on_disk(folder.path());
    let sound = fs::read_to_string(file.path()).unwrap();
    let lines: Vec<&str> = sound.lines().collect();
    let changed = |from: &str, to: &str| sound.replacen(from, to, 1);
    let joined = |order: &[usize]| order.iter().map(|&line| format!("{}\n", lines[line])).collect::<String>();
    for (text, what) in [
        (changed("for a test", "for real"), "another reason"),
        (changed("A. Name", "B. Name"), "another name"),
        (changed("\"when\":17", "\"when\":18"), "another time"),
        (changed("\"figure\":2", "\"figure\":1"), "another figure"),
        (changed("{\"kind\"", "{ \"kind\""), "another spelling of the same"),
        (joined(&[0, 2]), "a line taken out"),
        (joined(&[1, 0, 2]), "lines moved"),
        (joined(&[0, 0, 1, 2]), "a line twice"),
        (joined(&[1, 2]), "the first line taken out"),
        (joined(&[0, 1]), "the last line taken out"),
        (String::new(), "all lines taken out"),
        (sound.trim_end().to_owned(), "cut off in the middle"),
        (sound.clone() + "nonsense\n", "nonsense behind it"),
    ] {
        assert_ne!(text, sound, "{what}");
        fs::write(file.path(), &text).unwrap();
        let error = file.load().unwrap_err();
        assert!(matches!(error, TrailFileError::Changed { .. }), "{what}: {error}");
        let more = file.add(|trail| trail.sign(&review, "A. Name", WHEN));
        assert!(more.is_err(), "{what}");
        assert_eq!(fs::read_to_string(file.path()).unwrap(), text, "{what}: it is left as it is");
    }
    fs::write(file.path(), &sound).unwrap();
    assert!(file.load().is_ok());
    fs::remove_file(file.path().with_extension("head")).unwrap();
    assert!(file.load().is_err(), "what is kept beside it is gone");
}

#[test]
fn a_forged_hash_does_not_help_without_the_chain() {
    let folder = tempfile::tempdir().unwrap();
    let (file, _) = on_disk(folder.path());
    let sound = fs::read_to_string(file.path()).unwrap();
    // The first line of another trail is sound by itself, and does not fit here.
    let other = tempfile::tempdir().unwrap();
    let review = reviewed(&sample_data(), &Recipe::default());
    let forged = TrailFile::in_folder(other.path());
    forged.add(|trail| trail.accept(&review, CheckId::ForeignPairs, "M. Allory", "trust me", WHEN)).unwrap();
    let first = fs::read_to_string(forged.path()).unwrap();
    fs::write(file.path(), sound + &first).unwrap();
    assert!(matches!(file.load(), Err(TrailFileError::Changed { error: TrailError::Broken { line: 4 }, .. })));
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stedi-workbench"));
    command.env("XDG_STATE_HOME", folder.join("state")).arg("review");
    command.args(arguments).output().unwrap()
}

fn told(output: &Output) -> (Option<i32>, Value) {
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn the_command_line_says_what_fails_and_takes_acceptances() {
    let folder = tempfile::tempdir().unwrap();
    let data = sample_data();
    let data = data.to_str().unwrap();
    let (code, object) = told(&run(folder.path(), &[data, "--json"]));
    assert_eq!((code, &object["signed_off"]), (Some(1), &Value::Bool(false)));
    let check = |object: &Value, id: &str| {
        object["checks"].as_array().unwrap().iter().find(|check| check["id"] == id).unwrap().clone()
    };
    let foreign = check(&object, "foreign-pairs");
    assert_eq!(
        (&foreign["verdict"], &foreign["figure"], &foreign["accepted"]),
        (&"fail".into(), &205.into(), &Value::Null)
    );
    assert_eq!(object["tables"]["machine_learning_curated"], 5_876);
    let owner = told(&run(folder.path(), &[data, "--json", "--join", "owner"]));
    assert_eq!((owner.0, &owner.1["signed_off"]), (Some(0), &Value::Bool(true)));
    let refused = folder.path().join("refused.csv");
    let strict = run(folder.path(), &[data, "--join", "owner", "--strict", "--refused", refused.to_str().unwrap()]);
    assert_eq!(strict.status.code(), Some(1), "a record of the sample is refused");
    assert_eq!(fs::read_to_string(&refused).unwrap().lines().count(), 2);
    for bad in [
        vec![data, "--accept", "foreign-pairs=known"],
        vec![data, "--accept", "foreign-pairs", "--analyst", "A"],
        vec![data, "--accept", "foreign-pears=known", "--analyst", "A"],
        vec![data, "--accept", "foreign-pairs= ", "--analyst", "A"],
        vec![data, "--accept", "emails-unique=known", "--analyst", "A"],
    ] {
        let output = run(folder.path(), &bad);
        assert_eq!(output.status.code(), Some(2), "{bad:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(run(folder.path(), &[data]).status.code(), Some(1), "nothing of that was taken");
    let one = run(folder.path(), &[data, "--accept", "foreign-pairs=known", "--analyst", "A. Name"]);
    assert_eq!(one.status.code(), Some(1), "one still fails");
    let both = [data, "--accept", "consent-of-shared-devices=asked", "--analyst", "A. Name", "--json"];
    let (code, object) = told(&run(folder.path(), &both));
    assert_eq!((code, &object["signed_off"]), (Some(0), &Value::Bool(true)));
    assert_eq!(check(&object, "foreign-pairs")["accepted"]["who"], "A. Name");
    assert_eq!(check(&object, "foreign-pairs")["accepted"]["reason"], "known");
    assert_eq!(run(folder.path(), &[data]).status.code(), Some(0), "it is remembered");
    assert_eq!(run(folder.path(), &[data, "--consent-date"]).status.code(), Some(1), "for this recipe only");
    let trail = folder.path().join("state/stedi-workbench/reviews/trail.jsonl");
    let text = fs::read_to_string(&trail).unwrap();
    fs::write(&trail, text.replace("known", "knonw")).unwrap();
    let damaged = run(folder.path(), &[data]);
    assert_eq!(damaged.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&damaged.stderr).contains("line 1 of the trail was changed"));
}

#[test]
fn a_report_says_everything_by_itself_and_nobody_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let data = sample_data();
    let report = |name: &str| -> (PathBuf, String) {
        let path = folder.path().join(name);
        run(folder.path(), &[data.to_str().unwrap(), "--report", path.to_str().unwrap()]);
        let text = fs::read_to_string(&path).unwrap();
        (path, text)
    };
    let (_, text) = report("one.html");
    for part in
        ["205 of 5,876 rows", "foreign-pairs", "Where rows went", "SHA-256", "data:image/svg+xml", "Export is closed"]
    {
        assert!(text.contains(part), "{part}");
    }
    assert!(!text.contains("<script") && !text.contains("http://www.w3.org/1999") && !text.contains("src=\"http"));
    let customers = curated(&landing(&data), &Recipe::default()).view(stedi_workbench::domain::Table::CustomerLanding);
    for row in 0..customers.rows() as u32 {
        for column in ["email", "customername", "phone", "serialnumber"] {
            if let Some(personal) = customers.cell_of(row, column).text().filter(|text| text.len() > 3) {
                assert!(!text.contains(personal), "{column} of row {row}");
            }
        }
    }
    let without_time =
        |text: &str| text.lines().filter(|line| !line.contains("Written on")).collect::<Vec<_>>().join("\n");
    assert_eq!(without_time(&text), without_time(&report("two.html").1));
    let inside = run(folder.path(), &[data.to_str().unwrap(), "--report", data.join("report.html").to_str().unwrap()]);
    assert_eq!(inside.status.code(), Some(2));
}
