//! What people write goes into the trail and out with exports: it must not say who a customer is.

use crate::domain::Dataset;
use crate::landing::Landing;

use super::AcceptError;

/// The place of the first of these texts that contains the e-mail address, name, phone or serial number of somebody who
/// landed. Very short ones are in too many words to mean anybody.
pub fn naming(landing: &Landing, texts: &[&str]) -> Option<usize> {
    const COLUMNS: [(&str, usize); 4] = [("email", 6), ("customername", 6), ("phone", 6), ("serialnumber", 8)];
    let texts: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
    // Hardly any value is in them, and one look at all says so.
    let all = texts.join("\n");
    let customers = landing.frame(Dataset::Customer);
    COLUMNS.into_iter().find_map(|(column, shortest)| {
        let values = customers.column(column).ok()?.str().ok()?;
        let values = values.iter().flatten().map(str::trim).filter(|value| value.chars().count() >= shortest);
        let mut named = values.map(str::to_lowercase).filter(|value| all.contains(value));
        named.find_map(|value| texts.iter().position(|text| text.contains(&value)))
    })
}

/// Refuses an analyst's name and reason that say who a customer is, before they are written anywhere.
///
/// # Errors
/// Says which of them does, and nothing of it.
pub fn names_nobody(landing: &Landing, who: &str, why: &str) -> Result<(), AcceptError> {
    match naming(landing, &[who, why]) {
        None => Ok(()),
        Some(0) => Err(AcceptError::NamesSomebody("the name of who answers for it")),
        Some(_) => Err(AcceptError::NamesSomebody("the reason")),
    }
}
