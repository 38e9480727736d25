//! All integration tests, in one binary so that they link once.

mod architecture;
mod cli;
mod curation;
mod generate;
mod support;
mod window;
