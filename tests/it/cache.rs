//! What was read is kept: the same records as if read anew, only what changed is read, and nobody else can look.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use serde_json::Value;
use stedi_workbench::app::Settings;
use stedi_workbench::domain::{Dataset, Progress, Purpose};
use stedi_workbench::generate::{Defects, Generator};
use stedi_workbench::landing::{Cache, Kept, Landing, Seen, Source, read, read_with};

use crate::support::{Window, sample_data, write};

const ROOM: u64 = 1 << 30;
/// Among them cut off records, which are refused, and files that are there twice.
const DEFECTS: &str = "all";

/// Landing files with every defect in a folder of their own, and a cache beside them.
fn folder() -> (tempfile::TempDir, PathBuf, Cache) {
    let home = tempfile::tempdir().unwrap();
    let landing = home.path().join("landing");
    let defects: Defects = DEFECTS.parse().unwrap();
    Generator { defects, part_bytes: 200_000, ..Generator::new(120) }.write(&landing, &Progress::default()).unwrap();
    let cache = Cache::at(home.path().join("kept"), ROOM);
    (home, landing, cache)
}

fn anew(folder: &Path) -> Landing {
    read(&Source::Folder(folder.to_owned()), &Progress::default()).unwrap()
}

/// Reads with what is kept, and keeps what is new.
fn kept(folder: &Path, cache: &Cache) -> Landing {
    let (landing, unkept) = read_with(&Source::Folder(folder.to_owned()), cache, &Progress::default()).unwrap();
    cache.keep(&unkept, &Progress::default()).unwrap();
    landing
}

fn assert_same(one: &Landing, other: &Landing) {
    assert_eq!((&one.files, &one.refused, &one.findings), (&other.files, &other.refused, &other.findings));
    assert_eq!(one.census, other.census);
    for dataset in Dataset::ALL {
        assert!(one.frame(dataset).equals_missing(other.frame(dataset)), "{}", dataset.name());
    }
    for purpose in Purpose::ALL {
        assert!(one.stood(purpose).eq(other.stood(purpose)));
    }
}

/// The files of a folder that end so, in order.
fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.to_string_lossy().ends_with(end));
    files.sort();
    files
}

#[test]
fn what_is_kept_is_what_reading_gives() {
    let (_home, folder, cache) = folder();
    let first = kept(&folder, &cache);
    assert_eq!(first.known_files, 0);
    assert!(!first.refused.is_empty());
    let second = kept(&folder, &cache);
    // On a file that is no landing file there is a remark, and it is looked at again.
    let read_whole = second.files.iter().filter(|file| file.dataset.is_some()).count() as u64;
    assert!(second.known_files >= read_whole / 2, "{} of {read_whole}", second.known_files);
    assert!((1..=second.known_files).contains(&cache.kept().entries), "equal files are kept once");
    assert_same(&second, &anew(&folder));
    assert_same(&first, &second);
}

#[test]
fn only_what_was_changed_or_came_is_read() {
    let (_home, folder, cache) = folder();
    kept(&folder, &cache);
    let known = kept(&folder, &cache).known_files;
    assert!(known > 3);
    // The last digit of a distance.
    let text = |file: &PathBuf| fs::read_to_string(file).unwrap();
    let mut steps = files(&folder.join("step_trainer/landing"), ".json");
    steps.retain(|file| text(file).len() > 1_000);
    let file = steps.remove(0);
    let about = fs::metadata(&file).unwrap();
    // As long as before and, as far as that can be set, as old.
    let before = text(&file);
    let end = before.find('}').unwrap();
    let digit = before[..end].rfind(|letter: char| letter.is_ascii_digit()).unwrap();
    let other = if before[digit..].starts_with('7') { "8" } else { "7" };
    let after = [&before[..digit], other, &before[digit + 1..]].concat();
    fs::write(&file, &after).unwrap();
    fs::File::open(&file).unwrap().set_modified(about.modified().unwrap()).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().len(), about.len());
    let changed = kept(&folder, &cache);
    assert_eq!(changed.known_files, known - 1);
    assert_same(&changed, &anew(&folder));
    write(&folder, "step_trainer/landing/more.json", after);
    let more = kept(&folder, &cache);
    assert_eq!(
        (more.known_files, more.files.len()),
        (known + 1, changed.files.len() + 1),
        "it says what is kept already"
    );
    assert_same(&more, &anew(&folder));
    fs::remove_file(&file).unwrap();
    let less = kept(&folder, &cache);
    assert_eq!(less.known_files, known);
    assert_same(&less, &anew(&folder));
}

