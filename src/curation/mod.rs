//! The plan, run: zone tables on polars lazy frames, what each step dropped, and the rows behind each figure.

mod apart;
mod at_hand;
mod brought;
mod codes;
mod compile;
mod counting;
mod fates;
mod gather;
mod identities;
mod keys;
mod matching;
pub mod owners;
mod pairs;
mod product;
mod run;
mod stood;
mod table_rows;
mod view;
mod withdrawn;

pub use apart::{Need, Write, curate_apart, curate_to_disk};
pub use brought::curate_brought;
pub use codes::Codes;
pub use fates::{Fate, Trace};
pub use identities::Identities;
pub use matching::{Foreseen, KeyCount, KeyPart, Matching, Side};
pub use owners::{Evidence, Finding, OwnerFindings, OwnerSummary, Senders, infer_owners, owners_of_senders};
pub use pairs::{Owners, Pair, Whose};
pub use product::Product;
pub use run::{Curation, CurationError, curate, curate_by};
pub use view::{Cell, TableView};
pub use withdrawn::{Met, Withdrawals, met, withdrawals, withdrawn_people};
