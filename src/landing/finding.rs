//! What is remarkable about a delivery beyond single records.

use std::fmt;

use crate::domain::Dataset;
use crate::domain::format::counted;

/// A remark on a whole file or data set. `file` is the file's name as in [`super::LandingFile::name`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// No file of this data set was found, or none with a record that can be read.
    MissingDataset { dataset: Dataset },
    /// The file has no bytes.
    EmptyFile { file: String },
    /// The file has bytes, but no record that can be read.
    NothingReadable { file: String, dataset: Option<Dataset> },
    /// The records of the file look like those of another data set than its folder says.
    LooksLike { file: String, says: Dataset, looks_like: Dataset },
    /// A kind of file that is not read.
    UnreadableKind { file: String, kind: String },
    /// Neither its folder nor its keys say which data set a file belongs to.
    UnknownDataset { file: String },
    /// The file could not be opened or read to its end, or its compression is damaged.
    ReadFailed { file: String, error: String },
    /// The file was changed while it was read, so that what was read may be of neither state.
    ChangedMeanwhile { file: String },
    /// Instants that are seconds since 1970 where milliseconds belong. They are not converted.
    LooksLikeSeconds { dataset: Dataset, column: &'static str, rows: u64 },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingDataset { dataset } => {
                write!(f, "No {} record was found; its tables are empty.", dataset.title().to_lowercase())
            }
            Self::EmptyFile { file } => write!(f, "{file} is empty."),
            Self::NothingReadable { file, .. } => write!(f, "Nothing in {file} can be read as a landing record."),
            Self::LooksLike { file, says, looks_like } => write!(
                f,
                "{file} lies in the folder of {}, but has the keys of {}. Move it there.",
                says.name(),
                looks_like.name()
            ),
            Self::UnreadableKind { file, kind } => write!(
                f,
                "{file} was not read: {kind}. JSON, CSV and Parquet are read, JSON and CSV also as .gz or .zst."
            ),
            Self::UnknownDataset { file } => {
                write!(f, "{file} was not read: neither its folder nor its keys say which data set it belongs to.")
            }
            Self::ReadFailed { file, error } => write!(f, "{file} could not be read to its end: {error}."),
            Self::ChangedMeanwhile { file } => {
                write!(f, "{file} was changed while it was read. Read it again once nobody writes to it.")
            }
            Self::LooksLikeSeconds { dataset, column, rows } => write!(
                f,
                "{} of {column} in {} look like seconds; milliseconds belong there. They were kept as they are.",
                counted(*rows, "value"),
                dataset.name()
            ),
        }
    }
}
