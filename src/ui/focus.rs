//! The focus: a ring around whatever has it, the same for all; where it goes when what had it is gone; and that it is in sight.

use egui::{
    Context, Event, EventFilter, Id, Key, Order, Plugin, Popup, Rect, Role, Sense, StrokeKind, Ui, ViewportId,
    WidgetRect, vec2,
};

use super::{theme, widgets};

/// How many widgets are remembered that had the focus.
const MOST_BEFORE: usize = 8;

/// What is known of the focus from one frame to the next.
#[derive(Default)]
pub struct Focus {
    /// What had it at the end of the last frame.
    at: Option<Id>,
    /// Whether that is a text that is typed.
    types: bool,
    /// Whether it lies above the page.
    is_above: bool,
    /// Whether Escape leaves it in this frame.
    leaves: bool,
    /// What had it before, the newest last.
    before: Vec<Id>,
    /// What had it and was not painted any more, and what has it instead.
    lost: Option<(Id, Id)>,
    /// Whether keys were used last, and not the pointer.
    by_keys: bool,
    /// What takes arrows and the keys that turn pages for itself.
    keeps_keys: Option<Id>,
    /// In which frame the focus was last in something that scrolls.
    around: Option<u64>,
    /// Whether the page in use is being painted.
    is_page: bool,
    /// Whether the keys of this frame have moved something.
    has_moved: bool,
    /// What had the focus when a menu was opened by keys.
    opener: Option<Id>,
}

impl Plugin for Focus {
    fn debug_name(&self) -> &'static str {
        "focus"
    }

    fn on_begin_pass(&mut self, ui: &mut Ui) {
        self.leaves = false;
        ui.input(|input| {
            for event in &input.events {
                match event {
                    Event::Key { key, pressed: true, .. } => {
                        (self.by_keys, self.lost) = (true, None);
                        self.leaves |= self.types && *key == Key::Escape;
                    }
                    Event::AccessKitActionRequest(_) => self.by_keys = true,
                    Event::PointerButton { pressed: true, .. } => self.by_keys = false,
                    _ => {}
                }
            }
        });
        (self.is_page, self.has_moved) = (false, false);
    }
}

impl Focus {
    /// Gives the focus to another widget where the one that had it is gone. What is below a dialogue cannot have it.
    fn keep(&mut self, ui: &Ui) -> Kept {
        if let Some(id) = ui.memory(egui::Memory::focused) {
            self.come(id);
            if let Some((lost, _)) = self.lost.filter(|(lost, instead)| *instead == id && can_have_it(ui, *lost)) {
                self.lost = None;
                return Kept::By(lost);
            }
            return Kept::Stays;
        }
        // After the last comes the first, in the next frame.
        let is_on_its_way = ui.input(|input| input.key_pressed(Key::Tab));
        let Some(was) = self.at.filter(|_| self.by_keys && !is_on_its_way) else {
            self.at = self.at.filter(|_| is_on_its_way);
            return Kept::Stays;
        };
        if !self.leaves && can_have_it(ui, was) {
            return Kept::By(was);
        }
        self.at = None;
        self.before.retain(|id| *id != was);
        let Some(instead) = self.before.iter().rev().copied().find(|id| can_have_it(ui, *id)) else {
            self.lost = Some((was, start()));
            return Kept::Lost;
        };
        self.lost = (!self.leaves).then_some((was, instead));
        Kept::By(instead)
    }

    fn come(&mut self, id: Id) {
        if self.at == Some(id) {
            return;
        }
        self.before.extend(self.at);
        self.before.retain(|before| *before != id);
        let most = self.before.len().saturating_sub(MOST_BEFORE);
        self.before.drain(..most);
        self.at = Some(id);
    }

    /// Whether the focus came somewhere by keys in this frame.
    fn just_came(&self, id: Id) -> bool {
        self.by_keys && self.at != Some(id)
    }
}

/// What became of the focus.
enum Kept {
    Stays,
    By(Id),
    /// Nothing that had it before is there any more.
    Lost,
}

fn can_have_it(ui: &Ui, id: Id) -> bool {
    let above = |widget: &WidgetRect| ui.memory(|memory| memory.is_above_modal_layer(widget.layer_id));
    let is_edge = |widget: &WidgetRect| widget.sense.senses_drag() && !widget.sense.senses_click();
    let can = |widget: WidgetRect| widget.enabled && widget.sense.is_focusable() && !is_edge(&widget) && above(&widget);
    painted(ui, id).is_some_and(can)
}

fn with<T>(context: &Context, act: impl FnOnce(&mut Focus) -> T) -> T {
    act(&mut context.plugin_or_default::<Focus>().lock())
}

