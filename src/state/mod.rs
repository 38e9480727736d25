//! Plain data that the window shows. Views read it and send [`Command`]s; only the glue of the window changes it.

mod asked;
mod beside;
mod choices;
mod command;
mod exporting;
mod history;
mod language;
mod link;
mod look;
mod looks;
mod review;
mod session;
mod signals;
mod slot;
mod spark;
mod sql;
mod visits;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::curation::{Codes, Curation, Met, TableView};
use crate::domain::CheckId;
use crate::domain::{Recipe, Table, TimeZone, Withdrawn};
use crate::explore::{About, ColumnLayout, Follow, Query, Selection, Sums};
use crate::landing::{ConsentStood, EngineRun, Kept, Landing, Source};
use crate::picture::Picture;
use crate::review::joins::Stranger;
use crate::review::{Consented, Expected, FigureId, RowsBehind, Session, Verdict, Waterfall};

pub use asked::{FileChoice, PathAsked};
pub use beside::{Beside, Only, OtherPage, Place, Turned, Under};
pub use choices::{Choices, RecipeFile};
pub use command::Command;
pub use exporting::{ExportChoices, ExportOutcome, Exporting, OpenedExport, Proof, Searched, SideFile, TablesOf};
pub use history::{History, Label};
pub use language::{Instants, Language, Spoken};
pub use link::{LinkError, Opened, Spot, Stretch, ViewLink, unsaid_in_words};
pub use look::{Look, Sight, Summaries};
pub use looks::{Looks, Part, TextSize, Zoom};
pub use review::{Example, ReviewState, ReviewTab};
pub use session::{Drafts, SessionError, WindowSession};
pub use signals::{MeasuredChannel, Pointed, Signals};
pub use slot::Slot;
pub use spark::{SparkOrder, SparkState};
pub use sql::{SqlNotes, SqlState};
pub use visits::{ConsentTab, ExportTab, Tab, Visited, Visits};

/// Everything the window shows.
#[derive(Default)]
pub struct State {
    /// Where the landing files are read from, or were asked to be.
    pub source: Option<Source>,
    /// What was read.
    pub landing: Slot<Loaded>,
    /// The choices as they stand on the screen, and those before them. Read them with [`State::choices`].
    pub history: History<Choices>,
    /// The tables that those choices make.
    pub curation: Slot<Arc<Curation>>,
    /// The rows of each table before the last change of the recipe.
    pub before: Option<Before>,
    /// The rows behind a loss, once they are looked up.
    pub dropped: Slot<Arc<TableView>>,
    /// The rows that the table in the middle shows.
    pub look: Slot<Arc<Look>>,
    /// What its columns hold.
    pub summaries: Slot<Summaries>,
    /// What the cells that are chosen come to.
    pub sums: Slot<Sums>,
    /// What the consent page shows.
    pub consent: Slot<Arc<ConsentView>>,
    /// What the page of the signals shows.
    pub signals: Signals,
    /// The join review, and whether the tables may leave.
    pub review: ReviewState,
    /// The next export, and those before it.
    pub exporting: Exporting,
    /// The page of SQL.
    pub sql: SqlState,
    /// A path that is to be typed.
    pub path_asked: Option<PathAsked>,
    /// A Spark server that makes the tables instead.
    pub spark: SparkState,
    /// The rows behind a figure of the review, once they are looked up.
    pub behind: Slot<Arc<RowsBehind>>,
    /// The counts that another system reports.
    pub expected: Expected,
    /// What the count doctor says of them.
    pub verdicts: Slot<Vec<Verdict>>,
    /// Folders opened before, the last one first.
    pub recent: Vec<PathBuf>,
    /// What the user should know, the newest last.
    pub notices: Vec<Notice>,
    /// What the page that is looked after shows and showed.
    pub visits: Visits,
    /// What was just done, for some seconds.
    pub told: Option<Told>,
    /// Light, dark or as the system has it.
    pub theme: Theme,
    /// How the window looks otherwise, and which of its parts are there.
    pub looks: Looks,
    /// The language of the window.
    pub language: Language,
    /// The language of the system.
    pub system_language: Spoken,
    /// The clock by which it shows instants.
    pub instants: Instants,
    /// The zone of the system.
    pub system_zone: TimeZone,
    /// Names, e-mails, phones and birthdays are shown as they are, until the program ends.
    pub revealed: bool,
    /// How far the work has come that the user waits for.
    pub work: Option<Work>,
    /// Files are held over the window.
    pub files_hover: bool,
    /// What is kept of what was read.
    pub cache: CacheState,
    /// Changes of the folder that is open are read at once.
    pub watches: bool,
    /// The keys of actions that have others than the usual ones.
    pub keys: Keys,
    /// The tour was taken, or is not wanted.
    pub toured: bool,
    /// The page beside the first, if there is one.
    pub beside: Option<Beside>,
    /// Keys and the list on the left go to it, and not to the first.
    pub is_beside_used: bool,
    /// What was worked out for the page that is not looked after.
    pub other: OtherPage,
    /// The page beside is looked after, not the first.
    pub turned: Option<Turned>,
}

