//! Painting only. Every view reads the shared state, changes nothing but its own screen's state, and asks for what
//! it wants with commands.

mod about;
mod access;
mod actions;
mod beside;
mod cell;
mod chips;
mod column_menu;
mod column_title;
mod comparison;
mod consent_page;
mod details;
mod devices;
mod drawn;
mod elsewhere;
mod empty;
mod engines;
mod expected;
mod explain;
mod export_choices;
mod export_outlook;
mod export_page;
mod export_past;
mod figures;
mod flow_strip;
mod focus;
mod grid;
mod guide;
mod history_menu;
mod icons;
mod keys;
mod landing_page;
mod layout_actions;
mod link;
mod looks_menu;
mod notices;
mod page_actions;
mod palette;
mod parts;
mod path_field;
mod pictures;
mod plot;
mod readings;
mod recipe_actions;
mod recipe_bar;
mod recipe_menu;
mod review_checks;
mod review_joins;
mod review_owners;
mod review_page;
mod review_rules;
mod scene;
mod scrolled;
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
mod tour;
mod waterfall;
mod widgets;
mod withdrawals;
pub mod words;
mod zoom;

use std::mem::swap;

use egui::{
    CentralPanel, Frame, Id, Key, Margin, Modifiers, Panel, PointerButton, PointerState, Rect, Ui, UiBuilder, vec2,
};

use crate::domain::CheckId;
use crate::state::{Command, ConsentTab, Drafts, ExportTab, Part, Severity, Shown, Spot, State, Tab};

pub use self::beside::own_window;

use self::actions::Does;
use self::consent_page::ConsentScreen;
use self::drawn::Drawn;
use self::engines::EnginesScreen;
use self::export_page::ExportScreen;
use self::grid::RowScroll;
use self::guide::GuideScreen;
use self::link::LinkScreen;
use self::palette::PaletteScreen;
use self::path_field::PathScreen;
use self::review_page::ReviewScreen;
use self::signals_page::SignalsScreen;
use self::sql_page::SqlScreen;
use self::table_page::TableScreen;
use self::tour::{Parts, TourScreen};

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
    guide: GuideScreen,
    tour: TourScreen,
    link: LinkScreen,
    path: PathScreen,
    engines: EnginesScreen,
    drawn: Drawn,
    /// Those of the page that is not painted.
    other: OtherScreens,
    /// The page that gets the focus when it is painted next: the one beside, or the first.
    goes_to: Option<bool>,
    /// The list of pages gets the focus when it is painted next.
    goes_to_list: bool,
    /// The focus is in that list.
    is_in_list: bool,
    /// The page and the part of it that were in use in the last frame.
    used: Option<Id>,
    /// What had the focus when it came to the page in use.
    focused: Option<Id>,
    /// Something was asked in the last frame that has to be answered first.
    had_dialog: bool,
}

/// Screens that each of the two pages has for itself.
#[derive(Default)]
struct OtherScreens {
    table: TableScreen,
    consent: ConsentScreen,
    signals: SignalsScreen,
    refused: RowScroll,
    files: RowScroll,
    drawn: Drawn,
}

impl Screens {
    /// Whether this is what was typed on them and not carried out.
    pub fn are_drafted(&self, drafts: &Drafts) -> bool {
        let Drafts { who, check, why, folder } = drafts;
        (&self.review.who, &self.export.place) == (who, folder) && self.review.drafted() == (*check, why.as_str())
    }

    /// What was typed on them and not carried out.
    pub fn drafts(&self) -> Drafts {
        let (check, why) = self.review.drafted();
        Drafts { who: self.review.who.clone(), check, why: why.to_owned(), folder: self.export.place.clone() }
    }

    /// Where on its page somebody looks.
    pub fn spot(&self, state: &State) -> Spot {
        let choices = state.choices();
        match (choices.shown, choices.whose_recording()) {
            (Shown::Export, _) => Spot { export: self.export.tab(), ..Spot::default() },
            (Shown::Consent, _) => Spot { consent: self.consent.tab(), ..Spot::default() },
            (Shown::Review, _) => {
                let (tab, check) = self.review.spot();
                Spot { tab, check, ..Spot::default() }
            }
            (Shown::Signals, Some(_)) => {
                Spot { stretch: self.signals.stretch(), over: state.signals.other.clone(), ..Spot::default() }
            }
            (Shown::Signals, None) if self.signals.compares() => {
                Spot { compared: state.signals.compared.clone(), ..Spot::default() }
            }
            _ => Spot::default(),
        }
    }

