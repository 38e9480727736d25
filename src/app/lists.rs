//! Lists that are read from files: those who withdrew, and the counts that another system reports.

use std::fs;
use std::path::{Path, PathBuf};

use crate::domain::{Withdrawn, format};
use crate::export::release::SideList;
use crate::review::Expected;
use crate::state::SideFile;

/// No list is longer: what is longer is not read as one.
const LONGEST: u64 = 64 << 20;

/// What to read.
#[derive(Clone, Debug, PartialEq)]
pub enum ListRequest {
    /// Those who withdrew.
    Withdrawn(PathBuf),
    /// The counts of another system.
    Expected(PathBuf),
    /// Whose rows are on which side.
    Sides(PathBuf),
    /// Those who withdrew, to look for them in exports.
    Searched(PathBuf),
}

/// What was read.
pub enum List {
    Withdrawn(Withdrawn),
    Expected(Expected),
    Sides(SideFile),
    Searched(Withdrawn),
}

impl ListRequest {
    /// Reads the file.
    ///
    /// # Errors
    /// A sentence that says which file cannot be read and why, without what stands in it.
    pub(super) fn carry_out(&self) -> Result<List, String> {
        match self {
            Self::Withdrawn(path) => Ok(List::Withdrawn(withdrawn(path)?)),
            Self::Searched(path) => Ok(List::Searched(withdrawn(path)?)),
            Self::Sides(path) => {
                let list = SideList::parse(&read(path)?).map_err(|error| format!("{}: {error}", path.display()))?;
                Ok(List::Sides(SideFile { path: path.clone(), list }))
            }
            Self::Expected(path) => {
                let counts = Expected::parse(&read(path)?).map_err(|error| format!("{}: {error}", path.display()))?;
                Ok(List::Expected(counts))
            }
        }
    }
}

fn withdrawn(path: &Path) -> Result<Withdrawn, String> {
    Withdrawn::parse(&read(path)?).map_err(|error| format!("{}: {error}", path.display()))
}

fn read(path: &Path) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("{} cannot be read: {}", path.display(), format::why(&error));
    if fs::metadata(path).map_err(failed)?.len() > LONGEST {
        return Err(format!("{} is too long for a list. Give a text file, one entry a line", path.display()));
    }
    fs::read_to_string(path).map_err(failed)
}
