//! An address on S3: `s3://bucket/folder`.

use std::fmt;
use std::path::Path;

use super::S3Error;

const START: &str = "s3://";

/// A bucket and a place in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    pub bucket: String,
    /// Without `/` at its ends; nothing for the whole bucket.
    pub key: String,
}

/// Whether this is meant to be an address on S3, and not a path on the disk.
pub fn is_address(path: &Path) -> bool {
    path.to_str().is_some_and(|text| text.starts_with(START))
}

impl Address {
    /// What an address says.
    ///
    /// # Errors
    /// When it names no bucket, or a place that cannot be a folder. The message does not repeat it: people put keys of
    /// accounts into addresses.
    pub fn parse(path: &Path) -> Result<Self, S3Error> {
        let text = path.to_str().and_then(|text| text.strip_prefix(START)).ok_or(S3Error::NoAddress)?;
        let (bucket, key) = text.split_once('/').unwrap_or((text, ""));
        let is_sound = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
        if !(3..=63).contains(&bucket.len()) || !bucket.chars().all(is_sound) || bucket.starts_with('.') {
            return Err(S3Error::NoAddress);
        }
        let key = key.trim_matches('/');
        if !key.is_empty() && !is_path(key) {
            return Err(S3Error::NoAddress);
        }
        Ok(Self { bucket: bucket.to_owned(), key: key.to_owned() })
    }

    /// A place below this one.
    #[must_use]
    pub fn join(&self, name: &str) -> Self {
        let key = if self.key.is_empty() { name.to_owned() } else { format!("{}/{name}", self.key) };
        Self { bucket: self.bucket.clone(), key }
    }

    /// Whether a place is this one or lies below it.
    pub fn holds(&self, other: &Self) -> bool {
        let below = || other.key.strip_prefix(&self.key).is_some_and(|rest| rest.starts_with('/'));
        self.bucket == other.bucket && (self.key.is_empty() || self.key == other.key || below())
    }

    /// The last part of it.
    pub fn name(&self) -> &str {
        self.key.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or(&self.bucket)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, into: &mut fmt::Formatter<'_>) -> fmt::Result {
        let between = if self.key.is_empty() { "" } else { "/" };
        write!(into, "{START}{}{between}{}", self.bucket, self.key)
    }
}

/// Whether a key can be a path below a folder on the disk, and leads nowhere else.
pub(super) fn is_path(key: &str) -> bool {
    const LONGEST: usize = 255;
    let is_name = |part: &str| !matches!(part, "" | "." | "..") && part.len() <= LONGEST;
    !key.contains(['\0', '\\']) && key.split('/').all(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<String> {
        Address::parse(Path::new(text)).ok().map(|address| address.to_string())
    }

    #[test]
    fn addresses_are_told_from_paths() {
        assert!(is_address(Path::new("s3://bucket")));
        for path in ["bucket", "./s3://bucket", "/s3/bucket", "s3:/bucket", "S3"] {
            assert!(!is_address(Path::new(path)), "{path}");
        }
    }

    #[test]
    fn an_address_has_a_bucket_and_a_place() {
        assert_eq!(parsed("s3://lake").as_deref(), Some("s3://lake"));
        assert_eq!(parsed("s3://lake/").as_deref(), Some("s3://lake"));
        assert_eq!(parsed("s3://lake/stedi/landing/").as_deref(), Some("s3://lake/stedi/landing"));
        assert_eq!(parsed("s3://lake/a b/ü").as_deref(), Some("s3://lake/a b/ü"));
        for wrong in
            ["s3://", "s3:///landing", "s3://ab", "s3://KEY:SECRET@lake/x", "s3://lake/a//b", "s3://lake/../x", "lake"]
        {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_wrong_with_an_address_is_said_without_repeating_it() {
        let error = Address::parse(Path::new("s3://AKIA123:topsecret@lake/x")).unwrap_err().to_string();
        assert!(error.contains("s3://bucket/folder") && !error.contains("topsecret") && !error.contains("AKIA"));
    }

    #[test]
    fn a_place_holds_what_lies_below_it() {
        let address = |text: &str| Address::parse(Path::new(text)).unwrap();
        let landing = address("s3://lake/landing");
        assert!(landing.holds(&landing) && landing.holds(&landing.join("customer/a.json")));
        assert!(address("s3://lake").holds(&landing));
        for other in ["s3://lake/landing-2", "s3://lake", "s3://other/landing"] {
            assert!(!landing.holds(&address(other)), "{other}");
        }
        assert_eq!((landing.name(), address("s3://lake").name()), ("landing", "lake"));
    }
}
