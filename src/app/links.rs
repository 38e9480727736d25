//! Links to views: made of what is looked at, and followed once there is something to look at. By a worker, since codes are
//! looked up among all who landed.

use std::sync::Arc;

use crate::domain::Progress;
use crate::jobs::Lane;
use crate::state::{Choices, Loaded, Opened, Severity, Shown, Spot, ViewLink, unsaid_in_words};

use super::App;
use super::finished::{flatten, notify};
use super::work::Failure;

/// What to do with a link.
#[derive(Clone)]
pub enum LinkRequest {
    /// Make the one to what is looked at.
    Make(Arc<Choices>, Spot, Loaded),
    /// Find out where this one leads to.
    Open(Arc<ViewLink>, Arc<Choices>, Loaded),
}

impl PartialEq for LinkRequest {
    /// Each is to be done, however alike two are.
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

/// What came of it.
pub enum Answer {
    Made(Box<ViewLink>),
    Opened(Box<Opened>),
}

/// Who makes and follows links, and the one that waits for its landing files.
pub struct Links {
    lane: Lane<LinkRequest, Result<Answer, Failure>>,
    waiting: Option<ViewLink>,
}

impl Links {
    /// Starts the worker.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub(super) fn new(context: &egui::Context) -> std::io::Result<Self> {
        let context = context.clone();
        let lane = Lane::new("links", move || context.request_repaint(), |request, _: &Progress| carry_out(request))?;
        Ok(Self { lane, waiting: None })
    }
}

fn carry_out(request: &LinkRequest) -> Result<Answer, Failure> {
    match request {
        LinkRequest::Make(choices, spot, loaded) => {
            let link = ViewLink::of(choices, spot, loaded);
            link.map(|link| Answer::Made(Box::new(link)))
                .map_err(|error| Failure::Error(format!("There is no link to this view: {error}.")))
        }
        LinkRequest::Open(link, choices, loaded) => Ok(Answer::Opened(Box::new(link.open(loaded, choices)))),
    }
}

impl App {
    /// The same, which follows a link once there are landing files.
    #[must_use]
    pub fn with_link(mut self, link: Option<ViewLink>) -> Self {
        self.links.waiting = link;
        self
    }

    /// Puts a link to what is looked at on the clipboard.
    pub(super) fn copy_link(&self) {
        let Some(loaded) = self.state.landing.value() else { return };
        let (choices, spot) = (Arc::new(self.state.choices().clone()), self.screens.spot(&self.state));
        self.links.lane.request(LinkRequest::Make(choices, spot, loaded.clone()));
    }

    /// Follows a link, once there are landing files.
    pub(super) fn open_link(&mut self, text: &str) {
        match ViewLink::parse(text) {
            Ok(link) => self.links.waiting = Some(link),
            Err(error) => notify(&mut self.state, Severity::Error, format!("The link cannot be opened: {error}.")),
        }
    }

    /// Takes in what came of links, and follows the one that waits.
    pub(super) fn take_links(&mut self, context: &egui::Context) {
        while let Some((_, outcome)) = self.links.lane.poll() {
            match flatten(outcome) {
                Ok(Answer::Made(link)) => {
                    context.copy_text(link.to_text());
                    let unsaid = Some(link.unsaid()).filter(|unsaid| *unsaid > 0).map(unsaid_in_words);
                    let words = ["The link to this view is on the clipboard. It names nobody.".to_owned()];
                    let words: Vec<String> = words.into_iter().chain(unsaid).collect();
                    notify(&mut self.state, Severity::Information, words.join(" "));
                }
                Ok(Answer::Opened(opened)) => self.follow_link(*opened, context),
                Err(Failure::Cancelled) => {}
                Err(Failure::Error(error)) => notify(&mut self.state, Severity::Error, error),
            }
        }
        if let (Some(loaded), false) = (self.state.landing.value(), self.state.landing.is_loading())
            && let Some(link) = self.links.waiting.take()
        {
            let choices = Arc::new(self.state.choices().clone());
            self.links.lane.request(LinkRequest::Open(Arc::new(link), choices, loaded.clone()));
        }
    }

    /// Has the first page show what it showed to somebody else, or at another time.
    pub(super) fn look_again(&mut self, spot: Spot) {
        let choices = self.state.choices();
        // Somebody is told about in a part of their own.
        if choices.about.is_none() || choices.shown != Shown::Consent {
            self.screens.show_spot(choices.shown, &spot);
        }
        if let (Some(follow), Some(over)) = (self.state.choices().whose_recording().cloned(), spot.over) {
            self.lay_over(follow, over);
        }
    }

    fn follow_link(&mut self, opened: Opened, context: &egui::Context) {
        let Opened { choices: to, spot, remarks } = opened;
        self.choose(context, |choices| {
            let (file, export) = (choices.file.clone(), choices.export.clone());
            *choices = Choices { file, export, ..to };
        });
        self.show_about();
        if !spot.compared.is_empty() {
            self.state.signals.compared.clone_from(&spot.compared);
        }
        self.look_again(spot);
        if !remarks.is_empty() {
            notify(&mut self.state, Severity::Warning, format!("The link was opened. {}", remarks.join(" ")));
        }
    }
}
