//! Checkouts of real folders and real git repositories.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that fails may panic"
)]

mod git;
mod git_damage;
mod past;
mod tree;
