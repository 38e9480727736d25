//! What can be wrong with a landing feed, by name: each of these was seen in a delivery, or was told of.
//!
//! A defect has a share: of the customers, of the readings or of the files. Defects do not know of one another, so
//! any of them can be combined, and switching one on leaves every other record as it was. Of the files, at least
//! one has the defect however small the share.

use std::fmt;
use std::str::FromStr;

use super::share::Share;

/// A way in which generated landing files are wrong on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Defect {
    ReusedSerials,
    MissingSerials,
    BlankConsents,
    PhoneNumbers,
    UnknownUsers,
    UnknownDevices,
    DuplicateReadings,
    DuplicateFiles,
    TruncatedFiles,
    EmptyFiles,
    BackToBack,
    OtherKeys,
    WindowsText,
    Seconds,
    Compressed,
}

/// Which defects, and how much of each. None by default.
///
/// Read from text such as `reused-serials,truncated-files=0.1`; `none` and `all` (every defect with its usual
/// share) are understood too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Defects {
    shares: [Option<Share>; Defect::ALL.len()],
}

/// Text that names no set of defects.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DefectsError {
    /// No defect is called so.
    #[error("there is no defect named {0:?}; known are: {names}, and all, none", names = Defect::names())]
    Unknown(String),
    /// The share is no number, or none that a share can be.
    #[error("the share of {name} must be more than 0 and at most 1, such as {name}=0.1, not {share:?}")]
    Share {
        /// The defect.
        name: &'static str,
        /// What stood behind the equals sign.
        share: String,
    },
}

impl Defect {
    /// All defects, in the order in which help lists them.
    pub const ALL: [Self; 15] = [
        Self::ReusedSerials,
        Self::MissingSerials,
        Self::BlankConsents,
        Self::PhoneNumbers,
        Self::UnknownUsers,
        Self::UnknownDevices,
        Self::DuplicateReadings,
        Self::DuplicateFiles,
        Self::TruncatedFiles,
        Self::EmptyFiles,
        Self::BackToBack,
        Self::OtherKeys,
        Self::WindowsText,
        Self::Seconds,
        Self::Compressed,
    ];

    /// The name on the command line.
    pub const fn name(self) -> &'static str {
        self.describe().0
    }

    /// The share that is taken when none is given.
    pub const fn usual_share(self) -> Share {
        Share::of_millionths(self.describe().1)
    }

    /// One sentence that says what is wrong, and what the share is of.
    pub const fn explanation(self) -> &'static str {
        self.describe().2
    }

    const fn describe(self) -> (&'static str, u32, &'static str) {
        match self {
            Self::ReusedSerials => (
                "reused-serials",
                1_000_000,
                "The same 30 serial numbers stand on this share of the customer records; the devices send the right ones.",
            ),
            Self::MissingSerials => {
                ("missing-serials", 50_000, "This share of the customer records has no serial number at all.")
            }
            Self::BlankConsents => (
                "blank-consents",
                200_000,
                "This share of the consents that were not given is written as \"\", null or 0 instead of left out.",
            ),
            Self::PhoneNumbers => {
                ("phone-numbers", 500_000, "This share of the phone numbers is written as a number instead of a text.")
            }
            Self::UnknownUsers => (
                "unknown-users",
                20_000,
                "For this share of the customers there is one more user, who has readings but no customer record.",
            ),
            Self::UnknownDevices => (
                "unknown-devices",
                20_000,
                "For this share of the customers there is one more device, which stands on no customer record.",
            ),
            Self::DuplicateReadings => (
                "duplicate-readings",
                10_000,
                "This share of the instants is delivered twice, its distance and its motions alike.",
            ),
            Self::DuplicateFiles => {
                ("duplicate-files", 100_000, "This share of the files is delivered twice, again under another name.")
            }
            Self::TruncatedFiles => (
                "truncated-files",
                100_000,
                "This share of the files is cut off in the middle of an object, at a multiple of 4,096 bytes.",
            ),
            Self::EmptyFiles => ("empty-files", 100_000, "Beside this share of the files lies another one of 0 bytes."),
            Self::BackToBack => {
                ("back-to-back", 250_000, "In this share of the files no line break stands between the objects.")
            }
            Self::OtherKeys => (
                "other-keys",
                250_000,
                "This share of the files spells keys as another delivery did: timeStamp, and elsewhere all lower case.",
            ),
            Self::WindowsText => (
                "windows-text",
                250_000,
                "This share of the files starts with a byte order mark and ends its lines with CR and LF.",
            ),
            Self::Seconds => {
                ("seconds", 100_000, "In this share of the files all times are in seconds where milliseconds belong.")
            }
            Self::Compressed => (
                "compressed",
                250_000,
                "This share of the files is compressed (.json.gz); such files are never cut off.",
            ),
        }
    }

    /// Which of the first three files, which are one of each data set, has the defect first: customer,
    /// accelerometer, step trainer.
    pub(super) const fn first_file(self) -> u64 {
        match self {
            Self::Compressed | Self::OtherKeys => 0,
            Self::TruncatedFiles | Self::WindowsText => 2,
            _ => 1,
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|defect| defect.name() == name)
    }

    fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }
}

