//! The page of the exports, driven by label: a checklist that is locked until somebody signs, a training set, and what can
//! be done with it later.

use std::fs;
use std::path::{Path, PathBuf};

use egui::vec2;
use egui_kittest::kittest::Queryable;
use stedi_workbench::app::Settings;
use stedi_workbench::domain::{Format, JoinRule, KeyChoice, Recipe, Table, TimeRelease, Windows, Withdrawn};
use stedi_workbench::export::release::{KeyStore, Manifest};
use stedi_workbench::landing::Source;
use stedi_workbench::state::{Command, ExportChoices, ExportOutcome, Shown, State};

use crate::support::{Window, real_data, sample_data};

/// A window whose settings, keys and exports are in a folder that is looked into.
pub struct Desk {
    pub window: Window,
    home: tempfile::TempDir,
}

impl Desk {
    fn open(folder: &Path) -> Self {
        let home = tempfile::tempdir().unwrap();
        let settings = Settings::at(home.path().join("config/settings.json"));
        let mut window = Window::open_with(settings, Some(Source::Folder(folder.to_owned())));
        window.harness.set_size(vec2(1280.0, 2400.0));
        let mut desk = Self { window, home };
        desk.settle();
        desk
    }

    /// A desk with tables of one person's readings each, signed by somebody, with the page of the exports open.
    pub fn signed(folder: &Path) -> Self {
        let mut desk = Self::open(folder);
        desk.ask(Command::SetRecipe(Recipe { join: JoinRule::Owner, ..Recipe::default() }));
        desk.ask(Command::SignOff { who: "A. Name".to_owned() });
        desk.click("Export");
        desk
    }

    pub fn state(&self) -> &State {
        self.window.harness.state().state()
    }

    fn settle(&mut self) {
        self.window.harness.run_steps(3);
        self.window.wait("the page", |state| {
            let exporting = &state.exporting;
            state.work.is_none()
                && state.curation.value().is_some()
                && !state.curation.is_loading()
                && !state.review.checks.is_loading()
                && !state.review.trail.is_loading()
                && !state.review.trail_is_busy
                && !exporting.preview.is_loading()
                && !exporting.past.is_loading()
                && !exporting.opened.is_loading()
                && !exporting.proof.is_loading()
                && !exporting.searched.is_loading()
                && exporting.writing.is_none()
        });
        self.window.harness.run_steps(3);
    }

    pub fn ask(&mut self, command: Command) {
        self.window.harness.state_mut().ask(command);
        self.settle();
    }

    fn click(&mut self, label: &str) {
        self.window.harness.get_by_label(label).click();
        self.settle();
    }

    fn has(&self, part: &str) -> bool {
        self.window.harness.query_all_by_label_contains(part).next().is_some()
    }

