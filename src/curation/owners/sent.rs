//! Who sent something, read from tables.

use std::collections::{BTreeSet, HashMap};

use polars::prelude::UInt32Chunked;

use super::instants::{Instants, LOOK_UP_EVERY};
use crate::curation::{Cell, CurationError, Identities, TableView};
use crate::domain::Progress;
use crate::landing::Dictionary;

/// The senders of a table, and their instants.
pub(super) fn sent<'a>(
    view: &'a TableView,
    sender: &str,
    time: &str,
    progress: &Progress,
) -> Result<(Identities<'a>, Instants), CurationError> {
    let mut senders = Identities::default();
    let (Some(sender), Some(time)) = (view.position(sender), view.position(time)) else {
        return Ok((senders, Instants::default()));
    };
    if let Some((numbers, dictionary)) = view.numbers(sender) {
        return sent_by_number(numbers, dictionary, view, time, progress);
    }
    let mut readings = Vec::with_capacity(view.rows());
    let mut last = ("", 0);
    for row in 0..view.rows() {
        if row.is_multiple_of(LOOK_UP_EVERY) {
            progress.check()?;
            progress.advance(LOOK_UP_EVERY.min(view.rows() - row) as u64);
        }
        if let (Cell::Text(text), Cell::Time(at)) = (view.cell(row, sender), view.cell(row, time))
            && !text.trim().is_empty()
        {
            if readings.is_empty() || text != last.0 {
                last = (text, senders.add(text));
            }
            readings.push((at, last.1));
        }
    }
    progress.check()?;
    let count = senders.len();
    Ok((senders, Instants::new(readings, count)))
}

/// The same of senders who have numbers. They are numbered in the order in which they come first, as elsewhere.
fn sent_by_number<'a>(
    numbers: &UInt32Chunked,
    dictionary: &'a Dictionary,
    view: &TableView,
    time: usize,
    progress: &Progress,
) -> Result<(Identities<'a>, Instants), CurationError> {
    const NEW: u32 = u32::MAX;
    const NOBODY: u32 = u32::MAX - 1;
    let mut senders = Identities::default();
    let mut places = vec![NEW; dictionary.len()];
    let mut readings = Vec::with_capacity(view.rows());
    for (row, number) in numbers.iter().enumerate() {
        if row.is_multiple_of(LOOK_UP_EVERY) {
            progress.check()?;
            progress.advance(LOOK_UP_EVERY.min(view.rows() - row) as u64);
        }
        let (Some(number), Cell::Time(at)) = (number, view.cell(row, time)) else { continue };
        let Some(place) = places.get_mut(number as usize) else { continue };
        if *place == NEW {
            let text = dictionary.get(number).filter(|text| !text.trim().is_empty());
            *place = text.map_or(NOBODY, |text| senders.add(text));
        }
        if *place != NOBODY {
            readings.push((at, *place));
        }
    }
    progress.check()?;
    let count = senders.len();
    Ok((senders, Instants::new(readings, count)))
}

/// The e-mail addresses on the customer records that carry each device's serial number.
pub(super) fn on_record<'a>(customers: &'a TableView, devices: &Identities<'_>) -> HashMap<&'a str, BTreeSet<&'a str>> {
    let mut on_record = HashMap::<&str, BTreeSet<&str>>::new();
    let (Some(email), Some(serial)) = (customers.position("email"), customers.position("serialnumber")) else {
        return on_record;
    };
    for row in 0..customers.rows() {
        if let (Cell::Text(email), Cell::Text(serial)) = (customers.cell(row, email), customers.cell(row, serial))
            && devices.get(serial).is_some()
        {
            on_record.entry(serial).or_default().insert(email);
        }
    }
    on_record
}
