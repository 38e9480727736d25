//! The session: what the window goes on with at the next start. It is saved by itself a moment after each change, whole or
//! not at all, into a folder for its owner's eyes alone, since it says whom somebody searched for. Those of the last starts
//! are kept beside it; a damaged one is put aside, and the one before it taken.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::domain::Progress;
use crate::export::{make_own_folder, write_own_file};
use crate::jobs::{self, Outcome};
use crate::landing::{Source, open_file};
use crate::state::{Beside, History, Label, Notice, SessionError, Severity, State, WindowSession};
use crate::ui::Screens;

use super::App;
use super::finished::{done, notify};

/// The session, and those of the starts before.
const NAMES: [&str; 3] = ["session.json", "earlier-1.json", "earlier-2.json"];
/// No session is longer.
const LONGEST: u64 = 1 << 30;
/// A change is saved once so long nothing else changed.
const QUIET: Duration = Duration::from_millis(300);
/// The program does not wait longer for it to be saved when it has to end.
const LAST: Duration = Duration::from_secs(5);

/// The folder of the session, locked for this window as long as this lives.
#[derive(Debug)]
pub struct SessionFolder {
    folder: PathBuf,
    _lock: File,
}

/// What was found in the folder.
#[derive(Debug, Default)]
pub struct Found {
    /// Where this window's session goes; none where it is not kept.
    pub folder: Option<SessionFolder>,
    /// What it goes on with.
    pub session: Option<WindowSession>,
    /// What the user should know.
    pub notices: Vec<Notice>,
}

/// What to save.
#[derive(Clone)]
pub struct SessionRequest {
    to: Arc<SessionFolder>,
    session: Arc<WindowSession>,
}

impl PartialEq for SessionRequest {
    /// Each is to be saved, however alike two are.
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

/// Where this window's session goes, and what of it was asked to be saved last.
#[derive(Default)]
pub struct SessionKeeper {
    folder: Option<Arc<SessionFolder>>,
    saved: Option<Mark>,
    /// That it is saved is to be said once it is.
    tells: bool,
    /// The source whose session this window goes on with, until it is read.
    pub left: Option<Source>,
}

/// By which a change is told.
struct Mark {
    changes: u64,
    /// As it was asked for, where the session has its whole path.
    source: Option<Source>,
    /// With its selections, which the session leaves out.
    beside: Option<Beside>,
    /// The session that was saved.
    session: Arc<WindowSession>,
}

impl Mark {
    fn is_of(&self, state: &State, screens: &Screens) -> bool {
        let WindowSession { expected, drafts, sql, spot, compared, looked_for, .. } = &*self.session;
        self.changes == state.history.changes()
            && self.source == state.source
            && *expected == state.expected
            && self.beside == state.beside
            && screens.are_drafted(drafts)
            && screens.query() == sql.text
            && state.sql.history == sql.history
            && state.signals.compared == *compared
            && state.exporting.looked_for() == looked_for.as_ref()
            && screens.spot(state) == *spot
    }
}

/// Looks for the session in a folder, which is made if it is not there, and puts it among the earlier ones.
pub fn find(folder: &Path) -> Found {
    let mut found = Found::default();
    if let Err(why_not) = look(folder, &mut found) {
        found.notices.push(why_not);
    }
    found
}

/// What is found goes to `found`.
///
/// # Errors
/// Why no session is kept here.
fn look(folder: &Path, found: &mut Found) -> Result<(), Notice> {
    let warning = |text| Notice::new(Severity::Warning, text);
    let not_kept = |error: io::Error| warning(format!("The session is not kept: {}: {error}", folder.display()));
    let lock = lock(folder).map_err(not_kept)?.ok_or_else(|| {
        let text =
            "Another window is open and keeps the session. What is chosen in this one is not there at the next start.";
        Notice::new(Severity::Information, text)
    })?;
    for name in NAMES {
        let path = folder.join(name);
        let place = path.display();
        let parsed = match read(&path) {
            Ok(text) => WindowSession::parse(&text),
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) if error.kind() == ErrorKind::InvalidData => Err(SessionError::Damaged),
            Err(error) => {
                return Err(warning(format!("The session cannot be read, and is not kept: {place}: {error}")));
            }
        };
        match parsed {
            Ok(session) => {
                found.session = Some(session);
                break;
            }
            Err(error @ SessionError::Newer { .. }) => {
                return Err(warning(format!(
                    "The session was left as it is, and this window's is not kept: {place}: {error}. Use that version, or move \
                     the file elsewhere"
                )));
            }
            Err(error) => {
                let failed = |failed| warning(format!("The session is not kept: {place}: {error}, and {failed}"));
                let aside = put_aside(&path).map_err(failed)?;
                found.notices.push(warning(format!(
                    "The session was put aside as {}, since {error}. The one before it is taken, if there is one.",
                    aside.display()
                )));
            }
        }
    }
    make_room(folder).map_err(not_kept)?;
    found.folder = Some(SessionFolder { folder: folder.to_owned(), _lock: lock });
    Ok(())
}

