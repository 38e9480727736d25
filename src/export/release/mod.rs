//! A training set one can answer for: tables by pseudonyms, sides, windows, and what says where all of it came from, in a
//! folder that is there whole or not at all.
//!
//! Layout of an export:
//!
//! ```text
//! README.md                               data card, with the header that Hugging Face reads
//! croissant.json                          the same for programs, Croissant 1.1
//! manifest.json                           all that is needed to answer for it, and to make it again
//! report.html                             the review
//! splits.csv                              customer and side, by pseudonym
//! machine_learning_curated/…              rows; and other tables that were asked for
//! windows/… windows_index/…               windows as rows, where they came from, and as NumPy arrays
//! ```

mod card;
mod content;
mod croissant;
mod diff;
mod error;
mod estimate;
mod files;
mod folder;
#[cfg(fuzzing)]
pub mod fuzzing;
mod instants;
mod key;
mod loading;
mod making;
mod manifest;
mod npz;
mod parties;
mod prepare;
mod preview;
mod read;
mod split;
mod table;
mod verify;
mod windows;
mod withdraw;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

pub use diff::{CustomerDifference, Difference, TableDifference, diff};
pub use error::ReleaseError;
pub use estimate::{Estimate, Preview, preview};
pub use files::FileEntry;
pub use folder::{NewFile, write_new_folder};
pub use instants::InstantsNote;
pub use key::{Key, KeyError, KeyStore};
pub use loading::loaders;
pub use making::{KeyInHand, Making, make};
pub use manifest::{Manifest, SideNote, SplitNote, TableEntry, Tombstone};
pub use prepare::{Prepared, prepare};
pub use preview::Attack;
pub use split::{SideList, SideListError, SplitAudit};
pub use verify::{Reproduced, Verified, reproduce, verify};
pub use withdraw::{Contained, contained, place_without, withdraw};

use self::files::{write, write_text};
use self::folder::NewFolder;
use self::manifest::{
    AcceptanceNote, CheckNote, ColumnEntry, Consent, Input, KeyNote, ReviewNote, SignatureNote, WindowsNote,
};
use self::table::OutTable;
use crate::curation::Curation;
use crate::domain::format::utc;
use crate::domain::{Partition, Progress, Recipe, Side, Table};
use crate::export::report::outside_report;
use crate::landing::Landing;
use crate::review::{Review, Scope, SignedOff, Trail, naming};

/// How a pseudonym is made, in words.
const METHOD: &str = "Customers and devices are called by HMAC-SHA-256 of their e-mail address or serial number under a \
                      secret key that is not in the export, cut to 128 bits.";

/// What is to leave, and who says that it may.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    pub landing: &'a Landing,
    pub curation: &'a Curation,
    pub review: &'a Review,
    pub trail: &'a Trail,
    /// That nothing stands against it.
    pub signed: &'a SignedOff,
    /// The tables, ready.
    pub prepared: &'a Prepared,
    /// Whether the key is kept.
    pub key_is_kept: bool,
    /// In milliseconds since 1970-01-01 00:00 UTC; no other byte depends on it.
    pub when: i64,
}

/// Writes an export, whole or not at all. Progress counts rows and windows.
///
/// # Errors
/// When the signature is of something else, when something is at that place already, when the disk refuses, or when
/// cancelled; then nothing is there that was not there before.
pub fn export(order: &Order<'_>, place: &Path, replace: bool, progress: &Progress) -> Result<Manifest, ReleaseError> {
    let scope = Scope::new(&order.curation.recipe, order.landing);
    if *order.signed.scope() != scope || *order.review.scope() != scope {
        return Err(ReleaseError::NotSignedOff);
    }
    let prepared = order.prepared;
    if prepared.audit.as_ref().is_some_and(|audit| !audit.is_clean()) {
        return Err(ReleaseError::Leak);
    }
    names_nobody(order.landing, order.review, order.trail, order.signed)?;
    let review = review_note(order.review, order.trail, order.signed);
    let folder = NewFolder::begin(place, replace)?;
    let attacks = preview::attacks(prepared, order.landing, &progress.part())?;
    let recipe = manifest::hidden(&order.curation.recipe, &prepared.key);
    let report = outside_report(order.landing, order.curation, order.review, order.trail)?;
    let written = Parts {
        recipe,
        consent: consent(order),
        landing: inputs(order.landing),
        key_is_kept: order.key_is_kept,
        attacks,
        review,
        tombstones: vec![],
        report,
        when: order.when,
    };
    let manifest = fill(&folder, prepared, written, progress)?;
    progress.check()?;
    folder.finish(replace)?;
    Ok(manifest)
}

