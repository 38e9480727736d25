//! What an attacker could do with an export: each attack is carried out on what will leave, and its figure told.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256, Sha512};

use super::ReleaseError;
use super::parties::{NOBODY, Parties};
use super::prepare::Prepared;
use super::table::{OutTable, Source};
use crate::domain::format::hexadecimal;
use crate::domain::format::{counted, thousands};
use crate::domain::packaging::ELAPSED;
use crate::domain::{Dataset, Progress, Side, Table, TimeRelease};
use crate::landing::Landing;

/// One attack, and how far it got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attack {
    /// Its name.
    pub id: String,
    /// What the attacker has, and does.
    pub title: String,
    /// How many were found out.
    pub found: u64,
    /// Of how many.
    pub of: u64,
    /// What came of it, as a sentence.
    pub words: String,
}

/// Devices that the costly attack is tried on: the first by their pseudonyms, which are as good as drawn by lot.
const MOST_TRIED: usize = 1_000;

/// Carries out all attacks. Progress counts attacks.
///
/// # Errors
/// When cancelled, or when a table lacks a column.
pub(super) fn attacks(
    prepared: &Prepared,
    landing: &Landing,
    progress: &Progress,
) -> Result<Vec<Attack>, ReleaseError> {
    type Try = fn(&Prepared, &OutTable, &Landing) -> Result<Attack, ReleaseError>;
    const ALL: [Try; 5] = [dictionary, known_instant, landing_files, smallest_group, known_side];
    progress.set_total(ALL.len() as u64);
    let Some(table) = learning(prepared) else { return Ok(vec![]) };
    let mut attacks = vec![];
    for attack in ALL {
        progress.check()?;
        attacks.push(attack(prepared, table, landing)?);
        progress.advance(1);
    }
    Ok(attacks)
}

fn learning(prepared: &Prepared) -> Option<&OutTable> {
    prepared.tables.iter().find(|(table, _)| *table == Table::MachineLearningCurated).map(|(_, table)| table)
}

/// Every e-mail address and serial number that landed is hashed in the usual ways, to find the pseudonyms.
fn dictionary(prepared: &Prepared, _: &OutTable, landing: &Landing) -> Result<Attack, ReleaseError> {
    let pseudonyms: HashSet<&str> =
        prepared.customers.pseudonyms.iter().chain(&prepared.raw.devices).map(|name| &name[2..]).collect();
    let key_id = prepared.key.id();
    let candidates: HashSet<String> = landing.dictionaries().identities().map(str::to_owned).collect();
    let keys: [&[u8]; 4] = [b"", b"key", b"stedi", key_id.as_bytes()];
    let guesses = |candidate: &String| {
        let lower = candidate.to_lowercase();
        let mut texts = vec![format!("customer:{lower}"), format!("device:{lower}"), candidate.clone()];
        texts.extend((lower != *candidate).then_some(lower));
        let mut hashes = vec![];
        for text in texts {
            hashes
                .extend([hexadecimal(&Sha256::digest(text.as_bytes())), hexadecimal(&Sha512::digest(text.as_bytes()))]);
            for key in keys {
                if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) {
                    mac.update(text.as_bytes());
                    hashes.push(hexadecimal(&mac.finalize().into_bytes()));
                }
            }
        }
        hashes.retain(|hash| pseudonyms.contains(&hash[..32]));
        hashes
    };
    let found: HashSet<String> = candidates.par_iter().flat_map_iter(guesses).collect();
    let (found, of) = (found.len() as u64, pseudonyms.len() as u64);
    let words = format!(
        "{} and serial numbers, hashed without a key and with guessed ones, undo {} of {} pseudonyms.",
        counted(candidates.len() as u64, "e-mail address").replace("addresss", "addresses"),
        thousands(found),
        thousands(of)
    );
    Ok(attack("dictionary", "has a list of all e-mail addresses and serial numbers, and hashes them", found, of, words))
}

