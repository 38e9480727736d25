//! The metadata that MLCommons' Croissant 1.1 defines, as JSON-LD: `croissant.json`. Described at
//! <https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html>.

use serde_json::{Value, json};

use super::card::{about, main_table, media_type};
use super::files::FileEntry;
use super::manifest::{ColumnEntry, Manifest, TableEntry};
use crate::domain::Format;

/// The name of the file.
pub(super) const NAME: &str = "croissant.json";

/// The metadata as a text.
pub(super) fn croissant(manifest: &Manifest) -> String {
    let mut distribution: Vec<Value> = vec![];
    let mut record_sets = vec![];
    if manifest.split.is_some() {
        record_sets.push(split_record_set(manifest));
    }
    for table in &manifest.tables {
        let format = manifest.packaging.format;
        distribution.extend(table.files.iter().map(|file| file_object(file, media_type(format))));
        distribution.push(file_set(table, format));
        record_sets.push(record_set(table, manifest));
    }
    if let Some(windows) = &manifest.windows {
        distribution.extend(
            windows
                .files
                .iter()
                .filter(|file| file.path.ends_with(".npz"))
                .map(|file| file_object(file, "application/x-npz")),
        );
    }
    let mut value = json!({
        "@context": context(),
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": "stedi-step-trainer-readings",
        "description": format!("{} Customers and devices are pseudonymous.", about(manifest)),
        "url": "https://github.com/stedi/stedi-workbench",
        "version": "1.0.0",
        "license": "https://spdx.org/licenses/LicenseRef-research-consent.html",
        "citeAs": format!("STEDI step trainer readings, {}", &manifest.hash()[..16]),
        "creator": { "@type": "sc:Organization", "name": "STEDI" },
        "isLiveDataset": false,
        "usageInfo": usage(manifest),
        "prov:wasDerivedFrom": manifest.landing.iter().map(|file| json!({
            "@type": "prov:Entity",
            "prov:label": file.name,
            "sc:sha256": file.sha256,
        })).collect::<Vec<_>>(),
        "prov:wasGeneratedBy": {
            "@type": "prov:Activity",
            "prov:label": format!("curated, reviewed and pseudonymised by {}", manifest.program),
        },
        "distribution": distribution,
        "recordSet": record_sets,
    });
    if let Some(day) = published(manifest) {
        value["datePublished"] = json!(day);
    }
    serde_json::to_string_pretty(&value).unwrap_or_default() + "\n"
}

/// The day of the signature, which says that it may leave; or of the last acceptance. Not the day of its making, on which no
/// byte depends but one field of the manifest.
fn published(manifest: &Manifest) -> Option<String> {
    let accepted = manifest.review.checks.iter().filter_map(|check| check.accepted.as_ref()?.when.clone()).max();
    let at = manifest.review.signed_off.as_ref().and_then(|signed| signed.when.clone()).or(accepted)?;
    at.split(' ').next().map(str::to_owned)
}

/// The context that the specification gives, and the vocabularies of provenance and of data use.
fn context() -> Value {
    const PREFIXES: [(&str, &str); 8] = [
        ("conformsTo", "dct:conformsTo"),
        ("cr", "http://mlcommons.org/croissant/"),
        ("rai", "http://mlcommons.org/croissant/RAI/"),
        ("dct", "http://purl.org/dc/terms/"),
        ("duo", "http://purl.obolibrary.org/obo/DUO_"),
        ("odrl", "http://www.w3.org/ns/odrl/2/"),
        ("prov", "http://www.w3.org/ns/prov#"),
        ("sc", "https://schema.org/"),
    ];
    /// Terms that are called the same in Croissant's own vocabulary.
    const TERMS: [&str; 30] = [
        "annotation",
        "arrayShape",
        "citeAs",
        "column",
        "containedIn",
        "equivalentProperty",
        "extract",
        "field",
        "fileProperty",
        "fileObject",
        "fileSet",
        "format",
        "includes",
        "isArray",
        "isLiveDataset",
        "jsonPath",
        "key",
        "md5",
        "parentField",
        "path",
        "recordSet",
        "references",
        "regex",
        "repeated",
        "replace",
        "samplingRate",
        "separator",
        "source",
        "subField",
        "transform",
    ];
    let mut context = json!({
        "@language": "en",
        "@vocab": "https://schema.org/",
        "data": { "@id": "cr:data", "@type": "@json" },
        "dataType": { "@id": "cr:dataType", "@type": "@vocab" },
        "examples": { "@id": "cr:examples", "@type": "@json" },
    });
    PREFIXES.iter().for_each(|(name, full)| context[*name] = json!(full));
    TERMS.iter().for_each(|term| context[*term] = json!(format!("cr:{term}")));
    context
}

