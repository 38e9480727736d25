//! Out of the house: tables as files, complete or not there at all.

mod error;
mod picture;
mod place;
mod view;
mod write;

pub use error::ExportError;
pub use picture::write_picture;
pub use place::write_file;
pub use view::{ViewFormat, Written, write_view};
pub use write::{Format, file_name, write_tables};
