//! What an export will be, before it is written: sides, sizes and attacks, worked out on the rows that would leave.

use std::time::{Duration, Instant};

use super::files::{plan, write};
use super::manifest::SplitNote;
use super::prepare::Prepared;
use super::preview::{Attack, attacks};
use super::table::OutTable;
use super::{ReleaseError, split_note};
use crate::curation::Curation;
use crate::domain::format::thousands;
use crate::domain::{Format, Progress, Table};
use crate::landing::Landing;

/// Rows of each table that are written for the estimate.
const TRIED: usize = 1 << 16;

/// What will come to lie on the disk.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// Rows of the machine-learning table.
    pub rows: u64,
    /// Its customers.
    pub customers: u64,
    /// Customers who agreed, with rows of it or without.
    pub agreed: u64,
    /// Its devices.
    pub devices: u64,
    /// Windows, if any are wanted.
    pub windows: Option<u64>,
    /// Files, without those that describe it.
    pub files: u64,
    /// Bytes, from the bytes of some of its rows.
    pub bytes: u64,
    /// How long it will take, from the time that those took.
    pub takes: Duration,
}

impl Estimate {
    /// Why there are fewer customers than agreed, if there are.
    pub fn absent(&self) -> Option<String> {
        let absent = self.agreed.checked_sub(self.customers).filter(|absent| *absent > 0)?;
        let [absent, agreed] = [absent, self.agreed].map(thousands);
        Some(format!(
            "{absent} of {agreed} customers who agreed have no row: none of their readings was kept and paired."
        ))
    }
}

/// All that can be said of an export before it is made.
#[derive(Clone, Debug)]
pub struct Preview {
    pub estimate: Estimate,
    pub split: Option<SplitNote>,
    pub attacks: Vec<Attack>,
    /// The columns of each table.
    pub columns: Vec<(String, Vec<&'static str>)>,
    /// Customers of the largest group that could not be parted.
    pub largest_group: u64,
}

/// Looks at what would leave of tables. Nothing comes to lie on the disk but a file in the system's folder for such, which is gone
/// when this is done. Progress counts attacks.
///
/// # Errors
/// When cancelled, or the disk refuses.
pub fn preview(
    prepared: &Prepared,
    landing: &Landing,
    curation: &Curation,
    progress: &Progress,
) -> Result<Preview, ReleaseError> {
    let attacks = attacks(prepared, landing, progress)?;
    let mut tables: Vec<&OutTable> = prepared.tables.iter().map(|(_, table)| table).collect();
    tables.extend(prepared.windows.iter().flat_map(|windows| [&windows.long, &windows.index]));
    let format = prepared.packaging.format;
    let (mut bytes, mut takes, mut files) = (0, Duration::ZERO, 0);
    for table in &tables {
        progress.check()?;
        let (of, took) = tried(table, format, progress)?;
        bytes += of;
        takes += took;
        let partition = if table.name == Table::MachineLearningCurated.name() {
            prepared.packaging.partition.columns()
        } else {
            &[]
        };
        files += plan(table, format, partition).len() as u64;
    }
    if let Some(windows) = &prepared.windows {
        // The tensors are the values of the long rows, compressed about as well as Parquet does.
        let values = (windows.long.rows * (windows.channels.len() + 1) * 8) as u64;
        bytes += values / 4;
        files += windows.index.sections(&["split"]).len() as u64;
    }
    let estimate = Estimate {
        rows: prepared.raw.customer.len() as u64,
        customers: prepared.customers.pseudonyms.len() as u64,
        agreed: curation.frame(Table::CustomerTrusted).column("email")?.n_unique()? as u64,
        devices: prepared.raw.devices.len() as u64,
        windows: prepared.windows.as_ref().map(|windows| windows.len() as u64),
        files,
        bytes,
        takes,
    };
    let columns =
        tables.iter().map(|table| (table.name.clone(), table.columns.iter().map(|column| column.name).collect()));
    Ok(Preview {
        estimate,
        split: split_note(prepared),
        attacks,
        columns: columns.collect(),
        largest_group: prepared.sides.largest_group,
    })
}

/// Bytes and time of a table, from those of its first rows.
fn tried(table: &OutTable, format: Format, progress: &Progress) -> Result<(u64, Duration), ReleaseError> {
    let rows = table.rows.min(TRIED);
    if rows == 0 {
        return Ok((0, Duration::ZERO));
    }
    let some = OutTable { rows, ..table.clone() };
    let folder = std::env::temp_dir().join(format!(".stedi-workbench-estimate-{}-{}", std::process::id(), unique()));
    let start = Instant::now();
    let done = write(&some, format, &[], &folder, &progress.part());
    let took = start.elapsed();
    std::fs::remove_dir_all(&folder).ok();
    let (files, _) = done?;
    let bytes: u64 = files.iter().map(|file| file.bytes).sum();
    let times = table.rows as f64 / rows as f64;
    Ok(((bytes as f64 * times) as u64, took.mul_f64(times)))
}

fn unique() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
