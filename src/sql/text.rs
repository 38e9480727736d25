//! The text of a query taken apart: where each word stands, and what kind of word it is.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use polars::sql::keywords::{all_functions, all_keywords};
use sqlparser::dialect::GenericDialect;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer, TokenizerError, Whitespace};

use crate::domain::Table;

/// A place in a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The bytes that it takes.
    pub bytes: Range<usize>,
    /// Its line, the first is 1.
    pub line: usize,
    /// The letter in its line at which it begins, the first is 1.
    pub column: usize,
}

/// A word, number, text or sign, and where it stands.
pub struct Piece {
    pub token: Token,
    pub span: sqlparser::tokenizer::Span,
    pub bytes: Range<usize>,
}

/// What a part of a query is, for its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Keyword,
    Function,
    Table,
    Text,
    Number,
    Comment,
    /// Names and signs.
    Plain,
}

/// The pieces of a text, and why the rest of it could not be taken apart, if it could not.
pub fn pieces(text: &str) -> (Vec<Piece>, Option<TokenizerError>) {
    let mut tokens: Vec<TokenWithSpan> = vec![];
    let error = Tokenizer::new(&GenericDialect, text).tokenize_with_location_into_buf(&mut tokens).err();
    let lines = Lines::of(text);
    let piece = |TokenWithSpan { token, span }| {
        let start = lines.byte(text, span.start);
        // Words within a comment for the parser have no place of their own.
        let end = lines.byte(text, span.end).max(start);
        Piece { token, span, bytes: start..end }
    };
    (tokens.into_iter().map(piece).collect(), error)
}

/// A piece that is no blank and no comment.
pub struct Outer<'a> {
    pub position: usize,
    pub token: &'a Token,
    /// It stands in no brackets.
    pub is_outer: bool,
    /// The word of SQL that it is, if it stands in no brackets.
    pub keyword: Keyword,
}

/// The pieces without blanks and comments, each with whether brackets are around it; a bracket that opens has none around it yet.
pub fn outer(pieces: &[Piece]) -> impl Iterator<Item = Outer<'_>> {
    let mut depth = 0_i32;
    let said = pieces.iter().enumerate().filter(|(_, piece)| !matches!(piece.token, Token::Whitespace(_)));
    said.map(move |(position, Piece { token, .. })| {
        let is_outer = depth == 0;
        depth += match token {
            Token::LParen | Token::LBracket | Token::LBrace => 1,
            Token::RParen | Token::RBracket | Token::RBrace => -1,
            _ => 0,
        };
        let keyword = match token {
            Token::Word(word) if is_outer => word.keyword,
            _ => Keyword::NoKeyword,
        };
        Outer { position, token, is_outer, keyword }
    })
}

/// The place of a word that begins here, or the letter here.
pub fn place(text: &str, at: Location) -> Place {
    let start = Lines::of(text).byte(text, at);
    let (pieces, _) = pieces(text);
    let piece = pieces.iter().find(|piece| piece.bytes.start == start).map(|piece| piece.bytes.clone());
    let letter = text[start..].chars().next().map_or(0, char::len_utf8);
    place_of(text, piece.unwrap_or(start..start + letter))
}

/// The place of these bytes.
pub fn place_of(text: &str, bytes: Range<usize>) -> Place {
    let before = &text[..bytes.start];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    Place { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1, bytes }
}

/// The parts of a text and what they are, from its beginning to its end without a gap.
pub fn classes(text: &str) -> Vec<(Range<usize>, Class)> {
    let (pieces, _) = pieces(text);
    let mut classes: Vec<(Range<usize>, Class)> = vec![];
    for (position, piece) in pieces.iter().enumerate() {
        let end = classes.last().map_or(0, |(bytes, _)| bytes.end);
        let starts_late = piece.bytes.start > end;
        if starts_late {
            classes.push((end..piece.bytes.start, Class::Comment));
        }
        if piece.bytes.start >= end {
            let opens = pieces[position + 1..].first().is_some_and(|next| next.token == Token::LParen);
            classes.push((piece.bytes.clone(), class(&piece.token, opens)));
        }
    }
    let end = classes.last().map_or(0, |(bytes, _)| bytes.end);
    if end < text.len() {
        // A text or comment that is not closed yet.
        classes.push((end..text.len(), Class::Text));
    }
    classes
}

