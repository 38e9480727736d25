//! Paints the paragraphs of the guide: words in which something can be clicked on, headings, entries of lists, checks.

use egui::{Align2, RichText, Sense, TextStyle, Ui, vec2};

use crate::domain::format::thousands;
use crate::domain::{CheckId, Severity};
use crate::state::State;

use super::super::actions::{Does, action};
use super::super::words::{as_is, t};
use super::super::{access, theme, widgets};
use super::{Block, Kind, POINT, Piece, pieces, search};

/// What is painted of the guide, and where that leads.
pub struct Painter<'a> {
    pub state: &'a State,
    /// What was looked for.
    pub marks: &'a [String],
    /// The section that somebody clicked on.
    pub goes_to: &'a mut Option<String>,
}

impl Painter<'_> {
    /// A paragraph; gives what was clicked on.
    pub fn block_ui(&mut self, ui: &mut Ui, block: &Block) -> Option<Does> {
        let text = &block.text;
        match &block.kind {
            Kind::Title => None,
            Kind::Heading | Kind::Group => {
                ui.add_space(8.0);
                let words = block.words();
                access::heading(&ui.label(RichText::new(&*words).text_style(TextStyle::Heading)), &words, 2);
                None
            }
            Kind::Check(check) => {
                check_ui(ui, *check);
                None
            }
            Kind::Paragraph => {
                let asked = lines_ui(ui, |ui| self.pieces_ui(ui, text));
                ui.add_space(4.0);
                asked
            }
            Kind::Entry(mark) => {
                let asked = ui
                    .horizontal_top(|ui| {
                        mark_ui(ui, mark);
                        lines_ui(ui, |ui| self.pieces_ui(ui, text))
                    })
                    .inner;
                ui.add_space(2.0);
                asked
            }
        }
    }

    fn pieces_ui(&mut self, ui: &mut Ui, text: &str) -> Option<Does> {
        let mut asked = None;
        ui.spacing_mut().item_spacing.x = 0.0;
        for piece in pieces(text) {
            match piece {
                Piece::Plain(text) => drop(ui.label(search::marked(ui, text, self.marks, |text| RichText::new(text)))),
                Piece::Strong(text) => {
                    let strong = |text: &str| widgets::strong(as_is(text));
                    drop(ui.label(search::marked(ui, text, self.marks, strong)));
                }
                Piece::Action(words, id) => {
                    if ui.link(words).clicked() {
                        asked = action(id).map(|action| action.does(self.state));
                    }
                }
                Piece::Section(words, anchor) => {
                    if ui.link(words).clicked() {
                        *self.goes_to = Some(anchor.to_owned());
                    }
                }
            }
        }
        asked
    }
}

/// Lines of one height: the first is no higher than those below it.
fn lines_ui<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) -> R {
    ui.spacing_mut().interact_size.y = 0.0;
    ui.horizontal_wrapped(content).inner
}

/// The number or the point before an entry of a list.
fn mark_ui(ui: &mut Ui, mark: &str) {
    let height = ui.text_style_height(&TextStyle::Body);
    let (place, _) = ui.allocate_exact_size(vec2(theme::ROW_HEIGHT, height), Sense::hover());
    let ink = theme::palette(ui).weak;
    if mark == POINT {
        ui.painter().circle_filled(place.center(), 2.5, ink);
    } else {
        ui.painter().text(place.center(), Align2::CENTER_CENTER, mark, TextStyle::Body.resolve(ui.style()), ink);
    }
}

fn check_ui(ui: &mut Ui, check: CheckId) {
    let (about, rule) = (check.about(), check.rule(None));
    let does = if rule.severity == Severity::Fail { "fails" } else { "is a warning" };
    let thumb = if about.is_rule_of_thumb { " The threshold is a rule of thumb." } else { "" };
    ui.add_space(4.0);
    ui.label(widgets::strong(about.title));
    ui.label(t(about.looks_at));
    ui.label(t(about.why));
    ui.label(widgets::small(ui, format!("More than {} {does}.{thumb}", thousands(rule.threshold))));
}
