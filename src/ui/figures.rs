//! What is drawn as a table: one for all drawings. Its cells are asked for as they come into sight, can be chosen, and copied.

use egui::{Align, Event, Key, Label, Layout, Modifiers, Ui};

use crate::domain::foreign::disarmed;
use crate::domain::format::thousands;
use crate::explore::Selection;
use crate::state::{Command, Severity};

use super::grid::{GridColumn, GridContent, GridShape, RowScroll, content_grid_ui};
use super::words::{as_is, t};
use super::{theme, widgets};

/// No more cells are put on the clipboard at once, since that is done within a frame.
const MOST_COPIED: usize = 100_000;

/// Where such a table is scrolled to, and what is chosen in it.
#[derive(Default)]
pub struct FiguresScreen {
    scroll: RowScroll,
    selection: Option<Selection>,
    /// What rows there were when they were chosen.
    of: (usize, usize),
}

/// A column: its title, what it holds, how wide it is, and whether it holds numbers.
pub fn column(title: &str, hover: &str, width: f32, right: bool) -> GridColumn {
    GridColumn { title: title.to_owned(), hover: hover.to_owned(), width, right }
}

/// Paints the table. `start` tells other rows from those before, so that what was chosen among those is let go of.
pub fn figures_ui(
    ui: &mut Ui,
    name: &str,
    columns: &[GridColumn],
    (start, rows): (usize, usize),
    screen: &mut FiguresScreen,
    commands: &mut Vec<Command>,
    cell: impl Fn(usize, usize) -> String,
) {
    if screen.of != (start, rows) {
        *screen = FiguresScreen { of: (start, rows), ..FiguresScreen::default() };
    }
    let shape = GridShape { id: name, columns, pinned: 0, rows, header_height: theme::HEADER_HEIGHT };
    let mut copies = None;
    let mut content = Figures { columns, cell: &cell, copies: &mut copies };
    content_grid_ui(ui, &shape, &mut screen.scroll, Some(&mut screen.selection), &mut content);
    if !ui.ctx().text_edit_focused() && rows > 0 {
        if ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::A)) {
            screen.selection = Some(Selection::all(rows, columns.len()));
        }
        let copied = ui.input(|input| input.events.contains(&Event::Copy).then_some(input.modifiers.shift));
        copies = copies.or(copied);
    }
    if let (Some(titles), Some(selection)) = (copies, screen.selection) {
        commands.push(copy(&selection, columns, titles, &cell));
    }
}

/// The chosen cells on the clipboard, with their titles or without.
fn copy(
    selection: &Selection,
    columns: &[GridColumn],
    titles: bool,
    cell: &impl Fn(usize, usize) -> String,
) -> Command {
    if selection.rows().count().saturating_mul(selection.columns().count()) > MOST_COPIED {
        let text = format!("Not more than {} cells are copied at once. Choose fewer.", thousands(MOST_COPIED as u64));
        return Command::Notify(Severity::Warning, text);
    }
    let line = |text: &dyn Fn(usize) -> String| {
        selection.columns().map(|column| disarmed(&text(column)).into_owned()).collect::<Vec<_>>().join("\t")
    };
    let title =
        titles.then(|| line(&|column| columns.get(column).map_or_else(String::new, |column| column.title.clone())));
    let lines = title.into_iter().chain(selection.rows().map(|row| line(&|column| cell(row, column))));
    Command::CopyText(lines.collect::<Vec<_>>().join("\n"))
}

struct Figures<'a, F> {
    columns: &'a [GridColumn],
    cell: &'a F,
    copies: &'a mut Option<bool>,
}

impl<F: Fn(usize, usize) -> String> GridContent for Figures<'_, F> {
    fn title_ui(&mut self, ui: &mut Ui, column: usize) {
        let column = &self.columns[column];
        let layout =
            if column.right { Layout::right_to_left(Align::Center) } else { Layout::left_to_right(Align::Center) };
        ui.with_layout(layout, |ui| {
            ui.add(Label::new(widgets::strong(&column.title)).truncate()).on_hover_text(t(&column.hover));
        });
    }

    fn cell_ui(&mut self, ui: &mut Ui, row: usize, column: usize) {
        ui.add(Label::new(as_is((self.cell)(row, column))).truncate());
    }

    fn menu_ui(&mut self, ui: &mut Ui, _: usize, _: usize) {
        for (titles, text) in [(false, "Copy"), (true, "Copy with titles")] {
            if ui.button(t(text)).clicked() {
                *self.copies = Some(titles);
                ui.close();
            }
        }
    }
}
