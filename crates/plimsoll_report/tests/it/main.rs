//! The formats over one sample report.

mod check_json;
mod sample;
mod text;
