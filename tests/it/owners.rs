//! Whose device it is: right on the real data whatever the records say, and never wrong where something is missing.

use std::path::Path;
use std::process::Command;

use stedi_workbench::curation::{Cell, OwnerFindings, Senders, TableView, owners_of_senders};
use stedi_workbench::domain::{
    Dataset, JoinRule, OwnerDecision, OwnerDecisions, OwnerRules, OwnerVerdict, Progress, Recipe, Table,
};
use stedi_workbench::generate::Generator;
use stedi_workbench::landing::Landing;

use crate::curation::{curated, landing};
use crate::situations::situations;
use crate::support::{real_data, write};

fn generated(customers: u64) -> Landing {
    let folder = tempfile::tempdir().unwrap();
    Generator::new(customers).write(&folder.path().join("landing"), &Progress::default()).unwrap();
    landing(&folder.path().join("landing"))
}

/// Who sent something, in the order in which they come first, with the different instants of each in no order: as an engine
/// gathers them.
fn gathered(view: &TableView, sender: &str, time: &str) -> Senders {
    let (sender, time) = (view.position(sender).unwrap(), view.position(time).unwrap());
    let mut senders = Senders::new();
    let mut places = std::collections::HashMap::new();
    for row in 0..view.rows() {
        let (Cell::Text(name), Cell::Time(at)) = (view.cell(row, sender), view.cell(row, time)) else { panic!() };
        let place = *places.entry(name.to_owned()).or_insert(senders.len());
        if place == senders.len() {
            senders.push((name.to_owned(), vec![]));
        }
        senders[place].1.push(at);
    }
    for (_, instants) in &mut senders {
        instants.sort_unstable_by_key(|at| std::cmp::Reverse(*at));
        instants.dedup();
    }
    senders
}

#[test]
fn owners_are_the_same_wherever_the_instants_were_gathered() {
    let there = |motions: &TableView, distances: &TableView| {
        let devices = gathered(distances, "serialnumber", "sensorreadingtime");
        let users = gathered(motions, "user", "timestamp");
        owners_of_senders(devices, users, &OwnerRules::default(), &Progress::default()).unwrap()
    };
    let here = |found: &OwnerFindings| -> Vec<(String, String)> {
        found.assigned().map(|(device, user)| (device.to_string(), user.to_string())).collect()
    };
    for situation in situations(&generated(150)) {
        let motions = TableView::new(&situation.motions, Table::AccelerometerLanding.schema());
        let distances = TableView::new(&situation.distances, Table::StepTrainerLanding.schema());
        let found = here(&situation.infer(&OwnerRules::default()));
        assert_eq!(found, there(&motions, &distances), "{}", situation.name);
        assert!(situation.name != "as it landed" || found.len() == 150, "{}", found.len());
    }
    let Some(folder) = real_data() else { return };
    let landing = landing(&folder);
    let found = curated(&landing, &Recipe::default()).infer_owners(&Progress::default()).unwrap();
    let view = |dataset| TableView::landed(&landing, dataset);
    assert_eq!(here(&found), there(&view(Dataset::Accelerometer), &view(Dataset::StepTrainer)));
}

/// A copy of a landing folder, with other serial numbers on the customer records: none where there is none.
fn with_serials(folder: &Path, serial: impl Fn(usize) -> Option<String>) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    let mut number = 0;
    for name in ["customer", "accelerometer", "step_trainer"] {
        for file in files(&folder.join(name)) {
            let relative = file.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            let mut text = std::fs::read_to_string(&file).unwrap();
            if name == "customer" {
                let records = serde_json::Deserializer::from_str(&text).into_iter::<serde_json::Value>();
                let changed = records.map(|record| {
                    let mut record = record.unwrap();
                    let fields = record.as_object_mut().unwrap();
                    fields.remove("serialNumber");
                    if let Some(serial) = serial(number) {
                        fields.insert("serialNumber".to_owned(), serial.into());
                    }
                    number += 1;
                    record.to_string() + "\n"
                });
                text = changed.collect();
            }
            write(copy.path(), &relative, text);
        }
    }
    copy
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = vec![];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn all_956_owners_are_found_whatever_the_records_say() {
    let Some(folder) = real_data() else { return };
    let real = landing(&folder);
    let truth = curated(&real, &Recipe::default());
    let by_owner = curated(&real, &Recipe { join: JoinRule::Owner, ..Recipe::default() });
    let records = truth.view(Table::CustomerLanding);
    let thirty = with_serials(&folder, |row| Some(format!("serial-{}", row % 30)));
    let none = with_serials(&folder, |_| None);
    for changed in [folder.as_path(), thirty.path(), none.path()] {
        let curation = curated(&landing(changed), &Recipe { join: JoinRule::InferredOwner, ..Recipe::default() });
        let findings = curation.owners().unwrap();
        let summary = findings.summary;
        assert_eq!((summary.devices, summary.confirmed, summary.ambiguous, summary.assigned), (956, 956, 0, 956));
        for row in 0..records.rows() as u32 {
            let (email, serial) = (records.cell_of(row, "email"), records.cell_of(row, "serialnumber"));
            assert_eq!(findings.of(serial.text().unwrap()).unwrap().owner().map(|owner| &**owner), email.text());
        }
        let table = Table::MachineLearningCurated;
        assert_eq!(curation.rows(table), 40_981);
        assert!(curation.frame(table).equals(by_owner.frame(table)));
    }
}

