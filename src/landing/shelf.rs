//! Rows put aside on the disk, for work on more of them than there is memory for.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use polars::prelude::*;

/// A folder for rows that are put aside. It is its owner's alone, and goes with everything in it when nothing refers to it
/// any longer.
#[derive(Debug)]
pub struct Shelf {
    folder: PathBuf,
    pieces: AtomicU64,
}

/// Rows that were put aside. They go when nothing refers to them any longer.
#[derive(Clone, Debug)]
pub struct Piece {
    file: Arc<PieceFile>,
    rows: usize,
}

#[derive(Debug)]
struct PieceFile {
    path: PathBuf,
    /// The folder stays as long as there is something in it.
    _shelf: Arc<Shelf>,
}

impl Shelf {
    /// A new folder below this one, which is made if it is not there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn below(folder: &Path) -> io::Result<Arc<Self>> {
        fs::create_dir_all(folder)?;
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        let folder = folder.join(format!("stedi-workbench-{:016x}", u64::from_le_bytes(random)));
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder)?;
        Ok(Arc::new(Self { folder, pieces: AtomicU64::new(0) }))
    }

    /// Bytes that there is room for on its disk; none where the system does not tell.
    pub fn room(&self) -> Option<u64> {
        room(&self.folder)
    }

    /// Puts rows aside.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn put(self: &Arc<Self>, rows: &mut DataFrame) -> PolarsResult<Piece> {
        let number = self.pieces.fetch_add(1, Ordering::Relaxed);
        let path = self.folder.join(format!("{number}.arrow"));
        let mut out = BufWriter::with_capacity(1 << 18, File::create(&path)?);
        rows.rechunk_mut();
        IpcWriter::new(&mut out).finish(rows)?;
        Ok(Piece { file: Arc::new(PieceFile { path, _shelf: Arc::clone(self) }), rows: rows.height() })
    }
}

impl Piece {
    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The rows, with all columns or some.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn get(&self, columns: Option<&[&str]>) -> PolarsResult<DataFrame> {
        let columns = columns.map(|columns| columns.iter().map(|name| (*name).to_owned()).collect());
        let mut rows = IpcReader::new(File::open(&self.file.path)?).with_columns(columns).finish()?;
        rows.rechunk_mut();
        Ok(rows)
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        // Whatever cannot be removed is in nobody's way.
        fs::remove_dir_all(&self.folder).ok();
    }
}

impl Drop for PieceFile {
    fn drop(&mut self) {
        fs::remove_file(&self.path).ok();
    }
}

/// Bytes that there is room for on the disk of a folder; none where the system does not tell.
fn room(folder: &Path) -> Option<u64> {
    #[cfg(unix)]
    {
        let about = rustix::fs::statvfs(folder).ok()?;
        Some(about.f_bavail.saturating_mul(about.f_frsize))
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        None
    }
}

/// So much memory is needed for each byte of landing files, as they lie on the disk, to have all in memory and make the
/// tables of it. Measured: 1.2 to 1.7 with JSON. Compressed files need more.
pub const MEMORY_EACH_BYTE: u64 = 2;

/// The bytes of memory of the machine, or of the group of processes that this one is confined to; 8 GB where the system
/// does not tell.
pub fn memory() -> u64 {
    const UNKNOWN: u64 = 8_000_000_000;
    let of_machine = || {
        let text = fs::read_to_string("/proc/meminfo").ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
        let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(kilobytes * 1024)
    };
    let confined = fs::read_to_string("/sys/fs/cgroup/memory.max").ok().and_then(|text| text.trim().parse().ok());
    of_machine().unwrap_or(UNKNOWN).min(confined.unwrap_or(u64::MAX))
}
