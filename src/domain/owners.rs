//! Whose device it is: what a recipe asks of the evidence, what can come of it, and what an analyst decided.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// How clear the evidence must be, and what was decided beside it. All thresholds are rules of thumb.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OwnerRules {
    /// The fewest instants that a device and a phone must share.
    pub least_shared: u32,
    /// The least share of the device's instants, in thousandths.
    pub least_share_permille: u32,
    /// How much worse off the next best assignment of devices to customers must be, in thousandths of the shared
    /// instants.
    pub least_lead_permille: u32,
    /// The largest probability of as many shared instants by chance, as the power of ten behind the minus: 6 is 10⁻⁶.
    pub chance_exponent: u32,
    /// How far apart the clocks of a device and its phone may be, in milliseconds.
    pub most_offset_ms: u32,
    /// What an analyst decided, by serial number.
    #[serde(skip_serializing_if = "OwnerDecisions::is_empty")]
    pub decisions: OwnerDecisions,
}

impl Default for OwnerRules {
    fn default() -> Self {
        Self {
            least_shared: 3,
            least_share_permille: 500,
            least_lead_permille: 250,
            chance_exponent: 6,
            most_offset_ms: 5_000,
            decisions: OwnerDecisions::default(),
        }
    }
}

impl OwnerRules {
    /// Whether nothing differs from the default.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Decisions by serial number. They say who somebody is: nothing prints them, not even [`fmt::Debug`].
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OwnerDecisions(pub BTreeMap<String, OwnerDecision>);

/// What an analyst decided of one device. It counts only as long as the evidence points to this customer.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub struct OwnerDecision {
    /// The e-mail address of the customer whom the evidence pointed to.
    pub owner: String,
    /// Whether the device is theirs.
    pub is_theirs: bool,
}

impl OwnerDecisions {
    /// Whether nothing was decided.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was decided of a device.
    pub fn of(&self, serial: &str) -> Option<&OwnerDecision> {
        self.0.get(serial)
    }
}

impl fmt::Debug for OwnerDecisions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OwnerDecisions({})", self.0.len())
    }
}

impl fmt::Debug for OwnerDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OwnerDecision(is_theirs: {})", self.is_theirs)
    }
}

/// What came of the evidence for one device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OwnerVerdict {
    /// One customer's phone shares its instants, clearly, and no record says otherwise.
    Confirmed,
    /// Several customers could be it.
    Ambiguous,
    /// One customer's phone shares its instants, clearly, but its serial number is on another customer's record, and on no
    /// other.
    Contradicts,
    /// Nobody's phone shares enough of its instants.
    NoEvidence,
}

impl OwnerVerdict {
    /// All verdicts, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Confirmed, Self::Ambiguous, Self::Contradicts, Self::NoEvidence];

    /// The name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Ambiguous => "ambiguous",
            Self::Contradicts => "contradicts",
            Self::NoEvidence => "no-evidence",
        }
    }

    /// What it is called on the screen.
    pub fn title(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Ambiguous => "ambiguous",
            Self::Contradicts => "contradicts the record",
            Self::NoEvidence => "no evidence",
        }
    }
}
