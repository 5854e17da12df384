//! `log-unrotated`: a log file grows for ever.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "log-unrotated",
    control: "LOG-02",
    title: "a log file grows for ever",
    what: "Files that FileHandler or WatchedFileHandler of LOGGING write to, against the patterns of the repository's logrotate configuration. Where the repository has none, one may be on the machine, and the question stays open.",
    why: "The disk fills within months, and the database on it stops first.",
    bad: "```python settings.py
LOGGING = {'version': 1, 'handlers': {'file': {'class': 'logging.FileHandler', 'filename': '/srv/rota/logs/app.log'}}, 'root': {'handlers': ['file']}}
```
```text deploy/logrotate.conf
/var/log/nginx/*.log {
    daily
    rotate 14
    compress
}
```",
    good: "```python settings.py
LOGGING = {'version': 1, 'handlers': {'file': {'class': 'logging.handlers.WatchedFileHandler', 'filename': '/srv/rota/logs/app.log'}}, 'root': {'handlers': ['file']}}
```
```text deploy/logrotate.conf
/srv/rota/logs/*.log {
    daily
    rotate 14
    compress
}
```",
    sources: &["https://docs.python.org/3/library/logging.handlers.html#filehandler"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let (Some(logging), Some(at)) = (facts.partial("LOGGING"), facts.place_of("LOGGING")) else {
        return;
    };
    let files = super::file_logs(logging);
    let rotated = &facts.code.upkeep.rotated;
    let mut growing = files.iter().filter(|file| !file.rotates);
    let open = growing.clone().find(|file| {
        file.path
            .is_none_or(|path| !rotated.iter().any(|(pattern, _)| super::covers(pattern, path)))
    });
    match open {
        None if growing.next().is_some() => look.evidence("logrotate turns over each log file", Some(at)),
        None => look.evidence("no handler writes to a file that only grows", Some(at)),
        Some(file) if file.path.is_some() && !rotated.is_empty() => {
            look.finding(
                at,
                Fault {
                    severity: Severity::Warning,
                    message: format!("the file of the handler '{}' is in no pattern of the repository's logrotate configuration", file.handler),
                    consequence: "it grows until the disk is full".to_owned(),
                    fix: "add its path to the logrotate configuration, with WatchedFileHandler as the handler; or log to stdout".to_owned(),
                },
            );
        }
        Some(file) => look.undetermined(
            format!("the handler '{}' writes to a file that only grows, and no logrotate configuration is in the repository", file.handler),
            "add the logrotate configuration to the repository, or look for it in /etc/logrotate.d on the machine",
            Some(at),
        ),
    }
}
