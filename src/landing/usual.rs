//! The layout that the records of a file usually have. Machines write record after record with the same keys in the
//! same order and the same spaces between, so what stands between two values is compared and not read, and each value
//! is read as what its column wants. A record that differs in anything is left to the careful way.

use super::json::plain_text;
use super::number::{self, Digits};
use super::value::LAST_INSTANT;
use crate::domain::{Kind, Schema};

/// The most columns that a data set has.
pub const MOST_COLUMNS: usize = 10;

/// A cell that needed no second look: never null, blank, zero or out of range.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Plain<'a> {
    /// Not read yet.
    #[default]
    Nothing,
    Text(&'a str),
    Integer(i64),
    Float(f64),
}

/// What stands before each value of a record, and the column of each value; every column has one.
#[derive(Debug)]
pub struct Layout<'a> {
    members: Vec<(&'a [u8], usize, Kind)>,
}

impl<'a> Layout<'a> {
    /// The layout of a record that was read: for each member, the bytes from the end of the value before it, or from
    /// the brace, to its own value, and its column. None unless it has every column of the schema once and no other
    /// member.
    pub fn new(schema: Schema, members: &[(&'a [u8], Option<usize>)]) -> Option<Self> {
        let mut has = [false; MOST_COLUMNS];
        let mut known = vec![];
        for (before, position) in members {
            let position = (*position)?;
            if std::mem::replace(&mut has[position], true) {
                return None;
            }
            known.push((*before, position, schema[position].kind));
        }
        (known.len() == schema.len()).then_some(Self { members: known })
    }

    /// Reads the record whose brace is at `start` if it has this layout and needs no second look, and gives its end.
    /// The cells that it gives otherwise are void.
    pub fn read(&self, text: &'a str, start: usize, cells: &mut [Plain<'a>; MOST_COLUMNS]) -> Option<usize> {
        let bytes = text.as_bytes();
        if bytes.get(start) != Some(&b'{') {
            return None;
        }
        let mut at = start + 1;
        for (before, position, kind) in &self.members {
            if !starts_with(bytes.get(at..)?, before) {
                return None;
            }
            at += before.len();
            if *kind == Kind::Text {
                let (quote, first) = (bytes.get(at)?, bytes.get(at + 1)?);
                let end = at + 1 + plain_text(&bytes[at + 1..]);
                let is_plain = *quote == b'"' && *first != b'"' && first.is_ascii_graphic();
                if !is_plain || bytes.get(end) != Some(&b'"') {
                    return None;
                }
                cells[*position] = Plain::Text(text.get(at + 1..end)?);
                at = end + 1;
                continue;
            }
            if let (Kind::Time, Some((end, instant))) = (kind, number::instant(bytes, at)) {
                cells[*position] = Plain::Integer(Some(instant).filter(|at| (1..=LAST_INSTANT).contains(at))?);
                at = end;
                continue;
            }
            let (end, digits) = number::scan(bytes, at).ok()?;
            at = end;
            cells[*position] = match kind {
                Kind::Float => Plain::Float(digits?.float()?),
                Kind::Time => Plain::Integer(digits?.integer().filter(|instant| (1..=LAST_INSTANT).contains(instant))?),
                Kind::Integer | Kind::Text => Plain::Integer(digits.and_then(Digits::integer)?),
            };
        }
        (bytes.get(at) == Some(&b'}')).then_some(at + 1)
    }
}

/// As the method of slices. What is compared here is so short that a call would cost more than comparing.
#[inline]
fn starts_with(bytes: &[u8], start: &[u8]) -> bool {
    bytes.get(..start.len()).is_some_and(|same| is_same(same, start))
}

/// Whether short bytes are the same, word by word; the last word goes over what is left and some of what was compared.
#[inline]
pub fn is_same(one: &[u8], other: &[u8]) -> bool {
    let word = |bytes: &[u8]| bytes.first_chunk().map(|word| u64::from_le_bytes(*word));
    let last = |bytes: &[u8]| bytes.last_chunk().map(|word| u64::from_le_bytes(*word));
    let half = |bytes: &[u8]| {
        bytes
            .first_chunk()
            .zip(bytes.last_chunk())
            .map(|(first, last)| (u32::from_le_bytes(*first), u32::from_le_bytes(*last)))
    };
    match one.len() {
        length if length != other.len() => false,
        0..4 => one.iter().eq(other),
        4..8 => half(one) == half(other),
        length => {
            let words = (0..length - 7).step_by(8).all(|at| word(&one[at..]) == word(&other[at..]));
            words && last(one) == last(other)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{Dataset, Progress};
    use crate::landing::columns::Columns;
    use crate::landing::file::Place;
    use crate::landing::json::{Found, Scanner};
    use crate::landing::pieces::{self, Part, Window};

    /// Most members as a machine writes them, some not.
    fn member(key: &'static str, usual: &'static str) -> impl Strategy<Value = String> {
        let values = vec![
            "1",
            "0",
            "-0",
            "-3.25",
            "1e3",
            "9007199254740993",
            "12345678901234567890",
            "null",
            "true",
            "{\"a\": [1]}",
            "NaN",
            "\"\"",
            "\" \"",
            "\"a\\u0062\"",
            "\"é\"",
            "\"1655296678763\"",
            "\"cut",
            "01",
            "1.",
            "253402300800000",
        ];
        let spaces = prop::sample::select(vec!["", " ", "\n\t"]);
        let spaces = prop_oneof![30 => Just(""), 1 => spaces];
        let value = prop_oneof![30 => Just(usual), 1 => prop::sample::select(values)];
        (spaces.clone(), spaces, value)
            .prop_map(move |(before, after, value)| format!("\"{key}\"{before}:{after}{value}"))
    }

    fn record() -> impl Strategy<Value = String> {
        let members = (
            member("user", "\"a@example.com\""),
            member("timestamp", "1655296678763"),
            member("x", "-1.5"),
            member("y", "0.0"),
            member("z", "2"),
        );
        let order = prop_oneof![20 => Just(vec![0, 1, 2, 3, 4]), 1 => prop::collection::vec(0..5_usize, 0..7)];
        let end = prop_oneof![20 => Just("}"), 1 => prop::sample::select(vec!["", "]}", ",}", "}}", "} ,"])];
        let gap = prop::sample::select(vec!["\n", "", " ", "\r\n"]);
        (members, order, end, gap).prop_map(|((user, time, x, y, z), order, end, gap)| {
            let members = [user, time, x, y, z];
            let members: Vec<&str> = order.into_iter().map(|member| members[member].as_str()).collect();
            format!("{{{}{end}{gap}", members.join(","))
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn a_usual_record_is_read_as_the_careful_way_reads_it(records in prop::collection::vec(record(), 1..12)) {
            let text = records.concat();
            let window = Window { bytes: text.as_bytes(), offset: 0, is_last: true };
            let (mut parts, end) = pieces::read(window, Dataset::Accelerometer, &Progress::default()).unwrap();
            prop_assert_eq!((parts.len(), end), (1, text.len()));
            let usual = parts.remove(0);
            let mut careful = Columns::new(Dataset::Accelerometer, 1);
            let refused = carefully(text.as_bytes(), &mut careful);
            let careful = Part::new(careful, refused).unwrap();
            prop_assert_eq!(usual.refused, careful.refused, "{}", text);
            prop_assert_eq!(&usual.unknown_keys, &careful.unknown_keys);
            prop_assert_eq!(&usual.seconds, &careful.seconds);
            prop_assert_eq!(&usual.taken.texts, &careful.taken.texts);
            prop_assert!(usual.taken.frame.equals_missing(&careful.taken.frame), "{text}");
        }
    }

    /// As [`json`] does, but without a layout.
    fn carefully<'a>(bytes: &'a [u8], columns: &mut Columns<'a>) -> Vec<Place> {
        let mut scanner = Scanner::new(bytes);
        let mut refused = vec![];
        loop {
            columns.begin();
            let (start, end, reason) = match scanner.next(|member| columns.json_member(member)) {
                None => return refused,
                Some(Found::Record { start, end }) => (start, end, columns.commit().err()),
                Some(Found::Damaged { start, end, reason }) => (start, end, Some(reason)),
            };
            let place = |reason| Place { offset: start as u64, length: (end - start) as u64, reason };
            refused.extend(reason.map(place));
        }
    }

    #[test]
    fn short_bytes_are_compared_to_the_last() {
        let bytes: Vec<u8> = (1..60).collect();
        for length in 0..bytes.len() {
            assert!(is_same(&bytes[..length], &bytes[..length]));
            assert!(!is_same(&bytes[..length], &bytes[..=length]));
            for place in 0..length {
                let mut other = bytes[..length].to_vec();
                other[place] ^= 0x80;
                assert!(!is_same(&bytes[..length], &other), "{place} of {length}");
            }
        }
    }

    #[test]
    fn the_usual_way_is_taken() {
        let bytes = |key: &'static str| key.as_bytes();
        let members = [
            (bytes("\"user\": "), Some(0)),
            (bytes(", \"timestamp\": "), Some(1)),
            (bytes(", \"x\": "), Some(2)),
            (bytes(", \"y\": "), Some(3)),
            (bytes(", \"z\": "), Some(4)),
        ];
        let schema = Dataset::Accelerometer.schema();
        let layout = Layout::new(schema, &members).unwrap();
        let record = r#"{"user": "a", "timestamp": 7, "x": 1, "y": -0.5, "z": 0}"#;
        let mut cells = [Plain::default(); MOST_COLUMNS];
        assert_eq!(layout.read(record, 0, &mut cells), Some(record.len()));
        let expected = [Plain::Text("a"), Plain::Integer(7), Plain::Float(1.0), Plain::Float(-0.5), Plain::Float(0.0)];
        assert_eq!(cells[..5], expected);
        for end in 0..record.len() {
            assert_eq!(layout.read(&record[..end], 0, &mut cells), None, "cut off after {end} bytes");
        }
        assert!(Layout::new(schema, &members[..4]).is_none());
        assert!(Layout::new(schema, &[&members[..4], &[(bytes(","), None)]].concat()).is_none());
        assert!(Layout::new(schema, &[&members[..4], &members[..1]].concat()).is_none());
    }
}
