//! The recipe by its name, and where it can be opened from and saved to.

use egui::containers::menu::MenuButton;
use egui::{Button, RichText, Role, Ui, vec2};

use crate::state::{Choices, Command, State};

use super::actions::key_of;
use super::words::{as_is, t};
use super::{elsewhere, icons, theme, widgets};

/// A wider window has the word before the name, in points.
const ROOM_FOR_WORD: f32 = 1100.0;

/// Paints the button with its menu; the button has so many letters of the name at the most.
pub fn recipe_menu_ui(ui: &mut Ui, state: &State, letters: usize, commands: &mut Vec<Command>) {
    let choices = state.choices();
    // A file keeps its name; the recipe that is in none has a word for it.
    let name = choices.recipe_name();
    let name = if choices.named_file().is_some() { name } else { t(name).into() };
    let changed = choices.is_recipe_changed();
    // As wide, so that what comes after it stays where it is.
    let icon = if changed { icons::CHANGED_RECIPE } else { icons::RECIPE };
    // What the name is of is said where there is room.
    let has_room = ui.ctx().content_rect().width() > ROOM_FOR_WORD * theme::text_factor(ui);
    let word = if has_room { format!("{} ", t("Recipe:")) } else { String::new() };
    let spelled =
        |changed: &str| format!("{icon}  {word}{}{changed}  {}", widgets::shortened(&name, letters), icons::MENU);
    let in_words = if has_room { format!(", {}", t("changed")) } else { String::new() };
    let room = widgets::button_width(ui, &RichText::new(spelled(&in_words)));
    let text = as_is(if changed { spelled(&in_words) } else { spelled("") });
    let (button, _) = MenuButton::from_button(Button::new(text).min_size(vec2(room, 0.0))).ui(ui, |ui| {
        ui.set_min_width(260.0);
        let mut entry = |icon: &str, text: &str, action: &str, command: Command| {
            let keys = key_of(action, state);
            let response = ui.add(Button::new(t(format!("{icon}  {text}"))).shortcut_text(t(keys)));
            widgets::named(&response, ui, Role::Button, text);
            if response.clicked() {
                commands.push(command);
            }
        };
        entry(icons::OPEN_FILES, "Open recipe…", "open-recipe", Command::ChooseRecipe);
        match choices.named_file() {
            Some(file) => {
                let save = format!("Save to {}", widgets::shortened(&file.name(), theme::MENU_LETTERS));
                entry(icons::SAVE, &save, "save", Command::SaveRecipe);
                entry(icons::SAVE, "Save recipe as…", "save-recipe-as", Command::SaveRecipeAs);
            }
            None => entry(icons::SAVE, "Save recipe…", "save-recipe", Command::SaveRecipe),
        }
        ui.separator();
        elsewhere::elsewhere_menu_ui(ui, state, commands);
    });
    let said = if changed { ", changed" } else { "" };
    widgets::named(&button, ui, Role::Button, format!("Recipe: {name}{said}"));
    button.on_hover_text(t(about(choices)));
}

fn about(choices: &Choices) -> String {
    let place = choices
        .named_file()
        .map_or_else(|| "The choices of the specification".to_owned(), |file| file.path.display().to_string());
    match (choices.is_recipe_changed(), choices.named_file()) {
        (false, _) => place,
        (true, Some(_)) => format!("{place}\nThe pencil: changed since it was opened or saved"),
        (true, None) => format!("{place}. The pencil: changed, and in no file yet"),
    }
}
