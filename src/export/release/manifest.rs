//! What an export says of itself: `manifest.json`. Equal landing files, recipe, packaging and key give equal manifests but
//! for one field, `written_at`.

use std::collections::{BTreeMap, HashMap};
use std::io::Read as _;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::ReleaseError;
use super::files::FileEntry;
use super::instants::InstantsNote;
use super::key::Key;
use super::preview::Attack;
use super::split::SplitAudit;
use crate::domain::format::hexadecimal;
use crate::domain::recipe::discreet;
use crate::domain::{Dataset, Packaging, Recipe, Table};
use crate::landing::{Landing, open_file};

/// The name of the file.
pub(super) const NAME: &str = "manifest.json";

/// The version of what is written here.
const VERSION: u32 = 1;

/// What an export says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The version of this file's layout.
    pub manifest_version: u32,
    /// When it was written, RFC 3339: the only field that differs from run to run.
    pub written_at: String,
    /// Name and version of the program.
    pub program: String,
    /// The recipe; people and devices that it names are here by pseudonyms.
    pub recipe: Value,
    /// How it was packed.
    pub packaging: Packaging,
    /// On what consent it stands.
    pub consent: Consent,
    /// The landing files that were read.
    pub landing: Vec<Input>,
    /// The key of the pseudonyms.
    pub key: KeyNote,
    /// The tables, and where they are.
    pub tables: Vec<TableEntry>,
    /// What one row of the machine-learning table is; not there in exports of older programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instants: Option<InstantsNote>,
    /// The windows, if there are any.
    pub windows: Option<WindowsNote>,
    /// Who is on which side.
    pub split: Option<SplitNote>,
    /// What an attacker could do with it.
    pub attacks: Vec<Attack>,
    /// What was checked, and what was accepted.
    pub review: ReviewNote,
    /// Withdrawals that were taken out of it after it was made.
    pub tombstones: Vec<Tombstone>,
    /// The other files.
    pub files: Vec<FileEntry>,
    /// HMAC-SHA-256 under the key over this file as compact JSON with this field and `written_at` empty: whoever has the key
    /// can tell that nobody without it changed anything.
    pub seal: String,
}

/// On what consent an export stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// With whom its customers agreed to share.
    pub purpose: String,
    /// The rule in words.
    pub rule: String,
    /// How many withdrew and were left out.
    pub withdrawn: u64,
    /// Customers whose readings are in it.
    pub customers: u64,
}

/// A landing file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    pub name: String,
    pub dataset: Option<Dataset>,
    pub bytes: u64,
    pub sha256: String,
    pub records: u64,
    pub refused: u64,
}

/// Which key stands behind the pseudonyms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyNote {
    /// Its id, which does not say what it is.
    pub id: String,
    /// Whether it was kept when this was written.
    pub is_kept: bool,
    /// How a pseudonym is made.
    pub method: String,
}

/// One table of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableEntry {
    pub name: String,
    pub rows: u64,
    pub columns: Vec<ColumnEntry>,
    /// See [`super::content`]: the same for any format, row groups and number of files.
    pub content_sha256: String,
    pub files: Vec<FileEntry>,
}

/// One column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnEntry {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub description: String,
    /// It is in the names of folders and not in the files.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_folder: bool,
}

/// Windows as they came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowsNote {
    pub windows: u64,
    pub instants: u64,
    pub channels: Vec<String>,
    /// The longest time between two instants of a window, in milliseconds; none where there is no gap.
    pub gap_ms: Option<u64>,
    pub files: Vec<FileEntry>,
}

/// Sides as they came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitNote {
    /// Rows, customers and devices of each side.
    pub sides: BTreeMap<String, SideNote>,
    /// Customers who hang together with others, by a device or a recording, and so are on their side.
    pub grouped: u64,
    /// Customers whose side was given in a list.
    pub listed: u64,
    /// What was looked for on two sides.
    pub audit: SplitAudit,
}

/// One side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SideNote {
    pub rows: u64,
    pub customers: u64,
    pub devices: u64,
}

/// What was checked, and what was accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewNote {
    pub checks: Vec<CheckNote>,
    /// Who put their name to all figures; none if nothing needed it.
    pub signed_off: Option<SignatureNote>,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckNote {
    pub id: String,
    pub verdict: String,
    pub figure: Option<u64>,
    pub threshold: u64,
    pub words: String,
    pub accepted: Option<AcceptanceNote>,
}

/// Why a failing check was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptanceNote {
    pub who: String,
    pub when: Option<String>,
    pub reason: String,
}

/// Who signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureNote {
    pub who: String,
    pub when: Option<String>,
}

/// Customers who were taken out of an export after it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tombstone {
    /// How many.
    pub customers: u64,
    /// Rows that went, by file of the export before.
    pub rows: BTreeMap<String, u64>,
    /// SHA-256 of the manifest before, with `written_at` empty.
    pub before_sha256: String,
}

impl Manifest {
    /// The version of the layout that this program writes.
    pub const VERSION: u32 = VERSION;

