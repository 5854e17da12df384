//! `log-level-too-high`: warnings are lost.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "log-level-too-high",
    control: "LOG-08",
    title: "warnings are lost",
    what: "The root and django loggers of LOGGING at ERROR or above.",
    why: "Refused hosts, CSRF failures, lockouts and deprecations are warnings: what announces an attack or an outage is not written.",
    bad: "```python settings.py
LOGGING = {'version': 1, 'disable_existing_loggers': False, 'formatters': {'line': {'format': '{asctime} {levelname} {message}', 'style': '{'}}, 'handlers': {'console': {'class': 'logging.StreamHandler', 'formatter': 'line'}}, 'root': {'handlers': ['console'], 'level': 'ERROR'}}
```",
    good: "```python settings.py
LOGGING = {'version': 1, 'disable_existing_loggers': False, 'formatters': {'line': {'format': '{asctime} {levelname} {message}', 'style': '{'}}, 'handlers': {'console': {'class': 'logging.StreamHandler', 'formatter': 'line'}}, 'root': {'handlers': ['console'], 'level': 'INFO'}}
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/logging/#django-security",
    ],
    check,
};

fn check(look: &mut Look) {
    if !look.facts.is_set("LOGGING") {
        look.undetermined(
            "LOGGING is Django's default, which writes no warning anywhere while DEBUG is off",
            "set LOGGING with a handler that writes",
            look.facts.place_of("LOGGING"),
        );
        return;
    }
    look.judge("LOGGING", |value| {
        let high = super::logger_configs(value).into_iter().find(|(name, config)| {
            matches!(*name, "" | "root" | "django")
                && config.get("level").and_then(super::level).is_some_and(|level| level >= 40)
        });
        match high {
            Some((name, _)) => Judgement::warning(
                format!(
                    "the logger '{}' is at ERROR or above",
                    if name.is_empty() { "root" } else { name }
                ),
                "refused hosts, CSRF failures and lockouts, which are warnings, are not written",
                "set the level to WARNING or INFO",
            )
            .surely(),
            None if value.is_known() => Judgement::Good("warnings are written".to_owned()),
            None => Judgement::Neither,
        }
    });
}
