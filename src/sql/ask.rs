//! A query is planned, run and cut off where it has more rows than can be kept.

use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use polars::prelude::*;
use polars::sql::SQLContext;

use crate::domain::foreign::excerpt;
use crate::domain::{Cancelled, Progress, Table};
use crate::explore::HIDDEN;

use super::answer::{Answer, Total};
use super::foresee::foresee;
use super::lake::Lake;
use super::lineage::origins;
use super::read::{Asked, Fault, Form, nearest};
use super::text::{Place, pieces, place_of};
use super::ties::settled;

/// Most rows that are kept; fewer where they are wide.
const MOST_ROWS: usize = 1_000_000;
/// Most cells that are kept.
const MOST_CELLS: usize = 20_000_000;
/// Rows are counted so far when there are more than are kept.
const MOST_COUNTED: u64 = 50_000_000;
/// Rows that come at once, so that stopping and progress are not late.
const BATCH: NonZeroUsize = NonZeroUsize::new(1 << 16).unwrap();

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The query is wrong, or too much.
    #[error("{0}")]
    Fault(Fault),
}

impl From<Fault> for AskError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Answers a query over tables.
///
/// # Errors
/// What is wrong with the query and where; when cancelled.
pub fn ask(text: &str, lake: &Lake, revealed: bool, progress: &Progress) -> Result<Answer, AskError> {
    // The engine has queries that it does not expect.
    catch_unwind(AssertUnwindSafe(|| answered(text, lake, revealed, progress))).unwrap_or_else(|_| {
        let message =
            "the engine does not know what to do with this query. Ask it otherwise, or in smaller parts".to_owned();
        Err(Fault { message, place: None }.into())
    })
}

fn answered(text: &str, lake: &Lake, revealed: bool, progress: &Progress) -> Result<Answer, AskError> {
    let started = Instant::now();
    // A plan says the texts of its query: somebody's name must not get into a file or a picture by way of it.
    let is_kept = |literal: &str| is_format(literal) || is_instant(literal) && !lake.is_personal(literal);
    let asked = Asked::read(text, |literal, form| {
        let hides = form == Form::Plan && !revealed && !is_kept(literal) && !lake.is_mark(literal);
        lake.stands_for(literal, revealed).or_else(|| hides.then(|| HIDDEN.to_owned()))
    })?;
    let mut context = SQLContext::new();
    for table in Table::ALL.into_iter().filter(|table| asked.form == Form::Tables || asked.tables.contains(table)) {
        progress.check()?;
        let rows = lake.table(table, revealed).map_err(|_| unmade(table))?;
        context.register(table.name(), rows.lazy());
    }
    // Where the names are in the way, such as of an order by what has one, it goes without.
    let query = context.execute(&asked.named).or_else(|_| context.execute(&asked.sql));
    let query = query.map_err(|error| unplanned(text, &asked, error))?;
    let origins = origins(&query).map_err(|error| unplanned(text, &asked, error))?;
    foresee(&query, progress)?;
    progress.check()?;
    let (rows, total) = run(settled(query), origins.len(), progress)?;
    let seconds = started.elapsed().as_secs_f64();
    let made = Answer::new((text, &asked), &rows, &origins, (lake, revealed), (total, seconds));
    Ok(made.map_err(|error| Fault { message: not_computed(&error), place: None })?)
}

/// Whether a text is the format of an instant, such as `%Y-%m`.
fn is_format(literal: &str) -> bool {
    let has_letters = |text: &str| text.chars().any(char::is_alphanumeric);
    let mut parts = literal.split('%');
    let before = parts.next().unwrap_or_default();
    let is_one = |part: &str| part.starts_with(|c: char| c.is_ascii_alphabetic()) && !has_letters(&part[1..]);
    literal.contains('%') && !has_letters(before) && parts.all(is_one)
}

/// Whether a text begins with a day: `2022-06-18`.
fn is_instant(literal: &str) -> bool {
    let day = literal.get(..10).unwrap_or_default();
    day.bytes().enumerate().all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() })
        && day.len() == 10
        && !literal.contains(|c: char| c.is_alphabetic() && !matches!(c, 'T' | 'Z'))
}

/// The rows as they come, until there are too many.
#[derive(Default)]
struct Kept {
    rows: Option<DataFrame>,
    seen: u64,
    is_cut: bool,
}

