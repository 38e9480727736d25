//! Those who withdrew: typed or from a file, part of the recipe, shown as codes.

use egui::{Role, ScrollArea, TextEdit, Ui};

use crate::domain::format::thousands;
use crate::domain::{Code, Recipe, Withdrawn};
use crate::state::{Command, Shown, State};

use super::scrolled::Scrolled as _;
use super::words::{as_is, t};
use super::{access, icons, widgets};

/// What belongs to the list alone.
#[derive(Default)]
pub struct WithdrawalsScreen {
    /// What is being typed.
    text: String,
    /// The text that was looked up last, and whether it is more than codes. To look one up goes through all who landed, which no frame is
    /// to do again.
    judged: Option<(String, bool)>,
    /// What is being typed is seen, whatever it is.
    is_seen: bool,
    /// Nobody who landed is written like that, and somebody is asked whether they mean it.
    is_unknown: bool,
    /// Why it cannot be added.
    error: Option<String>,
}

impl WithdrawalsScreen {
    /// Whether there is more in what was typed than codes.
    fn is_more_than_codes(&mut self, state: &State) -> bool {
        let Self { text, judged, .. } = self;
        if let Some((_, is_more)) = judged.as_ref().filter(|(judged, _)| judged == text) {
            return *is_more;
        }
        let is_code = |entry: &str| {
            let is_known = || state.landing.value().is_some_and(|loaded| loaded.codes.without_mark(entry).is_some());
            Code::typed(entry).is_some() || is_known()
        };
        let is_more = !text.split(',').all(|entry| is_code(entry.trim()));
        *judged = Some((text.clone(), is_more));
        is_more
    }
}

