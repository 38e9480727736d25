//! The consent page: where every row went and why, who agreed when, who withdrew, and whether the counts are the
//! expected ones.

use egui::{ScrollArea, Ui};

use crate::domain::format::counted;
use crate::explore::Follow;
use crate::state::{Command, ConsentTab as Tab, Slot, State};

use super::about::about_ui;
use super::details::ABOUT;
use super::drawn::Drawn;
use super::expected::{ExpectedScreen, expected_ui};
use super::explain::explained;
use super::scrolled::Scrolled as _;
use super::timeline::{TimelineScreen, timeline_ui};
use super::waterfall::waterfall_ui;
use super::withdrawals::{WithdrawalsScreen, withdrawals_ui};
use super::words::t;
use super::{access, chips, empty, pictures, widgets};

/// What belongs to the page alone.
#[derive(Default)]
pub struct ConsentScreen {
    expected: ExpectedScreen,
    withdrawn: WithdrawalsScreen,
    timeline: TimelineScreen,
    tab: Tab,
    /// Whom the part about somebody was about.
    about: Option<Follow>,
    /// How often somebody came to that part.
    shown_abouts: u64,
}

impl ConsentScreen {
    /// The part of the page that is open.
    pub fn tab(&self) -> Tab {
        self.tab
    }

    /// Opens a part of the page.
    pub fn open_tab(&mut self, tab: Tab) {
        (self.tab, self.about) = (tab, None);
    }

    /// Shows what became of somebody, from the top.
    pub fn show_about(&mut self) {
        self.open_tab(Tab::Followed);
        self.shown_abouts += 1;
    }
}

/// Paints the page.
pub fn consent_ui(
    ui: &mut Ui,
    state: &State,
    (screen, drawn): (&mut ConsentScreen, &mut Drawn),
    commands: &mut Vec<Command>,
) {
    let follow = &state.choices().told_about().cloned();
    if screen.tab == Tab::Followed && screen.about.is_some() && screen.about != *follow {
        // Somebody else is followed by now, for another reason.
        screen.tab = Tab::Waterfall;
    }
    screen.about = follow.clone().filter(|_| screen.tab == Tab::Followed);
    ui.horizontal_wrapped(|ui| {
        access::heading_ui(ui, "Consent");
        ui.add_space(8.0);
        let withdrawn = state.choices().recipe.withdrawn.len() as u64;
        let withdrawals = if withdrawn > 0 { format!("Withdrawals ({withdrawn})") } else { "Withdrawals".to_owned() };
        for (tab, text, section, hover) in [
            (
                Tab::Waterfall,
                "Where rows went",
                "consent-rows",
                "What came in, what each rule removed and why, and what is left",
            ),
            (Tab::Timeline, "Who agreed when", "consent-time", "Each customer's consent against their readings"),
            (Tab::Withdrawals, withdrawals.as_str(), "withdrawals", "Customers who withdrew are in no table"),
            (Tab::Counts, "Expected counts", "consent-expected", "Compare with the counts of another system"),
        ] {
            let response = explained(ui.selectable_value(&mut screen.tab, tab, t(text)), hover, section);
            access::tab(&response, screen.tab == tab);
        }
        if let (Some(follow), Some(loaded)) = (follow, state.landing.value()) {
            let name = chips::name_of(follow, &loaded.codes, state.revealed);
            let response =
                ui.selectable_value(&mut screen.tab, Tab::Followed, t(format!("About {name}"))).on_hover_text(t(ABOUT));
            access::tab(&response, screen.tab == Tab::Followed);
        } else if screen.tab == Tab::Followed {
            screen.tab = Tab::Waterfall;
        }
        let (Slot::Ready(view), Some(loaded)) = (&state.consent, state.landing.value()) else { return };
        if screen.tab == Tab::Waterfall && drawn.save_ui(ui, "the waterfalls") {
            commands.extend(pictures::save(ui, state, |pictured| Some(pictured.waterfalls(&view.waterfalls))));
        } else if screen.tab == Tab::Timeline && drawn.buttons_ui(ui, "the curve") {
            commands.extend(pictures::save(ui, state, |pictured| {
                Some(pictured.consents(&view.consented, &view.sessions, &loaded.codes))
            }));
        }
    });
    // Lists of those who withdrew and expected counts are of all customers.
    let is_narrowed = !matches!(screen.tab, Tab::Withdrawals | Tab::Counts);
    if let (Some(loaded), Some(_), true) = (state.landing.value(), &state.choices().follow, is_narrowed) {
        ui.horizontal(|ui| chips::follow_ui(ui, state, &loaded.codes, commands));
    }
    ui.add_space(8.0);
    if let Some(error) = state.consent.error() {
        return empty::failed_ui(ui, "The page could not be worked out", error, Command::RetryConsent, commands);
    }
    match screen.tab {
        Tab::Withdrawals => withdrawals_ui(ui, state, &mut screen.withdrawn, commands),
        Tab::Counts => {
            ScrollArea::vertical().id_salt("expected").auto_shrink([false, false]).show_in_page(ui, |ui| {
                expected_ui(ui, state, &mut screen.expected, commands);
            });
        }
        Tab::Waterfall | Tab::Timeline | Tab::Followed => {
            let Some(view) = state.consent.value() else {
                return empty::working_ui(ui, "The figures are being added up.");
            };
            if screen.tab == Tab::Timeline {
                return timeline_ui(ui, state, view, &mut screen.timeline, drawn, commands);
            }
            if let Slot::Loading(_) = state.consent {
                ui.label(widgets::weak(ui, "adding up…"));
            }
            // Each part is where it was scrolled to.
            let of = ("consent", screen.tab == Tab::Followed, screen.shown_abouts);
            ScrollArea::vertical().id_salt(of).auto_shrink([false, false]).show_in_page(ui, |ui| {
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
