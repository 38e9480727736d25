//! What scrolls, by keys as well: it follows the focus, and takes the keys that turn pages.

use std::ops::Range;

use egui::scroll_area::{ScrollAreaOutput, ScrollBarVisibility};
use egui::style::ScrollAnimation;
use egui::{Id, Key, ScrollArea, Ui, vec2};

use super::focus::{self, Takes};
use super::theme;

/// What a scroll area is shown with.
pub trait Scrolled {
    /// Paints what scrolls. Whatever gets the focus by keys comes into sight.
    fn show_scrolled<R>(self, ui: &mut Ui, paint: impl FnOnce(&mut Ui) -> R) -> ScrollAreaOutput<R>;

    /// The same for what fills the rest of a page: where the page scrolls as a whole, this is as long as it is, so that no bar is
    /// inside of another.
    fn show_in_page<R>(self, ui: &mut Ui, paint: impl FnOnce(&mut Ui) -> R) -> R;

    /// The same for rows of one height, of which only those in sight are painted.
    fn show_rows_scrolled(self, ui: &mut Ui, height: f32, rows: usize, paint: impl FnOnce(&mut Ui, Range<usize>));
}

impl Scrolled for ScrollArea {
    fn show_scrolled<R>(self, ui: &mut Ui, paint: impl FnOnce(&mut Ui) -> R) -> ScrollAreaOutput<R> {
        // The bar of what is below what is in sight would lie over what is.
        let is_below = ui.cursor().top() > ui.clip_rect().bottom() - theme::ROW_HEIGHT;
        let area = if is_below { self.scroll_bar_visibility(ScrollBarVisibility::AlwaysHidden) } else { self };
        let mut content = None;
        let output = area.show(ui, |ui| {
            content = Some(ui.unique_id());
            content_ui(ui, paint)
        });
        note(ui, content, &output);
        output
    }

    fn show_in_page<R>(self, ui: &mut Ui, paint: impl FnOnce(&mut Ui) -> R) -> R {
        if ui.data(|data| data.get_temp(whole_page())).unwrap_or(false) {
            return ui.vertical(paint).inner;
        }
        self.show_scrolled(ui, paint).inner
    }

    fn show_rows_scrolled(self, ui: &mut Ui, height: f32, rows: usize, paint: impl FnOnce(&mut Ui, Range<usize>)) {
        let mut content = None;
        let output = self.show_rows(ui, height, rows, |ui, range| {
            content = Some(ui.unique_id());
            content_ui(ui, |ui| paint(ui, range));
        });
        note(ui, content, &output);
    }
}

/// Whether the page that is painted scrolls as a whole.
fn whole_page() -> Id {
    Id::unique("whole_page")
}

/// Paints a page that scrolls as a whole.
pub fn whole_page_ui(ui: &mut Ui, paint: impl FnOnce(&mut Ui)) {
    ui.data_mut(|data| data.insert_temp(whole_page(), true));
    paint(ui);
    ui.data_mut(|data| data.remove_temp::<bool>(whole_page()));
}

const AROUND: f32 = 6.0;

/// How far something was scrolled in the frame before, in points. What clips it says nothing of that: it may itself be clipped.
#[derive(Clone, Copy)]
struct Place {
    offset: f32,
    last: f32,
    seen: f32,
}

fn note<R>(ui: &Ui, content: Option<Id>, output: &ScrollAreaOutput<R>) {
    let seen = output.inner_rect.height();
    let place = Place { offset: output.state.clamped_offset().y, last: output.content_size.y - seen, seen };
    if let Some(id) = content {
        ui.data_mut(|data| data.insert_temp(id.with("place"), place));
    }
}

/// Paints what is in a scroll area, and brings into sight what the focus just came to in it.
fn content_ui<R>(ui: &mut Ui, paint: impl FnOnce(&mut Ui) -> R) -> R {
    let since = focus::painted_so_far(ui);
    let painted = paint(ui);
    let within = focus::within(ui, since);
    if let Some((place, true)) = within {
        // Its ring, too; at once, so that the next step begins where this one ends.
        ui.scroll_to_rect_animation(place.expand(AROUND), None, ScrollAnimation::none());
    }
    let id = ui.unique_id();
    if let Some(place) = ui.data(|data| data.get_temp::<Place>(id.with("place"))).filter(|place| place.last > AROUND) {
        let takes = focus::takes_keys_around(ui, within.is_some());
        let down = pressed(ui, takes, place);
        if down != 0.0 {
            focus::moved(ui);
            ui.scroll_with_delta(vec2(0.0, -down));
        }
    }
    painted
}

/// How far the keys that were pressed move it, if there is more of it that way: else they are for what is around it.
fn pressed(ui: &Ui, takes: Takes, place: Place) -> f32 {
    let page = (place.seen - 2.0 * theme::ROW_HEIGHT).max(theme::ROW_HEIGHT);
    let down = ui.input(|input| {
        if input.modifiers.any() {
            return 0.0;
        }
        let times = |key| input.num_presses(key) as f32;
        let mut down = 0.0;
        if takes.pages {
            down += page * (times(Key::PageDown) - times(Key::PageUp));
        }
        if takes.ends {
            down += (place.seen + place.last) * (times(Key::End) - times(Key::Home));
        }
        if takes.arrows {
            down += 2.0 * theme::ROW_HEIGHT * (times(Key::ArrowDown) - times(Key::ArrowUp));
        }
        down
    });
    let moved = (place.offset + down).clamp(0.0, place.last) - place.offset;
    if moved.abs() > 0.5 { moved } else { 0.0 }
}
