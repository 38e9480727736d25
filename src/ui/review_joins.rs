//! The joins under the lens: what the keys foresee, what came, and what of it is whose. Each figure opens its rows.

use egui::{CollapsingHeader, Grid, Rect, RichText, ScrollArea, Ui, UiBuilder, vec2};

use crate::curation::{KeyCount, KeyPart};
use crate::domain::format::{counted, thousands};
use crate::domain::{CheckId, CheckVerdict, JoinRule, Operation, Privacy, Table};
use crate::explore::{Filter, Follow, Query, Test};
use crate::review::joins::{JoinPart, JoinReport, Met, PairKind, Stranger};
use crate::review::{FigureId, repairs};
use crate::state::{Command, Loaded, Shown, State};

use super::scrolled::Scrolled as _;
use super::words::{as_is, instant, t};
use super::{chips, empty, icons, theme, widgets};

/// From so many partners on, rows are told together.
const MOST_PARTNERS: u32 = 12;

/// Paints them.
pub fn joins_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    if let Some(error) = state.review.joins.error() {
        return empty::failed_ui(ui, "The joins could not be looked at", error, Command::RetryReview, commands);
    }
    let (Some(joins), Some(loaded)) = (state.review.joins.value(), state.landing.value()) else {
        return empty::working_ui(ui, "The joins are being looked at.");
    };
    ui.label(widgets::weak(ui, "Every step that looks rows up in another table, the last one first."));
    ui.add_space(4.0);
    // What is in sight, which a long title reaches beyond.
    let width = ui.available_width() - ui.spacing().indent - ui.spacing().scroll.allocated_width();
    ScrollArea::vertical().id_salt("joins").auto_shrink([false, false]).show_in_page(ui, |ui| {
        for join in joins.iter().rev() {
            let foreign = join.kinds.of(PairKind::Foreign);
            let mut title = format!("{}  ·  {}", join.table.name(), in_words(join));
            if foreign > 0 {
                // First, since the end may be out of sight.
                title = format!("{} {} foreign  ·  {title}", icons::WARNING, thousands(foreign));
            }
            let title = RichText::new(t(title)).text_style(theme::strong_style());
            let title = if foreign > 0 { title.color(theme::palette(ui).warning) } else { title };
            CollapsingHeader::new(title)
                .id_salt((join.table.name(), join.step))
                .default_open(join.pairs_readings())
                .show(ui, |ui| {
                    // It is as wide as its title by now, and would not get narrower.
                    let body = Rect::from_min_size(ui.cursor().min, vec2(width, ui.available_height()));
                    let body = UiBuilder::new().max_rect(body);
                    ui.scope_builder(body, |ui| join_ui(ui, state, loaded, join, commands));
                });
            ui.add_space(4.0);
        }
    });
}

fn in_words(join: &JoinReport) -> String {
    let other = join.other.map_or("inferred owners", Table::name);
    let by: Vec<&str> = join.on.iter().map(|(left, _)| *left).collect();
    let verb = match join.operation {
        Operation::Join { .. } => "joined with",
        Operation::JoinNearest { .. } => "joined with the nearest of",
        Operation::AttachOwner { .. } => "given its owner from",
        _ => "kept if in",
    };
    format!("{verb} {other} by {}", by.join(&*t(" and ")))
}

