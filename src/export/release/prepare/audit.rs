//! What of two sides hangs together, counted on the rows that leave and not on what was decided of them.

use std::collections::HashMap;

use super::super::split::SplitAudit;
use super::super::table::OutTable;
use super::super::windows::Windowed;
use super::Maker;
use crate::domain::Side;

impl Maker<'_> {
    /// Counts on the finished table what is on two sides.
    pub(super) fn audit(&self, table: &OutTable, windows: Option<&Windowed>) -> SplitAudit {
        let mut audit = SplitAudit { by_chance: self.equal.across(&self.numbered_sides()), ..SplitAudit::default() };
        let side_of = |place: u32| self.sides.of.get(place as usize).copied();
        let recordings = self.equal.same_recordings();
        let numbered = self.numbered_sides();
        let torn = |&&(one, other): &&(u32, u32)| numbered.get(one as usize) != numbered.get(other as usize);
        audit.recordings = recordings.iter().filter(torn).count() as u64;
        let (Some(side), Some(customer), Some(device)) =
            (table.source("split"), table.source("customer"), table.source("device"))
        else {
            return audit;
        };
        let named = |row: usize| side.text(row).and_then(side_by_name);
        let mut of_device: Vec<u8> = vec![0; self.known.1];
        let mut of_customer = HashMap::<&str, u8>::new();
        let mut of_instant: Vec<(u32, i64, u8)> = vec![];
        let mut last = None;
        for place in 0..table.rows {
            let row = table.row(place);
            let Some(side) = named(row) else { continue };
            let bit = 1 << side as u8;
            if let Some(sides) = of_device.get_mut(device.code(row) as usize) {
                *sides |= bit;
            }
            let key = (customer.code(row), self.at.get(row).unwrap_or_default(), bit);
            if last != Some(key) {
                last = Some(key);
                of_instant.push(key);
                let who = self.customer_ranks.pseudonyms.get(key.0 as usize).map_or("", String::as_str);
                *of_customer.entry(who).or_default() |= bit;
            }
        }
        let is_torn = |sides: &u8| sides.count_ones() > 1;
        audit.devices = of_device.iter().filter(|sides| is_torn(sides)).count() as u64;
        audit.customers = of_customer.values().filter(|sides| is_torn(sides)).count() as u64;
        of_instant.sort_unstable();
        of_instant.dedup();
        audit.instants =
            of_instant.windows(2).filter(|pair| (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1)).count() as u64;
        audit.windows = windows.map_or(0, |windows| windows.on_two_sides(table, &self.at, side_of));
        audit
    }

    /// The sides by number, as the equal rows have them.
    fn numbered_sides(&self) -> Vec<Side> {
        let places = self.customer_ranks.places.iter();
        places.filter_map(|&place| self.sides.of.get(place as usize).copied()).collect()
    }
}

fn side_by_name(name: &str) -> Option<Side> {
    Side::ALL.into_iter().find(|side| side.name() == name)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::super::key::Key;
    use super::super::super::split::{EqualRows, SideList};
    use super::super::super::table::Source;
    use super::super::super::windows::cut;
    use super::*;
    use crate::curation::{Curation, curate};
    use crate::domain::{JoinRule, Packaging, Progress, Recipe, Windows};
    use crate::landing::{Source as Landed, read};

    /// The sample by owner, parted in halves.
    fn curated() -> Curation {
        let checkout = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| ".".into(), std::path::PathBuf::from);
        let progress = Progress::default();
        let landing = read(&Landed::Folder(checkout.join("sample_data")), &progress).unwrap();
        curate(&landing, &Recipe { join: JoinRule::Owner, ..Recipe::default() }, &progress).unwrap()
    }

    /// The table with some rows, by number, said to be on another side.
    fn torn(table: &OutTable, is_moved: impl Fn(usize) -> bool) -> OutTable {
        let side = table.source("split").unwrap();
        let name = |row: usize| side.text(row).and_then(side_by_name).unwrap();
        let other = |side: Side| if side == Side::Test { Side::Train } else { Side::Test };
        let moved = |row: usize| if is_moved(row) { other(name(row)) } else { name(row) };
        let codes: Arc<[u32]> = (0..table.rows).map(|row| moved(row) as u32).collect();
        let mut table = table.clone();
        table.columns[0].source = Source::word(&codes, ["test", "train", "validation"]);
        table
    }

    #[test]
    fn the_audit_counts_every_leak_that_is_made() {
        let curation = curated();
        let halves = crate::domain::Split { test_permille: 500, validation_permille: 0, ..Default::default() };
        let windows = Some(Windows { instants: 2, stride: 1, gap_ms: None });
        let packaging = Packaging { split: Some(halves), windows, ..Packaging::default() };
        let key = Key::from_bytes([1; 32]);
        let progress = Progress::default();
        let mut maker = Maker::new(&curation, &packaging, &key).unwrap();
        maker.split(&SideList::default(), &progress).unwrap();
        maker.rank();
        let table = maker.learning();
        let cut = cut(&table, packaging.windows.as_ref().unwrap(), &packaging, &progress).unwrap();
        assert_eq!(table.columns[0].name, "split");
        assert!(maker.audit(&table, Some(&cut)).is_clean());
        // One row of an instant with several is said to be on the other side.
        let row = (0..table.rows - 1).map(|place| (table.row(place), table.row(place + 1)));
        let is_one = |(one, other): &(usize, usize)| {
            maker.at.get(*one) == maker.at.get(*other) && maker.customer[*one] == maker.customer[*other]
        };
        let (row, _) = row.into_iter().find(is_one).unwrap();
        let audit = maker.audit(&torn(&table, |other| other == row), Some(&cut));
        assert_eq!((audit.customers, audit.devices, audit.instants), (1, 1, 1));
        assert!(!audit.is_clean());
        // A whole instant: the customer is on two sides, and no instant is.
        let (at, who) = (maker.at.get(row), maker.customer[row]);
        let audit = maker.audit(&torn(&table, |row| (maker.at.get(row), maker.customer[row]) == (at, who)), Some(&cut));
        assert_eq!((audit.customers, audit.devices, audit.instants), (1, 1, 0));
        // Two customers get one recording, and stay on two sides.
        let (test, train) = (maker.sides.of.iter().position(|side| *side == Side::Test).unwrap(), maker.known.0 - 1);
        assert_eq!(maker.sides.of[train], Side::Train);
        let number =
            |place: usize| maker.customer_ranks.places.iter().position(|of| *of as usize == place).unwrap() as u32;
        let twins = [number(test), number(train)];
        let rows: Vec<(u32, u64)> = (0..6).map(|row| (twins[row % 2], row as u64 / 2)).collect();
        let (customers, hashes): (Vec<u32>, Vec<u64>) = rows.into_iter().unzip();
        maker.equal = EqualRows::new(&customers, hashes);
        let audit = maker.audit(&table, Some(&cut));
        assert_eq!((audit.recordings, audit.by_chance, audit.is_clean()), (1, 3, false));
    }
}
