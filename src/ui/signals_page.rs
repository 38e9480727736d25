//! The page of the signals: all devices, or what one device and its phone recorded, or several devices beside each other.

use std::sync::Arc;

use egui::{DragValue, Panel, Role, Ui};

use crate::domain::TimeZone;
use crate::domain::format::{counted, thousands};
use crate::explore::Follow;
use crate::picture::{Coloring, Heading, Picture};
use crate::signals::{Chart, Clock, Plotted, Span, Style, Threshold, poster};
use crate::state::{Command, Instants, Loaded, Part, Pointed, Spot, State, Stretch};

use super::comparison::comparison_ui;
use super::devices::{DevicesScreen, devices_ui};
use super::drawn::Drawn;
use super::explain::explained;
use super::plot::{PlotScreen, plot_ui, showing_ui};
use super::readings::{ReadingsScreen, readings_ui};
use super::scene::legend_ui;
use super::words::{self, t};
use super::{access, chips, details, empty, icons, parts, signals_side, theme, widgets};

/// What belongs to the page alone.
#[derive(Default)]
pub struct SignalsScreen {
    /// The overview.
    pub devices: DevicesScreen,
    /// The chart, and of what it is.
    pub plot: PlotScreen,
    /// How instants are written.
    pub clock: Clock,
    /// Values stay those of all readings, whatever is seen.
    pub fixed: bool,
    /// Another gap than the usual one.
    pub gap: Option<Threshold>,
    /// By which clock the window showed instants; the chart goes along when that changes.
    instants: Instants,
    of: Option<Follow>,
    pointed: Option<Pointed>,
    compares: bool,
    readings: ReadingsScreen,
    /// What a link wants to be seen of the time.
    wanted: Option<Stretch>,
    /// It wants devices to be compared.
    to_compare: bool,
}

impl SignalsScreen {
    /// What is seen and chosen of the time.
    pub fn stretch(&self) -> Stretch {
        let within = |from: f64, to: f64| (from.floor() as i64, to.ceil() as i64);
        let seen = self.plot.zoom.chosen().map(|view| within(view.from, view.to));
        let chosen = match self.plot.cursors {
            [Some(one), Some(other)] => Some(within(one.min(other), one.max(other))),
            [one, other] => one.or(other).map(|at| (at.round() as i64, at.round() as i64)),
        };
        Stretch { seen, chosen }
    }

    /// Whether the first cursor is where a row that somebody followed here has it.
    pub fn is_at_row(&self) -> bool {
        self.pointed.as_ref().is_some_and(|pointed| self.plot.cursors[0] == Some(pointed.at as f64))
    }

    /// Whether devices are compared.
    pub fn compares(&self) -> bool {
        self.compares
    }

    /// Compares the devices that were compared when all are shown next, or shows all.
    pub fn open_comparison(&mut self, compares: bool) {
        (self.compares, self.to_compare) = (compares, compares);
    }

    /// Shows this of the recording that is shown next, or compares.
    pub fn show_spot(&mut self, spot: &Spot) {
        self.wanted = Some(spot.stretch);
        self.to_compare = !spot.compared.is_empty();
    }
}

/// Room for a gap and its name, in points.
const LEAST_GAP: f32 = 150.0;
/// Width and height of a chart that is saved, in points.
pub(super) const SAVED: [f32; 2] = [1200.0, 800.0];

/// Paints the page.
pub fn signals_ui(
    ui: &mut Ui,
    state: &State,
    (screen, drawn): (&mut SignalsScreen, &mut Drawn),
    commands: &mut Vec<Command>,
) {
    let Some(loaded) = state.landing.value() else { return };
    let signals = &state.signals;
    let follow = state.choices().whose_recording();
    if screen.instants != state.instants {
        screen.instants = state.instants;
        screen.clock = match state.instants {
            Instants::Utc => Clock::Utc,
            Instants::Local => Clock::Local(state.system_zone),
        };
    }
    if screen.of.as_ref() != follow {
        screen.of = follow.cloned();
        screen.compares = false;
        screen.plot = PlotScreen::default();
        screen.gap = None;
    }
    if follow.is_none() {
        screen.compares |= std::mem::take(&mut screen.to_compare);
        let compares = screen.compares && !signals.compared.is_empty();
        if !compares {
            screen.compares = false;
            if devices_ui(ui, state, loaded, (&mut screen.devices, drawn), commands) {
                screen.compares = true;
                screen.plot = PlotScreen::default();
            }
            return;
        }
        screen.compares = !comparison_ui(ui, state, loaded, (screen, drawn), commands);
        return;
    }
    if signals.recording.value().is_none() {
        // Whoever waits can go back to all of them.
        ui.horizontal_wrapped(|ui| {
            all_ui(ui, commands);
            narrowing_ui(ui, state, loaded, commands);
        });
    }
    if let Some(error) = signals.recording.error() {
        return empty::failed_ui(ui, "The recording could not be looked up", error, Command::RetrySignals, commands);
    }
    let Some(plotted) = signals.recording.value() else {
        return empty::working_ui(ui, "The recording is being looked up.");
    };
    recording_ui(ui, state, loaded, plotted, (screen, drawn), commands);
}

