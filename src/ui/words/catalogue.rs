//! A catalogue: English texts and patterns with what they are in another language, and how a text is found in it.

use std::collections::HashMap;

use super::figures::{self, is_figure, with_comma};

/// What a language says.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// Texts as they are.
    texts: HashMap<&'static str, &'static str>,
    /// Texts with places for others, those with the most letters of their own first.
    patterns: Vec<Pattern>,
}

/// A text with places for others.
#[derive(Debug)]
struct Pattern {
    pieces: Vec<Piece>,
    /// The longest of its own texts: what does not have that is not looked at further.
    own: &'static str,
    /// Pieces of the other language: text, or the place whose argument stands there.
    other: Vec<Result<&'static str, usize>>,
    letters: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Text(&'static str),
    /// `{n}`: a figure, which gets the separators of the language.
    Figure,
    /// `{w}`: words that are in the catalogue themselves.
    Words,
    /// `{e}`: the same, but words that are not in it stay as they are.
    Either,
    /// `{c}`: a code or another name without white space, which stays as it is.
    Name,
    /// `{d}`: what data say, which stays as it is.
    Data,
}

impl Catalogue {
    /// Reads a catalogue: English line, other line, blank line; `#` begins a remark.
    pub fn read(text: &'static str) -> Self {
        let mut catalogue = Self::default();
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
        for pair in lines.chunks_exact(2) {
            let pieces = pieces(pair[0]);
            if let [Piece::Text(english)] = pieces[..] {
                catalogue.texts.insert(english, pair[1]);
                continue;
            }
            let texts =
                pieces.iter().filter_map(|piece| if let Piece::Text(text) = piece { Some(*text) } else { None });
            let letters = texts.clone().map(str::len).sum();
            let own = texts.max_by_key(|text| text.len()).unwrap_or_default();
            catalogue.patterns.push(Pattern { pieces, own, other: others(pair[1]), letters });
        }
        catalogue.patterns.sort_by_key(|pattern| std::cmp::Reverse(pattern.letters));
        catalogue
    }

    /// A text in the other language; none if it is not in the catalogue. What stands around words, such as icons and full stops,
    /// need not be in it, nor that lines, sentences and entries of a list follow each other.
    pub fn translated(&self, text: &str) -> Option<String> {
        if is_name(text) || !text.chars().any(char::is_alphabetic) || is_figure(text) {
            return Some(with_comma(text));
        }
        if let Some(other) = self.texts.get(text) {
            return Some((*other).to_owned());
        }
        let around = |c: char| c.is_whitespace() || is_icon(c) || matches!(c, '•' | '–' | '=' | '·');
        let core = text.trim_matches(around);
        if core.len() < text.len() {
            let (before, after) = text.split_once(core)?;
            return Some(format!("{before}{}{after}", self.translated(core)?));
        }
        self.patterns
            .iter()
            .find_map(|pattern| pattern.translated(text, self))
            .or_else(|| self.joined(text, "\n", ""))
            .or_else(|| self.joined(text, ". ", "."))
            .or_else(|| {
                let end = text.char_indices().next_back().filter(|(_, c)| matches!(c, '.' | ':' | '…' | ','))?;
                Some(self.translated(&text[..end.0])? + &text[end.0..])
            })
            .or_else(|| [" · ", "; ", ", "].into_iter().find_map(|between| self.joined(text, between, "")))
    }

    /// Parts in the other language, if each of them is in the catalogue; `end` is of each part but the last.
    fn joined(&self, text: &str, between: &str, end: &str) -> Option<String> {
        let (first, rest) = text.split_once(between)?;
        let first = self.translated(&format!("{first}{end}"))?;
        let first = first.strip_suffix(end).unwrap_or(&first);
        Some(format!("{first}{between}{}", self.translated(rest)?))
    }
}

impl Pattern {
    fn translated(&self, text: &str, catalogue: &Catalogue) -> Option<String> {
        let mut arguments = vec![];
        if !text.contains(self.own) || !fits(&self.pieces, text, catalogue, &mut arguments) {
            return None;
        }
        let part = |piece: &Result<&'static str, usize>| match *piece {
            Ok(text) => text.to_owned(),
            Err(place) => arguments.get(place).cloned().unwrap_or_default(),
        };
        Some(self.other.iter().map(part).collect())
    }
}

