//! A link to a view: what is read is written and read again as the same, and has nobody in it but by a code.
#![no_main]

use fuzz_common::{assert_discreet, choices, spelled, target};
use libfuzzer_sys::fuzz_target;
use stedi_workbench::state::ViewLink;

const WORDS: &[&str] = &[
    "stedi:view?v=1&data=0123456789abcdef",
    "stedi:view?v=2",
    "&",
    "=",
    "%",
    "%22",
    "%C3%A9",
    "&shown=",
    "\"review\"",
    "{\"table\":\"customer_landing\"}",
    "{\"dropped\":{\"table\":\"customer_trusted\",\"step\":0,\"stood\":null}}",
    "&recipe=",
    "{\"join\":\"owner\"}",
    "{\"withdrawn\":[\"C.7f3a\"]}",
    "{\"withdrawn\":[\"ann.leaver@example.com\"]}",
    "{\"owners\":{\"decisions\":{\"D.k2p9\":{\"owner\":\"C.7f3a\",\"is_theirs\":true}}}}",
    "&follow=",
    "{\"person\":\"C.7f3a\"}",
    "{\"device\":\"ann.leaver@example.com\"}",
    "&queries=",
    "[[{\"table\":\"customer_landing\"},{\"filters\":[",
    "{\"column\":\"email\",\"test\":{\"one_of\":[\"C.7f3a\"]},\"on\":true}",
    "{\"column\":\"x\",\"test\":{\"between\":[\"NaN\",\"inf\"]},\"on\":true}",
    "{\"column\":\"customername\",\"test\":{\"contains\":\"ann.leaver@example.com\"},\"on\":true}",
    ",",
    "],\"sorts\":[],\"find\":\"\"}]]",
    "],\"sorts\":[],\"find\":\"ann.leaver@example.com\"}]]",
    "&columns=",
    "[[{\"table\":\"customer_landing\"},{\"order\":[],\"hidden\":[\"email\"],\"pinned\":[]}]]",
    "&seen=[1,2]",
    "&chosen=[-9223372036854775808,9223372036854775807]",
    "&unsaid=3",
    "&over=\"C.7f3a\"",
    "&over=\"ann.leaver@example.com\"",
    "&compared=[\"D.k2p9\"]",
    "&tab=\"owners\"",
    "&check=\"foreign-pairs\"",
];

fuzz_target!(|bytes: &[u8]| target(bytes, |bytes| {
    let Some(([how], rest)) = choices(bytes) else { return };
    let bytes = if how & 1 == 0 { rest.to_vec() } else { spelled(rest, WORDS) };
    let Ok(text) = String::from_utf8(bytes) else { return };
    match ViewLink::parse(&text) {
        Ok(link) => {
            let written = link.to_text();
            assert!(!written.contains('@'), "somebody is in a link: {written}");
            assert_eq!(ViewLink::parse(&written).as_ref(), Ok(&link), "written and read again");
        }
        Err(error) => assert_discreet(&error.to_string()),
    }
}));
