//! What can be done with a cell of a table: whom to follow, what to filter by, copying.

use egui::Ui;

use crate::curation::Cell;
use crate::explore::{Filter, Follow, Test};
use crate::review::joins::Stranger;
use crate::state::{Command, Look};

use super::super::words::t;
use super::super::{chips, details, icons};
use super::{Content, read_at};

impl Content<'_> {
    /// Paints it for the cell that was clicked on, which is chosen.
    pub(super) fn cell_menu_ui(&mut self, ui: &mut Ui, place: usize, column: usize) {
        let whose = self.whose(place, column);
        let Some((column, cell)) = self.at(place, column) else { return };
        let column = *column;
        let test = match cell {
            Cell::Null => Some(Test::Missing),
            Cell::Text(text) => Some(Test::OneOf([text.to_owned()].into())),
            Cell::Integer(number) | Cell::Time(number) => Some(Test::Within(number, number)),
            Cell::Float(number) => Some(Test::Between(number, number)),
        };
        for follow in whose {
            details::follow_button_ui(ui, &follow, self.codes, self.revealed, self.commands);
        }
        if let Some(pair) = paired_at(self.look, place) {
            let name = |follow: Follow| chips::name_of(&follow, self.codes, self.revealed);
            let (device, user) = (Follow::Device(pair.device.clone()), Follow::Person(pair.user.clone()));
            let text = format!("{} {} with the motions of {}", icons::SIGNALS, name(device), name(user));
            let hover = "The device's signals with these motions laid over, at this instant";
            if ui.button(t(text)).on_hover_text(t(hover)).clicked() {
                self.commands.push(Command::ShowStranger(pair));
                ui.close();
            }
        }
        if let Some(test) = test
            && ui.button(t(format!("{} Filter this table by this {}", icons::FILTER, column.name))).clicked()
        {
            self.query.set(Filter { column: column.name, test, on: true });
            ui.close();
        }
        ui.separator();
        for (text, titles) in [("Copy", false), ("Copy with titles", true)] {
            if ui.button(t(format!("{} {text}", icons::COPY))).on_hover_text(t("What is chosen")).clicked() {
                self.commands.push(Command::Copy { titles });
                ui.close();
            }
        }
    }
}

/// Whose distance and whose motion a row of the machine-learning table pairs.
fn paired_at(look: &Look, place: usize) -> Option<Stranger> {
    let row = look.rows.get(place)?;
    let cell = |name| Some(look.view.cell(row, look.view.position(name)?));
    let (device, user) = (cell("serialnumber")?.text()?.to_owned(), cell("user")?.text()?.to_owned());
    Some(Stranger { device, user, pairs: 1, first: read_at(look, place)?.at })
}
