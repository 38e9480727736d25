//! Takes customers out of exports after the fact: says which have them, in which files, and writes those without them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use polars::prelude::*;
use serde::Serialize;
use serde_json::json;

use super::folder::NewFolder;
use super::key::Key;
use super::manifest::{Manifest, TableEntry, Tombstone};
use super::parties::{Parties, Ranked};
use super::prepare::{Prepared, Raw};
use super::split::Sides;
use super::windows::cut;
use super::{Parts, ReleaseError, fill, read};
use crate::domain::{JoinRule, Progress, Side, Table, Withdrawn};
use crate::export::report::taken_out;

/// What an export has of customers who withdrew.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Contained {
    /// How many of them are in it.
    pub customers: u64,
    /// Devices that were theirs.
    pub devices: u64,
    /// Rows that are theirs, or windows, by file.
    pub rows: BTreeMap<String, u64>,
}

/// Where an export without those who withdrew is written, unless it takes the place of the one before: where nothing is yet.
pub fn place_without(folder: &Path, is_taken: impl Fn(&Path) -> bool) -> PathBuf {
    let named = |number: u64| {
        let mut name = folder.file_name().unwrap_or_default().to_owned();
        name.push("-without-withdrawn");
        if number > 1 {
            name.push(format!("-{number}"));
        }
        folder.with_file_name(name)
    };
    (1..).map(named).find(|place| !is_taken(place)).unwrap_or_else(|| named(1))
}

/// An export with what has to go from it.
struct Found {
    manifest: Manifest,
    /// Each table with which of its rows stay.
    tables: Vec<(String, DataFrame, BooleanChunked)>,
    contained: Contained,
    /// Entries of the list that are in it, as the recipe has them.
    entries: Vec<String>,
}

/// What an export has of those on a list. Progress counts bytes.
///
/// # Errors
/// When it cannot be read, was changed, or the key is another one.
pub fn contained(folder: &Path, list: &Withdrawn, key: &Key, progress: &Progress) -> Result<Contained, ReleaseError> {
    Ok(find(folder, list, key, progress)?.contained)
}

/// Writes an export without those on a list, whole or not at all, with a note of how many went. Nothing is written if
/// nobody of them is in it. Progress counts rows.
///
/// # Errors
/// When it cannot be read, was changed, the key is another one, something is at the new place, or the disk refuses.
pub fn withdraw(
    folder: &Path,
    list: &Withdrawn,
    key: &Key,
    place: &Path,
    replace: bool,
    when: i64,
    progress: &Progress,
) -> Result<Contained, ReleaseError> {
    let found = find(folder, list, key, progress)?;
    if found.contained.rows.is_empty() {
        return Ok(found.contained);
    }
    let contained = found.contained.clone();
    let report = fs::read_to_string(folder.join("report.html"))
        .map_err(|error| ReleaseError::NotAnExport { path: folder.to_owned(), why: error.to_string() })?;
    let new = NewFolder::begin(place, replace)?;
    let before = &found.manifest;
    let mut recipe = before.recipe.clone();
    let mut entries: BTreeSet<String> = found.entries.iter().map(|entry| key.customer(entry)).collect();
    entries.extend(
        recipe["withdrawn"].as_array().into_iter().flatten().filter_map(|entry| Some(entry.as_str()?.to_owned())),
    );
    recipe["withdrawn"] = json!(entries);
    let mut tombstones = before.tombstones.clone();
    tombstones.push(Tombstone {
        customers: contained.customers,
        rows: contained.rows.clone(),
        before_sha256: before.hash(),
    });
    let prepared = prepared(&found, key, progress)?;
    let mut consent = before.consent.clone();
    consent.withdrawn += contained.customers;
    consent.customers = prepared.customers.pseudonyms.len() as u64;
    let parts = Parts {
        recipe,
        consent,
        landing: before.landing.clone(),
        key_is_kept: before.key.is_kept,
        // They were tried on what was there before, with the landing files at hand.
        attacks: vec![],
        review: before.review.clone(),
        tombstones,
        report: taken_out(&report, contained.customers, contained.rows.values().sum()),
        when,
    };
    fill(&new, &prepared, parts, progress)?;
    new.finish(replace)?;
    Ok(contained)
}

