//! A query is read and refused if it does anything but read the zone tables. What is wrong is said with its place.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use sqlparser::ast::{Ident, Query, Select, Statement, TableFactor, Visit as _, Visitor};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::{Parser, ParserError, ParserOptions};
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Whitespace};

use crate::domain::Table;
use crate::domain::foreign::excerpt;

use super::named::names;
use super::order::orders;
use super::text::{Piece, Place, pieces, place, place_of, reads_files};

/// Why a query is not answered, and where in its text the reason stands, if it has a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong, and what to do.
    pub message: String,
    pub place: Option<Place>,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(Place { line, column, .. }) = &self.place {
            write!(f, "{line}:{column}: ")?;
        }
        f.write_str(&self.message)
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Rows.
    Rows,
    /// How the rows would be found.
    Plan,
    /// The names of the tables.
    Tables,
}

/// A query that only reads, and what it may see.
#[derive(Clone, Debug)]
pub struct Asked {
    /// As it goes to the engine.
    pub sql: String,
    /// The same with names for the columns that have none.
    pub named: String,
    /// The tables that it names. No others are there for it.
    pub tables: BTreeSet<Table>,
    pub form: Form,
}

impl Asked {
    /// Reads a query. `stands_for` gives what takes the place of a text in it, such as a code; in a plan the texts of a query
    /// are shown.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn read(text: &str, stands_for: impl Fn(&str, Form) -> Option<String>) -> Result<Self, Fault> {
        let (pieces, error) = pieces(text);
        if let Some(error) = error {
            return Err(Fault { message: sentence(&error.message), place: Some(place(text, error.location)) });
        }
        // To the parser such a comment is part of the query, and its words have no place of their own.
        if let Some(at) = text.find("/*!") {
            let message = "comments that begin with /*! are not read. Take the ! away".to_owned();
            return Err(Fault { message, place: Some(place_of(text, at..at + 3)) });
        }
        let statement = statement(text, &pieces)?;
        let form = match &statement {
            Statement::Query(_) => Form::Rows,
            Statement::Explain { analyze: false, statement, .. } if matches!(**statement, Statement::Query(_)) => {
                Form::Plan
            }
            Statement::ShowTables { .. } => Form::Tables,
            _ => return Err(refused(text, &pieces)),
        };
        let mut looker = Looker::default();
        if let ControlFlow::Break((message, ident)) = statement.visit(&mut looker) {
            return Err(Fault { message, place: ident.and_then(|ident| place_of_ident(text, &ident)) });
        }
        let tables = looker.tables(text)?;
        let orders = orders(text, &pieces, &statement)?;
        let rewritten = |names: &BTreeMap<usize, String>| {
            rewritten(text, &pieces, (names, &orders), |literal| stands_for(literal, form))
        };
        let named = rewritten(&names(text, &pieces, &statement));
        Ok(Self { sql: rewritten(&BTreeMap::new()), named, tables, form })
    }
}

fn statement(text: &str, pieces: &[Piece]) -> Result<Statement, Fault> {
    let token = |(position, piece): (usize, &Piece)| {
        let mut token = piece.token.clone();
        if let Token::Word(word) = &mut token
            && is_user(pieces, position)
        {
            word.quote_style = Some('"');
        }
        TokenWithSpan { token, span: piece.span }
    };
    let tokens: Vec<TokenWithSpan> = pieces.iter().enumerate().map(token).collect();
    let options = ParserOptions::new().with_trailing_commas(true);
    let parsed =
        Parser::new(&GenericDialect).with_options(options).with_tokens_with_locations(tokens).parse_statements();
    let mut statements = parsed.map_err(|error| misread(text, error))?;
    match (statements.pop(), statements.is_empty()) {
        (Some(statement), true) => Ok(statement),
        (None, _) => Err(Fault {
            message: "nothing is asked. Write a query, such as SELECT * FROM customer_landing".to_owned(),
            place: None,
        }),
        (Some(_), false) => {
            let behind = pieces.iter().skip_while(|piece| piece.token != Token::SemiColon);
            let second = behind.skip(1).find(|piece| !matches!(piece.token, Token::Whitespace(_)));
            let message =
                "only one query is answered at a time. Take the others away, or put them in comments".to_owned();
            Err(Fault { message, place: second.map(|piece| place_of(text, piece.bytes.clone())) })
        }
    }
}

