//! The real binary on small projects.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on panics"
)]

mod acceptance;
mod advisories;
mod check;
mod checklist;
mod errors;
mod harness;
mod ledger;
mod people;
mod reference;
mod repair;
mod settings;
mod upkeep;
