//! Who agreed when: the curve of consents with the day up to which they count, and each customer's consent against
//! their readings.

use egui::{Align2, EventFilter, Key, Pos2, Rect, Response, Role, Sense, Slider, Stroke, TextStyle, Ui, pos2, vec2};

use crate::domain::Recipe;
use crate::domain::format::{counted, thousands};
use crate::explore::Follow;
use crate::review::{Consented, Session};
use crate::state::{Command, ConsentView, State};

use super::drawn::Drawn;
use super::figures::{FiguresScreen, column, figures_ui};
use super::grid::{RowScroll, grid_ui};
use super::words::{as_is, instant, t};
use super::{access, cell, chips, theme, widgets};

const CURVE_HEIGHT: f32 = 116.0;
/// Room below the curve for its first and its last instant.
const BELOW: f32 = 20.0;

/// What belongs to both alone.
#[derive(Default)]
pub struct TimelineScreen {
    sessions: RowScroll,
    curve: FiguresScreen,
}

/// Paints both.
pub fn timeline_ui(
    ui: &mut Ui,
    state: &State,
    view: &ConsentView,
    screen: &mut TimelineScreen,
    drawn: &Drawn,
    commands: &mut Vec<Command>,
) {
    as_of_ui(ui, state, &view.consented, commands);
    let words = curve_in_words(&view.consented, state.choices().recipe.as_of);
    drawn.words_ui(ui, &words);
    if drawn.as_table {
        let height = ui.available_height() / 2.0;
        ui.allocate_ui(vec2(ui.available_width(), height), |ui| {
            points_ui(ui, &view.consented, &mut screen.curve, commands);
        });
    } else {
        curve_ui(ui, &view.consented, state.choices().recipe.as_of, &words);
    }
    if state.choices().follow.is_some() {
        ui.label(widgets::small(ui, "The curve is of all customers."));
    }
    ui.add_space(8.0);
    sessions_ui(ui, state, &view.sessions, &mut screen.sessions, commands);
}

/// What somebody sees who looks at the curve.
fn curve_in_words(curve: &[Consented], as_of: Option<i64>) -> Vec<String> {
    let (Some(first), Some(last)) = (curve.first(), curve.last()) else {
        return vec!["No consent and no reading has a date.".to_owned()];
    };
    let at = instant;
    let had = |point: &Consented| counted(point.customers, "customer");
    let mut words = vec![
        format!("From {} to {}.", at(first.at), at(last.at)),
        format!("{} had agreed at the start, {} at the end.", had(first), had(last)),
    ];
    let half = curve.iter().find(|point| point.customers * 2 >= last.customers).filter(|_| last.customers > 0);
    words.extend(half.map(|half| format!("Half of them had agreed by {}.", at(half.at))));
    words.extend(as_of.map(|as_of| format!("Consents given after {} do not count.", at(as_of))));
    words
}

/// The curve as a table.
fn points_ui(ui: &mut Ui, curve: &[Consented], screen: &mut FiguresScreen, commands: &mut Vec<Command>) {
    let columns = [
        column("instant", "Evenly spaced", 200.0, false),
        column("customers", "Customers who had agreed by then", 120.0, true),
    ];
    figures_ui(ui, "customers who had agreed", &columns, (0, curve.len()), screen, commands, |row, column| {
        let Some(point) = curve.get(row) else { return String::new() };
        if column == 0 { instant(point.at) } else { thousands(point.customers) }
    });
}

/// Room for the slider and the instant beside it, in points.
const SLIDER_WIDTH: f32 = 330.0;

