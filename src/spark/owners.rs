//! Whose device it is, over Spark Connect: Spark says who sent something at which instants, each once, and what decides is the
//! code that decides here too. The instants come here for that, which `limits_over_connect` says.

use super::files::decoded;
use super::session::Session;
use super::words::Failure;
use crate::curation::{Senders, owners_of_senders};
use crate::domain::{Dataset, OwnerRules, Progress, Table};
use crate::lakehouse::OWNERS;

const DOING: &str = "infer whose device it is";

/// Devices and their owners.
///
/// # Errors
/// When the server fails, or when cancelled.
pub(super) fn infer(
    session: &Session,
    rules: &OwnerRules,
    progress: &Progress,
) -> anyhow::Result<Vec<(String, String)>> {
    let devices = sent(session, Dataset::StepTrainer, "serialnumber", "sensorreadingtime", progress)?;
    let users = sent(session, Dataset::Accelerometer, "user", "timestamp", progress)?;
    Ok(owners_of_senders(devices, users, rules, progress)?)
}

/// Who sent something, in the order in which they come first, and at which instants. Those of one sender come as one text, so
/// that an instant costs no more than its digits.
fn sent(session: &Session, of: Dataset, sender: &str, time: &str, progress: &Progress) -> anyhow::Result<Senders> {
    let held = format!("{}_held", Table::landing(of).name());
    let query = format!(
        "SELECT sender, first.*, instants FROM (SELECT `{sender}` AS sender, min(struct(__file, __block, __row)) AS first, \
         array_join(transform(sort_array(collect_set(`{time}`)), at -> CAST(at AS STRING)), ' ') AS instants FROM {held} GROUP BY `{sender}`)"
    );
    let wrong =
        || Failure::DoesNotAddUp { what: "Spark gave no instants where some were asked for".into(), folder: None };
    let mut found = vec![];
    session.each(DOING, &query, |row| {
        progress.check()?;
        let (Some(name), Some(file), Some(instants)) = (row.text("sender"), row.text("__file"), row.text("instants"))
        else {
            return Err(wrong().into());
        };
        let block = row.number("__block").ok_or_else(wrong)?;
        let place = row.number("__row").ok_or_else(wrong)?;
        let instants: Vec<i64> = instants.split(' ').map(str::parse).collect::<Result<_, _>>().map_err(|_| wrong())?;
        found.push(((decoded(&file), block, place), name, instants));
        Ok(())
    })?;
    found.sort_unstable_by(|one, other| one.0.cmp(&other.0));
    Ok(found.into_iter().map(|(_, name, instants)| (name, instants)).collect())
}

/// Gives devices and their owners the name that the statements know them by, and writes them if there is a place for them.
pub(super) fn name(session: &Session, owned: &[(String, String)], place: Option<&str>) -> Result<(), Failure> {
    let columns = ["serialnumber", "user"];
    let rows = || owned.iter().map(|(device, user)| [device.as_str(), user.as_str()]);
    if let Some(place) = place {
        session.write_texts(DOING, &columns, rows(), place)?;
    }
    session.texts(DOING, OWNERS, &columns, rows())
}
