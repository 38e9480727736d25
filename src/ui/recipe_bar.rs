//! The switches of the recipe, beside the figures that they move.

use egui::{DragValue, Ui};

use crate::domain::{Duplicates, JoinRule, Purpose, Recipe};
use crate::state::{Command, State};

use super::words::t;
use super::{icons, widgets};

/// Paints the switches; each shows its effect in the strip above at once.
pub fn recipe_bar_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let mut recipe = state.choices().recipe.clone();
    ui.horizontal_wrapped(|ui| {
        ui.label(widgets::weak(ui, "Consent for"));
        for purpose in Purpose::ALL {
            let hover = format!("Keep customers whose {} is present", purpose.column());
            ui.selectable_value(&mut recipe.purpose, purpose, t(purpose.name())).on_hover_text(t(hover));
        }
        ui.separator();
        ui.checkbox(&mut recipe.consent_date, t("Only readings after consent"))
            .on_hover_text(t("Keep a reading only if it was taken at or after its customer agreed to share"));
        ui.add_space(4.0);
        let mut drop = recipe.duplicates == Duplicates::Drop;
        ui.checkbox(&mut drop, t("Drop duplicates"))
            .on_hover_text(t("Keep the first of the rows of a landing table that are equal in every column"));
        recipe.duplicates = if drop { Duplicates::Drop } else { Duplicates::Keep };
        ui.separator();
        ui.label(widgets::weak(ui, "Join on"));
        for join in JoinRule::ALL {
            ui.selectable_value(&mut recipe.join, join, t(join_label(join))).on_hover_text(t(join_hover(join)));
        }
        if recipe.join == JoinRule::Nearest {
            let tolerance =
                DragValue::new(&mut recipe.tolerance_ms).range(0..=60_000).prefix(t("within ")).suffix(t(" ms"));
            ui.add(tolerance).on_hover_text(t("How far apart in time a distance and a motion may be; drag or type"));
        }
        if recipe != Recipe::default() {
            ui.separator();
            if ui.button(t("As specified")).on_hover_text(t("Back to the choices of the specification")).clicked() {
                recipe = Recipe::default();
            }
        }
        run_ui(ui, state, commands);
        if recipe.purpose != Purpose::Research {
            let text = format!("{} These customers did not all agree to research", icons::WARNING);
            ui.label(widgets::warning(ui, text));
        }
    });
    if recipe != state.choices().recipe {
        commands.push(Command::SetRecipe(recipe));
    }
}

/// Which engine made the tables, where one did that is not here.
fn run_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let Some(run) = &state.choices().run else { return };
    ui.separator();
    if state.choices().run_in_force().is_some() {
        ui.label(t(format!("Tables of {}", run.title()))).on_hover_text(t(
            "Made on another engine of these landing files. Counts, checks and exports are of those tables",
        ));
    } else {
        ui.label(widgets::weak(ui, format!("Made here; {} has another recipe", run.title())));
        if ui.button(t("Its recipe")).on_hover_text(t("Back to the recipe and the tables of the run")).clicked() {
            commands.push(Command::UseRun(Some(std::sync::Arc::clone(run))));
        }
    }
    if ui.button(t("Make them here")).on_hover_text(t("Let go of the run, and make the tables here")).clicked() {
        commands.push(Command::UseRun(None));
    }
}

/// What a rule is called on the screen.
pub fn join_label(join: JoinRule) -> &'static str {
    match join {
        JoinRule::Timestamp => "time stamp",
        JoinRule::Owner => "time stamp and owner",
        JoinRule::InferredOwner => "inferred owner",
        JoinRule::Nearest => "nearest",
    }
}

/// What a rule does, as a sentence.
pub fn join_hover(join: JoinRule) -> &'static str {
    match join {
        JoinRule::Timestamp => {
            "The specification's rule: a distance is paired with every motion of the same instant, whoever moved"
        }
        JoinRule::Owner => {
            "A distance is paired with the motion of the same instant of the customer whose record carries the \
             device's serial number"
        }
        JoinRule::InferredOwner => {
            "A distance is paired with the motion of the same instant of the customer whose phone shares the device's \
             instants, whatever serial number the records carry"
        }
        JoinRule::Nearest => {
            "A distance is paired with the nearest motion within a tolerance, of the customer whose record carries the \
             device's serial number"
        }
    }
}
