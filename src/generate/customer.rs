//! One customer: the record, the device that belongs to it, and what goes wrong with the record.

use super::defects::{Defect, Defects};
use super::names;
use super::random::{Dice, Subject};
use super::session::{Pace, Sends, Session};

/// How many serial numbers the fulfilment defect hands out again and again.
pub(super) const REUSED: u64 = 30;

/// For research, for the public, for friends: how many of a million agree.
const CONSENT_MILLIONTHS: [u32; 3] = [504_000, 514_000, 531_000];

/// So many of a million customers come back after the session and change their record.
const LATE_MILLIONTHS: u32 = 45_000;

/// So many of a million consents of somebody who came back were only given then.
const GIVEN_LATE_MILLIONTHS: u32 = 800_000;

/// A customer registers so long after the start of the session; before it, if negative.
const REGISTRATION_MS: (i64, i64) = (-11_000, 40_000);

/// The number of a device, a random UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Serial(pub [u8; 16]);

/// What the record says about one kind of sharing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Consent {
    /// Agreed at this instant, in epoch milliseconds.
    Given(i64),
    /// The key is not there.
    Absent,
    /// `""`, defective.
    Blank,
    /// `null`, defective.
    Null,
    /// `0`, defective.
    Zero,
}

/// A customer's record.
#[derive(Clone, Debug)]
pub(super) struct Customer {
    pub name: (&'static str, &'static str),
    pub email: String,
    pub phone: u64,
    pub phone_as_number: bool,
    /// Year, month, day.
    pub birthday: (u32, u32, u32),
    pub serial: Option<Serial>,
    pub registration_ms: i64,
    pub update_ms: i64,
    /// For research, for the public, for friends.
    pub consents: [Consent; 3],
}

/// All that is delivered of one customer.
#[derive(Clone, Debug)]
pub(super) struct Household {
    pub customer: Customer,
    pub session: Session,
    /// Sessions of users and devices that have no record.
    pub strangers: Vec<Session>,
}

/// What households are made from: the same for all of a generation.
#[derive(Clone, Debug)]
pub(super) struct Source<'a> {
    seed: u64,
    defects: &'a Defects,
    reused: Vec<Serial>,
}

impl Serial {
    fn draw(dice: &mut Dice) -> Self {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&dice.bits().to_be_bytes());
        bytes[8..].copy_from_slice(&dice.bits().to_be_bytes());
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Self(bytes)
    }
}

impl<'a> Source<'a> {
    /// A source of customers; the serial numbers that are used again are those of its first 30 devices, so that
    /// the wrong number on a record is the right one of somebody else's device.
    pub(super) fn new(seed: u64, defects: &'a Defects, customers: u64) -> Self {
        let serial = |index| Serial::draw(&mut Dice::new(seed, Subject::Customer, index));
        let reused = (0..customers.min(REUSED)).map(serial).collect();
        Self { seed, defects, reused }
    }

    /// The `index`-th customer with everything that is delivered.
    pub(super) fn household(&self, index: u64) -> Household {
        let mut dice = Dice::new(self.seed, Subject::Customer, index);
        let serial = Serial::draw(&mut dice);
        let pace = Pace::draw(&mut dice, index);
        let customer = Customer::draw(&mut dice, self.seed, index, serial, pace);
        let session = Session::draw(&mut dice, pace, customer.email.clone(), serial);
        let mut household = Household { customer, session, strangers: Vec::new() };
        self.spoil(&mut household, index);
        household
    }

    /// Puts the defects in. Every draw is made whether its defect was asked for or not: so one defect does not
    /// change what another does.
    fn spoil(&self, household: &mut Household, index: u64) {
        let mut dice = Dice::new(self.seed, Subject::Defects, index);
        let mut hits = |defect| dice.hits(self.defects.millionths(defect));
        let (reused, missing) = (hits(Defect::ReusedSerials), hits(Defect::MissingSerials));
        let (user, device) = (hits(Defect::UnknownUsers), hits(Defect::UnknownDevices));
        let customer = &mut household.customer;
        customer.phone_as_number = hits(Defect::PhoneNumbers);
        if reused {
            customer.serial = self.reused_serial(index);
        }
        if missing {
            customer.serial = None;
        }
        for consent in &mut customer.consents {
            let blank = [Consent::Blank, Consent::Null, Consent::Zero][dice.below(3) as usize];
            if dice.hits(self.defects.millionths(Defect::BlankConsents)) && *consent == Consent::Absent {
                *consent = blank;
            }
        }
        household.session.repeat(&mut dice, self.defects.millionths(Defect::DuplicateReadings));
        if user {
            household.strangers.push(self.stranger(Subject::UnknownUser, Sends::Motions, index));
        }
        if device {
            household.strangers.push(self.stranger(Subject::UnknownDevice, Sends::Distances, index));
        }
    }

    /// Deals the 30 numbers evenly, and none to the customer whose device has it.
    fn reused_serial(&self, index: u64) -> Option<Serial> {
        let position = (index % REUSED * 7 + 11) % REUSED;
        self.reused.get(position as usize % self.reused.len()).copied()
    }

    fn stranger(&self, subject: Subject, sends: Sends, index: u64) -> Session {
        let mut dice = Dice::new(self.seed, subject, index);
        let serial = Serial::draw(&mut dice);
        let pace = Pace::draw(&mut dice, index);
        let user = names::email(self.seed, index, '-', dice.below(3));
        Session { sends, ..Session::draw(&mut dice, pace, user, serial) }
    }
}

impl Customer {
    fn draw(dice: &mut Dice, seed: u64, index: u64, serial: Serial, pace: Pace) -> Self {
        let registration_ms = pace.start_ms.saturating_add(dice.between(REGISTRATION_MS.0, REGISTRATION_MS.1));
        let late = dice.hits(LATE_MILLIONTHS);
        let update_ms = if late { pace.end_ms() } else { registration_ms };
        let consents = CONSENT_MILLIONTHS.map(|agree| {
            let (given, given_late) = (dice.hits(agree), dice.hits(GIVEN_LATE_MILLIONTHS));
            match (given, late && given_late) {
                (false, _) => Consent::Absent,
                (true, false) => Consent::Given(registration_ms),
                (true, true) => Consent::Given(update_ms),
            }
        });
        Self {
            name: names::name(seed, index),
            email: names::email(seed, index, '.', dice.below(3)),
            phone: names::phone(dice.below(8), dice.below(100)),
            phone_as_number: false,
            birthday: (1940 + dice.below(65), 1 + dice.below(12), 1 + dice.below(28)),
            serial: Some(serial),
            registration_ms,
            update_ms,
            consents,
        }
    }
}
