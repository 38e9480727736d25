//! The words of the field, in plain Rust: nothing here touches a file, a thread or a window, so nothing here can
//! fail for a reason outside of it. Every other folder speaks in these words.

pub mod check;
mod check_words;
pub mod code;
pub mod count;
pub mod dataset;
pub mod foreign;
pub mod format;
mod names;
pub mod owners;
pub mod packaging;
pub mod plan;
pub mod progress;
mod reason;
pub mod recipe;
pub mod schema;
pub mod stored;
pub mod time_zone;
pub mod withdrawn;
pub mod zone;

pub use check::{CheckGroup, CheckId, CheckOverride, CheckRule, CheckVerdict, Severity};
pub use code::Code;
pub use count::{StepCount, TableCount};
pub use dataset::Dataset;
pub use names::kept_name;
pub use owners::{OwnerDecision, OwnerDecisions, OwnerRules, OwnerVerdict};
pub use packaging::{Format, KeyChoice, Packaging, PackagingError, Partition, Side, Split, TimeRelease, Windows};
pub use plan::{Identity, Operation, Plan, Step, TableDefinition};
pub use progress::{Cancelled, Progress};
pub use reason::Reason;
pub use recipe::{Duplicates, JoinRule, Purpose, Recipe, RecipeError};
pub use schema::{Column, Kind, Privacy, Schema};
pub use time_zone::TimeZone;
pub use withdrawn::{Withdrawn, WithdrawnError};
pub use zone::{Table, Zone};
