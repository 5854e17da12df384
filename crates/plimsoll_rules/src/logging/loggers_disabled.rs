//! `loggers-disabled`: existing loggers are disabled.

use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "loggers-disabled",
    control: "LOG-01",
    title: "existing loggers are disabled",
    what: "`disable_existing_loggers` in LOGGING: its default is True.",
    why: "Loggers that were made before the configuration fall silent, Django’s own and those of libraries among them, and nothing says so.",
    bad: "```python settings.py
LOGGING = {'version': 1, 'disable_existing_loggers': True, 'handlers': {'console': {'class': 'logging.StreamHandler'}}, 'root': {'handlers': ['console']}}
```",
    good: "```python settings.py
LOGGING = {'version': 1, 'disable_existing_loggers': False, 'formatters': {'line': {'format': '{asctime} {levelname} {message}', 'style': '{'}}, 'handlers': {'console': {'class': 'logging.StreamHandler', 'formatter': 'line'}}, 'root': {'handlers': ['console'], 'level': 'INFO'}}
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/topics/logging/#configuring-logging",
    ],
    check,
};

fn check(look: &mut Look) {
    if !look.facts.is_set("LOGGING") {
        look.evidence(
            "LOGGING is Django's default, which keeps existing loggers",
            look.facts.place_of("LOGGING"),
        );
        return;
    }
    look.judge("LOGGING", |value| {
        if value.truth() == Some(false) {
            return Judgement::Good("LOGGING disables no logger".to_owned());
        }
        match value.get("disable_existing_loggers").map(Value::truth) {
            Some(Some(false)) => Judgement::Certain("existing loggers are kept".to_owned()),
            Some(Some(true)) => disabled("on").surely(),
            None if matches!(value, Value::Dict(_)) && value.get("version").is_some() => {
                disabled("on by default")
            }
            _ => Judgement::Neither,
        }
    });
}

fn disabled(how: &str) -> Judgement {
    Judgement::warning(
        format!("disable_existing_loggers is {how} in LOGGING"),
        "loggers that exist already fall silent, those of Django and libraries among them",
        "set 'disable_existing_loggers': False",
    )
}
