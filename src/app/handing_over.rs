//! The recipe, handed over to Spark and Athena: a kit in a new folder, written by a worker.

use std::path::{Path, PathBuf};

use crate::domain::format::counted;
use crate::domain::{Recipe, Table};
use crate::export::release::{NewFile, ReleaseError, write_new_folder};
use crate::lakehouse::Kit;
use crate::landing::Source;

use super::App;
use super::finished::say;
use super::recipe_file::outside_of;
use super::work::Failure;

/// Which kit to write.
#[derive(Clone, PartialEq)]
pub struct KitRequest {
    /// The folder, which must not be there yet.
    pub place: PathBuf,
    pub recipe: Recipe,
    /// The rows of each table as they were counted here.
    pub counts: Vec<(Table, u64)>,
    /// The landing files that are open.
    pub source: Option<Source>,
}

impl KitRequest {
    /// Writes it, whole or not at all, and says so in a sentence.
    ///
    /// # Errors
    /// What could not be written, where and why.
    pub(super) fn carry_out(&self) -> Result<String, Failure> {
        let not_written = |why: String| Failure::Error(format!("The kit was not written: {why}"));
        if let Some(source) = &self.source {
            outside_of(source, &self.place).map_err(not_written)?;
        }
        let kit = Kit::new(&self.recipe, &self.counts);
        write_kit(&kit, &self.place).map_err(|error| not_written(error.to_string()))?;
        let files = counted(kit.files.len() as u64, "file");
        Ok(format!("Wrote {files} to {}. Its README.md says how to run it.", self.place.display()))
    }
}

/// Writes a kit to a new folder, whole or not at all.
///
/// # Errors
/// When something is there, or the disk refuses.
pub fn write_kit(kit: &Kit, place: &Path) -> Result<(), ReleaseError> {
    let files: Vec<NewFile<'_>> = kit
        .files
        .iter()
        .map(|file| NewFile { name: &file.name, content: file.text.as_bytes(), is_own: file.is_personal })
        .collect();
    write_new_folder(place, &files)
}

impl App {
    /// Has the kit of the recipe written, with the counts of the tables that are there.
    pub(super) fn write_kit(&self, place: PathBuf) {
        let choices = self.state.choices();
        let curation = self.state.curation.value().filter(|curation| choices.are_made(curation));
        let counts = curation.map(|curation| Table::ALL.map(|table| (table, curation.rows(table))).to_vec());
        let (recipe, source) = (choices.recipe.clone(), self.state.source.clone());
        self.workers.kit.forget();
        self.workers.kit.request(KitRequest { place, recipe, counts: counts.unwrap_or_default(), source });
    }

    /// Says what became of it.
    pub(super) fn take_kits(&mut self) {
        while let Some((_, outcome)) = self.workers.kit.poll() {
            say(&mut self.state, outcome);
        }
    }
}