fn find(folder: &Path, list: &Withdrawn, key: &Key, progress: &Progress) -> Result<Found, ReleaseError> {
    let manifest = Manifest::read(folder)?;
    if key.id() != manifest.key.id {
        return Err(ReleaseError::NoKey {
            path: folder.to_owned(),
            id: manifest.key.id,
            advice: "Without it nobody can be found in it: export again from the landing files, with the list as --withdrawn, \
                     and remove this one.",
        });
    }
    let changed = read::changed(folder, &manifest, progress)?;
    if let Some(first) = changed
        .first()
        .cloned()
        .or_else(|| (!manifest.is_sealed_by(key)).then(|| "manifest.json was changed".to_owned()))
    {
        return Err(ReleaseError::NotAnExport { path: folder.to_owned(), why: first });
    }
    let format = manifest.packaging.format;
    let mut frames = vec![];
    for entry in &manifest.tables {
        progress.check()?;
        frames.push((entry, read::table(folder, entry, format)?));
    }
    let listed: BTreeSet<String> = list.entries().map(|entry| key.customer(entry)).collect();
    let listed_devices: BTreeSet<String> = list.entries().map(|entry| key.device(entry)).collect();
    let (mut customers, mut devices) = (listed.clone(), listed_devices.clone());
    let (mut seen_customers, mut seen_devices) = (BTreeSet::<String>::new(), BTreeSet::<String>::new());
    // A listed device is its customers', and a customer's devices are theirs.
    let owners = owners(&frames, manifest.recipe["join"] == json!(JoinRule::Timestamp));
    customers.extend(owners.iter().filter(|(_, what)| listed_devices.contains(what)).map(|(who, _)| who.clone()));
    devices.extend(owners.iter().filter(|(who, _)| customers.contains(who)).map(|(_, what)| what.clone()));
    let mut contained = Contained::default();
    let mut tables = vec![];
    for (entry, frame) in frames {
        let who = texts(&frame, "customer");
        // A record is the customer's, also where somebody who goes has the same serial number.
        let what = texts(&frame, "device").filter(|_| !is_of_records(&entry.name));
        let mut stays = vec![true; frame.height()];
        for (column, gone, seen) in [(&who, &customers, &mut seen_customers), (&what, &devices, &mut seen_devices)] {
            let Some(column) = column else { continue };
            for (stays, text) in stays.iter_mut().zip(column.iter()) {
                if let Some(text) = text.filter(|text| gone.contains(*text)) {
                    *stays = false;
                    if !seen.contains(text) {
                        seen.insert(text.to_owned());
                    }
                }
            }
        }
        let mut start = 0;
        for file in &entry.files {
            let rows = file.rows.unwrap_or_default() as usize;
            let gone = stays[start..start + rows].iter().filter(|stays| !**stays).count() as u64;
            start += rows;
            if gone > 0 {
                contained.rows.insert(file.path.clone(), gone);
            }
        }
        if !is_made_of_others(&entry.name) {
            tables.push((entry.name.clone(), frame, BooleanChunked::from_slice("".into(), &stays)));
        } else if entry.name == "windows_index" {
            count_tensors(&manifest, &frame, &stays, &mut contained);
        }
    }
    if contained.rows.contains_key("splits.csv") || !seen_customers.is_empty() {
        contained.customers = seen_customers.len() as u64;
    }
    contained.devices = seen_devices.len() as u64;
    let is_in =
        |entry: &&str| seen_customers.contains(&key.customer(entry)) || seen_devices.contains(&key.device(entry));
    let entries = list.entries().filter(is_in).map(str::to_owned).collect();
    Ok(Found { manifest, tables, contained, entries })
}

fn is_made_of_others(table: &str) -> bool {
    table.starts_with("windows")
}

fn is_of_records(table: &str) -> bool {
    [Table::CustomerTrusted, Table::CustomerCurated].iter().any(|of| of.name() == table)
}

/// Customers with their devices: who stand together in some table. Where the join pairs strangers as well, the records say
/// it; or without them, for each device, the customers who have the most of its rows.
fn owners(frames: &[(&TableEntry, DataFrame)], has_strangers: bool) -> BTreeSet<(String, String)> {
    let has_records = frames.iter().any(|(entry, _)| is_of_records(&entry.name));
    let says_it = |table: &str| is_of_records(table) || !(is_made_of_others(table) || (has_strangers && has_records));
    let mut rows = BTreeMap::<(String, String), u64>::new();
    for (_, frame) in frames.iter().filter(|(entry, _)| says_it(&entry.name)) {
        let (Some(who), Some(what)) = (texts(frame, "customer"), texts(frame, "device")) else { continue };
        let pairs: Vec<_> = who.iter().zip(what.iter()).filter_map(|(who, what)| Some((who?, what?))).collect();
        for same in pairs.chunk_by(|one, other| one == other) {
            *rows.entry((same[0].0.to_owned(), same[0].1.to_owned())).or_default() += same.len() as u64;
        }
    }
    if has_strangers && !has_records {
        let mut most = BTreeMap::<String, u64>::new();
        for ((_, what), rows) in &rows {
            let most = most.entry(what.clone()).or_default();
            *most = (*most).max(*rows);
        }
        rows.retain(|(_, what), rows| most.get(what) == Some(rows));
    }
    rows.into_keys().collect()
}

