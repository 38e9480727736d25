//! The exports that were made: where they lie, how they are loaded, whether they are as they were, and who has to be taken
//! out of them.

use std::path::{Path, PathBuf};

use egui::{Button, RichText, ScrollArea, TextStyle, TextWrapMode, Ui, WidgetText, vec2};

use crate::domain::JoinRule;
use crate::domain::format::{bytes, counted, thousands};
use crate::export::Listed;
use crate::export::release::{Contained, Manifest, Verified, place_without};
use crate::state::{Command, OpenedExport, Proof, Searched, Slot, State};

use super::scrolled::Scrolled as _;
use super::words::{as_is, instant, t};
use super::{access, empty, icons, theme, widgets};

/// What belongs to the list alone.
#[derive(Default)]
pub struct PastScreen {
    chosen: Option<PathBuf>,
    /// Somebody wants to replace it, and is asked whether they mean it.
    replaces: bool,
    /// The library whose lines are shown.
    library: usize,
}

/// Paints the list, and the chosen one beside it.
pub fn past_ui(ui: &mut Ui, state: &State, screen: &mut PastScreen, commands: &mut Vec<Command>) {
    if let Some(error) = state.exporting.past.error() {
        ui.label(widgets::warning(ui, error));
    }
    let Some(past) = state.exporting.past.value() else {
        return empty::working_ui(ui, "The list of exports is being read.");
    };
    if past.is_empty() {
        return empty::nothing_here_ui(
            ui,
            "No exports",
            "Nothing was exported yet. What is exported is listed here, to be proved and to take people out of.",
        );
    }
    withdrawn_ui(ui, state, commands);
    ui.add_space(8.0);
    match (&screen.chosen, &state.exporting.opened) {
        (None, _) => choose(past[0].past.folder.clone(), screen, commands),
        // One that was written without somebody is what one looks at next.
        (Some(chosen), Slot::Ready(opened)) if opened.folder != *chosen => screen.chosen = Some(opened.folder.clone()),
        _ => {}
    }
    let width = (ui.available_width() * 0.42).clamp(240.0, 460.0);
    egui::Panel::left("exports").frame(egui::Frame::new()).exact_size(width).resizable(false).show(ui, |ui| {
        ScrollArea::vertical().auto_shrink([false, false]).id_salt("exports").show_scrolled(ui, |ui| {
            for listed in past.iter() {
                entry_ui(ui, state, listed, screen, commands);
            }
        });
    });
    let frame = egui::Frame::new().inner_margin(egui::Margin { left: 16, ..Default::default() });
    egui::CentralPanel::default().frame(frame).show(ui, |ui| {
        ScrollArea::vertical().auto_shrink([false, false]).id_salt("export").show_scrolled(ui, |ui| {
            chosen_ui(ui, state, screen, past, commands);
        });
    });
}

fn choose(folder: PathBuf, screen: &mut PastScreen, commands: &mut Vec<Command>) {
    screen.chosen = Some(folder.clone());
    screen.replaces = false;
    commands.push(Command::OpenExport(folder));
}

fn name(folder: &Path) -> String {
    folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy().into_owned()
}

fn entry_ui(ui: &mut Ui, state: &State, listed: &Listed, screen: &mut PastScreen, commands: &mut Vec<Command>) {
    let past = &listed.past;
    let selected = screen.chosen.as_ref() == Some(&past.folder);
    let icon = if listed.is_there { icons::EXPORT } else { icons::WARNING };
    let palette = theme::palette(ui);
    let text = format!("{icon}  {}", name(&past.folder));
    let text = RichText::new(text).color(if listed.is_there { palette.text } else { palette.warning });
    let day = past.written_at.split('T').next().unwrap_or_default();
    let right = RichText::new(format!("{} · {day}", t(counted(past.rows, "row"))))
        .text_style(TextStyle::Small)
        .color(palette.weak);
    let button = Button::selectable(selected, text).right_text(right).truncate();
    let response = ui.add(button.min_size(vec2(ui.available_width() - 8.0, theme::ROW_HEIGHT)));
    widgets::named_choice(&response, ui, selected, format!("Export {}", name(&past.folder)));
    let where_it_is = past.folder.display().to_string();
    let hover = if listed.is_there { as_is(where_it_is) } else { t(format!("{where_it_is} is not there any more")) };
    if response.on_hover_text(hover).clicked() {
        choose(past.folder.clone(), screen, commands);
    }
    let searched = state.exporting.searched.value();
    let found = searched.and_then(|searched| searched.found.iter().find(|(folder, _)| *folder == past.folder));
    if let Some((_, Ok(contained))) =
        found.filter(|(_, found)| found.as_ref().is_ok_and(|found| !found.rows.is_empty()))
    {
        let who = counted(contained.customers, "customer");
        ui.label(widgets::warning(ui, format!("      {} {who} to be taken out", icons::WARNING)));
    }
}

