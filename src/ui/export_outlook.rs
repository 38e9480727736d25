//! What the next export will be, what an attacker could do with it, what blocks it, and the button that makes it.

use std::path::{Path, PathBuf};

use egui::{Button, Grid, RichText, Role, TextEdit, Ui, vec2};

use crate::domain::format::{bytes, counted, thousands};
use crate::domain::{CheckId, Split, Table};
use crate::export::release::{Attack, Preview, SplitNote};
use crate::review::Trail;
use crate::state::{Command, Shown, Slot, State};

use super::explain::explained;
use super::export_page::section_ui;
use super::words::{as_is, t};
use super::{chips, focus, icons, review_page, theme, widgets};

/// What it will be, and what could be done with it.
pub fn outlook_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let slot = &state.exporting.preview;
    if let Some(error) = slot.error() {
        section_ui(ui, icons::WARNING, "What it will be", "could not be worked out", |ui| {
            ui.label(widgets::warning(ui, error));
            if ui.button(t(format!("{} Try again", icons::RELOAD))).clicked() {
                commands.push(Command::RetryExport);
            }
        });
        return;
    }
    let Some(preview) = slot.value() else {
        section_ui(ui, icons::INFORMATION, "What it will be", "is being worked out…", |_| {});
        return;
    };
    let words = if slot.is_loading() { "being worked out again…" } else { "worked out on the rows that would leave" };
    section_ui(ui, icons::READY, "What it will be", words, |ui| {
        chips::of_all_ui(ui, state, |name| format!("An export has everybody, not only {name}."));
        figures_ui(ui, preview);
        if state.choices().export.packaging.tables.contains(&Table::MachineLearningCurated) {
            if let Some(words) = preview.estimate.absent() {
                ui.label(widgets::weak(ui, words));
            }
            let words =
                "No label of steps is in it, and rows of one instant of a device are not independent of each other.";
            ui.label(widgets::weak(ui, words));
        }
        if let Some(split) = &preview.split {
            ui.add_space(8.0);
            sides_ui(ui, split, state.choices().export.packaging.split.as_ref());
        }
    });
    let found = preview.attacks.iter().filter(|attack| attack.found > 0).count() as u64;
    let words = match found {
        0 => "nobody, in every way that was tried".to_owned(),
        _ => format!("somebody, in {} of {} that were tried", found, counted(preview.attacks.len() as u64, "way")),
    };
    let icon = if found == 0 { icons::READY } else { icons::INFORMATION };
    section_ui(ui, icon, "What an attacker could find", &words, |ui| {
        preview.attacks.iter().for_each(|attack| attack_ui(ui, attack));
    });
}

fn figures_ui(ui: &mut Ui, preview: &Preview) {
    let estimate = &preview.estimate;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 20.0;
        let mut figures = vec![
            // Of the table that is learned from, whatever else leaves.
            (thousands(estimate.rows), if preview.columns.len() > 1 { "rows to learn from" } else { "rows" }),
            (thousands(estimate.customers), "customers"),
            (thousands(estimate.devices), "devices"),
        ];
        if let Some(windows) = estimate.windows {
            figures.push((thousands(windows), "windows"));
        }
        figures.push((format!("≈ {}", bytes(estimate.bytes)), "of data"));
        figures.push((thousands(estimate.files), "data files"));
        let seconds = estimate.takes.as_secs_f64();
        let takes = if seconds < 0.1 { "< 0.1 s".to_owned() } else { format!("≈ {seconds:.1} s") };
        figures.push((takes, "to write"));
        for (figure, unit) in figures {
            let (figure, unit) = (RichText::new(t(figure)).text_style(theme::figure_style()), widgets::small(ui, unit));
            // Whole in one line, whatever room is left of this one.
            let width = widgets::width(ui, &figure).max(widgets::width(ui, &unit)).ceil();
            if ui.available_size_before_wrap().x < width {
                ui.end_row();
            }
            let height = ui.text_style_height(&theme::figure_style()) + ui.text_style_height(&egui::TextStyle::Small);
            ui.allocate_ui_with_layout(vec2(width, height), egui::Layout::top_down(egui::Align::Min), |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                ui.label(figure);
                ui.label(unit);
            });
        }
    });
    for (table, columns) in &preview.columns {
        ui.label(widgets::small(ui, as_is(format!("{table}: {}", columns.join(", ")))));
    }
}