/// Paints the list and what adds to it.
pub fn withdrawals_ui(ui: &mut Ui, state: &State, screen: &mut WithdrawalsScreen, commands: &mut Vec<Command>) {
    let recipe = &state.choices().recipe;
    ui.label(widgets::weak(
        ui,
        "Customers on this list, with all their readings, are left out of every trusted and curated table. The list is part \
         of the recipe: saved with it, it holds e-mail addresses and serial numbers as they are.",
    ));
    ui.add_space(8.0);
    let set = |withdrawn: Withdrawn| Command::SetRecipe(Recipe { withdrawn, ..recipe.clone() });
    ui.horizontal_wrapped(|ui| {
        // A code stands openly on every page, so one sees how it is typed.
        let is_personal = !state.revealed && screen.is_more_than_codes(state);
        let edit = TextEdit::singleline(&mut screen.text)
            .password(is_personal && !screen.is_seen)
            .hint_text(t("code, e-mail address or serial number"));
        let response = ui.add(edit.desired_width(280.0));
        widgets::named(&response, ui, Role::TextInput, "E-mail address or serial number of a customer who withdrew");
        if response.changed() {
            (screen.is_unknown, screen.error) = (false, None);
        }
        if is_personal {
            let name = if screen.is_seen { "Hide what is typed" } else { "Show what is typed" };
            screen.is_seen ^= widgets::icon_button_ui(ui, icons::REVEALED, name).clicked();
        }
        let entered = widgets::is_entered(ui, &response);
        if (ui.button(t("Add")).clicked() || entered) && !screen.text.trim().is_empty() {
            match added(&screen.text, state) {
                Ok((_, false)) => screen.is_unknown = true,
                Ok((withdrawn, true)) => {
                    commands.push(set(withdrawn));
                    *screen = WithdrawalsScreen::default();
                    // The next one is typed at once.
                    response.request_focus();
                }
                Err(error) => screen.error = Some(error),
            }
        }
        if ui
            .button(t(format!("{} From a file…", icons::OPEN_FILES)))
            .on_hover_text(t("One a line, or separated by commas"))
            .clicked()
        {
            commands.push(Command::ChooseWithdrawn);
        }
        if !recipe.withdrawn.is_empty() && ui.button(t("Take all off the list")).clicked() {
            commands.push(set(Withdrawn::default()));
        }
    });
    if let Some(error) = &screen.error {
        access::live(&ui.label(widgets::warning(ui, error)), true);
    }
    if screen.is_unknown {
        ui.horizontal_wrapped(|ui| {
            let words =
                "No customer and no device here is written like that. To add it changes the recipe, which ends a sign-off.";
            ui.label(widgets::warning(ui, words));
            let does = ui.button(t("Add it all the same")).clicked();
            if does && let Ok((withdrawn, _)) = added(&screen.text, state) {
                commands.push(set(withdrawn));
            }
            if does || ui.button(t("Do not add it")).clicked() {
                *screen = WithdrawalsScreen::default();
            }
        });
    }
    ui.add_space(8.0);
    let Some(loaded) = state.landing.value() else { return };
    let entries: Vec<&str> = recipe.withdrawn.entries().collect();
    ui.horizontal_wrapped(|ui| {
        ui.label(t(format!("On the list: {}", thousands(entries.len() as u64))));
        if !entries.is_empty() {
            // An export that left before is as it was.
            let hover = "An export that left before still has whoever is on the list, until it is written without them";
            if ui.link(t("Look for them in the exports that were made")).on_hover_text(t(hover)).clicked() {
                commands.push(Command::Search(recipe.withdrawn.clone()));
                commands.push(Command::Show(Shown::Export));
            }
        }
    });
    let rows = entries.len();
    // Whom they stand for is worked out with the page.
    let met = state.consent.value().map(|view| &view.met).filter(|met| met.list == recipe.withdrawn);
    let met = met.map(|met| &met.identities);
    let mut entries_ui = |ui: &mut Ui, entries: &[&str]| {
        for entry in entries {
            ui.horizontal(|ui| {
                let code = met
                    .and_then(|met| met.get(*entry))
                    .and_then(|identity| loaded.codes.person(identity).or_else(|| loaded.codes.device(identity)));
                let name = match code {
                    _ if state.revealed => (*entry).to_owned(),
                    Some(code) => code.to_string(),
                    None => "•••".to_owned(),
                };
                ui.label(as_is(&name));
                if met.is_some() && code.is_none() {
                    // Perhaps mistyped, perhaps of another delivery.
                    let hover = "No row of these landing files is theirs, so no row goes by it. Mind how it is written: what is masked \
                                 can be read once personal data are shown";
                    let words = format!("{} nobody who landed", icons::WARNING);
                    ui.label(widgets::warning(ui, words)).on_hover_text(t(hover));
                }
                if widgets::icon_button_ui(ui, icons::CLOSE, format!("Take {name} off the list")).clicked() {
                    commands.push(set(recipe.withdrawn.without(entry)));
                }
            });
        }
    };
    ScrollArea::vertical().auto_shrink([false, false]).show_rows_scrolled(ui, 24.0, rows, |ui, range| {
        entries_ui(ui, &entries[range]);
    });
}

/// The list with what was typed: codes, e-mail addresses and serial numbers. Beside it whether all of them landed as they are
/// written.
fn added(typed: &str, state: &State) -> Result<(Withdrawn, bool), String> {
    let list = &state.choices().recipe.withdrawn;
    let Some(loaded) = state.landing.value() else { return Ok((list.clone(), true)) };
    let (identities, rest) = loaded.codes.resolved(typed).map_err(|code| {
        format!(
            "Nobody who landed has the code {code}. Type it as it stands on the screen, or an e-mail address or serial number."
        )
    })?;
    let rest = Withdrawn::parse(&rest).map_err(|error| error.to_string())?;
    let landed = |entry: &str| loaded.codes.person(entry).or_else(|| loaded.codes.device(entry)).is_some();
    let all_landed = rest.entries().all(|entry| landed(entry) || landed(&Withdrawn::folded(entry)));
    let all = identities.into_iter().fold(list.and(&rest), |all, identity| all?.with(identity));
    Ok((all.map_err(|error| error.to_string())?, all_landed))
}
