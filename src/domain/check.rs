//! The checks of a review: what each is called, how much weight it has, and what a recipe may change of that.
//!
//! What a check says of itself in words is in [`super::check_words`]; how it is computed is in `review/checks`.

use serde::{Deserialize, Serialize};

use super::check_words::{about, group};

/// A check. The list is closed: a trail of acceptances names checks, and must mean the same in every version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckId {
    RecordsReconciled,
    StagesReconciled,
    RecordsRefused,
    FilesUnread,
    RecountCustomerTrusted,
    RecountAccelerometerTrusted,
    RecountStepTrainerTrusted,
    RecountCustomerCurated,
    RecountMachineLearning,
    EmailsUnique,
    SerialNumbersUnique,
    SerialNumbersPresent,
    ValuesPresent,
    MotionsWithoutCustomer,
    CustomersWithoutMotions,
    DistancesWithoutCustomer,
    CustomersWithoutDistances,
    DistancesWithoutMotion,
    MotionsWithoutDistance,
    FanOut,
    ForeignPairs,
    UnknownOwnerPairs,
    ConsentOfCustomers,
    ConsentOfMotions,
    ConsentOfDistances,
    ConsentOfPairedMotions,
    ConsentOfPairedDistances,
    ConsentOfSharedDevices,
    ConsentBeforeReading,
    WithdrawnGone,
    ConsentBeforeRegistration,
    ConsentInFuture,
    DuplicateCustomers,
    DuplicateMotions,
    DuplicateDistances,
    ContradictingDistances,
    MotionsAtOneInstant,
    FilesTwice,
    TablesDoubled,
    UnitsMixed,
    MotionsBeforeRegistration,
    DistancesBeforeRegistration,
    MotionsOutsideSession,
    DistancesOutsideSession,
    MotionsBackwards,
    DistancesBackwards,
    StreamsApart,
    MotionsStuck,
    DistancesStuck,
    MotionsOutOfRange,
    DistancesOutOfRange,
    DistancesNegative,
    ValuesNotFinite,
    UnknownKeys,
    ColumnsNull,
    ColumnsConstant,
    ExpectedCounts,
}

/// What a check is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CheckGroup {
    /// Whether everything that came in is accounted for, and the tables are what the recipe asks for.
    Reconciliation,
    /// Keys that should be unique, and values that should be there.
    Keys,
    /// What the joins match, multiply and mix up.
    Joins,
    /// Whose readings may be used.
    Consent,
    /// What is there more than once.
    Duplicates,
    /// Instants that cannot be right.
    Time,
    /// Values that cannot be right.
    Values,
    /// Keys and columns.
    Schema,
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckVerdict {
    /// The figure is at most the threshold.
    Pass,
    /// It is above, and that alone closes nothing.
    Warn,
    /// It is above, and nothing leaves before it is repaired or accepted.
    Fail,
    /// There is no figure. It closes like [`CheckVerdict::Fail`]: what was not looked at is not right.
    Uncomputed,
}

/// What a figure above the threshold means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// An oddity.
    Warn,
    /// Wrong or leaking training data.
    Fail,
}

/// What a recipe changes of a check; what is left out is as it is by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CheckOverride {
    /// Another weight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// Another threshold, in the unit of the check's figure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<u64>,
}

/// The weight and threshold of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CheckRule {
    /// What a figure above the threshold means.
    pub severity: Severity,
    /// The largest figure that passes.
    pub threshold: u64,
}

/// What a check says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// A few words for a list.
    pub title: &'static str,
    /// What it looks at, and what its figure is, as a sentence.
    pub looks_at: &'static str,
    /// Why it matters, as a sentence.
    pub why: &'static str,
    /// What to do about it, as a sentence.
    pub todo: &'static str,
    /// Weight and threshold by default.
    pub rule: CheckRule,
    /// Whether the threshold is a rule of thumb: reasonable, and not derived from anything.
    pub is_rule_of_thumb: bool,
    /// Whether there is always a figure, whatever landed.
    pub is_always_computed: bool,
}

