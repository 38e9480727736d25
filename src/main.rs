//! Picks the face: window or command line.

fn main() -> anyhow::Result<()> {
    let source = std::env::args_os().nth(1).map(|path| stedi_workbench::landing::Source::Folder(path.into()));
    stedi_workbench::app::run(source)
}
