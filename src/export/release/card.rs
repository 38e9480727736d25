//! The data card: `README.md` with the header that Hugging Face reads, written from the manifest of the files that were
//! written.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::loading::loaders;
use super::manifest::{Manifest, TableEntry};
use crate::domain::foreign::{markdown, markdown_code};
use crate::domain::format::{bytes, counted, thousands};
use crate::domain::{CheckId, Format, Table, TimeRelease};

/// The name of the file.
pub(super) const NAME: &str = "README.md";

/// The card as a text.
pub(super) fn card(manifest: &Manifest) -> String {
    let mut out = header(manifest);
    out += "\n# STEDI step trainer readings\n\n";
    out += &summary(manifest);
    out += &instants(manifest);
    out += &sides(manifest);
    for table in &manifest.tables {
        out += &columns(table);
    }
    out += &windows(manifest);
    out += &how_to_load(manifest);
    out += &origin(manifest);
    out += &privacy(manifest);
    out += &review(manifest);
    out
}

/// YAML that Hugging Face's hub and its `datasets` library read: which files are which side of which table.
fn header(manifest: &Manifest) -> String {
    let mut out =
        "---\npretty_name: STEDI step trainer readings\nlicense: other\nlicense_name: research-consent\n".to_owned();
    out += "language: []\ntags:\n- sensor\n- accelerometer\n- step-detection\n- time-series\n";
    let _ = writeln!(out, "size_categories:\n- {}", size_category(manifest.rows()));
    let mut configs = String::new();
    let mut infos = String::new();
    for (position, table) in manifest.tables.iter().enumerate() {
        // A file without rows says nothing, and some of its readers stumble over it.
        let mut files = BTreeMap::<&str, Vec<&str>>::new();
        let mut rows = BTreeMap::<&str, (u64, u64)>::new();
        for file in table.files.iter().filter(|file| file.rows != Some(0)) {
            let side = file.split.as_deref().unwrap_or("train");
            files.entry(side).or_default().push(&file.path);
            let of = rows.entry(side).or_default();
            *of = (of.0 + file.rows.unwrap_or_default(), of.1 + file.bytes);
        }
        if files.is_empty() {
            continue;
        }
        let _ = writeln!(configs, "- config_name: {}", table.name);
        if position == 0 {
            configs += "  default: true\n";
        }
        configs += "  data_files:\n";
        let _ = writeln!(infos, "- config_name: {}\n  features:", table.name);
        for column in table.columns.iter().filter(|column| !column.is_folder) {
            let _ = writeln!(infos, "  - name: {}\n    dtype: {}", column.name, column.kind);
        }
        infos += "  splits:\n";
        for side in ["train", "validation", "test"] {
            let Some(paths) = files.get(side) else { continue };
            let (count, size) = rows.get(side).copied().unwrap_or_default();
            let _ = writeln!(infos, "  - name: {side}\n    num_bytes: {size}\n    num_examples: {count}");
            let _ = writeln!(configs, "  - split: {side}\n    path:");
            if paths.len() <= 64 {
                for path in paths {
                    let _ = writeln!(configs, "    - {path}");
                }
            } else {
                // Cut into very many folders, of which one pattern speaks for all.
                let ending = paths[0].rsplit('.').next().unwrap_or_default();
                let of_side = if table.columns.iter().any(|column| column.name == "split") {
                    format!("split={side}/")
                } else {
                    String::new()
                };
                let _ = writeln!(configs, "    - {}/{of_side}**/*.{ending}", table.name);
            }
        }
    }
    if !configs.is_empty() {
        let _ = write!(out, "configs:\n{configs}dataset_info:\n{infos}");
    }
    out + "---\n"
}

/// As the hub sorts data sets.
fn size_category(rows: u64) -> &'static str {
    match rows {
        0..1_000 => "n<1K",
        1_000..10_000 => "1K<n<10K",
        10_000..100_000 => "10K<n<100K",
        100_000..1_000_000 => "100K<n<1M",
        1_000_000..10_000_000 => "1M<n<10M",
        10_000_000..100_000_000 => "10M<n<100M",
        100_000_000..1_000_000_000 => "100M<n<1B",
        _ => "n>1B",
    }
}

/// What is in it, in a sentence.
pub(super) fn about(manifest: &Manifest) -> &'static str {
    match manifest.recipe["join"].as_str() {
        Some("timestamp") => {
            "Distances from step trainers, each with the motions that phones recorded at that instant."
        }
        Some("nearest") => {
            "Distances from step trainers, each with the motions that the same customer's phone recorded nearest to that instant."
        }
        _ => {
            "Distances from step trainers, each with the motions that the same customer's phone recorded at that instant."
        }
    }
}

