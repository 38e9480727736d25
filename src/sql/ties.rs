//! Rows that a query puts in order and that are equal in what it orders by: they stand in the same order whenever it is asked.

use std::sync::Arc;

use polars::prelude::*;
use polars_plan::dsl::DslPlan;

/// The same query, with an order among rows that its own leaves equal: as they came, or where that is not told, such as behind
/// groups and joins, by their other columns from the left.
pub fn settled(query: LazyFrame) -> LazyFrame {
    let mut plan = query.logical_plan;
    settle(&mut plan);
    LazyFrame::from(plan)
}

/// Settles every order in a plan. Gives whether its rows come in an order that is told.
fn settle(plan: &mut DslPlan) -> bool {
    let settle_input = |input: &mut Arc<DslPlan>| settle(Arc::make_mut(input));
    match plan {
        DslPlan::DataFrameScan { .. } => true,
        DslPlan::Filter { input, .. }
        | DslPlan::Cache { input, .. }
        | DslPlan::Select { input, .. }
        | DslPlan::HStack { input, .. }
        | DslPlan::Slice { input, .. }
        | DslPlan::MapFunction { input, .. } => settle_input(input),
        DslPlan::Sort { input, by_column, sort_options, .. } => {
            let is_told = settle_input(input);
            let asked = by_column.len();
            if is_told {
                sort_options.maintain_order = true;
            } else if let Ok(schema) = LazyFrame::from(DslPlan::clone(input)).collect_schema() {
                by_column.extend(schema.iter_names().map(|name| col(name.clone())));
            }
            for each in [&mut sort_options.descending, &mut sort_options.nulls_last] {
                // One that is said once is said of all that are asked for, and none of those behind them.
                each.resize(asked, each.first().copied().unwrap_or_default());
                each.resize(by_column.len(), false);
            }
            keep_first(by_column, sort_options);
            true
        }
        DslPlan::Distinct { input, options } => {
            let is_told = settle_input(input) && options.maintain_order;
            if is_told && options.keep_strategy == UniqueKeepStrategy::Any {
                options.keep_strategy = UniqueKeepStrategy::First;
            }
            is_told
        }
        DslPlan::GroupBy { input, .. } => {
            settle_input(input);
            false
        }
        DslPlan::Join { input_left, input_right, .. } => {
            settle_input(input_left);
            settle_input(input_right);
            false
        }
        DslPlan::Union { inputs, .. } | DslPlan::HConcat { inputs, .. } => {
            inputs.iter_mut().for_each(|input| _ = settle(input));
            false
        }
        // What was made of it before is without the order.
        DslPlan::IR { dsl, .. } => {
            let mut before = Arc::unwrap_or_clone(std::mem::take(dsl));
            let is_told = settle(&mut before);
            *plan = before;
            is_told
        }
        _ => false,
    }
}

/// Leaves out what is ordered by before: the engine, which takes the first rows by the names of such columns, stops at two of one
/// name.
fn keep_first(by: &mut Vec<Expr>, SortMultipleOptions { descending, nulls_last, .. }: &mut SortMultipleOptions) {
    let is_first: Vec<bool> = (0..by.len()).map(|place| !by[..place].contains(&by[place])).collect();
    fn keep<T>(all: &mut Vec<T>, is_first: &[bool]) {
        let mut is_first = is_first.iter();
        all.retain(|_| is_first.next().copied().unwrap_or_default());
    }
    keep(by, &is_first);
    keep(descending, &is_first);
    keep(nulls_last, &is_first);
}

#[cfg(test)]
mod tests {
    use polars::sql::SQLContext;

    use super::*;

    fn asked(text: &str) -> DataFrame {
        const ROWS: i64 = 50_000;
        let mut context = SQLContext::new();
        let rows = df!(
            "place" => (0..ROWS).collect::<Vec<_>>(),
            "key" => (0..ROWS).map(|row| row * 7_919 % 1_000).collect::<Vec<_>>(),
            "kind" => (0..ROWS).map(|row| format!("k{}", row % 3)).collect::<Vec<_>>()
        );
        context.register("rows", rows.unwrap().lazy());
        settled(context.execute(text).unwrap()).collect_with_engine(Engine::Streaming).unwrap().unwrap_single()
    }

    fn integers(rows: &DataFrame, column: &str) -> Vec<i64> {
        rows.column(column).unwrap().cast(&DataType::Int64).unwrap().i64().unwrap().into_no_null_iter().collect()
    }

    #[test]
    fn rows_of_a_table_that_are_equal_stand_as_they_stood() {
        for (order, kinds) in [("kind", [0, 1, 2]), ("kind DESC", [2, 1, 0])] {
            let rows = asked(&format!("SELECT place FROM rows WHERE key < 500 ORDER BY {order}"));
            let is_there = |place: &i64| place * 7_919 % 1_000 < 500;
            let of = |kind: i64| (0..50_000).filter(move |place| place % 3 == kind).filter(is_there);
            assert_eq!(integers(&rows, "place"), kinds.into_iter().flat_map(of).collect::<Vec<_>>());
        }
        for order in ["kind DESC", "kind DESC, kind DESC", "kind DESC, kind"] {
            let first = asked(&format!("SELECT place FROM rows ORDER BY {order} LIMIT 5"));
            assert_eq!(integers(&first, "place"), [2, 5, 8, 11, 14], "{order}");
        }
    }

    #[test]
    fn groups_and_pairs_that_are_equal_stand_in_one_order() {
        // Each key comes fifty times.
        let groups = asked("SELECT key, COUNT(*) AS n FROM rows GROUP BY key ORDER BY n DESC");
        assert_eq!(integers(&groups, "key"), (0..1_000).collect::<Vec<_>>());
        let least = asked("SELECT key FROM (SELECT key, COUNT(*) AS n FROM rows GROUP BY key ORDER BY n LIMIT 3) AS t");
        assert_eq!(integers(&least, "key"), [0, 1, 2]);
        let last = asked("SELECT key, COUNT(*) AS n FROM rows GROUP BY key ORDER BY n, key DESC LIMIT 2");
        assert_eq!(integers(&last, "key"), [999, 998]);
        let without = "SELECT key FROM rows EXCEPT SELECT key FROM rows WHERE key > 5 ORDER BY key DESC LIMIT 3";
        assert_eq!(integers(&asked(without), "key"), [5, 4, 3]);
        let by_more = asked("SELECT key, COUNT(*) AS n FROM rows GROUP BY key ORDER BY n + 1 DESC, 0 - key LIMIT 3");
        assert_eq!(integers(&by_more, "key"), [999, 998, 997]);
        let kinds = asked("SELECT DISTINCT kind, key % 2 AS odd FROM rows ORDER BY odd DESC");
        assert_eq!(integers(&kinds, "odd"), [1, 1, 1, 0, 0, 0]);
        let text = kinds.column("kind").unwrap().str().unwrap().iter().flatten().collect::<String>();
        // As each came first in the table: what is told apart is so once it is in order.
        assert_eq!(text, "k1k0k2k0k2k1");
        let pairs = asked(
            "SELECT a.place AS one, b.place AS other FROM rows AS a JOIN rows AS b ON a.key = b.key WHERE a.key < 3 ORDER BY a.kind",
        );
        let pairs: Vec<[i64; 3]> = integers(&pairs, "one")
            .into_iter()
            .zip(integers(&pairs, "other"))
            .map(|(one, other)| [one % 3, one, other])
            .collect();
        assert_eq!(pairs.len(), 3 * 50 * 50);
        assert!(pairs.is_sorted(), "{:?}", &pairs[..10]);
    }
}
