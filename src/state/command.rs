//! What views ask for.

use std::path::PathBuf;
use std::sync::Arc;

use super::*;

/// What a view asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Ask for a folder and open it.
    ChooseFolder,
    /// Ask for files and open them.
    ChooseFiles,
    /// This is the path that was asked for; none if there is to be none.
    AnswerPath(Option<PathBuf>),
    /// Open this folder, or these files.
    OpenPaths(Vec<PathBuf>),
    /// Open what was handed over: a recipe, or landing files.
    OpenAny(Vec<PathBuf>),
    /// Open the sample data.
    OpenSample,
    /// Read the source again.
    Reload,
    /// Stop what is being read or worked out.
    Cancel,
    /// Curate with these choices.
    SetRecipe(Recipe),
    /// Ask for a recipe and open it.
    ChooseRecipe,
    /// Curate with the recipe in this file.
    OpenRecipe(PathBuf),
    /// Ask for a new folder and write the kit of the recipe for Spark and Athena to it.
    ChooseKit,
    /// Write the kit to this folder.
    WriteKitTo(PathBuf),
    /// Ask for the folder of a run on another engine and show its tables.
    ChooseRun,
    /// Show the tables of the run on another engine in this folder.
    OpenRun(PathBuf),
    /// Show the tables of this run under its recipe, or those made here.
    UseRun(Option<Arc<EngineRun>>),
    /// Offer the choice of the engine that makes the tables, or no longer.
    OfferEngines(bool),
    /// Have a Spark server make the tables of the recipe, and show them.
    RunOnSpark(SparkOrder),
    /// Save the session at once, and the recipe if it has a file.
    Save,
    /// Write the recipe to its file, or ask for one.
    SaveRecipe,
    /// Ask for a file and write the recipe to it.
    SaveRecipeAs,
    /// Write the recipe to this file.
    SaveRecipeTo(PathBuf),
    /// Go back to before the last change.
    Undo,
    /// Make the change again that was undone last.
    Redo,
    /// Go to this entry of the history, counted from the oldest.
    GoTo(usize),
    /// Show this in the middle.
    Show(Shown),
    /// Look the rows behind the shown loss up again.
    RetryDropped,
    /// Work out the consent page again.
    RetryConsent,
    /// Ask for a file and save this chart in it.
    SavePicture(Arc<Picture>),
    /// Save this chart in this file.
    SavePictureTo(PathBuf, Arc<Picture>),
    /// Compute the review again.
    RetryReview,
    /// Look the rows behind the shown figure up again.
    RetryBehind,
    /// Accept a failing check: who, and why.
    Accept { check: CheckId, who: String, why: String },
    /// Take an acceptance back: who, and why.
    Revoke { check: CheckId, who: String, why: String },
    /// Take the signature back, for a reason.
    Unsign { who: String, why: String },
    /// Put a name to all figures of the review.
    SignOff { who: String },
    /// Say whether a device is whom the evidence points to, or leave that to the evidence.
    Decide { serial: String, owner: String, is_theirs: Option<bool>, who: String },
    /// Show the device and the stranger whose motions were paired with it, at the first such instant.
    ShowStranger(Stranger),
    /// Pack the next export like this.
    SetExport(ExportChoices),
    /// Ask for a list of sides.
    ChooseSides,
    /// Read a list of sides from this file.
    ReadSides(PathBuf),
    /// Ask for a folder and export to it.
    ChooseExport,
    /// Export to this folder; to the place of an export that is there already only if that is wanted.
    ExportTo { place: PathBuf, replace: bool },
    /// What became of the last export was seen.
    DismissExport,
    /// Work out again what the export would be.
    RetryExport,
    /// Look at an export that was made.
    OpenExport(PathBuf),
    /// Prove that an export is as it was written, and that the landing files still give it.
    VerifyExport(PathBuf),
    /// Take an export off the list; the folder stays.
    ForgetExport(PathBuf),
    /// Ask for a list of those who withdrew, and look for them in the exports.
    ChooseSearched,
    /// Look for those in this file in the exports.
    SearchFor(PathBuf),
    /// Show the exports that were made.
    ShowPastExports,
    /// Look for these in the exports.
    Search(Withdrawn),
    /// Write an export without those who were looked for; in its own place if that is wanted.
    WithdrawFrom { folder: PathBuf, replace: bool },
    /// Ask for a file and write the report of the review to it.
    SaveReport,
    /// Write the report of the review to this file.
    SaveReportTo(PathBuf),
    /// Look all devices and recordings up again.
    RetrySignals,
    /// Draw this device or customer beside the one that is followed, or the one on the customer record.
    DrawBeside(Option<String>),
    /// Lay the motion of this customer over, or nobody's.
    LayOver(Option<String>),
    /// Choose a stretch of time, in milliseconds since 1970-01-01 00:00 UTC, or none.
    ChooseRange(Option<(i64, i64)>),
    /// Compare these devices.
    Compare(Vec<String>),
    /// The row at this instant was chosen in a table.
    PointAt(Pointed),
    /// Look at a table in this way.
    SetQuery(Shown, Query),
    /// Arrange a table's columns in this way.
    SetColumns(Shown, ColumnLayout),
    /// Choose these cells of a table.
    Select(Shown, Selection),
    /// Answer this query.
    Ask(String),
    /// Forget the queries that were answered.
    ForgetQueries,
    /// Read those who withdrew from a file, and add them to the recipe.
    ReadWithdrawn(PathBuf),
    /// Ask for a file with those who withdrew.
    ChooseWithdrawn,
    /// Compare with these counts.
    SetExpected(Expected),
    /// Read the expected counts from a file.
    ReadExpected(PathBuf),
    /// Ask for a file with the expected counts.
    ChooseExpected,
    /// Say something that the user should know.
    Notify(Severity, String),
    /// Narrow all tables to this customer or device, or to nobody.
    Follow(Option<Follow>),
    /// Show what was shown before.
    Back,
    /// Show what was gone back from.
    Forth,
    /// Show what somebody recorded, or all recordings. No table is narrowed.
    ShowRecording(Option<Follow>),
    /// Narrow all tables to somebody, and show what became of all of theirs and why.
    About(Follow),
    /// Use these colours.
    SetTheme(Theme),
    /// Speak this language.
    SetLanguage(Language),
    /// Show instants by this clock.
    SetInstants(Instants),
    /// Do this for the page beside the first.
    Beside(Box<Command>),
    /// Have a page beside the first, or none.
    SetBeside(Option<Beside>),
    /// The two pages change places.
    SwapPages,
    /// Keys and the list on the left go to the page beside from now on, or to the first.
    UsePage { beside: bool },
    /// Have the window look like this, and show these parts of it.
    SetLooks(Looks),
    /// Give a part of the window this width or height, in points.
    SetSize(Part, f32),
    /// Keep at most so many bytes of what was read; with 0, nothing.
    LimitCache(u64),
    /// Throw away what is kept of what was read.
    ClearCache,
    /// Read changes of the folder that is open at once, or only when asked to.
    Watch(bool),
    /// Do not offer the tour again.
    Toured,
    /// Give an action this key, none, or the usual one again.
    SetKey(&'static str, Option<String>),
    /// Ask for a file and write to it what is in sight of the table.
    SaveView,
    /// Write this to this file.
    SaveViewTo(PathBuf, Arc<Sight>),
    /// Show personal data as it is, or masked.
    Reveal(bool),
    /// Put what is chosen on the clipboard, with the titles of its columns or without.
    Copy { titles: bool },
    /// Put this text on the clipboard.
    CopyText(String),
    /// Put a link to what is looked at on the clipboard.
    CopyLink,
    /// Go where this link leads to.
    OpenLink(String),
    /// Take a notice away.
    Dismiss(usize),
    /// Close the window.
    Quit,
}
