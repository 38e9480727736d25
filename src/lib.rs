//! The STEDI workbench: from landing files to trusted and curated tables, with consent and joins in plain sight.

pub mod curation;
pub mod domain;
pub mod generate;
pub mod landing;
