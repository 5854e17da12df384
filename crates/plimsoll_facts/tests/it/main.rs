//! The survey over repositories in memory: text in, facts out.

mod environments;
mod processes;
mod support;
mod systems;