/// The way back to the overview.
fn all_ui(ui: &mut Ui, commands: &mut Vec<Command>) {
    if widgets::icon_button_ui(ui, icons::ALL, "All devices").clicked() {
        commands.push(Command::ShowRecording(None));
    }
}

/// Whom the tables are narrowed to, or the way to narrow them to whose recording it is.
fn narrowing_ui(ui: &mut Ui, state: &State, loaded: &Loaded, commands: &mut Vec<Command>) {
    let choices = state.choices();
    chips::follow_ui(ui, state, &loaded.codes, commands);
    if let Some(recorded) = choices.recorded.as_ref().filter(|recorded| choices.follow.as_ref() != Some(recorded)) {
        let name = chips::name_of(recorded, &loaded.codes, state.revealed);
        details::narrow_ui(ui, recorded, &name, commands);
    }
}

fn recording_ui(
    ui: &mut Ui,
    state: &State,
    loaded: &Loaded,
    plotted: &Plotted,
    (screen, drawn): (&mut SignalsScreen, &mut Drawn),
    commands: &mut Vec<Command>,
) {
    let name = subject_name(plotted, loaded, state.revealed);
    ui.horizontal_wrapped(|ui| {
        all_ui(ui, commands);
        access::heading_ui(ui, &name);
        narrowing_ui(ui, state, loaded, commands);
    });
    let is_empty = plotted.tracks().all(|track| track.series.is_empty());
    if is_empty {
        return empty::nothing_here_ui(
            ui,
            "No readings",
            "Neither the device nor the phone sent one that has a time. The page of files says what was refused.",
        );
    }
    let whole = plotted.whole();
    let mut saves = None;
    if let Some(wanted) = screen.wanted.take() {
        see(screen, wanted, commands);
    }
    point(screen, state, plotted);
    ui.horizontal_wrapped(|ui| {
        view_ui(ui, screen);
        clock_ui(ui, screen, state.system_zone);
        values_ui(ui, screen, plotted.usual_gap(), &plotted.gap_words(), None);
        saves = drawn.buttons_ui(ui, "the chart").then(|| Coloring::of(ui.visuals().dark_mode));
        let name = if state.looks.shows(Part::Figures) { "Hide figures" } else { "Show figures" };
        if widgets::icon_button_ui(ui, icons::DETAILS, name).clicked() {
            commands.push(Command::SetLooks(state.looks.turned(Part::Figures)));
        }
    });
    if state.looks.shows(Part::Figures) && ui.available_width() > theme::SIGNALS_SIDE_WIDTH * 2.0 {
        // In a narrow window the chart keeps most of the room.
        let usual = theme::SIGNALS_SIDE_WIDTH.min(ui.available_width() * 0.34);
        let panel = parts::panel(state, Part::Figures, Panel::right("signals_side"), usual);
        let side = panel
            .frame(theme::aside_frame(ui))
            .size_range(200.0..=480.0)
            .show(ui, |ui| signals_side::side_ui(ui, state, loaded, plotted, screen, commands));
        parts::keep_size(ui, state, Part::Figures, "signals_side", &side.response, commands);
    }
    let style =
        Style { gap: screen.gap, other: state.signals.other_track.value().map(AsRef::as_ref), fixed: screen.fixed };
    let chart = Chart {
        panes: plotted.panes(style),
        clock: screen.clock,
        origin: plotted.origin(),
        foreign: &plotted.foreign,
        ..Chart::default()
    };
    let summary = format!("Signals of {}: {}", t(&name), summary(plotted));
    let seen = Chart { view: screen.plot.zoom.view(whole), cursors: screen.plot.cursors, ..chart.clone() };
    let over = state.signals.other.clone().map(Follow::Person);
    let over = over.map(|over| chips::name_of(&over, &loaded.codes, state.revealed));
    if let Some(coloring) = saves {
        let mut seen = seen.clone();
        if seen.cursors.contains(&None) {
            // One cursor is where somebody looked last; two are a chosen stretch.
            seen.cursors = [None; 2];
        }
        for (pane, values) in seen.panes.iter_mut().zip(&screen.plot.values) {
            pane.values = values.or(pane.values);
        }
        let heading = Heading::of(&name, &state.choices().recipe, &seen);
        let scene = poster(&seen, &heading, over.as_deref(), SAVED, |text| t(text).into());
        let title = t(format!("signals of {name}")).into();
        commands.push(Command::SavePicture(Arc::new(Picture { scene, title, coloring })));
    }
    ui.horizontal_wrapped(|ui| {
        legend_ui(ui, &seen, over.as_deref());
        showing_ui(ui, &screen.plot);
    });
    if drawn.in_words {
        drawn.words_ui(ui, &seen.in_words());
    }
    if drawn.as_table {
        return readings_ui(ui, plotted, seen.view, &mut screen.readings, commands);
    }
    let (_, done) = plot_ui(ui, chart, whole, &mut screen.plot, &summary);
    if done.range {
        let range = match screen.plot.cursors {
            [Some(one), Some(other)] => Some((one.min(other).ceil() as i64, one.max(other).floor() as i64)),
            _ => None,
        };
        commands.push(Command::ChooseRange(range));
    }
}

