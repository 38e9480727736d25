//! The page of SQL: the query, what is wrong with it, and its rows as any table.

use egui::{Button, Panel, Role, Sense, Ui, UiBuilder};

use crate::sql::{Answer, Fault};
use crate::state::{Command, Part, Shown, Slot, State};

use super::actions::named_with_key;
use super::focus::Visit;
use super::sql_editor::{Editor, editor_ui};
use super::table_page::{TableScreen, look_ui};
use super::words::{as_is, t};
use super::{access, chips, empty, icons, parts, sql_side, theme, widgets};

/// Least width of the list beside the editor, in points: the names of tables are whole.
const LEAST_SIDE: f32 = 208.0;

/// What belongs to the page alone.
#[derive(Default)]
pub struct SqlScreen {
    editor: Editor,
    visit: Visit,
}

impl SqlScreen {
    /// The query as it stands in the editor.
    pub fn text(&self) -> &str {
        self.editor.text()
    }

    /// The query, which is answered now.
    pub fn ask(&mut self) -> &str {
        self.editor.settle();
        self.text()
    }

    /// Gives the focus to the editor.
    pub fn edit(&mut self) {
        self.editor.begin();
    }

    /// Puts a query into the editor.
    pub fn put(&mut self, text: String) {
        self.editor.put(text);
    }
}

/// Paints the page.
pub fn sql_ui(
    ui: &mut Ui,
    state: &State,
    (screen, table): (&mut SqlScreen, &mut TableScreen),
    commands: &mut Vec<Command>,
) {
    if let Some(error) = state.curation.error() {
        let again = Command::SetRecipe(state.choices().recipe.clone());
        empty::failed_ui(ui, "The tables could not be made", error, again, commands);
        return;
    }
    if screen.visit.begins(ui, state.visits.came_back()) {
        screen.edit();
    }
    ui.horizontal_wrapped(|ui| {
        access::heading_ui(ui, "SQL");
        ui.add_space(8.0);
        buttons_ui(ui, state, screen, commands);
        if let Some(answer) = state.answer_in_force() {
            if answer.text.trim() != screen.text().trim() {
                ui.label(widgets::warning(ui, "Answer of the query before"));
            }
            answer_line_ui(ui, state, answer, commands);
        }
    });
    let side = state.looks.shows(Part::Examples).then(|| {
        // Rows keep most of the width, too.
        let usual = (ui.available_width() * 0.3).clamp(LEAST_SIDE, theme::SIDEBAR_WIDTH);
        let panel = parts::panel(state, Part::Examples, Panel::right("sql_side"), usual)
            .frame(theme::side_frame(ui))
            .size_range(LEAST_SIDE..=480.0);
        let side = panel.show(ui, |ui| ui.allocate_space(ui.available_size()).1);
        parts::keep_size(ui, state, Part::Examples, "sql_side", &side.response, commands);
        side.inner
    });
    let fault = state.sql.fault.as_ref().filter(|(text, _)| text == screen.text()).map(|(_, fault)| fault);
    // In a low window the rows keep most of the room.
    let usual = theme::QUERY_HEIGHT.min(ui.available_height() * 0.22);
    let panel = parts::panel(state, Part::Query, Panel::top("sql_query"), usual)
        .frame(theme::query_frame(ui))
        .size_range(72.0..=480.0);
    let query = panel.show(ui, |ui| editor_ui(ui, &mut screen.editor, fault));
    parts::keep_size(ui, state, Part::Query, "sql_query", &query.response, commands);
    if let Some(fault) = fault {
        fault_ui(ui, fault, &mut screen.editor);
    }
    chips::of_all_ui(ui, state, |name| format!("Queries see all rows, not only those of {name}."));
    match (&state.sql.answer, state.answer_in_force()) {
        (Slot::Loading(_), _) => empty::working_ui(ui, "The query is being answered."),
        (_, Some(answer)) => {
            notes_ui(ui, answer);
            look_ui(ui, state, Shown::Sql, "the answer", table, commands);
        }
        (Slot::Failed { .. }, None) if fault.is_some() => {}
        (_, None) if !screen.text().trim().is_empty() => {
            empty::nothing_here_ui(ui, "Not answered yet", "Press Ctrl+Enter to run the query as it stands now.");
        }
        (_, None) => {
            let words = if state.looks.shows(Part::Examples) {
                "Write a query and press Ctrl+Enter, or take an example from the list beside."
            } else {
                "Write a query and press Ctrl+Enter. The button beside Run shows tables, examples and earlier queries."
            };
            empty::nothing_here_ui(ui, "No query yet", words);
        }
    }
    if let Some(place) = side {
        // Last, as who comes by keys comes to the editor first.
        ui.scope_builder(UiBuilder::new().max_rect(place).id_salt("sql_side"), |ui| {
            ui.shrink_clip_rect(place);
            sql_side::side_ui(ui, state, &mut screen.editor, commands);
        });
    }
}

