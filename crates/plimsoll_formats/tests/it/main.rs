//! Readers through their public surface: text in, facts out.

mod damage;
mod dotenv;
mod hostile;
mod nginx;
mod yaml;
