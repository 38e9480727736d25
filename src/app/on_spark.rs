//! The recipe on a Spark server, asked for in the window: a worker watches over the work, and what it left is opened here like
//! any run of another engine.

use std::path::Path;
use std::sync::Arc;

use crate::domain::Progress;
use crate::domain::foreign::visible_lines;
use crate::domain::format::counted;
use crate::export::now;
use crate::jobs::{Lane, Outcome};
use crate::landing::{EngineRun, Source};
use crate::spark::{
    self, Made, Order, OrderError, Remote, RemoteError, Sayer, Stopped, seen_from_here, seen_from_there,
};
use crate::state::{Command, Notice, Severity, SparkOrder, SparkState};

use super::App;
use super::finished::{DIED, notify};

/// What a server is to do.
#[derive(Clone)]
pub struct SparkRequest {
    remote: Remote,
    order: Order,
    /// The landing files that are open.
    source: Option<Source>,
}

impl PartialEq for SparkRequest {
    /// Each is a run of its own, however alike two are.
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

/// How the work ended.
pub enum Ended {
    /// The tables are there; the run, or why it cannot be opened.
    Made(Box<Made>, Result<Arc<EngineRun>, String>),
    Stopped(Stopped),
}

/// Who does the work: the server, or in tests somebody in its place.
type Engine<'a> = &'a dyn Fn(&Remote, &Order, Sayer<'_>, &dyn Fn() -> bool) -> anyhow::Result<Made>;

/// Has it done, and opens what came of it by way of a folder below `aside`. Progress counts steps, then tables.
///
/// # Errors
/// A sentence that says what went wrong and what to do.
pub fn carry_out(
    engine: Engine<'_>,
    aside: &Path,
    request: &SparkRequest,
    progress: &Progress,
) -> Result<Ended, String> {
    progress.set_total(request.order.steps());
    let mut say = |_: &str| progress.advance(1);
    let made = match engine(&request.remote, &request.order, &mut say, &|| progress.is_cancelled()) {
        Ok(made) => made,
        Err(error) => return error.downcast::<Stopped>().map(Ended::Stopped).map_err(|error| error.to_string()),
    };
    progress.restart();
    let run = opened(&made, aside, progress);
    Ok(Ended::Made(Box::new(made), run))
}

fn opened(made: &Made, aside: &Path, progress: &Progress) -> Result<Arc<EngineRun>, String> {
    let folder = made.folder.as_deref().and_then(seen_from_here);
    let folder = folder.ok_or("this machine cannot look there")?;
    EngineRun::open_at(Path::new(&folder), aside, progress).map(Arc::new).map_err(|error| error.to_string())
}

/// What there is to say of servers when the window opens.
pub fn at_start() -> SparkState {
    let named = Remote::chosen(None, environment).ok().map(|remote| remote.to_string());
    SparkState { absent: (!spark::IS_BUILT).then_some(spark::ABSENT), named, ..SparkState::default() }
}

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The landing files that are open, as a server would call their place; nothing where they are not one folder.
fn place_of(source: Option<&Source>) -> String {
    let Some(Source::Folder(folder)) = source.map(|source| source.asked().clone().absolute()) else {
        return String::new();
    };
    folder.to_str().map(seen_from_there).unwrap_or_default()
}

/// Files that were fetched twice are the same files.
fn asked_for(source: Option<&Source>) -> Option<&Source> {
    source.map(Source::asked)
}

/// What is wrong with an address that was typed. It is not repeated: a token may be in it.
fn wrong_address(error: &RemoteError) -> &'static str {
    match error {
        RemoteError::None => {
            "No Spark server was named. Write its address as sc://HOST:PORT, or set SPARK_REMOTE before the start"
        }
        RemoteError::Address(_) => "This is not the address of a Spark server. Write it as sc://HOST:PORT",
        RemoteError::Secret(_) => {
            "What lets one in does not belong into this field. Set SPARK_CONNECT_TOKEN, or SPARK_REMOTE to the whole address, before \
             the start"
        }
    }
}

impl App {
    /// Offers the choice of the engine, or no longer.
    pub(super) fn offer_spark(&mut self, is_offered: bool) {
        self.state.spark.is_offered = is_offered;
        self.state.spark.landing = place_of(self.state.source.as_ref());
    }

