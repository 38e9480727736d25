//! One device drawn with its phone, and a line for each device.

use std::collections::BTreeSet;
use std::path::Path;

use stedi_workbench::curation::{Cell, Codes, Curation, CurationError, TableView, Whose};
use stedi_workbench::domain::{Duplicates, JoinRule, Progress, Purpose, Reason, Recipe, Table};
use stedi_workbench::explore::{AboutTable, Follow, Query, about, select};
use stedi_workbench::landing::Landing;
use stedi_workbench::signals::{
    By, DeviceLine, MAGNITUDE, MOST_ACCELERATION, Partners, Recording, Subject, Track, other_motion, overview, record,
};

use crate::curation::{curated, landing};
use crate::fates::{all_rows, dropped, generated, recipes, texts};
use crate::support::{real_data, sample_data, write};

#[test]
fn the_real_data_have_the_reference_numbers_of_foreign_pairs() {
    let Some(folder) = real_data() else { return };
    let data = landing(&folder);
    for (consent_date, join, pairs, foreign, devices) in [
        (false, JoinRule::Timestamp, 43_681, 2_700, Some(364)),
        (true, JoinRule::Timestamp, 34_437, 2_412, None),
        (false, JoinRule::Owner, 40_981, 0, Some(0)),
        (true, JoinRule::Owner, 32_025, 0, Some(0)),
    ] {
        let curation = curated(&data, &Recipe { consent_date, join, ..Recipe::default() });
        let found = curation.pairs(&all_rows(&curation, Table::StepTrainerLanding), &Progress::default()).unwrap();
        assert_eq!(found.len(), pairs);
        let strange: Vec<_> = found.iter().filter(|pair| pair.whose == Whose::Foreign).collect();
        assert_eq!(strange.len(), foreign);
        assert!(found.iter().all(|pair| pair.whose != Whose::Unknown));
        let serials = texts(&curation, Table::StepTrainerLanding, "serialnumber");
        let affected: BTreeSet<&str> = strange.iter().map(|pair| serials[pair.row as usize].as_str()).collect();
        assert!(devices.is_none_or(|devices| affected.len() == devices), "{}", affected.len());

        let lines = overview(&curation, &Progress::default()).unwrap();
        let order = By::Foreign.order(&lines, true);
        let first = order.iter().take_while(|&&line| lines[line as usize].foreign > 0).count();
        assert_eq!(first, affected.len());
        assert_eq!(lines.iter().map(|line| line.foreign).sum::<u64>(), foreign as u64);
        assert!(
            lines.iter().all(|line| line.agreement == Some(1.0)),
            "every device has a phone with the same instants"
        );
        assert_eq!(lines.len(), 956);
        assert_sums(&lines, &curation);
    }
}

/// Every reading and every pair is on exactly one line.
fn assert_sums(lines: &[DeviceLine], curation: &Curation) {
    let sum = |figure: fn(&DeviceLine) -> u64| lines.iter().map(figure).sum::<u64>();
    assert_eq!(sum(|line| line.distances), curation.rows(Table::StepTrainerLanding));
    assert_eq!(sum(|line| line.motions), curation.rows(Table::AccelerometerLanding));
    assert_eq!(sum(|line| line.distances_kept), curation.rows(Table::StepTrainerTrusted));
    assert_eq!(sum(|line| line.motions_kept), curation.rows(Table::AccelerometerTrusted));
    assert_eq!(sum(|line| line.pairs), curation.rows(Table::MachineLearningCurated));
    let devices: BTreeSet<_> = texts(curation, Table::StepTrainerLanding, "serialnumber").into_iter().collect();
    let phones: BTreeSet<_> = texts(curation, Table::AccelerometerLanding, "user").into_iter().collect();
    assert!(lines.iter().filter_map(|line| line.device.clone()).eq(devices), "each device once, in order");
    let with_motions = lines.iter().filter(|line| line.motions > 0).filter_map(|line| line.person.clone());
    let with_motions: Vec<_> = with_motions.collect();
    assert_eq!(with_motions.len(), phones.len(), "each phone once");
    assert_eq!(with_motions.into_iter().collect::<BTreeSet<_>>(), phones);
}

