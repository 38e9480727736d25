//! Keeps the rows in the middle of the window what the table, the query and the followed customer make them.

use std::sync::Arc;

use crate::state::{Look, Only, Shown, Slot};

use super::App;
use super::work::{LookRequest, Place, SummariseRequest};

impl App {
    /// Asks for all that the page shows that is looked after.
    pub(super) fn look_at_page(&mut self) {
        self.look();
        self.add_up();
        self.look_at_consent();
        self.look_at_signals();
    }

    /// Stops what is worked out for it.
    pub(super) fn cancel_page(&mut self, context: &egui::Context) {
        self.page.dropped.cancel();
        self.cancel_look(context);
        self.page.doctor.cancel();
        self.page.add_up.cancel();
    }

    /// Asks for the rows that should be shown, unless they are or were asked for last. All rows as they are need no
    /// work and are there at once.
    fn look(&mut self) {
        self.summarise_once_counted();
        let Some(request) = self.wanted() else { return };
        if self.page.looked.as_ref() == Some(&request) {
            return;
        }
        if request.query.is_plain() && request.follow.is_none() && request.only.is_none() {
            self.page.look.cancel();
            let look = Look {
                query: request.query.clone(),
                answer: request.rows.answer(),
                ..Look::whole(request.shown, request.rows.view(&request.loaded.landing))
            };
            self.show_look(look);
        } else {
            if self.state.look.value().is_some_and(|look| look.shown != request.shown) {
                self.state.look = Slot::Empty;
            }
            self.state.look.begin();
            self.page.look.forget();
            self.page.look.request(request.clone());
        }
        self.page.looked = Some(request);
    }

    /// Shows rows, and asks what their columns hold.
    pub(super) fn show_look(&mut self, look: Look) {
        let look = Arc::new(look);
        self.state.look = Slot::Ready(Arc::clone(&look));
        self.state.summaries.begin();
        self.page.to_summarise = Some(look);
        self.summarise_once_counted();
    }

    /// Asks what the columns of the rows that are shown hold, once nothing is being curated: what is counted comes first.
    fn summarise_once_counted(&mut self) {
        if !self.workers.curate.is_busy()
            && let Some(look) = self.page.to_summarise.take()
        {
            self.page.summarise.request(SummariseRequest(look));
        }
    }

    /// Stops looking for rows; what was wanted goes back to what is shown.
    fn cancel_look(&mut self, context: &egui::Context) {
        self.page.summarise.cancel();
        if !self.page.look.is_busy() {
            return;
        }
        self.page.look.cancel();
        if let Some(look) = self.state.look.value().map(Arc::clone) {
            self.choose(context, |choices| {
                choices.queries.insert(look.shown, look.query.clone());
                if look.shown != Shown::Sql {
                    choices.follow.clone_from(&look.follow);
                }
            });
        }
    }

    fn wanted(&self) -> Option<LookRequest> {
        let loaded = self.state.landing.value()?;
        let choices = self.state.choices();
        let shown = choices.shown;
        let only = self.state.only();
        let different = |place: usize, table| {
            let Slot::Ready(differences) = &self.state.other.differences else { return None };
            let found = differences.iter().find(|difference| difference.table == table)?;
            Some((only, Arc::from(found.only[place].as_slice())))
        };
        let only = match (shown, only) {
            (Shown::Table(table), Only::Here) => Some(different(0, table)?),
            (Shown::Table(table), Only::InForce) => Some(different(1, table)?),
            _ => None,
        };
        let rows = match shown {
            Shown::Table(table) => match table.dataset() {
                Some(dataset) => Place::Landing(dataset),
                // The rows that are not here are looked at where they are.
                None if matches!(only, Some((Only::InForce, _))) => {
                    Place::Curation(Arc::clone(self.state.other.curation.value()?), table)
                }
                None => Place::Curation(Arc::clone(self.state.curation.value()?), table),
            },
            Shown::Dropped { .. } => match &self.state.dropped {
                Slot::Ready(view) => Place::Dropped(Arc::clone(view)),
                _ => return None,
            },
            Shown::Behind(_) => match &self.state.behind {
                Slot::Ready(rows) => Place::Behind(Arc::clone(rows)),
                _ => return None,
            },
            Shown::Sql => Place::Answer(Arc::clone(self.state.answer_in_force()?)),
            Shown::Refused | Shown::Consent | Shown::Signals | Shown::Review | Shown::Export => return None,
        };
        let (query, follow, revealed) = (choices.query(), choices.narrowed_to().cloned(), self.state.revealed);
        Some(LookRequest { shown, rows, query, follow, only, loaded: loaded.clone(), revealed })
    }
}
