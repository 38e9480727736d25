//! A table as it leaves: its columns in their order, its rows sorted by them, made a batch at a time.

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

use polars::prelude::*;
use rayon::prelude::*;

use super::parties::NOBODY;
use crate::domain::Kind;

/// Rows that are made and written at once: a row group of a Parquet file.
pub(super) const BATCH: usize = 1 << 18;

/// A table whose rows can be had by their places.
#[derive(Clone, Debug)]
pub(super) struct OutTable {
    /// The name of its folder.
    pub name: String,
    pub columns: Vec<OutColumn>,
    /// For each place, the number of the row behind it; none where rows stay where they are.
    pub order: Option<Arc<[u32]>>,
    pub rows: usize,
}

/// One column as it leaves.
#[derive(Clone, Debug)]
pub(super) struct OutColumn {
    pub name: &'static str,
    pub kind: Kind,
    pub source: Source,
}

/// Where the values of a column come from, by the number of the row.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// A text for each of few parties.
    Word {
        codes: Arc<[u32]>,
        words: StringChunked,
    },
    Integer(Int64Chunked),
    Float(Float64Chunked),
    /// An instant less that of its party.
    Since {
        at: Int64Chunked,
        codes: Arc<[u32]>,
        origins: Arc<[i64]>,
    },
    /// The place of the row, divided by so many and rounded down: the number of a window.
    PlaceOver(usize),
    /// What is left then: the place in a window.
    PlaceWithin(usize),
}

impl Source {
    /// Texts by codes.
    pub fn word<T: AsRef<str>>(codes: &Arc<[u32]>, words: impl IntoIterator<Item = T>) -> Self {
        let words = StringChunked::from_iter_values("".into(), words.into_iter());
        Self::Word { codes: Arc::clone(codes), words }
    }

    /// A whole number, where it is one and not null.
    pub fn integer(&self, row: usize) -> Option<i64> {
        match self {
            Self::Integer(values) => values.get(row),
            Self::Since { at, codes, origins } => {
                Some(at.get(row)?.wrapping_sub(origins.get(codes[row] as usize).copied()?))
            }
            Self::Word { .. } | Self::Float(_) | Self::PlaceOver(_) | Self::PlaceWithin(_) => None,
        }
    }

    /// A number, where it is one and not null.
    pub fn number(&self, row: usize) -> Option<f64> {
        if let Self::Float(values) = self { values.get(row) } else { self.integer(row).map(|value| value as f64) }
    }

    /// The code of a text.
    pub fn code(&self, row: usize) -> u32 {
        if let Self::Word { codes, .. } = self { codes[row] } else { NOBODY }
    }

    /// A text; none where it is null or this is no column of texts.
    pub fn text(&self, row: usize) -> Option<&str> {
        let Self::Word { codes, words } = self else { return None };
        let code = codes[row] as usize;
        if code < words.len() { words.get(code) } else { None }
    }

    /// The values behind these rows, which are at these places.
    fn take(&self, name: &'static str, rows: &[u32], places: Range<usize>) -> PolarsResult<Column> {
        let name = PlSmallStr::from_static(name);
        let place = |number: fn(usize, usize) -> usize, by: usize| {
            Int64Chunked::from_iter_values(name.clone(), places.clone().map(|place| number(place, by) as i64))
                .into_column()
        };
        Ok(match self {
            Self::Word { codes, words } => {
                let codes: Vec<u32> = rows.iter().map(|&row| codes[row as usize]).collect();
                let codes = if codes.contains(&NOBODY) {
                    let known = codes.into_iter().map(|code| Some(code).filter(|&code| code != NOBODY));
                    IdxCa::from_iter_options(name.clone(), known)
                } else {
                    IdxCa::from_vec(name.clone(), codes)
                };
                words.take(&codes)?.with_name(name).into_column()
            }
            Self::Integer(values) => values.take(rows)?.with_name(name).into_column(),
            Self::Float(values) => values.take(rows)?.with_name(name).into_column(),
            Self::Since { at, codes, origins } => {
                let since = |row: &u32, at: i64| at.wrapping_sub(origins[codes[*row as usize] as usize]);
                // All in one piece and without nulls, values are at hand.
                match at.cont_slice() {
                    Ok(at) if rows.iter().all(|&row| (codes[row as usize] as usize) < origins.len()) => {
                        Int64Chunked::from_iter_values(name, rows.iter().map(|row| since(row, at[*row as usize])))
                    }
                    _ => Int64Chunked::from_iter_options(name, rows.iter().map(|&row| self.integer(row as usize))),
                }
                .into_column()
            }
            Self::PlaceOver(by) => place(|place, by| place / by, *by),
            Self::PlaceWithin(by) => place(|place, by| place % by, *by),
        })
    }
}

