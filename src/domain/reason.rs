//! The reasons for which a step drops a row.

/// Why a row did not come through a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// The customer withdrew.
    Withdrawn,
    /// Somebody who withdrew has the same serial number on their record.
    SharedDevice,
    /// The customer did not agree to share for this purpose.
    NoConsent,
    /// The customer agreed after the instant that the recipe asks for.
    LaterConsent,
    /// The reading was taken before its customer agreed.
    BeforeConsent,
    /// No customer record has this e-mail address.
    UnknownUser,
    /// No customer record has this serial number.
    UnknownDevice,
    /// The customer agreed, but no reading of theirs is left.
    NoReadings,
    /// An equal row was there before.
    Duplicate,
    /// No motion was recorded at this instant.
    NoMotion,
    /// No curated customer's record carries this device's serial number.
    NoOwner,
    /// The readings do not say clearly whose device it is.
    UnclearOwner,
}

impl Reason {
    /// A few words for a list of losses.
    pub fn label(self) -> &'static str {
        match self {
            Self::Withdrawn => "withdrawn",
            Self::SharedDevice => "device shared with somebody withdrawn",
            Self::NoConsent => "no consent",
            Self::LaterConsent => "consent given later",
            Self::BeforeConsent => "before consent",
            Self::UnknownUser => "unknown user",
            Self::UnknownDevice => "unknown device",
            Self::NoReadings => "customer without trusted readings",
            Self::Duplicate => "duplicate",
            Self::NoMotion => "no motion at this instant",
            Self::NoOwner => "device without owner",
            Self::UnclearOwner => "owner not clear",
        }
    }

    /// A sentence that says what the figure counts.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Withdrawn => "The customer is on the list of those who withdrew.",
            Self::SharedDevice => {
                "The serial number stands on the records of somebody who withdrew and of others: it cannot be said whose \
                 readings these are."
            }
            Self::LaterConsent => "The customer agreed to share, but only after the instant for which the recipe asks.",
            Self::NoConsent => "The customer's record has no consent for the chosen purpose: absent, null, blank or 0.",
            Self::BeforeConsent => "The reading was taken before the customer agreed to share.",
            Self::UnknownUser => "No customer record in the landing zone has the e-mail address of this reading.",
            Self::UnknownDevice => "No customer record in the landing zone has the serial number of this reading.",
            Self::NoReadings => "The customer agreed to share, but none of their accelerometer readings is trusted.",
            Self::Duplicate => "An equal row, the same in every column, was delivered before.",
            Self::NoMotion => "No trusted accelerometer reading fits this distance reading under the join rule.",
            Self::NoOwner => "No curated customer's record carries the serial number of this device.",
            Self::UnclearOwner => {
                "The instants that this device shares with the phones do not say clearly whose it is, or the review \
                 rejected what they say."
            }
        }
    }
}
