//! The secret keys of pseudonyms, and where they are kept: outside of every export, for their owner alone.
//!
//! A pseudonym is HMAC-SHA-256 (RFC 2104) of an identity under a key of 256 random bits. Without the key it says nothing;
//! a hash without one would be undone at once by hashing every e-mail address that somebody has a list of.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::domain::Withdrawn;
use crate::domain::format::hexadecimal;
use crate::export::{change_own_file, make_own_folder};

/// The first line of a key file.
const HEAD: &str = "stedi-workbench pseudonym key, version 1: keep it secret";

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// A secret key. It is wiped from memory when it is let go, and nothing prints it.
#[derive(Clone)]
pub struct Key(Zeroizing<[u8; 32]>);

/// A key that cannot be had. The message never says anything of the key itself.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The system has no random bits.
    #[error("no key can be made: the system gives no random numbers ({0})")]
    NoRandom(getrandom::Error),
    /// The disk or its permissions do not allow it.
    #[error("the key file {} cannot be read or written: {why}", path.display())]
    Disk { path: PathBuf, why: String },
    /// Others may read it.
    #[error(
        "the key file {} can be read by others, so it is no secret. `chmod 600` it if nobody has seen it, or take a new key",
        .0.display()
    )]
    NotSecret(PathBuf),
    /// It is something else.
    #[error("{} is no key file of this program", .0.display())]
    NotAKey(PathBuf),
    /// No such key is kept.
    #[error(
        "there is no key {id} in {}: it was thrown away or belongs to somebody else. Give its file, or take a new key",
        folder.display()
    )]
    NotThere { id: String, folder: PathBuf },
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.id())
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

impl Key {
    /// A new one, from the system's random bits.
    ///
    /// # Errors
    /// When the system has none.
    pub fn generate() -> Result<Self, KeyError> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *bytes).map_err(KeyError::NoRandom)?;
        Ok(Self(bytes))
    }

    /// These 32 bytes as a key.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// What it is called where it must not be told: 16 hexadecimal digits that do not say what it is.
    pub fn id(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(b"stedi-workbench key id:");
        hash.update(*self.0);
        hexadecimal(&hash.finalize()[..8])
    }

    /// What stands for a customer: `c_` and the first 32 hexadecimal digits of HMAC-SHA-256 over `customer:` and the
    /// e-mail address, lower case and without white space around it.
    pub fn customer(&self, email: &str) -> String {
        format!("c_{}", &self.mac("customer:", &Withdrawn::folded(email))[..32])
    }

    /// What stands for a device: `d_` and the first 32 hexadecimal digits of HMAC-SHA-256 over `device:` and the serial
    /// number, lower case and without white space around it.
    pub fn device(&self, serial: &str) -> String {
        format!("d_{}", &self.mac("device:", &Withdrawn::folded(serial))[..32])
    }

    /// By how much a customer's instants are moved, in milliseconds: a day to a year either way. Not by whole days, which
    /// would leave the time of day, and so tell who somebody is by the instant of one reading.
    pub(super) fn shift(&self, email: &str) -> i64 {
        let digits = self.mac("shift:", &Withdrawn::folded(email));
        let number = i64::from_str_radix(&digits[..15], 16).unwrap_or(1);
        let most = 364 * DAY;
        let moved = number % (2 * most) - most;
        if moved >= 0 { moved + DAY } else { moved - DAY }
    }

    /// What proves that a text is as it was when the key's owner wrote it.
    pub(super) fn seal(&self, text: &str) -> String {
        self.mac("manifest:", text)
    }

    fn mac(&self, kind: &str, text: &str) -> String {
        // A key of any length is taken.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&*self.0) else { return "0".repeat(64) };
        mac.update(kind.as_bytes());
        mac.update(text.as_bytes());
        hexadecimal(&mac.finalize().into_bytes())
    }

    /// Writes it to a file for its owner alone.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn save(&self, path: &Path) -> Result<(), KeyError> {
        let text = Zeroizing::new(format!("{HEAD}\n{}\n", *Zeroizing::new(hexadecimal(&*self.0))));
        let why = |why: String| KeyError::Disk { path: path.to_owned(), why };
        change_own_file(path, |_| text.as_bytes()).map_err(|error| why(error.to_string()))
    }

    /// Reads it from a file that nobody else may read.
    ///
    /// # Errors
    /// When it cannot be read, others may read it, or it is something else.
    pub fn load(path: &Path) -> Result<Self, KeyError> {
        let disk = |error: std::io::Error| KeyError::Disk { path: path.to_owned(), why: error.to_string() };
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            if fs::metadata(path).map_err(disk)?.permissions().mode() & 0o077 != 0 {
                return Err(KeyError::NotSecret(path.to_owned()));
            }
        }
        let not_a_key = || KeyError::NotAKey(path.to_owned());
        let bytes = Zeroizing::new(fs::read(path).map_err(disk)?);
        let text = std::str::from_utf8(&bytes).map_err(|_| not_a_key())?;
        let digits = text.strip_prefix(HEAD).ok_or_else(not_a_key)?.trim();
        if digits.len() != 64 || !digits.is_ascii() {
            return Err(not_a_key());
        }
        let mut key = Zeroizing::new([0; 32]);
        for (byte, at) in key.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&digits[at..at + 2], 16).map_err(|_| not_a_key())?;
        }
        Ok(Self(key))
    }
}