#[test]
fn a_file_says_the_same_under_another_name_but_not_in_another_folder() {
    let (_home, folder, cache) = folder();
    kept(&folder, &cache);
    let known = kept(&folder, &cache).known_files;
    let file = files(&folder.join("accelerometer/landing"), ".json").remove(0);
    fs::rename(&file, file.with_file_name("renamed.json")).unwrap();
    assert_eq!(kept(&folder, &cache).known_files, known);
    fs::rename(file.with_file_name("renamed.json"), folder.join("step_trainer/landing/elsewhere.json")).unwrap();
    let moved = kept(&folder, &cache);
    assert_eq!(moved.known_files, known - 1, "its folder says that it is something else");
    assert_same(&moved, &anew(&folder));
}

#[test]
fn what_is_damaged_is_noticed_and_read_again() {
    let (_home, folder, cache) = folder();
    let fresh = kept(&folder, &cache);
    let known = kept(&folder, &cache).known_files;
    let damages: [fn(&Path); 6] = [
        |folder| {
            for file in files(folder, ".arrow") {
                let mut bytes = fs::read(&file).unwrap();
                let middle = bytes.len() / 2;
                bytes[middle] ^= 1;
                fs::write(file, bytes).unwrap();
            }
        },
        |folder| files(folder, ".arrow").iter().for_each(|file| fs::write(file, b"").unwrap()),
        |folder| files(folder, ".arrow").iter().for_each(|file| fs::remove_file(file).unwrap()),
        |folder| {
            for file in files(folder, "-v2.json") {
                let bytes = fs::read(&file).unwrap();
                fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
            }
        },
        |folder| {
            for file in files(folder, "-v2.json") {
                let text = fs::read_to_string(&file).unwrap();
                let another = if text.contains('@') { text.replacen('@', "@@", 1) } else { text.replacen('1', "2", 1) };
                fs::write(&file, another).unwrap();
            }
        },
        |folder| {
            // The columns of one file under the name of another.
            let arrows = files(folder, ".arrow");
            fs::copy(&arrows[0], &arrows[1]).unwrap();
            files(folder, "-v2.json").iter().skip(2).for_each(|file| fs::remove_file(file).unwrap());
            fs::remove_file(&arrows[0]).unwrap();
        },
    ];
    for damage in damages {
        damage(cache.folder());
        fs::write(cache.folder().join("index.json"), b"{").unwrap();
        let read = kept(&folder, &cache);
        assert_eq!(read.known_files, 0);
        assert_same(&read, &fresh);
        let again = kept(&folder, &cache);
        assert_eq!(again.known_files, known);
        assert_same(&again, &fresh);
    }
}

#[test]
fn a_file_that_was_known_by_its_hash_is_known_by_its_time_from_then_on() {
    let (_home, folder, cache) = folder();
    kept(&folder, &cache);
    // As a run leaves it that was killed before it wrote the index.
    fs::remove_file(cache.folder().join("index.json")).unwrap();
    let read = |cache: &Cache| read_with(&Source::Folder(folder.clone()), cache, &Progress::default()).unwrap();
    let (landing, unkept) = read(&cache);
    assert!(landing.known_files > 3 && !unkept.is_empty());
    cache.keep(&unkept, &Progress::default()).unwrap();
    let index = fs::read_to_string(cache.folder().join("index.json")).unwrap();
    assert!(index.contains("step_trainer/landing"), "{index}");
}

#[test]
fn what_was_not_looked_at_for_longest_goes_first() {
    let (home, folder, cache) = folder();
    kept(&folder, &cache);
    let all = cache.kept();
    let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
    for file in files(cache.folder(), "-v2.json") {
        fs::File::open(file).unwrap().set_modified(old).unwrap();
    }
    let steps = home.path().join("steps");
    fs::create_dir_all(steps.join("step_trainer")).unwrap();
    for file in files(&folder.join("step_trainer/landing"), ".json") {
        fs::copy(&file, steps.join("step_trainer").join(file.file_name().unwrap())).unwrap();
    }
    let used = kept(&steps, &cache).known_files;
    assert!(used > 0 && used < all.entries);
    let less = Cache::at(cache.folder().to_owned(), all.bytes - 1);
    less.shrink().unwrap();
    assert!(less.kept().bytes < all.bytes);
    assert_eq!(kept(&steps, &cache).known_files, used, "what was looked at last is still there");
    Cache::at(cache.folder().to_owned(), 0).shrink().unwrap();
    assert_eq!(cache.kept(), Kept::default());
    cache.clear().unwrap();
    cache.clear().unwrap();
    assert!(!cache.folder().exists());
}

