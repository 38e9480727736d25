//! What scrolls, by keys as well: it follows the focus, and takes the keys that turn pages.

use egui::scroll_area::ScrollAreaOutput;
use egui::style::ScrollAnimation;
use egui::{Key, Rect, ScrollArea, Ui, Vec2, vec2};

use super::{focus, theme};

/// What a scroll area is shown with.
pub trait Scrolled {
    /// Paints what scrolls. Whatever gets the focus by keys comes into sight.
    fn show_scrolled<R>(self, ui: &mut Ui, paint: impl FnOnce(&mut Ui) -> R) -> ScrollAreaOutput<R>;
}

impl Scrolled for ScrollArea {
    fn show_scrolled<R>(self, ui: &mut Ui, paint: impl FnOnce(&mut Ui) -> R) -> ScrollAreaOutput<R> {
        self.show(ui, |ui| content_ui(ui, paint))
    }
}

/// Paints what is in a scroll area.
pub fn content_ui<R>(ui: &mut Ui, paint: impl FnOnce(&mut Ui) -> R) -> R {
    let since = focus::painted_so_far(ui);
    let painted = paint(ui);
    let within = focus::within(ui, since);
    if let Some((place, true)) = within {
        // Its ring, too; at once, so that the next step begins where this one ends.
        ui.scroll_to_rect_animation(place.expand(AROUND), None, ScrollAnimation::none());
    }
    let (content, seen) = (ui.min_rect(), ui.clip_rect());
    if content.height() > seen.height() + AROUND {
        let takes = focus::takes_keys_around(ui, ui.unique_id(), within.is_some());
        if let Some(delta) = pressed(ui, takes, content, seen) {
            focus::moved(ui);
            ui.scroll_with_delta(delta);
        }
    }
    painted
}

const AROUND: f32 = 6.0;

/// How far the keys that were pressed move the content, if any was.
fn pressed(ui: &Ui, takes: focus::Takes, content: Rect, seen: Rect) -> Option<Vec2> {
    let page = (seen.height() - 2.0 * theme::ROW_HEIGHT).max(theme::ROW_HEIGHT);
    let up = ui.input(|input| {
        if input.modifiers.any() {
            return 0.0;
        }
        let times = |key| input.num_presses(key) as f32;
        let mut up = 0.0;
        if takes.pages {
            up += page * (times(Key::PageUp) - times(Key::PageDown));
            up += content.height() * (times(Key::Home) - times(Key::End));
        }
        if takes.arrows {
            up += 2.0 * theme::ROW_HEIGHT * (times(Key::ArrowUp) - times(Key::ArrowDown));
        }
        up
    });
    (up != 0.0).then(|| vec2(0.0, up))
}
