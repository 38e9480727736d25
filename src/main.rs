//! Picks the face: the window, or the command line.

use std::process::ExitCode;

/// Columns are large and short-lived: this allocator keeps their pages, where the system's gives them back and asks for
/// them again.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    stedi_workbench::cli::run()
}
