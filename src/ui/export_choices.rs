//! What leaves, whose rows are on which side, and how: the choices of the next export.

use egui::{ComboBox, DragValue, Role, Ui};

use crate::domain::format::counted;
use crate::domain::{Format, KeyChoice, Packaging, Partition, Split, Table, TimeRelease, Windows};
use crate::state::{Command, ExportChoices, State};

use super::explain::explained;
use super::export_page::section_ui;
use super::words::{self, as_is, t};
use super::{icons, widgets};

/// Paints them; each shows beside it what comes of it.
pub fn choices_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    let mut export = state.choices().export.clone();
    what_ui(ui, state, &mut export.packaging);
    who_ui(ui, &mut export, commands);
    how_ui(ui, &mut export.packaging);
    key_ui(ui, state, &mut export.key);
    if export != state.choices().export {
        commands.push(Command::SetExport(export));
    }
}

fn what_ui(ui: &mut Ui, state: &State, packaging: &mut Packaging) {
    let words = format!(
        "{}, {} of the machine-learning table",
        counted(packaging.tables.len() as u64, "table"),
        counted(packaging.columns().len() as u64, "column")
    );
    let icon = if packaging.check().is_ok() { icons::READY } else { icons::WARNING };
    section_ui(ui, icon, "What", &words, |ui| {
        ui.horizontal_wrapped(|ui| {
            for table in Table::ALL.into_iter().rev().filter(|table| table.dataset().is_none()) {
                let mut is_in = packaging.tables.contains(&table);
                let rows = state.curation.value().map_or(0, |curation| curation.rows(table));
                let hover = format!("{}; people and devices by pseudonyms", counted(rows, "row"));
                if explained(ui.checkbox(&mut is_in, as_is(table.name())), hover, table.name()).changed() {
                    if is_in {
                        packaging.tables.insert(table);
                    } else {
                        packaging.tables.remove(&table);
                    }
                }
            }
        });
        ui.horizontal_wrapped(|ui| {
            ui.label(widgets::weak(ui, "Columns"))
                .on_hover_text(t("Of the machine-learning table; customer, device and time always leave"));
            for name in Packaging::optional_columns() {
                let mut is_in = !packaging.leave_out.contains(name);
                if ui.checkbox(&mut is_in, as_is(name)).changed() {
                    if is_in {
                        packaging.leave_out.remove(name);
                    } else {
                        packaging.leave_out.insert(name.to_owned());
                    }
                }
            }
        });
        ui.label(widgets::small(ui, "Split, customer, device and time are always in it."));
        if let Err(error) = packaging.check() {
            ui.label(widgets::warning(ui, format!("{} {error}.", icons::WARNING)));
        }
    });
}

fn who_ui(ui: &mut Ui, export: &mut ExportChoices, commands: &mut Vec<Command>) {
    let packaging = &mut export.packaging;
    let words = match &packaging.split {
        None => "all customers together".to_owned(),
        Some(split) => {
            let [train, validation, test] = split.permilles().map(|share| f64::from(share) / 10.0);
            // Exact where each kind of customer is split for itself.
            let about = if split.stratify { "" } else { "about " };
            format!("{about}{train:.1} % of customers to train, {validation:.1} % validation, {test:.1} % test")
        }
    };
    section_ui(ui, icons::READY, "Who", &words, |ui| {
        let mut is_split = packaging.split.is_some();
        let hover = "By customer, never by row: nobody is in two splits";
        let response = ui.checkbox(&mut is_split, t("Split into train, validation and test"));
        if explained(response, hover, "export-sides").changed() {
            packaging.split = is_split.then(Split::default);
            if !is_split {
                export.sides = None;
            }
        }
        let Some(split) = &mut packaging.split else { return };
        ui.horizontal_wrapped(|ui| {
            share_ui(ui, "validation", &mut split.validation_permille);
            share_ui(ui, "test", &mut split.test_permille);
            let seed = DragValue::new(&mut split.seed).prefix(t("seed "));
            ui.add(seed).on_hover_text(t("Another seed, another split; drag or type"));
        });
        ui.checkbox(&mut split.stratify, t("Same shares for every kind of customer")).on_hover_text(
            t("By readings a device and by consents, exact to the customer. Without it a customer stays in the same split whoever \
             is added later"),
        );
        ui.horizontal_wrapped(|ui| match &export.sides {
            None => {
                let button = ui.button(t(format!("{} Splits from a file…", icons::OPEN_FILES)));
                let hover = "Lines of customer and side, such as splits.csv of an earlier export under the same key. Others \
                             are split as above";
                if button.on_hover_text(t(hover)).clicked() {
                    commands.push(Command::ChooseSides);
                }
            }
            Some(file) => {
                let name = file.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                ui.label(t(format!("{} Splits of {} from {name}", icons::FILES, counted(file.list.len() as u64, "customer"))));
                if widgets::icon_button_ui(ui, icons::CLOSE, "Let go of the list of splits").clicked() {
                    export.sides = None;
                }
            }
        });
    });
}

fn share_ui(ui: &mut Ui, name: &str, permille: &mut u32) {
    let mut percent = f64::from(*permille) / 10.0;
    let value = DragValue::new(&mut percent).range(0.0..=49.9).speed(0.2).max_decimals(1).suffix(t(" %"));
    let response = ui.add(words::fraction(value).prefix(t(format!("{name} "))));
    widgets::named(&response, ui, Role::SpinButton, format!("Share of {name}"));
    if response.on_hover_text(t("Of the customers; drag or type")).changed() {
        *permille = (percent * 10.0).round() as u32;
    }
}

