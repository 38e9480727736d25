//! What is done off the frame, and by which worker.

use std::path::PathBuf;
use std::sync::Arc;

use crate::curation::{
    Codes, Curation, CurationError, OwnerFindings, TableView, curate, curate_brought, curate_to_disk,
};
use crate::domain::{Cancelled, Dataset, Progress, Recipe, Table};
use crate::explore::{Follow, Query};
use crate::export::release::Preview;
use crate::jobs::Lane;
use crate::landing::{self, Cache, ConsentStood, EngineRun, Kept, Landing, LandingError, Seen, Source, Unkept};
use crate::review::joins::JoinReport;
use crate::review::{Expected, Review, RowsBehind, RuleReport, Trail};
use crate::signals::Plotted;
use crate::spark;
use crate::sql::{Answer, AskError};
use crate::state::{Example, FileChoice, Loaded, Look, Only, OpenedExport, Shown, Spoken};

use super::asking::{self, AskRequest};
use super::chosen::CopyRequest;
use super::dialogs;
use super::export_work::{
    self, ExportRequest, Homes, NotWritten, PastAnswer, PastRequest, PreviewRequest, ProveAnswer, ProveRequest,
};
use super::handing_over::KitRequest;
use super::keeping::{self, KeepRequest, WatchRequest};
use super::lists::{List, ListRequest};
use super::on_spark::{self, Ended, SparkRequest};
use super::picture_file::SavePictureRequest;
use super::recipe_file::{self, OpenRequest, Opened};
use super::reviewing::{BehindRequest, ChecksRequest, ExampleRequest, ReportRequest, TrailRequest};
use super::session::{self, SessionRequest};
use super::settings::SaveRequest;
use super::view_file::SaveViewRequest;
use super::{on_disk, reviewing, sample};

/// The workers of the window.
pub struct Workers {
    /// Reads landing files.
    pub load: Lane<Load, Result<Read, Failure>>,
    /// Keeps what was read for the next time.
    pub keep: Lane<KeepRequest, Result<Kept, String>>,
    /// Waits for changes of the folder that is open.
    pub watch: Lane<WatchRequest, ()>,
    /// Makes the tables of a recipe.
    pub curate: Lane<CurateRequest, Result<Arc<Curation>, Failure>>,
    /// Computes the checks of the review.
    pub checks: Lane<ChecksRequest, Result<Arc<Review>, Failure>>,
    /// Looks at all joins.
    pub joins: Lane<Curated, Result<Arc<Vec<JoinReport>>, Failure>>,
    /// Compares the join rules.
    pub rules: Lane<Curated, Result<Arc<Vec<RuleReport>>, Failure>>,
    /// Infers whose device it is.
    pub owners: Lane<Curated, Result<Arc<OwnerFindings>, Failure>>,
    /// Looks up a device that was paired with a stranger.
    pub example: Lane<ExampleRequest, Result<Arc<Example>, Failure>>,
    /// Looks up the rows behind a figure of the review.
    pub behind: Lane<BehindRequest, Result<Arc<RowsBehind>, Failure>>,
    /// Reads the trail of reviews and adds to it.
    pub trail: Lane<TrailRequest, Result<Arc<Trail>, Failure>>,
    /// Writes reports.
    pub report: Lane<ReportRequest, Result<String, String>>,
    /// Looks at what an export would be.
    pub preview: Lane<PreviewRequest, Result<Arc<Preview>, Failure>>,
    /// Writes exports.
    pub export: Lane<ExportRequest, Result<OpenedExport, NotWritten>>,
    /// Reads an export that was made.
    pub opened: Lane<PathBuf, Result<OpenedExport, Failure>>,
    /// Looks after the list of exports.
    pub past: Lane<PastRequest, Result<PastAnswer, Failure>>,
    /// Proves exports, and takes customers out of them.
    pub prove: Lane<ProveRequest, Result<ProveAnswer, Failure>>,
    /// Reads lists from files.
    pub lists: Lane<ListRequest, Result<List, String>>,
    /// Shows the system's file dialogs.
    pub dialog: Lane<(FileChoice, Spoken), Option<Vec<PathBuf>>>,
    /// Opens recipes.
    pub open_recipe: Lane<OpenRequest, Result<Opened, String>>,
    /// Writes recipes.
    pub save_recipe: Lane<recipe_file::SaveRequest, Result<(), String>>,
    /// Makes a text of chosen cells.
    pub copy: Lane<CopyRequest, Result<String, Failure>>,
    /// Answers queries.
    pub ask: Lane<AskRequest, Result<Arc<Answer>, AskError>>,
    /// Writes what is in sight of a table.
    pub save_view: Lane<SaveViewRequest, Result<String, Failure>>,
    /// Writes kits for other engines.
    pub kit: Lane<KitRequest, Result<String, Failure>>,
    /// Watches over the work of a Spark server.
    pub spark: Lane<SparkRequest, Result<Ended, String>>,
    /// Writes pictures.
    pub save_picture: Lane<SavePictureRequest, Result<String, Failure>>,
    /// Writes the session.
    pub session: Lane<SessionRequest, Result<bool, String>>,
    /// Writes the settings.
    pub save: Lane<SaveRequest, Result<(), String>>,
}

