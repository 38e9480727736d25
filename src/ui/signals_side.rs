//! Beside the chart: what is under the pointer, what a chosen stretch comes to, who else is concerned, what reaches each
//! zone.

use egui::{ComboBox, Grid, Role, ScrollArea, Ui};

use crate::domain::format::{self, counted, thousands};
use crate::domain::{CheckId, Dataset, Kind, Table};
use crate::explore::{Filter, Follow, Query, Test};
use crate::review::{Behind, FigureId};
use crate::signals::{Clock, MAGNITUDE, Plotted, Statistics, Track, elapsed, length};
use crate::state::{Command, Loaded, MeasuredChannel, Shown, Slot, State};

use super::plot::PlotScreen;
use super::scrolled::Scrolled as _;
use super::signals_page::SignalsScreen;
use super::words::{Words, as_is, t};
use super::{chips, icons, widgets};

/// Paints it.
pub fn side_ui(
    ui: &mut Ui,
    state: &State,
    loaded: &Loaded,
    plotted: &Plotted,
    screen: &mut SignalsScreen,
    commands: &mut Vec<Command>,
) {
    // Each recording begins at its top.
    let of = state.choices().whose_recording();
    ScrollArea::vertical().id_salt(of).auto_shrink([false, false]).show_scrolled(ui, |ui| {
        readout_ui(ui, plotted, &screen.plot, screen.clock, commands);
        // However the pointer moves meanwhile, so that nothing below moves with it.
        if screen.is_at_row() {
            ui.label(widgets::small(ui, "Cursor A stands at the instant that led here."));
        }
        ui.add_space(8.0);
        range_ui(ui, state, plotted, screen, commands);
        ui.add_space(8.0);
        partners_ui(ui, state, loaded, plotted, commands);
        ui.add_space(8.0);
        others_ui(ui, state, loaded, plotted, commands);
        ui.add_space(8.0);
        zones_ui(ui, state, plotted, commands);
    });
}

/// Room for the names of channels.
const NAMES_WIDTH: f32 = 64.0;

/// The readings nearest to the pointer, or to the first cursor. As high without them as with them, so that nothing below
/// moves when the pointer comes or goes.
fn readout_ui(ui: &mut Ui, plotted: &Plotted, screen: &PlotScreen, clock: Clock, commands: &mut Vec<Command>) {
    let at = screen.hover.or(screen.cursors[0]);
    ui.horizontal_wrapped(|ui| {
        match at {
            Some(at) => ui.label(widgets::strong(said(clock, at, plotted.origin()))),
            None => ui.label(widgets::weak(ui, "Point at the chart to read values")).on_hover_text(
                t("Click sets cursor A, Shift+click cursor B. Drag moves, Shift+drag chooses a stretch, right drag zooms to a box, \
                 and the wheel zooms; where the page scrolls, with Ctrl."),
            ),
        };
        ui.add_enabled_ui(screen.cursors[0].is_some(), |ui| {
            if widgets::icon_button_ui(ui, icons::COPY, "Copy the values at cursor A").clicked()
                && let Some(a) = screen.cursors[0]
            {
                commands.push(Command::CopyText(values_as_lines(plotted, a)));
            }
        });
    });
    for (number, track) in plotted.tracks().enumerate() {
        let run = at.and_then(|at| track.series.at(at)).unwrap_or_default();
        Grid::new(("readout", number)).num_columns(2).min_col_width(NAMES_WIDTH).spacing([12.0, 4.0]).show(ui, |ui| {
            for channel in track.series.channels() {
                ui.label(widgets::weak(ui, short_name(channel.name)));
                ui.label(t(if run.is_empty() {
                    "–".to_owned()
                } else {
                    values_in_words(&channel.values()[run.clone()])
                }));
                ui.end_row();
            }
        });
        let away = at.zip(track.series.times().get(run.start)).map(|(at, time)| apart(*time as f64 - at));
        let count = counted(run.len() as u64, "reading");
        let words = match away {
            Some(away) if !run.is_empty() && !away.is_empty() => format!("{count} · {away}"),
            _ if !run.is_empty() => count + " at this instant",
            _ => String::new(),
        };
        ui.label(widgets::small(ui, words));
        ui.add_space(2.0);
    }
}

