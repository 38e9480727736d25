//! All devices and phones, small, in an order of one's choice. A click opens one.

use std::sync::Arc;

use egui::{ComboBox, Key, Rect, Role, Sense, TextEdit, TextStyle, Ui, Vec2, pos2, vec2};

use crate::domain::format::{counted, thousands};
use crate::explore::Follow;
use crate::signals::{By, DeviceLine};
use crate::state::{Command, Loaded, State};

use super::drawn::Drawn;
use super::figures::{FiguresScreen, column, figures_ui};
use super::words::{as_is, t};
use super::{access, chips, empty, focus, icons, pictures, theme, widgets};

/// What belongs to the overview alone.
#[derive(Default)]
pub struct DevicesScreen {
    /// The order that somebody chose.
    chosen: Option<By>,
    least_first: bool,
    page: usize,
    /// How high what stands above the cards is, in points, once it was painted.
    above: f32,
    /// The order of the lines, of which lines, by what.
    order: Vec<u32>,
    figures: FiguresScreen,
    ordered: Option<Ordered>,
    /// What the code of a device, a phone or its customer is to have in it.
    find: String,
}

/// Of which lines an order is, by what, and which of them are looked for, by the names that are shown.
#[derive(PartialEq)]
struct Ordered {
    lines: usize,
    by: By,
    least_first: bool,
    find: String,
    revealed: bool,
}

impl DevicesScreen {
    /// The order of the lines: unless one was chosen, what is wrong first, and else the most rows.
    fn by(&self, lines: &[DeviceLine]) -> By {
        let usual = || if lines.iter().any(|line| line.foreign > 0) { By::Foreign } else { By::Pairs };
        self.chosen.unwrap_or_else(usual)
    }

    fn put_in_order(&mut self, by: By, lines: &Arc<Vec<DeviceLine>>, loaded: &Loaded, revealed: bool) {
        let find = self.find.trim().to_lowercase();
        let least_first = self.least_first;
        let wanted = Ordered { lines: Arc::as_ptr(lines).addr(), by, least_first, find, revealed };
        if self.ordered.as_ref() == Some(&wanted) {
            return;
        }
        self.order = by.order(lines, !least_first);
        if !wanted.find.is_empty() {
            let has =
                |follow: Follow| chips::name_of(&follow, &loaded.codes, revealed).to_lowercase().contains(&wanted.find);
            self.order.retain(|line| {
                let line = &lines[*line as usize];
                line.device.clone().is_some_and(|serial| has(Follow::Device(serial)))
                    || line.person.clone().is_some_and(|email| has(Follow::Person(email)))
            });
        }
        self.ordered = Some(wanted);
    }
}

const FINDS: &str =
    "By a part of its code or its customer's; by serial number and e-mail address where personal data are shown";
const CURVES: &str = "A curve is the distance over time; where there is a phone alone, its acceleration. What is ticked can be compared.";
const CARD: Vec2 = vec2(232.0, 108.0);
const GAP: f32 = 8.0;
/// A page of this width at least has all that is above the cards in one line.
const ROOM_FOR_ALL: f32 = 640.0;
/// As many devices can be compared as there is room for.
const MOST_COMPARED: usize = 6;