    fn place(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Types a folder and exports to it.
    fn export(&mut self, name: &str) -> PathBuf {
        let place = self.place(name);
        let label = "Folder of the export";
        self.window.harness.get_by_label(label).focus();
        self.window.harness.run_steps(1);
        self.window.harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
        self.window.harness.get_by_label(label).type_text(&place.display().to_string());
        self.settle();
        // The one in the list of pages has the same name; the button comes after it.
        let button = self.window.harness.get_all_by_label("Export").last().unwrap();
        button.click();
        self.settle();
        place
    }

    fn choose(&mut self, change: impl FnOnce(&mut ExportChoices)) {
        let mut export = self.state().choices().export.clone();
        change(&mut export);
        self.ask(Command::SetExport(export));
    }

    fn rows(&self) -> u64 {
        self.state().exporting.preview.value().unwrap().estimate.rows
    }
}

fn manifest(place: &Path) -> Manifest {
    Manifest::read(place).unwrap()
}

#[test]
fn from_the_lock_to_a_training_set_that_is_proved() {
    let mut desk = Desk::open(&sample_data());
    desk.click("Export");
    assert_eq!(desk.state().choices().shown, Shown::Export);
    assert!(desk.has("2 failing checks") && desk.has("Export is closed: 2 checks fail."));
    let place = desk.export("training");
    assert!(!place.exists(), "nobody signed");
    desk.ask(Command::ExportTo { place: place.clone(), replace: false });
    assert!(!place.exists(), "nobody signed, whoever asks");
    desk.ask(Command::SetRecipe(Recipe { join: JoinRule::Owner, ..Recipe::default() }));
    assert!(desk.has("nobody signed these tables"));
    desk.window.harness.get_by_label("Your name").focus();
    desk.window.harness.run_steps(1);
    desk.window.harness.get_by_label("Your name").type_text("A. Name");
    desk.settle();
    desk.click("Sign off");
    assert!(desk.has("Signed off by A. Name"));
    let rows = desk.rows();
    let place = desk.export("training");
    let ExportOutcome::Written(opened) = desk.state().exporting.outcome.clone().unwrap() else { panic!("not written") };
    assert_eq!((opened.folder.as_path(), opened.manifest.rows()), (place.as_path(), rows));
    assert_eq!(manifest(&place), opened.manifest);
    assert_eq!(opened.manifest.review.signed_off.as_ref().unwrap().who, "A. Name");
    // Its key is kept beside the settings, for its owner alone, and the lines that load it can be copied.
    let keys = KeyStore::at(desk.home.path().join("config/keys"));
    assert_eq!(keys.ids(), std::slice::from_ref(&opened.manifest.key.id));
    desk.click("Polars");
    assert!(desk.has("Copy the lines for Polars") && desk.has("scan_parquet"));
    // Of other tables nothing was written; of these it is said again.
    desk.ask(Command::SetRecipe(Recipe::default()));
    assert!(!desk.has("Copy the lines for Polars") && !desk.has("Written to"));
    desk.ask(Command::Undo);
    assert_eq!(desk.state().choices().shown, Shown::Export);
    assert!(desk.has("Copy the lines for Polars") && desk.has("Written to"));
    desk.click("Exports made (1)");
    assert!(desk.has("Export training"));
    desk.window.harness.get_by_label_contains("Verify").click();
    desk.settle();
    assert!(desk.has("as they were written.") && desk.has("The seal holds") && desk.has("cell for cell"));
    // One changed byte is noticed.
    let file = place.join("splits.csv");
    fs::write(&file, fs::read_to_string(&file).unwrap().replacen("train", "Train", 1)).unwrap();
    desk.window.harness.get_by_label_contains("Verify").click();
    desk.settle();
    assert!(desk.has("It is not as it was written") && desk.has("splits.csv was changed"));
}

#[test]
fn each_open_check_leads_to_the_review() {
    let mut desk = Desk::open(&sample_data());
    desk.click("Export");
    let review = desk.state().review.checks.value().unwrap().clone();
    let trail = desk.state().review.trail.value().unwrap().clone();
    let open = review.open(&trail);
    assert_eq!(open.len(), 2);
    for check in open {
        desk.ask(Command::Show(Shown::Export));
        desk.click(check.about().title);
        assert_eq!(desk.state().choices().shown, Shown::Review);
        assert!(desk.has(check.about().why), "{} is not the one that is shown", check.name());
    }
}

#[test]
fn what_is_chosen_shows_at_once_what_it_comes_to_and_can_be_undone() {
    let mut desk = Desk::signed(&sample_data());
    let rows = desk.rows();
    let found = |desk: &Desk, id: &str| {
        let preview = desk.state().exporting.preview.value().unwrap().clone();
        preview.attacks.iter().find(|attack| attack.id == id).unwrap().found
    };
    assert_eq!((found(&desk, "known-instant"), found(&desk, "dictionary")), (0, 0));
    desk.click("raw");
    assert_eq!(desk.state().choices().export.packaging.time, TimeRelease::Raw);
    assert!(found(&desk, "known-instant") > 0, "whoever knows the instant finds somebody");
    assert!(desk.has("Whoever knows when somebody walked finds them"));
    desk.click("CSV");
    desk.click("Cut into windows of time");
    assert!(desk.state().exporting.preview.value().unwrap().estimate.windows.unwrap() > 0);
    desk.click("x");
    let columns = desk.state().exporting.preview.value().unwrap().columns[0].1.clone();
    assert_eq!(columns, ["split", "customer", "device", "sensorreadingtime", "distancefromobject", "y", "z"]);
    // The table in the list of tables has the same name; the box comes after it.
    desk.window.harness.get_all_by_label("customer_trusted").last().unwrap().click();
    desk.settle();
    assert_eq!(desk.state().exporting.preview.value().unwrap().columns.len(), 4);
    let choices = desk.state().choices().export.clone();
    let labels: Vec<&str> = desk.state().history.labels().collect();
    assert!(labels.ends_with(&[
        "export: raw time",
        "export as CSV",
        "export: windows",
        "export: columns",
        "export: tables"
    ]));
    for _ in 0..5 {
        desk.ask(Command::Undo);
    }
    assert_eq!(desk.state().choices().export, ExportChoices::default());
    assert_eq!((desk.rows(), found(&desk, "known-instant")), (rows, 0));
    for _ in 0..5 {
        desk.ask(Command::Redo);
    }
    assert_eq!(desk.state().choices().export, choices);
    let place = desk.export("all");
    let written = manifest(&place);
    assert_eq!(written.packaging, choices.packaging);
    assert_eq!(written.packaging.format, Format::Csv);
    assert!(place.join("customer_trusted").is_dir() && place.join("windows/train.npz").is_file());
    // How it is packed does not touch what was signed.
    assert!(desk.state().review.signed_off().is_some());
}

#[test]
fn what_cannot_be_had_is_said_where_it_is_chosen() {
    let mut desk = Desk::signed(&sample_data());
    desk.choose(|export| export.packaging.tables.clear());
    assert!(desk.has("no table is chosen") && desk.state().exporting.preview.error().is_some());
    let place = desk.export("nothing");
    assert!(!place.exists());
    desk.choose(|export| {
        export.packaging.tables.insert(Table::CustomerCurated);
        export.packaging.windows = Some(Windows::default());
    });
    assert!(desk.has("windows and folders are made of machine_learning_curated"));
}

#[test]
fn what_is_there_is_replaced_only_when_that_is_wanted_and_is_an_export() {
    let mut desk = Desk::signed(&sample_data());
    let place = desk.export("training");
    let first = manifest(&place);
    desk.export("training");
    assert_eq!(manifest(&place), first);
    assert!(desk.has("is there already"));
    desk.click("Replace it");
    let second = manifest(&place);
    assert_ne!(second.key.id, first.key.id, "another key, another export");
    assert_eq!(second.rows(), first.rows());
    let mine = desk.place("mine");
    fs::create_dir(&mine).unwrap();
    fs::write(mine.join("letter.txt"), "dear").unwrap();
    desk.export("mine");
    desk.click("Replace it");
    assert!(desk.has("is not an export of this program"));
    assert_eq!(fs::read_to_string(mine.join("letter.txt")).unwrap(), "dear");
    assert_eq!(fs::read_dir(&mine).unwrap().count(), 1);
    // A key that was made for nothing is not kept.
    assert_eq!(KeyStore::at(desk.home.path().join("config/keys")).ids().len(), 2);
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().flatten() {
        let place = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir(&place).unwrap();
            copy(&entry.path(), &place);
        } else {
            fs::copy(entry.path(), place).unwrap();
        }
    }
}

