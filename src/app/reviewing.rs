//! Keeps the join review what landing, recipe and trail make it, and adds to the trail.

use std::path::PathBuf;
use std::sync::Arc;

use crate::curation::{Curation, OwnerFindings};
use crate::domain::{CheckId, Code, OwnerDecision, Progress};
use crate::explore::Follow;
use crate::export::{TrailFile, now, write_report};
use crate::landing::{Landing, Source};
use crate::review::joins::{JoinReport, Stranger, joins};
use crate::review::{
    AcceptError, Expected, FigureId, Review, RowsBehind, RuleReport, Trail, compare, names_nobody, review, view_behind,
};
use crate::state::{Example, Pointed, Severity, Shown, Slot};

use super::App;
use super::finished::{ask_for, done, flatten, notify, settle};
use super::on_disk::{Work, enough};
use super::recipe_file::outside_of;
use super::signals::{other, recorded};
use super::work::{Curated, Failure, OtherRequest, RecordRequest};

/// What was asked for last.
#[derive(Default)]
pub struct AskedOfReview {
    checks: Option<ChecksRequest>,
    joins: Option<Curated>,
    rules: Option<Curated>,
    owners: Option<Curated>,
    example: Option<ExampleRequest>,
    behind: Option<BehindRequest>,
    trail: bool,
}

/// Which checks to compute.
#[derive(Clone, PartialEq)]
pub struct ChecksRequest {
    of: Curated,
    expected: Expected,
}

/// Which stranger to draw.
#[derive(Clone, PartialEq)]
pub struct ExampleRequest {
    of: Curated,
    stranger: Stranger,
}

/// Which rows to look up.
#[derive(Clone)]
pub struct BehindRequest {
    of: Curated,
    figure: FigureId,
    review: Option<Arc<Review>>,
}

impl PartialEq for BehindRequest {
    fn eq(&self, other: &Self) -> bool {
        self.of == other.of && self.figure == other.figure
    }
}

/// What to do with the trail.
#[derive(Clone)]
pub enum TrailRequest {
    /// Read it.
    Load,
    /// Accept, or take back.
    Accept { of: Signing, check: CheckId, why: String, is_taken_back: bool },
    /// Record what was decided of a device.
    Decide { of: Signing, words: String },
    /// Sign.
    Sign { of: Signing },
    /// Take the signature back.
    Unsign { of: Signing, why: String },
}

/// Who puts their name to what.
#[derive(Clone)]
pub struct Signing {
    review: Arc<Review>,
    /// Nobody's name of these may be written.
    landing: Arc<Landing>,
    who: String,
}

impl PartialEq for TrailRequest {
    /// Two requests are two entries, however alike they are.
    fn eq(&self, other: &Self) -> bool {
        matches!((self, other), (Self::Load, Self::Load))
    }
}

/// What to write a report of.
#[derive(Clone)]
pub struct ReportRequest {
    path: PathBuf,
    of: Curated,
    review: Arc<Review>,
    trail: Arc<Trail>,
    source: Option<Source>,
}

impl PartialEq for ReportRequest {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path && self.of == other.of
    }
}

