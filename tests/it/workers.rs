//! Workers that panic, one after the other, in a window that somebody goes on using: it is said, the rest works, and what failed can
//! be had again.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use egui_kittest::kittest::Queryable as _;
use stedi_workbench::domain::{JoinRule, Recipe, Table};
use stedi_workbench::explore::{Follow, Selection};
use stedi_workbench::jobs::before_work;
use stedi_workbench::picture::scene::Scene;
use stedi_workbench::picture::{Coloring, Picture};
use stedi_workbench::review::{Differing, FigureId};
use stedi_workbench::state::{Beside, Command, ExportOutcome, Only, Shown, State, Theme, Under};

use crate::support::{Window, by_itself, sample_data, write};

/// Those that a user of the window sets to work, but for file dialogs and other machines.
const WORKERS: [&str; 39] = [
    "load",
    "keep",
    "watch",
    "curate",
    "checks",
    "joins",
    "rules",
    "owners",
    "example",
    "behind",
    "trail",
    "preview",
    "export",
    "past",
    "opened",
    "prove",
    "lists",
    "report",
    "open recipe",
    "save recipe",
    "save view",
    "save picture",
    "save",
    "session",
    "kit",
    "copy",
    "add up",
    "ask",
    "dropped",
    "look",
    "summarise",
    "consent",
    "doctor",
    "overview",
    "record",
    "other",
    "measure",
    "compare",
    "differ",
];

/// What is said of one that did.
const STOPPED: &str = "stopped unexpectedly";

/// Which worker panics, and whether it did.
static DISTURBED: Mutex<(&str, bool)> = Mutex::new(("", false));

