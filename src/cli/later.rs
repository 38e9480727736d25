//! `verify`, `withdraw` and `diff`: what can be done with exports once they are there.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::domain::format::{counted, thousands};
use crate::domain::{Progress, Recipe, Withdrawn};
use crate::export::now;
use crate::export::release::{
    Contained, Difference, Key, Manifest, ReleaseError, Verified, contained, diff, place_without, reproduce, verify,
    withdraw,
};
use crate::landing;

use super::DONE;
use super::arguments::{DiffArguments, VerifyArguments, WithdrawArguments};
use super::curate::{NOT_AS_IT_SHOULD_BE, with_bar_of};
use super::export::key_store;
use super::remote::{self, only_here};

/// Proves that an export was not changed. Gives the exit code.
pub fn verify_job(arguments: &VerifyArguments) -> anyhow::Result<u8> {
    let VerifyArguments { dataset, landing, recipe, key, keys, json } = arguments;
    only_here([dataset].into_iter().chain(recipe).chain(key).chain(keys))?;
    let manifest = Manifest::read(dataset)?;
    let key = key_of(&manifest, key.as_deref(), keys.as_deref())?;
    let progress = Progress::default();
    let template = "verifying {bar:30} {bytes} of {total_bytes}";
    let mut verified = with_bar_of(*json, template, &progress, || verify(dataset, key.as_ref(), &progress))?;
    if !landing.is_empty() {
        let source = remote::source(landing, *json)?;
        let recipe = recipe.as_deref().map(read_recipe).transpose()?;
        let landing = landing::read(&source, &Progress::default())?;
        verified.landing = Some(reproduce(dataset, key.as_ref(), recipe, &landing, &Progress::default())?);
    }
    if *json {
        let object = json!({ "is_sound": verified.is_sound(), "verified": verified });
        writeln!(super::screen::out(), "{object}")?;
    } else {
        super::screen::out().write_all(verdict(dataset, &manifest, &verified).as_bytes())?;
    }
    Ok(if verified.is_sound() { DONE } else { NOT_AS_IT_SHOULD_BE })
}

fn read_recipe(file: &Path) -> anyhow::Result<Recipe> {
    let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    Recipe::from_json(&text).with_context(|| format!("{}", file.display()))
}

/// The key of an export, if it is here.
fn key_of(manifest: &Manifest, file: Option<&Path>, folder: Option<&Path>) -> anyhow::Result<Option<Key>> {
    if let Some(file) = file {
        let key = Key::load(file)?;
        anyhow::ensure!(
            key.id() == manifest.key.id,
            "{} is the key {}, not {}",
            file.display(),
            key.id(),
            manifest.key.id
        );
        return Ok(Some(key));
    }
    let Ok(store) = key_store(folder) else { return Ok(None) };
    if store.ids().contains(&manifest.key.id) { Ok(Some(store.get(&manifest.key.id)?)) } else { Ok(None) }
}

fn verdict(dataset: &Path, manifest: &Manifest, verified: &Verified) -> String {
    let mut text = String::new();
    let files = counted(verified.files, "file");
    // Writing to a text cannot fail.
    let _ = if verified.changed.is_empty() {
        writeln!(text, "{}: all {files} are as they were written.", dataset.display())
    } else {
        writeln!(text, "{}: it is not as it was written.", dataset.display())
    };
    for problem in &verified.changed {
        let _ = writeln!(text, "  {problem}.");
    }
    let _ = writeln!(text, "{}", verified.seal_in_words());
    let Some(landing) = &verified.landing else {
        text += "Give --landing to see whether the landing files still give it.\n";
        return text;
    };
    for file in &landing.other_files {
        let _ = writeln!(text, "  Landing: {file}.");
    }
    for table in &landing.other_tables {
        let _ = writeln!(text, "  {table} comes out otherwise.");
    }
    if landing.other_tables.is_empty() {
        let how =
            if landing.without_pseudonyms { "but for pseudonyms, as the key is not here" } else { "cell for cell" };
        let tables = counted(landing.same_tables, "table");
        let _ = writeln!(
            text,
            "The landing files give it: {tables}, {} rows of the first, {how}.",
            thousands(manifest.rows())
        );
    }
    text
}

