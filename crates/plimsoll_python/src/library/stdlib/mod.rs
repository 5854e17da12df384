//! Models of the standard library.

pub(super) mod containers;
pub(super) mod data;
pub(super) mod effects;
pub(super) mod functions;
mod json_text;
pub(super) mod kinds;
pub(super) mod mail;
pub(super) mod packages;
mod patterns;
pub(super) mod urls;
