//! The join rules side by side.

use egui::{Align, Grid, Label, Layout, RichText, ScrollArea, TextStyle, Ui, WidgetText, vec2};

use crate::domain::JoinRule;
use crate::domain::format::thousands;
use crate::review::joins::PairKind;
use crate::review::{Differing, FigureId, RuleFigures, RuleReport};
use crate::state::{Command, Shown, State};

use super::explain::explained;
use super::recipe_bar::{join_hover, join_label};
use super::scrolled::Scrolled as _;
use super::words::t;
use super::{empty, widgets};

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
    let spacing = [if is_narrow { 12.0 } else { 28.0 }, 8.0];
    let names: Vec<RichText> = Line::ALL.map(|line| widgets::weak(ui, line.title())).into();
    let widest = names.iter().map(|name| widgets::width(ui, name)).fold(0.0, f32::max).ceil();
    let width = if is_narrow { widest.min(NARROW_NAME) } else { widest };
    let broken =
        |name: &RichText| WidgetText::from(name.clone()).into_galley(ui, None, width, TextStyle::Body).size().y;
    let height = names.iter().map(broken).fold(ui.spacing().interact_size.y, f32::max).ceil();
    ScrollArea::vertical().id_salt("rules").auto_shrink([false, false]).show_scrolled(ui, |ui| {
        ui.horizontal_top(|ui| {
            // The names stay where the rules scroll sideways.
            Grid::new("names").spacing(spacing).min_row_height(height).show(ui, |ui| {
                let cell = |ui: &mut Ui, name: RichText| {
                    let layout = Layout::left_to_right(Align::Center);
                    let cell = ui.allocate_ui_with_layout(vec2(width, height), layout, |ui| {
                        ui.set_min_size(vec2(width, height));
                        ui.add(Label::new(name).wrap())
                    });
                    ui.end_row();
                    cell.inner
                };
                cell(ui, widgets::weak(ui, "join on"));
                for (line, name) in Line::ALL.into_iter().zip(names) {
                    cell(ui, name).on_hover_text(t(line.hover()));
                }
            });
            ui.add_space(spacing[0]);
            ScrollArea::horizontal().id_salt("figures").show_scrolled(ui, |ui| {
                Grid::new("rules").spacing(spacing).min_row_height(height).show(ui, |ui| {
                    for report in rules.iter() {
                        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                            title_ui(ui, state, report.rule, commands);
                        });
                    }
                    ui.end_row();
                    for line in Line::ALL {
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
            });
        });
        for report in rules.iter() {
            if let Err(error) = &report.outcome {
                ui.add_space(8.0);
                ui.label(widgets::warning(ui, format!("{}: {error}", join_label(report.rule))));
            }
        }
    });
}

/// A rule, which a click puts in force.
fn title_ui(ui: &mut Ui, state: &State, rule: JoinRule, commands: &mut Vec<Command>) {
    let recipe = &state.choices().recipe;
    let mut label = join_label(rule).to_owned();
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
