//! A folder that appears whole or not at all.
//!
//! It is built beside its place under a name that says that it is not done, every file and folder synced, and then renamed.
//! Where something is to be replaced the two change places in one step of the system, so that there is no moment without
//! either. What a run that was killed leaves behind is cleared by the next run to the same place: the one that is at work
//! holds a lock, which the system lets go however a run ends.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::manifest::Manifest;
use super::{ReleaseError, read};
use crate::domain::foreign::visible;
use crate::export::ExportError;
use crate::s3::is_address;

/// The middle of the name of a folder that is not done.
const UNFINISHED: &str = ".unfinished-";

/// A small file of a folder that is written at once.
#[derive(Clone, Copy, Debug)]
pub struct NewFile<'a> {
    /// Its path within the folder, `/` between the parts.
    pub name: &'a str,
    /// What it says.
    pub content: &'a [u8],
    /// Whether only its owner may read it.
    pub is_own: bool,
}

/// Writes a folder of small files, whole or not at all. It must not be there yet.
///
/// # Errors
/// When something is there, or the disk refuses; then nothing has changed.
pub fn write_new_folder(place: &Path, files: &[NewFile<'_>]) -> Result<(), ReleaseError> {
    let folder = NewFolder::begin(place, false)?;
    for file in files {
        let path = folder.path().join(file.name);
        let failed = |error| ExportError::at(&place.join(file.name))(error);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        let mut written = File::create(&path).map_err(failed)?;
        #[cfg(unix)]
        if file.is_own {
            written.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600)).map_err(failed)?;
        }
        written.write_all(file.content).and_then(|()| written.sync_all()).map_err(failed)?;
    }
    folder.finish(false)
}

/// A folder that is being built.
#[derive(Debug)]
pub(super) struct NewFolder {
    place: PathBuf,
    unfinished: PathBuf,
    /// None on a file system that cannot lock.
    _lock: Option<File>,
    /// Goes last, when nothing lies in it any more.
    _above: Above,
    is_done: bool,
}

/// Folders that were made on the way to a place, the lowest first. They go again unless something lies in them.
#[derive(Debug)]
struct Above(Vec<PathBuf>);

impl Above {
    fn make(folder: &Path) -> Result<Self, ExportError> {
        let above = Self(folder.ancestors().take_while(|folder| !folder.exists()).map(Path::to_owned).collect());
        fs::create_dir_all(folder).map_err(ExportError::at(folder))?;
        Ok(above)
    }
}

impl Drop for Above {
    fn drop(&mut self) {
        for folder in &self.0 {
            fs::remove_dir(folder).ok();
        }
    }
}

impl NewFolder {
    /// Begins a folder beside its place, and clears what runs that were killed left there.
    ///
    /// # Errors
    /// When something is at its place that is not to be replaced, or the disk refuses.
    pub fn begin(place: &Path, replace: bool) -> Result<Self, ReleaseError> {
        if is_address(place) {
            return Err(ExportError::OnS3 { path: place.to_owned() }.into());
        }
        let place = std::path::absolute(place).map_err(ExportError::at(place))?;
        put_back(&place);
        is_free(&place, replace)?;
        let (Some(parent), Some(name)) = (place.parent(), place.file_name().and_then(|name| name.to_str())) else {
            return Err(ReleaseError::NoPlace(place));
        };
        let above = Above::make(parent)?;
        let start = format!(".{name}{UNFINISHED}");
        clear(parent, &start);
        let unfinished = parent.join(format!("{start}{}", std::process::id()));
        fs::create_dir(&unfinished).map_err(ExportError::at(&place))?;
        let lock = match File::open(&unfinished).map(|folder| (folder.try_lock(), folder)) {
            Ok((Ok(()), folder)) if unfinished.is_dir() => Some(folder),
            Ok((Err(TryLockError::Error(_)), _)) => None,
            // Another run that began at this moment took it for one that was left.
            _ => return Err(ExportError::Busy { folder: parent.to_owned() }.into()),
        };
        Ok(Self { place, unfinished, _lock: lock, _above: above, is_done: false })
    }

    /// Where files are put meanwhile.
    pub fn path(&self) -> &Path {
        &self.unfinished
    }

