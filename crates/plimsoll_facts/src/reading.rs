//! A setting as a rule may rely on it.

use std::sync::OnceLock;

use plimsoll_python::{Defaults, Origin, Setting, State, Value, is_file_name};
use plimsoll_source::{RepoPath, Span};

use crate::Facts;

/// What may be said of a setting's value in production.
///
/// The evaluator answers for exactly the environment it was given. A rule must also mind that
/// production may set variables that nobody has shown: a value that rests on the absence of a
/// variable is only [`Reading::Assumed`] then.
#[derive(Clone, Debug)]
pub enum Reading<'f> {
    /// Production will have this value.
    Certain(&'f Value),
    /// Production will have this value as long as none of these variables is set, and none of
    /// these files outside of the repository says something else.
    Assumed {
        /// The value without the variables and files.
        value: &'f Value,
        /// The variables that would change it, and the paths of files.
        variables: Vec<&'f str>,
        /// What the repository's own examples of an environment make of it, where they name one
        /// of the variables.
        suggested: Option<Suggested<'f>>,
    },
    /// One of these values.
    Choice(&'f [Value]),
    /// Not determined.
    Unknown {
        /// Why.
        reason: &'f str,
        /// What is known of it, with [`Value::Unknown`] in the places that are not.
        partial: &'f Value,
    },
    /// Neither the project nor this version of Django has such a setting.
    Absent,
}

/// What an example of an environment (`.env.example`, a guide to deploying) makes of a setting.
#[derive(Clone, Copy, Debug)]
pub struct Suggested<'f> {
    /// The file that names the variable.
    pub file: &'f RepoPath,
    /// The value of the setting with the variables as the example gives them; `None` where the
    /// example leaves them to be filled in.
    pub value: Option<&'f Value>,
}

const REFUSED: &str =
    "production sets its variables to something else: without them the settings stop the process";

/// A value of which nothing is known.
fn unknown() -> &'static Value {
    static UNKNOWN: OnceLock<Value> = OnceLock::new();
    UNKNOWN.get_or_init(|| Value::Unknown { reason: REFUSED.to_owned(), variable: None })
}

