//! `log-rotated-twice`: Python and logrotate turn the same file over.

use plimsoll_catalog::{Related, Severity};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "log-rotated-twice",
    control: "LOG-02",
    title: "Python and logrotate turn the same file over",
    what: "The file of a rotating handler of LOGGING that a pattern of the repository's logrotate configuration covers too.",
    why: "After logrotate has moved the file, the handler goes on writing to the moved one, and its own rotation then renames the wrong files.",
    bad: "```python settings.py
LOGGING = {'version': 1, 'handlers': {'file': {'class': 'logging.handlers.RotatingFileHandler', 'filename': '/var/log/rota/app.log', 'maxBytes': 1000000}}, 'root': {'handlers': ['file']}}
```
```text deploy/logrotate.conf
/var/log/rota/*.log {
    daily
    rotate 14
    compress
}
```",
    good: "```python settings.py
LOGGING = {'version': 1, 'handlers': {'file': {'class': 'logging.handlers.WatchedFileHandler', 'filename': '/var/log/rota/app.log'}}, 'root': {'handlers': ['file']}}
```
```text deploy/logrotate.conf
/var/log/rota/*.log {
    daily
    rotate 14
    compress
}
```",
    sources: &["https://docs.python.org/3/library/logging.handlers.html#watchedfilehandler"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let (Some(logging), Some(at)) = (facts.partial("LOGGING"), facts.place_of("LOGGING")) else {
        return;
    };
    let files = super::file_logs(logging);
    let rotated = &facts.code.upkeep.rotated;
    if files.is_empty() || rotated.is_empty() {
        return;
    }
    let twice = files.iter().filter(|file| file.rotates).find_map(|file| {
        let path = file.path?;
        let (_, place) = rotated.iter().find(|(pattern, _)| super::covers(pattern, path))?;
        Some((file.handler, place.clone()))
    });
    match twice {
        Some((handler, place)) => {
            let finding = look.finding(
                at,
                Fault {
                    severity: Severity::Warning,
                    message: format!("the file of the handler '{handler}' is turned over by Python and by logrotate"),
                    consequence: "after logrotate's turn the lines go into the moved file, and are gone when it is deleted".to_owned(),
                    fix: "use WatchedFileHandler and leave the turning to logrotate".to_owned(),
                },
            );
            finding
                .related
                .push(Related { at: place, message: "logrotate turns it over here".to_owned() });
        }
        None => look.evidence("no file is turned over by both", Some(at)),
    }
}
