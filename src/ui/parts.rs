//! Parts of the window that have a size of their own: drawn by their edge or changed by arrows while it has the focus. It comes
//! back at the next start.

use egui::{Id, IdSalt, Key, Modifiers, Panel, PanelState, Rect, Response, Ui, Vec2};

use crate::state::{Command, Part, State};

use super::focus;

/// What an arrow adds, in points.
const STEP: f32 = 24.0;

/// A panel at the size that somebody gave it, or at its usual one.
pub fn panel(state: &State, part: Part, panel: Panel, usual: f32) -> Panel {
    panel.resizable(true).default_size(state.looks.sizes.get(&part).copied().unwrap_or(usual))
}

/// Has the size of a part changed by keys, and kept once it is another. A size that only the room forces on it is none that
/// anybody chose. `name` is what the panel is called, `shown` what it takes.
pub fn keep_size(ui: &Ui, state: &State, part: Part, name: &str, shown: &Response, commands: &mut Vec<Command>) {
    let along = if matches!(part, Part::Below | Part::Query) { Vec2::Y } else { Vec2::X };
    let size = shown.rect.size().dot(along);
    let id = ui.scope_id().with_salt(IdSalt::new(name));
    let step = arrows(ui, part, id.with("__resize"));
    if step != 0.0 {
        let outer_rect = Rect::from_min_size(shown.rect.min, shown.rect.size() + along * step);
        ui.data_mut(|data| data.insert_persisted(id, PanelState { outer_rect }));
    }
    let memory = id.with("size");
    let (last, is_chosen) = ui.data(|data| data.get_temp::<(f32, bool)>(memory)).unwrap_or((size, false));
    let down = ui.input(|input| input.pointer.primary_down());
    let is_chosen = is_chosen || step != 0.0 || (down && (size - last).abs() > 0.5);
    let rests = !down && step == 0.0;
    if is_chosen && rests && state.looks.sizes.get(&part) != Some(&size) {
        commands.push(Command::SetSize(part, size));
    }
    ui.data_mut(|data| data.insert_temp(memory, (size, is_chosen && !rests)));
}

/// What arrows add to a part whose edge has the focus.
fn arrows(ui: &Ui, part: Part, edge: Id) -> f32 {
    if !ui.memory(|memory| memory.has_focus(edge)) {
        return 0.0;
    }
    focus::keep_arrows(ui, edge);
    let (more, less) = match part {
        Part::Below => (Key::ArrowUp, Key::ArrowDown),
        Part::Query => (Key::ArrowDown, Key::ArrowUp),
        Part::Details | Part::Figures | Part::Right | Part::Examples => (Key::ArrowLeft, Key::ArrowRight),
        Part::Sidebar | Part::Checks | Part::Strip | Part::Recipe => (Key::ArrowRight, Key::ArrowLeft),
    };
    ui.input_mut(|input| {
        let mut times = |key| input.count_and_consume_key(Modifiers::NONE, key) as f32;
        STEP * (times(more) - times(less))
    })
}