impl App {
    /// Asks for the checks of the tables as they are, whatever page is shown, and for what the page of the review shows.
    pub(super) fn look_at_review(&mut self) {
        let (Some(loaded), Slot::Ready(curation)) = (self.state.landing.value(), &self.state.curation) else {
            // Whatever comes of the tables, what was checked before is not known to be of them.
            if self.state.curation.is_loading() && !self.state.review.checks.is_loading() {
                self.state.review.checks.begin();
                self.reviewed.checks = None;
            }
            return;
        };
        let of = Curated { landing: Arc::clone(&loaded.landing), curation: Arc::clone(curation) };
        let (shown, shows_review) = (self.state.choices().shown, self.state.shows(Shown::Review));
        let (review, asked) = (&mut self.state.review, &mut self.reviewed);
        if !asked.trail {
            review.trail.begin();
            self.workers.trail.request(TrailRequest::Load);
            asked.trail = true;
        }
        review.trail_is_busy = self.workers.trail.is_busy();
        let checks = ChecksRequest { of: of.clone(), expected: self.state.expected.clone() };
        ask_for(Some(checks), &mut asked.checks, &self.workers.checks, &mut review.checks);
        if let Shown::Behind(figure) = shown {
            let request = BehindRequest { of: of.clone(), figure, review: review.checks.value().map(Arc::clone) };
            let is_there = !matches!(figure, FigureId::Check { .. }) || matches!(review.checks, Slot::Ready(_));
            if asked.behind.as_ref() != Some(&request) {
                self.state.behind = Slot::Loading(None);
                if is_there {
                    self.workers.behind.request(request.clone());
                    asked.behind = Some(request);
                }
            }
        }
        if !shows_review {
            return;
        }
        ask_for(Some(of.clone()), &mut asked.joins, &self.workers.joins, &mut review.joins);
        ask_for(Some(of.clone()), &mut asked.owners, &self.workers.owners, &mut review.owners);
        ask_for(Some(of.clone()), &mut asked.rules, &self.workers.rules, &mut review.rules);
        let stranger = match &review.joins {
            Slot::Ready(joins) => joins.iter().find_map(|join| join.affected.most_strangers.first()).cloned(),
            _ => return,
        };
        let example = stranger.map(|stranger| ExampleRequest { of, stranger });
        ask_for(example, &mut asked.example, &self.workers.example, &mut review.example);
    }

    /// Takes in what was worked out.
    pub(super) fn take_review(&mut self) {
        let (review, workers) = (&mut self.state.review, &mut self.workers);
        while let Some((request, outcome)) = workers.checks.poll() {
            // Never back to the checks from before: they may be of other tables, and open the gate for these.
            match flatten(outcome) {
                _ if self.reviewed.checks.as_ref() != Some(&request) => {}
                Ok(checks) => review.checks = Slot::Ready(checks),
                Err(Failure::Cancelled) => review.checks.fail("It was stopped.".to_owned()),
                Err(Failure::Error(error)) => review.checks.fail(error),
            }
        }
        while let Some((_, outcome)) = workers.joins.poll() {
            settle(&mut review.joins, flatten(outcome));
        }
        while let Some((_, outcome)) = workers.rules.poll() {
            settle(&mut review.rules, flatten(outcome));
        }
        while let Some((_, outcome)) = workers.owners.poll() {
            settle(&mut review.owners, flatten(outcome));
        }
        while let Some((_, outcome)) = workers.example.poll() {
            settle(&mut review.example, flatten(outcome));
        }
        while let Some((_, outcome)) = workers.behind.poll() {
            settle(&mut self.state.behind, flatten(outcome));
        }
        while let Some((request, outcome)) = self.workers.trail.poll() {
            self.workers.trail.forget();
            match (request, flatten(outcome)) {
                (_, Ok(trail)) => self.state.review.trail = Slot::Ready(trail),
                (TrailRequest::Load, Err(Failure::Error(error))) => self.state.review.trail.fail(error),
                (_, Err(Failure::Error(error))) => {
                    notify(&mut self.state, Severity::Error, error);
                    self.workers.trail.request(TrailRequest::Load);
                }
                (_, Err(Failure::Cancelled)) => self.state.review.trail.give_up(),
            }
        }
        while let Some((_, outcome)) = self.workers.report.poll() {
            self.workers.report.forget();
            if let Some(words) = done(&mut self.state, Severity::Error, outcome) {
                notify(&mut self.state, Severity::Information, words);
            }
        }
    }

    /// Stops what is worked out for the review.
    pub(super) fn cancel_review(&mut self) {
        let workers = &mut self.workers;
        workers.checks.cancel();
        workers.joins.cancel();
        workers.rules.cancel();
        workers.owners.cancel();
        workers.example.cancel();
        workers.behind.cancel();
    }

