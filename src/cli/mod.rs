//! The command line: the same work as the window, without one.

mod apart;
mod arguments;
mod cache;
mod compare;
mod curate;
mod doctor;
mod engine;
mod examples;
mod export;
mod generate;
mod lakehouse;
mod later;
mod manual;
mod owners;
mod packing;
mod plot;
mod remote;
mod report;
mod review;
mod screen;
mod sql;
mod verdicts;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::domain::foreign::visible;
use crate::jobs;
use crate::landing::Source;

use self::arguments::{Arguments, Command};

/// Done.
const DONE: u8 = 0;
/// Could not.
const COULD_NOT: u8 = 2;

/// Reads the arguments and does what they say.
pub fn run() -> ExitCode {
    jobs::panic_discreetly();
    let arguments = Arguments::parse();
    match carry_out(arguments) {
        Ok(code) => ExitCode::from(code),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // A path in it may have line breaks, and then words that are not this program's.
            writeln!(screen::err(), "stedi-workbench: {}", visible(&format!("{error:#}"))).ok();
            ExitCode::from(COULD_NOT)
        }
    }
}

fn carry_out(arguments: Arguments) -> anyhow::Result<u8> {
    match arguments.command {
        None => {
            let (landing, link) = handed_over(arguments.landing);
            open_window(landing, arguments.run, arguments.link.or(link).as_deref(), arguments.memory_limit)
        }
        Some(Command::Curate(arguments)) => curate::curate_job(&arguments),
        Some(Command::Count(arguments)) => curate::count_job(&arguments),
        Some(Command::Review(arguments)) => review::run(&arguments),
        Some(Command::Export(arguments)) => export::run(&arguments),
        Some(Command::Verify(arguments)) => later::verify_job(&arguments),
        Some(Command::Withdraw(arguments)) => later::withdraw_job(&arguments),
        Some(Command::Diff(arguments)) => later::diff_job(&arguments),
        Some(Command::Owners(arguments)) => owners::run(&arguments),
        Some(Command::Plot(arguments)) => plot::run(&arguments),
        Some(Command::Sql(arguments)) => sql::run(&arguments),
        Some(Command::Generate(arguments)) => generate::run(&arguments),
        Some(Command::Lakehouse(arguments)) => lakehouse::run(&arguments),
        Some(Command::Cache(arguments)) => cache::run(&arguments),
        Some(Command::Compare(arguments)) => compare::run(&arguments),
        Some(Command::Doctor(arguments)) => doctor::run(&arguments),
        Some(Command::Manual(arguments)) => manual::run(&arguments),
        Some(Command::Completions { shell }) => {
            let mut text = vec![];
            clap_complete::generate(shell, &mut Arguments::command(), "stedi-workbench", &mut text);
            screen::out().write_all(&text)?;
            Ok(DONE)
        }
    }
}

fn open_window(
    landing: Vec<PathBuf>,
    run: Option<PathBuf>,
    link: Option<&str>,
    memory_limit: Option<u64>,
) -> anyhow::Result<u8> {
    if cfg!(target_os = "linux") && ["DISPLAY", "WAYLAND_DISPLAY"].iter().all(|name| std::env::var_os(name).is_none()) {
        anyhow::bail!(
            "there is no display to open the window on (neither DISPLAY nor WAYLAND_DISPLAY is set). Without one, \
             count and curate work: try `stedi-workbench count sample_data` and `stedi-workbench --help`"
        );
    }
    crate::app::run(source(landing), run, link, memory_limit)?;
    Ok(DONE)
}

/// What a desktop hands over: paths, files as addresses, and a link to a view.
fn handed_over(given: Vec<PathBuf>) -> (Vec<PathBuf>, Option<String>) {
    let mut link = None;
    let mut paths = vec![];
    for path in given {
        match path.to_str() {
            Some(text) if text.starts_with("stedi:") => link = Some(text.to_owned()),
            Some(text) if text.starts_with("file:///") => paths.push(path_of(&text["file://".len()..])),
            _ => paths.push(path),
        }
    }
    (paths, link)
}

/// The path in the address of a file.
#[cfg(unix)]
fn path_of(address: &str) -> PathBuf {
    use std::os::unix::ffi::OsStringExt as _;
    std::ffi::OsString::from_vec(percent_encoding::percent_decode_str(address).collect()).into()
}

/// The path in the address of a file.
#[cfg(not(unix))]
fn path_of(address: &str) -> PathBuf {
    percent_encoding::percent_decode_str(address.trim_start_matches('/')).decode_utf8_lossy().into_owned().into()
}

/// One folder, or files; none for what the window opens by itself.
fn source(mut paths: Vec<PathBuf>) -> Option<Source> {
    match paths.len() {
        0 => None,
        1 if !paths[0].is_file() => Some(Source::Folder(paths.remove(0))),
        _ => Some(Source::Files(paths)),
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let closed = |cause: &std::io::Error| cause.kind() == std::io::ErrorKind::BrokenPipe;
    error.chain().any(|cause| cause.downcast_ref().is_some_and(closed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_desktop_hands_over_is_told_apart() {
        let given = ["/landing/of may", "file:///a%20b/%C3%A9", "stedi:view?v=1", "file.json"].map(PathBuf::from);
        let (paths, link) = handed_over(given.to_vec());
        assert_eq!(paths, ["/landing/of may", "/a b/é", "file.json"].map(PathBuf::from));
        assert_eq!(link.as_deref(), Some("stedi:view?v=1"));
    }
}
