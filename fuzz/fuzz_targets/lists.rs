//! Small texts of others: sides, expected counts, the list of exports, a key.
#![no_main]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use fuzz_common::{assert_discreet, choices, scratch, target, write};
use libfuzzer_sys::fuzz_target;
use stedi_workbench::export::History;
use stedi_workbench::export::release::{Key, SideList};
use stedi_workbench::review::Expected;

fuzz_target!(|bytes: &[u8]| target(bytes, |bytes| {
    let Some(([how], rest)) = choices(bytes) else { return };
    match (how % 4, std::str::from_utf8(rest)) {
        (0, Ok(text)) => match SideList::parse(text) {
            Ok(list) => {
                assert!(list.len() <= text.lines().count());
                assert_discreet(&format!("{list:?}"));
            }
            Err(error) => assert_discreet(&error.to_string()),
        },
        (1, Ok(text)) => match Expected::parse(text) {
            Ok(expected) => {
                let lines: String = expected.iter().map(|(table, rows)| format!("{}={rows}\n", table.name())).collect();
                assert_eq!(Expected::parse(&lines).as_ref(), Ok(&expected), "written and read again");
            }
            Err(error) => assert_discreet(&error.to_string()),
        },
        (2, _) => {
            let list = History::at(write("exports.jsonl", rest));
            let before = list.load();
            assert!(before.len() <= rest.split(|&byte| byte == b'\n').count());
            list.forget(&scratch().join("nowhere")).unwrap();
            assert_eq!(list.load(), before, "written and read again");
        }
        _ => {
            let path = write("a.key", rest);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            match Key::load(&path) {
                Ok(key) => {
                    key.save(&path).unwrap();
                    assert_eq!(Key::load(&path).unwrap(), key);
                    assert_eq!(key.id().len(), 16);
                }
                Err(error) => assert_discreet(&error.to_string()),
            }
        }
    }
}));