fn summary(manifest: &Manifest) -> String {
    let consent = &manifest.consent;
    let mut out = format!(
        "{} {} of {}, {}. Made by {} from {}.\n\n",
        about(manifest),
        counted(manifest.rows(), "row"),
        counted(consent.customers, "customer"),
        bytes(manifest.bytes()),
        manifest.program,
        counted(manifest.landing.len() as u64, "landing file"),
    );
    let _ = writeln!(
        out,
        "**Use.** {} Nobody else's readings are in it. Do not try to find out who somebody is, and do not pass it on beyond \
         that purpose.\n",
        consent.rule
    );
    for tombstone in &manifest.tombstones {
        let rows: u64 = tombstone.rows.values().sum();
        let _ = writeln!(
            out,
            "**Withdrawn.** {} taken out after it was first made, with {}. Use no earlier copy. The recipe in `manifest.json` lists \
             their pseudonyms, so that it can be made again without them.\n",
            counted(tombstone.customers, "customer"),
            counted(rows, "row")
        );
    }
    out
}

fn instants(manifest: &Manifest) -> String {
    let Some(instants) = &manifest.instants else { return String::new() };
    instants.section(manifest.rows(), manifest.split.is_some(), manifest.windows.is_some())
}

fn sides(manifest: &Manifest) -> String {
    let Some(split) = &manifest.split else { return String::new() };
    let mut out = "## Splits\n\nBy customer, never by row.\n\n| split | customers | share of customers | rows | share of rows | devices |\n|---|--:|--:|--:|--:|--:|\n".to_owned();
    let (rows, customers) =
        split.sides.values().fold((0, 0), |(rows, customers), side| (rows + side.rows, customers + side.customers));
    let percent = |part: u64, all: u64| format!("{:.1} %", part as f64 * 100.0 / all.max(1) as f64);
    for name in ["train", "validation", "test"] {
        let side = split.sides.get(name).copied().unwrap_or_default();
        let _ = writeln!(
            out,
            "| {name} | {} | {} | {} | {} | {} |",
            thousands(side.customers),
            percent(side.customers, customers),
            thousands(side.rows),
            percent(side.rows, rows),
            thousands(side.devices)
        );
    }
    let audit = &split.audit;
    let _ = write!(out, "\n{}", audit.words());
    if audit.by_chance > 0 {
        let _ = write!(
            out,
            " {} of different customers in different splits {} equal by chance.",
            counted(audit.by_chance, "row"),
            if audit.by_chance == 1 { "is" } else { "are" }
        );
    }
    out + "\n\n"
}

fn columns(table: &TableEntry) -> String {
    let mut out =
        format!("## {}\n\n{}. Sorted by its columns from left to right.\n\n", table.name, counted(table.rows, "row"));
    out += "| column | type | |\n|---|---|---|\n";
    for column in &table.columns {
        let folder = if column.is_folder { " (in the names of folders, not in the files)" } else { "" };
        let _ = writeln!(out, "| `{}` | {} | {}{folder} |", column.name, column.kind, column.description);
    }
    out + "\n"
}

fn windows(manifest: &Manifest) -> String {
    let Some(windows) = &manifest.windows else { return String::new() };
    let gap = windows.gap_ms.map_or_else(
        || "There is no gap.".to_owned(),
        |gap| format!("No two neighbours are more than {} ms apart.", thousands(gap)),
    );
    format!(
        "## Windows\n\n{} of {} each, of one device with one customer's motions. {gap} An instant with several motions has \
         their mean. `windows/<split>.npz` has `X` (windows × instants × channels: {}), `time`, `customer`, `device` and where \
         each window came from: `first_row` and `rows` among the rows of its split in machine_learning_curated.\n\n",
        counted(windows.windows, "window"),
        counted(windows.instants, "instant"),
        windows.channels.join(", "),
    )
}

fn how_to_load(manifest: &Manifest) -> String {
    let mut out = "## How to load it\n\n`DATASET` stands for this folder.\n\n".to_owned();
    for (name, lines) in loaders(manifest, "DATASET") {
        let _ = writeln!(out, "{name}:\n\n```python\n{lines}\n```\n");
    }
    out
}

fn origin(manifest: &Manifest) -> String {
    let mut out =
        "## Where it comes from\n\n| landing file | records | refused | SHA-256 |\n|---|--:|--:|---|\n".to_owned();
    for file in &manifest.landing {
        let _ = writeln!(
            out,
            "| {} | {} | {} | `{}` |",
            markdown_code(&file.name),
            thousands(file.records),
            thousands(file.refused),
            file.sha256
        );
    }
    out + "\nThe recipe, and all that is needed to make the same bytes again, is in `manifest.json`; \
           `stedi-workbench verify` proves that nothing was changed and that the landing files still give it.\n\n"
}

