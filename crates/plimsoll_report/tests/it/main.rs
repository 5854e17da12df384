//! The formats over one sample report.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on panics"
)]

mod check_json;
mod html;
mod machines;
mod sample;
mod text;