/// The shares as they come out, and what was looked for on two sides.
fn sides_ui(ui: &mut Ui, split: &SplitNote, asked: Option<&Split>) {
    let customers: u64 = split.sides.values().map(|side| side.customers).sum();
    let asked = asked.map_or([0; 3], Split::permilles);
    let percent = |share: f64| format!("{share:.1} %");
    Grid::new("sides").num_columns(6).min_col_width(theme::SHARE_WIDTH).spacing([16.0, 4.0]).show(ui, |ui| {
        ui.label("");
        for title in ["customers", "share", "asked for", "rows", "devices"] {
            figure_ui(ui, widgets::small(ui, title));
        }
        ui.end_row();
        for (name, asked) in ["train", "validation", "test"].into_iter().zip(asked) {
            let side = split.sides.get(name).copied().unwrap_or_default();
            ui.label(t(name));
            for figure in [
                thousands(side.customers),
                percent(side.customers as f64 * 100.0 / customers.max(1) as f64),
                percent(f64::from(asked) / 10.0),
                thousands(side.rows),
                thousands(side.devices),
            ] {
                figure_ui(ui, RichText::new(t(figure)));
            }
            ui.end_row();
        }
    });
    let words = "Each customer is on one side whole, by a number made of the seed and of who they are: shares come out near those asked for.";
    ui.label(widgets::small(ui, words));
    let audit = &split.audit;
    let words = audit.words();
    let words = if audit.is_clean() { widgets::weak(ui, words) } else { widgets::warning(ui, words) };
    explained(ui.label(words), "Counted on the rows that would leave", "export-attacks");
    if audit.by_chance > 0 {
        let rows = counted(audit.by_chance, "row");
        let has = if audit.by_chance == 1 { "has" } else { "have" };
        let words = format!("{rows} {has} by chance the same values as one of another customer in another split.");
        ui.label(widgets::small(ui, words));
    }
    if split.grouped > 0 {
        let who = counted(split.grouped, "customer");
        ui.label(widgets::small(
            ui,
            format!("{who} share a device or a recording with others, and are in their split: that moves the shares."),
        ));
    }
    if split.listed > 0 {
        ui.label(widgets::small(
            ui,
            format!("{} are in the split that the list says.", counted(split.listed, "customer")),
        ));
    }
}

/// Right-aligned, in a column of its own width.
fn figure_ui(ui: &mut Ui, figure: RichText) {
    let layout = egui::Layout::right_to_left(egui::Align::Center);
    ui.allocate_ui_with_layout(vec2(theme::SHARE_WIDTH, theme::SHARE_HEIGHT), layout, |ui| ui.label(figure));
}

fn attack_ui(ui: &mut Ui, attack: &Attack) {
    ui.horizontal_wrapped(|ui| {
        let figure = format!("{} of {}", thousands(attack.found), thousands(attack.of));
        let figure = if attack.found > 0 { widgets::warning(ui, figure) } else { RichText::new(t(figure)) };
        ui.label(figure.text_style(theme::strong_style()));
        ui.label(widgets::weak(ui, format!("found by an attacker who {}", attack.title)));
    });
    ui.label(t(&attack.words));
    ui.add_space(4.0);
}

/// What stands against it, and the button. Gives the check that somebody wants to see.
pub fn gate_ui(
    ui: &mut Ui,
    state: &State,
    place: &mut String,
    who: &mut String,
    commands: &mut Vec<Command>,
) -> Option<CheckId> {
    let nothing = Trail::default();
    let trail = state.review.trail.value().map_or(&nothing, AsRef::as_ref);
    let open = match &state.review.checks {
        Slot::Ready(review) => review.open(trail),
        _ => vec![],
    };
    let is_signed = state.review.signed_off().is_some();
    let words = match (is_signed, state.review.open()) {
        (true, _) => "nothing".to_owned(),
        (false, None) => "the checks are being computed".to_owned(),
        (false, Some(0)) => "nobody signed these tables".to_owned(),
        (false, Some(1)) => "1 failing check".to_owned(),
        (false, Some(open)) => format!("{open} failing checks"),
    };
    let mut wanted = None;
    let icon = if is_signed { icons::READY } else { icons::LOCKED };
    section_ui(ui, icon, "What blocks it", &words, |ui| {
        for check in open {
            let text = format!("{} {}", icons::WARNING, check.about().title);
            let response = widgets::door_ui(ui, widgets::warning(ui, text), check.about().title);
            if response.on_hover_text(t("Show it on the page of the review: repair it, or accept it")).clicked() {
                wanted = Some(check);
            }
        }
        wanted = wanted.or(warnings_ui(ui, state));
        review_page::narrow_gate_ui(ui, state, who, commands);
        ui.add_space(8.0);
        button_ui(ui, state, place, is_signed, commands);
    });
    if wanted.is_some() {
        commands.push(Command::Show(Shown::Review));
    }
    wanted
}