/// None if another window has it.
fn lock(folder: &Path) -> io::Result<Option<File>> {
    make_own_folder(folder)?;
    let lock = File::options().create(true).truncate(false).write(true).open(folder.join("lock"))?;
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    open_file(path)?.take(LONGEST).read_to_string(&mut text)?;
    Ok(text)
}

/// Gives a damaged session a name of its own; the last ten are kept.
fn put_aside(path: &Path) -> io::Result<PathBuf> {
    const MOST: u32 = 10;
    let name = |number| path.with_file_name(format!("damaged-{number}.json"));
    let free = (1..MOST).find(|number| !name(*number).exists()).unwrap_or(MOST);
    fs::rename(path, name(free))?;
    Ok(name(free))
}

/// Makes every session an earlier one, so that the next is written beside them.
fn make_room(folder: &Path) -> io::Result<()> {
    if !folder.join(NAMES[0]).exists() {
        return Ok(());
    }
    for pair in NAMES.windows(2).rev() {
        match fs::rename(folder.join(pair[0]), folder.join(pair[1])) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Saves a session unless another one takes its place within a moment; gives whether it was saved.
///
/// # Errors
/// A sentence that says what could not be saved, where and why.
pub fn save(request: &SessionRequest, progress: &Progress) -> Result<bool, String> {
    if jobs::wait(QUIET, progress).is_err() {
        return Ok(false);
    }
    let path = request.to.folder.join(NAMES[0]);
    write_own_file(&path, request.session.to_text().as_bytes())
        .map(|()| true)
        .map_err(|error| format!("The session could not be saved: {error}"))
}

impl App {
    /// Has the page Consent show first what became of somebody's rows, if it tells about somebody.
    pub(super) fn show_about(&mut self) {
        if self.state.choices().about.is_some() {
            self.screens.show_about();
        }
    }

    /// Goes on with what was left, unless another source is asked for; gives what to open.
    pub(super) fn go_on(&mut self, found: Found, asked: Option<Source>) -> Option<Source> {
        self.state.notices.extend(found.notices);
        self.session.folder = found.folder.map(Arc::new);
        let asked = asked.map(Source::absolute);
        let Some(session) = found.session.filter(|session| asked.is_none() || asked == session.source) else {
            return asked;
        };
        self.state.history = History::new(Label::new("as it was left"), session.choices);
        self.state.beside = session.beside;
        self.show_about();
        self.at_beside(Self::show_about);
        self.state.expected = session.expected;
        self.screens.go_on(session.drafts, session.sql.text);
        self.state.sql.history = session.sql.history;
        self.state.signals.compared = session.compared;
        self.look_again(session.spot);
        if let Some(list) = session.looked_for {
            self.look_for_again(list);
        }
        self.run = Some(session.run).filter(|run| !run.as_os_str().is_empty());
        self.session.left.clone_from(&session.source);
        session.source
    }

    /// Whether this is what the window goes on with, so that the choices are of it.
    pub(super) fn is_left(&mut self, source: &Source) -> bool {
        self.session.left.take().is_some_and(|left| left == source.asked().clone().absolute())
    }

    /// Has the session saved if anything in it changed.
    pub(super) fn keep_session(&mut self) {
        let (state, screens) = (&self.state, &self.screens);
        let Some(to) = &self.session.folder else { return };
        if self.session.saved.as_ref().is_some_and(|mark| mark.is_of(state, screens)) {
            return;
        }
        let session = WindowSession::of(state, screens.drafts(), screens.query(), screens.spot(state));
        let session = Arc::new(session);
        self.workers.session.request(SessionRequest { to: Arc::clone(to), session: Arc::clone(&session) });
        let (changes, source, beside) = (state.history.changes(), state.source.clone(), state.beside.clone());
        self.session.saved = Some(Mark { changes, source, beside, session });
    }
}

impl App {
    /// Saves the session without a change, and the recipe if it has a file that has other choices.
    pub(super) fn save_all(&mut self) {
        let choices = self.state.choices();
        let file = choices.named_file().filter(|_| choices.is_recipe_changed()).map(|file| file.path.clone());
        if let Some(path) = file {
            self.save_recipe(path);
        }
        self.session.tells = true;
        self.session.saved = None;
        if self.session.folder.is_none() {
            let text = "The session is not kept by this window. Save the recipe to a file to have it again.";
            notify(&mut self.state, Severity::Information, text.to_owned());
        }
    }

    /// Says that the session could not be saved, or that it is if that was asked for.
    pub(super) fn take_saved_session(&mut self, outcome: Outcome<Result<bool, String>>) {
        if matches!(outcome, Outcome::Done(Ok(true))) && std::mem::take(&mut self.session.tells) {
            let text = "The session is saved: what is open and chosen is there again at the next start.";
            notify(&mut self.state, Severity::Information, text.to_owned());
        }
        done(&mut self.state, Severity::Warning, outcome);
    }
}

impl Drop for App {
    /// However the window ends, the session is saved, and a Spark server is told to stop.
    fn drop(&mut self) {
        self.workers.spark.cancel();
        self.keep_session();
        self.workers.session.settle(LAST);
        // The server gets as long to answer, and is left to itself then.
        self.workers.spark.settle(LAST + QUIET);
    }
}
