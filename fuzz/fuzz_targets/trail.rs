//! A trail: what verifies is written again as it stands but for a line without an end, and whatever is changed of one does not
//! verify.
#![no_main]

use fuzz_common::{choices, target};
use libfuzzer_sys::fuzz_target;
use stedi_workbench::review::Trail;

const SOUND: &str = include_str!("../fixtures/trail.jsonl");
const HEAD: &str = include_str!("../fixtures/trail.head");

fuzz_target!(|bytes: &[u8]| target(bytes, |bytes| {
    let Some(([how, cut], rest)) = choices(bytes) else { return };
    // As it comes, or a sound trail with some of it put in, left out or replaced.
    let (text, head) = match how % 3 {
        0 => match String::from_utf8(rest.to_vec()) {
            Ok(text) => (text, (how & 4 == 0).then(|| HEAD.to_owned())),
            Err(_) => return,
        },
        1 => (SOUND.to_owned(), String::from_utf8(rest.to_vec()).ok()),
        _ => {
            let Some(([first, second], with)) = choices(rest) else { return };
            let at = (usize::from(first) << 8 | usize::from(second)) % SOUND.len();
            let end = (at + usize::from(cut)).min(SOUND.len());
            let changed = [&SOUND.as_bytes()[..at], with, &SOUND.as_bytes()[end..]].concat();
            let Ok(text) = String::from_utf8(changed) else { return };
            (text, Some(HEAD.to_owned()))
        }
    };
    match Trail::parse(&text, head.as_deref()) {
        Ok(trail) => {
            let lines = trail.lines_from(0);
            // What a run that was killed left of a line is no entry.
            let unfinished = text.strip_prefix(&lines).expect("what verifies is unchanged");
            assert!(!unfinished.contains('\n'), "a line was passed over");
            assert_eq!(trail.entries().len(), lines.lines().count());
            assert_eq!(Trail::parse(&text, trail.head().as_deref()).as_ref(), Ok(&trail));
            if how % 3 == 2 {
                assert_eq!(lines, SOUND, "a change went unnoticed");
            }
        }
        // A line that is named may have any number.
        Err(error) => assert!(!error.to_string().contains('@')),
    }
}));
