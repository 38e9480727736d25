//! The editor of a query: colours, the place of what is wrong, and what the word that is begun can become.

use std::ops::Range;
use std::sync::Arc;

use egui::text::{CCursor, CCursorRange, LayoutJob, TextFormat};
use egui::{
    Area, Button, EventFilter, Frame, Galley, Id, Key, Modifiers, Order, Role, ScrollArea, Stroke, TextBuffer,
    TextEdit, TextStyle, Ui,
};

use crate::sql::{Class, Fault, Offer, OfferKind, classes, offers};

use super::focus;
use super::scrolled::Scrolled as _;
use super::{theme, widgets};

/// A text longer than that has no colours: they would take too long for a frame.
const MOST_COLOURED: usize = 50_000;

/// The query that is written, and where.
#[derive(Default)]
pub struct Editor {
    text: String,
    /// The byte at which something was typed last.
    cursor: usize,
    /// Where the cursor goes when it is painted next.
    goes_to: Option<usize>,
    /// What the word that is begun can become.
    offered: Option<Offered>,
}

struct Offered {
    range: Range<usize>,
    offers: Vec<Offer>,
    chosen: usize,
    /// Somebody asked for it or went through it by arrows: Enter takes what is chosen, and is no new line.
    is_used: bool,
}

impl Editor {
    /// The query.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Another query takes its place.
    pub fn put(&mut self, text: String) {
        self.goes_to = Some(text.len());
        *self = Self { cursor: text.len(), text, goes_to: self.goes_to, offered: None };
    }

    /// Goes on where something was typed last.
    pub fn begin(&mut self) {
        self.go_to(self.cursor);
    }

    /// Puts the cursor before a byte.
    pub fn go_to(&mut self, byte: usize) {
        self.goes_to = Some(byte.min(self.text.len()));
    }

    /// Writes a name where something was typed last, apart from the word before it.
    pub fn insert(&mut self, name: &str) {
        let at = if self.text.is_char_boundary(self.cursor) { self.cursor } else { self.text.len() };
        let is_apart = self.text[..at].ends_with(|letter: char| letter.is_whitespace() || "(.,".contains(letter));
        let name = if at == 0 || is_apart { name.to_owned() } else { format!(" {name}") };
        self.replace(at..at, &name);
    }

    fn replace(&mut self, range: Range<usize>, with: &str) {
        self.text.replace_range(range.clone(), with);
        self.cursor = range.start + with.len();
        self.goes_to = Some(self.cursor);
        self.offered = None;
    }

    /// Offers nothing any more: the query is answered.
    pub fn settle(&mut self) {
        self.offered = None;
    }

    fn offer(&mut self, asked: bool) {
        let (range, offers) = offers(&self.text, self.cursor, asked);
        self.offered = (!offers.is_empty()).then_some(Offered { range, offers, chosen: 0, is_used: asked });
    }

    fn take(&mut self, position: usize) {
        let Some(Offered { range, offers, .. }) = self.offered.take() else { return };
        if let Some(offer) = offers.get(position) {
            self.replace(range, &offer.text);
        }
    }
}

/// Paints the editor.
pub fn editor_ui(ui: &mut Ui, editor: &mut Editor, fault: Option<&Fault>) {
    let id = Id::unique("query");
    let has_focus = ui.memory(|memory| memory.has_focus(id));
    if has_focus {
        keys(ui, editor);
        focus::keep_pages(ui, id);
    }
    let faulty = fault.and_then(|fault| fault.place.as_ref()).map(|place| place.bytes.clone());
    let mut layouter = |ui: &Ui, text: &dyn TextBuffer, width: f32| painted(ui, text.as_str(), faulty.as_ref(), width);
    let takes_keys = editor.offered.is_some();
    let filter = EventFilter { tab: takes_keys, escape: takes_keys, horizontal_arrows: true, vertical_arrows: true };
    // What is below a dialogue that is just closing would not get the focus.
    let may = ui.memory(|memory| memory.is_above_modal_layer(ui.layer_id()));
    if let Some(byte) = editor.goes_to.take_if(|_| may) {
        let letter = editor.text[..byte].chars().count();
        let mut state = TextEdit::load_state(ui.ctx(), id).unwrap_or_default();
        state.cursor.set_char_range(Some(CCursorRange::one(CCursor::new(letter))));
        TextEdit::store_state(ui.ctx(), id, state);
        editor.cursor = byte;
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    let output = ScrollArea::vertical()
        .id_salt("query")
        .auto_shrink([false, false])
        .show_scrolled(ui, |ui| {
            TextEdit::multiline(&mut editor.text)
                .id(id)
                .font(TextStyle::Monospace)
                .desired_width(f32::INFINITY)
                .min_size(ui.available_size())
                .frame(Frame::NONE)
                .hint_text("SELECT …")
                .event_filter(filter)
                .layouter(&mut layouter)
                .show(ui)
        })
        .inner;
    widgets::named(&output.response.response, ui, Role::MultilineTextInput, "Query");
    let Some(cursors) = output.cursor_range else { return };
    let letter = cursors.primary.index;
    let byte = byte_of(&editor.text, usize::from(letter));
    let has_moved = byte != editor.cursor;
    editor.cursor = byte;
    if output.response.response.changed() {
        editor.offer(false);
    } else if has_moved {
        editor.offered = None;
    }
    if has_focus && ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::Space)) {
        editor.offer(true);
    }
    if editor.offered.is_some() {
        let place = output.galley.pos_from_cursor(cursors.primary).left_bottom() + output.galley_pos.to_vec2();
        let is_over = offers_ui(ui, id, place, editor);
        if !is_over && !ui.memory(|memory| memory.has_focus(id)) {
            editor.offered = None;
        }
    }
}