    /// Shows this of its page when that is shown next.
    pub fn show_spot(&mut self, shown: Shown, spot: &Spot) {
        match shown {
            Shown::Consent => self.consent.open_tab(spot.consent),
            Shown::Export => self.export.open_tab(spot.export),
            Shown::Review => self.review.show_spot(spot.tab, spot.check),
            Shown::Signals => self.signals.show_spot(spot),
            _ => {}
        }
    }

    /// Shows what became of somebody's rows when the page of consent is shown next.
    pub fn show_about(&mut self) {
        self.consent.show_about();
    }

    /// The part that is open of a page.
    pub fn tab(&self, shown: Shown) -> Tab {
        match shown {
            Shown::Consent => Tab::Consent(self.consent.tab()),
            Shown::Signals => Tab::Signals { compares: self.signals.compares() },
            Shown::Review => Tab::Review(self.review.spot().0),
            Shown::Export => Tab::Export(self.export.tab()),
            _ => Tab::Whole,
        }
    }

    /// Opens a part of a page when that is shown next.
    pub fn open_tab(&mut self, tab: Tab) {
        match tab {
            Tab::Consent(tab) => self.consent.open_tab(tab),
            Tab::Signals { compares } => self.signals.open_comparison(compares),
            Tab::Review(tab) => self.review.show_spot(tab, None),
            Tab::Export(tab) => self.export.open_tab(tab),
            Tab::Whole => {}
        }
    }

    /// Shows the exports that were made when the page of exports is shown next.
    pub fn show_past_exports(&mut self) {
        self.export.open_tab(ExportTab::Past);
    }

    /// Turns to the page beside, or back to the first.
    pub fn turn(&mut self) {
        let OtherScreens { table, consent, signals, refused, files, drawn } = &mut self.other;
        swap(&mut self.table, table);
        swap(&mut self.consent, consent);
        swap(&mut self.signals, signals);
        swap(&mut self.refused, refused);
        swap(&mut self.files, files);
        swap(&mut self.drawn, drawn);
    }

    /// The query in the editor.
    pub fn query(&self) -> &str {
        self.sql.text()
    }

    /// Goes on with what was typed before.
    pub fn go_on(&mut self, drafts: Drafts, query: String) {
        let Drafts { who, check, why, folder } = drafts;
        self.review.go_on(who, check, why);
        self.export.place = folder;
        self.sql.put(query);
    }
}

/// Has a context tell assistive technology what it should, once.
pub fn install(context: &egui::Context) {
    theme::install(context);
    context.add_plugin(access::Unspoken);
}

