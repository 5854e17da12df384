//! `logging-handler-undefined`: LOGGING names a handler, formatter or filter that it does not define.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "logging-handler-undefined",
    control: "LOG-01",
    title: "LOGGING names a handler, formatter or filter that it does not define",
    what: "Every name of a handler, formatter and filter in LOGGING against what it defines.",
    why: "Django stops at start-up with ValueError: Unable to configure logger.",
    bad: "```python settings.py
LOGGING = {'version': 1, 'handlers': {}, 'root': {'handlers': ['console']}}
```",
    good: "```python settings.py
LOGGING = {'version': 1, 'disable_existing_loggers': False, 'formatters': {'line': {'format': '{asctime} {levelname} {message}', 'style': '{'}}, 'handlers': {'console': {'class': 'logging.StreamHandler', 'formatter': 'line'}}, 'root': {'handlers': ['console'], 'level': 'INFO'}}
```",
    sources: &[
        "https://docs.python.org/3/library/logging.config.html#dictionary-schema-details",
    ],
    check,
};

fn check(look: &mut Look) {
    if !look.facts.is_set("LOGGING") {
        look.evidence("LOGGING is Django's default", look.facts.place_of("LOGGING"));
        return;
    }
    look.judge("LOGGING", |value| {
        if !matches!(value, plimsoll_python::Value::Dict(_)) {
            return Judgement::Neither;
        }
        for (name, config) in super::logger_configs(value) {
            for handler in super::handler_names(config) {
                if super::is_undefined(value, "handlers", handler) {
                    return undefined(&format!("logger '{name}'"), "handler", handler);
                }
            }
        }
        for (name, config) in super::section(value, "handlers") {
            if let Some(formatter) = config.get("formatter").and_then(|f| f.text())
                && super::is_undefined(value, "formatters", formatter)
            {
                return undefined(&format!("handler '{name}'"), "formatter", formatter);
            }
            for filter in config
                .get("filters")
                .and_then(|f| f.items())
                .unwrap_or_default()
                .iter()
                .filter_map(|f| f.text())
            {
                if super::is_undefined(value, "filters", filter) {
                    return undefined(&format!("handler '{name}'"), "filter", filter);
                }
            }
        }
        Judgement::Good(
            "every handler, formatter and filter that LOGGING names is defined".to_owned(),
        )
    });
}

fn undefined(who: &str, kind: &str, name: &str) -> Judgement {
    Judgement::error(
        format!("the {who} of LOGGING names the {kind} '{name}', which is not defined"),
        "Django stops at start-up with ValueError: Unable to configure",
        format!("define '{name}' under '{kind}s'"),
    )
    .surely()
}
