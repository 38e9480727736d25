//! The glue of the window: owns the state and the workers, takes finished work in, carries commands out. The only
//! place that changes state.

mod asking;
mod beside;
mod choices;
mod chosen;
mod commands;
mod consenting;
mod dialogs;
mod export_work;
mod exporting;
mod finished;
mod handing_over;
mod keeping;
mod links;
mod lists;
mod looking;
mod on_disk;
mod on_spark;
mod page;
mod picture_file;
mod recipe_file;
mod reviewing;
mod sample;
mod session;
mod settings;
mod signals;
mod view_file;
mod work;

use std::cell::Cell;
use std::path::PathBuf;

use anyhow::Context as _;

use crate::domain::{Progress, TimeZone};
use crate::jobs::Lane;
use crate::landing::Source;
use crate::state::{CacheState, Command, FileChoice, Spoken, State, ViewLink, Visited};
use crate::ui::{self, Screens};

use self::beside::BesideWork;
use self::page::PageWork;
use self::work::Workers;

pub use handing_over::write_kit;
pub use settings::{Settings, history_file, keys_folder, trail_folder};

pub use crate::state::NAME;

/// Opens the window and returns when it is closed. With no source it shows the folder opened last, or the sample
/// data at the first start; with a run, its tables under its recipe; with a link, the view that it leads to. What is more than `memory_limit`, in bytes, stays on the disk; half of what there is, unless given.
///
/// # Errors
/// When there is no display or no way to draw on it.
pub fn run(
    source: Option<Source>,
    run: Option<PathBuf>,
    link: Option<&str>,
    memory_limit: Option<u64>,
) -> anyhow::Result<()> {
    let link =
        link.map(ViewLink::parse).transpose().map_err(|error| anyhow::anyhow!("the link cannot be opened: {error}"))?;
    let icon = eframe::icon_data::from_png_bytes(include_bytes!("../../assets/icon-256.png"))
        .context("the icon cannot be read")?;
    let settings =
        Settings::at_home().with_memory(memory_limit).with_system(Spoken::of_system(), TimeZone::of_system());
    let viewport = egui::ViewportBuilder::default()
        .with_title(NAME)
        .with_app_id("stedi-workbench")
        .with_icon(icon)
        .with_inner_size(settings.load().looks.window.unwrap_or([1280.0, 800.0]))
        .with_min_inner_size([720.0, 480.0]);
    let options = eframe::NativeOptions { viewport, ..Default::default() };
    let was_open = Cell::new(false);
    let open = || {
        eframe::run_native(
            NAME,
            options,
            Box::new(|context| {
                was_open.set(true);
                Ok(Box::new(App::new(&context.egui_ctx, settings, source)?.with_run(run).with_link(link)))
            }),
        )
    };
    // What opens the window panics where its display goes away.
    let closed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(open)).map_err(|_| {
        anyhow::anyhow!("the window ended unexpectedly, as it does when its display goes away. What was saved is whole")
    })?;
    closed.map_err(|error| match was_open.get() {
        true => anyhow::anyhow!("the window was lost: {error}. What was chosen is there again at the next start"),
        false => anyhow::anyhow!("the window cannot be opened: {error}"),
    })
}

/// The window.
pub struct App {
    state: State,
    screens: Screens,
    commands: Vec<Command>,
    workers: Workers,
    settings: Settings,
    /// What is worked out for the page that is looked after.
    page: PageWork,
    /// What is worked out for the other page, the one beside it.
    beside: BesideWork,
    /// What the review was asked for last.
    reviewed: reviewing::AskedOfReview,
    /// What was asked of the tables in SQL.
    asking: asking::Asking,
    /// What the page of the exports was asked for last.
    exported: exporting::AskedOfExport,
    /// What is open as it was when it was read, so that changes are noticed.
    seen: Option<keeping::WatchRequest>,
    /// What is read is read because it changed.
    again: bool,
    /// Where the session goes, and what is saved of it.
    session: session::SessionKeeper,
    /// How many errors there were when the window was to close.
    quitting: Option<usize>,
    /// Nothing is left to be saved, and the window closes.
    closes: bool,
    /// The folder of a run on another engine that is shown once its landing files are there.
    run: Option<PathBuf>,
    /// Makes links to views, and follows them.
    links: links::Links,
    /// What a path was typed for, until the landing files are there.
    typed: Option<FileChoice>,
    title: String,
}

