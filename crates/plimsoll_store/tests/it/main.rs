//! One suite for both stores: SQLite always, PostgreSQL where `PLIMSOLL_TEST_POSTGRES` holds the
//! address of a database that may be filled (scripts/postgres starts one). With
//! `PLIMSOLL_REQUIRE_POSTGRES` set, as in CI, its absence is a failure.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on panics"
)]

mod crash;
mod full;
mod places;
mod suite;
mod writers;
