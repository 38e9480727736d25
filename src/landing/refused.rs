//! Records that could not be read: where they lie and why, never what they say.

use std::fmt;

use crate::domain::Dataset;

/// A record, or a run of stray bytes, that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The position of its file in [`super::Landing::files`].
    pub file: u32,
    /// The data set of that file.
    pub dataset: Option<Dataset>,
    /// Where it starts, in bytes from the start of the (uncompressed) file; in a Parquet file, the row number.
    pub offset: u64,
    /// How long it is, in bytes; 0 in a Parquet file.
    pub length: u64,
    /// Why it was refused.
    pub reason: RefusedReason,
}

/// Why a record was refused. Columns are named as in the catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RefusedReason {
    /// The file ends in the middle of the record.
    CutOff,
    /// The bytes do not follow the grammar of the format.
    Malformed,
    /// Bytes between records that belong to none.
    StrayBytes,
    /// Objects within objects, too deep to be a landing record.
    TooDeep,
    /// The text is not UTF-8.
    NotUtf8,
    /// A key that is needed is absent, null or blank.
    Missing(&'static str),
    /// A key is there twice, so that its value is not known.
    KeyTwice(&'static str),
    /// A value of the wrong type.
    Mistyped(&'static str),
    /// A number that is not finite.
    NotFinite(&'static str),
    /// A number that its column cannot hold, or an instant outside the years 1970 to 9999.
    OutOfRange(&'static str),
}

impl fmt::Display for RefusedReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CutOff => f.write_str("cut off: the file ends in the middle of the record"),
            Self::Malformed => f.write_str("malformed: the bytes do not follow the grammar of the format"),
            Self::StrayBytes => f.write_str("stray bytes that belong to no record"),
            Self::TooDeep => f.write_str("nested too deeply for a landing record"),
            Self::NotUtf8 => f.write_str("not UTF-8"),
            Self::Missing(column) => write!(f, "{column} is missing"),
            Self::KeyTwice(column) => write!(f, "{column} is given twice"),
            Self::Mistyped(column) => write!(f, "{column} has a value of the wrong type"),
            Self::NotFinite(column) => write!(f, "{column} is not a finite number"),
            Self::OutOfRange(column) => write!(f, "{column} is out of range"),
        }
    }
}
