//! Whose device it is: the evidence for each, and what an analyst decided.

use std::sync::Arc;

use egui::{Button, RichText, Ui};

use crate::curation::owners::METHOD;
use crate::curation::{Evidence, Finding, OwnerFindings};
use crate::domain::OwnerVerdict;
use crate::domain::format::{counted, thousands};
use crate::explore::Follow;
use crate::state::{Command, Slot, State};

use super::grid::{GridColumn, RowScroll, grid_ui};
use super::review_page::who_ui;
use super::words::t;
use super::{chips, empty, widgets};

/// Room for the field of a name with what is around it, in points.
const WHO_WIDTH: f32 = 196.0;

/// What belongs to the list alone.
#[derive(Default)]
pub struct OwnersScreen {
    scroll: RowScroll,
    only: Option<OwnerVerdict>,
    shows_method: bool,
    /// The findings that are listed, of which findings.
    listed: Vec<u32>,
    of: Option<(usize, Option<OwnerVerdict>)>,
}

impl OwnersScreen {
    /// Lists the devices of one kind.
    pub fn show_only(&mut self, verdict: OwnerVerdict) {
        self.only = Some(verdict);
    }
}

/// Paints it.
pub fn owners_ui(ui: &mut Ui, state: &State, screen: &mut OwnersScreen, who: &mut String, commands: &mut Vec<Command>) {
    if let Some(error) = state.review.owners.error() {
        return empty::failed_ui(ui, "The owners could not be inferred", error, Command::RetryReview, commands);
    }
    let Some(owners) = state.review.owners.value() else {
        return empty::working_ui(ui, "The owners are being inferred.");
    };
    let summary = owners.summary;
    ui.horizontal_wrapped(|ui| {
        ui.selectable_value(&mut screen.only, None, t(counted(summary.devices, "device")));
        for (verdict, devices) in OwnerVerdict::ALL.into_iter().zip([
            summary.confirmed,
            summary.ambiguous,
            summary.contradicting,
            summary.without_evidence,
        ]) {
            let title = match verdict {
                OwnerVerdict::Contradicts if devices != 1 => "contradict the record",
                other => other.title(),
            };
            let text = format!("{} {title}", thousands(devices));
            ui.selectable_value(&mut screen.only, Some(verdict), t(text));
        }
        ui.separator();
        ui.toggle_value(&mut screen.shows_method, t("How it is found out"));
        if state.review.open() != Some(0) || state.review.signed_off().is_some() {
            // It stands above otherwise. The words stay beside the field.
            let words = widgets::weak(ui, "Who decides");
            if ui.available_size_before_wrap().x < widgets::width(ui, &words) + WHO_WIDTH {
                ui.end_row();
                widgets::begin_line(ui);
            } else {
                ui.separator();
            }
            ui.label(words);
            who_ui(ui, who);
        } else if who.trim().is_empty() {
            ui.separator();
            ui.label(widgets::weak(ui, "To decide, say above who you are."));
        }
    });
    if summary.offset > 0 {
        let text = format!("{} with a clock that is apart from the phone's.", counted(summary.offset, "device"));
        ui.label(widgets::weak(ui, text));
    }
    if screen.shows_method {
        ui.label(t(METHOD));
        let rules = &state.choices().recipe.owners;
        let text = format!(
            "Confirmed takes at least {} shared instants, {} % of the device's, a probability by chance of at most 10⁻{}, and \
             every other assignment worse by {} % of them. Clocks may be {} s apart. These are rules of thumb; a recipe can \
             change them.",
            rules.least_shared,
            f64::from(rules.least_share_permille) / 10.0,
            rules.chance_exponent,
            f64::from(rules.least_lead_permille) / 10.0,
            f64::from(rules.most_offset_ms) / 1000.0
        );
        ui.label(widgets::weak(ui, text));
    }
    let key = (Arc::as_ptr(owners) as usize, screen.only);
    if screen.of != Some(key) {
        screen.listed = listed(owners, screen.only);
        screen.scroll = RowScroll::default();
        screen.of = Some(key);
    }
    ui.add_space(4.0);
    if screen.listed.is_empty() {
        return empty::nothing_here_ui(ui, "No devices", "No device is like this. Choose another kind above.");
    }
    let columns = columns();
    let listed = &screen.listed;
    grid_ui(ui, "owners of devices", &columns, listed.len(), &mut screen.scroll, |ui, row, column| {
        if let Some(finding) = listed.get(row).and_then(|&place| owners.findings.get(place as usize)) {
            cell_ui(ui, state, finding, (column, &columns), who, commands);
        }
    });
}

/// What needs an eye first: ambiguous, contradicting, without evidence, then the confirmed by their lead.
fn listed(owners: &OwnerFindings, only: Option<OwnerVerdict>) -> Vec<u32> {
    let rank = |verdict| match verdict {
        OwnerVerdict::Ambiguous => 0,
        OwnerVerdict::Contradicts => 1,
        OwnerVerdict::NoEvidence => 2,
        OwnerVerdict::Confirmed => 3,
    };
    let mut listed: Vec<u32> = (0..owners.findings.len() as u32).collect();
    let of = |place: &u32| &owners.findings[*place as usize];
    listed.retain(|place| only.is_none_or(|only| of(place).verdict == only));
    listed.sort_by_key(|place| (rank(of(place).verdict), of(place).lead, *place));
    listed
}

