//! Every choice that changes a result. Equal recipe and equal landing files mean equal bytes out.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::{CheckId, CheckOverride, Dataset, OwnerRules, Withdrawn, format};

/// The choices of one curation. The default is the specification's: research consent present, whatever its date,
/// duplicates kept, machine learning joined on the time stamp alone, nobody withdrawn.
///
/// As JSON: `{"purpose": "research", "consent_date": false, "as_of": null, "duplicates": "keep", "join": "timestamp",
/// "tolerance_ms": 0, "withdrawn": [], "checks": {}}`; a key that is left out has its default, a key that is not known is
/// an error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Recipe {
    /// Whose consent counts.
    pub purpose: Purpose,
    /// Keep a motion only if it was taken at or after its customer's consent, and so each row to learn from.
    pub consent_date: bool,
    /// Only consents given at or before this instant count, in milliseconds since 1970-01-01 00:00 UTC: what was
    /// allowed on that day. None: all that were ever given.
    pub as_of: Option<i64>,
    /// What happens to rows that are equal in every column.
    pub duplicates: Duplicates,
    /// How distances and motions are paired.
    pub join: JoinRule,
    /// How far apart a distance and a motion may be under [`JoinRule::Nearest`], in milliseconds.
    pub tolerance_ms: u32,
    /// Customers who withdrew: they and their readings are in no table that is made.
    pub withdrawn: Withdrawn,
    /// What it takes for a device to be somebody's, and what was decided beside that.
    pub owners: OwnerRules,
    /// What is changed of the weights and thresholds of a review's checks. It changes no table.
    pub checks: BTreeMap<CheckId, CheckOverride>,
}

/// With whom a customer may have agreed to share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    #[default]
    Research,
    Public,
    Friends,
}

impl Purpose {
    /// All purposes, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Research, Self::Public, Self::Friends];

    /// The name in a recipe and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Research => "research",
            Self::Public => "public",
            Self::Friends => "friends",
        }
    }
}

/// What happens to rows of one landing table that are equal in every column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duplicates {
    /// They all stay.
    #[default]
    Keep,
    /// The first stays.
    Drop,
}

/// How a distance reading finds the motion that belongs to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JoinRule {
    /// Same time stamp, whoever moved: the specification's rule, which pairs strangers that moved at one instant.
    #[default]
    Timestamp,
    /// Same time stamp, and the motion is that of the customer whose record carries the device's serial number.
    Owner,
    /// Same time stamp, and the motion is that of the customer whose phone shares the device's instants, whatever the
    /// records say.
    InferredOwner,
    /// The nearest time stamp within a tolerance, and the motion is that of the customer whose record carries the device's
    /// serial number.
    Nearest,
}

impl JoinRule {
    /// All rules, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Timestamp, Self::Owner, Self::InferredOwner, Self::Nearest];

    /// The name in a recipe and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Timestamp => "timestamp",
            Self::Owner => "owner",
            Self::InferredOwner => "inferred-owner",
            Self::Nearest => "nearest",
        }
    }

    /// What it is called on the screen.
    pub fn title(self) -> &'static str {
        match self {
            Self::Timestamp => "time stamp",
            Self::Owner => "time stamp and owner",
            Self::InferredOwner => "inferred owner",
            Self::Nearest => "nearest",
        }
    }
}

/// A recipe that cannot be read; the message says which key or value, and where in the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the recipe cannot be read: {0}")]
pub struct RecipeError(String);

impl Recipe {
    /// Reads a recipe from JSON.
    ///
    /// # Errors
    /// When the text is no JSON, has an unknown key or a value that is not allowed; names it with line and column.
    pub fn from_json(text: &str) -> Result<Self, RecipeError> {
        serde_json::from_str(text).map_err(|error| RecipeError(discreet(&error.to_string())))
    }

    /// The choices in a line of words, nothing of the withdrawn but their number.
    pub fn in_words(&self) -> String {
        let mut words = vec![format!("consent for {}", self.purpose.name())];
        if self.consent_date {
            words.push("only motions after consent".to_owned());
        }
        if let Some(instant) = self.as_of {
            words.push(format!("consents given by {}", format::utc(instant).unwrap_or_else(|| instant.to_string())));
        }
        if self.duplicates == Duplicates::Drop {
            words.push("duplicates dropped".to_owned());
        }
        if !self.withdrawn.is_empty() {
            words.push(format!("{} withdrawn", format::thousands(self.withdrawn.len() as u64)));
        }
        words.push(match self.join {
            JoinRule::Timestamp => "joined on the time stamp".to_owned(),
            JoinRule::Owner => "joined on time stamp and owner".to_owned(),
            JoinRule::InferredOwner => "joined on time stamp and inferred owner".to_owned(),
            JoinRule::Nearest => {
                format!(
                    "joined with the owner's nearest reading within {} ms",
                    format::thousands(self.tolerance_ms.into())
                )
            }
        });
        words.join(" · ")
    }

    /// The same under another join rule, with a tolerance that makes a difference where the rule has one.
    #[must_use]
    pub fn joined(&self, join: JoinRule) -> Self {
        /// In milliseconds, where none is given.
        const USEFUL: u32 = 100;
        // Within nothing it would be the rule of time stamp and owner.
        let is_useless = join == JoinRule::Nearest && self.join != join && self.tolerance_ms == 0;
        let tolerance_ms = if is_useless { USEFUL } else { self.tolerance_ms };
        Self { join, tolerance_ms, ..self.clone() }
    }