/// The switch and slider for the last instant at which a consent counts.
fn as_of_ui(ui: &mut Ui, state: &State, curve: &[Consented], commands: &mut Vec<Command>) {
    let (Some(first), Some(last)) = (curve.first(), curve.last()) else { return };
    let recipe = &state.choices().recipe;
    ui.horizontal_wrapped(|ui| {
        let mut limited = recipe.as_of.is_some();
        ui.checkbox(&mut limited, t("Only consents given until"))
            .on_hover_text(t("What would have been allowed at an instant: later consents do not count"));
        let mut at = recipe.as_of.unwrap_or(last.at).clamp(first.at, last.at);
        let slider = Slider::new(&mut at, first.at..=last.at)
            .custom_formatter(|at, _| instant(at as i64))
            .custom_parser(|text| crate::domain::format::instant(text).map(|at| at as f64));
        if ui.available_size_before_wrap().x < SLIDER_WIDTH {
            ui.end_row();
        }
        // Beside it stands an instant.
        ui.spacing_mut().slider_width = (ui.available_size_before_wrap().x - 240.0).clamp(80.0, 280.0);
        let response = ui.add_enabled(limited, slider);
        widgets::named(&response, ui, Role::Slider, "Consents given until");
        let as_of = limited.then_some(at);
        // While it is dragged, the tables would be made again at every step; they are made when it is let go.
        if as_of != recipe.as_of && !response.dragged() {
            commands.push(Command::SetRecipe(Recipe { as_of, ..recipe.clone() }));
        }
    });
}

fn curve_ui(ui: &mut Ui, curve: &[Consented], as_of: Option<i64>, summary: &[String]) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), CURVE_HEIGHT), Sense::FOCUSABLE);
    access::described(&response, summary);
    let (Some(first), Some(last)) = (curve.first(), curve.last()) else { return };
    let in_words =
        |point: &Consented| format!("{}: {} had agreed", instant(point.at), counted(point.customers, "customer"));
    let looked_at = by_arrows(ui, &response, curve.len()).and_then(|place| curve.get(place));
    let words = looked_at.map(&in_words).unwrap_or_default();
    widgets::named(&response, ui, Role::Image, format!("Customers who had agreed, over time {words}").trim_end());
    let palette = theme::palette(ui);
    let most = curve.iter().map(|point| point.customers).max().unwrap_or(0).max(1);
    let mut room = rect.shrink2(vec2(4.0, 8.0));
    room.max.y -= BELOW;
    let x = |at: i64| room.left() + room.width() * share(at, first.at, last.at);
    let y = |customers: u64| room.bottom() - room.height() * (customers as f64 / most as f64) as f32;
    let points: Vec<Pos2> = curve.iter().map(|point| pos2(x(point.at), y(point.customers))).collect();
    ui.painter().hline(room.x_range(), room.bottom(), (1.0, palette.line));
    ui.painter().line(points, Stroke::new(1.5, palette.accent));
    let font = TextStyle::Small.resolve(ui.style());
    // Where a point is looked at, its words stand in the place of those of the ends.
    let ends = [
        (rect.left_bottom(), Align2::LEFT_BOTTOM, as_is(instant(first.at))),
        (rect.right_bottom(), Align2::RIGHT_BOTTOM, as_is(instant(last.at))),
    ];
    let most = (rect.left_top(), Align2::LEFT_TOP, t(format!("up to {}", counted(most, "customer"))));
    for (at, align, said) in ends.into_iter().filter(|_| looked_at.is_none()).chain([most]) {
        ui.painter().text(at, align, said, font.clone(), palette.weak);
    }
    if let Some(as_of) = as_of {
        let x = x(as_of.clamp(first.at, last.at));
        ui.painter().vline(x, room.y_range(), (1.5, palette.warning));
        let (align, aside) = if x > rect.center().x { (Align2::RIGHT_TOP, -4.0) } else { (Align2::LEFT_TOP, 4.0) };
        ui.painter().text(pos2(x + aside, rect.top()), align, t("as of"), font.clone(), palette.warning);
    }
    if let Some(point) = looked_at {
        ui.painter().vline(x(point.at), room.y_range(), (1.0, palette.text));
        ui.painter().text(rect.center_bottom(), Align2::CENTER_BOTTOM, t(in_words(point)), font, palette.text);
    }
    if let Some(pointer) = response.hover_pos() {
        let place = ((pointer.x - room.left()) / room.width() * (curve.len() - 1) as f32).round().max(0.0) as usize;
        if let Some(point) = curve.get(place.min(curve.len() - 1)) {
            ui.painter().vline(x(point.at), room.y_range(), (1.0, palette.weak));
            response.on_hover_text_at_pointer(t(in_words(point)));
        }
    }
}

