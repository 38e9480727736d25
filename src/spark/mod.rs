//! The recipe on a Spark server, by Spark Connect. What is decided without a server is always here and tested; what speaks to
//! one is there with the feature `spark` only.

mod files;
mod remote;
#[cfg(feature = "spark")]
mod run;
#[cfg(feature = "spark")]
mod session;
mod words;

pub use files::{found, glob, is_below, shown};
pub use remote::{Remote, RemoteError};
#[cfg(feature = "spark")]
pub use run::{Made, Order, run};
#[cfg(feature = "spark")]
pub use session::Session;
pub use words::{Failure, shortened};
