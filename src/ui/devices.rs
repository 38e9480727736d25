//! All devices and phones, small, in an order of one's choice. A click opens one.

use egui::{ComboBox, Rect, Role, Sense, TextStyle, Ui, pos2, vec2};

use crate::domain::format::{self, counted, thousands};
use crate::explore::Follow;
use crate::signals::{By, DeviceLine};
use crate::state::{Command, Loaded, State};

use super::words::{as_is, t};
use super::{chips, empty, icons, theme, widgets};

/// What belongs to the overview alone.
#[derive(Default)]
pub struct DevicesScreen {
    by: By,
    least_first: bool,
    page: usize,
    /// The order of the lines, of which lines, by what.
    order: Vec<u32>,
    ordered: Option<(usize, By, bool)>,
}

const CARD: egui::Vec2 = vec2(232.0, 108.0);
const GAP: f32 = 8.0;
/// As many devices can be compared as there is room for.
const MOST_COMPARED: usize = 6;

/// Paints it; true if those that were chosen are to be compared.
pub fn devices_ui(
    ui: &mut Ui,
    state: &State,
    loaded: &Loaded,
    screen: &mut DevicesScreen,
    commands: &mut Vec<Command>,
) -> bool {
    let signals = &state.signals;
    if let Some(error) = signals.lines.error() {
        empty::failed_ui(ui, "The devices could not be looked over", error, Command::RetrySignals, commands);
        return false;
    }
    let Some(lines) = signals.lines.value() else {
        empty::no_rows_ui(ui, "All devices are being looked over.");
        return false;
    };
    if lines.is_empty() {
        empty::no_rows_ui(ui, "No device and no phone sent a reading.");
        return false;
    }
    let key = (std::sync::Arc::as_ptr(lines) as usize, screen.by, screen.least_first);
    if screen.ordered != Some(key) {
        screen.order = screen.by.order(lines, !screen.least_first);
        screen.ordered = Some(key);
    }
    let mut compares = false;
    let columns = ((ui.available_width() + GAP) / (CARD.x + GAP)).floor().max(1.0) as usize;
    let rows = ((ui.available_height() - 76.0) / (CARD.y + GAP)).floor().max(1.0) as usize;
    let a_page = columns * rows;
    let pages = lines.len().div_ceil(a_page);
    screen.page = screen.page.min(pages - 1);
    ui.horizontal_wrapped(|ui| {
        ui.label(egui::RichText::new(t("Signals")).text_style(TextStyle::Heading));
        let devices = lines.iter().filter(|line| line.device.is_some()).count() as u64;
        let phones = lines.len() as u64 - devices;
        let mut words = counted(devices, "device");
        if phones > 0 {
            words = format!("{words} · {}", counted(phones, "phone alone").replace("phone alones", "phones alone"));
        }
        let foreign = lines.iter().filter(|line| line.foreign > 0).count() as u64;
        ui.label(t(words));
        if foreign > 0 {
            let text = format!("{} {} with somebody else's motion", icons::WARNING, counted(foreign, "device"));
            ui.label(widgets::warning(ui, text));
        }
    });
    ui.horizontal_wrapped(|ui| {
        let before = screen.by;
        ComboBox::from_id_salt("by").width(160.0).selected_text(t(format!("by {}", screen.by.name()))).show_ui(
            ui,
            |ui| {
                for by in By::ALL {
                    ui.selectable_value(&mut screen.by, by, t(by.name())).on_hover_text(t(by.explanation()));
                }
            },
        );
        let (icon, name) =
            if screen.least_first { (icons::UP, "Least first") } else { (icons::DOWN, "Greatest first") };
        if widgets::icon_button_ui(ui, icon, name).clicked() {
            screen.least_first = !screen.least_first;
        }
        if before != screen.by {
            screen.page = 0;
        }
        ui.separator();
        ui.add_enabled_ui(screen.page > 0, |ui| {
            if widgets::icon_button_ui(ui, icons::BACK, "Page before").clicked() {
                screen.page -= 1;
            }
        });
        ui.label(t(format!("page {} of {}", thousands(screen.page as u64 + 1), thousands(pages as u64))));
        ui.add_enabled_ui(screen.page + 1 < pages, |ui| {
            if widgets::icon_button_ui(ui, icons::NEXT, "Page after").clicked() {
                screen.page += 1;
            }
        });
        if !signals.compared.is_empty() {
            ui.separator();
            let text = format!("Compare {}", counted(signals.compared.len() as u64, "device"));
            compares = ui.button(t(text)).on_hover_text(t("Their distances, each from its own start")).clicked();
            if widgets::icon_button_ui(ui, icons::CLOSE, "Compare none").clicked() {
                commands.push(Command::Compare(vec![]));
            }
        }
    });
    ui.label(widgets::small(ui, screen.by.explanation()));
    ui.add_space(4.0);
    let corner = ui.cursor().min;
    let places = screen.order.iter().skip(screen.page * a_page).take(a_page).enumerate();
    for (place, line) in places.filter_map(|(place, &line)| Some((place, lines.get(line as usize)?))) {
        let at = vec2((place % columns) as f32 * (CARD.x + GAP), (place / columns) as f32 * (CARD.y + GAP));
        card_ui(ui, Rect::from_min_size(corner + at, CARD), state, loaded, (line, screen.by), commands);
    }
    compares
}

