//! Tells the program of which commit it is built, where that is known.

use std::process::Command;

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // What is packed in an archive is of no commit, also where that lies in somebody else's repository.
    let is_ours = std::path::Path::new(".git").exists();
    let commit = git(&["rev-parse", "--short=10", "HEAD"]).filter(|_| is_ours);
    if let Some(log) = git(&["rev-parse", "--git-path", "logs/HEAD"]).filter(|_| is_ours) {
        println!("cargo::rerun-if-changed={log}");
    }
    let commit = commit.map(|commit| format!(" ({commit})")).unwrap_or_default();
    println!("cargo::rustc-env=STEDI_COMMIT={commit}");
}
