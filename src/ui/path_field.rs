//! The field that a path is typed into where the system has no dialog to choose it in.

use std::path::PathBuf;

use egui::text::{CCursor, CCursorRange};
use egui::text_edit::TextEditState;
use egui::{Id, Margin, Modal, Role, TextEdit, Ui};

use crate::state::{Command, PathAsked, State};

use super::words::{as_is, sentence, t};
use super::{access, icons, theme, widgets};

/// What is asked for, and what was typed so far.
#[derive(Default)]
pub struct PathScreen {
    asked: Option<PathAsked>,
    text: String,
    /// What was to be opened last: it may be mended instead of typed again.
    opened: Option<String>,
}

/// Paints the field while a path is asked for.
pub fn path_field_ui(ui: &Ui, state: &State, screen: &mut PathScreen, commands: &mut Vec<Command>) {
    let is_new = screen.asked != state.path_asked;
    if is_new {
        screen.asked.clone_from(&state.path_asked);
        let opened = |asked: &PathAsked| screen.opened.clone().filter(|_| asked.choice.new_name().is_none());
        let start = |asked: &PathAsked| opened(asked).unwrap_or_else(|| asked.start.clone());
        screen.text = screen.asked.as_ref().map(start).unwrap_or_default();
    }
    let Some(asked) = &screen.asked else { return };
    let modal = Modal::new(Id::unique("path")).show(ui.ctx(), |ui| {
        ui.set_width(theme::PALETTE_WIDTH);
        access::region(ui, Role::Dialog, asked.choice.title());
        access::heading_ui(ui, asked.choice.title());
        let is_opening = asked.choice.new_name().is_none();
        ui.label(widgets::weak(ui, "This desktop shows no file dialogs, so type the path; ~ is your home folder."));
        if is_opening {
            ui.label(widgets::weak(ui, "What is to be opened can be dropped on the window too."));
        }
        let id = Id::unique("path_text");
        let field = ui.add(
            TextEdit::singleline(&mut screen.text).id(id).margin(Margin::symmetric(8, 6)).desired_width(f32::INFINITY),
        );
        widgets::named(&field, ui, Role::TextInput, "Path");
        access::required(&field);
        if is_new {
            field.request_focus();
            let mut typing = TextEditState::load(ui.ctx(), id).unwrap_or_default();
            // Chosen, so that a path that is pasted takes its place.
            let end = CCursor::new(screen.text.chars().count());
            typing.cursor.set_char_range(Some(CCursorRange::two(CCursor::new(0), end)));
            typing.store(ui.ctx(), id);
        }
        if let Some(error) = &asked.error {
            let text = ui.label(widgets::warning(ui, as_is(format!("{} {}", icons::WARNING, sentence(error)))));
            access::live(&text, true);
        }
        let entered = widgets::is_entered(ui, &field);
        ui.horizontal(|ui| {
            let path = screen.text.trim();
            // A whole path behind the home folder that stood there.
            let path = path.strip_prefix("~/").filter(|rest| rest.starts_with('/')).unwrap_or(path);
            let may = !path.is_empty();
            let does = if is_opening { "Open" } else { "Write there" };
            if (ui.add_enabled(may, egui::Button::new(t(does))).clicked() || entered) && may {
                commands.push(Command::AnswerPath(Some(PathBuf::from(path))));
                screen.opened = if is_opening { Some(path.to_owned()) } else { screen.opened.take() };
            }
            if ui.button(t("Cancel")).clicked() {
                commands.push(Command::AnswerPath(None));
            }
        });
    });
    if modal.should_close() {
        commands.push(Command::AnswerPath(None));
    }
}