    /// Computes the review again, and reads its trail again.
    pub(super) fn retry_review(&mut self) {
        let workers = &mut self.workers;
        workers.checks.forget();
        workers.joins.forget();
        workers.rules.forget();
        workers.owners.forget();
        workers.example.forget();
        workers.behind.forget();
        self.reviewed = AskedOfReview::default();
    }

    /// Adds an acceptance, or takes one back. It is of the checks that are on the screen, and of no others.
    pub(super) fn accept(&self, check: CheckId, who: String, why: String, is_taken_back: bool) {
        if let Some(of) = self.signing(who) {
            self.add_to_trail(TrailRequest::Accept { of, check, why, is_taken_back });
        }
    }

    /// Adds a signature.
    pub(super) fn sign_off(&self, who: String) {
        if let Some(of) = self.signing(who) {
            self.add_to_trail(TrailRequest::Sign { of });
        }
    }

    /// Takes the signature back.
    pub(super) fn unsign(&self, who: String, why: String) {
        if let Some(of) = self.signing(who) {
            self.add_to_trail(TrailRequest::Unsign { of, why });
        }
    }

    /// Somebody, and the review that is on the screen.
    fn signing(&self, who: String) -> Option<Signing> {
        let Slot::Ready(review) = &self.state.review.checks else { return None };
        let landing = Arc::clone(&self.state.landing.value()?.landing);
        Some(Signing { review: Arc::clone(review), landing, who })
    }

    fn add_to_trail(&self, request: TrailRequest) {
        // One at a time: each is one entry.
        if !self.workers.trail.is_busy() {
            self.workers.trail.forget();
            self.workers.trail.request(request);
        }
    }

    /// Puts a decision about a device into the recipe, or takes it out, and records whose decision that is.
    pub(super) fn decide(
        &mut self,
        serial: String,
        owner: String,
        is_theirs: Option<bool>,
        who: String,
        context: &egui::Context,
    ) {
        let (Some(of), Some(loaded)) = (self.signing(who), self.state.landing.value()) else { return };
        if self.workers.trail.is_busy() {
            return;
        }
        let code = |code: Option<Code>| code.map_or_else(|| "•••".to_owned(), |code| code.to_string());
        let (device, person) = (code(loaded.codes.device(&serial)), code(loaded.codes.person(&owner)));
        let words = match is_theirs {
            Some(true) => format!("{device} is {person}'s"),
            Some(false) => format!("{device} is not {person}'s"),
            None => format!("whose {device} is, is left to the evidence"),
        };
        self.add_to_trail(TrailRequest::Decide { of, words });
        let mut recipe = self.state.choices().recipe.clone();
        match is_theirs {
            Some(is_theirs) => recipe.owners.decisions.0.insert(serial, OwnerDecision { owner, is_theirs }),
            None => recipe.owners.decisions.0.remove(&serial),
        };
        self.choose(context, |choices| choices.recipe = recipe);
    }

    /// Shows a device with the motions of a stranger laid over, at the first instant at which they were paired.
    pub(super) fn show_stranger(&mut self, stranger: Stranger, context: &egui::Context) {
        let follow = Follow::Device(stranger.device);
        let pointed = Pointed { at: stranger.first, whose: vec![follow.clone()] };
        self.show_recording(Some(follow.clone()), context);
        self.lay_over(follow, stranger.user);
        self.state.signals.pointed = Some(pointed);
    }

    /// Has the report written.
    pub(super) fn save_report(&self, path: PathBuf) {
        let (Some(loaded), Slot::Ready(curation)) = (self.state.landing.value(), &self.state.curation) else { return };
        let (Slot::Ready(review), Some(trail)) = (&self.state.review.checks, self.state.review.trail.value()) else {
            return;
        };
        let of = Curated { landing: Arc::clone(&loaded.landing), curation: Arc::clone(curation) };
        let (review, trail) = (Arc::clone(review), Arc::clone(trail));
        self.workers.report.forget();
        self.workers.report.request(ReportRequest { path, of, review, trail, source: self.state.source.clone() });
    }
}

