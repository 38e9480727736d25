//! What assistive technology is told beside names: regions of the window, headings, tabs, tables with rows and cells, texts that
//! speak up when they change, what is open, and what is wrong with a field.

use egui::accesskit::{Action, Invalid, Live, Node, Rect as Bounds, Role, SortDirection};
use egui::{Context, FullOutput, Id, Layout, Plugin, Rect, Response, RichText, TextStyle, Ui, UiBuilder};

use super::words::Words;

/// Mends what is said in one place: icons are taken out, since they are letters of a face, which nobody reads aloud. A text of
/// nothing else is decoration.
pub struct Unspoken;

impl Plugin for Unspoken {
    fn debug_name(&self) -> &'static str {
        "unspoken icons"
    }

    fn output_hook(&mut self, _: &Context, output: &mut FullOutput) {
        let Some(update) = &mut output.platform_output.accesskit_update else { return };
        for (_, node) in update.nodes.iter_mut().filter(|(_, node)| node.role() != Role::TextRun) {
            // What the edges of columns are dragged by comes from a library, which does not name it.
            let is_edge = |bounds: Bounds| bounds.width() < bounds.height();
            if node.role() == Role::Unknown && node.label().is_none() && node.bounds().is_some_and(is_edge) {
                node.set_role(Role::Splitter);
                node.set_label(&*Words::from("Resize column"));
            }
            if let Some(label) = node.label().and_then(without_icons) {
                node.set_label(label);
            }
            if let Some(value) = node.value().and_then(without_icons) {
                if value.is_empty() && node.role() == Role::Label {
                    node.set_hidden();
                }
                node.set_value(value);
            }
        }
    }
}

/// The same text without icons; none if there are none in it.
fn without_icons(text: &str) -> Option<String> {
    let is_icon = |letter: char| ('\u{e000}'..='\u{f8ff}').contains(&letter);
    text.contains(is_icon).then(|| {
        let words = text.split(|letter: char| is_icon(letter) || letter == ' ').filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join(" ")
    })
}

/// Makes a region of the part of the window that `ui` paints, with a name to jump to.
pub fn region(ui: &Ui, role: Role, name: impl Into<Words>) {
    let name = name.into();
    ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
        node.set_role(role);
        node.set_label(&*name);
    });
}

/// Gives the window the name that it has in its title bar.
pub fn window(ui: &Ui, title: impl FnOnce() -> String) {
    ui.ctx().accesskit_node_builder(egui::accesskit_root_id(), |node| node.set_label(title()));
}

/// Makes of what `ui` paints one thing, which what is in it names.
pub fn group(ui: &Ui, role: Role) {
    ui.ctx().accesskit_node_builder(ui.unique_id(), |node| node.set_role(role));
}

/// The heading of a page or of a part of it.
pub fn heading_ui(ui: &mut Ui, text: impl Into<Words>) -> Response {
    let text = text.into();
    let response = ui.label(RichText::new(&*text).text_style(TextStyle::Heading));
    heading(&response, &text, 1);
    response
}

/// Makes a heading of a label, below those of a smaller level.
pub fn heading(response: &Response, text: &str, level: usize) {
    response.ctx.accesskit_node_builder(response.id, |node| {
        node.set_role(Role::Heading);
        node.clear_value();
        node.set_label(text);
        node.set_level(level);
    });
}

/// Makes a tab of a choice: one of several pages, of which one is seen.
pub fn tab(response: &Response, selected: bool) {
    response.ctx.accesskit_node_builder(response.id, |node| {
        node.set_role(Role::Tab);
        node.clear_toggled();
        node.set_selected(selected);
    });
}

/// Makes one of several of a choice, of which exactly one is made.
pub fn radio(response: &Response) {
    response.ctx.accesskit_node_builder(response.id, |node| node.set_role(Role::RadioButton));
}

/// Has a text read out when it changes: when there is a pause, or at once.
pub fn live(response: &Response, at_once: bool) {
    let live = if at_once { Live::Assertive } else { Live::Polite };
    response.ctx.accesskit_node_builder(response.id, |node| node.set_live(live));
}

/// Has the state of things read out when it changes, in a pause.
pub fn status(response: &Response) {
    live(response, false);
    response.ctx.accesskit_node_builder(response.id, |node| node.set_role(Role::Status));
}

/// Tells what a bar shows the progress of.
pub fn progress(response: &Response, of: impl Into<Words>) {
    let of = of.into();
    response.ctx.accesskit_node_builder(response.id, |node| {
        node.set_label(&*of);
        node.set_min_numeric_value(0.0);
        node.set_max_numeric_value(100.0);
    });
}