#[test]
fn an_export_never_lies_among_the_landing_files() {
    let folder = tempfile::tempdir().unwrap();
    copy(&sample_data(), folder.path());
    let mut desk = Desk::signed(folder.path());
    desk.ask(Command::ExportTo { place: folder.path().join("customer/out"), replace: false });
    assert!(desk.has("lies among the landing files"));
    assert!(!folder.path().join("customer/out").exists());
}

#[test]
fn the_trail_is_looked_at_again_when_it_is_written() {
    let mut desk = Desk::signed(&sample_data());
    fs::remove_file(desk.home.path().join("config/reviews/trail.jsonl")).unwrap();
    assert!(desk.state().review.signed_off().is_some(), "the window does not know yet");
    let place = desk.export("training");
    assert!(!place.exists());
    assert!(matches!(desk.state().exporting.outcome, Some(ExportOutcome::Failed(_))));
}

#[test]
fn an_earlier_key_and_its_sides_make_the_next_export_match() {
    let mut desk = Desk::signed(&sample_data());
    let first = desk.export("first");
    let id = manifest(&first).key.id;
    desk.ask(Command::ReadSides(first.join("splits.csv")));
    assert!(desk.has("from splits.csv"));
    let kept = id.clone();
    desk.choose(|export| export.key = KeyChoice::Kept(kept));
    let second = desk.export("second");
    assert_eq!(manifest(&second).tables[0].content_sha256, manifest(&first).tables[0].content_sha256);
    assert_eq!(fs::read(second.join("splits.csv")).unwrap(), fs::read(first.join("splits.csv")).unwrap());
    assert!(manifest(&second).split.unwrap().listed > 0);
    desk.choose(|export| export.key = KeyChoice::ThrowAway);
    let third = desk.export("third");
    assert!(!manifest(&third).key.is_kept);
    assert_eq!(KeyStore::at(desk.home.path().join("config/keys")).ids(), [id]);
}

