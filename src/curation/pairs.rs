//! The pairs that the machine-learning table makes of distances and motions, and whose motions they are.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::{Cell, Curation, CurationError, TableView, Trace};
use crate::domain::{Progress, Table};

/// A row of the machine-learning table: a distance, and a motion that the recipe joins with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// The row of the distance in the step trainer's landing table.
    pub row: u32,
    /// The instant of both, in milliseconds since 1970-01-01 00:00 UTC.
    pub at: i64,
    /// The distance; NaN where there is none.
    pub distance: f64,
    /// The e-mail address of whose phone recorded the motion: to look up a code, never for the screen.
    pub user: Arc<str>,
    /// The acceleration along x, y and z; NaN where there is none.
    pub motion: [f64; 3],
    /// Whose motion it is.
    pub whose: Whose,
}

/// Whose motion was paired with a distance, by the customer records that landed or by the inferred owners.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Whose {
    /// The device is this user's: their record carries its serial number, or they were inferred.
    Own,
    /// It is somebody else's.
    Foreign,
    /// Nobody knows whose it is.
    Unknown,
}

impl Curation {
    /// The rows of the machine-learning table that are made from rows of the step trainer's landing table, given by
    /// their numbers; in the order of that table.
    ///
    /// # Errors
    /// When there is no such row, when cancelled, or when the engine gives up.
    pub fn pairs(&self, rows: &[u32], progress: &Progress) -> Result<Vec<Pair>, CurationError> {
        let trace = self.trace(Table::MachineLearningCurated, rows, progress)?;
        let customers = self.view(Table::CustomerLanding);
        let owners = self.owners_of_devices(&customers, |_| true);
        Ok(trace.pairs(&owners))
    }

    /// Whose the wanted devices are: the inferred owners where the recipe goes by those, or else the customers whose
    /// records carry their serial numbers.
    pub fn owners_of_devices<'a>(&'a self, customers: &'a TableView, is_wanted: impl Fn(&str) -> bool) -> Owners<'a> {
        match self.owners() {
            None => Owners::new(customers, is_wanted),
            Some(findings) => {
                let assigned = findings.assigned().filter(|(serial, _)| is_wanted(serial));
                Owners(assigned.map(|(serial, user)| (&**serial, BTreeSet::from([&**user]))).collect())
            }
        }
    }
}

impl Trace {
    /// The rows of the machine-learning table that the chosen distances became, told apart by whose the devices are;
    /// nothing if another table was looked at.
    pub fn pairs(&self, owners: &Owners<'_>) -> Vec<Pair> {
        let names = ["serialnumber", "sensorreadingtime", "distancefromobject", "user", "x", "y", "z"];
        let columns = names.map(|name| self.left.position(name));
        let [Some(serial), Some(at), Some(distance), Some(user), Some(x), Some(y), Some(z)] = columns else {
            return vec![];
        };
        let text = |row, column| if let Cell::Text(text) = self.left.cell(row, column) { text } else { "" };
        let mut users = HashSet::<Arc<str>>::new();
        let mut pairs = vec![];
        for (row, &from) in self.from.iter().enumerate() {
            let Cell::Time(at) = self.left.cell(row, at) else { continue };
            let name = text(row, user);
            let user = users.get(name).cloned().unwrap_or_else(|| name.into());
            users.insert(user.clone());
            let whose = owners.whose(text(row, serial), name);
            let motion = [x, y, z].map(|column| self.left.cell(row, column).number());
            pairs.push(Pair { row: from, at, distance: self.left.cell(row, distance).number(), user, motion, whose });
        }
        pairs
    }
}

/// Which devices are whose.
#[derive(Clone, Debug, Default)]
pub struct Owners<'a>(HashMap<&'a str, BTreeSet<&'a str>>);

impl<'a> Owners<'a> {
    /// Looks through the customer records for the serial numbers that are wanted.
    pub fn new(customers: &'a TableView, is_wanted: impl Fn(&str) -> bool) -> Self {
        let mut owners = HashMap::<&str, BTreeSet<&str>>::new();
        let (Some(email), Some(serial)) = (customers.position("email"), customers.position("serialnumber")) else {
            return Self::default();
        };
        for row in 0..customers.rows() {
            if let (Cell::Text(email), Cell::Text(serial)) = (customers.cell(row, email), customers.cell(row, serial))
                && is_wanted(serial)
            {
                owners.entry(serial).or_default().insert(email);
            }
        }
        Self(owners)
    }

    /// The e-mail addresses of whose device it is, in their order: of several, if several records carry its number.
    pub fn of(&self, serial: &str) -> impl ExactSizeIterator<Item = &'a str> {
        static NOBODY: BTreeSet<&str> = BTreeSet::new();
        self.0.get(serial).unwrap_or(&NOBODY).iter().copied()
    }

    /// Whose motion it is that is paired with a distance of this device.
    pub fn whose(&self, serial: &str, user: &str) -> Whose {
        match self.0.get(serial) {
            None => Whose::Unknown,
            Some(owners) if owners.contains(user) => Whose::Own,
            Some(_) => Whose::Foreign,
        }
    }
}
