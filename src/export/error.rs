//! Why files could not be written.

use std::io;
use std::path::PathBuf;

use polars::prelude::PolarsError;

use crate::domain::{Cancelled, format};

/// Files that could not be written. The message says what, where and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The disk or its permissions do not allow it.
    #[error("{} cannot be written: {}", path.display(), format::why(error))]
    Write { path: PathBuf, error: io::Error },
    /// The format cannot hold the table.
    #[error("{} cannot be written: {error}", path.display())]
    Format { path: PathBuf, error: PolarsError },
    /// Two runs would take each other's files for their own.
    #[error(
        "another run is writing to {}. Wait until it has ended, or choose another folder",
        folder.display()
    )]
    Busy { folder: PathBuf },
    /// It is no place on this machine.
    #[error("{} is on S3, where only curate and export of the command line write. Choose a place on this machine", path.display())]
    OnS3 { path: PathBuf },
    /// The name does not say which format is wanted.
    #[error("{}: the ending of the name says how it is written, and it must be .csv or .parquet", path.display())]
    Ending { path: PathBuf },
    /// The name does not say how a picture is written.
    #[error("{}: the ending of the name says how it is written, and it must be .svg or .png", path.display())]
    PictureEnding { path: PathBuf },
    /// A picture that cannot be painted.
    #[error("{} cannot be written: {why}", path.display())]
    Picture { path: PathBuf, why: String },
    /// A report that cannot be worked out.
    #[error("{} was not written: {why}", path.display())]
    Report { path: PathBuf, why: String },
    /// It was asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl ExportError {
    /// What an error of the disk at `path` becomes.
    pub(super) fn at(path: &std::path::Path) -> impl Fn(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Write { path: path.clone(), error }
    }
}
