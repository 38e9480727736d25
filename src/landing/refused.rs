//! Records that could not be read: where they lie and why, never what they say.

use std::fmt;

use crate::domain::{Dataset, Schema};

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

impl RefusedReason {
    /// A word for it, to be kept in a file.
    pub(super) fn tag(self) -> String {
        let (word, column) = match self {
            Self::CutOff => ("cut-off", None),
            Self::Malformed => ("malformed", None),
            Self::StrayBytes => ("stray-bytes", None),
            Self::TooDeep => ("too-deep", None),
            Self::NotUtf8 => ("not-utf8", None),
            Self::Missing(column) => ("missing", Some(column)),
            Self::KeyTwice(column) => ("key-twice", Some(column)),
            Self::Mistyped(column) => ("mistyped", Some(column)),
            Self::NotFinite(column) => ("not-finite", Some(column)),
            Self::OutOfRange(column) => ("out-of-range", Some(column)),
        };
        column.map_or_else(|| word.to_owned(), |column| format!("{word}:{column}"))
    }

    /// What a word that was kept stands for.
    pub(super) fn of_tag(tag: &str, schema: Schema) -> Option<Self> {
        let (word, column) = tag.split_once(':').unwrap_or((tag, ""));
        let column = || schema.iter().find(|known| known.name == column).map(|known| known.name);
        Some(match word {
            "cut-off" => Self::CutOff,
            "malformed" => Self::Malformed,
            "stray-bytes" => Self::StrayBytes,
            "too-deep" => Self::TooDeep,
            "not-utf8" => Self::NotUtf8,
            "missing" => Self::Missing(column()?),
            "key-twice" => Self::KeyTwice(column()?),
            "mistyped" => Self::Mistyped(column()?),
            "not-finite" => Self::NotFinite(column()?),
            "out-of-range" => Self::OutOfRange(column()?),
            _ => return None,
        })
    }
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
