//! The list of checks, what fails first, and beside it one check: what it looks at, why it matters, what to do, and the
//! ways to do it.

use egui::text::LayoutJob;
use egui::{
    Align, Button, CentralPanel, FontSelection, Frame, Margin, Panel, RichText, Role, ScrollArea, TextEdit, TextStyle,
    Ui, vec2,
};

use crate::curation::Whose;
use crate::domain::format::counted;
use crate::domain::{CheckId, CheckVerdict, JoinRule, Recipe, Severity, format};
use crate::review::{Behind, Check, FigureId, Repair, Review, Trail, advice, repairs};
use crate::signals::{Chart, Span, Style};
use crate::state::{Command, Part, Shown, Slot, State};

use super::explain::explained;
use super::focus::Visit;
use super::review_page::who_ui;
use super::scene::{legend_ui, scene_ui};
use super::scrolled::Scrolled as _;
use super::words::{as_is, instant, t};
use super::{access, chips, empty, explain, icons, parts, theme, widgets};
use crate::explore::Follow;

/// What belongs to the list alone.
#[derive(Default)]
pub struct ChecksScreen {
    chosen: Option<CheckId>,
    why: String,
    shows_passing: bool,
    visit: Visit,
    /// What failed when the list was painted last.
    failing: Option<Vec<CheckId>>,
}

impl ChecksScreen {
    /// Shows this check. What was typed of another one is gone.
    pub fn choose(&mut self, check: CheckId) {
        if self.chosen.replace(check) != Some(check) {
            self.why.clear();
        }
    }

    /// The check that is shown, and what was typed of it.
    pub fn drafted(&self) -> (Option<CheckId>, &str) {
        (self.chosen, &self.why)
    }

    /// Shows a check, and what was typed of it before.
    pub fn go_on(&mut self, check: Option<CheckId>, why: String) {
        (self.chosen, self.why) = (check, why);
    }
}

/// Paints the list and the chosen check.
pub fn checks_ui(ui: &mut Ui, state: &State, screen: &mut ChecksScreen, who: &mut String, commands: &mut Vec<Command>) {
    let review = match &state.review.checks {
        Slot::Failed { error, .. } => {
            let title = "The checks could not be computed";
            return empty::failed_ui(ui, title, error, Command::RetryReview, commands);
        }
        slot => match slot.value() {
            Some(review) => review.clone(),
            None => return empty::working_ui(ui, "The checks are being computed."),
        },
    };
    let nothing = Trail::default();
    let trail = state.review.trail.value().map_or(&nothing, AsRef::as_ref);
    let lists = Lists::of(&review, trail);
    let is_listed = |id: CheckId| review.check(id).is_some();
    if screen.chosen.is_none_or(|id| !is_listed(id)) {
        screen.chosen = lists.open.iter().chain(&lists.accepted).chain(&lists.warning).next().map(|check| check.id);
    }
    // Who looks at one that passes is shown what a change has made fail.
    let failing: Vec<CheckId> = lists.open.iter().map(|check| check.id).collect();
    let before = screen.failing.as_ref();
    let new = before.and_then(|before| failing.iter().find(|id| !before.contains(id)).copied());
    let passes = screen.chosen.is_some_and(|id| lists.passing.iter().any(|check| check.id == id));
    if let Some(new) = new.filter(|_| passes && !screen.shows_passing) {
        screen.choose(new);
    }
    screen.failing = Some(failing);
    screen.visit.begins(ui, state.visits.came_back());
    let room = ui.available_size();
    let chosen = screen.chosen;
    let is_narrow = room.x < LEAST_BESIDE;
    if is_narrow && room.y < LEAST_ABOVE {
        // Both in one scroll; who chooses a check is led to it.
        ScrollArea::vertical().auto_shrink([false, false]).id_salt("checks").show_in_page(ui, |ui| {
            ui.scope(|ui| list_ui(ui, &lists, screen));
            ui.separator();
            if screen.chosen != chosen {
                ui.scroll_to_cursor(Some(Align::TOP));
            }
            chosen_ui(ui, state, (&review, trail), screen, who, commands);
        });
        return;
    }
    let scrolled_ui = |ui: &mut Ui| {
        let scroll = ScrollArea::vertical().auto_shrink([false, false]).id_salt("checks");
        scroll.show_scrolled(ui, |ui| list_ui(ui, &lists, screen));
    };
    let margin = if is_narrow {
        // One above the other.
        let panel = Panel::top("checks_above").resizable(true).default_size(room.y * 0.4);
        panel.frame(Frame::new()).size_range(72.0_f32.min(room.y)..=room.y * 0.7).show(ui, scrolled_ui);
        Margin { top: 8, ..Margin::ZERO }
    } else {
        let most = room.x * 0.7;
        let panel = parts::panel(state, Part::Checks, Panel::left("checks"), (room.x * 0.42).clamp(240.0, 460.0));
        let list = panel.frame(Frame::new()).size_range(most.min(200.0)..=most).show(ui, scrolled_ui);
        parts::keep_size(ui, state, Part::Checks, "checks", &list.response, commands);
        Margin { left: 16, ..Margin::ZERO }
    };
    CentralPanel::default().frame(Frame::new().inner_margin(margin)).show(ui, |ui| {
        let of = (screen.chosen.map_or("none", CheckId::name), screen.visit.number());
        ScrollArea::vertical().auto_shrink([false, false]).id_salt(of).show_scrolled(ui, |ui| {
            chosen_ui(ui, state, (&review, trail), screen, who, commands);
        });
    });
}

