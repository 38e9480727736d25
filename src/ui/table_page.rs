//! One table, all its rows or those that were asked for; and the rows behind a loss.

use std::sync::Arc;

use egui::{Align, Layout, Panel, RichText, ScrollArea, TextEdit, Ui};

use crate::curation::{Cell, Codes};
use crate::domain::format::{counted, thousands};
use crate::domain::{Column, Kind, Privacy, Reason, Table, TableCount};
use crate::explore::{ColumnLayout, Follow, Query, Selection, Summary};
use crate::landing::ConsentStood;
use crate::review::{Change, FigureId};
use crate::state::{Command, Look, Only, Part, Pointed, Shown, Slot, State};

use super::actions::named_with_key;
use super::column_title::{Title, title_ui};
use super::grid::{GridColumn, GridContent, GridShape, RowScroll, content_grid_ui};
use super::scrolled::Scrolled as _;
use super::words::{Words, as_is, t};
use super::{access, cell, chips, column_menu, details, elsewhere, empty, icons, parts, sums, theme, widgets};

mod cell_menu;
mod no_rows;

/// Room for the field that finds, and for what stands at the end of its line, in points.
const BESIDE_CHIPS: f32 = 300.0;
/// Room for a number that was worked out, in points.
const WORKED_OUT: f32 = 188.0;

/// What belongs to the page alone.
#[derive(Default)]
pub struct TableScreen {
    shown: Option<Shown>,
    scroll: RowScroll,
    /// The selection that was painted last.
    painted: Option<Selection>,
    shows_details: bool,
    /// The field that finds a text is gone to.
    pub finds: bool,
}

impl TableScreen {
    /// Another table begins at its first row.
    fn turn_to(&mut self, shown: Shown) {
        if self.shown != Some(shown) {
            self.shown = Some(shown);
            self.scroll = RowScroll::default();
            self.painted = None;
        }
    }

    /// A selection that was not made on this screen, such as one that undoing brings back, comes into sight.
    fn bring(&mut self, selection: Option<Selection>) {
        if let Some(selection) = selection.filter(|selection| self.painted != Some(*selection)) {
            self.scroll.want(*selection.rows().start(), *selection.rows().end());
        }
    }
}

/// Paints a table.
pub fn table_ui(ui: &mut Ui, state: &State, table: Table, screen: &mut TableScreen, commands: &mut Vec<Command>) {
    if let Some(error) = state.curation.error() {
        empty::failed_ui(
            ui,
            "The tables could not be made",
            error,
            Command::SetRecipe(state.choices().recipe.clone()),
            commands,
        );
        return;
    }
    let shown = Shown::Table(table);
    ui.horizontal_wrapped(|ui| {
        access::heading_ui(ui, as_is(table.name()));
        ui.add_space(8.0);
        rows_in_words_ui(ui, state, shown, commands);
        elsewhere::parity_ui(ui, state, table, commands);
    });
    // In a line of their own: the number of rows that are found moves nothing.
    ui.horizontal_wrapped(|ui| losses_ui(ui, state, table, commands));
    look_ui(ui, state, shown, table.name(), screen, commands);
}

/// Paints the rows that a step dropped.
pub fn dropped_ui(
    ui: &mut Ui,
    state: &State,
    (table, position, stood): (Table, usize, Option<ConsentStood>),
    screen: &mut TableScreen,
    commands: &mut Vec<Command>,
) {
    let shown = Shown::Dropped { table, step: position, stood };
    let count = state.curation.value().and_then(|curation| curation.count(table));
    let Some((count, step)) = count.and_then(|count| Some((count, count.steps.get(position)?))) else { return };
    ui.horizontal_wrapped(|ui| {
        // To the table, which need not be where one came from.
        if widgets::icon_button_ui(ui, icons::TABLE, format!("Back to {}", table.name())).clicked() {
            commands.push(Command::Show(Shown::Table(table)));
        }
        let stood = stood.map_or_else(String::new, |stood| format!(", {}", stood.label()));
        let title = format!("{}: {}{stood}", table.name(), step.reason.label());
        access::heading_ui(ui, title);
        ui.add_space(8.0);
        ui.label(t(format!("dropped from {}:", count.source.name())));
        rows_in_words_ui(ui, state, shown, commands);
    });
    let explanation = stood.map_or(step.reason.explanation(), ConsentStood::explanation);
    ui.label(widgets::weak(ui, explanation));
    if stood.is_none() {
        stood_ui(ui, state, (table, position), commands);
    }
    match &state.dropped {
        Slot::Ready(_) => look_ui(ui, state, shown, "dropped rows", screen, commands),
        Slot::Failed { error, .. } => {
            empty::failed_ui(ui, "The rows could not be looked up", error, Command::RetryDropped, commands);
        }
        Slot::Empty | Slot::Loading(_) => empty::working_ui(ui, "The rows are being looked up."),
    }
}

