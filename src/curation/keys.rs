//! Integer keys: single cells of columns in one piece, and where a key stands in another table.

use std::hash::{Hash, Hasher};
use std::ops::Range;

use polars::prelude::*;
use polars_arrow::array::PrimitiveArray;

/// The cells of a column of numbers, one look-up away.
pub struct Cells<'a, T> {
    values: &'a [T],
    /// Whether there is anything in each row; where there is in all, nothing.
    is_there: Option<Vec<bool>>,
}

impl<T: Copy> Cells<'_, T> {
    /// What stands in a row; nothing where there is null or no such row.
    pub fn get(&self, row: usize) -> Option<T> {
        let value = *self.values.get(row)?;
        self.is_there.as_ref().is_none_or(|is_there| is_there[row]).then_some(value)
    }
}

/// The numbers that stand for people or devices in a column.
pub fn cells_of_numbers(column: &Column) -> PolarsResult<Cells<'_, u32>> {
    cells(column.u32()?)
}

/// The instants in a column.
pub fn cells_of_times(column: &Column) -> PolarsResult<Cells<'_, i64>> {
    cells(column.i64()?)
}

fn cells<T: PolarsNumericType>(values: &ChunkedArray<T>) -> PolarsResult<Cells<'_, T::Native>> {
    let mut pieces = values.downcast_iter();
    match (pieces.next(), pieces.next()) {
        (Some(piece), None) => {
            let is_there = (values.null_count() > 0).then(|| values.is_not_null().iter().flatten().collect());
            Ok(Cells { values: piece.values().as_slice(), is_there })
        }
        (None, _) => Ok(Cells { values: &[], is_there: None }),
        (Some(_), Some(_)) => polars_bail!(ComputeError: "a column is in several pieces"),
    }
}

/// The cells of rows, to tell equal rows from others.
pub struct AllCells<'a>(Vec<AnyCells<'a>>);

enum AnyCells<'a> {
    Numbers(Cells<'a, u32>),
    Times(Cells<'a, i64>),
    Texts(&'a StringChunked),
}

impl<'a> AllCells<'a> {
    /// Of these columns; none where there is one of floating-point numbers, which are equal in more ways than one.
    pub fn of(columns: &'a [Column]) -> PolarsResult<Option<Self>> {
        let cells = columns.iter().map(|column| {
            Ok(match column.dtype() {
                DataType::UInt32 => Some(AnyCells::Numbers(cells_of_numbers(column)?)),
                DataType::Int64 => Some(AnyCells::Times(cells_of_times(column)?)),
                DataType::String => Some(AnyCells::Texts(column.str()?)),
                _ => None,
            })
        });
        Ok(cells.collect::<PolarsResult<Option<Vec<_>>>>()?.map(Self))
    }

    /// The rows that equal none before them, in order. Missing cells are equal.
    pub fn first_of_each(&self, rows: usize) -> Vec<u32> {
        let mut first = PlHashSet::with_capacity_and_hasher(rows, PlRandomState::default());
        (0..rows).filter(|row| first.insert(Row { of: self, row: *row })).map(|row| row as u32).collect()
    }
}

/// A row, which equals those with equal cells.
struct Row<'a> {
    of: &'a AllCells<'a>,
    row: usize,
}

impl Hash for Row<'_> {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        for cells in &self.of.0 {
            match cells {
                AnyCells::Numbers(cells) => cells.get(self.row).hash(hasher),
                AnyCells::Times(cells) => cells.get(self.row).hash(hasher),
                AnyCells::Texts(cells) => cells.get(self.row).hash(hasher),
            }
        }
    }
}

impl PartialEq for Row<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.of.0.iter().all(|cells| match cells {
            AnyCells::Numbers(cells) => cells.get(self.row) == cells.get(other.row),
            AnyCells::Times(cells) => cells.get(self.row) == cells.get(other.row),
            AnyCells::Texts(cells) => cells.get(self.row) == cells.get(other.row),
        })
    }
}

impl Eq for Row<'_> {}

/// Where each key of the rows at hand stands in another table.
pub struct Index {
    /// The key at each place at hand.
    left: Keys,
    /// The keys of the other table, in the order of `rows`.
    right: Numbers,
    /// The rows of the other table that have a key; all where there is nothing.
    rows: Option<Vec<u32>>,
    /// For each slot of the table of keys, one more than the place of the first of `right` in it.
    first: Vec<u32>,
    /// For each of `right`, one more than the place of the next one in the same slot.
    next: Vec<u32>,
    shift: u32,
}

/// Keys of rows, each as one number.
struct Keys {
    keys: Numbers,
    /// Whether no part of a key is null; where none is, nothing.
    is_whole: Option<Vec<bool>>,
}

