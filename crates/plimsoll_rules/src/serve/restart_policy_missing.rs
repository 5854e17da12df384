//! `restart-policy-missing`: a long-running unit has no restart policy.

use plimsoll_catalog::{Change, Repair, Severity};
use plimsoll_facts::{Process, UnitFacts};
use plimsoll_formats::systemd::{Service, ServiceType};

use super::lasting;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "restart-policy-missing",
    control: "APP-06",
    title: "a long-running unit has no restart policy",
    what: "Restart= of the units that start servers, workers and schedulers: unset, `no`, or `on-success`. A unit that a socket starts comes back with the next request and is right. Programs of Supervisor whose `autorestart` is off. Services of compose are told by `compose-restart-missing`.",
    why: "Processes die: out of memory, a bug in an extension, the database away for a minute at the start. Without Restart= the site stays down until somebody looks, or only the worker does, which nobody notices until mails are missing.",
    bad: "```python settings.py
DEBUG = False
```
```ini deploy/web.service
[Service]
User=rota
ExecStart=/srv/app/venv/bin/gunicorn config.wsgi
```",
    good: "```python settings.py
DEBUG = False
```
```ini deploy/web.service
[Service]
User=rota
ExecStart=/srv/app/venv/bin/gunicorn config.wsgi
Restart=always
```",
    sources: &[
        "https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html#Restart=",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut any = false;
    for unit in &facts.units {
        let Some(service) = unit.unit.service() else { continue };
        let Some(process) = unit.processes.iter().find(|process| lasting(process)) else {
            continue;
        };
        if service.service_type() == Some(ServiceType::Oneshot) {
            continue;
        }
        any = true;
        let name = if unit.name.is_empty() { "the unit".to_owned() } else { unit.name.clone() };
        if service.restarts_after_failure() {
            look.evidence(
                format!("{name} is restarted after a failure"),
                service.restart().map(|value| value.span.clone()),
            );
            continue;
        }
        let socket = facts
            .units
            .iter()
            .filter_map(|other| other.unit.socket())
            .any(|socket| socket.service_name() == unit.name);
        if socket {
            look.evidence(
                format!("a socket starts {name} again with the next request"),
                Some(process.at.clone()),
            );
            continue;
        }
        let at = service.restart().map_or_else(|| process.at.clone(), |value| value.span.clone());
        let message = match service.restart() {
            Some(value) => {
                format!("{name} has Restart={}, which brings it back after no crash", value.value)
            }
            None => format!("{name} has no Restart=, and the default is to stay down"),
        };
        let repair = repair(unit, &service, process);
        let finding = look.finding(
            at,
            Fault {
                severity: Severity::Warning,
                message,
                consequence:
                    "after one crash or kill for memory it stays down until somebody notices"
                        .to_owned(),
                fix: "Restart=always with RestartSec=5 in [Service]".to_owned(),
            },
        );
        finding.repair = repair;
    }
    for program in &facts.programs {
        if !program.processes.iter().any(lasting) {
            continue;
        }
        any = true;
        let (restarts, at) = &program.restarts;
        match restarts {
            Some(true) => look.evidence(
                format!("Supervisor restarts the program {}", program.name),
                Some(program.at.clone()),
            ),
            Some(false) => {
                let finding = look.finding(
                    at.clone().unwrap_or_else(|| program.at.clone()),
                    Fault {
                        severity: Severity::Warning,
                        message: format!("the program {} of Supervisor has its autorestart off", program.name),
                        consequence:
                            "after one crash or kill for memory it stays down until somebody notices"
                                .to_owned(),
                        fix: "autorestart=true".to_owned(),
                    },
                );
                finding.repair = at.as_ref().map(|at| Repair {
                    is_safe: false,
                    does: format!("set autorestart of {} to true", program.name),
                    changes: vec![Change::Replace {
                        at: at.clone(),
                        old: "false".to_owned(),
                        new: "true".to_owned(),
                        every: false,
                    }],
                });
            }
            None => look.undetermined(
                format!(
                    "autorestart of the program {} has a value that Supervisor does not know",
                    program.name
                ),
                "kill the process once and look whether it comes back",
                at.clone(),
            ),
        }
    }
    if !any {
        look.undetermined("no unit of the repository starts the application; what restarts containers is looked at by compose-restart-missing", "kill the process once and look whether it comes back", None);
    }
}

/// Restart=always below the command of the unit, or in the place of what stands there.
fn repair(unit: &UnitFacts, service: &Service<'_>, process: &Process) -> Option<Repair> {
    if unit.is_shown {
        return None;
    }
    let does = format!("have {} restarted after a failure", unit.file);
    if let Some(value) = service.restart() {
        let changed = crate::repairs::replace(&value.span, &value.value, "always", true, does);
        // `on-success` and `no` are decisions; somebody should look.
        return Some(Repair { is_safe: false, ..changed });
    }
    let mut lines = vec!["Restart=always"];
    if service.text("RestartSec").is_none() {
        lines.push("RestartSec=5");
    }
    Some(crate::repairs::add_below(&process.at, &lines, true, does))
}
