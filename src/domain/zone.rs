//! The zones of the lake and the eight tables in them.

use serde::{Deserialize, Serialize};

use super::Dataset;

/// How far a table is from the raw feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Zone {
    /// Raw records, as they were delivered.
    Landing,
    /// Only records of customers who agreed to share.
    Trusted,
    /// Only customers who agreed and have readings; and the joined readings to learn from.
    Curated,
}

impl Zone {
    /// All zones, in the order in which data flows through them.
    pub const ALL: [Self; 3] = [Self::Landing, Self::Trusted, Self::Curated];

    /// What it is called on the screen.
    pub fn title(self) -> &'static str {
        match self {
            Self::Landing => "Landing",
            Self::Trusted => "Trusted",
            Self::Curated => "Curated",
        }
    }

    /// The tables of this zone, in the order in which they are shown.
    pub fn tables(self) -> impl Iterator<Item = Table> {
        Table::ALL.into_iter().filter(move |table| table.zone() == self)
    }
}

/// One of the eight tables of the catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    CustomerLanding,
    AccelerometerLanding,
    StepTrainerLanding,
    CustomerTrusted,
    AccelerometerTrusted,
    StepTrainerTrusted,
    CustomerCurated,
    MachineLearningCurated,
}

impl Table {
    /// All tables, zone by zone.
    pub const ALL: [Self; 8] = [
        Self::CustomerLanding,
        Self::AccelerometerLanding,
        Self::StepTrainerLanding,
        Self::CustomerTrusted,
        Self::AccelerometerTrusted,
        Self::StepTrainerTrusted,
        Self::CustomerCurated,
        Self::MachineLearningCurated,
    ];

    /// The name in the catalog, which is also the stem of its file: `customer_landing`, ….
    pub fn name(self) -> &'static str {
        match self {
            Self::CustomerLanding => "customer_landing",
            Self::AccelerometerLanding => "accelerometer_landing",
            Self::StepTrainerLanding => "step_trainer_landing",
            Self::CustomerTrusted => "customer_trusted",
            Self::AccelerometerTrusted => "accelerometer_trusted",
            Self::StepTrainerTrusted => "step_trainer_trusted",
            Self::CustomerCurated => "customer_curated",
            Self::MachineLearningCurated => "machine_learning_curated",
        }
    }

    /// What it is called below the heading of its zone.
    pub fn title(self) -> &'static str {
        match self {
            Self::CustomerLanding | Self::CustomerTrusted | Self::CustomerCurated => "customer",
            Self::AccelerometerLanding | Self::AccelerometerTrusted => "accelerometer",
            Self::StepTrainerLanding | Self::StepTrainerTrusted => "step_trainer",
            Self::MachineLearningCurated => "machine_learning",
        }
    }

    /// The zone that it belongs to.
    pub fn zone(self) -> Zone {
        match self {
            Self::CustomerLanding | Self::AccelerometerLanding | Self::StepTrainerLanding => Zone::Landing,
            Self::CustomerTrusted | Self::AccelerometerTrusted | Self::StepTrainerTrusted => Zone::Trusted,
            Self::CustomerCurated | Self::MachineLearningCurated => Zone::Curated,
        }
    }

    /// The landing table of a data set.
    pub fn landing(dataset: Dataset) -> Self {
        match dataset {
            Dataset::Customer => Self::CustomerLanding,
            Dataset::Accelerometer => Self::AccelerometerLanding,
            Dataset::StepTrainer => Self::StepTrainerLanding,
        }
    }

    /// The data set that a landing table holds; none for the tables that are made from others.
    pub fn dataset(self) -> Option<Dataset> {
        Dataset::ALL.into_iter().find(|&dataset| Self::landing(dataset) == self)
    }

    /// The position in [`Table::ALL`], for arrays with one entry a table.
    pub fn index(self) -> usize {
        self as usize
    }

    /// The tables that the pipeline makes, in the order of the catalog.
    pub fn derived() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|table| table.zone() != Zone::Landing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn index_is_the_position_in_all() {
        for (position, table) in Table::ALL.into_iter().enumerate() {
            assert_eq!(table.index(), position);
        }
    }

    #[test]
    fn five_tables_are_derived_and_three_land() {
        assert_eq!(Table::derived().count(), 5);
        assert_eq!(Table::ALL.into_iter().filter_map(Table::dataset).collect::<Vec<_>>(), Dataset::ALL);
    }
}