/// `user` is a function of SQL and a column here.
fn is_user(pieces: &[Piece], position: usize) -> bool {
    let Token::Word(word) = &pieces[position].token else { return false };
    let next = pieces[position + 1..].iter().find(|piece| !matches!(piece.token, Token::Whitespace(_)));
    word.quote_style.is_none() && word.value == "user" && next.is_none_or(|next| next.token != Token::LParen)
}

/// The query as the engine reads it, with names behind some pieces, and something else in the place of others.
fn rewritten(
    text: &str,
    pieces: &[Piece],
    (names, others): (&BTreeMap<usize, String>, &BTreeMap<usize, String>),
    stands_for: impl Fn(&str) -> Option<String>,
) -> String {
    let mut sql = String::with_capacity(text.len());
    for (position, piece) in pieces.iter().enumerate() {
        if let Some(other) = others.get(&position) {
            sql.push_str(other);
            continue;
        }
        match &piece.token {
            Token::Word(_) if is_user(pieces, position) => sql.push_str("\"user\""),
            Token::SingleQuotedString(literal) => match stands_for(literal) {
                Some(other) => sql.push_str(&format!("'{}'", other.replace('\'', "''"))),
                None => sql.push_str(&text[piece.bytes.clone()]),
            },
            Token::Whitespace(Whitespace::SingleLineComment { .. } | Whitespace::MultiLineComment(_)) => sql.push('\n'),
            _ => sql.push_str(&text[piece.bytes.clone()]),
        }
        if let Some(name) = names.get(&position) {
            sql.push_str(&format!(" AS \"{}\"", name.replace('"', "\"\"")));
        }
    }
    sql
}

fn refused(text: &str, pieces: &[Piece]) -> Fault {
    let first = pieces.iter().find(|piece| matches!(piece.token, Token::Word(_)));
    let word = first.map(|piece| text[piece.bytes.clone()].to_ascii_uppercase()).unwrap_or_default();
    let message = format!(
        "{} is refused: nothing can be made, changed or dropped here. SELECT, WITH, EXPLAIN SELECT and SHOW TABLES are answered",
        excerpt(&word)
    );
    Fault { message, place: first.map(|piece| place_of(text, piece.bytes.clone())) }
}

/// What the parser says, with its place taken out of the words.
fn misread(text: &str, error: ParserError) -> Fault {
    let message = match error {
        ParserError::ParserError(message) | ParserError::TokenizerError(message) => message,
        ParserError::RecursionLimitExceeded => "too much stands in brackets within brackets".to_owned(),
    };
    let number = |text: &str| text.trim().parse::<u64>().ok();
    let split = message.rsplit_once(" at Line: ").and_then(|(words, at)| {
        let (line, column) = at.split_once(", Column: ")?;
        Some((words.to_owned(), Location { line: number(line)?, column: number(column)? }))
    });
    match split {
        Some((words, at)) => Fault { message: sentence(&words), place: Some(place(text, at)) },
        None => {
            let end = text.trim_end().len();
            Fault { message: sentence(&message), place: Some(place_of(text, end..end)) }
        }
    }
}

/// The parser's words as the end of a sentence of ours.
fn sentence(words: &str) -> String {
    let words = match words.strip_prefix("Expected: ").and_then(|words| words.rsplit_once(", found: ")) {
        Some(("end of statement", word)) if ["GROUP", "ORDER"].contains(&word.to_ascii_uppercase().as_str()) => {
            format!("{} is followed by BY, which is missing", word.to_ascii_uppercase())
        }
        Some((what, "EOF")) => format!("expected {what}, and the query ends"),
        Some((what, word)) => format!("expected {what}, found {word}"),
        None => words.to_owned(),
    };
    excerpt(&words).into_owned()
}

pub(super) fn place_of_ident(text: &str, ident: &Ident) -> Option<Place> {
    (ident.span.start.line > 0).then(|| place(text, ident.span.start))
}

/// The nearest of some names, if one is near.
pub(super) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    let likeness = names.map(|other| (strsim::jaro_winkler(&name, &other.to_lowercase()), other));
    likeness
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, name)| name)
}

