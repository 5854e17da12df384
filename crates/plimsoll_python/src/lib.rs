//! Reads Python without running it: the syntax tree, the settings evaluator, and facts of
//! application code.
//!
//! `syntax` is the only module that may name ruff's crates' parser entry points; their interface
//! changes with every release.

pub mod code;
mod django_defaults;
mod environment;
mod evaluate;
mod interp;
mod json_form;
mod library;
mod machine;
mod request;
mod secrets;
mod settings;
pub mod settings_atlas;
pub mod settings_code;
pub mod syntax;
mod tables;
mod value;

pub use django_defaults::{Defaults, defaults, newest_series, series_between};
pub use environment::{Environment, Variable};
pub use evaluate::evaluate;
pub use machine::{Machine, MachineEntry, Presence};
pub use request::{EntryPoint, Installed, Limits, Request};
pub use secrets::is_secret_name;
pub use settings::{LibraryCall, Origin, Setting, Settings, State, VariableUse, is_file_name};
pub use tables::{
    RemovedSetting, constant, constant_distribution, removed_setting, removed_settings,
};
pub use value::{Object, Value};