/// Whether a text is these pieces; the arguments that stand in their places, as they are to be said.
fn fits(pieces: &[Piece], text: &str, catalogue: &Catalogue, arguments: &mut Vec<String>) -> bool {
    let Some((first, rest)) = pieces.split_first() else { return text.is_empty() };
    if let Piece::Text(own) = first {
        return text.strip_prefix(own).is_some_and(|behind| fits(rest, behind, catalogue, arguments));
    }
    let ends: Vec<usize> = match rest.first() {
        Some(Piece::Text(next)) => text.match_indices(next).map(|(place, _)| place).collect(),
        Some(_) => text.char_indices().map(|(place, _)| place).collect(),
        None => vec![text.len()],
    };
    ends.into_iter().filter(|end| *end > 0).any(|end| {
        let (argument, behind) = text.split_at(end);
        let said = match first {
            Piece::Figure if is_figure(argument) => Some(with_comma(argument)),
            Piece::Figure => None,
            // What follows is looked at first, as it costs less.
            Piece::Words if !fits(rest, behind, catalogue, &mut vec![]) => None,
            Piece::Words => catalogue.translated(argument),
            Piece::Either => catalogue.translated(argument).or_else(|| Some(argument.to_owned())),
            Piece::Name => (!argument.contains(char::is_whitespace)).then(|| argument.to_owned()),
            Piece::Data | Piece::Text(_) => Some(argument.to_owned()),
        };
        let Some(said) = said else { return false };
        arguments.push(said);
        let length = arguments.len();
        let fit = fits(rest, behind, catalogue, arguments);
        if !fit {
            arguments.truncate(length - 1);
        }
        fit
    })
}

/// Whether a text is the name of a file, a table, a column, a person's code or a unit, and no words.
fn is_name(text: &str) -> bool {
    let is_camel =
        || text.as_bytes().windows(2).any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    let is_number = || text.contains('-') && text.contains(|c: char| c.is_ascii_digit());
    let is_one = || text.contains(['_', '/', '@', '·']) || is_camel() || is_number() || figures::is_unit(text);
    !text.contains(char::is_whitespace) && is_one()
}

fn is_icon(c: char) -> bool {
    ('\u{e000}'..='\u{f8ff}').contains(&c)
}

fn pieces(text: &'static str) -> Vec<Piece> {
    let (mut pieces, mut rest) = (vec![], text);
    let holes = [
        ("{n}", Piece::Figure),
        ("{w}", Piece::Words),
        ("{e}", Piece::Either),
        ("{c}", Piece::Name),
        ("{d}", Piece::Data),
    ];
    loop {
        let next =
            holes.iter().filter_map(|(hole, piece)| Some((rest.find(hole)?, *piece))).min_by_key(|found| found.0);
        let end = next.map_or(rest.len(), |(place, _)| place);
        if end > 0 {
            pieces.push(Piece::Text(&rest[..end]));
        }
        let Some((place, piece)) = next else { return pieces };
        pieces.push(piece);
        rest = &rest[place + 3..];
    }
}

fn others(text: &'static str) -> Vec<Result<&'static str, usize>> {
    let (mut parts, mut rest) = (vec![], text);
    while let Some((before, from)) = rest.split_once('{') {
        let Some((number, behind)) = from.split_once('}') else { break };
        parts.push(Ok(before));
        parts.push(Err(number.parse::<usize>().map_or(usize::MAX, |number| number.wrapping_sub(1))));
        rest = behind;
    }
    parts.push(Ok(rest));
    parts
}
