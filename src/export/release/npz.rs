//! Windows as NumPy arrays: one `.npz` a side, compressed, read by `numpy.load` without pickles.

use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;

use npyz::{AutoSerialize, DType, Serialize, TypeStr, WriterBuilder as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::ReleaseError;
use super::files::{FileEntry, HashedFile};
use super::table::Source;
use super::windows::Windowed;
use crate::domain::Progress;
use crate::export::ExportError;

/// Writes the tensors of each side: `X` (windows × instants × channels, float64), `time` (windows × instants, int64,
/// milliseconds), `channels`, and for each window `window` (its number), `customer`, `device`, `first_row` and `rows`.
/// Progress counts windows.
///
/// # Errors
/// When the disk refuses, or when cancelled.
pub(super) fn write(windows: &Windowed, folder: &Path, progress: &Progress) -> Result<Vec<FileEntry>, ReleaseError> {
    let below = folder.join("windows");
    std::fs::create_dir_all(&below).map_err(ExportError::at(&below))?;
    let mut sections = windows.index.sections(&["split"]);
    if sections.is_empty() {
        sections.push((vec![], 0..0));
    }
    let mut entries = vec![];
    for (texts, places) in sections {
        let side = texts.into_iter().next();
        let name = format!("windows/{}.npz", side.as_deref().unwrap_or("data"));
        let path = folder.join(&name);
        let file = HashedFile::create(&path)?;
        match archive(windows, places.clone(), file.clone(), progress) {
            Ok(()) => {}
            Err(_) if progress.is_cancelled() => return Err(ExportError::from(crate::domain::Cancelled).into()),
            Err(error) => return Err(ExportError::at(&path)(error).into()),
        }
        entries.push(file.finish(name, Some(places.len() as u64), side)?);
    }
    Ok(entries)
}

fn archive(windows: &Windowed, places: Range<usize>, out: HashedFile, progress: &Progress) -> io::Result<()> {
    let mut zip = Archive(ZipWriter::new_stream(out));
    let (count, length) = (places.len() as u64, windows.instants as u64);
    let channels = windows.channels.len() as u64;
    let instants = |place: usize| {
        let start = windows.starts[place] as usize;
        start..start + windows.instants
    };
    zip.array::<f64, _>("X", f64::default_dtype(), &[count, length, channels], |push| {
        for place in places.clone() {
            if progress.is_cancelled() {
                return Err(io::ErrorKind::Interrupted.into());
            }
            for instant in instants(place) {
                windows.channels.iter().try_for_each(|(_, values)| push(&values[instant]))?;
            }
            progress.advance(1);
        }
        Ok(())
    })?;
    zip.array::<i64, _>("time", i64::default_dtype(), &[count, length], |push| {
        places.clone().flat_map(instants).try_for_each(|instant| push(&windows.times[instant]))
    })?;
    let names: Vec<&str> = windows.channels.iter().map(|(name, _)| *name).collect();
    zip.texts("channels", &names)?;
    zip.array::<i64, _>("window", i64::default_dtype(), &[count], |push| {
        places.clone().try_for_each(|place| push(&(place as i64)))
    })?;
    for column in &windows.index.columns {
        let rows = places.clone().map(|place| windows.index.row(place));
        match (&column.source, column.name) {
            (source @ Source::Word { .. }, "customer" | "device") => {
                let texts: Vec<&str> = rows.map(|row| source.text(row).unwrap_or_default()).collect();
                zip.texts(column.name, &texts)?;
            }
            (source, "first_row" | "rows") => {
                let mut rows = rows;
                zip.array::<i64, _>(column.name, i64::default_dtype(), &[count], |push| {
                    rows.try_for_each(|row| push(&source.integer(row).unwrap_or_default()))
                })?;
            }
            _ => {}
        }
    }
    zip.0.finish()?;
    Ok(())
}

struct Archive<W: Write>(ZipWriter<zip::write::StreamWriter<W>>);

impl<W: Write> Archive<W> {
    fn array<T: Serialize + ?Sized, F>(&mut self, name: &str, dtype: DType, shape: &[u64], fill: F) -> io::Result<()>
    where
        F: FnOnce(&mut dyn FnMut(&T) -> io::Result<()>) -> io::Result<()>,
    {
        // The time of an entry is left at the first that the format has, and its size may be beyond four gigabytes.
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).large_file(true);
        self.0.start_file(format!("{name}.npy"), options)?;
        let mut buffered = io::BufWriter::with_capacity(1 << 16, &mut self.0);
        let mut array = npyz::WriteOptions::<T>::new().dtype(dtype).shape(shape).writer(&mut buffered).begin_nd()?;
        fill(&mut |value| array.push(value))?;
        array.finish()?;
        buffered.flush()
    }

    fn texts(&mut self, name: &str, texts: &[&str]) -> io::Result<()> {
        let longest = texts.iter().map(|text| text.chars().count()).max().unwrap_or(0).max(1);
        let dtype: TypeStr = format!("<U{longest}").parse().map_err(io::Error::other)?;
        self.array::<str, _>(name, DType::Plain(dtype), &[texts.len() as u64], |push| {
            texts.iter().try_for_each(|text| push(text))
        })
    }
}
