//! JSON in all its layouts: nothing is lost, and windows and pieces of any size say what reading from end to end says.
#![no_main]

use fuzz_common::{JSON_WORDS, choices, dataset, spelled, target};
use libfuzzer_sys::fuzz_target;
use stedi_workbench::landing::fuzzing::{Said, Stretch, json, json_carefully, looks};

fuzz_target!(|bytes: &[u8]| target(bytes, |bytes| {
    let Some(([how, window, piece], rest)) = choices(bytes) else { return };
    let spelled = if how & 4 == 0 { rest.to_vec() } else { spelled(rest, JSON_WORDS) };
    let bytes = spelled.as_slice();
    let dataset = dataset(how);
    looks(bytes);
    let (careful, stretches) = json_carefully(bytes, dataset);
    assert_adds_up(bytes, &careful, &stretches);
    let whole = json(bytes, dataset, usize::MAX, usize::MAX);
    assert!(whole.is_same(&careful), "the usual way reads otherwise than the careful one");
    // Not so many that their columns, and not what they hold, take the memory.
    let least = bytes.len() / 256 + 1;
    let (window, piece) = (usize::from(window) * 4 + least, usize::from(piece) * 4 + least);
    assert!(json(bytes, dataset, usize::MAX, piece).is_same(&careful), "pieces of {piece} bytes say something else");
    assert!(json(bytes, dataset, window, piece).is_same(&careful), "windows of {window} bytes say something else");
}));

fn assert_adds_up(bytes: &[u8], said: &Said, stretches: &[Stretch]) {
    assert_eq!(said.rows() + said.refused().len() as u64, stretches.len() as u64, "read + refused = records");
    let mut places = stretches.iter().map(|(range, _)| (range.start as u64, range.len() as u64));
    for (offset, length, _) in said.refused() {
        assert!(places.any(|place| place == (offset, length)), "something is refused that is nowhere, or out of order");
    }
    for (range, is_object) in stretches {
        let text = &bytes[range.clone()];
        // Another reader takes it for an object too, but for what only this one takes.
        if *is_object && serde_json::from_slice::<serde::de::IgnoredAny>(text).is_err() {
            let has = |word: &[u8]| text.windows(word.len()).any(|other| other == word);
            assert!(has(b"NaN") || has(b"Infinity"), "{}", String::from_utf8_lossy(text));
        }
    }
    // What another reader takes for objects in lines or back to back is not refused as damaged.
    let mut others =
        serde_json::Deserializer::from_slice(bytes).into_iter::<serde_json::Map<String, serde_json::Value>>();
    let sound = others.by_ref().take_while(Result::is_ok).count();
    if others.byte_offset() == bytes.len() && !is_deep(bytes) {
        assert_eq!(stretches.iter().filter(|(_, is_object)| *is_object).count(), sound, "sound objects are damaged");
    }
}

fn is_deep(bytes: &[u8]) -> bool {
    bytes.iter().filter(|byte| matches!(byte, b'{' | b'[')).count() > 32
}
