//! What a device and its phone recorded over time: readings in order, what of them was kept, and a pyramid of extremes
//! from which any stretch of time is drawn at the cost of its pixels.

mod axis;
mod by;
mod chart;
mod decimate;
mod gaps;
mod grouped;
mod instants;
mod kept;
mod looking;
mod measure;
mod overview;
mod partners;
mod plotted;
mod poster;
mod pyramid;
mod recording;
mod search;
mod series;
mod span;
mod strokes;
mod thumbnail;
mod timeline;
mod track;
mod words;

pub use axis::{Clock, elapsed, length};
pub use by::By;
pub use chart::{Chart, Curve, Layout, Pane};
pub use decimate::{Column, Drawn, View, decimate};
pub use gaps::{Basis, Gap, Gaps, Threshold};
pub use instants::{Instant, Instants, Sharing};
pub use kept::{Kept, Tint};
pub use measure::{Statistics, measure};
pub use overview::{DeviceLine, MOST_ACCELERATION, overview};
pub use partners::{Candidate, Partners};
pub use plotted::{Plotted, Style};
pub use poster::poster;
pub use pyramid::{Extremes, Pyramid};
pub use recording::{Other, Recording, Subject, other_motion, record};
pub use series::{Channel, Series};
pub use span::Span;
pub use strokes::swatch;
pub use thumbnail::Thumbnail;
pub use track::{MAGNITUDE, Track};
