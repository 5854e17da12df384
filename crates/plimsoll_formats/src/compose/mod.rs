//! Compose files: the services that `docker compose` would run.
//!
//! Accepted: files of version 1 (services at the top), 2, 3 and the Compose specification;
//! several files merged in order, as `-f` does; `extends` (same or other file), `include`,
//! anchors and merge keys, `!reset` and `!override`; the short and long forms of every field of
//! [`Service`]; interpolation with its operators, through a function that knows the variables.
//!
//! A scalar is what compose makes of it: `VERSION: 3.10` in `environment` is `3.1`, as in Go.
//!
//! Failure policy: a field of a shape compose does not accept is a problem and left out; a
//! variable that nobody gave makes the text that depends on it unknown
//! ([`Interpolated::known`]); a file that is not there is a problem and the rest is read.

mod fields;
mod interpolate;
mod load;
mod merge;
mod model;
mod service;

pub use interpolate::{Interpolated, Variable};
pub use load::{Inputs, default_files, read};
pub use model::{
    Build, Command, CommandForm, ComposeProject, Condition, Dependency, Deploy, EnvFile, EnvValue,
    FileReference, Healthcheck, Image, Logging, Mount, MountKind, Port, Resource, Service,
};
