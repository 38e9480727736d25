//! The tour: a few cards that say what each part of the window is for, while it shows that part.

use egui::{
    Align2, Area, Button, EventFilter, Frame, Id, Key, Modifiers, Order, Rect, RichText, Role, Shape, Stroke,
    TextStyle, Ui, pos2, vec2,
};

use crate::domain::CheckId;
use crate::domain::format::{counted, thousands};
use crate::landing::Source;
use crate::state::{Command, Shown, State};

use super::actions::{Does, key_of};
use super::words::t;
use super::{icons, theme, widgets};

/// The part of the window that a card speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Figures,
    Rules,
    Page,
    Top,
}

/// Where the parts are.
#[derive(Clone, Copy, Debug)]
pub struct Parts {
    pub figures: Rect,
    pub rules: Rect,
    pub page: Rect,
    pub top: Rect,
}

impl Parts {
    fn place(self, part: Part) -> Rect {
        match part {
            Part::Figures => self.figures,
            Part::Rules => self.rules,
            Part::Page => self.page,
            Part::Top => self.top,
        }
    }
}

/// How far one has come.
#[derive(Default)]
pub struct TourScreen {
    card: Option<usize>,
    /// The card was turned, so that its page is to be shown and its button has the focus.
    is_turned: bool,
    /// What was shown before the tour showed a page of its own.
    from: Option<Shown>,
    /// The page that it showed last.
    led_to: Option<Shown>,
    /// It has just shown that page.
    leads: bool,
    /// The last thing on the card has the focus.
    is_at_end: bool,
    /// The focus has gone on from there to the page that the card speaks of.
    is_left: bool,
}

impl TourScreen {
    /// Starts with the first card.
    pub fn begin(&mut self) {
        *self = Self { card: Some(0), is_turned: true, ..Self::default() };
    }

    /// Whether a card is shown.
    pub fn is_open(&self) -> bool {
        self.card.is_some()
    }

    /// Whether the focus has just gone on to the page that a card speaks of.
    pub fn is_left(&mut self) -> bool {
        std::mem::take(&mut self.is_left)
    }

    /// The page that a card has just led to, to be shown as the card speaks of it.
    pub fn take_led_to(&mut self) -> Option<Shown> {
        std::mem::take(&mut self.leads).then_some(self.led_to).flatten()
    }

    /// Ends it, goes back to where one was, and has it not offered again.
    pub fn end(&mut self, state: &State, commands: &mut Vec<Command>) {
        self.go(None);
        // Who went elsewhere meanwhile stays there.
        if let (Some(from), Some(led_to)) = (self.from.take(), self.led_to.take())
            && state.choices().shown == led_to
            && from != led_to
        {
            commands.push(Command::Show(from));
        }
        if !state.toured {
            commands.push(Command::Toured);
        }
    }

    fn go(&mut self, card: Option<usize>) {
        (self.card, self.is_turned) = (card, true);
    }
}

/// A card.
struct Card {
    title: &'static str,
    says: fn(&State) -> String,
    part: Part,
    /// The page that is shown with it; none leaves what is shown.
    shown: Option<Shown>,
}

