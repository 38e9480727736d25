//! The list of all commands: typed into to find one, carried out by Enter, each with its key, which can be changed here.

use std::path::{Path, PathBuf};

use egui::{
    Align2, Button, Event, Id, Key, KeyboardShortcut, Modal, Modifiers, Response, RichText, Role, ScrollArea, TextEdit,
    Ui, vec2,
};

use crate::domain::Table;
use crate::state::{Command, Keys, Shown, State};

use super::actions::{self, Action, Does};
use super::scrolled::Scrolled as _;
use super::words::{Words, as_is, t};
use super::{icons, theme, widgets};

/// So many lines the keys that turn pages go at once.
const PAGE: usize = 10;
/// What stands above and below the lines, in points: the field, and the frame.
const AROUND: f32 = 72.0;

/// The list, if it is open, and what was typed into it.
#[derive(Default)]
pub struct PaletteScreen {
    is_open: bool,
    was_painted: bool,
    text: String,
    chosen: usize,
    /// The action whose key is pressed next.
    changing: Option<&'static str>,
    /// Why the key that was pressed cannot be its.
    refused: String,
}

/// A line of the list.
struct Line<'a> {
    name: Words,
    /// What it is called in English, and other words for it, which find it in every language.
    english: String,
    key: String,
    does: Does,
    /// The action whose key can be changed.
    action: Option<&'a Action>,
}

impl PaletteScreen {
    /// Opens the list, or closes it.
    pub fn turn(&mut self) {
        let is_open = !self.is_open;
        *self = Self { is_open, ..Self::default() };
    }

    /// Whether it is open, so that keys are its.
    pub fn is_open(&self) -> bool {
        self.is_open
    }
}

/// Paints the list if it is open; gives what was chosen.
pub fn palette_ui(ui: &Ui, state: &State, screen: &mut PaletteScreen, commands: &mut Vec<Command>) -> Option<Does> {
    if !screen.is_open {
        return None;
    }
    let lines = lines(state, &screen.text);
    let mut asked = None;
    // Its top stays where it is, however many lines there are.
    let id = Id::unique("commands");
    let area = Modal::default_area(id).anchor(Align2::CENTER_TOP, vec2(0.0, theme::PALETTE_TOP));
    let modal = Modal::new(id).area(area).show(ui.ctx(), |ui| {
        ui.set_width(theme::PALETTE_WIDTH);
        if let Some(id) = screen.changing {
            changing_ui(ui, state, screen, id, commands);
            return;
        }
        // Before the field, which would take them.
        let keys = [Key::ArrowUp, Key::ArrowDown, Key::PageUp, Key::PageDown, Key::Enter];
        let pressed = ui.input_mut(|input| keys.map(|key| input.consume_key(Modifiers::NONE, key)));
        let [up, down, page_up, page_down, enter] = pressed;
        let last = lines.len().saturating_sub(1);
        screen.chosen = match (up, down) {
            (true, false) => screen.chosen.checked_sub(1).unwrap_or(last),
            (false, true) => {
                if screen.chosen >= last {
                    0
                } else {
                    screen.chosen + 1
                }
            }
            _ if page_up => screen.chosen.saturating_sub(PAGE),
            _ if page_down => (screen.chosen + PAGE).min(last),
            _ => screen.chosen.min(last),
        };
        let field = ui.add(
            TextEdit::singleline(&mut screen.text).hint_text(t("What do you want to do?")).desired_width(f32::INFINITY),
        );
        widgets::named(&field, ui, Role::TextInput, "Find a command");
        field.request_focus();
        if field.changed() {
            screen.chosen = 0;
        }
        ui.add_space(4.0);
        // Who opens the list again begins at its top.
        let has_moved = up || down || page_up || page_down || !std::mem::replace(&mut screen.was_painted, true);
        // What the box had before says nothing of what it needs.
        let room = ui.ctx().content_rect().height() - theme::PALETTE_TOP - AROUND;
        let height = theme::PALETTE_HEIGHT.min(room).max(theme::ROW_HEIGHT);
        let list = ScrollArea::vertical().max_height(height).min_scrolled_height(height);
        list.auto_shrink([false, true]).show_scrolled(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            for (place, line) in lines.iter().enumerate() {
                let is_chosen = place == screen.chosen;
                let response = line_ui(ui, line, is_chosen, screen);
                if is_chosen && has_moved {
                    response.scroll_to_me(None);
                }
                let is_possible = !matches!(line.does, Does::Nothing(_));
                if is_possible && (response.clicked() || (is_chosen && enter)) {
                    asked = Some(line.does.clone());
                }
            }
            if lines.is_empty() {
                ui.label(widgets::weak(ui, "No command is called so. The guide (F1) can be searched, too."));
            }
        });
    });
    if screen.changing.is_none() && (asked.is_some() || modal.should_close()) {
        *screen = PaletteScreen::default();
    }
    asked
}

