//! What the counts say: where every row went, whether counts are the expected ones and what happened where they are not,
//! and how consents came in over time.

mod compare;
mod doctor;
mod expected;
pub mod joins;
mod mistakes;
mod sessions;
mod timeline;
mod waterfall;

pub use compare::{Differing, RuleFigures, RuleReport, compare, differing_rows};
pub use doctor::{Diagnosis, Verdict, diagnose};
pub use expected::{Expected, ExpectedError};
pub use sessions::{Session, sessions};
pub use timeline::{Consented, consented};
pub use waterfall::{Bar, Change, Flow, Waterfall, waterfalls};
