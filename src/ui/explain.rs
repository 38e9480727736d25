//! What something is, in a sentence where it stands, and the way to its section of the guide: the link below the sentence, or F1.

use egui::{Context, Id, Response};

use super::words::{Words, t};
use super::{guide, theme};

/// Says what a widget is when it is pointed at, with the way to this section of the guide.
pub fn explained(response: Response, sentence: impl Into<Words>, section: &str) -> Response {
    debug_assert!(guide::has_section(section), "the guide has no section {section}");
    let (context, sentence) = (response.ctx.clone(), sentence.into());
    if response.hovered() || response.has_focus() {
        let now = context.cumulative_frame_nr();
        context.data_mut(|data| data.insert_temp(Id::unique("pointed"), (section.to_owned(), now)));
    }
    response.on_hover_ui(|ui| {
        ui.set_max_width(theme::HOVER_WIDTH);
        ui.label(sentence);
        if ui.link(t("More in the guide (F1)")).clicked() {
            context.data_mut(|data| data.insert_temp(Id::unique("asked"), section.to_owned()));
        }
    })
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
