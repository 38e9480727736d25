//! What is done off the frame, and by which worker.

use std::path::PathBuf;
use std::sync::Arc;

use crate::curation::{Codes, Curation, CurationError, TableView, curate};
use crate::domain::{Progress, Recipe, Table};
use crate::jobs::Lane;
use crate::landing::{self, Landing, LandingError, Source};
use crate::state::Loaded;

use super::dialogs::{self, Choice};
use super::recipe_file::{self, OpenRequest, Opened};
use super::sample;
use super::settings::SaveRequest;

/// The workers of the window.
pub struct Workers {
    /// Reads landing files.
    pub load: Lane<LoadRequest, Result<Loaded, Failure>>,
    /// Makes the tables of a recipe.
    pub curate: Lane<CurateRequest, Result<Arc<Curation>, Failure>>,
    /// Looks up the rows behind a loss.
    pub dropped: Lane<DroppedRequest, Result<TableView, Failure>>,
    /// Shows the system's file dialogs.
    pub dialog: Lane<Choice, Vec<PathBuf>>,
    /// Opens recipes.
    pub open_recipe: Lane<OpenRequest, Result<Opened, String>>,
    /// Writes recipes.
    pub save_recipe: Lane<recipe_file::SaveRequest, Result<(), String>>,
    /// Writes the settings.
    pub save: Lane<SaveRequest, Result<(), String>>,
}

/// Why there is no answer.
pub enum Failure {
    /// It was asked to stop.
    Cancelled,
    /// What happened, where, and what to do.
    Error(String),
}

/// What to read.
#[derive(Clone, PartialEq)]
pub enum LoadRequest {
    /// A folder, or files.
    Paths(Vec<PathBuf>),
    /// The sample data, wherever they lie.
    Sample,
}

/// Which tables to make.
#[derive(Clone)]
pub struct CurateRequest {
    /// Of these records.
    pub landing: Arc<Landing>,
    /// With these choices.
    pub recipe: Recipe,
}

impl PartialEq for CurateRequest {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.landing, &other.landing) && self.recipe == other.recipe
    }
}

/// Which rows to look up.
#[derive(Clone)]
pub struct DroppedRequest {
    /// Of these tables.
    pub curation: Arc<Curation>,
    /// Those that this table lost.
    pub table: Table,
    /// In this step.
    pub step: usize,
}

impl PartialEq for DroppedRequest {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.curation, &other.curation) && self.table == other.table && self.step == other.step
    }
}

impl Workers {
    /// Starts them; each wakes the window when it has an answer.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn new(context: &egui::Context) -> std::io::Result<Self> {
        let wake = || {
            let context = context.clone();
            move || context.request_repaint()
        };
        Ok(Self {
            load: Lane::new("load", wake(), load)?,
            curate: Lane::new("curate", wake(), |request: &CurateRequest, progress: &Progress| {
                let curation = curate(&request.landing, &request.recipe, progress)?;
                Ok(Arc::new(curation.in_one_piece()))
            })?,
            dropped: Lane::new("dropped", wake(), |request: &DroppedRequest, progress: &Progress| {
                request.curation.dropped(request.table, request.step, progress).map_err(Failure::from)
            })?,
            dialog: Lane::new("dialog", wake(), |choice: &Choice, _: &Progress| dialogs::ask(choice))?,
            open_recipe: Lane::new("open recipe", wake(), |request: &OpenRequest, _: &Progress| request.carry_out())?,
            save_recipe: Lane::new("save recipe", wake(), |request: &recipe_file::SaveRequest, _: &Progress| {
                request.carry_out()
            })?,
            save: Lane::new("save", wake(), |request: &SaveRequest, _: &Progress| request.carry_out())?,
        })
    }
}

fn load(request: &LoadRequest, progress: &Progress) -> Result<Loaded, Failure> {
    let source = match request {
        LoadRequest::Sample => sample::source(progress).map_err(Failure::Error)?,
        LoadRequest::Paths(paths) => match paths.as_slice() {
            [path] if !path.is_file() => Source::Folder(path.clone()),
            paths => Source::Files(paths.to_vec()),
        },
    };
    let landing = landing::read(&source, progress)?.in_one_piece();
    let codes = Arc::new(Codes::new(&landing));
    Ok(Loaded { landing: Arc::new(landing), codes })
}

impl From<LandingError> for Failure {
    fn from(error: LandingError) -> Self {
        match error {
            LandingError::Cancelled(_) => Self::Cancelled,
            error => Self::Error(error.to_string()),
        }
    }
}

impl From<CurationError> for Failure {
    fn from(error: CurationError) -> Self {
        match error {
            CurationError::Cancelled(_) => Self::Cancelled,
            error => Self::Error(error.to_string()),
        }
    }
}
