//! Records in any layout, damaged anywhere: what is not touched is read as it was, nothing is lost silently, and
//! hostile bytes take no longer than their number.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use stedi_workbench::domain::{Dataset, Progress};
use stedi_workbench::landing::{Landing, Source, read};

use crate::support::write;

fn load(bytes: &[u8]) -> Landing {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "step_trainer/landing/part", bytes);
    read(&Source::Folder(folder.path().to_owned()), &Progress::default()).unwrap()
}

/// The sensor reading times that were read; each record of these tests has its own.
fn times(landing: &Landing) -> Vec<i64> {
    let frame = landing.frame(Dataset::StepTrainer);
    frame.column("sensorreadingtime").unwrap().i64().unwrap().iter().flatten().collect()
}

fn record(number: usize, text: &str) -> String {
    let serial = serde_json::to_string(text).unwrap();
    format!(
        r#"{{"sensorReadingTime":{},"serialNumber":{serial},"distanceFromObject":{number}}}"#,
        1_700_000_000_000_i64 + number as i64
    )
}

/// The file, and where each record lies in it.
fn file(texts: &[String], layout: usize) -> (Vec<u8>, Vec<std::ops::Range<usize>>) {
    let between = ["\n", "", ",\n", "\r\n\r\n"];
    let mut bytes = if layout == 2 { b"[".to_vec() } else { vec![] };
    let mut places = vec![];
    for (number, text) in texts.iter().enumerate() {
        let start = bytes.len();
        bytes.extend(record(number, text).bytes());
        places.push(start..bytes.len());
        // Layout 4 mixes all of them.
        let which = if layout == 4 { number % 4 } else { layout };
        bytes.extend(between[which].bytes());
    }
    if layout == 2 {
        bytes.push(b']');
    }
    (bytes, places)
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    let text = prop_oneof!["[a-z0-9-]{1,12}", r#"[a-c{}\[\]",:\\ é]{0,8}x"#];
    prop::collection::vec(text, 1..20)
}

#[derive(Clone, Debug)]
enum Damage {
    Cut,
    Delete(usize),
    Insert(Vec<u8>),
    Repeat(usize),
    Flip(u8),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        Just(Damage::Cut),
        (1_usize..60).prop_map(Damage::Delete),
        prop::collection::vec(any::<u8>(), 1..20).prop_map(Damage::Insert),
        (1_usize..60).prop_map(Damage::Repeat),
        (1_u8..=255).prop_map(Damage::Flip),
    ]
}

/// Does the damage; what it touched is given in the places of the sound file.
fn apply(bytes: &mut Vec<u8>, at: usize, damage: &Damage) -> std::ops::Range<usize> {
    let length = bytes.len();
    match damage {
        Damage::Cut => {
            bytes.truncate(at);
            at..length
        }
        Damage::Delete(count) => {
            let end = (at + count).min(length);
            bytes.drain(at..end);
            at..end
        }
        Damage::Insert(more) => {
            bytes.splice(at..at, more.iter().copied());
            at..at
        }
        Damage::Repeat(count) => {
            let more = bytes[at..(at + count).min(length)].to_vec();
            bytes.splice(at..at, more);
            at..at
        }
        Damage::Flip(bits) => {
            bytes[at] ^= bits;
            at..at + 1
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sound_files_are_read_whole_in_any_layout(texts in texts(), layout in 0_usize..5) {
        let (bytes, places) = file(&texts, layout);
        let landing = load(&bytes);
        prop_assert_eq!(landing.rows(Dataset::StepTrainer), places.len() as u64);
        prop_assert!(landing.refused.is_empty());
        let frame = landing.frame(Dataset::StepTrainer);
        let serials: Vec<_> = frame.column("serialnumber").unwrap().str().unwrap().iter().flatten().map(str::to_owned).collect();
        prop_assert_eq!(serials, texts);
    }

    #[test]
    fn damage_costs_only_what_it_touches(
        texts in texts(), layout in 0_usize..5, place in any::<prop::sample::Index>(), damage in damage(),
    ) {
        let (mut bytes, places) = file(&texts, layout);
        let sound = bytes.len();
        let at = place.index(sound);
        let touched = apply(&mut bytes, at, &damage);
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "step_trainer/landing/part", &bytes);
        let untouched: Vec<i64> = places
            .iter()
            .enumerate()
            .filter(|(_, span)| span.end < touched.start || span.start > touched.end)
            .map(|(number, _)| 1_700_000_000_000 + number as i64)
            .collect();
        let Ok(landing) = read(&Source::Folder(folder.path().to_owned()), &Progress::default()) else {
            prop_assert!(untouched.is_empty());
            return Ok(());
        };
        let read = times(&landing);
        for time in &untouched {
            prop_assert!(read.contains(time), "{} is lost", time - 1_700_000_000_000);
        }
        // A byte that is no separator belongs to a record that was read or to one that was refused.
        let file = &landing.files[0];
        prop_assert_eq!(file.rows, read.len() as u64);
        prop_assert_eq!(file.refused, landing.refused.len() as u64);
        let mut end = 0;
        for refused in &landing.refused {
            prop_assert!(refused.offset >= end && refused.length > 0, "refused spans overlap");
            end = refused.offset + refused.length;
        }
        prop_assert!(end <= bytes.len() as u64);
        let without_refused = landing.refused.iter().rev().fold(bytes, |mut rest, refused| {
            rest.splice(refused.offset as usize..(refused.offset + refused.length) as usize, *b"\n");
            rest
        });
        prop_assert_eq!(reference(&without_refused), Some(file.rows), "bytes outside the refused spans are whole records");
    }
}

/// How many objects these bytes hold by another reader; none if anything but objects and separators is there.
fn reference(bytes: &[u8]) -> Option<u64> {
    let mut rest = bytes;
    let mut count = 0;
    loop {
        while let [b' ' | b'\n' | b'\r' | b'\t' | b',' | b'[' | b']' | 0x1e, after @ ..]
        | [0xef, 0xbb, 0xbf, after @ ..] = rest
        {
            rest = after;
        }
        if rest.is_empty() {
            return Some(count);
        }
        let mut stream =
            serde_json::Deserializer::from_slice(rest).into_iter::<serde_json::Map<String, serde_json::Value>>();
        stream.next()?.ok()?;
        rest = &rest[stream.byte_offset()..];
        count += 1;
    }
}

#[test]
fn hostile_bytes_take_linear_time() {
    let rep = |text: &str| text.repeat((1 << 20) / text.len());
    for bytes in [
        rep("{"),
        rep("{\"a\":"),
        rep("["),
        rep("{\"a\":["),
        rep("{\"a\":[{},"),
        rep("{\"a"),
        rep("{\"a\\\""),
        rep("\""),
        rep("{\"{"),
        rep("{ "),
        rep("{\"a\":[{\"a\":[1,"),
        format!("{{\"{}", rep("a")),
        format!("{{\"a\":[{}", rep("{},")),
        rep("}"),
        rep("{}"),
        rep("\u{1e}"),
        rep("{\"a\":1,"),
        rep("{\"sensorReadingTime\":1"),
        format!("{{\"a\":{}", rep("1")),
    ] {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "step_trainer/landing/part.json", &bytes);
        let started = Instant::now();
        read(&Source::Folder(folder.path().to_owned()), &Progress::default()).ok();
        let name: String = bytes.chars().take(20).collect();
        assert!(started.elapsed() < Duration::from_secs(3), "{name}: {:?}", started.elapsed());
    }
}