/// The folder of a user's keys, each in a file that has its id for a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyStore(PathBuf);

impl KeyStore {
    /// The keys of this folder; it is made when the first one is kept.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self(folder.into())
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.0
    }

    /// The file of a key.
    pub fn path(&self, id: &str) -> PathBuf {
        self.0.join(format!("{id}.key"))
    }

    /// Keeps a key.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn keep(&self, key: &Key) -> Result<(), KeyError> {
        make_own_folder(&self.0).map_err(|error| KeyError::Disk { path: self.0.clone(), why: error.to_string() })?;
        key.save(&self.path(&key.id()))
    }

    /// The key of an id.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub fn get(&self, id: &str) -> Result<Key, KeyError> {
        let path = self.path(id);
        if !is_id(id) || !path.exists() {
            return Err(KeyError::NotThere { id: id.to_owned(), folder: self.0.clone() });
        }
        let key = Key::load(&path)?;
        if key.id() == id { Ok(key) } else { Err(KeyError::NotAKey(path)) }
    }

    /// The ids of the keys that are kept, in order.
    pub fn ids(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(&self.0) else { return vec![] };
        let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let mut ids: Vec<String> =
            names.filter_map(|name| name.strip_suffix(".key").filter(|id| is_id(id)).map(str::to_owned)).collect();
        ids.sort_unstable();
        ids
    }

    /// Throws a key away: what was exported under it can be linked with nothing any more.
    ///
    /// # Errors
    /// When there is none, or the disk refuses.
    pub fn discard(&self, id: &str) -> Result<(), KeyError> {
        let path = self.path(id);
        if !is_id(id) || !path.exists() {
            return Err(KeyError::NotThere { id: id.to_owned(), folder: self.0.clone() });
        }
        // Some file systems keep what a removed file held: write over it first.
        fs::write(&path, vec![b'0'; HEAD.len() + 66])
            .and_then(|()| fs::remove_file(&path))
            .map_err(|error| KeyError::Disk { path, why: error.to_string() })
    }
}

fn is_id(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pseudonyms_are_hmac_sha_256_as_published() {
        // RFC 4231, test case 1, is of a key of 20 bytes; this is the same function with 32, checked with OpenSSL:
        // printf 'customer:ann@example.com' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0b…0b
        let key = Key::from_bytes([11; 32]);
        assert_eq!(key.customer(" Ann@Example.com "), key.customer("ann@example.com"));
        assert_eq!(key.customer("ann@example.com"), "c_1214ebe68fab618529c36e898b1c7513");
        assert_ne!(key.customer("a")[2..], key.device("a")[2..]);
        assert_ne!(key.customer("a"), Key::from_bytes([12; 32]).customer("a"));
    }

    #[test]
    fn shifts_are_large_and_keep_no_time_of_day() {
        let key = Key::from_bytes([1; 32]);
        let shifts: Vec<i64> = (0..5_000).map(|n| key.shift(&n.to_string())).collect();
        assert!(shifts.iter().all(|shift| (DAY..=365 * DAY).contains(&shift.abs())));
        let different = |of: &dyn Fn(i64) -> i64| {
            shifts.iter().map(|&shift| of(shift)).collect::<std::collections::BTreeSet<_>>().len()
        };
        assert!(different(&|shift| shift % DAY) > 4_900 && different(&|shift| shift % 1_000) > 900);
        assert!(shifts.iter().any(|shift| *shift < -300 * DAY) && shifts.iter().any(|shift| *shift > 300 * DAY));
    }

    #[test]
    fn a_kept_key_is_secret_found_by_its_id_and_can_be_thrown_away() {
        let folder = tempfile::tempdir().unwrap();
        let store = KeyStore::at(folder.path().join("keys"));
        let key = Key::generate().unwrap();
        store.keep(&key).unwrap();
        assert_eq!((store.get(&key.id()).unwrap(), store.ids()), (key.clone(), vec![key.id()]));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(store.folder()), mode(&store.path(&key.id()))), (0o700, 0o600));
            fs::set_permissions(store.path(&key.id()), fs::Permissions::from_mode(0o644)).unwrap();
            assert!(matches!(store.get(&key.id()), Err(KeyError::NotSecret(_))));
        }
        store.discard(&key.id()).unwrap();
        assert!(matches!(store.get(&key.id()), Err(KeyError::NotThere { .. })));
        assert!(matches!(store.discard(&key.id()), Err(KeyError::NotThere { .. })));
    }

    #[test]
    fn nothing_prints_a_key() {
        let key = Key::from_bytes([0xab; 32]);
        let said = format!("{key:?} {}", key.id());
        assert!(!said.contains("abab") && said.contains(&key.id()));
    }

    #[test]
    fn other_files_are_no_keys() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.key");
        for content in ["", "hello", &format!("{HEAD}\nzz"), &format!("{HEAD}\n{}", "é".repeat(32))] {
            change_own_file(&path, |_| content.as_bytes()).unwrap();
            assert!(matches!(Key::load(&path), Err(KeyError::NotAKey(_))), "{content}");
        }
    }
}
