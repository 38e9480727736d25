//! What a query can go on with at a place: columns, tables, functions and words of SQL.

use std::ops::Range;

use sqlparser::tokenizer::{Token, Whitespace};

use crate::domain::{Kind, Table};

use super::text::{FUNCTIONS, KEYWORDS, pieces};

/// What is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferKind {
    Column,
    Table,
    Function,
    Keyword,
}

/// One way to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub kind: OfferKind,
    /// What takes the place of the word that was begun.
    pub text: String,
    /// What it is, in a word.
    pub hint: String,
}

/// What a query begins with.
const BEGINNINGS: [&str; 4] = ["SELECT", "WITH", "EXPLAIN", "SHOW TABLES"];
/// Most ways that are offered.
const MOST: usize = 40;

/// The word that is begun at a byte of a query, and what it can become. With nothing begun, something is offered where a table or a
/// column has to follow, or where that is `asked` for.
pub fn offers(text: &str, at: usize, asked: bool) -> (Range<usize>, Vec<Offer>) {
    let before = text.get(..at).unwrap_or(text);
    let is_of_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let start = before
        .rfind(|letter| !is_of_word(letter))
        .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let begun = &before[start..];
    let (pieces, _) = pieces(text);
    let is_in_text = |token: &Token| {
        matches!(
            token,
            Token::SingleQuotedString(_)
                | Token::Whitespace(Whitespace::SingleLineComment { .. } | Whitespace::MultiLineComment(_))
        )
    };
    let in_text =
        pieces.iter().any(|piece| is_in_text(&piece.token) && piece.bytes.start < at && at <= piece.bytes.end)
            || pieces.last().is_some_and(|last| last.bytes.end < at);
    if in_text || begun.starts_with(|letter: char| letter.is_ascii_digit()) {
        return (start..at, vec![]);
    }
    let words: Vec<(&str, usize)> = pieces
        .iter()
        .filter_map(|piece| {
            if let Token::Word(word) = &piece.token { Some((word.value.as_str(), piece.bytes.start)) } else { None }
        })
        .collect();
    let named = named(&words);
    let offered = if before[..start].ends_with('.') {
        let of = before[..start - 1].rfind(|letter| !is_of_word(letter)).map_or(0, |at| at + 1);
        let qualifier = before.get(of..start - 1).unwrap_or_default();
        let tables = named.iter().filter(|(name, _)| *name == qualifier).map(|(_, table)| *table);
        tables.flat_map(columns).collect()
    } else {
        let last = words.iter().rev().find(|(_, place)| *place < start).map(|(word, _)| word.to_ascii_uppercase());
        let is_table_next = matches!(last.as_deref(), Some("FROM" | "JOIN"));
        if begun.is_empty() && !asked && !is_table_next {
            return (start..at, vec![]);
        }
        let tables = Table::ALL.into_iter().map(|table| offer(OfferKind::Table, table.name(), table.zone().title()));
        if is_table_next {
            tables.collect()
        } else if last.is_none() {
            BEGINNINGS.map(|word| offer(OfferKind::Keyword, word, "word of SQL")).into()
        } else {
            let of_named = named.iter().map(|(_, table)| *table).collect::<std::collections::BTreeSet<_>>();
            let functions = FUNCTIONS.iter().map(|name| offer(OfferKind::Function, &format!("{name}("), "function"));
            let keywords = KEYWORDS.iter().map(|word| offer(OfferKind::Keyword, word, "word of SQL"));
            let given = given(&words).map(|name| offer(OfferKind::Column, name, "name in this query"));
            of_named.into_iter().flat_map(columns).chain(given).chain(tables).chain(keywords).chain(functions).collect()
        }
    };
    (start..at, matching(offered, begun))
}

fn offer(kind: OfferKind, text: &str, hint: &str) -> Offer {
    Offer { kind, text: text.to_owned(), hint: hint.to_owned() }
}

fn columns(table: Table) -> impl Iterator<Item = Offer> {
    table.schema().iter().map(move |column| {
        let kind = match column.kind {
            Kind::Text => "text",
            Kind::Integer => "whole number",
            Kind::Time => "instant",
            Kind::Float => "number",
        };
        offer(OfferKind::Column, column.name, &format!("{kind} of {}", table.name()))
    })
}

