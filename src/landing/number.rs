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
    pub fn integer(self) -> Option<i64> {
        let whole = self.whole as i64;
        let is_whole = self.decimals == 0 && !(self.negative && whole == 0);
        is_whole.then_some(if self.negative { -whole } else { whole })
    }

    /// The number, correctly rounded: digits and power of ten are both exact, so their quotient is rounded once
    /// (Clinger 1990, the fast path). None where the digits are not exact.
    pub fn float(self) -> Option<f64> {
        const POWERS: [f64; Digits::MOST + 1] =
            [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18];
        const EXACT: u64 = 1 << 53;
        let number = self.whole as f64 / POWERS.get(self.decimals)?;
        (self.whole <= EXACT).then_some(if self.negative { -number } else { number })
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

/// Where a run of digits ends, which are put behind those of `whole`; there must be one.
fn run(bytes: &[u8], start: usize, whole: &mut u64) -> Result<usize, usize> {
    let mut at = start;
    while let Some(digit) = bytes.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
        *whole = whole.wrapping_mul(10).wrapping_add(u64::from(digit));
        at += 1;
    }
    if at > start { Ok(at) } else { Err(start) }
}

/// The whole number of 13 digits that starts at a place, as instants of this century have, and where it ends; none if
/// there is anything else.
#[inline]
pub fn instant(bytes: &[u8], start: usize) -> Option<(usize, i64)> {
    let thirteen: &[u8; 13] = bytes.get(start..)?.first_chunk()?;
    let (eight, five) = thirteen.split_first_chunk::<8>()?;
    let mut instant = eight_digits(*eight).filter(|_| thirteen[0] != b'0')?;
    for byte in five {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        instant = instant * 10 + u64::from(digit);
    }
    let is_end = !matches!(bytes.get(start + 13), Some(b'0'..=b'9' | b'.' | b'e' | b'E'));
    is_end.then_some((start + 13, instant as i64))
}

/// What eight digits say, if all are: pairs of digits are put together, then pairs of those, then both halves, each by one
/// multiplication (D. Lemire, "Quickly parsing eight digits", 2018).
fn eight_digits(eight: [u8; 8]) -> Option<u64> {
    let word = u64::from_le_bytes(eight);
    let above = word.wrapping_add(0x4646_4646_4646_4646);
    let below = word.wrapping_sub(0x3030_3030_3030_3030);
    if (above | below) & 0x8080_8080_8080_8080 != 0 {
        return None;
    }
    let pairs = (below.wrapping_mul(10) + (below >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul(100) + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    Some((fours.wrapping_mul(10_000) + (fours >> 32)) & 0xffff_ffff)
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
        fn a_number_ends_where_serde_json_says(text in "-?[0-9]{0,4}[.]?[0-9]{0,3}([eE][+-]?[0-9]{0,2})?") {
            let scanned = scan(text.as_bytes(), 0);
            let whole = scanned.is_ok_and(|(end, _)| end == text.len());
            prop_assert_eq!(whole, serde_json::from_str::<serde_json::Number>(&text).is_ok(), "{}", text);
        }
    }

    #[test]
    fn eight_digits_are_told_from_anything_else() {
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
