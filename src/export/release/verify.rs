//! Proves that an export is as it was written, and that the landing files still give it.

use std::collections::BTreeMap;
use std::path::Path;

use polars::prelude::DataFrame;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::content::ContentHash;
use super::key::Key;
use super::manifest::{Manifest, found_again};
use super::prepare::{Prepared, prepare};
use super::split::SideList;
use super::table::{BATCH, OutTable};
use super::{ReleaseError, inputs, read};
use crate::curation::curate;
use crate::domain::format::hexadecimal;
use crate::domain::packaging::ELAPSED;
use crate::domain::{Progress, Recipe};
use crate::landing::Landing;

/// What came of looking at an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Files that were looked at.
    pub files: u64,
    /// What is not as it was written; nothing if it is.
    pub changed: Vec<String>,
    /// Whether the seal of the manifest holds; none without the key.
    pub is_sealed: Option<bool>,
    /// What the landing files say; none if they were not looked at.
    pub landing: Option<Reproduced>,
}

/// Whether landing files still give an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reproduced {
    /// Landing files that are others now, were added or are missing.
    pub other_files: Vec<String>,
    /// Tables that come out otherwise.
    pub other_tables: Vec<String>,
    /// Tables that come out the same, cell for cell.
    pub same_tables: u64,
    /// Without the key, pseudonyms were left out of the comparison.
    pub without_pseudonyms: bool,
}

impl Verified {
    /// What the seal says of the manifest, as a sentence.
    pub fn seal_in_words(&self) -> &'static str {
        match self.is_sealed {
            Some(true) if self.changed.is_empty() => "The seal holds: nobody without the key changed anything.",
            // It covers the manifest, by which the change was found.
            Some(true) => "manifest.json, which says how it was, is sealed and as it was written.",
            Some(false) => "The seal is broken: manifest.json was changed by somebody without the key.",
            None => "The key is not here, so that somebody could have changed files and manifest together.",
        }
    }

    /// Whether nothing was found.
    pub fn is_sound(&self) -> bool {
        self.changed.is_empty()
            && self.is_sealed != Some(false)
            && self
                .landing
                .as_ref()
                .is_none_or(|landing| landing.other_files.is_empty() && landing.other_tables.is_empty())
    }
}

/// Compares every file with the manifest, and the manifest with its seal. Progress counts bytes.
///
/// # Errors
/// When there is no manifest, or when cancelled.
pub fn verify(folder: &Path, key: Option<&Key>, progress: &Progress) -> Result<Verified, ReleaseError> {
    let manifest = Manifest::read(folder)?;
    let changed = read::changed(folder, &manifest, progress)?;
    let key = key.filter(|key| key.id() == manifest.key.id);
    Ok(Verified {
        files: manifest.file_count(),
        changed,
        is_sealed: key.map(|key| manifest.is_sealed_by(key)),
        landing: None,
    })
}

/// Makes the tables of an export again from landing files, writes nothing, and compares.
///
/// # Errors
/// When the recipe names people and neither the key nor a recipe is given, or when cancelled.
pub fn reproduce(
    folder: &Path,
    key: Option<&Key>,
    recipe: Option<Recipe>,
    landing: &Landing,
    progress: &Progress,
) -> Result<Reproduced, ReleaseError> {
    let manifest = Manifest::read(folder)?;
    let key = key.filter(|key| key.id() == manifest.key.id);
    let names_somebody = manifest.recipe["withdrawn"].as_array().is_some_and(|entries| !entries.is_empty())
        || !manifest.recipe["owners"]["decisions"].is_null();
    let recipe = match (recipe, key) {
        (Some(recipe), _) => recipe,
        (None, None) if names_somebody => {
            return Err(ReleaseError::NoKey {
                path: folder.to_owned(),
                id: manifest.key.id,
                advice: "Its recipe names people by pseudonyms, so give the recipe itself with --recipe.",
            });
        }
        (None, Some(key)) => found_again(&manifest.recipe, key, landing)?,
        (None, None) => Recipe::from_json(&manifest.recipe.to_string())?,
    };
    let curation = curate(landing, &recipe, &progress.part())?;
    let sides = std::fs::read_to_string(folder.join("splits.csv")).unwrap_or_default();
    let sides = SideList::parse(&sides).unwrap_or_default();
    let stand_in = if key.is_none() { Some(Key::generate()?) } else { None };
    let Some(with) = key.or(stand_in.as_ref()) else { return Err(ReleaseError::NotSignedOff) };
    let mut packaging = manifest.packaging.clone();
    if let (Some(windows), Some(note)) = (&mut packaging.windows, &manifest.windows) {
        windows.gap_ms = note.gap_ms.and_then(|gap| u32::try_from(gap).ok()).or(windows.gap_ms);
    }
    let prepared = prepare(&curation, &packaging, with, &sides, &progress.part())?;
    let mut found = Reproduced {
        other_files: other_files(&manifest, landing),
        other_tables: vec![],
        same_tables: 0,
        without_pseudonyms: key.is_none(),
    };
    // Where some withdrew since, a device may have had its first reading with one of them; and under another key the list of
    // sides names nobody. What comes of these cannot be made again, and is left out of the comparison.
    let is_less = !manifest.tombstones.is_empty();
    let is_decided = key.is_none() && (is_less || manifest.split.as_ref().is_some_and(|split| split.listed > 0));
    let left_out: &[&str] = if is_decided { &["split"] } else { &[] };
    let bare = |frame: &DataFrame| unlinked(&frame.drop_many(left_out.iter().copied()), is_less);
    let tables = all_tables(&prepared);
    progress.set_total(tables.iter().map(|table| table.rows as u64).sum());
    for entry in &manifest.tables {
        progress.check()?;
        let made = tables.iter().find(|table| table.name == entry.name);
        let is_same = match made {
            None => false,
            Some(table) if key.is_some() && content(table, progress)? == entry.content_sha256 => true,
            Some(_) if key.is_some() && !is_less => false,
            Some(table) => {
                let written = read::table(folder, entry, manifest.packaging.format)?;
                bare(&table.batch(0..table.rows)?)? == bare(&written)?
            }
        };
        if is_same {
            found.same_tables += 1;
        } else {
            found.other_tables.push(entry.name.clone());
        }
    }
    Ok(found)
}

