//! How many rows the joins of a query make, before they do: one with a key that does not tell rows apart makes more than there is
//! room for.

use std::sync::Arc;

use polars::prelude::*;
use polars_plan::dsl::DslPlan;
use polars_plan::plans::IR;
use polars_plan::prelude::{Arena, Node};

use crate::domain::Progress;
use crate::domain::format::thousands;

use super::ask::AskError;
use super::read::Fault;

/// A join that makes more rows than that is not begun.
const MOST: f64 = 2e9;
/// The same where all of them have to be kept, to be put in order.
const MOST_KEPT: f64 = 2e7;

/// Refuses a query whose joins make too many rows.
///
/// # Errors
/// With what to do instead; when cancelled.
pub fn foresee(query: &LazyFrame, progress: &Progress) -> Result<(), AskError> {
    let Ok(plan) = query.clone().to_alp_optimized() else { return Ok(()) };
    let mut seen = Seen::default();
    rows_of(&plan.lp_arena, plan.lp_top, &mut seen);
    let most = if seen.keeps_all { MOST_KEPT } else { MOST };
    if seen.pairs > most {
        let what = "this pairs every row with every other";
        return Err(too_many(what, seen.pairs, most).into());
    }
    if seen.joined <= most {
        return Ok(());
    }
    let mut joins = vec![];
    joins_of(&query.logical_plan, &mut joins);
    for join in joins {
        progress.check()?;
        // What cannot be counted is told when it is computed.
        let Ok(rows) = join.collect() else { continue };
        let rows = rows.column(ROWS).ok().and_then(|rows| rows.get(0).ok()?.extract::<f64>()).unwrap_or(0.0);
        if rows > most {
            return Err(too_many("the columns that are joined by do not tell rows apart", rows, most).into());
        }
    }
    Ok(())
}

fn too_many(what: &str, rows: f64, most: f64) -> Fault {
    let (rows, most) = (thousands(rows as u64), thousands(most as u64));
    let message = format!(
        "{what}: {rows} rows come of it, and no more than {most} are made. Join ON more columns that are equal, or ask a part of the rows"
    );
    Fault { message, place: None }
}

/// What stands in a plan.
#[derive(Default)]
struct Seen {
    /// The most rows that a join without equal columns makes.
    pairs: f64,
    /// The most rows that any other join could make.
    joined: f64,
    /// Something needs all rows at once.
    keeps_all: bool,
}

/// About how many rows a part of a plan has at the most, if joins are by what tells rows apart.
fn rows_of(arena: &Arena<IR>, node: Node, seen: &mut Seen) -> f64 {
    let ir = arena.get(node);
    let inputs: Vec<f64> = ir.inputs().map(|input| rows_of(arena, input, seen)).collect();
    seen.keeps_all |= matches!(ir, IR::Sort { .. } | IR::Distinct { .. });
    match ir {
        IR::DataFrameScan { df, .. } => df.height() as f64,
        IR::Slice { len, .. } => inputs.iter().sum::<f64>().min(f64::from(*len)),
        IR::Join { options, left_on, .. } => {
            let product: f64 = inputs.iter().product();
            if left_on.is_empty() || matches!(options.args.how, JoinType::Cross) {
                seen.pairs = seen.pairs.max(product);
                return product;
            }
            seen.joined = seen.joined.max(product);
            inputs.into_iter().fold(0.0, f64::max)
        }
        _ => inputs.into_iter().sum(),
    }
}

const ROWS: &str = "rows";

/// Queries that count the rows of each join by equal columns, the inner ones first.
fn joins_of(plan: &DslPlan, joins: &mut Vec<LazyFrame>) {
    match plan {
        DslPlan::Join { input_left, input_right, left_on, right_on, options, .. } => {
            joins_of(input_left, joins);
            joins_of(input_right, joins);
            let keeps_rows = matches!(options.args.how, JoinType::Semi | JoinType::Anti | JoinType::Cross);
            if !keeps_rows && !left_on.is_empty() {
                joins.push(counted((input_left, left_on.as_slice()), (input_right, right_on.as_slice())));
            }
        }
        DslPlan::Filter { input, .. }
        | DslPlan::Cache { input, .. }
        | DslPlan::Select { input, .. }
        | DslPlan::GroupBy { input, .. }
        | DslPlan::HStack { input, .. }
        | DslPlan::Distinct { input, .. }
        | DslPlan::Sort { input, .. }
        | DslPlan::Slice { input, .. }
        | DslPlan::MapFunction { input, .. }
        | DslPlan::IR { dsl: input, .. } => joins_of(input, joins),
        DslPlan::Union { inputs, .. } | DslPlan::HConcat { inputs, .. } => {
            inputs.iter().for_each(|input| joins_of(input, joins));
        }
        _ => {}
    }
}

/// The rows of a join: for each key that both sides have, how often it is in one times how often in the other.
fn counted((left, left_on): (&Arc<DslPlan>, &[Expr]), (right, right_on): (&Arc<DslPlan>, &[Expr])) -> LazyFrame {
    let names: Vec<String> = (0..left_on.len()).map(|key| format!("key {key}")).collect();
    let side = |plan: &Arc<DslPlan>, on: &[Expr], count: &str| {
        let keys: Vec<Expr> = on.iter().zip(&names).map(|(key, name)| key.clone().alias(name.as_str())).collect();
        LazyFrame::from(DslPlan::clone(plan)).group_by(keys).agg([len().cast(DataType::Float64).alias(count)])
    };
    let keys: Vec<Expr> = names.iter().map(col).collect();
    let (left, right) = (side(left, left_on, "left"), side(right, right_on, "right"));
    let both = left.join(right, keys.clone(), keys, JoinArgs::new(JoinType::Inner));
    both.select([(col("left") * col("right")).sum().alias(ROWS)])
}