/// Paints the whole window.
pub fn window_ui(ui: &mut Ui, state: &mut State, screens: &mut Screens, commands: &mut Vec<Command>) {
    words::speak(state.spoken(), state.zone());
    access::window(ui, || state.title());
    let shown = state.shown_in_use();
    let part = (shown, screens.tab(shown), state.choices().whose_recording());
    let used = Some(Id::unique((state.is_beside_used, part)));
    if std::mem::replace(&mut screens.used, used) != used {
        focus::forget(ui);
    }
    beside::in_use(state, screens, commands, |state, screens, commands| {
        if !has_dialog(state, screens) {
            for does in keys::keys_ui(ui, state) {
                do_ui(ui, state, does, screens, commands);
            }
        }
    });
    // What the pointer rests on says nothing into a dialog that keys opened.
    let has_dialog = has_dialog(state, screens);
    if !std::mem::replace(&mut screens.had_dialog, has_dialog) && has_dialog {
        ui.input_mut(|input| input.pointer = PointerState::default());
    }
    let top = Panel::top("top_bar").frame(theme::bar_frame(ui)).show(ui, |ui| {
        access::region(ui, egui::Role::Banner, "What is open, and commands");
        top_bar::top_bar_ui(ui, state, (&mut screens.palette, &mut screens.guide), commands);
    });
    // What is opened there is opened on the page in use.
    let mut opened = vec![];
    let figures = state.looks.shows(Part::Strip).then(|| {
        Panel::top("flow_strip").frame(theme::strip_frame(ui)).show(ui, |ui| {
            access::region(ui, egui::Role::Region, "Rows of all tables");
            if let Some(check) = flow_strip::flow_strip_ui(ui, state, &mut opened) {
                screens.review.turn_to(check);
            }
        })
    });
    let rules = state.looks.shows(Part::Recipe).then(|| {
        Panel::top("recipe_bar").frame(theme::bar_frame(ui)).show(ui, |ui| {
            access::region(ui, egui::Role::Form, "Recipe");
            recipe_bar::recipe_bar_ui(ui, state, commands);
        })
    });
    let status = Panel::bottom("status_bar").frame(theme::bar_frame(ui)).show(ui, reserve_line);
    if state.looks.shows(Part::Sidebar) {
        let sidebar = parts::panel(state, Part::Sidebar, Panel::left("sidebar"), theme::SIDEBAR_WIDTH);
        let shown = sidebar.frame(theme::side_frame(ui)).size_range(180.0..=400.0).show(ui, |ui| {
            access::region(ui, egui::Role::Navigation, "Pages and tables");
            let since = focus::painted_so_far(ui);
            sidebar::sidebar_ui(ui, state, std::mem::take(&mut screens.goes_to_list), &mut opened);
            screens.is_in_list = focus::within(ui, since).is_some();
        });
        parts::keep_size(ui, state, Part::Sidebar, "sidebar", &shown.response, commands);
    }
    beside::in_use(state, screens, commands, |_, _, commands| commands.append(&mut opened));
    let page = CentralPanel::default().frame(theme::page_frame(ui)).show(ui, |ui| {
        access::region(ui, egui::Role::Main, "Page");
        beside::start_ui(ui, state, screens);
        tour::offer_ui(ui, state, &mut screens.tour, commands);
        if !state.notices.is_empty() {
            // Below the page: what one is about to click on stays where it is.
            let below = Panel::bottom("notices")
                .frame(Frame::new().inner_margin(Margin { bottom: 8, ..Margin::ZERO }))
                .show_separator_line(false)
                .resizable(false);
            below.show(ui, |ui| notices::notices_ui(ui, state, commands));
        }
        beside::pages_ui(ui, state, screens, commands);
        let [first, beside] =
            [&mut screens.drawn, &mut screens.other.drawn].map(|drawn| std::mem::take(&mut drawn.saves));
        if first || beside {
            let text = "There is no picture to save here.".to_owned();
            commands.push(Command::Notify(Severity::Information, text));
        }
    });
    // After the page, as it lies below it.
    ui.scope_builder(UiBuilder::new().max_rect(status.inner).id_salt("status"), |ui| {
        access::region(ui, egui::Role::ContentInfo, "Status");
        status_bar::status_bar_ui(ui, state, commands);
    });
    status_bar::just_told_ui(ui, state);
    // A card speaks of a part that is hidden beside the page.
    let page = page.response.rect;
    let place = |part: Option<egui::InnerResponse<()>>| part.map_or(page, |part| part.response.rect);
    let parts = Parts { figures: place(figures), rules: place(rules), page, top: top.response.rect };
    beside::in_use(state, screens, commands, |state, screens, commands| {
        let toured = tour::tour_ui(ui, state, &mut screens.tour, parts, commands);
        match screens.tour.take_led_to() {
            Some(Shown::Consent) => screens.open_tab(Tab::Consent(ConsentTab::Waterfall)),
            Some(Shown::Review) => screens.review.turn_to(CheckId::ForeignPairs),
            Some(Shown::Export) => screens.open_tab(Tab::Export(ExportTab::Next)),
            _ => {}
        }
        if screens.tour.is_left() {
            screens.goes_to = Some(state.is_beside_used);
        }
        if let Some(section) = explain::take_asked(ui.ctx()) {
            screens.guide.open_at(&section);
        }
        let asked = guide::guide_ui(ui, state, &mut screens.guide);
        link::link_ui(ui, &mut screens.link, commands);
        path_field::path_field_ui(ui, state, &mut screens.path, commands);
        engines::engines_ui(ui, state, &mut screens.engines, commands);
        let chosen = palette::palette_ui(ui, state, &mut screens.palette, commands);
        for does in toured.into_iter().chain(asked).chain(chosen) {
            do_ui(ui, state, does, screens, commands);
        }
    });
    if state.files_hover {
        empty::drop_here_ui(ui);
    }
    // As elsewhere: by the mouse's button, and by these keys where no chart has taken them for the view before.
    let is_typing = ui.ctx().text_edit_focused();
    for (button, key, command) in [
        (PointerButton::Extra1, Key::ArrowLeft, Command::Back),
        (PointerButton::Extra2, Key::ArrowRight, Command::Forth),
    ] {
        if ui.input_mut(|input| !is_typing && input.consume_key(Modifiers::ALT, key)) {
            do_ui(ui, state, Does::Asks(command), screens, commands);
        } else if ui.input(|input| input.pointer.button_pressed(button)) {
            commands.push(command);
        }
    }
    if !focus::focus_ui(ui) {
        screens.goes_to = Some(state.is_beside_used);
        ui.ctx().request_repaint();
    }
}

