//! JSON as feeds write it: objects in lines, back to back, in arrays, or all of these in one file. One pass, no
//! recursion, no allocation for a text without escapes.
//!
//! A damaged record costs that record: the next one starts at the next brace after it that opens an object.

use std::borrow::Cow;

use memchr::{memchr, memchr2};

use super::number::{self, Digits};
use super::refused::RefusedReason;
use super::value::Value;

const DEEPEST: usize = 32;

/// What the scanner found.
#[derive(Debug, PartialEq)]
pub enum Found {
    /// An object; its members were handed over. Ends before `end`.
    Record { start: usize, end: usize },
    /// Bytes that are no object, up to `end`.
    Damaged { start: usize, end: usize, reason: RefusedReason },
}

/// A member of an object.
pub struct Member<'a> {
    /// Escapes resolved.
    pub key: Cow<'a, str>,
    pub value: Value<'a>,
    /// The bytes from the end of the value before it, or from the brace, to its own value.
    pub before: &'a [u8],
}

/// Goes through a file from object to object.
pub struct Scanner<'a> {
    bytes: &'a [u8],
    /// The same bytes, where all of them are UTF-8: looked at once instead of text by text.
    utf8: Option<&'a str>,
    at: usize,
}

struct Broken(RefusedReason);

type Parsed<T> = Result<T, Broken>;

