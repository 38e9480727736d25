//! SQL over the zone tables: only what reads, only those tables, and masked before it is asked rather than after.
//!
//! While personal data are masked, a query does not see them: codes stand for people and devices, a mark for each
//! different name, phone and birthday. So nothing that SQL can do with a value brings one out.

mod answer;
mod ask;
mod complete;
mod examples;
mod foresee;
mod lake;
mod lineage;
mod named;
mod order;
mod read;
mod text;
mod ties;

pub use answer::{Answer, Total};
pub use ask::{AskError, ask};
pub use complete::{Offer, OfferKind, offers};
pub use examples::{EXAMPLES, Example};
pub use lake::Lake;
pub use read::{Asked, Fault, Form};
pub use text::{Class, Place, classes};
