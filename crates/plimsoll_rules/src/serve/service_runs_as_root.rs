//! `service-runs-as-root`: a unit or program runs the application as root.

use plimsoll_catalog::Severity;
use plimsoll_facts::{Declaration, Process, UnitFacts};

use super::{is_user_unit, lasting};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "service-runs-as-root",
    control: "APP-05",
    title: "a unit or program runs the application as root",
    what: "`User=` and `DynamicUser=` of the units that start servers, workers and schedulers, the options by which these change their user themselves, and `user` of Supervisor’s programs, which run as supervisord does unless it is set. Units of a user’s own manager are right. In containers the image’s user counts; an image without one is told by `image-runs-as-root`.",
    why: "A hole in the application or in one of its packages then gives away the whole machine: every file, every key, the database’s too.",
    bad: "```python settings.py
DEBUG = False
```
```ini deploy/web.service
[Service]
ExecStart=/srv/app/venv/bin/gunicorn config.wsgi
```",
    good: "```python settings.py
DEBUG = False
```
```ini deploy/web.service
[Service]
User=rota
ExecStart=/srv/app/venv/bin/gunicorn config.wsgi
```",
    sources: &[
        "https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#User=",
        "https://supervisord.org/configuration.html#program-x-section-settings",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut any = false;
    for unit in &facts.units {
        for process in unit.processes.iter().filter(|process| lasting(process)) {
            any = true;
            of_unit(look, unit, process);
        }
    }
    for process in facts.processes.iter().filter(|process| lasting(process)) {
        match process.declared {
            Declaration::Supervisor => {
                any = true;
                of_program(look, process);
            }
            Declaration::Compose | Declaration::Image => {
                any = true;
                match &process.user {
                    Some(user) if !is_root(&user.value) => look.evidence(format!("{} {} runs as {}", process.declared.name(), process.name, user.value), Some(user.span.clone())),
                    _ => look.undetermined(format!("{} {} runs as the user of its image; an image without one is told by image-runs-as-root", process.declared.name(), process.name), "docker inspect the running container", Some(process.at.clone())),
                }
            }
            _ => {}
        }
    }
    if !any {
        look.undetermined(
            "what starts the application is not in the repository",
            "look at the user of the running process",
            None,
        );
    }
}

fn is_root(user: &str) -> bool {
    let name = user.split(':').next().unwrap_or(user);
    matches!(name, "root" | "0")
}

/// The user that the program itself changes to.
fn own_user(process: &Process) -> Option<String> {
    let options = &process.command.as_ref()?.options;
    ["user", "uid"].iter().find_map(|name| Some(options.value(name)?.value.clone()))
}

fn of_unit(look: &mut Look, unit: &UnitFacts, process: &Process) {
    let Some(service) = unit.unit.service() else { return };
    let name = if unit.name.is_empty() {
        "the unit".to_owned()
    } else {
        format!("the unit {}", unit.name)
    };
    if is_user_unit(unit) {
        look.evidence(format!("{name} belongs to a user's own manager"), Some(unit.at()));
        return;
    }
    if let Some(user) =
        own_user(process).or_else(|| changed_user(process)).filter(|user| !is_root(user))
    {
        look.evidence(format!("the program of {name} runs as {user}"), Some(process.at.clone()));
        return;
    }
    match service.runs_as_root() {
        Some(false) => {
            let user = service.user().map_or("a user of its own", |user| user.value.as_str());
            look.evidence(
                format!("{name} runs as {user}"),
                service.user().map(|user| user.span.clone()).or(Some(unit.at())),
            );
        }
        None => look.undetermined(
            format!("the user of {name} is filled in when it is installed"),
            "look at the user of the running process",
            Some(unit.at()),
        ),
        Some(true) => {
            let at = service.user().map_or_else(|| process.at.clone(), |user| user.span.clone());
            let message = if service.user().is_some() {
                format!("{name} says that it runs as root")
            } else {
                format!("{name} names no user, so that it runs as root")
            };
            look.finding(
                at,
                Fault {
                    severity: Severity::Error,
                    message,
                    consequence: "a hole in the application gives away the whole machine".to_owned(),
                    fix: "make a user for the application (useradd --system) and add User= and Group=".to_owned(),
                },
            );
        }
    }
}

/// The user that `su`, `sudo -u` or `gosu` in the command changes to.
fn changed_user(process: &Process) -> Option<String> {
    let service = process.command.as_ref()?;
    let changes = service.wrappers.iter().any(|wrapper| {
        matches!(
            wrapper.value.rsplit('/').next(),
            Some("sudo" | "gosu" | "su-exec" | "setpriv" | "chpst" | "runuser")
        )
    });
    changes
        .then(|| process.user.as_ref().map_or("another user".to_owned(), |user| user.value.clone()))
}

fn of_program(look: &mut Look, process: &Process) {
    match &process.user {
        Some(user) if is_root(&user.value) => {
            look.finding(
                user.span.clone(),
                Fault {
                    severity: Severity::Error,
                    message: format!("the program {} runs as root", process.name),
                    consequence:
                        "a hole in the application gives away the whole machine or container"
                            .to_owned(),
                    fix: "set user = to a user of the application's own".to_owned(),
                },
            );
        }
        Some(user) => look.evidence(
            format!("the program {} runs as {}", process.name, user.value),
            Some(user.span.clone()),
        ),
        None => look.undetermined(
            format!("the program {} runs as supervisord does, root as often as not", process.name),
            "set user = in the program's section, or look at the user of the running process",
            Some(process.at.clone()),
        ),
    }
}
