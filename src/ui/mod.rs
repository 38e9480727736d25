//! Painting only. Every view reads the shared state, changes nothing but its own screen's state, and asks for what
//! it wants with commands.

mod about;
mod actions;
mod beside;
mod cell;
mod chips;
mod column_menu;
mod column_title;
mod consent_page;
mod details;
mod devices;
mod elsewhere;
mod empty;
mod expected;
mod export_choices;
mod export_outlook;
mod export_page;
mod export_past;
mod flow_strip;
mod focus;
mod grid;
mod guide;
mod history_menu;
mod icons;
mod keys;
mod landing_page;
mod layout_actions;
mod looks_menu;
mod notices;
mod palette;
mod parts;
mod plot;
mod recipe_bar;
mod recipe_menu;
mod review_checks;
mod review_joins;
mod review_owners;
mod review_page;
mod review_rules;
mod scene;
mod selection;
mod settings_menu;
mod sidebar;
mod signals_page;
mod signals_side;
mod status_bar;
mod sums;
mod table_page;
pub mod theme;
mod timeline;
mod top_bar;
mod waterfall;
mod widgets;
mod withdrawals;
pub mod words;
mod zoom;

use std::mem::swap;

use egui::{CentralPanel, Id, Panel, Ui};

use crate::state::{Command, Drafts, Part, Severity, Shown, State};

pub use self::beside::own_window;

use self::actions::Does;
use self::consent_page::ConsentScreen;
use self::export_page::ExportScreen;
use self::grid::RowScroll;
use self::palette::PaletteScreen;
use self::review_page::ReviewScreen;
use self::signals_page::SignalsScreen;
use self::table_page::TableScreen;

/// What belongs to the screens alone: where they are scrolled to.
#[derive(Default)]
pub struct Screens {
    table: TableScreen,
    consent: ConsentScreen,
    signals: SignalsScreen,
    review: ReviewScreen,
    export: ExportScreen,
    refused: RowScroll,
    files: RowScroll,
    palette: PaletteScreen,
    /// The guide is open.
    guide: bool,
    /// Those of the page that is not painted.
    other: OtherScreens,
    /// The page that gets the focus when it is painted next: the one beside, or the first.
    goes_to: Option<bool>,
    /// What had the focus when it came to the page in use.
    focused: Option<Id>,
}

/// Screens that each of the two pages has for itself.
#[derive(Default)]
struct OtherScreens {
    table: TableScreen,
    consent: ConsentScreen,
    signals: SignalsScreen,
    refused: RowScroll,
    files: RowScroll,
}

impl Screens {
    /// What was typed on them and not carried out.
    pub fn review(&self) -> &ReviewScreen {
        &self.review
    }

    /// Turns to the page beside, or back to the first.
    fn turn(&mut self) {
        let OtherScreens { table, consent, signals, refused, files } = &mut self.other;
        swap(&mut self.table, table);
        swap(&mut self.consent, consent);
        swap(&mut self.signals, signals);
        swap(&mut self.refused, refused);
        swap(&mut self.files, files);
    }

    /// Goes on with what was typed before.
    pub fn go_on(&mut self, drafts: Drafts) {
        self.review.go_on(drafts);
    }
}

