//! The pictures of pages, as they are asked for to be saved.

use std::sync::Arc;

use egui::Ui;

use crate::export::pictures::Pictured;
use crate::picture::{Coloring, Picture};
use crate::state::{Command, State};

/// Has a picture saved that `draw` makes, in the colours of the theme.
pub fn save(ui: &Ui, state: &State, draw: impl FnOnce(&Pictured<'_>) -> Option<Picture>) -> Option<Command> {
    let loaded = state.landing.value()?;
    let choices = state.choices();
    let recipe_name = choices.recipe_name();
    let is_changed = if choices.is_recipe_changed() { ", changed" } else { "" };
    let pictured = Pictured {
        recipe_name: &format!("Recipe {recipe_name}{is_changed}"),
        recipe: &choices.recipe,
        landing: &loaded.landing,
        coloring: Coloring::of(ui.visuals().dark_mode),
    };
    draw(&pictured).map(|picture| Command::SavePicture(Arc::new(picture)))
}

/// Has the counts of all tables saved.
pub fn counts(ui: &Ui, state: &State) -> Option<Command> {
    let curation = state.curation.value()?;
    save(ui, state, |pictured| Some(pictured.counts(curation)))
}
