//! Out of the house: tables as files, complete or not there at all.

mod write;

pub use write::{ExportError, Format, write_tables};
