//! The readings that a chart draws, as a table: read where they are, a row when it comes into sight.

use egui::Ui;

use crate::curation::Fate;
use crate::domain::format;
use crate::signals::{Plotted, Span, Track};
use crate::state::Command;

use super::figures::{FiguresScreen, column, figures_ui};
use super::words::t;
use super::{access, widgets};

/// What belongs to the table alone.
#[derive(Default)]
pub struct ReadingsScreen {
    of_phone: bool,
    figures: FiguresScreen,
}

/// Paints the readings of the device or of the phone that are in sight.
pub fn readings_ui(
    ui: &mut Ui,
    plotted: &Plotted,
    view: Span,
    screen: &mut ReadingsScreen,
    commands: &mut Vec<Command>,
) {
    let recording = &plotted.recording;
    let both = [(false, "device", &recording.device), (true, "phone", &recording.phone)];
    let tracks: Vec<(bool, &str, &Track)> =
        both.into_iter().filter_map(|(of_phone, name, track)| Some((of_phone, name, track.as_ref()?))).collect();
    ui.horizontal(|ui| {
        for (of_phone, name, track) in &tracks {
            let seen = track.series.within(view.from, view.to).len() as u64;
            let text = format!("{} of the {name}", format::counted(seen, "reading"));
            let response = ui.selectable_value(&mut screen.of_phone, *of_phone, t(text));
            access::tab(&response, screen.of_phone == *of_phone);
        }
        ui.label(widgets::small(ui, "in sight of the chart; choose cells to copy them"));
    });
    let chosen = tracks.iter().find(|(of_phone, ..)| *of_phone == screen.of_phone).or(tracks.first());
    let Some((_, name, track)) = chosen else { return };
    let seen = track.series.within(view.from, view.to);
    let channels = track.series.channels();
    let mut columns = vec![
        column("time", "Instant, UTC", 180.0, false),
        column("milliseconds", "Milliseconds since 1970-01-01 00:00 UTC", 124.0, true),
    ];
    columns.extend(channels.iter().map(|channel| column(channel.name, "As it landed", 140.0, true)));
    columns.push(column("fate", "Whether it is in the trusted table, or why it is not", 220.0, false));
    let foreign =
        column("joined", "Whether the join takes a foreign motion, another customer's, at this instant", 200.0, false);
    columns.push(foreign);
    let rows = (seen.start, seen.len());
    let name = format!("readings of the {name}");
    figures_ui(ui, &name, &columns, rows, &mut screen.figures, commands, |row, column| {
        let reading = seen.start + row;
        let Some(&at) = track.series.times().get(reading) else { return String::new() };
        match column {
            0 => format::utc(at).unwrap_or_else(|| at.to_string()),
            1 => at.to_string(),
            _ => match (channels.get(column - 2), column - 2 - channels.len().min(column - 2)) {
                (Some(channel), _) => number(channel.values().get(reading).copied()),
                (None, 0) => fate(track.fates.get(reading).copied()),
                (None, _) => match plotted.foreign.binary_search(&at) {
                    Ok(_) => "foreign motion".to_owned(),
                    Err(_) => String::new(),
                },
            },
        }
    });
}

fn number(value: Option<f64>) -> String {
    match value {
        Some(value) if value.is_finite() => value.to_string(),
        _ => "no number".to_owned(),
    }
}

fn fate(fate: Option<Fate>) -> String {
    match fate {
        Some(Fate::Kept) => "kept".to_owned(),
        Some(Fate::Dropped { reason, .. }) => format!("dropped: {}", reason.label()),
        None => String::new(),
    }
}