/// Ends a frame: paints the ring above what was painted before. False if the focus was lost with what had it, by keys: it belongs
/// to the start of the page then.
pub fn focus_ui(ui: &Ui) -> bool {
    let mut is_kept = true;
    if ui.ctx().viewport_id() == ViewportId::ROOT {
        match with(ui.ctx(), |focus| focus.keep(ui)) {
            Kept::Stays => {}
            Kept::By(id) => {
                ui.memory_mut(|memory| memory.request_focus(id));
                ui.ctx().request_repaint();
            }
            Kept::Lost => is_kept = false,
        }
    }
    if ui.memory(egui::Memory::focused).is_some_and(|id| painted(ui, id).is_none()) {
        // It is gone, which is seen to in the next frame.
        ui.ctx().request_repaint();
    }
    let focused = ui.memory(egui::Memory::focused).and_then(|id| painted(ui, id));
    close_what_was_left(ui, focused.as_ref());
    with(ui.ctx(), |focus| {
        focus.types = ui.ctx().text_edit_focused();
        focus.is_above = focused.is_some_and(|widget| widget.layer_id.order != Order::Background);
    });
    let Some(widget) = focused else { return is_kept };
    let painter = ui.ctx().layer_painter(widget.layer_id).with_clip_rect(widget.interact_rect.expand(3.0));
    painter.rect_stroke(widget.rect.expand(1.0), 4.0, theme::focus_stroke(ui), StrokeKind::Outside);
    is_kept
}

/// A menu that was opened by keys closes once the focus is on the page again, but not on what opened it.
fn close_what_was_left(ui: &Ui, focused: Option<&WidgetRect>) {
    let is_open = Popup::is_any_open(ui.ctx());
    let at = focused.map(|widget| widget.id);
    let is_left = with(ui.ctx(), |focus| {
        let opener = focus.opener.take().filter(|_| is_open).or(at.filter(|_| is_open && focus.by_keys));
        focus.opener = opener;
        let is_on_page = focused.is_some_and(|widget| widget.layer_id.order == Order::Background);
        is_on_page && opener.is_some() && opener != at
    });
    if is_left {
        Popup::close_all(ui.ctx());
    }
}

/// Whether Escape leaves a text that was typed until now, and nothing else: one that lies above the page goes with what it is in.
pub fn leaves_text(ui: &Ui) -> bool {
    with(ui.ctx(), |focus| focus.leaves && !focus.is_above)
}

/// Another page is shown: what had the focus on the one before is not gone back to.
pub fn forget(ui: &Ui) {
    with(ui.ctx(), |focus| (focus.before.clear(), focus.lost = None));
}

/// Whatever is painted until it is called again is of the page in use, or not.
pub fn page(ui: &Ui, is_page: bool) {
    with(ui.ctx(), |focus| focus.is_page = is_page);
}

/// Arrows are a widget's own as long as it has the focus.
pub fn keep_arrows(ui: &Ui, id: Id) {
    let filter = EventFilter { vertical_arrows: true, horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
}

/// Arrows and the keys that turn pages are a widget's own as long as it has the focus.
pub fn keep_keys(ui: &Ui, id: Id) {
    keep_arrows(ui, id);
    keep_pages(ui, id);
}

/// The keys that turn pages are a widget's own as long as it has the focus.
pub fn keep_pages(ui: &Ui, id: Id) {
    with(ui.ctx(), |focus| focus.keeps_keys = Some(id));
}

/// Whether keys were used last, and not the pointer.
pub fn is_by_keys(ui: &Ui) -> bool {
    with(ui.ctx(), |focus| focus.by_keys)
}

/// The start of a page, which has the focus once somebody came to the page by keys: what is next is the first thing on it, and not
/// the first in the window.
pub fn start_ui(ui: &Ui, page: &str, comes: bool) {
    // The ring is around the page, and touches nothing that is on it.
    let around = ui.clip_rect().shrink(2.0).intersect(ui.max_rect().expand2(vec2(8.0, 6.0)));
    start_at_ui(ui, start(), around, page, comes);
}

/// The start of a part that somebody comes to by keys, before anything in it is painted.
pub fn start_at_ui(ui: &Ui, id: Id, place: Rect, name: &str, comes: bool) {
    if !comes && !ui.memory(|memory| memory.has_focus(id)) {
        return;
    }
    let response = ui.interact(place, id, Sense::focusable_noninteractive());
    widgets::named(&response, ui, Role::Group, name);
    // They are for what the page scrolls.
    keep_arrows(ui, id);
    if comes {
        response.request_focus();
    }
}

fn start() -> Id {
    Id::unique("page_start")
}

/// Which keys something that scrolls may take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Takes {
    /// Page Up and Page Down.
    pub pages: bool,
    /// Home and End.
    pub ends: bool,
    /// Arrows.
    pub arrows: bool,
}

/// Whether what is painted on the page, or on what lies above it, may take the keys, though the focus is not in it: nothing else
/// did, or would.
pub fn takes_keys(ui: &Ui) -> Takes {
    if Popup::is_any_open(ui.ctx()) || ui.memory(|memory| !memory.is_above_modal_layer(ui.layer_id())) {
        return Takes::default();
    }
    let focused = ui.memory(egui::Memory::focused);
    let layer = focused.and_then(|id| ui.ctx().viewport(|viewport| viewport.prev_pass.widgets.order(id)));
    let frame = ui.ctx().cumulative_frame_nr();
    let is_free = with(ui.ctx(), |focus| {
        let is_here = match layer {
            Some((layer, _)) => layer == ui.layer_id() && (focus.is_page || layer.order != Order::Background),
            None => focus.is_page,
        };
        let is_around = focus.around.is_some_and(|painted| painted + 1 >= frame);
        let is_kept = focused.is_some() && focus.keeps_keys == focused;
        is_here && !focus.has_moved && !is_around && !is_kept
    });
    let is_typing = ui.ctx().text_edit_focused();
    let is_nowhere = focused.is_none_or(|id| id == start());
    Takes { pages: is_free, ends: is_free && !is_typing, arrows: is_free && is_nowhere }
}

