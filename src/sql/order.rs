//! An order by what is counted or summed up, `ORDER BY count(*)`: the engine would order by a constant and say nothing. Where the same is
//! among the columns it becomes an order by that column, and otherwise it is refused.

use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};

use sqlparser::ast::{
    Expr, OrderByKind, Query, SelectItem, SetExpr, Statement, Visit as _, Visitor, visit_expressions,
};
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::Token;

use super::read::Fault;
use super::text::{Piece, place_of};

/// Functions of many rows.
const OF_MANY_ROWS: [&str; 24] = [
    "any_value",
    "array_agg",
    "avg",
    "bit_and",
    "bit_or",
    "bit_xor",
    "bool_and",
    "bool_or",
    "corr",
    "count",
    "covar",
    "covar_pop",
    "covar_samp",
    "first",
    "last",
    "max",
    "mean",
    "median",
    "min",
    "quantile_cont",
    "quantile_disc",
    "string_agg",
    "sum",
    "total",
];
/// What the names of functions that measure spread begin with.
const SPREADS: [&str; 3] = ["std", "var", "approx"];

/// What stands in the place of some pieces of a query, so that it is ordered by what it says.
///
/// # Errors
/// When it orders by something of many rows that is no column of it.
pub(super) fn orders(text: &str, pieces: &[Piece], statement: &Statement) -> Result<BTreeMap<usize, String>, Fault> {
    let mut within = Within::default();
    let inner = statement.visit(&mut within);
    let mut orders = BTreeMap::new();
    if let ControlFlow::Break(expr) = inner {
        return Err(refused(text, pieces, &expr));
    }
    let Some(query) = within.first else { return Ok(orders) };
    let (exprs, ranges) = (ordered(&query), ordered_pieces(pieces));
    for (position, expr) in exprs.iter().enumerate().filter(|(_, expr)| is_of_many_rows(expr)) {
        let (Some(number), Some(range), true) =
            (column_of(&query, expr), ranges.get(position), ranges.len() == exprs.len())
        else {
            return Err(refused(text, pieces, expr));
        };
        for piece in range.clone() {
            orders.insert(piece, String::new());
        }
        orders.insert(range.start, number.to_string());
    }
    Ok(orders)
}

/// Which column of a query is made of this, from 1.
fn column_of(query: &Query, wanted: &Expr) -> Option<usize> {
    let SetExpr::Select(select) = &*query.body else { return None };
    let same = |expr: &Expr| {
        let (one, other) = (expr.to_string(), wanted.to_string());
        // Texts are told apart by case, names of functions are not.
        one == other || (!one.contains('\'') && one.eq_ignore_ascii_case(&other))
    };
    for (position, item) in select.projection.iter().enumerate() {
        match item {
            SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } if same(expr) => {
                return Some(position + 1);
            }
            SelectItem::UnnamedExpr(_) | SelectItem::ExprWithAlias { .. } => {}
            // It stands for as many columns as there are.
            _ => return None,
        }
    }
    None
}

fn ordered(query: &Query) -> Vec<Expr> {
    match query.order_by.as_ref().map(|order| &order.kind) {
        Some(OrderByKind::Expressions(exprs)) => exprs.iter().map(|ordered| ordered.expr.clone()).collect(),
        _ => vec![],
    }
}

