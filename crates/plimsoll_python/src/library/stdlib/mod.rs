//! Models of the standard library.

pub(super) mod containers;
pub(super) mod data;
pub(super) mod effects;
pub(super) mod functions;
pub(super) mod kinds;
pub(super) mod packages;
mod patterns;
pub(super) mod urls;
