//! Why landing files could not be written.

use std::io;
use std::path::{Path, PathBuf};

use crate::domain::Cancelled;

/// Why a generation stopped. What it had written until then is gone again, see [`super::Generator::write`].
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// There are files where the landing files were to go.
    #[error("{} is not empty: choose a new or an empty folder, nothing is ever written over", folder.display())]
    NotEmpty {
        /// That folder.
        folder: PathBuf,
    },
    /// Not one customer was asked for.
    #[error("there is nothing to generate for 0 customers")]
    NoCustomers,
    /// The disk did not take it.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// Somebody asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Says which file or folder an error is about.
pub(super) trait At<T> {
    fn at(self, path: &Path) -> Result<T, GenerateError>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, path: &Path) -> Result<T, GenerateError> {
        self.map_err(|source| GenerateError::Write { path: path.to_owned(), source })
    }
}
