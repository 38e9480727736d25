//! `export`: review, and if nothing stands against it, write a training set.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use serde_json::json;

use crate::domain::format::{bytes, counted, thousands};
use crate::domain::{CheckId, KeyChoice, Progress, Recipe, Table};
use crate::export::release::{
    Attack, KeyInHand, KeyStore, Making, Manifest, Preview, ReleaseError, SideList, SplitNote, loaders, make,
    names_nobody, prepare, preview,
};
use crate::export::{History, TrailFile, now, write_report};
use crate::landing::{self, Landing, Source};
use crate::review::{AcceptError, Review, Trail, advice, review};
use crate::s3::{Seal, is_address};

use super::DONE;
use super::arguments::{Answers, ExportArguments};
use super::curate::{
    NOT_AS_IT_SHOULD_BE, curated, is_anything_refused, loses_nothing, read, read_expected, recipe, with_bar_of,
    write_refused,
};
use super::packing::Keys;
use super::remote::{self, Target, only_here};
use super::review::{accept_all, acceptance, trail_folder};

/// Whoever sees the manifest of an export on S3 sees all of it.
const SEAL: Seal = Seal::File("manifest.json");

/// Writes an export if the gate is open. Gives the exit code.
pub fn run(arguments: &ExportArguments) -> anyhow::Result<u8> {
    let ExportArguments { job, out, answers, packing, keys, .. } = arguments;
    let Answers { expected, accept, analyst, trail, report } = answers;
    let inputs = job.recipe.iter().chain(&job.withdrawn).chain(&job.refused).chain(&packing.sides);
    only_here(inputs.chain(expected).chain(trail).chain(report).chain(&keys.keys))?;
    let recipe = recipe(job)?;
    let packaging = packing.packaging()?;
    let sides = packing.sides.as_deref().map(side_list).transpose()?.unwrap_or_default();
    let accepted = accept.iter().map(|text| acceptance(text)).collect::<anyhow::Result<Vec<_>>>()?;
    anyhow::ensure!(
        accepted.is_empty() || analyst.is_some(),
        "--accept needs --analyst NAME: somebody answers for what is accepted"
    );
    let expected_counts = expected.as_deref().map(read_expected).transpose()?;
    let target = out.as_deref().map(|out| target(out, arguments)).transpose()?;
    let source = remote::source(&job.landing, job.json)?;
    loses_nothing(job, &source, None, expected.as_deref())?;
    let key = key(keys)?;
    keeps_apart(arguments, &key, &source)?;
    let progress = Progress::default();
    let landing = read(job, &source, &progress)?;
    write_refused(job, &landing)?;
    let curation = curated(job, &landing, &recipe)?;
    let review = review(&landing, &curation, expected_counts.as_ref(), &Progress::default())?;
    if arguments.preview {
        let prepared = prepare(&curation, &packaging, key.key(), &sides, &Progress::default())?;
        let preview = preview(&prepared, &landing, &curation, &Progress::default())?;
        super::screen::out().write_all(foreseen(&preview).as_bytes())?;
        return Ok(DONE);
    }
    let target = target.context("--out names the folder of the export")?;
    let out = target.named.as_path();
    let file = trail
        .as_ref()
        .map_or_else(|| trail_folder().map(|folder| TrailFile::in_folder(&folder)), |path| Ok(TrailFile::at(path)))?;
    if job.strict && is_anything_refused(&landing) {
        writeln!(super::screen::err(), "Nothing was written: something was refused, and --strict was given.").ok();
        return Ok(NOT_AS_IT_SHOULD_BE);
    }
    let trail = match signed(&file, &landing, &review, &accepted, analyst.as_deref())? {
        Ok(trail) => trail,
        Err((trail, open)) => {
            say_closed(job.json, &curation.recipe, &review, &trail, &open)?;
            return Ok(NOT_AS_IT_SHOULD_BE);
        }
    };
    let gate = review.sign_off(&trail, review.scope())?;
    let started = Instant::now();
    // The window opens the exports of its list, and can only those that are here.
    let history = crate::app::history_file().filter(|_| !target.is_remote()).map(History::at);
    let making = Making {
        landing: &landing,
        curation: &curation,
        review: &review,
        trail: &trail,
        signed: &gate,
        packaging: &packaging,
        sides: &sides,
        key: &key,
        history: history.as_ref(),
        when: now(),
    };
    let progress = Progress::default();
    let template = "writing {bar:30} {human_pos} of {human_len} rows {eta}";
    let manifest =
        with_bar_of(job.json, template, &progress, || make(&making, &target.folder, arguments.replace, &progress))?;
    if let Err(error) = target.send(SEAL, job.json) {
        // As where it could not be written: nobody is named by this key.
        key.new_in().map(|store| store.discard(&key.key().id()).ok());
        return Err(error);
    }
    let seconds = started.elapsed().as_secs_f64();
    if let Some(report) = report {
        write_report(&landing, &curation, &review, &trail, now(), report)?;
    }
    if job.json {
        let object = json!({ "out": out.display().to_string(), "seconds": seconds, "manifest": manifest });
        writeln!(super::screen::out(), "{object}")?;
    } else {
        super::screen::out().write_all(text(out, &manifest, &key, seconds).as_bytes())?;
    }
    Ok(DONE)
}

