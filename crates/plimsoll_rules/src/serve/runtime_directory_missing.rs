//! `runtime-directory-missing`: a socket or pid file lies under /run where nobody makes its folder.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Facts, UnitFacts};
use plimsoll_formats::command::Bind;
use plimsoll_formats::systemd::ServiceType;
use plimsoll_source::Span;

use super::lasting;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "runtime-directory-missing",
    control: "APP-05",
    title: "a socket or pid file lies under /run, and nobody makes its folder",
    what: "Sockets that servers of units bind, their pid files, and PIDFile= of units of type forking, where they lie under /run or /var/run: the folder must come from a RuntimeDirectory= of a unit of the repository, a socket unit, tmpfiles.d, or a command that makes it at each start. A file directly in /run can be made by root only. Folders that packages make for themselves (/run/user, /run/lock) are left alone.",
    why: "/run is empty after each start of the machine, and belongs to root. A folder that somebody made by hand works until the next reboot, and then the application does not come back.",
    bad: "```python settings.py
DEBUG = False
```
```ini deploy/web.service
[Service]
User=rota
ExecStart=/srv/app/venv/bin/gunicorn --bind unix:/run/rota/web.sock config.wsgi
```",
    good: "```python settings.py
DEBUG = False
```
```ini deploy/web.service
[Service]
User=rota
RuntimeDirectory=rota
ExecStart=/srv/app/venv/bin/gunicorn --bind unix:/run/rota/web.sock config.wsgi
```",
    sources: &[
        "https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#RuntimeDirectory=",
        "https://docs.gunicorn.org/en/stable/deploy.html#systemd",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut any = false;
    for unit in facts.units.iter().filter(|unit| unit.processes.iter().any(lasting)) {
        for (path, at) in files(facts, unit) {
            let Some(rest) = path
                .strip_prefix("/run/")
                .or_else(|| path.strip_prefix("/var/run/"))
                .or_else(|| path.strip_prefix("%t/"))
            else {
                continue;
            };
            let first = rest.split('/').next().unwrap_or("");
            if matches!(first, "user" | "lock" | "shm" | "postgresql" | "redis" | "")
                || path.contains(['$', '{'])
            {
                continue;
            }
            any = true;
            judge(look, unit, rest, &path, at);
        }
    }
    if !any {
        match facts.units.iter().find(|unit| unit.processes.iter().any(lasting)) {
            Some(unit) => look
                .evidence("the units of the application name no file under /run", Some(unit.at())),
            None => look.undetermined(
                "no unit of the repository starts the application",
                "reboot the machine once",
                None,
            ),
        }
    }
}

fn judge(look: &mut Look, unit: &UnitFacts, rest: &str, path: &str, at: Span) {
    let facts = look.facts;
    let folder = rest.rsplit_once('/').map(|(folder, _)| folder);
    let is_root = unit.unit.service().and_then(|service| service.runs_as_root());
    let socket_unit = facts.units.iter().filter_map(|other| other.unit.socket()).any(|socket| {
        socket
            .listens()
            .iter()
            .any(|address| crate::proxy::sites::is_same_path(&address.address.value, path))
    });
    if socket_unit {
        look.evidence(format!("systemd makes {path} by a socket unit"), Some(at));
        return;
    }
    let Some(folder) = folder else {
        match is_root {
            Some(false) => tell(
                look,
                at,
                format!("{path} lies directly in /run, where only root can make a file"),
                rest,
            ),
            Some(true) => look.evidence(format!("root makes {path}"), Some(at)),
            None => look.undetermined(
                format!("whether the unit's user can make {path} is not known"),
                "reboot the machine once",
                Some(at),
            ),
        }
        return;
    };
    let made = facts.units.iter().filter_map(|other| other.unit.service()).any(|service| {
        service.directories("RuntimeDirectory").iter().any(|name| {
            let name = name.value.split(':').next().unwrap_or("").trim_end_matches('/');
            // `%i`, `%n` and `%p` are filled in by systemd.
            folder == name || folder.starts_with(&format!("{name}/")) || name.contains('%')
        })
    });
    if made {
        look.evidence(format!("RuntimeDirectory= makes /run/{folder}"), Some(at));
    } else if made_by_command(facts, folder) {
        look.undetermined(format!("a command of the repository makes /run/{folder}; whether it runs at each start of the machine is not known"), "reboot the machine once", Some(at));
    } else {
        tell(
            look,
            at,
            format!("nothing makes the folder /run/{folder} when the machine starts"),
            folder,
        );
    }
}

fn tell(look: &mut Look, at: Span, message: String, name: &str) {
    let name = name.split(['/', '.']).next().unwrap_or("app").to_owned();
    let finding = look.finding(
        at,
        Fault {
            severity: Severity::Error,
            message,
            consequence: "the service cannot make its socket or pid file, at the latest after the next reboot".to_owned(),
            fix: format!("add RuntimeDirectory={name} to the unit and keep the file in /run/{name}/"),
        },
    );
    // tmpfiles.d of the machine may make it.
    finding.confidence = Confidence::Medium;
}

/// Files that a unit's program makes while it runs.
fn files(facts: &Facts, unit: &UnitFacts) -> Vec<(String, Span)> {
    let mut found = Vec::new();
    // For other types PIDFile= only names a file that the program may make.
    if let Some(service) = unit.unit.service()
        && service.service_type() == Some(ServiceType::Forking)
        && let Some(pid) = service.text("PIDFile")
    {
        found.push((pid.value.clone(), pid.span.clone()));
    }
    for process in unit.processes.iter().filter(|process| lasting(process)) {
        let Some(command) = &process.command else { continue };
        for name in ["pidfile", "pid"] {
            found.extend(
                command.options.value(name).map(|word| (word.value.clone(), word.span.clone())),
            );
        }
        let server = facts.servers.iter().find(|server| server.process.at == process.at);
        for (bind, at) in server.map(|server| server.binds()).unwrap_or_default() {
            if let Bind::Unix(path) = bind {
                found.push((path, at));
            }
        }
    }
    found.sort_by(|a, b| a.1.cmp(&b.1));
    found.dedup();
    // One folder is one defect.
    let mut folders: Vec<String> = Vec::new();
    found.retain(|(path, _)| {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let file = if folder == "/run" || folder == "/var/run" { path.clone() } else { folder };
        let is_new = !folders.contains(&file);
        folders.push(file);
        is_new
    });
    found
}

/// Whether a command or a tmpfiles.d line of the repository makes the folder.
fn made_by_command(facts: &Facts, folder: &str) -> bool {
    let paths = [format!("/run/{folder}"), format!("/var/run/{folder}")];
    let holds = |text: &str| paths.iter().any(|path| text.contains(path.as_str()));
    facts.code.upkeep.made.iter().any(|(line, _)| holds(line))
        || facts.routines.iter().flat_map(|routine| routine.commands()).any(|command| {
            matches!(command.program(), Some("mkdir" | "install" | "systemd-tmpfiles"))
                && command.words.iter().any(|word| holds(&word.text))
        })
        || facts.units.iter().filter_map(|unit| unit.unit.service()).any(|service| {
            service
                .exec("ExecStartPre")
                .iter()
                .any(|exec| exec.argv.iter().any(|word| holds(&word.value)))
        })
        || facts.inventory.iter().any(|file| file.path.as_str().contains("tmpfiles"))
}
