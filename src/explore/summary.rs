//! What a column holds: how much is missing, how many different values, from where to where, and how they spread.

use std::collections::HashMap;

use super::select::{LOOK_UP_EVERY, Rows};
use crate::curation::{Cell, TableView};
use crate::domain::{Cancelled, Kind, Progress};

/// What one column holds in the rows that are shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Rows looked at.
    pub rows: u64,
    /// Nulls among them.
    pub missing: u64,
    /// Texts without characters.
    pub blank: u64,
    /// Numbers that are 0.
    pub zero: u64,
    /// Different values, null not counted.
    pub distinct: u64,
    /// Mean of the numbers.
    pub mean: Option<f64>,
    /// How the values spread.
    pub spread: Spread,
}

/// How the values of a column spread.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Spread {
    /// There is none: no value at all.
    #[default]
    Nothing,
    /// Numbers and instants.
    Numbers(Bins),
    /// The most frequent texts and how often each is there, the most frequent first.
    Texts(Vec<(String, u64)>),
}

/// How many numbers lie in each of equal parts of a range.
#[derive(Clone, Debug, PartialEq)]
pub struct Bins {
    /// Smallest and largest value of the rows that are shown.
    pub least: f64,
    pub most: f64,
    /// Where the first bin begins and the last one ends: smallest and largest value of the whole table, so that the
    /// bins stay where they are when a filter changes.
    pub from: f64,
    pub to: f64,
    /// Rows that are shown, in each bin.
    pub counts: Vec<u64>,
}

impl Bins {
    /// How many bins there are.
    pub const COUNT: usize = 32;

    /// The bin of a number.
    pub fn of(from: f64, to: f64, number: f64) -> usize {
        let share = if to > from { (number - from) / (to - from) } else { 0.0 };
        ((share * Self::COUNT as f64) as usize).min(Self::COUNT - 1)
    }
}

/// How many of the most frequent texts are kept.
const MOST_TEXTS: usize = 50;

/// Looks through every column. Progress counts cells.
///
/// # Errors
/// When cancelled.
pub fn summarise(view: &TableView, rows: &Rows, progress: &Progress) -> Result<Vec<Summary>, Cancelled> {
    progress.set_total((view.columns().len() * rows.len(view.rows())) as u64);
    view.columns()
        .enumerate()
        .map(|(position, column)| match column.kind {
            Kind::Text => texts(view, position, rows, progress),
            Kind::Integer | Kind::Time | Kind::Float => numbers(view, position, rows, progress),
        })
        .collect()
}

fn texts(view: &TableView, column: usize, rows: &Rows, progress: &Progress) -> Result<Summary, Cancelled> {
    let mut summary = Summary { rows: rows.len(view.rows()) as u64, ..Summary::default() };
    let mut counts = HashMap::<&str, u64>::new();
    look_through(view, rows, progress, |row| match view.cell(row, column) {
        Cell::Text(text) => {
            summary.blank += u64::from(text.is_empty());
            *counts.entry(text).or_default() += 1;
        }
        _ => summary.missing += 1,
    })?;
    summary.distinct = counts.len() as u64;
    let mut counts: Vec<(&str, u64)> = counts.into_iter().collect();
    counts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    if !counts.is_empty() {
        counts.truncate(MOST_TEXTS);
        summary.spread = Spread::Texts(counts.into_iter().map(|(text, count)| (text.to_owned(), count)).collect());
    }
    Ok(summary)
}

fn numbers(view: &TableView, column: usize, rows: &Rows, progress: &Progress) -> Result<Summary, Cancelled> {
    let mut summary = Summary { rows: rows.len(view.rows()) as u64, ..Summary::default() };
    let mut values = Vec::with_capacity(rows.len(view.rows()));
    look_through(view, rows, progress, |row| match number(view.cell(row, column)) {
        Some(number) => values.push(number),
        None => summary.missing += 1,
    })?;
    let (from, to) = match rows {
        Rows::All => range(values.iter().copied()),
        Rows::Chosen(_) => range((0..view.rows()).filter_map(|row| number(view.cell(row, column)))),
    };
    if values.is_empty() {
        return Ok(summary);
    }
    let (least, most) = range(values.iter().copied());
    let mut counts = vec![0; Bins::COUNT];
    for &value in &values {
        summary.zero += u64::from(value == 0.0);
        counts[Bins::of(from, to, value)] += 1;
    }
    summary.mean = Some(values.iter().sum::<f64>() / values.len() as f64);
    progress.check()?;
    values.sort_unstable_by(f64::total_cmp);
    values.dedup();
    summary.distinct = values.len() as u64;
    summary.spread = Spread::Numbers(Bins { least, most, from, to, counts });
    Ok(summary)
}

/// A number or instant; milliseconds since 1970 are exact as a floating-point number for far longer than there are
/// calendars.
fn number(cell: Cell<'_>) -> Option<f64> {
    match cell {
        Cell::Integer(number) | Cell::Time(number) => Some(number as f64),
        Cell::Float(number) => Some(number),
        Cell::Null | Cell::Text(_) => None,
    }
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), value| (least.min(value), most.max(value)))
}

fn look_through(
    view: &TableView,
    rows: &Rows,
    progress: &Progress,
    mut look: impl FnMut(usize),
) -> Result<(), Cancelled> {
    for (place, row) in rows.iter(view.rows()).enumerate() {
        if place.is_multiple_of(LOOK_UP_EVERY) {
            progress.check()?;
        }
        look(row);
    }
    progress.advance(rows.len(view.rows()) as u64);
    Ok(())
}