impl OutTable {
    /// Sorted by its columns from left to right. The first column of texts has few values and sorts fast.
    pub fn sorted(name: &str, columns: Vec<OutColumn>, rows: usize) -> Self {
        let order = order(&columns, rows);
        Self { name: name.to_owned(), columns, order: Some(order.into()), rows }
    }

    /// The number of the row at a place.
    pub fn row(&self, place: usize) -> usize {
        self.order.as_ref().map_or(place, |order| order[place] as usize)
    }

    /// A column by its name.
    pub fn source(&self, name: &str) -> Option<&Source> {
        self.columns.iter().find(|column| column.name == name).map(|column| &column.source)
    }

    /// Names and types of the columns.
    pub fn schema(&self) -> Schema {
        self.columns
            .iter()
            .map(|column| Field::new(column.name.into(), crate::landing::data_type(column.kind)))
            .collect()
    }

    /// The rows at these places.
    ///
    /// # Errors
    /// When there are no such places.
    pub fn batch(&self, places: Range<usize>) -> PolarsResult<DataFrame> {
        let counted: Vec<u32>;
        let rows = match &self.order {
            Some(order) => &order[places.clone()],
            None => {
                counted = (places.start as u32..places.end as u32).collect();
                &counted
            }
        };
        let columns: PolarsResult<Vec<Column>> =
            self.columns.par_iter().map(|column| column.source.take(column.name, rows, places.clone())).collect();
        DataFrame::new(places.len(), columns?)
    }

    /// Stretches of places with equal texts in these columns, with those texts. Equal texts stand together, as the rows are
    /// sorted; so the end of a stretch is found by looking at few of its rows.
    pub fn sections(&self, columns: &[&str]) -> Vec<(Vec<String>, Range<usize>)> {
        let sources: Vec<&Source> = columns.iter().filter_map(|name| self.source(name)).collect();
        let text = |source: &Source, place: usize| source.text(self.row(place)).unwrap_or_default().to_owned();
        let mut sections: Vec<(Vec<String>, Range<usize>)> = vec![];
        let mut start = 0;
        while start < self.rows {
            let texts: Vec<String> = sources.iter().map(|source| text(source, start)).collect();
            let is_same = |place: usize| {
                let row = self.row(place);
                sources.iter().zip(&texts).all(|(source, text)| source.text(row).unwrap_or_default() == text)
            };
            let end = end_of_stretch(start, self.rows, is_same);
            sections.push((texts, start..end));
            start = end;
        }
        sections
    }
}

/// The first place from `start` on at which something is no longer so, which is so at `start` and never again after that.
fn end_of_stretch(start: usize, end: usize, is_so: impl Fn(usize) -> bool) -> usize {
    let (mut inside, mut step) = (start, 1);
    while inside + step < end && is_so(inside + step) {
        inside += step;
        step *= 2;
    }
    let mut outside = end.min(inside + step);
    while outside - inside > 1 {
        let middle = usize::midpoint(inside, outside);
        *if is_so(middle) { &mut inside } else { &mut outside } = middle;
    }
    outside
}

