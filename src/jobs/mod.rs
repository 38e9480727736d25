//! The only threads. A [`Lane`] does one piece of work at a time off the frame: a new request cancels the running
//! one and takes its place, of which nothing is told; a request equal to the last is not done again, and a piece of
//! work that panics comes back as an outcome like any other.

use std::io::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind, set_hook};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use crate::domain::{Cancelled, Progress};

static BEFORE_WORK: OnceLock<fn(&str)> = OnceLock::new();

/// Has something called with the name of a worker before each piece of work in this process: for tests that disturb workers.
pub fn before_work(call: fn(&str)) {
    BEFORE_WORK.set(call).ok();
}

/// What became of a request.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome<T> {
    /// The work came to its end, well or not.
    Done(T),
    /// It was asked to stop. What it had is gone.
    Cancelled,
    /// It panicked.
    Died,
}

/// A worker with one request running at the most, and one waiting.
pub struct Lane<Request, Answer> {
    shared: Arc<Shared<Request>>,
    answers: Receiver<Finished<Request, Answer>>,
}

struct Finished<Request, Answer> {
    number: u64,
    request: Request,
    outcome: Outcome<Answer>,
}

struct Shared<Request> {
    state: Mutex<Current<Request>>,
    start: Sender<()>,
}

struct Current<Request> {
    waiting: Option<Asked<Request>>,
    running: Option<Arc<Progress>>,
    last: Option<Request>,
    /// How often something was asked for, which is the number of the newest request.
    asked: u64,
}

struct Asked<Request> {
    number: u64,
    request: Request,
    progress: Arc<Progress>,
}

impl<Request, Answer> Lane<Request, Answer>
where
    Request: Clone + PartialEq + Send + 'static,
    Answer: Send + 'static,
{
    /// Starts the worker. `done` is called after each answer was sent, to wake whoever should look.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn new(
        name: &str,
        done: impl Fn() + Send + 'static,
        work: impl Fn(&Request, &Progress) -> Answer + Send + 'static,
    ) -> io::Result<Self> {
        Self::start(name, done, work, false)
    }

    /// A worker that writes. What came to its end is told even if it was to stop meanwhile, since it is on the disk.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn writing(
        name: &str,
        done: impl Fn() + Send + 'static,
        work: impl Fn(&Request, &Progress) -> Answer + Send + 'static,
    ) -> io::Result<Self> {
        Self::start(name, done, work, true)
    }

    fn start(
        name: &str,
        done: impl Fn() + Send + 'static,
        work: impl Fn(&Request, &Progress) -> Answer + Send + 'static,
        writes: bool,
    ) -> io::Result<Self> {
        let (start, started) = channel::<()>();
        let (answer, answers) = channel();
        let state = Mutex::new(Current { waiting: None, running: None, last: None, asked: 0 });
        let shared = Arc::new(Shared { state, start });
        let weak = Arc::downgrade(&shared);
        thread::Builder::new().name(name.to_owned()).spawn(move || {
            while started.recv().is_ok() {
                let Some(Asked { number, request, progress }) = take(&weak) else { continue };
                // Cancelled before it began, it is answered all the same: somebody waits for it.
                let work = || {
                    if let Some(call) = BEFORE_WORK.get() {
                        call(thread::current().name().unwrap_or_default());
                    }
                    if progress.is_cancelled() { None } else { Some(work(&request, &progress)) }
                };
                let outcome = match catch_unwind(AssertUnwindSafe(work)) {
                    Ok(Some(done)) if writes => Outcome::Done(done),
                    _ if progress.is_cancelled() => Outcome::Cancelled,
                    Ok(Some(done)) => Outcome::Done(done),
                    Ok(None) => Outcome::Cancelled,
                    Err(_) => Outcome::Died,
                };
                finish(&weak, &progress, &outcome);
                if answer.send(Finished { number, request, outcome }).is_err() {
                    return;
                }
                done();
            }
        })?;
        Ok(Self { shared, answers })
    }

    /// Asks for work. Does nothing when the same was asked for last and not cancelled since.
    pub fn request(&self, request: Request) {
        let mut state = lock(&self.shared.state);
        if state.last.as_ref() == Some(&request) {
            return;
        }
        if let Some(running) = &state.running {
            running.cancel();
        }
        state.last = Some(request.clone());
        state.asked += 1;
        state.waiting = Some(Asked { number: state.asked, request, progress: Arc::new(Progress::default()) });
        drop(state);
        // The worker lives as long as this lane; if it does not, there is nobody left to tell.
        self.shared.start.send(()).ok();
    }

    /// Forgets what was asked for last, so that the same request is done again.
    pub fn forget(&self) {
        lock(&self.shared.state).last = None;
    }

    /// Stops what runs, and what waits before it begins.
    pub fn cancel(&self) {
        let mut state = lock(&self.shared.state);
        state.last = None;
        let waiting = state.waiting.as_ref().map(|asked| &asked.progress);
        for progress in waiting.into_iter().chain(&state.running) {
            progress.cancel();
        }
    }

    /// Whether something runs or waits.
    pub fn is_busy(&self) -> bool {
        let state = lock(&self.shared.state);
        state.running.is_some() || state.waiting.is_some()
    }

    /// Waits until nothing runs or waits any longer, for so long at the most: for the end of the program, never in a frame.
    pub fn settle(&self, at_most: Duration) {
        let end = Instant::now() + at_most;
        while self.is_busy() && Instant::now() < end {
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// How far the running request has come.
    pub fn progress(&self) -> Option<(u64, u64)> {
        lock(&self.shared.state).running.as_ref().map(|progress| progress.read())
    }

    /// The next finished request, if there is one; never waits. One that only made room for another is not told of:
    /// whoever asked waits for the other, which may be finished as well by now.
    pub fn poll(&self) -> Option<(Request, Outcome<Answer>)> {
        loop {
            let finished = self.answers.try_recv().ok()?;
            if let Some(told) = self.told(finished) {
                return Some(told);
            }
        }
    }

    fn told(&self, finished: Finished<Request, Answer>) -> Option<(Request, Outcome<Answer>)> {
        let Finished { number, request, outcome } = finished;
        let made_room = matches!(outcome, Outcome::Cancelled) && number < lock(&self.shared.state).asked;
        (!made_room).then_some((request, outcome))
    }
}

/// A lane, whatever it works on.
pub trait AnyLane {
    /// Stops what runs, and what waits before it begins.
    fn cancel(&self);
    /// Whether something runs or waits.
    fn is_busy(&self) -> bool;
}

impl<Request, Answer> AnyLane for Lane<Request, Answer>
where
    Request: Clone + PartialEq + Send + 'static,
    Answer: Send + 'static,
{
    fn cancel(&self) {
        self.cancel();
    }

    fn is_busy(&self) -> bool {
        self.is_busy()
    }
}

impl<Request, Answer> Drop for Lane<Request, Answer> {
    fn drop(&mut self) {
        if let Some(running) = &lock(&self.shared.state).running {
            running.cancel();
        }
    }
}

/// Waits, for work that waits for something that does not tell.
///
/// # Errors
/// When cancelled meanwhile.
pub fn wait(time: Duration, progress: &Progress) -> Result<(), Cancelled> {
    /// Who waits is to notice soon that nobody waits for it any longer.
    const LOOK_UP_EVERY: Duration = Duration::from_millis(200);
    let end = Instant::now() + time;
    loop {
        progress.check()?;
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        thread::sleep(left.min(LOOK_UP_EVERY));
    }
}

/// How many threads run at once.
pub fn cores() -> usize {
    thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// From now on a panic says where it was, and not with what: a message that was put together may quote a record. Only one that
/// stands in the source as it is gets repeated.
pub fn panic_discreetly() {
    set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let words =
            panic.payload().downcast_ref::<&'static str>().copied().unwrap_or("its message may say who somebody is");
        let thread = thread::current();
        let name = thread.name().unwrap_or("unnamed");
        // Where there is no standard error there is nobody to tell.
        writeln!(io::stderr(), "stedi-workbench: a defect stopped the thread {name} at {place}: {words}").ok();
    }));
}

