//! What a run on another engine left: taken whole, with counts that add up, or refused with a word that names nobody.
#![no_main]

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use fuzz_common::{assert_discreet, choices, landed, scratch, unpacking, write_run};
use libfuzzer_sys::fuzz_target;
use stedi_workbench::domain::Progress;
use stedi_workbench::landing::{EngineRun, Landing, RunError};

struct Sound {
    folder: PathBuf,
    landing: Landing,
    /// The files of the run and what they say.
    files: Vec<(PathBuf, Vec<u8>)>,
}

static SOUND: LazyLock<Sound> = LazyLock::new(|| {
    let folder = scratch().join("run");
    let landing = landed(&scratch().join("landing"));
    fs::create_dir_all(&folder).unwrap();
    write_run(&folder, &landing);
    fs::write(folder.join("current.json"), r#"{"path":"."}"#).unwrap();
    let table = |name: &str| folder.join(name).join("part-0.parquet");
    let files = ["counts.json", "recipe.json", "current.json"].map(|name| folder.join(name));
    let tables = [table("customer_curated"), table("accelerometer_trusted"), table("review/machine_learning_curated")];
    let files = files.into_iter().chain(tables).map(|path| (path.clone(), fs::read(&path).unwrap())).collect();
    fs::remove_file(folder.join("current.json")).unwrap();
    Sound { folder, landing, files }
});

fuzz_target!(|bytes: &[u8]| unpacking(bytes, |bytes| {
    let sound = &*SOUND;
    let Some(([which, cut, first, second], with)) = choices(bytes) else { return };
    let (path, content) = &sound.files[usize::from(which >> 1) % sound.files.len()];
    // As it comes, or what was sound with some of it put in, left out or replaced.
    let changed = if which & 1 == 0 {
        with.to_vec()
    } else {
        let at = (usize::from(first) << 8 | usize::from(second)) % content.len();
        let end = (at + usize::from(cut)).min(content.len());
        [&content[..at], with, &content[end..]].concat()
    };
    fs::write(path, &changed).unwrap();
    match EngineRun::open(&sound.folder, &Progress::default()) {
        Ok(run) => {
            assert!(run.counts.iter().all(|count| count.adds_up()), "counts that do not add up were taken");
            let read = run.is_of(&sound.landing).and_then(|()| {
                run.counts.iter().try_for_each(|count| {
                    let mut rows = 0;
                    run.each_part(count.table, sound.landing.dictionaries(), &Progress::default(), |part| {
                        rows += part.height() as u64;
                        Ok::<_, RunError>(())
                    })?;
                    assert_eq!(rows, count.rows, "other rows than were counted were taken");
                    Ok(())
                })
            });
            if let Err(error) = read {
                assert_discreet(&error.to_string());
            }
        }
        // A folder that the pointer names is named.
        Err(_) if path.ends_with("current.json") => {}
        Err(error) => assert_discreet(&error.to_string()),
    }
    if path.ends_with("current.json") { fs::remove_file(path).unwrap() } else { fs::write(path, content).unwrap() }
}));
