//! What is said where there are no rows.

use egui::Ui;

use crate::explore::Query;
use crate::state::{Command, Look, Shown};
use crate::ui::words::t;
use crate::ui::{empty, icons, widgets};

/// Nothing has the text that is looked for: of the rows that a filter leaves, or while nobody's name can be found.
pub fn nothing_found_ui(ui: &mut Ui, is_narrowed: bool, query: &mut Query, look: &Look, commands: &mut Vec<Command>) {
    empty::picture_ui(ui, icons::SEARCH, "Nothing found", |ui| {
        if is_narrowed {
            let words = "It was looked for only in the rows that the filters above this table leave.";
            ui.label(widgets::weak(ui, words));
            ui.add_space(8.0);
            if ui.button(t("Look in all rows")).clicked() {
                query.filters.iter_mut().for_each(|filter| filter.on = false);
                commands.extend(look.follow.is_some().then_some(Command::Follow(None)));
            }
            return;
        }
        let words = "Names, e-mail addresses and serial numbers are masked, so only their codes are found.";
        ui.label(widgets::weak(ui, words));
        ui.add_space(8.0);
        if ui.button(t("Show personal data and look again")).clicked() {
            commands.push(Command::Reveal(true));
        }
    });
}

/// No row passes the filters: said above the titles, by whose menus they are changed.
pub fn filtered_out_ui(ui: &mut Ui, query: &mut Query) {
    ui.horizontal_wrapped(|ui| {
        ui.label(widgets::warning(ui, format!("{} No row passes the filters.", icons::WARNING)));
        if ui.button(t("Clear filters")).clicked() {
            query.filters.clear();
        }
    });
}

/// Why there may be no rows, and what to do next.
pub fn without_rows(shown: Shown) -> &'static str {
    match shown {
        Shown::Sql => "No row is as the query asks. Take a condition away, or look at what its tables hold.",
        Shown::Table(table) if table.dataset().is_some() => {
            "No record of this table could be read. The page Files says why."
        }
        Shown::Table(_) => {
            "Nothing came through. The small figure of the table above opens what was lost, and says why."
        }
        _ => "There are none of these under the recipe in force.",
    }
}
