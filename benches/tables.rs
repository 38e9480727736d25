//! What a table of ten million rows costs: a frame while it is scrolled, an order, a filter, a look through its columns,
//! and how much memory each adds. Prints a line for each.
//!
//! `cargo bench --bench tables -- [CUSTOMERS]`; a customer has about 85 accelerometer readings.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on should stop, and it prints"
)]

use std::time::{Duration, Instant};

use egui::{Event, Modifiers, MouseWheelSource, MouseWheelUnit, TouchPhase, vec2};
use egui_kittest::Harness;
use stedi_workbench::app::{App, Settings};
use stedi_workbench::domain::{Progress, Table};
use stedi_workbench::explore::{Filter, Query, Sort, Test};
use stedi_workbench::generate::Generator;
use stedi_workbench::landing::Source;
use stedi_workbench::state::{Command, Shown, State};

fn main() {
    let customers = std::env::args().filter_map(|argument| argument.parse().ok()).next_back().unwrap_or(120_000);
    let folder = tempfile::tempdir().unwrap();
    let landing = folder.path().join("landing");
    let took = Instant::now();
    Generator::new(customers).write(&landing, &Progress::default()).unwrap();
    line("generated", took.elapsed());
    let settings = Settings::at(folder.path().join("settings.json"));
    let took = Instant::now();
    let mut harness = Harness::builder()
        .with_size([1280.0, 800.0])
        .build_eframe(|context| App::new(&context.egui_ctx, settings, Some(Source::Folder(landing))).unwrap());
    wait(&mut harness, |state| state.work.is_none() && state.curation.value().is_some());
    line("read and curated", took.elapsed());
    let shown = Shown::Table(Table::AccelerometerLanding);
    let took = Instant::now();
    harness.state_mut().ask(Command::Show(shown));
    settle(&mut harness);
    line("looked through all columns", took.elapsed());
    let rows = harness.state().state().look.value().unwrap().len();
    println!("{:<34}{rows:>12}", "rows");
    scroll(&mut harness, "frame while scrolling");
    let sort = |column| Sort { column, descending: false, nulls_first: false };
    let queries = [
        ("sorted by time stamp", Query { sorts: vec![sort("timestamp")], ..Query::default() }),
        ("sorted by user, then time stamp", Query { sorts: vec![sort("user"), sort("timestamp")], ..Query::default() }),
        ("filtered by a range", Query { filters: vec![range("x", 0.5, 2.0)], ..Query::default() }),
    ];
    for (name, query) in queries {
        let took = Instant::now();
        harness.state_mut().ask(Command::SetQuery(shown, query));
        wait_for(&mut harness, |state| !state.look.is_loading());
        line(name, took.elapsed());
        settle(&mut harness);
    }
    scroll(&mut harness, "frame while scrolling, filtered");
}

fn range(column: &'static str, from: f64, to: f64) -> Filter {
    Filter { column, test: Test::Between(from, to), on: true }
}

/// Scrolls through the whole table by wheel and by leaps, and prints what the frames took.
fn scroll(harness: &mut Harness<'_, App>, name: &str) {
    let mut frames = vec![];
    harness.event(Event::PointerMoved(egui::pos2(700.0, 500.0)));
    harness.step();
    for frame in 0..2000 {
        let unit = if frame % 10 == 0 { MouseWheelUnit::Page } else { MouseWheelUnit::Point };
        let delta = vec2(0.0, if frame % 10 == 0 { -50.0 } else { -333.0 });
        harness.event(Event::MouseWheel {
            unit,
            delta,
            modifiers: Modifiers::NONE,
            phase: TouchPhase::Move,
            source: MouseWheelSource::Unknown,
        });
        let started = Instant::now();
        harness.step();
        frames.push(started.elapsed());
    }
    frames.sort();
    let at = |share: f64| frames[(frames.len() as f64 * share) as usize].as_secs_f64() * 1e3;
    println!("{name:<34}{:>9.2} ms median {:>9.2} ms 99th percentile", at(0.5), at(0.99));
}

fn settle(harness: &mut Harness<'_, App>) {
    wait_for(harness, |state| state.work.is_none() && !state.look.is_loading() && !state.summaries.is_loading());
}

fn wait_for(harness: &mut Harness<'_, App>, holds: impl Fn(&State) -> bool) {
    harness.run_steps(3);
    wait(harness, holds);
}

fn wait(harness: &mut Harness<'_, App>, holds: impl Fn(&State) -> bool) {
    while !holds(harness.state().state()) {
        harness.step();
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn line(name: &str, took: Duration) {
    let memory = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let memory = memory.lines().find(|line| line.starts_with("VmRSS")).and_then(|line| line.split_whitespace().nth(1));
    let memory = memory.and_then(|kilobytes| kilobytes.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0;
    println!("{name:<34}{:>9.2} s   {memory:>9.0} MiB resident", took.as_secs_f64());
}