/// Computes the checks.
pub fn checks(request: &ChecksRequest, progress: &Progress) -> Result<Arc<Review>, Failure> {
    let ChecksRequest { of, expected } = request;
    enough(&of.landing, Work::Checks)?;
    Ok(Arc::new(review(&of.landing, &of.curation, Some(expected), progress)?))
}

/// Looks at all joins.
pub fn looked_at(of: &Curated, progress: &Progress) -> Result<Arc<Vec<JoinReport>>, Failure> {
    enough(&of.landing, Work::Joins)?;
    Ok(Arc::new(joins(&of.curation, progress)?))
}

/// Compares the join rules.
pub fn rules(of: &Curated, progress: &Progress) -> Result<Arc<Vec<RuleReport>>, Failure> {
    enough(&of.landing, Work::Rules)?;
    Ok(Arc::new(compare(&of.landing, &of.curation, progress)?))
}

/// Infers whose device it is.
pub fn owners(of: &Curated, progress: &Progress) -> Result<Arc<OwnerFindings>, Failure> {
    let inferred = |curation: &Curation| curation.owners().map(Arc::clone);
    match inferred(&of.curation) {
        Some(owners) => Ok(owners),
        None => {
            enough(&of.landing, Work::Owners)?;
            Ok(Arc::new(of.curation.infer_owners(progress)?))
        }
    }
}

/// Looks a device up that was paired with a stranger.
pub fn example(request: &ExampleRequest, progress: &Progress) -> Result<Arc<Example>, Failure> {
    let ExampleRequest { of, stranger } = request;
    let follow = Follow::Device(stranger.device.clone());
    let plotted = recorded(&RecordRequest { of: of.clone(), follow, partner: None }, progress)?;
    let track = other(&OtherRequest { of: of.clone(), email: stranger.user.clone() }, progress)?;
    Ok(Arc::new(Example { stranger: stranger.clone(), plotted, track }))
}

/// Looks the rows behind a figure up.
pub fn behind(request: &BehindRequest, progress: &Progress) -> Result<Arc<RowsBehind>, Failure> {
    let BehindRequest { of, figure, review } = request;
    Ok(Arc::new(view_behind(&of.landing, &of.curation, review.as_deref(), *figure, progress)?))
}

/// Reads the trail, or adds to it.
pub fn trail(file: &TrailFile, request: &TrailRequest) -> Result<Arc<Trail>, Failure> {
    let failed = |error: crate::export::TrailFileError| Failure::Error(error.to_string());
    let add = |trail: &mut Trail| -> Result<(), AcceptError> {
        match request {
            TrailRequest::Load => Ok(()),
            TrailRequest::Accept { of, check, why, is_taken_back } => {
                names_nobody(&of.landing, &of.who, why)?;
                let add = if *is_taken_back { Trail::revoke } else { Trail::accept };
                add(trail, &of.review, *check, &of.who, why, now())
            }
            TrailRequest::Decide { of, words } => {
                names_nobody(&of.landing, &of.who, "")?;
                trail.decide(&of.review, &of.who, words, now())
            }
            TrailRequest::Sign { of } => {
                names_nobody(&of.landing, &of.who, "")?;
                trail.sign(&of.review, &of.who, now()).map(drop)
            }
            TrailRequest::Unsign { of, why } => {
                names_nobody(&of.landing, &of.who, why)?;
                trail.unsign(&of.review, &of.who, why, now())
            }
        }
    };
    match request {
        TrailRequest::Load => file.load().map(Arc::new).map_err(failed),
        _ => file.add(add).map(|(trail, ())| Arc::new(trail)).map_err(failed),
    }
}

/// Writes a report, and says so in a sentence.
pub fn report(request: &ReportRequest) -> Result<String, String> {
    let ReportRequest { path, of, review, trail, source } = request;
    let not_saved = |why: String| format!("The report was not written: {why}");
    if let Some(source) = source {
        outside_of(source, path).map_err(not_saved)?;
    }
    write_report(&of.landing, &of.curation, review, trail, now(), path)
        .map_err(|error| not_saved(error.to_string()))?;
    Ok(format!("Wrote the report of the review to {}.", path.display()))
}
