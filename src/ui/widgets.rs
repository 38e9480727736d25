//! Small things that several views paint. Their texts are put into the language of the window here.

use egui::output::WidgetInfo;
use egui::{
    Align, Button, Key, Layout, RectAlign, Response, RichText, Role, TextStyle, TextWrapMode, Tooltip, Ui, WidgetText,
};

use super::words::{Words, t};
use super::{focus, theme};

/// A button of an icon alone; `name` is its tooltip and what a screen reader says.
pub fn icon_button_ui(ui: &mut Ui, icon: &str, name: impl Into<Words>) -> Response {
    let name = name.into();
    let response = ui.add(Button::new(icon).frame_when_inactive(false));
    named(&response, ui, Role::Button, name.clone());
    // Who comes by keys has no pointer to rest on it.
    if response.has_focus() && focus::is_by_keys(ui) {
        response.show_tooltip_text(name.clone());
    }
    response.on_hover_text(name)
}

/// Has a tooltip say what something is, at a side of it.
pub fn hover_at(response: &Response, side: RectAlign, add: impl FnOnce(&mut Ui)) {
    let mut tooltip = Tooltip::for_enabled(response);
    tooltip.popup = tooltip.popup.align(side);
    tooltip.show(add);
}

/// Things in a line at the right end of its place, painted from left to right, which is how the focus goes. Their width is
/// that of the frame before.
pub fn at_right_ui(ui: &mut Ui, salt: &str, add: impl FnOnce(&mut Ui)) {
    let id = ui.unique_id().with(salt);
    let width = ui.data(|data| data.get_temp::<f32>(id));
    let room = ui.available_width();
    ui.add_space((room - width.unwrap_or(room)).max(0.0));
    let start = ui.cursor().left();
    add(ui);
    let used = ui.min_rect().right() - start;
    if width.is_none_or(|width| (width - used).abs() > 0.5) {
        ui.data_mut(|data| data.insert_temp(id, used));
        ui.ctx().request_discard("at_right_ui");
    }
}

/// Makes a line of a wrapped layout as high as the fields in it from its start, so that a label before one is not higher.
pub fn begin_line(ui: &mut Ui) {
    let field = ui.text_style_height(&TextStyle::Button) + 2.0 * ui.spacing().button_padding.y;
    ui.set_row_height(field.max(ui.spacing().interact_size.y));
}

/// A button of text without a frame, for figures and other doors.
pub fn door_ui(ui: &mut Ui, text: RichText, name: impl Into<Words>) -> Response {
    let response = ui.add(Button::new(text).frame_when_inactive(false));
    named(&response, ui, Role::Button, name);
    response
}

/// Gives what can be used its edge again, which menus take away: a box to tick is not seen without.
pub fn edged(ui: &mut Ui) {
    let edge = ui.ctx().global_style().visuals.widgets.inactive.bg_stroke;
    let widgets = &mut ui.visuals_mut().widgets;
    (widgets.inactive.bg_stroke, widgets.hovered.bg_stroke) = (edge, edge);
    // An edge needs room around what it stands around.
    ui.spacing_mut().button_padding = ui.ctx().global_style().spacing.button_padding;
}

/// Gives a widget a name other than its text.
pub fn named(response: &Response, ui: &Ui, role: Role, name: impl Into<Words>) {
    let name = name.into();
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(role, enabled, &*name));
}

/// Gives a box that can be ticked a name other than its text.
pub fn named_box(response: &Response, ui: &Ui, ticked: bool, name: impl Into<Words>) {
    named_either(response, ui, (Role::CheckBox, ticked), name.into());
}

/// Gives a widget that can be chosen a name other than its text.
pub fn named_choice(response: &Response, ui: &Ui, selected: bool, name: impl Into<Words>) {
    named_either(response, ui, (Role::Button, selected), name.into());
}

fn named_either(response: &Response, ui: &Ui, (role, is_on): (Role, bool), name: Words) {
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(role, enabled, is_on, &*name));
}

/// Whether Enter was pressed in a text field of one line.
pub fn is_entered(ui: &Ui, field: &Response) -> bool {
    field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
}

/// A name with so many letters at the most: the middle gives way, as the ends tell files apart.
pub fn shortened(name: &str, most: usize) -> String {
    let letters: Vec<char> = name.chars().collect();
    if letters.len() <= most {
        return name.to_owned();
    }
    let (start, end) = (&letters[..most / 2], &letters[letters.len() - most.saturating_sub(1) / 2..]);
    start.iter().chain(['…'].iter()).chain(end).collect()
}

/// Text that is less important.
pub fn weak(ui: &Ui, text: impl Into<Words>) -> RichText {
    RichText::new(text.into()).color(theme::palette(ui).weak)
}

/// Small text that is less important.
pub fn small(ui: &Ui, text: impl Into<Words>) -> RichText {
    weak(ui, text).text_style(TextStyle::Small)
}

/// Something at the right end of its place, as numbers stand below each other.
pub fn right_ui<T>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> T) -> T {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        // A figure that is a door ends where one that is none does.
        ui.spacing_mut().button_padding.x = 0.0;
        add(ui)
    })
    .inner
}

/// How wide a text is in one line, in points.
pub fn width(ui: &Ui, text: &RichText) -> f32 {
    let text = WidgetText::from(text.clone());
    text.into_galley(ui, Some(TextWrapMode::Extend), f32::INFINITY, TextStyle::Button).size().x
}

/// How wide a button of a text is in one line, in points.
pub fn button_width(ui: &Ui, text: &RichText) -> f32 {
    width(ui, text) + 2.0 * ui.spacing().button_padding.x
}

/// Text in the warning colour.
pub fn warning(ui: &Ui, text: impl Into<Words>) -> RichText {
    RichText::new(text.into()).color(theme::palette(ui).warning)
}

/// Asks in a menu whether something is meant; true if it is.
pub fn asks_ui(ui: &mut Ui, words: &str, does: &str) -> bool {
    ui.set_max_width(theme::ASKING_WIDTH);
    edged(ui);
    let is_meant = ui.vertical(|ui| {
        ui.label(t(words));
        ui.add_space(4.0);
        ui.button(t(does)).clicked()
    });
    if is_meant.inner {
        ui.close();
    }
    is_meant.inner
}

/// A title of a column or a group.
pub fn strong(text: impl Into<Words>) -> RichText {
    RichText::new(text.into()).text_style(theme::strong_style())
}

/// Begins a new line where what comes next, so wide in all, has no room in this one: it is not to be torn apart.
pub fn keep_together(ui: &mut Ui, width: f32) {
    if ui.available_size_before_wrap().x < width {
        ui.end_row();
    }
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn a_long_name_loses_its_middle() {
        assert_eq!(shortened("mine.json", 9), "mine.json");
        assert_eq!(shortened("recipe-of-june.json", 12), "recipe….json");
        assert_eq!(shortened("räder-äöü-räder", 9), "räde…äder");
    }
}