/// Finds those who withdrew, and writes exports without them. Gives the exit code.
pub fn withdraw_job(arguments: &WithdrawArguments) -> anyhow::Result<u8> {
    let WithdrawArguments { datasets, customers, dry_run, replace, key, keys, json } = arguments;
    only_here(datasets.iter().chain([customers]))?;
    let text = fs::read_to_string(customers).with_context(|| format!("{} cannot be read", customers.display()))?;
    let list = Withdrawn::parse(&text).with_context(|| format!("{}", customers.display()))?;
    anyhow::ensure!(!list.is_empty(), "{} names nobody", customers.display());
    let mut results: Vec<(PathBuf, Result<Contained, ReleaseError>, PathBuf)> = vec![];
    let mut failed = None;
    for dataset in datasets {
        let place = if *replace { dataset.clone() } else { place_without(dataset, |_| false) };
        let found = Manifest::read(dataset)
            .map_err(anyhow::Error::from)
            .and_then(|manifest| Ok((key_of(&manifest, key.as_deref(), keys.as_deref())?, manifest)));
        let (key, manifest) = match found {
            Ok(found) => found,
            Err(error) => {
                failed = Some(error);
                break;
            }
        };
        let done = match key {
            None => Err(ReleaseError::NoKey {
                path: dataset.clone(),
                id: manifest.key.id,
                advice: "Without it nobody can be found in it: export again from the landing files, with the list as \
                         --withdrawn, and remove this one.",
            }),
            Some(key) if *dry_run => contained(dataset, &list, &key, &Progress::default()),
            Some(key) => {
                let progress = Progress::default();
                let template = "writing {bar:30} {human_pos} of {human_len}";
                let work = || withdraw(dataset, &list, &key, &place, *replace, now(), &progress);
                with_bar_of(*json, template, &progress, work)
            }
        };
        match done {
            Err(error) if !matches!(error, ReleaseError::NoKey { .. }) => {
                failed = Some(error.into());
                break;
            }
            done => results.push((dataset.clone(), done, place)),
        }
    }
    let is_unsearched = results.iter().any(|(_, done, _)| done.is_err());
    if *json {
        let object = |(dataset, done, place): &(PathBuf, Result<Contained, ReleaseError>, PathBuf)| -> Value {
            let found = done.as_ref().ok();
            let written = found.filter(|found| !dry_run && !found.rows.is_empty()).map(|_| place.display().to_string());
            json!({
                "dataset": dataset.display().to_string(),
                "found": found,
                "written": written,
                "error": done.as_ref().err().map(ToString::to_string),
            })
        };
        writeln!(super::screen::out(), "{}", json!(results.iter().map(object).collect::<Vec<_>>()))?;
    } else {
        let mut text = String::new();
        for (dataset, done, place) in &results {
            match done {
                Ok(found) => text += &withdrawn(dataset, found, place, *dry_run),
                Err(error) => writeln!(text, "{error}")?,
            }
        }
        super::screen::out().write_all(text.as_bytes())?;
    }
    // What was done before is told all the same.
    failed.map_or(Ok(if is_unsearched { NOT_AS_IT_SHOULD_BE } else { DONE }), Err)
}

fn withdrawn(dataset: &Path, found: &Contained, place: &Path, dry_run: bool) -> String {
    let mut text = String::new();
    if found.rows.is_empty() {
        let _ = writeln!(text, "{}: nobody of them is in it.", dataset.display());
        return text;
    }
    let _ = writeln!(
        text,
        "{}: {} of them {} in it, with {}.",
        dataset.display(),
        counted(found.customers, "customer"),
        if found.customers == 1 { "is" } else { "are" },
        counted(found.devices, "device")
    );
    for (file, rows) in &found.rows {
        let unit = if Path::new(file).extension().is_some_and(|ending| ending == "npz") { "window" } else { "row" };
        let _ = writeln!(text, "  {file}: {}", counted(*rows, unit));
    }
    if dry_run {
        text += "Nothing was written.\n";
    } else if place == dataset {
        text += "It was written again without them, and took its own place.\n";
    } else {
        let _ = writeln!(text, "{} is the same without them. Remove {}.", place.display(), dataset.display());
    }
    text
}

/// Compares two exports. Gives the exit code.
pub fn diff_job(arguments: &DiffArguments) -> anyhow::Result<u8> {
    only_here([&arguments.a, &arguments.b])?;
    let difference = diff(&arguments.a, &arguments.b, &Progress::default())?;
    if arguments.json {
        writeln!(super::screen::out(), "{}", json!(difference))?;
    } else {
        super::screen::out().write_all(differences(&difference).as_bytes())?;
    }
    Ok(DONE)
}

fn differences(difference: &Difference) -> String {
    if difference.is_none() {
        return "They say the same, cell for cell, by the same recipe from the same landing files.\n".to_owned();
    }
    let mut text = String::new();
    for table in &difference.tables {
        let rows = table.rows.map(|rows| rows.map_or_else(|| "not there".to_owned(), thousands));
        let _ = write!(text, "{}: {} and {} rows", table.name, rows[0], rows[1]);
        match (table.is_same, table.in_both) {
            (true, _) => text += ", the same",
            (false, Some(both)) => {
                let _ = write!(text, ", {} in both", thousands(both));
            }
            (false, None) => {}
        }
        text += ".\n";
        for (columns, which) in table.only_columns.iter().zip(["first", "second"]) {
            if !columns.is_empty() {
                let _ = writeln!(text, "  Only in the {which}: {}.", columns.join(", "));
            }
        }
    }
    match &difference.customers {
        Some(customers) => {
            let _ = writeln!(
                text,
                "Customers: {} in both, {} only in the first, {} only in the second; {} of both on another side.",
                thousands(customers.in_both),
                thousands(customers.only_in[0]),
                thousands(customers.only_in[1]),
                thousands(customers.moved)
            );
        }
        None if !difference.same_key => text += "Customers cannot be compared: the pseudonyms are of different keys.\n",
        None => {}
    }
    for (name, one, other) in &difference.choices {
        let _ = writeln!(text, "{name}: {one} and {other}.");
    }
    for file in &difference.landing {
        let _ = writeln!(text, "Landing: {file}.");
    }
    text
}
