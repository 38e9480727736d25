//! The sections of the guide, and the ways to them.

use egui::{Id, Rect, Ui, vec2};

use super::{Block, in_force};
use crate::ui::{focus, theme};

/// All headings, each the way to its section.
pub fn contents_ui(ui: &mut Ui, goes_to: &mut Option<String>) {
    for block in in_force().iter().filter(|block| block.is_heading()) {
        if ui.link(block.words()).clicked() {
            *goes_to = block.anchor.clone();
        }
    }
    ui.separator();
}

/// The start of a section, which has the focus once somebody came to it by keys: what is next is the first thing in it. `wanted`
/// is where somebody goes to by keys in this frame, `started` where they went last.
pub fn start_ui(ui: &Ui, block: &Block, wanted: Option<&Option<String>>, started: &mut Option<String>) {
    let begins = block.anchor.is_some() && wanted == Some(&block.anchor);
    if begins {
        started.clone_from(&block.anchor);
    }
    if block.anchor.is_some() && *started == block.anchor {
        let line = Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), theme::ROW_HEIGHT));
        focus::start_at_ui(ui, Id::unique("guide_section"), line, "Guide", begins);
    }
}
