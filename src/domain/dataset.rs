//! The three kinds of records that land.

use serde::{Deserialize, Serialize};

/// One of the three feeds of the lake's landing zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dataset {
    /// Who bought a step trainer, and with whom they agreed to share: from fulfilment and the web site.
    Customer,
    /// What the phone app measured: x, y, z of a user at an instant.
    Accelerometer,
    /// What the step trainer measured: the distance of an object from a device at an instant.
    StepTrainer,
}

impl Dataset {
    /// All data sets, in the order in which they are shown and counted.
    pub const ALL: [Self; 3] = [Self::Customer, Self::Accelerometer, Self::StepTrainer];

    /// The name of the landing folder: `customer`, `accelerometer`, `step_trainer`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Accelerometer => "accelerometer",
            Self::StepTrainer => "step_trainer",
        }
    }

    /// What it is called in a sentence on the screen.
    pub fn title(self) -> &'static str {
        match self {
            Self::Customer => "Customer",
            Self::Accelerometer => "Accelerometer",
            Self::StepTrainer => "Step trainer",
        }
    }

    /// The position in [`Dataset::ALL`], for arrays with one entry a data set.
    pub fn index(self) -> usize {
        match self {
            Self::Customer => 0,
            Self::Accelerometer => 1,
            Self::StepTrainer => 2,
        }
    }

    /// The data set that a folder of this name holds: whatever the case, singular or plural, with underscores,
    /// hyphens, spaces or none.
    pub fn from_folder_name(name: &str) -> Option<Self> {
        let plain: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        match plain.strip_suffix('s').unwrap_or(&plain) {
            "customer" => Some(Self::Customer),
            "accelerometer" => Some(Self::Accelerometer),
            "steptrainer" => Some(Self::StepTrainer),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_names_in_every_spelling_are_known() {
        for (name, dataset) in [
            ("customer", Some(Dataset::Customer)),
            ("Customers", Some(Dataset::Customer)),
            ("accelerometers", Some(Dataset::Accelerometer)),
            ("step_trainer", Some(Dataset::StepTrainer)),
            ("step-trainers", Some(Dataset::StepTrainer)),
            ("Step Trainer", Some(Dataset::StepTrainer)),
            ("landing", None),
            ("", None),
        ] {
            assert_eq!(Dataset::from_folder_name(name), dataset, "{name:?}");
        }
    }
}