/// The tables that a query names, each under its own name and the one that the query gives it.
fn named<'a>(words: &[(&'a str, usize)]) -> Vec<(&'a str, Table)> {
    let mut named = vec![];
    for (position, (word, _)) in words.iter().enumerate() {
        let Some(table) = Table::ALL.into_iter().find(|table| table.name() == *word) else { continue };
        named.push((*word, table));
        let mut next = words[position + 1..].iter().map(|(word, _)| *word);
        let alias = match next.next() {
            Some(word) if word.eq_ignore_ascii_case("as") => next.next(),
            other => other,
        };
        let is_keyword = |word: &&str| KEYWORDS.contains(word.to_ascii_uppercase().as_str());
        named.extend(alias.filter(|word| !is_keyword(word)).map(|alias| (alias, table)));
    }
    named
}

/// The names that a query gives to columns by AS.
fn given<'a>(words: &'a [(&'a str, usize)]) -> impl Iterator<Item = &'a str> {
    let is_named = |pair: &&[(&str, usize)]| pair[0].0.eq_ignore_ascii_case("as");
    words.windows(2).filter(is_named).map(|pair| pair[1].0)
}

/// Those that begin so come first, then those that have it within; a word that is whole already needs no offer.
fn matching(offered: Vec<Offer>, begun: &str) -> Vec<Offer> {
    let begun = begun.to_lowercase();
    // Enter behind it is a new line, and not another word that has it within.
    let is_whole = |text: &str| text.eq_ignore_ascii_case(&begun);
    if offered.iter().any(|offer| is_whole(&offer.text)) || ["null", "true", "false"].iter().any(|word| is_whole(word))
    {
        return vec![];
    }
    let mut kept: Vec<Offer> = vec![];
    for is_start in [true, false] {
        for offer in &offered {
            let text = offer.text.to_lowercase();
            let fits = if is_start { text.starts_with(&begun) } else { begun.len() > 1 && text.contains(&begun) };
            if fits && !kept.iter().any(|other| other.text == offer.text) {
                kept.push(offer.clone());
            }
        }
    }
    kept.truncate(MOST);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is offered at the bar.
    fn at_bar(text: &str, asked: bool) -> Vec<String> {
        let at = text.find('|').unwrap();
        let (_, offers) = offers(&text.replace('|', ""), at, asked);
        offers.into_iter().map(|offer| offer.text).collect()
    }

    #[test]
    fn what_fits_the_place_is_offered() {
        assert_eq!(at_bar("SELECT * FROM cust|", false), ["customer_landing", "customer_trusted", "customer_curated"]);
        assert_eq!(at_bar("SELECT * FROM |", false).len(), 8);
        assert_eq!(at_bar("SELECT ema| FROM customer_trusted", false)[0], "email");
        assert_eq!(at_bar("SELECT a.t| FROM accelerometer_trusted AS a", false)[0], "timestamp");
        assert_eq!(at_bar("SELECT s.| FROM customer_trusted c JOIN step_trainer_trusted s ON", false).len(), 3);
        assert_eq!(at_bar("sel|", false), ["SELECT"]);
        assert!(at_bar("SELECT * FROM customer_trusted WHERE email IS NOT NULL|", false).is_empty());
        assert!(
            at_bar("SELECT * FROM customer_trusted WHERE email IS NOT nul|", false).contains(&"nullif(".to_owned())
        );
        assert!(at_bar("SELECT coun|", false).contains(&"count(".to_owned()));
        assert_eq!(at_bar("|", true), BEGINNINGS);
        // What the query names itself is whole, and no keyword in the making.
        let named = "SELECT count(*) AS n, 1 AS nearest FROM customer_landing ORDER BY ";
        assert!(at_bar(&format!("{named}n|"), false).is_empty());
        assert_eq!(at_bar(&format!("{named}nea|"), false)[0], "nearest");
        assert!(at_bar("SELECT * FROM customer_landing whe|", false).contains(&"WHERE".to_owned()));
    }

    #[test]
    fn nothing_is_offered_within_texts_comments_and_numbers() {
        for text in ["SELECT 'sel|'", "SELECT 'sel|", "-- sel|", "/* sel| */ SELECT 1", "SELECT 1|", "|", "SELECT a |"]
        {
            assert_eq!(at_bar(text, false), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn the_word_that_was_begun_is_what_is_replaced() {
        let (range, _) = offers("SELECT ä, ema", 14, false);
        assert_eq!(range, 11..14);
    }
}
