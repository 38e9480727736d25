//! The one place where choices change: each change is a step of the history, and what follows from it is asked for.

use std::sync::Arc;

use crate::curation::Curation;
use crate::state::{Beside, Choices, History, Label, Notice, RecipeFile, Severity, Shown, Visited, Visits};

use super::App;
use super::finished::tell_notice;

/// What is said when a change leaves a sign-off behind, as long as it is so.
pub(super) const NOT_SIGNED: &str = "These tables are not signed off: the sign-off was for the recipe before.";

impl App {
    /// Changes choices. What is to be undone by itself becomes a step; anything else belongs to the step before.
    pub(super) fn choose(&mut self, context: &egui::Context, change: impl FnOnce(&mut Choices)) {
        let (before, beside) = (self.state.choices().clone(), self.beside_now());
        let mut after = before.clone();
        change(&mut after);
        after.let_go_of_selections(&before);
        if after.recipe != before.recipe && !self.state.is_turned() && self.state.review.signed_off().is_some() {
            let recipe = Some(Box::new(before.recipe.clone()));
            let notice = Notice { recipe, ..Notice::new(Severity::Information, NOT_SIGNED) };
            tell_notice(&mut self.state, notice);
        }
        let label = before.label_of(&after);
        let after = self.state.settle(after);
        match label {
            Some(label) => self.state.history.push(label, after, context.input(|input| input.time)),
            None => self.state.history.amend(after),
        }
        self.state.let_go_beside(beside);
        self.follow(&before);
    }

    /// Shows again what the page that is looked after showed.
    pub(super) fn visit(&mut self, context: &egui::Context, visited: Option<Visited>) {
        let Some(Visited { shown, about, recorded, tab }) = visited else { return };
        self.screens.open_tab(tab);
        self.choose(context, |choices| {
            (choices.shown, choices.about, choices.recorded) = (shown, about, recorded);
        });
    }

    /// Goes back or forth among the choices that were made. One stays on the page where one is if what changes can be
    /// seen from there.
    pub(super) fn travel(&mut self, go: impl FnOnce(&mut History<Choices>)) {
        let (before, beside) = (self.state.choices().clone(), self.beside_now());
        let from = self.state.history.present().clone();
        go(&mut self.state.history);
        let to = self.state.history.present();
        if to.is_seen_anywhere(&from) {
            let mut stays = to.clone().looking_as(&from);
            stays.let_go_of_selections(to);
            self.state.history.amend(stays);
        }
        self.state.let_go_beside(beside);
        self.follow(&before);
    }

    /// Goes a step back or forth, and tells what that was.
    pub(super) fn step(&mut self, what: Option<String>, go: fn(&mut History<Choices>) -> bool) {
        self.travel(|history| {
            go(history);
        });
        if let Some(what) = what {
            self.tell(what);
        }
    }

    /// The choices of the page beside, unless it is the one that is looked after: then they are settled with the change.
    fn beside_now(&self) -> Option<Choices> {
        self.state.choices_beside().filter(|_| !self.state.is_turned())
    }

    /// Goes back to choices with the recipe whose tables are there.
    pub(super) fn return_to(&mut self, context: &egui::Context, curation: &Curation) {
        match self.state.history.nearest(|choices| choices.are_made(curation)) {
            Some(position) => self.travel(|history| history.go_to(position)),
            None => self.choose(context, |choices| {
                choices.recipe = curation.recipe.clone();
                choices.run = None;
            }),
        }
    }

    /// Another source is open: what was done to the last one cannot be undone on it.
    pub(super) fn start_history(&mut self, name: &str) {
        (self.state.visits, self.state.other.visits) = (Visits::default(), Visits::default());
        let choices = self.state.choices().clone().for_another_source();
        if let Some(beside) = &mut self.state.beside {
            *beside = Beside { place: beside.place, shown: beside.shown.elsewhere(), ..Beside::default() };
        }
        self.state.history = History::new(Label::new(format!("opened {name}")), choices);
    }

    /// The recipe was written to a file. All choices that were made since the one before was opened have its name.
    pub(super) fn name_recipe(&mut self, file: &Arc<RecipeFile>) {
        let before = self.state.choices().file.clone();
        self.state.history.amend_all(|choices| {
            if choices.file == before {
                choices.file = Some(Arc::clone(file));
            }
        });
    }

    /// Shows something else instead of what cannot be shown any more. Nothing follows from that.
    pub(super) fn show_instead(&mut self, shown: Shown) {
        let choices = self.state.settle(Choices { shown, ..self.state.choices().clone() });
        self.state.history.amend(choices);
    }

    /// Asks for what the choices need, as far as it is not there or on its way.
    fn follow(&mut self, before: &Choices) {
        if !self.state.is_apart() {
            self.curate();
        }
        let now = self.state.choices();
        if now.recipe != before.recipe || now.shown != before.shown {
            self.look_up_dropped();
        }
    }
}
