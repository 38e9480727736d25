//! The page of the join review: the checks, the joins, the rules side by side, whose device it is, and the trail. Above
//! all of it, whether the training set may leave.

use egui::containers::menu::MenuButton;
use egui::{Button, Response, RichText, Role, ScrollArea, TextEdit, TextWrapMode, Ui};

use crate::domain::format::counted;
use crate::domain::{CheckId, JoinRule, OwnerVerdict, format};
use crate::review::{Kind, Trail};
use crate::state::{Command, ReviewTab, Shown, Slot, State};

use super::drawn::Drawn;
use super::explain::explained;
use super::review_checks::{ChecksScreen, checks_ui};
use super::review_owners::{OwnersScreen, owners_ui};
use super::scrolled::Scrolled as _;
use super::words::{as_is, instant, t};
use super::{access, empty, focus, icons, pictures, review_joins, review_rules, theme, widgets};

/// What belongs to the page alone.
#[derive(Default)]
pub struct ReviewScreen {
    tab: ReviewTab,
    /// The analyst's name, once it was typed.
    pub who: String,
    checks: ChecksScreen,
    owners: OwnersScreen,
}

impl ReviewScreen {
    /// The check that is looked at, and why it is accepted as far as that was typed.
    pub fn drafted(&self) -> (Option<CheckId>, &str) {
        self.checks.drafted()
    }

    /// Goes on with what was typed before.
    pub fn go_on(&mut self, who: String, check: Option<CheckId>, why: String) {
        self.who = who;
        self.checks.go_on(check, why);
    }

    /// Shows the failing check after the one that is shown, the first after the last.
    pub fn turn_to_next(&mut self, open: &[CheckId]) {
        let shown = self.checks.drafted().0;
        let next = shown.and_then(|shown| open.iter().position(|check| *check == shown)).map_or(0, |place| place + 1);
        if let Some(check) = open.get(next).or(open.first()) {
            self.turn_to(*check);
        }
    }

    /// Shows a check when the page is shown next.
    pub fn turn_to(&mut self, check: CheckId) {
        self.tab = ReviewTab::Checks;
        self.checks.choose(check);
    }

    /// The part of the page that is shown, and the check that is shown whole.
    pub fn spot(&self) -> (ReviewTab, Option<CheckId>) {
        (self.tab, self.checks.drafted().0)
    }

    /// Shows a part of the page, and a check whole.
    pub fn show_spot(&mut self, tab: ReviewTab, check: Option<CheckId>) {
        if let Some(check) = check {
            self.turn_to(check);
        }
        self.tab = tab;
    }
}

/// Paints the page.
pub fn review_ui(
    ui: &mut Ui,
    state: &State,
    (screen, drawn): (&mut ReviewScreen, &mut Drawn),
    commands: &mut Vec<Command>,
) {
    ui.horizontal_wrapped(|ui| {
        access::heading_ui(ui, "Join review");
        ui.add_space(8.0);
        for (tab, text, section, hover) in [
            (
                ReviewTab::Checks,
                "Checks",
                "review-checks",
                "Everything that is checked, what fails, and what to do about it",
            ),
            (
                ReviewTab::Joins,
                "Joins",
                "review-joins",
                "What each join was given, what it made of it, and whose readings it put together",
            ),
            (
                ReviewTab::Rules,
                "Join rules",
                "review-rules",
                "The machine-learning table under each join rule, side by side",
            ),
            (
                ReviewTab::Owners,
                "Whose device",
                "review-owners",
                "Each device's owner, by the instants that it shares with the phones",
            ),
            (ReviewTab::Trail, "Trail", "review-trail", "Who accepted and signed what, when and why"),
        ] {
            let response = explained(ui.selectable_value(&mut screen.tab, tab, t(text)), hover, section);
            access::tab(&response, screen.tab == tab);
        }
        if widgets::icon_button_ui(ui, icons::SAVE_VIEW, "Write a report for reviewers, one HTML file").clicked() {
            commands.push(Command::SaveReport);
        }
        if let (ReviewTab::Checks, Slot::Ready(review)) = (screen.tab, &state.review.checks)
            && drawn.save_ui(ui, "the list of checks")
        {
            let nothing = Trail::default();
            let trail = state.review.trail.value().map_or(&nothing, AsRef::as_ref);
            commands.extend(pictures::save(ui, state, |pictured| Some(pictured.checks(review, trail))));
        }
    });
    ui.add_space(4.0);
    if let Some(error) = state.curation.error() {
        let again = Command::SetRecipe(state.choices().recipe.clone());
        return empty::failed_ui(ui, "The tables could not be made", error, again, commands);
    }
    contradicting_ui(ui, state, screen);
    gate_ui(ui, state, &mut screen.who, commands);
    ui.add_space(8.0);
    match screen.tab {
        ReviewTab::Checks => checks_ui(ui, state, &mut screen.checks, &mut screen.who, commands),
        ReviewTab::Joins => review_joins::joins_ui(ui, state, commands),
        ReviewTab::Rules => review_rules::rules_ui(ui, state, commands),
        ReviewTab::Owners => owners_ui(ui, state, &mut screen.owners, &mut screen.who, commands),
        ReviewTab::Trail => trail_ui(ui, state, commands),
    }
}

