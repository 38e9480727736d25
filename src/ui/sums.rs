//! What the chosen cells come to, in words.

use egui::{Grid, Ui, vec2};

use crate::domain::format::{counted, short, thousands};
use crate::explore::{ColumnSums, Selection, Sums};
use crate::state::{Look, Slot, State};

use super::widgets;
use super::words::{as_is, t};

/// Paints it, as much as there is room for, in points, and all of it on request.
pub fn sums_ui(ui: &mut Ui, state: &State, look: &Look, selection: &Selection, room: f32) {
    let (first, last) = (*selection.rows().start(), *selection.rows().end());
    let rows = (last + 1).min(look.len()).saturating_sub(first);
    let cells = counted(rows as u64 * selection.columns().count() as u64, "cell");
    let (most, least) = match &state.sums {
        Slot::Ready(sums) => in_words(sums),
        Slot::Loading(_) => (format!("{cells} · adding up…"), cells),
        Slot::Failed { error, .. } => (format!("{cells} · {error}"), cells),
        Slot::Empty => (cells.clone(), cells),
    };
    let whole = widgets::weak(ui, &most);
    let words = if widgets::width(ui, &whole) < room { whole } else { widgets::weak(ui, least) };
    ui.label(words).on_hover_ui(|ui| match &state.sums {
        Slot::Ready(Sums { columns, .. }) if columns.len() > 1 => columns_ui(ui, columns),
        _ => drop(ui.label(t(&most))),
    });
}

/// Everything, and what matters most of it.
fn in_words(sums: &Sums) -> (String, String) {
    let mut words = counted(sums.cells, "cell");
    if sums.nulls > 0 {
        words.push_str(&format!(" · {}", counted(sums.nulls, "null")));
    }
    let numbers: u64 = sums.columns.iter().map(|column| column.numbers).sum();
    if numbers < 2 {
        return (words.clone(), words);
    }
    if numbers < sums.cells - sums.nulls {
        words.push_str(&format!(" · {}", counted(numbers, "number")));
    }
    match sums.columns.as_slice() {
        [column] => {
            words.push_str(&format!(" · sum {} · mean {}", marked(column.sum), marked(column.mean())));
            (format!("{words} · min {} · max {}", marked(column.least), marked(column.most)), words)
        }
        columns => {
            let each = columns.iter().map(|column| format!("{} {}", column.name, t(marked(column.sum))));
            // All there is to them is on request, which the dots say.
            let least = format!("{words} · sums…");
            (format!("{words} · sums: {}…", each.collect::<Vec<_>>().join("; ")), least)
        }
    }
}

/// What each column comes to, line by line, where there are several.
fn columns_ui(ui: &mut Ui, columns: &[ColumnSums]) {
    Grid::new("sums").num_columns(6).spacing(vec2(16.0, 2.0)).show(ui, |ui| {
        for title in ["", "numbers", "sum", "mean", "min", "max"] {
            widgets::right_ui(ui, |ui| ui.label(widgets::small(ui, title)));
        }
        ui.end_row();
        for column in columns {
            ui.label(as_is(column.name));
            let figures = [column.sum, column.mean(), column.least, column.most].map(marked);
            for figure in [thousands(column.numbers)].into_iter().chain(figures) {
                widgets::right_ui(ui, |ui| ui.label(t(figure)));
            }
            ui.end_row();
        }
    });
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
        let column = |name, numbers, sum, least, most| ColumnSums { name, numbers, sum, least, most };
        let sums = |nulls, columns: &[ColumnSums]| Sums { cells: 4, nulls, columns: columns.to_vec() };
        let all = |sums: Sums| in_words(&sums).0;
        assert_eq!(all(sums(0, &[])), "4 cells");
        assert_eq!(all(sums(3, &[column("x", 1, 7.0, 7.0, 7.0)])), "4 cells · 3 nulls");
        let x = column("x", 3, -1.5, -2.0, 0.5);
        let (most, least) = in_words(&sums(1, &[x]));
        assert_eq!(most, "4 cells · 1 null · sum −1.5 · mean −0.5 · min −2 · max 0.5");
        assert_eq!(least, "4 cells · 1 null · sum −1.5 · mean −0.5");
        let (most, least) =
            in_words(&sums(0, &[column("a", 2, -2_469_135.0, -1e6, 0.5), column("b", 1, 7.0, 7.0, 7.0)]));
        assert_eq!(least, "4 cells · 3 numbers · sums…");
        assert_eq!(most, "4 cells · 3 numbers · sums: a −2,469,135; b 7…");
    }
}
