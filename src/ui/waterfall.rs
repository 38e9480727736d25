//! A waterfall: a line for each bar, what came in at the top, what is left at the bottom. Each line opens its rows.

use egui::{Align2, Rect, Role, Sense, TextStyle, Ui, pos2, vec2};

use crate::domain::format::thousands;
use crate::review::{Bar, Change, Flow, Waterfall};
use crate::state::{Command, Shown};

use super::explain::explained;
use super::words::{as_is, t};
use super::{theme, widgets};

const LABEL_WIDTH: f32 = 260.0;
const NUMBER_WIDTH: f32 = 88.0;
const LEAST_BARS: f32 = 48.0;

/// Paints it.
pub fn waterfall_ui(ui: &mut Ui, waterfall: &Waterfall, commands: &mut Vec<Command>) {
    let title = match waterfall.flow {
        Flow::Dataset(dataset) => as_is(dataset.name()),
        Flow::MachineLearning => t("machine learning"),
    };
    ui.label(widgets::strong(title.clone()));
    let most = waterfall.bars.iter().map(|bar| bar.before.max(bar.after)).max().unwrap_or(0);
    ui.spacing_mut().item_spacing.y = 0.0;
    for bar in &waterfall.bars {
        bar_ui(ui, &title, bar, most, commands);
    }
}

fn bar_ui(ui: &mut Ui, flow: &str, bar: &Bar, most: u64, commands: &mut Vec<Command>) {
    let (label, hover) = words(bar.change);
    let is_change = !matches!(bar.change, Change::CameIn | Change::Left(_));
    let sign = match bar.change {
        Change::CameIn | Change::Left(_) => "",
        Change::Added { .. } => "+",
        Change::Refused | Change::Removed { .. } => "−",
    };
    let opens = opens(bar.change).filter(|_| bar.rows > 0);
    let sense = if opens.is_some() { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), theme::ROW_HEIGHT), sense);
    let figure = if bar.rows == 0 { "0".to_owned() } else { format!("{sign}{}", thousands(bar.rows)) };
    let role = if opens.is_some() { Role::Button } else { Role::Label };
    widgets::named(&response, ui, role, as_is(format!("{flow}: {}: {}", t(&label), t(&figure))));
    let palette = theme::palette(ui);
    if response.hovered() && opens.is_some() {
        ui.painter().rect_filled(rect, 2.0, palette.raised);
    }
    let ink = if bar.rows == 0 { palette.weak } else { palette.text };
    let font = TextStyle::Body.resolve(ui.style());
    let indent = if is_change { 16.0 } else { 4.0 };
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    // Figures before bars where there is no room for both.
    let has_bars = rect.width() >= LABEL_WIDTH + NUMBER_WIDTH + LEAST_BARS;
    let right = if has_bars { rect.left() + LABEL_WIDTH + NUMBER_WIDTH } else { rect.right() - 8.0 };
    let number = painter.text(pos2(right, rect.center().y), Align2::RIGHT_CENTER, t(&figure), font.clone(), ink);
    let before = painter.clip_rect().with_max_x(number.left() - 8.0);
    let place = pos2(rect.left() + indent, rect.center().y);
    painter.with_clip_rect(before.intersect(painter.clip_rect())).text(
        place,
        Align2::LEFT_CENTER,
        t(&label),
        font,
        ink,
    );
    let room = Rect::from_min_max(pos2(right + 16.0, rect.top() + 4.0), pos2(rect.right() - 4.0, rect.bottom() - 4.0));
    let at = |rows: u64| room.left() + room.width().max(0.0) * (rows as f64 / most.max(1) as f64) as f32;
    let (from, to) = (at(bar.before.min(bar.after)), at(bar.before.max(bar.after)));
    let color = match bar.change {
        Change::CameIn | Change::Left(_) => palette.accent.gamma_multiply(0.75),
        Change::Added { .. } => palette.accent.gamma_multiply(0.4),
        Change::Refused | Change::Removed { .. } => palette.warning.gamma_multiply(0.8),
    };
    if bar.rows > 0 && has_bars {
        painter.rect_filled(Rect::from_x_y_ranges(from..=to.max(from + 1.0), room.y_range()), 1.0, color);
    }
    if response.clicked()
        && let Some(shown) = opens
    {
        commands.push(Command::Show(shown));
    }
    explained(response, hover, "consent-rows");
}

fn words(change: Change) -> (String, String) {
    let hover = match change {
        Change::CameIn => "Records in the files, sound or not".to_owned(),
        Change::Refused => "Records that could not be read".to_owned(),
        Change::Removed { reason, .. } => reason.explanation().to_owned(),
        Change::Added { reason, .. } => {
            format!("A row that fits several others makes one row with each of them (otherwise: {})", reason.label())
        }
        Change::Left(table) => format!("The rows of {}", table.name()),
    };
    (change.label(), hover)
}

fn opens(change: Change) -> Option<Shown> {
    match change {
        Change::CameIn => None,
        Change::Refused => Some(Shown::Refused),
        Change::Removed { table, step, stood, .. } => Some(Shown::Dropped { table, step, stood }),
        Change::Added { table, .. } | Change::Left(table) => Some(Shown::Table(table)),
    }
}
