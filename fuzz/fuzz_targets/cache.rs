//! What is kept of what was read: the index, notes and columns. What is damaged is noticed and read again; a note that was
//! forged with a sound checksum is taken whole or read again.
#![no_main]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use fuzz_common::{choices, scratch, target, write_landing};
use libfuzzer_sys::fuzz_target;
use stedi_workbench::domain::{Dataset, Progress, Purpose};
use stedi_workbench::landing::{self, Cache, Landing, Source};

struct Sound {
    source: Source,
    cache: Cache,
    fresh: Landing,
    /// The files of the cache and what they say: index, then for each entry the note and the columns.
    files: Vec<(PathBuf, Vec<u8>)>,
}

static SOUND: LazyLock<Sound> = LazyLock::new(|| {
    let folder = scratch().join("landing");
    write_landing(&folder);
    let source = Source::Folder(folder.clone());
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    for dataset in ["customer", "accelerometer", "step_trainer"] {
        fs::File::open(folder.join(dataset).join("one.json")).unwrap().set_modified(long_ago).unwrap();
    }
    let cache = Cache::at(scratch().join("cache"), u64::MAX);
    let (fresh, unkept) = landing::read_with(&source, &cache, &Progress::default()).unwrap();
    cache.keep(&unkept, &Progress::default()).unwrap();
    let mut files: Vec<PathBuf> = fs::read_dir(cache.folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort_by_key(|path| (!path.ends_with("index.json"), path.clone()));
    let files = files.into_iter().map(|path| (path.clone(), fs::read(&path).unwrap())).collect();
    Sound { source, cache, fresh, files }
});

fuzz_target!(|bytes: &[u8]| target(bytes, |bytes| {
    let sound = &*SOUND;
    let Some(([which, how, first, second], with)) = choices(bytes) else { return };
    let (path, content) = &sound.files[usize::from(which) % sound.files.len()];
    let at = (usize::from(first) << 8 | usize::from(second)) % content.len();
    let end = (at + usize::from(how >> 2)).min(content.len());
    let changed = if how & 1 == 0 { with.to_vec() } else { [&content[..at], with, &content[end..]].concat() };
    fs::write(path, &changed).unwrap();
    let is_note = path.extension().is_some_and(|kind| kind == "json") && !path.ends_with("index.json");
    let is_forged = how & 2 != 0 && is_note;
    if is_forged {
        forge(path);
    }
    let (read, _) = landing::read_with(&sound.source, &sound.cache, &Progress::default()).unwrap();
    if is_forged {
        for dataset in Dataset::ALL {
            assert_eq!(read.frame(dataset).height() as u64, read.rows(dataset));
        }
        assert_eq!(read.stood(Purpose::Public).len() as u64, read.rows(Dataset::Customer));
    } else {
        for dataset in Dataset::ALL {
            assert!(read.frame(dataset).equals_missing(sound.fresh.frame(dataset)), "damage went unnoticed");
        }
        assert!(read.refused == sound.fresh.refused && read.census == sound.fresh.census, "damage went unnoticed");
    }
    // What was thrown away comes back.
    for (path, content) in &sound.files {
        if fs::read(path).ok().as_ref() != Some(content) {
            fs::write(path, content).unwrap();
        }
    }
}));

/// Gives a pair of files a checksum that fits.
fn forge(path: &Path) {
    let (note, columns) = (path.with_extension("json"), path.with_extension("arrow"));
    let text = fs::read(&note).unwrap();
    let end = text.iter().rposition(|&byte| byte == b'\n').unwrap_or(text.len());
    let mut sum = flate2::Crc::new();
    sum.update(&fs::read(columns).unwrap());
    sum.update(&text[..end]);
    fs::write(note, [&text[..end], format!("\n{:08x}", sum.sum()).as_bytes()].concat()).unwrap();
}
