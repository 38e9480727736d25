//! A ring around whatever has the focus, the same for all, so that nobody who uses keys has to look for it.

use egui::{StrokeKind, Ui};

use super::theme;

/// Paints it above what was painted before.
pub fn focus_ui(ui: &Ui) {
    let focused = ui.memory(|memory| memory.focused());
    let Some(response) = focused.and_then(|id| ui.ctx().read_response(id)) else { return };
    let painter = ui.ctx().layer_painter(response.layer_id).with_clip_rect(response.interact_rect.expand(3.0));
    painter.rect_stroke(response.rect.expand(1.0), 4.0, theme::focus_stroke(ui), StrokeKind::Outside);
}
