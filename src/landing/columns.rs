//! Typed columns that grow record by record: a record is taken whole or not at all.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use polars::prelude::*;

use super::dictionary::is_numbered;
use super::json::Member;
use super::refused::RefusedReason;
use super::usual::{Cells, Layout, MOST_COLUMNS, Number, is_same};
use super::value::{ConsentStood, Typed, Value, consent_stood, looks_like_seconds, typed};
use crate::domain::{self, Dataset, Kind, Purpose, Schema};

/// How much of an unknown key is kept.
const LONGEST_KEY: usize = 64;

/// The columns of one data set, and what was counted beside them.
pub struct Columns<'a> {
    schema: Schema,
    builders: Vec<Builder<'a>>,
    record: Record<'a>,
    /// The keys of the records before, in their order, with the columns that they name: most records repeat them.
    usual: Vec<(String, Option<usize>)>,
    /// The layout of a record before, and the cells of one that has it.
    layout: Option<Layout<'a>>,
    plain: Cells<'a>,
    /// The columns of texts.
    texts: Vec<usize>,
    /// Which purpose each column is the consent for.
    purposes: Vec<Option<usize>>,
    has_consents: bool,
    rows: u64,
    /// How often each unknown key was seen in records that were read.
    pub unknown_keys: UnknownKeys,
    /// What stood where the consents belong: given, absent, null, blank, zero for each purpose.
    pub consents: [[u64; 5]; 3],
    /// What stood where the consents belong in each row, for each purpose; empty where a row has no consents.
    pub stood: Vec<[ConsentStood; 3]>,
    /// Instants in each column that look like seconds.
    pub seconds: Vec<u64>,
}

/// The record at hand.
struct Record<'a> {
    /// Its cells, good where the bit of their column is set.
    cells: [Typed<'a>; MOST_COLUMNS],
    seen: u16,
    /// What stands before each member so far, and the column that it names.
    members: Vec<(&'a [u8], Option<usize>)>,
    /// The first column, in the schema's order, whose value cannot be read, and why.
    wrong: Option<(usize, RefusedReason)>,
    twice: Option<&'static str>,
    unknown: Vec<String>,
    consents: [ConsentStood; 3],
}

/// Keys that no schema knows and how often each came, in the order in which they came first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnknownKeys {
    counts: Vec<(String, u64)>,
    places: HashMap<String, usize>,
}

/// The rows of some columns, put together.
pub struct Taken {
    pub frame: DataFrame,
    /// For each column whose texts are numbered, in the schema's order, the texts by their numbers.
    pub texts: Vec<Vec<Arc<str>>>,
}

enum Builder<'a> {
    Text(StringChunkedBuilder),
    Numbered(NumberedBuilder<'a>),
    Integer(NumbersBuilder<i64>),
    Float(NumbersBuilder<f64>),
}

/// How a kind of column is held in a frame.
pub fn data_type(kind: Kind) -> DataType {
    match kind {
        Kind::Text => DataType::String,
        Kind::Integer | Kind::Time => DataType::Int64,
        Kind::Float => DataType::Float64,
    }
}

impl<'a> Columns<'a> {
    /// No rows yet; `capacity` is how many are expected.
    pub fn new(dataset: Dataset, capacity: usize) -> Self {
        let schema = dataset.schema();
        let builders = schema
            .iter()
            .map(|column| match column.kind {
                Kind::Text if is_numbered(column) => Builder::Numbered(NumberedBuilder::new(column.name, capacity)),
                Kind::Text => Builder::Text(StringChunkedBuilder::new(column.name.into(), capacity)),
                Kind::Integer | Kind::Time => Builder::Integer(NumbersBuilder::new(column.name, capacity)),
                Kind::Float => Builder::Float(NumbersBuilder::new(column.name, capacity)),
            })
            .collect();
        Self {
            schema,
            builders,
            record: Record {
                cells: [const { Typed::Null }; MOST_COLUMNS],
                seen: 0,
                members: vec![],
                wrong: None,
                twice: None,
                unknown: vec![],
                consents: [ConsentStood::Absent; 3],
            },
            usual: vec![],
            layout: None,
            plain: Cells::default(),
            texts: (0..schema.len()).filter(|column| schema[*column].kind == Kind::Text).collect(),
            purposes: schema
                .iter()
                .map(|column| Purpose::ALL.iter().position(|purpose| purpose.column() == column.name))
                .collect(),
            has_consents: schema.iter().any(|column| column.consent),
            rows: 0,
            unknown_keys: UnknownKeys::default(),
            consents: [[0; 5]; 3],
            stood: vec![],
            seconds: vec![0; schema.len()],
        }
    }

