//! Thousands of random things that users do, in the real app: after each, the figures add up, the gate is closed unless
//! somebody signed, nobody is named whose data is masked, and no frame took long. A run that fails is made shorter.

mod action;
mod folders;

use std::cell::RefCell;
use std::fs;
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{By, NodeT as _, Queryable as _};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};
use stedi_workbench::app::Settings;
use stedi_workbench::domain::{CheckId, Dataset, Format, JoinRule, Recipe, Table, TimeRelease, Withdrawn};
use stedi_workbench::explore::{Filter, Follow, Query, Selection, Test};
use stedi_workbench::landing::Source;
use stedi_workbench::state::{Command, Slot, State, Theme};

use self::action::{Action, action, beside, pages};
use self::folders::Folders;
use crate::support::Window;

/// The most that frames may compute: less than is felt even on a slow machine.
const MOST_COMPUTED: Duration = Duration::from_millis(100);
/// The most that a frame may take by the clock: far more, since other programs run at the same time. One that waits for a worker
/// or a disk is over it sooner or later.
const MOST_TAKEN: Duration = Duration::from_secs(3);

/// The app, and what is known of what was done to it.
struct Soak<'f> {
    window: Window,
    folders: &'f Folders,
    desk: tempfile::TempDir,
    /// Sources and recipes whose tables somebody asked to sign.
    signed: Vec<(Source, Recipe)>,
    written: usize,
    /// Whether anything is shown or typed that is somebody's.
    shows_people: bool,
    /// The most that a frame computed, and took. Told at the end: a shorter run would not show it again.
    slowest: Slowest,
    /// How often something of weight came about, so that a run that only clicks into the void is told.
    happened: Happened,
}

#[derive(Clone, Copy, Debug, Default)]
struct Happened {
    sources: u32,
    tables: u32,
    undone: u32,
    open_gates: u32,
    exports: u32,
    views: u32,
    cancelled: u32,
}

/// The most that frames computed and took.
#[derive(Clone, Copy, Debug, Default)]
struct Slowest {
    /// The two that computed the most. A single one can be the machine, which was away or had to find memory: what is slow in
    /// the program is slow again.
    computed: [Duration; 2],
    took: Duration,
}

impl Slowest {
    fn note(&mut self, computed: Duration, took: Duration) {
        let [most, second] = self.computed;
        self.computed = [most.max(computed), second.max(most.min(computed))];
        self.took = self.took.max(took);
    }

    fn check(&self) {
        let [most, second] = self.computed;
        let is_quick = most < MOST_COMPUTED * 3 && second < MOST_COMPUTED && self.took < MOST_TAKEN;
        assert!(is_quick, "a frame is slow: {self:?}");
    }
}

impl<'f> Soak<'f> {
    fn new(folders: &'f Folders) -> Self {
        let desk = tempfile::tempdir().unwrap();
        let settings = Settings::at(desk.path().join("home/settings.json"));
        let mut window = Window::open_with(settings, Some(Source::Folder(folders.paths[0].clone())));
        window.harness.state_mut().answer_dialogs(Some(vec![])).unwrap();
        let shows_people = false;
        Self {
            window,
            folders,
            desk,
            signed: vec![],
            written: 0,
            shows_people,
            slowest: Slowest::default(),
            happened: Happened::default(),
        }
    }

    fn state(&self) -> &State {
        self.window.harness.state().state()
    }