/// Does work on a thread of its own while `watch` is called on this one, ten times a second and once at the end.
pub fn while_watched<T: Send>(work: impl FnOnce() -> T + Send, mut watch: impl FnMut()) -> T {
    thread::scope(|scope| {
        let (done, finished) = channel::<()>();
        let worker = scope.spawn(move || {
            let result = work();
            // The other end waits for this as long as it lives.
            done.send(()).ok();
            result
        });
        while finished.recv_timeout(Duration::from_millis(100)) == Err(RecvTimeoutError::Timeout) {
            watch();
        }
        watch();
        worker.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

/// Does work on a thread of its own while `watch` is called on this one, ten times a second. Once that gives something, the
/// work is left to itself and that is the answer: for work that waits for somebody else and cannot be told to stop.
///
/// # Errors
/// If there is no thread to be had. In it, what `watch` gave.
pub fn unless<T: Send + 'static, Given>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
    mut watch: impl FnMut() -> Option<Given>,
) -> io::Result<Result<T, Given>> {
    let (done, finished) = channel::<T>();
    let worker = thread::Builder::new().name(name.to_owned()).spawn(move || {
        // Nobody waits any longer once `watch` gave something.
        done.send(work()).ok();
    })?;
    loop {
        match finished.recv_timeout(Duration::from_millis(100)) {
            Ok(result) => return Ok(Ok(result)),
            Err(RecvTimeoutError::Timeout) => {
                if let Some(given) = watch() {
                    return Ok(Err(given));
                }
            }
            Err(RecvTimeoutError::Disconnected) => {
                if let Err(panic) = worker.join() {
                    resume_unwind(panic);
                }
                // The worker sends before it ends, so there is an answer, or it panicked.
                return finished.recv().map(Ok).map_err(io::Error::other);
            }
        }
    }
}

fn take<Request>(shared: &Weak<Shared<Request>>) -> Option<Asked<Request>> {
    let shared = shared.upgrade()?;
    let mut state = lock(&shared.state);
    let asked = state.waiting.take()?;
    state.running = Some(Arc::clone(&asked.progress));
    Some(asked)
}

fn finish<Request, Answer>(shared: &Weak<Shared<Request>>, progress: &Progress, outcome: &Outcome<Answer>) {
    let Some(shared) = shared.upgrade() else { return };
    let mut state = lock(&shared.state);
    state.running = None;
    let failed = matches!(outcome, Outcome::Died) || progress.is_cancelled();
    if failed && state.waiting.is_none() {
        state.last = None;
    }
}

/// A panic while the lock was held cannot leave it half changed: nothing that can panic is done under it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