/// Whether something is asked that has to be answered first.
fn has_dialog(state: &State, screens: &Screens) -> bool {
    screens.palette.is_open() || screens.link.is_open() || state.path_asked.is_some() || state.spark.is_offered
}

/// Takes the room of one line, to paint into later.
fn reserve_line(ui: &mut Ui) -> Rect {
    let size = vec2(ui.available_width(), ui.spacing().interact_size.y);
    ui.allocate_space(size).1
}

/// Does what an action comes to.
fn do_ui(ui: &Ui, state: &State, does: Does, screens: &mut Screens, commands: &mut Vec<Command>) {
    match does {
        Does::Asks(command) => {
            match &command {
                // Who comes here comes to write.
                Command::Show(Shown::Sql) => screens.sql.edit(),
                // Who reads the guide goes on reading while the page below it turns.
                Command::Show(_) | Command::Back | Command::Forth if screens.guide.is_read(ui) => {}
                Command::Show(_) | Command::Back | Command::Forth => screens.goes_to = Some(state.is_beside_used),
                _ => {}
            }
            commands.push(command);
        }
        Does::OpensList => screens.palette.turn(),
        Does::OpensSettings => settings_menu::open(ui),
        Does::TurnsGuide => {
            screens.guide.turn(explain::pointed(ui.ctx()));
            if screens.guide.is_open() {
                explain::tell(ui.ctx());
            }
        }
        Does::TurnsTour if screens.tour.is_open() => screens.tour.end(state, commands),
        Does::TurnsTour => screens.tour.begin(),
        Does::Closes if screens.tour.is_open() => screens.tour.end(state, commands),
        Does::Closes if screens.guide.is_open() => screens.guide.close(),
        Does::Closes => {
            commands.extend(state.notices.len().checked_sub(1).map(Command::Dismiss));
        }
        Does::TurnsToOtherPage if state.beside.is_none() => match screens.is_in_list {
            true => screens.goes_to = Some(false),
            false => screens.goes_to_list = state.looks.shows(Part::Sidebar),
        },
        Does::TurnsToOtherPage => {
            let beside = !state.is_beside_used;
            screens.goes_to = Some(beside);
            commands.push(Command::UsePage { beside });
        }
        Does::Finds => screens.table.finds = true,
        Does::OpensLink => screens.link.open(),
        Does::SavesPicture => screens.drawn.saves = true,
        Does::TurnsTable => screens.drawn.as_table = !screens.drawn.as_table,
        Does::TurnsWords => screens.drawn.in_words = !screens.drawn.in_words,
        Does::SavesCounts => commands.extend(pictures::counts(ui, state)),
        Does::AsksQuery => commands.push(Command::Ask(screens.sql.ask().to_owned())),
        Does::TurnsToNextFailing => {
            if let (Some(review), Some(trail)) = (state.review.checks.value(), state.review.trail.value()) {
                screens.review.turn_to_next(&review.open(trail));
                do_ui(ui, state, Does::Asks(Command::Show(Shown::Review)), screens, commands);
            }
        }
        Does::Nothing(why) => commands.push(Command::Notify(Severity::Information, format!("{why}."))),
    }
    ui.ctx().request_repaint();
}

/// The section of the guide that a page has.
fn section_of(shown: Shown) -> &'static str {
    match shown {
        Shown::Table(table) => table.name(),
        Shown::Dropped { .. } => "change",
        Shown::Consent => "consent",
        Shown::Signals => "signals",
        Shown::Review | Shown::Behind(_) => "review",
        Shown::Export => "export",
        Shown::Sql => "sql",
        Shown::Refused => "refused",
    }
}

fn page_ui(ui: &mut Ui, state: &State, screens: &mut Screens, commands: &mut Vec<Command>) {
    if state.landing.value().is_none() {
        explain::part_leads_to(ui, "own-files");
    }
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
    explain::part_leads_to(ui, section_of(state.choices().shown));
    match state.choices().shown {
        Shown::Table(table) => table_page::table_ui(ui, state, table, &mut screens.table, commands),
        Shown::Dropped { table, step, stood } => {
            table_page::dropped_ui(ui, state, (table, step, stood), &mut screens.table, commands);
        }
        Shown::Consent => consent_page::consent_ui(ui, state, (&mut screens.consent, &mut screens.drawn), commands),
        Shown::Signals => signals_page::signals_ui(ui, state, (&mut screens.signals, &mut screens.drawn), commands),
        Shown::Review => review_page::review_ui(ui, state, (&mut screens.review, &mut screens.drawn), commands),
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