    /// Asks a server for the tables of the recipe. One at a time.
    pub(super) fn run_on_spark(&mut self, asked: &SparkOrder) {
        if self.workers.spark.is_busy() || self.state.spark.absent.is_some() {
            return;
        }
        match self.request_of(asked) {
            Ok(request) => {
                self.state.spark.is_offered = false;
                self.state.spark.is_running = true;
                self.workers.spark.request(request);
            }
            Err(why) => notify(&mut self.state, Severity::Error, why),
        }
    }

    fn request_of(&self, asked: &SparkOrder) -> Result<SparkRequest, String> {
        let named = Some(asked.server.trim()).filter(|server| !server.is_empty());
        let remote = Remote::chosen(named, environment).map_err(|error| wrong_address(&error).to_owned())?;
        let recipe = &self.state.choices().recipe;
        let order = Order::new(asked.landing.trim(), Some(asked.out.trim()), recipe, now());
        let order = order.map_err(|error: OrderError| error.to_string())?;
        Ok(SparkRequest { remote, order, source: self.state.source.clone() })
    }

    /// Shows what a server made, or says what became of it.
    pub(super) fn take_spark(&mut self) {
        while let Some((request, outcome)) = self.workers.spark.poll() {
            self.state.spark.is_running = self.workers.spark.is_busy();
            match outcome {
                Outcome::Done(Ok(Ended::Made(made, run))) => self.take_made(&request, &made, run),
                Outcome::Done(Ok(Ended::Stopped(stopped))) => {
                    notify(&mut self.state, Severity::Information, format!("On Spark: {stopped}."));
                }
                Outcome::Done(Err(error)) => {
                    // What was refused is a list.
                    let text = visible_lines(&format!("On Spark: {error}")).into_owned();
                    self.state.notices.push(Notice::new(Severity::Error, text));
                }
                Outcome::Cancelled => {}
                Outcome::Died => notify(&mut self.state, Severity::Error, DIED.to_owned()),
            }
        }
    }

    fn take_made(&mut self, request: &SparkRequest, made: &Made, run: Result<Arc<EngineRun>, String>) {
        let folder = made.folder.as_deref().unwrap_or_default();
        let seconds = made.read_seconds + made.curate_seconds;
        let done = format!("Spark {} made {} in {seconds:.1} s: {folder}.", made.spark, counted(5, "table"));
        match run {
            Err(error) => {
                let text =
                    format!("{done} They cannot be opened from here: {error}. Copy the folder here and open that.");
                notify(&mut self.state, Severity::Warning, text);
            }
            Ok(run) if asked_for(self.state.source.as_ref()) == asked_for(request.source.as_ref()) => {
                notify(&mut self.state, Severity::Information, done);
                self.commands.push(Command::UseRun(Some(run)));
            }
            Ok(_) => {
                let text = format!("{done} Other landing files are open meanwhile, so it is not shown.");
                notify(&mut self.state, Severity::Information, text);
            }
        }
    }

    /// Puts somebody in the place of the servers, for tests where there is none.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn put_in_place_of_spark(
        &mut self,
        engine: impl Fn(&Remote, &Order, Sayer<'_>, &dyn Fn() -> bool) -> anyhow::Result<Made> + Send + 'static,
    ) -> std::io::Result<()> {
        let aside = self.settings.aside_folder();
        let work = move |request: &SparkRequest, progress: &Progress| carry_out(&engine, &aside, request, progress);
        self.workers.spark = Lane::writing("spark", || {}, work)?;
        self.state.spark.absent = None;
        Ok(())
    }
}
