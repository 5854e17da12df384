//! The survey over repositories in memory: text in, facts out.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on panics"
)]

mod containers;
mod edges;
mod environments;
mod odd_files;
mod processes;
mod readings;
mod routes;
mod servers;
mod support;
mod systems;