/// How far a reading is from what is pointed at.
fn apart(milliseconds: f64) -> String {
    let length = length(milliseconds, true);
    match milliseconds.round() {
        0.0 => String::new(),
        later if later > 0.0 => format!("{length} after this instant"),
        _ => format!("{length} before this instant"),
    }
}

/// An instant by the clock of the chart, with its zone.
fn said(clock: Clock, at: f64, origin: f64) -> Words {
    let instant = clock.instant(at, origin);
    if clock == Clock::Utc { as_is(format!("{instant} UTC")) } else { t(instant) }
}

/// The readings nearest to an instant, a line each.
fn values_as_lines(plotted: &Plotted, at: f64) -> String {
    let mut lines = vec!["channel\ttime\tvalue".to_owned()];
    for track in plotted.tracks() {
        let run = track.series.at(at).unwrap_or_default();
        for channel in track.series.channels() {
            for (time, value) in track.series.times()[run.clone()].iter().zip(&channel.values()[run.clone()]) {
                lines.push(format!("{}\t{time}\t{value}", channel.name));
            }
        }
    }
    lines.join("\n")
}

/// One value, or the least and the most of several.
pub(super) fn values_in_words(values: &[f64]) -> String {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    match (finite().reduce(f64::min), finite().reduce(f64::max)) {
        (Some(least), Some(most)) if least < most => format!("{} to {}", format::short(least), format::short(most)),
        (Some(least), _) => format::short(least),
        _ => "no number".to_owned(),
    }
}

/// The stretch between the cursors, and what its readings come to.
fn range_ui(ui: &mut Ui, state: &State, plotted: &Plotted, screen: &mut SignalsScreen, commands: &mut Vec<Command>) {
    let [Some(a), Some(b)] = screen.plot.cursors else {
        ui.label(widgets::small(ui, "Shift+drag chooses a stretch of time."));
        let over = ui.button(t("Choose all in sight")).on_hover_text(t(
            "Puts the cursors A and B around what is in sight: to measure it, or to see its readings in the tables",
        ));
        if over.clicked() {
            let view = screen.plot.zoom.view(plotted.whole());
            screen.plot.cursors = [Some(view.from), Some(view.to)];
            commands.push(Command::ChooseRange(Some((view.from.ceil() as i64, view.to.floor() as i64))));
        }
        return;
    };
    ui.label(widgets::strong(format!("From cursor A to B: {}", elapsed(b - a, true))));
    let differences = plotted.tracks().flat_map(|track| {
        let ends = track.series.at(a).zip(track.series.at(b));
        track.series.channels().iter().filter_map(move |channel| {
            let (a, b) = ends.clone()?;
            let (a, b) = (channel.values().get(a.start)?, channel.values().get(b.start)?);
            Some(format!("{} {}", short_name(channel.name), t(signed(b - a))))
        })
    });
    ui.label(widgets::small(ui, as_is(differences.collect::<Vec<_>>().join(" · "))));
    match &state.signals.measured {
        Slot::Ready(channels) => measured_ui(ui, channels, commands),
        Slot::Empty => {}
        Slot::Loading(_) => drop(ui.label(widgets::weak(ui, "measuring…"))),
        Slot::Failed { error, .. } => drop(ui.label(widgets::warning(ui, error.clone()))),
    }
    ui.horizontal_wrapped(|ui| {
        for (dataset, track) in
            [(Dataset::StepTrainer, &plotted.recording.device), (Dataset::Accelerometer, &plotted.recording.phone)]
        {
            let Some(_) = track else { continue };
            let table = Table::landing(dataset);
            let response = ui
                .button(t(format!("{} {}", icons::TABLE, table.name())))
                .on_hover_text(t("Show the readings of this stretch in the table, from where they can be saved"));
            widgets::named(&response, ui, Role::Button, format!("Readings of A to B in {}", table.name()));
            if response.clicked() {
                narrow(state, commands);
                show_in_table(table, (a.min(b).ceil() as i64, a.max(b).floor() as i64), commands);
            }
        }
    });
}

