//! Everything that is needed to draw one device and one phone: their readings, what became of them, the consents, and
//! the motions of others that the machine-learning table pairs with the distances.

use std::sync::Arc;

use super::Track;
use super::partners::{self, Partners};
use crate::curation::{Curation, CurationError, Fate, Pair, TableView, Trace, Whose};
use crate::domain::{Progress, Purpose, Table};
use crate::explore::{AboutTable, Follow};

/// The device and the phone that are drawn together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Subject {
    /// The device's serial number.
    pub device: Option<String>,
    /// The e-mail address of the customer whose phone it is.
    pub person: Option<String>,
}

/// What one device and one phone recorded.
#[derive(Clone, Debug)]
pub struct Recording {
    /// Which ones.
    pub subject: Subject,
    /// Who else could be drawn beside the one that is followed.
    pub partners: Partners,
    /// The distances of the device; none without a device.
    pub device: Option<Track>,
    /// What became of each distance of that track in the machine-learning table; kept is what was paired with a motion.
    pub learning: Vec<Fate>,
    /// The motions of the phone; none without a customer.
    pub phone: Option<Track>,
    /// The customer's first consent for each purpose, in the order of [`Purpose::ALL`], in milliseconds since
    /// 1970-01-01 00:00 UTC.
    pub consents: [Option<i64>; 3],
    /// When the customer first registered, in milliseconds since 1970-01-01 00:00 UTC.
    pub registered: Option<i64>,
    /// The rows of the machine-learning table that are made of the device's distances, in the order of time.
    pub pairs: Vec<Pair>,
    /// Whose motions they have that are not an owner's, those with the most first.
    pub others: Vec<Other>,
    /// What there is of them in each table and what was dropped, in the order of the catalog: of the customer's
    /// records, or of those with the device's serial number where there is no customer; of the phone and of the device.
    pub tables: Vec<AboutTable>,
}

/// Somebody else whose motions were paired with a device's distances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// Their e-mail address: to look up a code, never for the screen.
    pub email: Arc<str>,
    /// How many rows of the machine-learning table have their motion.
    pub pairs: u64,
}

/// Looks up a device or a customer, and the customer or the device that belongs to it: `partner`, if one is chosen, or
/// else the inferred one where the recipe goes by that, or the best one on a customer record, see [`Partners`]. Progress counts the readings that are
/// compared to find out.
///
/// # Errors
/// When cancelled, or when the engine gives up.
pub fn record(
    follow: &Follow,
    partner: Option<&str>,
    curation: &Curation,
    progress: &Progress,
) -> Result<Recording, CurationError> {
    let partners = partners::find(follow, curation, progress)?;
    let inferred = curation.owners().and_then(|owners| match follow {
        Follow::Device(serial) => owners.of(serial)?.owner().map(|owner| owner.to_string()),
        Follow::Person(email) => {
            owners.assigned().find(|(_, owner)| ***owner == **email).map(|(serial, _)| serial.to_string())
        }
    });
    let partner = partner.map(str::to_owned).or(inferred).or_else(|| partners.best().map(|best| best.identity.clone()));
    let subject = match follow {
        Follow::Person(email) => Subject { device: partner, person: Some(email.clone()) },
        Follow::Device(serial) => Subject { device: Some(serial.clone()), person: partner },
    };
    let customers = curation.view(Table::CustomerLanding);
    let records = match &subject {
        Subject { person: Some(email), .. } => customers.rows_with("email", email),
        Subject { person: None, device } => rows(&customers, "serialnumber", device.as_deref()),
    };
    let distances = curation.view(Table::StepTrainerLanding);
    let device_rows = rows(&distances, "serialnumber", subject.device.as_deref());
    let motions = curation.view(Table::AccelerometerLanding);
    let phone_rows = rows(&motions, "user", subject.person.as_deref());

    let of_records = curation.trace(Table::CustomerCurated, &records, progress)?;
    let of_phone = curation.trace(Table::AccelerometerTrusted, &phone_rows, progress)?;
    let of_device = curation.trace(Table::MachineLearningCurated, &device_rows, progress)?;
    let traces: [(Table, &[u32], &Trace); 3] = [
        (Table::CustomerLanding, &records, &of_records),
        (Table::AccelerometerLanding, &phone_rows, &of_phone),
        (Table::StepTrainerLanding, &device_rows, &of_device),
    ];
    let mut tables: Vec<_> =
        traces.into_iter().flat_map(|(table, rows, trace)| AboutTable::of(table, rows.len(), trace)).collect();
    tables.sort_by_key(|about| about.table.index());

    let device = subject.device.as_ref().map(|_| Track::new(&distances, &device_rows, &of_device.fates));
    let learning = device.as_ref().map(|track| track.fates.clone()).unwrap_or_default();
    let device = device.map(|track| {
        let fates = track.fates.iter().map(|fate| fate.on_the_way(Table::StepTrainerTrusted)).collect();
        Track { fates, ..track }
    });
    let phone = subject.person.as_ref().map(|_| Track::new(&motions, &phone_rows, &of_phone.fates));
    let theirs: &[u32] = if subject.person.is_some() { &records } else { &[] };
    let first = |name: &str| theirs.iter().filter_map(|&row| customers.cell_of(row, name).time()).min();
    let serial = subject.device.as_deref();
    let mut pairs = of_device.pairs(&curation.owners_of_devices(&customers, |of| Some(of) == serial));
    pairs.sort_by_key(|pair| pair.at);
    Ok(Recording {
        partners,
        device,
        learning,
        phone,
        consents: Purpose::ALL.map(|purpose| first(purpose.column())),
        registered: first("registrationdate"),
        others: others(&pairs),
        pairs,
        tables,
        subject,
    })
}

/// The motions of any customer, to be laid over those of another.
///
/// # Errors
/// When cancelled, or when the engine gives up.
pub fn other_motion(curation: &Curation, email: &str, progress: &Progress) -> Result<Track, CurationError> {
    let motions = curation.view(Table::AccelerometerLanding);
    let rows = motions.rows_with("user", email);
    let fates = curation.fates(Table::AccelerometerTrusted, &rows, progress)?;
    Ok(Track::new(&motions, &rows, &fates))
}

fn rows(view: &TableView, column: &str, identity: Option<&str>) -> Vec<u32> {
    identity.map(|identity| view.rows_with(column, identity)).unwrap_or_default()
}

fn others(pairs: &[Pair]) -> Vec<Other> {
    let mut users: Vec<&Arc<str>> =
        pairs.iter().filter(|pair| pair.whose != Whose::Own).map(|pair| &pair.user).collect();
    users.sort_unstable();
    let mut others: Vec<Other> =
        users.chunk_by(|a, b| a == b).map(|same| Other { email: same[0].clone(), pairs: same.len() as u64 }).collect();
    others.sort_by_key(|other| std::cmp::Reverse(other.pairs));
    others
}
