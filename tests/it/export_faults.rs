//! An export is whole or not there, whatever happens: killed at any moment, two at once, something in the way.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use stedi_workbench::domain::{Format, Progress};
use stedi_workbench::export::release::{Key, Manifest, verify};

use crate::export_support::{Home, code, generated, names, path, said, tree};
use crate::support::{sample_data, write};

/// Chance that is the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: Duration) -> Duration {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        most.mul_f64((self.0 >> 11) as f64 / (1_u64 << 53) as f64)
    }
}

const UNFINISHED: &str = ".out.unfinished-";

/// Whether a folder is being built beside the place, or was left there.
fn is_begun(place: &Path) -> bool {
    names(place).iter().any(|name| name.starts_with(UNFINISHED))
}

/// A home with a key, and the arguments of exports under it into `place/out`.
struct Exporter {
    home: Home,
    key: Key,
    place: PathBuf,
}

impl Exporter {
    fn new() -> Self {
        let home = Home::new();
        assert_eq!(code(&home.export(&home.at("first"), &["--analyst", "A. Name"])), 0);
        let key = Key::load(&home.keys().join(&names(&home.keys())[0])).unwrap();
        let place = home.at("place");
        fs::create_dir(&place).unwrap();
        Self { home, key, place }
    }

    fn out(&self) -> PathBuf {
        self.place.join("out")
    }

