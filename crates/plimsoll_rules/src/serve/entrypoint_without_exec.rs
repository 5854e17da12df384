//! `entrypoint-without-exec`: a container's script does not hand over to the server.

use std::collections::BTreeSet;

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Declaration, ProcessKind};
use plimsoll_formats::command::Program;

use super::lasting;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "entrypoint-without-exec",
    control: "APP-06",
    title: "a container’s start script runs the server without exec",
    what: "Shell scripts that images and services of compose start, where the server or worker in them is started as a child of the shell: without `exec`, and in a script that sets no `trap`. Units are left alone, as systemd signals every process of the service, and so are scripts that start a process manager.",
    why: "The shell is the container’s first process and passes no signal on. Each `docker stop` waits ten seconds and then kills everything: requests break off, tasks are lost in the middle, and the worker’s warm shutdown never happens.",
    bad: "```python settings.py
DEBUG = False
```
```text Dockerfile
FROM python:3.13-slim
COPY . /app
WORKDIR /app
CMD [\"/app/start.sh\"]
```
```sh start.sh
#!/bin/sh
python manage.py migrate --noinput
gunicorn config.wsgi --bind 0.0.0.0:8000
```",
    good: "```python settings.py
DEBUG = False
```
```text Dockerfile
FROM python:3.13-slim
COPY . /app
WORKDIR /app
CMD [\"/app/start.sh\"]
```
```sh start.sh
#!/bin/sh
python manage.py migrate --noinput
exec gunicorn config.wsgi --bind 0.0.0.0:8000
```",
    sources: &[
        "https://docs.docker.com/reference/dockerfile/#entrypoint",
        "https://docs.docker.com/reference/cli/docker/container/stop/",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut seen = BTreeSet::new();
    let mut any = false;
    for process in facts
        .processes
        .iter()
        .filter(|process| lasting(process) && process.kind != ProcessKind::DevelopmentServer)
    {
        if !matches!(process.declared, Declaration::Compose | Declaration::Image) {
            continue;
        }
        let Some(command) = &process.command else { continue };
        let file = &command.name.span.file;
        let Some(script) = facts.scripts.iter().find(|script| script.path == *file) else {
            continue;
        };
        any = true;
        let at = command.name.span.clone();
        let hands_over = command.wrappers.iter().any(|wrapper| {
            wrapper.value == "exec"
                || wrapper.value.ends_with("gosu")
                || wrapper.value.ends_with("su-exec")
        });
        let traps = script.script.commands.iter().any(|command| command.program() == Some("trap"));
        let detaches = matches!(command.program, Program::CeleryMulti)
            || command.options.has("daemon")
            || command.options.has("detach");
        if hands_over || traps || detaches {
            look.evidence(
                format!("{file} hands over to the program, or passes signals on"),
                Some(at),
            );
        } else if seen.insert(at.clone()) {
            let name = command.name.value.rsplit('/').next().unwrap_or("the program").to_owned();
            let finding = look.finding(
                at,
                Fault {
                    severity: Severity::Warning,
                    message: format!("{file} starts {name} without exec, so that the shell stays the container's first process"),
                    consequence: "docker stop reaches the shell only: after ten seconds everything is killed in the middle of its work".to_owned(),
                    fix: format!("write exec {name} …"),
                },
            );
            finding.confidence = Confidence::High;
            finding.repair = crate::repairs::exec(facts, command);
        }
    }
    if !any {
        look.undetermined(
            "no script of the repository is known to start the application in a container",
            "docker stop the container and look how long it takes",
            None,
        );
    }
}
