//! What something is, in a sentence where it stands, and the way to its section of the guide: the link below the sentence, or F1.

use egui::{Context, Id, Pos2, RectAlign, Response, Ui};

use crate::domain::Table;

use super::words::{Words, t};
use super::{theme, widgets};

/// Says what a widget is when it is pointed at, with the way to this section of the guide.
pub fn explained(response: Response, sentence: impl Into<Words>, section: &str) -> Response {
    explained_at(response, RectAlign::BOTTOM_START, sentence.into(), section)
}

/// The same of an entry of a list, beside it: the next entry stays in sight.
pub fn explained_beside(response: Response, sentence: impl Into<Words>, section: &str) -> Response {
    explained_at(response, RectAlign::RIGHT_START, sentence.into(), section)
}

fn explained_at(response: Response, side: RectAlign, sentence: Words, section: &str) -> Response {
    leads_to(&response, section);
    if is_told(&response) {
        return response;
    }
    widgets::hover_at(&response, side, |ui| {
        ui.set_max_width(theme::HOVER_WIDTH);
        ui.label(sentence);
        if ui.link(t("More in the guide (F1)")).clicked() {
            ask(ui.ctx(), section);
            ui.data_mut(|data| data.insert_temp(Id::unique("told"), response.rect.center()));
        }
    });
    response
}

/// The guide says now what is pointed at: a tooltip would lie over its text.
pub fn tell(context: &Context) {
    if let Some(at) = context.pointer_latest_pos() {
        context.data_mut(|data| data.insert_temp(Id::unique("told"), at));
    }
}

/// Whether the guide was opened for this widget, and the pointer has stayed on it since.
fn is_told(response: &Response) -> bool {
    let told = response.ctx.data(|data| data.get_temp::<Pos2>(Id::unique("told")));
    if !told.is_some_and(|at| response.rect.contains(at)) {
        return false;
    }
    if !response.contains_pointer() {
        response.ctx.data_mut(|data| data.remove_temp::<Pos2>(Id::unique("told")));
    }
    true
}

/// F1 opens this section when the pointer is in what is still to be painted here, unless a widget in it has a section of its own.
pub fn part_leads_to(ui: &Ui, section: &str) {
    if ui.rect_contains_pointer(ui.available_rect_before_wrap()) {
        point_at(ui.ctx(), section, true);
    }
}

/// F1 opens this section of the guide when the widget is pointed at or has the focus.
pub fn leads_to(response: &Response, section: &str) {
    if response.hovered() || response.has_focus() {
        point_at(&response.ctx, section, false);
    }
}

fn point_at(context: &Context, section: &str, is_part: bool) {
    let pointed = Pointed { section: section.to_owned(), is_part };
    let now = context.cumulative_frame_nr();
    context.data_mut(|data| data.insert_temp(Id::unique("pointed"), (pointed, now)));
}

/// Opens the guide at this section.
pub fn ask(context: &Context, section: &str) {
    context.data_mut(|data| data.insert_temp(Id::unique("asked"), section.to_owned()));
}

/// What is pointed at, or has the focus.
#[derive(Clone)]
pub struct Pointed {
    pub section: String,
    /// It is a free place of a part of the window, and no widget with a section of its own.
    pub is_part: bool,
}

/// What is pointed at, or has the focus.
pub fn pointed(context: &Context) -> Option<Pointed> {
    let found: Option<(Pointed, u64)> = context.data(|data| data.get_temp(Id::unique("pointed")));
    // Keys are read before the widgets of the same frame are painted.
    found.filter(|(_, seen)| seen + 1 >= context.cumulative_frame_nr()).map(|(pointed, _)| pointed)
}

/// The section that was asked for since the last time.
pub fn take_asked(context: &Context) -> Option<String> {
    context.data_mut(|data| data.remove_temp(Id::unique("asked")))
}

/// What a table is, in a sentence; its section has its name.
pub fn of_table(table: Table) -> &'static str {
    match table {
        Table::CustomerLanding => "The customer records as they landed",
        Table::AccelerometerLanding => "The motions that phones sent, as they landed",
        Table::StepTrainerLanding => "The distances that devices sent, as they landed",
        Table::CustomerTrusted => "The customers who agreed",
        Table::AccelerometerTrusted => "The motions of those who agreed",
        Table::StepTrainerTrusted => "The distances of devices of curated customers",
        Table::CustomerCurated => "The customers who agreed and have motions",
        Table::MachineLearningCurated => "Each distance with the motion of the same instant: what is learned from",
    }
}
