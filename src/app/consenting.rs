//! Keeps the consent page and the verdicts on the expected counts what landing, recipe and counts make them.

use std::sync::Arc;

use crate::curation::met;
use crate::domain::{Progress, Reason};
use crate::explore;
use crate::review;
use crate::state::{Command, ConsentView, ExportChoices, Severity, Shown, Slot};

use super::App;
use super::finished::{ask_for, done, flatten, notify, settle};
use super::lists::List;
use super::work::{ConsentRequest, Curated, DoctorRequest, Failure};

/// Works out what the page shows.
pub fn work_out(request: &ConsentRequest, progress: &Progress) -> Result<Arc<ConsentView>, Failure> {
    const INSTANTS: usize = 240;
    let ConsentRequest { of: Curated { landing, curation }, follow, about } = request;
    let waterfalls = review::waterfalls(landing, curation, follow.as_ref(), progress)?;
    let consented = review::consented(landing, &curation.recipe, INSTANTS);
    let mut sessions = review::sessions(landing, &curation.recipe, progress)?;
    let about = about.as_ref().map(|about| explore::about(about, landing, curation, progress)).transpose()?;
    if let Some(follow) = follow {
        let people = follow.people(landing);
        sessions.retain(|session| people.contains(&session.person));
    }
    Ok(Arc::new(ConsentView { waterfalls, consented, sessions, about, met: met(landing, &curation.recipe.withdrawn) }))
}

impl App {
    /// Asks for what the consent page shows, while it is shown.
    pub(super) fn look_at_consent(&mut self) {
        let (Some(loaded), Slot::Ready(curation)) = (self.state.landing.value(), &self.state.curation) else { return };
        let shown = self.state.choices().shown;
        let says_how_consent_was_missing = |table, step: usize| {
            let step = curation.count(table).and_then(|count| count.steps.get(step));
            step.is_some_and(|step| step.reason == Reason::NoConsent)
        };
        match shown {
            Shown::Consent => {}
            Shown::Dropped { table, step, stood: None } if says_how_consent_was_missing(table, step) => {}
            _ => return,
        }
        let of = Curated { landing: Arc::clone(&loaded.landing), curation: Arc::clone(curation) };
        let choices = self.state.choices();
        let (follow, about) = (choices.follow.clone(), choices.told_about().cloned());
        let request = ConsentRequest { of: of.clone(), follow, about };
        let page = &mut self.page;
        ask_for(Some(request), &mut page.consented, &page.consent, &mut self.state.consent);
        if shown == Shown::Consent {
            let request = DoctorRequest { of, expected: self.state.expected.clone() };
            ask_for(Some(request), &mut page.diagnosed, &page.doctor, &mut self.state.verdicts);
        }
    }

    /// Takes in what was worked out for the page.
    pub(super) fn take_consent(&mut self) {
        while let Some((_, outcome)) = self.page.consent.poll() {
            settle(&mut self.state.consent, flatten(outcome));
        }
        while let Some((_, outcome)) = self.page.doctor.poll() {
            match flatten(outcome) {
                Ok(verdicts) => self.state.verdicts = Slot::Ready(verdicts),
                Err(Failure::Cancelled) => self.state.verdicts = Slot::Empty,
                Err(Failure::Error(error)) => self.state.verdicts.fail(error),
            }
        }
        while let Some((_, outcome)) = self.workers.lists.poll() {
            self.workers.lists.forget();
            match done(&mut self.state, Severity::Error, outcome) {
                Some(List::Searched(list)) => self.commands.push(Command::Search(list)),
                Some(List::Sides(file)) => {
                    let sides = Some(Arc::new(file));
                    let export = ExportChoices { sides, ..self.state.choices().export.clone() };
                    self.commands.push(Command::SetExport(export));
                }
                Some(List::Expected(expected)) => self.commands.push(Command::SetExpected(expected)),
                Some(List::Withdrawn(list)) => {
                    let recipe = self.state.choices().recipe.clone();
                    match recipe.withdrawn.and(&list) {
                        Ok(withdrawn) => {
                            let recipe = crate::domain::Recipe { withdrawn, ..recipe };
                            self.commands.push(Command::SetRecipe(recipe));
                        }
                        Err(error) => notify(&mut self.state, Severity::Error, error.to_string()),
                    }
                }
                None => {}
            }
        }
    }
}
