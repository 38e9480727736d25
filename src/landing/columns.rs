//! Typed columns that grow record by record: a record is taken whole or not at all.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::refused::RefusedReason;
use super::value::{ConsentStood, Typed, Value, consent_stood, looks_like_seconds, typed};
use crate::domain::{Dataset, Kind, Purpose, Schema};

/// How many different unknown keys are told apart.
const MOST_KEYS: usize = 1000;
/// How much of an unknown key is kept.
const LONGEST_KEY: usize = 64;

/// The columns of one data set, and what was counted beside them.
pub struct Columns<'a> {
    schema: Schema,
    builders: Vec<Builder>,
    /// The values of the record at hand, good where the bit of their column is set.
    record: Vec<Value<'a>>,
    seen: u16,
    /// The keys of the records before, in their order, with the columns that they name: most records repeat them.
    usual: Vec<(String, Option<usize>)>,
    members: usize,
    /// Which purpose each column is the consent for.
    purposes: Vec<Option<usize>>,
    twice: Option<&'static str>,
    unknown: Vec<String>,
    rows: u64,
    /// How often each unknown key was seen in records that were read.
    pub unknown_keys: BTreeMap<String, u64>,
    /// What stood where the consents belong: given, absent, null, blank, zero for each purpose.
    pub consents: [[u64; 5]; 3],
    /// Instants in each column that look like seconds.
    pub seconds: Vec<u64>,
}

enum Builder {
    Text(StringChunkedBuilder),
    Integer(PrimitiveChunkedBuilder<Int64Type>),
    Float(PrimitiveChunkedBuilder<Float64Type>),
}

impl<'a> Columns<'a> {
    /// No rows yet; `capacity` is how many are expected.
    pub fn new(dataset: Dataset, capacity: usize) -> Self {
        let schema = dataset.schema();
        let builders = schema
            .iter()
            .map(|column| match column.kind {
                Kind::Text => Builder::Text(StringChunkedBuilder::new(column.name.into(), capacity)),
                Kind::Integer | Kind::Time => {
                    Builder::Integer(PrimitiveChunkedBuilder::new(column.name.into(), capacity))
                }
                Kind::Float => Builder::Float(PrimitiveChunkedBuilder::new(column.name.into(), capacity)),
            })
            .collect();
        Self {
            schema,
            builders,
            record: vec![Value::Absent; schema.len()],
            seen: 0,
            usual: vec![],
            members: 0,
            purposes: schema
                .iter()
                .map(|column| Purpose::ALL.iter().position(|purpose| purpose.column() == column.name))
                .collect(),
            twice: None,
            unknown: vec![],
            rows: 0,
            unknown_keys: BTreeMap::new(),
            consents: [[0; 5]; 3],
            seconds: vec![0; schema.len()],
        }
    }

    /// Rows taken.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Forgets the record at hand.
    pub fn begin(&mut self) {
        self.seen = 0;
        self.members = 0;
        self.twice = None;
        self.unknown.clear();
    }

    /// A key and value of the record at hand.
    pub fn member(&mut self, key: &str, value: Value<'a>) {
        let Some(position) = self.column_of(key) else {
            self.unknown.push(key.chars().take(LONGEST_KEY).collect());
            return;
        };
        let bit = 1 << position;
        if self.seen & bit != 0 {
            self.twice = Some(self.schema[position].name);
        }
        self.seen |= bit;
        self.record[position] = value;
    }

    /// Takes the record at hand, whole or not at all.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn commit(&mut self) -> Result<(), RefusedReason> {
        if let Some(column) = self.twice {
            return Err(RefusedReason::KeyTwice(column));
        }
        let mut cells: [Typed<'_>; 10] = [const { Typed::Null }; 10];
        for (position, (cell, column)) in cells.iter_mut().zip(self.schema).enumerate() {
            *cell = typed(column, value(&self.record, self.seen, position))?;
        }
        for (position, (column, cell)) in self.schema.iter().zip(&cells).enumerate() {
            if let Some(purpose) = self.purposes[position] {
                let stood = match consent_stood(value(&self.record, self.seen, position), cell) {
                    ConsentStood::Given => 0,
                    ConsentStood::Absent => 1,
                    ConsentStood::Null => 2,
                    ConsentStood::Blank => 3,
                    ConsentStood::Zero => 4,
                };
                self.consents[purpose][stood] += 1;
            }
            if let (Kind::Time, Typed::Integer(instant)) = (column.kind, cell) {
                self.seconds[position] += u64::from(looks_like_seconds(*instant));
            }
            self.builders[position].push(cell);
        }
        for key in self.unknown.drain(..) {
            let known = self.unknown_keys.len() < MOST_KEYS || self.unknown_keys.contains_key(&key);
            *self.unknown_keys.entry(if known { key } else { "…".to_owned() }).or_default() += 1;
        }
        self.rows += 1;
        Ok(())
    }

    /// The column that a key names; looked up only when the key is another than at this place in the record before.
    fn column_of(&mut self, key: &str) -> Option<usize> {
        const MOST_USUAL: usize = 64;
        let place = self.members;
        self.members += 1;
        if let Some((usual, position)) = self.usual.get(place)
            && usual == key
        {
            return *position;
        }
        let position = self.schema.iter().position(|column| same_key(column.name, key));
        if place < MOST_USUAL {
            self.usual.truncate(place);
            self.usual.push((key.to_owned(), position));
        }
        position
    }

    /// The rows as a frame.
    ///
    /// # Errors
    /// When the columns do not fit together, which would be a defect of this program.
    pub fn finish(self) -> PolarsResult<DataFrame> {
        let columns = self
            .builders
            .into_iter()
            .map(|builder| match builder {
                Builder::Text(builder) => builder.finish().into_column(),
                Builder::Integer(builder) => builder.finish().into_column(),
                Builder::Float(builder) => builder.finish().into_column(),
            })
            .collect();
        DataFrame::new_infer_height(columns)
    }
}

fn value<'r, 'a>(record: &'r [Value<'a>], seen: u16, position: usize) -> &'r Value<'a> {
    if seen & (1 << position) == 0 { &Value::Absent } else { &record[position] }
}

impl Builder {
    fn push(&mut self, cell: &Typed<'_>) {
        match (self, cell) {
            (Self::Text(builder), Typed::Text(text)) => builder.append_value(text),
            (Self::Text(builder), _) => builder.append_null(),
            (Self::Integer(builder), Typed::Integer(number)) => builder.append_value(*number),
            (Self::Integer(builder), _) => builder.append_null(),
            (Self::Float(builder), Typed::Float(number)) => builder.append_value(*number),
            (Self::Float(builder), _) => builder.append_null(),
        }
    }
}

/// Whether a key of a record names a column: whatever its case, with or without underscores and hyphens.
pub fn same_key(name: &str, key: &str) -> bool {
    if name.len() == key.len() {
        return name.eq_ignore_ascii_case(key);
    }
    let plain = key.bytes().filter(|byte| !matches!(byte, b'_' | b'-' | b' ')).map(|byte| byte.to_ascii_lowercase());
    key.len() > name.len() && plain.eq(name.bytes())
}
