//! Readers through their public surface: text in, facts out.

mod command;
mod damage;
mod dotenv;

mod compose;
mod hostile;
mod nginx;
mod requirements;
mod systemd;
mod yaml;