    fn carry_out(&mut self, action: &Action) -> Result<(), TestCaseError> {
        let before = self.state().choices().clone();
        let steps = self.state().history.position();
        let command = match action.clone() {
            Action::Open(which) => {
                self.happened.sources += 1;
                Command::OpenPaths(vec![self.folders.paths[which].clone()])
            }
            Action::Reload => Command::Reload,
            Action::Cancel => {
                self.happened.cancelled += u32::from(self.state().work.is_some());
                Command::Cancel
            }
            Action::Recipe(recipe) => Command::SetRecipe(recipe),
            Action::Withdraw(who) => match self.person(who) {
                Some(who) => {
                    let withdrawn = Withdrawn::parse(&who).unwrap();
                    Command::SetRecipe(Recipe { withdrawn, ..before.recipe.clone() })
                }
                None => return self.frames(1),
            },
            Action::Show(page) => {
                let pages = pages();
                Command::Show(pages[page % pages.len()])
            }
            Action::Beside(which) => beside(which),
            Action::Filter(column, from, until) => match self.column(column) {
                Some(column) => {
                    let mut query = before.query();
                    query.set(Filter { column, test: Test::Within(from, until), on: true });
                    Command::SetQuery(before.shown, query)
                }
                None => return self.frames(1),
            },
            Action::Find(find) => Command::SetQuery(before.shown, Query { find, ..before.query() }),
            Action::Sort(column, also) => match self.column(column) {
                Some(column) => {
                    let mut query = before.query();
                    query.turn(column, also);
                    Command::SetQuery(before.shown, query)
                }
                None => return self.frames(1),
            },
            Action::Hide(column, _) | Action::Pin(column, _) => match self.column(column) {
                Some(column) => {
                    let mut layout = before.layout();
                    match action {
                        Action::Hide(_, hidden) => layout.hide(column, *hidden),
                        _ => layout.pin(column, matches!(action, Action::Pin(_, true))),
                    }
                    Command::SetColumns(before.shown, layout)
                }
                None => return self.frames(1),
            },
            Action::Select(row, column, to) => {
                Command::Select(before.shown, Selection { anchor: (row % 50, column), head: (to % 200, column) })
            }
            Action::Follow(who, false) => Command::Follow(self.person(who).map(Follow::Person)),
            Action::Follow(which, true) => Command::Follow(self.device(which).map(Follow::Device)),
            Action::FollowNobody => Command::Follow(None),
            Action::Undo => Command::Undo,
            Action::Redo => Command::Redo,
            Action::GoTo(place) => Command::GoTo(place),
            Action::Accept(check) => Command::Accept {
                check: check_id(check),
                who: "Q. A.".to_owned(),
                why: "it was looked into".to_owned(),
            },
            Action::Revoke(check) => Command::Revoke {
                check: check_id(check),
                who: "Q. A.".to_owned(),
                why: "on second thoughts".to_owned(),
            },
            Action::SignOff => {
                // What is on the screen, which is not what is being opened meanwhile.
                self.signed.extend(self.shown());
                Command::SignOff { who: "Q. A.".to_owned() }
            }
            Action::Export(which) => {
                let mut export = before.export.clone();
                let packaging = &mut export.packaging;
                packaging.format = [Format::Csv, Format::Parquet, Format::Ndjson][which % 3];
                packaging.time = [TimeRelease::Elapsed, TimeRelease::Shifted][which / 3 % 2];
                Command::SetExport(export)
            }
            Action::ExportTo => return self.export(),
            Action::SaveView => {
                self.written += 1;
                let last = self.desk.path().join(format!("view-{}.csv", self.written - 1));
                self.happened.views += u32::from(last.exists());
                let path = self.desk.path().join(format!("view-{}.csv", self.written));
                match self.state().sight() {
                    Some(sight) => Command::SaveViewTo(path, sight.into()),
                    None => return self.frames(1),
                }
            }
            Action::Reveal(revealed) => Command::Reveal(revealed),
            Action::Theme(dark) => Command::SetTheme(if dark { Theme::Dark } else { Theme::Light }),
            Action::Copy => Command::Copy { titles: true },
            Action::Click(which) => return self.click(which),
            Action::Press(which) => {
                const KEYS: [(Modifiers, Key); 12] = [
                    (Modifiers::NONE, Key::Escape),
                    (Modifiers::NONE, Key::Tab),
                    (Modifiers::NONE, Key::Enter),
                    (Modifiers::NONE, Key::ArrowDown),
                    (Modifiers::SHIFT, Key::ArrowDown),
                    (Modifiers::NONE, Key::PageDown),
                    (Modifiers::NONE, Key::End),
                    (Modifiers::COMMAND, Key::A),
                    (Modifiers::COMMAND, Key::C),
                    (Modifiers::COMMAND, Key::F),
                    (Modifiers::COMMAND, Key::Z),
                    (Modifiers::COMMAND, Key::Y),
                ];
                let (modifiers, key) = KEYS[which % KEYS.len()];
                self.window.harness.key_press_modifiers(modifiers, key);
                return self.frames(1);
            }
            Action::Type(text) => {
                let field = self.window.harness.query_all_by_role(Role::TextInput).next();
                // Never a name: only what this test asks for itself may be signed.
                if let Some(field) =
                    field.filter(|field| field.accesskit_node().label().as_deref() != Some("Your name"))
                {
                    field.type_text(&text);
                }
                return self.frames(2);
            }
            Action::Settle => return self.settle(),
            Action::Frames(number) => return self.frames(number),
        };
        self.window.harness.state_mut().ask(command);
        self.frames(1)?;
        let is_step = self.state().history.position() == steps + 1
            && !matches!(action, Action::Redo | Action::GoTo(_) | Action::Open(_) | Action::Reload);
        if is_step {
            self.goes_back_and_forth(&before)?;
        }
        Ok(())
    }

