//! Charts, saved as pictures: by a worker, and never among the landing files.

use std::path::PathBuf;
use std::sync::Arc;

use crate::export::write_picture;
use crate::landing::Source;
use crate::picture::Picture;

use super::App;
use super::finished::say;
use super::recipe_file::outside_of;
use super::work::Failure;

/// What to save.
#[derive(Clone, PartialEq)]
pub struct SavePictureRequest {
    /// Where.
    pub path: PathBuf,
    /// The picture.
    pub picture: Arc<Picture>,
    /// The landing files that are open.
    pub source: Option<Source>,
}

impl SavePictureRequest {
    /// Writes the file, whole or not at all, and says so in a sentence.
    ///
    /// # Errors
    /// What could not be saved, where and why.
    pub(super) fn carry_out(&self) -> Result<String, Failure> {
        let not_saved = |why: String| Failure::Error(format!("The picture was not saved: {why}"));
        if let Some(source) = &self.source {
            outside_of(source, &self.path).map_err(not_saved)?;
        }
        write_picture(&self.picture, &self.path).map_err(|error| not_saved(error.to_string()))?;
        Ok(format!("Saved {} to {}.", self.picture.title, self.path.display()))
    }
}

impl App {
    /// Has a picture written.
    pub(super) fn save_picture(&self, path: PathBuf, picture: Arc<Picture>) {
        self.workers.save_picture.forget();
        self.workers.save_picture.request(SavePictureRequest { path, picture, source: self.state.source.clone() });
    }

    /// Whether something is being written that must not be left half done.
    pub(super) fn is_saving(&self) -> bool {
        let workers = &self.workers;
        workers.save_recipe.is_busy()
            || workers.save_view.is_busy()
            || workers.save_picture.is_busy()
            || workers.kit.is_busy()
            || workers.export.is_busy()
            || workers.report.is_busy()
            || workers.trail.is_busy()
            || workers.session.is_busy()
            || workers.save.is_busy()
    }

    /// Says what became of it.
    pub(super) fn take_saved_pictures(&mut self) {
        while let Some((_, outcome)) = self.workers.save_picture.poll() {
            say(&mut self.state, outcome);
        }
    }
}