    /// Reads the manifest of an export.
    ///
    /// # Errors
    /// When there is none, or it is not one.
    pub fn read(folder: &Path) -> Result<Self, ReleaseError> {
        let path = folder.join(NAME);
        let not_one = |why: String| ReleaseError::NotAnExport { path: folder.to_owned(), why };
        let mut text = String::new();
        let read = open_file(&path).and_then(|mut file| file.read_to_string(&mut text));
        read.map_err(|error| not_one(format!("{NAME} cannot be read: {error}")))?;
        let value: Value = serde_json::from_str(&text).map_err(|_| not_one(format!("{NAME} is no JSON")))?;
        if value.get("manifest_version") != Some(&json!(VERSION)) {
            return Err(not_one(format!(
                "{NAME} is of another version than {VERSION}; take the program that wrote it"
            )));
        }
        serde_json::from_value(value)
            .map_err(|error| not_one(format!("{NAME} was changed: {}", discreet(&error.to_string()))))
    }

    /// As it is written.
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// What the seal is of.
    fn sealed_text(&self) -> String {
        let open = Self { written_at: String::new(), seal: String::new(), ..self.clone() };
        serde_json::to_string(&open).unwrap_or_default()
    }

    /// SHA-256 of it without its time.
    pub(super) fn hash(&self) -> String {
        use sha2::Digest as _;
        hexadecimal(&sha2::Sha256::digest(self.sealed_text().as_bytes()))
    }

    /// The same, sealed.
    #[must_use]
    pub(super) fn sealed(self, key: &Key) -> Self {
        let seal = key.seal(&self.sealed_text());
        Self { seal, ..self }
    }

    /// Whether it is as the key's owner wrote it.
    pub(super) fn is_sealed_by(&self, key: &Key) -> bool {
        self.seal == key.seal(&self.sealed_text())
    }

    /// All files but this one.
    pub fn all_files(&self) -> impl Iterator<Item = &FileEntry> {
        self.data_files().chain(&self.files)
    }

    /// How many files there are, with this one.
    pub fn file_count(&self) -> u64 {
        self.all_files().count() as u64 + 1
    }

    /// The files of tables and windows, without those that describe them.
    pub fn data_files(&self) -> impl Iterator<Item = &FileEntry> {
        let tables = self.tables.iter().flat_map(|table| &table.files);
        tables.chain(self.windows.iter().flat_map(|windows| &windows.files))
    }

    /// Rows of the machine-learning table, or of the first one.
    pub fn rows(&self) -> u64 {
        let learning = self.tables.iter().find(|table| table.name == Table::MachineLearningCurated.name());
        learning.or(self.tables.first()).map_or(0, |table| table.rows)
    }

    /// Bytes of all files but this one.
    pub fn bytes(&self) -> u64 {
        self.all_files().map(|file| file.bytes).sum()
    }
}

/// A recipe without anybody's name: who withdrew and whose devices were decided by pseudonyms.
pub(super) fn hidden(recipe: &Recipe, key: &Key) -> Value {
    let mut value = serde_json::to_value(recipe).unwrap_or_default();
    let withdrawn: Vec<String> = recipe.withdrawn.entries().map(|entry| key.customer(entry)).collect();
    value["withdrawn"] = sorted(withdrawn);
    if !recipe.owners.decisions.is_empty() {
        let decisions: BTreeMap<String, Value> = recipe
            .owners
            .decisions
            .0
            .iter()
            .map(|(serial, decision)| {
                let decided = json!({ "owner": key.customer(&decision.owner), "is_theirs": decision.is_theirs });
                (key.device(serial), decided)
            })
            .collect();
        value["owners"]["decisions"] = json!(decisions);
    }
    value
}

fn sorted(mut texts: Vec<String>) -> Value {
    texts.sort_unstable();
    json!(texts)
}

/// The recipe that was hidden, for whoever has the key and the landing files. Somebody who is in neither is left as the
/// pseudonym, which is nobody's.
///
/// # Errors
/// When the manifest's recipe is none.
pub(super) fn found_again(hidden: &Value, key: &Key, landing: &Landing) -> Result<Recipe, crate::domain::RecipeError> {
    let mut value = hidden.clone();
    let names_nobody =
        hidden["withdrawn"].as_array().is_none_or(Vec::is_empty) && hidden["owners"]["decisions"].is_null();
    if !names_nobody {
        let known = identities(landing, key);
        let find = |name: &str| known.get(name).cloned().unwrap_or_else(|| name.to_owned());
        if let Some(entries) = value["withdrawn"].as_array_mut() {
            for entry in entries {
                *entry = json!(find(entry.as_str().unwrap_or_default()));
            }
        }
        if let Some(decisions) = hidden["owners"]["decisions"].as_object() {
            let mut found = serde_json::Map::new();
            for (device, decision) in decisions {
                let mut decision = decision.clone();
                decision["owner"] = json!(find(decision["owner"].as_str().unwrap_or_default()));
                found.insert(find(device), decision);
            }
            value["owners"]["decisions"] = Value::Object(found);
        }
    }
    Recipe::from_json(&value.to_string())
}

/// Every identity that landed, by each of its pseudonyms.
fn identities(landing: &Landing, key: &Key) -> HashMap<String, String> {
    let mut known = HashMap::new();
    for text in landing.dictionaries().identities() {
        known.insert(key.customer(text), text.to_owned());
        known.insert(key.device(text), text.to_owned());
    }
    known
}
