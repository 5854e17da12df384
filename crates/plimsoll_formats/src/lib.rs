//! Readers for configuration formats, text to trees with exact places.

pub mod advisories;
pub mod caddyfile;
pub mod command;
pub mod compose;
pub mod crontab;
pub mod dockerfile;
pub mod dotenv;
pub mod embedded;
pub mod gitignore;
pub mod logrotate;
pub mod nginx;
mod pattern;
pub mod platform;
pub mod platform_yaml;
pub mod postgres;
pub mod redis_conf;
pub mod requirements;
mod scan;
pub mod shell;
pub mod supervisor;
pub mod systemd;
pub mod words;
pub mod workflow;
pub mod yaml;

pub use plimsoll_source::Spanned;