/// Whether the training set may leave, and what is missing: one line.
pub fn gate_ui(ui: &mut Ui, state: &State, who: &mut String, commands: &mut Vec<Command>) {
    gate_of_ui(ui, state, who, false, commands);
}

/// The same in a narrow place: in two lines, whether somebody signed or not, so that nothing moves when they do.
pub fn narrow_gate_ui(ui: &mut Ui, state: &State, who: &mut String, commands: &mut Vec<Command>) {
    ui.scope(|ui| {
        ui.set_min_height(2.0 * ui.spacing().interact_size.y + ui.spacing().item_spacing.y);
        gate_of_ui(ui, state, who, true, commands);
    });
}

fn gate_of_ui(ui: &mut Ui, state: &State, who: &mut String, is_narrow: bool, commands: &mut Vec<Command>) {
    let review = &state.review;
    let waits = review.open() == Some(0) && review.signed_off().is_none() && !review.trail_is_busy;
    let comes = focus::begins(ui, ui.unique_id().with("waits_for_a_name"), waits);
    ui.horizontal_wrapped(|ui| {
        if let Some(error) = review.trail.error() {
            ui.label(widgets::warning(ui, format!("{} Export is closed: {error}", icons::LOCKED)));
            return;
        }
        if let Some(signed) = review.signed_off().as_ref().and_then(|signed| signed.signed().cloned()) {
            let when = instant(signed.when);
            let label = ui.label(t(format!("{} Signed off by {} on {when}.", icons::READY, signed.who)));
            label.on_hover_text(t("It counts for this recipe over these landing files; changing either ends it."));
            let text = RichText::from(t("Take the sign-off back"));
            if is_narrow {
                ui.end_row();
            } else {
                // In one line, whatever room is left of this one, so that nothing moves when somebody signs.
                let next = ui.button(t(format!("{} To the export", icons::EXPORT)));
                widgets::named(&next, ui, Role::Button, "To the export");
                if next.on_hover_text(t("The page on which the training set is written")).clicked() {
                    commands.push(Command::Show(Shown::Export));
                }
                if ui.available_size_before_wrap().x < widgets::button_width(ui, &text) {
                    ui.end_row();
                }
            }
            ui.add_enabled_ui(!review.trail_is_busy, |ui| {
                let hover =
                    "Closes the export of these tables until somebody signs again. What left before is not touched";
                let (button, _) =
                    MenuButton::from_button(Button::new(text).wrap_mode(TextWrapMode::Extend)).ui(ui, |ui| {
                        if widgets::asks_ui(ui, hover, "Take it back") {
                            let why = "taken back on the page of the review".to_owned();
                            commands.push(Command::Unsign { who: signed.who.clone(), why });
                        }
                    });
                explained(button, hover, "gate");
            });
            return;
        }
        match review.open() {
            None => {
                ui.label(widgets::weak(ui, "The checks are being computed."));
            }
            Some(0) => {
                let words = state.review.checks.value().map_or("", |review| review.why_none_is_open());
                ui.label(t(format!("{} {words}.", icons::READY)));
                let (entered, field) = who_ui(ui, who);
                if comes {
                    field.request_focus();
                }
                let may = !who.trim().is_empty() && !review.trail_is_busy;
                let button = ui.add_enabled(may, Button::new(t("Sign off")));
                if entered && may {
                    button.request_focus();
                }
                let hover = "Put your name to all figures of this review. It opens the export of these tables";
                if explained(button, hover, "gate").on_disabled_hover_text(t("Say who you are first")).clicked() {
                    commands.push(Command::SignOff { who: who.trim().to_owned() });
                }
                // On the page of the export they are named below.
                let warnings = review.checks.value().map_or(0, |review| review.warnings().count());
                if !is_narrow && warnings > 0 {
                    let does = if warnings == 1 { "does" } else { "do" };
                    let words = format!("{} {does} not block it.", counted(warnings as u64, "warning"));
                    ui.label(widgets::weak(ui, words));
                }
            }
            Some(open) => {
                let checks = if open == 1 { "1 check fails".to_owned() } else { format!("{open} checks fail") };
                ui.label(widgets::warning(ui, format!("{} Export is closed: {checks}.", icons::LOCKED)));
                let way = match open {
                    1 => "Repair it, or accept it with a reason.",
                    _ => "Repair each, or accept it with a reason.",
                };
                ui.label(widgets::weak(ui, way));
            }
        }
    });
}

