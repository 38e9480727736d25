//! The result of a query as a table to look at.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use polars::prelude::{Column as Values, DataFrame, DataType, PlSmallStr, PolarsResult, TimeUnit, UInt32Chunked, *};

use crate::curation::{Curation, TableView};
use crate::domain::format::{counted, thousands};
use crate::domain::{Column, Kind, Privacy, Table, kept_name};
use crate::explore::HIDDEN;

use super::lake::Lake;
use super::lineage::Origin;
use super::read::{Asked, Form};

/// How many rows a query has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    /// So many, all of which are kept.
    All,
    /// So many, of which the first are kept.
    Of(u64),
    /// More than so many, of which the first are kept.
    MoreThan(u64),
}

/// What came of a query.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The query as it was asked.
    pub text: String,
    /// Its rows.
    pub view: TableView,
    pub total: Total,
    /// It was asked of personal data as they are.
    pub revealed: bool,
    /// It names columns with personal data, which were compared by what stands for them.
    pub compares_masked: bool,
    /// Its rows are of the training set, or could make it again: they leave only when that was signed off.
    pub gated: bool,
    /// Columns that are in no file, by their positions.
    pub internal: BTreeSet<usize>,
    /// How long it took.
    pub seconds: f64,
    /// The tables that it was asked of.
    pub curation: Arc<Curation>,
}

/// Whether rows of these tables are of the training set, or can be made into it: distances beside motions are.
fn makes_training_set(tables: &BTreeSet<Table>) -> bool {
    use Table::{
        AccelerometerLanding, AccelerometerTrusted, MachineLearningCurated, StepTrainerLanding, StepTrainerTrusted,
    };
    let any = |of: &[Table]| of.iter().any(|table| tables.contains(table));
    any(&[MachineLearningCurated])
        || (any(&[AccelerometerLanding, AccelerometerTrusted]) && any(&[StepTrainerLanding, StepTrainerTrusted]))
}

impl Answer {
    /// Makes one of the rows that an engine found.
    pub(super) fn new(
        (text, asked): (&str, &Asked),
        rows: &DataFrame,
        origins: &HashMap<PlSmallStr, Origin>,
        (lake, revealed): (&Lake, bool),
        (total, seconds): (Total, f64),
    ) -> PolarsResult<Self> {
        let training_set = asked.form == Form::Rows && makes_training_set(&asked.tables);
        let (mut columns, mut values, mut internal, mut gated) = (vec![], vec![], BTreeSet::new(), false);
        for (position, found) in rows.columns().iter().enumerate() {
            let origin = origins.get(found.name()).copied().unwrap_or(Origin::EVERYTHING);
            let is_of_rows = training_set && origin.of_rows;
            gated |= is_of_rows;
            if is_of_rows && origin.person {
                internal.insert(position);
            }
            let (column, found) = shaped(found, origin, lake, revealed)?;
            columns.push(column);
            values.push(found);
        }
        let shaped = DataFrame::new(rows.height(), values)?;
        let names_personal = |table: Table| {
            table.schema().iter().any(|column| column.privacy != Privacy::Open && asked.sql.contains(column.name))
        };
        Ok(Self {
            text: text.to_owned(),
            view: TableView::numbered(&shaped, &columns, lake.curation().dictionaries()),
            total,
            revealed,
            compares_masked: !revealed && asked.tables.iter().copied().any(names_personal),
            gated,
            internal,
            seconds,
            curation: Arc::clone(lake.curation()),
        })
    }

    /// Whether there are rows that are not kept.
    pub fn is_cut(&self) -> bool {
        self.total != Total::All
    }

    /// How many rows there are, and whether these are all.
    pub fn rows_in_words(&self) -> String {
        let kept = self.view.rows() as u64;
        match self.total {
            Total::All => counted(kept, "row"),
            Total::Of(all) => format!("the first {} of {}", thousands(kept), counted(all, "row")),
            Total::MoreThan(all) => format!("the first {} of more than {}", thousands(kept), counted(all, "row")),
        }
    }
}

/// A column of a result, and its values as a [`TableView`] holds them.
fn shaped(found: &Values, origin: Origin, lake: &Lake, revealed: bool) -> PolarsResult<(Column, Values)> {
    let name = kept_name(found.name());
    let column = |kind, privacy| Column { name, kind, required: false, privacy, consent: false };
    let is_text = matches!(found.dtype(), DataType::String);
    if is_text && origin.plain != Privacy::Open {
        let kept = column(Kind::Text, origin.plain);
        return Ok(match lake.marks(origin.plain).filter(|_| !revealed) {
            None => (kept, found.clone()),
            // Held as everywhere else: by the number of whom the code stands for.
            Some((_, marks)) => {
                let numbers = found.str()?.iter().map(|code| code.and_then(|code| marks.number(code)));
                let numbers: UInt32Chunked = numbers.collect();
                (kept, numbers.with_name(found.name().clone()).into_column())
            }
        });
    }
    if origin.personal && !revealed {
        // What was made of what stands for somebody says nothing, and would be taken for what it is not.
        let nulls = found.is_null();
        let dots: StringChunked = nulls.iter().map(|is_null| (is_null != Some(true)).then_some(HIDDEN)).collect();
        return Ok((column(Kind::Text, Privacy::Personal), dots.with_name(found.name().clone()).into_column()));
    }
    let privacy = if origin.personal { Privacy::Personal } else { Privacy::Open };
    let (kind, values) = match found.dtype() {
        DataType::Datetime(..) => {
            let instants = found.cast(&DataType::Datetime(TimeUnit::Milliseconds, None))?;
            (Kind::Time, instants.cast(&DataType::Int64)?)
        }
        DataType::Duration(_) => {
            (Kind::Integer, found.cast(&DataType::Duration(TimeUnit::Milliseconds))?.cast(&DataType::Int64)?)
        }
        dtype if dtype.is_integer() => (Kind::Integer, found.strict_cast(&DataType::Int64)?),
        dtype if dtype.is_float() || dtype.is_decimal() => (Kind::Float, found.cast(&DataType::Float64)?),
        DataType::String => (Kind::Text, found.clone()),
        DataType::Null => (Kind::Text, found.cast(&DataType::String)?),
        DataType::Boolean | DataType::Date | DataType::Time => (Kind::Text, found.cast(&DataType::String)?),
        _ => {
            // Lists and the like, as they are written.
            let series = found.as_materialized_series();
            let text = |value: AnyValue<'_>| (!value.is_null()).then(|| value.to_string());
            let texts: StringChunked = series.iter().map(text).collect();
            (Kind::Text, texts.with_name(found.name().clone()).into_column())
        }
    };
    Ok((column(kind, privacy), values))
}
