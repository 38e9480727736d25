//! Keeps the answer to the query what the tables and the masking make it.

use std::sync::Arc;

use crate::domain::{Dataset, Progress};
use crate::jobs;
use crate::landing::Landing;
use crate::sql::{self, Answer, AskError, Fault, Lake};
use crate::state::{Shown, Slot};

use super::App;
use super::finished::DIED;
use super::on_disk::{self, Work};
use super::work::Failure;
use crate::jobs::Outcome;

/// What to ask, and of what.
#[derive(Clone)]
pub struct AskRequest {
    lake: Arc<Lake>,
    landing: Arc<Landing>,
    text: String,
    revealed: bool,
    /// Which time it is that somebody asks: the same query can be asked again.
    time: u64,
}

impl PartialEq for AskRequest {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.lake, &other.lake)
            && (&self.text, self.revealed, self.time) == (&other.text, other.revealed, other.time)
    }
}

/// What was asked last, and what it was asked of.
#[derive(Default)]
pub struct Asking {
    lake: Option<Arc<Lake>>,
    last: Option<AskRequest>,
    times: u64,
}

/// Answers. A query that is stopped is left to itself until it notices, and nobody waits for it.
pub fn answer(request: &AskRequest, progress: &Progress) -> Result<Arc<Answer>, AskError> {
    let AskRequest { lake, landing, text, revealed, .. } = request;
    let fault = |message| AskError::Fault(Fault { message, place: None });
    let readings = landing.rows(Dataset::Accelerometer) + landing.rows(Dataset::StepTrainer);
    on_disk::enough_for(landing, Work::Sql, readings).map_err(|failure| match failure {
        Failure::Cancelled => AskError::Cancelled(crate::domain::Cancelled),
        Failure::Error(message) => fault(message),
    })?;
    let (lake, text, revealed, part) = (Arc::clone(lake), text.clone(), *revealed, progress.part());
    let work = move || sql::ask(&text, &lake, revealed, &part);
    match jobs::unless("query", work, || progress.check().err()) {
        Ok(Ok(answered)) => Ok(Arc::new(answered?)),
        Ok(Err(cancelled)) => Err(cancelled.into()),
        Err(error) => Err(fault(format!("the query was not begun: {error}. Close other programs, and ask again"))),
    }
}

impl App {
    /// Asks this, also if it was asked before.
    pub(super) fn ask_sql(&mut self, text: String) {
        self.asking.times += 1;
        self.state.sql.asked = Some(text);
    }

    /// Has the query answered that the page shows, unless it is or was asked last.
    pub(super) fn look_at_sql(&mut self) {
        if self.state.choices().shown != Shown::Sql {
            return;
        }
        let (Slot::Ready(curation), Some(loaded)) = (&self.state.curation, self.state.landing.value()) else { return };
        if self.asking.lake.as_ref().is_none_or(|lake| !Arc::ptr_eq(lake.curation(), curation)) {
            self.asking.lake = Some(Arc::new(Lake::new(Arc::clone(curation), Arc::clone(&loaded.codes))));
        }
        let (Some(text), Some(lake)) = (self.state.sql.asked.clone(), self.asking.lake.as_ref().map(Arc::clone)) else {
            return;
        };
        let (landing, revealed, time) = (Arc::clone(&loaded.landing), self.state.revealed, self.asking.times);
        let request = AskRequest { lake, landing, text, revealed, time };
        if self.asking.last.as_ref() == Some(&request) {
            return;
        }
        self.state.sql.answer.begin();
        self.workers.ask.request(request.clone());
        self.asking.last = Some(request);
    }

    /// Takes answers in.
    pub(super) fn take_answers(&mut self) {
        while let Some((request, outcome)) = self.workers.ask.poll() {
            if self.workers.ask.is_busy() {
                // Something else is asked by now.
                continue;
            }
            let fault = match outcome {
                Outcome::Done(Ok(answer)) => {
                    self.take_answer(answer);
                    continue;
                }
                Outcome::Cancelled | Outcome::Done(Err(AskError::Cancelled(_))) => {
                    self.state.sql.asked = None;
                    self.state.sql.answer.give_up();
                    continue;
                }
                Outcome::Done(Err(AskError::Fault(fault))) => fault,
                Outcome::Died => Fault { message: DIED.to_owned(), place: None },
            };
            self.state.sql.answer.fail(fault.message.clone());
            self.state.sql.fault = Some((request.text, fault));
        }
    }

    fn take_answer(&mut self, answer: Arc<Answer>) {
        let sql = &mut self.state.sql;
        sql.fault = None;
        sql.remember(&answer.text);
        let is_another = sql.answer.value().is_none_or(|before| before.text != answer.text);
        sql.answer = Slot::Ready(answer);
        if is_another {
            // Filters, orders and columns were those of another table.
            let mut choices = self.state.choices().clone();
            choices.queries.remove(&Shown::Sql);
            choices.columns.remove(&Shown::Sql);
            choices.selections.remove(&Shown::Sql);
            self.state.history.amend(choices);
        }
    }
}