impl<'a> Scanner<'a> {
    /// Starts at the first byte.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self::within(bytes, std::str::from_utf8(bytes).ok(), 0)
    }

    /// Starts within a file that was looked at already: `utf8` is as much of it as is UTF-8, if that is nearly all.
    pub fn within(bytes: &'a [u8], utf8: Option<&'a str>, at: usize) -> Self {
        Self { bytes, utf8, at }
    }

    /// Where the next object or damage starts, or the end of the file.
    pub fn next_record(&mut self) -> usize {
        self.at = skip_separators(self.bytes, self.at);
        self.at
    }

    /// Whether what was found last could be something else if more bytes came behind these.
    pub fn is_open(&self, reason: RefusedReason) -> bool {
        reason == RefusedReason::CutOff || skip_space(self.bytes, self.at + 1) >= self.bytes.len()
    }

    /// The next object or damage; none at the end of the file. `take` gets each member of the outermost object as
    /// they come; what it got of an object that turns out damaged is void.
    pub fn next(&mut self, mut take: impl FnMut(Member<'a>)) -> Option<Found> {
        self.at = skip_separators(self.bytes, self.at);
        let start = self.at;
        if start == self.bytes.len() {
            return None;
        }
        if self.bytes[start] != b'{' {
            let end = self.next_start(start);
            self.at = end;
            return Some(Found::Damaged { start, end: self.trimmed(start, end), reason: RefusedReason::StrayBytes });
        }
        match self.object(&mut take) {
            Ok(()) => Some(Found::Record { start, end: self.at }),
            Err(Broken(reason)) => {
                let reason = if self.at >= self.bytes.len() { RefusedReason::CutOff } else { reason };
                let end = self.next_start(start + 1);
                self.at = end;
                Some(Found::Damaged { start, end: self.trimmed(start, end), reason })
            }
        }
    }

    /// Goes behind the object that starts here if `read` can read it, which gets the file and where the object starts, and gives
    /// its end.
    // This, what it reads and the numbers in it belong to the loop over records, where a reader's time goes: left to itself the
    // compiler puts them there or not as code elsewhere comes and goes, which is up to a tenth of the instructions.
    #[inline(always)]
    pub fn pass(&mut self, read: impl FnOnce(&'a str, usize) -> Option<usize>) -> bool {
        let end = self.utf8.and_then(|text| read(text, self.at));
        self.at = end.unwrap_or(self.at);
        end.is_some()
    }

    /// Where the next object may start: a brace that a key or another brace follows, or a key on a new line after a
    /// brace that closes, which is an object that lost its own brace.
    fn next_start(&self, from: usize) -> usize {
        let mut at = from;
        while let Some(found) = memchr2(b'{', b'}', &self.bytes[at..]) {
            let brace = at + found;
            let after = skip_space(self.bytes, brace + 1);
            match (self.bytes[brace], self.bytes.get(after)) {
                (b'{', Some(b'"' | b'}') | None) => return brace,
                (b'}', Some(b'"')) if memchr(b'\n', &self.bytes[brace..after]).is_some() => return after,
                _ => at = brace + 1,
            }
        }
        self.bytes.len()
    }

    fn trimmed(&self, start: usize, mut end: usize) -> usize {
        while end > start + 1 && is_separator(self.bytes[end - 1]) {
            end -= 1;
        }
        end
    }

    fn object(&mut self, take: &mut impl FnMut(Member<'a>)) -> Parsed<()> {
        self.at += 1;
        let mut before = self.at;
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.space();
            let key = self.text()?;
            self.space();
            self.expect(b':')?;
            self.space();
            let start = self.at;
            let value = self.value()?;
            take(Member { key, value, before: &self.bytes[before..start] });
            before = self.at;
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(Broken(RefusedReason::Malformed)),
            }
        }
    }

    fn value(&mut self) -> Parsed<Value<'a>> {
        match self.peek() {
            Some(b'"') => self.text().map(Value::Text),
            Some(b'-' | b'0'..=b'9' | b'N' | b'I') => self.number(),
            Some(b't') => self.word("true", Value::Other),
            Some(b'f') => self.word("false", Value::Other),
            Some(b'n') => self.word("null", Value::Null),
            Some(b'{' | b'[') => self.nested(),
            _ => Err(Broken(RefusedReason::Malformed)),
        }
    }

    /// Passes over an array or object within the record.
    fn nested(&mut self) -> Parsed<Value<'a>> {
        let mut open = vec![];
        loop {
            self.space();
            match self.peek() {
                Some(bracket @ (b'{' | b'[')) => {
                    open.push(bracket);
                    if open.len() > DEEPEST {
                        return Err(Broken(RefusedReason::TooDeep));
                    }
                    self.at += 1;
                    self.space();
                    if self.peek() != Some(closing(bracket)) {
                        self.key_in(&open)?;
                        continue;
                    }
                }
                _ => {
                    self.value()?;
                }
            }
            loop {
                self.space();
                let Some(&innermost) = open.last() else { return Ok(Value::Other) };
                if self.peek() == Some(closing(innermost)) {
                    self.at += 1;
                    open.pop();
                } else if self.peek() == Some(b',') {
                    self.at += 1;
                    self.space();
                    self.key_in(&open)?;
                    if !matches!(self.peek(), Some(b'}' | b']')) {
                        break;
                    }
                    return Err(Broken(RefusedReason::Malformed));
                } else {
                    return Err(Broken(RefusedReason::Malformed));
                }
            }
        }
    }

    /// The key and colon before a value, where the innermost is an object.
    fn key_in(&mut self, open: &[u8]) -> Parsed<()> {
        if open.last() == Some(&b'{') {
            self.text()?;
            self.space();
            self.expect(b':')?;
            self.space();
        }
        Ok(())
    }

    fn number(&mut self) -> Parsed<Value<'a>> {
        let start = self.at;
        match number::scan(self.bytes, start) {
            Ok((end, digits)) => {
                self.at = end;
                if let Some(integer) = digits.and_then(Digits::integer) {
                    return Ok(Value::Integer(integer));
                }
                let text = self.slice(start, end)?;
                Ok(digits.and_then(Digits::float).map_or(Value::Number(text), |number| Value::Decimal(text, number)))
            }
            Err(end) => {
                self.at = end;
                match self.peek() {
                    Some(b'N') => self.word("NaN", Value::Float(f64::NAN)),
                    Some(b'I') => self.word("Infinity", Value::Float(f64::INFINITY)),
                    _ => Err(Broken(RefusedReason::Malformed)),
                }
            }
        }
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Parsed<Value<'a>> {
        for byte in word.bytes() {
            self.expect(byte)?;
        }
        Ok(value)
    }

    fn text(&mut self) -> Parsed<Cow<'a, str>> {
        self.expect(b'"')?;
        let start = self.at;
        let end = start + plain_text(&self.bytes[start..]);
        self.at = end;
        match self.peek() {
            Some(b'"') => {
                self.at += 1;
                self.slice(start, end).map(Cow::Borrowed)
            }
            Some(b'\\') => self.escaped(start),
            _ => Err(Broken(RefusedReason::Malformed)),
        }
    }

    fn slice(&self, start: usize, end: usize) -> Parsed<&'a str> {
        match self.utf8 {
            Some(text) => text.get(start..end).ok_or(Broken(RefusedReason::NotUtf8)),
            None => utf8(&self.bytes[start..end]),
        }
    }

    fn escaped(&mut self, start: usize) -> Parsed<Cow<'a, str>> {
        let mut text = self.slice(start, self.at)?.to_owned();
        loop {
            let plain = self.at;
            while matches!(self.peek(), Some(byte) if byte != b'"' && byte != b'\\' && byte > 0x1f) {
                self.at += 1;
            }
            text.push_str(self.slice(plain, self.at)?);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Cow::Owned(text));
                }
                Some(b'\\') => {
                    self.at += 1;
                    text.push(self.escape()?);
                }
                _ => return Err(Broken(RefusedReason::Malformed)),
            }
        }
    }

    fn escape(&mut self) -> Parsed<char> {
        let byte = self.peek().ok_or(Broken(RefusedReason::Malformed))?;
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.hexadecimal()?;
                let code = if (0xd800..0xdc00).contains(&first) {
                    self.expect(b'\\')?;
                    self.expect(b'u')?;
                    let second = self.hexadecimal()?;
                    if !(0xdc00..0xe000).contains(&second) {
                        return Err(Broken(RefusedReason::NotUtf8));
                    }
                    0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
                } else {
                    first
                };
                char::from_u32(code).ok_or(Broken(RefusedReason::NotUtf8))?
            }
            _ => return Err(Broken(RefusedReason::Malformed)),
        })
    }

    fn hexadecimal(&mut self) -> Parsed<u32> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            code = code * 16 + digit.ok_or(Broken(RefusedReason::Malformed))?;
            self.at += 1;
        }
        Ok(code)
    }

    fn expect(&mut self, byte: u8) -> Parsed<()> {
        if self.peek() == Some(byte) {
            self.at += 1;
            Ok(())
        } else {
            Err(Broken(RefusedReason::Malformed))
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        self.at = skip_space(self.bytes, self.at);
    }
}

