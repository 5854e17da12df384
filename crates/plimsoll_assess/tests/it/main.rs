//! Configuration files and verdicts.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on panics"
)]

mod configuration;
mod profiles;
mod verdicts;
