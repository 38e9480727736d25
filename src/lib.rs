//! The STEDI workbench: from landing files to trusted and curated tables, with consent and joins in plain sight.

pub mod app;
pub mod cli;
pub mod curation;
pub mod domain;
pub mod explore;
pub mod export;
pub mod generate;
pub mod jobs;
pub mod lakehouse;
pub mod landing;
pub mod picture;
pub mod review;
pub mod s3;
pub mod signals;
pub mod spark;
pub mod sql;
pub mod state;
pub mod ui;
