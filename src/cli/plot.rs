//! `plot`: what a device and its customer's phone recorded, as a picture.

use std::io::Write as _;

use crate::curation::Codes;
use crate::domain::Progress;
use crate::explore::Follow;
use crate::export::write_picture;
use crate::picture::{Coloring, Heading, Picture};
use crate::signals::{Chart, Clock, Plotted, Span, Style, other_motion, poster, record};

use super::DONE;
use super::arguments::{ClockName, PlotArguments, ThemeName};
use super::curate::{NOT_AS_IT_SHOULD_BE, curated, is_anything_refused, read, recipe};
use super::remote::{self, only_here};

/// Width and height of the picture, in points.
const SIZE: [f32; 2] = [1200.0, 800.0];

/// Writes the picture. Gives the exit code.
pub fn run(arguments: &PlotArguments) -> anyhow::Result<u8> {
    let PlotArguments { job, device, out, .. } = arguments;
    only_here(job.recipe.iter().chain(&job.withdrawn).chain([out]))?;
    let recipe = recipe(job)?;
    let source = remote::source(&job.landing, job.json)?;
    if let Some(path) = source.would_read(std::slice::from_ref(out))? {
        anyhow::bail!("{} lies among the landing files. Choose a folder outside of them", path.display());
    }
    let progress = Progress::default();
    let landing = read(job, &source, &progress)?;
    let curation = curated(job, &landing, &recipe)?;
    let recording = record(&Follow::Device(device.clone()), None, &curation, &Progress::default())?;
    let plotted = Plotted::new(recording, recipe.purpose);
    anyhow::ensure!(
        plotted.recording.device.as_ref().is_some_and(|track| !track.series.is_empty()),
        "no distance reading has this serial number. See the column serialnumber of the step trainer's records"
    );
    let codes = Codes::new(&landing);
    let name = name(&plotted, &codes);
    let most = plotted.recording.others.first().filter(|_| arguments.other);
    let other = most.map(|other| other_motion(&curation, &other.email, &Progress::default())).transpose()?;
    let whole = plotted.whole();
    let view = Span {
        from: arguments.from.map_or(whole.from, |at| at as f64),
        to: arguments.to.map_or(whole.to, |at| at as f64),
    };
    anyhow::ensure!(view.from < view.to, "--from must be before --to");
    let chart = Chart {
        panes: plotted.panes(Style { other: other.as_ref(), ..Style::default() }),
        view,
        clock: match arguments.clock {
            ClockName::Utc => Clock::Utc,
            ClockName::Elapsed => Clock::Elapsed,
            ClockName::Raw => Clock::Raw,
        },
        origin: plotted.origin(),
        foreign: &plotted.foreign,
        ..Chart::default()
    };
    let scene = poster(&chart, &Heading::of(&name, &recipe, &chart), None, SIZE, str::to_owned);
    let coloring = match arguments.theme {
        None => Coloring::Reader,
        Some(ThemeName::Light) => Coloring::Light,
        Some(ThemeName::Dark) => Coloring::Dark,
    };
    write_picture(&Picture { scene, title: format!("signals of {name}"), coloring }, out)?;
    if job.json {
        let readings = |track: &Option<crate::signals::Track>| track.as_ref().map_or(0, |track| track.series.len());
        let object = serde_json::json!({
            "device": codes.device(device).map(|code| code.to_string()),
            "distances": readings(&plotted.recording.device),
            "motions": readings(&plotted.recording.phone),
            "pairs": plotted.recording.pairs.len(),
            "foreign_instants": plotted.foreign.len(),
        });
        writeln!(super::screen::out(), "{object}")?;
    } else {
        writeln!(super::screen::out(), "Wrote the signals of {name} to {}.", out.display())?;
    }
    Ok(if job.strict && is_anything_refused(&landing) { NOT_AS_IT_SHOULD_BE } else { DONE })
}

/// The device and its customer, masked.
fn name(plotted: &Plotted, codes: &Codes) -> String {
    let subject = &plotted.recording.subject;
    let device = subject.device.as_deref().and_then(|serial| codes.device(serial));
    let person = subject.person.as_deref().and_then(|email| codes.person(email));
    match (device, person) {
        (Some(device), Some(person)) => format!("{device} with {person}"),
        (Some(device), None) => format!("{device}, no customer"),
        (None, _) => "a device".to_owned(),
    }
}
