//! What the window remembers: settings that cannot be read start anew, others keep what was not changed.
#![no_main]

use std::fs;

use fuzz_common::{target, write};
use libfuzzer_sys::fuzz_target;
use stedi_workbench::app::Settings;

fuzz_target!(|bytes: &[u8]| target(bytes, |bytes| {
    let path = write("settings.json", bytes);
    let settings = Settings::at(path.clone());
    let before = settings.cache().unwrap().limit();
    settings.limit_cache(before).unwrap();
    let once = fs::read(&path).unwrap();
    settings.limit_cache(before / 2).unwrap();
    assert_eq!(settings.cache().unwrap().limit(), before / 2);
    settings.limit_cache(before).unwrap();
    assert_eq!(fs::read(&path).unwrap(), once, "written and read again");
}));
