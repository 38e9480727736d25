//! The list of those who withdrew: as it was read it is written and read again, nobody is lost, and nobody is named.
#![no_main]

use fuzz_common::{assert_discreet, target};
use libfuzzer_sys::fuzz_target;
use stedi_workbench::domain::{Recipe, Withdrawn};

fuzz_target!(|bytes: &[u8]| target(bytes, |bytes| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    assert_discreet(&format!("{:?}", Withdrawn::parse(text)));
    match Withdrawn::parse(text) {
        Ok(list) => {
            let lines: String = list.entries().map(|entry| format!("{entry}\n")).collect();
            assert!(list.entries().is_sorted() && list.entries().all(|entry| entry == entry.trim()));
            if !lines.contains(['#', '"', ',']) && !lines.starts_with('\u{feff}') {
                assert_eq!(Withdrawn::parse(&lines).as_ref(), Ok(&list), "written and read again");
            }
            assert_eq!(list.and(&list).as_ref(), Ok(&list));
            let recipe = Recipe { withdrawn: list, ..Recipe::default() };
            assert_eq!(Recipe::from_json(&recipe.to_json()).as_ref(), Ok(&recipe), "in a recipe and back");
            // Whoever stands on a line of their own is on the list.
            for line in text
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty() && !line.contains(['#', '"', ',', '\u{feff}']))
            {
                assert!(recipe.withdrawn.entries().any(|entry| entry == line), "somebody was lost");
            }
        }
        Err(error) => assert_discreet(&error.to_string()),
    }
}));
