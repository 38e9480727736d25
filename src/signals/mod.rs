//! What a device and its phone recorded over time: readings in order, what of them was kept, and a pyramid of extremes
//! from which any stretch of time is drawn at the cost of its pixels.

mod series;

pub use series::{Channel, Series};
