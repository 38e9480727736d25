//! Records as the feed writes them: the key spelling, the order of the keys, and customers with a space after each
//! colon where readings have none.
//!
//! Written by hand rather than through a serializer because a million customers are eleven gigabytes of it, and
//! because the text must be the same to the byte on every machine: not one float is formatted.

use super::customer::{Consent, Customer, Serial};
use super::session::{Instant, Motion};

/// How a file spells its records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Spelling {
    /// Keys as another delivery spelled them: `timeStamp`, and all lower case in the other data sets.
    pub other_keys: bool,
    /// Times in seconds instead of milliseconds.
    pub seconds: bool,
}

/// The keys of a customer record: those of the specification, and all lower case.
const CUSTOMER_KEYS: [[&str; 10]; 2] = [
    [
        "customerName",
        "email",
        "phone",
        "birthDay",
        "serialNumber",
        "registrationDate",
        "lastUpdateDate",
        "shareWithResearchAsOfDate",
        "shareWithPublicAsOfDate",
        "shareWithFriendsAsOfDate",
    ],
    [
        "customername",
        "email",
        "phone",
        "birthday",
        "serialnumber",
        "registrationdate",
        "lastupdatedate",
        "sharewithresearchasofdate",
        "sharewithpublicasofdate",
        "sharewithfriendsasofdate",
    ],
];

impl Spelling {
    fn time(self, out: &mut Vec<u8>, time_ms: i64) {
        integer(out, if self.seconds { time_ms.div_euclid(1_000) } else { time_ms }.unsigned_abs());
    }

    /// A customer record, without a line break after it.
    pub(super) fn customer(self, out: &mut Vec<u8>, customer: &Customer) {
        let keys = &CUSTOMER_KEYS[usize::from(self.other_keys)];
        let (given, family) = customer.name;
        out.extend_from_slice(b"{");
        text_value(out, keys[0], |out| {
            push(out, given);
            push(out, " ");
            push(out, family);
        });
        push(out, ", ");
        text_value(out, keys[1], |out| push(out, &customer.email));
        push(out, ", ");
        if customer.phone_as_number {
            key(out, keys[2]);
            integer(out, customer.phone);
        } else {
            text_value(out, keys[2], |out| integer(out, customer.phone));
        }
        push(out, ", ");
        text_value(out, keys[3], |out| date(out, customer.birthday));
        if let Some(number) = customer.serial {
            push(out, ", ");
            text_value(out, keys[4], |out| serial(out, number));
        }
        for (name, time_ms) in [(keys[5], customer.registration_ms), (keys[6], customer.update_ms)] {
            push(out, ", ");
            key(out, name);
            self.time(out, time_ms);
        }
        for (name, consent) in keys[7..].iter().zip(customer.consents) {
            self.consent(out, name, consent);
        }
        push(out, "}");
    }

    fn consent(self, out: &mut Vec<u8>, name: &str, consent: Consent) {
        if consent == Consent::Absent {
            return;
        }
        push(out, ", ");
        key(out, name);
        match consent {
            Consent::Given(time_ms) => self.time(out, time_ms),
            Consent::Blank => push(out, "\"\""),
            Consent::Null => push(out, "null"),
            Consent::Zero | Consent::Absent => push(out, "0"),
        }
    }

    /// An accelerometer reading, without a line break after it.
    pub(super) fn motion(self, out: &mut Vec<u8>, user: &str, time_ms: i64, motion: Motion) {
        push(out, "{\"user\":\"");
        push(out, user);
        push(out, if self.other_keys { "\",\"timeStamp\":" } else { "\",\"timestamp\":" });
        self.time(out, time_ms);
        let [x, y, z] = motion.xyz();
        for (key, value) in [(",\"x\":", x), (",\"y\":", y), (",\"z\":", z)] {
            push(out, key);
            push(out, value);
        }
        push(out, "}");
    }

    /// A step trainer reading, without a line break after it.
    pub(super) fn distance(self, out: &mut Vec<u8>, number: Serial, instant: &Instant) {
        let [time, device, distance] = if self.other_keys {
            ["{\"sensorreadingtime\":", ",\"serialnumber\":\"", "\",\"distancefromobject\":"]
        } else {
            ["{\"sensorReadingTime\":", ",\"serialNumber\":\"", "\",\"distanceFromObject\":"]
        };
        push(out, time);
        self.time(out, instant.time_ms);
        push(out, device);
        serial(out, number);
        push(out, distance);
        integer(out, u64::from(instant.distance));
        push(out, "}");
    }
}

fn push(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

fn key(out: &mut Vec<u8>, name: &str) {
    push(out, "\"");
    push(out, name);
    push(out, "\": ");
}

fn text_value(out: &mut Vec<u8>, name: &str, value: impl FnOnce(&mut Vec<u8>)) {
    key(out, name);
    push(out, "\"");
    value(out);
    push(out, "\"");
}

fn integer(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[start..]);
}

fn date(out: &mut Vec<u8>, (year, month, day): (u32, u32, u32)) {
    integer(out, u64::from(year));
    for part in [month, day] {
        push(out, if part < 10 { "-0" } else { "-" });
        integer(out, u64::from(part));
    }
}

fn serial(out: &mut Vec<u8>, number: Serial) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    for (position, byte) in number.0.into_iter().enumerate() {
        if matches!(position, 4 | 6 | 8 | 10) {
            out.push(b'-');
        }
        out.extend_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
    }
}
