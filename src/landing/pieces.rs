//! Reads a window of a JSON file in pieces at once, and gives what reading it from end to end would give.
//!
//! A piece begins at a brace that looks like the start of a record. Whether it is one, only the piece before it knows: it is
//! taken if that one ended exactly there, dropped if that one went past its end, and otherwise read again from where that
//! one ended.

use rayon::prelude::*;

use super::LandingError;
use super::columns::{Columns, Taken, UnknownKeys};
use super::file::Place;
use super::json::{Found, Scanner, skip_space};
use super::value::ConsentStood;
use crate::domain::{Dataset, Progress};

/// Large enough that starting a piece costs nothing beside reading it.
const PIECE: usize = 1 << 20;
/// What a record takes at least, roughly.
const RECORD: usize = 64;

/// Bytes of a file in which records are looked for.
#[derive(Clone, Copy)]
pub struct Window<'a> {
    pub bytes: &'a [u8],
    /// Where they start in the file.
    pub offset: u64,
    /// No bytes come behind these.
    pub is_last: bool,
}

/// What a stretch of a file said.
pub struct Part {
    pub taken: Taken,
    pub refused: Vec<Place>,
    pub unknown_keys: UnknownKeys,
    pub consents: [[u64; 5]; 3],
    pub stood: Vec<[ConsentStood; 3]>,
    pub seconds: Vec<u64>,
}

/// A piece that was read, and where the record after its last one starts.
struct Piece {
    part: Part,
    end: usize,
    /// What stands there may go on behind the window.
    is_open: bool,
}

impl Part {
    /// What is in some columns.
    ///
    /// # Errors
    /// When the columns do not fit together, a defect of this program.
    pub fn new(mut columns: Columns<'_>, refused: Vec<Place>) -> Result<Self, LandingError> {
        Ok(Self {
            refused,
            unknown_keys: std::mem::take(&mut columns.unknown_keys),
            consents: columns.consents,
            stood: std::mem::take(&mut columns.stood),
            seconds: std::mem::take(&mut columns.seconds),
            taken: columns.finish()?,
        })
    }
}

/// Reads all records of a window but one that may go on behind it. Gives the parts in order, and how many bytes they are.
///
/// # Errors
/// When cancelled.
pub fn read(window: Window<'_>, dataset: Dataset, progress: &Progress) -> Result<(Vec<Part>, usize), LandingError> {
    read_by(window, dataset, PIECE, progress)
}

pub(super) fn read_by(
    window: Window<'_>,
    dataset: Dataset,
    piece: usize,
    progress: &Progress,
) -> Result<(Vec<Part>, usize), LandingError> {
    let utf8 = utf8(window);
    let starts: Vec<usize> = std::iter::once(0)
        .chain((1..=window.bytes.len() / piece).filter_map(|number| likely_start(window.bytes, number * piece)))
        .collect();
    let end_of = |number: usize| starts.get(number + 1).copied().unwrap_or(window.bytes.len());
    let read = |start, end| read_piece(window, utf8, dataset, start..end, progress);
    let pieces: Vec<Piece> =
        starts.par_iter().enumerate().map(|(number, start)| read(*start, end_of(number))).collect::<Result<_, _>>()?;
    let (mut parts, mut at) = (vec![], 0);
    for (number, (mut piece, start)) in pieces.into_iter().zip(&starts).enumerate() {
        let end = end_of(number);
        if number > 0 && at >= end {
            continue;
        }
        if number > 0 && at != *start {
            piece = read(at, end)?;
        }
        at = piece.end;
        parts.push(piece.part);
        if piece.is_open {
            break;
        }
    }
    Ok((parts, at))
}