#[test]
fn the_lines_of_the_overview_sum_to_the_tables_and_agree_with_each_recording() {
    for defects in ["none", "all", "reused-serials=0.3,missing-serials=0.2,unknown-users=0.2,unknown-devices=0.2"] {
        let data = generated(defects, 60);
        for recipe in recipes(&data).into_iter().step_by(11) {
            let curation = curated(&data, &recipe);
            let progress = Progress::default();
            let lines = overview(&curation, &progress).unwrap();
            let (done, total) = progress.read();
            assert_eq!(done, total);
            assert_sums(&lines, &curation);
            for line in lines.iter().step_by(9) {
                assert_line(line, &curation);
            }
        }
    }
}

/// A line's figures, worked out once more from the readings of the recording.
fn assert_line(line: &DeviceLine, curation: &Curation) {
    let subject = Subject { device: line.device.clone(), person: line.person.clone() };
    let recording = match (&line.device, &line.person) {
        (Some(device), person) => recorded(&Follow::Device(device.clone()), person.as_deref(), curation),
        (None, Some(person)) => recorded(&Follow::Person(person.clone()), None, curation),
        (None, None) => panic!("a line of nobody"),
    };
    let kept = |track: &Track| track.fates.iter().filter(|fate| fate.is_kept()).count() as u64;
    if line.device.is_some() && line.person.is_some() {
        assert_eq!(recording.subject, subject);
    }
    let mut values = vec![];
    if let Some(track) = recording.device.as_ref().filter(|_| line.device.is_some()) {
        assert_eq!((line.distances, line.distances_kept), (track.series.len() as u64, kept(track)));
        assert_eq!((line.pairs, line.foreign), (recording.pairs.len() as u64, foreign(&recording)));
        values = track.series.channels()[0].values().to_vec();
        let times: BTreeSet<i64> = track.series.times().iter().copied().collect();
        assert_eq!(line.instants, times.len() as u64);
        if let Some(phone) = recording.phone.as_ref().filter(|_| line.person.is_some() && line.motions > 0) {
            let agreeing = times.iter().filter(|at| phone.series.times().contains(at)).count();
            assert_eq!(line.agreement, Some(agreeing as f64 / times.len() as f64));
        }
    }
    if let Some(track) = recording.phone.as_ref().filter(|_| line.person.is_some()) {
        assert_eq!((line.motions, line.motions_kept), (track.series.len() as u64, kept(track)));
        if line.device.is_none() {
            values = track.series.channels()[3].values().to_vec();
        }
        let consent = recording.consents[curation.recipe.purpose as usize];
        let of_device = recording.device.iter().filter(|_| line.device.is_some());
        let times = of_device.chain([track]).flat_map(|track| track.series.times());
        let before = times.filter(|&&at| consent.is_none_or(|consent| at < consent)).count() as u64;
        let has_record = recording.tables[Table::CustomerLanding.index()].rows > 0;
        assert_eq!(line.before, has_record.then_some(before));
    }
    let range = (values.iter().copied().fold(f64::NAN, f64::min), values.iter().copied().fold(f64::NAN, f64::max));
    assert_eq!((line.thumbnail.least, line.thumbnail.most), range);
}

fn foreign(recording: &Recording) -> u64 {
    recording.pairs.iter().filter(|pair| pair.whose == Whose::Foreign).count() as u64
}

fn recorded(follow: &Follow, partner: Option<&str>, curation: &Curation) -> Recording {
    let recording = record(follow, partner, curation, &Progress::default()).unwrap();
    for (track, table) in
        [(&recording.device, Table::StepTrainerLanding), (&recording.phone, Table::AccelerometerLanding)]
    {
        if let Some(track) = track {
            assert_track(track, &curation.view(table));
        }
    }
    recording
}

/// Each reading is where its row says, in the order of time and then of landing.
fn assert_track(track: &Track, view: &TableView) {
    let times = track.series.times();
    assert_eq!((times.len(), times.len()), (track.rows.len(), track.fates.len()));
    let mut order: Vec<(i64, u32)> = times.iter().copied().zip(track.rows.iter().copied()).collect();
    for channel in track.series.channels().iter().filter(|channel| channel.name != MAGNITUDE) {
        let (time, column) =
            (view.columns().position(|column| column.name.contains("time")), view.position(channel.name));
        for (value, &(at, row)) in channel.values().iter().zip(&order) {
            assert_eq!(view.cell(row as usize, time.unwrap()), Cell::Time(at));
            assert_eq!(view.cell(row as usize, column.unwrap()).number(), *value);
        }
    }
    assert!(order.is_sorted());
    order.sort_by_key(|&(_, row)| row);
    assert_eq!(track.backwards, order.windows(2).filter(|pair| pair[1].0 < pair[0].0).count() as u64);
    assert_eq!(track.without_time, 0);
    if let [x, y, z, magnitude] = track.series.channels() {
        let lengths = x.values().iter().zip(y.values()).zip(z.values());
        assert!(lengths.map(|((x, y), z)| (x * x + y * y + z * z).sqrt()).eq(magnitude.values().iter().copied()));
    }
}

