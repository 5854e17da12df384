//! What the evaluation of a settings module gives.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use plimsoll_source::{Problem, RepoPath, Span};

use crate::Value;

/// How the reason begins for which a default may not hold.
pub(crate) const ELSEWHERE: &str = "it may be set elsewhere: ";

/// Where a setting's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The project's own settings module.
    Project,
    /// Django's default for the project's version.
    Default,
}

/// What is known of a setting.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// Exactly this value.
    Known(Value),
    /// Not determined. `partial` is what is known of it (a dict with unknown parts), or the
    /// unknown itself.
    Unknown {
        /// Why, and how to find out.
        reason: String,
        /// The value with [`Value::Unknown`] in the places that are not known.
        partial: Value,
    },
    /// One of several values, each known.
    OneOf(Vec<Value>),
}

/// One setting as production will have it.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// What is known of its value.
    pub state: State,
    /// Who set it.
    pub origin: Origin,
    /// The assignment that gave the last value; `None` for a default.
    pub at: Option<Span>,
    /// Every assignment, override and mutation that led there, oldest first, `at` included.
    pub via: Vec<Span>,
    /// The environment variables that the value depends on, whether set or not; and the paths of
    /// files outside of the repository that could give another one (see [`is_file_name`]).
    pub variables: Vec<String>,
    /// Of a dict that the project writes: the same for each of its keys that is a text.
    pub keys: BTreeMap<String, Vec<String>>,
    /// Of these, what decides which keys a dict has.
    pub shape: Vec<String>,
}

/// Whether what a value depends on is a file and not a variable: a path, as no variable's name has
/// a `/`.
pub fn is_file_name(dependence: &str) -> bool {
    dependence.contains('/')
}

impl Setting {
    /// The value where it is known for certain.
    pub fn known(&self) -> Option<&Value> {
        match &self.state {
            State::Known(value) => Some(value),
            State::Unknown { .. } | State::OneOf(_) => None,
        }
    }

    /// What the values of these keys of a dict depend on: of `variables` all but those that only
    /// other keys depend on.
    pub fn variables_of(&self, keys: &[&str]) -> Vec<&str> {
        let holds = |names: &[String], name: &str| names.iter().any(|known| known == name);
        let only_elsewhere = |name: &str| {
            let asked = keys.iter().filter_map(|key| self.keys.get(*key));
            self.keys.values().any(|names| holds(names, name))
                && !asked.into_iter().any(|names| holds(names, name))
                && !holds(&self.shape, name)
        };
        self.variables.iter().map(String::as_str).filter(|name| !only_elsewhere(name)).collect()
    }

    /// The value with unknown parts marked as such; `None` for a choice of several.
    pub fn partial(&self) -> Option<&Value> {
        match &self.state {
            State::Known(value) | State::Unknown { partial: value, .. } => Some(value),
            State::OneOf(_) => None,
        }
    }
}

/// One reading of an environment variable in settings code.
#[derive(Clone, Debug, PartialEq)]
pub struct VariableUse {
    /// The variable's name.
    pub name: String,
    /// Where it is read.
    pub at: Span,
    /// The value that the code falls to when the variable is not set; `None` where it has no
    /// fallback and the process stops.
    pub fallback: Option<Value>,
    /// How the text becomes a value: `bool`, `list`, `int`, `db_url`… as the reader names it.
    pub cast: Option<String>,
    /// Whether the environment, or an env file that the code loads, sets it.
    pub is_set: bool,
    /// The library that reads it: `os`, `django-environ`, `python-decouple`…
    pub reader: &'static str,
}

/// A call of a library that settings code makes for its effect: `sentry_sdk.init(…)`.
#[derive(Clone, Debug, PartialEq)]
pub struct LibraryCall {
    /// The dotted name of the function.
    pub function: String,
    /// Where it is called.
    pub at: Span,
    /// What it is given; positional values have no name.
    pub arguments: Vec<(Option<String>, Value)>,
}

/// The evaluated settings of one module in one environment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// The dotted name of the module: `config.settings.production`.
    pub module: String,
    /// Its file; `None` where it was not found.
    pub file: Option<RepoPath>,
    /// Every setting by name: the module's upper-case names and Django's defaults.
    pub settings: IndexMap<String, Setting>,
    /// Every reading of an environment variable, in order.
    pub variables: Vec<VariableUse>,
    /// Calls of libraries that start something, in order: error reporting, logging.
    pub calls: Vec<LibraryCall>,
    /// The files that the evaluation read: modules, env files, data files.
    pub files: Vec<RepoPath>,
    /// Absolute paths outside of the repository that values depend on: what lies there was not told.
    pub outside: Vec<String>,
    /// Env files that the code loads where they are there, and that are not in the repository: the
    /// path as far as it is known, and the place that loads it.
    pub absent_env_files: Vec<(String, Span)>,
    /// Exceptions that would stop the process at import: the place and what happens.
    pub stops: Vec<Problem>,
    /// Of these, the ones that come from values of variables that the environment does not set:
    /// the place, and the variables.
    pub refusals: Vec<(Span, Vec<String>)>,
    /// What was not understood or hit a limit.
    pub problems: Vec<Problem>,
}

impl Settings {
    /// A setting by name.
    pub fn get(&self, name: &str) -> Option<&Setting> {
        self.settings.get(name)
    }

    /// Whether the module may have settings that are not listed: it takes in names from where the
    /// evaluation can't look.
    pub fn is_open(&self) -> bool {
        self.settings.values().any(|setting| match &setting.state {
            State::Unknown { reason, .. } => {
                setting.origin == Origin::Default && reason.starts_with(ELSEWHERE)
            }
            State::Known(_) | State::OneOf(_) => false,
        })
    }

    /// The value of a setting where it is known for certain.
    pub fn known(&self, name: &str) -> Option<&Value> {
        self.get(name)?.known()
    }
}