const CARDS: [Card; 7] = [
    Card {
        title: "From what landed to what may be learned from",
        says: |_| {
            "Three tables landed; consent leaves the trusted ones, and the joins make the curated ones. Each figure opens its rows. \
             The small one below it says how many more or fewer they are than before; where it is underlined, it opens those that were lost."
                .to_owned()
        },
        part: Part::Figures,
        shown: None,
    },
    Card {
        title: "The recipe",
        says: |state| {
            let undo = key_of("undo", state);
            format!(
                "It says whose consent counts, what becomes of duplicates, and how the tables are joined. It begins as the \
                 specification asks. The figures follow at once, and {undo} takes every change back."
            )
        },
        part: Part::Rules,
        shown: None,
    },
    Card {
        title: "Consent: where rows went, and why",
        says: |_| {
            "Each bar is what one rule took or added. Its rows are one click away, and from each row everything that became of one \
             customer."
                .to_owned()
        },
        part: Part::Page,
        shown: Some(Shown::Consent),
    },
    Card {
        title: "Signals: what was recorded",
        says: |_| {
            "Each device with the phone of its owner, over time: what was kept, what was dropped, and where the join takes a \
             foreign motion, that of somebody else."
                .to_owned()
        },
        part: Part::Page,
        shown: Some(Shown::Signals),
    },
    Card {
        title: "Join review: what is wrong, and what repairs it",
        says: |state| {
            let review = state.review.checks.value();
            let figure =
                review.and_then(|review| review.check(CheckId::ForeignPairs)).and_then(|check| check.figure.number);
            match figure {
                Some(rows) if rows > 0 => format!(
                    "{} of the training set are foreign: they pair a distance with somebody else's motion. The highlighted button repairs it. Nothing leaves \
                     before every failing check is repaired, or accepted with a reason.",
                    counted(rows, "row")
                ),
                _ => "Nothing leaves before every failing check is repaired, or accepted with a reason.".to_owned(),
            }
        },
        part: Part::Page,
        shown: Some(Shown::Review),
    },
    Card {
        title: "Export: what would leave, and as whom",
        says: |_| {
            "Pseudonyms instead of people, a side for each customer, what an attacker would find, and what proves where it came \
             from. The button works once somebody signed."
                .to_owned()
        },
        part: Part::Page,
        shown: Some(Shown::Export),
    },
    Card {
        title: "Everything else",
        says: |state| {
            let (list, guide) = (key_of("commands", state), key_of("guide", state));
            format!(
                "{list} lists every command, this tour among them. {guide} opens the guide where you point. People and devices \
                 stay codes until you ask for more."
            )
        },
        part: Part::Top,
        shown: None,
    },
];

