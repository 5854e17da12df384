//! The settings evaluator through its public surface: files in, settings out.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on panics"
)]

mod batch;
mod derived;
mod differential_cases;
mod generated;
mod json;
mod language;
mod libraries;
mod paths;
mod process;
mod secrets;
