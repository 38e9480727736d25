//! Painting only. Every view reads the shared state, changes nothing but its own screen's state, and asks for what
//! it wants with commands.

mod about;
mod actions;
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
mod grid;
mod guide;
mod history_menu;
mod icons;
mod keys;
mod landing_page;
mod notices;
mod palette;
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
mod sql_editor;
mod sql_page;
mod sql_side;
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

use egui::{CentralPanel, Panel, Ui};

use crate::state::{Command, Drafts, Severity, Shown, State};

use self::actions::Does;
use self::consent_page::ConsentScreen;
use self::export_page::ExportScreen;
use self::grid::RowScroll;
use self::palette::PaletteScreen;
use self::review_page::ReviewScreen;
use self::signals_page::SignalsScreen;
use self::sql_page::SqlScreen;
use self::table_page::TableScreen;

/// What belongs to the screens alone: where they are scrolled to.
#[derive(Default)]
pub struct Screens {
    table: TableScreen,
    consent: ConsentScreen,
    signals: SignalsScreen,
    review: ReviewScreen,
    export: ExportScreen,
    sql: SqlScreen,
    refused: RowScroll,
    files: RowScroll,
    palette: PaletteScreen,
    /// The guide is open.
    guide: bool,
}

impl Screens {
    /// What was typed on them and not carried out.
    pub fn review(&self) -> &ReviewScreen {
        &self.review
    }

    /// The query in the editor.
    pub fn query(&self) -> &str {
        self.sql.text()
    }

    /// Goes on with what was typed before.
    pub fn go_on(&mut self, drafts: Drafts, query: String) {
        self.review.go_on(drafts);
        self.sql.put(query);
    }
}

/// Paints the whole window.
pub fn window_ui(ui: &mut Ui, state: &State, screens: &mut Screens, commands: &mut Vec<Command>) {
    words::speak(state.language.spoken(state.system_language));
    let mut asked = if screens.palette.is_open() { vec![] } else { keys::keys_ui(ui, state) };
    Panel::top("top_bar").frame(theme::bar_frame(ui)).show(ui, |ui| {
        top_bar::top_bar_ui(ui, state, (&mut screens.palette, &mut screens.guide), commands);
    });
    Panel::top("flow_strip")
        .frame(theme::strip_frame(ui))
        .show(ui, |ui| flow_strip::flow_strip_ui(ui, state, commands));
    Panel::top("recipe_bar").frame(theme::bar_frame(ui)).show(ui, |ui| recipe_bar::recipe_bar_ui(ui, state, commands));
    Panel::bottom("status_bar")
        .frame(theme::bar_frame(ui))
        .show(ui, |ui| status_bar::status_bar_ui(ui, state, commands));
    Panel::left("sidebar")
        .frame(theme::side_frame(ui))
        .default_size(theme::SIDEBAR_WIDTH)
        .size_range(180.0..=400.0)
        .show(ui, |ui| sidebar::sidebar_ui(ui, state, commands));
    CentralPanel::default().frame(theme::page_frame(ui)).show(ui, |ui| {
        notices::notices_ui(ui, state, commands);
        page_ui(ui, state, screens, commands);
    });
    asked.extend(guide::guide_ui(ui, state, &mut screens.guide));
    asked.extend(palette::palette_ui(ui, state, &mut screens.palette, commands));
    for does in asked {
        do_ui(ui, state, does, screens, commands);
    }
    if state.files_hover {
        empty::drop_here_ui(ui);
    }
}

/// Does what an action comes to.
fn do_ui(ui: &Ui, state: &State, does: Does, screens: &mut Screens, commands: &mut Vec<Command>) {
    match does {
        Does::Asks(command) => commands.push(command),
        Does::OpensList => screens.palette.turn(),
        Does::TurnsGuide => screens.guide = !screens.guide,
        Does::Finds => screens.table.finds = true,
        Does::AsksQuery => commands.push(Command::Ask(screens.sql.text().to_owned())),
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
        Shown::Sql => sql_page::sql_ui(ui, state, (&mut screens.sql, &mut screens.table), commands),
        Shown::Behind(figure) => table_page::behind_ui(ui, state, figure, &mut screens.table, commands),
        Shown::Refused => landing_page::landing_ui(ui, state, (&mut screens.files, &mut screens.refused)),
    }
}