/// What stood where the consent belongs, for a loss by it: each a way to its rows.
fn stood_ui(ui: &mut Ui, state: &State, lost: (Table, usize), commands: &mut Vec<Command>) {
    let Slot::Ready(view) = &state.consent else { return };
    let bars = view.waterfalls.iter().flat_map(|waterfall| &waterfall.bars).filter(|bar| bar.rows > 0);
    let ways: Vec<(ConsentStood, u64)> = bars
        .filter_map(|bar| match bar.change {
            Change::Removed { table, step, stood: Some(stood), .. } if (table, step) == lost => Some((stood, bar.rows)),
            _ => None,
        })
        .collect();
    if ways.is_empty() {
        return;
    }
    let (table, step) = lost;
    ui.horizontal_wrapped(|ui| {
        ui.label(t("What stands in the consent field:"));
        for (stood, rows) in ways {
            let text = format!("{}: {}", stood.label(), thousands(rows));
            if ui.button(t(text)).on_hover_text(t("Show these rows alone")).clicked() {
                commands.push(Command::Show(Shown::Dropped { table, step, stood: Some(stood) }));
            }
        }
        ui.label(widgets::small(ui, "Absent: the record has no such field. In a table all of these are null."));
    });
}

/// Paints the rows behind a figure of the review.
pub fn behind_ui(ui: &mut Ui, state: &State, figure: FigureId, screen: &mut TableScreen, commands: &mut Vec<Command>) {
    let shown = Shown::Behind(figure);
    let table = state.behind.value().map_or("", |rows| rows.table.name());
    ui.horizontal_wrapped(|ui| {
        if widgets::icon_button_ui(ui, icons::BACK, "Back to the join review").clicked() {
            commands.push(Command::Show(Shown::Review));
        }
        let title = match figure {
            FigureId::Check { id, .. } => id.about().title.to_owned(),
            FigureId::Join { table, .. } => format!("A join of {}", table.name()),
            FigureId::Rule { rule, .. } => format!("Rows that differ from the rule \u{201c}{}\u{201d}", rule.name()),
        };
        access::heading_ui(ui, title);
        ui.add_space(8.0);
        ui.label(t(format!("of {table}:")));
        rows_in_words_ui(ui, state, shown, commands);
    });
    match &state.behind {
        Slot::Ready(_) => look_ui(ui, state, shown, "rows behind a figure", screen, commands),
        Slot::Failed { error, .. } => {
            empty::failed_ui(ui, "The rows could not be looked up", error, Command::RetryBehind, commands);
        }
        Slot::Empty | Slot::Loading(_) => empty::working_ui(ui, "The rows are being looked up."),
    }
}

/// How many of the rows are shown, and why not all; and the way to have them in a file.
fn rows_in_words_ui(ui: &mut Ui, state: &State, shown: Shown, commands: &mut Vec<Command>) {
    let Some(look) = state.look.value().filter(|look| look.shown == shown) else { return };
    ui.label(t(rows_in_words(look)));
    if widgets::icon_button_ui(ui, icons::SAVE_VIEW, named_with_key("Save this view…", "save-view", state)).clicked()
    {
        commands.push(Command::SaveView);
    }
    if state.look.is_loading() {
        ui.label(widgets::weak(ui, "looking…"));
    }
}

fn rows_in_words(look: &Look) -> String {
    let all = look.view.rows() as u64;
    if !look.query.has_filters() && look.follow.is_none() && look.only == Only::All {
        return counted(all, "row");
    }
    let filters = look.query.filters.iter().filter(|filter| filter.on).count() + usize::from(look.follow.is_some());
    let words = format!("{} of {} rows", thousands(look.len() as u64), thousands(all));
    if filters > 0 { format!("{words} · {}", counted(filters as u64, "filter")) } else { words }
}

