//! `sql-logged`: SQL statements with their values are logged.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "sql-logged",
    control: "LOG-06",
    title: "SQL statements with their values are logged",
    what: "The logger `django.db.backends` in LOGGING at DEBUG or INFO with a handler.",
    why: "Each statement is written with its parameters: names, addresses, password hashes and session keys end up in the log.",
    bad: "```python settings.py
LOGGING = {'version': 1, 'disable_existing_loggers': False, 'handlers': {'console': {'class': 'logging.StreamHandler'}}, 'loggers': {'django.db.backends': {'handlers': ['console'], 'level': 'DEBUG'}}}
```",
    good: "```python settings.py
LOGGING = {'version': 1, 'disable_existing_loggers': False, 'handlers': {'console': {'class': 'logging.StreamHandler'}}, 'loggers': {'django.db.backends': {'handlers': ['console'], 'level': 'ERROR'}}}
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/logging/#django-db-backends",
    ],
    check,
};

fn check(look: &mut Look) {
    if !look.facts.is_set("LOGGING") {
        look.evidence(
            "LOGGING is Django's default: no SQL is logged",
            look.facts.place_of("LOGGING"),
        );
        return;
    }
    look.judge("LOGGING", |value| {
        let logs = super::logger_configs(value).into_iter().any(|(name, config)| {
            name.starts_with("django.db") && config.get("level").and_then(super::level).is_some_and(|level| level <= 10)
        });
        if logs {
            Judgement::warning(
                "the logger 'django.db.backends' is at DEBUG",
                "where DEBUG or a forced cursor makes Django log SQL, personal data and session keys stand in the log",
                "set its level to WARNING, and measure queries in the database",
            ).surely()
        } else if value.is_known() {
            Judgement::Good("no SQL is logged".to_owned())
        } else {
            Judgement::Neither
        }
    });
}