    /// Whether a text is meant as a recipe and not as landing records, right or wrong: one JSON object with a key of a
    /// recipe and none of a record.
    pub fn is_meant_by(text: &str) -> bool {
        let Ok(object) = serde_json::from_str::<BTreeMap<String, IgnoredAny>>(text) else { return false };
        let known = serde_json::to_value(Self::default()).unwrap_or_default();
        let has = |key: &str| object.keys().any(|other| other.eq_ignore_ascii_case(key));
        object.keys().any(|key| known.get(key).is_some())
            && !Dataset::ALL.iter().flat_map(|dataset| dataset.schema()).any(|column| has(column.name))
    }

    /// The recipe as JSON, every key written out, ending in a line feed.
    pub fn to_json(&self) -> String {
        // Plain enums, numbers and texts under string keys: there is nothing in them that JSON cannot hold.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

/// A message with what it quotes left out, unless it looks like a key or a word of a recipe: an address or a number that
/// came to stand in the wrong place is repeated nowhere.
pub(crate) fn discreet(message: &str) -> String {
    let is_word = |text: &str| {
        text.starts_with(|first: char| first.is_ascii_lowercase())
            && text.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '_' | '-'))
    };
    // What was found comes first, what was expected after it is ours.
    let found = message.rfind(", expected").unwrap_or(message.len());
    // Either kind of quote may stand in what is quoted by the other.
    let quotes = message[..found].find(['`', '"']).and_then(|first| {
        let last = message[..found].rfind(&message[first..=first])?;
        (first < last).then_some(first + 1..last)
    });
    match quotes {
        Some(quoted) if !is_word(&message[quoted.clone()]) => {
            format!("{}•••{}", &message[..quoted.start], &message[quoted.end..])
        }
        _ => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let recipe = Recipe {
            purpose: Purpose::Friends,
            consent_date: true,
            duplicates: Duplicates::Drop,
            join: JoinRule::Nearest,
            tolerance_ms: 250,
            as_of: Some(1_655_564_376_361),
            withdrawn: Withdrawn::parse("ben@example.com,ann@example.com").unwrap(),
            owners: OwnerRules { least_shared: 5, ..OwnerRules::default() },
            checks: BTreeMap::from([(CheckId::FanOut, CheckOverride { threshold: Some(6), severity: None })]),
        };
        assert_eq!(Recipe::from_json(&recipe.to_json()), Ok(recipe));
    }

    #[test]
    fn an_empty_recipe_is_the_specification() {
        assert_eq!(Recipe::from_json("{}"), Ok(Recipe::default()));
    }

    #[test]
    fn checks_are_changed_by_name_and_an_unknown_one_is_named() {
        assert!(Recipe::default().to_json().contains("\"checks\": {}"));
        let recipe = Recipe::from_json(r#"{"checks": {"fan-out": {"severity": "fail"}}}"#).unwrap();
        let rule = CheckId::FanOut.rule(recipe.checks.get(&CheckId::FanOut));
        assert_eq!((rule.severity, rule.threshold), (crate::domain::Severity::Fail, 12));
        let unknown = Recipe::from_json(r#"{"checks": {"fan-uot": {}}}"#).unwrap_err().to_string();
        assert!(unknown.contains("fan-uot"), "{unknown}");
    }

    #[test]
    fn a_recipe_is_told_apart_from_landing_records() {
        for text in [&Recipe::default().to_json(), r#"{"join": "owner"}"#, r#"{"join": 7, "consent-date": true}"#] {
            assert!(Recipe::is_meant_by(text), "{text}");
        }
        for text in [
            "",
            "{}",
            "[]",
            "{\"join\": \"owner\"",
            r#"{"email": "a", "serialNumber": "b"}"#,
            r#"{"serialNumber": "b", "join": "owner"}"#,
            "{\"join\": \"owner\"}\n{\"join\": \"owner\"}",
        ] {
            assert!(!Recipe::is_meant_by(text), "{text}");
        }
    }

    #[test]
    fn a_wrong_key_or_value_is_named() {
        let key = Recipe::from_json(r#"{"consent-date": true}"#).unwrap_err().to_string();
        assert!(key.contains("consent-date") && key.contains("consent_date"), "{key}");
        let value = Recipe::from_json(r#"{"purpose": "marketing"}"#).unwrap_err().to_string();
        assert!(value.contains("marketing") && value.contains("research"), "{value}");
        for text in [
            r#"{"purpose": "ann@example.com"}"#,
            r#"{"consent_date": "Ann` example\" x"}"#,
            r#"{"consent_date": "ann@example.com `x` 555"}"#,
            r#"{"ann@example.com": 1}"#,
            r#"{"join": "555 123"}"#,
        ] {
            let error = Recipe::from_json(text).unwrap_err().to_string();
            assert!(error.contains("•••") && error.contains("line 1"), "{error}");
            assert!(!["ann@", "Ann`", "555"].iter().any(|part| error.contains(part)), "{error}");
        }
        let list = Recipe::from_json(r#"{"withdrawn": "ann@example.com"}"#).unwrap_err().to_string();
        assert!(list.contains("withdrawn") && !list.contains("example"), "{list}");
    }
}