#[test]
fn nobody_else_can_look_at_what_is_kept() {
    let (_home, folder, cache) = folder();
    fs::create_dir_all(cache.folder()).unwrap();
    fs::set_permissions(cache.folder(), fs::Permissions::from_mode(0o755)).unwrap();
    kept(&folder, &cache);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(cache.folder()), 0o700);
    let all = files(cache.folder(), "");
    assert!(all.len() > 6);
    all.iter().for_each(|file| assert_eq!(mode(file), 0o600, "{}", file.display()));
    assert!(files(cache.folder(), ".part").is_empty());
}

#[test]
fn a_source_is_the_same_until_something_in_it_changes() {
    let (_home, folder, _) = folder();
    let source = Source::Folder(folder.clone());
    let seen = Seen::of(&source, &Progress::default()).unwrap();
    assert_eq!(Seen::of(&source, &Progress::default()).unwrap(), seen);
    let file = write(&folder, "customer/landing/new.json", "{}");
    let more = Seen::of(&source, &Progress::default()).unwrap();
    assert_ne!(more, seen);
    fs::write(&file, "[]").unwrap();
    assert_ne!(Seen::of(&source, &Progress::default()).unwrap(), more);
    fs::remove_file(file).unwrap();
    assert_eq!(Seen::of(&source, &Progress::default()).unwrap(), seen);
}

#[test]
fn the_command_line_keeps_shows_and_clears() {
    let home = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stedi-workbench"));
        command.args(arguments).env("XDG_CACHE_HOME", home.path()).env("XDG_CONFIG_HOME", home.path().join("config"));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let sample = sample_data();
    let sample = sample.to_str().unwrap();
    let files = || run(&["cache", "--json"])["files"].as_u64().unwrap();
    let count = |arguments: &[&str]| run(&[&["count", sample, "--json"], arguments].concat())["tables"].clone();
    let without = count(&[]);
    assert_eq!(files(), 0, "nothing is kept unless that is asked for");
    assert_eq!(count(&["--cache"]), without);
    assert!(files() > 0);
    assert_eq!(count(&["--cache"]), without);
    assert_eq!(run(&["cache", "--json", "--clear"])["files"], 0);
    assert_eq!(run(&["cache", "--json", "--limit", "1.5 MB"])["limit"], 1_500_000);
    assert_eq!(run(&["cache", "--json", "--limit", "0"])["limit"], 0);
    assert_eq!(count(&["--cache"]), without);
    assert_eq!(files(), 0);
    let wrong =
        Command::new(env!("CARGO_BIN_EXE_stedi-workbench")).args(["cache", "--limit", "much"]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("much is no size"));
}

#[test]
fn the_window_keeps_what_it_read_and_follows_the_folder() {
    let (home, folder, _) = folder();
    let settings = || Settings::at(home.path().join("home/settings.json"));
    let source = || Some(Source::Folder(folder.clone()));
    let mut window = Window::open_with(settings(), source());
    window.wait("what is kept", |state| state.curation.value().is_some() && state.cache.kept.entries > 0);
    let files = window.harness.state().state().landing.value().unwrap().landing.files.len();
    drop(window);
    let mut window = Window::open_with(settings(), source());
    window.wait("the tables", |state| state.work.is_none() && state.curation.value().is_some());
    let known = window.harness.state().state().landing.value().unwrap().landing.known_files;
    assert!(known > 0);
    let more = "{\"sensorReadingTime\":1700000000000,\"serialNumber\":\"s\",\"distanceFromObject\":5}\n";
    write(&folder, "step_trainer/landing/zz-more.json", more);
    window.wait("the new file", |state| {
        state.curation.value().is_some()
            && state.landing.value().is_some_and(|loaded| loaded.landing.files.len() == files + 1)
    });
    let state = window.harness.state().state();
    let landing = &state.landing.value().unwrap().landing;
    assert_eq!(landing.known_files, known);
    assert_same(landing, &anew(&folder));
    assert!(state.notices.iter().any(|notice| notice.text.starts_with("The folder changed:")), "{:?}", state.notices);
}