/// Numbers that a key can be.
enum Numbers {
    /// Those of a column, above the least.
    Of(PrimitiveArray<i64>, i64),
    Packed(Vec<u64>),
}

impl Keys {
    fn get(&self, row: usize) -> Option<u64> {
        self.is_whole.as_ref().is_none_or(|is_whole| is_whole[row]).then(|| self.keys.get(row))
    }
}

impl Numbers {
    fn get(&self, row: usize) -> u64 {
        match self {
            Self::Of(column, least) => column.values()[row].wrapping_sub(*least) as u64,
            Self::Packed(keys) => keys[row],
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Of(column, _) => column.len(),
            Self::Packed(keys) => keys.len(),
        }
    }
}

impl Index {
    /// Looks through both sides; `others` are the rows of the other table that count, or all do. None where the columns are
    /// not integers, or do not fit into one together.
    pub fn new(left: &[Column], right: &[Column], others: Option<&[u32]>) -> PolarsResult<Option<Self>> {
        let Some((left, right)) = packed(left, right)? else { return Ok(None) };
        let (right, rows) = match (others, &right.is_whole) {
            (None, None) => (right.keys, None),
            (others, _) => {
                let all: Vec<u32> = others.map_or_else(|| (0..right.keys.len() as u32).collect(), <[u32]>::to_vec);
                let with_key = |row: u32| Some((right.get(row as usize)?, row));
                let (keys, rows) = all.into_iter().filter_map(with_key).unzip();
                (Numbers::Packed(keys), Some(rows))
            }
        };
        let bits = (right.len() * 2).next_power_of_two().trailing_zeros().max(1);
        let mut index =
            Self { left, first: vec![0; 1 << bits], next: vec![0; right.len()], right, rows, shift: 64 - bits };
        // From the last to the first, so that each slot gives its rows in their order.
        for place in (0..index.right.len()).rev() {
            let slot = index.slot(index.right.get(place));
            index.next[place] = index.first[slot];
            index.first[slot] = place as u32 + 1;
        }
        Ok(Some(index))
    }

    /// Fibonacci hashing: the product with 2^64 divided by the golden ratio, of which the highest bits count.
    fn slot(&self, key: u64) -> usize {
        (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift) as usize
    }

    /// Calls back with each row of the other table that has a key.
    fn each(&self, key: u64, mut found: impl FnMut(u32)) {
        let mut place = self.first[self.slot(key)];
        while let Some(at) = place.checked_sub(1) {
            if self.right.get(at as usize) == key {
                found(self.rows.as_ref().map_or(at, |rows| rows[at as usize]));
            }
            place = self.next[at as usize];
        }
    }

    /// How many pairs there are of these places.
    pub fn count(&self, places: Range<usize>) -> u64 {
        let mut count = 0;
        for key in places.filter_map(|place| self.left.get(place)) {
            self.each(key, |_| count += 1);
        }
        count
    }

    /// The pairs of these places, by place and then by row, and how many of the places have any.
    pub fn pairs(&self, places: Range<usize>) -> (Vec<u32>, Vec<u32>, u64) {
        let (mut left, mut right) = (Vec::with_capacity(places.len()), Vec::with_capacity(places.len()));
        let mut matched = 0;
        for place in places {
            let before = right.len();
            if let Some(key) = self.left.get(place) {
                self.each(key, |row| {
                    left.push(place as u32);
                    right.push(row);
                });
            }
            matched += u64::from(right.len() > before);
        }
        (left, right, matched)
    }
}

/// Both sides' keys of several columns, each as one number.
fn packed(left: &[Column], right: &[Column]) -> PolarsResult<Option<(Keys, Keys)>> {
    let mut bits = 0;
    let is_alone = left.len() == 1;
    let mut packed: [(Vec<u64>, Option<Vec<bool>>); 2] = Default::default();
    for (left, right) in left.iter().zip(right) {
        let (Some(one), Some(other)) = (integers(left)?, integers(right)?) else { return Ok(None) };
        let ends = [one.min(), one.max(), other.min(), other.max()];
        let (least, most) = (ends.iter().flatten().min().copied(), ends.iter().flatten().max().copied());
        // Where nothing stands at all, nothing has a key.
        let (least, most) = (least.unwrap_or(0), most.unwrap_or(0));
        let needed = 64 - most.abs_diff(least).leading_zeros();
        if bits + needed > 64 {
            return Ok(None);
        }
        if is_alone {
            // A column alone is there already.
            let keys = |values: &Int64Chunked| -> PolarsResult<Keys> {
                let is_whole = cells(values)?.is_there;
                Ok(Keys { keys: Numbers::Of(values.downcast_as_array().clone(), least), is_whole })
            };
            return Ok(Some((keys(&one)?, keys(&other)?)));
        }
        for ((keys, is_whole), values) in packed.iter_mut().zip([&one, &other]) {
            let Cells { values, is_there } = cells(values)?;
            keys.resize(values.len(), 0);
            for (key, value) in keys.iter_mut().zip(values).filter(|_| needed > 0) {
                *key |= (value.wrapping_sub(least) as u64) << bits;
            }
            if let Some(is_there) = is_there {
                let is_whole = is_whole.get_or_insert_with(|| vec![true; is_there.len()]);
                is_whole.iter_mut().zip(is_there).for_each(|(is_whole, is_there)| *is_whole &= is_there);
            }
        }
        bits += needed;
    }
    let [left, right] = packed.map(|(keys, is_whole)| Keys { keys: Numbers::Packed(keys), is_whole });
    Ok(Some((left, right)))
}

