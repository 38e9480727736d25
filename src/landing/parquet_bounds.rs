//! Looks over the frame of a Parquet file before the library reads it, which believes what a file says of itself: it makes room
//! for whatever a length says, and where there is none the program ends. Values are not looked at.
//!
//! The frame is Thrift in its compact protocol: a footer, and a header before each page.

use std::ops::Range;

use super::input::most_unpacked;

/// Lists and structures within each other.
const DEEPEST: usize = 16;
/// What a value takes at least once it is read.
const VALUE: u64 = 8;

/// The kinds of the fields of a structure, by their number: `i` a number, `b` bytes, `t` true or false, `y` a byte, a capital
/// letter the structure of [`shape`], `[` a list of these. The library reads a field as the kind that belongs there, whatever
/// the file says that it is, and takes what comes after it for something else; so each must be what belongs there.
const FILE: &str = "i [S i [R [K b [O U b";
const PAGE: &str = "i i i i D U I V";

fn shape(letter: u8) -> &'static str {
    match letter {
        b'C' => "b i M i i i i U b",
        b'D' => "i i i i T",
        b'E' => "i i i",
        b'I' => "i i t",
        b'K' => "b b",
        b'L' => "U U U U F U W W U N U U U U U Y G B",
        b'F' => "i i",
        b'W' => "t U",
        b'N' => "y t",
        b'Y' => "y",
        b'G' => "b",
        b'B' => "b i",
        b'M' => "i [i [b i i i i [K i i i T [E i i Z A",
        b'A' => "U [i",
        b'O' => "U U",
        b'Q' => "i t t",
        b'R' => "[C i i [Q i i i",
        b'S' => "i i i b i i i i i L",
        b'T' => "b b i i b b t t",
        b'V' => "i i i i i i t T",
        b'Z' => "i [i [i",
        _ => "",
    }
}

/// A value of the frame, as far as it matters here.
enum Thrift {
    Number(i64),
    Other,
    List(Vec<Thrift>),
    Struct(Vec<(i64, Thrift)>),
}

/// Whether the file holds together, and unpacks to no more than its size allows.
///
/// # Errors
/// What is wrong with it.
pub fn check(bytes: &[u8]) -> Result<(), &'static str> {
    let footer = footer(bytes).and_then(|footer| Cursor { bytes: &bytes[footer], at: 0 }.structure(FILE, 0));
    let footer = footer.ok_or("its footer is damaged")?;
    let most = most_unpacked(bytes.len() as u64);
    // A file without columns has as many rows as its groups say.
    let of_groups = footer.list(4).iter().filter_map(|group| group.number(3)).fold(0, u64::saturating_add);
    let mut unpacked = footer.number(3).unwrap_or_default().max(of_groups).saturating_mul(VALUE);
    for group in footer.list(4) {
        // Room for the rows of a group is made in each of its columns, which have a value for each of them, or null.
        let rows = group.number(3);
        for column in group.list(1) {
            let has_all = |about: &&Thrift| about.number(5) >= rows;
            let about = column.field(3).filter(has_all).ok_or("its footer is damaged")?;
            unpacked = pages(bytes, about, unpacked, most).ok_or("its pages are damaged")?;
        }
    }
    if unpacked > most { Err("it unpacks to far more than its size; it was not read") } else { Ok(()) }
}

/// Has the library go by Parquet's own schema. Many writers put Arrow's beside it, as a tree within a text: a few hundred bytes
/// of it can name one branch so often that it takes hundreds of megabytes once it is read.
pub fn forget_arrow_schema(bytes: &mut [u8]) {
    const KEY: &[u8] = b"ARROW:schema";
    let Some(footer) = footer(bytes) else { return };
    let footer = &mut bytes[footer];
    let places: Vec<usize> = memchr::memmem::find_iter(footer, KEY).collect();
    places.into_iter().for_each(|place| footer[place] = b'-');
}

/// Where the footer is.
fn footer(bytes: &[u8]) -> Option<Range<usize>> {
    let (rest, _magic) = bytes.split_last_chunk::<4>()?;
    let (rest, length) = rest.split_last_chunk::<4>()?;
    Some(rest.len().checked_sub(u32::from_le_bytes(*length) as usize)?..rest.len())
}

