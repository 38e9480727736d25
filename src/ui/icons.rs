//! The icons in use, by what they mean here: code points of the Phosphor face.

pub const OPEN_FOLDER: &str = "\u{e256}";
pub const OPEN_FILES: &str = "\u{e236}";
pub const RELOAD: &str = "\u{e036}";
pub const CLOSE: &str = "\u{e4f6}";
pub const WARNING: &str = "\u{e4e0}";
pub const INFORMATION: &str = "\u{e2ce}";
pub const READY: &str = "\u{e184}";
pub const TABLE: &str = "\u{e476}";
pub const SUN: &str = "\u{e472}";
pub const MOON: &str = "\u{e330}";
pub const SYSTEM: &str = "\u{e32e}";
pub const FLOWS_TO: &str = "\u{e13a}";
pub const MENU: &str = "\u{e136}";
pub const RECENT: &str = "\u{e1a0}";
pub const REVEALED: &str = "\u{e220}";
pub const MASKED: &str = "\u{e224}";
pub const FILES: &str = "\u{e710}";
pub const RECIPE: &str = "\u{e198}";
pub const SAVE: &str = "\u{e248}";
pub const UNDO: &str = "\u{e08a}";
pub const REDO: &str = "\u{e08c}";
pub const HISTORY: &str = "\u{e1a0}";
pub const BACK: &str = "\u{e058}";
pub const SAMPLE: &str = "\u{e73a}";
pub const READ_ONLY: &str = "\u{e2fa}";