fn losses_ui(ui: &mut Ui, state: &State, table: Table, commands: &mut Vec<Command>) {
    let Some(curation) = state.curation.value() else { return };
    if table.dataset().is_some() {
        let made = Table::ALL.into_iter().filter_map(|made| curation.count(made));
        for count in made.filter(|count| count.source == table) {
            for position in 0..count.steps.len() {
                loss_ui(ui, count, position, &format!(", not in {}", count.table.name()), commands);
            }
        }
    }
    let Some(count) = curation.count(table) else { return };
    ui.label(widgets::weak(ui, format!("from {} of {}", thousands(count.rows_in), count.source.name())));
    for (position, step) in count.steps.iter().enumerate() {
        loss_ui(ui, count, position, "", commands);
        if step.added > 0 && step.reason == Reason::NoMotion {
            let text = format!("+{} as some fit several motions", thousands(step.added));
            ui.label(widgets::weak(ui, text))
                .on_hover_text(t("A distance reading that fits several motions makes one row with each of them"));
        } else if step.added > 0 {
            let text = format!("+{} as several records carry one serial number", thousands(step.added));
            ui.label(widgets::warning(ui, text))
                .on_hover_text(t("Several customers' records carry the serial number of the same device"));
        }
    }
}

/// The way to the rows that a step dropped, if there are any.
fn loss_ui(ui: &mut Ui, count: &TableCount, position: usize, what: &str, commands: &mut Vec<Command>) {
    let Some(step) = count.steps.get(position).filter(|step| step.dropped > 0) else { return };
    let text = format!("−{} {}{what}", thousands(step.dropped), step.reason.label());
    if ui.button(t(text)).on_hover_text(t(step.reason.explanation())).clicked() {
        commands.push(Command::Show(Shown::Dropped { table: count.table, step: position, stood: None }));
    }
}

/// The rows that were asked for, with what narrows them, and one of them whole.
pub(super) fn look_ui(
    ui: &mut Ui,
    state: &State,
    shown: Shown,
    name: &str,
    screen: &mut TableScreen,
    commands: &mut Vec<Command>,
) {
    let Some(loaded) = state.landing.value() else { return };
    screen.turn_to(shown);
    if let Some(error) = state.look.error() {
        return empty::failed_ui(
            ui,
            "The rows could not be found",
            error,
            Command::SetQuery(shown, Query::default()),
            commands,
        );
    }
    let Some(look) = state.look.value().filter(|look| look.shown == shown).map(Arc::clone) else {
        return empty::working_ui(ui, "The rows are being looked up.");
    };
    let (mut query, mut layout) = (state.choices().query(), state.choices().layout());
    // Until the rows are those that are asked for, the selection would be painted over others.
    let chosen = state.look_in_force().and_then(|_| state.choices().selection());
    let mut selection = chosen;
    screen.bring(selection);
    bar_ui(ui, state, &look, (&mut query, &mut layout, selection), screen, commands);
    if screen.shows_details {
        let panel = parts::panel(state, Part::Details, Panel::right("details"), theme::DETAILS_WIDTH);
        let details = panel.frame(theme::side_frame(ui)).size_range(180.0..=420.0).show(ui, |ui| {
            let place = selection.map(|selection| selection.head.0);
            details::details_ui(ui, &look, place, &loaded.codes, state.revealed, commands);
        });
        parts::keep_size(ui, state, Part::Details, "details", &details.response, commands);
    }
    let (columns, pinned) = layout.in_sight(&look.view);
    let is_narrowed = look.follow.is_some() || look.query.filters.iter().any(|filter| filter.on);
    if look.is_empty() && !query.find.is_empty() && (is_narrowed || (look.view.rows() > 0 && !state.revealed)) {
        no_rows::nothing_found_ui(ui, is_narrowed, &mut query, &look, commands);
    } else if look.view.rows() == 0 {
        empty::nothing_here_ui(ui, "No rows", no_rows::without_rows(shown));
    } else if let (Some(who), true, true) = (&look.follow, look.is_empty(), look.query.is_plain()) {
        empty::picture_ui(ui, icons::TABLE, "No rows of theirs", |ui| {
            ui.label(widgets::weak(ui, "This table has rows, but none of whom the tables are narrowed to."));
            ui.add_space(8.0);
            if ui.button(t("What became of theirs")).clicked() {
                commands.push(Command::About(who.clone()));
            }
            if ui.button(t("Show all rows")).clicked() {
                commands.push(Command::Follow(None));
            }
        });
    } else {
        let title = |&at: &usize| Some(cell::grid_column(look.view.column(at)?, look.is_internal(at), state.revealed));
        let mut titles: Vec<GridColumn> = columns.iter().filter_map(title).collect();
        if shown == Shown::Sql {
            // What is worked out has more digits than what was measured.
            for (title, at) in titles.iter_mut().zip(&columns) {
                if look.view.column(*at).is_some_and(|column| column.kind == Kind::Float) {
                    title.width = title.width.max(WORKED_OUT);
                }
            }
        }
        if let Some(error) = state.summaries.error() {
            ui.label(widgets::warning(ui, error));
        }
        if look.is_empty() && query == look.query && query.filters.iter().any(|filter| filter.on) {
            no_rows::filtered_out_ui(ui, &mut query);
        }
        let summaries = state.summaries.value().filter(|summaries| summaries.look.shown == shown);
        let mut content = Content {
            look: &look,
            columns: &columns,
            titles: &titles,
            summaries: summaries.map(|summaries| summaries.columns.as_slice()),
            codes: &loaded.codes,
            revealed: state.revealed,
            query: &mut query,
            layout: &mut layout,
            commands,
        };
        let shape =
            GridShape { id: name, columns: &titles, pinned, rows: look.len(), header_height: theme::title_height(ui) };
        content_grid_ui(ui, &shape, &mut screen.scroll, Some(&mut selection), &mut content);
    }
    screen.painted = selection;
    if let Some(selection) = selection.filter(|_| selection != chosen) {
        commands.push(Command::Select(shown, selection));
        commands.extend(read_at(&look, selection.head.0).map(Command::PointAt));
    }
    if query != state.choices().query() {
        commands.push(Command::SetQuery(shown, query));
    }
    if layout != state.choices().layout() {
        commands.push(Command::SetColumns(shown, layout));
    }
}