/// The row that was chosen in a table last moves the first cursor, and the view if it is not in sight.
fn point(screen: &mut SignalsScreen, state: &State, plotted: &Plotted) {
    if screen.pointed == state.signals.pointed {
        return;
    }
    screen.pointed.clone_from(&state.signals.pointed);
    let Some(Pointed { at, whose }) = &state.signals.pointed else { return };
    let (at, whole, subject) = (*at as f64, plotted.whole(), &plotted.recording.subject);
    let is_theirs = |who: &Follow| match who {
        Follow::Device(serial) => subject.device.as_ref() == Some(serial),
        Follow::Person(email) => subject.person.as_ref() == Some(email),
    };
    if !whose.iter().any(is_theirs) || !(whole.from..=whole.to).contains(&at) {
        return;
    }
    screen.plot.cursors = [Some(at), None];
    let view = screen.plot.zoom.view(whole);
    if !(view.from..=view.to).contains(&at) {
        screen.plot.zoom.to(Some(view.moved(at - view.at(0.5))), f64::INFINITY);
    }
}

/// Sees a stretch of time, with the cursors at the ends of the chosen one.
fn see(screen: &mut SignalsScreen, stretch: Stretch, commands: &mut Vec<Command>) {
    let span = |(from, to): (i64, i64)| Span { from: from as f64, to: to as f64 };
    let seen = stretch.seen.map(span).filter(|span| span.from < span.to);
    screen.plot.zoom.to(seen, f64::INFINITY);
    screen.plot.cursors = match stretch.chosen {
        Some((from, to)) if from < to => [from, to].map(|at| Some(at as f64)),
        Some((at, _)) => [Some(at as f64), None],
        None => [None; 2],
    };
    commands.push(Command::ChooseRange(stretch.chosen.filter(|(from, to)| from < to)));
}

/// The ways through what was seen of the time.
pub(super) fn view_ui(ui: &mut Ui, screen: &mut SignalsScreen) {
    let (back, forward) = screen.plot.zoom.ways();
    ui.add_enabled_ui(back, |ui| {
        if widgets::icon_button_ui(ui, icons::BACK, "The view before (Alt+Left)").clicked() {
            screen.plot.zoom.back();
        }
    });
    ui.add_enabled_ui(forward, |ui| {
        if widgets::icon_button_ui(ui, icons::NEXT, "The view after (Alt+Right)").clicked() {
            screen.plot.zoom.forward();
        }
    });
    let is_fit = screen.plot.zoom.is_whole() && screen.plot.values.iter().all(Option::is_none);
    ui.add_enabled_ui(!is_fit, |ui| {
        if widgets::icon_button_ui(ui, icons::FIT, "See all (double click, Home)").clicked() {
            let now = ui.input(|input| input.time);
            screen.plot.zoom.to(None, now);
            screen.plot.values.fill(None);
        }
    });
    ui.separator();
}

