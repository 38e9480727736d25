//! A short stand-in for a person or a device on the screen: the same one always has the same code, and the code
//! does not say who it is.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use sha2::{Digest, Sha256};

/// Letters and digits that are not mistaken for one another (Crockford's base 32, lower case).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A masked identity: `C·7f3a` for a customer, `D·k2p9` for a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code {
    mark: char,
    /// Those that are shown, and zeros.
    letters: [u8; Self::MOST],
    length: u8,
}

impl Code {
    /// The usual number of letters.
    pub const USUAL: usize = 4;
    /// The most letters that a code takes when shorter ones would be the same for two identities.
    pub const MOST: usize = 12;

    /// Reads what [`fmt::Display`] writes, with a full stop as good as the dot in the middle.
    pub fn parse(text: &str) -> Option<Self> {
        let (mark, rest) = text.split_once(['·', '.'])?;
        let mark = mark.parse().ok().filter(char::is_ascii_uppercase)?;
        let is_long_enough = (Self::USUAL..=Self::MOST).contains(&rest.len());
        if !is_long_enough || !rest.bytes().all(|letter| ALPHABET.contains(&letter)) {
            return None;
        }
        let mut letters = [0; Self::MOST];
        letters[..rest.len()].copy_from_slice(rest.as_bytes());
        Some(Self { mark, letters, length: rest.len() as u8 })
    }

    /// Whether it stands for the dot in the middle, which is on no keyboard.
    pub fn is_dot(typed: char) -> bool {
        matches!(typed, '·' | '.' | '-' | ' ')
    }

    /// Reads what people type for a code: any case, and a full stop, a hyphen or a blank for the dot in the middle.
    pub fn typed(text: &str) -> Option<Self> {
        let mut letters = text.chars();
        let mark = letters.next()?.to_ascii_uppercase();
        letters.next().filter(|dot| Self::is_dot(*dot))?;
        Self::parse(&format!("{mark}·{}", letters.as_str().to_ascii_lowercase()))
    }

    /// Which of `colors` marks this identity wherever it appears.
    pub fn color_index(&self, colors: usize) -> usize {
        self.letters[..Self::USUAL].iter().fold(0, |sum, &letter| sum * 31 + usize::from(letter)) % colors.max(1)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}·", self.mark)?;
        self.letters[..usize::from(self.length)].iter().try_for_each(|&letter| write!(f, "{}", char::from(letter)))
    }
}

/// The codes of all customers or all devices of one landing: four letters each, more for those few whose first
/// four are the same, as many as it takes to tell them apart.
///
/// The letters are the start of SHA-256 over the mark and the identity. They are for the screen of somebody who
/// may see the identities anyway; what leaves the house is pseudonymised under a secret key, which this is not.
#[derive(Clone, Debug, Default)]
pub struct Codebook {
    codes: HashMap<String, Code>,
}

impl Codebook {
    /// Gives every identity a code; the same set of identities gets the same codes in whatever order it comes.
    pub fn new<'a>(mark: char, identities: impl IntoIterator<Item = &'a str>) -> Self {
        let mut identities: Vec<&str> = identities.into_iter().collect();
        identities.sort_unstable();
        identities.dedup();
        let mut open: Vec<(&str, [u8; Code::MOST])> =
            identities.into_iter().map(|identity| (identity, letters(mark, identity))).collect();
        let mut codes = HashMap::with_capacity(open.len());
        for length in Code::USUAL..=Code::MOST {
            open.sort_unstable_by_key(|&(_, letters)| letters);
            let mut still_open = vec![];
            for same in open.chunk_by(|a, b| a.1[..length] == b.1[..length]) {
                if same.len() > 1 && length < Code::MOST {
                    still_open.extend_from_slice(same);
                } else {
                    codes.extend(same.iter().map(|&(identity, mut letters)| {
                        letters[length..].fill(0);
                        (identity.to_owned(), Code { mark, letters, length: length as u8 })
                    }));
                }
            }
            open = still_open;
        }
        Self { codes }
    }

    /// The code of an identity that the landing knows.
    pub fn get(&self, identity: &str) -> Option<Code> {
        self.codes.get(identity).copied()
    }

    /// The identities that have these codes, by their codes.
    pub fn find(&self, wanted: &BTreeSet<Code>) -> BTreeMap<Code, &str> {
        if wanted.is_empty() {
            return BTreeMap::new();
        }
        let wanted = self.codes.iter().filter(|(_, code)| wanted.contains(code));
        wanted.map(|(identity, code)| (*code, identity.as_str())).collect()
    }

    /// All identities that have a code, in no order.
    pub fn identities(&self) -> impl Iterator<Item = &str> {
        self.codes.keys().map(String::as_str)
    }

    /// How many identities have a code.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }
}

fn letters(mark: char, identity: &str) -> [u8; Code::MOST] {
    let mut hasher = Sha256::new();
    hasher.update(mark.to_string().as_bytes());
    hasher.update(identity.as_bytes());
    let digest = hasher.finalize();
    let mut letters = [0; Code::MOST];
    for (letter, byte) in letters.iter_mut().zip(digest.iter()) {
        *letter = ALPHABET[usize::from(byte % 32)];
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_people_never_share_a_code() {
        let people: Vec<String> = (0..20_000).map(|n| format!("person{n}@example.com")).collect();
        let book = Codebook::new('C', people.iter().map(String::as_str));
        let codes: BTreeSet<String> = people.iter().filter_map(|p| book.get(p)).map(|c| c.to_string()).collect();
        assert_eq!(codes.len(), people.len());
    }

    #[test]
    fn a_code_is_short_and_does_not_depend_on_order() {
        let one = Codebook::new('D', ["a", "b"]);
        let other = Codebook::new('D', ["b", "a", "b"]);
        assert_eq!(one.get("a"), other.get("a"));
        assert_eq!(one.get("a").map(|code| code.to_string().chars().count()), Some(6));
        assert_eq!(one.get("c"), None);
    }

    #[test]
    fn a_code_is_read_as_people_type_it_and_an_address_is_none() {
        let code = Code::parse("C·td57");
        assert!(code.is_some());
        for typed in ["C·td57", "c.td57", "c-TD57", "C td57"] {
            assert_eq!(Code::typed(typed), code, "{typed}");
        }
        for other in ["", "c", "td57", "c.td57@example.com", "c-12", "1·td57", "É·td57", "C·td57·"] {
            assert_eq!(Code::typed(other), None, "{other}");
        }
    }

    #[test]
    fn a_code_is_read_as_it_is_written_and_leads_back() {
        let people: Vec<String> = (0..20_000).map(|n| format!("person{n}@example.com")).collect();
        let book = Codebook::new('C', people.iter().map(String::as_str));
        for person in &people {
            let code = book.get(person).unwrap();
            assert_eq!(Code::parse(&code.to_string()), Some(code), "{code}");
            assert_eq!(Code::parse(&code.to_string().replace('·', ".")), Some(code));
        }
        let wanted = book.get(&people[7]).unwrap();
        assert_eq!(book.find(&[wanted].into()), [(wanted, people[7].as_str())].into());
        for wrong in ["", "C·", "C·7f3", "C·7f3u", "c·7f3a", "CD·7f3a", "C7f3a", "C·7f3a0000000000", "C·7f3·"] {
            assert_eq!(Code::parse(wrong), None, "{wrong}");
        }
    }
}
