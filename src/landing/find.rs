//! Which files of a source are landing files, and what kind and data set each is.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::columns::same_key;
use super::json::{Found, Scanner};
use super::{LandingError, Source};
use crate::domain::Dataset;
use crate::domain::foreign::visible;

/// A file of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Its path below the source's folder as it is shown, `/` between the parts.
    pub name: String,
    /// The data set that its folders say.
    pub folder_says: Option<Dataset>,
    /// Size on the disk.
    pub bytes: u64,
    /// Why a folder that stands here was not looked into.
    pub trouble: Option<String>,
}

/// All files of a source that may be landing files, in the order of their names. Hidden files and the empty markers
/// of other systems (`_SUCCESS`, `.crc`) are passed over.
///
/// # Errors
/// When the source cannot be looked into.
pub fn files(source: &Source) -> Result<Vec<FoundFile>, LandingError> {
    let mut found = vec![];
    match source {
        Source::Fetched(remote) => return files(&remote.here),
        Source::Folder(folder) => {
            let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.clone());
            let says = absolute.components().rev().take(2).find_map(|part| named(part.as_os_str().to_str()?));
            let failed = |error| LandingError::Unreachable { path: folder.display().to_string(), error };
            look_into(folder, "", says, &mut found, &mut vec![]).map_err(failed)?;
        }
        Source::Files(paths) => {
            for path in paths {
                let failed = |error| LandingError::Unreachable { path: path.display().to_string(), error };
                let about = fs::metadata(path).map_err(failed)?;
                if about.is_dir() {
                    let name = path.file_name().map(shown).unwrap_or_default();
                    look_into(path, &name, named(&name), &mut found, &mut vec![]).map_err(failed)?;
                } else {
                    let name = path.file_name().map(shown).unwrap_or_default();
                    found.push(FoundFile {
                        path: path.clone(),
                        name,
                        folder_says: None,
                        bytes: about.len(),
                        trouble: None,
                    });
                }
            }
        }
    }
    found.sort_by(|a, b| (&a.name, &a.path).cmp(&(&b.name, &b.path)));
    Ok(found)
}

const DEEPEST: usize = 16;

/// `above` are the folders that lead here: a link to one of them would read its files again and again.
fn look_into(
    folder: &Path,
    prefix: &str,
    says: Option<Dataset>,
    found: &mut Vec<FoundFile>,
    above: &mut Vec<PathBuf>,
) -> std::io::Result<()> {
    let mut entries: Vec<_> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    above.push(folder.to_owned());
    entries.sort_by_key(fs::DirEntry::file_name);
    let has_landing = says.is_some() && entries.iter().any(|entry| entry.file_name() == "landing");
    for entry in entries {
        let name = shown(&entry.file_name());
        if is_passed_over(&name) {
            continue;
        }
        let path = entry.path();
        let below = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
        let file =
            |bytes, trouble| FoundFile { path: path.clone(), name: below.clone(), folder_says: says, bytes, trouble };
        // A link that leads nowhere or round in circles has no metadata, and is reported when it is read.
        match fs::metadata(&path) {
            Ok(about) if about.is_dir() => {
                if has_landing && matches!(name.as_str(), "trusted" | "curated") {
                    continue;
                }
                // Only links lead back.
                let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
                let trouble = if is_link && leads_back(&path, above) {
                    Some("it is a link back to a folder that it lies in".to_owned())
                } else if above.len() > DEEPEST {
                    Some(format!("it lies more than {DEEPEST} folders deep"))
                } else {
                    look_into(&path, &below, named(&name).or(says), found, above).err().map(|error| error.to_string())
                };
                if trouble.is_some() {
                    found.push(file(0, trouble));
                }
            }
            Ok(about) => found.push(file(about.len(), None)),
            Err(_) => found.push(file(0, None)),
        }
    }
    above.pop();
    Ok(())
}

fn leads_back(link: &Path, above: &[PathBuf]) -> bool {
    let is_it = |real: PathBuf| above.iter().any(|folder| fs::canonicalize(folder).is_ok_and(|folder| folder == real));
    fs::canonicalize(link).is_ok_and(is_it)
}

/// A name of a file in one line, whatever is in it.
fn shown(name: &OsStr) -> String {
    visible(&name.to_string_lossy()).into_owned()
}

fn named(name: &str) -> Option<Dataset> {
    Dataset::from_folder_name(name)
}

pub(super) fn is_passed_over(name: &str) -> bool {
    name.starts_with('.') || name == "_SUCCESS" || name.ends_with(".crc")
}

/// The data set whose needed keys are all among these; none if there is none or more than one.
pub fn dataset_of_keys<'a>(keys: impl Iterator<Item = &'a str> + Clone) -> Option<Dataset> {
    let fits = |dataset: &Dataset| {
        let mut needed = dataset.schema().iter().filter(|column| column.required);
        needed.all(|column| keys.clone().any(|key| same_key(column.name, key)))
    };
    let mut fitting = Dataset::ALL.into_iter().filter(fits);
    let first = fitting.next();
    if fitting.next().is_some() { None } else { first }
}

/// The data set that the first records of a JSON file belong to by their keys.
pub fn dataset_of_json(bytes: &[u8]) -> Option<Dataset> {
    const LOOKED_AT: usize = 20;
    const FIRST_BYTES: usize = 1 << 16;
    let mut scanner = Scanner::new(&bytes[..bytes.len().min(FIRST_BYTES)]);
    for _ in 0..LOOKED_AT {
        let mut keys = vec![];
        let found = scanner.next(|member| keys.push(member.key))?;
        if matches!(found, Found::Record { .. })
            && let Some(dataset) = dataset_of_keys(keys.iter().map(AsRef::as_ref))
        {
            return Some(dataset);
        }
    }
    None
}
