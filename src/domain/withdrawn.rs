//! Customers who withdrew: e-mail addresses and serial numbers, as they were typed or came in a file.

use std::fmt;
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The list of those who withdrew, each by an e-mail address or a serial number. Trimmed, without blanks and
/// repetitions, sorted: equal lists are equal recipes. Cloning is cheap.
///
/// It says who somebody is: nothing prints it, not even [`fmt::Debug`].
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Withdrawn(Arc<[String]>);

/// A list that cannot be taken. The message says where and why, never what stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WithdrawnError {
    /// An entry that is longer than any address.
    #[error("line {line} of the list of withdrawn customers has an entry of more than {most} characters. \
             Give one e-mail address or serial number a line, or separate them by commas", most = Withdrawn::LONGEST)]
    TooLong { line: usize },
    /// An entry with a control character, as in a file that is no text.
    #[error(
        "line {line} of the list of withdrawn customers has a character that no e-mail address and no serial \
             number has. Give a text file, one entry a line"
    )]
    NotText { line: usize },
    /// More entries than anybody types or keeps.
    #[error("the list of withdrawn customers has more than {most} entries. Split it", most = Withdrawn::MOST)]
    TooMany,
}

impl Withdrawn {
    /// The most entries of a list.
    pub const MOST: usize = 1_000_000;
    /// The most characters of an entry: those of the longest e-mail address that there can be.
    pub const LONGEST: usize = 320;

    /// Reads a list: one entry a line, or several separated by commas, in quotation marks or not. A line that
    /// starts with `#` is a comment, and so is what follows a `#` behind white space.
    ///
    /// # Errors
    /// When an entry cannot be an e-mail address or a serial number, or there are too many; names the line.
    pub fn parse(text: &str) -> Result<Self, WithdrawnError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let numbered = text.lines().enumerate().map(|(number, line)| (number + 1, without_comment(line)));
        Self::checked(numbered.flat_map(|(number, line)| line.split(',').map(move |entry| (number, unquoted(entry)))))
    }

    /// These entries and those of another list.
    ///
    /// # Errors
    /// When there are too many.
    pub fn and(&self, other: &Self) -> Result<Self, WithdrawnError> {
        Self::checked(self.0.iter().chain(other.0.iter()).map(|entry| (0, entry.as_str())))
    }

    /// These entries and one more, taken as it is: commas and number signs in it are its own.
    ///
    /// # Errors
    /// When it cannot be an e-mail address or a serial number, or there are too many.
    pub fn with(&self, entry: &str) -> Result<Self, WithdrawnError> {
        Self::checked(self.entries().chain([entry]).map(|entry| (0, entry)))
    }

    /// These entries without one.
    #[must_use]
    pub fn without(&self, entry: &str) -> Self {
        Self(self.entries().filter(|other| *other != entry).map(str::to_owned).collect())
    }

    /// The entries, sorted.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nobody withdrew.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is compared of an entry and of what landed: neither case nor white space around it tells two people
    /// apart. In doubt they are the same, since a withdrawal that is missed is worse than a reading too few.
    pub fn folded(identity: &str) -> String {
        identity.trim().to_lowercase()
    }

    fn checked<'a>(numbered: impl Iterator<Item = (usize, &'a str)>) -> Result<Self, WithdrawnError> {
        let mut entries = vec![];
        for (line, entry) in numbered.map(|(line, entry)| (line, entry.trim())).filter(|(_, entry)| !entry.is_empty()) {
            if entry.chars().count() > Self::LONGEST {
                return Err(WithdrawnError::TooLong { line });
            }
            if entry.chars().any(char::is_control) {
                return Err(WithdrawnError::NotText { line });
            }
            entries.push(entry.to_owned());
        }
        entries.sort_unstable();
        entries.dedup();
        if entries.len() > Self::MOST {
            return Err(WithdrawnError::TooMany);
        }
        Ok(Self(entries.into()))
    }
}

