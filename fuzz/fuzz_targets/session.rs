//! A session: what is read is written and read again as the same, whatever was changed of one is noticed, and nobody is named.
#![no_main]

use fuzz_common::{assert_discreet, choices, target};
use libfuzzer_sys::fuzz_target;
use sha2::{Digest as _, Sha256};
use stedi_workbench::domain::format::hexadecimal;
use stedi_workbench::state::WindowSession;

const SOUND: &str = include_str!("../../tests/it/sessions/format-1.json");

fuzz_target!(|bytes: &[u8]| target(bytes, |bytes| {
    let Some(([how, cut], rest)) = choices(bytes) else { return };
    let changed = how % 3 == 2;
    let text = match how % 3 {
        // As it comes, or with a head that fits, so that the rest is looked at.
        0 => rest.to_vec(),
        1 => {
            let hash = hexadecimal(&Sha256::digest(rest));
            [format!("{{\"stedi_session\":1,\"sha256\":\"{hash}\"}}\n").as_bytes(), rest, b"\n"].concat()
        }
        _ => {
            let Some(([first, second], with)) = choices(rest) else { return };
            let at = (usize::from(first) << 8 | usize::from(second)) % SOUND.len();
            let end = (at + usize::from(cut)).min(SOUND.len());
            [&SOUND.as_bytes()[..at], with, &SOUND.as_bytes()[end..]].concat()
        }
    };
    let Ok(text) = String::from_utf8(text) else { return };
    match WindowSession::parse(&text) {
        Ok(session) => {
            assert_eq!(WindowSession::parse(&session.to_text()).as_ref(), Ok(&session), "written and read again");
            if changed {
                let body = |text: &str| text.split_once('\n').map(|(_, body)| body.to_owned());
                assert_eq!(body(&text), body(SOUND), "a change went unnoticed");
            }
        }
        Err(error) => assert_discreet(&error.to_string()),
    }
}));
