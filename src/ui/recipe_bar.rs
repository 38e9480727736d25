//! The choices of the recipe, beside the figures that they move.

use egui::{ComboBox, DragValue, RichText, Role, TextStyle, Ui, WidgetText};

use crate::domain::{Duplicates, JoinRule, Purpose, Recipe};
use crate::state::{Command, State};

use super::explain::explained;
use super::words::{Words, t};
use super::{access, icons, widgets};

/// Room for the tolerance beside the rule that has one, in points.
const TOLERANCE_WIDTH: f32 = 128.0;
/// Room for the list of join rules and its name, in points.
const LEAST_JOIN: f32 = 240.0;

/// A list is no narrower than this, in points.
const LEAST_LIST: f32 = 100.0;

/// Paints the switches; each shows its effect in the strip above at once.
pub fn recipe_bar_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let mut recipe = state.choices().recipe.clone();
    let tolerance = if recipe.join == JoinRule::Nearest { TOLERANCE_WIDTH } else { 0.0 };
    let is_narrow = width_of_all(ui) + tolerance > ui.available_width();
    ui.horizontal_wrapped(|ui| {
        widgets::begin_line(ui);
        ui.label(widgets::weak(ui, if is_narrow { "Consent" } else { "Consent for" }));
        for purpose in Purpose::ALL {
            let hover = format!("Keep customers whose {} is present", purpose.column());
            let response = ui.selectable_value(&mut recipe.purpose, purpose, t(purpose.name()));
            access::radio(&explained(response, hover, "purpose"));
        }
        ui.separator();
        let sentence = "Keep a motion only if it was taken at or after its customer agreed to share, and so each row to learn from. \
                        A customer without any left is no curated one, and neither are their distances in step_trainer_trusted; \
                        those of the others stay, whenever they were taken";
        explained(ui.checkbox(&mut recipe.consent_date, t("Only motions after consent")), sentence, "consent-date");
        ui.add_space(4.0);
        let mut drop = recipe.duplicates == Duplicates::Drop;
        let sentence = "Keep the first of the rows of a landing table that are equal in every column";
        explained(ui.checkbox(&mut drop, t("Drop duplicates")), sentence, "duplicates");
        recipe.duplicates = if drop { Duplicates::Drop } else { Duplicates::Keep };
        // The name stays beside its list.
        if is_narrow && ui.available_size_before_wrap().x < LEAST_JOIN {
            ui.end_row();
            widgets::begin_line(ui);
        } else {
            ui.separator();
        }
        ui.label(widgets::weak(ui, "Join on"));
        let before = recipe.join;
        if is_narrow {
            // The way back, and a warning, stand behind it in the same line.
            let behind = tolerance + 2.0 * (ui.spacing().interact_size.y + ui.spacing().item_spacing.x);
            joins_in_a_list_ui(ui, &mut recipe.join, behind);
        } else {
            for join in JoinRule::ALL {
                let response = ui.selectable_value(&mut recipe.join, join, t(join.title()));
                access::radio(&explained(response, join_hover(join), "join"));
            }
        }
        if recipe.join == JoinRule::Nearest {
            if before != recipe.join {
                recipe = recipe.joined(JoinRule::Nearest);
            }
            let tolerance =
                DragValue::new(&mut recipe.tolerance_ms).range(0..=60_000).prefix(t("within ")).suffix(t(" ms"));
            let sentence = "How far apart in time a distance and a motion may be; drag or type";
            explained(ui.add(tolerance), sentence, "join");
        }
        if recipe != Recipe::default() {
            if !is_narrow {
                ui.separator();
            }
            // No wider than it must be, so that the bar stays one line.
            if widgets::icon_button_ui(ui, icons::RESET, "Back to the specification").clicked() {
                recipe = Recipe::default();
            }
        }
        run_ui(ui, state, commands);
        if recipe.purpose != Purpose::Research {
            const ROOM: f32 = 340.0;
            let words = "These customers did not all agree to research";
            let has_room = ui.available_size_before_wrap().x > ROOM;
            let text = if has_room { format!("{} {words}", icons::WARNING) } else { icons::WARNING.to_owned() };
            // Whatever is chosen, the bar stays one line, and what is below it stays where it is.
            let response = ui.label(widgets::warning(ui, text));
            widgets::named(&response, ui, Role::Label, words);
            response.on_hover_text(t(words));
        }
    });
    if recipe != state.choices().recipe {
        commands.push(Command::SetRecipe(recipe));
    }
}

/// The join rules where there is no room for all of them side by side: the bar stays one line, with so much room `behind`
/// the list.
fn joins_in_a_list_ui(ui: &mut Ui, join: &mut JoinRule, behind: f32) {
    let spacing = ui.spacing();
    let around = spacing.icon_width + spacing.icon_spacing + 2.0 * spacing.button_padding.x;
    let whole = widgets::width(ui, &RichText::new(t(join.title())).text_style(TextStyle::Button)) + around;
    let room = (ui.available_size_before_wrap().x - behind).max(LEAST_LIST);
    let list = ComboBox::from_id_salt("join").selected_text(t(join.title()));
    let list = if whole > room { list.width(room).truncate() } else { list };
    let list = list.show_ui(ui, |ui| {
        for rule in JoinRule::ALL {
            let response = ui.selectable_value(join, rule, t(rule.title()));
            access::radio(&response.on_hover_text(t(join_hover(rule))));
        }
    });
    widgets::named(&list.response, ui, Role::ComboBox, "Join on");
    explained(list.response, join_hover(*join), "join");
}

/// How wide the bar would be in one line, with all join rules side by side.
fn width_of_all(ui: &Ui) -> f32 {
    let (padding, gap) = (ui.spacing().button_padding.x, ui.spacing().item_spacing.x);
    let buttons = Purpose::ALL.map(Purpose::name).into_iter().chain(JoinRule::ALL.map(JoinRule::title));
    let boxes = ["Only motions after consent", "Drop duplicates"];
    let around = |each: f32| move |text: &str| (t(text), each);
    let texts = buttons.map(around(2.0 * padding)).chain(boxes.into_iter().map(around(ui.spacing().icon_width + gap)));
    let texts = texts.chain(["Consent for", "Join on"].into_iter().map(around(0.0)));
    let width = |(text, around): (Words, f32)| {
        let galley = WidgetText::from(text).into_galley(ui, None, f32::INFINITY, TextStyle::Button);
        galley.size().x + around + gap
    };
    // The way back, three lines between the parts, and the room that is put before the second box.
    texts.map(width).sum::<f32>() + ui.spacing().interact_size.y + gap + 3.0 * (6.0 + gap) + 4.0
}

/// Which engine made the tables, where one did that is not here.
fn run_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let Some(run) = &state.choices().run else { return };
    ui.separator();
    if state.choices().run_in_force().is_some() {
        let sentence = "Made on another engine of these landing files. Counts, checks and exports are of those tables";
        explained(ui.label(t(format!("Tables of {}", run.title()))), sentence, "run");
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