/// A `#` can be part of an e-mail address, but not at its start behind white space.
fn without_comment(line: &str) -> &str {
    let starts = |&(at, _): &(usize, &str)| line[..at].chars().next_back().is_none_or(char::is_whitespace);
    line.match_indices('#').find(starts).map_or(line, |(at, _)| &line[..at])
}

fn unquoted(entry: &str) -> &str {
    let entry = entry.trim();
    entry.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(entry)
}

impl fmt::Debug for Withdrawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Withdrawn({} entries)", self.len())
    }
}

impl Serialize for Withdrawn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.entries())
    }
}

/// By hand, because an error that serde writes says what stood there.
impl<'de> Deserialize<'de> for Withdrawn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let no_list = || D::Error::custom("withdrawn must be an array of texts, e-mail addresses or serial numbers");
        let value = serde_json::Value::deserialize(deserializer)?;
        let entries = value.as_array().ok_or_else(no_list)?;
        let texts: Vec<&str> =
            entries.iter().map(|entry| entry.as_str().ok_or_else(no_list)).collect::<Result<_, _>>()?;
        let numbered = texts.into_iter().enumerate().map(|(position, entry)| (position + 1, entry));
        Self::checked(numbered).map_err(|error| match error {
            WithdrawnError::TooLong { line } | WithdrawnError::NotText { line } => {
                D::Error::custom(format_args!("entry {line} of withdrawn is no e-mail address and no serial number"))
            }
            WithdrawnError::TooMany => D::Error::custom(error),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(text: &str) -> Vec<String> {
        Withdrawn::parse(text).unwrap().entries().map(str::to_owned).collect()
    }

    #[test]
    fn a_list_is_trimmed_sorted_and_without_repetitions() {
        let text = "\u{feff}# who left\r\n ben@example.com \r\n\r\nann@example.com, d1,,\"d2\"\t# by letter\nd1\n";
        assert_eq!(entries(text), ["ann@example.com", "ben@example.com", "d1", "d2"]);
        assert_eq!(entries("a#b@example.com"), ["a#b@example.com"]);
        assert_eq!(Withdrawn::parse("b\na"), Withdrawn::parse("a,b,a"));
        assert!(Withdrawn::parse(" \n# nobody\n").unwrap().is_empty());
    }

    #[test]
    fn an_entry_is_added_and_taken_off_as_it_is() {
        let list = Withdrawn::parse("b@example.com").unwrap();
        let odd = "\"a, #1\"@example.com";
        let both = list.with(odd).unwrap();
        assert_eq!(both.entries().collect::<Vec<_>>(), [odd, "b@example.com"]);
        assert_eq!(both.with(odd).unwrap(), both);
        assert_eq!(both.without(odd), list);
        assert!(list.with("two\nlines").is_err() && list.without("b@example.com").is_empty());
    }

    #[test]
    fn what_is_no_list_is_refused_by_its_line() {
        let long = Withdrawn::parse(&format!("a\n{}", "x".repeat(321))).unwrap_err();
        assert_eq!(long, WithdrawnError::TooLong { line: 2 });
        let binary = Withdrawn::parse("a\nPAR1\u{0}x").unwrap_err().to_string();
        assert!(binary.contains("line 2") && !binary.contains("PAR1"), "{binary}");
    }

    #[test]
    fn nothing_tells_who_is_on_the_list() {
        let list = Withdrawn::parse("ann@example.com").unwrap();
        assert_eq!(format!("{list:?}"), "Withdrawn(1 entries)");
        for json in [r#""ann@example.com""#, r#"["ann@example.com", 7]"#, r#"{"ann@example.com": 1}"#, "5"] {
            let error = serde_json::from_str::<Withdrawn>(json).unwrap_err().to_string();
            assert!(error.contains("array of texts") && !error.contains("ann"), "{error}");
        }
    }

    #[test]
    fn lists_are_put_together() {
        let (one, other) = (Withdrawn::parse("b,c").unwrap(), Withdrawn::parse("a,b").unwrap());
        assert_eq!(one.and(&other), Withdrawn::parse("a,b,c"));
    }
}
