//! What the page of the exports shows.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

use serde::{Deserialize, Serialize};

use crate::domain::{KeyChoice, Packaging, Recipe, Withdrawn, stored};
use crate::export::Listed;
use crate::export::release::{Contained, Manifest, Preview, SideList, Verified};
use crate::landing::{EngineRun, Landing};

use super::{Slot, State};

/// How the next export is packed: part of what can be undone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExportChoices {
    /// Tables, columns, sides, windows, format and time.
    pub packaging: Packaging,
    /// Under which key pseudonyms are made.
    pub key: KeyChoice,
    /// Sides that were decided elsewhere.
    pub sides: Option<Arc<SideFile>>,
}

/// A list of sides as it was read from a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SideFile {
    /// Where it lies.
    #[serde(with = "stored::path")]
    pub path: PathBuf,
    /// Whose side is which.
    pub list: SideList,
}

/// The next export and those before it.
#[derive(Debug, Default)]
pub struct Exporting {
    /// What the export would be.
    pub preview: Slot<Arc<Preview>>,
    /// The ids of the keys that are kept.
    pub keys: Vec<String>,
    /// An export is being written, to this folder.
    pub writing: Option<PathBuf>,
    /// What became of the last one.
    pub outcome: Option<ExportOutcome>,
    /// Of which tables it is.
    pub of: Option<TablesOf>,
    /// Where it was asked for, as that was typed, and how.
    pub asked: Option<(PathBuf, ExportChoices)>,
    /// The system showed no dialog for the folder: it is typed into the field of the page.
    pub is_place_typed: bool,
    /// The exports that were made here, the newest first.
    pub past: Slot<Arc<Vec<Listed>>>,
    /// The one of them that is looked at.
    pub opened: Slot<Arc<OpenedExport>>,
    /// What came of proving it.
    pub proof: Slot<Arc<Proof>>,
    /// Which of them have customers who withdrew.
    pub searched: Slot<Arc<Searched>>,
}

/// Which tables something was made of: of what landed, by which recipe, and where.
#[derive(Clone, Debug)]
pub struct TablesOf {
    landing: Weak<Landing>,
    recipe: Recipe,
    run: Option<Arc<EngineRun>>,
}

impl TablesOf {
    /// Those that the choices of the first page are for; none before anything is open.
    pub fn in_force(state: &State) -> Option<Self> {
        let (loaded, choices) = (state.landing.value()?, state.history.present());
        let (recipe, run) = (choices.recipe.clone(), choices.run_in_force().cloned());
        Some(Self { landing: Arc::downgrade(&loaded.landing), recipe, run })
    }

    /// Whether they still are. The window asks in each frame, so that nothing is copied for it.
    fn are_in_force(&self, state: &State) -> bool {
        let (loaded, choices) = (state.landing.value(), state.history.present());
        loaded.is_some_and(|loaded| std::ptr::eq(self.landing.as_ptr(), Arc::as_ptr(&loaded.landing)))
            && self.recipe == choices.recipe
            && self.run.as_ref() == choices.run_in_force()
    }
}

impl Exporting {
    /// Who was looked for in the exports last.
    pub fn looked_for(&self) -> Option<&Withdrawn> {
        self.searched.value().map(|searched| &searched.list)
    }
}

impl State {
    /// What became of the last export, as far as it concerns who looks at the next: one that was written of other tables
    /// is in the list of exports alone.
    pub fn export_outcome(&self) -> Option<&ExportOutcome> {
        let Exporting { outcome, of, .. } = &self.exporting;
        let is_here = || of.as_ref().is_some_and(|of| of.are_in_force(self));
        outcome.as_ref().filter(|outcome| !matches!(outcome, ExportOutcome::Written(_)) || is_here())
    }

    /// Whether the last export is what another to this place would be.
    pub fn is_exported_to(&self, typed: &Path) -> bool {
        let is_same = |(place, choices): &(PathBuf, ExportChoices)| place == typed && *choices == self.choices().export;
        matches!(self.export_outcome(), Some(ExportOutcome::Written(_)))
            && self.exporting.asked.as_ref().is_some_and(is_same)
    }
}

/// What became of an export.
#[derive(Clone, Debug)]
pub enum ExportOutcome {
    /// It lies there.
    Written(Arc<OpenedExport>),
    /// Something is there already, and nothing was written.
    Exists(PathBuf),
    /// Nothing was written.
    Failed(String),
}

/// An export, read back.
#[derive(Debug)]
pub struct OpenedExport {
    /// Where it lies.
    pub folder: PathBuf,
    /// What it says of itself.
    pub manifest: Manifest,
    /// For each library, the lines that load it.
    pub lines: Vec<(&'static str, String)>,
    /// The file of its key, where it is kept.
    pub key_file: Option<PathBuf>,
}

/// What came of proving an export.
#[derive(Debug)]
pub struct Proof {
    /// Where it lies.
    pub folder: PathBuf,
    /// When that was done, in milliseconds since 1970.
    pub at: i64,
    /// What was found.
    pub verified: Verified,
    /// Why it was not made again from the landing files.
    pub not_made_again: Option<String>,
}

/// What exports have of customers who withdrew.
#[derive(Debug)]
pub struct Searched {
    /// Who withdrew.
    pub list: Withdrawn,
    /// Each export, and what is in it or why that is not known.
    pub found: Vec<(PathBuf, Result<Contained, String>)>,
}