/// Paints the whole window.
pub fn window_ui(ui: &mut Ui, state: &mut State, screens: &mut Screens, commands: &mut Vec<Command>) {
    words::speak(state.language.spoken(state.system_language));
    beside::in_use(state, screens, commands, |state, screens, commands| {
        if !screens.palette.is_open() {
            for does in keys::keys_ui(ui, state) {
                do_ui(ui, state, does, screens, commands);
            }
        }
    });
    Panel::top("top_bar").frame(theme::bar_frame(ui)).show(ui, |ui| {
        top_bar::top_bar_ui(ui, state, (&mut screens.palette, &mut screens.guide), commands);
    });
    // What is opened there is opened on the page in use.
    let mut opened = vec![];
    if state.looks.shows(Part::Strip) {
        Panel::top("flow_strip")
            .frame(theme::strip_frame(ui))
            .show(ui, |ui| flow_strip::flow_strip_ui(ui, state, &mut opened));
    }
    if state.looks.shows(Part::Recipe) {
        Panel::top("recipe_bar")
            .frame(theme::bar_frame(ui))
            .show(ui, |ui| recipe_bar::recipe_bar_ui(ui, state, commands));
    }
    Panel::bottom("status_bar")
        .frame(theme::bar_frame(ui))
        .show(ui, |ui| status_bar::status_bar_ui(ui, state, commands));
    if state.looks.shows(Part::Sidebar) {
        let sidebar = parts::panel(state, Part::Sidebar, Panel::left("sidebar"), theme::SIDEBAR_WIDTH);
        let shown = sidebar
            .frame(theme::side_frame(ui))
            .size_range(180.0..=400.0)
            .show(ui, |ui| sidebar::sidebar_ui(ui, state, &mut opened));
        parts::keep_size(ui, state, Part::Sidebar, "sidebar", &shown.response, commands);
    }
    beside::in_use(state, screens, commands, |_, _, commands| commands.append(&mut opened));
    CentralPanel::default().frame(theme::page_frame(ui)).show(ui, |ui| {
        notices::notices_ui(ui, state, commands);
        beside::pages_ui(ui, state, screens, commands);
    });
    beside::in_use(state, screens, commands, |state, screens, commands| {
        let asked = guide::guide_ui(ui, state, &mut screens.guide);
        let chosen = palette::palette_ui(ui, state, &mut screens.palette, commands);
        for does in asked.into_iter().chain(chosen) {
            do_ui(ui, state, does, screens, commands);
        }
    });
    if state.files_hover {
        empty::drop_here_ui(ui);
    }
    focus::focus_ui(ui);
}

/// Does what an action comes to.
fn do_ui(ui: &Ui, state: &State, does: Does, screens: &mut Screens, commands: &mut Vec<Command>) {
    match does {
        Does::Asks(command) => commands.push(command),
        Does::OpensList => screens.palette.turn(),
        Does::TurnsGuide => screens.guide = !screens.guide,
        Does::ClosesGuide => screens.guide = false,
        Does::TurnsToOtherPage => {
            let beside = !state.is_beside_used;
            screens.goes_to = Some(beside);
            commands.push(Command::UsePage { beside });
        }
        Does::Finds => screens.table.finds = true,
        Does::TurnsToNextFailing => {
            if let (Some(review), Some(trail)) = (state.review.checks.value(), state.review.trail.value()) {
                screens.review.turn_to_next(&review.open(trail));
                commands.push(Command::Show(Shown::Review));
            }
        }
        Does::Nothing(why) => commands.push(Command::Notify(Severity::Information, format!("{why}."))),
    }
    ui.ctx().request_repaint();
}

fn page_ui(ui: &mut Ui, state: &State, screens: &mut Screens, commands: &mut Vec<Command>) {
    if let Some(error) = state.landing.error() {
        empty::failed_ui(ui, "The landing files could not be read", error, Command::Reload, commands);
        return;
    }
    if state.landing.value().is_none() {
        if state.landing.is_loading() {
            empty::reading_ui(ui, state, commands);
        } else {
            empty::nothing_ui(ui, commands);
        }
        return;
    }
    match state.choices().shown {
        Shown::Table(table) => table_page::table_ui(ui, state, table, &mut screens.table, commands),
        Shown::Dropped { table, step, stood } => {
            table_page::dropped_ui(ui, state, (table, step, stood), &mut screens.table, commands);
        }
        Shown::Consent => consent_page::consent_ui(ui, state, &mut screens.consent, commands),
        Shown::Signals => signals_page::signals_ui(ui, state, &mut screens.signals, commands),
        Shown::Review => review_page::review_ui(ui, state, &mut screens.review, commands),
        Shown::Export => {
            let who = &mut screens.review.who;
            if let Some(check) = export_page::export_ui(ui, state, &mut screens.export, who, commands) {
                screens.review.turn_to(check);
            }
        }
        Shown::Behind(figure) => table_page::behind_ui(ui, state, figure, &mut screens.table, commands),
        Shown::Refused => landing_page::landing_ui(ui, state, (&mut screens.files, &mut screens.refused)),
    }
}
