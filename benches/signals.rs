//! What a plot of up to a hundred million readings costs: the pyramid of extremes, beside plain passes over the same
//! memory, and finding what to draw in each of a walk of views. Prints a line for each.
//!
//! `cargo bench --bench signals -- [READINGS]...`; ten thousand, one, ten and a hundred million unless given.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on should stop, and it prints"
)]

use std::hint::black_box;
use std::time::Instant;

use stedi_workbench::domain::Progress;
use stedi_workbench::signals::{Column, Drawn, Pyramid, Series, Threshold, View, decimate, measure};

/// Half-pixels of a wide window.
const COLUMNS: usize = 3000;
const VIEWS: usize = 3000;
const ROUNDS: usize = 9;

fn main() {
    let given: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if given.is_empty() { vec![10_000, 1_000_000, 10_000_000, 100_000_000] } else { given };
    for size in sizes {
        println!("{size} readings");
        let mut random = Random(size as u64);
        let times = times(size, &mut random);
        let values = values(size, &mut random);
        passes(&values);
        let took = Instant::now();
        let series = Series::new(times, vec![("value", values)]);
        line("series made", took.elapsed().as_secs_f64() * 1e3, "ms");
        draw(&series, &mut random);
        figures(&series);
    }
}

/// The pyramid and plain passes over the same values, in turn.
fn passes(values: &[f64]) {
    let repeat = (4_000_000 / values.len()).max(1);
    let pyramid: &dyn Fn() = &|| drop(black_box(Pyramid::build(values, &Progress::default())));
    let extremes: &dyn Fn() = &|| _ = black_box(least_and_most(values));
    let sum: &dyn Fn() = &|| _ = black_box(sum(values));
    let mut seconds = [vec![], vec![], vec![]];
    for _ in 0..ROUNDS {
        for (seconds, pass) in seconds.iter_mut().zip([pyramid, extremes, sum]) {
            let took = Instant::now();
            (0..repeat).for_each(|_| pass());
            seconds.push(took.elapsed().as_secs_f64() / repeat as f64);
        }
    }
    let [built, extremes, summed] = seconds.map(|mut seconds| {
        seconds.sort_by(f64::total_cmp);
        let rate = |seconds: f64| values.len() as f64 / seconds / 1e6;
        (rate(seconds[0]), rate(seconds[seconds.len() / 2]))
    });
    for (name, (best, median)) in [("pyramid", built), ("plain extremes", extremes), ("plain sum", summed)] {
        let ratio = built.1 / median;
        println!("  {name:<28}{best:>9.0} million/s best {median:>9.0} median; the pyramid's is {ratio:.2} of it");
    }
    let bytes = Pyramid::build(values, &Progress::default()).unwrap().bytes();
    line("pyramid of its values", 100.0 * bytes as f64 / size_of_val(values) as f64, "%");
}

fn least_and_most(values: &[f64]) -> ([f64; 8], [f64; 8]) {
    values.as_chunks::<8>().0.iter().fold(
        ([f64::INFINITY; 8], [f64::NEG_INFINITY; 8]),
        |(mut least, mut most), chunk| {
            for lane in 0..8 {
                least[lane] = if chunk[lane] < least[lane] { chunk[lane] } else { least[lane] };
                most[lane] = if chunk[lane] > most[lane] { chunk[lane] } else { most[lane] };
            }
            (least, most)
        },
    )
}

fn sum(values: &[f64]) -> [f64; 8] {
    values.as_chunks::<8>().0.iter().fold([0.0; 8], |mut sums, chunk| {
        for lane in 0..8 {
            sums[lane] += chunk[lane];
        }
        sums
    })
}

/// Draws a walk of views, and then places at random with more and more readings in a column.
fn draw(series: &Series, random: &mut Random) {
    let mut buffer = Vec::new();
    drawn("drawn, a walk of views", series, &walk(series, random), &mut buffer);
    for in_column in [4, 16, 64, 128, 192, 256, 1024, 8192, series.len() / COLUMNS] {
        let readings = in_column * COLUMNS;
        if (COLUMNS..=series.len()).contains(&readings) {
            let views: Vec<View> = (0..VIEWS).map(|_| somewhere(series, readings, random)).collect();
            drawn(&format!("drawn, {in_column} in a column"), series, &views, &mut buffer);
        }
    }
}

