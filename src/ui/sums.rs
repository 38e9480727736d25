//! What the chosen cells come to, in words.

use egui::Ui;

use crate::domain::format::{counted, short};
use crate::explore::{Selection, Sums};
use crate::state::{Look, Slot, State};

use super::words::t;
use super::{theme, widgets};

/// Paints it, as much as there is room for, and all of it on request.
pub fn sums_ui(ui: &mut Ui, state: &State, look: &Look, selection: &Selection) {
    let (first, last) = (*selection.rows().start(), *selection.rows().end());
    let rows = (last + 1).min(look.len()).saturating_sub(first);
    let cells = counted(rows as u64 * selection.columns().count() as u64, "cell");
    let (most, least) = match &state.sums {
        Slot::Ready(sums) => in_words(sums),
        Slot::Loading(_) => (format!("{cells} · adding up…"), cells),
        Slot::Failed { error, .. } => (format!("{cells} · {error}"), cells),
        Slot::Empty => (cells.clone(), cells),
    };
    let words = if ui.available_width() < theme::ROOM_FOR_SUMS { &least } else { &most };
    ui.label(widgets::weak(ui, words)).on_hover_text(t(most));
}

/// Everything, and what matters most of it.
fn in_words(sums: &Sums) -> (String, String) {
    let mut words = counted(sums.cells, "cell");
    if sums.nulls > 0 {
        words.push_str(&format!(" · {}", counted(sums.nulls, "null")));
    }
    let (Some(mean), Some((from, to)), 2..) = (sums.mean(), sums.range, sums.numbers) else {
        return (words.clone(), words);
    };
    words.push_str(&format!(" · sum {} · mean {}", short(sums.sum), short(mean)));
    (format!("{words} · min {} · max {}", short(from), short(to)), words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_say_what_there_is_and_no_more() {
        let sums = |nulls, numbers, sum, range| Sums { cells: 4, nulls, numbers, sum, range };
        let all = |sums: Sums| in_words(&sums).0;
        assert_eq!(all(sums(0, 0, 0.0, None)), "4 cells");
        assert_eq!(all(sums(3, 1, 7.0, Some((7.0, 7.0)))), "4 cells · 3 nulls");
        let (most, least) = in_words(&sums(1, 3, -1.5, Some((-2.0, 0.5))));
        assert_eq!(most, "4 cells · 1 null · sum −1.5 · mean −0.5 · min −2 · max 0.5");
        assert_eq!(least, "4 cells · 1 null · sum −1.5 · mean −0.5");
    }
}
