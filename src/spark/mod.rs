//! The recipe on a Spark server, by Spark Connect. What is decided without a server is always here and tested; what speaks to
//! one is there with the feature `spark` only.

#[cfg(not(feature = "spark"))]
mod absent;
mod files;
mod order;
#[cfg(feature = "spark")]
mod owners;
mod remote;
#[cfg(feature = "spark")]
mod run;
#[cfg(feature = "spark")]
mod session;
#[cfg(feature = "spark")]
mod watch;
mod words;

#[cfg(not(feature = "spark"))]
pub use absent::carry_out;
pub use files::{found, glob, is_below, shown};
pub use order::{Made, Order, OrderError, seen_from_here, seen_from_there};
pub use remote::{Remote, RemoteError};
#[cfg(feature = "spark")]
pub use watch::carry_out;
pub use words::{Failure, Stopped, shortened};

#[cfg(feature = "spark")]
use run::run;
#[cfg(feature = "spark")]
use session::Session;

/// Whether this build can speak to a server.
pub const IS_BUILT: bool = cfg!(feature = "spark");

/// What a build says that cannot.
pub const ABSENT: &str = "this build has no Spark. Build one with `cargo build --release --features spark`, which needs protoc (on \
    Debian the packages protobuf-compiler and libprotobuf-dev); or write a job for Spark with `stedi-workbench lakehouse`, which \
    every build can";

/// Who is told of each step.
pub type Sayer<'a> = &'a mut dyn FnMut(&str);
