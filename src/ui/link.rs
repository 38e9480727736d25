//! The field that a link to a view is pasted into.

use egui::{Id, Modal, Role, TextEdit, Ui};

use crate::state::{Command, ViewLink};

use super::words::t;
use super::{access, theme, widgets};

/// The field, if it is open, and what was typed or pasted into it.
#[derive(Default)]
pub struct LinkScreen {
    is_open: bool,
    text: String,
}

impl LinkScreen {
    /// Opens it, blank.
    pub fn open(&mut self) {
        *self = Self { is_open: true, text: String::new() };
    }

    /// Whether it is open, so that keys are its.
    pub fn is_open(&self) -> bool {
        self.is_open
    }
}

/// Paints the field if it is open.
pub fn link_ui(ui: &Ui, screen: &mut LinkScreen, commands: &mut Vec<Command>) {
    if !screen.is_open {
        return;
    }
    let mut closes = false;
    let modal = Modal::new(Id::unique("link")).show(ui.ctx(), |ui| {
        ui.set_width(theme::PALETTE_WIDTH);
        access::region(ui, Role::Dialog, "Open a link");
        access::heading_ui(ui, "Open a link");
        ui.label(widgets::weak(
            ui,
            "Paste what \u{201c}Copy link to this view\u{201d} gave. It opens on the landing files that are open.",
        ));
        let field = TextEdit::singleline(&mut screen.text).hint_text(t("stedi:view?…")).desired_width(f32::INFINITY);
        let field = ui.add(field.char_limit(ViewLink::LONGEST * 2));
        widgets::named(&field, ui, Role::TextInput, "Link to a view");
        access::required(&field);
        let entered = widgets::is_entered(ui, &field);
        if !field.has_focus() && !field.lost_focus() && screen.text.is_empty() {
            field.request_focus();
        }
        let error = ViewLink::parse(&screen.text).err().map(|error| format!("This cannot be opened: {error}."));
        if let Some(error) = error.as_ref().filter(|_| !screen.text.trim().is_empty()) {
            access::invalid(&field, error.as_str());
            access::live(&ui.label(widgets::warning(ui, error.as_str())), false);
        }
        ui.horizontal(|ui| {
            let may = error.is_none();
            if (ui.add_enabled(may, egui::Button::new(t("Open the link"))).clicked() || entered) && may {
                commands.push(Command::OpenLink(std::mem::take(&mut screen.text)));
                closes = true;
            }
            closes |= ui.button(t("Cancel")).clicked();
        });
    });
    if closes || modal.should_close() {
        *screen = LinkScreen::default();
    }
}
