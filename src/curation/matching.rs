//! How the rows of two tables find each other by their keys: what can be foreseen from the keys alone, before anything is
//! joined, and what came of it, row for row.

use polars::prelude::*;

use super::compile::{self, ROW};
use super::{Curation, CurationError};
use crate::domain::plan::ColumnPair;
use crate::domain::{Column, Operation, Progress, Table};

/// The most keys that are told one by one.
const MOST_KEYS: usize = 20;

/// The column that numbers the rows of the other table.
const OTHER: &str = "__other";
const LEFT: &str = "__left";
const RIGHT: &str = "__right";

/// A step that looks rows up in another table, and how often either side finds the other.
#[derive(Clone, Debug)]
pub struct Matching {
    /// The columns that are compared.
    pub on: Vec<ColumnPair>,
    /// The keys of the rows at hand.
    pub left: Side,
    /// The keys of the other table.
    pub right: Side,
    /// What the keys say beforehand.
    pub foreseen: Foreseen,
    /// The rows at hand, by their numbers in the table that the definition starts from. A row that an earlier step
    /// joined with several stands here as often.
    pub rows: Vec<u32>,
    /// How many rows of the other table each of them finds.
    pub partners: Vec<u32>,
    /// How many rows at hand find each row of the other table.
    pub found_by: Vec<u32>,
    /// The keys with the most rows behind the step, at most 20.
    pub most: Vec<KeyCount>,
    /// The keys with the most rows at hand that find nothing, at most 20.
    pub missing: Vec<KeyCount>,
}

/// The keys of one side of a join.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Side {
    /// Rows.
    pub rows: u64,
    /// Rows without a key, which match nothing.
    pub without_key: u64,
    /// Different keys.
    pub keys: u64,
    /// Keys that more than one row has.
    pub shared_keys: u64,
    /// The rows of the key that most rows have.
    pub most: u64,
}

/// What the keys of both sides say of a join before it runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Foreseen {
    /// Rows behind the step.
    pub rows: u64,
    /// Rows at hand whose key the other side does not have.
    pub left_unmatched: u64,
    /// Rows of the other table whose key no row at hand has.
    pub right_unmatched: u64,
    /// Whether these are the numbers that must come. Where instants must be in order or near besides, the keys alone only
    /// say how many it can be.
    pub is_exact: bool,
}

/// How often one key stands on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyCount {
    /// The parts of the key, each in its column of the other table.
    pub key: Vec<(&'static str, KeyPart)>,
    /// Rows at hand.
    pub left: u64,
    /// Rows of the other table.
    pub right: u64,
}

/// A part of a key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyPart {
    /// Nothing.
    Null,
    /// An e-mail address or a serial number: to look up a code, never for the screen.
    Text(String),
    /// Milliseconds since 1970-01-01 00:00 UTC.
    Time(i64),
}

impl Curation {
    /// How the rows at hand of a step of a table's definition and those of the table that it looks into find each other;
    /// none for a step that looks nothing up.
    ///
    /// # Errors
    /// When there is no such step, when cancelled, or when the engine gives up.
    pub fn matching(&self, table: Table, step: usize, progress: &Progress) -> Result<Option<Matching>, CurationError> {
        let failed = |error| CurationError::Engine { table, error };
        let (definition, the_step) = self.definition_with(table, step)?;
        let operation = &the_step.operation;
        let on = keys_of(operation);
        if on.is_empty() {
            return Ok(None);
        }
        let mut rows = self.numbered(definition.source).with_row_index(ROW.into(), None).map_err(failed)?;
        for before in &definition.steps[..step] {
            progress.check()?;
            rows = self.lazily(&before.operation, rows, compile::apply).collect().map_err(failed)?;
        }
        progress.check()?;
        self.matched(operation, on, &rows).map(Some).map_err(failed)
    }