fn card_ui(
    ui: &mut Ui,
    rect: Rect,
    state: &State,
    loaded: &Loaded,
    (line, by): (&DeviceLine, By),
    commands: &mut Vec<Command>,
) {
    let follow = match (&line.device, &line.person) {
        (Some(serial), _) => Follow::Device(serial.clone()),
        (None, Some(email)) => Follow::Person(email.clone()),
        (None, None) => return,
    };
    let name = chips::name_of(&follow, &loaded.codes, state.revealed);
    let partner = line.device.as_ref().and(line.person.as_ref()).map_or_else(String::new, |email| {
        format!(" · {}", chips::name_of(&Follow::Person(email.clone()), &loaded.codes, state.revealed))
    });
    let response = ui.interact(rect, ui.scope_id().with(("card", &name)), Sense::click());
    let figure = by.figure(line).map_or_else(|| "–".to_owned(), |figure| figure_in_words(by, figure));
    widgets::named(&response, ui, Role::Button, format!("Signals of {name}: {} {figure}", by.name()));
    let palette = theme::palette(ui);
    let ground = if response.hovered() { palette.raised } else { palette.panel };
    ui.painter().rect_filled(rect, 4.0, ground);
    let font = |style: TextStyle| style.resolve(ui.style());
    let painter = ui.painter().with_clip_rect(rect.shrink(2.0));
    let (left, right) = (rect.left() + 8.0, rect.right() - 8.0);
    painter.text(
        pos2(left, rect.top() + 14.0),
        egui::Align2::LEFT_CENTER,
        as_is(format!("{name}{partner}")),
        font(TextStyle::Body),
        palette.text,
    );
    let ink = if by == By::Foreign && line.foreign > 0 { palette.warning } else { palette.text };
    let small = font(TextStyle::Small);
    let y = rect.bottom() - 12.0;
    painter.text(pos2(left, y), egui::Align2::LEFT_CENTER, t(format!("{} {figure}", by.name())), small.clone(), ink);
    if by != By::Foreign && line.foreign > 0 {
        let text = format!("{} foreign", thousands(line.foreign));
        painter.text(pos2(right, y), egui::Align2::RIGHT_CENTER, t(text), small, palette.warning);
    }
    curve(ui, line, Rect::from_min_max(pos2(left, rect.top() + 28.0), pos2(right, rect.bottom() - 24.0)));
    if let Some(serial) = &line.device {
        compare_ui(ui, rect, state, serial, &name, commands);
    }
    if response.clicked() {
        commands.push(Command::Follow(Some(follow)));
    }
    response.on_hover_ui(|ui| {
        for by in By::ALL {
            if let Some(figure) = by.figure(line) {
                ui.label(t(format!("{}: {}", by.name(), figure_in_words(by, figure))));
            }
        }
    });
}

/// The box in a card's corner that takes the device into the comparison.
fn compare_ui(ui: &mut Ui, card: Rect, state: &State, serial: &str, name: &str, commands: &mut Vec<Command>) {
    let compared = &state.signals.compared;
    let is_in = compared.iter().any(|other| other == serial);
    if !is_in && compared.len() >= MOST_COMPARED {
        return;
    }
    let mut now = is_in;
    let corner = Rect::from_min_size(pos2(card.right() - 26.0, card.top() + 4.0), vec2(22.0, 20.0));
    let response = ui.put(corner, egui::Checkbox::without_text(&mut now));
    widgets::named(&response, ui, Role::CheckBox, format!("Compare {name}"));
    if now != is_in {
        let mut devices = compared.clone();
        devices.retain(|other| other != serial);
        if now {
            devices.push(serial.to_owned());
        }
        commands.push(Command::Compare(devices));
    }
}

/// The least and the most of each part of the time, joined to the next.
fn curve(ui: &Ui, line: &DeviceLine, room: Rect) {
    let bins = line.thumbnail.bins();
    let wide = room.width() / bins.len().max(1) as f32;
    let color = theme::palette(ui).accent;
    let y = |share: f32| room.bottom() - share * room.height();
    let mut last: Option<egui::Pos2> = None;
    for (place, bin) in bins.enumerate() {
        let Some((low, high)) = bin else { continue };
        let x = room.left() + (place as f32 + 0.5) * wide;
        let middle = pos2(x, y((low + high) / 2.0));
        if let Some(last) = last.filter(|last| x - last.x < wide * 12.0) {
            ui.painter().line_segment([last, middle], (1.0, color.gamma_multiply(0.6)));
        }
        ui.painter().vline(x, y(high) - 0.75..=y(low) + 0.75, (1.5, color));
        last = Some(middle);
    }
}

/// A figure with its unit.
fn figure_in_words(by: By, figure: f64) -> String {
    match by {
        By::Kept | By::BeforeConsent | By::Agreement => format!("{:.0} %", figure * 100.0),
        By::LongestGap => crate::signals::elapsed(figure, true).trim_start_matches('+').to_owned(),
        _ => format::short(figure),
    }
}