impl Defects {
    /// These defects, and one more.
    #[must_use]
    pub fn with(mut self, defect: Defect, share: Share) -> Self {
        self.shares[defect as usize] = Some(share);
        self
    }

    /// The share of a defect that was asked for.
    pub fn share(&self, defect: Defect) -> Option<Share> {
        self.shares[defect as usize]
    }

    /// Every known defect with its usual share and its explanation, a line each, for `--help`.
    pub fn help() -> String {
        let line = |defect: Defect| {
            let name = format!("{}={}", defect.name(), defect.usual_share());
            format!("  {name:<24}  {}\n", defect.explanation())
        };
        Defect::ALL.map(line).concat()
    }

    /// The share in millionths, 0 if it was not asked for.
    pub(super) fn millionths(&self, defect: Defect) -> u32 {
        self.share(defect).map_or(0, Share::millionths)
    }

    /// Whether the `opened`-th file of the generation has this defect.
    pub(super) fn in_file(&self, defect: Defect, opened: u64) -> bool {
        self.share(defect).is_some_and(|share| share.takes_file(defect.first_file(), opened))
    }
}

impl FromStr for Defects {
    type Err = DefectsError;

    fn from_str(text: &str) -> Result<Self, DefectsError> {
        let mut defects = Self::default();
        for word in text.split(',').map(str::trim).filter(|word| !word.is_empty() && *word != "none") {
            if word == "all" {
                defects.shares = Defect::ALL.map(|defect| Some(defect.usual_share()));
                continue;
            }
            let (name, share) = word.split_once('=').map_or((word, None), |(name, share)| (name.trim(), Some(share)));
            let defect = Defect::named(name).ok_or_else(|| DefectsError::Unknown(name.to_owned()))?;
            let share = match share.map(str::trim) {
                None => defect.usual_share(),
                Some(share) => {
                    share.parse().map_err(|_| DefectsError::Share { name: defect.name(), share: share.to_owned() })?
                }
            };
            defects = defects.with(defect, share);
        }
        Ok(defects)
    }
}

impl fmt::Display for Defects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = Defect::ALL.into_iter().filter_map(|defect| Some((defect.name(), self.share(defect)?)));
        let words: Vec<String> = named.map(|(name, share)| format!("{name}={share}")).collect();
        f.write_str(if words.is_empty() { "none".to_owned() } else { words.join(",") }.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defects_are_read_by_name_with_or_without_a_share() {
        let defects: Defects = " reused-serials, truncated-files=0.25,none ".parse().unwrap();
        assert_eq!(defects.share(Defect::ReusedSerials), Some(Defect::ReusedSerials.usual_share()));
        assert_eq!(defects.share(Defect::TruncatedFiles), Some(Share::of_millionths(250_000)));
        assert_eq!(defects.share(Defect::Seconds), None);
        assert_eq!(defects.to_string(), "reused-serials=1,truncated-files=0.25");
        assert_eq!(defects.to_string().parse(), Ok(defects));
        assert_eq!("".parse(), Ok(Defects::default()));
        let all: Defects = "all,seconds=1".parse().unwrap();
        assert!(Defect::ALL.into_iter().all(|defect| all.share(defect).is_some()));
        assert_eq!(all.share(Defect::Seconds), Some(Share::of_millionths(1_000_000)));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        let error = "reused-serial".parse::<Defects>().unwrap_err().to_string();
        assert!(error.contains("\"reused-serial\"") && error.contains("reused-serials, missing-serials"), "{error}");
        for share in ["0", "1.1", "-1", "NaN", "", "half", "0.0000001"] {
            let error = format!("seconds={share}").parse::<Defects>().unwrap_err().to_string();
            assert!(error.contains("seconds") && error.contains(&format!("{share:?}")), "{error}");
        }
    }

    #[test]
    fn names_are_unique_and_positions_are_those_of_the_list() {
        for (position, defect) in Defect::ALL.into_iter().enumerate() {
            assert_eq!(defect as usize, position);
            assert_eq!(Defect::named(defect.name()), Some(defect));
            assert!(defect.explanation().ends_with('.'));
            assert!(Defects::help().contains(defect.name()));
        }
    }
}