#[test]
fn who_withdrew_is_found_in_all_exports_and_taken_out() {
    let mut desk = Desk::signed(&sample_data());
    let first = desk.export("first");
    desk.choose(|export| export.key = KeyChoice::ThrowAway);
    desk.export("lost");
    let curation = desk.state().curation.value().unwrap().clone();
    let view = curation.view(Table::MachineLearningCurated);
    let stedi_workbench::curation::Cell::Text(user) = view.cell(0, view.position("user").unwrap()) else {
        panic!("no user")
    };
    let list = Withdrawn::parse(user).unwrap();
    desk.click("Exports made (2)");
    desk.ask(Command::Search(list.clone()));
    assert!(desk.has("1 export has some of them") && desk.has("1 export could not be looked at"));
    desk.click("Export first");
    assert!(desk.has("1 customer and 1 device who withdrew are in it"));
    let rows = manifest(&first).rows();
    desk.click("Write it without them as first-without-withdrawn");
    let beside = first.with_file_name("first-without-withdrawn");
    let written = manifest(&beside);
    assert!(written.rows() < rows && manifest(&first).rows() == rows);
    assert_eq!((written.tombstones.len(), written.tombstones[0].customers), (1, 1));
    assert!(desk.has("Exports made (3)"));
    // The first still has them, and that is still said; another one without them would be called otherwise.
    assert!(desk.has("1 export has some of them"));
    desk.click("Export first");
    assert!(desk.has("Write it without them as first-without-withdrawn-2"));
    // The recipe's own list is offered as well; the one that is replaced has nobody of them any more.
    let recipe = desk.state().choices().recipe.clone();
    desk.ask(Command::SetRecipe(Recipe { withdrawn: list, ..recipe }));
    desk.click("Look for the recipe's 1 withdrawal");
    desk.click("Export first");
    desk.click("Replace it by one without them");
    desk.click("Keep it");
    assert_eq!(manifest(&first).rows(), rows, "only who says so twice replaces it");
    desk.click("Replace it by one without them");
    desk.click("Replace it");
    assert_eq!(manifest(&first).tables, written.tables);
    desk.click("Look for the recipe's 1 withdrawal");
    assert!(desk.has("None of them is in any export"));
    // Once nobody is on the list, nothing is said of who was.
    let recipe = desk.state().choices().recipe.clone();
    desk.ask(Command::SetRecipe(Recipe { withdrawn: Withdrawn::default(), ..recipe }));
    assert!(!desk.has("None of them is in any export") && !desk.has("Nobody who withdrew is in it"));
}

#[test]
fn an_export_is_forgotten_and_its_folder_stays() {
    let mut desk = Desk::signed(&sample_data());
    let place = desk.export("training");
    desk.click("Exports made (1)");
    desk.click("Remove from this list");
    assert!(desk.has("Nothing was exported yet.") && place.exists());
}

#[test]
fn a_folder_that_is_gone_is_said_to_be() {
    let mut desk = Desk::signed(&sample_data());
    let place = desk.export("training");
    fs::remove_dir_all(&place).unwrap();
    desk.ask(Command::RetryExport);
    desk.click("Exports made (1)");
    assert!(desk.has("manifest.json cannot be read"));
    assert!(!desk.state().exporting.past.value().unwrap()[0].is_there);
}

#[test]
fn what_is_written_can_be_stopped_and_leaves_nothing() {
    let mut desk = Desk::signed(&sample_data());
    let place = desk.place("stopped");
    let before = fs::read_dir(desk.home.path()).unwrap().count();
    desk.window.harness.state_mut().ask(Command::ExportTo { place: place.clone(), replace: false });
    desk.window.harness.state_mut().ask(Command::Cancel);
    desk.settle();
    assert!(!place.exists());
    assert_eq!(fs::read_dir(desk.home.path()).unwrap().count(), before, "something was left behind");
    assert!(desk.state().notices.iter().any(|notice| notice.text.contains("Nothing of it is there.")));
}

#[test]
fn the_real_data_are_foreseen_and_written() {
    let Some(folder) = real_data() else { return };
    let mut desk = Desk::signed(&folder);
    assert_eq!(desk.rows(), 40_981);
    let place = desk.export("training");
    let written = manifest(&place);
    assert_eq!((written.rows(), written.consent.customers), (40_981, 482));
    let estimate = desk.state().exporting.preview.value().unwrap().estimate.bytes;
    let bytes: u64 = written.tables[0].files.iter().map(|file| file.bytes).sum();
    assert!(bytes * 2 / 3 < estimate && estimate < bytes * 3 / 2, "{estimate} bytes were foreseen and {bytes} came");
}

#[test]
fn without_file_dialogs_the_folder_is_typed_where_it_stands_and_nowhere_else() {
    let mut desk = Desk::signed(&sample_data());
    desk.window.harness.state_mut().answer_dialogs(None).unwrap();
    desk.click("Export…");
    desk.window.wait("that there is none", |state| state.exporting.is_place_typed);
    desk.window.harness.run_steps(3);
    assert!(desk.state().path_asked.is_none() && desk.has("so type the new folder"));
    let focused = |desk: &Desk| desk.window.harness.get_by_label("Folder of the export").is_focused();
    assert!(focused(&desk));
    let place = desk.export("typed");
    assert!(place.join("manifest.json").is_file() && !desk.has("so type the new folder"));
}