fn clock_ui(ui: &mut Ui, screen: &mut SignalsScreen, zone: TimeZone) {
    for clock in Clock::all(zone) {
        let hover = match clock {
            Clock::Utc => "Date and time of day, UTC",
            Clock::Local(_) => "Date and time of day, in the zone of this system",
            Clock::Elapsed => "Time since the first reading",
            Clock::Raw => "Milliseconds since 1970-01-01 00:00 UTC, as they landed",
        };
        let response = ui.selectable_value(&mut screen.clock, clock, t(clock.name()));
        access::radio(&explained(response, hover, "signals-clock"));
    }
    ui.separator();
}

/// Whether values fit what is seen, and where lines break: by the rule, which `words` explain, until another gap is chosen.
/// `rules` is written instead of the usual gap where there is a rule for each of several.
pub(super) fn values_ui(ui: &mut Ui, screen: &mut SignalsScreen, usual: u64, words: &str, rules: Option<&str>) {
    let mut fits = !screen.fixed;
    ui.checkbox(&mut fits, t("fit values"))
        .on_hover_text(t("Values fit what is seen; else they stay those of all readings"));
    screen.fixed = !fits;
    ui.separator();
    let mut seconds = screen.gap.map_or(usual, |gap| gap.milliseconds) as f64 / 1000.0;
    // The value stays beside its name.
    if ui.available_size_before_wrap().x < LEAST_GAP * theme::text_factor(ui) {
        ui.end_row();
        widgets::begin_line(ui);
    }
    ui.label(widgets::weak(ui, "gap above"))
        .on_hover_text(t("Where readings are further apart than this there is a gap: no line joins them"));
    let value = DragValue::new(&mut seconds).range(0.001..=1e9).speed(0.1).max_decimals(3);
    let value = match rules.filter(|_| screen.gap.is_none()) {
        Some(rules) => value.custom_formatter(move |_, _| t(rules).into()),
        None => words::fraction(value).suffix(t(" s")),
    };
    let response = ui.add(value);
    widgets::named(&response, ui, Role::SpinButton, "Gap above, in seconds");
    if response.changed() {
        screen.gap = Some(Threshold::chosen((seconds * 1000.0) as u64));
    }
    let sentence = format!("Readings further apart than this are not joined by a line. {words}");
    explained(response, sentence, "signals-gap");
    if screen.gap.is_some() && widgets::icon_button_ui(ui, icons::CLOSE, "The gap of the rule").clicked() {
        screen.gap = None;
    }
    ui.separator();
}

/// The device and the customer as they are shown.
pub fn subject_name(plotted: &Plotted, loaded: &Loaded, revealed: bool) -> String {
    let subject = &plotted.recording.subject;
    let name = |follow: Follow| chips::name_of(&follow, &loaded.codes, revealed);
    let device = subject.device.clone().map(|serial| name(Follow::Device(serial)));
    let person = subject.person.clone().map(|email| name(Follow::Person(email)));
    match (device, person) {
        (Some(device), Some(person)) => format!("{device}, owner {person}"),
        (Some(device), None) => format!("{device}, no customer"),
        (None, Some(person)) => format!("{person}, no device"),
        (None, None) => "nobody".to_owned(),
    }
}

/// What there is, for those who do not see it.
fn summary(plotted: &Plotted) -> String {
    let count = |track: &Option<crate::signals::Track>, one: &str| {
        counted(track.as_ref().map_or(0, |track| track.series.len()) as u64, one)
    };
    let recording = &plotted.recording;
    let foreign = match plotted.foreign.len() as u64 {
        1 => "1 instant with a foreign motion".to_owned(),
        instants => format!("{} instants with foreign motions", thousands(instants)),
    };
    let (distances, motions) = (count(&recording.device, "distance"), count(&recording.phone, "accelerometer reading"));
    format!("{distances}, {motions}, {foreign}")
}
