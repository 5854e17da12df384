//! Readers for configuration formats, text to trees with exact places.

pub mod compose;
pub mod dotenv;
pub mod nginx;
pub mod requirements;
mod spanned;
pub mod words;
pub mod command;
pub mod systemd;
pub mod yaml;

pub use spanned::Spanned;
