//! A table looked at: which of its rows are shown in which order, and what each column holds. Off the frame; the table
//! itself is never copied, a choice of rows is a list of row numbers.

mod about;
mod chosen;
mod columns;
mod find;
mod follow;
mod query;
mod select;
mod selection;
mod sheet;
mod sort;
mod summary;

pub use about::{About, AboutTable, about, last_of};
pub use chosen::{ColumnSums, Sums};
pub use columns::ColumnLayout;
pub use find::{HIDDEN, masked, shown};
pub use follow::Follow;
pub use query::{Filter, Query, Sort, Test};
pub use select::{Rows, select};
pub use selection::Selection;
pub use sheet::Sheet;
pub use summary::{Bins, Spread, Summary, summarise};
