//! `worker-count-unset`: the number of workers is the server's default of one.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{AppServer, Declaration, Facts};
use plimsoll_formats::command::Program;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "worker-count-unset",
    control: "APP-02",
    title: "the number of workers is the server’s default of one",
    what: "gunicorn and uWSGI without a number of workers on the command line, in the configuration file, in GUNICORN_CMD_ARGS or WEB_CONCURRENCY, and without threads or an asynchronous worker. Platforms set WEB_CONCURRENCY themselves, and whoever runs an image may: there, and where an env file that is not in the repository may set it and some file speaks of it, it is left open. uvicorn, hypercorn and daphne serve many requests in one process and are left open.",
    why: "One synchronous worker serves one request at a time. While one person waits for a report, nobody else gets a page; the second core of the machine does nothing.",
    bad: "```python settings.py
DEBUG = False
```
```ini deploy/web.service
[Service]
ExecStart=/srv/app/venv/bin/gunicorn --bind 127.0.0.1:8000 config.wsgi
```",
    good: "```python settings.py
DEBUG = False
```
```ini deploy/web.service
[Service]
ExecStart=/srv/app/venv/bin/gunicorn --bind 127.0.0.1:8000 --workers 3 config.wsgi
```",
    sources: &[
        "https://docs.gunicorn.org/en/stable/design.html#how-many-workers",
        "https://docs.gunicorn.org/en/stable/settings.html#workers",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut any = false;
    for server in &facts.servers {
        let names: &[&str] = match server.program {
            Program::Gunicorn => &["workers"],
            Program::Uwsgi => &["processes", "cheaper"],
            Program::Uvicorn | Program::Hypercorn | Program::Daphne => {
                any = true;
                look.undetermined(format!("{} serves many requests in one process; whether one is enough depends on the load", server.title()), "measure under load", Some(server.process.at.clone()));
                continue;
            }
            _ => continue,
        };
        any = true;
        judge(look, server, names);
    }
    if !any {
        look.undetermined(
            "which server production starts is not in the repository",
            "add the unit, compose file or Procfile that starts it",
            None,
        );
    }
}

fn judge(look: &mut Look, server: &AppServer, names: &[&str]) {
    let facts = look.facts;
    if let Some(setting) =
        names.iter().map(|name| server.setting(name)).find(|setting| !setting.is_unset())
    {
        let count = setting
            .number()
            .map_or("worked out when it starts".to_owned(), |count| count.to_string());
        look.evidence(
            format!("{}: the number of workers is {count}", server.title()),
            setting.at().cloned(),
        );
        return;
    }
    let at = server.process.at.clone();
    let threads = server.setting("threads");
    let class = server.setting("worker_class");
    if !threads.is_unset()
        || !class.is_unset()
        || !server.setting("gevent").is_unset()
        || !server.setting("asyncio").is_unset()
    {
        let place = threads.at().or(class.at()).cloned().unwrap_or(at);
        look.evidence(
            format!("{}: one worker that serves several requests at a time", server.title()),
            Some(place),
        );
    } else if server.unread.is_some() {
        look.undetermined(
            "the server loads a configuration that is not in the repository",
            "add the file to the repository",
            server.unread.clone(),
        );
    } else if matches!(server.process.declared, Declaration::Procfile | Declaration::Platform) {
        look.undetermined(
            "the platform sets WEB_CONCURRENCY or the number of instances",
            "look at the platform's configuration",
            Some(at),
        );
    } else if server.process.declared == Declaration::Image {
        look.undetermined(
            "whoever runs the image can set WEB_CONCURRENCY or GUNICORN_CMD_ARGS",
            "look at the environment of the running container",
            Some(at),
        );
    } else if server.may_be_set_elsewhere() && is_spoken_of(facts) {
        look.undetermined(
            "WEB_CONCURRENCY may be set in an environment that is not in the repository",
            "look at the environment of the running process",
            Some(at),
        );
    } else {
        let certain = !server.may_be_set_elsewhere();
        let finding = look.finding(
            at,
            Fault {
                severity: Severity::Warning,
                message: format!("{} is told no number of workers, and its default is one", server.title()),
                consequence: "one slow request keeps everybody else waiting".to_owned(),
                fix: "set the number for this machine: --workers, or WEB_CONCURRENCY in the service's environment; two per core and one more is a start".to_owned(),
            },
        );
        if !certain {
            finding.confidence = Confidence::Medium;
        }
    }
}

/// Whether an env file or the settings speak of the variables that gunicorn reads.
fn is_spoken_of(facts: &Facts) -> bool {
    let variables = ["WEB_CONCURRENCY", "GUNICORN_CMD_ARGS"];
    variables.iter().any(|name| {
        facts.names_variable(name)
            || facts
                .routines
                .iter()
                .flat_map(|routine| routine.commands())
                .any(|command| command.words.iter().any(|word| word.text.contains(name)))
            || facts
                .env_files
                .iter()
                .any(|file| file.variables.iter().any(|known| known.0 == *name))
    })
}