fn how_ui(ui: &mut Ui, packaging: &mut Packaging) {
    let words = format!("{}, {}", packaging.format.title(), packaging.time.words());
    section_ui(ui, icons::READY, "How", &words, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.label(widgets::weak(ui, "Format"));
            for format in Format::ALL {
                let response = ui.selectable_value(&mut packaging.format, format, t(format.title()));
                explained(response, format_hover(format), "export-format");
            }
        });
        ui.horizontal_wrapped(|ui| {
            ui.label(widgets::weak(ui, "Folders"));
            for partition in Partition::ALL {
                let (text, hover) = match partition {
                    Partition::None => ("none", "A file for each side, or several where it is large"),
                    Partition::Split => ("by split", "split=train/"),
                    Partition::Customer => ("by customer", "split=train/customer=c_…/"),
                    Partition::Device => ("by device", "split=train/customer=c_…/device=d_…/"),
                };
                explained(ui.selectable_value(&mut packaging.partition, partition, t(text)), hover, "export-format");
            }
        });
        ui.horizontal_wrapped(|ui| {
            ui.label(widgets::weak(ui, "Time"));
            for time in TimeRelease::ALL {
                let response = ui.selectable_value(&mut packaging.time, time, t(time.name()));
                explained(response, time.words(), "export-time");
            }
            if packaging.time == TimeRelease::Raw {
                let text = format!("{} Whoever knows when somebody walked finds them", icons::WARNING);
                ui.label(widgets::warning(ui, text));
            }
        });
        windows_ui(ui, &mut packaging.windows);
    });
}

fn format_hover(format: Format) -> &'static str {
    match format {
        Format::Parquet => "Typed, compressed with zstd, with statistics: what most libraries read fastest",
        Format::Csv => "A header and a line for each row; null is an empty cell",
        Format::Ndjson => "One JSON object a line",
        Format::Arrow => "Arrow IPC file, also known as Feather: read without decoding",
    }
}

fn windows_ui(ui: &mut Ui, windows: &mut Option<Windows>) {
    ui.horizontal_wrapped(|ui| {
        let mut has = windows.is_some();
        let hover =
            "Successive instants of one device, never across a gap, a customer or a side: as rows and as NumPy arrays";
        if explained(ui.checkbox(&mut has, t("Cut into windows of time")), hover, "export-windows").changed() {
            *windows = has.then(Windows::default);
        }
        let Some(windows) = windows else { return };
        let instants = DragValue::new(&mut windows.instants).range(2..=100_000).prefix(t("of ")).suffix(t(" instants"));
        ui.add(instants).on_hover_text(t("Instants in a window; drag or type"));
        let stride = DragValue::new(&mut windows.stride).range(1..=100_000).prefix(t("every ")).suffix(t(" instants"));
        ui.add(stride).on_hover_text(t("From the start of one window to that of the next; drag or type"));
        let mut has_gap = windows.gap_ms.is_some();
        let hover = "The longest time between two instants of a window; without it, five times the median interval";
        if ui.checkbox(&mut has_gap, t("gap")).on_hover_text(t(hover)).changed() {
            windows.gap_ms = has_gap.then_some(10_000);
        }
        if let Some(gap) = &mut windows.gap_ms {
            ui.add(DragValue::new(gap).range(1..=86_400_000).speed(50.0).prefix(t("over ")).suffix(t(" ms")));
        }
    });
}

fn key_ui(ui: &mut Ui, state: &State, key: &mut KeyChoice) {
    let (words, hover) = match key {
        KeyChoice::New => (
            "from a new key, which is kept on this machine",
            "Later exports can match, and customers can be taken out of this one",
        ),
        KeyChoice::Kept(_) => ("from a key that was kept", "Pseudonyms are those of the earlier exports under it"),
        KeyChoice::ThrowAway => {
            ("from a new key, which is thrown away", "Nothing matches later, and nobody can be found to be taken out")
        }
    };
    section_ui(ui, icons::READY, "Pseudonyms", words, |ui| {
        let words = widgets::weak(ui, "HMAC-SHA-256 under a secret key, which is never in the export.");
        explained(ui.label(words), "Who holds the key can say who is who", "export-pseudonyms");
        ui.horizontal_wrapped(|ui| {
            let is_kept = matches!(key, KeyChoice::Kept(_));
            if ui.selectable_label(*key == KeyChoice::New, t("new key")).clicked() {
                *key = KeyChoice::New;
            }
            if ui.selectable_label(*key == KeyChoice::ThrowAway, t("thrown away")).clicked() {
                *key = KeyChoice::ThrowAway;
            }
            let keys = &state.exporting.keys;
            if keys.is_empty() {
                return;
            }
            let text = match &*key {
                KeyChoice::Kept(id) => as_is(id),
                KeyChoice::New | KeyChoice::ThrowAway => t("an earlier key"),
            };
            let chosen = ComboBox::from_id_salt("key").selected_text(text).show_ui(ui, |ui| {
                for id in keys {
                    let is_chosen = matches!(&*key, KeyChoice::Kept(chosen) if chosen == id);
                    if ui.selectable_label(is_chosen, as_is(id)).clicked() {
                        *key = KeyChoice::Kept(id.clone());
                    }
                }
            });
            widgets::named(&chosen.response, ui, Role::ComboBox, "An earlier key");
            if is_kept {
                ui.label(widgets::small(ui, "Pseudonyms match."));
            }
        });
        ui.label(widgets::small(ui, format!("{hover}.")));
    });
}
