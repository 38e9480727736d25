//! Why an export was not made, verified or changed.

use std::path::PathBuf;

use super::key::KeyError;
use crate::curation::CurationError;
use crate::domain::format::counted;
use crate::domain::{Cancelled, PackagingError};
use crate::export::ExportError;

/// An export that was not made, or cannot be read. The message says what, where and what to do, and names nobody.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// What was chosen cannot be had.
    #[error(transparent)]
    Packaging(#[from] PackagingError),
    /// The key cannot be had.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The disk, or another file.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// A table could not be made.
    #[error(transparent)]
    Curation(#[from] CurationError),
    /// The engine gave up.
    #[error("the export could not be made: {0}")]
    Engine(#[from] polars::prelude::PolarsError),
    /// The signature is of another recipe or other landing files.
    #[error("the sign-off is of another recipe or of other landing files. Review these first")]
    NotSignedOff,
    /// The list of sides parts customers who hang together.
    #[error(
        "the list of sides parts {} who share a device or a recording. Put them on one side, or leave them out of the list",
        counted(*.0, "customer")
    )]
    Torn(u64),
    /// Something of one side is on another: a defect of this program.
    #[error("nothing was written: something of one side is on another side. Please report this, it must not happen")]
    Leak,
    /// Somebody's e-mail address, name, phone or serial number would have left.
    #[error("nothing was written: {place} would say who somebody is. {advice}")]
    NamesSomebody { place: String, advice: &'static str },
    /// Something is there.
    #[error("{} is there already, and an export never takes the place of something unasked. Choose another folder, or say --replace", .0.display())]
    Exists(PathBuf),
    /// What is there is no export.
    #[error("{} is not an export of this program, so it is not replaced. Choose another folder", .0.display())]
    NotOurs(PathBuf),
    /// An export that is to be replaced has something else in it.
    #[error("{} has {name} in it, which is not of the export and would be lost. Move it elsewhere first", path.display())]
    Holds { path: PathBuf, name: String },
    /// Keys would lie in it.
    #[error(
        "the keys must not lie in the export, {}: whoever gets one would have the other. Choose another folder",
        .0.display()
    )]
    KeyInside(PathBuf),
    /// A path without a name.
    #[error("{} cannot be the folder of an export. Give a folder that is not there yet", .0.display())]
    NoPlace(PathBuf),
    /// Where an export should be is none.
    #[error("{} is no export that can be read: {why}", path.display())]
    NotAnExport { path: PathBuf, why: String },
    /// The key of an export is not here.
    #[error("{}: its key {id} is not here. {advice}", path.display())]
    NoKey { path: PathBuf, id: String, advice: &'static str },
    /// What was exported cannot be understood any more.
    #[error(transparent)]
    Recipe(#[from] crate::domain::RecipeError),
}

impl From<Cancelled> for ReleaseError {
    fn from(cancelled: Cancelled) -> Self {
        ExportError::Cancelled(cancelled).into()
    }
}