/// Somebody saw a customer walk, to the millisecond.
fn known_instant(prepared: &Prepared, table: &OutTable, _: &Landing) -> Result<Attack, ReleaseError> {
    let time = [ELAPSED, "sensorreadingtime"].into_iter().find_map(|name| table.source(name));
    let raw = &prepared.raw;
    let mut whose = HashMap::<i64, u32>::new();
    let mut is_out = vec![false; prepared.customers.pseudonyms.len()];
    for row in 0..table.rows {
        let (Some(at), customer) = (raw.at.get(row), raw.customer[row]) else { continue };
        whose
            .entry(at)
            .and_modify(|before| {
                if *before != customer {
                    *before = NOBODY;
                }
            })
            .or_insert(customer);
    }
    if let Some(time) = time {
        for row in 0..table.rows {
            let (Some(at), Some(left)) = (raw.at.get(row), time.integer(row)) else { continue };
            let customer = raw.customer[row];
            if at == left
                && whose.get(&at) == Some(&customer)
                && let Some(is_out) = is_out.get_mut(customer as usize)
            {
                *is_out = true;
            }
        }
    }
    let (found, of) = (is_out.iter().filter(|is| **is).count() as u64, is_out.len() as u64);
    let words = match prepared.packaging.time {
        TimeRelease::Raw => {
            format!("One instant is enough to find {} of {} customers.", thousands(found), thousands(of))
        }
        TimeRelease::Elapsed | TimeRelease::Shifted => {
            format!(
                "The time that leaves says nothing of when: {} of {} customers are found.",
                thousands(found),
                thousands(of)
            )
        }
    };
    Ok(attack("known-instant", "knows the instant of one reading of somebody, and looks for it", found, of, words))
}

/// Somebody has the landing files and looks for the same intervals and distances.
fn landing_files(prepared: &Prepared, table: &OutTable, landing: &Landing) -> Result<Attack, ReleaseError> {
    let landed = landing.frame(Dataset::StepTrainer);
    let mut serials = Parties::default();
    let codes = serials.number(&landed.column("serialnumber")?.str()?.rechunk(), str::to_owned);
    let at = landed.column("sensorreadingtime")?.i64()?.rechunk().into_owned();
    let distances = landed.column("distancefromobject")?.i64()?.rechunk().into_owned();
    let has_distance = table.source("distancefromobject").is_some();
    let mut rows: Vec<(u32, i64, i64)> = codes
        .iter()
        .enumerate()
        .map(|(row, &code)| (code, at.get(row).unwrap_or_default(), distances.get(row).unwrap_or_default()))
        .collect();
    rows.sort_unstable();
    rows.dedup_by_key(|row| (row.0, row.1));
    let mut seen = HashMap::<Print, u32>::new();
    for device in rows.chunk_by(|a, b| a.0 == b.0) {
        let readings: Vec<(i64, i64)> = device.iter().map(|row| (row.1, row.2)).collect();
        for print in prints(&readings, has_distance) {
            seen.entry(print)
                .and_modify(|code| {
                    if *code != device[0].0 {
                        *code = NOBODY;
                    }
                })
                .or_insert(device[0].0);
        }
    }
    let time = [ELAPSED, "sensorreadingtime"].into_iter().find_map(|name| table.source(name));
    let distance = table.source("distancefromobject");
    let mut left = BTreeMap::<u32, Vec<(i64, i64)>>::new();
    let mut truth = BTreeMap::<u32, usize>::new();
    for row in 0..table.rows {
        let device = prepared.raw.device[row];
        if device as usize >= MOST_TRIED {
            continue;
        }
        let value = |source: Option<&Source>| source.and_then(|source| source.integer(row)).unwrap_or_default();
        left.entry(device).or_default().push((value(time), value(distance)));
        truth.insert(device, row);
    }
    let mut found = 0;
    for (device, readings) in &mut left {
        readings.sort_unstable();
        readings.dedup_by_key(|reading| reading.0);
        let mut votes = HashMap::<u32, u32>::new();
        for print in prints(readings, has_distance) {
            if let Some(&code) = seen.get(&print).filter(|code| **code != NOBODY) {
                *votes.entry(code).or_default() += 1;
            }
        }
        let best = votes.values().max().copied().unwrap_or(0);
        let mut winners = votes.iter().filter(|(_, count)| **count == best);
        let is_theirs = |code: u32| {
            let serial = truth.get(device).and_then(|&row| prepared.raw.serials.get(row));
            serials.identities().get(code as usize).map(String::as_str)
                == serial.map(crate::domain::Withdrawn::folded).as_deref()
        };
        if let (Some((&code, _)), None) = (winners.next(), winners.next())
            && is_theirs(code)
        {
            found += 1;
        }
    }
    let of = left.len() as u64;
    let tried = if prepared.raw.devices.len() > MOST_TRIED { " that were tried" } else { "" };
    let mut words = format!(
        "Intervals and distances find {} of {} devices{tried} in the landing files.",
        thousands(found),
        thousands(of)
    );
    if found > 0 {
        words += " Keep those apart from this export: no pseudonym hides a recording from who has the recording.";
    }
    Ok(attack("landing-files", "has the landing files, and looks for equal intervals and distances", found, of, words))
}