/// What a manifest says beside the files.
struct Parts {
    recipe: serde_json::Value,
    consent: Consent,
    landing: Vec<Input>,
    key_is_kept: bool,
    attacks: Vec<Attack>,
    review: ReviewNote,
    tombstones: Vec<Tombstone>,
    report: String,
    when: i64,
}

/// Writes all files of an export into a folder, the manifest last.
fn fill(folder: &NewFolder, prepared: &Prepared, parts: Parts, progress: &Progress) -> Result<Manifest, ReleaseError> {
    let path = folder.path();
    let packaging = &prepared.packaging;
    progress.set_total(work(prepared));
    let mut tables = vec![];
    for (kind, table) in &prepared.tables {
        let partition = if *kind == Table::MachineLearningCurated { packaging.partition } else { Partition::None };
        tables.push(write_table(prepared, table, partition, path, progress)?);
    }
    let mut windows = None;
    if let Some(cut) = &prepared.windows {
        tables.push(write_table(prepared, &cut.long, Partition::None, path, progress)?);
        tables.push(write_table(prepared, &cut.index, Partition::None, path, progress)?);
        let gap_ms = Some(cut.gap_ms).filter(|gap| *gap != u64::MAX);
        let channels = cut.channels.iter().map(|(name, _)| (*name).to_owned()).collect();
        let (count, instants) = (cut.len() as u64, cut.instants as u64);
        let files = npz::write(cut, path, progress)?;
        windows = Some(WindowsNote { windows: count, instants, channels, gap_ms, files });
    }
    let mut manifest = Manifest {
        manifest_version: Manifest::VERSION,
        written_at: utc(parts.when).unwrap_or_default().replace(' ', "T") + "Z",
        program: concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")).to_owned(),
        recipe: parts.recipe,
        packaging: packaging.clone(),
        consent: parts.consent,
        landing: parts.landing,
        key: KeyNote { id: prepared.key.id(), is_kept: parts.key_is_kept, method: METHOD.to_owned() },
        tables,
        instants: learning(prepared).and_then(InstantsNote::of),
        windows,
        split: split_note(prepared),
        attacks: parts.attacks,
        review: parts.review,
        tombstones: parts.tombstones,
        files: vec![],
        seal: String::new(),
    };
    let add = |name: &str, text: &str| write_text(path, name, text);
    let mut others = vec![add("report.html", &parts.report)?];
    if packaging.split.is_some() {
        let customers = prepared.customers.pseudonyms.iter().map(String::as_str).zip(prepared.sides.of.iter().copied());
        others.push(add("splits.csv", &split::list_of(customers))?);
    }
    others.push(add(croissant::NAME, &croissant::croissant(&manifest))?);
    others.push(add(card::NAME, &card::card(&manifest))?);
    manifest.files = others;
    let manifest = manifest.sealed(&prepared.key);
    add(manifest::NAME, &manifest.to_json())?;
    Ok(manifest)
}

/// Rows and windows that are written.
fn work(prepared: &Prepared) -> u64 {
    let rows: usize = prepared.tables.iter().map(|(_, table)| table.rows).sum();
    let windows = prepared.windows.as_ref().map_or(0, |windows| windows.long.rows + 2 * windows.len());
    (rows + windows) as u64
}

fn write_table(
    prepared: &Prepared,
    table: &OutTable,
    partition: Partition,
    path: &Path,
    progress: &Progress,
) -> Result<TableEntry, ReleaseError> {
    let packaging = &prepared.packaging;
    let folders: Vec<&str> = partition.columns().iter().copied().filter(|name| table.source(name).is_some()).collect();
    let (files, content_sha256) = write(table, packaging.format, &folders, path, progress)?;
    let column = |column: &table::OutColumn| ColumnEntry {
        name: column.name.to_owned(),
        kind: content::type_name(column.kind).to_owned(),
        description: card::describe(column.name, packaging.time).to_owned(),
        is_folder: folders.contains(&column.name) && table.rows > 0,
    };
    let columns = table.columns.iter().map(column).collect();
    Ok(TableEntry { name: table.name.clone(), rows: table.rows as u64, columns, content_sha256, files })
}

/// The machine-learning table, if it leaves.
fn learning(prepared: &Prepared) -> Option<&OutTable> {
    prepared.tables.iter().find(|(table, _)| *table == Table::MachineLearningCurated).map(|(_, table)| table)
}