fn integers(column: &Column) -> PolarsResult<Option<Int64Chunked>> {
    if !column.dtype().is_integer() {
        return Ok(None);
    }
    Ok(Some(column.cast(&DataType::Int64)?.i64()?.rechunk().into_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn columns(rows: &[(Option<i64>, Option<u32>)]) -> Vec<Column> {
        let times: Int64Chunked = rows.iter().map(|row| row.0).collect();
        let numbers: UInt32Chunked = rows.iter().map(|row| row.1).collect();
        vec![times.into_column(), numbers.into_column()]
    }

    fn rows() -> impl Strategy<Value = Vec<(Option<i64>, Option<u32>)>> {
        let time = prop_oneof![8 => (-3_i64..3).prop_map(Some), 1 => Just(None), 1 => Just(Some(1 << 50))];
        let number = prop_oneof![8 => (0_u32..3).prop_map(Some), 1 => Just(None)];
        proptest::collection::vec((time, number), 0..40)
    }

    proptest! {
        #[test]
        fn all_pairs_of_equal_keys_are_found_in_order(left in rows(), right in rows(), from in 0_usize..3) {
            let others: Vec<u32> = (0..right.len() as u32).filter(|row| row % 3 >= from as u32).collect();
            let index = Index::new(&columns(&left), &columns(&right), Some(&others)).unwrap().unwrap();
            let is_pair = |one: (Option<i64>, Option<u32>), other| one == other && one.0.is_some() && one.1.is_some();
            let (mut places, mut found, mut matched) = (vec![], vec![], 0);
            for (place, one) in (0..).zip(&left) {
                let partners: Vec<u32> = others.iter().copied().filter(|row| is_pair(*one, right[*row as usize])).collect();
                matched += u64::from(!partners.is_empty());
                places.extend(partners.iter().map(|_| place));
                found.extend(partners);
            }
            prop_assert_eq!(index.count(0..left.len()), found.len() as u64);
            prop_assert_eq!(index.pairs(0..left.len()), (places, found, matched));
        }
    }

    proptest! {
        #[test]
        fn the_first_of_equal_rows_are_found_in_order(
            rows in proptest::collection::vec((prop::option::of(0_i64..2), prop::option::of(0_u32..2), prop::option::of("[ab]?")), 0..40)
        ) {
            let keys: Vec<_> = rows.iter().map(|(time, number, _)| (*time, *number)).collect();
            let texts: StringChunked = rows.iter().map(|row| row.2.as_deref()).collect();
            let columns: Vec<Column> = columns(&keys).into_iter().chain([texts.into_column()]).collect();
            let first = (0..rows.len()).filter(|row| !rows[..*row].contains(&rows[*row])).map(|row| row as u32);
            let cells = AllCells::of(&columns).unwrap().unwrap();
            prop_assert_eq!(cells.first_of_each(rows.len()), first.collect::<Vec<_>>());
        }
    }

    #[test]
    fn rows_with_floating_point_numbers_are_left_to_others() {
        let columns = [Column::new("user".into(), [1_u32]), Column::new("x".into(), [0.5])];
        assert!(AllCells::of(&columns[..1]).unwrap().is_some());
        assert!(AllCells::of(&columns).unwrap().is_none());
    }

    #[test]
    fn keys_that_do_not_fit_into_one_number_are_left_to_others() {
        let (left, right) = (columns(&[(Some(i64::MIN), Some(0))]), columns(&[(Some(i64::MAX), Some(1))]));
        assert!(Index::new(&left, &right, None).unwrap().is_none());
        assert!(Index::new(&left[..1], &right[..1], None).unwrap().is_some());
        let texts = [Column::new("user".into(), ["a"])];
        assert!(Index::new(&texts, &texts, None).unwrap().is_none());
    }
}
