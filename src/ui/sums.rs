//! What the chosen cells come to, in words.

use egui::Ui;

use crate::domain::format::{counted, short, thousands};
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
    // What stands in several columns is hardly of one kind.
    let of = if sums.columns > 1 { format!(" of {} columns", sums.columns) } else { String::new() };
    if sums.numbers < sums.cells - sums.nulls {
        words.push_str(&format!(" · {}", counted(sums.numbers, "number")));
    }
    words.push_str(&format!(" · sum {}{of} · mean {}", marked(sums.sum), marked(mean)));
    (format!("{words} · min {} · max {}", marked(from), marked(to)), words)
}

/// A sum, with marks between its thousands.
fn marked(number: f64) -> String {
    let text = short(number);
    let (sign, digits) = text.strip_prefix('−').map_or(("", text.as_str()), |digits| ("−", digits));
    let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    whole.parse().map_or_else(|_| text.clone(), |whole| format!("{sign}{}{rest}", thousands(whole)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_say_what_there_is_and_no_more() {
        let sums = |nulls, numbers, sum, range| Sums { cells: 4, nulls, numbers, columns: 1, sum, range };
        let all = |sums: Sums| in_words(&sums).0;
        assert_eq!(all(sums(0, 0, 0.0, None)), "4 cells");
        assert_eq!(all(sums(3, 1, 7.0, Some((7.0, 7.0)))), "4 cells · 3 nulls");
        let (most, least) = in_words(&sums(1, 3, -1.5, Some((-2.0, 0.5))));
        assert_eq!(most, "4 cells · 1 null · sum −1.5 · mean −0.5 · min −2 · max 0.5");
        assert_eq!(least, "4 cells · 1 null · sum −1.5 · mean −0.5");
        let several = Sums { columns: 2, ..sums(0, 3, -1_234_567.5, Some((-1e6, 0.5))) };
        assert_eq!(in_words(&several).1, "4 cells · 3 numbers · sum −1,234,567.5 of 2 columns · mean −411,522.5");
    }
}