    /// Forgets the record at hand.
    pub fn begin(&mut self) {
        let record = &mut self.record;
        record.seen = 0;
        record.members.clear();
        record.wrong = None;
        record.twice = None;
        record.unknown.clear();
        record.consents = [ConsentStood::Absent; 3];
    }

    /// A key and value of the record at hand.
    pub fn member(&mut self, key: &str, value: Value<'a>) {
        self.keyed(key, &[], value);
    }

    /// A member of the record at hand, which may be the pattern for those after it.
    pub fn json_member(&mut self, member: Member<'a>) {
        self.keyed(&member.key, member.before, member.value);
    }

    /// Takes the record that starts at `start` if it has the layout of one before, and gives its end.
    #[inline(always)]
    pub fn take_usual(&mut self, text: &'a str, start: usize) -> Option<usize> {
        let (layout, builders) = (self.layout.as_ref()?, &mut self.builders);
        let end = layout.read(text, start, &mut self.plain, |column, number| match (&mut builders[column], number) {
            (Builder::Float(builder), Number::Float(number)) => builder.values.push(number),
            (Builder::Integer(builder), Number::Integer(number)) => builder.values.push(number),
            _ => {}
        });
        let Some(end) = end else {
            self.forget_numbers();
            return None;
        };
        let cells = &self.plain;
        for &column in &self.texts {
            let text = cells.texts[column];
            match &mut self.builders[column] {
                builder if cells.absent & (1 << column) != 0 => builder.push(&Typed::Null),
                Builder::Numbered(builder) => builder.push_borrowed(text),
                builder => builder.push(&Typed::Text(Cow::Borrowed(text))),
            }
        }
        if self.plain.absent != 0 {
            self.put_absent();
        }
        if self.has_consents {
            self.count_consents();
        }
        if self.plain.seconds != 0 {
            let looks_so = |column: usize| self.plain.seconds & (1 << column) != 0;
            (0..).zip(&mut self.seconds).for_each(|(column, seconds)| *seconds += u64::from(looks_so(column)));
        }
        self.rows += 1;
        Some(end)
    }

    /// Takes back the numbers of a record that was not taken.
    fn forget_numbers(&mut self) {
        let rows = self.rows as usize;
        for builder in &mut self.builders {
            match builder {
                Builder::Float(builder) => builder.values.truncate(rows),
                Builder::Integer(builder) => builder.values.truncate(rows),
                Builder::Text(_) | Builder::Numbered(_) => {}
            }
        }
    }

    /// Puts nothing in the columns of numbers of which a record with the usual layout has nothing.
    fn put_absent(&mut self) {
        for (column, builder) in self.builders.iter_mut().enumerate() {
            if self.plain.absent & (1 << column) != 0 && self.schema[column].kind != Kind::Text {
                builder.push(&Typed::Null);
            }
        }
    }

    /// Counts the consents of a record that has the usual layout: each is given, or not there at all.
    fn count_consents(&mut self) {
        let mut stood = [ConsentStood::Absent; 3];
        for (position, purpose) in self.purposes.iter().enumerate() {
            let Some(purpose) = *purpose else { continue };
            if self.plain.absent & (1 << position) == 0 {
                stood[purpose] = ConsentStood::Given;
            }
            self.consents[purpose][stood[purpose] as usize] += 1;
        }
        self.stood.push(stood);
    }

