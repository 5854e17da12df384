//! `security-logger-silenced`: the django.security logger is silenced.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "security-logger-silenced",
    control: "LOG-07",
    title: "the django.security logger is silenced",
    what: "Loggers `django.security` and below in LOGGING: a null handler, no propagation, or a level above ERROR. Silencing only `django.security.DisallowedHost` is reported as a note.",
    why: "Refused hosts, suspicious operations and CSRF failures are the first signs of an attack.",
    bad: "```python settings.py
LOGGING = {'version': 1, 'disable_existing_loggers': False, 'handlers': {'null': {'class': 'logging.NullHandler'}}, 'loggers': {'django.security': {'handlers': ['null'], 'propagate': False}}}
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
        look.evidence(
            "LOGGING is Django's default: django.security is not silenced",
            look.facts.place_of("LOGGING"),
        );
        return;
    }
    look.judge("LOGGING", |value| {
        if !matches!(value, plimsoll_python::Value::Dict(_)) {
            return Judgement::Neither;
        }
        let mut note = None;
        for (name, config) in super::logger_configs(value) {
            if !(name == "django.security" || name.starts_with("django.security."))
                || !silenced(value, config)
            {
                continue;
            }
            let judgement = (
                format!("the logger '{name}' is silenced"),
                "the first signs of an attack are not written",
                "let it propagate to a handler that writes",
            );
            if name == "django.security.DisallowedHost" {
                note = Some(Judgement::note(judgement.0, judgement.1, judgement.2));
            } else {
                return Judgement::warning(judgement.0, judgement.1, judgement.2);
            }
        }
        note.unwrap_or_else(|| {
            Judgement::Good("the django.security loggers are not silenced".to_owned())
        })
    });
}

fn silenced(logging: &plimsoll_python::Value, config: &plimsoll_python::Value) -> bool {
    let handlers = super::handler_names(config);
    let stays = config.get("propagate").and_then(|value| value.truth()) == Some(false);
    let null = !handlers.is_empty()
        && handlers.iter().all(|handler| {
            super::section(logging, "handlers").iter().any(|(name, config)| {
                name == handler
                    && config
                        .get("class")
                        .and_then(|class| class.text())
                        .is_some_and(|class| class.ends_with("NullHandler"))
            })
        });
    let above = config.get("level").and_then(super::level).is_some_and(|level| level > 40);
    above || (stays && (null || handlers.is_empty()))
}
