//! What the user should know, below the page, until it is taken away.

use egui::{Align, Label, Layout, RichText, Role, Ui};

use crate::state::{Command, Severity, State};

use super::words::{sentence, t};
use super::{access, icons, theme, widgets};

/// Paints the notices, the newest at the bottom.
pub fn notices_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let palette = theme::palette(ui);
    for (position, notice) in state.notices.iter().enumerate() {
        ui.add_space(8.0);
        let (icon, ink, fill) = match notice.severity {
            Severity::Information => (icons::INFORMATION, palette.accent, palette.accent_soft),
            Severity::Warning | Severity::Error => (icons::WARNING, palette.warning, palette.warning_soft),
        };
        theme::notice_frame(fill).show(ui, |ui| {
            let role = if notice.severity == Severity::Information { Role::Status } else { Role::Alert };
            access::group(ui, role);
            ui.horizontal(|ui| {
                ui.label(RichText::new(icon).color(ink));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if widgets::icon_button_ui(ui, icons::CLOSE, "Dismiss").clicked() {
                        commands.push(Command::Dismiss(position));
                    }
                    if let Some(recipe) = &notice.recipe {
                        // Who withdrew meanwhile is not to come back unseen.
                        let is_same_list = recipe.withdrawn == state.choices().recipe.withdrawn;
                        let name = if is_same_list {
                            "Back to that recipe"
                        } else {
                            "Back to that recipe and its list of withdrawals"
                        };
                        if ui.button(t(name)).clicked() {
                            commands.push(Command::SetRecipe((**recipe).clone()));
                        }
                    }
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        let text = ui.add(Label::new(sentence(&notice.text)).wrap());
                        access::live(&text, notice.severity == Severity::Error);
                    });
                });
            });
        });
    }
}