    /// Takes the record at hand, whole or not at all.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn commit(&mut self) -> Result<(), RefusedReason> {
        let record = &mut self.record;
        if let Some(column) = record.twice {
            return Err(RefusedReason::KeyTwice(column));
        }
        let is_missing =
            |(position, column): &(usize, &domain::Column)| column.required && record.seen & (1 << position) == 0;
        let missing = self.schema.iter().enumerate().find(is_missing);
        match (missing, record.wrong) {
            (Some((position, column)), wrong) if wrong.is_none_or(|(place, _)| position < place) => {
                return Err(RefusedReason::Missing(column.name));
            }
            (_, Some((_, reason))) => return Err(reason),
            _ => {}
        }
        for (position, builder) in self.builders.iter_mut().enumerate() {
            let cell = if record.seen & (1 << position) == 0 { &Typed::Null } else { &record.cells[position] };
            if let (Kind::Time, Typed::Integer(instant)) = (self.schema[position].kind, cell) {
                self.seconds[position] += u64::from(looks_like_seconds(*instant));
            }
            if let Some(purpose) = self.purposes[position] {
                self.consents[purpose][record.consents[purpose] as usize] += 1;
            }
            builder.push(cell);
        }
        if self.has_consents {
            self.stood.push(record.consents);
        }
        self.layout = Layout::new(self.schema, &record.members);
        for key in record.unknown.drain(..) {
            self.unknown_keys.add(key, 1);
        }
        self.rows += 1;
        Ok(())
    }

    /// A key, which is looked up unless it is the same as at this place in the record before.
    fn keyed(&mut self, key: &str, before: &'a [u8], value: Value<'a>) {
        const MOST_USUAL: usize = 64;
        let place = self.record.members.len();
        let position = match self.usual.get(place) {
            Some((usual, position)) if usual == key => *position,
            _ => {
                let position = self.schema.iter().position(|column| same_key(column.name, key));
                if place < MOST_USUAL {
                    self.usual.truncate(place);
                    self.usual.push((key.to_owned(), position));
                }
                position
            }
        };
        self.record.members.push((before, position));
        match position {
            Some(position) => self.set(position, value),
            None => self.record.unknown.push(key.chars().take(LONGEST_KEY).collect()),
        }
    }

    fn set(&mut self, position: usize, value: Value<'a>) {
        let (column, record) = (&self.schema[position], &mut self.record);
        let bit = 1 << position;
        if record.seen & bit != 0 {
            record.twice = Some(column.name);
        }
        record.seen |= bit;
        let stood = self.purposes[position].map(|purpose| (purpose, consent_stood(&value)));
        match typed(column, value) {
            Ok(cell) => {
                if let Some((purpose, stood)) = stood {
                    let is_zero = stood == ConsentStood::Given && cell == Typed::Null;
                    record.consents[purpose] = if is_zero { ConsentStood::Zero } else { stood };
                }
                record.cells[position] = cell;
            }
            Err(reason) if record.wrong.is_none_or(|(first, _)| position < first) => {
                record.wrong = Some((position, reason));
            }
            Err(_) => {}
        }
    }

    /// The rows as a frame.
    ///
    /// # Errors
    /// When the columns do not fit together, which would be a defect of this program.
    pub fn finish(self) -> PolarsResult<Taken> {
        let mut texts = vec![];
        let columns = self
            .builders
            .into_iter()
            .map(|builder| match builder {
                Builder::Text(builder) => builder.finish().into_column(),
                Builder::Numbered(builder) => {
                    texts.push(builder.texts());
                    builder.numbers.finish::<UInt32Type>().into_column()
                }
                Builder::Integer(builder) => builder.finish::<Int64Type>().into_column(),
                Builder::Float(builder) => builder.finish::<Float64Type>().into_column(),
            })
            .collect();
        Ok(Taken { frame: DataFrame::new_infer_height(columns)?, texts })
    }
}

