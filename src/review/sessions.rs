//! What each customer's phone recorded, against the date of their consent.

use std::collections::HashMap;

use crate::curation::{Cell, TableView};
use crate::domain::{Cancelled, Dataset, Progress, Recipe};
use crate::landing::Landing;

/// The readings of one customer who landed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Their e-mail address: for the filter behind the row, never for the screen.
    pub person: String,
    /// The first consent for the recipe's purpose, in milliseconds since 1970-01-01 00:00 UTC.
    pub consent: Option<i64>,
    /// The first and the last accelerometer reading, if there is one.
    pub span: Option<(i64, i64)>,
    /// How many accelerometer readings there are.
    pub readings: u64,
    /// How many of them were taken before the consent; all of them where there is none.
    pub before: u64,
}

/// Rows between two looks at whether to stop.
const LOOK_UP_EVERY: usize = 1 << 16;

/// The sessions of all customers, by their consents, those without one last. Progress counts rows.
///
/// # Errors
/// When cancelled.
pub fn sessions(landing: &Landing, recipe: &Recipe, progress: &Progress) -> Result<Vec<Session>, Cancelled> {
    let view = |dataset| TableView::landed(landing, dataset);
    let (customers, readings) = (view(Dataset::Customer), view(Dataset::Accelerometer));
    progress.set_total((customers.rows() + readings.rows()) as u64);
    let mut sessions: Vec<Session> = vec![];
    let mut places = HashMap::<String, usize>::new();
    for row in 0..customers.rows() {
        look_up(row, progress)?;
        let Cell::Text(person) = cell(&customers, row, "email") else { continue };
        let place = *places.entry(person.to_owned()).or_insert(sessions.len());
        if place == sessions.len() {
            let person = person.to_owned();
            sessions.push(Session { person, consent: None, span: None, readings: 0, before: 0 });
        }
        if let Cell::Time(given) = cell(&customers, row, recipe.purpose.column()) {
            let first = &mut sessions[place].consent;
            *first = Some(first.map_or(given, |first| first.min(given)));
        }
    }
    for row in 0..readings.rows() {
        look_up(row, progress)?;
        let (Cell::Text(person), Cell::Time(at)) = (cell(&readings, row, "user"), cell(&readings, row, "timestamp"))
        else {
            continue;
        };
        let Some(&place) = places.get(person) else { continue };
        let session = &mut sessions[place];
        session.readings += 1;
        session.before += u64::from(session.consent.is_none_or(|consent| at < consent));
        session.span = Some(session.span.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
    }
    sessions.sort_by_key(|session| (session.consent.is_none(), session.consent, session.span));
    Ok(sessions)
}

fn cell<'a>(view: &'a TableView, row: usize, name: &str) -> Cell<'a> {
    view.position(name).map_or(Cell::Null, |column| view.cell(row, column))
}

fn look_up(row: usize, progress: &Progress) -> Result<(), Cancelled> {
    if row.is_multiple_of(LOOK_UP_EVERY) {
        progress.check()?;
    }
    progress.advance(1);
    Ok(())
}
