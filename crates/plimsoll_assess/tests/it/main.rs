//! Configuration files and verdicts.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod configuration;
mod verdicts;