/// The keys of this frame moved something.
pub fn moved(ui: &Ui) {
    with(ui.ctx(), |focus| focus.has_moved = true);
}

/// Whether the focus is on something that was painted into `ui` since there were so many widgets, if so where that is; and
/// whether it just came there by keys.
pub fn within(ui: &Ui, since: usize) -> Option<(Rect, bool)> {
    let id = ui.memory(egui::Memory::focused)?;
    let order = ui.ctx().viewport(|viewport| viewport.this_pass.widgets.order(id));
    order.filter(|(layer, place)| *layer == ui.layer_id() && *place >= since)?;
    painted(ui, id).map(|widget| (widget.rect, with(ui.ctx(), |focus| focus.just_came(id))))
}

/// Whether keys are used, and what had the focus is gone or can do nothing any more.
fn is_adrift(ui: &Ui) -> bool {
    let (by_keys, was_lost) = with(ui.ctx(), |focus| (focus.by_keys, focus.lost.is_some()));
    let widget = |id| ui.ctx().viewport(|viewport| viewport.prev_pass.widgets.get(id).copied());
    let focused = ui.memory(egui::Memory::focused);
    by_keys && (was_lost || focused.and_then(widget).is_none_or(|widget| !widget.enabled))
}

/// Whether something begins to be true that has the focus next, since what had it is gone.
pub fn begins(ui: &Ui, of: Id, is_true: bool) -> bool {
    /// It may take so many frames until what had the focus is gone.
    const FRAMES: u64 = 4;
    let (of, frame) = (of.with("begins"), ui.ctx().cumulative_frame_nr());
    let (was, seen, mut began) = ui.data(|data| data.get_temp::<(bool, u64, u64)>(of)).unwrap_or((is_true, frame, 0));
    // Who comes to where it is true already comes for something else.
    if is_true && !was && seen + 1 >= frame {
        began = frame;
    }
    let begins = is_true && began > 0 && frame <= began + FRAMES && is_adrift(ui);
    ui.data_mut(|data| data.insert_temp(of, (is_true, frame, if begins { 0 } else { began })));
    begins
}

/// How many widgets were painted into the layer of `ui` so far.
pub fn painted_so_far(ui: &Ui) -> usize {
    ui.ctx().viewport(|viewport| viewport.this_pass.widgets.get_layer(ui.layer_id()).count())
}

/// Whether what scrolls takes the keys of this frame, as the focus is in it or in nothing that scrolls.
pub fn takes_keys_around(ui: &Ui, is_within: bool) -> Takes {
    if !is_within {
        return takes_keys(ui);
    }
    let focused = ui.memory(egui::Memory::focused);
    let frame = ui.ctx().cumulative_frame_nr();
    let is_typing = ui.ctx().text_edit_focused();
    let pages = with(ui.ctx(), |focus| {
        focus.around = Some(frame);
        !focus.has_moved && focus.keeps_keys != focused
    });
    Takes { pages, ends: pages && !is_typing, arrows: false }
}

/// Tells apart one visit of a page from the next.
#[derive(Clone, Copy, Debug, Default)]
pub struct Visit {
    painted: u64,
    number: u64,
}

impl Visit {
    /// Call it in each frame that paints the page. Whether somebody just came. Who comes back to it is in the visit that they left.
    pub fn begins(&mut self, ui: &Ui, comes_back: bool) -> bool {
        let frame = ui.ctx().cumulative_frame_nr();
        let begins = frame > self.painted + 1;
        self.number += u64::from(begins && !comes_back);
        self.painted = frame;
        begins
    }

    /// Which one it is: what is scrolled begins at its top in the next.
    pub fn number(&self) -> u64 {
        self.number
    }
}

/// Whether the focus is in a layer: a window, a menu or the page.
pub fn is_in_layer(ui: &Ui, layer: egui::LayerId) -> bool {
    let Some(focused) = ui.memory(|memory| memory.focused()) else { return false };
    let widget = ui.ctx().viewport(|viewport| {
        viewport.this_pass.widgets.get(focused).or_else(|| viewport.prev_pass.widgets.get(focused)).copied()
    });
    widget.is_some_and(|widget| widget.layer_id == layer)
}

/// Where a widget was painted in this frame. To ask for its response would take the focus away from it in the frame of a click
/// on something that lies above it.
pub fn painted(ui: &Ui, id: Id) -> Option<WidgetRect> {
    ui.ctx().viewport(|viewport| viewport.this_pass.widgets.get(id).copied())
}