/// Tells whether what a button opens is open.
pub fn expanded(response: &Response, is_open: bool) {
    response.ctx.accesskit_node_builder(response.id, |node| node.set_expanded(is_open));
}

/// Has a label say something else than what is written on it.
pub fn said(response: &Response, words: impl Into<Words>) {
    let words = words.into();
    response.ctx.accesskit_node_builder(response.id, |node| node.set_value(&*words));
}

/// Tells what more there is to know of something than its name.
pub fn described(response: &Response, words: &[String]) {
    response.ctx.accesskit_node_builder(response.id, |node| node.set_description(sentences(words)));
}

/// Sentences one after the other, each in the language of the window.
pub fn sentences(words: &[String]) -> String {
    words.iter().map(|words| String::from(Words::from(words))).collect::<Vec<_>>().join(" ")
}

/// Tells that what stands in a field cannot be taken, and why.
pub fn invalid(response: &Response, why: impl Into<Words>) {
    let why = why.into();
    response.ctx.accesskit_node_builder(response.id, |node| {
        node.set_invalid(Invalid::True);
        node.set_description(&*why);
    });
}

/// Tells that a field has to be filled in.
pub fn required(response: &Response) {
    response.ctx.accesskit_node_builder(response.id, Node::set_required);
}

/// Tells how large a table is, titles and numbers of rows included.
pub fn table(response: &Response, rows: usize, columns: usize) {
    response.ctx.accesskit_node_builder(response.id, |node| {
        node.set_row_count(rows + 1);
        node.set_column_count(columns + 1);
        node.add_action(Action::Focus);
    });
}

/// Tells the row at the top of a table, and the last one that can be.
pub fn scrolled(response: &Response, first: usize, last: usize) {
    response.ctx.accesskit_node_builder(response.id, |node| {
        node.set_numeric_value(first as f64);
        node.set_min_numeric_value(0.0);
        node.set_max_numeric_value(last as f64);
    });
}

/// The cell of a table on which the keys act.
pub fn active(response: &Response, cell: Id) {
    response.ctx.accesskit_node_builder(response.id, |node| node.set_active_descendant(cell.accesskit_id()));
}

/// A row of a table, counted from the titles, to put cells into.
pub fn row(ui: &mut Ui, table: Id, index: usize, rect: Rect) -> Id {
    let id = table.with(("row", index));
    ui.new_child(
        UiBuilder::new().scope_id(id).max_rect(rect).accessibility_parent(table).accessibility_role(Role::Row),
    );
    ui.ctx().accesskit_node_builder(id, |node| {
        node.set_row_index(index);
        node.set_bounds(bounds(rect));
    });
    id
}

/// What a cell of a table is.
pub struct Cell {
    /// The row that it is in.
    pub row: Id,
    /// Which one that is, counted from the titles.
    pub row_index: usize,
    /// Which of the row's, counted from the number of the row.
    pub column_index: usize,
    /// What it is of: a title, a number of a row, or neither.
    pub role: Role,
    /// Whether it is chosen, where cells can be.
    pub selected: Option<bool>,
    /// How a title's column is sorted.
    pub sorted: Option<bool>,
    /// What it is called, where what is in it does not say it.
    pub name: Option<Words>,
}

/// Paints a cell; gives whether assistive technology chose it, and its id.
pub fn cell_ui(ui: &mut Ui, cell: Cell, layout: Option<Layout>, paint: impl FnOnce(&mut Ui)) -> (bool, Id) {
    let Cell { row, row_index, column_index, role, selected, sorted, name } = cell;
    let builder = UiBuilder::new().accessibility_parent(row).accessibility_role(role);
    let builder = layout.into_iter().fold(builder, UiBuilder::layout);
    let painted = ui.scope_builder(builder, |ui| {
        let rect = ui.max_rect();
        ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
            node.set_row_index(row_index);
            node.set_column_index(column_index);
            node.set_bounds(bounds(rect));
            if let Some(selected) = selected {
                node.set_selected(selected);
                node.add_action(Action::Click);
            }
            if let Some(descending) = sorted {
                node.set_sort_direction(if descending { SortDirection::Descending } else { SortDirection::Ascending });
            }
            if let Some(name) = name {
                node.set_label(&*name);
            }
        });
        paint(ui);
        ui.unique_id()
    });
    let id = painted.inner;
    (ui.input(|input| input.has_accesskit_action_request(id, Action::Click)), id)
}

fn bounds(rect: Rect) -> Bounds {
    let [x0, y0, x1, y1] = [rect.left(), rect.top(), rect.right(), rect.bottom()].map(f64::from);
    Bounds { x0, y0, x1, y1 }
}