/// The checks that need an eye, and the way to those that pass.
fn list_ui(ui: &mut Ui, lists: &Lists<'_>, screen: &mut ChecksScreen) {
    ui.spacing_mut().item_spacing.y = 2.0;
    for (title, checks) in
        [("Failing", &lists.open), ("Accepted", &lists.accepted), ("Warnings, do not block export", &lists.warning)]
    {
        group_ui(ui, title, checks, screen);
    }
    ui.add_space(8.0);
    let text = format!("{} passing", lists.passing.len());
    let icon = if screen.shows_passing { icons::DOWN } else { icons::NEXT };
    let response = ui.add(Button::new(t(format!("{icon} {text}"))).frame_when_inactive(false));
    access::expanded(&response, screen.shows_passing);
    if response.clicked() {
        screen.shows_passing = !screen.shows_passing;
    }
    if screen.shows_passing {
        for check in &lists.passing {
            entry_ui(ui, check, screen);
        }
    }
}

fn chosen_ui(
    ui: &mut Ui,
    state: &State,
    (review, trail): (&Review, &Trail),
    screen: &mut ChecksScreen,
    who: &mut String,
    commands: &mut Vec<Command>,
) {
    match screen.chosen.and_then(|id| review.check(id)) {
        Some(check) => check_ui(ui, state, (review, check, trail), screen, who, commands),
        None => empty::nothing_here_ui(
            ui,
            "Nothing to look at",
            "Every check passes. Choose one of the list to read what it looks at.",
        ),
    }
}

/// List and check are side by side on a page of this width at least, in points.
const LEAST_BESIDE: f32 = 520.0;
/// Where they are not, each has a part of its own on a page of this height at least, in points.
const LEAST_ABOVE: f32 = 360.0;
/// What stands around a name and its figure in the list, and between them, in points.
const AROUND: f32 = 40.0;

/// The checks in the order in which they matter.
struct Lists<'a> {
    open: Vec<&'a Check>,
    accepted: Vec<&'a Check>,
    warning: Vec<&'a Check>,
    passing: Vec<&'a Check>,
}

impl<'a> Lists<'a> {
    fn of(review: &'a Review, trail: &Trail) -> Self {
        let mut lists = Self { open: vec![], accepted: vec![], warning: vec![], passing: vec![] };
        for check in review.checks() {
            let list = match check.verdict {
                CheckVerdict::Pass => &mut lists.passing,
                CheckVerdict::Warn => &mut lists.warning,
                _ if review.accepted(check.id, trail).is_some() => &mut lists.accepted,
                CheckVerdict::Fail | CheckVerdict::Uncomputed => &mut lists.open,
            };
            list.push(check);
        }
        lists
    }
}