impl UnknownKeys {
    /// Counts a key so many times more.
    pub fn add(&mut self, key: String, times: u64) {
        match self.places.get(&key) {
            Some(&place) => self.counts[place].1 += times,
            None => {
                self.places.insert(key.clone(), self.counts.len());
                self.counts.push((key, times));
            }
        }
    }

    /// The keys with their counts, in the order in which they came first.
    pub fn into_counts(self) -> Vec<(String, u64)> {
        self.counts
    }
}

/// Numbers that grow row by row. Hardly any is missing, so those are listed.
struct NumbersBuilder<T> {
    name: &'static str,
    values: Vec<T>,
    missing: Vec<usize>,
}

impl<T: Copy + Default> NumbersBuilder<T> {
    fn new(name: &'static str, capacity: usize) -> Self {
        Self { name, values: Vec::with_capacity(capacity), missing: vec![] }
    }

    fn push_nothing(&mut self) {
        self.missing.push(self.values.len());
        self.values.push(T::default());
    }

    fn finish<P: PolarsNumericType<Native = T>>(self) -> ChunkedArray<P> {
        if self.missing.is_empty() {
            return ChunkedArray::from_vec(self.name.into(), self.values);
        }
        let mut there: Vec<Option<T>> = self.values.into_iter().map(Some).collect();
        for row in self.missing {
            there[row] = None;
        }
        ChunkedArray::from_iter_options(self.name.into(), there.into_iter())
    }
}

/// Numbers texts in the order in which they come first. A text that repeats costs a look-up, and no room.
struct NumberedBuilder<'a> {
    numbers: NumbersBuilder<u32>,
    known: PlHashMap<Cow<'a, str>, u32>,
    /// Readings come in runs of the same person or device.
    last: Option<(&'a str, u32)>,
}

impl<'a> NumberedBuilder<'a> {
    fn new(name: &'static str, capacity: usize) -> Self {
        Self { numbers: NumbersBuilder::new(name, capacity), known: PlHashMap::default(), last: None }
    }

    fn push_borrowed(&mut self, text: &'a str) {
        let number = match self.last {
            // Most often it is the very same text.
            Some((last, number)) if std::ptr::eq(last, text) || is_same(last.as_bytes(), text.as_bytes()) => number,
            _ => {
                let next = self.known.len() as u32;
                let number = *self.known.entry(Cow::Borrowed(text)).or_insert(next);
                self.last = Some((text, number));
                number
            }
        };
        self.numbers.values.push(number);
    }

    fn push(&mut self, text: &str) {
        let number = match self.known.get(text) {
            Some(number) => *number,
            None => {
                let next = self.known.len() as u32;
                self.known.insert(Cow::Owned(text.to_owned()), next);
                next
            }
        };
        self.numbers.values.push(number);
    }

    /// The texts by their numbers.
    fn texts(&self) -> Vec<Arc<str>> {
        let mut texts: Vec<(&str, u32)> = self.known.iter().map(|(text, number)| (&**text, *number)).collect();
        texts.sort_unstable_by_key(|(_, number)| *number);
        texts.into_iter().map(|(text, _)| text.into()).collect()
    }
}

impl<'a> Builder<'a> {
    fn push(&mut self, cell: &Typed<'a>) {
        match (self, cell) {
            (Self::Numbered(builder), Typed::Text(text)) => builder.push(text),
            (Self::Numbered(builder), _) => builder.numbers.push_nothing(),
            (Self::Text(builder), Typed::Text(text)) => builder.append_value(text),
            (Self::Text(builder), _) => builder.append_null(),
            (Self::Integer(builder), Typed::Integer(number)) => builder.values.push(*number),
            (Self::Integer(builder), _) => builder.push_nothing(),
            (Self::Float(builder), Typed::Float(number)) => builder.values.push(*number),
            (Self::Float(builder), _) => builder.push_nothing(),
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
