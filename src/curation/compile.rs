//! From the plan's operations to polars lazy frames. This is all that polars knows of how a table is made.

use polars::prelude::*;

use super::withdrawn;
use crate::domain::Operation;
use crate::domain::plan::ColumnPair;
use crate::landing::Dictionaries;

/// What our own columns start with, which are not compared. No catalog name has underscores.
pub const OURS: &str = "__";

/// The column that numbers the rows at hand while a step is looked at.
pub const ROW: &str = "__row";

/// The column of a number of rows.
pub const ROWS: &str = "__rows";

/// The column of the nearest instant of another table.
const NEAREST: &str = "__nearest";

const PARTNERS: &str = "__partners";
const EARLIEST: &str = "__earliest";

/// An operation on rows, given the table that it names, the names of the rows' columns and the texts for numbers.
pub type Compiled = fn(&Operation, LazyFrame, LazyFrame, &[&str], &Dictionaries) -> LazyFrame;

/// The rows that an operation leaves, in the order in which they were. `other` is the table that the operation
/// names, or anything for one that names none. Where the rows are numbered in [`ROW`], the numbers stay.
pub fn apply(
    operation: &Operation,
    rows: LazyFrame,
    other: LazyFrame,
    columns: &[&str],
    dictionaries: &Dictionaries,
) -> LazyFrame {
    match operation {
        Operation::KeepPresent(column) => rows.filter(col(*column).is_not_null()),
        Operation::KeepUpTo(column, latest) => rows.filter(col(*column).lt_eq(lit(*latest))),
        Operation::DropWithdrawn { column, identity, list } => {
            withdrawn::drop(rows, column, *identity, list, other, dictionaries)
        }
        Operation::Distinct => {
            let subset = by_name(columns.iter().copied(), true, false);
            rows.unique_stable(Some(subset), UniqueKeepStrategy::First)
        }
        Operation::KeepMatching { on, present, not_before: None, .. } => {
            let keys = Keys::new(on, columns);
            let other = only_present(other, *present);
            keys.join(rows, other.select(keys.right()), JoinType::Semi, MaintainOrderJoin::Left)
        }
        Operation::KeepMatching { on, present, not_before: Some((time, earliest)), .. } => {
            let keys = Keys::new(on, columns);
            let other = only_present(other, *present)
                .filter(col(*earliest).is_not_null())
                .group_by(keys.right())
                .agg([col(*earliest).min().alias(EARLIEST)]);
            keys.join(rows, other, JoinType::Inner, MaintainOrderJoin::Left)
                .filter(col(*time).gt_eq(col(EARLIEST)))
                .drop(by_name([EARLIEST], true, false))
        }
        Operation::Join { on, bring, once, .. } => {
            let keys = Keys::new(on, columns);
            let brought = bring.iter().map(|(from, name)| named(from, name));
            let other = other.select(keys.right().into_iter().chain(brought).collect::<Vec<_>>());
            let other = if *once { other.unique_stable(None, UniqueKeepStrategy::First) } else { other };
            keys.join(rows, other, JoinType::Inner, MaintainOrderJoin::LeftRight)
        }
        Operation::AttachOwner { device, .. } => {
            let on = [(*device, *device)];
            Keys::new(&on, columns).join(rows, other, JoinType::Inner, MaintainOrderJoin::Left)
        }
        Operation::JoinNearest { on, time, within, bring, .. } => {
            let nearest = nearest(on, *time, *within, rows, other.clone(), columns);
            let on: Vec<ColumnPair> = on.iter().copied().chain([(NEAREST, time.1)]).collect();
            let keys = Keys::new(&on, columns);
            let brought = bring.iter().map(|(from, name)| named(from, name));
            let other = other.select(keys.right().into_iter().chain(brought).collect::<Vec<_>>());
            keys.join(nearest, other, JoinType::Inner, MaintainOrderJoin::LeftRight).drop(by_name(
                [NEAREST],
                true,
                false,
            ))
        }
    }
}

/// The rows for which `other` has equal keys at an instant near enough, with the nearest such instant in [`NEAREST`].
///
/// Time is cut into stretches as long as the tolerance, so that whatever is near enough is in the same stretch or in the one
/// before or behind: an equality that costs by what is near, not by all pairs of equal keys.
fn nearest(
    on: &[ColumnPair],
    (at, other_at): ColumnPair,
    within: u32,
    rows: LazyFrame,
    other: LazyFrame,
    columns: &[&str],
) -> LazyFrame {
    const NEAR: &str = "__near";
    const STRETCH: &str = "__stretch";
    const OTHER: &str = "__other";
    const SCORE: &str = "__score";
    let stretch = |column: &str| col(column) / lit(i64::from(within.max(1)));
    let keys = Keys::new(on, columns);
    let rows = rows.with_row_index(NEAR, None);
    let instants = keys.right().into_iter().chain([col(other_at).alias(OTHER)]).collect::<Vec<_>>();
    let other = other.select(instants).unique(None, UniqueKeepStrategy::Any).with_column(stretch(OTHER).alias(STRETCH));
    let needed = |by: i64| {
        let stretch = (stretch(at) + lit(by)).alias(STRETCH);
        rows.clone().select(keys.left().into_iter().chain([col(NEAR), col(at), stretch]).collect::<Vec<_>>())
    };
    let pairs = [-1, 0, 1].map(|by| {
        needed(by)
            .join_builder()
            .with(other.clone())
            .how(JoinType::Inner)
            .left_on(keys.left().into_iter().chain([col(STRETCH)]).collect::<Vec<_>>())
            .right_on(keys.joined().into_iter().chain([col(STRETCH)]).collect::<Vec<_>>())
            .finish()
            .select([col(NEAR), (col(OTHER) - col(at)).alias(SCORE)])
            .filter(col(SCORE).gt_eq(lit(-i64::from(within))).and(col(SCORE).lt_eq(lit(i64::from(within)))))
    });
    // Twice the distance, and one more for what is later, so that of two as near the earlier one is the least.
    let later = col(SCORE).gt(lit(0)).cast(DataType::Int64);
    let score = when(col(SCORE).lt(lit(0))).then(lit(0) - col(SCORE)).otherwise(col(SCORE)) * lit(2) + later;
    let Ok(pairs) = concat(pairs, UnionArgs::default()) else { return rows.filter(lit(false)) };
    let best = pairs.with_column(score.alias(SCORE)).group_by([col(NEAR)]).agg([col(SCORE).min()]);
    let away = col(SCORE) / lit(2);
    let is_later = (col(SCORE) % lit(2)).eq(lit(1));
    rows.join_builder()
        .with(best)
        .how(JoinType::Inner)
        .left_on([col(NEAR)])
        .right_on([col(NEAR)])
        .maintain_order(MaintainOrderJoin::Left)
        .finish()
        .with_column(when(is_later).then(col(at) + away.clone()).otherwise(col(at) - away).alias(NEAREST))
        .drop(by_name([NEAR, SCORE], true, false))
}