fn group_ui(ui: &mut Ui, title: &str, checks: &[&Check], screen: &mut ChecksScreen) {
    if checks.is_empty() {
        return;
    }
    ui.add_space(4.0);
    let title = t(title);
    access::heading(&ui.label(widgets::small(ui, as_is(title.to_uppercase()))), &title, 2);
    for check in checks {
        entry_ui(ui, check, screen);
    }
}

fn entry_ui(ui: &mut Ui, check: &Check, screen: &mut ChecksScreen) {
    let palette = theme::palette(ui);
    let selected = screen.chosen == Some(check.id);
    let (icon, ink) = match check.verdict {
        CheckVerdict::Pass => (icons::READY, palette.text),
        CheckVerdict::Warn => (icons::INFORMATION, palette.text),
        CheckVerdict::Fail | CheckVerdict::Uncomputed => (icons::WARNING, palette.warning),
    };
    let title = check.id.about().title;
    let text = RichText::new(t(format!("{icon}  {title}"))).color(ink);
    let small = |words: &str| RichText::new(words).text_style(TextStyle::Small).color(palette.weak);
    let width = |text: &RichText| widgets::width(ui, text);
    let in_words = small(&t(&check.figure.words));
    // Below the name where it would cut that off.
    let button = if width(&text) + width(&in_words) + AROUND < ui.available_width() {
        Button::selectable(selected, text).right_text(in_words).truncate()
    } else {
        let mut both = LayoutJob::default();
        let indent = small("      ");
        for part in [text, RichText::new("\n"), indent, in_words] {
            part.append_to(&mut both, ui.style(), FontSelection::Default, Align::Center);
        }
        Button::selectable(selected, both).wrap()
    };
    let response = ui.add(button.min_size(vec2(ui.available_width() - 8.0, theme::ROW_HEIGHT)));
    let name = format!("{title}: {}, {}", check.verdict.name(), check.figure.words);
    widgets::named_choice(&response, ui, selected, &name);
    if explained(response, &check.words, check.id.name()).clicked() && !selected {
        screen.choose(check.id);
    }
}