fn run(query: LazyFrame, width: usize, progress: &Progress) -> Result<(DataFrame, Total), AskError> {
    let most = MOST_ROWS.min(MOST_CELLS / width.max(1));
    let empty = query.clone().limit(0);
    let kept = Arc::new(Mutex::new(Kept::default()));
    let (into, watched) = (Arc::clone(&kept), progress.part());
    let take = move |rows: DataFrame| {
        let mut kept = into.lock().unwrap_or_else(PoisonError::into_inner);
        let Kept { rows: before, seen, is_cut } = &mut *kept;
        let have = before.as_ref().map_or(0, DataFrame::height);
        *seen += rows.height() as u64;
        if have < most {
            let rows = rows.head(Some(most - have));
            match before {
                Some(before) => drop(before.vstack_mut(&rows)?),
                None => *before = Some(rows),
            }
        }
        *is_cut = *seen > MOST_COUNTED;
        Ok(*is_cut || watched.is_cancelled())
    };
    let failed = |error: PolarsError| AskError::from(Fault { message: not_computed(&error), place: None });
    let batches = query.sink_batches(PlanCallback::new(take), true, Some(BATCH)).map_err(failed)?;
    let ran = batches.collect_with_engine(Engine::Streaming);
    progress.check()?;
    ran.map_err(failed)?;
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    let rows = match kept.rows.take() {
        Some(rows) => rows,
        None => empty.collect().map_err(failed)?,
    };
    let total = match rows.height() as u64 {
        _ if kept.is_cut => Total::MoreThan(MOST_COUNTED),
        have if have < kept.seen => Total::Of(kept.seen),
        _ => Total::All,
    };
    Ok((rows, total))
}

fn unmade(table: Table) -> Fault {
    Fault { message: format!("{} is not held as its schema says", table.name()), place: None }
}

/// What the planner says of a query. It has seen names and types, and no value.
fn unplanned(text: &str, asked: &Asked, error: PolarsError) -> Fault {
    let words = error.to_string();
    let first = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let quoted = || first.split(['"', '\'', '`']).nth(1);
    let names_column = matches!(error, PolarsError::ColumnNotFound(_) | PolarsError::SchemaFieldNotFound(_))
        || ["unable to find column", "no column named"].iter().any(|words| first.contains(words));
    let fault = |name: &str, message: String| Fault { message, place: place_of_name(text, name) };
    match (&error, quoted()) {
        (PolarsError::Duplicate(_), Some(name)) => {
            let shown = excerpt(name);
            return fault(
                name,
                format!("two columns would be called {shown}. Call one otherwise, such as {shown} AS other"),
            );
        }
        _ if first.to_lowercase().contains("subquery") => {
            let message = "a query in brackets cannot stand at its place here. Put it into FROM or WITH, or put counts below each \
                           other by UNION ALL";
            return Fault { message: message.to_owned(), place: place_of_inner(text) };
        }
        // The engine shows how it holds a name that stands where it wants a text or a number.
        (_, Some(name)) if first.contains("Ident {") => {
            return fault(name, format!("{} stands where a text or a number is needed", excerpt(name)));
        }
        _ => {}
    }
    let Some(name) = quoted().filter(|_| names_column) else {
        return Fault {
            message: excerpt(&first).into_owned(),
            place: quoted().and_then(|name| place_of_name(text, name)),
        };
    };
    let mut columns: Vec<&str> = vec![];
    for column in asked.tables.iter().flat_map(|table| table.schema()) {
        if !columns.contains(&column.name) {
            columns.push(column.name);
        }
    }
    let shown = excerpt(name);
    let message = match nearest(name, columns.iter().copied()) {
        Some(near) if near != name => format!("there is no column {shown} here. Is {near} meant?"),
        Some(_) => format!("the column {shown} is not there at this point of the query"),
        None => format!("there is no column {shown} here. There are {}", columns.join(", ")),
    };
    fault(name, message)
}

/// Where a name stands first.
fn place_of_name(text: &str, name: &str) -> Option<Place> {
    use sqlparser::tokenizer::Token;
    let (pieces, _) = pieces(text);
    let is_it = |token: &Token| matches!(token, Token::Word(word) if word.value.eq_ignore_ascii_case(name));
    pieces.into_iter().find(|piece| is_it(&piece.token)).map(|piece| place_of(text, piece.bytes))
}

/// Where the first query in brackets begins.
fn place_of_inner(text: &str) -> Option<Place> {
    use sqlparser::keywords::Keyword;
    use sqlparser::tokenizer::Token;
    let (pieces, _) = pieces(text);
    let mut pieces = pieces.into_iter().filter(|piece| !matches!(piece.token, Token::Whitespace(_)));
    let mut before = pieces.next()?;
    pieces.find_map(|piece| {
        let is_query = matches!(&piece.token, Token::Word(word) if word.keyword == Keyword::SELECT);
        let opened = std::mem::replace(&mut before, piece);
        (is_query && opened.token == Token::LParen).then(|| place_of(text, opened.bytes))
    })
}

/// Why the rows could not be computed. The engine's own words may repeat a value, so they are not.
fn not_computed(error: &PolarsError) -> String {
    match error {
        PolarsError::InvalidOperation(_) | PolarsError::ComputeError(_) | PolarsError::SchemaMismatch(_) => {
            "a value could not be converted or computed with. TRY_CAST gives null where CAST fails; what the value is, is not said here"
        }
        PolarsError::ShapeMismatch(_) => "a query in brackets gave several rows where one is needed. LIMIT 1, MIN or MAX makes it one",
        PolarsError::Context { error, .. } | PolarsError::ExprContext { error, .. } => return not_computed(error),
        _ => "the engine gave up on this query. Ask it in smaller parts",
    }
    .to_owned()
}
