//! `log-rotator-shared`: several processes turn the same log file over.

use plimsoll_catalog::{Related, Severity};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "log-rotator-shared",
    control: "LOG-02",
    title: "several processes turn the same log file over",
    what: "RotatingFileHandler and TimedRotatingFileHandler in LOGGING while start commands of the repository show more than one process: several workers, or a server and a Celery worker with the same settings.",
    why: "Python's rotation does not know of other processes: one renames the file, the others go on writing to the renamed one, and at the next turn lines are lost.",
    bad: "```python settings.py
LOGGING = {'version': 1, 'handlers': {'file': {'class': 'logging.handlers.RotatingFileHandler', 'filename': '/var/log/rota/app.log', 'maxBytes': 1000000}}, 'root': {'handlers': ['file']}}
```
```text Procfile
web: gunicorn rota.wsgi --workers 4
```",
    good: "```python settings.py
LOGGING = {'version': 1, 'handlers': {'file': {'class': 'logging.handlers.WatchedFileHandler', 'filename': '/var/log/rota/app.log'}}, 'root': {'handlers': ['file']}}
```
```text Procfile
web: gunicorn rota.wsgi --workers 4
```",
    sources: &["https://docs.python.org/3/howto/logging-cookbook.html#logging-to-a-single-file-from-multiple-processes"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let (Some(logging), Some(at)) = (facts.partial("LOGGING"), facts.place_of("LOGGING")) else {
        return;
    };
    let files = super::file_logs(logging);
    let Some(rotating) = files.iter().find(|file| file.rotates) else {
        look.evidence(
            format!("none of {} log files is turned over by Python", files.len()),
            Some(at),
        );
        return;
    };
    match facts.code.processes.several() {
        Some(place) => {
            let place = place.clone();
            let finding = look.finding(
                at,
                Fault {
                    severity: Severity::Warning,
                    message: format!("the handler '{}' turns its file over, and several processes share it", rotating.handler),
                    consequence: "lines are lost at each turn of the file, and old files come out mixed".to_owned(),
                    fix: "log to stdout, or use WatchedFileHandler and let logrotate turn the file over".to_owned(),
                },
            );
            finding.related.push(Related { at: place, message: "several processes are started here".to_owned() });
        }
        None => look.undetermined(
            format!("the handler '{}' turns its file over, and how many processes share it is not in the repository", rotating.handler),
            "add the start command to the repository, or count the processes on the machine",
            Some(at),
        ),
    }
}
