//! An order by what is counted or summed up, `ORDER BY count(*)`: the engine would order by a constant and say nothing. Where the same is
//! among the columns it becomes an order by that column, and otherwise it is refused.

use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};

use sqlparser::ast::{
    Expr, OrderByExpr, OrderByKind, Query, SelectItem, SetExpr, Statement, Visit as _, Visitor, visit_expressions,
};
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::Token;

use super::read::Fault;
use super::text::{Outer, Piece, outer, place_of};
use crate::domain::foreign::excerpt;

/// The engine's functions of many rows.
const OF_MANY_ROWS: [&str; 26] = [
    "array_agg",
    "avg",
    "corr",
    "count",
    "covar",
    "covar_pop",
    "covar_samp",
    "first",
    "group_concat",
    "last",
    "listagg",
    "max",
    "median",
    "min",
    "quantile_cont",
    "quantile_disc",
    "stddev",
    "stddev_samp",
    "stdev",
    "stdev_samp",
    "string_agg",
    "sum",
    "total",
    "var",
    "var_samp",
    "variance",
];
/// What stands in the place of some pieces of a query, so that it is ordered by what it says.
///
/// # Errors
/// When it orders by something of many rows that is no column of it.
pub(super) fn orders(text: &str, pieces: &[Piece], statement: &Statement) -> Result<BTreeMap<usize, String>, Fault> {
    let query = match statement {
        Statement::Query(query) => query,
        Statement::Explain { statement, .. } => return orders(text, pieces, statement),
        _ => return Ok(BTreeMap::new()),
    };
    if let ControlFlow::Break(expr) = query.visit(&mut Inner::default()) {
        return Err(refused(text, pieces, &expr));
    }
    let (ordered, ranges) = (ordered(query), ordered_pieces(pieces));
    let mut orders = BTreeMap::new();
    for (position, OrderByExpr { expr, .. }) in ordered.iter().enumerate() {
        if !is_of_many_rows(expr) {
            continue;
        }
        let range = ranges.get(position).filter(|_| ranges.len() == ordered.len());
        let Some((number, range)) = column_of(query, expr).zip(range) else {
            return Err(refused(text, pieces, expr));
        };
        orders.extend(range.clone().map(|piece| (piece, String::new())));
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

fn ordered(query: &Query) -> &[OrderByExpr] {
    match query.order_by.as_ref().map(|order| &order.kind) {
        Some(OrderByKind::Expressions(ordered)) => ordered,
        _ => &[],
    }
}

fn is_of_many_rows(expr: &Expr) -> bool {
    visit_expressions(expr, |part| match part {
        Expr::Function(function) if function.over.is_none() => {
            let name = function.name.to_string().to_ascii_lowercase();
            if OF_MANY_ROWS.contains(&name.as_str()) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        }
        _ => ControlFlow::Continue(()),
    })
    .is_break()
}

fn refused(text: &str, pieces: &[Piece], expr: &Expr) -> Fault {
    let is_order = |piece: &&Piece| matches!(&piece.token, Token::Word(word) if word.keyword == Keyword::ORDER);
    let place = pieces.iter().rfind(is_order).map(|piece| place_of(text, piece.bytes.clone()));
    let words = excerpt(&expr.to_string()).into_owned();
    let message =
        format!("{words} is ordered by and is no column. Make it one with a name of its own, and order by that name");
    Fault { message, place }
}

/// The pieces of each expression behind the last ORDER BY that is in no brackets, without what says up or down.
fn ordered_pieces(pieces: &[Piece]) -> Vec<Range<usize>> {
    let outer: Vec<Outer<'_>> = outer(pieces).collect();
    let Some(order) = outer.iter().rposition(|piece| piece.keyword == Keyword::ORDER) else { return vec![] };
    let ends = |piece: &Outer<'_>| {
        matches!(piece.keyword, Keyword::LIMIT | Keyword::OFFSET | Keyword::FETCH) || *piece.token == Token::SemiColon
    };
    let is_way = |piece: &Outer<'_>| matches!(piece.keyword, Keyword::ASC | Keyword::DESC | Keyword::NULLS);
    // BY is one more word.
    let behind = outer.get(order + 2..).unwrap_or_default();
    let list = &behind[..behind.iter().position(ends).unwrap_or(behind.len())];
    let items = list.split(|piece| piece.is_outer && *piece.token == Token::Comma);
    let exprs = items.map(|item| &item[..item.iter().position(is_way).unwrap_or(item.len())]);
    exprs.filter_map(|expr| Some(expr.first()?.position..expr.last()?.position + 1)).collect()
}

/// Stops where a query within another orders by something of many rows.
#[derive(Default)]
struct Inner {
    is_inner: bool,
}

impl Visitor for Inner {
    type Break = Expr;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Expr> {
        let is_inner = std::mem::replace(&mut self.is_inner, true);
        match ordered(query).iter().find(|ordered| is_inner && is_of_many_rows(&ordered.expr)) {
            Some(ordered) => ControlFlow::Break(ordered.expr.clone()),
            None => ControlFlow::Continue(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::*;
    use polars::sql::SQLContext;

    use super::super::read::Asked;
    use super::OF_MANY_ROWS;

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
            ("bit_and(x, 1)", "bit_and(x, 1)"),
            ("count(*) OVER (ORDER BY phone)", "count(*) OVER (ORDER BY phone)"),
        ] {
            assert_eq!(sql(&format!("{start}{asked}")), format!("{start}{becomes}"));
        }
    }

    #[test]
    fn each_function_of_many_rows_is_one_that_there_is() {
        let mut context = SQLContext::new();
        context.register("t", df!("x" => [1.0, 2.0]).unwrap().lazy());
        for name in OF_MANY_ROWS {
            let is_one = |more: &&str| context.execute(&format!("SELECT {name}(x{more}) FROM t")).is_ok();
            assert!(["", ", x", ", 0.5", ", ','"].iter().any(is_one), "{name}");
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
            "SELECT phone FROM customer_landing GROUP BY phone ORDER BY listagg(email)",
        ] {
            let said = sql(text);
            assert!(said.contains(" is ordered by and is no column. Make it one"), "{text}: {said}");
        }
    }
}
