//! What the formats of `plimsoll settings` are made from.

use plimsoll_python::{Origin, Setting, Settings, State, Value};

use crate::{AssumedEnvironment, Redactor};

/// The evaluated settings with what to show of them.
#[derive(Debug)]
pub struct SettingsReport<'a> {
    /// What the evaluation gave.
    pub settings: &'a Settings,
    /// Why this module is taken for the one of production.
    pub reason: Option<String>,
    /// The version of Django whose defaults are used, as the project declares it.
    pub django: Option<String>,
    /// Where the process environment was taken from.
    pub environment: AssumedEnvironment,
    /// Django's own defaults, to tell what the project changes.
    pub defaults: plimsoll_python::Defaults,
    /// Only settings that differ from Django's default.
    pub changed: bool,
    /// Secrets in clear, because the user asked for it.
    pub show_secrets: bool,
    /// What must not be shown in messages.
    pub redactor: Redactor,
}

impl SettingsReport<'_> {
    /// The settings to show, in the order of the module, Django's defaults after them by name.
    pub(crate) fn shown(&self) -> Vec<(&str, &Setting)> {
        let all = self.settings.settings.iter().map(|(name, setting)| (name.as_str(), setting));
        let (mut project, mut default): (Vec<_>, Vec<_>) =
            all.partition(|(_, setting)| setting.origin == Origin::Project);
        if self.changed {
            project.retain(|(name, setting)| self.differs(name, setting));
            default.clear();
        }
        default.sort_by_key(|(name, _)| *name);
        project.extend(default);
        project
    }

    /// Whether a setting is, or may be, another than Django's default.
    fn differs(&self, name: &str, setting: &Setting) -> bool {
        match (&setting.state, self.defaults.get(name)) {
            (State::Known(value), Some(default)) => !same(value, default),
            _ => true,
        }
    }
}

/// Equal but for custody: a secret equals the text that it holds.
fn same(left: &Value, right: &Value) -> bool {
    match (left.text(), right.text()) {
        (Some(left), Some(right)) => left == right,
        _ => left == right,
    }
}
