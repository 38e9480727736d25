//! Parquet files: zstd, with statistics, a row group for each batch of rows. The library writes the pages; how they are encoded is
//! chosen here, by what is known of a column without trying: the dictionary of texts that are numbered is there already, numbers
//! of which there are few different ones get one, and whole numbers that lie far apart are written as differences.

use std::cell::RefCell;
use std::io;

use polars::io::parquet::write::BatchedWriter;
use polars::prelude::*;
use polars_arrow::array::{ArrayRef, DictionaryArray, PrimitiveArray};
use polars_arrow::datatypes::{ArrowDataType, IntegerType};
use polars_parquet::parquet::CowBuffer;
use polars_parquet::parquet::compression::Compression;
use polars_parquet::parquet::page::CompressedDictPage;
use polars_parquet::write::{
    CompressedDataPage, CompressedPage, CompressionOptions, Encoding, Page, ParquetType, Version, WriteOptions,
    array_to_columns, get_dtype_encoding,
};
use rayon::prelude::*;
use zstd::bulk::Compressor;

use crate::landing::Dictionary;

/// How hard zstd tries.
const LEVEL: i32 = 1;
/// Different numbers that a dictionary of a row group may have.
const FEW: usize = 1 << 12;
/// Whole numbers that lie no farther apart get a dictionary; the library makes it without hashing.
const CLOSE: u64 = 1 << 16;
/// The slots in which different numbers are looked up, as a power of two: two for each.
const SLOT_BITS: u32 = FEW.ilog2() + 1;

/// A Parquet file that is being written.
pub(super) struct ParquetFile<W: io::Write> {
    writer: BatchedWriter<W>,
    types: Vec<ParquetType>,
    options: WriteOptions,
}

impl<W: io::Write> ParquetFile<W> {
    /// A file of tables with this schema, in which all texts are spelled out.
    ///
    /// # Errors
    /// When the format has no such column.
    pub fn new(out: W, schema: &Schema) -> PolarsResult<Self> {
        let level = polars::polars_utils::compression::ZstdLevel::try_new(LEVEL)?;
        let compression = ParquetCompression::Zstd(Some(level));
        let options = WriteOptions {
            statistics: StatisticsOptions::default(),
            version: Version::V1,
            compression: CompressionOptions::from(compression),
            data_page_size: None,
        };
        let writer = ParquetWriter::new(out).with_compression(compression).with_statistics(options.statistics);
        let mut writer = writer.batched(schema)?;
        let types = writer.parquet_schema().fields().to_vec();
        Ok(Self { writer, types, options })
    }

    /// Writes a row group. A column of numbers of texts is written as these texts, which `texts` gives by its name. Rows must not
    /// be in several pieces.
    ///
    /// # Errors
    /// When the disk refuses, or when the rows are not of the schema.
    pub fn write<'a>(
        &mut self,
        rows: &DataFrame,
        texts: impl Fn(&str) -> Option<&'a Dictionary> + Sync,
    ) -> PolarsResult<()> {
        if rows.height() == 0 {
            return Ok(());
        }
        let columns = rows.columns().par_iter().zip(&self.types).map(|(column, kind)| {
            let (array, encoding) = match texts(column.name()) {
                Some(dictionary) if column.dtype() == &DataType::UInt32 => numbered(column.u32()?, dictionary)?,
                _ => plain(column)?,
            };
            let pages = array_to_columns(array, kind.clone(), self.options, &encoding)?.into_iter().flatten();
            pages.map(|page| compressed(page?)).collect()
        });
        let columns = columns.collect::<PolarsResult<Vec<Vec<CompressedPage>>>>()?;
        self.writer.write_row_group(rows.height() as u64, &columns)
    }

    /// Writes the footer.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn finish(self) -> PolarsResult<()> {
        self.writer.finish().map(|_| ())
    }
}

