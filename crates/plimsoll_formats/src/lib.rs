//! Readers for configuration formats, text to trees with exact places.

pub mod dotenv;
pub mod yaml;
pub mod nginx;
mod spanned;

pub use spanned::Spanned;
