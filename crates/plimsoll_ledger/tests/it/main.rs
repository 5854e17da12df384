//! Chains, keys and what stands, through the public surface.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on panics")]

mod chain;
mod keys;
mod standing;
mod support;
