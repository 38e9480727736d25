//! Out of the house: tables as files, complete or not there at all.

mod error;
mod history;
mod parquet;
mod picture;
pub mod pictures;
mod place;
pub mod release;
mod report;
mod trail_file;
mod view;
mod write;

pub use error::ExportError;
pub use history::{History, Listed, Past};
pub use picture::write_picture;
pub use place::{change_own_file, write_file, write_own_file};
pub use report::write_report;
pub use trail_file::{TrailFile, TrailFileError, make_own_folder, now};
pub use view::{ViewFormat, Written, write_view};
pub use write::{TableFiles, file_name, write_tables, write_tables_by};