/// Why there is no answer.
pub enum Failure {
    /// It was asked to stop.
    Cancelled,
    /// What happened, where, and what to do.
    Error(String),
}

/// What to read.
#[derive(Clone, PartialEq)]
pub enum LoadRequest {
    /// A folder, or files.
    Paths(Vec<PathBuf>),
    /// The sample data, wherever they lie.
    Sample,
}

/// What to read, and where what was read is kept, if it is.
#[derive(Clone, PartialEq)]
pub struct Load {
    pub what: LoadRequest,
    pub cache: Option<Cache>,
}

/// What was read.
pub struct Read {
    pub loaded: Loaded,
    /// What is not kept yet.
    pub unkept: Arc<Unkept>,
    /// The files as they were before they were read.
    pub seen: Option<Seen>,
}

/// Which tables to make.
#[derive(Clone)]
pub struct CurateRequest {
    /// Of these records.
    pub landing: Arc<Landing>,
    /// With these choices.
    pub recipe: Recipe,
    /// As this run on another engine made them.
    pub run: Option<Arc<EngineRun>>,
}

impl PartialEq for CurateRequest {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.landing, &other.landing) && (&self.recipe, &self.run) == (&other.recipe, &other.run)
    }
}

/// Which rows to look up.
#[derive(Clone)]
pub struct DroppedRequest {
    /// Of these tables.
    pub curation: Arc<Curation>,
    /// Those that this table lost.
    pub table: Table,
    /// In this step.
    pub step: usize,
    /// Those only whose consent was missing in this way.
    pub stood: Option<ConsentStood>,
}

impl PartialEq for DroppedRequest {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.curation, &other.curation)
            && (self.table, self.step, self.stood) == (other.table, other.step, other.stood)
    }
}

/// What landed, and what was made of it.
#[derive(Clone)]
pub struct Curated {
    pub landing: Arc<Landing>,
    pub curation: Arc<Curation>,
}

impl PartialEq for Curated {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.landing, &other.landing) && Arc::ptr_eq(&self.curation, &other.curation)
    }
}

/// What to work out for the consent page.
#[derive(Clone, PartialEq)]
pub struct ConsentRequest {
    /// Of what.
    pub of: Curated,
    /// Of this customer or device only.
    pub follow: Option<Follow>,
    /// Whom it tells about.
    pub about: Option<Follow>,
}

/// Whose recording to look up.
#[derive(Clone, PartialEq)]
pub struct RecordRequest {
    /// In what.
    pub of: Curated,
    /// Of this customer or device.
    pub follow: Follow,
    /// With this device or customer beside it, or the one on the customer record.
    pub partner: Option<String>,
}

/// Whose motion to look up.
#[derive(Clone, PartialEq)]
pub struct OtherRequest {
    /// In what.
    pub of: Curated,
    /// Of this customer.
    pub email: String,
}

/// Which devices to compare.
#[derive(Clone, PartialEq)]
pub struct CompareRequest {
    /// In what.
    pub of: Curated,
    /// Their serial numbers.
    pub devices: Vec<String>,
}

/// What to measure.
#[derive(Clone)]
pub struct MeasureRequest {
    /// Of this recording.
    pub of: Arc<Plotted>,
    /// From the first to the second instant.
    pub range: (i64, i64),
}

impl PartialEq for MeasureRequest {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.of, &other.of) && self.range == other.range
    }
}