fn check_ui(
    ui: &mut Ui,
    state: &State,
    (review, check, trail): (&Review, &Check, &Trail),
    screen: &mut ChecksScreen,
    who: &mut String,
    commands: &mut Vec<Command>,
) {
    let about = check.id.about();
    let accepted = review.accepted(check.id, trail);
    access::heading_ui(ui, about.title);
    let says = match (check.verdict, accepted) {
        (CheckVerdict::Pass, _) => "passes",
        (CheckVerdict::Warn, _) => "a warning, which does not block export",
        (_, Some(_)) => "fails, accepted",
        (CheckVerdict::Fail, None) => "fails",
        (CheckVerdict::Uncomputed, None) => "could not be computed, and so it closes like one that fails",
    };
    ui.horizontal_wrapped(|ui| {
        let figure = RichText::new(t(&check.figure.words)).text_style(theme::figure_style());
        let is_open = check.verdict.is_failing() && accepted.is_none();
        ui.label(if is_open { figure.color(theme::palette(ui).warning) } else { figure });
        ui.label(widgets::weak(ui, says));
    });
    ui.label(t(&check.words));
    // What is as it should be does no harm.
    let passes = check.verdict == CheckVerdict::Pass;
    if !passes {
        ui.label(widgets::weak(ui, about.why));
    }
    if ui.link(t("In the guide")).clicked() {
        explain::ask(ui.ctx(), check.id.name());
    }
    ui.add_space(8.0);
    if check.verdict != CheckVerdict::Pass {
        ui.vertical(|ui| {
            let repairs = repairs(check.id, check.verdict, &state.choices().recipe);
            // Where readings contradict a record, the one that does not go by records is advised.
            let contradicting = state.review.owners.value().map_or(0, |owners| owners.summary.contradicting);
            let is_inferred = |repair: &Repair| repair.recipe.join == JoinRule::InferredOwner;
            let advised = repairs.iter().position(is_inferred).filter(|_| contradicting > 0);
            let by_readings = advised.is_some();
            let advised = advised.unwrap_or_default();
            for (place, repair) in repairs.into_iter().enumerate() {
                let words = match rows_of(state, &repair.recipe) {
                    Some(rows) => as_is(format!("{}  ·  {}", t(repair.words), t(counted(rows, "row")))),
                    None => t(repair.words),
                };
                let text = RichText::new(words);
                let button = if place == advised {
                    Button::new(text.color(theme::palette(ui).base)).fill(theme::palette(ui).accent)
                } else {
                    Button::new(text)
                };
                let response = ui.add(button).on_hover_text(t("It can be undone."));
                widgets::named(&response, ui, Role::Button, repair.words);
                if response.clicked() {
                    commands.push(Command::SetRecipe(repair.recipe));
                }
                // What tells it from the next, which may come to as many rows.
                ui.label(widgets::small(ui, repair.effect));
                if by_readings && place == advised {
                    let devices = counted(contradicting, "device");
                    let why = format!("Advised, as the readings contradict the records of {devices}.");
                    ui.label(widgets::small(ui, why));
                }
                ui.add_space(4.0);
            }
        });
    }
    ui.horizontal_wrapped(|ui| doors_ui(ui, check, commands));
    if check.id == CheckId::ForeignPairs && check.verdict != CheckVerdict::Pass {
        example_ui(ui, state, commands);
    }
    ui.add_space(8.0);
    let texts = [("What it looks at", about.looks_at), ("What to do", advice(check, &state.choices().recipe))];
    for (title, text) in texts.into_iter().take(if passes { 1 } else { 2 }) {
        ui.label(widgets::strong(title));
        ui.label(t(text));
        ui.add_space(4.0);
    }
    let severity = match check.id.rule(state.choices().recipe.checks.get(&check.id)).severity {
        Severity::Fail => "fails",
        Severity::Warn => "is a warning",
    };
    let thumb = if about.is_rule_of_thumb { " The threshold is a rule of thumb." } else { "" };
    let threshold = format::thousands(check.threshold);
    let text = format!(
        "{}: more than {threshold} {severity}.{thumb} A recipe can change the limit, and whether it fails or warns.",
        check.id.name()
    );
    ui.label(widgets::small(ui, text));
    ui.add_space(12.0);
    if let Some(entry) = accepted {
        let when = instant(entry.when);
        ui.label(widgets::strong(format!("Accepted by {} on {when}", entry.who)));
        ui.label(as_is(&entry.reason));
        if ui.add_enabled(!state.review.trail_is_busy, Button::new(t("Take the acceptance back"))).clicked() {
            let why = "taken back on the page of the review".to_owned();
            commands.push(Command::Revoke { check: check.id, who: entry.who.clone(), why });
        }
    } else if check.verdict.is_failing() {
        accept_ui(ui, state, check, screen, who, commands);
    }
    for lapsed in review.lapsed(trail).iter().filter(|lapsed| lapsed.entry.check == Some(check.id)) {
        let text = format!("An acceptance by {} has lapsed: {}.", lapsed.entry.who, lapsed.why());
        ui.label(widgets::warning(ui, text));
    }
}

fn doors_ui(ui: &mut Ui, check: &Check, commands: &mut Vec<Command>) {
    for (place, behind) in check.behind.iter().enumerate() {
        let (text, shown) = match behind {
            Behind::Table(table) => (format!("Show {}", table.name()), Shown::Table(*table)),
            Behind::Dropped { table, step } => {
                let shown = Shown::Dropped { table: *table, step: *step, stood: None };
                (format!("Show the rows that {} dropped", table.name()), shown)
            }
            Behind::Rows { table, rows } => {
                let rows = counted(rows.len() as u64, "row");
                let figure = FigureId::Check { id: check.id, place: place as u8 };
                (format!("Show {rows} of {}", table.name()), Shown::Behind(figure))
            }
            Behind::Refused(_) => ("Show the refused records".to_owned(), Shown::Refused),
            Behind::Files(_) => ("Show the files".to_owned(), Shown::Refused),
        };
        if ui.button(t(format!("{} {text}", icons::TABLE))).clicked() {
            commands.push(Command::Show(shown));
        }
    }
}

