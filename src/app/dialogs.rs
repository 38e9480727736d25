//! The system's file dialogs, off the frame. A dialog that is cancelled is nothing at all.

use std::path::PathBuf;

/// What to ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// One folder.
    Folder,
    /// One file or several.
    Files,
}

/// Asks, and waits for the answer: for a worker, never for the frame.
pub fn ask(choice: &Choice) -> Vec<PathBuf> {
    let dialog = rfd::FileDialog::new();
    match choice {
        Choice::Folder => dialog.set_title("Open a landing folder").pick_folder().into_iter().collect(),
        Choice::Files => dialog
            .set_title("Open landing files")
            .add_filter("Landing files", &["json", "jsonl", "ndjson", "csv", "parquet", "gz", "zst"])
            .add_filter("All files", &["*"])
            .pick_files()
            .unwrap_or_default(),
    }
}