/// Keys in words by the names of actions; a blank one is none.
pub type Keys = BTreeMap<String, String>;

/// What the window is called.
pub const NAME: &str = "STEDI workbench";

impl State {
    /// What the window is called, with the landing files that are open.
    pub fn title(&self) -> String {
        match self.landing.value() {
            Some(loaded) => format!("{} — {NAME}", loaded.landing.source.name()),
            None => NAME.to_owned(),
        }
    }

    /// The language that the window speaks.
    pub fn spoken(&self) -> Spoken {
        self.language.spoken(self.system_language)
    }

    /// The zone in which instants are shown.
    pub fn zone(&self) -> TimeZone {
        if self.instants == Instants::Local { self.system_zone } else { TimeZone::UTC }
    }

    /// The choices of the page that is looked after, as they stand on the screen.
    pub fn choices(&self) -> &Choices {
        self.turned.as_ref().map_or_else(|| self.history.present(), Turned::choices)
    }

    /// The rows in the middle of the window, if they are those that the choices ask for.
    pub fn look_in_force(&self) -> Option<&Arc<Look>> {
        let (Slot::Ready(look), choices) = (&self.look, self.choices()) else { return None };
        let is_asked = look.shown == choices.shown
            && look.follow.as_ref() == choices.narrowed_to()
            && look.query == choices.query()
            && look.only == self.only();
        let stays = match look.shown {
            Shown::Table(table) => table.dataset().is_some() || matches!(self.curation, Slot::Ready(_)),
            Shown::Dropped { .. } => matches!(self.dropped, Slot::Ready(_)),
            Shown::Behind(_) => matches!(self.behind, Slot::Ready(_)),
            Shown::Sql => match (&look.answer, self.answer_in_force()) {
                (Some(shown), Some(answer)) => Arc::ptr_eq(shown, answer),
                _ => false,
            },
            Shown::Consent | Shown::Signals | Shown::Review | Shown::Export | Shown::Refused => false,
        };
        (is_asked && stays).then_some(look)
    }

    /// What is in sight of a table, if one is shown and its rows are those that the choices ask for.
    pub fn sight(&self) -> Option<Sight> {
        let (look, loaded) = (self.look_in_force()?, self.landing.value()?);
        Some(Sight {
            look: Arc::clone(look),
            // What was signed is the tables of the recipe in force.
            signed: self.review.signed_off().filter(|_| !self.is_apart()),
            columns: self.choices().layout().in_sight(&look.view).0,
            codes: Arc::clone(&loaded.codes),
            revealed: self.revealed,
            source: loaded.landing.source.clone(),
        })
    }
}

/// What is kept of what was read, so that it is there at once the next time.
#[derive(Clone, Debug, Default)]
pub struct CacheState {
    /// Where; none where there is no place for it.
    pub folder: Option<PathBuf>,
    /// How much is kept.
    pub kept: Kept,
    /// The most bytes that are kept; 0 keeps nothing.
    pub limit: u64,
}

/// What was read from a source, ready to be looked at.
#[derive(Clone)]
pub struct Loaded {
    /// The records, the refused ones and the remarks.
    pub landing: Arc<Landing>,
    /// Codes for its people and devices.
    pub codes: Arc<Codes>,
}

