//! The pipeline handed over to a lake: the plan as SQL for Spark and Athena, and a kit with all that it takes to run it
//! there. Text only; nothing here touches a file or an engine.

mod compile;
mod engine;
mod kit;
mod landing;
mod limits;
mod lines;
mod pseudonyms;

pub use compile::{
    CountedStep, OWNERS, Statement, WITHDRAWN, spark_sql, statements, statements_apart, withdrawals, written,
};
pub use engine::Engine;
pub use kit::{Kit, KitFile, PERSONAL};
pub use landing::{PLACED, athena_ddl, key, placed_view, raw_view, spark_landing, spark_placed, spark_schema};
pub use limits::{limits, limits_over_connect};
pub use lines::{Fault, faults};
pub use pseudonyms::{PADS, SHARES, SPEAKERS, SplitQueries, WHOLE};