/// Paints it; true if those that were chosen are to be compared.
pub fn devices_ui(
    ui: &mut Ui,
    state: &State,
    loaded: &Loaded,
    (screen, drawn): (&mut DevicesScreen, &mut Drawn),
    commands: &mut Vec<Command>,
) -> bool {
    let signals = &state.signals;
    if let Some(error) = signals.lines.error() {
        empty::failed_ui(ui, "The devices could not be looked over", error, Command::RetrySignals, commands);
        return false;
    }
    let Some(lines) = signals.lines.value() else {
        empty::working_ui(ui, "All devices are being looked over.");
        return false;
    };
    if lines.is_empty() {
        empty::nothing_here_ui(
            ui,
            "No readings",
            "No device and no phone sent one that could be read. The page of files says what was refused, and why.",
        );
        return false;
    }
    let by = screen.by(lines);
    screen.put_in_order(by, lines, loaded, state.revealed);
    let (mut compares, mut saves) = (false, false);
    let columns = ((ui.available_width() + GAP) / (CARD.x + GAP)).floor().max(1.0) as usize;
    // They fill the width of the page.
    let card = vec2((ui.available_width() + GAP) / columns as f32 - GAP, CARD.y);
    let is_narrow = ui.available_width() < ROOM_FOR_ALL;
    let (top, height) = (ui.cursor().min.y, ui.available_height());
    let rows = ((height - screen.above) / (CARD.y + GAP)).floor().max(1.0) as usize;
    let a_page = columns * rows;
    let pages = screen.order.len().div_ceil(a_page).max(1);
    screen.page = screen.page.min(pages - 1);
    ui.horizontal_wrapped(|ui| {
        access::heading_ui(ui, "Signals");
        let devices = lines.iter().filter(|line| line.device.is_some()).count() as u64;
        let phones = lines.len() as u64 - devices;
        let mut words = counted(devices, "device");
        if phones > 0 {
            words = format!("{words} · {}", counted(phones, "phone alone").replace("phone alones", "phones alone"));
        }
        let foreign = lines.iter().filter(|line| line.foreign > 0).count() as u64;
        ui.label(t(words));
        if foreign > 0 {
            let text = format!("{} {} with foreign motions", icons::WARNING, counted(foreign, "device"));
            ui.label(widgets::warning(ui, text));
        }
    });
    ui.horizontal_wrapped(|ui| {
        let order =
            ComboBox::from_id_salt("by").width(160.0).selected_text(t(format!("by {}", by.name()))).show_ui(ui, |ui| {
                for each in By::ALL {
                    let entry = ui.selectable_label(each == by, t(each.name())).on_hover_text(t(each.explanation()));
                    if entry.clicked() {
                        (screen.chosen, screen.page) = (Some(each), 0);
                    }
                }
            });
        widgets::named(&order.response, ui, Role::ComboBox, "Order of the devices");
        let (icon, name) =
            if screen.least_first { (icons::UP, "Least first") } else { (icons::DOWN, "Greatest first") };
        if widgets::icon_button_ui(ui, icon, name).clicked() {
            screen.least_first = !screen.least_first;
        }
        let field = TextEdit::singleline(&mut screen.find).hint_text(t("Find a device")).desired_width(120.0);
        let field = ui.add(field);
        widgets::named(&field, ui, Role::TextInput, "Find a device");
        if field.on_hover_text(t(FINDS)).changed() {
            screen.page = 0;
        }
        ui.separator();
        saves = drawn.buttons_ui(ui, "the overview");
        if !is_narrow {
            if !drawn.as_table {
                ui.separator();
                pages_ui(ui, &mut screen.page, pages);
            }
            compares = compared_ui(ui, &signals.compared, commands);
        }
    });
    if is_narrow && (!drawn.as_table || !signals.compared.is_empty()) {
        // In a line of their own, which is there before devices are compared: no card moves.
        ui.horizontal(|ui| {
            if !drawn.as_table {
                pages_ui(ui, &mut screen.page, pages);
            }
            compares = compared_ui(ui, &signals.compared, commands);
        });
    }
    if !drawn.as_table && focus::takes_keys(ui).pages {
        let (up, down) = ui.input(|input| (input.num_presses(Key::PageUp), input.num_presses(Key::PageDown)));
        screen.page = (screen.page + down).saturating_sub(up).min(pages - 1);
        if up + down > 0 {
            focus::moved(ui);
        }
    }
    ui.horizontal_wrapped(|ui| {
        ui.label(widgets::small(ui, by.explanation()));
        if !drawn.as_table {
            ui.label(widgets::small(ui, CURVES));
        }
    });
    ui.add_space(4.0);
    let in_sight = screen.order.iter().skip(screen.page * a_page).take(a_page);
    let in_sight: Vec<&DeviceLine> = in_sight.filter_map(|&line| lines.get(line as usize)).collect();
    if saves {
        commands.extend(pictures::save(ui, state, |pictured| {
            Some(pictured.devices(&in_sight, lines.len(), by, &loaded.codes))
        }));
    }
    if screen.order.is_empty() {
        ui.label(widgets::weak(ui, "No device and no phone is called so."));
    }
    drawn.words_ui(ui, &in_words(lines));
    if drawn.as_table {
        table_ui(ui, state, loaded, lines, screen, commands);
        return compares;
    }
    let corner = ui.cursor().min;
    screen.above = corner.y - top;
    for (place, line) in in_sight.into_iter().enumerate() {
        let at = vec2((place % columns) as f32, (place / columns) as f32) * (card + Vec2::splat(GAP));
        card_ui(ui, Rect::from_min_size(corner + at, card), state, loaded, (line, by), commands);
    }
    compares
}

