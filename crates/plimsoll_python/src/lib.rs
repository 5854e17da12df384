//! Reads Python without running it: the syntax tree, the settings evaluator, and facts of
//! application code.
//!
//! `syntax` is the only module that may name ruff's crates' parser entry points; their interface
//! changes with every release.

mod environment;
mod settings;
mod value;

pub use environment::{Environment, Variable};
pub use settings::{Origin, Setting, Settings, State, VariableUse};
pub use value::{Object, Value};
