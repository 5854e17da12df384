//! `logrotate-without-reopen`: logrotate moves a file that its writer keeps open.

use plimsoll_catalog::{Related, Severity};
use plimsoll_facts::{Facts, Rotation};
use plimsoll_source::Span;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "logrotate-without-reopen",
    control: "LOG-02",
    title: "logrotate moves a file and nothing makes its writer reopen it",
    what: "Each block of the repository's logrotate configuration that neither copies and truncates nor runs a script afterwards, where the writer of its files is known to keep them open: a handler of LOGGING that does not watch its file, an application server or worker with a log option, nginx by the file's path. Where nobody here is known to write the files, the question stays open; Python's WatchedFileHandler and Celery's own log file reopen by themselves.",
    why: "The writer goes on writing into the moved file. At the next turn that is compressed and removed, and with it every line since, while the file that everybody looks at stays empty.",
    bad: "```python settings.py
LOGGING = {'version': 1, 'handlers': {'file': {'class': 'logging.FileHandler', 'filename': '/var/log/rota/app.log'}}, 'root': {'handlers': ['file']}}
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
    sources: &[
        "https://man7.org/linux/man-pages/man8/logrotate.8.html",
        "https://docs.python.org/3/library/logging.handlers.html#watchedfilehandler",
    ],
    check,
};

/// Who writes a file.
enum Writer {
    /// One that keeps it open: who, and where that is said.
    Keeps(String, Option<Span>),
    /// One that opens it again by itself.
    Reopens(String),
}

fn check(look: &mut Look) {
    let facts = look.facts;
    for rotation in &facts.code.upkeep.rotations {
        let Some((pattern, at)) = rotation.patterns.first() else { continue };
        if rotation.copies {
            look.evidence(format!("{pattern} is copied and emptied in place"), Some(at.clone()));
        } else if let Some((_, script)) = &rotation.after {
            look.evidence(format!("a script runs after {pattern} is moved"), Some(script.clone()));
        } else {
            judge(look, rotation, pattern, at);
        }
    }
}

fn judge(look: &mut Look, rotation: &Rotation, pattern: &str, at: &Span) {
    let writers = writers(look.facts, rotation);
    let keeps = writers.iter().find_map(|writer| match writer {
        Writer::Keeps(who, place) => Some((who, place)),
        Writer::Reopens(_) => None,
    });
    match (keeps, writers.first()) {
        (Some((who, place)), _) => {
            let finding = look.finding(
                at.clone(),
                Fault {
                    severity: Severity::Warning,
                    message: format!("{pattern} is moved away, and {who} keeps it open"),
                    consequence: "lines go on into the moved file and are lost when that is removed; the new file stays empty".to_owned(),
                    fix: "tell the writer to reopen it in a postrotate script (nginx and gunicorn: signal USR1), use WatchedFileHandler, or add copytruncate".to_owned(),
                },
            );
            if let Some(place) = place {
                finding
                    .related
                    .push(Related { at: place.clone(), message: "its writer".to_owned() });
            }
        }
        (None, Some(Writer::Reopens(who))) => {
            look.evidence(format!("{who} reopens {pattern} by itself"), Some(at.clone()));
        }
        _ => look.undetermined(
            format!("who writes {pattern} is not known"),
            "force a rotation on the host (logrotate -f) and look where new lines go",
            Some(at.clone()),
        ),
    }
}

/// Who is known to write the files of a block.
fn writers(facts: &Facts, rotation: &Rotation) -> Vec<Writer> {
    let covers = |path: &str| rotation.patterns.iter().any(|(p, _)| super::covers(p, path));
    let mut found = Vec::new();
    if let Some(logging) = facts.partial("LOGGING") {
        let handlers = super::section(logging, "handlers");
        for file in super::file_logs(logging) {
            let Some(path) = file.path.filter(|path| covers(path)) else { continue };
            let class = handlers.iter().find(|(name, _)| *name == file.handler);
            let class = class.and_then(|(_, config)| config.get("class")?.text()).unwrap_or("");
            let who = format!("the handler '{}' ({path})", file.handler);
            match class {
                "logging.handlers.WatchedFileHandler" => found.push(Writer::Reopens(who)),
                // Turned over twice: another rule's.
                _ if file.rotates => {}
                _ => found.push(Writer::Keeps(who, facts.place_of("LOGGING"))),
            }
        }
    }
    let options = [
        "access-logfile",
        "error-logfile",
        "log-file",
        "logto",
        "req-logger",
        "daemonize",
        "access-log",
    ];
    for process in &facts.processes {
        let Some(command) = &process.command else { continue };
        for option in options {
            if let Some(path) = command.options.value(option).filter(|path| covers(&path.value)) {
                let who = format!(
                    "{} of {} {}",
                    command.name.value.rsplit('/').next().unwrap_or(""),
                    process.declared.name(),
                    process.name
                );
                found.push(Writer::Keeps(who, Some(path.span.clone())));
            }
        }
    }
    let nginx = rotation.patterns.iter().find(|(pattern, _)| pattern.contains("/nginx/"));
    if nginx.is_some() {
        found.push(Writer::Keeps("nginx".to_owned(), None));
    }
    found
}