/// What it may be used for: research, and nothing beyond the purpose that its customers agreed to.
fn usage(manifest: &Manifest) -> Value {
    // General research use, and the project-specific restriction where the consent is another one.
    let (code, name) = match manifest.consent.purpose.as_str() {
        "research" => ("0000042", "general research use"),
        _ => ("0000027", "project specific restriction"),
    };
    json!({
        "@type": ["CreativeWork", "odrl:Offer"],
        "name": "Use within the consent",
        "description": manifest.consent.rule,
        "odrl:permission": {
            "@type": "odrl:Permission",
            "odrl:action": { "@id": format!("duo:{code}"), "name": name },
        },
        "odrl:prohibition": {
            "@type": "odrl:Prohibition",
            "odrl:action": { "@id": "odrl:distribute", "name": "passing it on beyond that purpose, or finding out who somebody is" },
        },
    })
}

fn file_object(file: &FileEntry, media_type: &str) -> Value {
    json!({
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path,
        "contentUrl": file.path,
        "contentSize": format!("{} B", file.bytes),
        "encodingFormat": media_type,
        "sha256": file.sha256,
    })
}

fn set_id(table: &TableEntry) -> String {
    format!("{}-files", table.name)
}

/// The files of a table, by a pattern.
fn file_set(table: &TableEntry, format: Format) -> Value {
    let id = set_id(table);
    let ending = format.extension();
    let is_cut = table.columns.iter().any(|column| column.is_folder);
    let pattern = if is_cut { format!("{}/**/*.{ending}", table.name) } else { format!("{}/*.{ending}", table.name) };
    json!({
        "@type": "cr:FileSet",
        "@id": id,
        "name": id,
        "encodingFormat": media_type(format),
        "includes": pattern,
    })
}

fn record_set(table: &TableEntry, manifest: &Manifest) -> Value {
    let field = |column: &ColumnEntry| {
        let (name, id) = (&column.name, format!("{}/{}", table.name, column.name));
        let mut source = json!({ "fileSet": { "@id": set_id(table) } });
        if column.is_folder {
            source["extract"] = json!({ "fileProperty": "fullpath" });
            source["transform"] = json!({ "regex": format!(".*/{name}=([^/]+)/.*") });
        } else {
            source["extract"] = json!({ "column": name });
        }
        let mut field = json!({
            "@type": "cr:Field",
            "@id": id,
            "name": id,
            "description": column.description,
            "dataType": data_type(&column.kind),
            "source": source,
        });
        // mlcroissant joins what is referenced by writing over the path, from which the other folders are then not read.
        if name == "split" && manifest.split.is_some() && !column.is_folder {
            field["references"] = json!({ "field": { "@id": "split/name" } });
        }
        field
    };
    let mut description = format!("{} rows, sorted by their columns from left to right.", table.rows);
    if let Some(instants) = manifest.instants.as_ref().filter(|_| table.name == main_table(manifest)) {
        description += &format!(" {}", instants.words(table.rows));
    }
    let fields: Vec<Value> = table.columns.iter().map(field).collect();
    json!({
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": description,
        "field": fields,
    })
}

/// The sides, as the specification names them.
fn split_record_set(manifest: &Manifest) -> Value {
    let url = |side: &str| match side {
        "train" => "cr:TrainingSplit",
        "validation" => "cr:ValidationSplit",
        _ => "cr:TestSplit",
    };
    let sides = manifest.split.iter().flat_map(|split| split.sides.keys());
    let data: Vec<Value> = sides.map(|side| json!({ "split/name": side, "split/url": url(side) })).collect();
    json!({
        "@type": "cr:RecordSet",
        "@id": "split",
        "name": "split",
        "description": "What rows are for.",
        "dataType": "cr:Split",
        "key": { "@id": "split/name" },
        "field": [
            { "@type": "cr:Field", "@id": "split/name", "name": "split/name", "description": "The name of the split.", "dataType": "sc:Text" },
            { "@type": "cr:Field", "@id": "split/url", "name": "split/url", "description": "Its meaning.", "dataType": "sc:URL" },
        ],
        "data": data,
    })
}

fn data_type(kind: &str) -> &'static str {
    match kind {
        "int64" => "cr:Int64",
        "float64" => "cr:Float64",
        _ => "sc:Text",
    }
}
