//! From the plan's operations to polars lazy frames. This is all that polars knows of how a table is made.

use polars::prelude::*;

use crate::domain::Operation;
use crate::domain::plan::ColumnPair;

/// The column that numbers the rows at hand while a step is looked at. No catalog name has underscores.
pub const ROW: &str = "__row";

const EARLIEST: &str = "__earliest";

/// The rows that an operation leaves, in the order in which they were. `other` is the table that the operation
/// names, or anything for one that names none. Where the rows are numbered in [`ROW`], the numbers stay.
pub fn apply(operation: &Operation, rows: LazyFrame, other: LazyFrame, columns: &[&str]) -> LazyFrame {
    match operation {
        Operation::KeepPresent(column) => rows.filter(col(*column).is_not_null()),
        Operation::Distinct => {
            let subset = by_name(columns.iter().copied(), true, false);
            rows.unique_stable(Some(subset), UniqueKeepStrategy::First)
        }
        Operation::KeepMatching { on, not_before: None, .. } => {
            let other = other.select(keys(on));
            join(rows, other, on, JoinType::Semi, MaintainOrderJoin::Left)
        }
        Operation::KeepMatching { on, not_before: Some((time, earliest)), .. } => {
            let other = other
                .filter(col(*earliest).is_not_null())
                .group_by(keys(on))
                .agg([col(*earliest).min().alias(EARLIEST)]);
            join(rows, other, on, JoinType::Inner, MaintainOrderJoin::Left)
                .filter(col(*time).gt_eq(col(EARLIEST)))
                .drop(by_name([EARLIEST], true, false))
        }
        Operation::Join { on, bring, once, .. } => {
            let brought = bring.iter().map(|(from, name)| col(*from).alias(*name));
            let other = other.select(keys(on).into_iter().chain(brought).collect::<Vec<_>>());
            let other = if *once { other.unique_stable(None, UniqueKeepStrategy::First) } else { other };
            join(rows, other, on, JoinType::Inner, MaintainOrderJoin::LeftRight)
        }
    }
}

/// The rows that an operation does not leave: the same step turned round, whatever it is.
pub fn dropped(operation: &Operation, rows: LazyFrame, other: LazyFrame, columns: &[&str]) -> LazyFrame {
    let rows = rows.with_row_index(ROW, None);
    let left = apply(operation, rows.clone(), other, columns).select([col(ROW)]);
    rows.join_builder()
        .with(left)
        .how(JoinType::Anti)
        .left_on([col(ROW)])
        .right_on([col(ROW)])
        .maintain_order(MaintainOrderJoin::Left)
        .finish()
        .drop(by_name([ROW], true, false))
}

/// The other table's keys, under names that none of the rows at hand has.
fn keys(on: &[ColumnPair]) -> Vec<Expr> {
    on.iter().enumerate().map(|(number, (_, right))| col(*right).alias(key(number))).collect()
}

fn key(number: usize) -> String {
    format!("__key{number}")
}

fn join(left: LazyFrame, right: LazyFrame, on: &[ColumnPair], how: JoinType, order: MaintainOrderJoin) -> LazyFrame {
    let left_on: Vec<Expr> = on.iter().map(|(left, _)| col(*left)).collect();
    let right_on: Vec<Expr> = (0..on.len()).map(|number| col(key(number))).collect();
    left.join_builder()
        .with(right)
        .how(how)
        .left_on(left_on)
        .right_on(right_on)
        .maintain_order(order)
        .coalesce(JoinCoalesce::CoalesceColumns)
        .finish()
}
