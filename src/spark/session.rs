//! What is asked of the server, and what its answers mean.

#![expect(clippy::result_large_err, reason = "the client's errors are large, and end here")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use spark_connect::row::{Row, Value};
use spark_connect::{DataFrame, DataType, SparkError, SparkSession};

use super::words::{Failure, shortened};
use super::{Remote, RemoteError};

/// A session on a server.
#[derive(Clone)]
pub struct Session {
    spark: SparkSession,
    /// What executors hold for it, which outlives a session.
    held: Arc<Mutex<Vec<String>>>,
}

/// What becomes of texts that are in the folder already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Texts {
    /// There must not be any.
    New,
    /// They stay.
    OneMore,
}

/// One row by the names of its columns.
pub(super) struct Found(Row);

impl Found {
    /// A whole number; none if it is null or something else.
    pub(super) fn number(&self, column: &str) -> Option<u64> {
        self.0.get_by_name(column).and_then(Value::as_i64).and_then(|number| u64::try_from(number).ok())
    }

    pub(super) fn text(&self, column: &str) -> Option<String> {
        self.0.get_by_name(column).and_then(Value::as_str).map(str::to_owned)
    }
}

/// What is said of Spark's error.
fn failed(doing: &str, error: &SparkError) -> Failure {
    Failure::Spark {
        doing: doing.to_owned(),
        said: shortened(error.get_condition().as_deref().unwrap_or_default(), &error.message()),
        folder: None,
    }
}

impl Session {
    /// Prepares a session; the server is first spoken to by what is asked of it.
    ///
    /// # Errors
    /// If the address will not do.
    pub fn new(remote: &Remote) -> Result<Self, RemoteError> {
        let built = SparkSession::builder().remote(remote.url()).get_or_create();
        // What is wrong is not said, since the address may hold a token.
        built.map(|spark| Self { spark, held: Arc::default() }).map_err(|_| RemoteError::Address("what was named"))
    }

    /// Has the server stop what this session does, and forget the session.
    pub fn interrupt(&self) {
        self.spark.interrupt_all().ok();
        self.close();
    }

    /// Has the server forget the session and what it held for it.
    pub fn close(&self) {
        let held = std::mem::take(&mut *self.held.lock().unwrap_or_else(PoisonError::into_inner));
        for view in held.iter().rev() {
            self.spark.table(view).and_then(|frame| frame.unpersist(false)).ok();
        }
        self.spark.stop().ok();
    }

    pub(super) fn version(&self) -> Result<String, Failure> {
        self.spark.version().map_err(|error| failed("be spoken to", &error))
    }

    pub(super) fn setting(&self, name: &str) -> Option<String> {
        self.spark.conf().get(name).ok().flatten()
    }

    pub(super) fn set(&self, name: &str, value: &str) -> Result<(), Failure> {
        self.spark.conf().set(name, value).map_err(|error| failed(&format!("set {name}"), &error))
    }

    /// The rows of a query, which are few.
    pub(super) fn rows(&self, doing: &str, query: &str) -> Result<Vec<Found>, Failure> {
        let rows = self.spark.sql(query).and_then(|frame| frame.collect());
        Ok(rows.map_err(|error| failed(doing, &error))?.into_iter().map(Found).collect())
    }

    /// Goes through the rows of a query, which may be many, as they come.
    pub(super) fn each(
        &self,
        doing: &str,
        query: &str,
        mut take: impl FnMut(Found) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let rows = self.spark.sql(query).and_then(|frame| frame.to_local_iterator(false));
        for row in rows.map_err(|error| failed(doing, &error))? {
            take(Found(row.map_err(|error| failed(doing, &error))?))?;
        }
        Ok(())
    }

    pub(super) fn row(&self, doing: &str, query: &str) -> Result<Found, Failure> {
        let none = || Failure::Spark { doing: doing.to_owned(), said: "it gave no row".to_owned(), folder: None };
        self.rows(doing, query)?.into_iter().next().ok_or_else(none)
    }