#[test]
fn an_owner_that_is_named_is_the_right_one_in_every_situation() {
    let rules = OwnerRules::default();
    for situation in situations(&generated(400)) {
        let findings = situation.infer(&rules);
        let score = situation.score(&findings);
        assert!((score.precision() - 1.0).abs() < f64::EPSILON, "{}: {score:?}", situation.name);
        let least = match situation.name.as_str() {
            "two who move together, at 100 % of the instants" => 0.85,
            // Strangers with the same even pace cannot be told from the owner once any offset is possible.
            "all clocks apart, each by up to 5 s" => 0.0,
            _ => 0.95,
        };
        assert!(score.recall() >= least, "{}: {score:?}", situation.name);
        assert!(situation.name != "as it landed" || score.ambiguous == 0, "{score:?}");
    }
}

#[test]
fn an_offset_is_estimated_and_shown() {
    let situations = situations(&generated(400));
    let apart = situations.iter().find(|situation| situation.name.starts_with("all clocks apart by the same")).unwrap();
    let findings = apart.infer(&OwnerRules::default());
    let offsets =
        findings.findings.iter().filter(|it| it.owner().is_some()).map(|it| it.best.as_ref().unwrap().offset_ms);
    // What is added to the device's time: it is ahead.
    assert!(offsets.clone().count() > 350 && offsets.clone().all(|offset| offset == -1_234), "{:?}", findings.summary);
    assert_eq!(findings.summary.offset, findings.summary.assigned);
    let strict = OwnerRules { most_offset_ms: 0, ..OwnerRules::default() };
    assert_eq!(apart.infer(&strict).summary.assigned, 0);
}

fn with_decision(findings: &OwnerFindings, verdict: OwnerVerdict, is_theirs: bool) -> (String, OwnerRules) {
    let finding = findings.findings.iter().find(|finding| finding.verdict == verdict).unwrap();
    let owner = finding.best.as_ref().unwrap().user.to_string();
    let decisions = [(finding.serial.to_string(), OwnerDecision { owner, is_theirs })].into();
    (finding.serial.to_string(), OwnerRules { decisions: OwnerDecisions(decisions), ..OwnerRules::default() })
}

#[test]
fn an_analyst_confirms_and_rejects_and_a_decision_lapses_with_its_evidence() {
    let situations = situations(&generated(400));
    let together = situations.iter().find(|it| it.name.starts_with("two who move together, at 100")).unwrap();
    let findings = together.infer(&OwnerRules::default());
    let (serial, rules) = with_decision(&findings, OwnerVerdict::Ambiguous, true);
    assert!(findings.of(&serial).unwrap().owner().is_none());
    assert!(together.infer(&rules).of(&serial).unwrap().owner().is_some());
    assert!(!format!("{rules:?}").contains('@'), "a decision names somebody");
    let (serial, mut rules) = with_decision(&findings, OwnerVerdict::Confirmed, false);
    assert!(together.infer(&rules).of(&serial).unwrap().owner().is_none());
    rules.decisions.0.get_mut(&serial).unwrap().owner = "somebody@else.example".to_owned();
    let lapsed = together.infer(&rules);
    assert_eq!(lapsed.of(&serial).unwrap().decided, None);
    assert!(lapsed.of(&serial).unwrap().owner().is_some());
}

#[test]
fn only_a_number_on_one_record_can_be_contradicted() {
    let Some(folder) = real_data() else { return };
    let real = landing(&folder);
    let records = curated(&real, &Recipe::default()).view(Table::CustomerLanding);
    let serials: Vec<String> =
        (0..956).map(|row| records.cell_of(row, "serialnumber").text().unwrap().to_owned()).collect();
    let swapped = with_serials(&folder, |row| Some(serials[if row < 2 { 1 - row } else { row }].clone()));
    let curation = curated(&landing(swapped.path()), &Recipe { join: JoinRule::InferredOwner, ..Recipe::default() });
    let summary = curation.owners().unwrap().summary;
    assert_eq!((summary.confirmed, summary.contradicting, summary.assigned), (954, 2, 956));
}

#[test]
fn the_command_line_reveals_nobody_unasked() {
    let folder = tempfile::tempdir().unwrap();
    Generator::new(50).write(&folder.path().join("landing"), &Progress::default()).unwrap();
    let out = folder.path().join("owners.csv");
    let run = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stedi-workbench"));
        command.arg("owners").arg(folder.path().join("landing")).args(more).output().unwrap()
    };
    let told = run(&["--json"]);
    let summary: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!(summary["devices"], 50);
    assert_eq!(summary["confirmed"], 50);
    assert!(!String::from_utf8_lossy(&run(&[]).stdout).contains('@'));
    let refused = run(&["--out", out.to_str().unwrap()]);
    assert!(!refused.status.success() && !out.exists());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--reveal"));
    let revealed = run(&["--reveal", "--out", out.to_str().unwrap()]);
    assert!(revealed.status.success() && !String::from_utf8_lossy(&revealed.stdout).contains('@'));
    let text = std::fs::read_to_string(&out).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("serialnumber,email,shared_instants,runner_up_instants,probability,verdict"));
    assert_eq!(lines.filter(|line| line.ends_with(",confirmed") && line.contains('@')).count(), 50);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let inside = folder.path().join("landing/owners.csv");
    assert!(!run(&["--reveal", "--out", inside.to_str().unwrap()]).status.success() && !inside.exists());
}
