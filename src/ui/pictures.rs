//! The pictures of pages, as they are asked for to be saved.

use std::sync::Arc;

use egui::Ui;

use crate::export::pictures::Pictured;
use crate::picture::{Coloring, Picture};
use crate::state::{Command, RecipeFile, State};

use super::words::t;

/// Has a picture saved that `draw` makes, in the colours of the theme and the words of the window.
pub fn save(ui: &Ui, state: &State, draw: impl FnOnce(&Pictured<'_>) -> Option<Picture>) -> Option<Command> {
    let loaded = state.landing.value()?;
    let choices = state.choices();
    let changed = if choices.is_recipe_changed() { format!(", {}", t("changed")) } else { String::new() };
    // A file keeps its name; the recipe that is in none has a word for it.
    let recipe_name = choices.named_file().map_or_else(|| t(choices.recipe_name()).into(), RecipeFile::name);
    let pictured = Pictured {
        recipe_name: &format!("{} {recipe_name}{changed}", t("Recipe")),
        recipe: &choices.recipe,
        landing: &loaded.landing,
        coloring: Coloring::of(ui.visuals().dark_mode),
        say: |text| t(text).into(),
    };
    draw(&pictured).map(|picture| Command::SavePicture(Arc::new(picture)))
}

/// Has the counts of all tables saved.
pub fn counts(ui: &Ui, state: &State) -> Option<Command> {
    let curation = state.curation.value()?;
    save(ui, state, |pictured| Some(pictured.counts(curation)))
}
