//! The chosen cells as text, and what they come to. Masked cells are copied as they are shown.

use crate::curation::{Cell, Codes};
use crate::domain::format;
use crate::explore::{Selection, shown};
use crate::state::Look;

/// The most cells that are copied or added up at once; more would hold up the window.
pub const MOST_CELLS: usize = 200_000;

/// Cells as tab-separated lines, with the titles in the first if wanted. None if they are too many.
pub fn text(
    look: &Look,
    columns: &[usize],
    selection: &Selection,
    titles: bool,
    codes: &Codes,
    revealed: bool,
) -> Option<String> {
    let chosen = chosen(look, columns, selection)?;
    let mut lines = vec![];
    if titles {
        let names: Vec<&str> = chosen.iter().filter_map(|&at| look.view.column(at)).map(|column| column.name).collect();
        lines.push(names.join("\t"));
    }
    for row in selection.rows().map_while(|place| look.rows.get(place)) {
        let cells: Vec<String> = chosen
            .iter()
            .filter_map(|&at| Some((look.view.column(at)?, look.view.cell(row, at))))
            .map(|(column, cell)| match cell {
                Cell::Null => String::new(),
                cell => shown(column, cell, codes, revealed)
                    .map_or_else(|| "•••".to_owned(), |text| text.replace(['\t', '\n', '\r'], " ")),
            })
            .collect();
        lines.push(cells.join("\t"));
    }
    Some(lines.join("\n"))
}

/// What a selection comes to: how many cells, how many of them are null, and sum and mean of the numbers.
pub fn in_words(look: &Look, columns: &[usize], selection: &Selection) -> String {
    let cells = selection.rows().count() * selection.columns().count();
    let count = format::counted(cells as u64, "cell");
    let Some(chosen) = chosen(look, columns, selection) else { return count };
    let (mut nulls, mut numbers, mut sum) = (0_u64, 0_u64, 0.0);
    for row in selection.rows().map_while(|place| look.rows.get(place)) {
        for &column in &chosen {
            match look.view.cell(row, column) {
                Cell::Null => nulls += 1,
                Cell::Integer(number) => (numbers, sum) = (numbers + 1, sum + number as f64),
                Cell::Float(number) => (numbers, sum) = (numbers + 1, sum + number),
                Cell::Text(_) | Cell::Time(_) => {}
            }
        }
    }
    let mut words = vec![count];
    if nulls > 0 {
        words.push(format::counted(nulls, "null"));
    }
    if numbers > 1 {
        words.push(format!("sum {}", format::short(sum)));
        words.push(format!("mean {}", format::short(sum / numbers as f64)));
    }
    words.join(" · ")
}

fn chosen(look: &Look, columns: &[usize], selection: &Selection) -> Option<Vec<usize>> {
    let chosen: Vec<usize> = selection.columns().filter_map(|place| columns.get(place).copied()).collect();
    let rows = selection.rows().count().min(look.len());
    (rows * chosen.len() <= MOST_CELLS).then_some(chosen)
}
