//! Readers through their public surface: text in, facts out.

mod dotenv;

mod hostile;
mod yaml;