fn buttons_ui(ui: &mut Ui, state: &State, screen: &SqlScreen, commands: &mut Vec<Command>) {
    if state.sql.answer.is_loading() {
        let stop = ui.add(Button::new(format!("{}  {}", icons::CLOSE, t("Stop"))));
        widgets::named(&stop, ui, Role::Button, "Stop the query");
        if stop.on_hover_text(t("Stop the query (Esc)")).clicked() {
            commands.push(Command::Cancel);
        }
    } else {
        let ask = ui.add(Button::new(format!("{}  {}", icons::RUN, t("Run"))));
        widgets::named(&ask, ui, Role::Button, "Run the query");
        if ask.on_hover_text(t(named_with_key("Run the query", "ask", state))).clicked() {
            commands.push(Command::Ask(screen.text().to_owned()));
        }
    }
    let name = if state.looks.shows(Part::Examples) {
        "Hide tables, examples and earlier queries"
    } else {
        "Show tables, examples and earlier queries"
    };
    if widgets::icon_button_ui(ui, icons::DETAILS, name).clicked() {
        commands.push(Command::SetLooks(state.looks.turned(Part::Examples)));
    }
}

/// How many rows there are and how long it took, and the way to have them in a file.
fn answer_line_ui(ui: &mut Ui, state: &State, answer: &Answer, commands: &mut Vec<Command>) {
    ui.label(t(answer.rows_in_words()));
    ui.label(widgets::weak(ui, format!("in {:.2} s", answer.seconds)));
    let save = named_with_key("Save this view…", "save-view", state);
    if widgets::icon_button_ui(ui, icons::SAVE_VIEW, save).clicked() {
        commands.push(Command::SaveView);
    }
    if answer.gated && state.review.signed_off().is_none() {
        ui.label(widgets::warning(ui, icons::LOCKED)).on_hover_text(t(
            "These rows are of the training set, or could make it: they are saved only when its joins were reviewed and somebody signed",
        ));
    }
}

/// What is to be known of the rows before they are read.
fn notes_ui(ui: &mut Ui, answer: &Answer) {
    if answer.is_cut() {
        let words = "Not all rows are kept. LIMIT, WHERE or GROUP BY makes them fewer; a file of these has the first rows only.";
        ui.label(widgets::warning(ui, words));
    }
    for column in answer.internal.iter().filter_map(|&position| answer.view.column(position)) {
        ui.label(widgets::weak(
            ui,
            format!(
                "The column {} is for checks only and in no file; an export has a pseudonym of the customer.",
                column.name
            ),
        ));
    }
    if answer.compares_masked {
        let words =
            "Personal data are masked: conditions compare codes, and what is computed from personal data is •••.";
        ui.label(widgets::weak(ui, words));
    }
    if answer.text.trim_start().get(..7).is_some_and(|word| word.eq_ignore_ascii_case("explain")) {
        ui.label(widgets::weak(ui, "How the engine would find the rows, from the last step to the first."));
    }
}

/// What is wrong, with a way to its place.
fn fault_ui(ui: &mut Ui, fault: &Fault, editor: &mut Editor) {
    ui.horizontal_wrapped(|ui| {
        ui.label(widgets::warning(ui, icons::WARNING));
        if let Some(place) = &fault.place {
            let words = format!("Line {}, letter {}", place.line, place.column);
            let name = format!("Go to line {}, letter {}", place.line, place.column);
            if widgets::door_ui(ui, widgets::warning(ui, words), &name).on_hover_text(t(&name)).clicked() {
                editor.go_to(place.bytes.start);
            }
        }
        let message = egui::Label::new(widgets::warning(ui, as_is(sentence(&t(&fault.message))))).wrap();
        // To be clicked as well, but one stop of the keys is enough.
        if ui.add(message.sense(Sense::CLICK)).clicked() {
            editor.go_to(fault.place.as_ref().map_or(0, |place| place.bytes.start));
        }
    });
    ui.add_space(4.0);
}

/// The message as a sentence.
fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let end = if message.ends_with(['.', '?', '…']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}
