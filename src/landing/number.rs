//! Numbers as JSON writes them, read in one pass: where they end, and what they say.

/// A number of at most 18 digits without an exponent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digits {
    negative: bool,
    /// All digits, as if there were no point.
    whole: u64,
    /// How many of them come after the point.
    decimals: usize,
}

impl Digits {
    const MOST: usize = 18;

    /// The whole number; none if there is a point, or a minus before 0, which a number with a fraction keeps.
    #[inline]
    pub fn integer(self) -> Option<i64> {
        let whole = self.whole as i64;
        let is_whole = self.decimals == 0 && !(self.negative && whole == 0);
        is_whole.then_some(if self.negative { -whole } else { whole })
    }

    /// The number, correctly rounded: digits and power of ten are both exact, so their quotient is rounded once
    /// (Clinger 1990, the fast path). None where the digits are not exact.
    #[inline]
    pub fn float(self) -> Option<f64> {
        const POWERS: [f64; Digits::MOST + 1] =
            [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18];
        const EXACT: u64 = 1 << 53;
        let number = self.whole as f64 / POWERS.get(self.decimals)?;
        // The sign of a reading is anybody's guess, also the processor's, so it is put in without a branch.
        let signed = number.to_bits() | u64::from(self.negative) << 63;
        (self.whole <= EXACT).then_some(f64::from_bits(signed))
    }

    /// What a text says that is nothing but such a number.
    pub fn of(text: &str) -> Option<Self> {
        match scan(text.as_bytes(), 0) {
            Ok((end, digits)) if end == text.len() => digits,
            _ => None,
        }
    }
}

/// Reads the number that starts at a place: where it ends, and what it says if it is short and plain.
///
/// # Errors
/// The place at which it stops being a number.
#[inline]
pub fn scan(bytes: &[u8], start: usize) -> Result<(usize, Option<Digits>), usize> {
    let mut whole = 0;
    let mut at = start;
    let negative = bytes.get(at) == Some(&b'-');
    at += usize::from(negative);
    let leading = at;
    at = run(bytes, at, &mut whole)?;
    if at > leading + 1 && bytes[leading] == b'0' {
        return Err(leading);
    }
    let mut count = at - leading;
    let mut decimals = 0;
    if bytes.get(at) == Some(&b'.') {
        let first = at + 1;
        at = run(bytes, first, &mut whole)?;
        decimals = at - first;
        count += decimals;
    }
    if !matches!(bytes.get(at), Some(b'e' | b'E')) {
        return Ok((at, (count <= Digits::MOST).then_some(Digits { negative, whole, decimals })));
    }
    at += 1;
    at += usize::from(matches!(bytes.get(at), Some(b'+' | b'-')));
    Ok((run(bytes, at, &mut 0)?, None))
}

/// The same, if it is short and plain.
pub fn plain(bytes: &[u8], start: usize) -> Option<(usize, Digits)> {
    let (end, digits) = scan(bytes, start).ok()?;
    Some((end, digits?))
}

/// Where a run of digits ends, which are put behind those of `whole`; there must be one.
fn run(bytes: &[u8], start: usize, whole: &mut u64) -> Result<usize, usize> {
    let mut at = start;
    while let Some(digit) = bytes.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
        *whole = whole.wrapping_mul(10).wrapping_add(u64::from(digit));
        at += 1;
    }
    if at > start { Ok(at) } else { Err(start) }
}

/// The same for a number of at most seven digits and a point, which most readings are, whose end is among the eight bytes
/// behind its sign; none if there is anything else. All of those bytes are looked at at once.
#[inline]
pub fn short(bytes: &[u8], start: usize) -> Option<(usize, Digits)> {
    let negative = *bytes.get(start)? == b'-';
    let first = start + usize::from(negative);
    let word = u64::from_le_bytes(*bytes.get(first..)?.first_chunk()?);
    let below = word ^ ZEROS;
    // The highest bit of each byte that is no digit.
    let others = (((below & !HIGHEST) + 0x7676_7676_7676_7676) | below) & HIGHEST;
    let behind = others & others.wrapping_sub(1);
    let (ends, later) = (others.trailing_zeros() / 8, behind.trailing_zeros() / 8);
    let byte = |place: u32| (word >> (8 * place)) as u8;
    let (digits, count, decimals, end) = if ends < 8 && byte(ends) == b'.' {
        let whole = (1 << (8 * ends)) - 1;
        (below & whole | below >> 8 & !whole, later - 1, later - ends - 1, later)
    } else {
        (below, ends, 0, ends)
    };
    let is_number = ends > 0 && end < 8 && (ends == 1 || byte(0) != b'0') && (decimals > 0 || end == ends);
    if !is_number || matches!(byte(end), b'.' | b'e' | b'E') {
        return None;
    }
    // Zeros before the digits change nothing.
    let whole = eight_together(digits << (8 * (8 - count)));
    Some((first + end as usize, Digits { negative, whole, decimals: decimals as usize }))
}

