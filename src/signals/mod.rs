//! What a device and its phone recorded over time: readings in order, what of them was kept, and a pyramid of extremes
//! from which any stretch of time is drawn at the cost of its pixels.

mod decimate;
mod gaps;
mod instants;
mod measure;
mod pyramid;
mod search;
mod series;

pub use decimate::{Column, Drawn, View, decimate};
pub use gaps::{Basis, Gap, Gaps, Threshold};
pub use instants::{Instant, Instants, Sharing};
pub use measure::{Statistics, measure};
pub use pyramid::{Extremes, Pyramid};
pub use series::{Channel, Series};
