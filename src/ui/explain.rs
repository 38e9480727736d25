//! What something is, in a sentence where it stands, and the way to its section of the guide: the link below the sentence, or F1.

use egui::{Context, Id, Response};

use crate::domain::Table;

use super::theme;
use super::words::{Words, t};

/// Says what a widget is when it is pointed at, with the way to this section of the guide.
pub fn explained(response: Response, sentence: impl Into<Words>, section: &str) -> Response {
    leads_to(&response, section);
    let (context, sentence) = (response.ctx.clone(), sentence.into());
    response.on_hover_ui(|ui| {
        ui.set_max_width(theme::HOVER_WIDTH);
        ui.label(sentence);
        if ui.link(t("More in the guide (F1)")).clicked() {
            ask(&context, section);
        }
    })
}

/// F1 opens this section of the guide when the widget is pointed at or has the focus.
pub fn leads_to(response: &Response, section: &str) {
    if response.hovered() || response.has_focus() {
        let now = response.ctx.cumulative_frame_nr();
        response.ctx.data_mut(|data| data.insert_temp(Id::unique("pointed"), (section.to_owned(), now)));
    }
}

/// Opens the guide at this section.
pub fn ask(context: &Context, section: &str) {
    context.data_mut(|data| data.insert_temp(Id::unique("asked"), section.to_owned()));
}

/// The section of what is pointed at, or has the focus.
pub fn pointed(context: &Context) -> Option<String> {
    let found: Option<(String, u64)> = context.data(|data| data.get_temp(Id::unique("pointed")));
    // Keys are read before the widgets of the same frame are painted.
    found.filter(|(_, seen)| seen + 1 >= context.cumulative_frame_nr()).map(|(section, _)| section)
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