    /// What was just done is undone and done again.
    fn goes_back_and_forth(&mut self, before: &stedi_workbench::state::Choices) -> Result<(), TestCaseError> {
        let after = self.state().choices().clone();
        let source = self.state().landing.value().map(|loaded| loaded.landing.source.clone());
        self.window.harness.state_mut().ask(Command::Undo);
        self.frames(1)?;
        let undone = self.state().choices().clone();
        self.window.harness.state_mut().ask(Command::Redo);
        self.frames(1)?;
        // What is finished meanwhile can be another source, or take back what was stopped.
        self.happened.undone += u32::from(undone != after);
        let is_same = self.state().landing.value().map(|loaded| loaded.landing.source.clone()) == source;
        if is_same && self.state().history.redo_label().is_none() && !self.state().curation.is_loading() {
            prop_assert_eq!(&undone.recipe, &before.recipe, "undo gives the recipe back");
            prop_assert_eq!(&undone.queries, &before.queries, "undo gives filters and orders back");
            prop_assert_eq!(&undone.columns, &before.columns, "undo gives the columns back");
            prop_assert_eq!(&undone.follow, &before.follow, "undo gives back whom the tables are narrowed to");
            prop_assert_eq!(&undone.export, &before.export, "undo gives the packaging back");
            prop_assert_eq!(&self.state().choices().recipe, &after.recipe, "redo makes it again");
            prop_assert_eq!(&self.state().choices().queries, &after.queries, "redo makes it again");
        }
        Ok(())
    }

    /// An export is there only if somebody signed these tables.
    fn export(&mut self) -> Result<(), TestCaseError> {
        self.written += 1;
        let place = self.desk.path().join(format!("export-{}", self.written));
        let may = |soak: &Self| soak.state().review.signed_off().is_some();
        let before = may(self);
        self.window.harness.state_mut().ask(Command::ExportTo { place: place.clone(), replace: false });
        self.frames(1)?;
        let after = may(self);
        self.settle()?;
        self.happened.exports += u32::from(place.exists());
        prop_assert!(!place.exists() || before || after, "an export without a signature");
        Ok(())
    }

    /// Whose tables are shown: of which source, by which recipe.
    fn shown(&self) -> Option<(Source, Recipe)> {
        let (loaded, curation) = (self.state().landing.value()?, self.state().curation.value()?);
        Some((loaded.landing.source.clone(), curation.recipe.clone()))
    }

    fn person(&self, which: usize) -> Option<String> {
        let people = &self.state().landing.value()?.landing.dictionaries().people;
        people.get((which % people.len().max(1)) as u32).map(str::to_owned)
    }

    fn device(&self, which: usize) -> Option<String> {
        let devices = &self.state().landing.value()?.landing.dictionaries().devices;
        devices.get((which % devices.len().max(1)) as u32).map(str::to_owned)
    }