/// How many bytes of a text come before a quote, a backslash or a control character. Eight bytes at a time: a byte
/// less than n, or equal to one, borrows from its highest bit (Mycroft's test; exact for the lowest byte that
/// passes, which is the one that counts).
pub fn plain_text(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let equal = |word: u64, byte: u8| {
        let difference = word ^ (ONES * u64::from(byte));
        difference.wrapping_sub(ONES) & !difference & HIGH
    };
    let (words, _) = bytes.as_chunks::<8>();
    for (number, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let control = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
        let found = control | equal(word, b'"') | equal(word, b'\\');
        if found != 0 {
            return number * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let done = words.len() * 8;
    let rest = bytes[done..].iter().position(|&byte| byte < 0x20 || byte == b'"' || byte == b'\\');
    done + rest.unwrap_or(bytes.len() - done)
}

fn utf8(bytes: &[u8]) -> Parsed<&str> {
    std::str::from_utf8(bytes).map_err(|_| Broken(RefusedReason::NotUtf8))
}

fn closing(bracket: u8) -> u8 {
    if bracket == b'{' { b'}' } else { b']' }
}

pub fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
        at += 1;
    }
    at
}

/// White space, what stands between the objects of an array, the record separator of RFC 7464, a byte order mark.
pub(super) fn skip_separators(bytes: &[u8], mut at: usize) -> usize {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    while let Some(&byte) = bytes.get(at) {
        if is_separator(byte) {
            at += 1;
        } else if byte == MARK[0] && bytes[at..].starts_with(MARK) {
            at += MARK.len();
        } else {
            break;
        }
    }
    at
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | b',' | b'[' | b']' | 0x1e)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_end_of_plain_text_is_found_wherever_it_is(
            bytes in proptest::collection::vec(prop_oneof![any::<u8>(), Just(b'"'), Just(b'\\'), Just(0x1f), Just(0x20)], 0..40)
        ) {
            let slow = bytes.iter().position(|&byte| byte < 0x20 || byte == b'"' || byte == b'\\');
            prop_assert_eq!(plain_text(&bytes), slow.unwrap_or(bytes.len()));
        }
    }
}