/// Goes through a statement and notes what it names.
#[derive(Default)]
struct Looker {
    named: Vec<Ident>,
    /// Names that the query gives itself: to parts of it in WITH, and to queries in brackets.
    given: Vec<String>,
    explains: bool,
}

impl Looker {
    /// The zone tables among what was named.
    fn tables(self, text: &str) -> Result<BTreeSet<Table>, Fault> {
        let mut tables = BTreeSet::new();
        let Self { named, given, .. } = &self;
        for ident in named {
            match Table::ALL.into_iter().find(|table| table.name() == ident.value) {
                Some(table) => drop(tables.insert(table)),
                None if given.contains(&ident.value) => {}
                None => {
                    let tables = Table::ALL.map(Table::name);
                    let known = tables.iter().copied().chain(given.iter().map(String::as_str));
                    let name = excerpt(&ident.value);
                    let message = match nearest(&ident.value, known) {
                        _ if ident.value.contains(['.', '/', '\\', ':']) => {
                            format!("{name} is no table, and no file can be read by SQL. SHOW TABLES lists the tables")
                        }
                        Some(near) => format!("there is no table {name}. Is {near} meant?"),
                        None => format!("there is no table {name}. SHOW TABLES lists those that there are"),
                    };
                    return Err(Fault { message, place: place_of_ident(text, ident) });
                }
            }
        }
        Ok(tables)
    }
}

