//! Whose device it is, by the instants that it shares with the phones.
//!
//! A step trainer and the phone of its owner send at the same instants. So the owner of a device is the user whose
//! accelerometer readings share its instants, whatever serial numbers the customer records carry. `docs/owners.md` has the
//! method, its assumptions and where it fails.

mod assign;
mod chance;
mod instants;
mod offsets;
mod sent;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use polars::prelude::*;

use super::{CurationError, Identities, TableView};
use crate::domain::{OwnerRules, OwnerVerdict, Progress};
use crate::landing::Dictionaries;

use assign::{Candidate, assign};
use chance::log10_tail;
use instants::{Instants, each_shared, grid};
use sent::{on_record, sent};

/// The method in a few sentences, for the screen.
pub const METHOD: &str = "A device and its owner's phone send at the same instants. Each device is assigned to the user \
whose accelerometer readings share the most of its instants, one device to one user, so that all together share the most. \
It is confirmed if that is not by chance, given how busy those instants are, and if every other assignment is clearly \
worse. What stands on customer records is not used. Meetings at different instants are taken to be independent: where many \
devices keep the same even pace, a stranger can meet a device again and again, and the probability is lower than it should \
be; such a stranger is as a rule taken by a device of their own.";

/// At an instant with more pairs of devices and users than this for each of them, so many are there that it says nothing;
/// it is left out, so that the cost grows with readings.
const MOST_PAIRS_EACH: usize = 64;

/// So many of the devices without a candidate are looked at for an offset that they have in common.
const SAMPLE: usize = 256;

/// What was found out about all devices that sent distances.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnerFindings {
    /// One for each device, in the order of their serial numbers.
    pub findings: Vec<Finding>,
    /// How many devices each verdict has.
    pub summary: OwnerSummary,
    places: HashMap<Arc<str>, u32>,
}

/// What was found out about one device.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The serial number: to look up a code, never for the screen.
    pub serial: Arc<str>,
    /// Different instants at which it sent a distance.
    pub instants: u32,
    /// The user whom the evidence points to.
    pub best: Option<Evidence>,
    /// Whoever else shares the most of its instants.
    pub runner_up: Option<Evidence>,
    /// How many shared instants fewer all assignments have in which device and best user are apart.
    pub lead: u32,
    /// What came of it.
    pub verdict: OwnerVerdict,
    /// The customers whose records carry its serial number, by their e-mail addresses.
    pub on_record: Vec<Arc<str>>,
    /// What an analyst decided, if the evidence still points to whom they decided about.
    pub decided: Option<bool>,
}

/// What a device and a phone have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The e-mail address: to look up a code, never for the screen.
    pub user: Arc<str>,
    /// Instants that both have.
    pub shared: u32,
    /// Different instants of the phone.
    pub user_instants: u32,
    /// An upper bound of the probability that anybody shares so many by chance, as its logarithm to base 10; at most 0.
    pub log10_chance: f64,
    /// What is added to the device's time to get the phone's, in milliseconds.
    pub offset_ms: i64,
}

/// How many devices each verdict has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OwnerSummary {
    pub devices: u64,
    pub confirmed: u64,
    pub ambiguous: u64,
    pub contradicting: u64,
    pub without_evidence: u64,
    /// Devices whose owner's clock is another.
    pub offset: u64,
    /// Devices that have an owner in the end, after what the analyst decided.
    pub assigned: u64,
}

impl Finding {
    /// The owner, if there is one to go by: clear evidence that nobody rejected, or what somebody decided.
    pub fn owner(&self) -> Option<&Arc<str>> {
        let best = self.best.as_ref()?;
        let is_clear = matches!(self.verdict, OwnerVerdict::Confirmed | OwnerVerdict::Contradicts);
        self.decided.unwrap_or(is_clear).then_some(&best.user)
    }

    /// The share of its instants that the best user has.
    pub fn share(&self) -> Option<f64> {
        Some(f64::from(self.best.as_ref()?.shared) / f64::from(self.instants.max(1)))
    }
}

impl Evidence {
    /// The probability in scientific notation, also where it is too small for a floating-point number: `3.2e-412`.
    pub fn chance(&self) -> String {
        if self.log10_chance == f64::NEG_INFINITY {
            return "0".to_owned();
        }
        if self.log10_chance > -4.0 {
            return format!("{:.6}", 10_f64.powf(self.log10_chance));
        }
        let exponent = self.log10_chance.floor();
        format!("{:.1}e{exponent}", 10_f64.powf(self.log10_chance - exponent).min(9.9))
    }
}

impl OwnerFindings {
    /// What was found out about a device.
    pub fn of(&self, serial: &str) -> Option<&Finding> {
        self.findings.get(*self.places.get(serial)? as usize)
    }

