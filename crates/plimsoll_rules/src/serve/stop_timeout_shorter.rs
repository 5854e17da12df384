//! `stop-timeout-shorter`: a service is killed before it has stopped by itself.

use plimsoll_catalog::{Related, Severity};
use plimsoll_facts::ProcessKind;
use plimsoll_formats::command::Program;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "stop-timeout-shorter",
    control: "APP-06",
    title: "a service is killed before it has stopped by itself",
    what: "TimeoutStopSec= of a unit (90 seconds unless set) against the time that its program takes to stop: gunicorn’s `graceful_timeout` (30 seconds unless set), and for workers of Celery the time limit of tasks, where the settings name one. Also KillMode=none, which leaves processes behind, and KillSignal=SIGKILL.",
    why: "At each restart systemd asks the program to stop and kills it when the time is over. Requests in progress break off, and tasks stop in the middle, some of them for good.",
    bad: "```python settings.py
DEBUG = False
```
```ini deploy/web.service
[Service]
User=rota
ExecStart=/srv/app/venv/bin/gunicorn --graceful-timeout 120 config.wsgi
TimeoutStopSec=30
```",
    good: "```python settings.py
DEBUG = False
```
```ini deploy/web.service
[Service]
User=rota
ExecStart=/srv/app/venv/bin/gunicorn --graceful-timeout 120 config.wsgi
TimeoutStopSec=150
```",
    sources: &[
        "https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html#TimeoutStopSec=",
        "https://docs.gunicorn.org/en/stable/settings.html#graceful-timeout",
        "https://docs.celeryq.dev/en/stable/userguide/workers.html#stopping-the-worker",
    ],
    check,
};

/// systemd's own, DefaultTimeoutStopSec.
const DEFAULT_STOP: u64 = 90;

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut any = false;
    for unit in &facts.units {
        let Some(service) = unit.unit.service() else { continue };
        for process in unit.processes.iter().filter(|process| super::lasting(process)) {
            any = true;
            if let Some(signal) = service
                .text("KillSignal")
                .filter(|signal| matches!(signal.value.as_str(), "SIGKILL" | "KILL" | "9"))
            {
                look.finding(
                    signal.span.clone(),
                    fault(
                        "KillSignal=SIGKILL gives the program no chance to stop by itself"
                            .to_owned(),
                        "take the line out",
                    ),
                );
                break;
            }
            if let Some(mode) = service.kill_mode().filter(|mode| mode.value == "none") {
                look.finding(
                    mode.span.clone(),
                    fault(
                        "KillMode=none leaves the program's processes behind when the unit stops"
                            .to_owned(),
                        "KillMode=mixed",
                    ),
                );
                break;
            }
            let stop = service.timeout_stop();
            let seconds = match &stop {
                Some(time) => match time.value.duration() {
                    Some(duration) => duration.as_secs(),
                    None => continue,
                },
                None => DEFAULT_STOP,
            };
            let needs = match process.kind {
                ProcessKind::Web => {
                    let server = facts.servers.iter().find(|server| {
                        server.process.at == process.at && server.program == Program::Gunicorn
                    });
                    server.and_then(|server| {
                        let setting = server.setting("graceful_timeout");
                        let time = if setting.is_unset() && server.unread.is_none() {
                            Some(30)
                        } else {
                            setting.number()
                        };
                        Some((
                            time?,
                            setting.at().cloned(),
                            "gunicorn waits for requests in progress",
                        ))
                    })
                }
                ProcessKind::Worker => {
                    ["CELERY_TASK_TIME_LIMIT", "CELERYD_TASK_TIME_LIMIT"].iter().find_map(|name| {
                        let value =
                            facts.certain(name).filter(|_| facts.is_set(name))?.integer()?;
                        Some((u64::try_from(value).ok()?, facts.place_of(name), "a task may run"))
                    })
                }
                _ => None,
            };
            let Some((time, place, what)) = needs else { continue };
            let at = stop.map_or_else(|| process.at.clone(), |time| time.span);
            if time <= seconds {
                look.evidence(
                    format!("{what} {time} seconds, and systemd waits {seconds}"),
                    Some(at),
                );
                continue;
            }
            look.finding(
                at,
                fault(
                    format!("{what} {time} seconds, and systemd kills it after {seconds}"),
                    &format!("TimeoutStopSec={}", time + 30),
                ),
            );
            if let Some(at) = place {
                look.relate(Related { at, message: "the time is set here".to_owned() });
            }
        }
    }
    if !any {
        look.undetermined(
            "no unit of the repository starts the application",
            "systemctl show -p TimeoutStopUSec on the host",
            None,
        );
    }
}

fn fault(message: String, fix: &str) -> Fault {
    Fault {
        severity: Severity::Warning,
        message,
        consequence: "each restart breaks off what is in progress".to_owned(),
        fix: fix.to_owned(),
    }
}