/// Where the export is written. On S3 nothing changes places in one step, so that nothing can be replaced there.
fn target(out: &Path, arguments: &ExportArguments) -> anyhow::Result<Target> {
    anyhow::ensure!(
        !(arguments.replace && is_address(out)),
        "--replace works on a disk only: on S3 an export cannot take the place of another in one step. Choose another place \
         there, and remove the old one when the new one is whole"
    );
    if arguments.preview {
        // Nothing will be written, so that nothing needs to be free.
        return Ok(Target::nowhere(out));
    }
    Target::at(out, SEAL, &arguments.job.landing)
}

/// Nothing that is written may take the place of what is read, and an export has nothing but its own files in it.
fn keeps_apart(arguments: &ExportArguments, key: &KeyInHand, source: &Source) -> anyhow::Result<()> {
    let ExportArguments { job, out, answers: Answers { trail, report, .. }, replace, preview, .. } = arguments;
    let written: Vec<PathBuf> = trail.iter().chain(report).chain(out).cloned().collect();
    if let Some(path) = source.would_read(&written)? {
        anyhow::bail!("{} lies among the landing files. Choose a place outside of them", path.display());
    }
    let Some(out) = out else { return Ok(()) };
    key.stays_out_of(out)?;
    let is_inside = |path: &Path| {
        let real = landing::real_path(path).ok().zip(landing::real_path(out).ok());
        real.is_some_and(|(path, out)| path.starts_with(out))
    };
    if let Some(path) = trail.iter().chain(report).chain(&job.refused).find(|path| is_inside(path)) {
        anyhow::bail!(
            "{} lies in the export, which has nothing but its own files. Choose another place",
            path.display()
        );
    }
    // An export that is replaced is removed, with all that is in it.
    if let Some(path) = job.landing.iter().find(|path| is_inside(path)) {
        anyhow::bail!("{} lies in {}. Choose a place beside the landing files", path.display(), out.display());
    }
    anyhow::ensure!(*replace || *preview || fs::symlink_metadata(out).is_err(), ReleaseError::Exists(out.clone()));
    Ok(())
}

/// The key that was asked for.
fn key(keys: &Keys) -> anyhow::Result<KeyInHand> {
    let choice = match keys.key.as_str() {
        // Where nothing is kept, no place is needed.
        "throw-away" => return Ok(KeyInHand::of(&KeyChoice::ThrowAway, &KeyStore::at(PathBuf::new()))?),
        "new" => KeyChoice::New,
        id => KeyChoice::Kept(id.to_owned()),
    };
    let store = key_store(keys.keys.as_deref())?;
    let file = Path::new(&keys.key);
    if choice != KeyChoice::New && file.is_file() {
        return Ok(KeyInHand::in_file(file, &store)?);
    }
    Ok(KeyInHand::of(&choice, &store)?)
}

/// The folder of keys.
pub(super) fn key_store(folder: Option<&Path>) -> anyhow::Result<KeyStore> {
    let folder = folder.map(Path::to_owned).or_else(crate::app::keys_folder);
    Ok(KeyStore::at(folder.context("there is no folder for keys: HOME is not set. Give one with --keys")?))
}

fn side_list(file: &Path) -> anyhow::Result<SideList> {
    let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    SideList::parse(&text).with_context(|| format!("{}", file.display()))
}

/// The trail with all that was accepted and signed, if the gate is open with that. Otherwise nothing of it is kept, and
/// what keeps the gate closed is told.
type Closed = (Trail, Vec<CheckId>);

