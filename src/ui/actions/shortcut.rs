//! Keys, as they are written and read.

use egui::{Key, KeyboardShortcut, Modifiers};

/// Whether keys can be chosen: those of widgets, texts and tables stay theirs, and letters alone are typed.
pub fn can_be_chosen(shortcut: &KeyboardShortcut) -> bool {
    let is_function = (Key::F1..=Key::F35).contains(&shortcut.logical_key);
    let is_of_texts = matches!(shortcut.logical_key, Key::A | Key::C | Key::V | Key::X);
    is_function || (shortcut.modifiers.command && !is_of_texts) || (shortcut.modifiers.alt && shortcut.modifiers.shift)
}

/// Keys in words, such as `Ctrl+Shift+O`.
pub fn words(shortcut: &KeyboardShortcut) -> String {
    let KeyboardShortcut { modifiers, logical_key } = shortcut;
    let pressed = [(modifiers.command, "Ctrl+"), (modifiers.alt, "Alt+"), (modifiers.shift, "Shift+")];
    let before: String = pressed.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
    let key = if *logical_key == Key::Comma { "," } else { logical_key.name() };
    format!("{before}{key}")
}

/// Reads what [`words`] writes.
pub fn parse(text: &str) -> Option<KeyboardShortcut> {
    let (before, key) = match text.strip_suffix("++") {
        Some(before) => (before, "Plus"),
        None => text.rsplit_once('+').unwrap_or(("", text)),
    };
    let mut modifiers = Modifiers::NONE;
    for word in before.split('+').filter(|word| !word.is_empty()) {
        modifiers = modifiers.plus(match word {
            "Ctrl" => Modifiers::COMMAND,
            "Alt" => Modifiers::ALT,
            "Shift" => Modifiers::SHIFT,
            _ => return None,
        });
    }
    Some(KeyboardShortcut::new(modifiers, Key::from_name(key)?))
}
