//! A ring around whatever has the focus, the same for all, so that nobody who uses keys has to look for it.

use egui::{Id, Rect, Role, Sense, StrokeKind, Ui, WidgetRect, vec2};

use super::{theme, widgets};

/// Paints it above what was painted before.
pub fn focus_ui(ui: &Ui) {
    let focused = ui.memory(|memory| memory.focused());
    let Some(widget) = focused.and_then(|id| painted(ui, id)) else { return };
    let painter = ui.ctx().layer_painter(widget.layer_id).with_clip_rect(widget.interact_rect.expand(3.0));
    painter.rect_stroke(widget.rect.expand(1.0), 4.0, theme::focus_stroke(ui), StrokeKind::Outside);
}

/// The start of a page, which has the focus once somebody came to the page by keys: what is next is the first thing on it, and not
/// the first in the window.
pub fn start_ui(ui: &Ui, page: &str, comes: bool) {
    let id = Id::unique("page_start");
    if !comes && !ui.memory(|memory| memory.has_focus(id)) {
        return;
    }
    // The ring is around the first line, and does not touch what is in it.
    let line = Rect::from_min_size(ui.max_rect().min, vec2(ui.max_rect().width(), theme::ROW_HEIGHT));
    let response = ui.interact(line.expand2(vec2(8.0, 4.0)), id, Sense::focusable_noninteractive());
    widgets::named(&response, ui, Role::Group, page);
    if comes {
        response.request_focus();
    }
}

/// Tells apart one visit of a page from the next.
#[derive(Clone, Copy, Debug, Default)]
pub struct Visit {
    painted: u64,
    number: u64,
}

impl Visit {
    /// Call it in each frame that paints the page. Whether somebody just came.
    pub fn begins(&mut self, ui: &Ui) -> bool {
        let frame = ui.ctx().cumulative_frame_nr();
        let begins = frame > self.painted + 1;
        self.number += u64::from(begins);
        self.painted = frame;
        begins
    }

    /// Which one it is: what is scrolled begins at its top in the next.
    pub fn number(&self) -> u64 {
        self.number
    }
}

/// Where a widget was painted in this frame. To ask for its response would take the focus away from it in the frame of a click
/// on something that lies above it.
pub fn painted(ui: &Ui, id: Id) -> Option<WidgetRect> {
    ui.ctx().viewport(|viewport| viewport.this_pass.widgets.get(id).copied())
}
