//! What a device and its phone recorded over time: readings in order, what of them was kept, and a pyramid of extremes
//! from which any stretch of time is drawn at the cost of its pixels.

mod by;
mod grouped;
mod looking;
mod overview;
mod partners;
mod recording;
mod series;
mod thumbnail;
mod track;

pub use by::By;
pub use overview::{DeviceLine, MOST_ACCELERATION, overview};
pub use partners::{Candidate, Partners};
pub use recording::{Other, Recording, Subject, other_motion, record};
pub use series::{Channel, Series};
pub use thumbnail::Thumbnail;
pub use track::{MAGNITUDE, Track};
