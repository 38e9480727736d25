//! Which phone belongs to a device, and which device to a customer: what the customer records say, and what the
//! instants say at which both recorded something.

use std::collections::BTreeSet;

use super::looking::each_row;
use crate::curation::{Curation, Identities, TableView};
use crate::domain::{Cancelled, Progress, Table};
use crate::explore::Follow;

/// Who could belong to a device or a customer that is followed. One serial number can stand on many records (the
/// fulfilment defect), and a record can carry a wrong one; the instants that a device and a phone have in common tell
/// which are used together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Partners {
    /// Those with the most instants in common first, then those on a record, then in their order. At most
    /// [`Partners::MOST_ON_RECORD`] on a record and [`Partners::MOST_OTHERS`] more.
    pub candidates: Vec<Candidate>,
    /// How many there are on a customer record, listed or not.
    pub on_record: u64,
    /// How many others have an instant in common, listed or not.
    pub others: u64,
}

/// A customer who could belong to a device, or a device that could belong to a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The e-mail address or the serial number: to look up a code, never for the screen.
    pub identity: String,
    /// Whether a customer record says so.
    pub on_record: bool,
    /// At how many different instants both recorded something.
    pub instants: u64,
}

impl Partners {
    /// How many are listed that a customer record names.
    pub const MOST_ON_RECORD: usize = 32;
    /// How many are listed that only have instants in common.
    pub const MOST_OTHERS: usize = 8;

    /// The one that is taken if none is chosen: the first on a customer record.
    pub fn best(&self) -> Option<&Candidate> {
        self.candidates.iter().find(|candidate| candidate.on_record)
    }
}

/// Looks for everybody who could belong to a device or a customer. Progress counts the readings
/// that are compared.
pub(super) fn find(follow: &Follow, curation: &Curation, progress: &Progress) -> Result<Partners, Cancelled> {
    let customers = curation.view(Table::CustomerLanding);
    let distances = curation.view(Table::StepTrainerLanding);
    let motions = curation.view(Table::AccelerometerLanding);
    let device = (&distances, "serialnumber", "sensorreadingtime");
    let phone = (&motions, "user", "timestamp");
    let (identity, theirs, others, [by, wanted]) = match follow {
        Follow::Device(serial) => (serial, device, phone, ["serialnumber", "email"]),
        Follow::Person(email) => (email, phone, device, ["email", "serialnumber"]),
    };
    let on_record: BTreeSet<&str> =
        customers.rows_with(by, identity).into_iter().filter_map(|row| customers.cell_of(row, wanted).text()).collect();
    let in_common = in_common(identity, theirs, others, progress)?;
    let candidate = |identity: &str, instants| Candidate {
        identity: identity.to_owned(),
        on_record: on_record.contains(identity),
        instants,
    };
    let known: BTreeSet<&str> = in_common.iter().map(|(identity, _)| *identity).collect();
    let silent = on_record.iter().filter(|identity| !known.contains(*identity)).map(|identity| (*identity, 0));
    let all = in_common.iter().copied().chain(silent).map(|(identity, instants)| candidate(identity, instants));
    let (mut named, mut unnamed): (Vec<_>, Vec<_>) = all.partition(|candidate| candidate.on_record);
    let counts = [named.len() as u64, unnamed.len() as u64];
    let order = |a: &Candidate, b: &Candidate| {
        (b.instants, b.on_record).cmp(&(a.instants, a.on_record)).then_with(|| a.identity.cmp(&b.identity))
    };
    named.sort_unstable_by(order);
    named.truncate(Partners::MOST_ON_RECORD);
    unnamed.sort_unstable_by(order);
    unnamed.truncate(Partners::MOST_OTHERS);
    named.append(&mut unnamed);
    named.sort_unstable_by(order);
    Ok(Partners { candidates: named, on_record: counts[0], others: counts[1] })
}

/// A landing table of readings, its column of identities and its column of instants.
type Readings<'a> = (&'a TableView, &'static str, &'static str);

/// How many different instants each of the others has in common with `identity`.
fn in_common<'a>(
    identity: &str,
    (theirs, name, time): Readings<'_>,
    (others, other_name, other_time): Readings<'a>,
    progress: &Progress,
) -> Result<Vec<(&'a str, u64)>, Cancelled> {
    let rows = theirs.rows_with(name, identity);
    let mut instants: Vec<i64> = rows.into_iter().filter_map(|row| theirs.cell_of(row, time).time()).collect();
    instants.sort_unstable();
    instants.dedup();
    progress.check()?;
    let (Some(&first), Some(&last)) = (instants.first(), instants.last()) else { return Ok(vec![]) };
    let rows = others.rows_within(other_time, first..=last);
    progress.set_total(rows.len() as u64);
    let (mut identities, mut met) = (Identities::default(), vec![]);
    each_row(rows.len(), progress, |place| {
        let row = rows[place];
        if let Some(at) = others.cell_of(row, other_time).time().filter(|at| instants.binary_search(at).is_ok())
            && let Some(other) = others.cell_of(row, other_name).text()
        {
            met.push((identities.add(other), at));
        }
    })?;
    met.sort_unstable();
    met.dedup();
    let counted = met.chunk_by(|a, b| a.0 == b.0);
    Ok(counted.map(|same| (identities.texts()[same[0].0 as usize], same.len() as u64)).collect())
}