fn join_ui(ui: &mut Ui, state: &State, loaded: &Loaded, join: &JoinReport, commands: &mut Vec<Command>) {
    let mut show = |part| {
        let figure = FigureId::Join { table: join.table, step: join.step, part };
        commands.push(Command::Show(Shown::Behind(figure)));
    };
    ui.label(widgets::strong("Before: what the keys say"));
    wide_ui(ui, (join.table.name(), join.step, "before"), [20.0, 4.0], |ui| {
        for title in ["", "rows", "different keys", "keys of several rows", "most rows of a key", "rows without a key"]
        {
            widgets::right_ui(ui, |ui| ui.label(widgets::small(ui, title)));
        }
        ui.end_row();
        let names = [join.source.name(), join.other.map_or("inferred owners", Table::name)];
        for (name, side) in names.into_iter().zip(join.sides) {
            ui.label(t(name));
            for number in [side.rows, side.keys, side.shared_keys, side.most, side.without_key] {
                widgets::right_ui(ui, |ui| ui.label(t(thousands(number))));
            }
            ui.end_row();
        }
    });
    let foreseen = join.foreseen;
    let at_most = if foreseen.is_exact { "" } else { "at most " };
    let words = format!(
        "Expected from the keys: {at_most}{} after it, {} of the left side and {} of the right without a partner. Found: {}.",
        counted(foreseen.rows, "row"),
        thousands(foreseen.left_unmatched),
        thousands(foreseen.right_unmatched),
        thousands(join.came)
    );
    let so = match (foreseen.is_exact, foreseen.rows == join.came) {
        (false, _) => "",
        (true, true) => "As expected.",
        (true, false) => "Not as expected.",
    };
    // Each is looked up on its own: together they would be sentences of which one has no entry.
    ui.label(as_is(format!("{} {}", t(words), t(so)).trim_end()));
    ui.add_space(8.0);
    ui.label(widgets::strong("After: how rows were matched"));
    wide_ui(ui, (join.table.name(), join.step, "after"), [20.0, 4.0], |ui| {
        for title in ["", "once", "several times", "never"] {
            widgets::right_ui(ui, |ui| ui.label(widgets::small(ui, title)));
        }
        ui.end_row();
        ui.label(t(format!("left: {}", join.source.name())));
        let [left, right] = join.matched;
        for (met, rows) in Met::ALL.into_iter().zip([left.once, left.several, left.never]) {
            widgets::right_ui(ui, |ui| {
                figure_ui(ui, rows, &format!("left rows matched, {met:?}"), || show(JoinPart::Left(met)));
            });
        }
        ui.end_row();
        if let Some(other) = join.other {
            ui.label(t(format!("right: {}", other.name())));
            for (met, rows) in Met::ALL.into_iter().zip([right.once, right.several, right.never]) {
                widgets::right_ui(ui, |ui| {
                    figure_ui(ui, rows, &format!("right rows matched, {met:?}"), || show(JoinPart::Right(met)));
                });
            }
            ui.end_row();
        }
    });
    ui.add_space(8.0);
    ui.label(widgets::strong("Whose the rows after it are"));
    if join.pairs_readings() {
        ui.label(widgets::weak(
            ui,
            "Own: with a motion of the device's owner. Foreign: with a motion of somebody else. Repeated: equal to a row before.",
        ));
    }
    ui.horizontal_wrapped(|ui| {
        for kind in PairKind::ALL {
            let rows = join.kinds.of(kind);
            ui.label(widgets::weak(ui, kind.title()));
            figure_ui(ui, rows, &format!("{} rows", kind.title()), || show(JoinPart::Kind(kind)));
            ui.add_space(12.0);
        }
    });
    ui.add_space(8.0);
    histogram_ui(ui, join, &mut show);
    ui.add_space(8.0);
    ScrollArea::horizontal().id_salt((join.table.name(), join.step, "keys")).show_scrolled(ui, |ui| {
        ui.horizontal_top(|ui| {
            keys_ui(ui, state, loaded, join, ("Keys with the most rows after it", &join.most), commands);
            keys_ui(ui, state, loaded, join, ("Keys that find nothing", &join.missing), commands);
        });
    });
    if join.pairs_readings() && join.kinds.of(PairKind::Foreign) > 0 {
        affected_ui(ui, state, loaded, join, commands);
    }
    ui.add_space(8.0);
}