/// The recording says of each table what looking through the whole table says, whoever is followed.
#[test]
fn a_recording_tells_what_is_in_each_table() {
    let data = generated("duplicate-readings=0.3,duplicate-files=0.5,unknown-devices=0.1", 60);
    for recipe in recipes(&data).into_iter().step_by(7) {
        let curation = curated(&data, &recipe);
        let emails = texts(&curation, Table::CustomerLanding, "email");
        let serials = texts(&curation, Table::CustomerLanding, "serialnumber");
        for customer in (0..emails.len()).step_by(23) {
            let device = recorded(&Follow::Device(serials[customer].clone()), None, &curation);
            let person = recorded(&Follow::Person(emails[customer].clone()), None, &curation);
            let subject = Subject { device: Some(serials[customer].clone()), person: Some(emails[customer].clone()) };
            assert_eq!((&device.subject, &person.subject), (&subject, &subject));
            assert_eq!(device.tables, person.tables);
            for follow in [Follow::Device(serials[customer].clone()), Follow::Person(emails[customer].clone())] {
                assert_eq!(known(&follow, &data, &curation), device.tables);
            }
        }
    }
}

/// What is known of somebody, which is what the whole tables and all rows behind each loss say.
fn known(follow: &Follow, data: &Landing, curation: &Curation) -> Vec<AboutTable> {
    let count = |view: &TableView| {
        let query = Query { filters: follow.filter(view.columns(), data).into_iter().collect(), ..Query::default() };
        select(view, &query, &Codes::default(), false, &Progress::default()).unwrap().len(view.rows()) as u64
    };
    let known = about(follow, data, curation, &Progress::default()).unwrap().tables;
    assert_eq!(known.iter().map(|about| about.table).collect::<Vec<_>>(), Table::ALL);
    for about in &known {
        assert_eq!(about.rows, count(&curation.view(about.table)));
        let steps = curation.count(about.table).map_or(0, |count| count.steps.len());
        let behind = |step| count(&curation.dropped(about.table, step, &Progress::default()).unwrap());
        let lost: Vec<_> = (0..steps).map(|step| (step, behind(step))).filter(|(_, rows)| *rows > 0).collect();
        assert_eq!(about.dropped.iter().map(|&(step, _, rows)| (step, rows)).collect::<Vec<_>>(), lost);
    }
    known
}

#[test]
fn a_serial_number_on_everybodys_record_lists_whom_it_could_be_and_takes_the_one_with_the_same_instants() {
    let data = generated("reused-serials", 60);
    let curation = curated(&data, &Recipe::default());
    let serials = texts(&curation, Table::CustomerLanding, "serialnumber");
    let reused = recorded(&Follow::Device(serials[0].clone()), None, &curation);
    let emails = texts(&curation, Table::CustomerLanding, "email");
    let named: BTreeSet<&String> =
        emails.iter().zip(&serials).filter(|(_, serial)| **serial == serials[0]).map(|(email, _)| email).collect();
    assert!(named.len() > 1);
    assert_eq!(reused.partners.on_record, named.len() as u64);
    let listed: BTreeSet<&String> =
        reused.partners.candidates.iter().filter(|one| one.on_record).map(|one| &one.identity).collect();
    assert!(listed.is_subset(&named) && listed.len() == named.len().min(Partners::MOST_ON_RECORD));
    // The device that somebody uses is on somebody else's record or on none, and the instants tell which it is.
    let mut on_none = 0;
    for (email, serial) in emails.iter().zip(&serials).step_by(3) {
        let person = recorded(&Follow::Person(email.clone()), None, &curation);
        let [first, others @ ..] = &person.partners.candidates[..] else { panic!("nobody") };
        assert!(first.instants == 30 && others.iter().all(|other| other.instants < 30), "{first:?}");
        assert_eq!(person.subject.device.as_ref(), Some(serial), "what the record says is taken unasked");
        let chosen = recorded(&Follow::Person(email.clone()), Some(&first.identity), &curation);
        assert_eq!(chosen.subject.device.as_ref(), Some(&first.identity));
        let (device, phone) = (chosen.device.unwrap(), chosen.phone.unwrap());
        assert_eq!(device.series.len(), 30);
        assert!(device.series.times().iter().all(|at| phone.series.times().contains(at)));
        if !serials.contains(&first.identity) {
            on_none += 1;
            assert!(!first.on_record && chosen.pairs.is_empty());
            let fate = dropped(Table::StepTrainerTrusted, 0, Reason::UnknownDevice);
            assert!(device.fates.iter().chain(&chosen.learning).all(|known| *known == fate));
        }
    }
    assert!(on_none > 5, "{on_none}");
}