/// Narrows all tables to whose recording it is: its rows are shown next.
fn narrow(state: &State, commands: &mut Vec<Command>) {
    commands.extend(state.choices().whose_recording().map(|follow| Command::Follow(Some(follow.clone()))));
}

/// Narrows a table to a stretch of time and shows it.
fn show_in_table(table: Table, (from, to): (i64, i64), commands: &mut Vec<Command>) {
    let Some(time) = table.schema().iter().find(|column| column.kind == Kind::Time) else { return };
    let filter = Filter { column: time.name, test: Test::Within(from, to), on: true };
    let shown = Shown::Table(table);
    commands.push(Command::SetQuery(shown, Query { filters: vec![filter], ..Query::default() }));
    commands.push(Command::Show(shown));
}

fn measured_ui(ui: &mut Ui, channels: &[MeasuredChannel], commands: &mut Vec<Command>) {
    for (of_device, name) in [(true, "device"), (false, "phone")] {
        let Some(first) = channels.iter().find(|channel| channel.of_device == of_device) else { continue };
        let measured = &first.measured;
        let count = |number: usize, one: &str| counted(number as u64, one);
        let mut words = vec![count(measured.sharing.readings, "reading"), count(measured.sharing.instants, "instant")];
        words.extend(measured.rate.map(|rate| format!("{} a second", format::short(rate))));
        words.push(count(measured.gaps.count, "gap"));
        words.extend(measured.gaps.longest.map(|gap| format!("longest {}", length(gap.milliseconds as f64, true))));
        ui.label(widgets::small(ui, format!("{name}: {}", words.join(" · "))));
    }
    let measured = Grid::new("measured").num_columns(5).spacing([10.0, 4.0]);
    let grid_ui = |ui: &mut Ui| {
        for title in ["", "least", "most", "mean", "deviation"] {
            ui.label(widgets::small(ui, title));
        }
        ui.end_row();
        for channel in channels {
            let measured = &channel.measured;
            ui.label(widgets::weak(ui, short_name(channel.name)));
            for value in figures(measured) {
                ui.label(t(value.map_or_else(|| "–".to_owned(), format::short)));
            }
            ui.end_row();
        }
    };
    // Of a narrow side the chart beside it is not to pay for the figures.
    ScrollArea::horizontal().id_salt("measured").show_scrolled(ui, |ui| measured.show(ui, grid_ui));
    let broken: u64 = channels.iter().map(|channel| channel.measured.extremes.not_finite as u64).sum();
    if broken > 0 {
        ui.label(widgets::warning(ui, format!("{} are no finite numbers", counted(broken, "value"))));
    }
    if ui.button(t(format!("{} Copy figures", icons::COPY))).clicked() {
        commands.push(Command::CopyText(as_lines(channels)));
    }
}

/// Least, most, mean and deviation.
fn figures(of: &Statistics) -> [Option<f64>; 4] {
    let range = of.extremes.range();
    [range.map(|(least, _)| least), range.map(|(_, most)| most), of.mean, of.deviation]
}

/// The figures as tab-separated lines.
fn as_lines(channels: &[MeasuredChannel]) -> String {
    let mut lines = vec!["channel\treadings\tnot_finite\tinstants\tgaps\tleast\tmost\tmean\tdeviation".to_owned()];
    lines.extend(channels.iter().map(|channel| {
        let of = &channel.measured;
        let counts = [of.sharing.readings, of.extremes.not_finite, of.sharing.instants, of.gaps.count];
        let counts = counts.map(|count| count.to_string());
        let values = figures(of).map(|value| value.map_or_else(String::new, |value| value.to_string()));
        format!("{}\t{}\t{}", channel.name, counts.join("\t"), values.join("\t"))
    }));
    lines.join("\n")
}

