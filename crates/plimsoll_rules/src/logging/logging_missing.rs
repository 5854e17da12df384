//! `logging-missing`: LOGGING sends nothing useful anywhere in production.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "logging-missing",
    control: "LOG-01",
    title: "LOGGING sends nothing useful anywhere in production",
    what: "LOGGING of the production settings: a handler on the root or django logger that writes when DEBUG is off.",
    why: "Django's own default prints only while DEBUG is on, and mails errors to ADMINS, of whom there are none by default: a failing site says nothing.",
    bad: "```python settings.py
LOGGING = {}
```",
    good: "```python settings.py
LOGGING = {'version': 1, 'disable_existing_loggers': False, 'formatters': {'line': {'format': '{asctime} {levelname} {message}', 'style': '{'}}, 'handlers': {'console': {'class': 'logging.StreamHandler', 'formatter': 'line'}}, 'root': {'handlers': ['console'], 'level': 'INFO'}}
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/logging/#default-logging-configuration",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(at) = facts.place_of("LOGGING") else { return };
    if facts
        .certain("LOGGING_CONFIG")
        .is_some_and(|value| matches!(value, plimsoll_python::Value::None))
    {
        look.undetermined(
            "LOGGING_CONFIG is None: the project configures logging by itself",
            "run the service and provoke an error",
            Some(at),
        );
        return;
    }
    let empty = facts.certain("LOGGING").is_some_and(|value| value.truth() == Some(false));
    if !facts.is_set("LOGGING") || empty {
        look.finding(
            at,
            Fault {
                severity: Severity::Warning,
                message: "LOGGING is not set: Django's default writes nothing while DEBUG is off, but mail to ADMINS".to_owned(),
                consequence: "errors of production stand in no log".to_owned(),
                fix: "send the root logger to the console, at INFO, with time and level; the service manager keeps it".to_owned(),
            },
        );
        return;
    }
    let Some(value) = facts.partial("LOGGING") else {
        look.undetermined("LOGGING is not known", crate::way_to_know("LOGGING"), Some(at));
        return;
    };
    let loggers = super::logger_configs(value);
    let writes = |name: &str, config: &plimsoll_python::Value| {
        (name.is_empty() || name == "root" || name == "django")
            && super::handler_names(config)
                .iter()
                .any(|handler| super::writes_in_production(value, handler))
    };
    if loggers.iter().any(|(name, config)| writes(name, config)) {
        look.evidence(
            "the root or django logger has a handler that writes in production",
            Some(at),
        );
    } else if value.is_known() {
        look.finding(
            at,
            Fault {
                severity: Severity::Warning,
                message: "neither the root nor the django logger has a handler that writes while DEBUG is off".to_owned(),
                consequence: "errors of production stand in no log".to_owned(),
                fix: "give the root logger a console or file handler".to_owned(),
            },
        );
    } else {
        look.undetermined("LOGGING is only partly known", crate::way_to_know("LOGGING"), Some(at));
    }
}