impl Facts {
    /// What may be said of a setting's value in production.
    pub fn reading(&self, name: &str) -> Reading<'_> {
        self.reading_by(name, None)
    }

    /// The same of a dict of which only these keys matter: variables that others alone depend on
    /// do not count.
    pub fn reading_of_keys(&self, name: &str, keys: &[&str]) -> Reading<'_> {
        self.reading_by(name, Some(keys))
    }

    fn reading_by(&self, name: &str, keys: Option<&[&str]>) -> Reading<'_> {
        let Some(setting) = self.settings.get(name) else { return Reading::Absent };
        if setting.origin == Origin::Default && self.django.is_none() && default_varies(name) {
            let partial = setting.partial().unwrap_or(&Value::None);
            let reason =
                "Django's version is not declared, and its default differs between versions";
            return Reading::Unknown { reason, partial };
        }
        match &setting.state {
            State::Known(value) => {
                let variables = self.unset_variables(setting, keys);
                if variables.is_empty() {
                    Reading::Certain(value)
                } else if self.is_refused(&variables) {
                    Reading::Unknown { reason: REFUSED, partial: unknown() }
                } else {
                    let suggested = self.suggested(name, &variables);
                    Reading::Assumed { value, variables, suggested }
                }
            }
            State::OneOf(values) => Reading::Choice(values),
            State::Unknown { partial, .. }
                if keys.is_some_and(|keys| {
                    keys.iter().all(|key| partial.get(key).is_some_and(Value::is_known))
                }) =>
            {
                let variables = self.unset_variables(setting, keys);
                if variables.is_empty() {
                    Reading::Certain(partial)
                } else {
                    let suggested = self.suggested(name, &variables);
                    Reading::Assumed { value: partial, variables, suggested }
                }
            }
            State::Unknown { reason, partial } => Reading::Unknown { reason, partial },
        }
    }

    /// The value that production will have for certain: not one that rests on a variable's absence
    /// nobody has shown.
    pub fn certain(&self, name: &str) -> Option<&Value> {
        match self.reading(name) {
            Reading::Certain(value) => Some(value),
            _ => None,
        }
    }

    /// The value of a setting as far as anything is known of it, for looking at parts of a dict or
    /// list: unknown parts are [`Value::Unknown`] within. `None` where it is absent or a choice.
    pub fn partial(&self, name: &str) -> Option<&Value> {
        self.settings.get(name)?.partial()
    }

    /// Whether the project itself sets it.
    pub fn is_set(&self, name: &str) -> bool {
        self.settings.get(name).is_some_and(|setting| setting.origin == Origin::Project)
    }

    /// Where a setting got its last value; the settings file where Django's default holds.
    pub fn place_of(&self, name: &str) -> Option<Span> {
        let set = self.settings.get(name).and_then(|setting| setting.at.clone());
        set.or_else(|| self.settings.file.clone().map(Span::of_file))
    }

    /// The items of a list setting that are plain text, with their order. `None` where the list is
    /// not fully known.
    pub fn texts(&self, name: &str) -> Option<Vec<&str>> {
        let value = self.settings.get(name)?.known()?;
        value.items()?.iter().map(Value::text).collect()
    }

    /// Whether a list of dotted names holds one of these; `None` where that cannot be told.
    pub fn lists(&self, name: &str, wanted: &[&str]) -> Option<bool> {
        let value = self.partial(name)?;
        let items = value.items()?;
        if items.iter().any(|item| item.text().is_some_and(|text| wanted.contains(&text))) {
            return Some(true);
        }
        items.iter().all(Value::is_known).then_some(false)
    }

    /// Whether an app is installed, by the dotted name or a config class below it:
    /// `axes` and `axes.apps.AppConfig` alike. `None` where that cannot be told.
    pub fn has_app(&self, name: &str) -> Option<bool> {
        let items = self.partial("INSTALLED_APPS")?.items()?;
        let matches = |text: &str| {
            text == name || text.strip_prefix(name).is_some_and(|rest| rest.starts_with(".apps."))
        };
        if items.iter().any(|item| item.text().is_some_and(matches)) {
            return Some(true);
        }
        items.iter().all(Value::is_known).then_some(false)
    }

    /// The variables whose absence stops the process at a place of the settings, where nobody has
    /// shown that they are absent in production: a guard of the settings, not a defect.
    pub fn refused_at(&self, at: &Span) -> Option<&[String]> {
        if self.environment.is_complete() {
            return None;
        }
        let mut refusals = self.settings.refusals.iter();
        refusals.find(|(place, _)| place == at).map(|(_, variables)| variables.as_slice())
    }

    /// Whether the settings stop the process while these variables are unset, so that production
    /// sets some of them. A guard commonly holds "unless DEBUG" too, which says nothing of values
    /// that depend on nothing else.
    pub fn is_refused(&self, variables: &[&str]) -> bool {
        let debug = self.settings.get("DEBUG");
        let of_debug = |name: &str| {
            debug.is_some_and(|setting| setting.variables.iter().any(|known| known == name))
        };
        if self.environment.is_complete() || variables.iter().all(|name| of_debug(name)) {
            return false;
        }
        self.settings.refusals.iter().any(|(_, needed)| {
            variables.iter().all(|name| needed.iter().any(|known| known == name))
        })
    }

    /// The variables that would change something of a setting, or of one of its parts, and that
    /// nobody has shown to be unset in production.
    pub fn open_variables(&self, name: &str) -> Vec<&str> {
        let setting = self.settings.get(name);
        setting.map(|setting| self.unset_variables(setting, None)).unwrap_or_default()
    }

    /// What the examples of an environment make of a setting that depends on these variables.
    fn suggested(&self, name: &str, variables: &[&str]) -> Option<Suggested<'_>> {
        let examples = self.examples.as_ref()?;
        let mut named = variables.iter().filter_map(|name| examples.named.get(*name));
        let file = named.next()?;
        let value = examples.settings.known(name);
        Some(Suggested { file, value })
    }

    /// The variables a setting depends on that nobody has shown to be unset, and the files outside
    /// of the repository that could say something else.
    fn unset_variables<'f>(&self, setting: &'f Setting, keys: Option<&[&str]>) -> Vec<&'f str> {
        let complete = self.environment.is_complete();
        let is_set = |name: &str| {
            self.settings.variables.iter().any(|used| used.name == name && used.is_set)
        };
        let mut names = match keys {
            Some(keys) => setting.variables_of(keys),
            None => setting.variables.iter().map(String::as_str).collect(),
        };
        names.retain(|name| is_file_name(name) || !complete && !is_set(name));
        names
    }
}

/// Whether Django's default of a setting is another one in some series that is still met.
fn default_varies(name: &str) -> bool {
    const SERIES: [&str; 4] = ["2.2", "3.2", "4.2", "5.2"];
    static DEFAULTS: OnceLock<[Defaults; 5]> = OnceLock::new();
    let [newest, older @ ..] = DEFAULTS.get_or_init(|| {
        let [a, b, c, d] = SERIES.map(|series| plimsoll_python::defaults(Some(series)));
        [plimsoll_python::defaults(None), a, b, c, d]
    });
    let newest = newest.get(name);
    older.iter().any(|defaults| defaults.get(name) != newest)
}
