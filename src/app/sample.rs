//! Where the sample data lie: beside the program or in the working folder, or made anew in the user's cache.

use std::path::PathBuf;

use crate::domain::Progress;
use crate::generate;
use crate::landing::Source;

/// The folder of the sample data; made by the generator, to the byte the one that comes with the sources, when it
/// is not there.
pub fn source(progress: &Progress) -> Result<Source, String> {
    for folder in candidates() {
        if folder.join("customer").is_dir() {
            return Ok(Source::Folder(folder));
        }
    }
    let cache = directories::ProjectDirs::from("", "", "stedi-workbench")
        .map(|folders| folders.cache_dir().join("sample_data"))
        .ok_or("The sample data are not there, and there is no cache folder to make them in. Open a folder instead.")?;
    if !cache.join("customer").is_dir() {
        generate::sample()
            .write(&cache, &Progress::default())
            .map_err(|error| format!("The sample data could not be made: {error}"))?;
    }
    progress.check().map_err(|cancelled| cancelled.to_string())?;
    Ok(Source::Folder(cache))
}

fn candidates() -> impl Iterator<Item = PathBuf> {
    let beside =
        std::env::current_exe().ok().and_then(|program| program.parent().map(|folder| folder.join("sample_data")));
    [Some(PathBuf::from("sample_data")), beside].into_iter().flatten()
}
