//! Trusted and curated tables as they leave.

use std::collections::HashMap;
use std::sync::Arc;

use polars::prelude::*;

use super::super::ReleaseError;
use super::super::parties::{NOBODY, Parties, Ranked};
use super::super::table::{OutColumn, OutTable, Source};
use super::{Maker, as_it_is};
use crate::domain::packaging::{ELAPSED, leaves_as_it_is};
use crate::domain::{Kind, Privacy, Purpose, Table, TimeRelease};

impl Maker<'_> {
    /// A trusted or curated table: identities as pseudonyms, consents as yes or no, what is open as it is, and nothing else.
    pub(super) fn zone(&self, table: Table) -> Result<OutTable, ReleaseError> {
        let mut frame = self.curation.frame(table).clone();
        frame.rechunk_mut();
        let time = self.packaging.time;
        let is_of_customers = matches!(table, Table::CustomerTrusted | Table::CustomerCurated);
        let mut parties = Parties::default();
        let mut codes: Option<(Privacy, Arc<[u32]>, Ranked)> = None;
        let mut columns = vec![];
        for column in table.schema().iter().filter(|column| matches!(column.privacy, Privacy::Person | Privacy::Device))
        {
            let values = frame.column(column.name)?.str()?.clone();
            let is_person = column.privacy == Privacy::Person;
            let mut of = Parties::default();
            let pseudonym =
                |identity: &str| if is_person { self.key.customer(identity) } else { self.key.device(identity) };
            let numbers = of.number(&values, pseudonym);
            let ranks = of.ranked(|_| ());
            let places: Arc<[u32]> = ranks.apply(numbers).into();
            let name = if is_person { "customer" } else { "device" };
            columns.push(OutColumn { name, kind: Kind::Text, source: Source::word(&places, &ranks.pseudonyms) });
            if is_person || codes.is_none() {
                codes = Some((column.privacy, places, ranks));
                parties = of;
            }
        }
        columns.sort_by_key(|column| column.name);
        let Some((privacy, codes, ranks)) = codes else { return Ok(OutTable::sorted(table.name(), columns, 0)) };
        for column in table.schema().iter().filter(|column| column.privacy == Privacy::Open) {
            if let Some(purpose) = Purpose::of_column(column.name) {
                let given = frame.column(column.name)?.i64()?.is_not_null();
                let flags =
                    Int64Chunked::from_iter_values("".into(), given.iter().map(|is| i64::from(is == Some(true))));
                columns.push(OutColumn { name: agreed(purpose), kind: Kind::Integer, source: Source::Integer(flags) });
            }
            if leaves_as_it_is(column, time) {
                let source = as_it_is(&frame, column.name, column.kind);
                columns.push(OutColumn { name: column.name, kind: column.kind, source });
            } else if column.kind == Kind::Time && !(is_of_customers && time == TimeRelease::Elapsed) {
                let at = frame.column(column.name)?.i64()?.clone();
                let origins = self.origins(privacy, &at, &codes, &ranks, &parties);
                let (name, kind) =
                    if time == TimeRelease::Elapsed { (ELAPSED, Kind::Integer) } else { (column.name, column.kind) };
                columns.push(OutColumn {
                    name,
                    kind,
                    source: Source::Since { at, codes: Arc::clone(&codes), origins },
                });
            }
        }
        Ok(OutTable::sorted(table.name(), columns, frame.height()))
    }

    /// What is taken from the instants of each party of a zone table, so that they fit those of the machine-learning table.
    fn origins(
        &self,
        privacy: Privacy,
        at: &Int64Chunked,
        codes: &[u32],
        ranks: &Ranked,
        parties: &Parties,
    ) -> Arc<[i64]> {
        let is_person = privacy == Privacy::Person;
        // The number of each party of this table in the machine-learning table.
        let known = if is_person { &self.customer_ranks } else { &self.device_ranks };
        let by_name: HashMap<&str, usize> =
            known.pseudonyms.iter().enumerate().map(|(place, name)| (name.as_str(), place)).collect();
        if self.packaging.time == TimeRelease::Shifted {
            let mut owners = vec![NOBODY; self.known.1];
            self.device.iter().zip(self.customer.iter()).for_each(|(&device, &customer)| {
                owners[device as usize] = owners[device as usize].min(customer);
            });
            let people = self.identities();
            let mut origins = vec![0; ranks.pseudonyms.len()];
            for (number, identity) in parties.identities().iter().enumerate() {
                let place = ranks.places[number] as usize;
                let owner = by_name.get(ranks.pseudonyms[place].as_str()).and_then(|&known| owners.get(known));
                let of_owner = owner.and_then(|&owner| people.get(owner as usize)).filter(|_| !is_person);
                origins[place] = -self.key.shift(of_owner.unwrap_or(identity));
            }
            return origins.into();
        }
        let of_known = if is_person {
            let of_devices = self.first(&self.device, self.known.1);
            let mut first = vec![i64::MAX; self.known.0];
            for (&customer, &device) in self.customer.iter().zip(self.device.iter()) {
                let first = &mut first[customer as usize];
                *first = (*first).min(of_devices[device as usize]);
            }
            first
        } else {
            self.first(&self.device, self.known.1)
        };
        let mut own = vec![i64::MAX; ranks.pseudonyms.len()];
        for (code, at) in codes.iter().zip(at.iter()) {
            if let (Some(own), Some(at)) = (own.get_mut(*code as usize), at) {
                *own = (*own).min(at);
            }
        }
        let known = |place: usize| by_name.get(ranks.pseudonyms[place].as_str()).map(|&known| of_known[known]);
        own.iter().enumerate().map(|(place, &own)| known(place).filter(|&at| at != i64::MAX).unwrap_or(own)).collect()
    }
}

/// What a consent is called where its date stays behind.
fn agreed(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Research => "shares_with_research",
        Purpose::Public => "shares_with_public",
        Purpose::Friends => "shares_with_friends",
    }
}