/// Where the rows went, and how the consents came in.
#[derive(Clone, Debug)]
pub struct ConsentView {
    /// Customers, accelerometer, step trainer, machine learning.
    pub waterfalls: [Waterfall; 4],
    /// How many customers had agreed at evenly spaced instants.
    pub consented: Vec<Consented>,
    /// The readings of each customer against their consent.
    pub sessions: Vec<Session>,
    /// Everything there is of whom the page tells about.
    pub about: Option<About>,
    /// Whom the list of those who withdrew stands for.
    pub met: Met,
}

/// The figures from before a change, to show what it did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Before {
    /// Rows of each table, in the order of [`Table::ALL`].
    pub rows: [u64; 8],
    /// When the change took effect, in seconds of the window's clock.
    pub changed_at: f64,
}

/// What was just done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// In words.
    pub words: String,
    /// When it was told.
    pub since: Instant,
}

/// What the middle of the window shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// A table.
    Table(Table),
    /// The rows that a step of a table's definition dropped.
    ///
    /// With `stood`, only those whose consent was missing in this way.
    Dropped { table: Table, step: usize, stood: Option<ConsentStood> },
    /// Where the rows went and why, who agreed when, who withdrew, and whether counts are the expected ones.
    Consent,
    /// What devices and phones recorded.
    Signals,
    /// The checks, the joins, whose device it is, and the gate.
    Review,
    /// What the export will be, what stands against it, and the exports that were made.
    Export,
    /// The rows behind a figure of the review.
    #[serde(skip)]
    Behind(FigureId),
    /// A query over the tables, and what came of it.
    Sql,
    /// The records that could not be read, and remarks on the files.
    Refused,
}

impl Shown {
    /// The table that it is, or that lost these rows.
    pub fn table(self) -> Option<Table> {
        match self {
            Self::Table(table) | Self::Dropped { table, .. } => Some(table),
            Self::Behind(figure) => figure.table(),
            Self::Consent | Self::Signals | Self::Review | Self::Export | Self::Sql | Self::Refused => None,
        }
    }

    /// What is shown instead once another source is open.
    #[must_use]
    pub fn elsewhere(self) -> Self {
        if matches!(self, Self::Dropped { .. } | Self::Behind(_)) { Self::default() } else { self }
    }

    /// Whether it is of the recipe in force, whatever recipe the page is under.
    pub fn is_always_in_force(self) -> bool {
        matches!(self, Self::Review | Self::Export | Self::Refused | Self::Behind(_))
    }

    /// Whether its rows are of the training set, which leaves only when it was signed off.
    pub fn is_training_set(self) -> bool {
        matches!(self, Self::Table(Table::MachineLearningCurated) | Self::Behind(_))
    }

    /// What the table is called, also as a file; blank where none is shown.
    pub fn name(self) -> String {
        let name = self.table().map_or("", Table::name);
        match self {
            Self::Dropped { .. } => format!("{name}_dropped"),
            Self::Behind(FigureId::Check { id, .. }) => id.name().replace('-', "_"),
            Self::Behind(_) => format!("{name}_rows"),
            Self::Sql => "query".to_owned(),
            _ => name.to_owned(),
        }
    }
}

impl Default for Shown {
    fn default() -> Self {
        Self::Table(Table::CustomerLanding)
    }
}

/// Something the user should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How much it matters.
    pub severity: Severity,
    /// What happened, where, and what to do.
    pub text: String,
    /// The recipe that a click puts in force again.
    pub recipe: Option<Box<Recipe>>,
}

impl Notice {
    /// One that only says something.
    pub fn new(severity: Severity, text: impl Into<String>) -> Self {
        Self { severity, text: text.into(), recipe: None }
    }
}

/// How much a notice matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Good to know.
    Information,
    /// Something is not as it should be.
    Warning,
    /// Something could not be done.
    Error,
}

/// Work that the user waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    /// What is done.
    pub label: &'static str,
    /// Units done.
    pub done: u64,
    /// Of how many; 0 while that is not known.
    pub total: u64,
}

/// Light, dark or as the system has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}