/// Rows, customers and devices of each side.
fn split_note(prepared: &Prepared) -> Option<SplitNote> {
    let audit = prepared.audit.clone()?;
    let table = learning(prepared)?;
    let mut sides: BTreeMap<String, SideNote> =
        Side::ALL.into_iter().map(|side| (side.name().to_owned(), SideNote::default())).collect();
    for (texts, places) in table.sections(&["split"]) {
        let Some(note) = texts.first().and_then(|name| sides.get_mut(name)) else { continue };
        let different = |name: &str| {
            let Some(source) = table.source(name) else { return 0 };
            // Rows of one stand together, mostly.
            let (mut seen, mut last) = (BTreeSet::new(), None);
            for code in places.clone().map(|place| source.code(table.row(place))) {
                if last.replace(code) != Some(code) {
                    seen.insert(code);
                }
            }
            seen.len() as u64
        };
        let (customers, devices) = rayon::join(|| different("customer"), || different("device"));
        *note = SideNote { rows: places.len() as u64, customers, devices };
    }
    Some(SplitNote { sides, grouped: prepared.sides.grouped, listed: prepared.sides.listed, audit })
}

fn consent(order: &Order<'_>) -> Consent {
    let recipe = &order.curation.recipe;
    Consent {
        purpose: recipe.purpose.name().to_owned(),
        rule: consent_rule(recipe, &order.prepared.packaging.tables),
        withdrawn: recipe.withdrawn.len() as u64,
        customers: order.prepared.customers.pseudonyms.len() as u64,
    }
}

/// The consent in words, as whoever uses the data has to know it.
fn consent_rule(recipe: &Recipe, tables: &BTreeSet<Table>) -> String {
    let with = match recipe.purpose {
        crate::domain::Purpose::Research => "with research",
        crate::domain::Purpose::Public => "with the public",
        crate::domain::Purpose::Friends => "with friends",
    };
    let mut words = format!("Only readings of customers who agreed to share {with}");
    if let Some(day) = recipe.as_of.and_then(utc) {
        words += &format!(" by {day} UTC");
    }
    words += match recipe.consent_date {
        false => ", whenever they were taken.",
        // The switch is one of motions: where distances are a table of their own, these are whole.
        true if tables.contains(&Table::StepTrainerTrusted) => {
            ", motions taken after they agreed; distances in step_trainer_trusted whenever they were taken."
        }
        true => ", motions taken after they agreed.",
    };
    words
}

fn inputs(landing: &Landing) -> Vec<Input> {
    let mut inputs: Vec<Input> = landing
        .files
        .iter()
        .map(|file| Input {
            name: file.name.clone(),
            dataset: file.dataset,
            bytes: file.bytes,
            sha256: file.sha256.clone(),
            records: file.rows,
            refused: file.refused,
        })
        .collect();
    inputs.sort_by(|a, b| a.name.cmp(&b.name));
    inputs
}

fn review_note(review: &Review, trail: &Trail, signed: &SignedOff) -> ReviewNote {
    let note = |check: &crate::review::Check| CheckNote {
        id: check.id.name().to_owned(),
        verdict: check.verdict.name().to_owned(),
        figure: check.figure.number,
        threshold: check.threshold,
        words: check.words.clone(),
        accepted: review.accepted(check.id, trail).map(|entry| AcceptanceNote {
            who: entry.who.clone(),
            when: utc(entry.when),
            reason: entry.reason.clone(),
        }),
    };
    let signature = |entry: &crate::review::Entry| SignatureNote { who: entry.who.clone(), when: utc(entry.when) };
    ReviewNote { checks: review.checks().iter().map(note).collect(), signed_off: signed.signed().map(signature) }
}

/// What people write goes out with an export: it must not say who a customer is.
///
/// # Errors
/// Says which text does.
pub fn names_nobody(landing: &Landing, review: &Review, trail: &Trail, signed: &SignedOff) -> Result<(), ReleaseError> {
    let mut texts: Vec<(&str, String, &'static str)> = vec![];
    for check in review.checks() {
        if let Some(accepted) = review.accepted(check.id, trail) {
            let id = check.id.name();
            let again = "Accept it again in other words.";
            texts.push((&accepted.reason, format!("the reason why {id} was accepted"), again));
            texts.push((
                &accepted.who,
                format!("the name of who accepted {id}"),
                "Accept it again under another name.",
            ));
        }
    }
    if let Some(entry) = signed.signed() {
        texts.push((&entry.who, "the name of who signed".to_owned(), "Sign it under another name."));
    }
    for (number, file) in landing.files.iter().enumerate() {
        texts.push((&file.name, format!("the name of landing file {}", number + 1), "Rename the file."));
    }
    let words: Vec<&str> = texts.iter().map(|(text, ..)| *text).collect();
    if let Some((_, place, advice)) = naming(landing, &words).map(|place| texts.swap_remove(place)) {
        return Err(ReleaseError::NamesSomebody { place, advice });
    }
    Ok(())
}