fn columns() -> Vec<GridColumn> {
    let column = |title: &str, hover: &str, width, right| GridColumn {
        title: title.to_owned(),
        hover: hover.to_owned(),
        width,
        right,
    };
    vec![
        column("device", "The device, by its code", 80.0, false),
        column("verdict", "What came of the evidence", 144.0, false),
        column(
            "inferred owner",
            "Whose phone shares the most of its instants, in the best assignment of all",
            104.0,
            false,
        ),
        column("on record", "Customers whose records carry its serial number", 88.0, false),
        column("decide", "Say whether it is theirs; kept in the recipe", 132.0, false),
        column("shared instants", "Instants that both have, of the device's", 112.0, true),
        column("share of the phone", "The share of the phone's instants that are the device's too", 128.0, true),
        column("next candidate", "Whoever else shares the most, and how many instants", 136.0, false),
        column("lead", "How many shared instants fewer the next best assignment has", 56.0, true),
        column("by chance", "At most this probable, if device and phone had nothing to do with each other", 88.0, true),
        column("clock", "What is to be added to the device's time to get the phone's", 76.0, true),
    ]
}

fn cell_ui(
    ui: &mut Ui,
    state: &State,
    finding: &Finding,
    (column, columns): (usize, &[GridColumn]),
    who: &str,
    commands: &mut Vec<Command>,
) {
    let Some(loaded) = state.landing.value() else { return };
    let name = |follow: Follow| chips::name_of(&follow, &loaded.codes, state.revealed);
    let person = |email: &Arc<str>| name(Follow::Person(email.to_string()));
    let best = finding.best.as_ref();
    let told = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    let share = |part: u32, of: u32| format!("{:.0} %", f64::from(part) / f64::from(of.max(1)) * 100.0);
    let text = match column {
        0 => {
            let device = name(Follow::Device(finding.serial.to_string()));
            // Below its title, as the others.
            ui.spacing_mut().button_padding.x = 0.0;
            let response = widgets::door_ui(ui, RichText::new(&device), format!("Signals of {device}"));
            if response.on_hover_text(t("Show the signals")).clicked() {
                commands.push(Command::ShowRecording(Some(Follow::Device(finding.serial.to_string()))));
            }
            return;
        }
        1 if finding.verdict != OwnerVerdict::Confirmed => {
            ui.label(widgets::warning(ui, finding.verdict.title()));
            return;
        }
        1 => finding.verdict.title().to_owned(),
        2 => told(best.map(|best| person(&best.user))),
        3 => match finding.on_record.as_slice() {
            [] => "nobody".to_owned(),
            [only] => person(only),
            several => counted(several.len() as u64, "customer"),
        },
        4 => return decision_ui(ui, state, finding, who, commands),
        5 => told(best.map(|best| format!("{} of {}", best.shared, finding.instants))),
        6 => told(best.map(|best| share(best.shared, best.user_instants))),
        7 => told(finding.runner_up.as_ref().map(|other| format!("{} · {}", person(&other.user), other.shared))),
        8 => finding.lead.to_string(),
        9 => told(best.map(Evidence::chance)),
        _ => told(
            best.map(|best| if best.offset_ms == 0 { "same".to_owned() } else { format!("{:+} ms", best.offset_ms) }),
        ),
    };
    let response = ui.label(t(text));
    if let (true, Some(title)) = (column >= 5, columns.get(column)) {
        response.on_hover_text(t(&title.hover));
    }
}

fn decision_ui(ui: &mut Ui, state: &State, finding: &Finding, who: &str, commands: &mut Vec<Command>) {
    let Some(best) = &finding.best else { return };
    let (text, is_theirs) = match (finding.decided, finding.owner()) {
        (Some(is_theirs), _) => {
            ui.label(t(if is_theirs { "theirs" } else { "not theirs" }));
            ("Undecide", None)
        }
        (None, None) => ("Confirm", Some(true)),
        (None, Some(_)) => ("Reject", Some(false)),
    };
    let hover = match is_theirs {
        None => "Take the decision back: the readings say it again",
        Some(true) => "Decide that the device is theirs. The recipe has it with your name, and the tables follow",
        Some(false) => "Decide that the device is not theirs. The recipe has it with your name, and the tables follow",
    };
    let may = !who.trim().is_empty() && !state.review.trail_is_busy && matches!(state.review.checks, Slot::Ready(_));
    let button = ui.add_enabled(may, Button::new(t(text)).small());
    if button.on_disabled_hover_text(t("Say who you are first")).on_hover_text(t(hover)).clicked() {
        let (serial, owner) = (finding.serial.to_string(), best.user.to_string());
        commands.push(Command::Decide { serial, owner, is_theirs, who: who.trim().to_owned() });
    }
}
