//! How often the inferred owners are the right ones, and how long it takes to find them: `cargo bench --bench owners`.
//!
//! 10,000 customers with each situation of `situations.rs`; then 10 million accelerometer readings as they landed.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints, and stops where it cannot go on")]

mod situations;

use std::time::Instant;

use stedi_workbench::domain::{OwnerRules, Progress};
use stedi_workbench::generate::Generator;
use stedi_workbench::landing::{Landing, Source, read};

fn main() {
    let rules = OwnerRules::default();
    println!(
        "{:<56}{:>9}{:>10}{:>9}{:>11}{:>9}",
        "10,000 devices", "assigned", "precision", "recall", "ambiguous", "seconds"
    );
    for situation in situations::situations(&generated(10_000)) {
        let started = Instant::now();
        let findings = situation.infer(&rules);
        let seconds = started.elapsed().as_secs_f64();
        let score = situation.score(&findings);
        println!(
            "{:<56}{:>9}{:>10.4}{:>9.4}{:>11}{:>9.2}",
            situation.name,
            score.assigned,
            score.precision(),
            score.recall(),
            score.ambiguous,
            seconds
        );
    }
    let landing = generated(120_000);
    let readings = landing.frame(stedi_workbench::domain::Dataset::Accelerometer).height();
    let situation = situations::situations(&landing).remove(0);
    let started = Instant::now();
    let findings = situation.infer(&rules);
    let score = situation.score(&findings);
    println!(
        "{readings} accelerometer readings: {:.2} s, precision {:.4}, recall {:.4}",
        started.elapsed().as_secs_f64(),
        score.precision(),
        score.recall()
    );
}

fn generated(customers: u64) -> Landing {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("landing");
    Generator::new(customers).write(&out, &Progress::default()).unwrap();
    read(&Source::Folder(out), &Progress::default()).unwrap()
}
