//! A page beside the first: another table, another device, or the same under another recipe.
//!
//! Views know of one page only. While the page beside is painted or something of it is carried out, the state is turned
//! ([`State::turn`]): its choices and slots are those of the page beside, and the first page's wait.

use std::collections::HashMap;
use std::mem::swap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::curation::{Curation, TableView};
use crate::domain::Recipe;
use crate::explore::{Follow, Selection, Sums};
use crate::review::{TableDifference, Verdict};

use super::{Choices, ConsentView, Look, Shown, Signals, Slot, State, Summaries, Visits};

/// What the page beside shows, and where it is. None of it is a step to be undone, as little as where a table is scrolled to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Beside {
    /// What it shows.
    pub shown: Shown,
    /// Whom it is narrowed to, whomever the first page is.
    pub follow: Option<Follow>,
    /// Whom it tells about, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<Follow>,
    /// Whose recording it shows, unless it is of whom it is narrowed to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded: Option<Follow>,
    /// The recipe of its tables.
    pub under: Under,
    /// Where it is.
    pub place: Place,
    /// Which rows of a table that differs from the one in force.
    pub only: Only,
    /// The cells that are chosen in its tables.
    #[serde(skip)]
    pub selections: HashMap<Shown, Selection>,
}

/// Under which recipe the tables of the page beside are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Under {
    /// The one in force, as on the first page.
    #[default]
    InForce,
    /// The one that was in force before it.
    Before,
    /// The specification's.
    Specified,
}

impl Under {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::InForce, Self::Before, Self::Specified];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::InForce => "recipe in force",
            Self::Before => "before the last change",
            Self::Specified => "as specified",
        }
    }
}

/// Which rows of a table under another recipe are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Only {
    /// All of them.
    #[default]
    All,
    /// Those that the table in force has not.
    Here,
    /// Those that the table in force has, and this one has not.
    InForce,
}

/// Where the page beside is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// To the right of the first page.
    #[default]
    Right,
    /// Below it.
    Below,
    /// In a window of its own.
    Window,
}

/// What was worked out for the page that is not looked after.
#[derive(Default)]
pub struct OtherPage {
    /// The tables that are made for the page beside, where its recipe is another.
    pub curation: Slot<Arc<Curation>>,
    /// How they differ from those in force.
    pub differences: Slot<Arc<Vec<TableDifference>>>,
    /// The rest is as in [`State`].
    pub dropped: Slot<Arc<TableView>>,
    pub look: Slot<Arc<Look>>,
    pub summaries: Slot<Summaries>,
    pub sums: Slot<Sums>,
    pub consent: Slot<Arc<ConsentView>>,
    pub verdicts: Slot<Vec<Verdict>>,
    pub signals: Signals,
    pub visits: Visits,
}

/// The state is turned to the page beside.
pub struct Turned {
    /// Its choices.
    choices: Choices,
    /// They have another recipe, so that its tables are its own.
    is_apart: bool,
}

impl Turned {
    /// Its choices.
    pub fn choices(&self) -> &Choices {
        &self.choices
    }
}

impl State {
    /// The choices of the page beside: all but what it shows of whom, under which recipe, are everybody's.
    pub fn choices_beside(&self) -> Option<Choices> {
        let beside = self.beside.as_ref()?;
        let now = self.history.present();
        let under = match beside.shown {
            Shown::Table(_) | Shown::Dropped { .. } | Shown::Consent | Shown::Signals => beside.under,
            // The review and the export are those of the recipe in force.
            _ => Under::InForce,
        };
        let is_another = |before: &Choices| before.recipe != now.recipe || before.run != now.run;
        let (recipe, run) = match under {
            Under::InForce => (now.recipe.clone(), now.run.clone()),
            Under::Before => {
                let before = self.history.last(is_another).unwrap_or(now);
                (before.recipe.clone(), before.run.clone())
            }
            Under::Specified => (Recipe::default(), None),
        };
        let Beside { shown, follow, about, recorded, selections, .. } = beside.clone();
        Some(Choices { recipe, run, shown, follow, about, recorded, selections, ..now.clone() })
    }

    /// Turns to the page beside if there is one, or back to the first.
    pub fn turn(&mut self) {
        let is_apart = match self.turned.take() {
            Some(turned) => turned.is_apart,
            None => {
                let Some(choices) = self.choices_beside() else { return };
                let now = self.history.present();
                let is_apart = choices.recipe != now.recipe || choices.run != now.run;
                self.turned = Some(Turned { choices, is_apart });
                is_apart
            }
        };
        let OtherPage { curation, differences: _, dropped, look, summaries, sums, consent, verdicts, signals, visits } =
            &mut self.other;
        if is_apart {
            swap(&mut self.curation, curation);
        }
        swap(&mut self.dropped, dropped);
        swap(&mut self.look, look);
        swap(&mut self.summaries, summaries);
        swap(&mut self.sums, sums);
        swap(&mut self.consent, consent);
        swap(&mut self.verdicts, verdicts);
        swap(&mut self.signals, signals);
        swap(&mut self.visits, visits);
    }