thread_local! {
    /// A compressor, and memory for what comes of it: setting them up costs more than packing the pages of a short column.
    static PACKER: RefCell<Option<(Compressor<'static>, Vec<u8>)>> = const { RefCell::new(None) };
}

/// What comes of packing, in no more memory than it needs.
fn pack(bytes: &[u8]) -> PolarsResult<CowBuffer> {
    /// More memory than this is given back.
    const MOST_KEPT: usize = 4 << 20;
    PACKER.with_borrow_mut(|packer| {
        let (compressor, packed) = match packer {
            Some(packer) => packer,
            none => none.insert((Compressor::new(LEVEL)?, vec![])),
        };
        packed.clear();
        packed.reserve(zstd::zstd_safe::compress_bound(bytes.len()));
        compressor.compress_to_buffer(bytes, packed)?;
        let whole = packed.as_slice().to_vec();
        if packed.capacity() > MOST_KEPT {
            *packed = vec![];
        }
        Ok(CowBuffer::Owned(whole))
    })
}

/// A page as the library compresses it, but for a compressor and memory that are there already.
fn compressed(page: Page) -> PolarsResult<CompressedPage> {
    Ok(match page {
        // What its header says is the length of what is not compressed.
        Page::Data(page) => {
            let (buffer, length) = (pack(page.buffer())?, page.buffer().len());
            let rows = page.num_rows().unwrap_or_else(|| page.num_values());
            let header = page.header().clone();
            CompressedPage::Data(CompressedDataPage::new(
                header,
                buffer,
                Compression::Zstd,
                length,
                page.descriptor,
                rows,
            ))
        }
        Page::Dict(page) => {
            let (buffer, length) = (pack(&page.buffer)?, page.buffer.len());
            CompressedPage::Dict(CompressedDictPage::new(
                buffer,
                Compression::Zstd,
                length,
                page.num_values,
                page.is_sorted,
            ))
        }
    })
}

/// A column that holds what it says, and how it is encoded.
fn plain(column: &Column) -> PolarsResult<(ArrayRef, Vec<Encoding>)> {
    let array = column.as_materialized_series().to_arrow(0, CompatLevel::newest());
    Ok(match column.dtype() {
        DataType::Float64 => match with_few(column.f64()?) {
            Some(dictionary) => (Box::new(dictionary), vec![Encoding::RleDictionary]),
            None => (array, vec![Encoding::Plain]),
        },
        DataType::Int64 => {
            let is_close = column.i64()?.min_max().is_none_or(|(least, most)| most.abs_diff(least) < CLOSE);
            (array, vec![if is_close { Encoding::RleDictionary } else { Encoding::DeltaBinaryPacked }])
        }
        _ => {
            let encoding = get_dtype_encoding(array.dtype());
            (array, encoding)
        }
    })
}

/// The texts of a column of numbers, with a dictionary of those that stand in it.
fn numbered(numbers: &UInt32Chunked, dictionary: &Dictionary) -> PolarsResult<(ArrayRef, Vec<Encoding>)> {
    let (least, most) = numbers.min_max().unwrap_or_default();
    let mut places = vec![0; (most - least) as usize + 1];
    for number in numbers.iter().flatten() {
        places[(number - least) as usize] = 1;
    }
    let mut used = vec![];
    for (number, place) in (least..=most).zip(&mut places).filter(|(_, place)| **place == 1) {
        *place = used.len() as u32;
        used.push(number);
    }
    // As many texts as rows are no dictionary.
    if used.len() * 4 > numbers.len() * 3 {
        let texts = dictionary.texts(numbers)?;
        return Ok((texts.into_series().to_arrow(0, CompatLevel::newest()), vec![Encoding::Plain]));
    }
    let texts = dictionary.texts(&UInt32Chunked::from_vec(PlSmallStr::EMPTY, used))?.rechunk().into_owned();
    let texts = texts.into_series().to_arrow(0, CompatLevel::newest());
    let array = numbers.downcast_as_array();
    // What a missing value has beneath it may be any number.
    let place = |number: &u32| places.get(number.wrapping_sub(least) as usize).copied().unwrap_or_default();
    let keys = array.values().iter().map(place).collect::<Vec<u32>>();
    let dictionary = dictionary_array(keys, array, texts)?;
    Ok((Box::new(dictionary), vec![Encoding::RleDictionary]))
}

/// A column as a dictionary of its numbers, in the order in which they come first; none where they are many.
fn with_few(numbers: &Float64Chunked) -> Option<DictionaryArray<u32>> {
    const NONE: u32 = u32::MAX;
    let array = numbers.downcast_as_array();
    let mut slots = vec![(0, NONE); 1 << SLOT_BITS];
    let mut few: Vec<u64> = vec![];
    let mut key_of = |bits: u64| {
        // Fibonacci hashing (Knuth, The Art of Computer Programming, volume 3, 6.4), and the next slot where one is taken.
        let mut slot = (bits.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - SLOT_BITS)) as usize;
        loop {
            match slots[slot] {
                (_, NONE) if few.len() == FEW => return None,
                (_, NONE) => {
                    slots[slot] = (bits, few.len() as u32);
                    few.push(bits);
                }
                (same, key) if same == bits => return Some(key),
                _ => slot = (slot + 1) % (1 << SLOT_BITS),
            }
        }
    };
    let mut keys = Vec::with_capacity(array.len());
    for number in array.values().iter() {
        keys.push(key_of(number.to_bits())?);
    }
    let few: Vec<f64> = few.into_iter().map(f64::from_bits).collect();
    dictionary_array(keys, array, PrimitiveArray::from_vec(few).boxed()).ok()
}

