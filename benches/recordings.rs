//! What one device among many costs: what became of its readings, everything that is drawn of it, and a line for each
//! device there is. Prints a line for each.
//!
//! `cargo bench --bench recordings -- [CUSTOMERS]`; a customer has about 85 accelerometer readings.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on should stop, and it prints"
)]

use std::time::Instant;

use stedi_workbench::curation::{Cell, curate};
use stedi_workbench::domain::{Duplicates, JoinRule, Progress, Recipe, Table, Withdrawn};
use stedi_workbench::explore::{Follow, about};
use stedi_workbench::generate::Generator;
use stedi_workbench::landing::{Source, read};
use stedi_workbench::signals::{By, other_motion, overview, record};

fn main() {
    let customers = std::env::args().filter_map(|argument| argument.parse().ok()).next_back().unwrap_or(120_000);
    let folder = tempfile::tempdir().unwrap();
    let files = folder.path().join("landing");
    Generator::new(customers).write(&files, &Progress::default()).unwrap();
    let landing = read(&Source::Folder(files), &Progress::default()).unwrap();
    let strict =
        Recipe { duplicates: Duplicates::Drop, join: JoinRule::Owner, consent_date: true, ..Recipe::default() };
    let nobody = Withdrawn::parse("nobody@example.com").unwrap();
    let withdrawn = Recipe { withdrawn: nobody, ..Recipe::default() };
    for (name, recipe) in [("default", Recipe::default()), ("strict", strict), ("with a withdrawal", withdrawn)] {
        let curation = curate(&landing, &recipe, &Progress::default()).unwrap();
        println!("{name} recipe");
        for table in Table::ALL {
            println!("  {:<34}{:>12}", table.name(), curation.rows(table));
        }
        let records = curation.view(Table::CustomerTrusted);
        let cell = |name| records.cell(records.rows() / 2, records.position(name).unwrap());
        let (Cell::Text(email), Cell::Text(serial)) = (cell("email"), cell("serialnumber")) else { return };
        let (device, person) = (Follow::Device(serial.to_owned()), Follow::Person(email.to_owned()));
        let rows = curation.view(Table::StepTrainerLanding).rows_with("serialnumber", serial);
        let quiet = Progress::default;
        timed("the rows of a phone", || curation.view(Table::AccelerometerLanding).rows_with("user", email));
        timed("fates of a device's distances", || curation.fates(Table::StepTrainerTrusted, &rows, &quiet()).unwrap());
        let records = curation.view(Table::CustomerLanding).rows_with("email", email);
        timed("fates of a customer's records", || curation.fates(Table::CustomerCurated, &records, &quiet()).unwrap());
        timed("pairs of a device's distances", || curation.pairs(&rows, &quiet()).unwrap());
        timed("recording of a device", || record(&device, None, &curation, &quiet()).unwrap());
        timed("recording of a customer", || record(&person, None, &curation, &quiet()).unwrap());
        timed("motion of somebody else", || other_motion(&curation, email, &quiet()).unwrap());
        timed("about a device", || about(&device, &landing, &curation, &quiet()).unwrap());
        let lines = timed("overview of all devices", || overview(&curation, &quiet()).unwrap());
        timed("overview in order", || By::Foreign.order(&lines, true));
        println!("  {:<34}{:>12}", "lines", lines.len());
    }
}

fn timed<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let result = work();
    println!("  {name:<34}{:>9.1} ms", started.elapsed().as_secs_f64() * 1000.0);
    result
}
