//! How a data set leaves: which tables and columns, in which files, whose rows on which side, and what of the time.
//!
//! None of it changes which rows there are, so that a sign-off stays good whatever is chosen here.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Column, Kind, Table};

/// How tables are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Parquet, zstd, with statistics.
    #[default]
    Parquet,
    /// CSV with a header, RFC 4180; null is an empty cell.
    Csv,
    /// One JSON object a line; null is null.
    Ndjson,
    /// Arrow IPC file (Feather V2), not compressed.
    Arrow,
}

impl Format {
    /// All formats, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Parquet, Self::Csv, Self::Ndjson, Self::Arrow];

    /// The end of the file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
            Self::Arrow => "arrow",
        }
    }

    /// What it is called on the screen.
    pub fn title(self) -> &'static str {
        match self {
            Self::Parquet => "Parquet",
            Self::Csv => "CSV",
            Self::Ndjson => "NDJSON",
            Self::Arrow => "Arrow IPC",
        }
    }
}

/// Every choice of an export that changes its bytes, beside the recipe and the key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Packaging {
    /// The tables that leave; landing tables never do, since they hold people who did not agree.
    pub tables: BTreeSet<Table>,
    /// Columns of the machine-learning table that stay behind, by the names of [`Packaging::columns`].
    pub leave_out: BTreeSet<String>,
    /// How tables are written.
    pub format: Format,
    /// Into which Hive-style folders the machine-learning table is cut.
    pub partition: Partition,
    /// Which customers are to learn from, and which to test with; none for all together.
    pub split: Option<Split>,
    /// Windows of successive instants, beside the rows.
    pub windows: Option<Windows>,
    /// What leaves of the time.
    pub time: TimeRelease,
}

impl Default for Packaging {
    fn default() -> Self {
        Self {
            tables: BTreeSet::from([Table::MachineLearningCurated]),
            leave_out: BTreeSet::new(),
            format: Format::default(),
            partition: Partition::default(),
            split: Some(Split::default()),
            windows: None,
            time: TimeRelease::default(),
        }
    }
}

/// Hive-style folders, `column=value/`. Each kind has the folders of those before it as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Partition {
    /// None: one file a side, or several where it is large.
    #[default]
    None,
    /// `split=train/`.
    Split,
    /// `split=train/customer=c_…/`.
    Customer,
    /// `split=train/customer=c_…/device=d_…/`.
    Device,
}

impl Partition {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::None, Self::Split, Self::Customer, Self::Device];

    /// The name in a manifest and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Split => "split",
            Self::Customer => "customer",
            Self::Device => "device",
        }
    }

    /// The columns that become folders.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::None => &[],
            Self::Split => &["split"],
            Self::Customer => &["split", "customer"],
            Self::Device => &["split", "customer", "device"],
        }
    }
}

/// What a customer's rows are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Test,
    Train,
    Validation,
}

impl Side {
    /// All sides in the order of their names, which is the order of their rows.
    pub const ALL: [Self; 3] = [Self::Test, Self::Train, Self::Validation];

    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Train => "train",
            Self::Validation => "validation",
        }
    }
}

/// Whose rows are on which side: by customer, never by row.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Split {
    /// The share of customers to validate with, in thousandths.
    pub validation_permille: u32,
    /// The share of customers to test with, in thousandths.
    pub test_permille: u32,
    /// Another seed, another split.
    pub seed: u64,
    /// Give each side its share of every stratum (readings a device, consents), to the customer. Without it a customer's
    /// side depends on nothing but the customer and the seed, so that it stays whoever is added, and shares come out about
    /// as asked for.
    pub stratify: bool,
}

impl Split {
    /// Equal readings at equal instants that two customers must share to be taken for one recording under two names. One
    /// or two come about by chance.
    pub const SAME_RECORDING: u32 = 3;
    /// Of so many customers that share a reading, each is paired with the next so many: one that very many share says nothing
    /// of two of them, and its pairs would be too many to count.
    pub const MOST_SHARING: usize = 64;
    /// The columns of the machine-learning table in which equal readings are equal.
    pub const READING: [&str; 5] = ["sensorreadingtime", "distancefromobject", "x", "y", "z"];

    /// The shares of customers that are asked for, in thousandths: to train, to validate and to test with.
    pub fn permilles(&self) -> [u32; 3] {
        let held_out = self.validation_permille + self.test_permille;
        [1000_u32.saturating_sub(held_out), self.validation_permille, self.test_permille]
    }
}

impl Default for Split {
    fn default() -> Self {
        Self { validation_permille: 100, test_permille: 100, seed: 0, stratify: false }
    }
}

/// Windows of successive instants of one device, never across a gap, a customer or a side.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Windows {
    /// Instants in a window.
    pub instants: u32,
    /// Instants from the start of one window to that of the next.
    pub stride: u32,
    /// The longest time between two instants of a window in milliseconds; none for five times the median.
    pub gap_ms: Option<u32>,
}

impl Default for Windows {
    fn default() -> Self {
        Self { instants: 10, stride: 5, gap_ms: None }
    }
}