/// The same for a digit, a point and a digit, as the readings of motion are written, with a comma or a brace behind.
#[inline]
pub fn tenths(bytes: &[u8], start: usize) -> Option<(usize, Digits)> {
    let negative = *bytes.get(start)? == b'-';
    let first = start + usize::from(negative);
    let four = bytes.get(first..)?.first_chunk()?;
    let below = u32::from_le_bytes(*four) ^ u32::from_le_bytes(*b"0.0\0");
    // The highest bit of a byte that is no digit, and all of what is not the point.
    let is_number = ((below + 0x0076_0076) | below) & 0x0080_ff80 == 0;
    if !is_number || !matches!(four[3], b',' | b'}') {
        return None;
    }
    let whole = u64::from(below & 0xff) * 10 + u64::from(below >> 16 & 0xff);
    Some((first + 3, Digits { negative, whole, decimals: 1 }))
}

/// The whole number of 13 digits that starts at a place, as instants of this century have, and where it ends; none if
/// there is anything else.
#[inline]
pub fn instant(bytes: &[u8], start: usize) -> Option<(usize, i64)> {
    let thirteen: &[u8; 13] = bytes.get(start..)?.first_chunk()?;
    let first = u64::from_le_bytes(*thirteen.first_chunk()?);
    // Zeros take the place of the three digits that are among the first eight.
    let last = u64::from_le_bytes(*thirteen.last_chunk()?) >> 24 << 24 | ZEROS >> 40;
    let instant = eight_digits(first)? * 100_000 + eight_digits(last)?;
    let is_end = !matches!(bytes.get(start + 13), Some(b'0'..=b'9' | b'.' | b'e' | b'E'));
    (is_end && thirteen[0] != b'0').then_some((start + 13, instant as i64))
}

const ZEROS: u64 = 0x3030_3030_3030_3030;
const HIGHEST: u64 = 0x8080_8080_8080_8080;

/// What eight digits say, if all are.
#[inline]
fn eight_digits(word: u64) -> Option<u64> {
    let above = word.wrapping_add(0x4646_4646_4646_4646);
    let below = word.wrapping_sub(ZEROS);
    ((above | below) & HIGHEST == 0).then(|| eight_together(below))
}

