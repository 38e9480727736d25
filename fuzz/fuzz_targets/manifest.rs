//! The manifest of an export: a seal that holds is of what its owner wrote, and a word on anything else names nobody.
#![no_main]

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use fuzz_common::{assert_discreet, choices, scratch, target};
use libfuzzer_sys::fuzz_target;
use stedi_workbench::domain::{Progress, Withdrawn};
use stedi_workbench::export::release::{Key, Manifest, contained, diff, verify};

const SOUND: &str = include_str!("../fixtures/export/manifest.json");

static FOLDERS: LazyLock<[PathBuf; 2]> = LazyLock::new(|| {
    ["changed", "sound"].map(|name| {
        let folder = scratch().join(name);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("manifest.json"), SOUND).unwrap();
        folder
    })
});

fuzz_target!(|bytes: &[u8]| target(bytes, |bytes| {
    let [folder, sound] = &*FOLDERS;
    let Some(([how, cut, first, second], with)) = choices(bytes) else { return };
    let changed = if how & 1 == 0 {
        with.to_vec()
    } else {
        let at = (usize::from(first) << 8 | usize::from(second)) % SOUND.len();
        let end = (at + usize::from(cut)).min(SOUND.len());
        [&SOUND.as_bytes()[..at], with, &SOUND.as_bytes()[end..]].concat()
    };
    fs::write(folder.join("manifest.json"), &changed).unwrap();
    let key = Key::from_bytes([7; 32]);
    match verify(folder, Some(&key), &Progress::default()) {
        Ok(verified) => {
            let is_as_written = !verified.changed.iter().any(|problem| problem == "manifest.json was changed");
            if verified.is_sealed == Some(true) {
                let (mut read, written) = (Manifest::read(folder).unwrap(), Manifest::read(sound).unwrap());
                read.written_at.clone_from(&written.written_at);
                assert_eq!(read, written, "a change went unnoticed");
            }
            // The folder has nothing but this file, so an export with any other is not sound.
            let manifest = Manifest::read(folder).unwrap();
            assert!(!verified.is_sound() || (is_as_written && manifest.all_files().count() == 0));
            verified.changed.iter().for_each(|problem| assert!(problem.len() <= 200 + changed.len()));
        }
        Err(_) => {
            // A file that a manifest names is named.
            if let Err(error) = Manifest::read(folder) {
                assert_discreet(&error.to_string());
            }
        }
    }
    diff(folder, sound, &Progress::default()).ok();
    contained(folder, &Withdrawn::parse("ann.leaver@example.com").unwrap(), &key, &Progress::default()).ok();
}));
