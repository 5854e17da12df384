//! `worker-timeout-default`: the worker timeout is the server's default.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{AppServer, Declaration, ServerSetting};
use plimsoll_formats::command::Program;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "worker-timeout-default",
    control: "APP-03",
    title: "the worker timeout is the server’s default, or none",
    what: "gunicorn’s `timeout` for synchronous workers: set nowhere, so that it is 30 seconds, which is a note, or 0, which never ends a worker that hangs. Threaded and asynchronous workers are left alone: there it watches the worker’s heartbeat and cuts no request. uWSGI without `harakiri` never ends a request. An image that compose files of the repository do not run is left open: whoever runs it can set GUNICORN_CMD_ARGS.",
    why: "After 30 seconds gunicorn kills the worker in the middle of a report: the user gets an error, the log says WORKER TIMEOUT, and what the worker had written stays half done. Without any limit, workers that hang are lost one after the other until none is left.",
    bad: "```python settings.py
DEBUG = False
```
```ini deploy/web.service
[Service]
ExecStart=/srv/app/venv/bin/gunicorn --workers 3 config.wsgi
```",
    good: "```python settings.py
DEBUG = False
```
```ini deploy/web.service
[Service]
ExecStart=/srv/app/venv/bin/gunicorn --workers 3 --timeout 120 config.wsgi
```",
    sources: &[
        "https://docs.gunicorn.org/en/stable/settings.html#timeout",
        "https://uwsgi-docs.readthedocs.io/en/latest/Options.html#harakiri",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let wanted = look.parameter("timeout");
    let mut any = false;
    for server in &facts.servers {
        match server.program {
            Program::Gunicorn => gunicorn(look, server, wanted),
            Program::Uwsgi => uwsgi(look, server, wanted),
            Program::Uvicorn | Program::Hypercorn | Program::Daphne => {
                look.evidence(
                    format!("{} ends no request for its time", server.title()),
                    Some(server.process.at.clone()),
                );
            }
            _ => continue,
        }
        any = true;
    }
    if !any {
        look.undetermined(
            "which server production starts is not in the repository",
            "add the unit, compose file or Procfile that starts it",
            None,
        );
    }
}

/// Whether gunicorn's workers serve one request at a time, so that the timeout cuts requests.
/// More than one thread makes a synchronous worker a threaded one.
pub(super) fn is_synchronous(server: &AppServer) -> Option<bool> {
    let class = match server.setting("worker_class") {
        ServerSetting::Unset => None,
        ServerSetting::Set { text, .. } => Some(text),
        ServerSetting::Computed { .. } => return None,
    };
    let threads = match server.setting("threads") {
        ServerSetting::Unset => 1,
        ServerSetting::Set { text, .. } => text.trim().parse().ok()?,
        ServerSetting::Computed { .. } => return None,
    };
    Some(class.is_none_or(|class| class == "sync") && threads < 2)
}

fn gunicorn(look: &mut Look, server: &AppServer, wanted: i64) {
    let at = server.process.at.clone();
    let timeout = server.setting("timeout");
    if let (Some(place), None) = (timeout.at(), timeout.number()) {
        look.evidence(
            format!("{}: the timeout is worked out when it starts", server.title()),
            Some(place.clone()),
        );
        return;
    }
    if let (Some(seconds), Some(place)) = (timeout.number(), timeout.at()) {
        if seconds > 0 {
            look.evidence(
                format!("{}: a worker has {seconds} seconds", server.title()),
                Some(place.clone()),
            );
        } else {
            look.finding(
                place.clone(),
                fault(
                    format!("{} has no timeout: 0 switches it off", server.title()),
                    "workers that hang are never replaced, until none is left",
                    wanted,
                ),
            );
        }
        return;
    }
    match is_synchronous(server) {
        Some(false) => look.evidence(
            format!("{}: with this kind of worker the timeout cuts no request", server.title()),
            Some(at),
        ),
        None => look.undetermined(
            "the kind of worker is worked out when the server starts",
            "look at the command line of the running process",
            Some(at),
        ),
        Some(true) if server.unread.is_some() => look.undetermined(
            "the server loads a configuration that is not in the repository",
            "add the file to the repository",
            server.unread.clone(),
        ),
        Some(true) if server.process.declared == Declaration::Image => look.undetermined(
            "whoever runs the image can set GUNICORN_CMD_ARGS",
            "look at the environment of the running container",
            Some(at),
        ),
        Some(true) => {
            // Thirty seconds are a sane figure; that nobody chose it is worth knowing.
            let finding = look.finding(
                at,
                fault(format!("{} is told no timeout, and its default is 30 seconds", server.title()), "a report or import that takes longer is killed in the middle: an error for the user, half the work done", wanted),
            );
            finding.severity = Severity::Note;
            finding.confidence = Confidence::Medium;
        }
    }
}

fn uwsgi(look: &mut Look, server: &AppServer, wanted: i64) {
    let harakiri = server.setting("harakiri");
    match (harakiri.at(), harakiri.number()) {
        (Some(at), Some(0)) => {
            look.finding(
                at.clone(),
                fault(
                    format!("{} ends no request: harakiri is 0", server.title()),
                    "workers that hang are lost until none is left",
                    wanted,
                ),
            );
        }
        (Some(at), _) => look.evidence(
            format!("{}: harakiri ends requests that take too long", server.title()),
            Some(at.clone()),
        ),
        (None, _) if server.unread.is_some() => look.undetermined(
            "the server loads a configuration that is not in the repository",
            "add the file to the repository",
            server.unread.clone(),
        ),
        (None, _) => {
            let finding = look.finding(
                server.process.at.clone(),
                fault(
                    format!(
                        "{} is told no harakiri, and its default is to end no request",
                        server.title()
                    ),
                    "workers that hang are lost one after the other until none is left",
                    wanted,
                ),
            );
            finding.confidence = Confidence::Medium;
        }
    }
}

fn fault(message: String, consequence: &str, wanted: i64) -> Fault {
    Fault {
        severity: Severity::Warning,
        message,
        consequence: consequence.to_owned(),
        fix: format!(
            "set the time that the longest request may take: --timeout {wanted} (harakiri = {wanted} for uWSGI), and move longer work into tasks"
        ),
    }
}