fn chosen_ui(ui: &mut Ui, state: &State, screen: &mut PastScreen, past: &[Listed], commands: &mut Vec<Command>) {
    let Some(folder) = screen.chosen.clone() else { return };
    let is_listed = past.iter().any(|listed| listed.past.folder == folder);
    ui.horizontal_wrapped(|ui| {
        access::heading_ui(ui, as_is(name(&folder)));
        let is_there = past.iter().any(|listed| listed.is_there && listed.past.folder == folder);
        let verify = ui.add_enabled(is_there, Button::new(t(format!("{} Verify", icons::REVIEW))));
        let hover =
            "Whether every file is as it was written, and whether the landing files that are open still give it";
        if verify.on_hover_text(t(hover)).clicked() {
            commands.push(Command::VerifyExport(folder.clone()));
        }
        let forget = ui.add_enabled(is_listed, Button::new(t("Remove from this list")));
        if forget.on_hover_text(t("Takes it off this list; the folder stays as it is")).clicked() {
            commands.push(Command::ForgetExport(folder.clone()));
            screen.chosen = None;
        }
    });
    ui.label(widgets::weak(ui, as_is(folder.display().to_string())));
    if let Some(error) = state.exporting.opened.error() {
        ui.label(widgets::warning(ui, error));
        return;
    }
    proof_ui(ui, state, &folder);
    if let Some(searched) = state.exporting.searched.value() {
        contained_ui(ui, (searched, past), &folder, &mut screen.replaces, commands);
    }
    if let Some(opened) = state.exporting.opened.value().filter(|opened| opened.folder == folder) {
        ui.add_space(8.0);
        written_ui(ui, opened, screen, false, commands);
    }
}

/// What lies there, and how it is loaded, which has the focus next if somebody comes to it.
pub fn written_ui(
    ui: &mut Ui,
    opened: &OpenedExport,
    screen: &mut PastScreen,
    comes: bool,
    commands: &mut Vec<Command>,
) {
    let OpenedExport { manifest, lines, key_file, .. } = opened;
    ui.label(t(format!(
        "{} of {}, {} in {}; {} in all.",
        counted(manifest.rows(), "row"),
        counted(manifest.consent.customers, "customer"),
        bytes(manifest.data_files().map(|file| file.bytes).sum()),
        counted(manifest.data_files().count() as u64, "data file"),
        counted(manifest.file_count(), "file")
    )));
    if manifest.tables.len() > 1 {
        let tables = manifest.tables.iter();
        let tables = tables.map(|table| format!("{}: {}", table.name, t(counted(table.rows, "row"))));
        ui.label(as_is(tables.collect::<Vec<_>>().join(" · ")));
    }
    let (id, is_kept) = (&manifest.key.id, manifest.key.is_kept);
    let key = match key_file {
        Some(file) => format!(
            "Key number {id}; the key itself, by which customers can be taken out later, is kept in {}.",
            file.display()
        ),
        None if is_kept => format!("Key number {id}; the key itself is not here any more."),
        None => format!("Key number {id}; the key itself was thrown away."),
    };
    for note in notes(manifest) {
        ui.label(t(note));
    }
    ui.add_space(8.0);
    lines_ui(ui, lines, &mut screen.library, comes, commands);
    ui.add_space(8.0);
    ui.label(widgets::weak(ui, key));
    ui.label(widgets::weak(ui, made_of(manifest)));
}

