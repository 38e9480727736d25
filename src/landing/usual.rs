//! The layout that the records of a file usually have. Machines write record after record with the same keys in the
//! same order and the same spaces between, so what stands between two values is compared and not read, and each value
//! is read as what its column wants. A record that differs in anything is left to the careful way.

use super::json::plain_text;
use super::number::{self, Digits};
use super::value::{LAST_INSTANT, looks_like_seconds};
use crate::domain::{Kind, Schema};

/// The most columns that a data set has.
pub const MOST_COLUMNS: usize = 10;

/// What a record says beside its numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cells<'a> {
    /// Its texts by their columns, none of them blank. They are kept from record to record, since most readings repeat them.
    pub texts: [&'a str; MOST_COLUMNS],
    /// The columns of which there is nothing, by their bits.
    pub absent: u16,
    /// The columns with instants that look like seconds, by their bits.
    pub seconds: u16,
}

/// A number that needed no second look: an instant is neither zero nor out of range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// Also an instant.
    Integer(i64),
    Float(f64),
}

/// What stands before each value of a record, and the column of each value. Columns that every record must have are there.
#[derive(Debug)]
pub struct Layout<'a> {
    fields: Vec<Field<'a>>,
    /// The columns that are in none, by their bits.
    absent: u16,
}

/// A value's place in a layout.
#[derive(Debug)]
struct Field<'a> {
    /// The bytes from the end of the value before it, or from the brace, to its own value.
    before: &'a [u8],
    /// The first bytes of those as one number, and which bits of it there are.
    word: u128,
    mask: u128,
    column: usize,
    kind: Kind,
    /// Records may come without it.
    is_optional: bool,
}