/// Finding, what is in force, what is chosen, and the columns out of sight: one line, so that nothing below it moves. What is in force has
/// lines of its own only where there is no room for all of it.
fn bar_ui(
    ui: &mut Ui,
    state: &State,
    look: &Look,
    (query, layout, selection): (&mut Query, &mut ColumnLayout, Option<Selection>),
    screen: &mut TableScreen,
    commands: &mut Vec<Command>,
) {
    let chips = chips::width(ui, state, look, query);
    let free = ui.available_width() - BESIDE_CHIPS * theme::text_factor(ui);
    let has_room = chips <= free;
    ui.horizontal(|ui| {
        ui.label(widgets::weak(ui, icons::SEARCH));
        let response =
            ui.add(TextEdit::singleline(&mut query.find).hint_text(t("Find in all columns")).desired_width(180.0));
        widgets::named(&response, ui, egui::Role::TextInput, "Find in all columns");
        if std::mem::take(&mut screen.finds) {
            response.request_focus();
        }
        // From what is to be found to what was.
        if widgets::is_entered(ui, &response) {
            screen.scroll.take_focus();
        }
        if !query.find.is_empty() && widgets::icon_button_ui(ui, icons::CLOSE, "Find nothing in particular").clicked() {
            query.find.clear();
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let name = if screen.shows_details { "Hide details" } else { "Show details" };
            if widgets::icon_button_ui(ui, icons::DETAILS, name).clicked() {
                screen.shows_details = !screen.shows_details;
            }
            let usual = state.choices().usual_layout();
            if *layout != usual && ui.button(t("Reset columns")).clicked() {
                *layout = usual;
            }
            let hidden: Vec<&'static str> = layout.hidden().collect();
            if !hidden.is_empty() {
                ui.menu_button(t(counted(hidden.len() as u64, "hidden column")), |ui| {
                    for name in hidden {
                        if ui.button(t(format!("Show {name}"))).clicked() {
                            layout.hide(name, false);
                        }
                    }
                });
            }
            if let Some(selection) = selection {
                sums::sums_ui(ui, state, look, &selection, if has_room { free - chips } else { free });
                about_ui(ui, state, look, &selection, commands);
            }
            if has_room {
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ScrollArea::horizontal().id_salt("chips").show_scrolled(ui, |ui| {
                        // In one line, however many there are.
                        ui.horizontal(|ui| chips::chips_ui(ui, state, look, query, commands));
                    });
                });
            }
        });
    });
    if !has_room && chips::are_there(state, query) {
        ui.horizontal_wrapped(|ui| chips::chips_ui(ui, state, look, query, commands));
    }
}

