//! The one helper of all tests: where data lie, landing folders made by hand, and an app to drive.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use egui_kittest::{Harness, HarnessBuilder};
use stedi_workbench::app::{App, Settings};
use stedi_workbench::landing::Source;
use stedi_workbench::state::{State, ViewLink};

/// The top of the checkout. Asked when the test runs: a kept target folder may come from another checkout.
pub fn checkout() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| std::env::current_dir().unwrap(), PathBuf::from)
}

/// The sample data that come with the sources.
pub fn sample_data() -> PathBuf {
    checkout().join("sample_data")
}

/// The public STEDI landing files, which do not come with the sources: where `STEDI_DATA` says, or beside the
/// checkout. None, and a word about it, where they are not there; in CI that is a failure.
pub fn real_data() -> Option<PathBuf> {
    let folder = std::env::var_os("STEDI_DATA").map_or_else(|| checkout().join("../shared/data/stedi"), PathBuf::from);
    if folder.join("customer").is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("CI").is_none(), "the STEDI data are not at {}: set STEDI_DATA", folder.display());
    eprintln!("SKIPPED: the STEDI data are not at {}: set STEDI_DATA to run this test on them", folder.display());
    None
}

/// Runs a test that is ignored otherwise in a process of its own: one that disturbs, or is told by, the process as a whole.
pub fn by_itself(test: &str) -> Output {
    let program = std::env::current_exe().unwrap();
    Command::new(program).args(["--ignored", "--exact", "--nocapture", test]).output().unwrap()
}

/// Writes a file below a folder, with the folders that it needs.
pub fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, content).unwrap();
    path
}

/// The real app, without a window, on a source; its settings live in a folder of their own.
pub struct Window {
    /// To be driven by label and role.
    pub harness: Harness<'static, App>,
    _home: Option<tempfile::TempDir>,
}

/// The settings of somebody who knows the window: nothing is offered above the page.
pub fn toured(home: &Path) -> Settings {
    let file = home.join("settings.json");
    fs::write(&file, r#"{"toured":true}"#).unwrap();
    Settings::at(file)
}

impl Window {
    /// Opens a source, or what a first start opens.
    pub fn open(source: Option<Source>) -> Self {
        let home = tempfile::tempdir().unwrap();
        let window = Self::open_with(toured(home.path()), source);
        Self { _home: Some(home), ..window }
    }

    /// Opens a source with these settings.
    pub fn open_with(settings: Settings, source: Option<Source>) -> Self {
        Self::build(Harness::builder(), settings, source)
    }

    /// Opens a source in which there are letters that no font has.
    pub fn open_foreign(source: Source) -> Self {
        let home = tempfile::tempdir().unwrap();
        let settings = toured(home.path());
        let window = Self::build(Harness::builder().allow_missing_glyphs(), settings, Some(source));
        Self { _home: Some(home), ..window }
    }

    /// Opens a source and follows a link in it.
    pub fn open_following(source: Source, link: ViewLink) -> Self {
        let home = tempfile::tempdir().unwrap();
        let settings = toured(home.path());
        let harness = Harness::builder()
            .with_size([1280.0, 800.0])
            .build_eframe(|context| App::new(&context.egui_ctx, settings, Some(source)).unwrap().with_link(Some(link)));
        Self { harness, _home: Some(home) }
    }

    fn build(builder: HarnessBuilder<App>, settings: Settings, source: Option<Source>) -> Self {
        let harness = builder
            .with_size([1280.0, 800.0])
            .build_eframe(|context| App::new(&context.egui_ctx, settings, source).unwrap());
        Self { harness, _home: None }
    }

    /// Opens a folder and waits for its tables.
    pub fn open_folder(folder: &Path) -> Self {
        let mut window = Self::open(Some(Source::Folder(folder.to_owned())));
        window.wait("the tables", |state| state.work.is_none() && state.curation.value().is_some());
        window
    }

    /// Drops files or folders onto the window.
    pub fn drop_files(&mut self, paths: &[PathBuf]) {
        for path in paths {
            self.harness.input_mut().dropped_files.push(std::sync::Arc::new(Dropped(path.clone())));
        }
        self.harness.step();
    }

    /// Runs frames until a condition holds; the limit is for a condition that never does.
    pub fn wait(&mut self, what: &str, holds: impl Fn(&State) -> bool) {
        let started = Instant::now();
        loop {
            self.harness.step();
            if holds(self.harness.state().state()) {
                break;
            }
            assert!(started.elapsed() < Duration::from_secs(60), "waited in vain for {what}");
            std::thread::sleep(Duration::from_millis(1));
        }
        // What was just found out is painted in the next frames.
        self.harness.run_steps(3);
    }
}

/// A file that was dropped onto the window.
#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        fs::read(&self.0).map_err(|error| error.to_string())
    }
}