#[test]
fn a_real_device_is_drawn_with_its_phone_its_consents_and_the_motions_of_others() {
    let Some(folder) = real_data() else { return };
    let data = landing(&folder);
    let curation = curated(&data, &Recipe::default());
    let lines = overview(&curation, &Progress::default()).unwrap();
    let worst = &lines[By::Foreign.order(&lines, true)[0] as usize];
    let recording = recorded(&Follow::Device(worst.device.clone().unwrap()), None, &curation);
    assert_eq!(recording.subject, Subject { device: worst.device.clone(), person: worst.person.clone() });
    assert_eq!(recording.partners.candidates[0].instants, 30);
    assert_eq!(recording.others.iter().map(|other| other.pairs).sum::<u64>(), worst.foreign);
    assert!(recording.others.is_sorted_by(|a, b| a.pairs >= b.pairs));
    assert!(recording.pairs.is_sorted_by_key(|pair| pair.at));
    let other = &recording.others[0];
    let motion = other_motion(&curation, &other.email, &Progress::default()).unwrap();
    assert_track(&motion, &curation.view(Table::AccelerometerLanding));
    let [x, y, z, _] = motion.series.channels() else { panic!("not a phone's") };
    for pair in recording.pairs.iter().filter(|pair| pair.user == other.email) {
        let is_it = |&reading: &usize| {
            motion.series.times()[reading] == pair.at
                && [x, y, z].map(|channel| channel.values()[reading]) == pair.motion
        };
        assert!((0..motion.series.len()).any(|reading| is_it(&reading)));
    }
    assert_eq!(recording.learning.len(), recording.device.as_ref().unwrap().series.len());
    let customers = curation.view(Table::CustomerLanding);
    let row = customers.rows_with("serialnumber", &worst.device.clone().unwrap())[0] as usize;
    let cell = |name: &str| customers.cell(row, customers.position(name).unwrap());
    assert_eq!(recording.registered.map(Cell::Time), Some(cell("registrationdate")));
    for (purpose, consent) in Purpose::ALL.into_iter().zip(recording.consents) {
        assert_eq!(consent.map_or(Cell::Null, Cell::Time), cell(purpose.column()));
    }
}

#[test]
fn whoever_did_not_land_has_an_empty_recording() {
    let data = landing(&sample_data());
    let curation = curated(&data, &Recipe { duplicates: Duplicates::Drop, ..Recipe::default() });
    for follow in [Follow::Device("nobody's".to_owned()), Follow::Person("nobody@example.com".to_owned())] {
        let recording = recorded(&follow, None, &curation);
        assert_eq!(recording.partners, Partners::default());
        assert!(recording.device.iter().chain(&recording.phone).all(|track| track.series.is_empty()));
        let is_device = matches!(follow, Follow::Device(_));
        assert_eq!((recording.device.is_some(), recording.phone.is_some()), (is_device, !is_device));
        assert!(recording.tables.iter().all(|about| about.rows == 0 && about.dropped.is_empty()));
        assert_eq!((recording.consents, recording.registered), ([None; 3], None));
    }
}