/// A grid that scrolls by itself where it has too little room, so that the sentences around it keep to the page.
fn wide_ui(ui: &mut Ui, id: (&str, usize, &str), spacing: [f32; 2], rows: impl FnOnce(&mut Ui)) {
    ScrollArea::horizontal()
        .id_salt((id, "wide"))
        .show_scrolled(ui, |ui| Grid::new(id).spacing(spacing).show(ui, rows));
}

/// A figure that opens its rows, if there are any.
fn figure_ui(ui: &mut Ui, rows: u64, name: &str, open: impl FnOnce()) {
    if rows == 0 {
        ui.label(t("0"));
    } else if widgets::door_ui(ui, RichText::new(t(thousands(rows))).underline(), format!("{} {name}", thousands(rows)))
        .clicked()
    {
        open();
    }
}

/// How many rows of the left side have how many partners.
fn histogram_ui(ui: &mut Ui, join: &JoinReport, show: &mut impl FnMut(JoinPart)) {
    ui.label(widgets::strong("Partners of a row of the left side"));
    let most = join.multiplicity.values().copied().max().unwrap_or(1);
    let mut bars: Vec<(String, JoinPart, u64)> = vec![];
    for (&partners, &rows) in join.multiplicity.range(..MOST_PARTNERS) {
        bars.push((partners.to_string(), JoinPart::Partners(partners), rows));
    }
    let many: u64 = join.multiplicity.range(MOST_PARTNERS..).map(|(_, rows)| rows).sum();
    if many > 0 {
        bars.push((format!("{MOST_PARTNERS} or more"), JoinPart::PartnersFrom(MOST_PARTNERS), many));
    }
    wide_ui(ui, (join.table.name(), join.step, "partners"), [12.0, 2.0], |ui| {
        for (label, part, rows) in bars {
            widgets::right_ui(ui, |ui| ui.label(widgets::weak(ui, label.as_str())));
            widgets::right_ui(ui, |ui| figure_ui(ui, rows, &format!("rows with {label} partners"), || show(part)));
            let (rect, _) = ui.allocate_exact_size(vec2(320.0, 12.0), egui::Sense::hover());
            let width = (rect.width() * (rows as f64 / most as f64) as f32).max(1.0);
            let bar = Rect::from_min_size(rect.min, vec2(width, rect.height()));
            ui.painter().rect_filled(bar, 2.0, theme::palette(ui).accent.gamma_multiply(0.75));
            ui.end_row();
        }
    });
}

fn keys_ui(
    ui: &mut Ui,
    state: &State,
    loaded: &Loaded,
    join: &JoinReport,
    (title, keys): (&str, &[KeyCount]),
    commands: &mut Vec<Command>,
) {
    const MOST: usize = 6;
    if keys.is_empty() {
        return;
    }
    ui.vertical(|ui| {
        ui.label(widgets::strong(title));
        Grid::new((join.table.name(), join.step, title)).spacing([16.0, 2.0]).show(ui, |ui| {
            ui.label(widgets::small(ui, "key"));
            for text in ["left rows", "right rows"] {
                widgets::right_ui(ui, |ui| ui.label(widgets::small(ui, text)));
            }
            ui.end_row();
            for key in keys.iter().take(MOST) {
                let name = key_in_words(key, join, loaded, state.revealed);
                let response =
                    widgets::door_ui(ui, RichText::new(&name), format!("Rows of {} with {name}", join.source.name()));
                if response.on_hover_text(t(format!("Show these rows of {}", join.source.name()))).clicked() {
                    let shown = Shown::Table(join.source);
                    commands.push(Command::SetQuery(shown, query(key, join)));
                    commands.push(Command::Show(shown));
                }
                for rows in [key.left, key.right] {
                    widgets::right_ui(ui, |ui| ui.label(t(thousands(rows))));
                }
                ui.end_row();
            }
        });
    });
    ui.add_space(24.0);
}