    /// The paths of all files that Spark sees below a place. Nothing of them is read.
    pub(super) fn paths(&self, place: &str) -> Result<Vec<String>, Failure> {
        let doing = format!("look into {place}");
        let view = "landing_paths";
        self.read(&doing, view, "binaryFile", None, &[("recursiveFileLookup", "true")], place)?;
        let rows = self.rows(&doing, &format!("SELECT path FROM {view}"))?;
        Ok(rows.iter().filter_map(|row| row.text("path")).collect())
    }

    /// Gives what is read from files a name.
    pub(super) fn read(
        &self,
        doing: &str,
        view: &str,
        format: &str,
        schema: Option<String>,
        options: &[(&str, &str)],
        place: &str,
    ) -> Result<(), Failure> {
        let options: HashMap<String, String> =
            options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut reader = self.spark.read().format(format).options(options);
        if let Some(schema) = schema {
            reader = reader.schema(schema);
        }
        self.name(doing, &reader.load(Some(place)), view)
    }

    /// Gives a query a name.
    pub(super) fn view(&self, doing: &str, view: &str, query: &str) -> Result<(), Failure> {
        let frame = self.spark.sql(query).map_err(|error| failed(doing, &error))?;
        self.name(doing, &frame, view)
    }

    /// Gives a query a name, and has its rows held once they are worked out.
    pub(super) fn hold(&self, doing: &str, view: &str, query: &str) -> Result<(), Failure> {
        self.view(doing, view, query)?;
        self.held.lock().unwrap_or_else(PoisonError::into_inner).push(view.to_owned());
        let held = self.spark.table(view).and_then(|frame| frame.cache());
        held.map(|_| ()).map_err(|error| failed(doing, &error))
    }

    /// Gives rows of texts a name.
    pub(super) fn texts<'a, const COLUMNS: usize>(
        &self,
        doing: &str,
        view: &str,
        columns: &[&str; COLUMNS],
        rows: impl Iterator<Item = [&'a str; COLUMNS]>,
    ) -> Result<(), Failure> {
        self.name(doing, &self.frame(doing, columns, rows)?, view)
    }

    /// Writes rows of texts as one Parquet file into a folder that is not there yet.
    pub(super) fn write_texts<'a, const COLUMNS: usize>(
        &self,
        doing: &str,
        columns: &[&str; COLUMNS],
        rows: impl Iterator<Item = [&'a str; COLUMNS]>,
        folder: &str,
    ) -> Result<(), Failure> {
        let frame = self.frame(doing, columns, rows)?;
        frame.coalesce(1).write().mode("error").parquet(folder).map_err(|error| failed(doing, &error))
    }

    fn frame<'a, const COLUMNS: usize>(
        &self,
        doing: &str,
        columns: &[&str; COLUMNS],
        rows: impl Iterator<Item = [&'a str; COLUMNS]>,
    ) -> Result<DataFrame, Failure> {
        let names = columns.map(str::to_owned).to_vec();
        let row =
            |texts: [&str; COLUMNS]| Row::new(names.clone(), texts.map(|text| Value::String(text.to_owned())).to_vec());
        // The client takes names as they stand, and quotation marks for a part of them.
        let schema = columns.map(|column| format!("{column} string")).join(", ");
        let made =
            DataType::from_ddl(&schema).and_then(|schema| self.spark.create_dataframe(rows.map(row).collect(), schema));
        made.map_err(|error| failed(doing, &error))
    }

    fn name(&self, doing: &str, frame: &DataFrame, view: &str) -> Result<(), Failure> {
        frame.create_or_replace_temp_view(view).map_err(|error| failed(doing, &error))
    }

    /// Writes the rows of a query as Parquet files in a folder that is not there yet.
    pub(super) fn write(&self, doing: &str, query: &str, folder: &str) -> Result<(), Failure> {
        let written = self.spark.sql(query).and_then(|frame| frame.write().mode("error").parquet(folder));
        written.map_err(|error| failed(doing, &error))
    }

    /// Writes one text into a folder, as a file that is there whole or not at all.
    pub(super) fn write_text(&self, doing: &str, text: &str, folder: &str, texts: Texts) -> Result<(), Failure> {
        let mode = match texts {
            Texts::New => "error",
            Texts::OneMore => "append",
        };
        let frame = self.frame(doing, &["value"], std::iter::once([text]))?;
        frame.coalesce(1).write().mode(mode).text(folder).map_err(|error| failed(doing, &error))
    }
}
