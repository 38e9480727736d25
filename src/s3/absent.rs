//! What a build without S3 says.

use std::path::Path;

use super::{Address, Choose, Fetched, Listing, S3Error, Seal};
use crate::domain::Progress;

fn absent<T>(address: &Address) -> Result<T, S3Error> {
    Err(S3Error::NotBuilt { place: address.to_string() })
}

/// # Errors
/// Always.
pub fn fetch(address: &Address, _: &Path, _: Choose<'_>, _: Option<u64>, _: &Progress) -> Result<Fetched, S3Error> {
    absent(address)
}

/// # Errors
/// Always.
pub fn is_free(address: &Address, _: Seal, _: &Progress) -> Result<(), S3Error> {
    absent(address)
}

/// # Errors
/// Always.
pub fn send(_: &Path, address: &Address, _: Seal, _: &Progress) -> Result<(), S3Error> {
    absent(address)
}

/// # Errors
/// Always.
pub fn list(address: &Address, _: Choose<'_>, _: &Progress) -> Result<Listing, S3Error> {
    absent(address)
}