/// Paints the card that one has come to; gives what was asked for.
pub fn tour_ui(
    ui: &Ui,
    state: &State,
    screen: &mut TourScreen,
    parts: Parts,
    commands: &mut Vec<Command>,
) -> Option<Does> {
    let place = screen.card?;
    // Without tables there is nothing to point at; they are being read.
    let (Some(card), Some(_)) = (CARDS.get(place), state.landing.value()) else { return None };
    let is_turned = std::mem::take(&mut screen.is_turned);
    if let (true, Some(shown)) = (is_turned, card.shown) {
        screen.from.get_or_insert(state.choices().shown);
        (screen.led_to, screen.leads) = (Some(shown), true);
        commands.push(Command::Show(shown));
        // The cards speak of all that landed, not of somebody.
        if state.choices().whose_recording().is_some() {
            commands.push(Command::Follow(None));
        }
    }
    let palette = theme::palette(ui);
    let ring = ui.ctx().layer_painter(egui::LayerId::new(Order::Middle, Id::unique("tour_ring")));
    // Dashed, as it is not where the focus is.
    let around = parts.place(card.part).shrink(2.0);
    let corners =
        [around.left_top(), around.right_top(), around.right_bottom(), around.left_bottom(), around.left_top()];
    ring.extend(Shape::dashed_line(&corners, Stroke::new(2.0, palette.accent), 8.0, 5.0));
    let last = CARDS.len() - 1;
    let (mut goes, mut asked, mut turns) = (Some(place), None, vec![]);
    // Over the list of pages, as long as there is one: what the card speaks of stays in sight.
    let (pivot, corner) = if state.looks.shows(crate::state::Part::Sidebar) {
        (Align2::LEFT_BOTTOM, pos2(6.0, parts.page.bottom() - 6.0))
    } else {
        (Align2::RIGHT_BOTTOM, parts.page.right_bottom() - vec2(24.0, 24.0))
    };
    Area::new(Id::unique("tour")).order(Order::Foreground).pivot(pivot).fixed_pos(corner).show(ui.ctx(), |ui| {
        Frame::popup(ui.style()).inner_margin(12).show(ui, |ui| {
            ui.set_width(theme::TOUR_WIDTH);
            ui.horizontal(|ui| {
                ui.label(widgets::small(ui, format!("TOUR, {} OF {}", thousands(place as u64 + 1), CARDS.len())));
                widgets::at_right_ui(ui, "end", |ui| {
                    let end = widgets::icon_button_ui(ui, icons::CLOSE, "End the tour");
                    turns.push(end.id);
                    if end.clicked() {
                        goes = None;
                    }
                });
            });
            ui.label(RichText::from(t(card.title)).text_style(TextStyle::Heading));
            ui.label(t((card.says)(state)));
            if place == last && ui.link(t("Open the guide")).clicked() {
                (goes, asked) = (None, Some(Does::TurnsGuide));
            }
            ui.add_space(8.0);
            ui.horizontal(|ui| {
                widgets::at_right_ui(ui, "turns", |ui| {
                    if place > 0 {
                        let back = ui.button(t("Back"));
                        turns.push(back.id);
                        if back.clicked() {
                            goes = Some(place - 1);
                        }
                    }
                    let (text, next) = if place < last { ("Next", Some(place + 1)) } else { ("Done", None) };
                    let button = Button::new(RichText::from(t(text)).color(palette.base)).fill(palette.accent);
                    let response = ui.add(button);
                    widgets::named(&response, ui, Role::Button, text);
                    if is_turned {
                        response.request_focus();
                    }
                    turns.push(response.id);
                    if response.clicked() {
                        goes = next;
                    }
                });
            });
        });
    });
    let (focused, goes_on) = (ui.memory(egui::Memory::focused), ui.input(|input| input.key_pressed(Key::Tab)));
    screen.is_left = screen.is_at_end && focused.is_none() && goes_on && card.part == Part::Page;
    screen.is_at_end = focused.is_some() && focused == turns.last().copied();
    if goes == Some(place) {
        goes = turned_by_keys(ui, &turns, place);
    }
    if goes != Some(place) {
        match goes {
            Some(card) => screen.go(Some(card)),
            None => screen.end(state, commands),
        }
    }
    asked
}

/// The card that arrows lead to while one of its buttons has the focus, which stays there.
fn turned_by_keys(ui: &Ui, buttons: &[Id], place: usize) -> Option<usize> {
    let Some(focused) = ui.memory(egui::Memory::focused).filter(|focused| buttons.contains(focused)) else {
        return Some(place);
    };
    let arrows = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(focused, arrows));
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    match (pressed(Key::ArrowRight), pressed(Key::ArrowLeft)) {
        (true, _) => Some((place + 1).min(CARDS.len() - 1)),
        (_, true) => Some(place.saturating_sub(1)),
        _ => Some(place),
    }
}

/// Whether what is open are the sample data.
fn is_sample(state: &State) -> bool {
    let source = state.landing.value().map(|loaded| loaded.landing.source.asked());
    matches!(source, Some(Source::Folder(folder)) if folder.ends_with("sample_data"))
}

/// Offers the tour to whoever is here for the first time.
pub fn offer_ui(ui: &mut Ui, state: &State, screen: &mut TourScreen, commands: &mut Vec<Command>) {
    // Who went to another page did not wait for it; the next start offers it again.
    if state.toured || screen.card.is_some() || state.visits.can_go_back() {
        return;
    }
    theme::notice_frame(theme::palette(ui).accent_soft).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            if is_sample(state) {
                ui.label(t("These are made-up sample data, with the mistakes that real ones have."));
            }
            ui.label(t("New here? Seven cards show what each part of the window is for."));
            if ui.button(t("Take the tour")).clicked() {
                screen.begin();
            }
            if ui.button(t("No, thanks")).on_hover_text(t("It stays in the list of commands")).clicked() {
                commands.push(Command::Toured);
            }
        });
    });
    ui.add_space(8.0);
}
