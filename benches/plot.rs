//! What a frame of the window costs while a recording is panned and zoomed, at ten thousand to a hundred million
//! readings of one device and as many of its phone's three axes.
//!
//! `cargo bench --bench plot -- [READINGS]...`. The time is that of the processor for everything that egui does in a
//! frame, from the input to the triangles, without the graphics card's part.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on should stop, and it prints"
)]

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use egui::{Event, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, TouchPhase, pos2, vec2};
use stedi_workbench::curation::{Codes, Fate, curate};
use stedi_workbench::domain::{Progress, Purpose, Recipe};
use stedi_workbench::explore::Follow;
use stedi_workbench::landing::{self, Source};
use stedi_workbench::signals::{Plotted, Series, Track, record};
use stedi_workbench::state::{Choices, Loaded, Shown, Slot, State};
use stedi_workbench::ui::{self, Screens};

const FRAMES: usize = 1500;

fn main() {
    let given: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if given.is_empty() { vec![10_000, 1_000_000, 10_000_000, 100_000_000] } else { given };
    for size in sizes {
        let mut state = state(size);
        frames(&mut state, size);
    }
}

/// The sample data, with one device's distances replaced by so many that nobody has seen.
fn state(size: usize) -> State {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data");
    let progress = Progress::default();
    let landing = landing::read(&Source::Folder(folder), &progress).unwrap();
    let curation = curate(&landing, &Recipe::default(), &progress).unwrap();
    let codes = Arc::new(Codes::new(&landing));
    let serials = landing.frame(stedi_workbench::domain::Dataset::StepTrainer).column("serialnumber").unwrap();
    let serial = serials.str().unwrap().get(0).unwrap().to_owned();
    let follow = Follow::Device(serial);
    let mut recording = record(&follow, None, &curation, &progress).unwrap();
    let made = Instant::now();
    recording.device = Some(track(size));
    println!("{size} readings, made in {:.1} s", made.elapsed().as_secs_f64());
    let mut state = State::default();
    state.signals.recording = Slot::Ready(Arc::new(Plotted::new(recording, Purpose::Research)));
    state.landing = Slot::Ready(Loaded { landing: Arc::new(landing), codes });
    state.curation = Slot::Ready(Arc::new(curation));
    state.history.amend(Choices { shown: Shown::Signals, follow: Some(follow), ..Choices::default() });
    state
}

/// About every 3 ms a reading, with bursts, gaps and peaks; half of them dropped.
fn track(size: usize) -> Track {
    let (mut at, mut random) = (1_655_553_600_000_i64, 88_172_645_463_325_252_u64);
    let mut next = || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random
    };
    let (mut times, mut values, mut level) = (Vec::with_capacity(size), Vec::with_capacity(size), 200.0);
    for _ in 0..size {
        let random = next();
        at += match random % 100_000 {
            0 => 600_000,
            step => (step % 7) as i64,
        };
        level += (random >> 40) as f64 / (1 << 24) as f64 - 0.5;
        times.push(at);
        values.push(if random % 99_991 == 1 { level + 500.0 } else { level });
    }
    let dropped = Fate::Dropped {
        table: stedi_workbench::domain::Table::StepTrainerTrusted,
        step: 0,
        reason: stedi_workbench::domain::Reason::NoConsent,
    };
    Track {
        series: Series::new(times, vec![("distancefromobject", values)]),
        rows: Arc::new([]),
        fates: (0..size).map(|place| if place % 64 < 32 { Fate::Kept } else { dropped }).collect(),
        backwards: 0,
        without_time: 0,
    }
}

fn frames(state: &mut State, size: usize) {
    let context = egui::Context::default();
    ui::theme::install(&context);
    let (mut screens, mut commands) = (Screens::default(), vec![]);
    let mut took = vec![];
    let mut time = 0.0;
    for frame in 0..FRAMES + 20 {
        time += 1.0 / 60.0;
        let mut input = egui::RawInput {
            screen_rect: Some(egui::Rect::from_min_size(pos2(0.0, 0.0), vec2(1920.0, 1080.0))),
            time: Some(time),
            ..Default::default()
        };
        input.events = events(frame);
        let started = Instant::now();
        let output = context.run_ui(input, |ui| ui::window_ui(ui, state, &mut screens, &mut commands));
        let triangles = context.tessellate(output.shapes, output.pixels_per_point);
        if frame >= 20 {
            took.push(started.elapsed().as_secs_f64() * 1e3);
        }
        std::hint::black_box(triangles);
        commands.clear();
    }
    took.sort_by(f64::total_cmp);
    let at = |share: f64| took[(took.len() as f64 * share) as usize];
    println!(
        "{:<34}{:>9.2} ms median {:>9.2} ms 99th percentile {:>9.2} ms worst",
        format!("frame at {size} readings"),
        at(0.5),
        at(0.99),
        took[took.len() - 1]
    );
}

/// Turns of the wheel in and out, at changing places, and drags.
fn events(frame: usize) -> Vec<Event> {
    let at = pos2(500.0 + (frame * 37 % 900) as f32, 500.0);
    let wheel = |delta: f32| Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, delta),
        modifiers: Modifiers::NONE,
        phase: TouchPhase::Move,
        source: MouseWheelSource::Unknown,
    };
    let button =
        |pressed| Event::PointerButton { pos: at, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE };
    match frame % 100 {
        0..40 => vec![Event::PointerMoved(at), wheel(120.0)],
        40 => vec![Event::PointerMoved(at), button(true)],
        41..60 => vec![Event::PointerMoved(at)],
        60 => vec![button(false)],
        61..98 => vec![Event::PointerMoved(at), wheel(-120.0)],
        _ => vec![Event::PointerMoved(at)],
    }
}
