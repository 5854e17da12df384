//! Readers through their public surface: text in, facts out.

mod command;
mod compose;
mod damage;
mod dotenv;
mod hostile;
mod nginx;
mod requirements;
mod systemd;
mod yaml;