    fn start(&self, format: &str, more: &[&str]) -> Child {
        let (id, sample, out) = (self.key.id(), sample_data(), self.out());
        let arguments = ["export", path(&sample), "--join", "owner", "--out", path(&out), "--key", &id];
        let rest = ["--tables", "all", "--windows", "5,2", "--partition", "customer", "--format", format];
        let mut command = self.home.command(&[&arguments[..], &rest[..], more].concat());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// That what is there is whole; gives its format.
    fn whole(&self) -> Format {
        let verified = verify(&self.out(), Some(&self.key), &Progress::default()).unwrap();
        assert!(verified.is_sound() && verified.is_sealed == Some(true), "{verified:?}");
        Manifest::read(&self.out()).unwrap().packaging.format
    }

    /// Starts an export and kills it at a moment by chance: in its whole time, or in that of its writing. Says whether it
    /// was killed before it ended.
    fn killed(&self, chance: &mut Chance, whole: Duration, while_writing: bool, format: &str, more: &[&str]) -> bool {
        let others = names(&self.place).len();
        let mut child = self.start(format, more);
        let most = if while_writing {
            while names(&self.place).len() <= others && child.try_wait().unwrap().is_none() && !is_begun(&self.place) {
                std::hint::spin_loop();
            }
            whole / 2
        } else {
            whole
        };
        // Moments by chance are what this is about: nothing waits for anything here.
        std::thread::sleep(chance.below(most));
        child.kill().unwrap();
        let status = child.wait().unwrap();
        assert!(status.signal() == Some(9) || status.success(), "{status}");
        status.signal() == Some(9)
    }
}

#[test]
fn killed_at_a_hundred_moments_it_is_whole_or_not_there() {
    let exporter = Exporter::new();
    let started = Instant::now();
    assert!(exporter.start("parquet", &[]).wait().unwrap().success());
    let whole = started.elapsed();
    fs::remove_dir_all(exporter.out()).unwrap();
    let mut chance = Chance(1);
    let (mut killed, mut left) = (0, 0);
    for round in 0..50 {
        killed += u32::from(exporter.killed(&mut chance, whole, round % 2 == 1, "parquet", &[]));
        left += u32::from(is_begun(&exporter.place));
        assert!(names(&exporter.place).iter().all(|name| name == "out" || name.starts_with(UNFINISHED)));
        if exporter.out().exists() {
            exporter.whole();
            fs::remove_dir_all(exporter.out()).unwrap();
        }
    }
    assert!(exporter.start("parquet", &[]).wait().unwrap().success());
    assert_eq!(names(&exporter.place), ["out"], "what killed runs left is cleared");
    // With one to replace there is always the old or the new one.
    let mut replaced = 0;
    let mut before = exporter.whole();
    for round in 0..50 {
        let format = if before == Format::Csv { "arrow" } else { "csv" };
        killed += u32::from(exporter.killed(&mut chance, whole, round % 2 == 1, format, &["--replace"]));
        left += u32::from(is_begun(&exporter.place));
        let after = exporter.whole();
        assert!(after == before || after.extension() == format);
        replaced += u32::from(after != before);
        before = after;
    }
    assert!(exporter.start("parquet", &["--replace"]).wait().unwrap().success());
    assert_eq!((names(&exporter.place), exporter.whole()), (vec!["out".to_owned()], Format::Parquet));
    assert!(killed >= 25 && left >= 10, "{killed} were killed, {left} left something, {replaced} replaced");
    assert!(names(&exporter.home.keys()).iter().all(|name| name.ends_with(".key")));
    assert_eq!(fs::read_to_string(exporter.home.trail()).unwrap().lines().count(), 1);
}

#[test]
fn of_two_at_once_one_wins_and_the_other_says_so() {
    let exporter = Exporter::new();
    for _ in 0..8 {
        let runs = ["parquet", "csv"].map(|format| exporter.start(format, &[]));
        let outputs = runs.map(|run| run.wait_with_output().unwrap());
        let codes = outputs.each_ref().map(code);
        assert!(codes == [0, 2] || codes == [2, 0], "{codes:?}: {} {}", said(&outputs[0]), said(&outputs[1]));
        let (won, lost) = if codes[0] == 0 { (Format::Parquet, 1) } else { (Format::Csv, 0) };
        let words = said(&outputs[lost]);
        assert!(words.contains("is there already") || words.contains("another run is writing"), "{words}");
        assert_eq!((exporter.whole(), names(&exporter.place)), (won, vec!["out".to_owned()]));
        fs::remove_dir_all(exporter.out()).unwrap();
    }
    assert!(exporter.start("arrow", &[]).wait().unwrap().success());
    for _ in 0..4 {
        let runs = ["parquet", "csv"].map(|format| exporter.start(format, &["--replace"]));
        let codes = runs.map(|run| code(&run.wait_with_output().unwrap()));
        assert!(codes.contains(&0), "{codes:?}");
        assert_ne!(exporter.whole(), Format::Arrow);
        assert_eq!(names(&exporter.place), ["out"]);
    }
}

/// Tries to write to places where nothing may be written, and looks whether all is as it was.
fn refused(home: &Home, out: &Path, more: &[&str], word: &str) {
    let before = tree(&home.at(""));
    let output = home.export(out, more);
    assert_eq!(code(&output), 2, "{}: {}", out.display(), said(&output));
    assert!(said(&output).contains(word), "{}: {}", out.display(), said(&output));
    assert!(tree(&home.at("")) == before, "{} {more:?}: something changed", out.display());
}

#[test]
fn what_is_there_is_never_overwritten_unless_it_is_an_export_and_asked_for() {
    let home = Home::new();
    home.export(&home.at("export"), &[]);
    let (there, not_ours) = ("is there already", "is not an export of this program");
    write(&home.at(""), "file", "mine");
    fs::create_dir(home.at("empty")).unwrap();
    write(&home.at("full"), "notes.txt", "mine");
    write(&home.at("foreign"), "manifest.json", r#"{"manifest_version": 3, "name": "an extension"}"#);
    write(&home.at("foreign"), "main.js", "mine");
    std::os::unix::fs::symlink(home.at("export"), home.at("link")).unwrap();
    std::os::unix::fs::symlink(home.at("nowhere"), home.at("dangling")).unwrap();
    for name in ["file", "empty", "full", "foreign", "link", "dangling"] {
        refused(&home, &home.at(name), &[], there);
        refused(&home, &home.at(name), &["--replace"], not_ours);
    }
    refused(&home, &home.at("export"), &[], there);
    refused(&home, &home.at("file/out"), &[], "cannot be written");
    refused(&home, Path::new("/"), &["--key", "throw-away"], "");
    refused(&home, &home.at("full/.."), &["--replace"], "");
    // Somebody's own notes in an export would be lost with it.
    let notes = write(&home.at("export"), "notes/mine.txt", "mine");
    refused(&home, &home.at("export"), &["--replace"], "notes/mine.txt");
    fs::remove_dir_all(notes.parent().unwrap()).unwrap();
    let output = home.export(&home.at("export"), &["--replace", "--format", "csv"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    assert_eq!(Manifest::read(&home.at("export")).unwrap().packaging.format, Format::Csv);
    let output = home.export(&home.at("new/below"), &["--replace"]);
    assert_eq!(code(&output), 0, "there is nothing to replace: {}", said(&output));
}

#[test]
fn nothing_is_written_among_the_landing_files_and_none_is_replaced() {
    let home = Home::new();
    let landing = generated(&home.at(""), 30, "none");
    let export = |out: &Path, more: &[&str]| {
        let before = tree(&home.at(""));
        let output = home.run(
            &[&["export", path(&landing), "--join", "owner", "--key", "throw-away", "--out", path(out)], more].concat(),
        );
        (output, tree(&home.at("")) == before)
    };
    std::os::unix::fs::symlink(&landing, home.at("link")).unwrap();
    for out in [landing.clone(), landing.join("customer"), landing.join("customer/landing/out"), home.at("link/out")] {
        for more in [&[][..], &["--replace"]] {
            let (output, is_unchanged) = export(&out, more);
            assert!(code(&output) == 2 && is_unchanged, "{}: {}", out.display(), said(&output));
            assert!(
                said(&output).contains("lies among the landing files") || said(&output).contains("is there already")
            );
        }
    }
    // The landing files lie in a folder that looks like an export.
    let around = home.at("around");
    let (output, _) = export(&around, &[]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    fs::rename(&landing, around.join("landing")).unwrap();
    let before = tree(&around);
    let inside = around.join("landing");
    let output = home.run(&[
        "export",
        path(&inside),
        "--join",
        "owner",
        "--key",
        "throw-away",
        "--out",
        path(&around),
        "--replace",
    ]);
    assert_eq!(code(&output), 2, "{}", said(&output));
    assert!(tree(&around) == before, "landing files were lost");
}