fn privacy(manifest: &Manifest) -> String {
    let mut out = format!(
        "## Privacy\n\nNo name, e-mail address, phone number, birthday or serial number is in it. {} The number of that key is `{}`{}. Time: {}.\n\n",
        manifest.key.method,
        manifest.key.id,
        if manifest.key.is_kept { "" } else { ", and the key was thrown away" },
        manifest.packaging.time.words(),
    );
    if manifest.packaging.time == TimeRelease::Raw {
        out += "**Raw instants are in it: whoever knows when somebody walked finds them.**\n\n";
    }
    if manifest.attacks.is_empty() {
        return out + "What an attacker could do was tried before customers were taken out, and not again.\n\n";
    }
    out += "What was tried on it:\n\n| an attacker who … | finds | |\n|---|--:|---|\n";
    for attack in &manifest.attacks {
        let _ = writeln!(
            out,
            "| {} | {} of {} | {} |",
            attack.title,
            thousands(attack.found),
            thousands(attack.of),
            attack.words
        );
    }
    out + "\n"
}

fn review(manifest: &Manifest) -> String {
    let checks = &manifest.review.checks;
    let count = |verdict: &str| checks.iter().filter(|check| check.verdict == verdict).count() as u64;
    let mut out = format!(
        "## Review\n\n{}: {} pass, {} are warnings, {} fail. All of them are in `report.html`.\n",
        counted(checks.len() as u64, "check"),
        count("pass"),
        count("warn"),
        count("fail") + count("uncomputed"),
    );
    if !manifest.tombstones.is_empty() {
        out += "\nThe checks and the signature are of what it was first made of: their figures have those who were taken out since.\n";
    }
    for check in checks.iter().filter(|check| check.verdict == "warn") {
        let _ = write!(out, "\n- warning: **{}** (`{}`). {}", title(&check.id), check.id, markdown(&check.words));
    }
    for check in checks {
        if let Some(accepted) = &check.accepted {
            let _ = write!(
                out,
                "\n- `{}` fails and was accepted by {}: {}",
                check.id,
                markdown(&accepted.who),
                markdown(&accepted.reason)
            );
        }
    }
    if let Some(signed) = &manifest.review.signed_off {
        let _ = write!(out, "\n\nSigned off by {}.", markdown(&signed.who));
    }
    out + "\n"
}

/// What a check is called.
fn title(id: &str) -> &str {
    CheckId::ALL.iter().find(|check| check.name() == id).map_or(id, |check| check.about().title)
}

/// What a column holds, in a sentence.
pub(super) fn describe(name: &str, time: TimeRelease) -> &'static str {
    match name {
        "split" => "what the customer's rows are for: train, validation or test",
        "customer" => "the customer, by a pseudonym",
        "device" => "the step trainer, by a pseudonym",
        "elapsed_ms" => "milliseconds since the device's first reading",
        "sensorreadingtime" | "timestamp" if time == TimeRelease::Shifted => {
            "milliseconds since 1970 UTC, moved by a secret time for each customer"
        }
        "sensorreadingtime" | "timestamp" => "milliseconds since 1970 UTC",
        "distancefromobject" => "distance to the object in front of the trainer, as the sensor gives it",
        "x" | "y" | "z" => "acceleration of the phone along an axis, as the app gives it",
        "readings" => "rows of the machine-learning table behind this instant",
        "window" => "number of the window",
        "position" => "place of the instant in the window, from 0",
        "first_row" => "the window's first row among the rows of its split in machine_learning_curated, from 0",
        "rows" => "rows of the window in machine_learning_curated",
        "start_ms" | "start" => "time of the window's first instant",
        "end_ms" | "end" => "time of the window's last instant",
        "shares_with_research" => "1 if the customer agreed to share with research, or else 0",
        "shares_with_public" => "1 if the customer agreed to share with the public, or else 0",
        "shares_with_friends" => "1 if the customer agreed to share with friends, or else 0",
        "registrationdate" => "when the customer registered, in milliseconds since 1970 UTC",
        "lastupdatedate" => "when the record was last changed, in milliseconds since 1970 UTC",
        _ => "date of a consent, in milliseconds since 1970 UTC",
    }
}

/// The media type of a format's files.
pub(super) fn media_type(format: Format) -> &'static str {
    match format {
        Format::Parquet => "application/x-parquet",
        Format::Csv => "text/csv",
        Format::Ndjson => "application/jsonlines",
        Format::Arrow => "application/vnd.apache.arrow.file",
    }
}

/// The name of the table that is loaded first.
pub(super) fn main_table(manifest: &Manifest) -> &str {
    manifest.tables.first().map_or(Table::MachineLearningCurated.name(), |table| table.name.as_str())
}