impl<'a> Layout<'a> {
    /// The layout of a record that was read: for each member, the bytes from the end of the value before it, or from
    /// the brace, to its own value, and its column. None unless it has every column that a record needs, none twice, and no
    /// other member.
    pub fn new(schema: Schema, members: &[(&'a [u8], Option<usize>)]) -> Option<Self> {
        let mut layout = Self { fields: Vec::with_capacity(members.len()), absent: (1 << schema.len()) - 1 };
        for (before, column) in members {
            let column = (*column)?;
            if layout.absent & (1 << column) == 0 {
                return None;
            }
            layout.absent &= !(1 << column);
            // No comma stands before the first one, so the others cannot do without it.
            let is_optional = !layout.fields.is_empty() && !schema[column].required;
            layout.fields.push(Field::new(before, column, schema[column].kind, is_optional));
        }
        let needs =
            |(place, column): (usize, &crate::domain::Column)| column.required && layout.absent & (1 << place) != 0;
        (!schema.iter().enumerate().any(needs)).then_some(layout)
    }

    /// Reads the record whose brace is at `start` if it has this layout, but for members that may be absent, and needs no second
    /// look, and gives its end. Numbers are handed to `put` with their columns. What it gives otherwise is void.
    #[inline]
    pub fn read(
        &self,
        text: &'a str,
        start: usize,
        cells: &mut Cells<'a>,
        mut put: impl FnMut(usize, Number),
    ) -> Option<usize> {
        let bytes = text.as_bytes();
        if bytes.get(start) != Some(&b'{') {
            return None;
        }
        let mut at = start + 1;
        (cells.absent, cells.seconds) = (self.absent, 0);
        for field in &self.fields {
            let Some(value) = field.pass(bytes, at) else {
                if !field.is_optional {
                    return None;
                }
                cells.absent |= 1 << field.column;
                continue;
            };
            match field.kind {
                Kind::Text => at = plain(text, value, &mut cells.texts[field.column])?,
                Kind::Time => {
                    let (end, instant) = number::instant(bytes, value).or_else(|| integer(bytes, value))?;
                    if !(1..=LAST_INSTANT).contains(&instant) {
                        return None;
                    }
                    cells.seconds |= u16::from(looks_like_seconds(instant)) << field.column;
                    put(field.column, Number::Integer(instant));
                    at = end;
                }
                Kind::Integer => {
                    let (end, integer) = integer(bytes, value)?;
                    put(field.column, Number::Integer(integer));
                    at = end;
                }
                Kind::Float => {
                    let digits = number::tenths(bytes, value).or_else(|| decimal(bytes, value));
                    let (end, digits) = digits?;
                    put(field.column, Number::Float(digits.float()?));
                    at = end;
                }
            }
        }
        (bytes.get(at) == Some(&b'}')).then_some(at + 1)
    }
}

impl<'a> Field<'a> {
    fn new(before: &'a [u8], column: usize, kind: Kind, is_optional: bool) -> Self {
        let mut first = [0; 16];
        let length = before.len().min(first.len());
        first[..length].copy_from_slice(&before[..length]);
        let mask = u128::MAX.checked_shr(8 * (16 - length as u32)).unwrap_or(0);
        Self { before, word: u128::from_le_bytes(first), mask, column, kind, is_optional }
    }

    /// Where its value is, if what stands before it stands there.
    #[inline]
    fn pass(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let here = bytes.get(at..)?;
        let is_same = match here.first_chunk() {
            Some(first) if (u128::from_le_bytes(*first) ^ self.word) & self.mask != 0 => false,
            Some(_) if self.before.len() <= 16 => true,
            _ => starts_with(here, self.before),
        };
        is_same.then_some(at + self.before.len())
    }
}

/// Reads the text that starts at a place if nothing in it stands for something else, and gives its end. Most often it is the
/// `last` one again.
#[inline]
fn plain<'a>(text: &'a str, start: usize, last: &mut &'a str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (quote, first) = (bytes.get(start)?, bytes.get(start + 1)?);
    let end = start + 1 + last.len();
    if *quote == b'"'
        && bytes.get(end) == Some(&b'"')
        && !last.is_empty()
        && is_same(&bytes[start + 1..end], last.as_bytes())
    {
        return Some(end + 1);
    }
    let end = start + 1 + plain_text(&bytes[start + 1..]);
    let is_plain = *quote == b'"' && *first != b'"' && first.is_ascii_graphic();
    if !is_plain || bytes.get(end) != Some(&b'"') {
        return None;
    }
    *last = text.get(start + 1..end)?;
    Some(end + 1)
}

/// The whole number that starts at a place, and its end.
#[inline(always)]
fn integer(bytes: &[u8], start: usize) -> Option<(usize, i64)> {
    let (end, digits) = decimal(bytes, start)?;
    Some((end, digits.integer()?))
}

/// The number that starts at a place, and its end.
fn decimal(bytes: &[u8], start: usize) -> Option<(usize, Digits)> {
    number::short(bytes, start).or_else(|| number::plain(bytes, start))
}

/// As the method of slices. What is compared here is so short that a call would cost more than comparing.
#[inline]
fn starts_with(bytes: &[u8], start: &[u8]) -> bool {
    bytes.get(..start.len()).is_some_and(|same| is_same(same, start))
}

/// Whether short bytes are the same, word by word; the last word goes over what is left and some of what was compared.
#[inline]
pub fn is_same(one: &[u8], other: &[u8]) -> bool {
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
        _ => {
            let words = one.as_chunks::<8>().0.iter().zip(other.as_chunks::<8>().0);
            words.into_iter().all(|(one, other)| one == other) && last(one) == last(other)
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

    /// Customers, of whom much may be missing.
    fn customer() -> impl Strategy<Value = String> {
        let given = (
            prop::collection::vec(prop::bool::weighted(0.7), 10),
            prop::sample::select(vec!["1655296678763", "0", "7"]),
        );
        let damage = prop_oneof![20 => Just((false, false)), 1 => Just((true, false)), 3 => Just((false, true))];
        (given, damage, 0..3).prop_map(|((given, instant), (is_turned, is_cut), name)| {
            let texts =
                ["customerName", "phone", "birthDay", "serialNumber"].map(|key| format!("\"{key}\": \"{name}\""));
            let times = [
                "registrationDate",
                "shareWithResearchAsOfDate",
                "shareWithPublicAsOfDate",
                "shareWithFriendsAsOfDate",
            ]
            .map(|key| format!("\"{key}\": {instant}"));
            let members = texts.into_iter().chain(["\"email\": \"a@example.com\"".to_owned()]).chain(times);
            let mut members: Vec<String> =
                members.zip(given).filter_map(|(member, given)| given.then_some(member)).collect();
            if is_turned {
                members.reverse();
            }
            let members = members.join(", ");
            // What is lost without its comma is damage.
            let lost = if is_cut { members.find(", ").unwrap_or(0) } else { 0 };
            format!("{{{}}}\n", &members[lost..])
        })
    }

    /// Reads with the layout and without, and gives both.
    fn both_ways(text: &str, dataset: Dataset) -> (Part, Part) {
        let window = Window { bytes: text.as_bytes(), offset: 0, is_last: true };
        let (mut parts, end) = pieces::read(window, dataset, &Progress::default()).unwrap();
        assert_eq!((parts.len(), end), (1, text.len()));
        let mut careful = Columns::new(dataset, 1);
        let refused = carefully(text.as_bytes(), &mut careful);
        (parts.remove(0), Part::new(careful, refused).unwrap())
    }

    fn are_same(usual: &Part, careful: &Part) -> bool {
        let stood = |part: &Part| format!("{:?}", part.stood);
        usual.refused == careful.refused
            && usual.unknown_keys == careful.unknown_keys
            && (&usual.seconds, usual.consents, stood(usual)) == (&careful.seconds, careful.consents, stood(careful))
            && usual.taken.texts == careful.taken.texts
            && usual.taken.frame.equals_missing(&careful.taken.frame)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn a_usual_record_is_read_as_the_careful_way_reads_it(records in prop::collection::vec(record(), 1..12)) {
            let text = records.concat();
            let (usual, careful) = both_ways(&text, Dataset::Accelerometer);
            prop_assert!(are_same(&usual, &careful), "{}", text);
        }

        #[test]
        fn a_record_that_lacks_something_is_read_as_the_careful_way_reads_it(records in prop::collection::vec(customer(), 1..12)) {
            let text = records.concat();
            let (usual, careful) = both_ways(&text, Dataset::Customer);
            prop_assert!(are_same(&usual, &careful), "{}", text);
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
        let (mut cells, mut numbers) = (Cells::default(), vec![]);
        assert_eq!(
            layout.read(record, 0, &mut cells, |column, number| numbers.push((column, number))),
            Some(record.len())
        );
        let floats = [(2, 1.0), (3, -0.5), (4, 0.0)].map(|(column, number)| (column, Number::Float(number)));
        assert_eq!((cells.texts[0], cells.absent, cells.seconds), ("a", 0, 0));
        assert_eq!((numbers[0], &numbers[1..]), ((1, Number::Integer(7)), &floats[..]));
        for end in 0..record.len() {
            assert_eq!(layout.read(&record[..end], 0, &mut cells, |_, _| ()), None, "cut off after {end} bytes");
        }
        assert!(Layout::new(schema, &members[..4]).is_none());
        assert!(Layout::new(schema, &[&members[..4], &[(bytes(","), None)]].concat()).is_none());
        assert!(Layout::new(schema, &[&members[..4], &members[..1]].concat()).is_none());
    }

    #[test]
    fn the_usual_way_is_taken_without_what_may_be_absent() {
        let members: Vec<(&[u8], Option<usize>)> = vec![
            (b"\"email\":", Some(1)),
            (b",\"serialNumber\":", Some(4)),
            (b",\"shareWithResearchAsOfDate\":", Some(7)),
            (b",\"shareWithFriendsAsOfDate\":", Some(9)),
        ];
        let layout = Layout::new(Dataset::Customer.schema(), &members).unwrap();
        let mut cells = Cells::default();
        let mut read = |record: &'static str| {
            let mut numbers = vec![];
            let end = layout.read(record, 0, &mut cells, |column, number| numbers.push((column, number)));
            end.map(|end| (end == record.len(), cells.texts[1], cells.absent, numbers))
        };
        let never = 1 | 1 << 2 | 1 << 3 | 1 << 5 | 1 << 6 | 1 << 8;
        let friends = "{\"email\":\"a@example.com\",\"serialNumber\":\"s\",\"shareWithFriendsAsOfDate\":1655296678763}";
        let expected = vec![(9, Number::Integer(1_655_296_678_763))];
        assert_eq!(read(friends), Some((true, "a@example.com", never | 1 << 7, expected)));
        let none = "{\"email\":\"a@example.com\"}";
        assert_eq!(read(none), Some((true, "a@example.com", never | 1 << 4 | 1 << 7 | 1 << 9, vec![])));
        for other in ["{\"serialNumber\":\"s\"}", "{\"email\":\"a\",\"shareWithPublicAsOfDate\":1655296678763}", "{}"] {
            assert_eq!(read(other), None, "{other}");
        }
        assert!(
            Layout::new(Dataset::Customer.schema(), &members[1..]).is_none(),
            "nobody is without an e-mail address"
        );
        let named: [(&[u8], Option<usize>); 2] = [(b"\"customerName\":", Some(0)), (b",\"email\":", Some(1))];
        let layout = Layout::new(Dataset::Customer.schema(), &named).unwrap();
        let comma = "{,\"email\":\"a@example.com\"}";
        assert_eq!(layout.read(comma, 0, &mut Cells::default(), |_, _| ()), None);
    }
}
