//! Withdrawals on polars lazy frames: whose rows go, and how many of a list landed at all.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use polars::prelude::*;

use crate::domain::{Dataset, Identity, Withdrawn};
use crate::landing::{Dictionaries, Dictionary, Landing};

const KEY: &str = "__withdrawn";
const PERSON: &str = "__person";
const DEVICE: &str = "__device";

/// What a list of withdrawn customers meets in a landing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Withdrawals {
    /// Entries of the list.
    pub listed: u64,
    /// Entries that stand in any record that landed; the others withdraw nobody, and may be mistyped.
    pub matched: u64,
    /// Different e-mail addresses of customer records that are withdrawn.
    pub customers: u64,
}

/// Counts how much of a list landed.
pub fn withdrawals(landing: &Landing, list: &Withdrawn) -> Withdrawals {
    if list.is_empty() {
        return Withdrawals::default();
    }
    let matched = met(landing, list).identities.len();
    let customers = withdrawn_people(landing, list).len() as u64;
    Withdrawals { listed: list.len() as u64, matched: matched as u64, customers }
}

/// For the entries of a list, whom that landed they stand for.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Met {
    pub list: Withdrawn,
    /// An e-mail address or serial number as it landed, by the entry that stands for it. Those that are missing meet nobody.
    pub identities: HashMap<String, String>,
    landed: HashSet<String>,
}

impl Met {
    /// Whether an entry stands for an e-mail address or serial number, as it landed.
    pub fn has(&self, identity: &str) -> bool {
        self.landed.contains(identity)
    }
}

/// It says who somebody is.
impl fmt::Debug for Met {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.list, f)
    }
}

/// Looks up whom the entries of a list stand for.
pub fn met(landing: &Landing, list: &Withdrawn) -> Met {
    let (mut identities, mut landed) = (HashMap::new(), HashSet::new());
    if !list.is_empty() {
        let mut entries: HashMap<String, Vec<&str>> = HashMap::new();
        list.entries().for_each(|entry| entries.entry(Withdrawn::folded(entry)).or_default().push(entry));
        for identity in landing.dictionaries().identities() {
            for entry in entries.get(&Withdrawn::folded(identity)).into_iter().flatten() {
                identities.insert((*entry).to_owned(), identity.to_owned());
                landed.insert(identity.to_owned());
            }
        }
    }
    Met { list: list.clone(), identities, landed }
}

/// The e-mail addresses of withdrawn customer records, as [`Withdrawn::folded`] makes them.
pub fn withdrawn_people(landing: &Landing, list: &Withdrawn) -> HashSet<String> {
    if list.is_empty() {
        return HashSet::new();
    }
    let listed: HashSet<String> = list.entries().map(Withdrawn::folded).collect();
    let customers = landing.frame(Dataset::Customer);
    let mut people = HashSet::new();
    if let (Ok(emails), Ok(serials)) = (customers.column("email"), customers.column("serialnumber"))
        && let (Ok(emails), Ok(serials)) = (emails.str(), serials.str())
    {
        for (email, serial) in emails.iter().zip(serials.iter()) {
            let email = email.map(Withdrawn::folded).unwrap_or_default();
            if listed.contains(&email) || serial.is_some_and(|serial| listed.contains(&Withdrawn::folded(serial))) {
                people.insert(email);
            }
        }
    }
    people
}

/// The rows whose `column` is not that of somebody who withdrew; see [`Identity`] for who that is.
pub fn drop(
    rows: LazyFrame,
    column: &str,
    identity: Identity,
    list: &Withdrawn,
    customers: LazyFrame,
    dictionaries: &Dictionaries,
) -> LazyFrame {
    let records = identities(customers, dictionaries);
    let gone = match identity {
        Identity::Person => persons(list, &records),
        Identity::Device => devices(list, &records, false),
        Identity::SharedDevice => devices(list, &records, true),
    };
    let dictionary = if identity == Identity::Person { &dictionaries.people } else { &dictionaries.devices };
    let rows = rows.with_columns([folded(column, dictionary).alias(KEY)]);
    matching(rows, KEY, gone, JoinType::Anti).drop(by_name([KEY], true, false))
}

/// The withdrawn persons, in [`KEY`].
fn persons(list: &Withdrawn, records: &LazyFrame) -> LazyFrame {
    let by_person = matching(records.clone(), PERSON, listed(list), JoinType::Semi);
    let by_device = matching(records.clone(), DEVICE, listed(list), JoinType::Semi);
    let of = |records: LazyFrame| records.select([col(PERSON).alias(KEY)]);
    together([listed(list), of(by_person), of(by_device)])
}

/// The withdrawn devices, in [`KEY`]; with `shared` also those that stand on records of others too.
fn devices(list: &Withdrawn, records: &LazyFrame, shared: bool) -> LazyFrame {
    let of = |how: JoinType| {
        let records = matching(records.clone(), PERSON, persons(list, records), how);
        records.select([col(DEVICE).alias(KEY)])
    };
    let theirs = of(JoinType::Semi);
    let theirs = if shared { theirs } else { matching(theirs, KEY, of(JoinType::Anti), JoinType::Anti) };
    together([listed(list), theirs])
}

/// Folded once, however often they are looked at.
fn identities(customers: LazyFrame, of: &Dictionaries) -> LazyFrame {
    let (person, device) = (folded("email", &of.people), folded("serialnumber", &of.devices));
    customers.select([person.alias(PERSON), device.alias(DEVICE)]).cache()
}

fn listed(list: &Withdrawn) -> LazyFrame {
    let entries: StringChunked = list.entries().map(|entry| Some(Withdrawn::folded(entry))).collect();
    let column = entries.with_name(KEY.into()).into_column();
    column.into_frame().lazy()
}

/// The rows whose `column` is among the keys of `others`, or is not.
fn matching(rows: LazyFrame, column: &str, others: LazyFrame, how: JoinType) -> LazyFrame {
    rows.join_builder()
        .with(others)
        .how(how)
        .left_on([col(column)])
        .right_on([col(KEY)])
        .maintain_order(MaintainOrderJoin::Left)
        .finish()
}

fn together<const N: usize>(frames: [LazyFrame; N]) -> LazyFrame {
    // These all have the one column. Were there none, the join on it would fail, and not let anybody through.
    concat(frames, UnionArgs::default()).unwrap_or_default()
}

/// A text as it is compared, of a column of numbers. Each different text is folded once.
fn folded(column: &str, dictionary: &Arc<Dictionary>) -> Expr {
    let dictionary = Arc::clone(dictionary);
    col(column).map(
        move |numbers| {
            let folded: StringChunked = dictionary.iter().map(|text| Some(Withdrawn::folded(text))).collect();
            let texts = folded.take(numbers.u32()?)?;
            Ok(texts.with_name(numbers.name().clone()).into_column())
        },
        |_, field| Ok(Field::new(field.name().clone(), DataType::String)),
    )
}
