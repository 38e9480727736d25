//! The plan, run: zone tables on polars lazy frames, what each step dropped, and the rows behind each figure.

mod view;

pub use view::{Cell, TableView};