fn accept_ui(
    ui: &mut Ui,
    state: &State,
    check: &Check,
    screen: &mut ChecksScreen,
    who: &mut String,
    commands: &mut Vec<Command>,
) {
    ui.label(widgets::strong("Or accept it"));
    ui.label(widgets::weak(
        ui,
        "It counts for this figure, this recipe and these landing files only, under your name.",
    ));
    ui.horizontal_wrapped(|ui| {
        let reason = TextEdit::singleline(&mut screen.why).hint_text(t("why it is acceptable")).desired_width(260.0);
        let response = ui.add(reason.background_color(theme::palette(ui).raised));
        widgets::named(&response, ui, Role::TextInput, "Why it is acceptable");
        access::required(&response);
        let (entered, _) = who_ui(ui, who);
        let may = !screen.why.trim().is_empty() && !who.trim().is_empty() && !state.review.trail_is_busy;
        let button = ui.add_enabled(may, Button::new(t("Accept")));
        if entered && may {
            button.request_focus();
        }
        if button.on_disabled_hover_text(t("Say why, and who you are")).clicked() {
            let (who, why) = (who.trim().to_owned(), screen.why.trim().to_owned());
            commands.push(Command::Accept { check: check.id, who, why });
            screen.why.clear();
        }
    });
}

/// Both customers' motions at an instant at which they were mixed up.
fn example_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    const AROUND: f64 = 20_000.0;
    const HEIGHT: f32 = 260.0;
    /// The distance and two of the axes: enough to see that the motions differ.
    const PANES: usize = 3;
    if let Some(error) = state.review.example.error() {
        ui.label(widgets::warning(ui, error));
    }
    let (Some(example), Some(loaded)) = (state.review.example.value(), state.landing.value()) else { return };
    let name = |follow: Follow| chips::name_of(&follow, &loaded.codes, state.revealed);
    let device = name(Follow::Device(example.stranger.device.clone()));
    let other = name(Follow::Person(example.stranger.user.clone()));
    let owner = example.plotted.recording.subject.person.clone().map(|email| name(Follow::Person(email)));
    ui.add_space(8.0);
    let of = owner.map_or_else(String::new, |owner| format!(" of {owner}"));
    let times = counted(example.stranger.pairs, "row");
    ui.label(widgets::strong(format!("{device}{of} was paired with the motions of {other}: {times}")));
    let pairs = &example.plotted.recording.pairs;
    let all = pairs.iter().filter(|pair| pair.whose == Whose::Foreign).count() as u64;
    let words = if all > example.stranger.pairs {
        let all = counted(all, "foreign row");
        format!("With those of further customers, this device has {all}. The chart is a stretch of them.")
    } else {
        "The chart is a stretch of them.".to_owned()
    };
    ui.label(widgets::weak(ui, words));
    let whole = example.plotted.whole();
    let at = example.stranger.first as f64;
    let style = Style { other: Some(&example.track), ..Style::default() };
    let chart = Chart {
        panes: example.plotted.panes(style).into_iter().take(PANES).collect(),
        view: Span { from: (at - AROUND).max(whole.from), to: (at + AROUND).min(whole.to) },
        origin: example.plotted.origin(),
        foreign: &example.plotted.foreign,
        ..Chart::default()
    };
    ui.horizontal_wrapped(|ui| {
        legend_ui(ui, &chart, Some(&other));
        if example.plotted.panes(style).len() > PANES {
            ui.label(widgets::small(ui, "The page Signals has the other curves, too."));
        }
    });
    let size = vec2(ui.available_width() - 12.0, HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::hover());
    widgets::named(&response, ui, Role::Image, format!("Signals of {device} with the motions of {other}"));
    access::described(&response, &chart.in_words());
    let (scene, _) = chart.paint(rect.size().into(), &mut vec![]);
    scene_ui(ui, rect.min, &scene);
    if ui.button(t(format!("{} Look at both on the Signals page", icons::SIGNALS))).clicked() {
        commands.push(Command::ShowStranger(example.stranger.clone()));
    }
}

/// How many rows the training set has under a recipe that differs from the one in force in its rule alone, once that is known.
fn rows_of(state: &State, recipe: &Recipe) -> Option<u64> {
    let now = &state.choices().recipe;
    if (Recipe { join: now.join, tolerance_ms: now.tolerance_ms, ..recipe.clone() }) != *now || recipe.join == now.join
    {
        return None;
    }
    let rules = state.review.rules.value()?;
    let figures = rules.iter().find(|report| report.rule == recipe.join)?.outcome.as_ref().ok()?;
    Some(figures.kinds.all())
}