impl Visitor for Looker {
    type Break = (String, Option<Ident>);

    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<Self::Break> {
        match statement {
            Statement::Query(_) | Statement::ShowTables { .. } => ControlFlow::Continue(()),
            Statement::Explain { .. } if !std::mem::replace(&mut self.explains, true) => ControlFlow::Continue(()),
            _ => ControlFlow::Break((
                "nothing can be made, changed or dropped here, also not within a query".to_owned(),
                None,
            )),
        }
    }

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Self::Break> {
        self.given
            .extend(query.with.iter().flat_map(|with| &with.cte_tables).map(|part| part.alias.name.value.clone()));
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<Self::Break> {
        if select.into.is_some() {
            return ControlFlow::Break(("SELECT INTO is refused: nothing can be made here".to_owned(), None));
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<Self::Break> {
        match factor {
            TableFactor::Table { name, args, .. } => {
                let mut idents = name.0.iter().filter_map(|part| part.as_ident());
                let (first, more) = (idents.next().cloned(), idents.next().is_some());
                let Some(ident) = first.clone() else {
                    return ControlFlow::Break(("a table is named by a plain name here".to_owned(), None));
                };
                let words = excerpt(&ident.value).into_owned();
                if reads_files(&ident.value) || ident.quote_style == Some('\'') {
                    let message =
                        format!("{words} is refused: no file can be read by SQL. SHOW TABLES lists the tables");
                    return ControlFlow::Break((message, first));
                }
                if args.is_some() {
                    let message =
                        format!("{words}(…) is refused: rows come from the zone tables only, not from functions");
                    return ControlFlow::Break((message, first));
                }
                if more || name.0.len() > 1 {
                    let message =
                        format!("tables have no catalog and no schema before their name here. Take {words}. away");
                    return ControlFlow::Break((message, first));
                }
                self.named.push(ident);
                ControlFlow::Continue(())
            }
            TableFactor::Derived { alias, .. } | TableFactor::NestedJoin { alias, .. } => {
                self.given.extend(alias.iter().map(|alias| alias.name.value.clone()));
                ControlFlow::Continue(())
            }
            TableFactor::UNNEST { .. } => ControlFlow::Continue(()),
            _ => ControlFlow::Break((
                "rows come from the zone tables only, not from functions or other sources".to_owned(),
                None,
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        Asked::read(text, |_, _| None).unwrap_err().to_string()
    }

    #[test]
    fn only_what_reads_the_zone_tables_is_taken() {
        for (text, form, tables) in [
            ("SELECT * FROM customer_landing", Form::Rows, 1),
            ("WITH a AS (SELECT 1 AS x) SELECT * FROM a, (SELECT 2 AS y) AS b", Form::Rows, 0),
            ("EXPLAIN SELECT user FROM accelerometer_landing;", Form::Plan, 1),
            ("SHOW TABLES", Form::Tables, 0),
            (
                "SELECT email FROM customer_trusted WHERE email IN (SELECT user FROM accelerometer_trusted)",
                Form::Rows,
                2,
            ),
            ("FROM customer_curated", Form::Rows, 1),
            ("(SELECT 1) UNION ALL (SELECT count(*) FROM step_trainer_trusted)", Form::Rows, 1),
        ] {
            let asked = Asked::read(text, |_, _| None).unwrap_or_else(|fault| panic!("{text}: {fault}"));
            assert_eq!((asked.form, asked.tables.len()), (form, tables), "{text}");
        }
        for (text, words) in [
            ("CREATE TABLE x AS SELECT 1", "1:1: CREATE is refused"),
            ("DROP TABLE customer_landing", "1:1: DROP is refused"),
            ("DELETE FROM customer_landing", "1:1: DELETE is refused"),
            ("TRUNCATE TABLE customer_landing", "1:1: TRUNCATE is refused"),
            ("INSERT INTO customer_landing VALUES (1)", "1:1: INSERT is refused"),
            ("UPDATE customer_landing SET email = ''", "1:1: UPDATE is refused"),
            ("COPY customer_landing TO 'x.csv'", "1:1: COPY is refused"),
            ("EXPLAIN ANALYZE SELECT 1", "1:1: EXPLAIN is refused"),
            ("EXPLAIN DELETE FROM customer_landing", "1:1: EXPLAIN is refused"),
            ("SELECT * FROM read_csv('/etc/passwd')", "1:15: read_csv is refused: no file"),
            ("SELECT * FROM READ_PARQUET('x.parquet')", "1:15: READ_PARQUET is refused: no file"),
            ("SELECT * FROM (SELECT * FROM read_json('x')) AS a", "1:30: read_json is refused: no file"),
            ("SELECT 1 WHERE EXISTS (SELECT * FROM read_ipc('x'))", "1:38: read_ipc is refused: no file"),
            ("SELECT * FROM 'x.csv'", "no file can be read"),
            ("SELECT * FROM \"data/x.csv\"", "no file can be read"),
            ("SELECT * FROM generate_series(1, 3)", "1:15: generate_series(…) is refused"),
            ("SELECT * FROM TABLE(f(1))", "not from functions"),
            ("SELECT * INTO x FROM customer_landing", "SELECT INTO is refused"),
            ("SELECT * FROM lake.customer_landing", "no catalog"),
            ("SELECT 1; SELECT 2", "1:11: only one query"),
            ("", "nothing is asked"),
            ("SELECT 1 /*! + 1 */", "1:10: comments that begin"),
        ] {
            assert!(fault(text).contains(words), "{text}: {}", fault(text));
        }
    }

    #[test]
    fn what_is_wrong_has_its_place_and_the_nearest_name() {
        for (text, words) in [
            ("SELECT *\nFROM customer_landig", "2:6: there is no table customer_landig. Is customer_landing meant?"),
            ("SELECT * FROM\n  zzz", "2:3: there is no table zzz. SHOW TABLES"),
            ("SELECT count( FROM customer_landing", "1:20: expected ), found customer_landing"),
            ("SELECT count(*) FROM customer_landing group phone", "1:39: GROUP is followed by BY, which is missing"),
            ("SELECT * FROM customer_landing order phone", "1:32: ORDER is followed by BY"),
            ("SELECT 1 +", "1:11: expected an expression, and the query ends"),
            ("SELECT 'open", "1:8:"),
        ] {
            assert!(fault(text).starts_with(words), "{text}: {}", fault(text));
        }
    }

    #[test]
    fn the_engine_reads_the_column_user_and_what_texts_stand_for() {
        let asked =
            Asked::read("SELECT user, 'it''s' -- '\nFROM accelerometer_landing WHERE a.user = 'A'", |text, _| {
                (text == "A").then(|| "B'".to_owned())
            });
        let sql = asked.unwrap().sql;
        assert_eq!(sql, "SELECT \"user\", 'it''s' \nFROM accelerometer_landing WHERE a.\"user\" = 'B'''");
    }
}
