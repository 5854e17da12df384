//! The rules as their users meet them: files in, findings out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod cases;
mod examples;
mod nginx;
mod proofs;
mod registry;
mod support;
