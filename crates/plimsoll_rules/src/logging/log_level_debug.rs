//! `log-level-debug`: a production logger is at DEBUG.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "log-level-debug",
    control: "LOG-08",
    title: "a production logger is at DEBUG",
    what: "The levels of the root logger and of each logger in LOGGING.",
    why: "At DEBUG libraries log requests, headers and SQL with their values: personal data and tokens end up in logs, and the disk fills.",
    bad: "```python settings.py
LOGGING = {'version': 1, 'disable_existing_loggers': False, 'formatters': {'line': {'format': '{asctime} {levelname} {message}', 'style': '{'}}, 'handlers': {'console': {'class': 'logging.StreamHandler', 'formatter': 'line'}}, 'root': {'handlers': ['console'], 'level': 'DEBUG'}}
```",
    good: "```python settings.py
LOGGING = {'version': 1, 'disable_existing_loggers': False, 'formatters': {'line': {'format': '{asctime} {levelname} {message}', 'style': '{'}}, 'handlers': {'console': {'class': 'logging.StreamHandler', 'formatter': 'line'}}, 'root': {'handlers': ['console'], 'level': 'INFO'}}
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/topics/logging/#topic-logging-parts-loggers",
    ],
    check,
};

fn check(look: &mut Look) {
    if !look.facts.is_set("LOGGING") {
        look.evidence(
            "LOGGING is Django's default: no logger is at DEBUG",
            look.facts.place_of("LOGGING"),
        );
        return;
    }
    look.judge("LOGGING", |value| {
        let mut open = !value.is_known();
        for (name, config) in super::logger_configs(value) {
            match config.get("level") {
                Some(level) if super::level(level) == Some(10) && super::lets_debug_through(value, config) => {
                    let name = if name.is_empty() { "root" } else { name };
                    return Judgement::warning(
                        format!("the logger '{name}' is at DEBUG"),
                        "requests, SQL and personal data are written to the log, and the disk fills",
                        "set the level to INFO or WARNING in production",
                    ).surely();
                }
                Some(level) => open |= super::level(level).is_none(),
                None => {}
            }
        }
        if open { Judgement::Neither } else { Judgement::Good("no logger is at DEBUG".to_owned()) }
    });
}
