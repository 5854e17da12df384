//! Readers for configuration formats, text to trees with exact places.

pub mod dotenv;
pub mod nginx;
mod spanned;
pub mod yaml;

pub use spanned::Spanned;