/// Which counts to compare.
#[derive(Clone, PartialEq)]
pub struct DoctorRequest {
    /// Of what.
    pub of: Curated,
    /// With these.
    pub expected: Expected,
}

/// Which rows to find.
#[derive(Clone)]
pub struct LookRequest {
    /// Of which table.
    pub shown: Shown,
    /// Where its rows are.
    pub rows: Place,
    /// What is wanted of it.
    pub query: Query,
    /// Whom it is narrowed to.
    pub follow: Option<Follow>,
    /// These of its rows only, in their order, and why.
    pub only: Option<(Only, Arc<[u32]>)>,
    /// What landed, and the codes by which people are found.
    pub loaded: Loaded,
    /// Personal data are compared as they are, not by their codes.
    pub revealed: bool,
}

/// What holds the rows of a table.
#[derive(Clone)]
pub enum Place {
    Landing(Dataset),
    Curation(Arc<Curation>, Table),
    Dropped(Arc<TableView>),
    Behind(Arc<RowsBehind>),
    Answer(Arc<Answer>),
}

impl Place {
    /// The table, to look at.
    pub fn view(&self, landing: &Landing) -> TableView {
        match self {
            Self::Landing(dataset) => TableView::landed(landing, *dataset),
            Self::Curation(curation, table) => curation.view(*table),
            Self::Dropped(view) => TableView::clone(view),
            Self::Behind(rows) => rows.view.clone(),
            Self::Answer(answer) => answer.view.clone(),
        }
    }

    /// The query that these rows answer, if they do.
    pub fn answer(&self) -> Option<Arc<Answer>> {
        if let Self::Answer(answer) = self { Some(Arc::clone(answer)) } else { None }
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Landing(one), Self::Landing(other)) => one == other,
            (Self::Curation(one, table), Self::Curation(other, same)) => Arc::ptr_eq(one, other) && table == same,
            (Self::Dropped(one), Self::Dropped(other)) => Arc::ptr_eq(one, other),
            (Self::Behind(one), Self::Behind(other)) => Arc::ptr_eq(one, other),
            (Self::Answer(one), Self::Answer(other)) => Arc::ptr_eq(one, other),
            (Self::Landing(_) | Self::Curation(..) | Self::Dropped(_) | Self::Behind(_) | Self::Answer(_), _) => false,
        }
    }
}

impl PartialEq for LookRequest {
    fn eq(&self, other: &Self) -> bool {
        self.shown == other.shown
            && self.rows == other.rows
            && self.query == other.query
            && self.follow == other.follow
            && self.only == other.only
            && self.revealed == other.revealed
            && Arc::ptr_eq(&self.loaded.landing, &other.loaded.landing)
    }
}

/// What to look through.
#[derive(Clone)]
pub struct SummariseRequest(pub Arc<Look>);

