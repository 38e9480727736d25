//! What the data card says of rows and checks is what the files and the review say.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;
use stedi_workbench::domain::{CheckVerdict, JoinRule, Packaging, Recipe, TimeRelease, Windows};
use stedi_workbench::export::release::{InstantsNote, Manifest};

use crate::export_support::{Home, LEARNING, Ready, code, integers, read_table, said, texts};
use crate::support::sample_data;

/// Instants of an export, counted row by row without regard to their order.
pub fn counted_instants(folder: &Path) -> InstantsNote {
    let table = read_table(folder, LEARNING);
    let names = table.get_column_names();
    let time = if names.iter().any(|name| name.as_str() == "elapsed_ms") { "elapsed_ms" } else { "sensorreadingtime" };
    let (customers, devices) = (texts(&table, "customer"), texts(&table, "device"));
    let (times, distances) = (integers(&table, time), integers(&table, "distancefromobject"));
    let mut instants = BTreeMap::<_, Vec<i64>>::new();
    for row in 0..table.height() {
        let instant = (devices[row].clone(), times[row], customers[row].clone());
        instants.entry(instant).or_default().push(distances[row]);
    }
    let mut note = InstantsNote {
        told_by: ["customer", "device", time].map(str::to_owned).into(),
        instants: instants.len() as u64,
        ..InstantsNote::default()
    };
    let mut under = BTreeMap::<_, u32>::new();
    for ((device, at, _), distances) in &instants {
        let different = distances.iter().collect::<BTreeSet<_>>().len();
        note.distances += different as u64;
        *note.by_motions.entry((distances.len() / different) as u64).or_default() += 1;
        *under.entry((device, at)).or_default() += 1;
    }
    note.of_several_customers = under.values().filter(|customers| **customers > 1).count() as u64;
    note
}

fn card(folder: &Path) -> String {
    fs::read_to_string(folder.join("README.md")).unwrap()
}

#[test]
fn it_says_what_one_row_is_as_the_rows_do() {
    let folder = tempfile::tempdir().unwrap();
    for join in [JoinRule::Owner, JoinRule::Timestamp] {
        let ready = Ready::of(&sample_data(), &Recipe { join, ..Recipe::default() });
        for time in [TimeRelease::Elapsed, TimeRelease::Shifted, TimeRelease::Raw] {
            let out = folder.path().join(format!("{}-{}", join.name(), time.name()));
            let manifest = ready.export(&Packaging { time, ..Packaging::default() }, &out);
            let note = manifest.instants.clone().unwrap();
            assert_eq!(note, counted_instants(&out), "{}", out.display());
            let several: u64 = note.by_motions.iter().filter(|(motions, _)| **motions > 1).map(|(_, of)| of).sum();
            assert!(several > 0 && note.by_motions.len() > 1, "{note:?}");
            let card = card(&out);
            let figures = |count: u64| stedi_workbench::domain::format::thousands(count);
            let said = format!(
                "{} instants became {} rows: {} of them have",
                figures(note.instants),
                figures(manifest.rows()),
                figures(several)
            );
            assert!(card.contains(&said), "{card}");
            for (motions, instants) in &note.by_motions {
                assert!(card.contains(&format!("| {motions} | {} |", figures(*instants))), "{card}");
            }
            let columns = note.told_by.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
            assert!(
                card.contains(&format!("df.groupby([\"split\", {columns}], as_index=False, observed=True)")),
                "{card}"
            );
            assert_eq!(card.contains("under several customers"), note.of_several_customers > 0);
            let croissant: Value =
                serde_json::from_str(&fs::read_to_string(out.join("croissant.json")).unwrap()).unwrap();
            let set = croissant["recordSet"].as_array().unwrap().iter().find(|set| set["name"] == LEARNING).unwrap();
            assert!(set["description"].as_str().unwrap().contains(&said), "{set}");
        }
    }
    let by_time_stamp = counted_instants(&folder.path().join("timestamp-raw"));
    assert!(by_time_stamp.of_several_customers > 0, "{by_time_stamp:?}");
}

#[test]
fn windows_are_of_whole_instants_and_the_card_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let windows = Some(Windows { instants: 2, stride: 2, gap_ms: None });
    let manifest = Ready::sample().export(&Packaging { windows, ..Packaging::default() }, &out);
    let by_motions = manifest.instants.unwrap().by_motions;
    let rows: BTreeSet<i64> = integers(&read_table(&out, "windows"), "readings").into_iter().collect();
    assert!(
        rows.len() > 1 && rows.iter().all(|rows| by_motions.contains_key(&(*rows as u64))),
        "{rows:?} {by_motions:?}"
    );
    assert!(card(&out).contains("In `windows/` this is done already."));
}

#[test]
fn it_lists_every_warning_with_what_was_found() {
    let folder = tempfile::tempdir().unwrap();
    let (ready, out) = (Ready::sample(), folder.path().join("out"));
    ready.export(&Packaging::default(), &out);
    let card = card(&out);
    let (mut warnings, mut others) = (0, 0);
    for check in ready.review.checks() {
        let line = format!("- warning: **{}** (`{}`). {}", check.id.about().title, check.id.name(), check.words);
        let is_warning = check.verdict == CheckVerdict::Warn;
        assert_eq!(card.contains(&line), is_warning, "{line}");
        *(if is_warning { &mut warnings } else { &mut others }) += 1;
    }
    assert!(warnings > 2 && others > 40, "{warnings} {others}");
}

#[test]
fn an_export_from_before_instants_were_counted_can_be_read() {
    let (home, folder) = (Home::new(), tempfile::tempdir().unwrap());
    let out = folder.path().join("out");
    let made = home.export(&out, &["--analyst", "A. Name"]);
    assert_eq!(code(&made), 0, "{}", said(&made));
    let place = out.join("manifest.json");
    let mut value: Value = serde_json::from_str(&fs::read_to_string(&place).unwrap()).unwrap();
    assert!(value.as_object_mut().unwrap().remove("instants").is_some());
    fs::write(&place, value.to_string()).unwrap();
    let read = Manifest::read(&out).unwrap();
    assert_eq!(read.instants, None);
    assert_eq!(serde_json::to_value(&read).unwrap(), value, "nothing is added, or its seal would not hold");
}