/// The point of a curve that is looked at with arrows while it has the focus.
fn by_arrows(ui: &Ui, response: &Response, points: usize) -> Option<usize> {
    if !response.has_focus() || points == 0 {
        return None;
    }
    let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    let before = ui.data(|data| data.get_temp::<usize>(response.id)).unwrap_or(points / 2);
    let (left, right) = ui.input(|input| (input.num_presses(Key::ArrowLeft), input.num_presses(Key::ArrowRight)));
    let place = (before + right).saturating_sub(left).min(points - 1);
    ui.data_mut(|data| data.insert_temp(response.id, place));
    Some(place)
}

fn share(at: i64, first: i64, last: i64) -> f32 {
    if last > first { ((at - first) as f64 / (last - first) as f64) as f32 } else { 0.0 }
}

fn sessions_ui(ui: &mut Ui, state: &State, sessions: &[Session], scroll: &mut RowScroll, commands: &mut Vec<Command>) {
    let Some(loaded) = state.landing.value() else { return };
    let ends = sessions.iter().filter_map(|session| session.span);
    let ends = ends.reduce(|(first, last), (from, to)| (first.min(from), last.max(to)));
    let columns = [
        column("customer", "Click to narrow every table to this customer", 104.0, false),
        column("consent", "The first consent for the chosen purpose", 208.0, false),
        column("motions", "Accelerometer readings", 72.0, true),
        column("before", "Motions before the consent", 72.0, true),
        column("from first to last motion", "The line is the recording, the mark the consent", 320.0, false),
    ];
    grid_ui(ui, "customers", &columns, sessions.len(), scroll, |ui, row, column| {
        let session = &sessions[row];
        match column {
            0 => {
                let follow = Follow::Person(session.person.clone());
                let name = chips::name_of(&follow, &loaded.codes, state.revealed);
                if let Some(code) = loaded.codes.person(&session.person) {
                    cell::mark_ui(ui, code, true);
                }
                if widgets::door_ui(ui, name.as_str().into(), format!("Only {name}")).clicked() {
                    commands.push(Command::Follow(Some(follow)));
                }
            }
            1 => match session.consent.map(instant) {
                Some(at) => drop(ui.label(as_is(at))),
                None => drop(ui.label(widgets::weak(ui, "none").italics())),
            },
            2 => drop(ui.label(t(thousands(session.readings)))),
            3 if session.before > 0 => drop(ui.label(widgets::warning(ui, thousands(session.before)))),
            3 => drop(ui.label(widgets::weak(ui, "0"))),
            _ => span_ui(ui, session, ends),
        }
    });
}

/// The recording as a line, what was taken before the consent thinner and in the colour of warnings, and the consent as a mark.
fn span_ui(ui: &mut Ui, session: &Session, ends: Option<(i64, i64)>) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), theme::ROW_HEIGHT), Sense::hover());
    let (Some((first, last)), Some((from, to))) = (ends, session.span) else { return };
    let [starts, ends] = [from, to].map(instant);
    widgets::named(&response, ui, Role::Image, format!("recorded from {starts} to {ends}"));
    let palette = theme::palette(ui);
    let x = |at: i64| rect.left() + rect.width() * share(at, first, last).clamp(0.0, 1.0);
    let line = |from: f32, to: f32, half: f32, color| {
        let bar = Rect::from_x_y_ranges(from..=to.max(from + 2.0), rect.center().y - half..=rect.center().y + half);
        ui.painter().rect_filled(bar, 1.0, color);
    };
    let consent = session.consent.map_or(to, |at| at.clamp(from, to));
    if session.before > 0 {
        line(x(from), x(consent), 1.0, palette.warning);
    }
    if session.before < session.readings {
        line(x(consent), x(to), 3.0, palette.accent);
    }
    if let Some(at) = session.consent.filter(|at| (first..=last).contains(at)) {
        ui.painter().vline(x(at), rect.y_range().shrink(4.0), (2.0, palette.text));
    }
}