    /// Puts the folder in its place. The files in it are synced already.
    ///
    /// # Errors
    /// When something came to be at its place meanwhile that is not to be replaced, or the disk refuses; then nothing has
    /// changed there.
    pub fn finish(mut self, replace: bool) -> Result<(), ReleaseError> {
        sync_folders(&self.unfinished)?;
        is_free(&self.place, replace)?;
        let is_there = fs::symlink_metadata(&self.place).is_ok();
        match in_one_step(&self.unfinished, &self.place, is_there) {
            Ok(true) => {}
            // The old one steps aside first.
            Ok(false) => {
                let plain = |from: &Path, to: &Path| fs::rename(from, to).map_err(ExportError::at(&self.place));
                let aside = aside(&self.place);
                if is_there {
                    fs::remove_dir_all(&aside).ok();
                    plain(&self.place, &aside)?;
                }
                if let Err(error) = plain(&self.unfinished, &self.place) {
                    if is_there {
                        plain(&aside, &self.place)?;
                    }
                    return Err(error.into());
                }
                self.unfinished = aside;
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                return Err(ReleaseError::Exists(self.place.clone()));
            }
            Err(error) => return Err(ExportError::at(&self.place)(error).into()),
        }
        self.is_done = true;
        // What stood there before, if anything did, is now under the unfinished name.
        fs::remove_dir_all(&self.unfinished).ok();
        if let Some(parent) = self.place.parent() {
            // The folder is whole whatever comes of this; it only makes its name survive a power cut now.
            File::open(parent).and_then(|folder| folder.sync_all()).ok();
        }
        Ok(())
    }
}

impl Drop for NewFolder {
    fn drop(&mut self) {
        if !self.is_done {
            fs::remove_dir_all(&self.unfinished).ok();
        }
    }
}

/// Has a folder take a place, or change places with what is there, in one step. False where the system or its file system knows
/// no such step.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn in_one_step(from: &Path, to: &Path, is_there: bool) -> io::Result<bool> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    let flags = if is_there { RenameFlags::EXCHANGE } else { RenameFlags::NOREPLACE };
    match renameat_with(CWD, from, CWD, to, flags) {
        Ok(()) => Ok(true),
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn in_one_step(_: &Path, _: &Path, _: bool) -> io::Result<bool> {
    Ok(false)
}

/// Nothing is there, or an export that is to be replaced, with nothing else in it. Anything else is never touched.
fn is_free(place: &Path, replace: bool) -> Result<(), ReleaseError> {
    match fs::symlink_metadata(place) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(ExportError::at(place)(error).into()),
        Ok(_) if !replace => Err(ReleaseError::Exists(place.to_owned())),
        Ok(about) if about.is_dir() => {
            let manifest = Manifest::read(place).map_err(|_| ReleaseError::NotOurs(place.to_owned()))?;
            match read::strangers(place, &manifest).into_iter().next() {
                None => Ok(()),
                Some(name) => Err(ReleaseError::Holds { path: place.to_owned(), name: visible(&name).into_owned() }),
            }
        }
        Ok(_) => Err(ReleaseError::NotOurs(place.to_owned())),
    }
}

/// Where an export steps aside to where two cannot change places in one step.
fn aside(place: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(place.file_name().unwrap_or_default());
    name.push(".former");
    place.with_file_name(name)
}

/// Puts back what a run that was killed left aside.
fn put_back(place: &Path) {
    let aside = aside(place);
    if fs::symlink_metadata(place).is_err() && Manifest::read(&aside).is_ok() {
        fs::rename(aside, place).ok();
    }
}

/// Removes folders whose names start like this, if nobody is at work in them.
fn clear(parent: &Path, start: &str) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let is_left = entry.file_name().to_str().is_some_and(|name| name.starts_with(start));
        if is_left && path.is_dir() && !path.is_symlink() {
            let lock = File::open(&path).map(|folder| (folder.try_lock(), folder));
            if let Ok((Ok(()) | Err(TryLockError::Error(_)), _folder)) = lock {
                fs::remove_dir_all(&path).ok();
            }
        }
    }
}

