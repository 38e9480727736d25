//! A run on S3: what was counted is fetched when it is opened, a table when somebody reads it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use super::engine_run::{COUNTS, POINTER, POINTERS, RECIPE, RunError, WHOLE, is_part, latest, parts_of};
use super::{Shelf, lock};
use crate::domain::{Progress, Table};
use crate::s3::{self, Address, Choose, Fetched, S3Error};

/// Where a run lies, and what of it was fetched so far: into a folder that goes with the last one who refers to it.
#[derive(Debug)]
pub struct FarRun {
    address: Address,
    shelf: Arc<Shelf>,
    texts: PathBuf,
    tables: Mutex<BTreeMap<Table, PathBuf>>,
    /// How often fetching a table was begun.
    begun: AtomicU64,
}

impl FarRun {
    /// Fetches what was counted by a run, or by the one that counts among several.
    ///
    /// # Errors
    /// When there is no run, or it cannot be fetched.
    pub fn open(path: &Path, aside: &Path, progress: &Progress) -> Result<Self, RunError> {
        let failed = |error| Box::new(S3Error::Disk { path: aside.to_owned(), error });
        let shelf = Shelf::below(aside).map_err(failed)?;
        let mut address = Address::parse(path).map_err(Box::new)?;
        let mut pointers = vec![];
        for name in [POINTER, POINTERS] {
            let parts = |names: &[&str]| names.iter().map(|name| name.is_empty() || is_part(name)).collect();
            match fetch(&shelf, &address.join(name), name, &parts, progress) {
                Ok(Fetched::File(file)) => pointers.push(file),
                Ok(Fetched::Folder(folder)) => pointers.extend(parts_of(&folder)),
                Err(S3Error::Nothing { .. }) => {}
                Err(error) => return Err(Box::new(error).into()),
            }
        }
        if let Some(run) = latest(&pointers)? {
            address = address.join(&run);
        }
        let are_texts = |names: &[&str]| names.iter().map(|name| is_text(name)).collect();
        let texts = folder(fetch(&shelf, &address, "texts", &are_texts, progress), &address)?;
        Ok(Self { address, shelf, texts, tables: Mutex::default(), begun: AtomicU64::default() })
    }

    /// Where it lies.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Where what was counted is now.
    pub fn texts(&self) -> &Path {
        &self.texts
    }

    /// Fetches a table, unless it is here, and gives the folder that stands for the run's. Progress counts bytes.
    ///
    /// # Errors
    /// When it cannot be fetched.
    pub fn fetch(&self, table: Table, progress: &Progress) -> Result<PathBuf, RunError> {
        if let Some(here) = lock(&self.tables).get(&table) {
            return Ok(here.clone());
        }
        let (plain, whole) = (format!("{}/", table.name()), format!("{WHOLE}/{}/", table.name()));
        let choose = |names: &[&str]| {
            let is_whole = names.iter().any(|name| name.starts_with(&whole));
            let wanted = if is_whole { &whole } else { &plain };
            names.iter().map(|name| name.starts_with(wanted.as_str()) && name.ends_with(".parquet")).collect()
        };
        // Whoever else fetches it meanwhile has a place of their own: nobody waits for anybody.
        let into = format!("{}-{}", table.name(), self.begun.fetch_add(1, Ordering::Relaxed));
        let fetched = fetch(&self.shelf, &self.address, &into, &choose, progress).map_err(|error| match error {
            S3Error::Nothing { .. } => S3Error::Nothing { place: self.address.join(table.name()).to_string() },
            error => error,
        });
        let here = folder(fetched, &self.address)?;
        lock(&self.tables).insert(table, here.clone());
        Ok(here)
    }
}

fn fetch(
    shelf: &Shelf,
    address: &Address,
    into: &str,
    choose: Choose<'_>,
    progress: &Progress,
) -> Result<Fetched, S3Error> {
    s3::fetch(address, &shelf.folder().join(into), choose, shelf.room(), progress)
}

fn folder(fetched: Result<Fetched, S3Error>, address: &Address) -> Result<PathBuf, RunError> {
    match fetched {
        Ok(Fetched::Folder(folder)) => Ok(folder),
        Ok(Fetched::File(_)) => Err(RunError::NoRun { path: address.to_string() }),
        Err(S3Error::Cancelled(cancelled)) => Err(cancelled.into()),
        Err(error) => Err(Box::new(error).into()),
    }
}

/// Whether a file of a run holds what was counted, or the recipe.
fn is_text(name: &str) -> bool {
    [COUNTS, RECIPE].iter().any(|text| {
        let in_parts = name.strip_prefix(text.trim_end_matches(".json")).and_then(|rest| rest.strip_prefix('/'));
        name == *text || in_parts.is_some_and(is_part)
    })
}
