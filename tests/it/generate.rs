//! Generated landing files: the same bytes for the same seed, the shape of the real ones, every defect as named,
//! nothing left behind when it does not end well.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use stedi_workbench::domain::{Dataset, Progress};
use stedi_workbench::generate::{GenerateError, Generated, Generator, sample};

use crate::support::sample_data;

mod defects;
mod proportions;

/// Generates into a folder of its own.
fn generate(generator: &Generator) -> (tempfile::TempDir, Generated) {
    let folder = tempfile::tempdir().unwrap();
    let generated = generator.write(folder.path(), &Progress::default()).unwrap();
    (folder, generated)
}

/// All files below a folder, by their path from there, with what they hold.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else {
                files.insert(entry.strip_prefix(folder).unwrap().to_owned(), fs::read(&entry).unwrap());
            }
        }
    }
    files
}

/// SHA-256 over the names and contents of all files, in the order of their names.
fn digest(folder: &Path) -> String {
    let mut hasher = Sha256::new();
    for (path, content) in contents(folder) {
        let name: Vec<_> = path.iter().map(|part| part.to_str().unwrap()).collect();
        hasher.update(format!("{}\n{}\n", name.join("/"), content.len()));
        hasher.update(content);
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The recorded digests are those of the first version. They differ when a change makes other bytes of the same
/// seed; that breaks the promise that a generation can be repeated, so it belongs into the change log, together
/// with the new digest here and a new `sample_data/`.
#[test]
fn the_same_seed_makes_the_same_bytes_on_every_machine() {
    for (defects, recorded) in [
        ("none", "b948d719179da07631eb3012c79168d3314a4db82015c88828ca609812dbc404"),
        ("all", "48fc70dca42a8ceda430ce54ef9ce229a4cef6f3cbf2b888ecc835734afad2b6"),
    ] {
        let generator =
            Generator { seed: 7, defects: defects.parse().unwrap(), part_bytes: 1 << 16, ..Generator::new(40) };
        let (folder, _) = generate(&generator);
        assert_eq!(digest(folder.path()), recorded, "{defects}");
    }
}

#[test]
fn another_seed_makes_other_customers() {
    let (one, _) = generate(&Generator { seed: 1, ..Generator::new(3) });
    let (other, _) = generate(&Generator { seed: 2, ..Generator::new(3) });
    assert_ne!(contents(one.path()), contents(other.path()));
}

#[test]
fn the_sample_is_what_the_generator_makes() {
    let committed = sample_data();
    let (folder, generated) = generate(&sample());
    let (made, there) = (contents(folder.path()), contents(&committed));
    assert_eq!(made.keys().collect::<Vec<_>>(), there.keys().collect::<Vec<_>>());
    for (path, content) in &made {
        assert!(there[path] == *content, "{} differs", path.display());
    }
    assert!((1_200_000..=2_000_000).contains(&generated.bytes()), "{} bytes", generated.bytes());
}

#[test]
fn the_files_are_those_that_are_reported() {
    let generator = Generator { part_bytes: 1 << 16, defects: "all".parse().unwrap(), ..Generator::new(60) };
    let (folder, generated) = generate(&generator);
    let there = contents(folder.path());
    assert_eq!(generated.files.len(), there.len());
    for file in &generated.files {
        assert_eq!(there[&file.path].len() as u64, file.bytes, "{}", file.path.display());
        assert!(file.path.starts_with(Path::new(file.dataset.name()).join("landing")));
    }
    assert!(Dataset::ALL.into_iter().all(|dataset| generated.records(dataset) > 0));
}

#[test]
fn a_folder_that_is_not_empty_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("notes.txt"), "mine").unwrap();
    let error = Generator::new(5).write(folder.path(), &Progress::default()).unwrap_err();
    assert!(matches!(error, GenerateError::NotEmpty { .. }) && error.to_string().contains("not empty"), "{error}");
    assert_eq!(contents(folder.path()).len(), 1);
}

#[test]
fn a_file_in_place_of_the_folder_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.txt");
    fs::write(&file, "mine").unwrap();
    let error = Generator::new(5).write(&file, &Progress::default()).unwrap_err();
    assert!(error.to_string().contains("notes.txt"), "{error}");
    assert_eq!(fs::read(&file).unwrap(), b"mine");
}

#[test]
fn nothing_to_generate_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let error = Generator::new(0).write(&folder.path().join("new"), &Progress::default()).unwrap_err();
    assert!(matches!(error, GenerateError::NoCustomers));
    assert!(!folder.path().join("new").exists());
}

#[test]
fn progress_counts_customers_to_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let progress = Progress::default();
    Generator::new(300).write(folder.path(), &progress).unwrap();
    assert_eq!(progress.read(), (300, 300));
}

#[test]
fn a_cancelled_generation_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("new");
    let progress = Progress::default();
    let cancelled = std::thread::scope(|scope| {
        let generator = Generator { part_bytes: 1 << 18, ..Generator::new(1_000_000) };
        let (out, progress) = (&out, &progress);
        let worker = scope.spawn(move || generator.write(out, progress));
        while progress.read().0 < 600 {
            assert!(!worker.is_finished(), "it ended before it could be cancelled");
            std::thread::yield_now();
        }
        progress.cancel();
        worker.join().unwrap()
    });
    assert!(matches!(cancelled, Err(GenerateError::Cancelled(_))));
    assert!(!out.exists());
}
