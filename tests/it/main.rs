//! All integration tests, in one binary so that they link once.

mod curation;
mod generate;
mod support;
mod window;