fn is_of_many_rows(expr: &Expr) -> bool {
    visit_expressions(expr, |part| match part {
        Expr::Function(function) if function.over.is_none() => {
            let name = function.name.to_string().to_ascii_lowercase();
            let is_known = OF_MANY_ROWS.contains(&name.as_str()) || SPREADS.iter().any(|start| name.starts_with(start));
            if is_known { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        }
        _ => ControlFlow::Continue(()),
    })
    .is_break()
}

fn refused(text: &str, pieces: &[Piece], expr: &Expr) -> Fault {
    let is_order = |piece: &&Piece| matches!(&piece.token, Token::Word(word) if word.keyword == Keyword::ORDER);
    let place = pieces.iter().rfind(is_order).map(|piece| place_of(text, piece.bytes.clone()));
    let words = crate::domain::foreign::excerpt(&expr.to_string()).into_owned();
    let message =
        format!("{words} is ordered by and is no column. Make it one with a name of its own, and order by that name");
    Fault { message, place }
}

/// The pieces of each expression behind the last ORDER BY that is in no brackets, without what says up or down.
fn ordered_pieces(pieces: &[Piece]) -> Vec<Range<usize>> {
    let (mut depth, mut items, mut is_inside) = (0_i32, vec![], false);
    let mut open: Option<Range<usize>> = None;
    for (position, piece) in pieces.iter().enumerate() {
        let keyword = match &piece.token {
            Token::Whitespace(_) => continue,
            Token::Word(word) if depth == 0 => word.keyword,
            _ => Keyword::NoKeyword,
        };
        match (&piece.token, keyword) {
            (_, Keyword::ORDER) => (items, open, is_inside) = (vec![], None, true),
            (_, Keyword::BY) if is_inside && items.is_empty() && open.is_none() => {}
            (_, Keyword::LIMIT | Keyword::OFFSET | Keyword::FETCH) | (Token::SemiColon, _) => {
                items.extend(open.take());
                is_inside = false;
            }
            (Token::Comma, _) if depth == 0 && is_inside => items.extend(open.take()),
            (_, Keyword::ASC | Keyword::DESC | Keyword::NULLS) if is_inside => {
                // A further word of the same, such as FIRST, belongs to none.
                items.extend(open.take());
                is_inside = false;
            }
            _ if is_inside => open.get_or_insert(position..position).end = position + 1,
            (Token::Comma, _) if depth == 0 && !items.is_empty() => is_inside = true,
            _ => {}
        }
        depth += match piece.token {
            Token::LParen | Token::LBracket | Token::LBrace => 1,
            Token::RParen | Token::RBracket | Token::RBrace => -1,
            _ => 0,
        };
    }
    items.extend(open);
    items
}

/// Keeps the query that comes first, and stops where one within it orders by something of many rows.
#[derive(Default)]
struct Within {
    first: Option<Query>,
}

impl Visitor for Within {
    type Break = Expr;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Expr> {
        if self.first.is_none() {
            self.first = Some(query.clone());
            return ControlFlow::Continue(());
        }
        match ordered(query).into_iter().find(is_of_many_rows) {
            Some(expr) => ControlFlow::Break(expr),
            None => ControlFlow::Continue(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::read::Asked;

    fn sql(text: &str) -> String {
        Asked::read(text, |_, _| None).map_or_else(|fault| fault.to_string(), |asked| asked.sql)
    }

    #[test]
    fn what_is_a_column_is_ordered_by_as_that_column() {
        let start = "SELECT phone, count(*) AS n, sum(x) + 1 FROM customer_landing GROUP BY phone ORDER BY ";
        for (asked, becomes) in [
            ("count(*) DESC LIMIT 3", "2 DESC LIMIT 3"),
            ("COUNT( * )", "2"),
            ("phone, sum(x)+1 desc nulls last, Count(*)", "phone, 3 desc nulls last, 2"),
            ("n", "n"),
            ("abs(x), 2", "abs(x), 2"),
            ("count(*) OVER (ORDER BY phone)", "count(*) OVER (ORDER BY phone)"),
        ] {
            assert_eq!(sql(&format!("{start}{asked}")), format!("{start}{becomes}"));
        }
    }

    #[test]
    fn what_is_no_column_is_refused_with_what_to_do() {
        for text in [
            "SELECT phone FROM customer_landing GROUP BY phone ORDER BY count(*)",
            "SELECT *, count(*) FROM customer_landing ORDER BY count(*)",
            "SELECT phone FROM (SELECT phone, count(*) FROM customer_landing GROUP BY phone ORDER BY count(*) LIMIT 1)",
            "SELECT count(*) FROM customer_landing UNION ALL SELECT 1 ORDER BY count(*)",
            "SELECT phone FROM customer_landing GROUP BY phone ORDER BY stddev(x)",
        ] {
            let said = sql(text);
            assert!(said.contains(" is ordered by and is no column. Make it one"), "{text}: {said}");
        }
    }
}