/// The devices that are compared. Whether they are to be shown.
fn compared_ui(ui: &mut Ui, compared: &[String], commands: &mut Vec<Command>) -> bool {
    if compared.is_empty() {
        return false;
    }
    ui.separator();
    let text = format!("Compare {}", counted(compared.len() as u64, "device"));
    let compares = ui.add_enabled(compared.len() > 1, egui::Button::new(t(text)));
    let compares = compares
        .on_hover_text(t("Their distances, each from its own start"))
        .on_disabled_hover_text(t("Tick another device to compare it with"))
        .clicked();
    if widgets::icon_button_ui(ui, icons::CLOSE, "Compare none").clicked() {
        commands.push(Command::Compare(vec![]));
    }
    compares
}

/// The page of the overview that is seen, and the ways to the others.
fn pages_ui(ui: &mut Ui, page: &mut usize, pages: usize) {
    ui.add_enabled_ui(*page > 0, |ui| {
        if widgets::icon_button_ui(ui, icons::BACK, "Page before").clicked() {
            *page -= 1;
        }
    });
    ui.label(t(format!("page {} of {}", thousands(*page as u64 + 1), thousands(pages as u64))));
    ui.add_enabled_ui(*page + 1 < pages, |ui| {
        if widgets::icon_button_ui(ui, icons::NEXT, "Page after").clicked() {
            *page += 1;
        }
    });
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
    let figure = by.figure(line).map_or_else(|| "–".to_owned(), |figure| by.in_words(figure));
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
        commands.push(Command::ShowRecording(Some(follow)));
    }
    response.on_hover_ui(|ui| {
        for by in By::ALL {
            if let Some(figure) = by.figure(line) {
                ui.label(t(format!("{}: {}", by.name(), by.in_words(figure))));
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
    widgets::named_box(&response, ui, now, format!("Compare {name}"));
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

/// What somebody sees who looks at the overview: how much there is, and what stands out.
fn in_words(lines: &[DeviceLine]) -> Vec<String> {
    let most = |by: By| {
        let figures = lines.iter().filter_map(|line| by.figure(line));
        figures
            .reduce(f64::max)
            .filter(|most| *most > 0.0)
            .map(|most| format!("Most {}: {}.", by.name(), by.in_words(most)))
    };
    let least = |by: By| {
        let figures = lines.iter().filter_map(|line| by.figure(line));
        figures.reduce(f64::min).map(|least| format!("Least {}: {}.", by.name(), by.in_words(least)))
    };
    let some = |count: fn(&&DeviceLine) -> bool| lines.iter().filter(count).count() as u64;
    let foreign = format!("{} with foreign motions.", counted(some(|line| line.foreign > 0), "device"));
    let gaps = format!("{} with gaps.", counted(some(|line| line.gaps > 0), "line"));
    let ends = [most(By::Foreign), most(By::LongestGap), most(By::BeforeConsent), least(By::Kept)];
    [foreign, gaps].into_iter().chain(ends.into_iter().flatten()).collect()
}

/// The overview as a table, in the same order, of all pages.
fn table_ui(
    ui: &mut Ui,
    state: &State,
    loaded: &Loaded,
    lines: &[DeviceLine],
    screen: &mut DevicesScreen,
    commands: &mut Vec<Command>,
) {
    let mut columns = vec![
        column("device", "By its code, or its serial number where personal data are shown", 104.0, false),
        column("customer", "By a code, or the e-mail address where personal data are shown", 104.0, false),
    ];
    columns.extend(By::ALL.map(|by| column(by.name(), by.explanation(), 100.0, true)));
    let DevicesScreen { order, figures, .. } = screen;
    figures_ui(ui, "devices and phones", &columns, (0, order.len()), figures, commands, |row, column| {
        let Some(line) = order.get(row).and_then(|line| lines.get(*line as usize)) else { return String::new() };
        let name = |follow: Follow| chips::name_of(&follow, &loaded.codes, state.revealed);
        let text = match column {
            0 => line.device.clone().map(|serial| name(Follow::Device(serial))),
            1 => line.person.clone().map(|email| name(Follow::Person(email))),
            _ => By::ALL.get(column - 2).and_then(|by| by.figure(line).map(|figure| by.in_words(figure))),
        };
        text.unwrap_or_else(|| "–".to_owned())
    });
}
