//! `doctor`: what of this machine the program can use, and what to do where it cannot.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use crate::app::Settings;
use crate::domain::format::bytes;
use crate::export::write_own_file;
use crate::jobs;
use crate::landing;

use super::arguments::VERSION;
use super::curate::NOT_AS_IT_SHOULD_BE;
use super::examples::DOCTOR_EXAMPLES;
use super::{DONE, screen};

/// How to say it.
#[derive(Debug, Args)]
#[command(after_help = DOCTOR_EXAMPLES)]
pub struct DoctorArguments {
    /// Print one JSON object, and nothing else
    #[arg(long)]
    pub json: bool,
}

/// Something that was looked at.
struct Finding {
    what: &'static str,
    state: Found,
    says: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Works,
    /// It is not there, and the program works without: what it does then is said.
    Missing,
    Fails,
}

impl Found {
    fn works(works: bool) -> Self {
        if works { Self::Works } else { Self::Fails }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::Missing => "missing",
            Self::Fails => "fails",
        }
    }
}

/// Looks at everything, and says what works. Gives the exit code.
pub fn run(arguments: &DoctorArguments) -> anyhow::Result<u8> {
    let settings = Settings::at_home();
    let mut findings = vec![machine(), display(), drawing(), dialogs()];
    findings.extend(settings.places().into_iter().map(|(what, folder)| place(what, folder)));
    let is_well = findings.iter().all(|finding| finding.state != Found::Fails);
    let mut out = screen::out();
    if arguments.json {
        let list: Vec<_> = findings
            .iter()
            .map(|Finding { what, state, says }| json!({ "what": what, "works": *state != Found::Fails, "says": says }))
            .collect();
        writeln!(out, "{}", json!({ "version": VERSION, "works": is_well, "findings": list }))?;
    } else {
        writeln!(out, "stedi-workbench {VERSION}")?;
        for Finding { what, state, says } in &findings {
            writeln!(out, "{:<8} {what:<14}{says}", state.name())?;
        }
    }
    Ok(if is_well { DONE } else { NOT_AS_IT_SHOULD_BE })
}

fn machine() -> Finding {
    let cores = jobs::cores();
    let limit = Settings::at_home().memory();
    let says = format!(
        "{} on {}, {cores} cores, {} of memory; more than {} stays on the disk in the window",
        std::env::consts::OS,
        std::env::consts::ARCH,
        bytes(landing::memory()),
        bytes(limit)
    );
    Finding { what: "machine", state: Found::Works, says }
}

/// Whether somebody answers where the display is said to be. On systems other than Linux there always is one.
fn display() -> Finding {
    let what = "display";
    if !cfg!(target_os = "linux") {
        return Finding { what, state: Found::Works, says: "the system's own".to_owned() };
    }
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let socket = match (set("WAYLAND_DISPLAY"), set("DISPLAY")) {
        (Some(display), _) => {
            let folder = set("XDG_RUNTIME_DIR").unwrap_or_default();
            Some((format!("Wayland, {display}"), Path::new(&folder).join(display)))
        }
        (None, Some(display)) => {
            let number = display.strip_prefix(':').and_then(|rest| rest.split('.').next()).map(str::to_owned);
            let socket = number.map_or_else(PathBuf::new, |number| PathBuf::from(format!("/tmp/.X11-unix/X{number}")));
            Some((format!("X11, {display}"), socket))
        }
        (None, None) => None,
    };
    let (works, says) = match socket {
        None => (
            false,
            "none (neither DISPLAY nor WAYLAND_DISPLAY is set): the window cannot open, every command works".to_owned(),
        ),
        Some((name, socket)) if socket.as_os_str().is_empty() => (true, format!("{name}, on another machine")),
        Some((name, socket)) if socket.exists() => (true, name),
        Some((name, socket)) => (
            false,
            format!("{name}: nobody is there ({} is missing). Is it the display of this session?", socket.display()),
        ),
    };
    Finding { what, state: Found::works(works), says }
}

/// Whether what the window draws with is installed: it is loaded when the window opens.
fn drawing() -> Finding {
    let what = "drawing";
    if !cfg!(target_os = "linux") {
        return Finding { what, state: Found::Works, says: "OpenGL of the system".to_owned() };
    }
    let folders = ["/usr/lib", "/usr/lib64", "/lib", "/usr/local/lib"].map(PathBuf::from);
    let below =
        folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten().map(|entry| entry.path());
    let places: Vec<PathBuf> = folders.iter().cloned().chain(below.filter(|path| path.is_dir())).collect();
    let has = |library: &str| places.iter().any(|folder| folder.join(library).exists());
    let missing: Vec<&str> =
        ["libEGL.so.1", "libGL.so.1", "libxkbcommon.so.0"].into_iter().filter(|library| !has(library)).collect();
    let gpu = if Path::new("/dev/dri").exists() {
        "with the machine's graphics"
    } else {
        "by the processor (Mesa), since there is no /dev/dri"
    };
    match missing.as_slice() {
        [] => Finding { what, state: Found::Works, says: format!("OpenGL, {gpu}") },
        missing => {
            let says = format!(
                "{} is missing: apt-get install libegl1 libgl1 libgl1-mesa-dri libxkbcommon0",
                missing.join(", ")
            );
            Finding { what, state: Found::Fails, says }
        }
    }
}

/// Whether files can be chosen in the window's dialogs.
fn dialogs() -> Finding {
    let has_bus = !cfg!(target_os = "linux") || std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some();
    let says = if has_bus {
        "of the system".to_owned()
    } else {
        // It works without: nothing is broken.
        "none (there is no session bus): drop files on the window, or name them on the command line".to_owned()
    };
    Finding { what: "file dialogs", state: if has_bus { Found::Works } else { Found::Missing }, says }
}

/// Whether a folder can be written to, or made.
fn place(what: &'static str, folder: Option<PathBuf>) -> Finding {
    let Some(folder) = folder else {
        return Finding { what, state: Found::Fails, says: "this system has no such folder; is HOME set?".to_owned() };
    };
    let there = folder.ancestors().find(|folder| folder.exists()).unwrap_or(&folder).to_owned();
    let probe = there.join(format!(".stedi-workbench-doctor-{}", std::process::id()));
    let written = write_own_file(&probe, b"");
    fs::remove_file(&probe).ok();
    let room = landing::room(&there).map_or_else(String::new, |room| format!(", {} free", bytes(room)));
    match written {
        Ok(()) => Finding { what, state: Found::Works, says: format!("{}{room}", folder.display()) },
        Err(error) => {
            Finding { what, state: Found::Fails, says: format!("{} cannot be written: {error}", folder.display()) }
        }
    }
}
