//! What is worked out for one page alone, and what it was asked for last. The first page has one of these, and the page beside
//! it another, so that neither takes the other's work away.

use std::sync::Arc;

use crate::curation::TableView;
use crate::domain::Progress;
use crate::explore::{self, Rows, Sums};
use crate::jobs::{AnyLane, Lane};
use crate::review::{self, Verdict};
use crate::signals::{DeviceLine, Plotted, Track};
use crate::state::{ConsentView, Look, MeasuredChannel, Summaries};

use super::chosen::Chosen;
use super::work::{
    CompareRequest, ConsentRequest, Curated, DoctorRequest, DroppedRequest, Failure, LookRequest, MeasureRequest,
    OtherRequest, RecordRequest, SummariseRequest,
};
use super::{consenting, on_disk, signals};

/// The workers of a page.
pub struct PageWork {
    /// Looks up the rows behind a loss.
    pub dropped: Lane<DroppedRequest, Result<Arc<TableView>, Failure>>,
    /// Finds the rows that a query asks for.
    pub look: Lane<LookRequest, Result<Look, Failure>>,
    /// Looks through the columns of what is shown.
    pub summarise: Lane<SummariseRequest, Result<Summaries, Failure>>,
    /// Adds chosen cells up.
    pub add_up: Lane<Chosen, Result<Sums, Failure>>,
    /// Works out what the consent page shows.
    pub consent: Lane<ConsentRequest, Result<Arc<ConsentView>, Failure>>,
    /// Compares counts with the expected ones.
    pub doctor: Lane<DoctorRequest, Result<Vec<Verdict>, Failure>>,
    /// Looks over all devices and phones.
    pub overview: Lane<Curated, Result<Arc<Vec<DeviceLine>>, Failure>>,
    /// Looks up what a device and its phone recorded.
    pub record: Lane<RecordRequest, Result<Arc<Plotted>, Failure>>,
    /// Looks up somebody else's motion.
    pub other: Lane<OtherRequest, Result<Arc<Track>, Failure>>,
    /// Works out what a stretch of a recording comes to.
    pub measure: Lane<MeasureRequest, Result<Vec<MeasuredChannel>, Failure>>,
    /// Looks up what several devices recorded.
    pub compare: Lane<CompareRequest, Result<Vec<Arc<Plotted>>, Failure>>,
    /// The rows that were asked for last.
    pub looked: Option<LookRequest>,
    /// The rows whose columns are looked through once nothing is being curated.
    pub to_summarise: Option<Arc<Look>>,
    /// The cells that were added up last.
    pub added_up: Option<Chosen>,
    /// What the consent page was asked for last.
    pub consented: Option<ConsentRequest>,
    /// The counts that were compared last.
    pub diagnosed: Option<DoctorRequest>,
    /// What the page of the signals was asked for last.
    pub asked: signals::Asked,
}

impl PageWork {
    /// Starts them; each wakes the window when it has an answer.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn new(context: &egui::Context) -> std::io::Result<Self> {
        let wake = || {
            let context = context.clone();
            move || context.request_repaint()
        };
        Ok(Self {
            dropped: Lane::new("dropped", wake(), dropped)?,
            look: Lane::new("look", wake(), look)?,
            summarise: Lane::new("summarise", wake(), |request: &SummariseRequest, progress: &Progress| {
                let look = Arc::clone(&request.0);
                let columns = explore::summarise(&look.view, &look.rows, progress)?;
                Ok(Summaries { look, columns })
            })?,
            add_up: Lane::new("add up", wake(), |chosen: &Chosen, progress: &Progress| Ok(chosen.add_up(progress)?))?,
            consent: Lane::new("consent", wake(), consenting::work_out)?,
            doctor: Lane::new("doctor", wake(), |request: &DoctorRequest, progress: &Progress| {
                let DoctorRequest { of, expected } = request;
                Ok(review::diagnose(&of.landing, &of.curation, expected, progress)?)
            })?,
            overview: Lane::new("overview", wake(), signals::lines)?,
            record: Lane::new("record", wake(), signals::recorded)?,
            other: Lane::new("other", wake(), signals::other)?,
            measure: Lane::new("measure", wake(), signals::measured)?,
            compare: Lane::new("compare", wake(), signals::compared)?,
            looked: None,
            to_summarise: None,
            added_up: None,
            consented: None,
            diagnosed: None,
            asked: signals::Asked::default(),
        })
    }

    /// Stops all of it, and forgets what was asked for.
    pub fn stop(&mut self) {
        self.lanes().into_iter().for_each(AnyLane::cancel);
        (self.looked, self.added_up, self.consented, self.diagnosed) = (None, None, None, None);
        self.to_summarise = None;
        self.asked = signals::Asked::default();
    }

    /// Whether something is worked out.
    pub fn is_busy(&self) -> bool {
        self.lanes().into_iter().any(AnyLane::is_busy)
    }

    fn lanes(&self) -> [&dyn AnyLane; 11] {
        [
            &self.dropped,
            &self.look,
            &self.summarise,
            &self.add_up,
            &self.consent,
            &self.doctor,
            &self.overview,
            &self.record,
            &self.other,
            &self.measure,
            &self.compare,
        ]
    }
}

fn dropped(request: &DroppedRequest, progress: &Progress) -> Result<Arc<TableView>, Failure> {
    let DroppedRequest { curation, table, step, stood } = request;
    Ok(Arc::new(match stood {
        Some(stood) => curation.dropped_by_consent(*table, *step, *stood, progress)?,
        None => curation.dropped(*table, *step, progress)?,
    }))
}

/// Whom a table is narrowed to is one more filter, before those that were set.
fn look(request: &LookRequest, progress: &Progress) -> Result<Look, Failure> {
    let LookRequest { shown, query, follow, only, loaded, revealed, .. } = request;
    let view = request.rows.view(&loaded.landing);
    if !query.sorts.is_empty() && !query.has_filters() && follow.is_none() {
        on_disk::enough_for(&loaded.landing, on_disk::Work::Order, view.rows() as u64)?;
    }
    let narrowed = follow.as_ref().and_then(|follow| follow.filter(view.columns(), &loaded.landing));
    let mut whole = query.clone();
    whole.filters.splice(0..0, narrowed);
    let rows = explore::select(&view, &whole, &loaded.codes, *revealed, progress)?;
    let rows = match only {
        None => rows,
        Some((_, only)) => {
            let all = 0..rows.len(view.rows());
            let wanted =
                all.filter_map(|place| Some(rows.get(place)? as u32)).filter(|row| only.binary_search(row).is_ok());
            Rows::Chosen(wanted.collect())
        }
    };
    let only = only.as_ref().map(|(only, _)| *only).unwrap_or_default();
    Ok(Look {
        shown: *shown,
        view,
        query: query.clone(),
        follow: follow.clone(),
        only,
        rows,
        answer: request.rows.answer(),
    })
}
