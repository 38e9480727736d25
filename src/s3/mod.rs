//! Folders on S3, and on stores that speak like it: fetched whole before they are read, written whole or not at all.
//!
//! Nothing here opens a connection unless somebody named an address that begins with `s3://`. Requests run side by side on
//! the thread that asks for them, so this starts no threads of its own. What is fetched goes to a folder and is read there
//! as any other files are; what is written is written to a folder first. So reading and writing know nothing of this.

mod address;
mod error;

#[cfg(feature = "s3")]
mod account;
#[cfg(feature = "s3")]
mod carrier;
#[cfg(feature = "s3")]
mod connection;
#[cfg(feature = "s3")]
mod fetch;
#[cfg(feature = "s3")]
mod send;

#[cfg(not(feature = "s3"))]
mod absent;

pub use address::{Address, is_address};
pub use error::S3Error;

#[cfg(feature = "s3")]
pub use fetch::{fetch, list};
#[cfg(feature = "s3")]
pub use send::{is_free, send};

#[cfg(not(feature = "s3"))]
pub use absent::{fetch, is_free, list, send};

use std::path::PathBuf;

/// What an address turned out to be, fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// Objects below it: here is the folder.
    Folder(PathBuf),
    /// One object: here is the file.
    File(PathBuf),
}

/// The objects below an address as they were listed, to be compared with a later list: name, size, tag, and when it was
/// changed last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing(Vec<(String, u64, Option<String>, i64)>);

/// Which objects are fetched, by their names below the address.
pub type Choose<'a> = &'a (dyn Fn(&[&str]) -> Vec<bool> + Sync);

/// The object that is written last: who sees it sees all the others, whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seal {
    /// A file of those that are written.
    File(&'static str),
    /// `_SUCCESS`, made here: a list of the files with size and SHA-256.
    Success,
}

/// The name of the seal that is made here. Readers of tables pass over names that begin like this.
pub const SUCCESS: &str = "_SUCCESS";
/// The object that lies where something is being written, or was when a run was killed. Readers pass over it as well.
pub const UNFINISHED: &str = ".unfinished";