fn key_in_words(key: &KeyCount, join: &JoinReport, loaded: &Loaded, revealed: bool) -> String {
    let part = |(name, part): &(&'static str, KeyPart)| match part {
        KeyPart::Null => "null".to_owned(),
        KeyPart::Time(at) => instant(*at),
        KeyPart::Text(text) => {
            let is_device = join
                .source
                .schema()
                .iter()
                .chain(Table::CustomerLanding.schema())
                .any(|column| column.name == *name && column.privacy == Privacy::Device);
            let follow = if is_device { Follow::Device(text.clone()) } else { Follow::Person(text.clone()) };
            chips::name_of(&follow, &loaded.codes, revealed)
        }
    };
    key.key.iter().map(part).collect::<Vec<_>>().join(" · ")
}

/// The rows of the table at hand with a key, as far as its columns are in that table.
fn query(key: &KeyCount, join: &JoinReport) -> Query {
    let columns = join.on.iter().zip(&key.key);
    let filters = columns.filter_map(|((left, _), (_, part))| {
        let column = join.source.schema().iter().find(|column| column.name == *left)?.name;
        let test = match part {
            KeyPart::Null => Test::Missing,
            KeyPart::Text(text) => Test::OneOf([text.clone()].into()),
            KeyPart::Time(at) => Test::Within(*at, *at),
        };
        Some(Filter { column, test, on: true })
    });
    Query { filters: filters.collect(), ..Query::default() }
}

fn affected_ui(ui: &mut Ui, state: &State, loaded: &Loaded, join: &JoinReport, commands: &mut Vec<Command>) {
    const MOST: usize = 8;
    let affected = &join.affected;
    let name = |follow: Follow| chips::name_of(&follow, &loaded.codes, state.revealed);
    ui.add_space(8.0);
    ui.label(widgets::strong(format!(
        "Mixed up: {} with motions of {}",
        counted(affected.devices, "device"),
        counted(affected.customers, "stranger")
    )));
    ui.horizontal_wrapped(|ui| {
        if state.choices().recipe.join != JoinRule::Owner {
            let repaired = repairs(CheckId::ForeignPairs, CheckVerdict::Fail, &state.choices().recipe);
            if let Some(repair) = repaired.into_iter().next()
                && ui.button(t(repair.words)).on_hover_text(t(repair.effect)).clicked()
            {
                commands.push(Command::SetRecipe(repair.recipe));
            }
        }
    });
    ui.horizontal_top(|ui| {
        let most = [
            (
                "Devices most affected",
                affected.most_devices.iter().map(|it| (Follow::Device(it.0.clone()), it.1, it.2)).collect::<Vec<_>>(),
            ),
            (
                "Customers most lent",
                affected.most_customers.iter().map(|it| (Follow::Person(it.0.clone()), it.1, it.2)).collect(),
            ),
        ];
        for (title, list) in most {
            ui.vertical(|ui| {
                ui.label(widgets::weak(ui, title));
                for (follow, foreign, all) in list.into_iter().take(MOST) {
                    let text = format!("{}  {} of {}", name(follow.clone()), thousands(foreign), thousands(all));
                    if widgets::door_ui(ui, RichText::new(t(&text)), &text)
                        .on_hover_text(t("Show the signals"))
                        .clicked()
                    {
                        commands.push(Command::ShowRecording(Some(follow)));
                    }
                }
            });
            ui.add_space(24.0);
        }
        ui.vertical(|ui| {
            ui.label(widgets::weak(ui, "Devices and strangers"));
            for stranger in affected.most_strangers.iter().take(MOST) {
                let Stranger { device, user, pairs, .. } = stranger;
                let (device, user) = (name(Follow::Device(device.clone())), name(Follow::Person(user.clone())));
                let text = format!("{device} with {user}  {}", thousands(*pairs));
                let hover = "Show both customers' signals at the first such instant";
                if widgets::door_ui(ui, RichText::new(t(&text)), &text).on_hover_text(t(hover)).clicked() {
                    commands.push(Command::ShowStranger(stranger.clone()));
                }
            }
        });
    });
}