    fn column(&self, which: usize) -> Option<&'static str> {
        let columns = self.state().choices().shown.table()?.schema();
        Some(columns[which % columns.len()].name)
    }

    /// Clicks on something that can be clicked on.
    fn click(&mut self, which: usize) -> Result<(), TestCaseError> {
        let can_be_clicked = |role| {
            matches!(role, Role::Button | Role::CheckBox | Role::RadioButton | Role::ComboBox | Role::Tab | Role::Link)
        };
        let nodes = By::new().recursive(true).predicate(move |node| can_be_clicked(node.role()) && !node.is_disabled());
        let nodes: Vec<_> = self.window.harness.query_all(nodes).collect();
        if let Some(node) = (!nodes.is_empty()).then(|| nodes[which % nodes.len()]) {
            node.click();
        }
        self.frames(2)
    }

    fn settle(&mut self) -> Result<(), TestCaseError> {
        let started = Instant::now();
        let is_at_work = |state: &State| {
            let review = &state.review;
            let is_reviewing = review.checks.is_loading() || review.trail.is_loading() || review.trail_is_busy;
            state.work.is_some()
                || state.curation.is_loading()
                || matches!(state.curation, Slot::Ready(_)) && is_reviewing
        };
        self.frames(2)?;
        while is_at_work(self.state()) {
            self.frames(1)?;
            prop_assert!(started.elapsed() < Duration::from_secs(120), "it never settles");
            std::thread::sleep(Duration::from_millis(1));
        }
        self.frames(2)
    }

    fn frames(&mut self, number: usize) -> Result<(), TestCaseError> {
        for _ in 0..number {
            let (started, computed) = (Instant::now(), processor_time());
            self.window.harness.step();
            let (took, computed) = (started.elapsed(), processor_time() - computed);
            self.slowest.note(computed, took);
            self.holds()?;
        }
        Ok(())
    }

    /// What always holds.
    fn holds(&mut self) -> Result<(), TestCaseError> {
        let state = self.window.harness.state().state();
        self.happened.tables += u32::from(matches!(state.curation, Slot::Ready(_)));
        self.happened.open_gates += u32::from(state.review.signed_off().is_some());
        if let (Some(loaded), Slot::Ready(curation)) = (state.landing.value(), &state.curation) {
            for dataset in Dataset::ALL {
                let landed = Table::ALL.into_iter().find(|table| table.dataset() == Some(dataset)).unwrap();
                prop_assert_eq!(curation.rows(landed), loaded.landing.rows(dataset), "{:?}", dataset);
            }
            for count in Table::derived().filter_map(|table| curation.count(table)) {
                prop_assert!(count.adds_up(), "{count:?}");
                prop_assert_eq!(count.rows, curation.rows(count.table));
            }
            prop_assert!(state.choices().are_made(curation), "tables of another recipe are shown as those of this one");
        }
        if state.review.signed_off().is_some() {
            prop_assert!(matches!(state.curation, Slot::Ready(_)), "the gate is open while there are no tables");
            let is_signed = self.shown().is_some_and(|shown| self.signed.contains(&shown));
            prop_assert!(is_signed, "the gate is open and nobody signed");
        }
        self.shows_people |= state.revealed;
        let is_masked = !state.revealed && !self.shows_people;
        if is_masked {
            let labels = self.window.harness.root().children_recursive();
            for text in
                labels.filter_map(|node| node.accesskit_node().label().or_else(|| node.accesskit_node().value()))
            {
                prop_assert!(
                    !self.folders.secrets.contains(text.trim().trim_end_matches('.')),
                    "somebody is shown though all is masked"
                );
            }
        }
        // Once masked again, nothing of them is left after the next frame.
        self.shows_people = state.revealed;
        Ok(())
    }
}

fn check_id(which: usize) -> CheckId {
    CheckId::ALL[which % CheckId::ALL.len()]
}

/// How long this thread has computed.
fn processor_time() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split(' ').next().and_then(|nanoseconds| nanoseconds.parse().ok()).unwrap_or_default())
}

