//! The work on a server, watched from here: stopped there when somebody stops it, given up when the server is gone.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::{Made, Order, Remote, Sayer, Session, Stopped, run};
use crate::domain::Progress;
use crate::jobs::unless;

/// So long a server may take to take a connection, or to stop.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often it is looked whether the server is still there, and after how many times that it was not it is gone.
const LOOK_EVERY: Duration = Duration::from_secs(2);
const MISSED: u32 = 3;

enum Gone {
    Stopped,
    Server,
}

/// Has a server carry out an order. `say` is told of each step, `stops` asked ten times a second whether to stop.
///
/// # Errors
/// What was refused, or went wrong; [`Stopped`] if it was stopped.
pub fn carry_out(remote: &Remote, order: &Order, say: Sayer<'_>, stops: &dyn Fn() -> bool) -> anyhow::Result<Made> {
    anyhow::ensure!(remote.answers(PATIENCE), "no Spark server answers at {remote}. Start it, or correct its address");
    let session = Session::new(remote)?;
    let (tell, told) = channel::<String>();
    let progress = Arc::new(Progress::default());
    let work = {
        let (session, order, progress) = (session.clone(), order.clone(), Arc::clone(&progress));
        move || {
            // Nobody listens any longer once it was given up.
            let made = run(&session, &order, &mut |words| drop(tell.send(words.to_owned())), &progress);
            session.close();
            made
        }
    };
    let mut looked = Instant::now();
    let mut missed = 0;
    let ended = unless("spark", work, || {
        pass_on(&told, say);
        if stops() {
            return Some(Gone::Stopped);
        }
        if looked.elapsed() >= LOOK_EVERY {
            missed = if remote.answers(LOOK_EVERY) { 0 } else { missed + 1 };
            looked = Instant::now();
        }
        (missed >= MISSED).then_some(Gone::Server)
    })?;
    pass_on(&told, say);
    // What is left to itself begins nothing more.
    progress.cancel();
    match ended {
        // What went wrong was that it ended.
        Ok(Err(_)) if !remote.answers(LOOK_EVERY) => Err(gone(remote)),
        Ok(made) => made,
        Err(Gone::Server) => Err(gone(remote)),
        Err(Gone::Stopped) => {
            let end = Instant::now() + PATIENCE;
            let told = unless("interrupt", move || session.interrupt(), || (Instant::now() > end).then_some(()))?;
            Err(Stopped { was_told: told.is_ok() }.into())
        }
    }
}

fn gone(remote: &Remote) -> anyhow::Error {
    anyhow::anyhow!(
        "the Spark server at {remote} is gone. A run folder that it left has no counts and is not finished; start the server \
         and the work again"
    )
}

fn pass_on(told: &Receiver<String>, say: Sayer<'_>) {
    told.try_iter().for_each(|words| say(&words));
}
