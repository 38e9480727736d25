//! What the counts say: where every row went, whether counts are the expected ones and what happened where they are not,
//! and how consents came in over time; the checks of a review, and the gate that they keep.

mod behind;
mod checks;
mod compare;
mod differences;
mod doctor;
mod expected;
pub mod joins;
mod mistakes;
mod naming;
mod repairs;
mod sessions;
mod sign_off;
mod timeline;
mod trail;
mod waterfall;

pub use behind::{FigureId, RowsBehind, view_behind};
pub use checks::{Behind, Check, Figure, Review, review};
pub use compare::{Differing, RuleFigures, RuleReport, compare, differing_rows};
pub use differences::{TableDifference, differences};
pub use doctor::{Diagnosis, Verdict, diagnose};
pub use expected::{Expected, ExpectedError};
pub use naming::{names_nobody, naming};
pub use repairs::{Repair, advice, repairs};
pub use sessions::{Session, sessions};
pub use sign_off::{AcceptError, Lapsed, Scope, SignOffError, SignedOff};
pub use timeline::{Consented, consented};
pub use trail::{Entry, Kind, Trail, TrailError};
pub use waterfall::{Bar, Change, Flow, Waterfall, waterfalls};
