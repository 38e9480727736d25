//! The codes that stand for the people and devices of a landing wherever they are shown.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::code::Codebook;
use crate::domain::{Code, Column, Privacy};
use crate::landing::Landing;

/// A code for every e-mail address and every serial number that landed, in whatever data set.
#[derive(Clone, Debug, Default)]
pub struct Codes {
    people: Codebook,
    devices: Codebook,
}

impl Codes {
    /// Looks through all columns that stand for a person or a device.
    pub fn new(landing: &Landing) -> Self {
        let all = landing.dictionaries();
        let (people, devices) =
            rayon::join(|| Codebook::new('C', all.people.iter()), || Codebook::new('D', all.devices.iter()));
        Self { people, devices }
    }

    /// The code of what stands in a column; none for a column that stands for nobody, or an identity that did not
    /// land.
    pub fn get(&self, column: &Column, identity: &str) -> Option<Code> {
        match column.privacy {
            Privacy::Person => self.person(identity),
            Privacy::Device => self.device(identity),
            Privacy::Open | Privacy::Personal => None,
        }
    }

    /// The code of an e-mail address that landed.
    pub fn person(&self, email: &str) -> Option<Code> {
        self.people.get(email)
    }

    /// All e-mail addresses and serial numbers that landed, in no order.
    pub fn identities(&self) -> impl Iterator<Item = &str> {
        self.people.identities().chain(self.devices.identities())
    }

    /// The e-mail addresses and serial numbers that have these codes.
    pub fn find(&self, wanted: &BTreeSet<Code>) -> BTreeMap<Code, &str> {
        let mut found = self.people.find(wanted);
        found.extend(self.devices.find(wanted));
        found
    }

    /// Whom a code stands for that was typed without its first letter, `td57` for `C·td57`. None where it is somebody's identity
    /// itself, or both a customer's and a device's.
    pub fn without_mark(&self, typed: &str) -> Option<&str> {
        if self.person(typed).or_else(|| self.device(typed)).is_some() {
            return None;
        }
        let both = ['C', 'D'].map(|mark| Code::typed(&format!("{mark}·{typed}")));
        let mut found = self.find(&both.into_iter().flatten().collect()).into_values();
        found.next().filter(|_| found.next().is_none())
    }

    /// A typed list of customers and devices, separated by commas: whom the codes in it stand for, as the screen shows them or as
    /// they are typed instead (`c-td57`, `td57`), and the rest of it as it was typed.
    ///
    /// # Errors
    /// The first code that nobody here has.
    pub fn resolved(&self, typed: &str) -> Result<(Vec<&str>, String), Code> {
        let (mut identities, mut rest) = (vec![], vec![]);
        for entry in typed.split(',') {
            match Code::typed(entry.trim()) {
                Some(code) => identities.push(self.find(&[code].into()).into_values().next().ok_or(code)?),
                None => match self.without_mark(entry.trim()) {
                    Some(identity) => identities.push(identity),
                    None => rest.push(entry),
                },
            }
        }
        Ok((identities, rest.join(",")))
    }

    /// The code of a serial number that landed.
    pub fn device(&self, serial: &str) -> Option<Code> {
        self.devices.get(serial)
    }
}
