//! One customer or one device, everywhere: what it means for each table.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::query::{Filter, Test};
use crate::curation::{Cell, TableView};
use crate::domain::{Column, Dataset, Privacy};
use crate::landing::Landing;

/// Whom the tables are narrowed to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Follow {
    /// The customer with this e-mail address.
    Person(String),
    /// The device with this serial number.
    Device(String),
}

impl Follow {
    /// Whom a cell of this column stands for.
    pub fn of(column: &Column, cell: Cell<'_>) -> Option<Self> {
        let text = cell.text()?;
        match column.privacy {
            Privacy::Person => Some(Self::Person(text.to_owned())),
            Privacy::Device => Some(Self::Device(text.to_owned())),
            Privacy::Open | Privacy::Personal => None,
        }
    }

    /// The filter that narrows a table with these columns. A customer and a device belong together where a customer
    /// record that landed says so; a table with both columns is narrowed by the one that was chosen, and the
    /// machine-learning table, whose rows are readings of a device, by the device.
    pub fn filter<'a>(&self, columns: impl Iterator<Item = &'a Column> + Clone, landing: &Landing) -> Option<Filter> {
        let find = |privacy| columns.clone().find(|column| column.privacy == privacy).map(|column| column.name);
        let is_customer = columns.clone().any(|column| column.consent);
        let (person, device) = (find(Privacy::Person), find(Privacy::Device));
        let only = |column, texts: BTreeSet<String>| Filter { column, test: Test::OneOf(texts), on: true };
        match (self, person, device) {
            (Self::Person(email), Some(person), device) if is_customer || device.is_none() => {
                Some(only(person, BTreeSet::from([email.clone()])))
            }
            (Self::Person(email), _, Some(device)) => {
                Some(only(device, partners(landing, "email", email, "serialnumber")))
            }
            (Self::Device(serial), _, Some(device)) => Some(only(device, BTreeSet::from([serial.clone()]))),
            (Self::Device(serial), Some(person), None) => {
                Some(only(person, partners(landing, "serialnumber", serial, "email")))
            }
            (Self::Person(_), Some(_) | None, None) | (Self::Device(_), None, None) => None,
        }
    }

    /// The e-mail addresses that customer records put them down for.
    pub fn people(&self, landing: &Landing) -> BTreeSet<String> {
        match self {
            Self::Person(email) => BTreeSet::from([email.clone()]),
            Self::Device(serial) => partners(landing, "serialnumber", serial, "email"),
        }
    }

    /// The rows of a table that are theirs, by their numbers; none of a table that says nothing of people and devices.
    pub fn rows(&self, view: &TableView, landing: &Landing) -> Vec<u32> {
        let Some(Filter { column, test: Test::OneOf(theirs), .. }) = self.filter(view.columns(), landing) else {
            return vec![];
        };
        let Some(column) = view.position(column) else { return vec![] };
        let is_theirs =
            |&row: &u32| matches!(view.cell(row as usize, column), Cell::Text(text) if theirs.contains(text));
        (0..view.rows() as u32).filter(is_theirs).collect()
    }
}

/// What customer records say in one column where they say `text` in another.
fn partners(landing: &Landing, by: &str, text: &str, wanted: &str) -> BTreeSet<String> {
    let view = TableView::landed(landing, Dataset::Customer);
    let (Some(by), Some(wanted)) = (view.position(by), view.position(wanted)) else { return BTreeSet::new() };
    (0..view.rows())
        .filter(|&row| view.cell(row, by) == Cell::Text(text))
        .filter_map(|row| if let Cell::Text(text) = view.cell(row, wanted) { Some(text.to_owned()) } else { None })
        .collect()
}
