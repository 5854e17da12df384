//! A setting as a rule may rely on it.

use plimsoll_python::{Origin, Setting, State, Value};
use plimsoll_source::Span;

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
    /// Production will have this value as long as none of these variables is set.
    Assumed {
        /// The value without the variables.
        value: &'f Value,
        /// The variables that would change it.
        variables: Vec<&'f str>,
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

impl Facts {
    /// What may be said of a setting's value in production.
    pub fn reading(&self, name: &str) -> Reading<'_> {
        let Some(setting) = self.settings.get(name) else { return Reading::Absent };
        match &setting.state {
            State::Known(value) => {
                let variables = self.unset_variables(setting);
                if variables.is_empty() {
                    Reading::Certain(value)
                } else {
                    Reading::Assumed { value, variables }
                }
            }
            State::OneOf(values) => Reading::Choice(values),
            State::Unknown { reason, partial } => Reading::Unknown { reason, partial },
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

    /// The variables a setting depends on that nobody has shown to be unset.
    fn unset_variables<'f>(&self, setting: &'f Setting) -> Vec<&'f str> {
        if self.environment.is_complete() {
            return Vec::new();
        }
        let is_set = |name: &str| {
            self.settings.variables.iter().any(|used| used.name == name && used.is_set)
        };
        setting.variables.iter().map(String::as_str).filter(|name| !is_set(name)).collect()
    }
}