/// The rows that an operation does not leave: the same step turned round, whatever it is.
pub fn dropped(
    operation: &Operation,
    rows: LazyFrame,
    other: LazyFrame,
    columns: &[&str],
    dictionaries: &Dictionaries,
) -> LazyFrame {
    let rows = rows.with_row_index(ROW, None);
    let left = apply(operation, rows.clone(), other, columns, dictionaries).select([col(ROW)]);
    rows.join_builder()
        .with(left)
        .how(JoinType::Anti)
        .left_on([col(ROW)])
        .right_on([col(ROW)])
        .maintain_order(MaintainOrderJoin::Left)
        .finish()
        .drop(by_name([ROW], true, false))
}

/// The rows whose `column` equals the `other` column of any of `others`, in the order in which they were.
pub fn matching(rows: LazyFrame, column: &str, others: LazyFrame, other: &str) -> LazyFrame {
    rows.join_builder()
        .with(others.select([col(other)]))
        .how(JoinType::Semi)
        .left_on([col(column)])
        .right_on([col(other)])
        .maintain_order(MaintainOrderJoin::Left)
        .finish()
}

fn only_present(other: LazyFrame, column: Option<&str>) -> LazyFrame {
    match column {
        Some(column) => other.filter(col(column).is_not_null()),
        None => other,
    }
}

/// One number, [`ROWS`]: how many rows a join leaves. Equal keys are counted on both sides and the numbers multiplied,
/// so that a join of any size takes no more room than its keys.
pub fn count_joined(
    on: &[ColumnPair],
    bring: &[ColumnPair],
    once: bool,
    rows: LazyFrame,
    other: LazyFrame,
    columns: &[&str],
) -> LazyFrame {
    let keys = Keys::new(on, columns);
    let brought = bring.iter().filter(|_| once).map(|(from, name)| named(from, name));
    let other = other.select(keys.right().into_iter().chain(brought).collect::<Vec<_>>());
    let other = if once { other.unique_stable(None, UniqueKeepStrategy::First) } else { other };
    let left = rows.group_by(keys.left()).agg([len().cast(DataType::Int64).alias(ROWS)]);
    let right = other.group_by(keys.joined()).agg([len().cast(DataType::Int64).alias(PARTNERS)]);
    let pairs = keys.join(left, right, JoinType::Inner, MaintainOrderJoin::None);
    pairs.select([(col(ROWS) * col(PARTNERS)).sum().alias(ROWS)])
}

/// The columns that a join compares: on the left their names, on the right theirs and the names that they take,
/// which are others only where the rows at hand have such a name already. A column that keeps its name is passed on
/// as it is, without work for the engine.
struct Keys<'a>(Vec<(&'a str, &'a str, String)>);

impl<'a> Keys<'a> {
    fn new(on: &'a [ColumnPair], columns: &[&str]) -> Self {
        let key = |(number, (left, right)): (usize, &'a ColumnPair)| {
            let is_taken = left != right && columns.contains(right);
            (*left, *right, if is_taken { format!("__key{number}") } else { (*right).to_owned() })
        };
        Self(on.iter().enumerate().map(key).collect())
    }

    /// The keys of the other table.
    fn right(&self) -> Vec<Expr> {
        self.0.iter().map(|(_, right, name)| named(right, name)).collect()
    }

    /// The keys of the rows at hand.
    fn left(&self) -> Vec<Expr> {
        self.0.iter().map(|(left, ..)| col(*left)).collect()
    }

    /// The keys of the other table under the names that they take.
    fn joined(&self) -> Vec<Expr> {
        self.0.iter().map(|(.., name)| col(name.as_str())).collect()
    }

    fn join(&self, left: LazyFrame, right: LazyFrame, how: JoinType, order: MaintainOrderJoin) -> LazyFrame {
        left.join_builder()
            .with(right)
            .how(how)
            .left_on(self.left())
            .right_on(self.joined())
            .maintain_order(order)
            .coalesce(JoinCoalesce::CoalesceColumns)
            .finish()
    }
}

fn named(column: &str, name: &str) -> Expr {
    if column == name { col(column) } else { col(column).alias(name) }
}
