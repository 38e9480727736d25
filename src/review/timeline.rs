//! How consents came in over time.

use std::collections::HashMap;

use polars::prelude::*;

use crate::curation::withdrawn_people;
use crate::domain::{Dataset, Kind, Purpose, Recipe, Withdrawn};
use crate::landing::Landing;

/// How many customers had agreed at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consented {
    /// The instant, in milliseconds since 1970-01-01 00:00 UTC.
    pub at: i64,
    /// Different e-mail addresses whose first consent for the recipe's purpose was given at or before it, without
    /// those who withdrew.
    pub customers: u64,
}

/// The curve of consents at `instants` evenly spaced instants, from the first to the last date that there is among the
/// consents for this purpose and the readings. No instants where there is no date at all.
pub fn consented(landing: &Landing, recipe: &Recipe, instants: usize) -> Vec<Consented> {
    let mut given = first_consents(landing, recipe);
    given.sort_unstable();
    let ends = [given.first().copied().zip(given.last().copied()), readings(landing)];
    let first = ends.iter().flatten().map(|(first, _)| *first).min();
    let last = ends.iter().flatten().map(|(_, last)| *last).max();
    let (Some(first), Some(last)) = (first, last) else { return vec![] };
    let at = |number: usize| {
        let gaps = instants.saturating_sub(1).max(1) as i128;
        // Between two instants of 64 bits, so the result is one as well; the last instant is hit exactly.
        let after_first = (i128::from(last) - i128::from(first)) * number as i128 / gaps;
        i64::try_from(i128::from(first) + after_first).unwrap_or(last)
    };
    let consented = |at: i64| Consented { at, customers: given.partition_point(|given| *given <= at) as u64 };
    (0..instants).map(|number| consented(at(number))).collect()
}

/// The first consent of each customer who has not withdrawn.
fn first_consents(landing: &Landing, recipe: &Recipe) -> Vec<i64> {
    let customers = landing.frame(Dataset::Customer);
    let withdrawn = withdrawn_people(landing, &recipe.withdrawn);
    let column = |name: &str| customers.column(name).ok();
    let (Some(emails), Some(given)) = (column("email"), column(Purpose::column(recipe.purpose))) else { return vec![] };
    let (Ok(emails), Ok(given)) = (emails.str(), given.i64()) else { return vec![] };
    let mut first = HashMap::<&str, i64>::new();
    for (email, given) in emails.iter().zip(given.iter()) {
        if let (Some(email), Some(given)) = (email, given) {
            first.entry(email).and_modify(|first| *first = given.min(*first)).or_insert(given);
        }
    }
    first.retain(|email, _| !withdrawn.contains(&Withdrawn::folded(email)));
    first.into_values().collect()
}

/// The first and the last instant of any reading.
fn readings(landing: &Landing) -> Option<(i64, i64)> {
    let ends = [Dataset::Accelerometer, Dataset::StepTrainer].into_iter().filter_map(|dataset| {
        let time = dataset.schema().iter().find(|column| column.kind == Kind::Time)?;
        let instants = landing.numbered(dataset).column(time.name).ok()?.i64().ok()?;
        instants.min().zip(instants.max())
    });
    ends.reduce(|(first, last), (from, to)| (first.min(from), last.max(to)))
}
