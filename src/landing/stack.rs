//! Columns that lie on the disk and are looked at as if they were in memory: the system fetches what is looked at, and lets
//! go of it when memory is short.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

use bytemuck::Pod;
use polars::polars_utils::mmap::MMapSemaphore;
use polars::prelude::*;
use polars_arrow::array::PrimitiveArray;
use polars_arrow::types::NativeType;
use polars_buffer::{Buffer, SharedStorage};

use super::shelf::{PieceFile, Shelf};

/// Rows that are put on the disk one batch after the other. All are numbers, and none is null.
pub struct Stack {
    shelf: Arc<Shelf>,
    columns: Vec<Growing>,
    rows: usize,
}

/// One column, in a file of its own: its values, one after the other.
struct Growing {
    name: PlSmallStr,
    kind: DataType,
    path: PathBuf,
    file: BufWriter<File>,
}

/// A file that is looked at. It goes when nothing refers to it any longer.
struct Mapped {
    map: MMapSemaphore,
    _file: PieceFile,
}

impl AsRef<[u8]> for Mapped {
    fn as_ref(&self) -> &[u8] {
        self.map.as_ref()
    }
}

impl Stack {
    /// No rows yet; they will have the columns of these.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn new(shelf: &Arc<Shelf>, like: &DataFrame) -> PolarsResult<Self> {
        let growing = |column: &Column| {
            let (path, file) = shelf.file()?;
            let (name, kind) = (column.name().clone(), column.dtype().clone());
            Ok(Growing { name, kind, path, file: BufWriter::with_capacity(1 << 18, file) })
        };
        let columns = like.columns().iter().map(growing).collect::<PolarsResult<_>>()?;
        Ok(Self { shelf: Arc::clone(shelf), columns, rows: 0 })
    }

    /// Puts rows behind those that are there.
    ///
    /// # Errors
    /// When the disk refuses; when the rows have other columns, or a null, a defect of this program.
    pub fn add(&mut self, rows: &DataFrame) -> PolarsResult<()> {
        for growing in &mut self.columns {
            let column = rows.column(&growing.name)?;
            match &growing.kind {
                DataType::UInt32 => growing.add(column.u32()?)?,
                DataType::Int64 => growing.add(column.i64()?)?,
                DataType::Float64 => growing.add(column.f64()?)?,
                kind => polars_bail!(ComputeError: "a column of {kind} cannot be put aside"),
            }
        }
        self.rows += rows.height();
        Ok(())
    }

    /// The rows, to be looked at. They stay on the disk as long as anything refers to them.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn finish(self) -> PolarsResult<DataFrame> {
        let Self { shelf, columns, rows } = self;
        let columns = columns.into_iter().map(|growing| growing.finish(&shelf)).collect::<PolarsResult<Vec<_>>>()?;
        DataFrame::new(rows, columns)
    }
}

impl Growing {
    fn add<T: PolarsNumericType<Native: Pod>>(&mut self, values: &ChunkedArray<T>) -> PolarsResult<()> {
        polars_ensure!(values.null_count() == 0, ComputeError: "a null cannot be put aside");
        for piece in values.downcast_iter() {
            self.file.write_all(bytemuck::cast_slice(piece.values().as_slice()))?;
        }
        Ok(())
    }

    fn finish(self, shelf: &Arc<Shelf>) -> PolarsResult<Column> {
        let Self { name, kind, path, file } = self;
        let file = file.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        // Opened anew, so that nobody can write to what is looked at.
        drop(file);
        let file = PieceFile::new(path, shelf);
        match kind {
            DataType::UInt32 => mapped::<UInt32Type>(name, file),
            DataType::Int64 => mapped::<Int64Type>(name, file),
            _ => mapped::<Float64Type>(name, file),
        }
    }
}

fn mapped<T>(name: PlSmallStr, file: PieceFile) -> PolarsResult<Column>
where
    T: PolarsNumericType<Native: Pod + NativeType>,
    ChunkedArray<T>: IntoColumn,
{
    let opened = File::open(&file.path)?;
    if opened.metadata()?.len() == 0 {
        return Ok(ChunkedArray::<T>::from_vec(name, vec![]).into_column());
    }
    let bytes = SharedStorage::from_owner(Mapped { map: MMapSemaphore::new_from_file(&opened)?, _file: file });
    let values = bytes.try_transmute::<T::Native>();
    let Ok(values) = values else { polars_bail!(ComputeError: "what was put aside is not as it was written") };
    let values = PrimitiveArray::from_data_default(Buffer::from_storage(values), None);
    Ok(ChunkedArray::<T>::with_chunk(name, values).into_column())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_on_the_disk_is_there_in_one_piece_and_goes_with_the_last_who_looks() {
        let home = tempfile::tempdir().unwrap();
        let shelf = Shelf::below(home.path()).unwrap();
        let some = |from: i64| {
            df!("user" => [from as u32, 7], "timestamp" => [from, i64::MIN], "x" => [0.5, f64::MAX]).unwrap()
        };
        let mut stack = Stack::new(&shelf, &some(0)).unwrap();
        let mut all = some(0).clear();
        for from in [3, 1, 2] {
            stack.add(&some(from)).unwrap();
            all.vstack_mut(&some(from)).unwrap();
        }
        let rows = stack.finish().unwrap();
        assert!(rows.equals(&all), "{rows}");
        assert!(rows.columns().iter().all(|column| column.n_chunks() == 1));
        let one = rows.column("x").unwrap().clone();
        drop((rows, shelf));
        assert_eq!(one.f64().unwrap().get(5), Some(f64::MAX));
        drop(one);
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
    }

    #[test]
    fn there_may_be_no_rows_and_a_null_or_a_text_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let shelf = Shelf::below(home.path()).unwrap();
        let like = df!("x" => [Some(1_i64), None]).unwrap();
        let mut stack = Stack::new(&shelf, &like).unwrap();
        assert!(stack.add(&like).is_err());
        let none = Stack::new(&shelf, &like).unwrap().finish().unwrap();
        assert_eq!((none.height(), none.width()), (0, 1));
        let texts = df!("x" => ["a"]).unwrap();
        assert!(Stack::new(&shelf, &texts).unwrap().add(&texts).is_err());
    }
}