/// Readings written by hand: each figure of a line in one of them.
fn odd_devices(folder: &Path) {
    let customers = ["a", "b", "c"].map(|name| {
        format!(
            r#"{{"email":"{name}@example.com","serialNumber":"d-{name}","shareWithResearchAsOfDate":1655564000050}}"#
        )
    });
    let distance = |name: &str, at: i64, distance: i64| {
        let at = 1_655_564_000_000 + at;
        format!(r#"{{"sensorReadingTime":{at},"serialNumber":"d-{name}","distanceFromObject":{distance}}}"#)
    };
    let motion = |name: &str, at: i64, x: f64| {
        let at = 1_655_564_000_000 + at;
        format!(r#"{{"user":"{name}@example.com","timestamp":{at},"x":{x},"y":0.0,"z":0.0}}"#)
    };
    let mut distances: Vec<String> = (0..10).map(|at| distance("a", at * 10, 7)).collect();
    distances.extend([distance("b", 90, 1), distance("b", 0, -5), distance("b", 10, 3), distance("b", 20, 3)]);
    distances.push(distance("x", 0, 1));
    let mut motions: Vec<String> = (0..5).map(|at| motion("a", at * 10, 1.0)).collect();
    motions.extend([
        motion("b", 0, 161.0),
        motion("b", 10, MOST_ACCELERATION),
        motion("c", 7, 2.0),
        motion("c", 7, 3.0),
    ]);
    write(folder, "customer/landing/a.json", customers.join("\n"));
    write(folder, "accelerometer/landing/a.json", motions.join("\n"));
    write(folder, "step_trainer/landing/a.json", distances.join("\n"));
}

#[test]
fn each_figure_of_a_line_is_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    odd_devices(folder.path());
    let curation = curated(&landing(folder.path()), &Recipe::default());
    let lines = overview(&curation, &Progress::default()).unwrap();
    let row = |line: &DeviceLine| {
        let figures = By::ALL.map(|by| by.figure(line).map_or("–".to_owned(), |figure| format!("{figure:.2}")));
        let name = line.device.as_ref().or(line.person.as_ref());
        format!("{} {}", name.unwrap(), figures.join(" "))
    };
    let names = By::ALL.map(By::name).join(", ");
    let rows: Vec<String> = lines.iter().map(row).collect();
    insta::assert_snapshot!(format!("{names}\n{}", rows.join("\n")), @r"
    foreign rows, rows, distances, motions, kept, before consent, instants, gaps, longest gap, equal in a row, impossible values, shared instants
    d-a 2.00 7.00 10.00 5.00 1.00 0.67 10.00 0.00 10.00 10.00 0.00 0.50
    d-b 3.00 5.00 4.00 2.00 1.00 0.83 4.00 1.00 70.00 2.00 2.00 0.50
    d-x 0.00 0.00 1.00 – 0.00 – 1.00 0.00 0.00 1.00 0.00 –
    c@example.com – – – 2.00 1.00 1.00 1.00 0.00 0.00 – 0.00 –
    ");
    assert_eq!(lines.iter().map(DeviceLine::is_constant).collect::<Vec<_>>(), [true, false, false, false]);
    let names: BTreeSet<_> = By::ALL.map(By::name).into_iter().collect();
    assert_eq!(names.len(), By::ALL.len());
    assert!(By::ALL.iter().all(|by| by.explanation().ends_with('.')));
    for by in By::ALL {
        for greatest_first in [true, false] {
            let order = by.order(&lines, greatest_first);
            let figures: Vec<_> = order.iter().map(|&line| by.figure(&lines[line as usize])).collect();
            assert!(figures.is_sorted_by(|a, b| match (a, b) {
                (Some(a), Some(b)) =>
                    if greatest_first {
                        a >= b
                    } else {
                        a <= b
                    },
                (a, b) => a.is_some() >= b.is_some(),
            }));
            for (pair, figures) in order.windows(2).zip(figures.windows(2)) {
                assert!(figures[0] != figures[1] || pair[0] < pair[1], "ties stay in order");
            }
        }
    }
}

#[test]
fn looking_can_be_cancelled() {
    let data = landing(&sample_data());
    let curation = curated(&data, &Recipe::default());
    let progress = Progress::default();
    progress.cancel();
    let follow = Follow::Device(texts(&curation, Table::StepTrainerLanding, "serialnumber")[0].clone());
    assert!(matches!(record(&follow, None, &curation, &progress), Err(CurationError::Cancelled(_))));
    assert!(matches!(overview(&curation, &progress), Err(CurationError::Cancelled(_))));
    assert!(matches!(other_motion(&curation, "nobody", &progress), Err(CurationError::Cancelled(_))));
    assert!(matches!(about(&follow, &data, &curation, &progress), Err(CurationError::Cancelled(_))));
}