    /// Whether the page that is looked after has tables of its own, of another recipe than the one in force.
    pub fn is_apart(&self) -> bool {
        self.turned.as_ref().is_some_and(|turned| turned.is_apart)
    }

    /// Which rows the page that is looked after is narrowed to, beside all else.
    pub fn only(&self) -> Only {
        let is_derived = matches!(self.choices().shown, Shown::Table(table) if table.dataset().is_none());
        self.beside.as_ref().filter(|_| is_derived && self.is_apart()).map(|beside| beside.only).unwrap_or_default()
    }

    /// Whether the page that is looked after is the one beside.
    pub fn is_turned(&self) -> bool {
        self.turned.is_some()
    }

    /// Whether one of the pages shows this.
    pub fn shows(&self, shown: Shown) -> bool {
        self.history.present().shown == shown || self.beside.as_ref().is_some_and(|beside| beside.shown == shown)
    }

    /// Whether keys and the list on the left go to the page beside, and the state is not turned to it already.
    pub fn is_other_used(&self) -> bool {
        self.is_beside_used && self.beside.is_some() && !self.is_turned()
    }

    /// What the page in use shows and showed.
    pub fn visits_in_use(&self) -> &Visits {
        if self.is_other_used() { &self.other.visits } else { &self.visits }
    }

    /// What the page shows to which keys and the list on the left go.
    pub fn shown_in_use(&self) -> Shown {
        match &self.beside {
            Some(beside) if self.is_beside_used => beside.shown,
            _ => self.history.present().shown,
        }
    }

    /// Puts aside what of choices is the page beside's own, if they were made there. What is left is for the history.
    pub fn settle(&mut self, after: Choices) -> Choices {
        let (Some(turned), Some(beside)) = (&mut self.turned, &mut self.beside) else { return after };
        let now = self.history.present();
        beside.shown = after.shown;
        beside.follow.clone_from(&after.follow);
        beside.about.clone_from(&after.about);
        beside.recorded.clone_from(&after.recorded);
        beside.selections.clone_from(&after.selections);
        let before = std::mem::replace(&mut turned.choices, after.clone());
        let (follow, about, recorded) = (now.follow.clone(), now.about.clone(), now.recorded.clone());
        let mut rest = Choices { shown: now.shown, follow, about, recorded, ..after };
        rest.selections.clone_from(&now.selections);
        if rest.recipe == before.recipe {
            rest.recipe = now.recipe.clone();
        }
        if rest.run == before.run {
            rest.run.clone_from(&now.run);
        }
        rest.let_go_of_selections(now);
        rest
    }

    /// Lets go of what is chosen on the page beside where a change from these choices of it made other cells of it.
    pub fn let_go_beside(&mut self, before: Option<Choices>) {
        if let (Some(before), Some(mut after)) = (before, self.choices_beside()) {
            after.let_go_of_selections(&before);
            if let Some(beside) = &mut self.beside {
                beside.selections = after.selections;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{JoinRule, Table};
    use crate::explore::Query;
    use crate::state::{History, Label};

    fn state(beside: Beside) -> State {
        let first = Choices::default();
        let second = Choices {
            recipe: Recipe { join: JoinRule::Owner, ..Recipe::default() },
            follow: Some(Follow::Device("one".to_owned())),
            ..Choices::default()
        };
        let mut history = History::new(Label::new("start"), first);
        history.push(Label::new("join"), second, 0.0);
        State { history, beside: Some(beside), ..State::default() }
    }

    #[test]
    fn turning_twice_changes_nothing() {
        for under in Under::ALL {
            let mut state = state(Beside { under, shown: Shown::Consent, ..Beside::default() });
            let before = state.choices().clone();
            state.turn();
            assert_eq!((state.choices().shown, &state.choices().follow), (Shown::Consent, &None));
            assert_eq!(state.is_apart(), under != Under::InForce);
            assert_eq!(state.choices().recipe == before.recipe, under == Under::InForce);
            state.turn();
            assert_eq!(state.choices(), &before);
        }
    }

    #[test]
    fn the_review_beside_is_of_the_recipe_in_force() {
        let mut state = state(Beside { under: Under::Before, shown: Shown::Review, ..Beside::default() });
        state.turn();
        assert!(!state.is_apart() && state.choices().recipe.join == JoinRule::Owner);
    }

    #[test]
    fn what_is_chosen_beside_stays_there_and_what_is_everybodys_does_not() {
        let mut state = state(Beside { under: Under::Before, ..Beside::default() });
        state.turn();
        let mut after = state.choices().clone();
        after.shown = Shown::Table(Table::StepTrainerTrusted);
        after.follow = Some(Follow::Device("other".to_owned()));
        after.queries.insert(after.shown, Query { find: "x".to_owned(), ..Query::default() });
        let rest = state.settle(after.clone());
        assert_eq!(state.choices(), &after);
        let now = state.history.present();
        assert_eq!(rest, Choices { queries: after.queries.clone(), ..now.clone() });
        state.turn();
        let beside = state.beside.unwrap();
        assert_eq!((beside.shown, beside.follow), (after.shown, after.follow));
    }
}
