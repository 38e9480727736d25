//! The system's file dialogs, off the frame. A dialog that is cancelled is nothing at all.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::domain::TimeZone;
use crate::picture::Picture;
use crate::state::{Command, Sight, Spoken};
use crate::ui::words::{self, t};

/// What to ask for.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// One folder.
    Folder,
    /// One file or several.
    Files,
    /// The file of a recipe.
    OpenRecipe,
    /// A file with those who withdrew.
    Withdrawn,
    /// A file with the expected counts.
    Expected,
    /// A place for a recipe; it has this one now.
    SaveRecipe(Option<PathBuf>),
    /// A place for what is in sight of a table.
    SaveView(Arc<Sight>),
    /// A place for the report of the review.
    SaveReport,
    /// A list of sides.
    Sides,
    /// A list of those who withdrew, to look for them in exports.
    Searched,
    /// A folder for an export, which is not there yet.
    Export,
    /// A folder for a kit for other engines, which is not there yet.
    Kit,
    /// The folder of a run on another engine.
    Run,
    /// A place for a picture.
    SavePicture(Arc<Picture>),
}

impl Choice {
    /// What is to be done with the answer; nothing with none.
    pub(super) fn command(&self, mut paths: Vec<PathBuf>) -> Option<Command> {
        let last = paths.pop()?;
        Some(match self {
            Self::Folder => Command::OpenPaths(vec![last]),
            Self::Files => {
                paths.push(last);
                Command::OpenAny(paths)
            }
            Self::OpenRecipe => Command::OpenRecipe(last),
            Self::Withdrawn => Command::ReadWithdrawn(last),
            Self::Expected => Command::ReadExpected(last),
            Self::SaveRecipe(_) => Command::SaveRecipeTo(last),
            Self::SaveReport => Command::SaveReportTo(last),
            Self::Sides => Command::ReadSides(last),
            Self::Searched => Command::SearchFor(last),
            Self::Export => Command::ExportTo { place: last, replace: false },
            Self::Kit => Command::WriteKitTo(last),
            Self::Run => Command::OpenRun(last),
            Self::SavePicture(picture) => Command::SavePictureTo(last, Arc::clone(picture)),
            Self::SaveView(sight) => Command::SaveViewTo(last, Arc::clone(sight)),
        })
    }
}

/// Asks in a language, and waits for the answer: for a worker that does nothing else, never for the frame.
pub fn ask(choice: &Choice, spoken: Spoken) -> Vec<PathBuf> {
    words::speak(spoken, TimeZone::UTC);
    let dialog = rfd::FileDialog::new();
    match choice {
        Choice::Folder => dialog.set_title(t("Open a landing folder")).pick_folder().into_iter().collect(),
        Choice::Files => dialog
            .set_title(t("Open landing files"))
            .add_filter(t("Landing files"), &["json", "jsonl", "ndjson", "csv", "parquet", "gz", "zst"])
            .add_filter(t("All files"), &["*"])
            .pick_files()
            .unwrap_or_default(),
        Choice::OpenRecipe => with_recipes(dialog.set_title(t("Open a recipe"))).pick_file().into_iter().collect(),
        Choice::Withdrawn => with_texts(dialog.set_title(t("Open a list of those who withdrew"))),
        Choice::Expected => with_texts(dialog.set_title(t("Open the expected counts"))),
        Choice::SaveRecipe(file) => {
            let name = file.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
            let dialog = with_recipes(dialog.set_title(t("Save the recipe")));
            let dialog = dialog.set_file_name(name.unwrap_or_else(|| "recipe.json".to_owned()));
            let folder = file.as_deref().and_then(Path::parent);
            let dialog = folder.into_iter().fold(dialog, rfd::FileDialog::set_directory);
            dialog.save_file().into_iter().collect()
        }
        Choice::Sides => with_texts(dialog.set_title(t("Open a list of sides"))),
        Choice::Searched => with_texts(dialog.set_title(t("Open a list of those who withdrew"))),
        Choice::Export => dialog
            .set_title(t("Export to a new folder"))
            .set_file_name("stedi-training-set")
            .save_file()
            .into_iter()
            .collect(),
        Choice::Kit => {
            let dialog = dialog.set_title(t("Write the kit to a new folder")).set_file_name("stedi-kit");
            dialog.save_file().into_iter().collect()
        }
        Choice::Run => dialog.set_title(t("Open a run of another engine")).pick_folder().into_iter().collect(),
        Choice::SaveReport => dialog
            .set_title(t("Write the report of the review"))
            .add_filter(t("HTML"), &["html"])
            .set_file_name("review.html")
            .save_file()
            .into_iter()
            .collect(),
        Choice::SavePicture(picture) => dialog
            .set_title(t("Save the picture as SVG or PNG"))
            .add_filter(t("SVG"), &["svg"])
            .add_filter(t("PNG"), &["png"])
            .set_file_name(format!("{}.svg", picture.stem()))
            .save_file()
            .into_iter()
            .collect(),
        Choice::SaveView(sight) => dialog
            .set_title(t("Save this view as CSV or Parquet"))
            .add_filter(t("CSV"), &["csv"])
            .add_filter(t("Parquet"), &["parquet"])
            .set_file_name(format!("{}.csv", sight.look.shown.name()))
            .save_file()
            .into_iter()
            .collect(),
    }
}

fn with_recipes(dialog: rfd::FileDialog) -> rfd::FileDialog {
    dialog.add_filter(t("Recipes"), &["json"]).add_filter(t("All files"), &["*"])
}

fn with_texts(dialog: rfd::FileDialog) -> Vec<PathBuf> {
    let dialog = dialog.add_filter(t("Texts"), &["txt", "csv", "json"]).add_filter(t("All files"), &["*"]);
    dialog.pick_file().into_iter().collect()
}