    /// Devices and their owners.
    pub fn assigned(&self) -> impl Iterator<Item = (&Arc<str>, &Arc<str>)> {
        self.findings.iter().filter_map(|finding| Some((&finding.serial, finding.owner()?)))
    }
}

impl OwnerSummary {
    fn of(findings: &[Finding]) -> Self {
        let of = |verdict| findings.iter().filter(|finding| finding.verdict == verdict).count() as u64;
        let is_offset = |finding: &&Finding| finding.best.as_ref().is_some_and(|best| best.offset_ms != 0);
        let assigned = || findings.iter().filter(|finding| finding.owner().is_some());
        Self {
            devices: findings.len() as u64,
            confirmed: of(OwnerVerdict::Confirmed),
            ambiguous: of(OwnerVerdict::Ambiguous),
            contradicting: of(OwnerVerdict::Contradicts),
            without_evidence: of(OwnerVerdict::NoEvidence),
            offset: assigned().filter(is_offset).count() as u64,
            assigned: assigned().count() as u64,
        }
    }
}

/// The table that devices are looked up in: `serialnumber` and `user`, as numbers; without rows if nobody owns any.
pub(super) fn owned(findings: Option<&OwnerFindings>, of: &Dictionaries) -> DataFrame {
    let numbers = |(serial, user): (&Arc<str>, &Arc<str>)| of.devices.number(serial).zip(of.people.number(user));
    let (serials, users): (Vec<u32>, Vec<u32>) =
        findings.into_iter().flat_map(OwnerFindings::assigned).filter_map(numbers).unzip();
    df!("serialnumber" => serials, "user" => users).unwrap_or_default()
}

/// Infers the owner of every device from all readings that landed: also those of customers without consent, or else a
/// stranger who agreed would be the best left for a device whose owner did not. Progress counts readings.
///
/// # Errors
/// When cancelled.
pub fn infer_owners(
    customers: &TableView,
    motions: &TableView,
    distances: &TableView,
    rules: &OwnerRules,
    progress: &Progress,
) -> Result<OwnerFindings, CurationError> {
    let devices = sent(distances, "serialnumber", "sensorreadingtime", progress)?;
    let users = sent(motions, "user", "timestamp", progress)?;
    found(devices, users, |devices| on_record(customers, devices), rules, progress)
}

/// Who sent something, in the order in which they come first, and the different instants of each.
pub type Senders = Vec<(String, Vec<i64>)>;

/// Devices and their owners, by the instants at which devices and users sent something, wherever they were gathered. Customer
/// records make no difference to who owns what.
///
/// # Errors
/// When cancelled.
pub fn owners_of_senders(
    devices: Senders,
    users: Senders,
    rules: &OwnerRules,
    progress: &Progress,
) -> Result<Vec<(String, String)>, CurationError> {
    let (device_names, device_instants) = Instants::of_senders(devices);
    let (user_names, user_instants) = Instants::of_senders(users);
    let devices = (Identities::of(&device_names), device_instants);
    let users = (Identities::of(&user_names), user_instants);
    let found = found(devices, users, |_| HashMap::new(), rules, progress)?;
    Ok(found.assigned().map(|(device, user)| (device.to_string(), user.to_string())).collect())
}