fn signed(
    file: &TrailFile,
    landing: &Landing,
    review: &Review,
    accepted: &[(CheckId, String)],
    analyst: Option<&str>,
) -> anyhow::Result<Result<Trail, Closed>> {
    let mut trail = file.load()?;
    let add = |trail: &mut Trail| -> Result<(), AcceptError> {
        accept_all(trail, review, accepted, analyst.unwrap_or_default())?;
        let gate = review.sign_off(trail, review.scope())?;
        if let Some(analyst) = analyst.filter(|name| gate.signed().is_none_or(|entry| entry.who != name.trim())) {
            trail.sign(review, analyst, now())?;
        }
        Ok(())
    };
    // Tried on a copy first, so that nothing is written where the gate stays closed.
    let mut tried = trail.clone();
    match add(&mut tried) {
        Ok(()) => {
            names_nobody(landing, review, &tried, &review.sign_off(&tried, review.scope())?)?;
            if tried != trail {
                trail = file.add(add)?.0;
            }
        }
        Err(AcceptError::Closed(_)) => {
            let open = review.open(&tried);
            return Ok(Err((tried, open)));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(Ok(trail))
}

fn say_closed(is_json: bool, recipe: &Recipe, review: &Review, trail: &Trail, open: &[CheckId]) -> anyhow::Result<()> {
    if is_json {
        let names: Vec<&str> = open.iter().map(|id| id.name()).collect();
        writeln!(super::screen::out(), "{}", json!({ "out": null, "open": names }))?;
        return Ok(());
    }
    let mut text = "Nothing was written: the review does not pass.\n".to_owned();
    for check in open.iter().filter_map(|id| review.check(*id)) {
        writeln!(text, "  {:<28}{}", check.id.name(), check.figure.words)?;
        writeln!(text, "  {:28}{}", "", check.words)?;
        writeln!(text, "  {:28}{}", "", advice(check, recipe))?;
    }
    for lapsed in review.lapsed(trail) {
        let id = lapsed.entry.check.map_or("a check", CheckId::name);
        writeln!(text, "  The acceptance of {id} by {} has lapsed: {}.", lapsed.entry.who, lapsed.why())?;
    }
    text += "Repair, or --accept ID=REASON --analyst NAME. `review` says more.\n";
    super::screen::err().write_all(text.as_bytes())?;
    Ok(())
}

fn text(out: &Path, manifest: &Manifest, key: &KeyInHand, seconds: f64) -> String {
    let mut text = String::new();
    // Writing to a text cannot fail.
    let _ = writeln!(
        text,
        "{}: {} of {}, {}, {} in {seconds:.1} s.",
        out.display(),
        counted(manifest.rows(), "row"),
        counted(manifest.consent.customers, "customer"),
        counted(manifest.file_count(), "file"),
        bytes(manifest.bytes())
    );
    text += &sides(manifest.split.as_ref());
    if let Some(windows) = &manifest.windows {
        let _ = writeln!(text, "{} of {}.", counted(windows.windows, "window"), counted(windows.instants, "instant"));
    }
    text += &tried(&manifest.attacks);
    let id = &manifest.key.id;
    let _ = match key.new_in() {
        Some(store) => {
            let file = store.path(id);
            writeln!(text, "The key {id} is kept in {}. --key {id} makes later exports match.", file.display())
        }
        None if key.is_kept() => writeln!(text, "The number of the key is {id}."),
        None => writeln!(
            text,
            "The key {id} was thrown away: later exports will not match, and nobody can be withdrawn from this one."
        ),
    };
    let path =
        if is_address(out) { out.to_owned() } else { std::path::absolute(out).unwrap_or_else(|_| out.to_owned()) };
    if let Some((_, lines)) = loaders(manifest, &path.display().to_string()).into_iter().nth(1) {
        let _ = writeln!(text, "To load it:\n  {}", lines.replace('\n', "\n  "));
    }
    text
}

fn sides(split: Option<&SplitNote>) -> String {
    let mut text = String::new();
    let Some(split) = split else { return text };
    let all: u64 = split.sides.values().map(|side| side.rows).sum();
    for name in ["train", "validation", "test"] {
        let Some(side) = split.sides.get(name) else { continue };
        let share = side.rows as f64 * 100.0 / all.max(1) as f64;
        let _ = writeln!(
            text,
            "  {name:<12}{:>12} rows {share:>5.1} %   {}",
            thousands(side.rows),
            counted(side.customers, "customer")
        );
    }
    let _ = writeln!(text, "  {}", split.audit.words());
    if split.grouped > 0 {
        let _ = writeln!(
            text,
            "  {} share a device or a recording with others, and are in their split: that moves the shares.",
            counted(split.grouped, "customer")
        );
    }
    text
}

fn tried(attacks: &[Attack]) -> String {
    let mut text = String::new();
    for attack in attacks {
        let _ = writeln!(text, "  An attacker who {}:\n    {}", attack.title, attack.words);
    }
    text
}

fn foreseen(preview: &Preview) -> String {
    let estimate = &preview.estimate;
    let mut text = String::new();
    let _ = writeln!(
        text,
        "It would be {} of {} and {}, about {} in {}, and take {}. Nothing was written.",
        counted(estimate.rows, "row"),
        counted(estimate.customers, "customer"),
        counted(estimate.devices, "device"),
        bytes(estimate.bytes),
        counted(estimate.files, "file"),
        if estimate.takes.as_millis() < 100 {
            "less than 0.1 s".to_owned()
        } else {
            format!("about {:.1} s", estimate.takes.as_secs_f64())
        }
    );
    let has_pairs = preview.columns.iter().any(|(table, _)| table == Table::MachineLearningCurated.name());
    if let Some(words) = estimate.absent().filter(|_| has_pairs) {
        let _ = writeln!(text, "{words}");
    }
    for (table, columns) in &preview.columns {
        let _ = writeln!(text, "  {table}: {}", columns.join(", "));
    }
    if let Some(windows) = estimate.windows {
        let _ = writeln!(text, "{}.", counted(windows, "window"));
    }
    text += &sides(preview.split.as_ref());
    text += &tried(&preview.attacks);
    text
}
