//! Rows put aside on the disk, for work on more of them than there is memory for.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use polars::prelude::*;

use super::LandingError;

/// What the names of such folders start with.
const START: &str = "stedi-workbench-";
/// The file in each that is locked as long as somebody works with it.
const LOCK: &str = "lock";

/// A folder for rows that are put aside. It is its owner's alone, and goes with everything in it when nothing refers to it
/// any longer; that of a run that was killed goes when the next one begins.
#[derive(Debug)]
pub struct Shelf {
    folder: PathBuf,
    pieces: AtomicU64,
    _lock: File,
}

/// Where there is room for what does not fit into memory.
#[derive(Clone, Debug)]
pub struct Aside {
    pub shelf: Arc<Shelf>,
    /// Bytes of memory to do with.
    pub memory: u64,
}

/// Rows that were put aside. They go when nothing refers to them any longer.
#[derive(Clone, Debug)]
pub struct Piece {
    file: Arc<PieceFile>,
    rows: usize,
}

#[derive(Debug)]
pub(super) struct PieceFile {
    pub path: PathBuf,
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
        clear_abandoned(folder);
        let folder = folder.join(format!("{START}{:016x}", u64::from_le_bytes(random)));
        #[cfg_attr(not(unix), expect(unused_mut, reason = "who may read it is said on Unix alone"))]
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder)?;
        let lock = File::create(folder.join(LOCK))?;
        // On a file system that cannot lock, what is left of a killed run stays.
        lock.try_lock().ok();
        Ok(Arc::new(Self { folder, pieces: AtomicU64::new(0), _lock: lock }))
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Bytes that there is room for; none where the system does not tell.
    pub fn room(&self) -> Option<u64> {
        room(&self.folder)
    }

    /// Sees to it that there is room for so many bytes on its disk, as far as the system tells.
    ///
    /// # Errors
    /// When there is not.
    pub(super) fn has_room(&self, needed: u64) -> Result<(), LandingError> {
        let folder = self.folder.parent().unwrap_or(&self.folder).display().to_string();
        match room(&self.folder) {
            Some(room) if room < needed => Err(LandingError::Disk { needed, room, folder }),
            _ => Ok(()),
        }
    }

    /// Puts rows aside.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn put(self: &Arc<Self>, rows: &mut DataFrame) -> PolarsResult<Piece> {
        let (path, file) = self.file()?;
        let mut out = BufWriter::with_capacity(1 << 18, file);
        rows.rechunk_mut();
        IpcWriter::new(&mut out).finish(rows)?;
        out.flush()?;
        Ok(Piece { file: Arc::new(PieceFile::new(path, self)), rows: rows.height() })
    }

    /// A new file.
    pub(super) fn file(&self) -> io::Result<(PathBuf, File)> {
        let number = self.pieces.fetch_add(1, Ordering::Relaxed);
        let path = self.folder.join(number.to_string());
        let file = File::create(&path)?;
        Ok((path, file))
    }
}