/// As much of a window as is UTF-8, if that is all of it but the first bytes of a character that goes on behind it.
fn utf8(window: Window<'_>) -> Option<&str> {
    if let Ok(text) = simdutf8::basic::from_utf8(window.bytes) {
        return Some(text);
    }
    match std::str::from_utf8(window.bytes) {
        Ok(text) => Some(text),
        Err(error) if !window.is_last && error.error_len().is_none() => {
            std::str::from_utf8(&window.bytes[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    }
}

/// The first brace from a place on that a key follows and that comes behind one that closes.
fn likely_start(bytes: &[u8], from: usize) -> Option<usize> {
    const LOOKED_AT: usize = 1 << 16;
    let looked_at = &bytes[..bytes.len().min(from + LOOKED_AT)];
    memchr::memchr_iter(b'{', &looked_at[from..]).map(|found| from + found).find(|&brace| {
        let is_before = |byte: &&u8| !matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | b',');
        bytes.get(skip_space(bytes, brace + 1)) == Some(&b'"')
            && bytes[..brace].iter().rev().find(is_before) == Some(&b'}')
    })
}

/// Reads the records that start in a stretch.
fn read_piece<'a>(
    window: Window<'a>,
    utf8: Option<&'a str>,
    dataset: Dataset,
    stretch: std::ops::Range<usize>,
    progress: &Progress,
) -> Result<Piece, LandingError> {
    const LOOK_UP_EVERY: usize = 256;
    let mut columns = Columns::new(dataset, stretch.len() / RECORD);
    let mut scanner = Scanner::within(window.bytes, utf8, stretch.start);
    let mut refused = vec![];
    let mut records = 0_usize;
    loop {
        records += 1;
        if records.is_multiple_of(LOOK_UP_EVERY) {
            progress.check()?;
        }
        let at = scanner.next_record();
        if at >= stretch.end {
            return Ok(Piece { part: Part::new(columns, refused)?, end: at, is_open: false });
        }
        if scanner.pass(|text, start| columns.take_usual(text, start)) {
            continue;
        }
        columns.begin();
        let (start, end, reason) = match scanner.next(|member| columns.json_member(member)) {
            None => continue,
            Some(Found::Record { start, end }) => (start, end, columns.commit().err()),
            Some(Found::Damaged { start, reason, .. }) if !window.is_last && scanner.is_open(reason) => {
                return Ok(Piece { part: Part::new(columns, refused)?, end: start, is_open: true });
            }
            Some(Found::Damaged { start, end, reason }) => (start, end, Some(reason)),
        };
        if let Some(reason) = reason {
            refused.push(Place { offset: window.offset + start as u64, length: (end - start) as u64, reason });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Records as a machine writes them, and what can go wrong between and within them.
    fn text() -> impl Strategy<Value = String> {
        let record = (0_u32..30, 0_u32..1000).prop_map(|(user, at)| {
            format!("{{\"user\": \"u{user}@example.com\", \"timestamp\": {at}, \"x\": 1.5, \"y\": -0.25, \"z\": {at}}}")
        });
        let odd = prop::sample::select(vec![
            "{\"user\": \"a} {\\\"b\", \"timestamp\": 1, \"x\": 1, \"y\": 1, \"z\": 1}",
            "{\"user\": \"} , {\", \"timestamp\": 1, \"x\": 1, \"y\": 1, \"z\": 1}",
            "{\"user\": \"n\", \"more\": {\"a\": {\"b\": 1}, \"c\": [{}, {\"d\": 2}]}, \"timestamp\": 1, \"x\": 1, \"y\": 1, \"z\": 1}",
            "{\"user\": \"cut\", \"timestamp\": 1, \"x\":",
            "{\"user\": \"never closed",
            "\"user\": \"no brace\", \"timestamp\": 1}",
            "stray bytes",
            "}",
            "{}",
            "{\"key\": 1, \"other\": 2}",
            "é€",
        ]);
        let part = prop_oneof![12 => record, 2 => odd.prop_map(str::to_owned)];
        let gap = prop::sample::select(vec!["\n", "", ", ", "\r\n", "  \n\n", ",\n"]);
        prop::collection::vec((part, gap), 0..60)
            .prop_map(|parts| parts.into_iter().map(|(part, gap)| format!("{part}{gap}")).collect())
    }

    /// Everything that some parts say, put together.
    fn said(parts: Vec<Part>) -> String {
        let (mut rows, mut refused, mut keys, mut seconds) = (vec![], vec![], UnknownKeys::default(), vec![0; 5]);
        for part in parts {
            let frame = &part.taken.frame;
            let users = frame.column("user").unwrap().u32().unwrap();
            for (row, user) in users.iter().enumerate() {
                let cells = frame.get_row(row).unwrap();
                rows.push(format!("{} {:?}", part.taken.texts[0][user.unwrap() as usize], &cells.0[1..]));
            }
            refused.extend(part.refused);
            part.unknown_keys.into_counts().into_iter().for_each(|(key, times)| keys.add(key, times));
            seconds.iter_mut().zip(part.seconds).for_each(|(all, more)| *all += more);
        }
        format!("{:?}", (rows, refused, keys.into_counts(), seconds))
    }

    fn read_whole(text: &str, piece: usize) -> Vec<Part> {
        let window = Window { bytes: text.as_bytes(), offset: 0, is_last: true };
        let (parts, end) = read_by(window, Dataset::Accelerometer, piece, &Progress::default()).unwrap();
        assert_eq!(end, text.len());
        parts
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn pieces_say_what_the_whole_says(text in text(), piece in 1_usize..400) {
            prop_assert_eq!(said(read_whole(&text, piece)), said(read_whole(&text, usize::MAX)), "{}", text);
        }

        #[test]
        fn windows_say_what_the_whole_says(text in text(), window in 1_usize..400) {
            let (mut parts, mut start, mut end) = (vec![], 0, window.min(text.len()));
            loop {
                let is_last = end == text.len();
                let bytes = &text.as_bytes()[start..end];
                let window_at = Window { bytes, offset: start as u64, is_last };
                let (more, used) = read_by(window_at, Dataset::Accelerometer, 100, &Progress::default()).unwrap();
                parts.extend(more);
                start += used;
                if is_last {
                    break;
                }
                end = (end + window).min(text.len());
            }
            prop_assert_eq!(start, text.len());
            prop_assert_eq!(said(parts), said(read_whole(&text, usize::MAX)), "{}", text);
        }
    }
}