/// What tells two recordings apart: two intervals, and the distances at their ends.
type Print = [i64; 5];

fn prints(readings: &[(i64, i64)], has_distance: bool) -> impl Iterator<Item = Print> {
    let distance = move |reading: (i64, i64)| if has_distance { reading.1 } else { 0 };
    readings.windows(3).map(move |three| {
        let intervals = [three[1].0.wrapping_sub(three[0].0), three[2].0.wrapping_sub(three[1].0)];
        [intervals[0], intervals[1], distance(three[0]), distance(three[1]), distance(three[2])]
    })
}

/// Who is alone with what could be known of them: how many readings, how long, and what the customer tables say.
fn smallest_group(prepared: &Prepared, table: &OutTable, _: &Landing) -> Result<Attack, ReleaseError> {
    let customers = prepared.customers.pseudonyms.len();
    let mut known: Vec<String> = vec![String::new(); customers];
    let mut spans = vec![(i64::MAX, i64::MIN); customers];
    for row in 0..table.rows {
        if let (Some(span), Some(at)) = (spans.get_mut(prepared.raw.customer[row] as usize), prepared.raw.at.get(row)) {
            *span = (span.0.min(at), span.1.max(at));
        }
    }
    let mut names = vec!["length of the recording to ten seconds"];
    for (known, span) in known.iter_mut().zip(&spans) {
        let _ = write!(known, "{}|", span.1.saturating_sub(span.0) / 10_000);
        if prepared.packaging.time == TimeRelease::Raw {
            let _ = write!(known, "{}|", span.0.div_euclid(86_400_000));
        }
    }
    if prepared.packaging.time == TimeRelease::Raw {
        names.push("day of the recording");
    }
    let by_name: HashMap<&str, usize> =
        prepared.customers.pseudonyms.iter().enumerate().map(|(place, name)| (name.as_str(), place)).collect();
    for (_, zone) in prepared.tables.iter().filter(|(table, _)| matches!(table, Table::CustomerTrusted)) {
        names.push("consents and dates of the customer tables");
        let Some(customer) = zone.source("customer") else { continue };
        for row in 0..zone.rows {
            let Some(&place) = customer.text(row).and_then(|name| by_name.get(name)) else { continue };
            for column in &zone.columns {
                if let Some(value) = column.source.integer(row) {
                    let _ = write!(known[place], "{}={value}|", column.name);
                }
            }
        }
    }
    let mut groups = HashMap::<&str, u64>::new();
    known.iter().for_each(|known| *groups.entry(known).or_default() += 1);
    let alone = groups.values().filter(|size| **size == 1).count() as u64;
    let k = groups.values().min().copied().unwrap_or(0);
    let words = format!(
        "k = {}: by {} the smallest group has {}; {} of {} are alone.",
        thousands(k),
        names.join(", "),
        counted(k, "customer"),
        thousands(alone),
        thousands(customers as u64)
    );
    Ok(attack(
        "smallest-group",
        "knows what could be known of somebody, and counts who fits",
        alone,
        customers as u64,
        words,
    ))
}

/// The side of anybody can be worked out from the e-mail address and the seed, which narrows whom a pseudonym may be.
fn known_side(prepared: &Prepared, table: &OutTable, _: &Landing) -> Result<Attack, ReleaseError> {
    let of = prepared.customers.pseudonyms.len() as u64;
    let title = "has a list of all e-mail addresses, and works out who is in which split";
    if table.source("split").is_none() {
        return Ok(attack("known-side", title, 0, of, "There are no splits.".to_owned()));
    }
    let size = |side: Side| prepared.sides.of.iter().filter(|of| **of == side).count() as u64;
    let sizes: Vec<u64> = Side::ALL.into_iter().map(size).filter(|size| *size > 0).collect();
    let smallest = sizes.iter().min().copied().unwrap_or(0);
    let found = sizes.iter().filter(|size| **size == 1).count() as u64;
    let words = format!(
        "A pseudonym of the smallest split can be any of {} instead of {}; {} found.",
        counted(smallest, "customer"),
        thousands(of),
        match found {
            0 => "nobody is".to_owned(),
            1 => "1 customer is".to_owned(),
            _ => format!("{} are", counted(found, "customer")),
        }
    );
    Ok(attack("known-side", title, found, of, words))
}

fn attack(id: &str, title: &str, found: u64, of: u64, words: String) -> Attack {
    Attack { id: id.to_owned(), title: title.to_owned(), found, of, words }
}
