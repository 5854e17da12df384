//! `security-log-missing`: security events have no destination.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "security-log-missing",
    control: "LOG-07",
    title: "security events have no destination",
    what: "Whether records of `django.security` reach a handler that writes: by a logger of that name, or by the django or root logger above it.",
    why: "Refused hosts, suspicious operations and CSRF failures happen and stand nowhere.",
    bad: "```python settings.py
LOGGING = {'version': 1, 'disable_existing_loggers': False, 'handlers': {'mail': {'class': 'django.utils.log.AdminEmailHandler'}}, 'loggers': {'django': {'handlers': ['mail'], 'propagate': False}}}
```",
    good: "```python settings.py
LOGGING = {'version': 1, 'disable_existing_loggers': False, 'handlers': {'file': {'class': 'logging.StreamHandler'}}, 'loggers': {'django.security': {'handlers': ['file'], 'level': 'INFO', 'propagate': False}}}
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/logging/#django-security",
    ],
    check,
};

fn check(look: &mut Look) {
    look.judge("LOGGING", |value| {
        let loggers = super::logger_configs(value);
        // From the logger itself upwards, as long as records are handed on.
        for name in ["django.security", "django", "root", ""] {
            let Some((_, config)) = loggers.iter().find(|(key, _)| *key == name) else { continue };
            if super::handler_names(config)
                .iter()
                .any(|handler| super::writes_in_production(value, handler))
            {
                return Judgement::Certain(
                    "records of django.security reach a handler that writes".to_owned(),
                );
            }
            if config.get("propagate").and_then(|flag| flag.truth()) == Some(false) {
                break;
            }
        }
        if value.is_known() {
            Judgement::warning(
                "records of django.security reach no handler that writes",
                "refused hosts, suspicious operations and CSRF failures stand in no log",
                "give the logger django.security a handler that writes, at INFO",
            )
        } else {
            Judgement::Neither
        }
    });
}
