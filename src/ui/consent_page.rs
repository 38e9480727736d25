//! The consent page: where every row went and why, who agreed when, who withdrew, and whether the counts are the
//! expected ones.

use egui::{RichText, ScrollArea, TextStyle, Ui};

use crate::domain::format::counted;
use crate::state::{Command, Slot, State};

use super::about::about_ui;
use super::expected::{ExpectedScreen, expected_ui};
use super::grid::RowScroll;
use super::timeline::timeline_ui;
use super::waterfall::waterfall_ui;
use super::withdrawals::withdrawals_ui;
use super::words::t;
use super::{chips, empty, widgets};

/// What belongs to the page alone.
#[derive(Default)]
pub struct ConsentScreen {
    expected: ExpectedScreen,
    withdrawn: String,
    sessions: RowScroll,
    tab: Tab,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tab {
    #[default]
    Waterfall,
    Timeline,
    Withdrawals,
    Counts,
    Followed,
}

/// Paints the page.
pub fn consent_ui(ui: &mut Ui, state: &State, screen: &mut ConsentScreen, commands: &mut Vec<Command>) {
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(t("Consent")).text_style(TextStyle::Heading));
        ui.add_space(8.0);
        let withdrawn = state.choices().recipe.withdrawn.len() as u64;
        let withdrawals = if withdrawn > 0 { format!("Withdrawals ({withdrawn})") } else { "Withdrawals".to_owned() };
        for (tab, text, hover) in [
            (Tab::Waterfall, "Where rows went", "What came in, what each rule removed and why, and what is left"),
            (Tab::Timeline, "Who agreed when", "Each customer's consent against their readings"),
            (Tab::Withdrawals, withdrawals.as_str(), "Customers who withdrew are in no table"),
            (Tab::Counts, "Expected counts", "Compare with the counts of another system"),
        ] {
            ui.selectable_value(&mut screen.tab, tab, t(text)).on_hover_text(t(hover));
        }
        if let (Some(follow), Some(loaded)) = (&state.choices().follow, state.landing.value()) {
            let name = chips::name_of(follow, &loaded.codes, state.revealed);
            ui.selectable_value(&mut screen.tab, Tab::Followed, t(format!("About {name}")))
                .on_hover_text(t("Consents, devices, what is left in each table, and what was dropped and why"));
        } else if screen.tab == Tab::Followed {
            screen.tab = Tab::Waterfall;
        }
    });
    if let (Some(loaded), Some(_)) = (state.landing.value(), &state.choices().follow) {
        ui.horizontal(|ui| chips::follow_ui(ui, state, &loaded.codes, commands));
    }
    ui.add_space(8.0);
    if let Some(error) = state.consent.error() {
        return empty::failed_ui(ui, "The page could not be worked out", error, Command::RetryConsent, commands);
    }
    match screen.tab {
        Tab::Withdrawals => withdrawals_ui(ui, state, &mut screen.withdrawn, commands),
        Tab::Counts => {
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                expected_ui(ui, state, &mut screen.expected, commands);
            });
        }
        Tab::Waterfall | Tab::Timeline | Tab::Followed => {
            let Some(view) = state.consent.value() else {
                return empty::no_rows_ui(ui, "The figures are being added up.");
            };
            if screen.tab == Tab::Timeline {
                return timeline_ui(ui, state, view, &mut screen.sessions, commands);
            }
            if let Slot::Loading(_) = state.consent {
                ui.label(widgets::weak(ui, "adding up…"));
            }
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                if let (Tab::Followed, Some(about)) = (screen.tab, &view.about) {
                    return about_ui(ui, state, about, commands);
                }
                for waterfall in &view.waterfalls {
                    waterfall_ui(ui, waterfall, commands);
                    ui.add_space(12.0);
                }
                let people = counted(view.sessions.len() as u64, "customer");
                ui.label(widgets::weak(ui, format!("{people} by e-mail address. Each bar opens its rows.")));
            });
        }
    }
}
