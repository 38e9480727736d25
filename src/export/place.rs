//! Files that appear together, each complete, or not at all.
//!
//! Every file is written and synced under an unfinished name beside its place, and moved there when the last one is
//! on the disk. What stood there before is kept until all have moved, so that a failure at any point puts it back.
//! A run that was killed leaves nothing but names that say so, and the next run clears them; if it was killed while its files
//! took their places, the next run completes that first. Runs that write to one
//! folder at the same time would do so to each other, so a folder is locked meanwhile; the system opens the lock when
//! a run ends, however it ends.

use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::ExportError;
use crate::s3::is_address;

/// The end of the name of a file that is not whole yet.
const UNFINISHED: &str = ".unfinished";
/// The end of the name of a file that is whole, as all of its run are, and about to take its place.
const WHOLE: &str = ".whole";
/// The end of the name of a file that is about to be replaced.
const REPLACED: &str = ".replaced";

/// A folder that nobody else writes to at the moment.
#[derive(Debug)]
pub struct Place {
    folder: PathBuf,
    was_made: bool,
    /// None on a file system that cannot lock.
    lock: Option<File>,
}

impl Place {
    /// Takes a folder for this run, and makes it if it is not there.
    ///
    /// # Errors
    /// When it cannot be made, or another run has it.
    pub fn take(folder: &Path) -> Result<Self, ExportError> {
        if is_address(folder) {
            return Err(ExportError::OnS3 { path: folder.to_owned() });
        }
        Self::take_by(folder, File::try_lock)
    }

    /// The same, but waits for a run that has it: for folders of the program's own, which nobody has for longer than a moment.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn wait_for(folder: &Path) -> Result<Self, ExportError> {
        Self::take_by(folder, |folder| folder.lock().map_err(TryLockError::Error))
    }

    fn take_by(folder: &Path, lock: impl FnOnce(&File) -> Result<(), TryLockError>) -> Result<Self, ExportError> {
        let was_made = !folder.exists();
        fs::create_dir_all(folder).map_err(ExportError::at(folder))?;
        let lock = match File::open(folder).map(|file| (lock(&file), file)) {
            Ok((Ok(()), file)) => Some(file),
            Ok((Err(TryLockError::WouldBlock), _)) => return Err(ExportError::Busy { folder: folder.to_owned() }),
            Ok((Err(TryLockError::Error(_)), _)) | Err(_) => None,
        };
        Ok(Self { folder: folder.to_owned(), was_made, lock })
    }

    /// Removes what an earlier run that was killed may have left of files. Without the lock it may be another run's, and
    /// stays.
    pub fn clear(&self, names: &[impl AsRef<Path>]) {
        // In a folder of this run there is nothing.
        if self.lock.is_some() && !self.was_made {
            for path in names.iter().map(|name| self.folder.join(name)) {
                [UNFINISHED, WHOLE, REPLACED].iter().for_each(|end| remove(&with_end(&path, end)));
            }
        }
    }

    /// Puts files in their places that a run that was killed was just putting there, so that none of its stand beside older
    /// ones. They are called whole when all of them are, and nothing else of that run is left unfinished then.
    pub fn complete(&self, names: &[impl AsRef<Path>]) {
        let paths: Vec<PathBuf> = names.iter().map(|name| self.folder.join(name)).collect();
        if self.lock.is_some() && !self.was_made && !paths.iter().any(|path| with_end(path, UNFINISHED).exists()) {
            // What is not there, or is refused, is where it was.
            paths.iter().for_each(|path| drop(fs::rename(with_end(path, WHOLE), path)));
        }
    }

    /// Makes files: `write` writes them to the paths that it is given, in the order of `names`; then they take their
    /// places.
    ///
    /// # Errors
    /// Those of `write`, and when the disk refuses; then every file that was there before is as it was, and no other
    /// is there.
    pub fn fill(
        self,
        names: &[impl AsRef<Path>],
        write: impl FnOnce(&[PathBuf]) -> Result<(), ExportError>,
    ) -> Result<Vec<PathBuf>, ExportError> {
        let paths: Vec<PathBuf> = names.iter().map(|name| self.folder.join(name)).collect();
        let unfinished: Vec<PathBuf> = paths.iter().map(|path| with_end(path, UNFINISHED)).collect();
        let done = write(&unfinished).and_then(|()| replace_all(&paths));
        if let Err(error) = done {
            for path in &paths {
                [UNFINISHED, WHOLE].iter().for_each(|end| remove(&with_end(path, end)));
            }
            if self.was_made {
                // It is not empty if somebody else put something there, and then it stays.
                fs::remove_dir(&self.folder).ok();
            }
            return Err(error);
        }
        if let Some(folder) = &self.lock {
            // The files are whole whatever comes of this; it only makes their names survive a power cut now.
            folder.sync_all().ok();
        }
        Ok(paths)
    }
}