/// The devices whose readings say otherwise than the only record that carries them, where a join goes by records or may be
/// made to: no check of such a join can fail.
fn contradicting_ui(ui: &mut Ui, state: &State, screen: &mut ReviewScreen) {
    let contradicting = state.review.owners.value().map_or(0, |owners| owners.summary.contradicting);
    let may_go_by_records = screen.tab == ReviewTab::Rules
        || (screen.tab == ReviewTab::Checks && screen.checks.drafted().0 == Some(CheckId::ForeignPairs));
    let says = match state.choices().recipe.join {
        JoinRule::Owner | JoinRule::Nearest => "This join goes by the record.",
        JoinRule::Timestamp if may_go_by_records => {
            "A join on the owner goes by the record, one on the inferred owner by the readings."
        }
        _ => return,
    };
    if contradicting == 0 {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        let devices = counted(contradicting, "device");
        let text =
            format!("{devices} with readings that contradict the record: they go with another customer's phone.");
        ui.label(widgets::warning(ui, format!("{} {text}", icons::WARNING)));
        ui.label(t(says));
        if ui.link(t("Show whose")).clicked() {
            screen.tab = ReviewTab::Owners;
            screen.owners.show_only(OwnerVerdict::Contradicts);
        }
    });
}

/// The analyst's name. Gives whether Enter was pressed in it: that signs nothing, but leads to the button that does.
pub fn who_ui(ui: &mut Ui, who: &mut String) -> (bool, Response) {
    let edit = TextEdit::singleline(who).hint_text(t("your name")).desired_width(160.0);
    let response = ui.add(edit.background_color(theme::palette(ui).raised));
    widgets::named(&response, ui, Role::TextInput, "Your name");
    (widgets::is_entered(ui, &response), response)
}

fn trail_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let trail: &Trail = match &state.review.trail {
        Slot::Ready(trail) => trail,
        Slot::Failed { error, .. } => {
            ui.label(widgets::warning(ui, error.clone()));
            return;
        }
        Slot::Empty | Slot::Loading(_) => return empty::working_ui(ui, "The trail is being read."),
    };
    if trail.entries().is_empty() {
        return empty::nothing_here_ui(
            ui,
            "Nothing signed",
            "Who accepts a check or signs off the figures is listed here, with when and why.",
        );
    }
    ui.label(widgets::weak(
        ui,
        "Lines are only ever added, each with the hash of the one before, so that a change is noticed. The last comes first.",
    ));
    if ui.link(t("Training sets that were exported are on the page Export")).clicked() {
        commands.push(Command::ShowPastExports);
    }
    ui.add_space(4.0);
    let scope = state.review.checks.value().map(|review| review.scope().clone());
    ScrollArea::vertical().id_salt("trail").auto_shrink([false, false]).show_in_page(ui, |ui| {
        for entry in trail.entries().iter().rev() {
            let what = match entry.kind {
                Kind::Accepted => "accepted",
                Kind::Revoked if entry.check.is_none() => "took back the sign-off of",
                Kind::Revoked => "took back the acceptance of",
                Kind::SignedOff => "signed off",
                Kind::Decided => "decided",
            };
            let whole = if entry.kind == Kind::Decided { "whose a device is" } else { "all figures" };
            let check = entry.check.map_or(whole, CheckId::name);

            ui.horizontal_wrapped(|ui| {
                ui.label(widgets::weak(ui, as_is(instant(entry.when))));
                ui.label(t(format!("{} {what} {check}", entry.who)));
                if let Some(figure) = entry.figure {
                    ui.label(widgets::weak(ui, format!("figure {}", format::thousands(figure))));
                }
                if scope.as_ref() != Some(&entry.scope) {
                    ui.label(widgets::warning(ui, "lapsed: another recipe or other landing files"));
                }
            });
            if !entry.reason.is_empty() {
                ui.horizontal_wrapped(|ui| {
                    ui.add_space(16.0);
                    ui.label(as_is(&entry.reason));
                });
            }
            let (hash, before) = (short(&entry.hash), short(&entry.previous_hash));
            ui.label(widgets::small(ui, format!("hash {hash}, that of the line before {before}")));
            ui.add_space(8.0);
        }
    });
}

fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}