    fn matched(&self, operation: &Operation, on: Vec<ColumnPair>, rows: &DataFrame) -> PolarsResult<Matching> {
        let other = self.other_of(operation).whole().clone();
        let names: Vec<String> = (0..on.len()).map(|number| format!("__key{number}")).collect();
        let key = |column: fn(&ColumnPair) -> &'static str| {
            let named = |(pair, name): (&ColumnPair, &String)| col(column(pair)).alias(name.as_str());
            on.iter().zip(&names).map(named).collect::<Vec<_>>()
        };
        let all: Vec<Expr> = names.iter().map(|name| col(name.as_str())).collect();
        let left = rows.clone().lazy().select(key(|pair| pair.0));
        let mut right = other.clone().lazy().select(key(|pair| pair.1));
        let mut joined = right.clone();
        match operation {
            Operation::KeepMatching { present: Some(column), .. } => {
                // A row that does not count has no key.
                let only = key(|pair| pair.1).into_iter().zip(&names).map(|(key, name)| {
                    when(col(*column).is_not_null()).then(key).otherwise(lit(NULL)).alias(name.as_str())
                });
                right = other.clone().lazy().select(only.collect::<Vec<_>>());
                joined = right.clone();
            }
            Operation::Join { bring, once: true, .. } => {
                let brought = bring.iter().map(|(column, _)| col(*column).alias(format!("__{column}")));
                let columns: Vec<Expr> = key(|pair| pair.1).into_iter().chain(brought).collect();
                joined = other.clone().lazy().select(columns).unique(None, UniqueKeepStrategy::Any);
            }
            _ => {}
        }
        let counted = |keys: LazyFrame, name: &str| {
            keys.group_by(all.clone()).agg([len().cast(DataType::Int64).alias(name)]).collect()
        };
        let left_counts = counted(left.clone(), LEFT)?;
        let right_counts = counted(joined, RIGHT)?;
        let met = |keys: LazyFrame, counts: &DataFrame, name: &str| -> PolarsResult<Vec<u32>> {
            let joined = keys
                .join_builder()
                .with(counts.clone().lazy())
                .how(JoinType::Left)
                .left_on(all.clone())
                .right_on(all.clone())
                .maintain_order(MaintainOrderJoin::Left)
                .finish()
                .select([col(name).fill_null(lit(0_i64)).cast(DataType::UInt32)])
                .collect()?;
            Ok(joined.column(name)?.u32()?.iter().map(Option::unwrap_or_default).collect())
        };
        let mut partners = met(left, &right_counts, RIGHT)?;
        let mut found_by = met(right, &left_counts, LEFT)?;
        let both = left_counts
            .clone()
            .lazy()
            .join_builder()
            .with(right_counts.clone().lazy())
            .how(JoinType::Full)
            .left_on(all.clone())
            .right_on(all.clone())
            .coalesce(JoinCoalesce::CoalesceColumns)
            .finish()
            .with_columns([col(LEFT).fill_null(lit(0_i64)), col(RIGHT).fill_null(lit(0_i64))])
            .collect()?;
        let several = operation.is_join();
        let behind = if several {
            col(LEFT) * col(RIGHT)
        } else {
            when(col(RIGHT).gt(lit(0))).then(col(LEFT)).otherwise(lit(0_i64))
        };
        let alone = |one: &str, other: &str| when(col(other).eq(lit(0))).then(col(one)).otherwise(lit(0_i64)).sum();
        let sums = both
            .clone()
            .lazy()
            .select([behind.clone().sum().alias(ROW), alone(LEFT, RIGHT).alias(LEFT), alone(RIGHT, LEFT).alias(RIGHT)])
            .collect()?;
        let sum =
            |name: &str| -> PolarsResult<u64> { Ok(sums.column(name)?.i64()?.get(0).unwrap_or(0).unsigned_abs()) };
        let foreseen = Foreseen {
            rows: sum(ROW)?,
            left_unmatched: sum(LEFT)?,
            right_unmatched: sum(RIGHT)?,
            is_exact: !is_conditional(operation),
        };
        if is_conditional(operation) {
            // Not every equal key counts: only what the step itself finds.
            self.as_found(operation, rows, &other, &mut partners, &mut found_by)?;
        }
        let top = |by: Expr, among: Expr| -> PolarsResult<Vec<KeyCount>> {
            let order = SortMultipleOptions::default().with_order_descending_multi(
                std::iter::once(true).chain(names.iter().map(|_| false)).collect::<Vec<_>>(),
            );
            let by = std::iter::once(by).chain(all.clone()).collect::<Vec<_>>();
            self.key_counts(
                &both.clone().lazy().filter(among).sort_by_exprs(by, order).limit(MOST_KEYS as u32).collect()?,
                &on,
            )
        };
        Ok(Matching {
            left: side(&left_counts, LEFT, &all)?,
            right: side(&right_counts, RIGHT, &all)?,
            foreseen,
            rows: rows.column(ROW)?.idx()?.iter().map(Option::unwrap_or_default).collect(),
            partners,
            found_by,
            most: top(behind.clone(), behind.gt(lit(0)))?,
            missing: top(col(LEFT), col(RIGHT).eq(lit(0)).and(col(LEFT).gt(lit(0))))?,
            on,
        })
    }

    fn key_counts(&self, top: &DataFrame, on: &[ColumnPair]) -> PolarsResult<Vec<KeyCount>> {
        let (left, right) = (top.column(LEFT)?.i64()?, top.column(RIGHT)?.i64()?);
        let mut counts = vec![];
        for row in 0..top.height() {
            let mut key = vec![];
            for (number, (_, column)) in on.iter().enumerate() {
                let dictionaries = &self.dictionaries;
                let dictionary = if *column == "serialnumber" { &dictionaries.devices } else { &dictionaries.people };
                let part = match top.column(&format!("__key{number}"))?.get(row)? {
                    AnyValue::UInt32(number) => {
                        dictionary.get(number).map_or(KeyPart::Null, |text| KeyPart::Text(text.to_owned()))
                    }
                    AnyValue::Int64(at) => KeyPart::Time(at),
                    _ => KeyPart::Null,
                };
                key.push((*column, part));
            }
            let number = |counts: &Int64Chunked| counts.get(row).unwrap_or(0).unsigned_abs();
            counts.push(KeyCount { key, left: number(left), right: number(right) });
        }
        Ok(counts)
    }

    /// Corrects what equal keys say by what a step with a further condition finds.
    fn as_found(
        &self,
        operation: &Operation,
        rows: &DataFrame,
        other: &DataFrame,
        partners: &mut [u32],
        found_by: &mut [u32],
    ) -> PolarsResult<()> {
        const PLACE: &str = "__place";
        let names: Vec<PlSmallStr> = rows.get_column_names_owned();
        let columns: Vec<&str> =
            names.iter().map(PlSmallStr::as_str).filter(|name| !name.starts_with(compile::OURS)).collect();
        let numbered = rows.clone().lazy().with_row_index(PLACE, None);
        if let Operation::JoinNearest { other: table, on, time, within, bring } = operation {
            let bring = bring.iter().copied().chain([(OTHER, OTHER)]).collect();
            let nearest = Operation::JoinNearest { other: *table, on: on.clone(), time: *time, within: *within, bring };
            let other = other.clone().lazy().with_row_index(OTHER, None);
            let found = compile::apply(&nearest, numbered, other, &columns, &self.dictionaries)
                .select([col(PLACE), col(OTHER)])
                .collect()?;
            count_each(&found, PLACE, partners)?;
            count_each(&found, OTHER, found_by)
        } else {
            let left = compile::apply(operation, numbered, other.clone().lazy(), &columns, &self.dictionaries);
            let left = left.select([col(PLACE)]);
            let mut kept = vec![0; partners.len()];
            count_each(&left.collect()?, PLACE, &mut kept)?;
            for (partners, kept) in partners.iter_mut().zip(kept) {
                *partners *= kept;
            }
            Ok(())
        }
    }
}