/// Numbers of values, missing where they are missing in this array.
fn dictionary_array<T: polars_arrow::types::NativeType>(
    keys: Vec<u32>,
    like: &PrimitiveArray<T>,
    values: ArrayRef,
) -> PolarsResult<DictionaryArray<u32>> {
    let kind = ArrowDataType::Dictionary(IntegerType::UInt32, Box::new(values.dtype().clone()), false);
    DictionaryArray::try_new(kind, PrimitiveArray::from_vec(keys).with_validity(like.validity().cloned()), values)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use polars_parquet::parquet::read::read_metadata;

    use super::*;

    const ROWS: usize = 10_000;

    /// Columns of every kind, with what is hard to write: nothing, ends of ranges, many and few different values.
    fn rows(texts: usize) -> (DataFrame, Dictionary) {
        let all: Vec<String> = (0..texts).map(|text| format!("{:03} ünïcode", text % 999)).collect();
        let (dictionary, numbers) = Dictionary::new(&[&all]);
        let number = |row: usize| (!row.is_multiple_of(7)).then(|| numbers[0][(row * row) % texts]);
        let far = [i64::MIN, i64::MAX, 0, -1, 1_655_296_678_763];
        let few = [0.0, -0.0, 1.5, f64::MIN_POSITIVE, f64::MAX];
        let columns = vec![
            (0..ROWS).map(number).collect::<UInt32Chunked>().with_name("numbered".into()).into_column(),
            (0..ROWS)
                .map(|row| Some(row).filter(|row| row % 3 > 0).map(|row| far[row % 5]))
                .collect::<Int64Chunked>()
                .with_name("far".into())
                .into_column(),
            (0..ROWS)
                .map(|row| Some((row % 50) as i64 - 25))
                .collect::<Int64Chunked>()
                .with_name("close".into())
                .into_column(),
            (0..ROWS)
                .map(|row| Some(few[row % 5]).filter(|_| row % 11 > 0))
                .collect::<Float64Chunked>()
                .with_name("few".into())
                .into_column(),
            (0..ROWS)
                .map(|row| Some(row as f64 / 3.0))
                .collect::<Float64Chunked>()
                .with_name("many".into())
                .into_column(),
            (0..ROWS)
                .map(|row| Some(["", "a"][row % 2]))
                .collect::<StringChunked>()
                .with_name("text".into())
                .into_column(),
            (0..ROWS)
                .map(|row| Some(1_655_296_678_763 + 33 * row as i64))
                .collect::<Int64Chunked>()
                .with_name("instants".into())
                .into_column(),
            Int64Chunked::full_null("nothing".into(), ROWS).into_column(),
        ];
        (DataFrame::new(ROWS, columns).unwrap(), dictionary)
    }

    fn spelled(rows: &DataFrame, dictionary: &Dictionary) -> DataFrame {
        let texts = dictionary.texts(rows.column("numbered").unwrap().u32().unwrap()).unwrap();
        let mut rows = rows.clone();
        rows.with_column(texts.into_column()).unwrap();
        rows
    }

    #[test]
    fn what_is_written_is_read_again_bit_by_bit() {
        // A dictionary for all, and one that is no shorter than the rows.
        for texts in [100, 30_000] {
            let (rows, dictionary) = rows(texts);
            let spelled = spelled(&rows, &dictionary);
            let mut bytes = vec![];
            let mut file = ParquetFile::new(&mut bytes, spelled.schema()).unwrap();
            for start in [0, ROWS / 2] {
                let mut half = rows.slice(start as i64, ROWS / 2);
                half.rechunk_mut();
                file.write(&half, |name| (name == "numbered").then_some(&dictionary)).unwrap();
            }
            file.write(&rows.clear(), |_| None).unwrap();
            file.finish().unwrap();
            let read = ParquetReader::new(Cursor::new(&bytes)).finish().unwrap();
            assert!(read.equals_missing(&spelled), "{read} {spelled}");
            assert_eq!(read.schema(), spelled.schema());
            let bits = |frame: &DataFrame| {
                let few = frame.column("few").unwrap().f64().unwrap().clone();
                few.iter().map(|number| number.map(f64::to_bits)).collect::<Vec<_>>()
            };
            assert_eq!(bits(&read), bits(&spelled), "a zero has another sign");
        }
    }

    #[test]
    fn each_column_is_encoded_as_it_suits_it() {
        let (rows, dictionary) = rows(100);
        let mut bytes = vec![];
        let mut file = ParquetFile::new(&mut bytes, spelled(&rows, &dictionary).schema()).unwrap();
        file.write(&rows, |name| (name == "numbered").then_some(&dictionary)).unwrap();
        file.finish().unwrap();
        let about = read_metadata(&mut Cursor::new(&bytes)).unwrap();
        for column in about.row_groups[0].parquet_columns() {
            let name = column.descriptor().path_in_schema[0].as_str();
            let has_dictionary = ["numbered", "close", "few", "text"].contains(&name);
            let is_all_null = name == "nothing";
            assert_eq!(column.dictionary_page_offset().is_some(), has_dictionary || is_all_null, "{name}");
            if name == "instants" {
                assert!(column.uncompressed_size() < ROWS as i64, "{} bytes", column.uncompressed_size());
            }
        }
    }
}