/// What leaves of the time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeRelease {
    /// Milliseconds since the device's first reading in the machine-learning table. Dates of customers stay behind.
    #[default]
    Elapsed,
    /// Instants moved by a secret time for each customer, up to a year either way; not by whole days, so that the time of
    /// day says nothing either.
    Shifted,
    /// Instants as they landed: whoever knows when somebody walked finds them.
    Raw,
}

impl TimeRelease {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Elapsed, Self::Shifted, Self::Raw];

    /// The name in a manifest and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Elapsed => "elapsed",
            Self::Shifted => "shifted",
            Self::Raw => "raw",
        }
    }

    /// What it means, as part of a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Elapsed => "milliseconds since the device's first reading",
            Self::Shifted => "instants, moved by a secret time for each customer",
            Self::Raw => "instants as they landed, in milliseconds since 1970 UTC",
        }
    }
}

/// Under which key pseudonyms are made, and what becomes of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyChoice {
    /// A new one, which is kept: later exports can match, and customers can be taken out of this one.
    #[default]
    New,
    /// One that is kept already, by its id: pseudonyms are those of the earlier exports under it.
    Kept(String),
    /// A new one, which nobody has afterwards: nothing matches, and nobody can be found to be taken out.
    ThrowAway,
}

/// A packaging that cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackagingError {
    /// No table would leave.
    #[error("no table is chosen. Choose at least machine_learning_curated")]
    NoTable,
    /// A landing table is asked for.
    #[error("{} cannot leave: it holds people who did not agree to share. Choose trusted and curated tables", .0.name())]
    Landing(Table),
    /// A column that is left out does not exist, or nothing would be left.
    #[error("{} cannot be left out. What can: {}", .0, Packaging::optional_columns().join(", "))]
    Column(String),
    /// The shares are more than there is.
    #[error("validation and test take {} of 1,000 customers, so that none is left to train with. Make them smaller", .0)]
    Shares(u32),
    /// A window without instants, or one that does not move.
    #[error("a window needs at least 2 instants and at most 100,000, and a stride of at least 1")]
    Windows,
    /// Windows and splits are of the machine-learning table.
    #[error("windows and folders are made of machine_learning_curated, which is not chosen")]
    NotOfTable,
}

impl Packaging {
    /// What the machine-learning table's columns are called in an export, and what they hold. The column of the time
    /// depends on what leaves of it.
    pub fn columns(&self) -> Vec<(&'static str, Kind)> {
        let time = match self.time {
            TimeRelease::Elapsed => (ELAPSED, Kind::Integer),
            TimeRelease::Raw | TimeRelease::Shifted => ("sensorreadingtime", Kind::Time),
        };
        let all = [
            ("split", Kind::Text),
            ("customer", Kind::Text),
            ("device", Kind::Text),
            time,
            ("distancefromobject", Kind::Integer),
            ("x", Kind::Float),
            ("y", Kind::Float),
            ("z", Kind::Float),
        ];
        let is_in = |name: &str| (name != "split" || self.split.is_some()) && !self.leave_out.contains(name);
        all.into_iter().filter(|(name, _)| is_in(name)).collect()
    }

    /// The columns that may stay behind. Without its customer, device or time no row could be answered for.
    pub fn optional_columns() -> [&'static str; 4] {
        ["distancefromobject", "x", "y", "z"]
    }

    /// Whether it can be had.
    ///
    /// # Errors
    /// Says what to change.
    pub fn check(&self) -> Result<(), PackagingError> {
        if self.tables.is_empty() {
            return Err(PackagingError::NoTable);
        }
        if let Some(table) = self.tables.iter().find(|table| table.dataset().is_some()) {
            return Err(PackagingError::Landing(*table));
        }
        let optional = Self::optional_columns();
        if let Some(name) = self.leave_out.iter().find(|name| !optional.contains(&name.as_str())) {
            return Err(PackagingError::Column(name.clone()));
        }
        if self.leave_out.len() == optional.len() {
            return Err(PackagingError::Column(self.leave_out.iter().cloned().collect::<Vec<_>>().join(", ")));
        }
        if let Some(split) = &self.split {
            let taken = split.validation_permille.saturating_add(split.test_permille);
            if taken >= 1000 {
                return Err(PackagingError::Shares(taken));
            }
        }
        if let Some(windows) = &self.windows
            && (windows.instants < 2 || windows.instants > 100_000 || windows.stride == 0)
        {
            return Err(PackagingError::Windows);
        }
        let needs_rows = self.windows.is_some() || self.partition != Partition::None;
        if needs_rows && !self.tables.contains(&Table::MachineLearningCurated) {
            return Err(PackagingError::NotOfTable);
        }
        Ok(())
    }
}

/// The column of the time that has passed.
pub const ELAPSED: &str = "elapsed_ms";

/// Whether a column of a zone table may leave as it is, given what leaves of the time.
pub fn leaves_as_it_is(column: &Column, time: TimeRelease) -> bool {
    use super::Privacy;
    column.privacy == Privacy::Open && (column.kind != Kind::Time || time == TimeRelease::Raw)
}