/// Writes one file, complete or not at all. A pipe or a device is written as it is.
///
/// # Errors
/// When the disk refuses, or another run writes to the same folder.
pub fn write_file(path: &Path, content: &[u8]) -> Result<(), ExportError> {
    write_file_by(path, |file| file.write_all(content).map_err(ExportError::at(path)))
}

/// Writes one file for its owner's eyes alone, complete or not at all.
///
/// # Errors
/// When the disk refuses, or another run writes to the same folder.
pub fn write_own_file(path: &Path, content: &[u8]) -> Result<(), ExportError> {
    write_file_by(path, |file| write_own(file, content).map_err(ExportError::at(path)))
}

fn write_own(file: &mut File, content: &[u8]) -> io::Result<()> {
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    file.write_all(content)
}

/// Changes a file for its owner's eyes alone from what it says now, which is nothing if it is not there, complete or not at all.
/// Whoever else changes something in its folder is waited for, so that neither change is lost.
///
/// # Errors
/// When it cannot be read, or the disk refuses.
pub fn change_own_file<C: AsRef<[u8]>>(path: &Path, change: impl FnOnce(Vec<u8>) -> C) -> Result<(), ExportError> {
    let failed = ExportError::at(path);
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return write_own_file(path, change(vec![]).as_ref());
    };
    let place = Place::wait_for(folder)?;
    place.clear(&[name]);
    let before = match fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => vec![],
        read => read.map_err(&failed)?,
    };
    let content = change(before);
    fill_one(place, path, name, |file| write_own(file, content.as_ref()).map_err(&failed))
}

/// Writes one file piece by piece, complete or not at all. A pipe or a device is written as it is.
///
/// # Errors
/// Those of `write`, and when the disk refuses or another run writes to the same folder; then the file that was there
/// before is as it was.
pub fn write_file_by(path: &Path, write: impl FnOnce(&mut File) -> Result<(), ExportError>) -> Result<(), ExportError> {
    let failed = ExportError::at(path);
    if is_address(path) {
        return Err(ExportError::OnS3 { path: path.to_owned() });
    }
    let is_file = fs::metadata(path).map_or(true, |about| about.is_file());
    let (Some(name), true) = (path.file_name(), is_file) else {
        return write(&mut File::create(path).map_err(failed)?);
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let place = Place::take(folder)?;
    place.clear(&[name]);
    fill_one(place, path, name, write)
}

/// Writes the one file of a place.
fn fill_one(
    place: Place,
    path: &Path,
    name: &OsStr,
    write: impl FnOnce(&mut File) -> Result<(), ExportError>,
) -> Result<(), ExportError> {
    let failed = ExportError::at(path);
    place.fill(&[name], |paths| {
        let Some(unfinished) = paths.first() else { return Ok(()) };
        let mut file = File::create(unfinished).map_err(&failed)?;
        write(&mut file)?;
        file.sync_all().map_err(&failed)
    })?;
    Ok(())
}

/// Calls every unfinished file whole, and then moves each to its place; if one cannot be moved, those before it go back. One
/// that cannot go back either keeps its second name.
fn replace_all(paths: &[PathBuf]) -> Result<(), ExportError> {
    let mut were_there = vec![];
    let kept = paths.iter().try_for_each(|path| {
        were_there.push(keep(path).map_err(ExportError::at(path))?);
        Ok(())
    });
    let called = kept.and_then(|()| {
        let call = |path: &PathBuf| fs::rename(with_end(path, UNFINISHED), with_end(path, WHOLE));
        paths.iter().try_for_each(|path| call(path).map_err(ExportError::at(path)))
    });
    let mut moved = 0;
    let done = called.and_then(|()| {
        paths.iter().try_for_each(|path| {
            fs::rename(with_end(path, WHOLE), path).map_err(ExportError::at(path))?;
            moved += 1;
            Ok(())
        })
    });
    for (index, (path, was_there)) in paths.iter().zip(were_there).enumerate() {
        match (&done, index < moved, was_there) {
            (Err(_), true, true) => {
                fs::rename(with_end(path, REPLACED), path).ok();
            }
            (Err(_), true, false) => remove(path),
            (Ok(()), _, true) | (Err(_), false, _) => remove(&with_end(path, REPLACED)),
            (Ok(()), _, false) => {}
        }
    }
    done
}

/// Gives a file a second name, or a copy where the file system has no second names. False if there is no file.
fn keep(path: &Path) -> io::Result<bool> {
    let kept = with_end(path, REPLACED);
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
        Ok(about) if about.is_dir() => return Err(ErrorKind::IsADirectory.into()),
        Ok(_) => {}
    }
    // Left by a run that was killed, it may be the same file, and a copy would empty it first.
    remove(&kept);
    fs::hard_link(path, &kept).or_else(|_| fs::copy(path, &kept).map(|_| ()))?;
    Ok(true)
}

fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// What matters is that it is not there, not whether it ever was.
fn remove(path: &Path) {
    fs::remove_file(path).ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<String> {
        ["a", "b", "c"].map(str::to_owned).to_vec()
    }

    fn content(folder: &Path) -> Vec<(String, String)> {
        let mut files: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                (name, fs::read_to_string(&path).unwrap_or_default())
            })
            .collect();
        files.sort();
        files
    }

    fn pairs(files: &[(&str, &str)]) -> Vec<(String, String)> {
        files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    fn write_new(paths: &[PathBuf]) -> Result<(), ExportError> {
        paths.iter().try_for_each(|path| fs::write(path, "new").map_err(ExportError::at(path)))
    }

    #[test]
    fn files_take_their_places_together() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("b"), "old").unwrap();
        Place::take(folder.path()).unwrap().fill(&names(), write_new).unwrap();
        assert_eq!(content(folder.path()), pairs(&[("a", "new"), ("b", "new"), ("c", "new")]));
    }

    #[test]
    fn a_file_that_cannot_move_puts_all_others_back() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("b"), "old").unwrap();
        // The last one was never written, so that its move fails after the others have moved.
        let failed = Place::take(folder.path()).unwrap().fill(&names(), |paths| write_new(&paths[..2]));
        assert!(matches!(failed, Err(ExportError::Write { .. })), "{failed:?}");
        assert_eq!(content(folder.path()), pairs(&[("b", "old")]));
    }

    #[test]
    fn a_folder_in_the_way_is_found_before_anything_moves() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a"), "old").unwrap();
        fs::create_dir(folder.path().join("c")).unwrap();
        assert!(Place::take(folder.path()).unwrap().fill(&names(), write_new).is_err());
        assert_eq!(content(folder.path()), pairs(&[("a", "old"), ("c", "")]));
    }

    #[test]
    fn a_folder_that_was_made_for_nothing_goes() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        assert!(Place::take(&out).unwrap().fill(&names(), |_| Err(crate::domain::Cancelled.into())).is_err());
        assert!(!out.exists());
    }

    #[test]
    fn one_run_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = Place::take(folder.path()).unwrap();
        assert!(matches!(Place::take(folder.path()), Err(ExportError::Busy { .. })));
        drop(first);
        assert!(Place::take(folder.path()).is_ok());
    }

    #[test]
    fn what_a_killed_run_left_is_cleared_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a", "a.unfinished", "a.replaced", "mine.unfinished"] {
            fs::write(folder.path().join(name), "old").unwrap();
        }
        Place::take(folder.path()).unwrap().clear(&["a"]);
        assert_eq!(content(folder.path()), pairs(&[("a", "old"), ("mine.unfinished", "old")]));
    }

    #[test]
    fn what_was_killed_while_its_files_took_their_places_is_completed() {
        let folder = tempfile::tempdir().unwrap();
        let all = [
            ("a", "new"),
            ("a.replaced", "old"),
            ("b", "old"),
            ("b.replaced", "old"),
            ("b.whole", "new"),
            ("c.whole", "new"),
        ];
        for (name, text) in all {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let place = Place::take(folder.path()).unwrap();
        // Before all were called whole, none had been moved.
        fs::write(folder.path().join("c.unfinished"), "half").unwrap();
        place.complete(&names());
        assert_eq!(fs::read_to_string(folder.path().join("b")).unwrap(), "old");
        fs::remove_file(folder.path().join("c.unfinished")).unwrap();
        place.complete(&names());
        place.clear(&names());
        assert_eq!(content(folder.path()), pairs(&[("a", "new"), ("b", "new"), ("c", "new")]));
    }

    #[test]
    fn of_changes_at_once_none_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("below/list");
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..20 {
                        change_own_file(&path, |before| [before, b"x".to_vec()].concat()).unwrap();
                    }
                });
            }
        });
        assert_eq!(fs::read_to_string(&path).unwrap(), "x".repeat(160));
    }

    #[test]
    fn a_single_file_is_written_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.csv");
        fs::write(&path, "a longer text than the new one").unwrap();
        write_file(&path, b"new").unwrap();
        assert_eq!(content(folder.path()), pairs(&[("list.csv", "new")]));
    }
}