/// The way to what became of whose cell is chosen.
fn about_ui(ui: &mut Ui, state: &State, look: &Look, selection: &Selection, commands: &mut Vec<Command>) {
    let Some(loaded) = state.landing.value().filter(|_| selection.anchor == selection.head) else { return };
    let column = state.choices().layout().in_sight(&look.view).0.get(selection.head.1).copied();
    let (Some(row), Some(column)) = (look.rows.get(selection.head.0), column) else { return };
    for follow in details::whose_at(look, row, column) {
        let name = chips::name_of(&follow, &loaded.codes, state.revealed);
        let words = as_is(t(format!("About {name}")));
        let words = RichText::new(words).color(ui.visuals().hyperlink_color);
        let door = widgets::door_ui(ui, words, format!("What became of {name}"));
        if door.on_hover_text(t(details::ABOUT)).clicked() {
            commands.push(Command::About(follow));
        }
    }
}

/// What is painted into the grid.
struct Content<'a> {
    look: &'a Look,
    columns: &'a [usize],
    titles: &'a [GridColumn],
    summaries: Option<&'a [Summary]>,
    codes: &'a Codes,
    revealed: bool,
    query: &'a mut Query,
    layout: &'a mut ColumnLayout,
    commands: &'a mut Vec<Command>,
}

impl Content<'_> {
    fn at(&self, place: usize, column: usize) -> Option<(&Column, Cell<'_>)> {
        let position = *self.columns.get(column)?;
        let row = self.look.rows.get(place)?;
        Some((self.look.view.column(position)?, self.look.view.cell(row, position)))
    }

    fn whose(&self, place: usize, column: usize) -> Vec<Follow> {
        let at = self.look.rows.get(place).zip(self.columns.get(column));
        at.map(|(row, column)| details::whose_at(self.look, row, *column)).unwrap_or_default()
    }
}

impl GridContent for Content<'_> {
    /// Columns are data.
    fn name(&self, title: &str) -> Words {
        as_is(title)
    }

    fn sorted(&self, column: usize) -> Option<bool> {
        let name = self.look.view.column(*self.columns.get(column)?)?.name;
        self.query.sorts.iter().find(|sort| sort.column == name).map(|sort| sort.descending)
    }

    fn title_ui(&mut self, ui: &mut Ui, column: usize) {
        let position = self.columns[column];
        let Some(about) = self.look.view.column(position) else { return };
        let summary = self.summaries.and_then(|summaries| summaries.get(position));
        let hover = &self.titles[column].hover;
        let is_internal = self.look.is_internal(self.columns[column]);
        let title = Title { column: about, hover, is_internal, summary, codes: self.codes, revealed: self.revealed };
        title_ui(ui, &title, self.query, |ui, query| {
            column_menu::menu_ui(ui, &title, &self.look.view, query, self.layout);
        });
    }

    fn cell_ui(&mut self, ui: &mut Ui, place: usize, column: usize) {
        if let Some((column, cell)) = self.at(place, column) {
            cell::cell_ui(ui, column, cell, self.codes, self.revealed);
        }
    }

    /// What became of whose cell it is, or else whose row.
    fn open(&mut self, place: usize, column: usize) {
        self.commands.extend(self.whose(place, column).into_iter().next().map(Command::About));
    }

    fn menu_ui(&mut self, ui: &mut Ui, place: usize, column: usize) {
        self.cell_menu_ui(ui, place, column);
    }
}

/// When the reading in a row was taken and whose it is, if the row is one.
fn read_at(look: &Look, place: usize) -> Option<Pointed> {
    let row = look.rows.get(place)?;
    let whose = look.view.columns().enumerate().filter_map(|(position, column)| {
        let Cell::Text(text) = look.view.cell(row, position) else { return None };
        match column.privacy {
            Privacy::Person => Some(Follow::Person(text.to_owned())),
            Privacy::Device => Some(Follow::Device(text.to_owned())),
            Privacy::Open | Privacy::Personal => None,
        }
    });
    let whose = whose.collect();
    let mut times = ["timestamp", "sensorreadingtime"].into_iter().filter_map(|name| look.view.position(name));
    match look.view.cell(row, times.next()?) {
        Cell::Time(at) => Some(Pointed { at, whose }),
        _ => None,
    }
}
