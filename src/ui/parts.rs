//! Parts of the window that have a size of their own, which comes back at the next start.

use egui::{Id, Panel, Ui};

use crate::state::{Command, Part, State};

/// A panel at the size that somebody gave it, or at its usual one.
pub fn panel(state: &State, part: Part, panel: Panel, usual: f32) -> Panel {
    panel.resizable(true).default_size(state.looks.sizes.get(&part).copied().unwrap_or(usual))
}

/// Has the size of a part kept once its edge is let go of. A size that only the room forces on it is none that anybody chose.
pub fn keep_size(ui: &Ui, state: &State, part: Part, size: f32, commands: &mut Vec<Command>) {
    let id = Id::unique(part);
    let (last, is_drawn) = ui.data(|data| data.get_temp::<(f32, bool)>(id)).unwrap_or((size, false));
    let (down, released) = ui.input(|input| (input.pointer.primary_down(), input.pointer.primary_released()));
    let is_drawn = is_drawn || (down && (size - last).abs() > 0.5);
    if is_drawn && released && state.looks.sizes.get(&part) != Some(&size) {
        commands.push(Command::SetSize(part, size));
    }
    ui.data_mut(|data| data.insert_temp(id, (size, is_drawn && down)));
}
