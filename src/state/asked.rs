//! Which file or folder is asked for, and what is done with the answer.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::picture::Picture;

use super::{Command, Sight};

/// What to ask for.
#[derive(Clone, Debug, PartialEq)]
pub enum FileChoice {
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

/// A path that is typed, where the system has no dialog to choose it in.
#[derive(Clone, Debug, PartialEq)]
pub struct PathAsked {
    /// What it is the path of.
    pub choice: FileChoice,
    /// What the field says at first.
    pub start: String,
    /// Why what was typed last cannot be opened.
    pub error: Option<String>,
}

impl FileChoice {
    /// What is asked for, as the title of a dialog.
    pub fn title(&self) -> &'static str {
        match self {
            Self::Folder => "Open a landing folder",
            Self::Files => "Open landing files",
            Self::OpenRecipe => "Open a recipe",
            Self::Withdrawn | Self::Searched => "Open a list of those who withdrew",
            Self::Expected => "Open the expected counts",
            Self::SaveRecipe(_) => "Save the recipe",
            Self::SaveView(sight) if sight.revealed => {
                "Save this view as CSV or Parquet, with personal data as they are"
            }
            Self::SaveView(_) => "Save this view as CSV or Parquet, masked as on the screen",
            Self::SaveReport => "Write the report of the review",
            Self::Sides => "Open a list of splits",
            Self::Export => "Export to a new folder",
            Self::Kit => "Write the kit to a new folder",
            Self::Run => "Open a run of another engine",
            Self::SavePicture(_) => "Save the picture as SVG or PNG",
        }
    }

    /// What it is called unless somebody says otherwise; none of what is there already.
    pub fn new_name(&self) -> Option<String> {
        Some(match self {
            Self::SaveRecipe(file) => {
                let name = file.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
                name.unwrap_or_else(|| "recipe.json".to_owned())
            }
            Self::SaveView(sight) => format!("{}.csv", sight.look.shown.name()),
            Self::SaveReport => "review.html".to_owned(),
            Self::Export => "stedi-training-set".to_owned(),
            Self::Kit => "stedi-kit".to_owned(),
            Self::SavePicture(picture) => format!("{}.svg", picture.stem()),
            Self::Folder
            | Self::Files
            | Self::OpenRecipe
            | Self::Withdrawn
            | Self::Expected
            | Self::Sides
            | Self::Searched
            | Self::Run => return None,
        })
    }

    /// What is to be done with the answer; nothing with none.
    pub fn command(&self, mut paths: Vec<PathBuf>) -> Option<Command> {
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