fn drawn(name: &str, series: &Series, views: &[View], buffer: &mut Vec<Column>) {
    let channel = &series.channels()[0];
    let mut frames: Vec<(f64, usize)> = vec![];
    for &view in views {
        let switches = switches();
        let started = Instant::now();
        let drawn = decimate(series, channel, view, buffer);
        let took = started.elapsed().as_secs_f64() * 1e3;
        if switches != self::switches() {
            continue;
        }
        frames.push((
            took,
            match drawn {
                Drawn::Readings(readings) => readings.len(),
                Drawn::Columns { in_view, .. } => in_view.len(),
            },
        ));
    }
    frames.sort_by(|a, b| a.0.total_cmp(&b.0));
    let at = |share: f64| frames[((frames.len() - 1) as f64 * share) as usize].0;
    let (max, readings) = frames[frames.len() - 1];
    let (median, high) = (at(0.5), at(0.99));
    let left_out = VIEWS - frames.len();
    println!(
        "  ({left_out}) {name:<28}{median:>9.3} ms median {high:>9.3} ms 99th percentile {max:>9.3} ms most, with {readings} in view"
    );
}

/// Views as somebody makes them who looks around: pans, zooms, and now and then a leap to somewhere else.
fn walk(series: &Series, random: &mut Random) -> Vec<View> {
    let mut view = somewhere(series, series.len(), random);
    let mut views = vec![];
    for _ in 0..VIEWS {
        views.push(view);
        let length = view.to - view.from;
        match random.below(10) {
            0..5 => {
                let pan = length * 0.6 * (random.share() - 0.5);
                view = View { from: view.from + pan, to: view.to + pan, ..view };
            }
            5..8 => {
                let more = length * (4_f64.powf(random.share() - 0.5) - 1.0) / 2.0;
                view = View { from: view.from - more, to: view.to + more, ..view };
            }
            _ => {
                let readings = (series.len() as f64).powf(0.4 + 0.6 * random.share());
                view = somewhere(series, readings as usize, random);
            }
        }
    }
    views
}

/// A view of so many readings, beginning anywhere.
fn somewhere(series: &Series, readings: usize, random: &mut Random) -> View {
    let times = series.times();
    let first = random.below((times.len() - readings + 1) as u64) as usize;
    let (from, to) = (times[first] as f64, times[first + readings - 1] as f64);
    // Not just where a reading is.
    View { from: from + random.share(), to: to + random.share(), columns: COLUMNS }
}

fn figures(series: &Series) {
    let took = Instant::now();
    let threshold = Threshold::usual(series);
    line("threshold of gaps found", took.elapsed().as_secs_f64() * 1e3, "ms");
    let took = Instant::now();
    let channel = &series.channels()[0];
    let found = measure(series, channel, 0..series.len(), &threshold, &Progress::default()).unwrap();
    line("all of it measured", took.elapsed().as_secs_f64() * 1e3, "ms");
    println!("    {} {} gaps, {} instants.", threshold.explain(), found.gaps.count, found.sharing.instants);
}

/// A reading about every 3 ms, some at the same millisecond, some in bursts, and gaps of seconds to hours.
fn times(size: usize, random: &mut Random) -> Vec<i64> {
    let mut now = 1_655_000_000_000;
    let mut burst = 0;
    let mut next = || {
        burst = if random.below(10_000) == 0 { random.below(500) } else { u64::saturating_sub(burst, 1) };
        now += match random.below(1_000_000) {
            0 => random.below(10_000_000),
            1..20 => 1000 + random.below(60_000),
            _ if burst > 0 => random.below(2),
            _ => 1 + random.below(5),
        } as i64;
        now
    };
    (0..size).map(|_| next()).collect()
}

/// A walk with noise; one in a thousand is missing.
fn values(size: usize, random: &mut Random) -> Vec<f64> {
    let mut level = 0.0;
    let mut next = || {
        level += random.share() - 0.5;
        if random.below(1000) == 0 { f64::NAN } else { level + 10.0 * random.share() }
    };
    (0..size).map(|_| next()).collect()
}

/// How often something else was given the processor while this thread would have gone on; 0 where that is not told.
fn switches() -> u64 {
    let status = std::fs::read_to_string("/proc/thread-self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("nonvoluntary_ctxt_switches:"));
    line.and_then(|count| count.trim().parse().ok()).unwrap_or(0)
}

fn line(name: &str, figure: f64, unit: &str) {
    println!("  {name:<28}{figure:>9.2} {unit}");
}

/// `SplitMix64`: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn share(&mut self) -> f64 {
        self.next() as f64 / u64::MAX as f64
    }
}
