//! What the page of the join review shows, and the state of the gate.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::curation::OwnerFindings;
use crate::review::joins::{JoinReport, Stranger};
use crate::review::{Review, RuleReport, SignedOff, Trail};
use crate::signals::{Plotted, Track};

use super::Slot;

/// The review of the tables as they are.
#[derive(Debug, Default)]
pub struct ReviewState {
    /// The checks.
    pub checks: Slot<Arc<Review>>,
    /// Who accepted and signed what.
    pub trail: Slot<Arc<Trail>>,
    /// The joins under the lens.
    pub joins: Slot<Arc<Vec<JoinReport>>>,
    /// The machine-learning table under each join rule.
    pub rules: Slot<Arc<Vec<RuleReport>>>,
    /// Whose device it is.
    pub owners: Slot<Arc<OwnerFindings>>,
    /// A device, and a stranger whose motions were paired with it.
    pub example: Slot<Arc<Example>>,
    /// The trail is being read or added to: until that is over nothing can be added.
    pub trail_is_busy: bool,
}

/// A device that was paired with a stranger's motions, ready to be drawn.
#[derive(Debug)]
pub struct Example {
    /// Who.
    pub stranger: Stranger,
    /// What the device and its owner's phone recorded.
    pub plotted: Arc<Plotted>,
    /// The stranger's motions.
    pub track: Arc<Track>,
}

/// The parts of the page of the review.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewTab {
    #[default]
    Checks,
    Joins,
    Rules,
    Owners,
    Trail,
}

impl ReviewState {
    /// Whether the tables as they are may leave: every failing check accepted, and all figures signed by somebody. None
    /// while that is not known.
    pub fn signed_off(&self) -> Option<SignedOff> {
        let (Slot::Ready(review), Slot::Ready(trail)) = (&self.checks, &self.trail) else { return None };
        review.sign_off(trail, review.scope()).ok().filter(|signed| signed.signed().is_some())
    }

    /// How many failing checks nobody accepted, once that is known.
    pub fn open(&self) -> Option<usize> {
        let (Slot::Ready(review), Some(trail)) = (&self.checks, self.trail.value()) else { return None };
        Some(review.open(trail).len())
    }
}