impl PartialEq for SummariseRequest {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Workers {
    /// Starts them; each wakes the window when it has an answer.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn new(context: &egui::Context, homes: Homes) -> std::io::Result<Self> {
        let wake = || {
            let context = context.clone();
            move || context.request_repaint()
        };
        let (for_runs, for_spark) = (homes.aside.clone(), homes.aside.clone());
        let (trail_file, for_past, for_opened, for_load) =
            (homes.trail.clone(), homes.clone(), homes.clone(), homes.clone());
        Ok(Self {
            load: Lane::new("load", wake(), move |request: &Load, progress: &Progress| {
                load(&for_load, request, progress)
            })?,
            keep: Lane::new("keep", wake(), keeping::keep)?,
            watch: Lane::new("watch", wake(), keeping::watch)?,
            curate: Lane::new("curate", wake(), make)?,
            checks: Lane::new("checks", wake(), reviewing::checks)?,
            joins: Lane::new("joins", wake(), reviewing::looked_at)?,
            rules: Lane::new("rules", wake(), reviewing::rules)?,
            owners: Lane::new("owners", wake(), reviewing::owners)?,
            example: Lane::new("example", wake(), reviewing::example)?,
            behind: Lane::new("behind", wake(), reviewing::behind)?,
            trail: Lane::writing("trail", wake(), move |request: &TrailRequest, _: &Progress| {
                reviewing::trail(&trail_file, request)
            })?,
            report: Lane::writing("report", wake(), |request: &ReportRequest, _: &Progress| {
                reviewing::report(request)
            })?,
            preview: Lane::new("preview", wake(), export_work::foresee)?,
            export: Lane::writing("export", wake(), export_work::write)?,
            opened: Lane::new("opened", wake(), move |folder: &PathBuf, _: &Progress| {
                export_work::open(&for_opened, folder)
            })?,
            past: Lane::new("past", wake(), move |request: &PastRequest, _: &Progress| {
                export_work::past(&for_past, request)
            })?,
            prove: Lane::writing("prove", wake(), move |request: &ProveRequest, progress: &Progress| {
                export_work::prove(&homes, request, progress)
            })?,
            lists: Lane::new("lists", wake(), |request: &ListRequest, _: &Progress| request.carry_out())?,
            dialog: Lane::new("dialog", wake(), |asked: &(FileChoice, Spoken), _: &Progress| {
                dialogs::ask(&asked.0, asked.1)
            })?,
            open_recipe: Lane::new("open recipe", wake(), move |request: &OpenRequest, progress: &Progress| {
                request.carry_out(&for_runs, progress)
            })?,
            save_recipe: Lane::writing("save recipe", wake(), |request: &recipe_file::SaveRequest, _: &Progress| {
                request.carry_out()
            })?,
            copy: Lane::new("copy", wake(), |request: &CopyRequest, progress: &Progress| {
                Ok(request.carry_out(progress)?)
            })?,
            kit: Lane::writing("kit", wake(), |request: &KitRequest, _: &Progress| request.carry_out())?,
            spark: Lane::writing("spark", wake(), move |request: &SparkRequest, progress: &Progress| {
                on_spark::carry_out(&spark::carry_out, &for_spark, request, progress)
            })?,
            save_picture: Lane::writing("save picture", wake(), |request: &SavePictureRequest, _: &Progress| {
                request.carry_out()
            })?,
            ask: Lane::new("ask", wake(), asking::answer)?,
            save_view: Lane::writing("save view", wake(), |request: &SaveViewRequest, progress: &Progress| {
                request.carry_out(progress)
            })?,
            session: Lane::writing("session", wake(), session::save)?,
            save: Lane::writing("save", wake(), |request: &SaveRequest, _: &Progress| request.carry_out())?,
        })
    }
}

fn load(homes: &Homes, request: &Load, progress: &Progress) -> Result<Read, Failure> {
    let source = match &request.what {
        LoadRequest::Sample => sample::source(progress).map_err(Failure::Error)?,
        LoadRequest::Paths(paths) => match paths.as_slice() {
            [path] if !path.is_file() => Source::Folder(path.clone()),
            paths => Source::Files(paths.to_vec()),
        },
    };
    // Before it is fetched: what changes meanwhile is noticed then.
    let seen = Seen::of(&source, progress);
    let source = landing::fetch(source, &homes.aside, progress)?;
    let (landing, unkept) = match &request.cache {
        _ if on_disk::is_too_much(&source, homes)? => (on_disk::read(&source, homes, progress)?, Unkept::default()),
        Some(cache) => landing::read_with(&source, cache, progress)?,
        None => (landing::read(&source, progress)?, Unkept::default()),
    };
    let codes = Arc::new(Codes::new(&landing));
    Ok(Read { loaded: Loaded { landing: Arc::new(landing), codes }, unkept: Arc::new(unkept), seen })
}

/// Makes the tables of a recipe.
///
/// # Errors
/// When they cannot be made, or cancelled.
pub fn make(request: &CurateRequest, progress: &Progress) -> Result<Arc<Curation>, Failure> {
    let CurateRequest { landing, recipe, run } = request;
    Ok(Arc::new(match (run, landing.aside()) {
        (Some(run), _) => curate_brought(landing, run, progress)?,
        (None, Some(aside)) => curate_to_disk(landing, recipe, aside, progress)?,
        (None, None) => curate(landing, recipe, progress)?,
    }))
}

impl From<Cancelled> for Failure {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

impl From<LandingError> for Failure {
    fn from(error: LandingError) -> Self {
        match error {
            LandingError::Cancelled(_) => Self::Cancelled,
            error => Self::Error(error.to_string()),
        }
    }
}

impl From<CurationError> for Failure {
    fn from(error: CurationError) -> Self {
        match error {
            CurationError::Cancelled(_) => Self::Cancelled,
            error => Self::Error(error.to_string()),
        }
    }
}
