//! The bottom line: state, refused records, masking, size, and the progress of what the user waits for.

use std::time::Duration;

use egui::containers::menu::MenuButton;
use egui::{Align, Button, Id, Label, LayerId, Layout, Order, ProgressBar, Rect, RichText, Role, TextStyle, Ui, vec2};

use crate::domain::format::{bytes, counted};
use crate::state::{Command, Shown, State};

use super::words::t;
use super::{access, icons, theme, widgets};

/// Paints the line.
pub fn status_bar_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.style_mut().override_text_style = Some(TextStyle::Small);
        state_ui(ui, state);
        if let Some(loaded) = state.landing.value() {
            let refused = loaded.landing.refused.len() as u64;
            ui.separator();
            let text = format!("{} refused", counted(refused, "record"));
            let text = if refused > 0 { widgets::warning(ui, text.as_str()) } else { widgets::weak(ui, text.as_str()) };
            if widgets::door_ui(ui, text, "Show refused records").clicked() {
                commands.push(Command::Show(Shown::Refused));
            }
            ui.separator();
            masking_ui(ui, state, commands);
            ui.separator();
            ui.label(widgets::weak(ui, bytes(loaded.landing.bytes()))).on_hover_text(t("Size of the landing files"));
            ui.separator();
            ui.label(widgets::weak(ui, format!("{} sources read-only", icons::READ_ONLY)));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            work_ui(ui, state, commands);
            if let Some(told) = &state.told {
                access::status(&ui.add(Label::new(RichText::new(t(&told.words))).truncate()));
            }
        });
    });
}

/// What was just done, for a moment in the middle as well: who copies does not look at the edge of the window. A screen reader is
/// told by the line itself.
pub fn just_told_ui(ui: &Ui, state: &State) {
    const FOR: Duration = Duration::from_secs(2);
    const ABOVE: f32 = 44.0;
    let Some(told) = &state.told else { return };
    let left = FOR.saturating_sub(told.since.elapsed());
    if left.is_zero() {
        return;
    }
    ui.ctx().request_repaint_after(left);
    let palette = theme::palette(ui);
    let painter = ui.ctx().layer_painter(LayerId::new(Order::Tooltip, Id::unique("just_told")));
    let words = painter.layout_no_wrap(t(&told.words).to_string(), TextStyle::Body.resolve(ui.style()), palette.base);
    let room = ui.ctx().content_rect();
    let place = Rect::from_center_size(room.center_bottom() - vec2(0.0, ABOVE), words.size() + vec2(24.0, 12.0));
    painter.rect_filled(place, 6.0, palette.text);
    painter.galley(place.shrink2(vec2(12.0, 6.0)).min, words, palette.base);
}

fn state_ui(ui: &mut Ui, state: &State) {
    let text = if state.landing.error().is_some() || state.curation.error().is_some() {
        widgets::warning(ui, format!("{} failed", icons::WARNING))
    } else if state.landing.is_loading() || state.curation.is_loading() {
        widgets::weak(ui, "working…")
    } else if state.curation.value().is_some() {
        widgets::weak(ui, format!("{} ready", icons::READY))
    } else {
        widgets::weak(ui, "nothing opened")
    };
    access::status(&ui.label(text));
}

fn masking_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    if state.revealed {
        let text = widgets::warning(ui, format!("{} personal data shown", icons::REVEALED)).underline();
        let hover = "Click to mask names, e-mail addresses, phones, birthdays and serial numbers again";
        if widgets::door_ui(ui, text, "Mask personal data").on_hover_text(t(hover)).clicked() {
            commands.push(Command::Reveal(false));
        }
        return;
    }
    // One click by mistake shows nobody.
    let text = widgets::weak(ui, format!("{} masked", icons::MASKED)).underline();
    let button = Button::new(text).frame_when_inactive(false);
    let (response, _) = MenuButton::from_button(button).ui(ui, |ui| {
        let words = "Names, e-mail addresses, phones, birthdays and serial numbers can be shown on this screen until the \
                     program ends. Whoever sees it sees them.";
        if widgets::asks_ui(ui, words, "Show personal data") {
            commands.push(Command::Reveal(true));
        }
    });
    widgets::named(&response, ui, Role::Button, "Personal data are masked");
    response.on_hover_text(t("Click to be asked whether they are to be shown"));
}

fn work_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let Some(work) = state.work else { return };
    if widgets::icon_button_ui(ui, icons::CLOSE, "Cancel (Esc)").clicked() {
        commands.push(Command::Cancel);
    }
    let share = if work.total > 0 { work.done as f32 / work.total as f32 } else { 0.0 };
    let bar = ui.add(ProgressBar::new(share).desired_width(140.0).desired_height(6.0));
    access::progress(&bar, work.label);
    ui.label(widgets::weak(ui, format!("{} {:.0} %", work.label, share * 100.0)));
}
