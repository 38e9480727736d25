//! Picks the face: the window, or the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    stedi_workbench::cli::run()
}