/// A column by which rows are compared: its values at hand where they are in one piece, all of them there.
enum SortKey<'a> {
    Codes(&'a [u32]),
    Integers(&'a [i64]),
    Floats(&'a [f64]),
    Since(&'a [i64], &'a [u32], &'a [i64]),
    Other(&'a Source),
}

impl<'a> SortKey<'a> {
    fn new(source: &'a Source) -> Self {
        match source {
            Source::Word { codes, .. } => Self::Codes(codes),
            Source::Integer(values) => values.cont_slice().map_or(Self::Other(source), Self::Integers),
            Source::Float(values) => values.cont_slice().map_or(Self::Other(source), Self::Floats),
            Source::Since { at, codes, origins } => match at.cont_slice() {
                Ok(at) if codes.iter().all(|&code| (code as usize) < origins.len()) => Self::Since(at, codes, origins),
                _ => Self::Other(source),
            },
            Source::PlaceOver(_) | Source::PlaceWithin(_) => Self::Other(source),
        }
    }

    fn compare(&self, one: u32, other: u32) -> Ordering {
        let (one, other) = (one as usize, other as usize);
        match self {
            // Nulls come first, as nobody's code plus one is the least.
            Self::Codes(codes) => codes[one].wrapping_add(1).cmp(&codes[other].wrapping_add(1)),
            Self::Integers(values) => values[one].cmp(&values[other]),
            Self::Floats(values) => values[one].total_cmp(&values[other]),
            Self::Since(at, codes, origins) => {
                let since = |row: usize| at[row].wrapping_sub(origins[codes[row] as usize]);
                since(one).cmp(&since(other))
            }
            Self::Other(Source::Float(values)) => match (values.get(one), values.get(other)) {
                (Some(one), Some(other)) => one.total_cmp(&other),
                (one, other) => one.is_some().cmp(&other.is_some()),
            },
            Self::Other(source) => source.integer(one).cmp(&source.integer(other)),
        }
    }
}

/// The rows by all columns from left to right: thrown into a bucket for each code of the first column of texts with
/// as many codes as there are parties, then each bucket sorted by itself.
fn order(columns: &[OutColumn], rows: usize) -> Vec<u32> {
    let words = columns.iter().find_map(|column| match &column.source {
        Source::Word { codes, .. } => Some(codes),
        _ => None,
    });
    // Within a bucket, the columns by whose codes it was filled are equal.
    let is_open = |column: &&OutColumn| match (&column.source, words) {
        (Source::Word { codes, .. }, Some(words)) => !Arc::ptr_eq(codes, words),
        _ => true,
    };
    let keys: Vec<SortKey<'_>> = columns.iter().filter(is_open).map(|column| SortKey::new(&column.source)).collect();
    let compare = |one: &u32, other: &u32| {
        let unequal = keys.iter().map(|key| key.compare(*one, *other)).find(|order| order.is_ne());
        unequal.unwrap_or_else(|| one.cmp(other))
    };
    let Some(codes) = words else {
        let mut order: Vec<u32> = (0..rows as u32).collect();
        order.par_sort_unstable_by(compare);
        return order;
    };
    let buckets = codes.iter().map(|code| code.wrapping_add(1)).max().map_or(0, |most| most as usize + 1);
    let mut ends = vec![0_u32; buckets + 1];
    codes.iter().for_each(|code| ends[code.wrapping_add(1) as usize + 1] += 1);
    for bucket in 0..buckets {
        ends[bucket + 1] += ends[bucket];
    }
    let mut next = ends.clone();
    let mut order = vec![0_u32; rows];
    for (row, code) in codes.iter().enumerate() {
        let place = &mut next[code.wrapping_add(1) as usize];
        order[*place as usize] = row as u32;
        *place += 1;
    }
    let mut slices = vec![];
    let mut rest = order.as_mut_slice();
    for bucket in ends.windows(2) {
        let (slice, after) = rest.split_at_mut((bucket[1] - bucket[0]) as usize);
        slices.push(slice);
        rest = after;
    }
    slices.into_par_iter().for_each(|slice| slice.sort_unstable_by(compare));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[(u32, i64, f64)]) -> OutTable {
        let codes: Arc<[u32]> = rows.iter().map(|row| row.0).collect();
        let integer = Int64Chunked::from_iter_values("".into(), rows.iter().map(|row| row.1));
        let float = Float64Chunked::from_iter_values("".into(), rows.iter().map(|row| row.2));
        let columns = vec![
            OutColumn { name: "side", kind: Kind::Text, source: Source::word(&codes, ["a", "a", "b"]) },
            OutColumn { name: "who", kind: Kind::Text, source: Source::word(&codes, ["k", "m", "l"]) },
            OutColumn { name: "at", kind: Kind::Integer, source: Source::Integer(integer) },
            OutColumn { name: "x", kind: Kind::Float, source: Source::Float(float) },
        ];
        OutTable::sorted("t", columns, rows.len())
    }

    #[test]
    fn rows_are_in_the_order_of_their_columns_with_nobody_first() {
        let table = table(&[(2, 5, 0.5), (0, 7, 0.5), (NOBODY, 1, 0.0), (0, 7, -0.5), (1, 2, 0.0), (0, 6, 9.0)]);
        assert_eq!(table.order.as_deref(), Some([2, 5, 3, 1, 4, 0].as_slice()));
        let batch = table.batch(1..4).unwrap();
        let expected =
            df!("side" => ["a", "a", "a"], "who" => ["k", "k", "k"], "at" => [6_i64, 7, 7], "x" => [9.0, -0.5, 0.5]);
        assert_eq!(batch, expected.unwrap());
        assert_eq!(table.batch(0..1).unwrap().column("who").unwrap().null_count(), 1);
    }

    #[test]
    fn sections_are_stretches_of_equal_texts() {
        let table = table(&[(2, 5, 0.5), (0, 7, 0.5), (0, 7, -0.5), (1, 2, 0.0)]);
        let sections = |columns: &[&str]| table.sections(columns);
        assert_eq!(sections(&[]), [(vec![], 0..4)]);
        assert_eq!(sections(&["side"]), [(vec!["a".to_owned()], 0..3), (vec!["b".to_owned()], 3..4)]);
        assert_eq!(sections(&["side", "who"]).len(), 3);
    }

    #[test]
    fn the_end_of_a_stretch_is_found_wherever_it_is() {
        for rows in 1..70 {
            for (start, end) in (1..=rows).flat_map(|end| (0..end).map(move |start| (start, end))) {
                assert_eq!(end_of_stretch(start, rows, |place| place < end), end);
            }
        }
    }
}