fn class(token: &Token, opens: bool) -> Class {
    match token {
        Token::Word(word) if word.quote_style.is_some() => Class::Plain,
        Token::Word(word) if Table::ALL.iter().any(|table| table.name() == word.value) => Class::Table,
        // `timestamp` and `user` are words of SQL as well.
        Token::Word(word) if is_column(&word.value) => Class::Plain,
        Token::Word(word) if opens && is_function(&word.value) => Class::Function,
        Token::Word(word) if word.keyword != Keyword::NoKeyword && is_keyword(&word.value) => Class::Keyword,
        Token::Number(..) => Class::Number,
        Token::SingleQuotedString(_) => Class::Text,
        Token::Whitespace(Whitespace::SingleLineComment { .. } | Whitespace::MultiLineComment(_)) => Class::Comment,
        _ => Class::Plain,
    }
}

/// Words of SQL that mean something here, in capitals.
pub static KEYWORDS: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    // What is refused is not offered; what polars leaves out of its own list and knows all the same is added.
    const REFUSED: [&str; 5] = ["CREATE", "DROP", "TABLE", "TRUNCATE", "RENAME"];
    const MORE: [&str; 16] = [
        "ALL",
        "BETWEEN",
        "CAST",
        "CROSS",
        "ELSE",
        "END",
        "EXPLAIN",
        "HAVING",
        "ILIKE",
        "IS",
        "LIKE",
        "OVER",
        "PARTITION",
        "QUALIFY",
        "TIMESTAMP",
        "VALUES",
    ];
    let functions: BTreeSet<&str> = all_functions().into_iter().collect();
    let known = all_keywords().into_iter().filter(|word| !functions.contains(word) && !REFUSED.contains(word));
    known.chain(MORE).collect()
});

/// Functions that a query may call, in small letters.
pub static FUNCTIONS: LazyLock<BTreeSet<&'static str>> =
    LazyLock::new(|| all_functions().into_iter().filter(|name| !reads_files(name)).collect());

/// Whether a function takes its rows from a file.
pub fn reads_files(name: &str) -> bool {
    name.to_ascii_lowercase().starts_with("read_")
}

fn is_column(word: &str) -> bool {
    Table::ALL.into_iter().flat_map(Table::schema).any(|column| column.name == word)
}

fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(word.to_ascii_uppercase().as_str())
}

fn is_function(word: &str) -> bool {
    FUNCTIONS.contains(word.to_ascii_lowercase().as_str())
}

/// Where the lines of a text begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect())
    }

    /// The byte at a location; the end of the text if it is behind that.
    fn byte(&self, text: &str, at: Location) -> usize {
        let line = usize::try_from(at.line).unwrap_or(0).saturating_sub(1);
        let Some(&start) = self.0.get(line) else { return text.len() };
        let letters = usize::try_from(at.column).unwrap_or(0).saturating_sub(1);
        text[start..].char_indices().nth(letters).map_or(text.len(), |(letter, _)| start + letter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_cover_the_text_whatever_is_typed() {
        let text = "SELECT count(*) AS \"ä\", 'é''x' -- why\nFROM customer_landing /* ü */ WHERE 'open";
        for text in [text, "SELECT 1 /*! + 1 */ FROM\n ä /*! b\nc */"] {
            for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
                let mut before = 0;
                for (bytes, _) in classes(&text[..end]) {
                    assert!(bytes.start == before && bytes.end >= before, "{}", &text[..end]);
                    before = bytes.end;
                }
                assert_eq!(before, end);
            }
        }
        let of = |word: &str| {
            let at = text.find(word).unwrap();
            classes(text).into_iter().find(|(bytes, _)| bytes.contains(&at)).unwrap().1
        };
        for (word, class) in [
            ("SELECT", Class::Keyword),
            ("count", Class::Function),
            ("'é''x'", Class::Text),
            ("-- why", Class::Comment),
            ("customer_landing", Class::Table),
            ("'open", Class::Text),
        ] {
            assert_eq!(of(word), class, "{word}");
        }
    }

    #[test]
    fn a_place_is_told_by_line_and_letter() {
        let text = "SELECT 1,\n  'ä', wrong FROM x";
        let at = text.find("wrong").unwrap();
        let found = place_of(text, at..at + 5);
        assert_eq!((found.line, found.column), (2, 8));
        assert_eq!(place(text, Location { line: 2, column: 8 }), found);
    }

    #[test]
    fn nothing_that_reads_files_is_offered() {
        assert!(FUNCTIONS.contains("count") && FUNCTIONS.len() > 100);
        assert!(!FUNCTIONS.iter().any(|name| reads_files(name)));
        assert!(KEYWORDS.contains("SELECT") && !KEYWORDS.contains("DROP"));
    }
}