/// Who else could belong to the device or the customer, where it is not plain.
fn partners_ui(ui: &mut Ui, state: &State, loaded: &Loaded, plotted: &Plotted, commands: &mut Vec<Command>) {
    let recording = &plotted.recording;
    let partners = &recording.partners;
    let Some(follow) = state.choices().whose_recording() else { return };
    let follow_of = |identity: &str| match follow {
        Follow::Device(_) => Follow::Person(identity.to_owned()),
        Follow::Person(_) => Follow::Device(identity.to_owned()),
    };
    let name = |identity: &str| chips::name_of(&follow_of(identity), &loaded.codes, state.revealed);
    let drawn = match follow {
        Follow::Device(_) => &recording.subject.person,
        Follow::Person(_) => &recording.subject.device,
    };
    let (what, drawn_with) = match follow {
        Follow::Device(_) => ("customer", "motions drawn of"),
        Follow::Person(_) => ("device", "distances drawn of"),
    };
    if partners.on_record != 1 {
        let text = format!("{} on record", counted(partners.on_record, what));
        ui.label(widgets::warning(ui, text));
    }
    if partners.candidates.len() > 1 {
        let shown = drawn.as_deref().map_or_else(|| t("none").to_string(), name);
        ui.horizontal_wrapped(|ui| {
            ui.label(widgets::weak(ui, drawn_with));
            let list = ComboBox::from_id_salt("beside").selected_text(as_is(shown)).show_ui(ui, |ui| {
                for candidate in &partners.candidates {
                    let record = if candidate.on_record { "on record" } else { "not on record" };
                    let text = format!(
                        "{} · {record} · {} in common",
                        name(&candidate.identity),
                        counted(candidate.instants, "instant")
                    );
                    let selected = drawn.as_ref() == Some(&candidate.identity);
                    if ui.selectable_label(selected, t(text)).clicked() {
                        commands.push(Command::DrawBeside(Some(candidate.identity.clone())));
                    }
                }
            });
            widgets::named(&list.response, ui, Role::ComboBox, drawn_with);
        });
    }
}

/// What shows the rows of the device that the join made with foreign motions, once the review has them.
fn foreign_rows(state: &State, plotted: &Plotted) -> Option<[Command; 2]> {
    let serial = plotted.recording.subject.device.clone()?;
    let check = state.review.checks.value()?.check(CheckId::ForeignPairs)?;
    let place = check
        .behind
        .iter()
        .position(|behind| matches!(behind, Behind::Rows { table: Table::MachineLearningCurated, .. }))?;
    let shown = Shown::Behind(FigureId::Check { id: check.id, place: u8::try_from(place).ok()? });
    let column = Table::MachineLearningCurated.schema().iter().find(|column| column.name == "serialnumber")?;
    let filter = Filter { column: column.name, test: Test::OneOf([serial].into()), on: true };
    let query = Query { filters: vec![filter], ..Query::default() };
    Some([Command::SetQuery(shown, query), Command::Show(shown)])
}

