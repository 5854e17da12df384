//! The process environment that settings are evaluated with.

use std::collections::BTreeMap;

use plimsoll_source::{Secret, Span};

/// One variable of a process environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its value. Any variable may hold a secret, so all are kept as such.
    pub value: Secret,
    /// Where it was set; `None` for `--env` on the command line.
    pub at: Option<Span>,
}

/// The environment of the production process: exactly these variables, nothing inherited.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// The variables by name.
    pub variables: BTreeMap<String, Variable>,
    /// Variables that something sets to a value that cannot be known here (a platform's secret
    /// store, `${VAR}` in a compose file), with the reason.
    pub unknown: BTreeMap<String, (String, Option<Span>)>,
    /// Whether the user gave it (`--env`, `--env-file`), rather than the repository's files.
    pub given: bool,
}