impl PieceFile {
    pub fn new(path: PathBuf, shelf: &Arc<Shelf>) -> Self {
        Self { path, _shelf: Arc::clone(shelf) }
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

/// Removes the folders of runs that were killed: nobody has their locks.
fn clear_abandoned(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(START)) {
        let lock = File::open(entry.path().join(LOCK));
        if lock.is_ok_and(|lock| lock.try_lock().is_ok()) {
            fs::remove_dir_all(entry.path()).ok();
        }
    }
}

/// Bytes that there is room for on the disk of a folder; none where the system does not tell.
pub fn room(folder: &Path) -> Option<u64> {
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

/// The bytes of memory of the machine, or that this process or its group of processes is confined to; 8 GB where the system does
/// not tell.
pub fn memory() -> u64 {
    const UNKNOWN: u64 = 8_000_000_000;
    let of_machine = || {
        let text = fs::read_to_string("/proc/meminfo").ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
        let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(kilobytes * 1024)
    };
    confined().into_iter().fold(of_machine().unwrap_or(UNKNOWN), u64::min)
}

/// Sees to it that a process that is confined may have the memory for so many bytes of landing files, which are put aside or
/// not. The system would end it in the middle.
///
/// # Errors
/// When it may not.
pub(super) fn has_memory(bytes: u64, is_aside: bool) -> Result<(), LandingError> {
    /// Measured with 2 to 32 threads: 40 MB for hardly any records, 160 MB for 44 MB of them.
    const ALWAYS: u64 = 96_000_000;
    /// The same piece by piece: 130 to 240 MB, however many readings there are.
    const ASIDE: u64 = 256_000_000;
    let needed = if is_aside { ASIDE } else { ALWAYS + bytes.saturating_mul(MEMORY_EACH_BYTE) };
    match confined() {
        Some(confined) if confined < needed => Err(LandingError::Memory { needed, confined }),
        _ => Ok(()),
    }
}

/// The bytes of memory that this process or its group of processes is confined to, if it is.
fn confined() -> Option<u64> {
    let text = |path: &str| fs::read_to_string(path).unwrap_or_default();
    // Each group is confined to what those above it are as well.
    let groups = groups(&text("/proc/self/cgroup"));
    let of_groups = groups.iter().filter_map(|file| text(file).trim().parse().ok());
    of_groups.chain(addressed(&text("/proc/self/limits"))).min()
}

/// The bytes of memory that a process can use, of what the system says of its limits: what it may address, of which threads and
/// allocators take much ahead of use.
fn addressed(limits: &str) -> Option<u64> {
    const SHARE: u64 = 4;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max address space"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? / SHARE)
}

/// The files that may say how much memory a process has, by the groups that it is in: `0::/a/b` of one hierarchy for all, or
/// `4:memory:/a/b` of one for memory.
fn groups(list: &str) -> Vec<String> {
    let mut files = vec![];
    for line in list.lines() {
        let Some((names, group)) = line.split_once(':').and_then(|(_, rest)| rest.split_once(':')) else { continue };
        let (top, file) = match names {
            "" => ("/sys/fs/cgroup", "memory.max"),
            names if names.split(',').any(|name| name == "memory") => {
                ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")
            }
            _ => continue,
        };
        files.extend(
            Path::new(group).ancestors().map(|group| format!("{top}{}/{file}", group.display()).replace("//", "/")),
        );
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_what_the_process_and_its_groups_may_have() {
        let limits = "Max stack size    8388608   unlimited   bytes\nMax address space         600000000            unlimited            bytes\n";
        assert_eq!(addressed(limits), Some(150_000_000));
        assert_eq!(addressed("Max address space         unlimited            unlimited            bytes"), None);
        assert_eq!(
            groups("0::/a/b\n"),
            ["/sys/fs/cgroup/a/b/memory.max", "/sys/fs/cgroup/a/memory.max", "/sys/fs/cgroup/memory.max"]
        );
        let first = ["/sys/fs/cgroup/memory/a/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
        assert_eq!(groups("9:pids:/a\n4:memory:/a\n"), first);
        assert!((1..1 << 50).contains(&memory()));
    }

    #[test]
    fn what_is_put_aside_goes_with_whoever_put_it_there() {
        let home = tempfile::tempdir().unwrap();
        let names = || fs::read_dir(home.path()).unwrap().count();
        let killed = home.path().join(format!("{START}killed"));
        let foreign = home.path().join("other");
        for folder in [&killed, &foreign] {
            fs::create_dir(folder).unwrap();
            fs::write(folder.join(LOCK), b"").unwrap();
        }
        let shelf = Shelf::below(home.path()).unwrap();
        assert!(!killed.exists() && foreign.exists());
        let other = Shelf::below(home.path()).unwrap();
        assert_eq!(names(), 3, "one that is in use stays");
        let mut rows = df!("x" => [1_i64, 2, 3], "y" => [0.5, 1.5, 2.5]).unwrap();
        let piece = shelf.put(&mut rows).unwrap();
        drop(shelf);
        assert_eq!(piece.rows(), 3);
        assert!(piece.get(None).unwrap().equals(&rows));
        assert_eq!(piece.get(Some(&["y"])).unwrap().get_column_names(), ["y"]);
        drop((piece, other));
        assert_eq!(names(), 1);
    }
}
