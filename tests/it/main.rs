//! All integration tests, in one binary so that they link once.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on should stop, and a skipped one should say so"
)]

mod access;
mod apart;
mod architecture;
mod cache;
mod charts;
mod checks;
mod cli;
mod curation;
mod engine_run;
mod explore;
mod export_card;
mod export_diff;
mod export_disk;
mod export_faults;
mod export_gate;
mod export_keys;
mod export_same;
mod export_secrecy;
mod export_split;
mod export_support;
mod export_time;
mod export_verify;
mod export_windows;
mod export_withdraw;
mod fates;
mod faults;
mod generate;
mod growth;
mod hostile;
mod joins;
mod lakehouse;
mod landing;
mod landing_damage;
mod landing_formats;
mod link;
mod owners;
mod panics;
mod pictures;
mod review;
mod s3;
mod sign_off;
mod signals;
#[path = "../../benches/situations.rs"]
mod situations;
mod soak;
mod sql;
mod sql_cli;
mod support;
mod waterfall;
mod window;
mod window_consent;
mod window_disk;
mod window_export;
mod window_focus;
mod window_keys;
mod window_lakehouse;
mod window_layout;
mod window_paths;
mod window_review;
mod window_s3;
mod window_save;
mod window_scrolled;
mod window_selection;
mod window_session;
mod window_signals;
mod window_spark;
mod window_sql;
mod window_tables;
mod window_tour;
mod window_undo;
mod window_visits;
mod window_words;
mod withdrawn;
mod words;
mod workers;