/// The memory of this process that is its own, in bytes.
fn memory() -> u64 {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("RssAnon:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or_default() * 1024
}

/// Runs so many actions, from a seed, and again with fewer if they fail.
fn run(seed: u64, cases: u32, actions: usize, mut after: impl FnMut(&Soak<'_>, usize)) {
    let folders = Folders::new();
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 200,
        max_shrink_time: 600_000,
        ..Config::default()
    };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let (after, failed) = (RefCell::new(&mut after), RefCell::new(false));
    let result = runner.run(&prop::collection::vec(action(), actions), |actions| {
        let mut soak = Soak::new(&folders);
        for (number, action) in actions.iter().enumerate() {
            soak.carry_out(action).map_err(|error| {
                let why = format!("{error}; after {action:?}, action {number}");
                if !std::mem::replace(&mut *failed.borrow_mut(), true) {
                    eprintln!("seed {seed}: {why}; looking for a shorter run");
                }
                TestCaseError::fail(why)
            })?;
            after.borrow_mut()(&soak, number);
        }
        soak.settle()
    });
    match result {
        Ok(()) => {}
        // The reason comes last: a log may be cut.
        Err(TestError::Fail(why, actions)) => panic!("the shortest run found: {actions:?}\nseed {seed}: {why}"),
        Err(TestError::Abort(why)) => panic!("seed {seed}: {why}"),
    }
}

#[test]
fn whatever_users_do_what_holds_always_holds() {
    run(1, 3, 120, |soak, _| soak.slowest.check());
}

/// As many actions as somebody makes in an hour and more, one every second. `make check-soak` runs it, by itself, since it measures memory.
#[test]
#[ignore = "long, and measures memory; make check-soak"]
fn an_hour_of_use_leaves_memory_as_it_was() {
    let number = |name: &str, usual| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (seed, actions) = (number("SOAK_SEED", 42), number("SOAK_ACTIONS", 3_600) as usize);
    let mut measured = vec![];
    let (mut slowest, mut happened) = <(Slowest, Happened)>::default();
    run(seed, 1, actions, |soak, action| {
        (slowest, happened) = (soak.slowest, soak.happened);
        if action % (actions / 12).max(1) == 0 {
            measured.push(memory() >> 20);
        }
    });
    eprintln!("{actions} actions from seed {seed}; memory {measured:?} MiB; {slowest:?}; {happened:?}");
    slowest.check();
    let Happened { sources, tables, undone, open_gates, exports, views, cancelled } = happened;
    for (what, times) in [
        ("sources", sources),
        ("tables", tables),
        ("undone", undone),
        ("gates", open_gates),
        ("exports", exports),
        ("views", views),
        ("cancelled", cancelled),
    ] {
        assert!(times > 0, "no {what} in all that: {happened:?}");
    }
    // The first quarter warms caches, pools and the history of what can be undone up.
    let (warm, end) = measured.split_at(measured.len() / 2);
    let (before, after) = (warm.iter().max().unwrap(), end.iter().min().unwrap());
    assert!(*after <= before + before / 10 + 16, "memory grows: {measured:?} MiB");
}

#[test]
fn the_soak_notices_what_it_looks_for() {
    let folders = Folders::new();
    let mut soak = Soak::new(&folders);
    soak.settle().unwrap();
    soak.carry_out(&Action::Recipe(Recipe { join: JoinRule::Owner, ..Recipe::default() })).unwrap();
    soak.settle().unwrap();
    // Somebody signs, and the test is not told.
    soak.carry_out(&Action::SignOff).unwrap();
    soak.signed.clear();
    let error = soak.settle().unwrap_err().to_string();
    assert!(error.contains("nobody signed"), "{error}");
    // What is shown to all though it is masked.
    let mut soak = Soak::new(&folders);
    soak.settle().unwrap();
    let secret = soak.person(0).unwrap();
    soak.window.harness.state_mut().ask(Command::Notify(stedi_workbench::state::Severity::Error, secret));
    let error = soak.frames(2).unwrap_err().to_string();
    assert!(error.contains("somebody is shown"), "{error}");
}
