//! `generate`: made-up landing files.

use std::io::Write as _;

use anyhow::Context as _;

use crate::domain::format::{bytes, counted};
use crate::domain::{Dataset, Progress};
use crate::generate::{Generator, sample};

use super::DONE;
use super::arguments::GenerateArguments;

/// Writes the files and says what they hold. Gives the exit code.
pub fn run(arguments: &GenerateArguments) -> anyhow::Result<u8> {
    super::remote::only_here([&arguments.out])?;
    let generator = if arguments.sample {
        sample()
    } else {
        let customers = arguments.customers.context("--customers is missing")?;
        Generator { seed: arguments.seed, defects: arguments.defects.clone(), ..Generator::new(customers) }
    };
    let generated = generator.write(&arguments.out, &Progress::default())?;
    let mut out = super::screen::out();
    for dataset in Dataset::ALL {
        writeln!(out, "{:<16}{:>16}", dataset.name(), counted(generated.records(dataset), "record"))?;
    }
    let files = counted(generated.files.len() as u64, "file");
    writeln!(out, "{files}, {} in {}", bytes(generated.bytes()), arguments.out.display())?;
    Ok(DONE)
}
