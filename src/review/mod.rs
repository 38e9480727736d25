//! What the counts say: whether they are the expected ones, and what happened where they are not.

mod doctor;
mod expected;
mod mistakes;

pub use doctor::{Diagnosis, Verdict, diagnose};
pub use expected::{Expected, ExpectedError};
