//! The files of a generation: three feeds, each in numbered parts, and all of them taken back if it does not end
//! well.

use std::fs;
use std::path::{Path, PathBuf};

use super::defects::{Defect, Defects};
use super::error::{At, GenerateError};
use super::json::Spelling;
use super::part::{Finished, Layout, Part};
use super::{Generated, GeneratedFile};
use crate::domain::Dataset;

/// Takes records and deals them to files.
#[derive(Debug)]
pub(super) struct Delivery<'a> {
    folder: &'a Path,
    defects: &'a Defects,
    part_bytes: u64,
    feeds: [Feed; 3],
    /// Parts opened so far, of all feeds: which of them have a defect depends on it.
    opened: u64,
    files: Vec<GeneratedFile>,
    /// Folders that were made, from the outside in.
    folders: Vec<PathBuf>,
    /// Kept from record to record, so that writing one does not ask for memory.
    record: Vec<u8>,
}

#[derive(Debug, Default)]
struct Feed {
    part: Option<OpenPart>,
    parts: u64,
}

#[derive(Debug)]
struct OpenPart {
    part: Part,
    name: String,
    again: bool,
}

impl<'a> Delivery<'a> {
    /// Makes the folders `<folder>/<data set>/landing`.
    ///
    /// # Errors
    /// When the folder has anything in it, or a folder cannot be made. Then nothing is left behind.
    pub(super) fn start(folder: &'a Path, defects: &'a Defects, part_bytes: u64) -> Result<Self, GenerateError> {
        let mut delivery = Self {
            folder,
            defects,
            part_bytes,
            feeds: Default::default(),
            opened: 0,
            files: Vec::new(),
            folders: Vec::new(),
            record: Vec::with_capacity(1 << 10),
        };
        if folder.exists() {
            if fs::read_dir(folder).at(folder)?.next().is_some() {
                return Err(GenerateError::NotEmpty { folder: folder.to_owned() });
            }
        } else {
            fs::create_dir_all(folder).at(folder)?;
            delivery.folders.push(folder.to_owned());
        }
        match delivery.make_folders() {
            Ok(()) => Ok(delivery),
            Err(error) => {
                delivery.discard();
                Err(error)
            }
        }
    }

    fn make_folders(&mut self) -> Result<(), GenerateError> {
        for dataset in Dataset::ALL {
            for folder in [self.folder.join(dataset.name()), self.folder.join(dataset.name()).join("landing")] {
                fs::create_dir(&folder).at(&folder)?;
                self.folders.push(folder);
            }
        }
        Ok(())
    }

    /// Delivers one record, which `write` spells as the file wants it.
    pub(super) fn push(
        &mut self,
        dataset: Dataset,
        write: impl FnOnce(Spelling, &mut Vec<u8>),
    ) -> Result<(), GenerateError> {
        if self.feeds[dataset.index()].part.as_ref().is_some_and(|open| open.part.bytes() >= self.part_bytes) {
            self.close(dataset)?;
        }
        if self.feeds[dataset.index()].part.is_none() {
            self.open(dataset)?;
        }
        if let Some(open) = &mut self.feeds[dataset.index()].part {
            self.record.clear();
            write(open.part.spelling(), &mut self.record);
            open.part.push(&mut self.record)?;
        }
        Ok(())
    }

    /// Completes all files.
    pub(super) fn finish(&mut self) -> Result<Generated, GenerateError> {
        for dataset in Dataset::ALL {
            self.close(dataset)?;
        }
        let mut files = std::mem::take(&mut self.files);
        files.sort_by(|a, b| (a.dataset, &a.path).cmp(&(b.dataset, &b.path)));
        Ok(Generated { files })
    }

    /// Takes everything back that was written, as far as the disk lets it.
    pub(super) fn discard(&mut self) {
        for feed in &mut self.feeds {
            if let Some(open) = feed.part.take() {
                open.part.discard();
            }
        }
        // An error here would only hide the one that led here.
        for file in self.files.drain(..) {
            let _ = fs::remove_file(self.folder.join(file.path));
        }
        for folder in self.folders.drain(..).rev() {
            let _ = fs::remove_dir(folder);
        }
    }

    fn open(&mut self, dataset: Dataset) -> Result<(), GenerateError> {
        let opened = self.opened;
        let has = |defect| self.defects.in_file(defect, opened);
        let layout = Layout {
            spelling: Spelling { other_keys: has(Defect::OtherKeys), seconds: has(Defect::Seconds) },
            back_to_back: has(Defect::BackToBack),
            windows_text: has(Defect::WindowsText),
            compressed: has(Defect::Compressed),
            truncated: has(Defect::TruncatedFiles),
        };
        let (again, empty) = (has(Defect::DuplicateFiles), has(Defect::EmptyFiles));
        self.opened += 1;
        let number = self.number(dataset);
        let name = format!("{}-{number:05}", dataset.name());
        let ending = if layout.compressed { ".json.gz" } else { ".json" };
        let part = Part::create(self.path(dataset, &format!("{name}{ending}")), layout)?;
        self.feeds[dataset.index()].part = Some(OpenPart { part, name, again });
        if empty {
            let number = self.number(dataset);
            let finished = Finished::empty(self.path(dataset, &format!("{}-{number:05}.json", dataset.name())))?;
            self.add(dataset, finished);
        }
        Ok(())
    }

    fn close(&mut self, dataset: Dataset) -> Result<(), GenerateError> {
        let Some(OpenPart { part, name, again }) = self.feeds[dataset.index()].part.take() else {
            return Ok(());
        };
        let finished = part.finish()?;
        self.add(dataset, finished.clone());
        if again {
            let ending =
                if finished.path.extension().is_some_and(|ending| ending == "gz") { ".json.gz" } else { ".json" };
            let copy = finished.copy_to(self.path(dataset, &format!("{name}-again{ending}")))?;
            self.add(dataset, copy);
        }
        Ok(())
    }

    fn number(&mut self, dataset: Dataset) -> u64 {
        let feed = &mut self.feeds[dataset.index()];
        feed.parts += 1;
        feed.parts
    }

    fn path(&self, dataset: Dataset, name: &str) -> PathBuf {
        self.folder.join(dataset.name()).join("landing").join(name)
    }

    fn add(&mut self, dataset: Dataset, finished: Finished) {
        let Finished { path, bytes, records } = finished;
        let path = path.strip_prefix(self.folder).map(Path::to_owned).unwrap_or(path);
        self.files.push(GeneratedFile { path, dataset, bytes, records });
    }
}
