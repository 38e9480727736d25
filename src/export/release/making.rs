//! An export from start to end: the key first, then the tables, then the list of exports.

use std::path::{Path, PathBuf};

use super::key::{Key, KeyError, KeyStore};
use super::manifest::Manifest;
use super::prepare::prepare;
use super::split::SideList;
use super::{Order, ReleaseError, export};
use crate::curation::Curation;
use crate::domain::{KeyChoice, Packaging, Progress};
use crate::export::History;
use crate::landing::{self, Landing};
use crate::review::{Review, SignedOff, Trail};

/// A key, and what is to become of it.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyInHand {
    key: Key,
    /// Where it is kept; nowhere for one that is thrown away.
    store: Option<KeyStore>,
    /// The file that it was read from, if that is elsewhere.
    file: Option<PathBuf>,
    is_new: bool,
}

impl KeyInHand {
    /// The key that was chosen, among those that are kept. Nothing is written yet.
    ///
    /// # Errors
    /// When it is not there, cannot be read, or the system has no random bits for a new one.
    pub fn of(choice: &KeyChoice, store: &KeyStore) -> Result<Self, KeyError> {
        let (key, is_kept, is_new) = match choice {
            KeyChoice::New => (Key::generate()?, true, true),
            KeyChoice::Kept(id) => (store.get(id)?, true, false),
            KeyChoice::ThrowAway => (Key::generate()?, false, true),
        };
        Ok(Self { key, store: is_kept.then(|| store.clone()), file: None, is_new })
    }

    /// The key in a file, which stays where it is.
    ///
    /// # Errors
    /// When it cannot be read, others may read it, or it is something else.
    pub fn in_file(path: &Path, store: &KeyStore) -> Result<Self, KeyError> {
        let key = Key::load(path)?;
        Ok(Self { key, store: Some(store.clone()), file: Some(path.to_owned()), is_new: false })
    }

    /// The key.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// Whether somebody has it afterwards.
    pub fn is_kept(&self) -> bool {
        self.store.is_some()
    }

    /// The store in which it is new.
    pub fn new_in(&self) -> Option<&KeyStore> {
        self.store.as_ref().filter(|_| self.is_new)
    }

    /// Refuses a place for an export in which its keys would lie: whoever gets one would have the other.
    ///
    /// # Errors
    /// When keys would lie in the export.
    pub fn stays_out_of(&self, place: &Path) -> Result<(), ReleaseError> {
        let Ok(inside) = landing::real_path(place) else { return Ok(()) };
        let mut keys = self.store.iter().map(KeyStore::folder).chain(self.file.as_deref());
        if keys.any(|keys| landing::real_path(keys).is_ok_and(|keys| keys.starts_with(&inside))) {
            return Err(ReleaseError::KeyInside(place.to_owned()));
        }
        Ok(())
    }
}

/// What to make an export of.
#[derive(Clone, Copy, Debug)]
pub struct Making<'a> {
    pub landing: &'a Landing,
    pub curation: &'a Curation,
    pub review: &'a Review,
    pub trail: &'a Trail,
    /// That nothing stands against it.
    pub signed: &'a SignedOff,
    pub packaging: &'a Packaging,
    pub sides: &'a SideList,
    pub key: &'a KeyInHand,
    /// The list in which it is remembered.
    pub history: Option<&'a History>,
    /// In milliseconds since 1970-01-01 00:00 UTC.
    pub when: i64,
}

/// Makes an export, whole or not at all. A new key is kept first: an export whose key is lost by an accident could never be
/// withdrawn from. Progress counts rows and windows.
///
/// # Errors
/// As [`prepare`] and [`export`]; then no new key is kept either.
pub fn make(making: &Making<'_>, place: &Path, replace: bool, progress: &Progress) -> Result<Manifest, ReleaseError> {
    let Making { landing, curation, review, trail, signed, packaging, sides, key, history, when } = *making;
    key.stays_out_of(place)?;
    let prepared = prepare(curation, packaging, key.key(), sides, &progress.part())?;
    let order =
        Order { landing, curation, review, trail, signed, prepared: &prepared, key_is_kept: key.is_kept(), when };
    if let Some(store) = key.new_in() {
        store.keep(key.key())?;
    }
    let made = export(&order, place, replace, progress);
    match &made {
        Ok(manifest) => {
            // A comfort only: where an export lies is also known to who asked for it.
            history.map(|history| history.add(place, manifest).ok());
        }
        Err(_) => {
            key.new_in().map(|store| store.discard(&key.key().id()).ok());
        }
    }
    made
}
