//! The distances of several devices below each other, each from its own start.

use std::sync::Arc;

use egui::Ui;

use crate::domain::format::counted;
use crate::picture::{Coloring, Heading, Picture};
use crate::signals::{Chart, Clock, Pane, Plotted, Span, Style, elapsed, poster};
use crate::state::{Command, Loaded, Slot, State};

use super::drawn::Drawn;
use super::explain::part_leads_to;
use super::plot::{PlotScreen, plot_ui, showing_ui};
use super::scene::legend_ui;
use super::signals_page::{SAVED, SignalsScreen, subject_name, values_ui, view_ui};
use super::signals_side::values_in_words;
use super::words::t;
use super::{access, empty, icons, widgets};

/// Paints them; true if all devices are to be seen again.
pub fn comparison_ui(
    ui: &mut Ui,
    state: &State,
    loaded: &Loaded,
    (screen, drawn): (&mut SignalsScreen, &mut Drawn),
    commands: &mut Vec<Command>,
) -> bool {
    part_leads_to(ui, "signals-compare");
    let signals = &state.signals;
    let devices = counted(signals.compared.len() as u64, "device");
    let ends = ui.horizontal_wrapped(|ui| {
        let ends = widgets::icon_button_ui(ui, icons::ALL, "All devices").clicked();
        access::heading_ui(ui, format!("Distances of {devices}, from their starts"));
        ends
    });
    let ends = ends.inner;
    if let Some(error) = signals.comparison.error() {
        empty::failed_ui(ui, "The recordings could not be looked up", error, Command::RetrySignals, commands);
        return ends;
    }
    let Slot::Ready(plotted) = &signals.comparison else {
        empty::working_ui(ui, "The recordings are being looked up.");
        return ends;
    };
    let usual = plotted.iter().map(|plotted| plotted.usual_gap()).max().unwrap_or(0);
    let mut saves = false;
    ui.horizontal_wrapped(|ui| {
        view_ui(ui, screen);
        values_ui(ui, screen, usual, "Each device has its own rule.", Some("each its own"));
        saves = drawn.chart_buttons_ui(ui);
    });
    let style = Style { gap: screen.gap, other: None, fixed: screen.fixed };
    let name_of = |plotted: &Plotted| subject_name(plotted, loaded, state.revealed);
    let panes: Vec<Pane<'_>> =
        plotted.iter().filter_map(|plotted| plotted.aligned_pane(name_of(plotted), style)).collect();
    let longest = plotted.iter().map(|plotted| plotted.device_length()).fold(0.0, f64::max);
    let names: Vec<&str> = panes.iter().map(|pane| pane.title.as_str()).collect();
    let name = format!("Distances from their starts: {}", names.join(", "));
    let whole = Span::around(0.0, longest);
    let mut chart = Chart { panes, clock: Clock::Elapsed, ..Chart::default() };
    let seen = Chart { view: screen.plot.zoom.view(whole), ..chart.clone() };
    if saves {
        let title = format!("distances of {devices}");
        let coloring = Coloring::of(ui.visuals().dark_mode);
        let heading = Heading::of(&title, &state.choices().recipe, &seen);
        let scene = poster(&seen, &heading, None, SAVED, |text| t(text).into());
        commands.push(Command::SavePicture(Arc::new(Picture { scene, title: t(title).into(), coloring })));
    }
    ui.horizontal_wrapped(|ui| {
        legend_ui(ui, &seen, None);
        showing_ui(ui, &screen.plot);
    });
    if drawn.in_words {
        drawn.words_ui(ui, &seen.in_words());
    }
    readout_ui(ui, &mut chart, &screen.plot);
    plot_ui(ui, chart, whole, &mut screen.plot, &name);
    ends
}

/// The instant under the pointer, or of the first cursor, and the value there in the title of each pane.
fn readout_ui(ui: &mut Ui, chart: &mut Chart<'_>, screen: &PlotScreen) {
    let Some(at) = screen.hover.or(screen.cursors[0]) else {
        ui.label(widgets::weak(ui, "Point at the chart to read values"));
        return;
    };
    ui.label(widgets::strong(format!("{} from each start", elapsed(at, true))));
    for pane in &mut chart.panes {
        let Some(curve) = pane.curves.first() else { continue };
        let run = curve.series.at(at - curve.shift).unwrap_or_default();
        let time = curve.series.times().get(run.start).map(|time| *time as f64 + curve.shift);
        // Where it does not reach that far it has no value, and not that of its last reading.
        let value = match time {
            Some(time) if (time - at).abs() <= curve.gap.milliseconds as f64 => {
                values_in_words(&curve.channel.values()[run])
            }
            _ => "no reading there".to_owned(),
        };
        pane.reading = Some(value);
    }
}
