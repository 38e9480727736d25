//! The join rules side by side.

use egui::{Align, Grid, Label, Layout, RichText, ScrollArea, Sense, TextStyle, Ui, UiBuilder, WidgetText, vec2};

use crate::domain::JoinRule;
use crate::domain::format::thousands;
use crate::review::joins::PairKind;
use crate::review::{Differing, FigureId, RuleFigures, RuleReport};
use crate::state::{Command, Shown, State};

use super::explain::explained;
use super::recipe_bar::join_hover;
use super::scrolled::Scrolled as _;
use super::words::t;
use super::{empty, theme, widgets};

/// A page narrower than this is narrow.
const NARROW: f32 = 800.0;
/// Width of a name in a narrow page.
const NARROW_NAME: f32 = 168.0;

/// Paints them.
pub fn rules_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    if let Some(error) = state.review.rules.error() {
        return empty::failed_ui(ui, "The rules could not be compared", error, Command::RetryReview, commands);
    }
    let Some(rules) = state.review.rules.value() else {
        return empty::working_ui(ui, "The table is being made under each rule.");
    };
    let in_force = state.choices().recipe.join;
    ui.label(widgets::weak(
        ui,
        "The machine-learning table under each rule, the rest of the recipe as it is. Own: the motion is of the device's \
         owner; foreign: of somebody else. The owner is the one on record, or the inferred one where the rule goes by that.",
    ));
    ui.add_space(8.0);
    // In a narrow window names break, so that as many rules as can be are in sight.
    let is_narrow = ui.available_width() < NARROW;
    let gap = if is_narrow { 12.0 } else { 28.0 };
    let names: Vec<RichText> =
        std::iter::once("join on").chain(Line::ALL.map(Line::title)).map(|name| widgets::weak(ui, name)).collect();
    let widest = names.iter().map(|name| widgets::width(ui, name)).fold(0.0, f32::max).ceil();
    let width = if is_narrow { widest.min(NARROW_NAME) } else { widest };
    let height = |ui: &Ui, name: &RichText| {
        let galley = WidgetText::from(name.clone()).into_galley(ui, None, width, TextStyle::Body);
        galley.size().y.max(ui.spacing().interact_size.y).ceil()
    };
    let seen = ui.max_rect();
    ScrollArea::both().id_salt("rules").auto_shrink([false, false]).show_scrolled(ui, |ui| {
        let mut places = vec![];
        Grid::new("rules").spacing([gap, if is_narrow { 4.0 } else { 8.0 }]).show(ui, |ui| {
            let mut names = names.iter();
            let mut name_ui = |ui: &mut Ui| {
                let height = names.next().map_or(0.0, |name| height(ui, name));
                places.push(ui.allocate_exact_size(vec2(width, height), Sense::hover()).0);
            };
            name_ui(ui);
            for report in rules.iter() {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| title_ui(ui, state, report.rule, commands));
            }
            ui.end_row();
            for line in Line::ALL {
                name_ui(ui);
                for report in rules.iter() {
                    widgets::right_ui(ui, |ui| {
                        // As far from the right as the text of the title.
                        ui.add_space(8.0);
                        figure_ui(ui, line, report, report.rule == in_force, commands);
                    });
                }
                ui.end_row();
            }
        });
        // The names stay at the left, over what is scrolled below them.
        let hovers = std::iter::once(None).chain(Line::ALL.map(Some));
        for ((place, name), line) in places.into_iter().zip(names).zip(hovers) {
            let place = place.translate(vec2((seen.left() - place.left()).max(0.0), 0.0));
            ui.painter().rect_filled(place.expand2(vec2(0.0, 2.0)), 0.0, theme::palette(ui).base);
            let builder = UiBuilder::new().max_rect(place).layout(Layout::left_to_right(Align::Center));
            let label = ui.scope_builder(builder, |ui| ui.add(Label::new(name).wrap())).inner;
            if let Some(line) = line {
                label.on_hover_text(t(line.hover()));
            }
        }
        for report in rules.iter() {
            if let Err(error) = &report.outcome {
                ui.add_space(8.0);
                ui.label(widgets::warning(ui, format!("{}: {error}", report.rule.title())));
            }
        }
    });
}

