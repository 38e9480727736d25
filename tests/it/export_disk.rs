//! Disks that are full or not to be written to: a clear message, nothing half done, and nothing lost.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::process::Command;

use stedi_workbench::domain::Progress;
use stedi_workbench::export::release::{Manifest, verify};

use crate::export_support::{Home, code, names, path, said, tree};

/// A disk of its own in memory, as small as wanted. It takes a superuser, as tests in CI are.
struct Disk(tempfile::TempDir);

impl Disk {
    fn of(options: &str) -> Option<Self> {
        let disk = Self(tempfile::tempdir().unwrap());
        let at = path(disk.0.path()).to_owned();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs", &at]).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(disk);
        }
        assert!(std::env::var_os("CI").is_none(), "no disk can be mounted");
        eprintln!("SKIPPED: no disk can be mounted here; this test takes a superuser");
        None
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn read_only(&self) {
        assert!(Command::new("mount").args(["-o", "remount,ro", path(self.path())]).status().unwrap().success());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        Command::new("umount").arg(self.path()).status().ok();
    }
}

const ALL: [&str; 4] = ["--tables", "all", "--windows", "5,2"];

/// The file that a message says could not be written, from the folder that was being built.
fn unwritten(words: &str) -> &str {
    words
        .split(" cannot be written")
        .next()
        .unwrap()
        .rsplit(".out.unfinished-")
        .next()
        .unwrap()
        .split_once('/')
        .unwrap()
        .1
}

#[test]
fn a_full_disk_leaves_nothing_and_is_told_with_the_file() {
    let home = Home::new();
    let enough = home.at("enough");
    assert_eq!(code(&home.export(&enough, &ALL)), 0);
    let kept = home.kept();
    let needed: u64 = tree(&enough).values().map(|content| content.len() as u64).sum();
    let mut files = vec![];
    for tenth in 0..10 {
        let Some(disk) = Disk::of(&format!("size={}k", (needed / 1024) * tenth / 10 + 8)) else { return };
        let output = home.export(&disk.path().join("out"), &ALL);
        let words = said(&output);
        assert_eq!(code(&output), 2, "{tenth}: {words}");
        assert!(words.contains("No space left on device") && words.contains(path(disk.path())), "{words}");
        assert!(names(disk.path()).is_empty(), "{:?}", tree(disk.path()).keys());
        files.push(unwritten(&words).to_owned());
    }
    assert!(home.kept() == kept, "a key of nothing was kept, or an export of nothing remembered");
    files.dedup();
    assert!(files.len() >= 5, "it is full at different files: {files:?}");
    // No room for as many files.
    let Some(disk) = Disk::of("size=10m,nr_inodes=9") else { return };
    let output = home.export(&disk.path().join("below/out"), &ALL);
    assert!(code(&output) == 2 && said(&output).contains("No space left on device"), "{}", said(&output));
    assert!(names(disk.path()).is_empty(), "{:?}", tree(disk.path()).keys());
}

#[test]
fn a_full_disk_does_not_lose_the_export_that_was_to_be_replaced() {
    let home = Home::new();
    let Some(disk) = Disk::of("size=700k") else { return };
    let out = disk.path().join("out");
    assert_eq!(code(&home.export(&out, &ALL)), 0);
    let before = tree(disk.path());
    let output = home.export(&out, &[&ALL[..], &["--replace", "--format", "ndjson"]].concat());
    assert!(code(&output) == 2 && said(&output).contains("No space left on device"), "{}", said(&output));
    assert!(tree(disk.path()) == before);
    let list = home.at("left.txt");
    fs::write(&list, some_customer()).unwrap();
    fs::write(disk.path().join("ballast"), vec![0; 250 << 10]).unwrap();
    let output = home.run(&["withdraw", "--customers", path(&list), path(&out), "--replace"]);
    assert!(code(&output) == 2 && said(&output).contains("No space left on device"), "{}", said(&output));
    fs::remove_file(disk.path().join("ballast")).unwrap();
    assert!(tree(disk.path()) == before);
    let output = home.run(&["withdraw", "--customers", path(&list), path(&out), "--replace"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    assert_eq!(Manifest::read(&out).unwrap().tombstones.len(), 1);
    assert!(verify(&out, None, &Progress::default()).unwrap().is_sound());
}

/// A customer of the sample who is in its machine-learning table.
fn some_customer() -> String {
    let ready = crate::export_support::Ready::sample();
    let frame = ready.curation.frame(stedi_workbench::domain::Table::MachineLearningCurated);
    crate::export_support::texts(frame, "user").remove(0)
}

#[test]
fn a_full_disk_for_keys_or_the_trail_keeps_the_export_from_being_made() {
    let home = Home::new();
    let Some(disk) = Disk::of("size=4k") else { return };
    fs::write(disk.path().join("ballast"), vec![0; 4 << 10]).unwrap();
    let (out, keys, trail) = (home.at("out"), disk.path().join("keys"), disk.path().join("trail.jsonl"));
    for more in [&["--keys", path(&keys)][..], &["--trail", path(&trail), "--analyst", "A. Name"]] {
        let output = home.export(&out, more);
        assert!(code(&output) == 2 && said(&output).contains("No space left on device"), "{}", said(&output));
        assert!(said(&output).contains(path(disk.path())), "{}", said(&output));
        assert!(!out.exists() && !home.keys().exists());
    }
    assert!(!fs::read_dir(&keys).is_ok_and(|mut keys| keys.next().is_some()), "half a key was kept");
}

#[test]
fn what_may_not_be_written_to_is_told_and_left_as_it_is() {
    let home = Home::new();
    let is_superuser = fs::metadata(home.at("")).unwrap().uid() == 0;
    let held = home.at("held");
    let disk = if is_superuser {
        let Some(disk) = Disk::of("size=10m") else { return };
        Some(disk)
    } else {
        fs::create_dir(&held).unwrap();
        None
    };
    let folder = disk.as_ref().map_or(held.as_path(), Disk::path);
    assert_eq!(code(&home.export(&folder.join("out"), &[])), 0);
    let before = (tree(folder), home.kept());
    match &disk {
        Some(disk) => disk.read_only(),
        None => fs::set_permissions(folder, fs::Permissions::from_mode(0o555)).unwrap(),
    }
    for (name, more) in [("new", &[][..]), ("below/new", &[]), ("out", &["--replace"])] {
        let output = home.export(&folder.join(name), more);
        let words = said(&output);
        assert_eq!(code(&output), 2, "{words}");
        assert!(words.contains("Read-only file system") || words.contains("Permission denied"), "{words}");
        assert!(words.contains(path(folder)) && words.contains("cannot be written"), "{words}");
        assert!((tree(folder), home.kept()) == before, "{name}: something changed");
    }
    let output = home.run(&["verify", path(&folder.join("out"))]);
    assert_eq!(code(&output), 0, "it can be read all the same: {}", said(&output));
    if disk.is_none() {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    }
}