fn all_tables(prepared: &Prepared) -> Vec<&OutTable> {
    let windows = prepared.windows.iter().flat_map(|windows| [&windows.long, &windows.index]);
    prepared.tables.iter().map(|(_, table)| table).chain(windows).collect()
}

fn content(table: &OutTable, progress: &Progress) -> Result<String, ReleaseError> {
    let mut hash = ContentHash::new(table);
    for start in (0..table.rows).step_by(BATCH) {
        progress.check()?;
        let places = start..table.rows.min(start + BATCH);
        progress.advance(places.len() as u64);
        hash.add(&table.batch(places)?)?;
    }
    Ok(hash.finish())
}

/// Landing files that are not those of the manifest.
fn other_files(manifest: &Manifest, landing: &Landing) -> Vec<String> {
    let before: BTreeMap<&str, &str> =
        manifest.landing.iter().map(|file| (file.name.as_str(), file.sha256.as_str())).collect();
    let now = inputs(landing);
    let now: BTreeMap<&str, &str> = now.iter().map(|file| (file.name.as_str(), file.sha256.as_str())).collect();
    let mut other = vec![];
    for (name, sha256) in &before {
        match now.get(name) {
            None => other.push(format!("{name} is missing")),
            Some(is) if is != sha256 => other.push(format!("{name} is another one")),
            Some(_) => {}
        }
    }
    other.extend(now.keys().filter(|name| !before.contains_key(*name)).map(|name| format!("{name} was added")));
    other
}

/// A hash of a table that is the same under every key: of the sorted hashes of what each customer has, the pseudonyms left
/// out, times counted from the first that each has with a device, numbers of windows and rows likewise; also times that have
/// passed since a first reading, if that may be another one.
pub(super) fn unlinked(frame: &DataFrame, is_another_first: bool) -> Result<String, ReleaseError> {
    let texts: Vec<_> =
        ["customer", "device"].into_iter().filter_map(|name| frame.column(name).ok()?.str().ok().cloned()).collect();
    let (Some(of), Some(with)) = (texts.first(), texts.last()) else { return Ok(hexadecimal(&Sha256::digest(b""))) };
    let relative = |name: &str| {
        matches!(name, "window" | "first_row")
            || is_time(name)
            || (is_another_first && matches!(name, ELAPSED | "start_ms" | "end_ms"))
    };
    let columns: Vec<_> =
        frame.columns().iter().filter(|column| !matches!(column.name().as_str(), "customer" | "device")).collect();
    let mut rows: BTreeMap<&str, Vec<Vec<u8>>> = BTreeMap::new();
    let mut first: BTreeMap<(&str, &str, usize), i64> = BTreeMap::new();
    for (position, column) in columns.iter().enumerate() {
        let Some(values) = column.i64().ok().filter(|_| relative(column.name())) else { continue };
        for ((customer, device), value) in of.iter().zip(with.iter()).zip(values.iter()) {
            if let (Some(customer), Some(device), Some(value)) = (customer, device, value) {
                first
                    .entry((customer, device, position))
                    .and_modify(|first| *first = (*first).min(value))
                    .or_insert(value);
            }
        }
    }
    let mut bytes: Vec<Vec<u8>> = vec![vec![]; frame.height()];
    for (position, column) in columns.iter().enumerate() {
        if let Ok(values) = column.i64() {
            for ((bytes, value), whose) in bytes.iter_mut().zip(values.iter()).zip(of.iter().zip(with.iter())) {
                let whose = whose.0.zip(whose.1);
                let first = whose.and_then(|(customer, device)| first.get(&(customer, device, position)));
                let first = first.copied().unwrap_or_default();
                bytes.extend(value.map(|value| value.wrapping_sub(first)).unwrap_or(i64::MIN).to_le_bytes());
            }
        } else if let Ok(values) = column.f64() {
            let both = bytes.iter_mut().zip(values.iter());
            both.for_each(|(bytes, value)| bytes.extend(value.unwrap_or(f64::NAN).to_le_bytes()));
        } else if let Ok(values) = column.str() {
            let both = bytes.iter_mut().zip(values.iter());
            both.for_each(|(bytes, value)| bytes.extend(value.unwrap_or_default().as_bytes()));
        }
    }
    for (customer, bytes) in of.iter().zip(bytes) {
        rows.entry(customer.unwrap_or_default()).or_default().push(bytes);
    }
    let mut hashes: Vec<[u8; 32]> = rows
        .into_values()
        .map(|mut rows| {
            rows.sort_unstable();
            let mut hash = Sha256::new();
            rows.iter().for_each(|row| hash.update(row));
            hash.finalize().into()
        })
        .collect();
    hashes.sort_unstable();
    Ok(hexadecimal(&Sha256::digest(hashes.concat())))
}

fn is_time(name: &str) -> bool {
    matches!(name, "sensorreadingtime" | "timestamp" | "start" | "end" | "registrationdate" | "lastupdatedate")
        || name.ends_with("asofdate")
}