/// What the pages of a column unpack to, and what came before. Stops where it is too much.
fn pages(bytes: &[u8], column: &Thrift, before: u64, most: u64) -> Option<u64> {
    let first = column.number(9)?;
    let start = column.number(11).filter(|dictionary| (1..first).contains(dictionary)).unwrap_or(first);
    let end = start.checked_add(column.number(7)?)?;
    let pages = bytes.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)?;
    let mut unpacked = before.saturating_add(column.number(5)?.saturating_mul(VALUE));
    let mut cursor = Cursor { bytes: pages, at: 0 };
    while cursor.at < pages.len() && unpacked <= most {
        let header = cursor.structure(PAGE, 0)?;
        // Of a data page, a dictionary, and a data page of the second version.
        let values = [5, 7, 8].into_iter().filter_map(|kind| header.field(kind)).map(|kind| kind.number(1));
        let values = values.collect::<Option<Vec<u64>>>()?.into_iter().fold(0, u64::saturating_add);
        unpacked = unpacked.saturating_add(header.number(2)?).saturating_add(values.saturating_mul(VALUE));
        cursor.at = cursor.at.checked_add(usize::try_from(header.number(3)?).ok()?)?;
    }
    (cursor.at <= pages.len() || unpacked > most).then_some(unpacked)
}

impl Thrift {
    fn field(&self, id: i64) -> Option<&Self> {
        let Self::Struct(fields) = self else { return None };
        fields.iter().rev().find(|(field, _)| *field == id).map(|(_, value)| value)
    }

    /// A number that counts something.
    fn number(&self, id: i64) -> Option<u64> {
        match self.field(id)? {
            Self::Number(number) => u64::try_from(*number).ok(),
            _ => None,
        }
    }

    fn list(&self, id: i64) -> &[Self] {
        match self.field(id) {
            Some(Self::List(list)) => list,
            _ => &[],
        }
    }
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.at)?;
        self.at += 1;
        Some(*byte)
    }

    fn skip(&mut self, count: u64) -> Option<Thrift> {
        let at = self.at.checked_add(usize::try_from(count).ok()?)?;
        self.at = Some(at).filter(|at| *at <= self.bytes.len())?;
        Some(Thrift::Other)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn number(&mut self) -> Option<i64> {
        let zigzag = self.varint()?;
        Some((zigzag >> 1) as i64 ^ -((zigzag & 1) as i64))
    }

    /// A value of some kind, where this is expected; nothing is expected of a field that is not known.
    fn value(&mut self, kind: u8, expected: &'static str, depth: usize) -> Option<Thrift> {
        let letter = expected.bytes().next();
        let is_expected = match letter {
            None => true,
            Some(b'i') => matches!(kind, 4..=6),
            Some(b'b') => kind == 8,
            Some(b't') => matches!(kind, 1 | 2),
            Some(b'y') => kind == 3,
            Some(b'[') => kind == 9,
            Some(_) => kind == 12,
        };
        match kind {
            _ if !is_expected => None,
            1 | 2 => Some(Thrift::Other),
            3 => self.skip(1),
            4..=6 => self.number().map(Thrift::Number),
            7 => self.skip(8),
            8 => {
                let length = self.varint()?;
                self.skip(length)
            }
            9 | 10 => self.list(expected.get(1..).unwrap_or_default(), depth + 1),
            12 => self.structure(letter.map_or("", shape), depth + 1),
            _ => None,
        }
    }

    fn list(&mut self, expected: &'static str, depth: usize) -> Option<Thrift> {
        let head = self.byte()?;
        let length = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
        // Each takes a byte at least, so that no more are there than bytes.
        let left = (self.bytes.len() - self.at) as u64;
        if depth > DEEPEST || length > left {
            return None;
        }
        let one = |cursor: &mut Self| match head & 15 {
            // Nothing that is known is a list of these.
            1 | 2 if expected.is_empty() => cursor.skip(1),
            kind => cursor.value(kind, expected, depth),
        };
        (0..length).map(|_| one(self)).collect::<Option<_>>().map(Thrift::List)
    }

    fn structure(&mut self, shape: &'static str, depth: usize) -> Option<Thrift> {
        let (mut fields, mut id) = (vec![], 0_i64);
        if depth > DEEPEST {
            return None;
        }
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Some(Thrift::Struct(fields));
            }
            id = if head >> 4 == 0 { self.number()? } else { id + i64::from(head >> 4) };
            id = Some(id).filter(|id| (1..=i64::from(i16::MAX)).contains(id))?;
            let expected = shape.split(' ').nth(id as usize - 1).unwrap_or_default();
            fields.push((id, self.value(head & 15, expected, depth)?));
        }
    }
}