/// A rule, which a click puts in force.
fn title_ui(ui: &mut Ui, state: &State, rule: JoinRule, commands: &mut Vec<Command>) {
    let recipe = &state.choices().recipe;
    let mut label = rule.title().to_owned();
    if rule == JoinRule::Nearest {
        label.push_str(&format!(" within {} ms", thousands(recipe.joined(rule).tolerance_ms.into())));
    }
    let is_in_force = rule == recipe.join;
    let response = explained(ui.selectable_label(is_in_force, t(label)), join_hover(rule), "join");
    if response.clicked() && !is_in_force {
        commands.push(Command::SetRecipe(recipe.joined(rule)));
    }
}

/// A figure of every rule.
#[derive(Clone, Copy)]
enum Line {
    Rows,
    Kind(PairKind),
    Unmatched,
    Devices,
    PerDevice,
    Differing(Differing),
}

impl Line {
    const ALL: [Self; 10] = [
        Self::Rows,
        Self::Kind(PairKind::Own),
        Self::Kind(PairKind::Foreign),
        Self::Kind(PairKind::Repeated),
        Self::Kind(PairKind::Unknown),
        Self::Unmatched,
        Self::Devices,
        Self::PerDevice,
        Self::Differing(Differing::OnlyThere),
        Self::Differing(Differing::OnlyHere),
    ];

    fn title(self) -> &'static str {
        match self {
            Self::Rows => "rows",
            Self::Kind(kind) => kind.title(),
            Self::Unmatched => "distances without a motion",
            Self::Devices => "devices with rows",
            Self::PerDevice => "rows a device: least, median, most",
            Self::Differing(Differing::OnlyThere) => "only under this rule",
            Self::Differing(Differing::OnlyHere) => "only under the rule in force",
        }
    }

    fn hover(self) -> &'static str {
        match self {
            Self::Rows => "Rows of the machine-learning table",
            Self::Kind(PairKind::Own) => "The motion is of the device's owner",
            Self::Kind(PairKind::Foreign) => "Foreign: the motion of a customer who does not own the device",
            Self::Kind(PairKind::Repeated) => "Equal in every column to a row before",
            Self::Kind(PairKind::Unknown) => "Nobody can say whose device it is",
            Self::Unmatched => "Trusted distances that are in no row",
            Self::Devices => "Different devices",
            Self::PerDevice => "The fewest, the median and the most",
            Self::Differing(Differing::OnlyThere) => "Rows that the rule in force does not make",
            Self::Differing(Differing::OnlyHere) => "Rows that this rule does not make",
        }
    }
}

fn figure_ui(ui: &mut Ui, line: Line, report: &RuleReport, is_in_force: bool, commands: &mut Vec<Command>) {
    let Ok(figures) = &report.outcome else {
        ui.label(widgets::weak(ui, "cannot be"));
        return;
    };
    let RuleFigures { kinds, unmatched_distances, devices, per_device, only_here, only_there } = figures;
    let rows = match line {
        Line::Rows => kinds.all(),
        Line::Kind(kind) => kinds.of(kind),
        Line::Unmatched => *unmatched_distances,
        Line::Devices => *devices,
        Line::PerDevice => {
            ui.label(t(per_device.map(thousands).join(" · ")));
            return;
        }
        Line::Differing(Differing::OnlyThere) => *only_here,
        Line::Differing(Differing::OnlyHere) => *only_there,
    };
    let text = thousands(rows);
    match line {
        Line::Kind(PairKind::Foreign | PairKind::Unknown) if rows > 0 => {
            ui.label(widgets::warning(ui, text));
        }
        Line::Differing(_) if is_in_force => {
            ui.label(t("–"));
        }
        Line::Differing(which) if rows > 0 => {
            let name = format!("{} rows, {}, {}", thousands(rows), line.title(), report.rule.name());
            let text = RichText::new(t(thousands(rows))).underline();
            if widgets::door_ui(ui, text, &name).on_hover_text(t("Show these rows")).clicked() {
                commands.push(Command::Show(Shown::Behind(FigureId::Rule { rule: report.rule, which })));
            }
        }
        _ => {
            ui.label(t(text));
        }
    }
}