/// Puts eight digits together, each a byte, the first one lowest: pairs of digits, then pairs of those, then both halves, each
/// by one multiplication (D. Lemire, "Quickly parsing eight digits", 2018).
#[inline]
fn eight_together(digits: u64) -> u64 {
    let pairs = (digits.wrapping_mul(10) + (digits >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul(100) + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    (fours.wrapping_mul(10_000) + (fours >> 32)) & 0xffff_ffff
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn digits_say_what_the_slow_way_says(text in "-?[0-9]{0,12}[.]?[0-9]{0,9}[eE]?[+-]?[0-9]{0,2}") {
            if let Some(digits) = Digits::of(&text) {
                if let Some(float) = digits.float() {
                    prop_assert_eq!(Ok(float.to_bits()), text.parse().map(f64::to_bits), "{}", text);
                }
                let slow = text.parse().ok().filter(|number| *number != 0 || !text.starts_with('-'));
                prop_assert_eq!(digits.integer(), slow, "{}", text);
            }
        }

        #[test]
        fn a_short_number_is_read_as_any_number_is(
            number in "-?[0-9]{0,5}[.]?[0-9]{0,5}", behind in "[],}. \\n0eE\\u{e9}]", more in "[0-9.,}]{7}"
        ) {
            let text = format!("{number}{behind}{more}");
            let long = scan(text.as_bytes(), 0).ok().and_then(|(end, digits)| Some((end, digits?)));
            let short = short(text.as_bytes(), 0);
            prop_assert!(short.is_none() || short == long, "{}: {:?}, not {:?}", text, short, long);
            let tenths = tenths(text.as_bytes(), 0);
            prop_assert!(tenths.is_none() || tenths == long, "{}: {:?}, not {:?}", text, tenths, long);
            let is_short = long.is_some_and(|(end, _)| end < 8 && !text[end..].starts_with(['.', 'e', 'E']));
            prop_assert!(short.is_some() || !is_short, "{} is short", text);
        }

        #[test]
        fn a_number_ends_where_serde_json_says(text in "-?[0-9]{0,4}[.]?[0-9]{0,3}([eE][+-]?[0-9]{0,2})?") {
            let scanned = scan(text.as_bytes(), 0);
            let whole = scanned.is_ok_and(|(end, _)| end == text.len());
            prop_assert_eq!(whole, serde_json::from_str::<serde_json::Number>(&text).is_ok(), "{}", text);
        }
    }

    #[test]
    fn tenths_are_told_from_anything_else() {
        for place in 0..4 {
            for byte in 0..=u8::MAX {
                let mut four = *b"7.5,";
                four[place] = byte;
                let number = scan(&four, 0).ok().and_then(|(end, digits)| Some((end, digits?)));
                let is_tenths = |(end, digits): &(usize, Digits)| {
                    !digits.negative && (*end, digits.decimals) == (3, 1) && matches!(four[3], b',' | b'}')
                };
                assert_eq!(tenths(&four, 0), number.filter(is_tenths), "{four:?}");
            }
        }
        assert_eq!(tenths(b"-2.5}", 0), scan(b"-2.5}", 0).ok().and_then(|(end, digits)| Some((end, digits?))));
    }

    #[test]
    fn eight_digits_are_told_from_anything_else() {
        let eight_digits = |eight: [u8; 8]| eight_digits(u64::from_le_bytes(eight));
        assert_eq!(eight_digits(*b"01234567"), Some(1_234_567));
        assert_eq!(eight_digits(*b"99999999"), Some(99_999_999));
        for place in 0..8 {
            for byte in 0..=u8::MAX {
                let mut eight = *b"27182818";
                eight[place] = byte;
                let slow =
                    std::str::from_utf8(&eight).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
                assert_eq!(eight_digits(eight), slow.and_then(|text| text.parse().ok()), "{eight:?}");
            }
        }
    }

    #[test]
    fn instants_are_read_as_any_number_is() {
        for text in ["1655296678763", "9999999999999}", "1655296678763,1", "1000000000000 "] {
            let (end, digits) = scan(text.as_bytes(), 0).unwrap();
            assert_eq!(
                instant(text.as_bytes(), 0),
                digits.and_then(Digits::integer).map(|number| (end, number)),
                "{text}"
            );
        }
        for text in [
            "0655296678763",
            "165529667876",
            "165529667876,",
            "16552966787631",
            "1655296678763.5",
            "1655296678763e1",
            "16552x6678763",
        ] {
            assert_eq!(instant(text.as_bytes(), 0), None, "{text}");
        }
    }

    #[test]
    fn short_and_plain_numbers_say_what_they_are() {
        for (text, number) in [("0", 0.0), ("-1.0", -1.0), ("0.1", 0.1), ("-0.0", -0.0), ("123.4567", 123.4567)] {
            let digits = Digits::of(text).unwrap();
            assert_eq!(digits.float().map(f64::to_bits), Some(f64::to_bits(number)), "{text}");
        }
        for text in ["", "-", ".5", "1.", "01", "1e3", "1.2.3", "1234567890123456789"] {
            assert_eq!(Digits::of(text), None, "{text}");
        }
        assert_eq!(Digits::of("9007199254740993").unwrap().float(), None, "more than 53 bits");
        assert_eq!(Digits::of("-1655296678763").unwrap().integer(), Some(-1_655_296_678_763));
    }
}