/// Syncs the names in a folder and in those below it.
fn sync_folders(folder: &Path) -> Result<(), ReleaseError> {
    for entry in fs::read_dir(folder).map_err(ExportError::at(folder))? {
        let path = entry.map_err(ExportError::at(folder))?.path();
        if path.is_dir() {
            sync_folders(&path)?;
        }
    }
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(ExportError::at(folder))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A manifest with nothing in it but when it was written.
    fn manifest(written_at: &str) -> String {
        serde_json::json!({
            "manifest_version": 1, "written_at": written_at, "program": "", "recipe": null, "packaging": {},
            "consent": { "purpose": "", "rule": "", "withdrawn": 0, "customers": 0 }, "landing": [],
            "key": { "id": "", "is_kept": true, "method": "" }, "tables": [], "windows": null, "split": null,
            "attacks": [], "review": { "checks": [], "signed_off": null }, "tombstones": [], "files": [], "seal": "",
        })
        .to_string()
    }

    fn fill(folder: &NewFolder, written_at: &str) {
        fs::write(folder.path().join(super::super::manifest::NAME), manifest(written_at)).unwrap();
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_folder_appears_when_it_is_finished_and_not_before() {
        let home = tempfile::tempdir().unwrap();
        let place = home.path().join("below/out");
        let folder = NewFolder::begin(&place, false).unwrap();
        fill(&folder, "new");
        assert!(!place.exists());
        folder.finish(false).unwrap();
        assert_eq!(names(place.parent().unwrap()), ["out"]);
    }

    #[test]
    fn what_is_let_go_leaves_nothing() {
        let home = tempfile::tempdir().unwrap();
        let folder = NewFolder::begin(&home.path().join("out"), false).unwrap();
        fill(&folder, "new");
        drop(folder);
        assert!(names(home.path()).is_empty());
    }

    #[test]
    fn nothing_is_replaced_unasked_and_only_exports_ever() {
        let home = tempfile::tempdir().unwrap();
        let place = home.path().join("out");
        fs::create_dir(&place).unwrap();
        fs::write(place.join("mine"), "").unwrap();
        assert!(matches!(NewFolder::begin(&place, false), Err(ReleaseError::Exists(_))));
        assert!(matches!(NewFolder::begin(&place, true), Err(ReleaseError::NotOurs(_))));
        fs::write(place.join(super::super::manifest::NAME), "{}").unwrap();
        assert!(
            matches!(NewFolder::begin(&place, true), Err(ReleaseError::NotOurs(_))),
            "a manifest of something else"
        );
        fs::write(place.join(super::super::manifest::NAME), manifest("old")).unwrap();
        assert!(matches!(NewFolder::begin(&place, true), Err(ReleaseError::Holds { name, .. }) if name == "mine"));
        fs::remove_file(place.join("mine")).unwrap();
        let folder = NewFolder::begin(&place, true).unwrap();
        fill(&folder, "new");
        folder.finish(true).unwrap();
        assert_eq!((names(home.path()), names(&place)), (vec!["out".to_owned()], vec!["manifest.json".to_owned()]));
        assert_eq!(Manifest::read(&place).unwrap().written_at, "new");
    }

    #[test]
    fn what_stepped_aside_when_a_run_was_killed_comes_back() {
        let home = tempfile::tempdir().unwrap();
        let (place, former) = (home.path().join("my.out"), home.path().join(".my.out.former"));
        fs::create_dir(&former).unwrap();
        fs::write(former.join(super::super::manifest::NAME), manifest("old")).unwrap();
        assert_eq!(aside(&place), former);
        assert!(matches!(NewFolder::begin(&place, false), Err(ReleaseError::Exists(_))));
        assert_eq!(names(home.path()), ["my.out"]);
    }

    #[test]
    fn somebody_who_came_first_is_not_replaced() {
        let home = tempfile::tempdir().unwrap();
        let place = home.path().join("out");
        let folder = NewFolder::begin(&place, false).unwrap();
        fs::create_dir(&place).unwrap();
        assert!(matches!(folder.finish(false), Err(ReleaseError::Exists(_))));
        assert_eq!(names(home.path()), ["out"]);
    }

    #[test]
    fn what_a_killed_run_left_is_cleared_and_what_another_run_builds_is_not() {
        let home = tempfile::tempdir().unwrap();
        let place = home.path().join("out");
        fs::create_dir(home.path().join(".out.unfinished-1")).unwrap();
        fs::create_dir(home.path().join(".other.unfinished-1")).unwrap();
        let other = home.path().join(".out.unfinished-2");
        fs::create_dir(&other).unwrap();
        let lock = File::open(&other).unwrap();
        lock.try_lock().unwrap();
        drop(NewFolder::begin(&place, false).unwrap());
        assert_eq!(names(home.path()), [".other.unfinished-1", ".out.unfinished-2"]);
    }
}
