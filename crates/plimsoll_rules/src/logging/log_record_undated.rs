//! `log-record-undated`: log records have no time or level.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "log-record-undated",
    control: "LOG-01",
    title: "log records have no time or level",
    what: "The formatter of each handler in LOGGING that writes to a file: `asctime` and `levelname` in its format. Console output may get its time from the service manager.",
    why: "A line without a time cannot be laid beside the proxy’s log, and one without a level cannot be counted.",
    bad: "```python settings.py
LOGGING = {'version': 1, 'disable_existing_loggers': False, 'handlers': {'file': {'class': 'logging.FileHandler', 'filename': '/var/log/rota/app.log'}}, 'root': {'handlers': ['file']}}
```",
    good: "```python settings.py
LOGGING = {'version': 1, 'disable_existing_loggers': False, 'formatters': {'line': {'format': '{asctime} {levelname} {name} {message}', 'style': '{'}}, 'handlers': {'file': {'class': 'logging.FileHandler', 'filename': '/var/log/rota/app.log', 'formatter': 'line'}}, 'root': {'handlers': ['file']}}
```",
    sources: &[
        "https://docs.python.org/3/library/logging.html#logrecord-attributes",
    ],
    check,
};

fn check(look: &mut Look) {
    if !look.facts.is_set("LOGGING") {
        look.evidence("no handler of the project writes to a file", look.facts.place_of("LOGGING"));
        return;
    }
    look.judge("LOGGING", |value| {
        if !matches!(value, plimsoll_python::Value::Dict(_)) {
            return Judgement::Neither;
        }
        for (name, config) in super::section(value, "handlers") {
            if !super::is_file_handler(config) {
                continue;
            }
            let format = match config.get("formatter").and_then(|f| f.text()) {
                None => Some(""),
                Some(formatter) => super::format_of(value, formatter),
            };
            match format {
                Some(format) if format.contains("asctime") && format.contains("levelname") => {}
                Some(_) => {
                    return Judgement::warning(
                        format!("the handler '{name}' writes lines without time or level"),
                        "what happened cannot be laid beside other logs",
                        "give it a formatter with asctime and levelname",
                    );
                }
                None => return Judgement::Neither,
            }
        }
        Judgement::Good("every handler that writes to a file gives time and level".to_owned())
    });
}
