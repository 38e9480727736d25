//! All integration tests, in one binary so that they link once.

mod architecture;
mod cli;
mod curation;
mod generate;
mod landing;
mod landing_damage;
mod support;
mod window;
