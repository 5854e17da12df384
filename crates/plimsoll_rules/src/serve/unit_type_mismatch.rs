//! `unit-type-mismatch`: the unit's Type does not fit how the program behaves.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Process, UnitFacts};
use plimsoll_formats::command::{Command, Program};
use plimsoll_formats::systemd::ServiceType;
use plimsoll_source::Span;

use super::lasting;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "unit-type-mismatch",
    control: "APP-05",
    title: "the unit’s Type does not fit how the program behaves",
    what: "Type= of units that start servers, workers and schedulers: forking with a program that stays in the foreground, simple or notify with one that is told to go into the background (`--daemon`, `--detach`, `celery multi`), oneshot with one that never ends, notify with one that sends no message (celery, uvicorn, daphne, hypercorn; gunicorn and uWSGI do). Programs that are started through a script of their own are left alone unless the script was read.",
    why: "With forking, systemd waits for the program to go into the background, gives up after 90 seconds and kills it: the worker restarts for ever and does no task. With simple and a program in the background, systemd sees its process end and clears away the rest.",
    bad: "```python settings.py
DEBUG = False
```
```ini deploy/worker.service
[Service]
Type=forking
User=rota
ExecStart=/srv/app/venv/bin/celery -A config worker
```",
    good: "```python settings.py
DEBUG = False
```
```ini deploy/worker.service
[Service]
Type=exec
User=rota
ExecStart=/srv/app/venv/bin/celery -A config worker
```",
    sources: &[
        "https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html#Type=",
        "https://docs.celeryq.dev/en/stable/userguide/daemonizing.html",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut any = false;
    for unit in &facts.units {
        let Some(service) = unit.unit.service() else { continue };
        for process in unit.processes.iter().filter(|process| lasting(process)) {
            let Some(command) = &process.command else { continue };
            any = true;
            let Some(kind) = service.service_type() else { continue };
            let background = goes_to_background(look, process, command);
            let at = service
                .text("Type")
                .map_or_else(|| process.at.clone(), |written| written.span.clone());
            judge(look, unit, command, kind, background, at);
        }
    }
    if !any {
        look.undetermined(
            "no unit of the repository starts the application",
            "systemctl show -p Type on the host",
            None,
        );
    }
}

fn judge(
    look: &mut Look,
    unit: &UnitFacts,
    command: &Command,
    kind: ServiceType,
    background: Option<bool>,
    at: Span,
) {
    let name = command.name.value.rsplit('/').next().unwrap_or("the program").to_owned();
    let Some(background) = background else {
        look.undetermined(format!("whether {name} goes into the background is set in a file that is not in the repository"), "systemctl status on the host", Some(at));
        return;
    };
    let (message, consequence, fix) = match kind {
        ServiceType::Forking if !background => (
            format!("Type=forking, and {name} stays in the foreground"),
            "systemd waits 90 seconds for it to go into the background and kills it",
            "Type=exec (or notify for gunicorn), and no PIDFile=",
        ),
        ServiceType::Simple
        | ServiceType::Exec
        | ServiceType::Notify
        | ServiceType::NotifyReload
        | ServiceType::Idle
            if background =>
        {
            (
                format!(
                    "{name} is told to go into the background, and the unit's type expects it to stay"
                ),
                "systemd sees the process end, takes the service for stopped and kills what it left behind",
                "take --daemon or --detach out (for celery multi: celery worker)",
            )
        }
        ServiceType::Oneshot => (
            format!("Type=oneshot, and {name} never ends"),
            "the unit stays in the state of starting, and what waits for it never starts",
            "Type=exec",
        ),
        ServiceType::Notify | ServiceType::NotifyReload if !notifies(command) => (
            format!("Type=notify, and {name} sends systemd no message"),
            "systemd waits for the message, gives up and kills it",
            "Type=exec",
        ),
        _ => {
            look.evidence(
                format!(
                    "the type of {} fits {name}",
                    if unit.name.is_empty() { "the unit" } else { &unit.name }
                ),
                Some(at),
            );
            return;
        }
    };
    let finding = look.finding(
        at,
        Fault {
            severity: Severity::Error,
            message,
            consequence: consequence.to_owned(),
            fix: fix.to_owned(),
        },
    );
    finding.confidence = Confidence::High;
}

/// gunicorn sends READY=1 since 20.0, uWSGI since 1.9; others only through a wrapper of theirs.
fn notifies(command: &Command) -> bool {
    match command.program {
        Program::Gunicorn | Program::Uwsgi => true,
        Program::CeleryWorker
        | Program::CeleryBeat
        | Program::CeleryMulti
        | Program::CeleryFlower
        | Program::Uvicorn
        | Program::Hypercorn
        | Program::Daphne => false,
        _ => true,
    }
}

/// Whether the program leaves the foreground; `None` where a configuration that was not read says.
fn goes_to_background(look: &Look, process: &Process, command: &Command) -> Option<bool> {
    let server = look.facts.servers.iter().find(|server| server.process.at == process.at);
    let has = |name: &str| command.options.has(name);
    Some(match command.program {
        Program::Gunicorn => {
            let set = server.map(|server| server.setting("daemon"));
            match set {
                Some(plimsoll_facts::ServerSetting::Set { text, .. }) => {
                    text.eq_ignore_ascii_case("true")
                }
                Some(plimsoll_facts::ServerSetting::Computed { .. }) => return None,
                _ if server.is_some_and(|server| server.unread.is_some()) => return None,
                _ => has("daemon"),
            }
        }
        Program::Uwsgi => {
            let set = server.map(|server| server.setting("daemonize"));
            match set {
                Some(plimsoll_facts::ServerSetting::Unset) | None
                    if server.is_some_and(|server| server.unread.is_some()) =>
                {
                    return None;
                }
                Some(plimsoll_facts::ServerSetting::Unset) | None => false,
                Some(_) => true,
            }
        }
        Program::CeleryMulti => {
            command.words.iter().any(|word| matches!(word.value.as_str(), "start" | "restart"))
        }
        Program::CeleryWorker | Program::CeleryBeat => has("detach"),
        _ => false,
    })
}
