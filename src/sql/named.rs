//! What a query gives no name is called as it is written, `avg(x)`, as other engines do; left to itself the engine would call it
//! `x`, like what it was made of.

use std::collections::{BTreeMap, HashSet};

use sqlparser::ast::{Expr, SelectItem, SetExpr, Statement};
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::Token;

use super::text::{Outer, Piece, outer};

/// The longest name, in letters.
const LONGEST: usize = 60;
/// A number of so many digits is left out of a name.
const LONG_NUMBER: usize = 6;

/// Behind which pieces of the query a name belongs, and the name. None where it is not plain to see which columns there are.
pub(super) fn names(text: &str, pieces: &[Piece], statement: &Statement) -> BTreeMap<usize, String> {
    let mut names = BTreeMap::new();
    let Statement::Query(query) = statement else { return names };
    let SetExpr::Select(select) = &*query.body else { return names };
    let items = items(pieces);
    if items.len() != select.projection.len() {
        return names;
    }
    let mut taken = HashSet::new();
    for (item, pieces_of) in select.projection.iter().zip(items) {
        let SelectItem::UnnamedExpr(expr) = item else { continue };
        // A column that is called like a word of SQL is one all the same.
        let is_word = matches!(pieces_of[..], [only] if matches!(pieces[only].token, Token::Word(_)));
        if is_word || matches!(expr, Expr::Identifier(_) | Expr::CompoundIdentifier(_)) {
            continue;
        }
        let (Some(&last), Some(name)) = (pieces_of.last(), name(text, pieces, &pieces_of)) else { continue };
        if taken.insert(name.clone()) {
            names.insert(last, name);
        }
    }
    names
}

/// The pieces of each column between SELECT and what follows the columns, without blanks and comments.
fn items(pieces: &[Piece]) -> Vec<Vec<usize>> {
    let (mut items, mut is_inside, mut before) = (vec![], false, Keyword::NoKeyword);
    for Outer { position, token, is_outer, keyword } in outer(pieces) {
        let follows = std::mem::replace(&mut before, keyword);
        match token {
            _ if keyword == Keyword::SELECT && !is_inside => (is_inside, items) = (true, vec![vec![]]),
            _ if !is_inside => {}
            // Which of the rows stay is said in brackets of their own.
            _ if follows == Keyword::DISTINCT && keyword == Keyword::ON => return vec![],
            _ if follows == Keyword::SELECT && matches!(keyword, Keyword::DISTINCT | Keyword::ALL) => {}
            Token::SemiColon => break,
            _ if ends(keyword) && follows != Keyword::DISTINCT => break,
            Token::Comma if is_outer => items.push(vec![]),
            _ => items.last_mut().into_iter().for_each(|item| item.push(position)),
        }
    }
    // A comma may stand behind the last.
    if items.len() > 1 && items.last().is_some_and(Vec::is_empty) {
        items.pop();
    }
    items
}

/// Whether a word follows the columns.
fn ends(keyword: Keyword) -> bool {
    matches!(
        keyword,
        Keyword::FROM
            | Keyword::INTO
            | Keyword::WHERE
            | Keyword::GROUP
            | Keyword::HAVING
            | Keyword::WINDOW
            | Keyword::QUALIFY
            | Keyword::ORDER
            | Keyword::LIMIT
            | Keyword::OFFSET
            | Keyword::FETCH
            | Keyword::UNION
            | Keyword::EXCEPT
            | Keyword::INTERSECT
    )
}

/// The column as it is written, with its texts and long numbers left out: a name goes to where the query does not.
fn name(text: &str, pieces: &[Piece], of: &[usize]) -> Option<String> {
    let mut name = String::new();
    let mut end = None;
    for piece in of.iter().map(|position| &pieces[*position]) {
        if end.is_some_and(|end| end < piece.bytes.start) {
            name.push(' ');
        }
        end = Some(piece.bytes.end);
        let said = &text[piece.bytes.clone()];
        match &piece.token {
            Token::Word(word) => name.push_str(&word.value),
            _ if said.contains(['\'', '$', '"']) => name.push('…'),
            // It may be somebody's phone.
            Token::Number(digits, _) if digits.len() >= LONG_NUMBER => name.push('…'),
            _ => name.push_str(said),
        }
    }
    // Those are not one column.
    let is_many = ["columns(", "unnest("].iter().any(|function| name.to_lowercase().starts_with(function));
    if is_many || !name.contains(char::is_alphanumeric) {
        return None;
    }
    if name.chars().count() > LONGEST {
        name = name.chars().take(LONGEST - 1).chain(['…']).collect();
    }
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::super::read::Asked;

    fn named(text: &str) -> String {
        Asked::read(text, |_, _| None).unwrap().named
    }

    #[test]
    fn what_has_no_name_is_called_as_it_is_written() {
        for (text, expected) in [
            (
                "SELECT min(x), max( x ) FROM accelerometer_landing",
                "SELECT min(x) AS \"min(x)\", max( x ) AS \"max( x )\" FROM accelerometer_landing",
            ),
            (
                "SELECT DISTINCT user, x + y AS both, count(*) -- all\nFROM accelerometer_landing",
                "SELECT DISTINCT \"user\", x + y AS both, count(*) AS \"count(*)\" \nFROM accelerometer_landing",
            ),
            (
                "WITH a AS (SELECT avg(x) FROM accelerometer_landing) SELECT sum(1), FROM a;",
                "WITH a AS (SELECT avg(x) FROM accelerometer_landing) SELECT sum(1) AS \"sum(1)\", FROM a;",
            ),
            (
                "SELECT extract(year FROM timestamp), x IS DISTINCT FROM y FROM accelerometer_landing",
                "SELECT extract(year FROM timestamp) AS \"extract(year FROM timestamp)\", x IS DISTINCT FROM y AS \"x IS DISTINCT FROM y\" FROM accelerometer_landing",
            ),
        ] {
            assert_eq!(named(text), expected);
        }
    }

    #[test]
    fn a_text_of_a_query_is_in_no_name() {
        assert_eq!(
            named("SELECT phone = 8887776665, x > 0.5 FROM customer_landing"),
            "SELECT phone = 8887776665 AS \"phone = …\", x > 0.5 AS \"x > 0.5\" FROM customer_landing"
        );
        assert_eq!(
            named("SELECT email = 'somebody', concat(\"email\", 'x') FROM customer_landing"),
            "SELECT email = 'somebody' AS \"email = …\", concat(\"email\", 'x') AS \"concat(email, …)\" FROM customer_landing"
        );
    }

    #[test]
    fn what_is_not_plain_to_see_stays_as_it_is() {
        for text in [
            "SELECT * FROM customer_landing",
            "SELECT count(*) AS n, email FROM customer_landing",
            "SELECT 'text' FROM customer_landing",
            "SELECT COLUMNS('share.*') FROM customer_landing",
            "SELECT DISTINCT ON (email) email, count(*) FROM customer_landing",
            "(SELECT count(*) FROM customer_landing) UNION ALL (SELECT 1)",
            "SELECT count(*) FROM customer_landing UNION ALL SELECT 1",
            "FROM customer_landing",
        ] {
            assert_eq!(named(text), text);
        }
    }
}
