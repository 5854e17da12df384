//! Readers for configuration formats, text to trees with exact places.

pub mod command;
pub mod compose;
pub mod dotenv;
pub mod nginx;
pub mod requirements;
pub mod shell;
mod spanned;
pub mod systemd;
pub mod words;
pub mod yaml;

pub use spanned::Spanned;