/// The lines that load it, for one library at a time.
fn lines_ui(
    ui: &mut Ui,
    lines: &[(&'static str, String)],
    chosen: &mut usize,
    comes: bool,
    commands: &mut Vec<Command>,
) {
    ui.label(widgets::strong("How to load it"));
    ui.horizontal_wrapped(|ui| {
        for (position, (library, _)) in lines.iter().enumerate() {
            ui.selectable_value(chosen, position, as_is(*library));
        }
    });
    let Some((library, text)) = lines.get(*chosen).or(lines.first()) else { return };
    theme::lines_frame(ui).show(ui, |ui| {
        // As wide for each library.
        ui.set_min_width(ui.available_width());
        ui.horizontal_top(|ui| {
            let copy = widgets::icon_button_ui(ui, icons::COPY, format!("Copy the lines for {library}"));
            if comes {
                copy.request_focus();
            }
            if copy.clicked() {
                commands.push(Command::CopyText(text.clone()));
            }
            let spelled = |text: &str| RichText::new(text).text_style(TextStyle::Monospace);
            let width = ui.available_width();
            let height = |(_, text): &(&str, String)| {
                let wrap = Some(TextWrapMode::Wrap);
                WidgetText::from(spelled(text)).into_galley(ui, wrap, width, TextStyle::Monospace).size().y
            };
            // As high for each library, so that nothing below moves.
            ui.set_min_height(lines.iter().map(height).fold(0.0, f32::max));
            // What is broken here is whole in what is copied.
            ui.add(egui::Label::new(spelled(text)).wrap());
        });
    });
}

/// By which recipe it was made, of what, and who answers for it.
fn made_of(manifest: &Manifest) -> String {
    let packaging = &manifest.packaging;
    let join = manifest.recipe["join"].as_str().unwrap_or_default();
    let rule = JoinRule::ALL.into_iter().find(|rule| rule.name() == join);
    let joined = rule.map_or_else(|| join.to_owned(), |rule| rule.title().to_owned());
    let files = counted(manifest.landing.len() as u64, "landing file");
    let signed = manifest.review.signed_off.as_ref();
    let before = if manifest.tombstones.is_empty() { "" } else { " before customers were taken out" };
    let by = signed
        .map_or_else(|| ", signed by nobody".to_owned(), |signed| format!(", signed off by {}{before}", signed.who));
    let (format, time) = (packaging.format.title(), packaging.time.name());
    format!("{} Joined on {joined}. {format}, {time} time. From {files}{by}.", manifest.consent.rule)
}

/// Who was taken out, and what was accepted.
fn notes(manifest: &Manifest) -> Vec<String> {
    let mut notes = vec![];
    for tombstone in &manifest.tombstones {
        notes.push(format!("Taken out after it was made: {}.", counted(tombstone.customers, "customer")));
    }
    for check in &manifest.review.checks {
        if let Some(accepted) = &check.accepted {
            notes.push(format!(
                "{} {} fails, accepted by {}: {}",
                icons::WARNING,
                check.id,
                accepted.who,
                accepted.reason
            ));
        }
    }
    notes
}

fn proof_ui(ui: &mut Ui, state: &State, folder: &Path) {
    if let Some(error) = state.exporting.proof.error() {
        ui.label(widgets::warning(ui, error));
    }
    let Some(proof) = state.exporting.proof.value().filter(|proof| proof.folder == folder) else { return };
    let Proof { verified, not_made_again, .. } = proof.as_ref();
    ui.add_space(4.0);
    ui.label(widgets::small(ui, format!("Verified {}", instant(proof.at))));
    let files = counted(verified.files, "file");
    if verified.changed.is_empty() {
        ui.label(t(format!("{} All {files} are as they were written.", icons::READY)));
    } else {
        ui.label(widgets::warning(ui, format!("{} It is not as it was written:", icons::WARNING)));
        for problem in &verified.changed {
            ui.label(t(format!("      {problem}")));
        }
    }
    let seal = verified.seal_in_words();
    match verified.is_sealed {
        Some(true) if verified.changed.is_empty() => ui.label(t(format!("{} {seal}", icons::READY))),
        Some(false) => ui.label(widgets::warning(ui, format!("{} {seal}", icons::WARNING))),
        _ => ui.label(widgets::weak(ui, seal)),
    };
    made_again_ui(ui, verified, not_made_again.as_deref());
}

fn made_again_ui(ui: &mut Ui, verified: &Verified, not_made_again: Option<&str>) {
    if let Some(why) = not_made_again {
        ui.label(widgets::weak(ui, why));
    }
    let Some(landing) = &verified.landing else { return };
    for problem in &landing.other_files {
        ui.label(widgets::warning(ui, format!("{} Landing: {problem}.", icons::WARNING)));
    }
    for table in &landing.other_tables {
        ui.label(widgets::warning(ui, format!("{} {table} comes out otherwise.", icons::WARNING)));
    }
    if landing.other_tables.is_empty() {
        let how =
            if landing.without_pseudonyms { "but for pseudonyms, as the key is not here" } else { "cell for cell" };
        let tables = counted(landing.same_tables, "table");
        ui.label(t(format!("{} The open landing files give it: {tables}, {how}.", icons::READY)));
    }
}

/// Looks for those who withdrew in all exports.
fn withdrawn_ui(ui: &mut Ui, state: &State, commands: &mut Vec<Command>) {
    ui.horizontal_wrapped(|ui| {
        ui.label(widgets::weak(ui, "Somebody withdrew?"));
        let withdrawn = &state.choices().recipe.withdrawn;
        if !withdrawn.is_empty() {
            let text = format!("Look for the recipe's {}", counted(withdrawn.len() as u64, "withdrawal"));
            if ui.button(t(text)).on_hover_text(t("In all exports that are there and whose keys are kept")).clicked() {
                commands.push(Command::Search(withdrawn.clone()));
            }
        }
        let file = ui.button(t(format!("{} Look for a list…", icons::OPEN_FILES)));
        if file.on_hover_text(t("E-mail addresses or serial numbers, one a line or separated by commas")).clicked() {
            commands.push(Command::ChooseSearched);
        }
        if state.exporting.searched.is_loading() {
            ui.label(widgets::weak(ui, "looking…"));
        }
        if let Some(error) = state.exporting.searched.error() {
            ui.label(widgets::warning(ui, error));
        }
        if let Some(searched) = state.exporting.searched.value() {
            let with = |found: &&(PathBuf, Result<Contained, String>)| {
                found.1.as_ref().is_ok_and(|found| !found.rows.is_empty())
            };
            let exports = searched.found.iter().filter(with).count() as u64;
            let failed = searched.found.iter().filter(|(_, found)| found.is_err()).count() as u64;
            let words = match exports {
                0 => format!("{} None of them is in any export that was looked at.", icons::READY),
                _ => format!(
                    "{} {} of them",
                    icons::WARNING,
                    counted(exports, "export") + if exports == 1 { " has some" } else { " have some" }
                ),
            };
            ui.label(if exports == 0 { RichText::new(t(words)) } else { widgets::warning(ui, words) });
            if failed > 0 {
                let words = format!("{} could not be looked at", counted(failed, "export"));
                ui.label(widgets::warning(ui, words)).on_hover_text(t("Choose it to see why"));
            }
        }
    });
}

/// What one export has of those who withdrew, and the way to take them out.
fn contained_ui(
    ui: &mut Ui,
    (searched, past): (&Searched, &[Listed]),
    folder: &Path,
    replaces: &mut bool,
    commands: &mut Vec<Command>,
) {
    let Some((_, found)) = searched.found.iter().find(|(other, _)| other == folder) else { return };
    ui.add_space(4.0);
    let contained = match found {
        Ok(contained) => contained,
        Err(error) => {
            ui.label(widgets::warning(ui, format!("{} {error}", icons::WARNING)));
            return;
        }
    };
    if contained.rows.is_empty() {
        ui.label(t(format!("{} Nobody who withdrew is in it.", icons::READY)));
        return;
    }
    let who = format!("{} and {}", counted(contained.customers, "customer"), counted(contained.devices, "device"));
    ui.label(widgets::warning(ui, format!("{} {who} who withdrew are in it:", icons::WARNING)));
    for (file, rows) in &contained.rows {
        let unit = if file.ends_with(".npz") { "windows" } else { "rows" };
        ui.label(widgets::small(ui, format!("      {file}: {} {unit}", thousands(*rows))));
    }
    ui.horizontal_wrapped(|ui| {
        let is_taken = |place: &Path| past.iter().any(|listed| listed.past.folder == place);
        let place = place_without(folder, is_taken);
        let beside = ui.button(t(format!("Write it without them as {}", name(&place))));
        if beside.on_hover_text(t("Beside it; what is there stays")).clicked() {
            commands.push(Command::WithdrawFrom { folder: folder.to_owned(), replace: false });
        }
        let replace = ui.button(t("Replace it by one without them"));
        *replaces |= replace.on_hover_text(t("In one step: at no moment is there none, or a half one")).clicked();
    });
    if *replaces {
        ui.horizontal_wrapped(|ui| {
            ui.label(widgets::warning(ui, "The export that is there goes for good. Who has a copy of it keeps that."));
            let does = ui.button(widgets::warning(ui, "Replace it")).clicked();
            if does {
                commands.push(Command::WithdrawFrom { folder: folder.to_owned(), replace: true });
            }
            *replaces = !does && !ui.button(t("Keep it")).clicked();
        });
    }
}
