//! Checklists in, items, controls and boxes out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod advice;
mod figures;
mod placing;
mod reading;
mod ticking;
mod vocabulary;
