//! Landing files on S3: fetched to a folder that is their reader's alone, and read there as any others are.
//!
//! Names, messages and what is remembered are those of the address. The folder is a [`Shelf`]: it goes with the last one who
//! refers to it, and that of a run that was killed goes when the next one begins.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{LandingError, Shelf, Source, find};
use crate::domain::{Dataset, Progress};
use crate::s3::{self, Address, Fetched, Listing, S3Error, is_address};

/// Landing files that were fetched.
#[derive(Clone, Debug)]
pub struct Remote {
    /// What was asked for.
    pub(super) asked: Source,
    /// Where it is now.
    pub(super) here: Source,
    _shelf: Arc<Shelf>,
}

/// Fetches what of a source is on S3 into a folder of its own below `aside`. A source without an address stays as it is, and
/// nothing is asked of any network. Progress counts bytes, and then starts anew.
///
/// # Errors
/// When it cannot be fetched whole, as it was at one time.
pub fn fetch(source: Source, aside: &Path, progress: &Progress) -> Result<Source, LandingError> {
    let paths = match &source {
        Source::Folder(path) => std::slice::from_ref(path),
        Source::Files(paths) => paths.as_slice(),
        Source::Fetched(_) => return Ok(source),
    };
    if !paths.iter().any(|path| is_address(path)) {
        return Ok(source);
    }
    let addresses: Vec<Option<Address>> = paths
        .iter()
        .map(|path| if is_address(path) { Address::parse(path).map(Some) } else { Ok(None) })
        .collect::<Result<_, _>>()
        .map_err(Box::new)?;
    let failed = |error| Box::new(S3Error::Disk { path: aside.to_owned(), error });
    let shelf = Shelf::below(aside).map_err(failed)?;
    let mut here = vec![];
    for (number, (path, address)) in paths.iter().zip(&addresses).enumerate() {
        here.push(match address {
            None => Fetched::File(path.clone()),
            Some(address) => {
                let choose = |names: &[&str]| wanted(address, names);
                // Addresses of the same name do not get in each other's way.
                let into = shelf.folder().join(format!("s3-{number}"));
                s3::fetch(address, &into, &choose, shelf.room(), progress).map_err(|error| match error {
                    S3Error::Cancelled(cancelled) => LandingError::Cancelled(cancelled),
                    error => LandingError::S3(Box::new(error)),
                })?
            }
        });
    }
    let here = match <[Fetched; 1]>::try_from(here) {
        Ok([Fetched::Folder(path)]) => Source::Folder(path),
        Ok([Fetched::File(path)]) => Source::Files(vec![path]),
        Err(here) => {
            Source::Files(here.into_iter().map(|(Fetched::Folder(path) | Fetched::File(path))| path).collect())
        }
    };
    progress.restart();
    Ok(Source::Fetched(Arc::new(Remote { asked: source, here, _shelf: shelf })))
}

/// What lies at each address of a source now, as far as its reader would look at it; none where that cannot be listed.
pub(super) fn listings(source: &Source, progress: &Progress) -> Option<Vec<Listing>> {
    let list = |address: Address| s3::list(&address, &|names| wanted(&address, names), progress).ok();
    addresses(source.paths()).map(list).collect()
}

/// The addresses among paths, as far as they are sound.
pub(super) fn addresses(paths: &[PathBuf]) -> impl Iterator<Item = Address> + '_ {
    paths.iter().filter(|path| is_address(path)).filter_map(|path| Address::parse(path).ok())
}

/// Which objects the reader would look at, by their names below an address. The others need not be fetched.
fn wanted(address: &Address, names: &[&str]) -> Vec<bool> {
    let above: Vec<&str> = address.key.rsplit('/').take(2).collect();
    let has_dataset = |name: &str| Dataset::from_folder_name(name).is_some();
    let is_below_dataset = above.iter().any(|name| has_dataset(name)) || has_dataset(&address.bucket);
    let landing: BTreeSet<&str> = names
        .iter()
        .flat_map(|name| name.match_indices("landing/").map(|(at, _)| &name[..at]))
        .filter(|before| before.is_empty() || before.ends_with('/'))
        .collect();
    let is_wanted = |name: &&str| {
        let mut is_below = is_below_dataset;
        let mut at = 0;
        for part in name.split('/') {
            let is_folder = at + part.len() < name.len();
            let is_zone = is_folder && matches!(part, "trusted" | "curated");
            if find::is_passed_over(part) || is_zone && is_below && landing.contains(&name[..at]) {
                return false;
            }
            is_below |= has_dataset(part);
            at += part.len() + 1;
        }
        true
    };
    names.iter().map(is_wanted).collect()
}

impl PartialEq for Remote {
    /// Fetched twice, it is not the same.
    fn eq(&self, other: &Self) -> bool {
        self.asked == other.asked && self.here == other.here
    }
}

impl Eq for Remote {}

impl std::hash::Hash for Remote {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.asked.hash(state);
        self.here.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen<'a>(address: &str, names: &[&'a str]) -> Vec<&'a str> {
        let address = Address::parse(Path::new(address)).unwrap();
        let wanted = wanted(&address, names);
        names.iter().zip(wanted).filter(|(_, is_wanted)| *is_wanted).map(|(name, _)| *name).collect()
    }

    #[test]
    fn what_the_reader_passes_over_is_not_fetched() {
        let names =
            ["customer/landing/a.json", "customer/trusted/b.json", "customer/_SUCCESS", "customer/.c/d.json", "e.crc"];
        assert_eq!(chosen("s3://lake/stedi", &names), ["customer/landing/a.json"]);
        assert_eq!(chosen("s3://lake/customer", &["landing/a.json", "curated/b.json"]), ["landing/a.json"]);
        assert_eq!(chosen("s3://lake/x", &["trusted/a.json", "landing/b.json"]).len(), 2, "of no data set");
        assert_eq!(chosen("s3://lake/x", &["customer/trusted/a.json"]).len(), 1, "with no landing folder beside it");
    }

    #[test]
    fn what_is_on_the_disk_stays_as_it_is() {
        let source = Source::Folder(PathBuf::from("no/such/folder"));
        assert_eq!(fetch(source.clone(), Path::new("/nowhere"), &Progress::default()).unwrap(), source);
    }
}
