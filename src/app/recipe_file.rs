//! Recipes as files: told apart from landing files, read and written.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::domain::{Progress, Recipe};
use crate::export::write_file;
use crate::landing::{EngineRun, RunError, Source};
use crate::s3::is_address;
use crate::state::RecipeFile;

/// No recipe is longer: what is longer is not read as one.
const LONGEST: u64 = 16 << 20;

/// What to open.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenRequest {
    /// Where it lies.
    pub path: PathBuf,
    /// It may be a landing file as well, or a folder with a run on another engine: its keys or files decide.
    pub may_be_landing: bool,
}

/// What was opened.
pub enum Opened {
    /// A recipe.
    Recipe(Arc<RecipeFile>),
    /// A run on another engine.
    Run(Arc<EngineRun>),
    /// It is neither, so it is for the reader of landing files.
    Landing(PathBuf),
}

/// Which recipe to write.
#[derive(Clone, PartialEq)]
pub struct SaveRequest {
    /// What it will say, and where.
    pub file: Arc<RecipeFile>,
    /// The landing files that are open; nothing may be written among them.
    pub source: Option<Source>,
}

impl OpenRequest {
    /// Reads the file, or opens the run; one on S3 by way of a folder below `aside`.
    ///
    /// # Errors
    /// A sentence that says which file cannot be read and why: for a recipe, with the wrong key or value.
    pub(super) fn carry_out(&self, aside: &Path, progress: &Progress) -> Result<Opened, String> {
        let path = &self.path;
        if EngineRun::is_at(path) || (is_address(path) && !self.may_be_landing) {
            return EngineRun::open_at(path, aside, progress)
                .map(|run| Opened::Run(Arc::new(run)))
                .map_err(|e| e.to_string());
        }
        if self.may_be_landing && !is_json(path) {
            return Ok(Opened::Landing(path.clone()));
        }
        if path.is_dir() {
            return Err(RunError::NoRun { path: path.display().to_string() }.to_string());
        }
        match read(path) {
            Ok(text) if self.may_be_landing && !Recipe::is_meant_by(&text) => Ok(Opened::Landing(path.clone())),
            Err(_) if self.may_be_landing => Ok(Opened::Landing(path.clone())),
            Ok(text) => match Recipe::from_json(&text) {
                Ok(recipe) => Ok(Opened::Recipe(Arc::new(RecipeFile { path: path.clone(), recipe }))),
                Err(error) => Err(format!("{}: {error}. Correct it there and open it again", path.display())),
            },
            Err(error) => Err(format!("{}: the recipe cannot be read: {error}", path.display())),
        }
    }
}

impl SaveRequest {
    /// Writes the file, whole or not at all.
    ///
    /// # Errors
    /// A sentence that says what could not be saved, where and why.
    pub(super) fn carry_out(&self) -> Result<(), String> {
        let RecipeFile { path, recipe } = self.file.as_ref();
        let done = self.source.as_ref().map_or(Ok(()), |source| outside_of(source, path));
        let done = done.and_then(|()| write_file(path, recipe.to_json().as_bytes()).map_err(|error| error.to_string()));
        done.map_err(|error| format!("The recipe was not saved: {error}"))
    }
}

/// Nothing that is written may take the place of what is read.
///
/// # Errors
/// A sentence that says what to do, when the path is or would be one of the landing files.
pub(super) fn outside_of(source: &Source, path: &Path) -> Result<(), String> {
    let paths = [path.to_owned()];
    match source.would_read(&paths) {
        Ok(None) => Ok(()),
        Ok(Some(path)) => Err(format!(
            "{} lies among the landing files, where it would take the place of one, or be read as one the next time. \
             Choose a folder outside of them",
            path.display()
        )),
        Err(error) => Err(error.to_string()),
    }
}

fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

fn read(path: &Path) -> Result<String, String> {
    let length = fs::metadata(path).map_err(|error| error.to_string())?.len();
    if length > LONGEST {
        return Err("it is larger than 16 MiB, which no recipe is".to_owned());
    }
    fs::read_to_string(path).map_err(|error| error.to_string())
}