/// What does not block it and still has to be known. Gives the check that somebody wants to see.
fn warnings_ui(ui: &mut Ui, state: &State) -> Option<CheckId> {
    let Slot::Ready(review) = &state.review.checks else { return None };
    let mut warnings: Vec<_> = review.warnings().collect();
    // Who may be learned from comes before what is odd.
    warnings.sort_by_key(|check| check.id != CheckId::ConsentBeforeReading);
    let first = warnings.first()?;
    ui.label(widgets::small(ui, "Warnings do not block it; the README of the export lists them:"));
    let hover = t("Show it on the page of the review: repair it, or accept it");
    let title = first.id.about().title;
    let text = RichText::new(format!("{}: {}", t(title), t(&first.figure.words)));
    let mut wanted = widgets::door_ui(ui, text, title).on_hover_text(hover).clicked().then_some(first.id);
    if warnings.len() > 1 {
        let all = format!("All {} warnings", warnings.len());
        if widgets::door_ui(ui, widgets::weak(ui, all.as_str()), all.as_str()).clicked() {
            wanted = Some(first.id);
        }
    }
    wanted
}

fn button_ui(ui: &mut Ui, state: &State, place: &mut String, is_signed: bool, commands: &mut Vec<Command>) {
    ui.horizontal_wrapped(|ui| {
        widgets::begin_line(ui);
        ui.label(t("New folder"));
        let edit =
            TextEdit::singleline(place).hint_text(t("~/training-set or s3://bucket/folder")).desired_width(240.0);
        let response = ui.add(edit.background_color(theme::palette(ui).raised));
        widgets::named(&response, ui, Role::TextInput, "Folder of the export");
        let typed = place.trim();
        let must_be_typed = state.exporting.is_place_typed && typed.is_empty();
        let was_told = ui.data_mut(|data| {
            std::mem::replace(data.get_temp_mut_or_default(response.id.with("must_be_typed")), must_be_typed)
        });
        if focus::begins(ui, response.id, is_signed) || (must_be_typed && !was_told) {
            response.request_focus();
        }
        let is_ready = is_signed
            && !must_be_typed
            && state.exporting.writing.is_none()
            && matches!(state.exporting.preview, Slot::Ready(_))
            && state.choices().export.packaging.check().is_ok();
        let is_entered = widgets::is_entered(ui, &response) && !typed.is_empty();
        let text = if typed.is_empty() && !must_be_typed { "Export…" } else { "Export" };
        let icon = if is_signed { icons::EXPORT } else { icons::LOCKED };
        let palette = theme::palette(ui);
        let words = RichText::new(t(format!("{icon} {text}")));
        // What was written there is not what is to be done next.
        let is_there = state.is_exported_to(Path::new(typed));
        let button =
            if is_there { Button::new(words) } else { Button::new(words.color(palette.base)).fill(palette.accent) };
        let response = ui.add_enabled(is_ready, button.min_size(vec2(96.0, 0.0)));
        widgets::named(&response, ui, Role::Button, text);
        let why = match (is_signed, must_be_typed) {
            (false, _) => "Somebody has to sign these tables first",
            (true, true) => "Type the new folder first",
            (true, false) => "It is being worked out what would leave",
        };
        let hover = if is_there {
            "It was written there. The name of another folder makes another export"
        } else {
            "Write it, whole or not at all"
        };
        if (is_entered && is_ready) || explained(response, hover, "gate").on_disabled_hover_text(t(why)).clicked() {
            commands.push(if typed.is_empty() {
                Command::ChooseExport
            } else {
                Command::ExportTo { place: PathBuf::from(typed), replace: false }
            });
        }
        if must_be_typed {
            ui.label(widgets::weak(ui, "This desktop shows no file dialogs, so type the new folder."));
        }
        if let Some(folder) = &state.exporting.writing {
            ui.label(widgets::weak(ui, format!("Writing {}…", folder.display())));
            if ui.button(t("Stop")).clicked() {
                commands.push(Command::Cancel);
            }
        }
    });
}