fn disturbed() -> MutexGuard<'static, (&'static str, bool)> {
    DISTURBED.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn whichever_worker_panics_it_is_said_and_what_failed_can_be_had_again() {
    // The process is disturbed as a whole.
    let run = by_itself("workers::one_after_the_other_panics");
    let said = String::from_utf8_lossy(&run.stderr);
    let end: Vec<&str> = said.lines().rev().take(40).collect();
    assert!(run.status.success(), "{}", end.into_iter().rev().collect::<Vec<_>>().join("\n"));
}

#[test]
#[ignore = "panics on purpose, in a process of its own"]
fn one_after_the_other_panics() {
    const LONGEST: Duration = Duration::from_secs(30);
    let mut wrong = vec![];
    before_work(|worker| {
        let mut disturbed = disturbed();
        if disturbed.0 == worker {
            disturbed.1 = true;
            drop(disturbed);
            panic!("this panic belongs to the test");
        }
    });
    let home = tempfile::tempdir().unwrap();
    let mut window = Window::open_folder(&sample_data());
    for worker in WORKERS {
        *disturbed() = (worker, false);
        let (mut is_said, started) = (false, Instant::now());
        while !(is_said && disturbed().1) && started.elapsed() < LONGEST {
            is_said |= everything(&mut window, home.path());
        }
        let panicked = std::mem::take(&mut *disturbed()).1;
        let (mut fails, started) = (true, Instant::now());
        while fails && started.elapsed() < LONGEST {
            fails = everything(&mut window, home.path());
        }
        if !panicked || !is_said || fails {
            wrong.push(format!("{worker}: panicked {panicked}, said {is_said}, fails ever after {fails}"));
        }
        let curation = window.harness.state().state().curation.value().unwrap();
        assert_eq!(curation.rows(Table::CustomerLanding), 150, "{worker}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Sets every worker to work, and tells whether the window said that one of them stopped.
fn everything(window: &mut Window, home: &Path) -> bool {
    let state = window.harness.state().state();
    let landed = state.landing.value().unwrap().landing.dictionaries();
    let devices: Vec<String> = landed.devices.iter().take(2).map(str::to_owned).collect();
    let person = landed.people.get(0).unwrap().to_owned();
    let by_owner = Recipe { join: JoinRule::Owner, ..Recipe::default() };
    let (list, out) = (write(home, "list.txt", "1-2\n"), home.join("out"));
    let recipe = write(home, "recipe.json", Recipe::default().to_json());
    let table = Shown::Table(Table::MachineLearningCurated);
    let all = Selection { anchor: (0, 0), head: (5_000, 3) };
    let picture = Picture { scene: Scene::default(), title: "Nothing".to_owned(), coloring: Coloring::of(true) };
    // A table whose view may be saved whoever signed.
    let landed = Shown::Table(Table::AccelerometerLanding);
    let behind = FigureId::Rule { rule: JoinRule::Owner, which: Differing::OnlyHere };
    let beside = Beside { shown: table, under: Under::Specified, only: Only::Here, ..Beside::default() };
    let notices = state.notices.len();
    let mut commands: Vec<Command> = (0..notices).map(|_| Command::Dismiss(0)).collect();
    commands.extend([
        Command::Reload,
        Command::Watch(true),
        Command::SetRecipe(Recipe::default()),
        Command::RetryDropped,
        Command::RetryConsent,
        Command::RetryReview,
        Command::RetryBehind,
        Command::RetryExport,
        Command::RetrySignals,
        Command::Show(table),
        Command::Select(table, all),
        Command::Copy { titles: false },
        Command::SetTheme(Theme::Dark),
        Command::SetTheme(Theme::Light),
        Command::SaveRecipeTo(home.join("saved.json")),
        Command::SavePictureTo(home.join("picture.svg"), Arc::new(picture)),
        Command::WriteKitTo(home.join("kit")),
        Command::Show(Shown::Dropped { table: Table::CustomerTrusted, step: 0, stood: None }),
        Command::Show(Shown::Consent),
        Command::Show(Shown::Signals),
        Command::Compare(devices.clone()),
        Command::Follow(Some(Follow::Device(devices[0].clone()))),
        Command::LayOver(Some(person)),
        Command::ChooseRange(Some((0, i64::MAX))),
        Command::Follow(None),
        Command::Show(Shown::Review),
        Command::SaveReportTo(home.join("report.html")),
        Command::Show(Shown::Behind(behind)),
        Command::Show(Shown::Sql),
        Command::Ask("SELECT COUNT(*) AS n FROM customer_landing".to_owned()),
        Command::SetRecipe(by_owner),
        Command::SetBeside(Some(beside)),
        Command::SetBeside(None),
        Command::SignOff { who: "A. Name".to_owned() },
        Command::Show(Shown::Export),
        Command::ExportTo { place: out.clone(), replace: true },
        Command::OpenExport(out.clone()),
        Command::VerifyExport(out),
        Command::SearchFor(list),
        Command::OpenRecipe(recipe),
        Command::Show(landed),
    ]);
    let ask = |window: &mut Window, command| {
        window.harness.state_mut().ask(command);
        for _ in 0..5 {
            window.harness.step();
            std::thread::sleep(Duration::from_millis(3));
        }
        window.harness.query_all_by_label_contains(STOPPED).next().is_some()
            || said_elsewhere(window.harness.state().state())
    };
    let mut is_said = false;
    for command in commands {
        is_said |= ask(window, command);
    }
    let sight = window.harness.state().state().sight();
    sight.is_some_and(|sight| ask(window, Command::SaveViewTo(home.join("view.csv"), Arc::new(sight)))) || is_said
}

/// Whether it is said in a notice, or in a part of the page that is shown once somebody asks for it.
fn said_elsewhere(state: &State) -> bool {
    let (review, signals, exporting) = (&state.review, &state.signals, &state.exporting);
    let parts = [
        review.joins.error(),
        review.rules.error(),
        review.owners.error(),
        review.trail.error(),
        signals.other_track.error(),
        signals.measured.error(),
        signals.comparison.error(),
        exporting.preview.error(),
        exporting.past.error(),
        exporting.opened.error(),
        exporting.proof.error(),
        exporting.searched.error(),
        state.other.differences.error(),
        state.sums.error(),
        state.verdicts.error(),
    ];
    let export = exporting.outcome.as_ref().and_then(|outcome| match outcome {
        ExportOutcome::Failed(error) => Some(error.as_str()),
        _ => None,
    });
    let query = state.sql.fault.as_ref().map(|(_, fault)| fault.message.as_str());
    let notices = state.notices.iter().map(|notice| notice.text.as_str());
    parts.into_iter().flatten().chain(export).chain(query).chain(notices).any(|words| words.contains(STOPPED))
}