/// Whose motions the join takes for this device, each to be laid over.
fn others_ui(ui: &mut Ui, state: &State, loaded: &Loaded, plotted: &Plotted, commands: &mut Vec<Command>) {
    let others = &plotted.recording.others;
    let name = |email: &str| chips::name_of(&Follow::Person(email.to_owned()), &loaded.codes, state.revealed);
    let drawn = state.signals.other.as_deref();
    if let Some(error) = state.signals.other_track.error() {
        ui.label(widgets::warning(ui, error));
    }
    let lay = |ui: &mut Ui, email: &str, text: String, commands: &mut Vec<Command>| {
        let mut over = drawn == Some(email);
        let response = ui.checkbox(&mut over, t(text));
        widgets::named_box(&response, ui, over, format!("draw the motions of {}, too", name(email)));
        if response.changed() {
            commands.push(Command::LayOver(over.then(|| email.to_owned())));
        }
    };
    // Whoever is drawn can be taken away, also once the join takes their motion no longer.
    if let Some(email) = drawn.filter(|drawn| !others.iter().take(MOST_OTHERS).any(|other| *other.email == **drawn)) {
        lay(ui, email, format!("draw the motions of {}, too", name(email)), commands);
    }
    if others.is_empty() {
        if plotted.recording.device.is_some() {
            ui.label(widgets::small(ui, "The join takes no foreign motion for this device."));
        }
        return;
    }
    let pairs: u64 = others.iter().map(|other| other.pairs).sum();
    let text = format!("{} {} with foreign motions", icons::WARNING, counted(pairs, "row"));
    let words = t(
        "Foreign: the machine-learning join matches these instants of the device with motions of customers who do not own \
                   it. The marks at the top of the chart show where.",
    );
    let text = widgets::warning(ui, text);
    let way = foreign_rows(state, plotted).filter(|_| !state.is_turned());
    match way {
        Some(way) => {
            let door = widgets::door_ui(ui, text.underline(), "Rows with foreign motions");
            if door.on_hover_text(as_is(format!("{words}\n{}", t("Click to see these rows.")))).clicked() {
                commands.extend(way);
            }
        }
        None => drop(ui.label(text).on_hover_text(words)),
    }
    ui.label(widgets::weak(ui, "draw the motions, too, of"));
    for other in others.iter().take(MOST_OTHERS) {
        let text = format!("{} · {}", name(&other.email), counted(other.pairs, "row"));
        lay(ui, &other.email, text, commands);
    }
    if others.len() > MOST_OTHERS {
        ui.label(widgets::small(ui, format!("and {} more", thousands((others.len() - MOST_OTHERS) as u64))));
    }
}

/// What reaches each table, and what of the readings cannot be drawn or stands out.
fn zones_ui(ui: &mut Ui, state: &State, plotted: &Plotted, commands: &mut Vec<Command>) {
    ui.label(widgets::strong("what reaches each table"));
    Grid::new("zones").num_columns(2).spacing([12.0, 4.0]).show(ui, |ui| {
        for line in &plotted.recording.tables {
            let name = line.table.name();
            if widgets::door_ui(ui, name.into(), format!("Open {name}")).clicked() {
                narrow(state, commands);
                commands.push(Command::Show(Shown::Table(line.table)));
            }
            ui.label(t(thousands(line.rows)));
            ui.end_row();
            for (step, reason, rows) in &line.dropped {
                let text = widgets::small(ui, format!("−{} {}", thousands(*rows), reason.label()));
                if widgets::door_ui(ui, text, format!("{name}: {} {}", rows, reason.label())).clicked() {
                    narrow(state, commands);
                    commands.push(Command::Show(Shown::Dropped { table: line.table, step: *step, stood: None }));
                }
                ui.end_row();
            }
        }
    });
    for (name, track) in [("device", &plotted.recording.device), ("phone", &plotted.recording.phone)] {
        let Some(Track { backwards, without_time, .. }) = track else { continue };
        if *backwards > 0 {
            let text = format!("{name}: {} delivered out of order", counted(*backwards, "reading"));
            ui.label(widgets::small(ui, text)).on_hover_text(t(
                "In the order in which the readings landed. They are drawn in the order of their time stamps.",
            ));
        }
        if *without_time > 0 {
            ui.label(widgets::warning(ui, format!("{name}: {} without a time", counted(*without_time, "reading"))));
        }
    }
}

fn short_name(name: &str) -> Words {
    match name {
        "distancefromobject" => t("distance"),
        MAGNITUDE => t(MAGNITUDE),
        name => as_is(name),
    }
}

fn signed(number: f64) -> String {
    let text = format::short(number);
    if number > 0.0 { format!("+{text}") } else { text }
}

/// More people than these are not listed.
const MOST_OTHERS: usize = 12;