/// Windows that go, by file of tensors.
fn count_tensors(manifest: &Manifest, index: &DataFrame, stays: &[bool], contained: &mut Contained) {
    let sides = texts(index, "split");
    for file in manifest.windows.iter().flat_map(|windows| &windows.files) {
        let is_in = |row: usize| match (&file.split, &sides) {
            (Some(side), Some(sides)) => sides.get(row) == Some(side.as_str()),
            _ => true,
        };
        let gone = (0..stays.len()).filter(|&row| !stays[row] && is_in(row)).count() as u64;
        if gone > 0 {
            contained.rows.insert(file.path.clone(), gone);
        }
    }
}

fn texts(frame: &DataFrame, name: &str) -> Option<StringChunked> {
    frame.column(name).ok()?.str().ok().cloned()
}

/// What stays, ready to be written.
fn prepared(found: &Found, key: &Key, progress: &Progress) -> Result<Prepared, ReleaseError> {
    let manifest = &found.manifest;
    let packaging = &manifest.packaging;
    let time = packaging.columns().into_iter().find(|(name, _)| matches!(*name, "elapsed_ms" | "sensorreadingtime"));
    let time = time.unwrap_or(("elapsed_ms", crate::domain::Kind::Integer));
    let mut tables = vec![];
    let mut raw = Raw {
        at: Int64Chunked::full_null("".into(), 0),
        serials: StringChunked::full_null("".into(), 0),
        customer: Arc::new([]),
        device: Arc::new([]),
        devices: vec![],
    };
    let mut customers = Ranked { pseudonyms: vec![], places: vec![] };
    let mut sides = Sides::default();
    for (name, frame, stays) in &found.tables {
        progress.check()?;
        let mut left = frame.filter(stays)?;
        left.rechunk_mut();
        let Some(kind) = Table::ALL.into_iter().find(|table| table.name() == name) else { continue };
        if kind == Table::MachineLearningCurated {
            let (mut who, mut what) = (Parties::default(), Parties::default());
            let text = |name: &str| Ok::<_, PolarsError>(left.column(name)?.str()?.rechunk().into_owned());
            let customer = text("customer")?;
            raw.customer = who.number(&customer, str::to_owned).into();
            raw.device = what.number(&text("device")?, str::to_owned).into();
            raw.devices = what.pseudonyms().to_vec();
            sides.of = side_of_each(&left, &raw.customer, who.len());
            customers = Ranked { pseudonyms: who.pseudonyms().to_vec(), places: vec![] };
            sides.grouped = manifest.split.as_ref().map_or(0, |split| split.grouped);
            sides.listed = manifest.split.as_ref().map_or(0, |split| split.listed);
        }
        tables.push((kind, read::out_table(name, &left, time)?));
    }
    let learning = tables.iter().find(|(table, _)| *table == Table::MachineLearningCurated).map(|(_, table)| table);
    let windows = match (&packaging.windows, learning) {
        (Some(wanted), Some(learning)) => {
            // The gap is that of the whole export, so that no window changes because others went.
            let gap_ms = manifest.windows.as_ref().and_then(|note| u32::try_from(note.gap_ms?).ok()).or(wanted.gap_ms);
            Some(cut(learning, &crate::domain::Windows { gap_ms, ..wanted.clone() }, packaging, progress)?)
        }
        _ => None,
    };
    let audit = manifest.split.as_ref().map(|split| split.audit.clone());
    Ok(Prepared { packaging: packaging.clone(), key: key.clone(), tables, windows, sides, customers, audit, raw })
}

fn side_of_each(frame: &DataFrame, codes: &[u32], customers: usize) -> Vec<Side> {
    let mut of = vec![Side::Train; customers];
    let Some(names) = texts(frame, "split") else { return of };
    for (code, name) in codes.iter().zip(names.iter()) {
        if let (Some(of), Some(side)) =
            (of.get_mut(*code as usize), Side::ALL.into_iter().find(|side| Some(side.name()) == name))
        {
            *of = side;
        }
    }
    of
}
