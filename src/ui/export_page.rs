//! The page of the exports: the next one as a checklist, and those that were made.

use egui::{Button, RichText, ScrollArea, Ui};

use crate::domain::CheckId;
use crate::state::{Command, ExportOutcome, ExportTab, State};

use super::explain::{explained, part_leads_to};
use super::export_outlook::{gate_ui, outlook_ui};
use super::export_past::{PastScreen, past_ui, written_ui};
use super::focus::Visit;
use super::scrolled::Scrolled as _;
use super::words::t;
use super::{access, empty, export_choices, focus, icons, theme, widgets};

/// What belongs to the page alone.
#[derive(Default)]
pub struct ExportScreen {
    tab: ExportTab,
    /// The folder that is being typed.
    pub place: String,
    past: PastScreen,
    visit: Visit,
}

impl ExportScreen {
    /// The part of the page that is open.
    pub fn tab(&self) -> ExportTab {
        self.tab
    }

    /// Opens a part of the page.
    pub fn open_tab(&mut self, tab: ExportTab) {
        self.tab = tab;
    }
}

/// Paints the page. Gives the check that somebody wants to see.
pub fn export_ui(
    ui: &mut Ui,
    state: &State,
    screen: &mut ExportScreen,
    who: &mut String,
    commands: &mut Vec<Command>,
) -> Option<CheckId> {
    ui.horizontal_wrapped(|ui| {
        access::heading_ui(ui, "Export");
        ui.add_space(8.0);
        let past = state.exporting.past.value().map_or(0, |past| past.len());
        let exports = if past > 0 { format!("Exports made ({past})") } else { "Exports made".to_owned() };
        let next = ui.selectable_value(&mut screen.tab, ExportTab::Next, t("Next export"));
        let next = explained(next, "What leaves, whose, how, and what blocks it", "export-parts");
        access::tab(&next, screen.tab == ExportTab::Next);
        let past = ui.selectable_value(&mut screen.tab, ExportTab::Past, t(exports));
        let sentence = "Load them, prove that they are as they were, take customers out who withdrew";
        access::tab(&explained(past, sentence, "export-past"), screen.tab == ExportTab::Past);
    });
    ui.add_space(8.0);
    if screen.tab == ExportTab::Past {
        part_leads_to(ui, "export-past");
        past_ui(ui, state, &mut screen.past, commands);
        return None;
    }
    if let Some(error) = state.curation.error() {
        let again = Command::SetRecipe(state.choices().recipe.clone());
        empty::failed_ui(ui, "The tables could not be made", error, again, commands);
        return None;
    }
    next_ui(ui, state, screen, who, commands)
}

/// The choices on the left, what comes of them on the right; below each other where there is no room.
fn next_ui(
    ui: &mut Ui,
    state: &State,
    screen: &mut ExportScreen,
    who: &mut String,
    commands: &mut Vec<Command>,
) -> Option<CheckId> {
    screen.visit.begins(ui, state.visits.came_back());
    let visit = screen.visit.number();
    if ui.available_width() < theme::ROOM_FOR_TWO {
        let scroll = ScrollArea::vertical().auto_shrink([false, false]).id_salt(("export", visit));
        return scroll.show_in_page(ui, |ui| {
            let wanted = gate_ui(ui, state, &mut screen.place, who, commands);
            outcome_ui(ui, state, &mut screen.past, commands);
            export_choices::choices_ui(ui, state, commands);
            outlook_ui(ui, state, commands);
            wanted
        });
    }
    let width = (ui.available_width() * 0.47).min(560.0);
    egui::Panel::left("export_choices").frame(egui::Frame::new()).exact_size(width).resizable(false).show(ui, |ui| {
        let scroll = ScrollArea::vertical().auto_shrink([false, false]).id_salt("export_choices");
        scroll.show_scrolled(ui, |ui| export_choices::choices_ui(ui, state, commands));
    });
    let frame = egui::Frame::new().inner_margin(egui::Margin { left: 16, ..Default::default() });
    let beside = egui::CentralPanel::default().frame(frame).show(ui, |ui| {
        let scroll = ScrollArea::vertical().auto_shrink([false, false]).id_salt(("export_outlook", visit));
        scroll.show_scrolled(ui, |ui| {
            let wanted = gate_ui(ui, state, &mut screen.place, who, commands);
            outcome_ui(ui, state, &mut screen.past, commands);
            outlook_ui(ui, state, commands);
            wanted
        })
    });
    beside.inner.inner
}

/// One line of the checklist, and what belongs to it.
pub fn section_ui(ui: &mut Ui, icon: &str, title: &str, words: &str, content: impl FnOnce(&mut Ui)) {
    ui.horizontal_top(|ui| {
        let palette = theme::palette(ui);
        let color = if icon == icons::READY { palette.accent } else { palette.warning };
        ui.label(RichText::new(icon).color(color));
        // What is too long for a line goes on below the title.
        ui.vertical(|ui| {
            ui.horizontal_wrapped(|ui| {
                ui.label(widgets::strong(title));
                ui.label(widgets::weak(ui, words));
            });
        });
    });
    ui.indent(title, content);
    ui.add_space(12.0);
}

/// What became of the last export: below what it was asked with, so that the next can be asked for at the same place.
fn outcome_ui(ui: &mut Ui, state: &State, screen: &mut PastScreen, commands: &mut Vec<Command>) {
    let outcome = state.export_outcome();
    let is_there = outcome.is_some() && state.exporting.writing.is_none();
    let is_new = focus::begins(ui, ui.unique_id().with("outcome"), is_there);
    let Some(outcome) = outcome else { return };
    let palette = theme::palette(ui);
    let fill = if matches!(outcome, ExportOutcome::Written(_)) { palette.accent_soft } else { palette.warning_soft };
    theme::notice_frame(fill).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            let dismiss = widgets::icon_button_ui(ui, icons::CLOSE, "Dismiss the last export");
            if dismiss.clicked() {
                commands.push(Command::DismissExport);
            }
            if is_new && !matches!(outcome, ExportOutcome::Written(_)) {
                dismiss.request_focus();
            }
            match outcome {
                ExportOutcome::Written(opened) => {
                    ui.label(widgets::strong(format!("{} Written to {}", icons::READY, opened.folder.display())));
                }
                ExportOutcome::Failed(error) => {
                    ui.label(t(format!("{} {error}", icons::WARNING)));
                }
                ExportOutcome::Exists(place) => {
                    ui.label(t(format!(
                        "{} {} is there already. An export never takes the place of something unasked.",
                        icons::WARNING,
                        place.display()
                    )));
                    let replace = Button::new(widgets::warning(ui, "Replace it"));
                    let replace = ui.add_enabled(state.review.signed_off().is_some(), replace);
                    let replace = replace.on_disabled_hover_text(t("Nobody signed the review of these tables"));
                    if replace.on_hover_text(t("Only if it is an export of this program")).clicked() {
                        commands.push(Command::ExportTo { place: place.clone(), replace: true });
                    }
                }
            }
        });
        if let ExportOutcome::Written(opened) = outcome {
            written_ui(ui, opened, screen, is_new, commands);
        }
    });
    ui.add_space(12.0);
}
