//! The language of the window.

use serde::{Deserialize, Serialize};

/// The language as it was chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    #[default]
    System,
    English,
    German,
}

/// A language that the window can be in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spoken {
    #[default]
    English,
    German,
}

impl Spoken {
    /// The language of a locale such as `de_AT.UTF-8`; English where there is none of its own.
    pub fn of_locale(locale: &str) -> Self {
        match locale.split(['_', '.', '@', '-']).next() {
            Some("de") => Self::German,
            _ => Self::English,
        }
    }
}

impl Language {
    /// What it comes to where the system has this one.
    pub fn spoken(self, system: Spoken) -> Spoken {
        match self {
            Self::System => system,
            Self::English => Spoken::English,
            Self::German => Spoken::German,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_decides_unless_somebody_chose() {
        for (locale, spoken) in [
            ("de_DE.UTF-8", Spoken::German),
            ("de", Spoken::German),
            ("de-CH", Spoken::German),
            ("den_CA", Spoken::English),
            ("C.UTF-8", Spoken::English),
            ("", Spoken::English),
        ] {
            assert_eq!(Spoken::of_locale(locale), spoken, "{locale}");
        }
        assert_eq!(Language::System.spoken(Spoken::German), Spoken::German);
        assert_eq!(Language::English.spoken(Spoken::German), Spoken::English);
        assert_eq!(Language::German.spoken(Spoken::English), Spoken::German);
    }
}
