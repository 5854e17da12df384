//! Readers through their public surface: text in, facts out.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on panics"
)]

mod caddyfile;
mod command;
mod compose;
mod crontab;
mod damage;
mod dockerfile;
mod dotenv;
mod embedded;
mod hostile;
mod nginx;
mod platforms;
mod postgres;
mod requirements;
mod services;
mod shell;
mod systemd;
mod yaml;