impl App {
    /// A window over a context; `source` is opened at once.
    ///
    /// # Errors
    /// When the system has no thread left for the workers.
    pub fn new(context: &egui::Context, settings: Settings, source: Option<Source>) -> anyhow::Result<Self> {
        ui::install(context);
        let saved = settings.load();
        let mut app = Self {
            state: State {
                recent: saved.recent,
                theme: saved.theme,
                language: saved.language,
                system_language: settings.system_language(),
                instants: saved.instants,
                system_zone: settings.system_zone(),
                looks: saved.looks,
                cache: CacheState { folder: settings.cache_folder(), limit: saved.cache_limit, ..Default::default() },
                watches: saved.watches,
                keys: saved.keys,
                toured: saved.toured,
                spark: on_spark::at_start(),
                ..State::default()
            },
            screens: Screens::default(),
            commands: vec![],
            workers: Workers::new(context, settings.homes()).context("the workers cannot be started")?,
            settings,
            page: PageWork::new(context).context("the workers cannot be started")?,
            beside: BesideWork::new(context).context("the workers cannot be started")?,
            reviewed: reviewing::AskedOfReview::default(),
            asking: asking::Asking::default(),
            exported: exporting::AskedOfExport::default(),
            seen: None,
            again: false,
            session: session::SessionKeeper::default(),
            quitting: None,
            closes: false,
            run: None,
            links: links::Links::new(context).context("the workers cannot be started")?,
            typed: None,
            title: String::new(),
        };
        if let Some(notice) = saved.notice {
            app.state.notices.push(notice);
        }
        ui::theme::wear(context, app.state.theme, &app.state.looks);
        let found = app.settings.session_folder().map(|folder| session::find(&folder)).unwrap_or_default();
        let source = app.go_on(found, source);
        app.commands.push(match source {
            Some(Source::Folder(path)) => Command::OpenPaths(vec![path]),
            Some(Source::Files(paths)) => Command::OpenPaths(paths),
            // What is fetched is fetched by the worker.
            Some(Source::Fetched(_)) | None => {
                app.state.recent.first().map_or(Command::OpenSample, |path| Command::OpenPaths(vec![path.clone()]))
            }
        });
        app.carry_out(context);
        Ok(app)
    }

    /// The same, which shows the tables of a run on another engine once the landing files are there.
    #[must_use]
    pub fn with_run(mut self, run: Option<PathBuf>) -> Self {
        self.run = run.or(self.run.take());
        self
    }

    /// What the window shows, for tests to look at.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Asks for something as a view would, for tests where a dialog of the system would ask.
    pub fn ask(&mut self, command: Command) {
        self.commands.push(command);
    }

    /// Answers for the system's dialogs with these paths, or as a system without dialogs, for tests.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn answer_dialogs(&mut self, paths: Option<Vec<PathBuf>>) -> std::io::Result<()> {
        let answer = move |_: &(FileChoice, Spoken), _: &Progress| paths.clone();
        self.workers.dialog = Lane::new("dialog", || {}, answer)?;
        Ok(())
    }

    /// Does something before each look over all devices, for tests in which a worker is disturbed.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn before_overview(&mut self, act: impl Fn() + Send + 'static) -> std::io::Result<()> {
        let work = move |request: &work::Curated, progress: &Progress| {
            act();
            signals::lines(request, progress)
        };
        self.page.overview = Lane::new("overview", || {}, work)?;
        Ok(())
    }

    /// Does something before each query is answered, for tests in which it takes its time.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn before_answer(&mut self, act: impl Fn() + Send + 'static) -> std::io::Result<()> {
        let work = move |request: &asking::AskRequest, progress: &Progress| {
            act();
            asking::answer(request, progress)
        };
        self.workers.ask = Lane::new("ask", || {}, work)?;
        Ok(())
    }

    fn carry_out(&mut self, context: &egui::Context) {
        for command in std::mem::take(&mut self.commands) {
            self.handle(command, context);
        }
    }

    /// However the window is closed, what is being written is written first.
    fn take_close(&mut self, context: &egui::Context) {
        if !self.closes && context.input(|input| input.viewport().close_requested()) {
            context.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            self.commands.push(Command::Quit);
        }
    }

    fn take_dropped_files(&mut self, context: &egui::Context) {
        let (dropped, hovering) = context.input(|input| {
            let dropped: Vec<PathBuf> = input.raw.dropped_files.iter().map(|file| file.path().to_path_buf()).collect();
            (dropped, !input.raw.hovered_files.is_empty())
        });
        self.state.files_hover = hovering;
        if !dropped.is_empty() {
            self.commands.push(Command::OpenAny(dropped));
        }
    }

    /// Notes what the page that is looked after shows, to go back to.
    fn see(&mut self) {
        let choices = self.state.choices();
        let now = Visited::of(choices, self.screens.tab(choices.shown));
        self.state.visits.see(now);
    }

    fn set_title(&mut self, context: &egui::Context) {
        let title = self.state.title();
        if title != self.title {
            context.send_viewport_cmd(egui::ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, context: &egui::Context, _frame: &mut eframe::Frame) {
        self.take_finished(context);
        self.take_links(context);
        self.take_dropped_files(context);
        self.take_close(context);
        self.carry_out(context);
        self.look_at_sql();
        self.look_at_page();
        self.look_after_beside(context);
        self.look_at_review();
        self.look_at_export();
        self.set_title(context);
        self.keep_session();
        self.leave_off_telling(context);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        ui::window_ui(ui, &mut self.state, &mut self.screens, &mut self.commands);
        if self.commands.is_empty() {
            self.see();
            self.at_beside(Self::see);
        } else {
            // They are carried out at the start of the next frame; only then it is known what is shown.
            ui.ctx().request_repaint();
        }
    }
}
