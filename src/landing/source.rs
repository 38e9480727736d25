//! Where landing files come from.

use std::path::PathBuf;

/// A place with landing files.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// A folder, looked through to its depths.
    Folder(PathBuf),
    /// Single files, whose data sets are recognised by their keys.
    Files(Vec<PathBuf>),
}

impl Source {
    /// What it is called on the screen: the folder's name, or the file's, or how many files.
    pub fn name(&self) -> String {
        let last = |path: &PathBuf| {
            path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
        };
        match self {
            Self::Folder(path) => last(path),
            Self::Files(paths) => match paths.as_slice() {
                [path] => last(path),
                paths => format!("{} files", paths.len()),
            },
        }
    }
}