fn line_ui(ui: &mut Ui, line: &Line<'_>, is_chosen: bool, screen: &mut PaletteScreen) -> Response {
    ui.horizontal(|ui| {
        let palette = theme::palette(ui);
        let reason = if let Does::Nothing(why) = line.does { why } else { "" };
        let ink = if reason.is_empty() { palette.text } else { palette.weak };
        // The same for all, whatever stands in them: beside it are the button and the bar to scroll with.
        let width = theme::PALETTE_WIDTH - 2.5 * theme::ROW_HEIGHT;
        let button = Button::selectable(is_chosen, RichText::new(&*line.name).color(ink))
            .right_text(widgets::weak(ui, if reason.is_empty() { &line.key } else { reason }))
            .truncate();
        let response = ui.add_sized(vec2(width, theme::ROW_HEIGHT), button);
        let said = [line.name.to_string(), t(&line.key).into(), t(reason).into()];
        let said: Vec<String> = said.into_iter().filter(|part| !part.is_empty()).collect();
        widgets::named_choice(&response, ui, is_chosen, as_is(said.join(", ")));
        if let Some(action) = line.action {
            let name = format!("Change the key of {}", action.name);
            if widgets::icon_button_ui(ui, icons::KEYS, &name).clicked() {
                screen.changing = Some(action.id);
                screen.refused.clear();
            }
        }
        response
    })
    .inner
}

/// Waits for the key that an action is to have.
fn changing_ui(ui: &mut Ui, state: &State, screen: &mut PaletteScreen, id: &'static str, commands: &mut Vec<Command>) {
    let Some(action) = actions::action(id) else { return };
    ui.label(RichText::new(t(format!("Press the new key of “{}”", action.name))).text_style(egui::TextStyle::Heading));
    ui.label(widgets::weak(ui, "Escape leaves it as it is, Delete takes it away, Backspace gives back the usual one."));
    if !screen.refused.is_empty() {
        ui.label(widgets::warning(ui, screen.refused.clone()));
    }
    match pressed(ui) {
        None => {}
        Some(KeyboardShortcut { logical_key: Key::Escape, .. }) => screen.changing = None,
        Some(KeyboardShortcut { logical_key: Key::Delete, .. }) => {
            commands.push(Command::SetKey(id, Some(String::new())));
            screen.changing = None;
        }
        Some(KeyboardShortcut { logical_key: Key::Backspace, .. }) => {
            commands.push(Command::SetKey(id, None));
            screen.changing = None;
        }
        Some(shortcut) => match refusal(&shortcut, id, &state.keys) {
            Some(why) => screen.refused = why,
            None => {
                commands.push(Command::SetKey(id, Some(actions::words(&shortcut))));
                screen.changing = None;
            }
        },
    }
}

/// Why keys cannot be those of an action; none if they can.
fn refusal(shortcut: &KeyboardShortcut, id: &str, chosen: &Keys) -> Option<String> {
    let words = actions::words(shortcut);
    if !actions::can_be_chosen(shortcut) {
        return Some(format!("{words} is for typing and for tables. Take one with Ctrl, or a function key."));
    }
    let other = actions::with_keys(shortcut, chosen).filter(|other| other.id != id)?;
    Some(format!("{words} is the key of “{}”. Take another, or change that one first.", other.name))
}

/// The keys that were pressed, taken away from whoever else waits for them.
fn pressed(ui: &Ui) -> Option<KeyboardShortcut> {
    ui.input_mut(|input| {
        let place = input.events.iter().position(|event| matches!(event, Event::Key { pressed: true, .. }))?;
        match input.events.remove(place) {
            Event::Key { key, modifiers, .. } => {
                let Modifiers { alt, shift, command, .. } = modifiers;
                let held = [(alt, Modifiers::ALT), (shift, Modifiers::SHIFT), (command, Modifiers::COMMAND)];
                let held = held.into_iter().filter(|(is, _)| *is).fold(Modifiers::NONE, |all, (_, one)| all.plus(one));
                Some(KeyboardShortcut::new(held, key))
            }
            _ => None,
        }
    })
}

/// The path that was typed instead of a name: one that begins at the top or at home.
fn path(text: &str) -> Option<PathBuf> {
    let path = Path::new(text.trim());
    (path.is_absolute() || path.starts_with("~")).then(|| path.to_owned())
}

/// The lines that have every word that was typed, those that begin with it first.
fn lines(state: &State, text: &str) -> Vec<Line<'static>> {
    // The list is open already.
    let opens_list = |action: &&Action| matches!(action.does(state), Does::OpensList);
    let of_actions = actions::all().filter(|action| !opens_list(action)).map(|action| Line {
        name: t(action.name),
        english: format!("{} {}", action.name.to_lowercase(), actions::other_words(action.id)),
        key: action.key_words(&state.keys),
        does: action.does(state),
        action: Some(action),
    });
    let plain = |name: String, command| Line {
        name: t(&name),
        english: name.to_lowercase(),
        key: String::new(),
        does: Does::Asks(command),
        action: None,
    };
    let tables = Table::ALL.into_iter();
    let tables = tables.map(|table| plain(format!("Go to {}", table.name()), Command::Show(Shown::Table(table))));
    let recent = state.recent.iter().map(|path| {
        let name = crate::landing::Source::Folder(path.clone()).name();
        plain(format!("Open {name} again"), Command::OpenPaths(vec![path.clone()]))
    });
    if let Some(path) = path(text) {
        return vec![plain(format!("Open {}", path.display()), Command::OpenAny(vec![path]))];
    }
    let wanted: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let mut lines: Vec<Line<'static>> = of_actions
        .chain(tables)
        .chain(recent)
        .filter(|line| {
            let name = line.name.to_lowercase();
            wanted.iter().all(|word| name.contains(word) || line.english.contains(word))
        })
        .collect();
    let begins = |line: &Line<'_>| {
        let name = line.name.to_lowercase();
        wanted.first().is_none_or(|first| name.split_whitespace().any(|word| word.starts_with(first)))
    };
    // What cannot be asked for stays in sight, since somebody looks for it, after what can.
    lines.sort_by_key(|line| (matches!(line.does, Does::Nothing(_)) && !wanted.is_empty(), !begins(line)));
    lines
}
