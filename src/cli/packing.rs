//! How an export is packed, and under which key, as it can be said on the command line.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::arguments::FormatName;
use crate::domain::{Packaging, Partition, Split, Table, TimeRelease, Windows};

/// How the export is packed.
#[derive(Debug, Args)]
pub struct Packing {
    /// The tables, separated by commas: machine_learning_curated and other trusted or curated ones, or `all`
    #[arg(long, value_name = "TABLES", value_delimiter = ',', default_value = "machine_learning_curated")]
    pub tables: Vec<String>,
    /// Columns of machine_learning_curated that stay behind: distancefromobject, x, y, z
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub leave_out: Vec<String>,
    /// The format of the tables
    #[arg(long, value_enum, default_value_t)]
    pub format: FormatName,
    /// Cut machine_learning_curated into Hive-style folders
    #[arg(long, value_enum, default_value_t)]
    pub partition: PartitionName,
    /// Shares of customers to train, validate and test with, in per cent, or `none`
    #[arg(long, value_name = "TRAIN,VALIDATION,TEST", default_value = "80,10,10")]
    pub split: String,
    /// Another seed, another split
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Give each side its share of every stratum (readings a device, consents), to the customer
    #[arg(long)]
    pub stratify: bool,
    /// Put these customers on these sides: a file of `customer,side` lines, such as the splits.csv of an earlier export
    #[arg(long, value_name = "FILE")]
    pub sides: Option<PathBuf>,
    /// Add windows of N successive instants, one starting every STRIDE instants (half of N unless given)
    #[arg(long, value_name = "N[,STRIDE]")]
    pub windows: Option<String>,
    /// The longest time between two instants of a window, in milliseconds; five times the median unless given
    #[arg(long, value_name = "N", requires = "windows")]
    pub gap_ms: Option<u32>,
    /// What leaves of the time
    #[arg(long, value_enum, default_value_t)]
    pub time: TimeName,
}

/// Which key, and where keys are.
#[derive(Debug, Args)]
pub struct Keys {
    /// The key of the pseudonyms: `new`, `throw-away` (new, and not kept), the id of a kept one, or its file
    #[arg(long, value_name = "KEY", default_value = "new")]
    pub key: String,
    /// The folder of keys instead of the one in the user's data folder
    #[arg(long, value_name = "FOLDER")]
    pub keys: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum PartitionName {
    #[default]
    None,
    /// split=train/
    Split,
    /// split=train/customer=c_…/
    Customer,
    /// split=train/customer=c_…/device=d_…/
    Device,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum TimeName {
    /// Milliseconds since the device's first reading
    #[default]
    Elapsed,
    /// Instants, moved by a secret time for each customer, up to a year either way
    Shifted,
    /// Instants as they landed: whoever knows when somebody walked finds them
    Raw,
}

impl Packing {
    /// The choices that were made.
    pub fn packaging(&self) -> anyhow::Result<Packaging> {
        let tables = if self.tables == ["all"] {
            Table::derived().collect()
        } else {
            let known = |name: &String| {
                let found = Table::ALL.into_iter().find(|table| table.name() == name.trim());
                found.ok_or_else(|| {
                    anyhow::anyhow!("--tables {name}: there is no such table. `all` means every one that may leave")
                })
            };
            self.tables.iter().map(known).collect::<anyhow::Result<_>>()?
        };
        let split = match self.split.trim() {
            "none" => None,
            shares => Some(self.shares(shares)?),
        };
        let windows = self.windows.as_deref().map(|text| self.windows(text)).transpose()?;
        let packaging = Packaging {
            tables,
            leave_out: self.leave_out.iter().map(|name| name.trim().to_owned()).collect(),
            format: self.format.into(),
            partition: match self.partition {
                PartitionName::None => Partition::None,
                PartitionName::Split => Partition::Split,
                PartitionName::Customer => Partition::Customer,
                PartitionName::Device => Partition::Device,
            },
            split,
            windows,
            time: match self.time {
                TimeName::Elapsed => TimeRelease::Elapsed,
                TimeName::Shifted => TimeRelease::Shifted,
                TimeName::Raw => TimeRelease::Raw,
            },
        };
        packaging.check()?;
        Ok(packaging)
    }

    fn shares(&self, text: &str) -> anyhow::Result<Split> {
        let wrong =
            || anyhow::anyhow!("--split {text}: give three shares in per cent that make 100, as in 80,10,10, or none");
        let permille = |text: &str| {
            let number: f64 = text.trim().parse().ok()?;
            (0.0..=100.0).contains(&number).then_some((number * 10.0).round() as u32)
        };
        let shares: Vec<u32> = text.split(',').map(permille).collect::<Option<_>>().ok_or_else(wrong)?;
        let [train, validation_permille, test_permille] = shares[..] else { return Err(wrong()) };
        anyhow::ensure!(train + validation_permille + test_permille == 1000, wrong());
        Ok(Split { validation_permille, test_permille, seed: self.seed, stratify: self.stratify })
    }

    fn windows(&self, text: &str) -> anyhow::Result<Windows> {
        let wrong = || anyhow::anyhow!("--windows {text}: give the instants of a window and the stride, as in 10,5");
        let (instants, stride) =
            text.split_once(',').map_or((text, None), |(instants, stride)| (instants, Some(stride)));
        let number = |text: &str| text.trim().parse::<u32>().map_err(|_| wrong());
        let instants = number(instants)?;
        let stride = stride.map_or(Ok((instants / 2).max(1)), number)?;
        Ok(Windows { instants, stride, gap_ms: self.gap_ms })
    }
}
