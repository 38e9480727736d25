//! The customers and devices of an export: who they are inside, what stands for them outside.

use std::collections::{BTreeMap, HashMap};

use polars::prelude::{DataFrame, StringChunked};

use super::key::Key;

/// The code of nobody: a null in the column.
pub(super) const NOBODY: u32 = u32::MAX;

/// Different identities of one kind, numbered, each with what stands for it outside. Two that differ in case or in white
/// space only are one.
#[derive(Clone, Debug, Default)]
pub(super) struct Parties {
    numbers: HashMap<String, u32>,
    by_pseudonym: HashMap<String, u32>,
    pseudonyms: Vec<String>,
    /// One of the identities behind each pseudonym, lower case.
    identities: Vec<String>,
}

impl Parties {
    /// The numbers of the identities in a column, row by row; new ones for those that were not there before.
    pub fn number(&mut self, column: &StringChunked, pseudonym: impl Fn(&str) -> String) -> Vec<u32> {
        let mut codes = Vec::with_capacity(column.len());
        // Rows of one identity mostly stand together.
        let mut last: Option<(&str, u32)> = None;
        for identity in column.iter() {
            let Some(identity) = identity else {
                codes.push(NOBODY);
                continue;
            };
            let code = match last {
                Some((before, code)) if before == identity => code,
                _ => self.add(identity, &pseudonym),
            };
            last = Some((identity, code));
            codes.push(code);
        }
        codes
    }

    fn add(&mut self, identity: &str, pseudonym: impl Fn(&str) -> String) -> u32 {
        if let Some(number) = self.numbers.get(identity) {
            return *number;
        }
        let name = pseudonym(identity);
        let number = *self.by_pseudonym.entry(name.clone()).or_insert_with(|| {
            self.pseudonyms.push(name);
            self.identities.push(crate::domain::Withdrawn::folded(identity));
            self.pseudonyms.len() as u32 - 1
        });
        self.numbers.insert(identity.to_owned(), number);
        number
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.pseudonyms.len()
    }

    /// What stands for each, by its number.
    pub fn pseudonyms(&self) -> &[String] {
        &self.pseudonyms
    }

    /// Who each is, by its number.
    pub fn identities(&self) -> &[String] {
        &self.identities
    }

    /// The numbers in a given order of `rank` and then of their pseudonyms; gives for each number its new one.
    pub fn ranked<R: Ord>(&self, rank: impl Fn(u32) -> R) -> Ranked {
        let mut order: Vec<u32> = (0..self.len() as u32).collect();
        order.sort_by_cached_key(|&number| (rank(number), self.pseudonyms[number as usize].clone()));
        let mut places = vec![0; order.len()];
        order.iter().enumerate().for_each(|(place, &number)| places[number as usize] = place as u32);
        let pseudonyms = order.iter().map(|&number| self.pseudonyms[number as usize].clone()).collect();
        Ranked { pseudonyms, places }
    }
}

/// Parties in the order of their rows.
#[derive(Clone, Debug)]
pub(super) struct Ranked {
    /// What stands for each, by its place.
    pub pseudonyms: Vec<String>,
    /// The place of each number.
    pub places: Vec<u32>,
}

impl Ranked {
    /// Numbers as places.
    pub fn apply(&self, mut codes: Vec<u32>) -> Vec<u32> {
        for code in codes.iter_mut().filter(|code| **code != NOBODY) {
            *code = self.places[*code as usize];
        }
        codes
    }
}

/// Which purposes each customer agreed to, by pseudonym, as three letters `r`, `p`, `f` or dots.
pub(super) fn consents(customers: &DataFrame, key: &Key) -> BTreeMap<String, [bool; 3]> {
    let text = |name: &str| customers.column(name).ok().and_then(|column| column.str().ok().cloned());
    let given = |name: &str| customers.column(name).ok().and_then(|column| column.i64().ok().cloned());
    let purposes = crate::domain::Purpose::ALL.map(|purpose| given(purpose.column()));
    let mut found = BTreeMap::<String, [bool; 3]>::new();
    let Some(emails) = text("email") else { return found };
    for (row, email) in emails.iter().enumerate() {
        let Some(email) = email else { continue };
        let of = found.entry(key.customer(email)).or_default();
        for (is_given, column) in of.iter_mut().zip(&purposes) {
            *is_given |= column.as_ref().is_some_and(|column| column.get(row).is_some());
        }
    }
    found
}