impl CheckId {
    /// All checks, in the order in which they are listed.
    pub const ALL: [Self; 57] = [
        Self::RecordsReconciled,
        Self::StagesReconciled,
        Self::RecordsRefused,
        Self::FilesUnread,
        Self::RecountCustomerTrusted,
        Self::RecountAccelerometerTrusted,
        Self::RecountStepTrainerTrusted,
        Self::RecountCustomerCurated,
        Self::RecountMachineLearning,
        Self::EmailsUnique,
        Self::SerialNumbersUnique,
        Self::SerialNumbersPresent,
        Self::ValuesPresent,
        Self::MotionsWithoutCustomer,
        Self::CustomersWithoutMotions,
        Self::DistancesWithoutCustomer,
        Self::CustomersWithoutDistances,
        Self::DistancesWithoutMotion,
        Self::MotionsWithoutDistance,
        Self::FanOut,
        Self::ForeignPairs,
        Self::UnknownOwnerPairs,
        Self::ConsentOfCustomers,
        Self::ConsentOfMotions,
        Self::ConsentOfDistances,
        Self::ConsentOfPairedMotions,
        Self::ConsentOfPairedDistances,
        Self::ConsentOfSharedDevices,
        Self::ConsentBeforeReading,
        Self::WithdrawnGone,
        Self::ConsentBeforeRegistration,
        Self::ConsentInFuture,
        Self::DuplicateCustomers,
        Self::DuplicateMotions,
        Self::DuplicateDistances,
        Self::ContradictingDistances,
        Self::MotionsAtOneInstant,
        Self::FilesTwice,
        Self::TablesDoubled,
        Self::UnitsMixed,
        Self::MotionsBeforeRegistration,
        Self::DistancesBeforeRegistration,
        Self::MotionsOutsideSession,
        Self::DistancesOutsideSession,
        Self::MotionsBackwards,
        Self::DistancesBackwards,
        Self::StreamsApart,
        Self::MotionsStuck,
        Self::DistancesStuck,
        Self::MotionsOutOfRange,
        Self::DistancesOutOfRange,
        Self::DistancesNegative,
        Self::ValuesNotFinite,
        Self::UnknownKeys,
        Self::ColumnsNull,
        Self::ColumnsConstant,
        Self::ExpectedCounts,
    ];

    /// What the check says of itself.
    pub fn about(self) -> About {
        about(self)
    }

    /// What the check is about.
    pub fn group(self) -> CheckGroup {
        group(self)
    }

    /// The name in a recipe, on the command line and in a trail; the same in every version.
    pub fn name(self) -> &'static str {
        match self {
            Self::RecordsReconciled => "records-reconciled",
            Self::StagesReconciled => "stages-reconciled",
            Self::RecordsRefused => "records-refused",
            Self::FilesUnread => "files-unread",
            Self::RecountCustomerTrusted => "recount-customer-trusted",
            Self::RecountAccelerometerTrusted => "recount-accelerometer-trusted",
            Self::RecountStepTrainerTrusted => "recount-step-trainer-trusted",
            Self::RecountCustomerCurated => "recount-customer-curated",
            Self::RecountMachineLearning => "recount-machine-learning",
            Self::EmailsUnique => "emails-unique",
            Self::SerialNumbersUnique => "serial-numbers-unique",
            Self::SerialNumbersPresent => "serial-numbers-present",
            Self::ValuesPresent => "values-present",
            Self::MotionsWithoutCustomer => "motions-without-customer",
            Self::CustomersWithoutMotions => "customers-without-motions",
            Self::DistancesWithoutCustomer => "distances-without-customer",
            Self::CustomersWithoutDistances => "customers-without-distances",
            Self::DistancesWithoutMotion => "distances-without-motion",
            Self::MotionsWithoutDistance => "motions-without-distance",
            Self::FanOut => "fan-out",
            Self::ForeignPairs => "foreign-pairs",
            Self::UnknownOwnerPairs => "unknown-owner-pairs",
            Self::ConsentOfCustomers => "consent-of-customers",
            Self::ConsentOfMotions => "consent-of-motions",
            Self::ConsentOfDistances => "consent-of-distances",
            Self::ConsentOfPairedMotions => "consent-of-paired-motions",
            Self::ConsentOfPairedDistances => "consent-of-paired-distances",
            Self::ConsentOfSharedDevices => "consent-of-shared-devices",
            Self::ConsentBeforeReading => "consent-before-reading",
            Self::WithdrawnGone => "withdrawn-gone",
            Self::ConsentBeforeRegistration => "consent-before-registration",
            Self::ConsentInFuture => "consent-in-future",
            Self::DuplicateCustomers => "duplicate-customers",
            Self::DuplicateMotions => "duplicate-motions",
            Self::DuplicateDistances => "duplicate-distances",
            Self::ContradictingDistances => "contradicting-distances",
            Self::MotionsAtOneInstant => "motions-at-one-instant",
            Self::FilesTwice => "files-twice",
            Self::TablesDoubled => "tables-doubled",
            Self::UnitsMixed => "units-mixed",
            Self::MotionsBeforeRegistration => "motions-before-registration",
            Self::DistancesBeforeRegistration => "distances-before-registration",
            Self::MotionsOutsideSession => "motions-outside-session",
            Self::DistancesOutsideSession => "distances-outside-session",
            Self::MotionsBackwards => "motions-backwards",
            Self::DistancesBackwards => "distances-backwards",
            Self::StreamsApart => "streams-apart",
            Self::MotionsStuck => "motions-stuck",
            Self::DistancesStuck => "distances-stuck",
            Self::MotionsOutOfRange => "motions-out-of-range",
            Self::DistancesOutOfRange => "distances-out-of-range",
            Self::DistancesNegative => "distances-negative",
            Self::ValuesNotFinite => "values-not-finite",
            Self::UnknownKeys => "unknown-keys",
            Self::ColumnsNull => "columns-null",
            Self::ColumnsConstant => "columns-constant",
            Self::ExpectedCounts => "expected-counts",
        }
    }

    /// The check with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|check| check.name() == name)
    }

    /// Its weight and threshold, with what a recipe changes of them.
    pub fn rule(self, change: Option<&CheckOverride>) -> CheckRule {
        let rule = self.about().rule;
        let change = change.copied().unwrap_or_default();
        CheckRule {
            severity: change.severity.unwrap_or(rule.severity),
            threshold: change.threshold.unwrap_or(rule.threshold),
        }
    }
}