/// The columns that a step compares.
fn keys_of(operation: &Operation) -> Vec<ColumnPair> {
    match operation {
        Operation::AttachOwner { device, .. } => vec![(device, "serialnumber")],
        _ => operation.keys().to_vec(),
    }
}

/// Whether a step asks for more than equal keys.
fn is_conditional(operation: &Operation) -> bool {
    matches!(operation, Operation::JoinNearest { .. } | Operation::KeepMatching { not_before: Some(_), .. })
}

fn count_each(found: &DataFrame, name: &str, counts: &mut [u32]) -> PolarsResult<()> {
    counts.fill(0);
    for place in found.column(name)?.idx()?.iter().flatten() {
        if let Some(count) = counts.get_mut(place as usize) {
            *count += 1;
        }
    }
    Ok(())
}

fn side(counts: &DataFrame, name: &str, keys: &[Expr]) -> PolarsResult<Side> {
    let is_whole = keys.iter().cloned().map(Expr::is_not_null).reduce(Expr::and).unwrap_or(lit(true));
    let whole = counts.clone().lazy().filter(is_whole).select([col(name)]).collect()?;
    let whole = whole.column(name)?.i64()?.clone();
    let rows = counts.column(name)?.i64()?.sum().unwrap_or(0).unsigned_abs();
    let with_key = whole.sum().unwrap_or(0).unsigned_abs();
    Ok(Side {
        rows,
        without_key: rows - with_key,
        keys: whole.len() as u64,
        shared_keys: whole.iter().flatten().filter(|&rows| rows > 1).count() as u64,
        most: whole.max().unwrap_or(0).unsigned_abs(),
    })
}

impl KeyCount {
    /// The columns of the other table that the parts of the key stand in, with the parts.
    pub fn parts(&self, other: Table) -> impl Iterator<Item = (&'static Column, &KeyPart)> {
        let column = move |name: &str| other.schema().iter().find(move |column| column.name == name);
        self.key.iter().filter_map(move |(name, part)| Some((column(name)?, part)))
    }
}