/// What is found out of who sent something when. `on_record` has the customers on record of each device.
fn found<'a>(
    (devices, device_instants): (Identities<'_>, Instants),
    (users, user_instants): (Identities<'_>, Instants),
    on_record: impl FnOnce(&Identities<'_>) -> HashMap<&'a str, BTreeSet<&'a str>>,
    rules: &OwnerRules,
    progress: &Progress,
) -> Result<OwnerFindings, CurationError> {
    let looking = Looking {
        grid: grid(&device_instants, &user_instants),
        devices: device_instants,
        users: user_instants,
        rules,
        progress,
    };
    let looking = &looking;
    let mut evidence = looking.at_once(&looking.devices, 0, 1)?;
    looking.moved(&mut evidence)?;
    let candidates: Vec<Candidate> = (0..)
        .zip(&evidence)
        .flat_map(|(device, of)| {
            of.iter().filter(move |found| looking.counts(device, found)).map(move |found| Candidate {
                device,
                user: found.user,
                shared: found.shared,
            })
        })
        .collect();
    let assigned = assign(&candidates);
    let on_record = on_record(&devices);
    let mut findings: Vec<Finding> = vec![];
    for (device, serial) in (0..).zip(devices.texts()) {
        let of = &evidence[device as usize];
        let told = |found: &Found| Evidence {
            user: users.texts()[found.user as usize].into(),
            shared: found.shared,
            user_instants: looking.users.of(found.user).len() as u32,
            log10_chance: looking.log10_chance(device, found),
            offset_ms: found.offset_ms,
        };
        let assigned = assigned.get(&device);
        let best = match assigned {
            Some(assigned) => of.iter().find(|found| found.user == assigned.user),
            None => of.first(),
        };
        let runner_up = best.and_then(|best| of.iter().find(|found| found.user != best.user));
        let lead = assigned.map_or(0, |assigned| assigned.lead);
        let on_record: Vec<Arc<str>> =
            on_record.get(serial).into_iter().flatten().map(|email| (*email).into()).collect();
        let best = best.map(told);
        let verdict =
            verdict(best.as_ref(), lead, of.iter().any(|found| looking.counts(device, found)), &on_record, rules);
        let decided = rules.decisions.of(serial).zip(best.as_ref());
        let decided = decided.filter(|(decision, best)| *decision.owner == *best.user).map(|(it, _)| it.is_theirs);
        findings.push(Finding {
            serial: (*serial).into(),
            instants: looking.devices.of(device).len() as u32,
            runner_up: runner_up.map(told),
            best,
            lead,
            verdict,
            on_record,
            decided,
        });
    }
    findings.sort_by(|a, b| a.serial.cmp(&b.serial));
    let places = findings.iter().enumerate().map(|(place, finding)| (finding.serial.clone(), place as u32)).collect();
    Ok(OwnerFindings { summary: OwnerSummary::of(&findings), findings, places })
}

fn verdict(
    best: Option<&Evidence>,
    lead: u32,
    has_candidates: bool,
    on_record: &[Arc<str>],
    rules: &OwnerRules,
) -> OwnerVerdict {
    let Some(best) = best.filter(|_| has_candidates) else { return OwnerVerdict::NoEvidence };
    if u64::from(lead) * 1_000 < u64::from(best.shared) * u64::from(rules.least_lead_permille) || lead == 0 {
        return OwnerVerdict::Ambiguous;
    }
    match on_record {
        // A number on several records says nothing of any of them.
        [only] if *only != best.user => OwnerVerdict::Contradicts,
        _ => OwnerVerdict::Confirmed,
    }
}

/// A user with instants of a device.
#[derive(Clone, Copy, Debug)]
struct Found {
    user: u32,
    shared: u32,
    offset_ms: i64,
    /// How many users, the device's instants added up, have a reading then.
    busy: u64,
    /// How many offsets were tried.
    offsets: u64,
}

struct Looking<'a> {
    devices: Instants,
    users: Instants,
    grid: i64,
    rules: &'a OwnerRules,
    progress: &'a Progress,
}

impl Looking<'_> {
    /// Who shares instants with each device when so much is added to its time, whoever shares the most first.
    fn at_once(&self, devices: &Instants, offset_ms: i64, offsets: u64) -> Result<Vec<Vec<Found>>, CurationError> {
        let mut shared = PlHashMap::<(u32, u32), u32>::default();
        let mut busy = vec![0_u64; devices.senders() as usize];
        each_shared(devices, &self.users, offset_ms, self.progress, |devices, users| {
            for (_, device) in devices {
                busy[*device as usize] += users.len() as u64;
            }
            if devices.len() * users.len() > MOST_PAIRS_EACH * (devices.len() + users.len()) {
                return;
            }
            for (_, device) in devices {
                for (_, user) in users {
                    *shared.entry((*device, *user)).or_default() += 1;
                }
            }
        })?;
        let mut evidence: Vec<Vec<Found>> = vec![vec![]; busy.len()];
        for ((device, user), shared) in shared {
            let busy = busy[device as usize];
            evidence[device as usize].push(Found { user, shared, offset_ms, busy, offsets });
        }
        for of in &mut evidence {
            of.sort_unstable_by_key(|found| (std::cmp::Reverse(found.shared), found.user));
        }
        Ok(evidence)
    }

    /// For the devices with nobody so far, looks for users whose clock is another: first for an offset that many have in
    /// common, then for each device alone. Whoever is somebody's by then is not looked at again, unless so few devices
    /// have somebody that the clocks cannot be trusted at all: then everybody is.
    fn moved(&self, evidence: &mut [Vec<Found>]) -> Result<(), CurationError> {
        let most = i64::from(self.rules.most_offset_ms);
        let offsets = (2 * most / self.grid).unsigned_abs() + 1;
        if most == 0 {
            return Ok(());
        }
        let mut open = self.open(evidence);
        let sample: Vec<u32> = open.iter().copied().step_by(open.len().div_ceil(SAMPLE).max(1)).collect();
        if let Some(common) = self.common_offset(&sample, evidence, offsets)? {
            let all_open: HashSet<u32> = open.iter().copied().collect();
            let devices = self.devices.only(|device| all_open.contains(&device));
            let found = self.at_once(&devices, common, offsets)?;
            for device in open {
                let found = &found[device as usize];
                if found.iter().any(|found| self.counts(device, found)) {
                    evidence[device as usize].clone_from(found);
                }
            }
            open = self.open(evidence);
        }
        let sending = (0..self.devices.senders()).filter(|device| !self.devices.of(*device).is_empty()).count();
        let is_all = (sending - open.len()) * 5 < sending;
        if is_all {
            open = (0..self.devices.senders()).collect();
        }
        let taken = if is_all { HashSet::new() } else { self.taken(evidence) };
        let free = self.users.only(|user| !taken.contains(&user));
        for device in open {
            self.progress.check()?;
            evidence[device as usize] = self.moved_of(device, &free, &evidence[device as usize], offsets);
        }
        Ok(())
    }

    /// Devices with readings and without a candidate.
    fn open(&self, evidence: &[Vec<Found>]) -> Vec<u32> {
        let is_open = |(device, of): &(u32, &Vec<Found>)| {
            !self.devices.of(*device).is_empty() && !of.iter().any(|found| self.counts(*device, found))
        };
        (0..).zip(evidence).filter(is_open).map(|(device, _)| device).collect()
    }

    /// Users who are a candidate of some device.
    fn taken(&self, evidence: &[Vec<Found>]) -> HashSet<u32> {
        let candidates = |(device, of): (u32, &Vec<Found>)| {
            let found: Vec<u32> =
                of.iter().filter(|found| self.counts(device, found)).map(|found| found.user).collect();
            found
        };
        (0..).zip(evidence).flat_map(candidates).collect()
    }

    /// The offset that at least a quarter of some devices have with a candidate, if there is one.
    fn common_offset(
        &self,
        sample: &[u32],
        evidence: &[Vec<Found>],
        offsets: u64,
    ) -> Result<Option<i64>, CurationError> {
        let mut times = std::collections::BTreeMap::<i64, usize>::new();
        for device in sample {
            self.progress.check()?;
            let found = self.moved_of(*device, &self.users, &evidence[*device as usize], offsets);
            let of: BTreeSet<i64> =
                found.iter().filter(|found| self.counts(*device, found)).map(|found| found.offset_ms).collect();
            for offset in of {
                *times.entry(offset).or_default() += 1;
            }
        }
        let most = times.into_iter().max_by_key(|(_, times)| *times);
        Ok(most.filter(|(_, times)| *times >= 8 && *times * 4 >= sample.len()).map(|(offset, _)| offset))
    }

    /// Who shares instants with a device at any offset, together with who does as the clocks are.
    fn moved_of(&self, device: u32, users: &Instants, known: &[Found], offsets: u64) -> Vec<Found> {
        let instants = self.devices.of(device);
        let mut of: Vec<Found> = offsets::moved(instants, users, i64::from(self.rules.most_offset_ms))
            .into_iter()
            .map(|moved| {
                let at = |at: &i64| u64::from(self.users.busy(at.saturating_add(moved.offset_ms)));
                let busy = instants.iter().map(at).sum();
                Found { user: moved.user, shared: moved.shared, offset_ms: moved.offset_ms, busy, offsets }
            })
            .collect();
        let moved: HashSet<u32> = of.iter().map(|found| found.user).collect();
        of.extend(known.iter().filter(|found| !moved.contains(&found.user)));
        of.sort_by_key(|found| (std::cmp::Reverse(found.shared), found.offset_ms.abs(), found.user));
        of
    }

    /// Whether a user is a candidate: enough instants, enough of the device's, and not by chance.
    fn counts(&self, device: u32, found: &Found) -> bool {
        let instants = self.devices.of(device).len() as u64;
        found.shared >= self.rules.least_shared
            && u64::from(found.shared) * 1_000 >= instants * u64::from(self.rules.least_share_permille)
            && self.log10_chance(device, found) <= -f64::from(self.rules.chance_exponent)
    }

    /// The chance that any user shares so many at any offset that was tried. At an instant a stranger has a reading with
    /// the share of the other users who have one, and besides as often as their own pace makes them.
    fn log10_chance(&self, device: u32, found: &Found) -> f64 {
        let others = f64::from(self.users.senders().saturating_sub(1).max(1));
        let by_others = (found.busy.saturating_sub(u64::from(found.shared))) as f64 / others;
        let interval = self.users.interval(found.user).unwrap_or(self.grid).max(self.grid);
        let by_pace = self.devices.of(device).len() as f64 * self.grid as f64 / interval as f64;
        let tries = f64::from(self.users.senders().max(1)).log10() + (found.offsets as f64).log10();
        (log10_tail(found.shared, by_others + by_pace) + tries).min(0.0)
    }
}
