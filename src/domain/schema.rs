//! What each table's columns are called and hold. Declared once, never inferred: an engine that infers its schema
//! from the first rows loses a key that comes later.

use super::{Dataset, Purpose, Table};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// UTF-8 text.
    Text,
    /// A whole number, 64 bits.
    Integer,
    /// An instant, as whole milliseconds since 1970-01-01 00:00 UTC.
    Time,
    /// A number, 64-bit floating point, always finite.
    Float,
}

/// Whether a column tells who somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Privacy {
    /// Says nothing about a person by itself.
    Open,
    /// Stands for a person (an e-mail address): shown as a [`super::Code`] that keeps two people apart.
    Person,
    /// Stands for a device (a serial number): shown as a [`super::Code`].
    Device,
    /// Belongs to a person and is never needed to tell people apart (name, phone, birthday): shown as dots.
    Personal,
}

/// One column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Column {
    /// The catalog's name, lower case.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// A record without it is refused; where this is false, a record without it has a null.
    pub required: bool,
    /// Whether it tells who somebody is.
    pub privacy: Privacy,
    /// A consent: absent, null, blank and 0 all mean that it was not given.
    pub consent: bool,
}

/// The columns of a table, in order.
pub type Schema = &'static [Column];

const fn column(name: &'static str, kind: Kind, required: bool, privacy: Privacy) -> Column {
    Column { name, kind, required, privacy, consent: false }
}

const fn consent(name: &'static str) -> Column {
    Column { name, kind: Kind::Time, required: false, privacy: Privacy::Open, consent: true }
}

const SERIALNUMBER: Column = column("serialnumber", Kind::Text, true, Privacy::Device);
const SENSORREADINGTIME: Column = column("sensorreadingtime", Kind::Time, true, Privacy::Open);
const DISTANCEFROMOBJECT: Column = column("distancefromobject", Kind::Integer, true, Privacy::Open);
const USER: Column = column("user", Kind::Text, true, Privacy::Person);
const X: Column = column("x", Kind::Float, true, Privacy::Open);
const Y: Column = column("y", Kind::Float, true, Privacy::Open);
const Z: Column = column("z", Kind::Float, true, Privacy::Open);

/// Customers may come without a serial number (the fulfilment defect), but not without an e-mail address, which
/// is what their readings are matched by.
static CUSTOMER: [Column; 10] = [
    column("customername", Kind::Text, false, Privacy::Personal),
    column("email", Kind::Text, true, Privacy::Person),
    column("phone", Kind::Text, false, Privacy::Personal),
    column("birthday", Kind::Text, false, Privacy::Personal),
    column("serialnumber", Kind::Text, false, Privacy::Device),
    column("registrationdate", Kind::Time, false, Privacy::Open),
    column("lastupdatedate", Kind::Time, false, Privacy::Open),
    consent("sharewithresearchasofdate"),
    consent("sharewithpublicasofdate"),
    consent("sharewithfriendsasofdate"),
];

static ACCELEROMETER: [Column; 5] = [USER, column("timestamp", Kind::Time, true, Privacy::Open), X, Y, Z];

static STEP_TRAINER: [Column; 3] = [SENSORREADINGTIME, SERIALNUMBER, DISTANCEFROMOBJECT];

/// `user`, the last column, stays inside: the checks of the joins need it, no file that leaves has it.
static MACHINE_LEARNING: [Column; 7] = [SERIALNUMBER, SENSORREADINGTIME, DISTANCEFROMOBJECT, X, Y, Z, USER];

impl Dataset {
    /// The columns of this data set's records.
    pub fn schema(self) -> Schema {
        match self {
            Self::Customer => &CUSTOMER,
            Self::Accelerometer => &ACCELEROMETER,
            Self::StepTrainer => &STEP_TRAINER,
        }
    }
}

impl Table {
    /// The columns of this table.
    pub fn schema(self) -> Schema {
        match self {
            Self::CustomerLanding | Self::CustomerTrusted | Self::CustomerCurated => &CUSTOMER,
            Self::AccelerometerLanding | Self::AccelerometerTrusted => &ACCELEROMETER,
            Self::StepTrainerLanding | Self::StepTrainerTrusted => &STEP_TRAINER,
            Self::MachineLearningCurated => &MACHINE_LEARNING,
        }
    }

    /// Whether a column of this table is left out of every file that is written: `user` of the machine-learning
    /// table, which only the checks of the joins need.
    pub fn is_internal(self, column: &str) -> bool {
        self == Self::MachineLearningCurated && column == USER.name
    }
}

impl Purpose {
    /// The customer column that holds the consent for this purpose.
    pub fn column(self) -> &'static str {
        match self {
            Self::Research => "sharewithresearchasofdate",
            Self::Public => "sharewithpublicasofdate",
            Self::Friends => "sharewithfriendsasofdate",
        }
    }

    /// The purpose whose consent a customer column holds.
    pub fn of_column(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.column() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_purpose_has_a_consent_column() {
        for purpose in Purpose::ALL {
            assert!(CUSTOMER.iter().any(|column| column.consent && column.name == purpose.column()));
        }
    }

    #[test]
    fn names_are_lower_case_and_unique_in_a_table() {
        for table in Table::ALL {
            let mut names: Vec<_> = table.schema().iter().map(|column| column.name).collect();
            assert!(names.iter().all(|name| name.chars().all(|c| c.is_ascii_lowercase())));
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), table.schema().len());
        }
    }
}
