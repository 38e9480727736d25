//! What a build without Spark says.

use super::{Made, Order, Remote, Sayer};

/// # Errors
/// Always.
pub fn carry_out(_: &Remote, _: &Order, _: Sayer<'_>, _: &dyn Fn() -> bool) -> anyhow::Result<Made> {
    anyhow::bail!("{}", super::ABSENT)
}