impl CheckVerdict {
    /// Whether nothing leaves before this is repaired or accepted.
    pub fn is_failing(self) -> bool {
        matches!(self, Self::Fail | Self::Uncomputed)
    }

    /// The word in JSON and in a list.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Uncomputed => "uncomputed",
        }
    }
}

impl CheckGroup {
    /// All groups, in the order in which they are listed.
    pub const ALL: [Self; 8] = [
        Self::Reconciliation,
        Self::Keys,
        Self::Joins,
        Self::Consent,
        Self::Duplicates,
        Self::Time,
        Self::Values,
        Self::Schema,
    ];

    /// The heading of the group.
    pub fn title(self) -> &'static str {
        match self {
            Self::Reconciliation => "Reconciliation",
            Self::Keys => "Keys",
            Self::Joins => "Joins",
            Self::Consent => "Consent",
            Self::Duplicates => "Duplicates",
            Self::Time => "Time",
            Self::Values => "Values",
            Self::Schema => "Schema",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_every_check_once_under_the_name_that_is_written() {
        for (place, check) in CheckId::ALL.into_iter().enumerate() {
            assert_eq!(check as usize, place, "{check:?}");
            assert_eq!(serde_json::to_value(check).unwrap(), check.name());
            assert_eq!(CheckId::named(check.name()), Some(check));
        }
        assert_eq!(CheckId::named("no-such-check"), None);
    }

    #[test]
    fn every_check_explains_itself_in_sentences() {
        for check in CheckId::ALL {
            let about = check.about();
            for sentence in [about.looks_at, about.why, about.todo] {
                assert!(sentence.ends_with('.') && sentence.starts_with(char::is_uppercase), "{}", check.name());
            }
            assert!(!about.title.is_empty() && !about.title.ends_with('.'), "{}", check.name());
            assert!(about.rule.threshold == 0 || about.is_rule_of_thumb, "{} has an odd threshold", check.name());
        }
        let groups: Vec<CheckGroup> = CheckId::ALL.into_iter().map(CheckId::group).collect();
        assert!(groups[..56].is_sorted());
    }

    #[test]
    fn a_change_changes_what_it_names() {
        let change = CheckOverride { threshold: Some(5), severity: None };
        assert_eq!(CheckId::ForeignPairs.rule(Some(&change)), CheckRule { severity: Severity::Fail, threshold: 5 });
        assert_eq!(serde_json::to_string(&change).unwrap(), r#"{"threshold":5}"#);
        assert!(serde_json::from_str::<CheckOverride>(r#"{"treshold":5}"#).is_err());
    }
}