fn byte_of(text: &str, letter: usize) -> usize {
    text.char_indices().nth(letter).map_or(text.len(), |(byte, _)| byte)
}

/// The keys of the list, before the editor takes them.
fn keys(ui: &Ui, editor: &mut Editor) {
    let Some(Offered { offers, chosen, is_used, .. }) = &mut editor.offered else { return };
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let last = offers.len().saturating_sub(1);
    if pressed(Key::ArrowDown) {
        // The first one is looked at already; the arrow makes it the one that is meant.
        *chosen = if *chosen >= last { 0 } else { *chosen + 1 };
        *is_used = true;
    }
    if pressed(Key::ArrowUp) {
        *chosen = chosen.checked_sub(1).unwrap_or(last);
        *is_used = true;
    }
    let takes = pressed(Key::Tab) | (*is_used && pressed(Key::Enter));
    let closes = pressed(Key::Escape);
    let chosen = *chosen;
    if closes {
        editor.offered = None;
    } else if takes {
        editor.take(chosen);
    }
}

/// Paints what is offered below the cursor; gives whether the pointer is over it.
fn offers_ui(ui: &Ui, id: Id, place: egui::Pos2, editor: &mut Editor) -> bool {
    let Some(Offered { offers, chosen, is_used, .. }) = &editor.offered else { return false };
    let mut taken = None;
    let area =
        Area::new(id.with("offers")).order(Order::Foreground).fixed_pos(place).constrain(true).show(ui.ctx(), |ui| {
            Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_width(theme::OFFERS_WIDTH);
                // Left to itself a list takes two entries and a half for enough.
                let room = (offers.len() as f32 * theme::ROW_HEIGHT).min(theme::OFFERS_HEIGHT);
                ScrollArea::vertical().max_height(room).min_scrolled_height(room).show_scrolled(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    for (position, offer) in offers.iter().enumerate() {
                        let is_chosen = position == *chosen;
                        let name = egui::RichText::new(&offer.text)
                            .text_style(TextStyle::Monospace)
                            .color(theme::code(ui, class(offer.kind)));
                        let button =
                            Button::selectable(is_chosen, name).right_text(widgets::small(ui, &offer.hint)).truncate();
                        let response = ui.add_sized(egui::vec2(ui.available_width(), theme::ROW_HEIGHT), button);
                        widgets::named_choice(&response, ui, is_chosen, format!("{}, {}", offer.text, offer.hint));
                        if is_chosen {
                            response.scroll_to_me(None);
                        }
                        if response.clicked() {
                            taken = Some(position);
                        }
                    }
                });
                let keys = if *is_used { "Tab or Enter takes it" } else { "Tab takes it; arrows choose" };
                ui.label(widgets::small(ui, keys));
            });
        });
    if let Some(position) = taken {
        editor.take(position);
    }
    area.response.contains_pointer() || ui.rect_contains_pointer(area.response.rect)
}

fn class(kind: OfferKind) -> Class {
    match kind {
        OfferKind::Column => Class::Plain,
        OfferKind::Table => Class::Table,
        OfferKind::Function => Class::Function,
        OfferKind::Keyword => Class::Keyword,
    }
}

/// The query in its colours, with a line below what is wrong.
fn painted(ui: &Ui, text: &str, faulty: Option<&Range<usize>>, width: f32) -> Arc<Galley> {
    let font = TextStyle::Monospace.resolve(ui.style());
    let mut job = LayoutJob::default();
    job.wrap.max_width = width;
    let classes = if text.len() > MOST_COLOURED { vec![(0..text.len(), Class::Plain)] } else { classes(text) };
    for (bytes, class) in classes {
        let format = TextFormat::simple(font.clone(), theme::code(ui, class));
        let wrong = TextFormat { underline: Stroke::new(2.0, theme::palette(ui).warning), ..format.clone() };
        let (start, end) = (bytes.start, bytes.end);
        let from = faulty.map_or(end, |faulty| faulty.start.clamp(start, end));
        let until = faulty.map_or(end, |faulty| faulty.end.clamp(from, end));
        for (part, format) in [(start..from, &format), (from..until, &wrong), (until..end, &format)] {
            if !part.is_empty() {
                job.append(&text[part], 0.0, format.clone());
            }
        }
    }
    ui.fonts_mut(|fonts| fonts.layout_job(job))
}
