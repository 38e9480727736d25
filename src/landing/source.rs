//! Where landing files come from.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use serde::{Deserialize, Serialize};

use super::{LandingError, Remote, find, remote};
use crate::domain::foreign::visible;
use crate::domain::stored;
use crate::s3::{Address, is_address};

/// A place with landing files.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A folder, looked through to its depths.
    #[serde(with = "stored::path")]
    Folder(PathBuf),
    /// Single files, whose data sets are recognised by their keys.
    #[serde(with = "stored::paths")]
    Files(Vec<PathBuf>),
    /// What of these was on S3 and is fetched: see [`super::fetch`].
    #[serde(skip)]
    Fetched(Arc<Remote>),
}

impl Source {
    /// What it is called on the screen: the folder's name, or the file's, or how many files.
    pub fn name(&self) -> String {
        let last = |path: &PathBuf| {
            let name = path.file_name().unwrap_or(path.as_os_str());
            visible(&name.to_string_lossy()).into_owned()
        };
        match self.asked() {
            Self::Fetched(remote) => remote.asked.name(),
            Self::Folder(path) => last(path),
            Self::Files(paths) => match paths.as_slice() {
                [path] => last(path),
                paths => format!("{} files", paths.len()),
            },
        }
    }

    /// The same from wherever the program is started.
    #[must_use]
    pub fn absolute(self) -> Self {
        let absolute =
            |path: PathBuf| if is_address(&path) { path } else { std::path::absolute(&path).unwrap_or(path) };
        match self {
            Self::Folder(path) => Self::Folder(absolute(path)),
            Self::Files(paths) => Self::Files(paths.into_iter().map(absolute).collect()),
            Self::Fetched(_) => self,
        }
    }

    /// What was asked for: where it comes from, however it came here.
    pub fn asked(&self) -> &Self {
        match self {
            Self::Fetched(remote) => &remote.asked,
            Self::Folder(_) | Self::Files(_) => self,
        }
    }

    /// The first of these paths, which need not be there yet, that is or would be one of the files that are read from
    /// here. Links are followed on both sides.
    ///
    /// # Errors
    /// When the source cannot be looked into.
    pub fn would_read<'a>(&self, paths: &'a [PathBuf]) -> Result<Option<&'a Path>, LandingError> {
        let found = find::files(&self.here())?;
        // A link within a folder may lead to a folder elsewhere, which is looked through as well.
        let below = found.iter().filter(|file| file.name.contains('/')).filter_map(|file| file.path.parent());
        let folders: BTreeSet<&Path> = self.folders().into_iter().chain(below).collect();
        let resolved = |path: &Path| fs::canonicalize(path).ok();
        let folders: Vec<PathBuf> = folders.into_iter().filter_map(resolved).collect();
        // Any other file lies in one of the folders.
        let is_link = |path: &Path| fs::symlink_metadata(path).is_ok_and(|about| about.is_symlink());
        let alone = found.iter().filter(|file| !file.name.contains('/') || is_link(&file.path));
        let files: BTreeSet<PathBuf> = alone.filter_map(|file| resolved(&file.path)).collect();
        for path in paths {
            if is_address(path) {
                let target = Address::parse(path).map_err(Box::new)?;
                if remote::addresses(self.paths()).any(|read| read.holds(&target)) {
                    return Ok(Some(path));
                }
                continue;
            }
            let target = real_path(path)
                .map_err(|error| LandingError::Unreachable { path: path.display().to_string(), error })?;
            if files.contains(&target) || folders.iter().any(|folder| target.starts_with(folder)) {
                return Ok(Some(path));
            }
        }
        Ok(None)
    }

    /// Whether something of it is on S3.
    pub fn is_remote(&self) -> bool {
        self.paths().iter().any(|path| is_address(path))
    }

    /// What of it is on this machine.
    pub(super) fn here(&self) -> Self {
        match self {
            Self::Folder(path) if is_address(path) => Self::Files(vec![]),
            Self::Files(paths) => Self::Files(paths.iter().filter(|path| !is_address(path)).cloned().collect()),
            Self::Folder(_) | Self::Fetched(_) => self.clone(),
        }
    }

    /// What was asked for, path by path.
    pub(super) fn paths(&self) -> &[PathBuf] {
        match self.asked() {
            Self::Folder(path) => std::slice::from_ref(path),
            Self::Files(paths) => paths,
            Self::Fetched(_) => &[],
        }
    }

    /// The folders that are looked through.
    fn folders(&self) -> Vec<&Path> {
        match self {
            Self::Fetched(remote) => remote.here.folders(),
            Self::Folder(path) => vec![path],
            Self::Files(paths) => paths.iter().filter(|path| path.is_dir()).map(PathBuf::as_path).collect(),
        }
    }
}

/// Where a path leads: absolute, and without links as far as it is there.
///
/// # Errors
/// When not even its top can be looked into.
pub fn real_path(path: &Path) -> io::Result<PathBuf> {
    let absolute = std::path::absolute(path)?;
    let mut missing: Vec<OsString> = vec![];
    let mut there = absolute.as_path();
    loop {
        match (fs::canonicalize(there), there.parent()) {
            (Ok(mut real), _) => {
                for part in missing.iter().rev() {
                    match Path::new(part).components().next() {
                        Some(Component::ParentDir) => drop(real.pop()),
                        _ => real.push(part),
                    }
                }
                return Ok(real);
            }
            (Err(error), None) => return Err(error),
            (Err(_), Some(parent)) => {
                missing.extend(there.components().next_back().map(|part| part.as_os_str().to_owned()));
                there = parent;
            }
        }
    }
}
